package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/demo"
	"caunoi/fieldsync"
	"caunoi/store"
)

type demoCmd struct {
	where
	Scale    int    `default:"1" help:"How many times as large as the festival."`
	Seed     uint64 `default:"20251125" help:"Another seed makes other people and days, with the same totals."`
	Figures  string `placeholder:"FILE" help:"Another campaign's figures, in the form of festival-2025.json."`
	Addr     string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen."`
	Quiet    bool   `help:"No progress."`
	LoadOnly bool   `help:"Load, verify and leave."`
}

// demoAdministrator is there once the demo has been loaded whole.
const demoAdministrator = "quan-tri-mo-phong"

func (c *demoCmd) Run(ctx context.Context, t terminal) error {
	if c.Scale < 1 {
		return usageError{spoken("cli.scale")}
	}
	figures, err := c.figures()
	if err != nil {
		return usageError{err}
	}
	return c.with(ctx, false, func(s store.Store) error {
		app := NewApp(s, access.Config{Link: 24 * time.Hour}, t.err)
		if !c.LoadOnly {
			if err := app.Start(c.Addr); err != nil { // before the work, since it may fail
				return err
			}
		}
		if err := c.load(ctx, app, figures, t); err != nil {
			return err
		}
		if c.LoadOnly {
			return nil
		}
		if err := printLinks(ctx, app, t); err != nil {
			return err
		}
		return app.Wait(ctx)
	})
}

func (c *demoCmd) figures() (demo.Figures, error) {
	if c.Figures == "" {
		return demo.Published(), nil
	}
	f, err := os.Open(c.Figures)
	if err != nil {
		return demo.Figures{}, err
	}
	defer f.Close()
	return demo.ReadFigures(f)
}

// load fills the store, unless it is filled. What an interrupted run left is
// taken up again, since entries are appended once.
func (c *demoCmd) load(ctx context.Context, app *App, figures demo.Figures, t terminal) error {
	loaded, other := false, false
	err := app.Store.View(ctx, func(tx store.Tx) error {
		_, err := tx.User(demoAdministrator)
		if loaded = err == nil; loaded || !errors.Is(err, access.ErrNotFound) {
			return err
		}
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		users, err := tx.Users()
		other = len(users) > 0 || len(plan.Campaigns) > 0 && !plan.HasCampaign(figures.Campaign.ID)
		return err
	})
	if err != nil {
		return err
	}
	if other {
		return usageError{spoken("cli.demo.other", "store", app.Store.Name())}
	}
	if loaded {
		fmt.Fprintln(t.err, words().Text("cli.demo.there", "store", app.Store.Name()))
	} else if err := c.fill(ctx, app, figures, t); err != nil {
		return err
	}
	if loaded && !c.LoadOnly {
		return nil
	}
	diff, err := verify(ctx, app.Store)
	if err != nil {
		return err
	}
	for _, d := range diff {
		fmt.Fprintln(t.out, d)
	}
	fmt.Fprintln(t.err, words().Text("cli.demo.recounted", "n", len(diff)))
	if len(diff) > 0 {
		return errFalse
	}
	return nil
}

func (c *demoCmd) fill(ctx context.Context, app *App, figures demo.Figures, t terminal) error {
	world, err := demo.Generate(demo.Config{Figures: figures, Scale: c.Scale, Seed: c.Seed, Today: time.Now()})
	if err != nil {
		return err
	}
	if err := app.Intake.PutPlan(ctx, world.Plan); err != nil {
		return err
	}
	r, w := io.Pipe()
	go func() {
		bw := bufio.NewWriterSize(w, 1<<16)
		var err error
		for line := range world.Entries {
			if err = json.MarshalWrite(bw, line); err != nil {
				break
			}
			if err = bw.WriteByte('\n'); err != nil {
				break
			}
		}
		w.CloseWithError(errors.Join(err, bw.Flush()))
	}()
	var refusal error
	done, bar := 0, newProgress(t.err)
	begun := time.Now()
	err = app.Intake.ImportEntries(ctx, r, "demo", func(o fieldsync.LineOutcome) {
		if o.Refusal != nil && refusal == nil {
			refusal = o.Refusal
		}
		done++
		if !c.Quiet {
			bar.at(done, world.Count)
		}
	})
	if !c.Quiet {
		bar.end()
	}
	fmt.Fprintln(t.err, words().Text("cli.demo.loaded", "n", done, "seconds", int(time.Since(begun).Seconds()+0.5)))
	if err := errors.Join(err, r.Close(), refusal); err != nil {
		return err
	}
	return addUsers(ctx, app, world.Plan)
}

// addUsers makes a user of every campaigner, and an administrator last.
func addUsers(ctx context.Context, app *App, items []campaign.Item) error {
	return app.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		var users []access.User
		for _, it := range items {
			if c := it.Campaigner; c != nil {
				users = append(users, access.User{ID: c.ID, Name: c.Name, Role: roleOf(plan, c), Office: c.Office})
			}
		}
		users = append(users, access.User{ID: demoAdministrator, Name: "Quản trị (mô phỏng)", Role: access.Administrator})
		for _, u := range users {
			if err := access.SaveUser(tx, access.Terminal(), plan, u, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func roleOf(plan *campaign.Plan, c *campaign.Campaigner) access.Role {
	switch {
	case !c.Lead:
		return access.Campaigner
	case plan.Offices[c.Office].Kind == campaign.Province:
		return access.Province
	default:
		return access.Lead
	}
}

// printLinks prints a one-time link for the first user of each role.
func printLinks(ctx context.Context, app *App, t terminal) error {
	links := map[access.Role]string{}
	err := app.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		users, err := tx.Users()
		if err != nil {
			return err
		}
		slices.SortStableFunc(users, func(a, b access.User) int { return cmp.Compare(a.ID, b.ID) })
		first := map[access.Role]access.User{}
		for _, u := range users {
			if _, ok := first[u.Role]; !ok && !u.Disabled {
				first[u.Role] = u
			}
		}
		for role, u := range first {
			token, _, err := app.Access.NewLink(tx, access.Terminal(), plan, u.ID, time.Now())
			if err != nil {
				return err
			}
			links[role] = token
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\nCaunoi %s\n\n%s\n\n", app.URL(), words().Text("cli.demo.links"))
	for _, role := range []access.Role{access.Province, access.Lead, access.Campaigner, access.Administrator} {
		if links[role] != "" {
			fmt.Fprintf(t.out, "%-14s %s/signin#%s\n", role, app.URL(), links[role])
		}
	}
	fmt.Fprintln(t.out)
	return nil
}
