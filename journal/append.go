package journal

import (
	"errors"
	"slices"
	"time"
)

// Status is what became of a pushed entry.
type Status string

const (
	Accepted Status = "accepted"
	Repeated Status = "repeated"  // the same entry was here already
	HeldBack Status = "held-back" // kept until what it names arrives
	Refused  Status = "refused"   // not kept; Refusal says why
	// Quarantined: kept apart, on disk, until somebody above the worker decides.
	Quarantined Status = "quarantined"
	Conflict    Status = "conflict" // the id is taken by other content, or leads in a circle
)

// Outcome is the answer for one entry.
type Outcome struct {
	ID      ID
	Status  Status
	Refusal *Refusal
}

// Tx is what appending needs of a store's transaction.
type Tx interface {
	// Headers returns the entries with these ids that are stored, without
	// Body, Subject, Text and personal part.
	Headers(ids []ID) (map[ID]Stored, error)
	// Seal takes the personal part out of entries that Insert gets next.
	Seal(entries []Stored) error
	// Insert adds entries and sets their positions, ascending in this order.
	Insert(entries []Stored) error
	// Waiting returns whole the entries held back for one of these ids.
	Waiting(ids []ID) ([]Stored, error)
	// Resolve writes Root, Session, Arrived and Waiting of stored entries.
	Resolve(entries []Stored) error
	// Receive replaces the receipt of a stored entry by an earlier one.
	Receive(id ID, r Receipt) error
	// Incident keeps an entry whose id was taken.
	Incident(st Stored) error
}

// Correctors says who, beside the author, may bear on an entry of an office.
type Correctors interface {
	// MayCorrect: the leads of the office and of those above it.
	MayCorrect(author, office string) bool
	// WorksIn: those whose office it is.
	WorksIn(author, office string) bool
}

// Landed is what an append changed for those who count.
type Landed struct {
	// Entries are now part of their records: new ones, and held ones that
	// were waiting for them.
	Entries []Stored
	// Receipts says that an earlier receipt replaced a later one, which may
	// change lateness and times anywhere.
	Receipts bool
}

// Append adds decoded entries in their order. It never fails for what an
// entry says; err is the store's. Whatever the order in which the same
// entries come, the same ones take effect: a supersede that is not allowed is
// refused when its target is here, and when the target comes later it is kept
// without effect, as is what names it.
func Append(tx Tx, schema *Schema, who Correctors, batch []Stored) ([]Outcome, Landed, error) {
	a := appender{tx: tx, schema: schema, who: who, known: map[ID]Stored{}}
	outcomes := make([]Outcome, len(batch))
	if err := a.load(batch); err != nil {
		return nil, Landed{}, err
	}
	for i := range batch {
		var err error
		if outcomes[i], err = a.add(batch[i]); err != nil {
			return nil, Landed{}, err
		}
	}
	if err := tx.Seal(a.fresh); err != nil {
		return nil, Landed{}, err
	}
	if err := tx.Insert(a.fresh); err != nil {
		return nil, Landed{}, err
	}
	for _, st := range a.fresh {
		if !st.Held() {
			a.landed.Entries = append(a.landed.Entries, st)
		}
	}
	if err := a.release(); err != nil {
		return nil, Landed{}, err
	}
	for i, o := range outcomes {
		if st := a.known[o.ID]; o.Status == HeldBack && !st.Held() {
			outcomes[i].Status = Accepted
		}
	}
	return outcomes, a.landed, nil
}

type appender struct {
	tx     Tx
	schema *Schema
	who    Correctors
	known  map[ID]Stored // stored before, or added by this batch
	fresh  []Stored      // to insert
	landed Landed
}

// load fetches what the batch names: the ids themselves and all they refer to.
func (a *appender) load(batch []Stored) error {
	var ids []ID
	for i := range batch {
		ids = append(ids, batch[i].ID)
		ids = append(ids, a.names(&batch[i])...)
	}
	return a.fetch(ids)
}

