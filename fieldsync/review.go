package fieldsync

import (
	"context"
	"slices"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// ReviewAct is what settles an item that waits for somebody to look at it.
type ReviewAct string

// The acts. All but Leave, Apart and Seen are entries, and move figures as any
// entry does.
const (
	// Redate says on which day it happened.
	Redate ReviewAct = "day"
	// WithdrawIt withdraws the record in question, WithdrawOther the one beside it.
	WithdrawIt    ReviewAct = "withdraw"
	WithdrawOther ReviewAct = "withdraw_other"
	// TakeOther makes the other of two corrections hold.
	TakeOther ReviewAct = "take_other"
	// Renumber writes the right citizen number of one of the two records.
	Renumber      ReviewAct = "number"
	RenumberOther ReviewAct = "number_other"
	// JoinThem says that two records speak of one person.
	JoinThem ReviewAct = "join"
	// AnswerIt keeps what was answered to a question.
	AnswerIt ReviewAct = "answer"
	// Leave keeps that somebody looked, and that all stays as it is.
	Leave ReviewAct = "leave"
)

// The items that no [tally.Review] is: a question whose answer is due, and an
// author's answer.
const (
	DueQuestion  = "question"
	AuthorAnswer = "answered"
)

// settling says what settles which item.
var settling = map[string][]ReviewAct{
	"future":              {Redate, WithdrawIt, Leave},
	"outside_campaign":    {Redate, WithdrawIt, Leave},
	"clock_set":           {Redate, WithdrawIt, Leave},
	"duplicate_enrolment": {WithdrawIt, WithdrawOther, Leave},
	"duplicate_switch":    {WithdrawIt, WithdrawOther, Leave},
	"duplicate_donation":  {WithdrawIt, WithdrawOther, Leave},
	"second_held":         {WithdrawIt, WithdrawOther, Leave},
	"cancelled_but_held":  {WithdrawIt, Leave},
	"activity_withdrawn":  {WithdrawIt, Leave},
	"two_corrections":     {TakeOther, Leave},
	"two_citizen_numbers": {Renumber, RenumberOther, Leave},
	"possible_duplicate":  {JoinThem, Leave},
	DueQuestion:           {AnswerIt},
	AuthorAnswer:          {Leave},
}

// ReviewActs are the acts by which the actor may settle an item about a record
// of an office and a commune, the nearest first; other is what stands beside it,
// nil where there is none that the actor may see.
func ReviewActs(actor access.Actor, plan *campaign.Plan, r tally.Review, it, other *journal.Stored) []ReviewAct {
	may := func(st *journal.Stored, right access.Right) bool {
		return st != nil && actor.Sees(st.Commune) && access.May(actor, right, st.Office, plan) == nil
	}
	corrects := func(st *journal.Stored) bool {
		return may(st, access.Bring) && plan.MayCorrect(actor.ID, st.Office)
	}
	out := []ReviewAct{}
	for _, act := range settling[r.Reason] {
		ok := may(it, access.AskBack)
		switch act {
		case Redate, WithdrawIt, Renumber, AnswerIt, TakeOther:
			ok = ok && corrects(it)
		case WithdrawOther, RenumberOther:
			ok = ok && corrects(other)
		case JoinThem:
			ok = may(it, access.JoinPersons) && may(other, access.JoinPersons)
		}
		if ok {
			out = append(out, act)
		}
	}
	return out
}

// Settling is one act on one item.
type Settling struct {
	Campaign string
	Reason   string
	// Entry is the record in question, Other the one beside it, if the actor may
	// know of it.
	Entry, Other journal.ID
	Act          ReviewAct
	Day          journal.Day // of [Redate]
	Number       string      // of [Renumber]
	Answer       string      // of [AnswerIt]
}

// Settled is what came of it.
type Settled struct {
	// Made is the entry by which it was settled; none where all was left.
	Made journal.ID
	// Waits says that nothing has changed yet: a second person has to agree.
	Waits bool
}

// settler acts within one transaction.
type settler struct {
	in    *Intake
	tx    store.Tx
	plan  *campaign.Plan
	actor access.Actor
	now   time.Time
	act   Settling
}

// Settle does one act on one item. Entries and rights are those of a push.
// Refusals: not_found where the actor may not see the record, review.gone,
// review.act, review.day, review.answer, review.erased, right.missing and those
// of the kind.
func (in *Intake) Settle(ctx context.Context, actor access.Actor, act Settling) (done Settled, err error) {
	err = in.store.Update(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		s := settler{in, tx, plan, actor, store.Micro(in.now()), act}
		done, err = s.settle()
		return err
	})
	return done, err
}

func (s *settler) settle() (done Settled, err error) {
	it, err := s.in.holding(s.tx, s.plan, s.actor, s.act.Campaign, s.act.Entry)
	if err != nil {
		return done, err
	}
	items, err := s.standing(&it)
	if err != nil {
		return done, err
	}
	var other *tally.Placed
	if id := items[0].Other; !id.IsZero() && items[0].Reason != "two_corrections" {
		if other, err = s.beside(id); err != nil {
			return done, err
		}
	}
	var second *journal.Stored
	if other != nil {
		second = &other.Stored
	}
	if !slices.Contains(ReviewActs(s.actor, s.plan, items[0], &it.Stored, second), s.act.Act) {
		return done, journal.Refuse("review.act")
	}
	switch s.act.Act {
	case Redate:
		done.Made, err = s.redate(&it)
	case WithdrawIt:
		done.Made, err = s.withdraw(&it)
	case WithdrawOther:
		done.Made, err = s.withdraw(other)
	case TakeOther:
		done.Made, err = s.takeOther(&it, items[0].Other)
	case Renumber:
		done.Made, err = s.again(&it, s.renumber)
	case RenumberOther:
		done.Made, err = s.again(other, s.renumber)
	case JoinThem:
		done.Made, done.Waits, err = s.in.People().JoinRecords(s.tx, s.plan, s.actor, &it.Stored, second, s.append)
	case AnswerIt:
		done.Made, err = s.answer(&it)
	case Leave:
		err = s.leave(items)
	}
	if err != nil || done.Waits {
		return done, err
	}
	return done, s.record("review.settled", &it.Stored, done.Made)
}

