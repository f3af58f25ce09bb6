package tally

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Opener is what opening a figure to its entries needs of a store.
type Opener interface {
	// Behind returns, newest day first, the contributions of which the figure
	// that q selects is the sum, after a cursor; next is empty at the end. It
	// follows q to the past as the figure does.
	Behind(q Query, cursor string, limit int) (page []Contribution, next string, err error)
	// SumByDim adds up the figures that q selects by their place in its dimension,
	// which costs less than the sheet of them.
	SumByDim(q Query) (map[string]Cell, error)
	// ContributedAt returns what a record contributed at an instant of the past.
	ContributedAt(root journal.ID, at time.Time) ([]Contribution, error)
	// ReviewsOfCampaign returns the review items of a campaign that nobody left
	// as they are.
	ReviewsOfCampaign(campaign string) ([]Review, error)
	// Looks returns what was looked at and left in a campaign.
	Looks(campaign string) ([]Look, error)
	// PutLook keeps that an item was left; DropLook that it waits again.
	PutLook(l Look) error
	DropLook(r Review) error
	// Recent returns the last entries of a campaign, newest first: those of an
	// instant of the past, or of now if it is zero.
	Recent(campaign string, asOf time.Time, limit int) ([]journal.Stored, error)
	// OfActivities returns every entry of a campaign that plans, moves,
	// cancels or holds an activity, or says who was there for it.
	OfActivities(campaign string) ([]journal.Stored, error)
	// MarkOfActivities differs whenever OfActivities returns other entries.
	MarkOfActivities(campaign string) (Mark, error)
	// ActivitiesAfter returns of those entries the ones behind a position, and
	// all of the records and the activities that they touch.
	ActivitiesAfter(campaign string, position int64) ([]journal.Stored, error)
	// Lacking returns the records that add to one figure of a campaign, and not
	// to another.
	Lacking(campaign string, figure, other Indicator) ([]journal.ID, error)
	// SentBack returns the records that ask an author about a record: those of a
	// campaign, and about records of which this author wrote a version; an empty
	// name is any.
	SentBack(campaign, author string) ([]journal.ID, error)
	// ByID returns an entry whole; ok is false if there is none.
	ByID(id journal.ID) (st journal.Stored, ok bool, err error)
	// Scan calls f with every entry in order of commit.
	Scan(f func(journal.Stored) error) error
}

// SessionsOf folds the entries of a campaign's activities into what stands:
// activities, posts and shifts, those withdrawn left out.
func SessionsOf(plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored) []*Session {
	return slices.DeleteFunc(allSessions(plan, schema, entries), (*Session).Withdrawn)
}

// SessionsEver are [SessionsOf], those withdrawn among them, each with how it
// stood whenever something of it had come; see [Session.At].
func SessionsEver(plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored) []*Session {
	// A record that was corrected may have been of another session before.
	sessions := map[journal.ID][]journal.ID{}
	for i := range entries {
		st := &entries[i]
		if st.Kind == outreach.Attendance.Name || st.Kind == outreach.Confirmation.Name {
			continue // which do not bear on how it stands
		}
		if id := sessionOf(st); !slices.Contains(sessions[st.Root], id) {
			sessions[st.Root] = append(sessions[st.Root], id)
		}
	}
	of := map[journal.ID][]journal.Stored{}
	for _, st := range entries {
		for _, id := range sessions[st.Root] {
			of[id] = append(of[id], st)
		}
	}
	all := allSessions(plan, schema, entries)
	for _, s := range all {
		s.stoodBy(plan, schema, of[s.ID])
	}
	return all
}

// stoodBy fills in the past from the entries of a session.
func (s *Session) stoodBy(plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored) {
	var moments []time.Time
	for i := range entries {
		moments = append(moments, entries[i].Arrived)
	}
	slices.SortFunc(moments, time.Time.Compare)
	moments = slices.CompactFunc(moments, time.Time.Equal)
	for i, at := range moments {
		then := s
		if i < len(moments)-1 {
			came := slices.DeleteFunc(slices.Clone(entries), func(st journal.Stored) bool { return st.Arrived.After(at) })
			all := allSessions(plan, schema, came)
			i := slices.IndexFunc(all, func(other *Session) bool { return other.ID == s.ID })
			if i < 0 {
				continue // what came before its plan
			}
			then = all[i]
		}
		if is := then.stands(at); len(s.past) == 0 || is != s.past[len(s.past)-1].since(at) {
			s.past = append(s.past, is)
		}
	}
}

func allSessions(plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored) (out []*Session) {
	c := newCount(plan, schema, nil, entries)
	all := c.sessions(c.records(func(*version) bool { return true }))
	for _, vs := range c.roots {
		if s := all[vs[0].Root]; s != nil {
			out = append(out, s)
		}
	}
	return out
}

// Mark tells sets of entries apart: how many they are, and the sum and the last
// of their positions.
type Mark struct{ Count, Sum, Last int64 }

// Refold brings those of [SessionsEver] at a mark to another, with what
// [Opener.ActivitiesAfter] returns for the first. ok is false if these are not
// all that came, as when an entry that waited is no longer held back: then the
// whole campaign has to be read.
func Refold(plan *campaign.Plan, schema *journal.Schema, stood []*Session, was, is Mark, entries []journal.Stored) (sessions []*Session, ok bool) {
	news := map[journal.ID]bool{}
	for i := range entries {
		if st := &entries[i]; st.Position > was.Last {
			news[st.Root] = true
			was.Count, was.Sum = was.Count+1, was.Sum+st.Position
		}
	}
	if was.Count != is.Count || was.Sum != is.Sum {
		return nil, false
	}
	touched := map[journal.ID]bool{} // also where a corrected record stood before
	for i := range entries {
		if st := &entries[i]; news[st.Root] {
			touched[sessionOf(st)] = true
		}
	}
	for _, s := range stood {
		if !touched[s.ID] {
			sessions = append(sessions, s)
		}
	}
	for _, s := range SessionsEver(plan, schema, entries) {
		if touched[s.ID] {
			sessions = append(sessions, s)
		}
	}
	slices.SortFunc(sessions, func(a, b *Session) int { return a.ID.Compare(b.ID) })
	return sessions, true
}

// sessionOf is the activity to which an entry belongs.
func sessionOf(st *journal.Stored) journal.ID {
	if st.Kind == campaign.ActivityPlanned.Name {
		return st.Root
	}
	return st.Session
}

// Placed is an entry with the day and the instant for which it counts.
type Placed struct {
	journal.Stored
	Body journal.Body // nil for a withdrawal
	At   time.Time    // when it happened
	Day  journal.Day
	Late bool
	// Holds says that it is the version of its record that holds.
	Holds bool
	// Future: by a clock that was wrong.
	Future bool
}

// Place reads whole records: what happened when, what holds, what was late
// for its campaign's closed figures.
func Place(plan *campaign.Plan, schema *journal.Schema, closings Closings, entries []journal.Stored) []Placed {
	c := newCount(plan, schema, closings, entries)
	holds := map[journal.ID]*record{}
	for _, r := range c.records(func(*version) bool { return true }) {
		holds[r.ID] = r
	}
	out := make([]Placed, 0, len(entries))
	for i := range entries {
		v := c.versions[entries[i].ID]
		if v == nil {
			out = append(out, Placed{Stored: entries[i]})
			continue
		}
		r := holds[v.ID]
		out = append(out, Placed{
			Stored: *v.Stored, Body: v.body, At: v.occurred, Day: v.day, Late: closings.late(plan, v, v.Campaign),
			Holds: r != nil, Future: v.inFuture(),
		})
	}
	return out
}
