package tally

import (
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