func (a *appender) fetch(ids []ID) error {
	ids = slices.DeleteFunc(ids, func(id ID) bool { _, ok := a.known[id]; return ok || id.IsZero() })
	slices.SortFunc(ids, ID.Compare)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	found, err := a.tx.Headers(ids)
	for id, st := range found {
		a.known[id] = st
	}
	return err
}

// names are the entries without which st means nothing. Refs holds what the
// body names until it is resolved to roots.
func (a *appender) names(st *Stored) []ID {
	st.Refs = a.schema.refs(&st.Entry)
	return append([]ID{st.Supersedes, st.Activity}, st.Refs...)
}

func (a *appender) add(st Stored) (Outcome, error) {
	if had, ok := a.known[st.ID]; ok {
		return a.again(st, had)
	}
	err := a.resolve(&st)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == "entry.circle":
		return Outcome{st.ID, Conflict, refusal}, nil
	case errors.As(err, &refusal):
		return Outcome{st.ID, Refused, refusal}, nil
	case err != nil:
		return Outcome{}, err
	}
	a.known[st.ID] = st
	a.fresh = append(a.fresh, st)
	if st.Held() {
		return Outcome{ID: st.ID, Status: HeldBack}, nil
	}
	return Outcome{ID: st.ID, Status: Accepted}, nil
}

// again answers for an id that is taken.
func (a *appender) again(st, had Stored) (Outcome, error) {
	if !st.sameContent(&had) {
		if err := a.tx.Incident(st); err != nil {
			return Outcome{}, err
		}
		return Outcome{st.ID, Conflict, &Refusal{Code: "entry.id_taken"}}, nil
	}
	if st.Received.Earlier(had.Received) {
		i := slices.IndexFunc(a.fresh, func(f Stored) bool { return f.ID == st.ID })
		if i >= 0 {
			a.fresh[i].Received = st.Received
			had = a.fresh[i]
		} else {
			if err := a.tx.Receive(st.ID, st.Received); err != nil {
				return Outcome{}, err
			}
			had.Received = st.Received
		}
		a.known[st.ID] = had
		a.landed.Receipts = true
	}
	return Outcome{ID: st.ID, Status: Repeated}, nil
}

// resolve finds what st belongs to. It sets Waiting where something is
// missing, and returns a *Refusal where st may not be what it claims.
func (a *appender) resolve(st *Stored) error {
	st.Root, st.Session, st.Waiting, st.Arrived = st.ID, ID{}, ID{}, st.Received.At
	named := a.names(st)
	for _, id := range named {
		if id.IsZero() {
			continue
		}
		dep, ok := a.known[id]
		switch {
		case !ok:
			st.Waiting = id
		case dep.Held() && dep.Waiting == st.ID:
			return &Refusal{Code: "entry.circle"}
		case dep.Held():
			st.Waiting = dep.Waiting
		}
		if st.Held() {
			st.Root = ID{}
			return nil
		}
		st.Arrived = later(st.Arrived, dep.Arrived)
	}
	if !st.Supersedes.IsZero() {
		target := a.known[st.Supersedes]
		if err := a.mayReplace(st, &target); err != nil {
			return err
		}
		st.Root = target.Root
	}
	if !st.Activity.IsZero() {
		st.Session = a.known[st.Activity].Root
	}
	for i, id := range st.Refs {
		st.Refs[i] = a.known[id].Root
	}
	return a.mayName(st, named)
}

