package journal

import "time"

// Settle works out anew what entries belong to, given all entries of a
// journal: Root, Session, Refs, Arrived and Waiting, as [Append] leaves them
// whatever the order of arrival. It takes over only which entries are kept
// without effect, since rights are judged when an entry comes, not later.
func Settle(schema *Schema, entries []Stored) []Stored {
	s := settler{schema: schema, in: make(map[ID]*Stored, len(entries)), done: map[ID]Stored{}, open: map[ID]bool{}}
	for i := range entries {
		s.in[entries[i].ID] = &entries[i]
	}
	out := make([]Stored, len(entries))
	for i := range entries {
		out[i], _ = s.settle(entries[i].ID)
	}
	return out
}

type settler struct {
	schema *Schema
	in     map[ID]*Stored
	done   map[ID]Stored
	open   map[ID]bool // being settled, further up
}

func (s *settler) settle(id ID) (Stored, bool) {
	if st, ok := s.done[id]; ok {
		return st, true
	}
	given, ok := s.in[id]
	if !ok || s.open[id] {
		return Stored{}, false
	}
	s.open[id] = true
	st := *given
	if given.Waiting != st.ID {
		s.place(&st)
	}
	delete(s.open, id)
	s.done[id] = st
	return st, true
}

func (s *settler) place(st *Stored) {
	st.Root, st.Session, st.Waiting, st.Arrived = st.ID, ID{}, ID{}, st.Received.At
	st.Refs = s.schema.refs(&st.Entry)
	roots := map[ID]ID{}
	for _, id := range append([]ID{st.Supersedes, st.Activity}, st.Refs...) {
		if id.IsZero() {
			continue
		}
		dep, ok := s.settle(id)
		switch {
		case !ok:
			st.Waiting = id
		case dep.Held():
			st.Waiting = dep.Waiting
		}
		if st.Held() {
			st.Root = ID{}
			return
		}
		st.Arrived = later(st.Arrived, dep.Arrived)
		roots[id] = dep.Root
	}
	if !st.Supersedes.IsZero() {
		st.Root = roots[st.Supersedes]
	}
	if !st.Activity.IsZero() {
		st.Session = roots[st.Activity]
	}
	for i, id := range st.Refs {
		st.Refs[i] = roots[id]
	}
}

// Same says whether two readings place an entry alike. For which of several
// missing entries one waits is no matter.
func (s *Stored) Same(o *Stored) bool {
	if s.Held() || o.Held() {
		return s.Held() == o.Held()
	}
	return s.Root == o.Root && s.Session == o.Session && sameTime(s.Arrived, o.Arrived)
}

func sameTime(a, b time.Time) bool { return a.UnixMicro() == b.UnixMicro() }
