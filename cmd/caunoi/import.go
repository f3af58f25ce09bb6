package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/planning"
	"caunoi/store"
)

type importCmd struct {
	Plan       importPlanCmd       `cmd:"" help:"Read what export plan writes."`
	Entries    importEntriesCmd    `cmd:"" help:"Read what export entries writes, or plain entries."`
	People     importPeopleCmd     `cmd:"" help:"Read a list of people, .xlsx or .csv."`
	Boundaries importBoundariesCmd `cmd:"" help:"Read a map: GeoJSON whose features carry the commune's code."`
	Campaign   importCampaignCmd   `cmd:"" help:"Make a campaign from what export plan --campaign writes."`
	Points     importPointsCmd     `cmd:"" help:"Read where villages and households lie: GeoJSON or CSV."`
}

type importing struct {
	where
	Quiet bool `help:"Say nothing but what was refused."`
	JSON  bool `help:"Write the result as JSON."`
}

// source opens a file, or standard input for "-".
func source(name string, t terminal) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(t.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// result gathers what became of the lines of a file.
type result struct {
	Accepted int       `json:"accepted"`
	Repeated int       `json:"repeated"`
	HeldBack int       `json:"held_back"`
	Refused  int       `json:"refused"`
	Refusals []refused `json:"refusals"`
	bar      *progress // nil if quiet
	lines    int
}

type refused struct {
	Line   int            `json:"line"`
	ID     string         `json:"id,omitempty"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
	Reason string         `json:"reason"`
}

func (r *result) add(o fieldsync.LineOutcome) {
	switch o.Status {
	case journal.Accepted:
		r.Accepted++
	case journal.Repeated:
		r.Repeated++
	case journal.HeldBack:
		r.HeldBack++
	default:
		r.Refused++
		x := refused{Line: o.Line, Code: o.Refusal.Code, Params: o.Refusal.Params, Reason: sayRefusal(o.Refusal)}
		if !o.ID.IsZero() {
			x.ID = o.ID.String()
		}
		r.Refusals = append(r.Refusals, x)
	}
	if r.lines++; r.bar != nil {
		r.bar.at(r.lines, 0)
	}
}

func (c importing) read(ctx context.Context, t terminal, file string, act audit.Act,
	take func(in *fieldsync.Intake, r io.Reader, each func(fieldsync.LineOutcome)) error,
) error {
	f, err := source(file, t)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.with(ctx, false, func(s store.Store) error {
		r := result{Refusals: []refused{}}
		if !c.Quiet {
			r.bar = newProgress(t.err)
		}
		err := take(newIntake(s), f, r.add)
		if r.bar != nil {
			r.bar.end()
		}
		if err != nil {
			return err
		}
		err = atTerminal(ctx, s, audit.Event{Act: act, Details: map[string]string{
			"accepted": strconv.Itoa(r.Accepted), "repeated": strconv.Itoa(r.Repeated), "refused": strconv.Itoa(r.Refused),
		}})
		if err != nil {
			return err
		}
		return r.print(c, t)
	})
}

func (r *result) print(c importing, t terminal) error {
	if c.JSON {
		if err := json.MarshalWrite(t.out, r); err != nil {
			return err
		}
		fmt.Fprintln(t.out)
	} else {
		for _, x := range r.Refusals {
			fmt.Fprintln(t.out, words().Text("cli.import.line", "n", x.Line, "reason", x.Reason))
		}
		if !c.Quiet {
			fmt.Fprintln(t.out, words().Text("cli.import.result", "accepted", r.Accepted, "repeated", r.Repeated, "held", r.HeldBack, "refused", r.Refused))
		}
	}
	if r.Refused > 0 {
		return errFalse
	}
	return nil
}

type importPlanCmd struct {
	importing
	File string `arg:"" help:"JSON Lines, or - for standard input."`
}

func (c *importPlanCmd) Run(ctx context.Context, t terminal) error {
	return c.read(ctx, t, c.File, "plan.imported", func(in *fieldsync.Intake, r io.Reader, each func(fieldsync.LineOutcome)) error {
		return in.ImportPlan(ctx, r, each)
	})
}

type importEntriesCmd struct {
	importing
	File string `arg:"" help:"JSON Lines, or - for standard input."`
}

func (c *importEntriesCmd) Run(ctx context.Context, t terminal) error {
	return c.read(ctx, t, c.File, "entries.imported", func(in *fieldsync.Intake, r io.Reader, each func(fieldsync.LineOutcome)) error {
		return in.ImportEntries(ctx, r, "import", each)
	})
}

type importBoundariesCmd struct {
	where
	File     string `arg:"" help:"GeoJSON FeatureCollection, or - for standard input."`
	Property string `default:"code" help:"The property that holds the commune's official code."`
}

func (c *importBoundariesCmd) Run(ctx context.Context, t terminal) error {
	f, err := source(c.File, t)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.with(ctx, false, func(s store.Store) error {
		plan, err := newIntake(s).Plan(ctx)
		if err != nil {
			return err
		}
		geometry, unknown, err := campaign.ReadBoundaries(f, c.Property, plan)
		if err != nil {
			return err
		}
		err = atTerminal(ctx, s, audit.Event{Act: "boundaries.imported", Details: map[string]string{"communes": strconv.Itoa(len(geometry))}},
			func(tx store.Tx) error { return tx.PutBoundaries(geometry) })
		if err != nil {
			return err
		}
		fmt.Fprintln(t.out, words().Text("cli.import.boundaries", "communes", len(geometry), "unknown", len(unknown)))
		return nil
	})
}

type importPointsCmd struct {
	where
	File string `arg:"" help:"GeoJSON FeatureCollection or CSV, or - for standard input."`
}

func (c *importPointsCmd) Run(ctx context.Context, t terminal) error {
	f, err := source(c.File, t)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.with(ctx, false, func(s store.Store) error {
		plan, err := newIntake(s).Plan(ctx)
		if err != nil {
			return err
		}
		points, unknown, err := campaign.ReadPoints(f, plan)
		if err != nil {
			return err
		}
		communes := len(campaign.CommunesOf(points))
		err = atTerminal(ctx, s, audit.Event{Act: "points.imported", Details: map[string]string{
			"points": strconv.Itoa(len(points)), "communes": strconv.Itoa(communes),
		}}, func(tx store.Tx) error { return tx.PutPoints(points) })
		if err != nil {
			return err
		}
		fmt.Fprintln(t.out, words().Text("cli.import.points", "points", len(points), "communes", communes, "unknown", len(unknown)))
		return nil
	})
}

type importCampaignCmd struct {
	where
	File     string            `arg:"" help:"The file, or - for standard input."`
	Province string            `required:"" placeholder:"ID" help:"Office of the province that runs it."`
	ID       string            `required:"" name:"id" help:"Of the new campaign: small letters, digits and hyphens."`
	Start    string            `required:"" placeholder:"DAY" help:"Its first day, YYYY-MM-DD."`
	Name     string            `help:"Its name in Vietnamese; the file's without it."`
	Weekdays bool              `help:"Keep each activity on its day of the week, since markets are; else on its day of the campaign."`
	Office   map[string]string `placeholder:"OF-FILE=HERE" help:"Which office one of the file is here; nothing leaves it out."`
	Commune  map[string]string `placeholder:"OF-FILE=HERE" help:"The same for a commune, by code."`
	LeaveOut bool              `help:"Leave out whatever is not found here by id, code or name."`
	Targets  string            `enum:"as_is,shares,people,uncovered,even" default:"as_is" help:"As the offices' own, or the total parted by the file's shares, by people of the registry, by those whom nothing covers, or evenly."`
	DryRun   bool              `help:"Tell what would be made, and keep nothing."`
}

func (c *importCampaignCmd) Run(ctx context.Context, t terminal) error {
	f, err := source(c.File, t)
	if err != nil {
		return err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, planning.MostKit+1))
	if err != nil {
		return err
	}
	kit, err := planning.ReadKit(raw)
	if err != nil {
		return err
	}
	how := planning.Adoption{
		ID: c.ID, Province: c.Province, Start: journal.Day(c.Start), Weekdays: c.Weekdays,
		Offices: c.Office, Communes: c.Commune, LeaveOut: c.LeaveOut, Targets: planning.Parting(c.Targets),
	}
	if c.Name != "" {
		how.Name = campaign.Name{"vi": c.Name}
	}
	return c.with(ctx, true, func(s store.Store) error {
		var made *planning.Adopted
		now := store.Micro(time.Now())
		act := func(tx store.Tx, plan *campaign.Plan, put planning.Put) (err error) {
			offices := people.Scope{Offices: slices.Collect(maps.Keys(plan.Offices))}
			if how.Lived, err = tx.Villages(offices, "", journal.DayOf(now)); err != nil {
				return err
			}
			p := planning.Planner{Schema: outreach.Schema(), Tx: tx, Plan: plan, Actor: access.Terminal(), Now: now}
			made, err = p.Adopt(kit, how, put)
			return err
		}
		var err error
		if c.DryRun {
			err = view(ctx, s, func(tx store.Tx, plan *campaign.Plan) error { return act(tx, plan, nil) })
		} else {
			err = update(ctx, s, func(tx store.Tx, plan *campaign.Plan) error {
				return act(tx, plan, newIntake(s).Changing(tx))
			})
		}
		if err != nil {
			return err
		}
		return c.print(made, t)
	})
}

func (c *importCampaignCmd) print(made *planning.Adopted, t terminal) error {
	w := words()
	say := func(key string, pairs ...any) { fmt.Fprintln(t.out, w.Text("cli.import.kit."+key, pairs...)) }
	is := made.Campaign
	say("campaign", "id", is.ID, "name", is.Name.In(lang()), "from", string(is.Start), "to", string(is.End))
	say("result", "targets", len(made.Targets), "activities", made.Activities, "same", made.Same, "left", made.LeftOut, "lost", len(made.Lost))
	for _, l := range made.Lost {
		say("lost", "day", string(l.On), "place", l.Place, "why", sayRefusal(l.Why))
	}
	for _, o := range made.UnknownOffices {
		say("office", "id", o.ID, "name", o.Name, "activities", o.Activities, "targets", o.Targets)
	}
	for _, o := range made.UnknownCommunes {
		say("commune", "id", o.ID, "name", o.Name, "activities", o.Activities)
	}
	if c.DryRun {
		say("trial")
	}
	if len(made.UnknownOffices)+len(made.UnknownCommunes) > 0 { // on trial alone: else it is refused
		return errFalse
	}
	return nil
}
