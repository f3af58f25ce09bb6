package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

// Provider is an agency's own identity provider (OpenID Connect Core 1.0), by
// which users may sign in. The flow is that of authorization codes with PKCE
// (RFC 7636).
type Provider struct {
	Issuer, ClientID, Secret string
	// Claim of the ID token that holds the user's id here.
	Claim string

	mu    sync.Mutex
	found *oidc.Provider
}

func (s *Server) oidcRoutes() {
	const tag = "access"
	register(s, public, namesNobody, operation("GET", "/api/v1/session/ways", "How one may sign in", tag), s.ways)
	register(s, public, namesNobody, operation("GET", "/api/v1/session/oidc", "To the agency's identity provider", tag), s.toProvider)
	register(s, public, recordsItself, operation("GET", "/api/v1/session/oidc/callback", "Back from the identity provider", tag), s.fromProvider)
}

type waysOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		OIDC bool `json:"oidc" doc:"by the agency's identity provider"`
	}
}

func (s *Server) ways(context.Context, Caller, *struct{}) (*waysOutput, error) {
	out := &waysOutput{CacheControl: "no-store"}
	out.Body.OIDC = s.Provider != nil
	return out, nil
}

// providerTime is how long the provider may take for one answer.
const providerTime = 10 * time.Second

// client asks the provider, and follows it nowhere else.
var client = &http.Client{
	Timeout:       providerTime,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// find reads the provider's description the first time that it is needed.
func (p *Provider) find() (*oidc.Provider, error) {
	p.mu.Lock()
	had := p.found
	p.mu.Unlock()
	if had != nil {
		return had, nil
	}
	// The description outlives the request: its keys are read again by it.
	found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), client), p.Issuer)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.found = found
	p.mu.Unlock()
	return found, nil
}

func (p *Provider) config(found *oidc.Provider, publicURL string) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID, "profile"}
	if p.Claim == "email" {
		scopes = append(scopes, "email")
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), Scopes: scopes,
		RedirectURL: strings.TrimSuffix(publicURL, "/") + "/api/v1/session/oidc/callback",
	}
}

// login is a way to the provider from which somebody may come back.
type login struct{ browser, nonce, verifier string }

const (
	loginTime   = 10 * time.Minute
	loginCookie = "caunoi_login"
)

