package fieldsync

import (
	"context"
	"errors"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

// errRehearsed undoes a rehearsal, which went well.
var errRehearsed = errors.New("rehearsed")

// Rehearse does with a batch what [Intake.Push] does, up to the commit, and
// answers as it would; then all of it is undone. Nothing counts, nothing is
// kept, and the same entries may be pushed after it as if they had never come.
//
// What a push does beside its transaction it does not: nobody is asked to agree
// to the re-opening of a day, and of a phone that is to be wiped nothing is kept
// apart.
func (in *Intake) Rehearse(ctx context.Context, actor access.Actor, plan *campaign.Plan, b Batch) ([]journal.Outcome, error) {
	_, d, err := in.decode(ctx, actor, plan, b, unasked)
	if err != nil {
		return nil, err
	}
	var outcomes []journal.Outcome
	err = in.store.Update(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		if outcomes, err = in.Append(tx, plan, d.batch); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return d.answer(outcomes, err)
}

// unasked needs nobody's consent, since nothing comes of it.
func unasked(context.Context, access.Actor, *campaign.Plan, *journal.Stored, []byte) error {
	return nil
}
