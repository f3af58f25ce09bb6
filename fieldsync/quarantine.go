package fieldsync

import (
	"context"
	"errors"
	"slices"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/quarantine"
	"caunoi/store"
)

// heldApart says that an entry is to be kept apart, and by which code.
type heldApart struct{ code string }

func (h *heldApart) Error() string { return h.code }

// mayPush asks whether an entry may be taken. What a lost phone brings, and
// what a leaving one may not bring, is kept apart: there will be no other time
// to bring it.
func mayPush(actor access.Actor, was []access.Standing, plan *campaign.Plan, st *journal.Stored) error {
	if actor.State == access.Lost {
		return &heldApart{"device.lost"}
	}
	then := actor.User.Then(was, quarantine.Fact(st))
	err := access.MayAuthor(actor, then, &st.Entry, plan)
	var refusal *journal.Refusal
	if actor.State == access.Leaving && errors.As(err, &refusal) {
		return &heldApart{refusal.Code}
	}
	return err
}

// apart is an entry to be kept apart, with its place in the batch.
type apart struct {
	at   int
	st   journal.Stored
	text []byte
	code string
}

// hold keeps entries apart, in one transaction, and answers for each. What the
// journal has is not kept again: phones bring once more what they did not hear
// was taken.
func (in *Intake) hold(ctx context.Context, actor access.Actor, list []apart, outcomes []journal.Outcome) error {
	if len(list) == 0 {
		return nil
	}
	return in.store.Update(ctx, func(tx store.Tx) error {
		ids := make([]journal.ID, len(list))
		for i := range list {
			ids[i] = list[i].st.ID
		}
		had, err := tx.Headers(ids)
		if err != nil {
			return err
		}
		for i := range list {
			a := &list[i]
			outcome := journal.Outcome{ID: a.st.ID, Status: journal.Quarantined}
			if old, ok := had[a.st.ID]; ok && old.Hash() == a.st.Hash() {
				outcome.Status = journal.Repeated
			} else if err := quarantine.Hold(tx, actor, &a.st, a.text, a.code); err != nil {
				if !errors.As(err, &outcome.Refusal) {
					return err
				}
				outcome.Status = journal.Refused
			}
			outcomes[a.at] = outcome
		}
		return nil
	})
}

// Release decides on what waits from one phone of a user whom the actor may
// manage: all of it, or the entries named. What is taken goes through the
// journal as if the actor brought it, with the receipt of its first arrival;
// what the journal refuses goes on waiting. It answers for each.
func (in *Intake) Release(tx store.Tx, plan *campaign.Plan, actor access.Actor, user, device string, only []journal.ID, take bool) ([]journal.Outcome, error) {
	rows, err := quarantine.Of(tx, actor, plan, user, device)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r quarantine.Row) bool { return len(only) > 0 && !slices.Contains(only, r.Entry) })
	if len(rows) == 0 {
		return nil, journal.Refuse("not_found", "what", device)
	}
	now := store.Micro(in.now())
	if !take {
		out := make([]journal.Outcome, len(rows))
		for i, r := range rows {
			out[i] = journal.Outcome{ID: r.Entry, Status: journal.Refused}
		}
		return out, quarantine.Settle(tx, actor, rows, quarantine.Dropped, now)
	}
	d := decoded{outcomes: make([]journal.Outcome, len(rows))}
	for i, r := range rows {
		text, err := r.Text(tx)
		if err != nil {
			return nil, err
		}
		st, err := in.schema.Decode(text, plan)
		if err == nil {
			err = access.MayAuthor(actor, actor.User, &st.Entry, plan)
		}
		st.Received = r.Received
		st.Received.By = actor.ID
		if err := d.add(i, st, err); err != nil {
			return nil, err
		}
	}
	if len(d.batch) > 0 {
		if d.outcomes, err = d.answer(in.Append(tx, plan, d.batch)); err != nil {
			return nil, err
		}
	}
	var taken []quarantine.Row
	for i, o := range d.outcomes {
		if o.Refusal == nil {
			taken = append(taken, rows[i])
		}
	}
	return d.outcomes, quarantine.Settle(tx, actor, taken, quarantine.Taken, now)
}
