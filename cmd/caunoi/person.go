package main

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

type personCmd struct {
	Export personExportCmd `cmd:"" help:"Write all that is held of one person, as JSON."`
	Erase  personEraseCmd  `cmd:"" help:"Erase a person for good. What was counted stays counted."`
}

type aPerson struct {
	where
	ID string `arg:"" help:"The person's id in the registry."`
}

// on runs f on the person in one transaction.
func (c aPerson) on(ctx context.Context, f func(tx store.Tx, in *fieldsync.Intake, plan *campaign.Plan, id journal.ID) error) error {
	id, err := journal.ParseID(c.ID)
	if err != nil {
		return journal.Refuse("not_found", "what", c.ID)
	}
	return c.with(ctx, true, func(s store.Store) error {
		in := newIntake(s)
		return s.Update(ctx, func(tx store.Tx) error {
			plan, err := in.PlanIn(tx)
			if err != nil {
				return err
			}
			return f(tx, in, plan, id)
		})
	})
}

type personExportCmd struct{ aPerson }

func (c *personExportCmd) Run(ctx context.Context, t terminal) error {
	var held people.HeldAll
	err := c.on(ctx, func(tx store.Tx, in *fieldsync.Intake, plan *campaign.Plan, id journal.ID) error {
		h, err := in.People().Export(tx, plan, access.Terminal(), id)
		held = h.All()
		return err
	})
	if err != nil {
		return err
	}
	if err := json.MarshalWrite(t.out, held, jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out)
	return err
}

type personEraseCmd struct {
	aPerson
	Reason string `required:"" enum:"request,consent_withdrawn,purpose_done,retention" help:"Why: request, consent_withdrawn, purpose_done or retention."`
}

func (c *personEraseCmd) Run(ctx context.Context, t terminal) error {
	err := c.on(ctx, func(tx store.Tx, in *fieldsync.Intake, plan *campaign.Plan, id journal.ID) error {
		return in.People().Erase(tx, plan, access.Terminal(), id, c.Reason, func(keys []string) error { return in.Erase(tx, plan, keys) })
	})
	if err == nil {
		_, err = fmt.Fprintln(t.out, words().Text("cli.person.erased"))
	}
	return err
}
