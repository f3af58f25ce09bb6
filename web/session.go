package web

import (
	"context"
	"net/http"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/store"
)

type officeView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type userView struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Role   string     `json:"role" enum:"administrator,province,auditor,lead,partner_agent,campaigner"`
	Office officeView `json:"office"`
	Rights []string   `json:"rights" nullable:"false" doc:"what the user may do in the own office; each request is decided anew"`
}

func viewUser(a access.Actor, plan *campaign.Plan) userView {
	u := a.User
	v := userView{ID: u.ID, Name: u.Name, Role: string(u.Role), Office: officeView{ID: u.Office}, Rights: []string{}}
	for _, r := range access.RightsOf(a, plan) {
		v.Rights = append(v.Rights, string(r))
	}
	if o := plan.Offices[u.Office]; o != nil {
		v.Office.Name = o.Name
	}
	return v
}

type signInInput struct {
	Body struct {
		Token string `json:"token" maxLength:"200" doc:"the part of the one-time link after #"`
	}
}

type userOutput struct {
	SetCookie    http.Cookie `header:"Set-Cookie"`
	CacheControl string      `header:"Cache-Control"`
	Body         userView
}

func (s *Server) signIn(ctx context.Context, c Caller, in *signInInput) (*userOutput, error) {
	plan, err := s.Intake.Plan(ctx)
	if err != nil {
		return nil, err
	}
	var who access.SignedIn
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		if who, err = s.Access.SignIn(tx, in.Body.Token, s.Now()); err != nil {
			return err
		}
		return s.endEarlier(tx, c)
	})
	if err != nil {
		return nil, err
	}
	cookie := s.cookie(sessionCookie, who.Token, c.Secure)
	cookie.Expires = who.Until
	return &userOutput{SetCookie: cookie, CacheControl: "no-store", Body: viewUser(who.Actor, plan)}, nil
}

// endEarlier ends the session in whose stead the browser gets another.
func (s *Server) endEarlier(tx store.Tx, c Caller) error {
	if c.ID == "" || c.Device != "" {
		return nil
	}
	return access.SignOut(tx, c.Actor, s.Now())
}

func (s *Server) cookie(name, token string, secure bool) http.Cookie {
	return http.Cookie{
		Name: cookieName(name, secure), Value: token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure,
	}
}

func (s *Server) whoami(ctx context.Context, c Caller, _ *struct{}) (*struct {
	CacheControl string `header:"Cache-Control"`
	Body         userView
}, error,
) {
	plan, err := s.Intake.Plan(ctx)
	if err != nil {
		return nil, err
	}
	return &struct {
		CacheControl string `header:"Cache-Control"`
		Body         userView
	}{"no-store", viewUser(c.Actor, plan)}, nil
}

func (s *Server) signOut(ctx context.Context, c Caller, _ *struct{}) (*struct {
	SetCookie     http.Cookie `header:"Set-Cookie"`
	ClearSiteData string      `header:"Clear-Site-Data"`
}, error,
) {
	err := s.Store.Update(ctx, func(tx store.Tx) error { return access.SignOut(tx, c.Actor, s.Now()) })
	if err != nil {
		return nil, err
	}
	gone := s.cookie(sessionCookie, "", c.Secure)
	gone.MaxAge = -1
	return &struct {
		SetCookie     http.Cookie `header:"Set-Cookie"`
		ClearSiteData string      `header:"Clear-Site-Data"`
	}{gone, `"cache"`}, nil
}
