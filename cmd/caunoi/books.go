package main

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/outreach"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

type reportCmd struct {
	where
	Campaign string `required:"" help:"Id of the campaign, such as lao-cai-2025."`
	Lang     string `enum:"vi,en,bn" default:"vi" help:"Language: ${enum}."`
	Format   string `enum:"text,json" default:"text" help:"Format: ${enum}."`
}

func (c *reportCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		var facts report.Facts
		err := view(ctx, s, func(tx store.Tx, plan *campaign.Plan) error {
			sheet, err := tx.Sheet(tally.Query{Campaign: c.Campaign})
			if err != nil {
				return err
			}
			facts, err = report.Gather(plan, c.Campaign, sheet)
			return err
		})
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return facts.WriteJSON(t.out)
		}
		return report.WriteText(t.out, facts, c.Lang)
	})
}

type verifyCmd struct {
	where
	JSON  bool `help:"One difference a line, as JSON."`
	Audit bool `help:"Check the chain of the audit, too."`
}

func (c *verifyCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		diff, err := verify(ctx, s)
		if err != nil {
			return err
		}
		for _, d := range diff {
			if c.JSON {
				err = json.MarshalWrite(t.out, d)
				fmt.Fprintln(t.out)
			} else {
				_, err = fmt.Fprintln(t.out, d)
			}
			if err != nil {
				return err
			}
		}
		if c.JSON {
			fmt.Fprintf(t.out, "{\"differences\":%d}\n", len(diff))
		} else {
			fmt.Fprintf(t.out, "differences: %d\n", len(diff))
		}
		faulty := len(diff) > 0
		if c.Audit {
			head, faults, err := c.verifyAudit(ctx, s, "")
			if err != nil {
				return err
			}
			sayFaults(t, head, faults)
			faulty = faulty || len(faults) > 0
		}
		if faulty {
			return errFalse
		}
		return nil
	})
}

func verify(ctx context.Context, s store.Store) (diff []tally.Difference, err error) {
	err = view(ctx, s, func(tx store.Tx, plan *campaign.Plan) (err error) {
		diff, err = store.Verify(tx, plan, outreach.Schema())
		return err
	})
	return diff, err
}

type exportCmd struct {
	Plan    exportPlanCmd    `cmd:"" help:"Offices, communes, campaigners, campaigns, targets."`
	Entries exportEntriesCmd `cmd:"" help:"Every entry with its receipt, in order of commit."`
}

type exportPlanCmd struct{ where }

func (c *exportPlanCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return s.View(ctx, func(tx store.Tx) error { return fieldsync.ExportPlan(tx, t.out) })
	})
}

type exportEntriesCmd struct{ where }

func (c *exportEntriesCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		if err := atTerminal(ctx, s, audit.Event{Act: "entries.exported"}); err != nil {
			return err // before anybody has seen them
		}
		return s.View(ctx, func(tx store.Tx) error { return fieldsync.ExportEntries(tx, t.out) })
	})
}