type redirectOutput struct {
	Status       int
	Location     string        `header:"Location"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	CacheControl string        `header:"Cache-Control"`
}

// loginCookie comes back with the person from another site, which a strict
// cookie would not.
func (s *Server) loginCookie(browser string, secure bool) http.Cookie {
	cookie := s.cookie(loginCookie, browser, secure)
	cookie.SameSite, cookie.MaxAge = http.SameSiteLaxMode, int(loginTime.Seconds())
	return cookie
}

type toProviderInput struct {
	Site string `header:"Sec-Fetch-Site" doc:"where the browser says that the step began"`
}

func (s *Server) toProvider(_ context.Context, c Caller, in *toProviderInput) (*redirectOutput, error) {
	out := &redirectOutput{Status: http.StatusFound, CacheControl: "no-store"}
	if s.Provider == nil {
		return nil, notFound("oidc")
	}
	if in.Site == "cross-site" || in.Site == "same-site" { // nobody is signed in by another site's link
		out.Location = "/signin"
		return out, nil
	}
	found, err := s.Provider.find()
	if err != nil {
		s.Log.Error("identity provider", "err", err)
		out.Location = refusedAt("oidc.away")
		return out, nil
	}
	state, l := rand.Text(), login{rand.Text(), rand.Text(), oauth2.GenerateVerifier()}
	if !s.logins.put(state, l, s.Now(), loginTime) {
		out.Location = refusedAt("oidc.busy")
		return out, nil
	}
	out.Location = s.Provider.config(found, s.PublicURL).AuthCodeURL(state, oidc.Nonce(l.nonce), oauth2.S256ChallengeOption(l.verifier))
	out.SetCookie = []http.Cookie{s.loginCookie(l.browser, c.Secure)}
	return out, nil
}

// refusedAt is the sign-in screen, which tells a refusal in words.
func refusedAt(code string) string { return "/signin?refused=" + url.QueryEscape(code) }

type fromProviderInput struct {
	State string `query:"state" maxLength:"200"`
	Code  string `query:"code" maxLength:"4000"`
	Error string `query:"error" maxLength:"200"`
}

// fromProvider answers with a page whatever happens: it is a browser that
// comes, not the desk.
func (s *Server) fromProvider(ctx context.Context, c Caller, in *fromProviderInput) (*redirectOutput, error) {
	out := &redirectOutput{Status: http.StatusFound, CacheControl: "no-store"}
	gone := s.loginCookie("", c.Secure)
	gone.MaxAge = -1
	out.SetCookie = []http.Cookie{gone}
	user, err := s.vouched(ctx, c, in)
	if err != nil {
		out.Location = refusedAt(problemOf(err, c.Lang).Code)
		return out, nil
	}
	var who access.SignedIn
	err = s.act(ctx, func(tx store.Tx, _ *campaign.Plan) (err error) {
		who, err = s.Access.SignInVouched(tx, user, s.Now())
		return err
	})
	var refusal *journal.Refusal
	if errors.As(err, &refusal) { // unknown or disabled: the same for who asks
		out.Location = refusedAt("oidc.unknown")
		return out, s.record(ctx, c, audit.Event{Act: "session.failed", Outcome: audit.Refused, Details: map[string]string{"by": "oidc", "code": refusal.Code}})
	}
	if err != nil {
		return nil, err
	}
	session := s.cookie(sessionCookie, who.Token, c.Secure)
	session.Expires = who.Until
	out.Location, out.SetCookie = "/", append(out.SetCookie, session)
	return out, nil
}

// vouched is the user for whom the provider vouches. Refusals: not_found,
// oidc.late (also for another browser than the one that left), oidc.refused,
// oidc.away, oidc.unknown.
func (s *Server) vouched(ctx context.Context, c Caller, in *fromProviderInput) (user string, err error) {
	if s.Provider == nil {
		return "", notFound("oidc")
	}
	l, ok := s.logins.take(in.State, s.Now())
	if !ok || subtle.ConstantTimeCompare([]byte(l.browser), []byte(c.Login)) != 1 {
		return "", journal.Refuse("oidc.late")
	}
	if in.Error != "" || in.Code == "" {
		return "", journal.Refuse("oidc.refused")
	}
	found, err := s.Provider.find()
	if err != nil {
		return "", journal.Refuse("oidc.away")
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, client), providerTime)
	defer cancel()
	token, err := s.Provider.config(found, s.PublicURL).Exchange(ctx, in.Code, oauth2.VerifierOption(l.verifier))
	var answered *oauth2.RetrieveError
	if err != nil && !errors.As(err, &answered) {
		s.Log.Error("identity provider", "err", err)
		return "", journal.Refuse("oidc.away")
	}
	if err != nil {
		return "", journal.Refuse("oidc.refused")
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: s.Provider.ClientID, Now: s.Now}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(l.nonce)) != 1 {
		return "", journal.Refuse("oidc.refused")
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return "", journal.Refuse("oidc.refused")
	}
	// A token for several is for us only if it says so (Core 1.0, 3.1.3.7).
	if azp, told := claims["azp"]; told && azp != s.Provider.ClientID || !told && len(id.Audience) > 1 {
		return "", journal.Refuse("oidc.refused")
	}
	user, _ = claims[s.Provider.Claim].(string)
	// An address that nobody confirmed says nothing of who somebody is.
	if verified, told := claims["email_verified"].(bool); user == "" || s.Provider.Claim == "email" && (!told || !verified) {
		return "", journal.Refuse("oidc.unknown")
	}
	return user, nil
}
