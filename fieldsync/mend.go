package fieldsync

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/tally"
)

// The entries by which items that wait are settled: each supersedes a version of
// the record, under the rights of a push.

// append takes entries that the actor may make; whatever refuses one undoes the act.
func (s *settler) append(entries []journal.Stored) ([]journal.Outcome, error) {
	for i := range entries {
		if err := access.MayAuthor(s.actor, s.actor.User, &entries[i].Entry, s.plan); err != nil {
			return nil, err
		}
	}
	outcomes, err := s.in.Append(s.tx, s.plan, entries)
	for _, o := range outcomes {
		if err == nil && o.Refusal != nil {
			err = o.Refusal
		}
	}
	return outcomes, err
}

// make appends an entry of the actor that supersedes another.
func (s *settler) make(old *journal.Stored, set func(e *journal.Entry)) (journal.ID, error) {
	st, err := s.in.schema.AtDesk(s.in.schema.Kind(old.Kind), s.now, s.actor.ID, s.plan, func(e *journal.Entry) {
		e.Version, e.Campaign, e.Office, e.Commune, e.Activity = old.Version, old.Campaign, old.Office, old.Commune, old.Activity
		e.Supersedes = old.ID
		set(e)
	})
	if err == nil {
		_, err = s.append([]journal.Stored{st})
	}
	return st.ID, err
}

func (s *settler) withdraw(old *tally.Placed) (journal.ID, error) {
	return s.make(&old.Stored, func(e *journal.Entry) { e.Withdrawn = "desk" })
}

// again says a version once more, with what change makes of it. Pictures stay
// with the version that brought them.
func (s *settler) again(old *tally.Placed, change func(e *journal.Entry)) (journal.ID, error) {
	opened := []journal.Stored{old.Stored}
	if err := s.tx.Open(opened); err != nil {
		return journal.ID{}, err
	}
	if opened[0].Erased {
		return journal.ID{}, journal.Refuse("review.erased")
	}
	return s.make(&opened[0], func(e *journal.Entry) {
		e.HappenedAt, e.Withdrawn, e.Body = opened[0].HappenedAt, opened[0].Withdrawn, opened[0].Body
		if p := opened[0].Person; p != nil {
			person := *p
			e.Person = &person
		}
		change(e)
	})
}

// redate keeps the hour, as far as that is over.
func (s *settler) redate(it *tally.Placed) (journal.ID, error) {
	which := s.plan.Campaigns[it.Campaign]
	if _, err := journal.ParseDay(string(s.act.Day)); err != nil || !which.Has(s.act.Day) || s.act.Day > journal.DayOf(s.now) {
		return journal.ID{}, journal.Refuse("review.day", "day", s.act.Day, "from", which.Start, "to", min(which.End, journal.DayOf(s.now)))
	}
	hour := it.At.In(journal.Zone)
	at := s.act.Day.Start().Add(time.Duration(hour.Hour())*time.Hour + time.Duration(hour.Minute())*time.Minute)
	if at.After(s.now) {
		at = s.now
	}
	return s.again(it, func(e *journal.Entry) { e.HappenedAt = at })
}

func (s *settler) renumber(e *journal.Entry) {
	if e.Person != nil {
		e.Person.Citizen = strings.ReplaceAll(s.act.Number, " ", "")
	}
}

// takeOther says the other correction once more, which makes it the last. That
// there are two stays so, and was looked at.
func (s *settler) takeOther(it *tally.Placed, rival journal.ID) (made journal.ID, err error) {
	record, err := s.tx.Records([]journal.ID{it.Root})
	if err != nil {
		return made, err
	}
	for _, p := range tally.Place(s.plan, s.in.schema, nil, record) {
		if p.ID == rival {
			if p.Withdrawn != "" {
				made, err = s.withdraw(it)
			} else {
				made, err = s.again(&p, func(*journal.Entry) {})
			}
		}
	}
	if err != nil {
		return made, err
	}
	left, err := s.tx.ReviewsOf([]journal.ID{it.Root})
	if err != nil {
		return made, err
	}
	return made, s.leave(slices.DeleteFunc(left, func(r tally.Review) bool { return r.Reason != "two_corrections" }))
}

// answer keeps that a question was answered, and what if that is said.
func (s *settler) answer(it *tally.Placed) (journal.ID, error) {
	text := strings.TrimSpace(s.act.Answer)
	var malformed error
	id, err := s.again(it, func(e *journal.Entry) {
		var body outreach.QuestionBody
		if malformed = json.Unmarshal(e.Body, &body); malformed == nil {
			body.Answered, body.Answer = "later", cmp.Or(text, body.Answer)
			e.Body, malformed = json.Marshal(&body)
		}
	})
	return id, cmp.Or(malformed, err)
}

// restore says once more what a withdrawal took back.
func (s *settler) restore(withdrawal *tally.Placed) error {
	record, err := s.tx.Records([]journal.ID{withdrawal.Root})
	if err != nil {
		return err
	}
	for _, p := range tally.Place(s.plan, s.in.schema, nil, record) {
		if p.ID == withdrawal.Supersedes {
			_, err := s.again(&p, func(e *journal.Entry) { e.Supersedes = withdrawal.ID })
			return err
		}
	}
	return journal.Refuse("not_found", "what", withdrawal.Supersedes.String())
}
