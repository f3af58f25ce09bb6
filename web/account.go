package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

func (s *Server) accountRoutes() {
	register(s, public, recordsItself, operation("POST", "/api/v1/session/password", "Sign in with a password", "access"), s.signInPassword)
	register(s, access.ViewBoard, namesNobody, operation("GET", "/api/v1/account", "How and where the caller is signed in", "access"), s.account)
	register(s, access.ViewBoard, recordsItself, operation("PUT", "/api/v1/account/password", "Set the caller's password", "access"), s.setPassword)
	register(s, access.ViewBoard, namesNobody, fresh(operation("GET", "/api/v1/session/stepup", "Whether the caller has freshly proven who they are", "access")), s.isFresh)
	register(s, access.ViewBoard, recordsItself, operation("POST", "/api/v1/session/stepup", "Prove again who calls, by the password", "access"), s.stepUp)
	register(s, access.ViewBoard, recordsItself, operation("POST", "/api/v1/session/stepup/passkey", "Prove again who calls, by a passkey that was asked for at /session/passkey/begin", "access"), s.stepUpPasskey)
	register(s, access.ViewBoard, recordsItself, fresh(operation("DELETE", "/api/v1/account/sessions", "Sign the caller out everywhere else", "access")), s.endOthers)
}

type passwordInput struct {
	Body struct {
		User     string `json:"user" maxLength:"100"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type signedInOutput struct {
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	CacheControl string        `header:"Cache-Control"`
	Body         userView
}

func (s *Server) signInPassword(ctx context.Context, c Caller, in *passwordInput) (*signedInOutput, error) {
	plan, err := s.Intake.Plan(ctx)
	if err != nil {
		return nil, err
	}
	var try access.Try
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		try, err = access.TryPassword(tx, in.Body.User, access.Browser{Token: c.Browser, Address: c.Address}, s.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	right := try.Check(in.Body.Password)
	var who access.SignedIn
	var browser string
	var wrong *journal.Refusal
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		wrong = nil
		who, browser, err = s.Access.SignInPassword(tx, try, right, s.Now())
		if errors.As(err, &wrong) && wrong.Code == "signin.wrong" {
			return nil // what was recorded of it is kept
		}
		if err != nil {
			return err
		}
		return s.endEarlier(tx, c)
	})
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		return nil, wrong
	}
	session, known := s.cookie(sessionCookie, who.Token, c.Secure), s.cookie(browserCookie, browser, c.Secure)
	session.Expires, known.Expires = who.Until, s.Now().AddDate(1, 0, 0)
	return &signedInOutput{SetCookie: []http.Cookie{session, known}, CacheControl: "no-store", Body: viewUser(who.Actor, plan)}, nil
}

type accountSession struct {
	Device string    `json:"device" doc:"empty for a browser"`
	Name   string    `json:"name" doc:"of the phone"`
	State  string    `json:"state" enum:"in_use,leaving,lost," doc:"of the phone"`
	Made   time.Time `json:"made"`
	Seen   time.Time `json:"seen"`
}

type accountOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		User        userView         `json:"user"`
		PasswordSet bool             `json:"password_set"`
		Sessions    []accountSession `json:"sessions" nullable:"false"`
		Passkeys    []passkeyView    `json:"passkeys" nullable:"false"`
	}
}

func (s *Server) account(ctx context.Context, c Caller, _ *struct{}) (*accountOutput, error) {
	out := &accountOutput{CacheControl: "no-store"}
	out.Body.Sessions, out.Body.Passkeys = []accountSession{}, []passkeyView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) (err error) {
		out.Body.User = viewUser(c.Actor, plan)
		if out.Body.PasswordSet, err = access.HasPassword(tx, c.ID); err != nil {
			return err
		}
		passkeys, err := tx.PasskeysOf(c.ID)
		if err != nil {
			return err
		}
		out.Body.Passkeys = passkeyViews(passkeys)
		sessions, err := access.SessionsOf(tx, c.Actor, plan, c.ID)
		if err != nil {
			return err
		}
		phones, err := tx.Devices(c.ID)
		for _, one := range sessions {
			v := accountSession{Device: one.Device, Made: one.Made, Seen: one.Seen}
			for _, d := range phones {
				if one.Device == d.ID {
					v.Name, v.State = d.Name, string(d.State)
				}
			}
			out.Body.Sessions = append(out.Body.Sessions, v)
		}
		return err
	})
	return out, err
}

type setPasswordInput struct {
	Body struct {
		Current  string `json:"current,omitempty" maxLength:"1024" doc:"the password so far, if there is one"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type nothing struct{}

func (s *Server) setPassword(ctx context.Context, c Caller, in *setPasswordInput) (*nothing, error) {
	if c.Device != "" {
		return nil, journal.Refuse("password.phone")
	}
	plan, err := s.Intake.Plan(ctx)
	if err != nil {
		return nil, err
	}
	// Guesses of the current password count as those at the door do.
	var try access.Try
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		if had, err := access.HasPassword(tx, c.ID); err != nil || !had {
			if err = errors.Join(err, s.Access.Fresh(c.Actor, s.Now())); err != nil {
				return err // nothing else proves who sets the first one
			}
		}
		try, err = access.TryPassword(tx, c.ID, access.Browser{Session: c.Actor, Address: c.Address}, s.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error {
		if err := access.SetPassword(tx, c.Actor, plan, in.Body.Current, in.Body.Password, s.Now()); err != nil {
			return err
		}
		return try.Clear(tx)
	})
}

// isFresh answers once register has asked.
func (s *Server) isFresh(context.Context, Caller, *struct{}) (*nothing, error) { return nil, nil }

type stepUpInput struct {
	Body struct {
		Password string `json:"password" maxLength:"1024"`
	}
}

func (s *Server) stepUp(ctx context.Context, c Caller, in *stepUpInput) (*nothing, error) {
	if c.Device != "" {
		return nil, journal.Refuse("password.phone")
	}
	var try access.Try
	err := s.Store.Update(ctx, func(tx store.Tx) (err error) {
		try, err = access.TryPassword(tx, c.ID, access.Browser{Session: c.Actor, Address: c.Address}, s.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	right := try.Check(in.Body.Password)
	var wrong *journal.Refusal
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		wrong = nil
		err := access.ProvePassword(tx, c.Actor, try, right, s.Now())
		if errors.As(err, &wrong) {
			return nil // what was recorded of it is kept
		}
		return err
	})
	if wrong != nil {
		return nil, wrong
	}
	return nil, err
}

type stepUpPasskeyInput struct{ Body PasskeyAnswer }

func (s *Server) stepUpPasskey(ctx context.Context, c Caller, in *stepUpPasskeyInput) (*nothing, error) {
	p, offer, err := s.offered(in.Body.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error {
		return access.ProvePasskey(tx, c.Actor, p, offer, in.Body.Credential, s.Now())
	})
}

func (s *Server) endOthers(ctx context.Context, c Caller, _ *struct{}) (*nothing, error) {
	return nil, s.Store.Update(ctx, func(tx store.Tx) error { return access.SignOutOthers(tx, c.Actor, s.Now()) })
}
