package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/outreach"
	"caunoi/planning"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
	"caunoi/web"
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
		err := view(ctx, s, func(tx store.Tx, plan *campaign.Plan) (err error) {
			facts, err = web.Facts(tx, plan, c.Campaign, time.Now)
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

type exportPlanCmd struct {
	where
	Campaign string `placeholder:"ID" help:"One campaign as one file for another province or year: rules, targets, activities as planned. It names nobody."`
	Output   string `placeholder:"FILE" help:"Where it is written; standard output without it."`
}

func (c *exportPlanCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return s.View(ctx, func(tx store.Tx) error {
			var out bytes.Buffer
			write := fieldsync.ExportPlan
			if c.Campaign != "" {
				write = c.writeKit
			}
			if err := write(tx, &out); err != nil {
				return err
			}
			if c.Output != "" {
				return os.WriteFile(c.Output, out.Bytes(), 0o644)
			}
			_, err := out.WriteTo(t.out)
			return err
		})
	})
}

func (c *exportPlanCmd) writeKit(tx store.Tx, w io.Writer) error {
	plan, err := tx.Plan()
	if err != nil {
		return err
	}
	which := plan.Campaigns[c.Campaign]
	if which == nil {
		return journal.Refuse("entry.unknown_campaign", "campaign", c.Campaign)
	}
	about, err := messages.InAll("cli.kit.about")
	if err != nil {
		return err
	}
	p := planning.Planner{Schema: outreach.Schema(), Tx: tx, Plan: plan, Campaign: which, Actor: access.Terminal(), Now: time.Now()}
	kit, err := p.Kit(about)
	if err != nil {
		return err
	}
	raw, err := kit.Encode()
	if err == nil {
		_, err = w.Write(raw)
	}
	return err
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
