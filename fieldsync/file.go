package fieldsync

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
	"caunoi/tally"
)

// LineOutcome is the answer for one line of a file, numbered from 1.
type LineOutcome struct {
	Line int
	journal.Outcome
}

// ImportEntries takes every line of r: exported lines with their receipts, or
// plain entries, received now by the importer. each is called for every line,
// in order. What is refused does not keep the rest out.
func (in *Intake) ImportEntries(ctx context.Context, r io.Reader, by string, each func(LineOutcome)) error {
	plan, err := in.Plan(ctx)
	if err != nil {
		return err
	}
	defer in.sessions.forget() // an earlier receipt may become known of what is here
	receipt := journal.Receipt{At: store.Micro(in.now()), By: by}
	var lines []int
	d := decoded{}
	flush := func() error {
		outcomes, err := d.answer(in.append(ctx, d.batch))
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			each(LineOutcome{lines[i], o})
		}
		lines, d = lines[:0], decoded{}
		return nil
	}
	err = journal.Lines(r, func(n int, raw []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		st, err := in.schema.DecodeLine(raw, plan, receipt)
		st.Received.At = store.Micro(st.Received.At)
		// By the hours in which they came, so that the past stands as it was.
		if k := len(d.batch); err == nil && k > 0 && !sameHour(d.batch[k-1].Received.At, st.Received.At) {
			if err := flush(); err != nil {
				return err
			}
		}
		lines = append(lines, n)
		d.outcomes = append(d.outcomes, journal.Outcome{})
		if err := d.add(len(lines)-1, st, err); err != nil {
			return err
		}
		if len(lines) == MaxBatch {
			return flush()
		}
		return nil
	})
	// What was read before a fault is good, and kept.
	return errors.Join(err, flush())
}

func sameHour(a, b time.Time) bool { return a.Truncate(time.Hour).Equal(b.Truncate(time.Hour)) }

// ImportPlan takes every line of r into the plan, all or none beside those
// refused one by one, and recounts if figures may move. A plan whose
// references lead nowhere is refused whole.
func (in *Intake) ImportPlan(ctx context.Context, r io.Reader, each func(LineOutcome)) error {
	var items []campaign.Item
	var outcomes []LineOutcome
	err := journal.Lines(r, func(n int, raw []byte) error {
		it, err := campaign.DecodeItem(raw)
		o := LineOutcome{Line: n, Outcome: journal.Outcome{Status: journal.Accepted}}
		if err != nil {
			if !errors.As(err, &o.Refusal) {
				return err
			}
			o.Status = journal.Refused
		} else {
			items = append(items, it)
		}
		outcomes = append(outcomes, o)
		return nil
	})
	if err != nil {
		return err
	}
	if err := in.PutPlan(ctx, items); err != nil {
		return err
	}
	for _, o := range outcomes {
		each(o)
	}
	return nil
}

// PutPlan adds or replaces items of the plan, and recounts all where that can
// move a figure.
func (in *Intake) PutPlan(ctx context.Context, items []campaign.Item) error {
	if len(items) == 0 {
		return nil
	}
	return in.store.Update(ctx, func(tx store.Tx) error {
		return in.ChangePlan(tx, func(*campaign.Plan) ([]campaign.Item, error) { return items, nil })
	})
}

// ChangePlan is [Intake.PutPlan] in a transaction that writes. The items are made
// from the plan as it stands while nobody else can change it.
func (in *Intake) ChangePlan(tx store.Tx, change func(had *campaign.Plan) ([]campaign.Item, error)) error {
	if err := tally.Alone(tx); err != nil {
		return err
	}
	had, err := tx.Plan()
	if err != nil {
		return err
	}
	items, err := change(had)
	if err != nil || len(items) == 0 {
		return err
	}
	for i := range items {
		if c := items[i].Campaign; c != nil && c.League != nil {
			if err := tally.CheckRule(c.League); err != nil {
				return err
			}
		}
	}
	plan := campaign.NewPlan(append(had.Items(), items...))
	if err := plan.Check(); err != nil {
		return err
	}
	if err := tx.PutPlan(items); err != nil {
		return err
	}
	if err := people.FollowPlan(tx, had, plan, journal.DayOf(in.now())); err != nil {
		return err
	}
	if !campaign.MovesFigures(had, plan) {
		return nil
	}
	return tally.Rebuild(tx, plan, in.schema)
}

// Changing is [Intake.ChangePlan] for who goes on under the plan as it is then:
// it gives that plan, and how to append under it.
func (in *Intake) Changing(tx store.Tx) func(change func(had *campaign.Plan) ([]campaign.Item, error)) (
	*campaign.Plan, func([]journal.Stored) ([]journal.Outcome, error), error,
) {
	return func(change func(*campaign.Plan) ([]campaign.Item, error)) (*campaign.Plan, func([]journal.Stored) ([]journal.Outcome, error), error) {
		if err := in.ChangePlan(tx, change); err != nil {
			return nil, nil, err
		}
		plan, err := tx.Plan()
		return plan, func(entries []journal.Stored) ([]journal.Outcome, error) { return in.Append(tx, plan, entries) }, err
	}
}

// FollowDay gives people to the offices that are in charge of their communes
// today. Changes of the plan do so themselves; this is for when a day comes that
// the plan names.
func (in *Intake) FollowDay(ctx context.Context) error {
	return in.store.Update(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		return people.FollowDay(tx, plan, journal.DayOf(in.now()))
	})
}

// ExportEntries writes every entry as a line, in order of commit.
func ExportEntries(tx store.Tx, w io.Writer) error {
	bw := bufio.NewWriterSize(w, 1<<16)
	var page []journal.Stored // opened together, since each person has a key
	flush := func() error {
		if err := tx.Open(page); err != nil {
			return err
		}
		for i := range page {
			line, err := journal.EncodeLine(&page[i])
			if err == nil {
				_, err = bw.Write(append(line, '\n'))
			}
			if err != nil {
				return err
			}
		}
		page = page[:0]
		return nil
	}
	err := tx.Scan(func(st journal.Stored) error {
		if page = append(page, st); len(page) < MaxBatch {
			return nil
		}
		return flush()
	})
	return errors.Join(err, flush(), bw.Flush())
}

// ExportPlan writes every item of the plan as a line.
func ExportPlan(tx store.Tx, w io.Writer) error {
	plan, err := tx.Plan()
	if err != nil {
		return err
	}
	bw := bufio.NewWriterSize(w, 1<<16)
	for _, it := range plan.Items() {
		line, err := it.Encode()
		if err != nil {
			return err
		}
		if _, err := bw.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return bw.Flush()
}
