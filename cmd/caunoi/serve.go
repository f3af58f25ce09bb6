package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mdp/qrterminal/v3"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people/national"
	"caunoi/store"
	"caunoi/web"
)

type serveCmd struct {
	where
	knownBy
	tlsFlags
	Addr       string         `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen."`
	PublicURL  string         `placeholder:"URL" help:"Where browsers find the server, such as https://caunoi.example; passkeys hold there alone."`
	StepUp     time.Duration  `default:"15m" help:"How long after proving who they are users may export, erase, approve and manage others."`
	OIDCIssuer string         `placeholder:"URL" help:"The agency's identity provider (OpenID Connect), by which users may sign in; takes --public-url, and the client's secret in $$CAUNOI_OIDC_SECRET."`
	OIDCClient string         `placeholder:"ID" help:"What the identity provider calls this server."`
	OIDCClaim  string         `default:"preferred_username" placeholder:"NAME" help:"Claim of the ID token that holds the user's id."`
	CheckURL   string         `placeholder:"URL" help:"The national service that checks identities (docs/national-check.md); its token in $$CAUNOI_CHECK_TOKEN."`
	Proxy      []netip.Prefix `placeholder:"CIDR" help:"Addresses of the proxies that speak TLS in front, such as 127.0.0.1/32: they are believed about who calls (X-Forwarded-For, X-Forwarded-Proto)."`
}

func (c *serveCmd) Run(ctx context.Context, t terminal) error {
	if err := c.check(); err != nil {
		return err
	}
	known, own, err := c.files()
	if err != nil {
		return err
	}
	return c.with(ctx, false, func(s store.Store) error {
		if err := c.settleIn(ctx, s); err != nil {
			return err
		}
		app := NewApp(s, access.Config{StepUp: c.StepUp}, t.err, c.Proxy...)
		app.web.PublicURL = c.PublicURL
		app.web.Policy = known
		app.web.Calculator.Parameters = append(app.web.Calculator.Parameters, own...)
		if c.OIDCIssuer != "" {
			if c.OIDCClient == "" || c.PublicURL == "" {
				return usageError{spoken("cli.oidc")}
			}
			app.web.Provider = &web.Provider{
				Issuer: c.OIDCIssuer, ClientID: c.OIDCClient, Secret: os.Getenv("CAUNOI_OIDC_SECRET"), Claim: c.OIDCClaim,
			}
		}
		if c.CheckURL != "" {
			service, err := national.New(c.CheckURL, os.Getenv("CAUNOI_CHECK_TOKEN"), 0)
			if err != nil {
				return usageError{err}
			}
			app.web.National = service
		}
		if app.tls, err = c.transport(c.where, app.web.Log); err != nil {
			return err
		}
		if err := app.Start(c.Addr); err != nil {
			return err
		}
		if err := firstAdministrator(ctx, app, t); err != nil {
			return err
		}
		fmt.Fprintln(t.err, words().Text("cli.serving", "store", s.Name(), "url", app.URL()))
		if hint := app.hint(); hint != "" {
			fmt.Fprintln(t.err, hint)
		}
		return c.serve(ctx, app, t)
	})
}

// serve answers until ctx is done, keeps the head of the audit, and follows the days.
func (w where) serve(ctx context.Context, app *App, t terminal) error {
	keeping, stop := context.WithCancel(ctx)
	var kept sync.WaitGroup
	kept.Go(func() {
		w.keepAnchor(keeping, app.Store, func(err error) { fmt.Fprintf(t.err, "caunoi: %s\n", err) })
	})
	kept.Go(func() { followDays(keeping, app) })
	kept.Go(func() {
		if err := app.Intake.Warm(keeping); err != nil && keeping.Err() == nil {
			app.web.Log.Warn("activities were not read ahead", "error", err)
		}
	})
	err := app.Wait(ctx)
	stop()
	kept.Wait()
	return err
}

