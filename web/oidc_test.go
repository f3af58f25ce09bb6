package web_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"caunoi/access"
	"caunoi/store"
	"caunoi/web"
)

// identity is an agency's identity provider, small but real: it signs, and
// checks what the protocol asks it to check.
type identity struct {
	t      *testing.T
	server *httptest.Server
	key    *rsa.PrivateKey
	// What it says of who comes; changed by the tests.
	claims map[string]any
	// challenge of the browser that was sent here.
	challenge string
}

func newIdentity(t *testing.T) *identity {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &identity{t: t, key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.write(w, map[string]any{
			"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/auth", "token_endpoint": p.server.URL + "/token",
			"jwks_uri": p.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.write(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "good" || base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			w.WriteHeader(http.StatusBadRequest)
			p.write(w, map[string]any{"error": "invalid_grant"})
			return
		}
		p.write(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.sign()})
	})
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func (p *identity) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *identity) sign() string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	payload, err := json.Marshal(p.claims)
	if err != nil {
		p.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		p.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}

// walk is a browser that leaves for the provider, and where it comes back to.
type walk struct {
	cookies []*http.Cookie
	query   url.Values
}

func (s *site) visit(path string, cookies ...*http.Cookie) (status int, location string, set []*http.Cookie) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range cookies {
		req.AddCookie(c)
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := stay.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode, res.Header.Get("Location"), res.Cookies()
}

func (s *site) leave(p *identity) walk {
	s.t.Helper()
	status, location, set := s.visit("/api/v1/session/oidc")
	to, err := url.Parse(location)
	if status != http.StatusFound || err != nil || !strings.HasPrefix(location, p.server.URL+"/auth?") || to.Query().Get("code_challenge_method") != "S256" {
		s.t.Fatalf("%d to %s", status, location)
	}
	p.challenge = to.Query().Get("code_challenge")
	p.claims = map[string]any{
		"iss": p.server.URL, "aud": "caunoi", "sub": "1", "preferred_username": "lea", "nonce": to.Query().Get("nonce"),
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	return walk{set, to.Query()}
}

func TestIdentityProvider(t *testing.T) {
	s, p := open(t), newIdentity(t)
	s.signIn(access.Lead, "lea", "a")
	want(t, "without a provider", func() int { status, _, _ := s.visit("/api/v1/session/oidc"); return status }(), 404)
	s.server.Provider = &web.Provider{Issuer: p.server.URL, ClientID: "caunoi", Secret: "x", Claim: "preferred_username"}
	for _, c := range []struct {
		name string
		// change what comes back, or what the provider says
		change func(w *walk)
		want   string
	}{
		{"all is right", func(*walk) {}, "/"},
		{"another state", func(w *walk) { w.query.Set("state", "other") }, "oidc.late"},
		{"another browser", func(w *walk) { w.cookies[0].Value = "other" }, "oidc.late"},
		{"no cookie", func(w *walk) { w.cookies = nil }, "oidc.late"},
		{"another code", func(w *walk) { w.query.Set("code", "bad") }, "oidc.refused"},
		{"the provider refuses", func(w *walk) { w.query.Set("error", "access_denied") }, "oidc.refused"},
		{"another nonce", func(*walk) { p.claims["nonce"] = "other" }, "oidc.refused"},
		{"for another server", func(*walk) { p.claims["aud"] = "other" }, "oidc.refused"},
		{"from another issuer", func(*walk) { p.claims["iss"] = "https://other.example" }, "oidc.refused"},
		{"for another client of several", func(*walk) { p.claims["aud"], p.claims["azp"] = []string{"caunoi", "other"}, "other" }, "oidc.refused"},
		{"for several", func(*walk) { p.claims["aud"] = []string{"caunoi", "other"} }, "oidc.refused"},
		{"too old", func(*walk) { p.claims["exp"] = now.Add(-time.Minute).Unix() }, "oidc.refused"},
		{"another PKCE verifier", func(*walk) { p.challenge = "other" }, "oidc.refused"},
		{"nobody here", func(*walk) { p.claims["preferred_username"] = "nobody" }, "oidc.unknown"},
		{"no name", func(*walk) { delete(p.claims, "preferred_username") }, "oidc.unknown"},
		{"not a name", func(*walk) { p.claims["preferred_username"] = []string{"lea"} }, "oidc.unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.leave(p)
			w.query.Set("code", "good")
			c.change(&w)
			back := "/api/v1/session/oidc/callback?" + url.Values{"state": w.query["state"], "code": w.query["code"], "error": w.query["error"]}.Encode()
			status, location, set := s.visit(back, w.cookies...)
			if c.want != "/" {
				if location != "/signin?refused="+c.want || len(set) != 1 {
					t.Errorf("%d to %s with %d cookies, want %s", status, location, len(set), c.want)
				}
				return
			}
			if status != http.StatusFound || location != "/" || len(set) != 2 || !set[1].HttpOnly || set[1].SameSite != http.SameSiteStrictMode {
				t.Fatalf("%d to %s with %v", status, location, set)
			}
			if r := s.do(set[1], "GET", "/api/v1/session", ""); !strings.Contains(string(r.body), `"id":"lea"`) {
				t.Errorf("signed in as %s", r.body)
			}
			if _, location, _ := s.visit(back, w.cookies...); location != "/signin?refused=oidc.late" {
				t.Errorf("the same again leads to %s", location)
			}
		})
	}
	if acts := strings.Join(s.acts(), " "); !strings.Contains(acts, "session.begun") || !strings.Contains(acts, "session.failed") {
		t.Errorf("the audit holds %s", acts)
	}
}

func TestIdentityProviderAway(t *testing.T) {
	s, p := open(t), newIdentity(t)
	s.server.Provider = &web.Provider{Issuer: p.server.URL, ClientID: "caunoi", Claim: "preferred_username"}
	p.server.Close()
	if status, location, _ := s.visit("/api/v1/session/oidc"); status != http.StatusFound || location != "/signin?refused=oidc.away" {
		t.Errorf("%d to %s", status, location)
	}
	if r := s.do(nil, "GET", "/api/v1/session/ways", ""); !strings.Contains(string(r.body), `"oidc":true`) {
		t.Errorf("%s", r.body)
	}
}

// A disabled user is not let in because somebody else vouches.
func TestIdentityProviderOfADisabledUser(t *testing.T) {
	s := open(t)
	s.signIn(access.Lead, "lea", "a")
	err := s.store.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err == nil {
			err = access.SetDisabled(tx, access.Terminal(), plan, "lea", true, false, now)
		}
		if err == nil {
			_, err = access.Config{}.SignInVouched(tx, "lea", now)
		}
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "user.disabled") {
		t.Errorf("got %v", err)
	}
}

// Nobody is signed in by a link on another site.
func TestIdentityProviderIsNotBegunElsewhere(t *testing.T) {
	s, p := open(t), newIdentity(t)
	s.server.Provider = &web.Provider{Issuer: p.server.URL, ClientID: "caunoi", Claim: "preferred_username"}
	req := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/session/oidc", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res := httptest.NewRecorder()
	s.server.Handler().ServeHTTP(res, req)
	if to := res.Header().Get("Location"); to != "/signin" {
		t.Errorf("%d to %s", res.Code, to)
	}
}
