package fieldsync

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/quarantine"
	"caunoi/store"
)

// mayPush asks whether an entry may be taken.
func mayPush(actor access.Actor, was []access.Standing, plan *campaign.Plan, st *journal.Stored) error {
	if actor.State == access.Lost {
		return journal.Refuse("device.lost")
	}
	return access.MayAuthor(actor, actor.User.Then(was, quarantine.Fact(st)), &st.Entry, plan)
}

// holdRefused keeps apart what was refused of a phone that is leaving or lost,
// and answers anew: there will be no other time to bring it, and nobody to mend
// it. What the journal has is not kept again: phones bring once more what they
// did not hear was taken. What has no id that can be read stays refused, and
// so does what was practised: it is nothing to keep.
func (in *Intake) holdRefused(ctx context.Context, actor access.Actor, batch []journal.Stored, texts []jsontext.Value, outcomes []journal.Outcome) error {
	if actor.State != access.Leaving && actor.State != access.Lost {
		return nil
	}
	var at []int
	var ids []journal.ID
	for i, o := range outcomes {
		if o.Status == journal.Refused && !o.ID.IsZero() && o.Refusal.Code != "entry.practice" {
			at, ids = append(at, i), append(ids, o.ID)
		}
	}
	if len(at) == 0 {
		return nil
	}
	held := make([]journal.Outcome, len(at))
	err := in.store.Update(ctx, func(tx store.Tx) error {
		had, err := tx.Headers(ids)
		if err != nil {
			return err
		}
		for k, i := range at {
			st, outcome := batch[i], journal.Outcome{ID: outcomes[i].ID, Status: journal.Quarantined}
			if st.Rest == [32]byte{} { // it could not be read whole
				st.Rest = sha256.Sum256(texts[i])
			}
			if old, ok := had[st.ID]; ok && old.Hash() == st.Hash() {
				outcome.Status = journal.Repeated
			} else if err := quarantine.Hold(tx, actor, &st, texts[i], outcomes[i].Refusal.Code); err != nil {
				if !errors.As(err, &outcome.Refusal) {
					return err
				}
				outcome.Status = journal.Refused
			}
			held[k] = outcome
		}
		return nil
	})
	for k, i := range at {
		if err == nil {
			outcomes[i] = held[k]
		}
	}
	return err
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
