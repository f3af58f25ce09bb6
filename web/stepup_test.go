package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/store"
	"caunoi/web"
)

// stale makes it a while that a user proved who they are.
func (s *site) stale(user string) {
	s.t.Helper()
	err := s.store.Update(s.t.Context(), func(tx store.Tx) error {
		sessions, err := tx.SessionsOf(user)
		for _, one := range sessions {
			if err == nil {
				err = tx.ProveSession(one.Hash, now.Add(-time.Hour))
			}
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// What an open desk must not give to whoever walks by takes a fresh proof.
func TestStepUp(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	s.signIn(access.Campaigner, "ann", "a")
	if r := s.do(lea, "PUT", "/api/v1/account/password", fmt.Sprintf(`{"password":%q}`, sentence)); r.status != 204 {
		t.Fatalf("set: %d %s", r.status, r.body)
	}
	link := func() reply { return s.do(lea, "POST", "/api/v1/users/ann/links", `{"phone":false}`) }
	if r := link(); r.status != 200 {
		t.Fatalf("fresh from the sign-in: %d %s", r.status, r.body)
	}
	s.stale("lea")
	s.wantCode(link(), 403, "session.stepup")
	s.wantCode(s.do(lea, "GET", "/api/v1/session/stepup", ""), 403, "session.stepup")
	if r := s.do(lea, "GET", "/api/v1/users", ""); r.status != 200 {
		t.Errorf("looking takes no proof: %d %s", r.status, r.body)
	}
	s.wantCode(s.do(lea, "POST", "/api/v1/session/stepup", `{"password":"sai"}`), 422, "password.wrong")
	s.wantCode(link(), 403, "session.stepup")
	if r := s.do(lea, "POST", "/api/v1/session/stepup", fmt.Sprintf(`{"password":%q}`, sentence)); r.status != 204 {
		t.Fatalf("prove: %d %s", r.status, r.body)
	}
	if r := link(); r.status != 200 {
		t.Errorf("after the proof: %d %s", r.status, r.body)
	}
	if acts := strings.Join(s.acts(), " "); !strings.Contains(acts, "session.stepup") || strings.Contains(acts, "access.denied") {
		t.Errorf("the audit holds %s", acts)
	}
	// Guesses are slowed as at the door.
	var last reply
	for range 30 {
		last = s.do(lea, "POST", "/api/v1/session/stepup", `{"password":"sai"}`)
	}
	if last.status != http.StatusTooManyRequests {
		t.Errorf("after 30 guesses: %d %s", last.status, last.body)
	}
}

// Nobody sets the first password of somebody whose desk stands open.
func TestFirstPasswordTakesAFreshSignIn(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	s.stale("lea")
	s.wantCode(s.do(lea, "PUT", "/api/v1/account/password", fmt.Sprintf(`{"password":%q}`, sentence)), 403, "session.stepup")
}

// Which routes take a fresh proof: everything that hands out personal data as
// a whole, ends them, decides for two, or changes who may do what.
func TestWhatTakesAFreshProof(t *testing.T) {
	want := []string{
		"POST /api/v1/users", "PUT /api/v1/users/{user}", "POST /api/v1/users/{user}/disabled", "POST /api/v1/users/{user}/links",
		"DELETE /api/v1/users/{user}/sessions", "PUT /api/v1/users/{user}/devices/{device}", "POST /api/v1/users/{user}/devices/{device}/quarantine",
		"POST /api/v1/people/{person}/export", "POST /api/v1/people/{person}/erase", "GET /api/v1/audit/export",
		"POST /api/v1/approvals/{approval}", "PUT /api/v1/settings/approvals", "PUT /api/v1/settings/account", "POST /api/v1/account/passkeys/begin",
		"DELETE /api/v1/account/passkeys/{passkey}", "DELETE /api/v1/account/sessions", "GET /api/v1/session/stepup",
		"PUT /api/v1/units/offices/{office}", "POST /api/v1/units/offices/{office}/closed", "PUT /api/v1/units/communes/{commune}",
		"POST /api/v1/units/communes/{commune}/charge", "POST /api/v1/units/communes/{commune}/merger",
		"DELETE /api/v1/units/communes/{commune}/changes/{day}",
	}
	had := map[string]bool{}
	for _, r := range open(t).server.Rules() {
		if r.Fresh {
			had[r.Method+" "+r.Path] = true
		}
	}
	for _, name := range want {
		if !had[name] {
			t.Errorf("%s takes none", name)
		}
		delete(had, name)
	}
	for name := range had {
		t.Errorf("%s is not in this list", name)
	}
}

// A browser that signs in again has one session, not two.
func TestEarlierSessionEnds(t *testing.T) {
	s := open(t)
	first := s.signIn(access.Lead, "lea", "a")
	link := s.link(access.Lead, "lea", "a")
	if r := s.do(first, "POST", "/api/v1/session", fmt.Sprintf(`{"token":%q}`, link)); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	s.wantCode(s.do(first, "GET", "/api/v1/session", ""), 401, "session.ended")
}

// Guesses at the door do not keep out who proves themselves inside.
func TestStepUpIsNotLockedFromOutside(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	if r := s.do(lea, "PUT", "/api/v1/account/password", fmt.Sprintf(`{"password":%q}`, sentence)); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	var last reply
	for range 30 {
		last, _ = password(s, "lea", "sai", nil)
	}
	if last.status != http.StatusTooManyRequests {
		t.Fatalf("the door: %d %s", last.status, last.body)
	}
	if r := s.do(lea, "POST", "/api/v1/session/stepup", fmt.Sprintf(`{"password":%q}`, sentence)); r.status != 204 {
		t.Errorf("inside: %d %s", r.status, r.body)
	}
}

// Who copies the registry by a program is slowed, and stands in the audit.
func TestReadingIsPaced(t *testing.T) {
	s := open(t)
	s.server.Pace = web.Pace{PerSecond: 1, Burst: 20}
	lea, second := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "second", "a")
	for range 20 {
		if r := s.do(lea, "GET", "/api/v1/people", ""); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	s.wantCode(s.do(lea, "GET", "/api/v1/people", ""), 429, "request.pace")
	for who, path := range map[*http.Cookie]string{lea: "/api/v1/campaigns/c/board", second: "/api/v1/people"} {
		if r := s.do(who, "GET", path, ""); r.status != 200 {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if acts := strings.Join(s.acts(), " "); !strings.Contains(acts, "access.denied") {
		t.Errorf("the audit holds %s", acts)
	}
}
