package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/web"
)

// Only a proxy that is named is believed about TLS.
func TestProxyIsBelieved(t *testing.T) {
	s := open(t)
	cfg := s.server.Config
	cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	server := web.New(cfg)
	t.Cleanup(server.Stop)
	for _, c := range []struct {
		peer, proto string
		want        bool
	}{
		{"10.1.2.3:99", "https", true}, {"10.1.2.3:99", "http", false}, {"10.1.2.3:99", "", false}, {"192.0.2.1:99", "https", false},
	} {
		r := httptest.NewRequest("GET", "/api/v1/session", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-Proto", c.proto)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != c.want {
			t.Errorf("from %s with %q: TLS %v", c.peer, c.proto, got)
		}
	}
}

// Behind a proxy that speaks TLS cookies are bound to it and to the host.
func TestCookiesBehindProxy(t *testing.T) {
	s := open(t)
	cfg := s.server.Config
	cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	server := web.New(cfg)
	t.Cleanup(server.Stop)
	for proto, want := range map[string]string{"https": "__Host-caunoi_session", "http": "caunoi_session"} {
		r := httptest.NewRequest("POST", "/api/v1/session", strings.NewReader(`{"token":"`+s.link(access.Lead, "lea", "a")+`"}`))
		r.RemoteAddr = "10.1.2.3:99"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-Proto", proto)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Name != want || cookies[0].Secure != (proto == "https") || !cookies[0].HttpOnly {
			t.Errorf("%s: %d %v", proto, w.Code, cookies)
		}
	}
}

// Who guesses is slowed by the own address, whatever is claimed in front of it.
func TestProxyTellsClientsApart(t *testing.T) {
	s := open(t)
	cfg := s.server.Config
	cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	server := web.New(cfg)
	t.Cleanup(server.Stop)
	n := 0
	guess := func(forwarded string) int {
		n++ // another account each time: those are slowed by themselves
		r := httptest.NewRequest("POST", "/api/v1/session/password", strings.NewReader(fmt.Sprintf(`{"user":"nobody-%d","password":"mo phong sai mat khau"}`, n)))
		r.RemoteAddr = "10.1.2.3:99"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", forwarded)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		return w.Code
	}
	slowed := 0
	for range 200 {
		if guess("198.51.100.7, 192.0.2.1, 10.9.9.9") == http.StatusTooManyRequests {
			slowed++
		}
	}
	if slowed == 0 {
		t.Fatal("200 guesses were not slowed")
	}
	if code := guess("192.0.2.2"); code == http.StatusTooManyRequests {
		t.Error("another client is slowed, too")
	}
	if code := guess("192.0.2.2, 192.0.2.1"); code != http.StatusTooManyRequests {
		t.Errorf("a claimed address let the guesser in: %d", code)
	}
}