// standing are the items of the reason that still wait; else review.gone.
func (s *settler) standing(it *tally.Placed) (items []tally.Review, err error) {
	switch s.act.Reason {
	case DueQuestion:
		record, err := s.tx.Records([]journal.ID{it.Root})
		if err != nil {
			return nil, err
		}
		if len(tally.Promises(s.plan, s.in.schema, record, journal.DayOf(s.now))) > 0 {
			items = []tally.Review{{Reason: DueQuestion, Campaign: it.Campaign, Root: it.Root}}
		}
	case AuthorAnswer:
		all, err := s.in.sentBack(s.tx, s.plan, []journal.ID{it.Root})
		if err != nil {
			return nil, err
		}
		for _, q := range all {
			if q.Answer != nil {
				items = append(items, tally.Review{Reason: AuthorAnswer, Campaign: it.Campaign, Root: it.Root})
			}
		}
	default:
		if items, err = s.tx.ReviewsOf([]journal.ID{it.Root}); err != nil {
			return nil, err
		}
		items = slices.DeleteFunc(items, func(r tally.Review) bool {
			return r.Reason != s.act.Reason || !s.act.Other.IsZero() && r.Other != s.act.Other
		})
	}
	if len(items) == 0 {
		return nil, journal.Refuse("review.gone")
	}
	return items, nil
}

// beside is the other record, whatever its campaign; nil if the actor may not see it.
func (s *settler) beside(id journal.ID) (*tally.Placed, error) {
	st, ok, err := s.tx.ByID(id)
	if err != nil || !ok {
		return nil, err
	}
	p, err := s.in.holding(s.tx, s.plan, s.actor, st.Campaign, id)
	if r, refused := err.(*journal.Refusal); refused && r.Code == "not_found" {
		return nil, nil
	}
	return &p, err
}

func (s *settler) leave(items []tally.Review) error {
	for _, r := range items {
		if err := s.tx.PutLook(tally.Look{Review: r, By: s.actor.ID, At: s.now}); err != nil {
			return err
		}
	}
	return nil
}

func (s *settler) record(act audit.Act, it *journal.Stored, made journal.ID) error {
	e := audit.Event{
		Act: act, Actor: s.actor.ID, Device: s.actor.Device, Office: it.Office, Subject: "entry:" + it.Root.String(),
		Details: map[string]string{"campaign": s.act.Campaign, "reason": s.act.Reason, "act": string(s.act.Act)},
	}
	if !made.IsZero() {
		e.Details["made"] = made.String()
	}
	if !s.act.Other.IsZero() {
		e.Details["other"] = s.act.Other.String()
	}
	return audit.Append(s.tx, s.now, e)
}

// Unsettle takes an act of [Settle] back: what was left waits again, what was
// withdrawn is as it was, who were joined are two. made is the entry by which it
// was settled. The other acts are mended by doing them again: review.act.
func (in *Intake) Unsettle(ctx context.Context, actor access.Actor, act Settling, made journal.ID) error {
	return in.store.Update(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		s := settler{in, tx, plan, actor, store.Micro(in.now()), act}
		return s.unsettle(made)
	})
}

func (s *settler) unsettle(made journal.ID) error {
	// What was withdrawn holds as a withdrawal, which names the same record.
	it, err := s.in.holding(s.tx, s.plan, s.actor, s.act.Campaign, s.act.Entry)
	if err != nil {
		return err
	}
	if err := access.May(s.actor, access.AskBack, it.Office, s.plan); err != nil {
		return err
	}
	switch s.act.Act {
	case Leave:
		looks, err := s.tx.Looks(s.act.Campaign)
		if err != nil {
			return err
		}
		for _, l := range looks {
			if l.Root == it.Root && l.Reason == s.act.Reason && (s.act.Other.IsZero() || l.Other == s.act.Other) {
				if err := s.tx.DropLook(l.Review); err != nil {
					return err
				}
			}
		}
	case WithdrawIt, WithdrawOther, JoinThem:
		st, ok, err := s.tx.ByID(made)
		switch {
		case err != nil:
			return err
		case !ok || st.Author != s.actor.ID || st.Device != journal.Desk:
			return journal.Refuse("not_found", "what", made.String())
		}
		last, err := s.in.holding(s.tx, s.plan, s.actor, st.Campaign, made)
		switch {
		case err != nil:
			return err
		case last.ID != made: // somebody has been at it since
			return journal.Refuse("review.gone")
		case s.act.Act == JoinThem:
			_, err = s.withdraw(&last)
		case st.Withdrawn == "":
			return journal.Refuse("review.act")
		default:
			err = s.restore(&last)
		}
		if err != nil {
			return err
		}
	default:
		return journal.Refuse("review.act")
	}
	return s.record("review.reopened", &it.Stored, made)
}
