package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/people"
	"caunoi/store"
)

type retentionCmd struct {
	Show retentionShowCmd `cmd:"" help:"Print the rules, and how much is kept for too long by them, as JSON."`
	Set  retentionSetCmd  `cmd:"" help:"Set how long things are kept, days; 0 is for ever."`
	Run  retentionRunCmd  `cmd:"" help:"End what is kept for too long. Let the system run it every night."`
}

// retained is how the commands print.
type retained struct {
	Rules people.Retention `json:"rules"`
	Over  people.Retention `json:"over"` // how much is over time, or has ended
}

func (w where) retain(ctx context.Context, s store.Store, trial bool) (out retained, err error) {
	in := newIntake(s)
	for more := true; more && err == nil; {
		err = s.Update(ctx, func(tx store.Tx) (err error) {
			plan, err := in.PlanIn(tx)
			if err != nil {
				return err
			}
			if out.Rules, err = people.RetentionOf(tx); err != nil {
				return err
			}
			var n people.Retention
			n, more, err = in.People().Retain(tx, plan, access.Terminal(), trial, func(keys []string) error { return in.Erase(tx, plan, keys) })
			more = more && !trial
			out.Over.Persons += n.Persons
			out.Over.Withdrawn += n.Withdrawn
			out.Over.Quarantine += n.Quarantine
			out.Over.Sessions += n.Sessions
			return err
		})
	}
	return out, err
}

func (w where) printRetained(ctx context.Context, t terminal, s store.Store, trial bool) error {
	out, err := w.retain(ctx, s, trial)
	if err != nil {
		return err
	}
	text, err := json.Marshal(out)
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%s\n", text)
	}
	return err
}

type retentionShowCmd struct{ where }

func (c *retentionShowCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error { return c.printRetained(ctx, t, s, true) })
}

type retentionRunCmd struct{ where }

func (c *retentionRunCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error { return c.printRetained(ctx, t, s, false) })
}

type retentionSetCmd struct {
	where
	Persons    *int `help:"People whom nobody insured, changed or visited."`
	Withdrawn  *int `help:"People who withdrew every consent."`
	Quarantine *int `help:"What phones brought that they may not, and nobody decided."`
	Sessions   *int `help:"Sign-ins and links that ended."`
}

func (c *retentionSetCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		err := update(ctx, s, func(tx store.Tx, _ *campaign.Plan) error {
			rules, err := people.RetentionOf(tx)
			if err != nil {
				return err
			}
			for to, days := range map[*int]*int{
				&rules.Persons: c.Persons, &rules.Withdrawn: c.Withdrawn, &rules.Quarantine: c.Quarantine, &rules.Sessions: c.Sessions,
			} {
				if days != nil {
					*to = *days
				}
			}
			return people.SetRetention(tx, access.Terminal(), rules, time.Now())
		})
		if err != nil {
			return err
		}
		return c.printRetained(ctx, t, s, true)
	})
}
