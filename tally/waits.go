package tally

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Unclosed are the sessions whose time is over and of which nobody
// recorded yet how many came; those that were called off are not among them.
func Unclosed(sessions []*Session, now time.Time) (out []*Session) {
	for _, s := range sessions {
		if st := s.Status(); (st == campaign.StatusPlanned || st == campaign.StatusMoved) && !s.End.After(now) {
			out = append(out, s)
		}
	}
	return out
}

// Promise is a question that nobody has answered yet, though the day has come
// by which that was promised.
type Promise struct {
	Placed
	By journal.Day
}

// Promises are the questions among whole records that wait for an answer on a
// day, or have waited longer. One without a promised day waits since it was
// asked.
func Promises(plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored, day journal.Day) (out []Promise) {
	for _, p := range Place(plan, schema, nil, entries) {
		q, ok := p.Body.(*outreach.QuestionBody)
		if !ok || !p.Holds || q.Answered != "pending" {
			continue
		}
		by := q.PromiseBy
		if by == "" {
			by = p.Day
		}
		if by <= day {
			out = append(out, Promise{p, by})
		}
	}
	return out
}

// SentBack is a question that a lead sent back to the author of a record.
type SentBack struct {
	Placed // the entry that asks
	// About is the version that it asks about.
	About Placed
	// Answer is what holds in its place, a withdrawal too; nil while the
	// question waits. Who corrects the record answers, be it another than its author.
	Answer *Placed
}

// SentBacks are the questions to authors among whole records that were not
// taken back, the oldest first; what they ask about must be among the entries.
// One waits as long as the version holds that it asks about, which no clock
// decides.
func SentBacks(plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored) (out []SentBack) {
	placed := Place(plan, schema, nil, entries)
	holds, by := map[journal.ID]*Placed{}, map[journal.ID]*Placed{} // by record, by entry
	for i := range placed {
		p := &placed[i]
		by[p.ID] = p
		if p.Holds {
			holds[p.Root] = p
		}
	}
	for _, p := range holds {
		b, ok := p.Body.(*outreach.SentBackBody)
		if !ok || by[b.Entry] == nil {
			continue
		}
		s := SentBack{Placed: *p, About: *by[b.Entry]}
		if !s.About.Holds {
			s.Answer = holds[s.About.Root]
		}
		if s.About.Withdrawn == "" { // a withdrawal answers, and is not asked about
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b SentBack) int { return a.Root.Compare(b.Root) })
	return out
}
