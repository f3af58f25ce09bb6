package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/store"
)

const sentence = "ruộng bậc thang tháng chín vàng"

func password(s *site, user, secret string, known *http.Cookie) (reply, []*http.Cookie) {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"user": user, "password": secret})
	if err != nil {
		s.t.Fatal(err)
	}
	r := s.do(known, "POST", "/api/v1/session/password", string(body))
	return r, (&http.Response{Header: r.header}).Cookies()
}

// A user who came by link sets a password, signs in with it elsewhere, and
// what was typed is recorded nowhere.
func TestPasswordInTheBrowser(t *testing.T) {
	s := open(t)
	cookie := s.signIn(access.Lead, "lea", "a")
	if r, _ := password(s, "lea", sentence, nil); r.status != 401 {
		t.Errorf("before there is one: %d %s", r.status, r.body)
	}
	if r := s.do(cookie, "PUT", "/api/v1/account/password", `{"password":"ngắn"}`); r.status != 422 || !strings.Contains(string(r.body), "password.short") {
		t.Errorf("a short one: %d %s", r.status, r.body)
	}
	if r := s.do(cookie, "PUT", "/api/v1/account/password", fmt.Sprintf(`{"password":%q}`, sentence)); r.status != 204 {
		t.Fatalf("set: %d %s", r.status, r.body)
	}
	r, cookies := password(s, "lea", sentence, nil)
	if r.status != 200 || len(cookies) != 2 {
		t.Fatalf("sign in: %d %s, cookies %v", r.status, r.body, cookies)
	}
	for _, c := range cookies {
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
			t.Errorf("cookie %v", c)
		}
	}
	var account struct {
		PasswordSet bool `json:"password_set"`
		Sessions    []struct{}
	}
	s.do(cookies[0], "GET", "/api/v1/account", "").decode(t, &account)
	if !account.PasswordSet || len(account.Sessions) != 2 {
		t.Errorf("got %+v, want a password and two sessions", account)
	}
	if r := s.do(cookies[0], "DELETE", "/api/v1/account/sessions", ""); r.status != 204 {
		t.Errorf("end the others: %d %s", r.status, r.body)
	}
	if r := s.do(cookie, "GET", "/api/v1/session", ""); r.status != 401 {
		t.Errorf("the other browser: %d", r.status)
	}
	if r := s.do(cookies[0], "GET", "/api/v1/session", ""); r.status != 200 {
		t.Errorf("this one: %d", r.status)
	}
}

// Guesses are slowed down and recorded; a browser that is known gets in.
func TestGuessesInTheBrowser(t *testing.T) {
	s := open(t)
	cookie := s.signIn(access.Lead, "lea", "a")
	s.do(cookie, "PUT", "/api/v1/account/password", fmt.Sprintf(`{"password":%q}`, sentence))
	_, cookies := password(s, "lea", sentence, nil)
	codes := map[int]int{}
	for range 12 {
		r, _ := password(s, "lea", "guess guess guess guess", nil)
		codes[r.status]++
	}
	if codes[401] != 5 || codes[429] != 7 {
		t.Errorf("got %v, want 5 tries and then waiting", codes)
	}
	if r, _ := password(s, "lea", sentence, nil); r.status != 429 || !strings.Contains(string(r.body), "signin.wait") {
		t.Errorf("elsewhere: %d %s", r.status, r.body)
	}
	if r, _ := password(s, "lea", sentence, cookies[1]); r.status != 200 {
		t.Errorf("the known browser: %d %s", r.status, r.body)
	}
	failed := 0
	err := s.store.View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Audit(audit.Query{Act: "session.failed", Limit: 100})
		for _, e := range rows {
			failed++
			if strings.Contains(fmt.Sprint(e), "guess guess") || e.Subject != "user:lea" {
				t.Errorf("recorded %+v", e)
			}
		}
		return err
	})
	if err != nil || failed != 5 {
		t.Errorf("%d failures recorded, want 5; %v", failed, err)
	}
}

// Who is refused a right leaves a trace, and so does who reads of people.
func TestReadingAndRefusalsAreRecorded(t *testing.T) {
	s := open(t)
	cookie := s.signIn(access.Campaigner, "ann", "a")
	s.do(cookie, "GET", "/api/v1/campaigns/c/entries?indicator=consultations", "")
	s.do(cookie, "GET", "/api/v1/campaigns/c/reviews", "")
	got := map[audit.Act]int{}
	err := s.store.View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Audit(audit.Query{Actor: "ann", Limit: 100})
		for _, e := range rows {
			got[e.Act]++
		}
		return err
	})
	if err != nil || got["entries.read"] != 1 || got["reviews.read"] != 1 || got["session.begun"] != 1 {
		t.Errorf("got %v, %v", got, err)
	}
}