// mayName holds the rules about what an entry names beside what it supersedes:
// an activity, or an entry of the kind that its own kind asks for, of the same
// campaign; and who may undo what.
func (a *appender) mayName(st *Stored, named []ID) error {
	kind := a.schema.Kind(st.Kind)
	guarded, _ := a.schema.body(&st.Entry).(Guarded)
	for i, id := range named {
		if i == 0 || id.IsZero() { // the first is what it supersedes
			continue
		}
		dep := a.known[id]
		isActivity := i == 1
		switch {
		case isActivity && !a.schema.Kind(dep.Kind).Plans:
			return Refuse("entry.names_other_kind", "kind", dep.Kind)
		case !isActivity && kind.Asks:
			if err := a.mayAsk(st, &dep); err != nil {
				return err
			}
			continue
		case !isActivity && kind.Names == "":
			continue
		case !isActivity && dep.Kind != kind.Names:
			return Refuse("entry.names_other_kind", "kind", dep.Kind)
		case dep.Campaign != st.Campaign:
			return Refuse("entry.other_campaign", "campaign", dep.Campaign)
		}
		if guarded == nil || !guarded.Guarded() || isActivity && !kind.OfActivity {
			continue
		}
		if st.Author != dep.Author && !a.who.WorksIn(st.Author, dep.Office) && !a.who.MayCorrect(st.Author, dep.Office) {
			return Refuse("entry.not_your_office", "kind", dep.Kind)
		}
	}
	return nil
}

// mayAsk holds that a question stands in the office of what it asks about, so
// that the right to ask is the right there, and that nobody asks themself.
func (a *appender) mayAsk(st, dep *Stored) error {
	switch {
	case !a.schema.Kind(dep.Kind).Fact:
		return Refuse("entry.names_other_kind", "kind", dep.Kind)
	case dep.Campaign != st.Campaign:
		return Refuse("entry.other_campaign", "campaign", dep.Campaign)
	case dep.Office != st.Office:
		return Refuse("sent_back.other_office", "office", dep.Office)
	case dep.Author == st.Author:
		return Refuse("sent_back.own")
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mayReplace holds the rule that superseding is for the author, or for a lead
// of the office, within one kind and one campaign.
func (a *appender) mayReplace(st, target *Stored) error {
	if st.Kind != target.Kind || st.Campaign != target.Campaign {
		return Refuse("supersede.other_kind", "kind", st.Kind, "target", target.Kind)
	}
	if st.Author == target.Author || a.who.MayCorrect(st.Author, target.Office) {
		return nil
	}
	if err := a.fetch([]ID{target.Root}); err != nil {
		return err
	}
	if a.known[target.Root].Author == st.Author {
		return nil
	}
	return Refuse("supersede.not_yours")
}

// release resolves what was held back for entries that are here now, and so
// on for those that were waiting for these.
func (a *appender) release() error {
	var arrived []ID
	for _, st := range a.fresh {
		arrived = append(arrived, st.ID)
	}
	for len(arrived) > 0 {
		waiting, err := a.tx.Waiting(arrived)
		if err != nil {
			return err
		}
		waiting = slices.DeleteFunc(waiting, func(st Stored) bool { return st.Waiting == st.ID })
		if err := a.load(waiting); err != nil {
			return err
		}
		if arrived, err = a.settle(waiting); err != nil {
			return err
		}
		if err := a.tx.Resolve(waiting); err != nil {
			return err
		}
	}
	return nil
}

// settle resolves entries that were held back, in passes, since they may name
// each other. It returns those on which others may have been waiting.
func (a *appender) settle(waiting []Stored) (settled []ID, err error) {
	pending := make([]*Stored, len(waiting))
	for i := range waiting {
		pending[i] = &waiting[i]
	}
	for len(pending) > 0 {
		var again []*Stored
		for _, st := range pending {
			var refusal *Refusal
			if err := a.resolve(st); errors.As(err, &refusal) {
				// Kept for good without effect: it waits for itself.
				st.Root, st.Session, st.Waiting = ID{}, ID{}, st.ID
			} else if err != nil {
				return nil, err
			}
			if missing, here := a.known[st.Waiting]; here && st.Waiting != st.ID && missing.Waiting != missing.ID {
				again = append(again, st) // what it names is still to be settled itself
				continue
			}
			a.known[st.ID] = *st
			settled = append(settled, st.ID)
			if !st.Held() {
				a.landed.Entries = append(a.landed.Entries, *st)
			}
		}
		if len(again) == len(pending) {
			break
		}
		pending = again
	}
	return settled, nil
}