// followDays gives people to the offices that are in charge of their communes:
// now, and whenever a day begins.
func followDays(ctx context.Context, app *App) {
	for {
		wait := time.Until(journal.DayOf(time.Now()).Add(1).Start())
		if err := app.Intake.FollowDay(ctx); err != nil && ctx.Err() == nil {
			app.web.Log.Error("people were not given to the offices of today", "error", err)
			wait = time.Minute
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// firstAdministrator makes the first user of an empty store, with a link that
// is printed once. There is no default password.
func firstAdministrator(ctx context.Context, app *App, t terminal) error {
	var link string
	err := app.Store.Update(ctx, func(tx store.Tx) error {
		link = ""
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		users, err := tx.Users()
		if err != nil || len(users) > 0 {
			return err
		}
		admin := access.User{ID: "admin", Name: "admin", Role: access.Administrator}
		link, err = addUser(tx, app.Intake, app.Access, plan, admin)
		return err
	})
	if err == nil && link != "" {
		fmt.Fprintf(t.out, "%s/signin#%s\n", app.URL(), link)
	}
	return err
}

// addUser adds a user and makes a link for the first sign-in.
func addUser(tx store.Tx, in *fieldsync.Intake, cfg access.Config, plan *campaign.Plan, u access.User) (link string, err error) {
	if err := in.SaveUser(tx, access.Terminal(), plan, u, access.SaveUser); err != nil {
		return "", err
	}
	link, _, err = cfg.NewLink(tx, access.Terminal(), plan, u.ID, time.Now())
	return link, err
}

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Add a user and print a one-time sign-in link."`
	Link  userLinkCmd  `cmd:"" help:"Print a one-time sign-in link for a user."`
	Token userTokenCmd `cmd:"" help:"Print a token with which a device of a user pushes entries."`
	List  userListCmd  `cmd:"" help:"List users."`

	Disable userDisableCmd `cmd:"" help:"Disable a user: sessions end, phones bring what they hold and wipe themselves."`
}

type userAddCmd struct {
	where
	ID     string `required:"" help:"For a field worker: the campaigner's id in the plan."`
	Name   string `required:""`
	Role   string `required:"" enum:"administrator,province,auditor,lead,partner_agent,campaigner" help:"administrator, province, auditor, lead, partner_agent or campaigner."`
	Office string `help:"Id of the office; only an administrator may have none."`

	Commune []string `help:"Codes of the communes whose people the user sees; all of the office's without it."`

	URL string `default:"http://127.0.0.1:8080" help:"Where the server answers."`
}

func (c *userAddCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return printLink(ctx, s, t, c.URL, false, func(tx store.Tx, plan *campaign.Plan) (string, error) {
			return addUser(tx, newIntake(s), access.Config{}, plan, access.User{ID: c.ID, Name: c.Name, Role: access.Role(c.Role), Office: c.Office, Communes: c.Commune})
		})
	})
}

type userDisableCmd struct {
	where
	ID   string `arg:""`
	Lost bool   `help:"Their phones wipe themselves at once; what they bring is kept apart."`
}

func (c *userDisableCmd) Run(ctx context.Context, _ terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return update(ctx, s, func(tx store.Tx, plan *campaign.Plan) error {
			return access.SetDisabled(tx, access.Terminal(), plan, c.ID, true, c.Lost, time.Now())
		})
	})
}

type userLinkCmd struct {
	where
	ID    string `arg:""`
	Phone bool   `help:"To enrol a phone instead of signing in a browser."`
	URL   string `default:"http://127.0.0.1:8080" help:"Where the server answers."`
}

func (c *userLinkCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return printLink(ctx, s, t, c.URL, c.Phone, func(tx store.Tx, plan *campaign.Plan) (string, error) {
			newLink := access.Config{}.NewLink
			if c.Phone {
				newLink = access.Config{}.NewPhoneLink
			}
			link, _, err := newLink(tx, access.Terminal(), plan, c.ID, time.Now())
			return link, err
		})
	})
}

type userTokenCmd struct {
	where
	ID     string `arg:""`
	Device string `required:"" help:"Id of the device; an earlier token for it ends."`
	Name   string `help:"By which people know the device."`
}

func (c *userTokenCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		var token string
		err := update(ctx, s, func(tx store.Tx, plan *campaign.Plan) error {
			link, _, err := access.Config{}.NewLink(tx, access.Terminal(), plan, c.ID, time.Now())
			if err != nil {
				return err
			}
			phone, err := access.Config{}.SignInPhone(tx, link, c.Device, c.Name, time.Now())
			token = phone.Token
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, token)
		return err
	})
}

// update runs f on the plan in a transaction that writes.
func update(ctx context.Context, s store.Store, f func(store.Tx, *campaign.Plan) error) error {
	return s.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		return f(tx, plan)
	})
}

// printLink prints a link; that for a phone also as a QR code for its camera.
func printLink(ctx context.Context, s store.Store, t terminal, url string, phone bool, f func(store.Tx, *campaign.Plan) (string, error)) error {
	var link string
	err := update(ctx, s, func(tx store.Tx, plan *campaign.Plan) (err error) {
		link, err = f(tx, plan)
		return err
	})
	if err != nil {
		return err
	}
	page := "/signin#"
	if phone {
		page = "/field/#enrol="
	}
	url = strings.TrimSuffix(url, "/") + page + link
	fmt.Fprintln(t.out, url)
	if phone {
		qrterminal.GenerateHalfBlock(url, qrterminal.M, t.err)
	}
	return nil
}

type userListCmd struct{ where }

func (c *userListCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return s.View(ctx, func(tx store.Tx) error {
			users, err := tx.Users()
			for _, u := range users {
				state := ""
				if u.Disabled {
					state = "disabled"
				}
				fmt.Fprintf(t.out, "%s\t%s\t%s\t%s\t%s\n", u.ID, u.Role, u.Office, u.Name, state)
			}
			return err
		})
	})
}
