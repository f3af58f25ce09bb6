package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/demo"
	"caunoi/fieldsync"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
)

type demoCmd struct {
	where
	tlsFlags
	Scale   int    `default:"1" help:"How many times as large as the festival."`
	Seed    uint64 `default:"20251125" help:"Another seed makes other people and days, with the same totals."`
	Figures string `placeholder:"FILE" help:"Another campaign's figures, in the form of festival-2025.json."`
	Addr    string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen."`

	StepUp time.Duration `default:"24h" help:"How long after proving who they are users may export, erase, approve and manage others."`

	Quiet    bool `help:"No progress."`
	LoadOnly bool `help:"Load, verify and leave."`
}

// demoRun is how a store's demo was made. An interrupted run is taken up again
// as it began, also on another day.
type demoRun struct {
	Seed    uint64    `json:"seed"`
	Scale   int       `json:"scale"`
	Figures string    `json:"figures"` // SHA-256 of them
	Today   time.Time `json:"today"`
	Done    bool      `json:"done"`
}

// demoSetting is the name under which a store keeps its demoRun.
const demoSetting = "demo"

func (c *demoCmd) Run(ctx context.Context, t terminal) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Scale < 1 || c.Scale > demo.MaxScale {
		return usageError{spoken("cli.scale", "most", demo.MaxScale)}
	}
	figures, err := c.figures()
	if err != nil {
		return usageError{err}
	}
	return c.with(ctx, false, func(s store.Store) error {
		if err := c.settleIn(ctx, s); err != nil {
			return err
		}
		app := NewApp(s, access.Config{Link: 24 * time.Hour, StepUp: c.StepUp}, t.err)
		if !c.LoadOnly {
			if app.tls, err = c.transport(c.where, app.web.Log); err != nil {
				return err
			}
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
		if hint := app.hint(); hint != "" {
			fmt.Fprintln(t.err, hint)
		}
		return c.serve(ctx, app, t)
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
	run, err := c.begin(ctx, app, figures)
	if err != nil {
		return err
	}
	if run.Done {
		fmt.Fprintln(t.err, words().Text("cli.demo.there", "store", app.Store.Name()))
		if !c.LoadOnly {
			return nil
		}
	} else if err := c.fill(ctx, app, figures, run, t); err != nil {
		return err
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

// begin notes in an empty store which demo is to be made, or reads which one
// it holds. Other data and another demo are left alone.
func (c *demoCmd) begin(ctx context.Context, app *App, figures demo.Figures) (demoRun, error) {
	raw, err := json.Marshal(figures, json.Deterministic(true))
	if err != nil {
		return demoRun{}, err
	}
	wanted := demoRun{Seed: c.Seed, Scale: c.Scale, Figures: fmt.Sprintf("%x", sha256.Sum256(raw)), Today: time.Now()}
	var run demoRun
	err = app.Store.Update(ctx, func(tx store.Tx) error {
		run = wanted
		text, err := tx.Setting(demoSetting)
		if err != nil {
			return err
		}
		if text != "" {
			return json.Unmarshal([]byte(text), &run)
		}
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		users, err := tx.Users()
		if err != nil {
			return err
		}
		if len(users) > 0 || len(plan.Offices) > 0 {
			return usageError{spoken("cli.demo.other", "store", app.Store.Name())}
		}
		return putRun(tx, run)
	})
	if err != nil {
		return demoRun{}, err
	}
	if run.Seed != wanted.Seed || run.Scale != wanted.Scale || run.Figures != wanted.Figures {
		return demoRun{}, usageError{spoken("cli.demo.differs", "store", app.Store.Name(), "seed", fmt.Sprint(run.Seed), "scale", run.Scale)}
	}
	return run, nil
}

// list takes people into the registry, as a list of an office.
func (c *demoCmd) list(ctx context.Context, app *App, records []people.Record) error {
	return app.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		outcomes, err := app.Intake.People().Import(tx, plan, access.Terminal(), records)
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			if o.Refusal != nil {
				return o.Refusal
			}
		}
		return audit.Append(tx, time.Now(), audit.Event{
			Act: "people.imported", Actor: access.Terminal().ID, Details: map[string]string{"added": strconv.Itoa(len(records))},
		})
	})
}

func putRun(tx store.Tx, run demoRun) error {
	text, err := json.Marshal(run)
	if err != nil {
		return err
	}
	return tx.PutSetting(demoSetting, string(text))
}

func (c *demoCmd) fill(ctx context.Context, app *App, figures demo.Figures, run demoRun, t terminal) error {
	world, err := demo.Generate(demo.Config{Figures: figures, Scale: c.Scale, Seed: c.Seed, Today: run.Today})
	if err != nil {
		return usageError{err}
	}
	if err := app.Intake.PutPlan(ctx, world.Plan); err != nil {
		return err
	}
	if err := app.Store.Update(ctx, func(tx store.Tx) error { return tx.PutPoints(world.Points) }); err != nil {
		return err
	}
	for batch := range slices.Chunk(world.Lists, 500) {
		if err := c.list(ctx, app, batch); err != nil {
			return err
		}
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
	return finish(ctx, app, world.Plan, run)
}

// finish makes a user of every campaigner, and an administrator.
func finish(ctx context.Context, app *App, items []campaign.Item, run demoRun) error {
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
		users = append(users, access.User{ID: "quan-tri-mo-phong", Name: "Quản trị (mô phỏng)", Role: access.Administrator})
		for _, u := range users {
			if err := access.SaveUser(tx, access.Terminal(), plan, u, time.Now()); err != nil {
				return err
			}
		}
		// Where people pay: an account that no bank has, of a holder who says so.
		account := outreach.Account{Bank: "970405", Number: "MOPHONG0000001", Holder: "MO PHONG - KHONG CHUYEN TIEN"}
		for _, it := range items {
			if o := it.Office; o != nil && o.Kind == campaign.Province {
				if err := fieldsync.SetCollectingAccount(tx, plan, time.Now(), access.Terminal(), o.ID, &account); err != nil {
					return err
				}
			}
		}
		run.Done = true
		return putRun(tx, run)
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
