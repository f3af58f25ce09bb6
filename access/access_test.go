package access_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"caunoi/access"
)

var (
	now    = time.Date(2025, 11, 8, 7, 30, 0, 0, time.UTC)
	worker = user(access.Campaigner, "sa-pa")
	lead   = user(access.Lead, "sa-pa")
	admin  = access.Terminal()
)

// office is a store with a worker, a lead and an administrator.
func office(t *testing.T) (*memory, access.Tx) {
	t.Helper()
	m := newMemory()
	tx := (*memoryTx)(m)
	for _, u := range []access.User{worker, lead, user(access.Administrator, "")} {
		if err := access.SaveUser(tx, admin, plan, u, now); err != nil {
			t.Fatal(err)
		}
	}
	return m, tx
}

func link(t *testing.T, tx access.Tx, cfg access.Config, user string, at time.Time) string {
	t.Helper()
	token, _, err := cfg.NewLink(tx, admin, plan, user, at)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func signIn(t *testing.T, tx access.Tx, cfg access.Config, user string, at time.Time) access.SignedIn {
	t.Helper()
	in, err := cfg.SignIn(tx, link(t, tx, cfg, user, at), at)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func addPhone(t *testing.T, tx access.Tx, u access.User, device string) access.SignedIn {
	t.Helper()
	in, err := access.Config{}.AddPhone(tx, access.Actor{User: u}, device, now)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// calls is the code with which a call by the token is refused.
func calls(tx access.Tx, token string, at time.Time) string {
	_, err := access.Config{}.Authenticate(tx, token, at)
	return code(err)
}

func TestLink(t *testing.T) {
	day := access.Config{Link: 24 * time.Hour}
	for _, c := range []struct {
		name  string
		cfg   access.Config
		after time.Duration
		want  string
	}{
		{"at once", access.Config{}, 0, ""},
		{"just in time", access.Config{}, 30*time.Minute - time.Second, ""},
		{"too late", access.Config{}, 30 * time.Minute, "link.expired"},
		{"just in time for a longer one", day, 24*time.Hour - time.Second, ""},
		{"too late for a longer one", day, 24 * time.Hour, "link.expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, tx := office(t)
			token := link(t, tx, c.cfg, worker.ID, now)
			in, err := c.cfg.SignIn(tx, token, now.Add(c.after))
			wantCode(t, err, c.want)
			if c.want != "" {
				return
			}
			if !reflect.DeepEqual(in.Actor.User, worker) || in.Actor.Device != "" {
				t.Errorf("signed in %+v, want %+v in a browser", in.Actor, worker)
			}
			_, err = c.cfg.SignIn(tx, token, now.Add(c.after))
			wantCode(t, err, "link.used")
			_, err = c.cfg.SignIn(tx, token, now.Add(48*time.Hour))
			wantCode(t, err, "link.used")
		})
	}
}

func TestLinkUnknown(t *testing.T) {
	_, tx := office(t)
	in := signIn(t, tx, access.Config{}, worker.ID, now)
	for _, token := range []string{"", "x", in.Token} { // a session's token opens no session
		_, err := access.Config{}.SignIn(tx, token, now)
		wantCode(t, err, "link.unknown")
	}
	wantCode(t, func() error {
		_, err := access.Config{}.Authenticate(tx, link(t, tx, access.Config{}, worker.ID, now), now)
		return err
	}(), "session.unknown")
}

func TestLinkForWhom(t *testing.T) {
	_, tx := office(t)
	ask := func(a access.Actor, user string) string {
		_, _, err := access.Config{}.NewLink(tx, a, plan, user, now)
		return code(err)
	}
	for _, c := range []struct {
		name  string
		actor access.Actor
		user  string
		want  string
	}{
		{"terminal for anybody", admin, lead.ID, ""},
		{"terminal for nobody", admin, "nobody", "user.unknown"},
		{"lead for a worker", access.Actor{User: lead}, worker.ID, ""},
		{"lead for an administrator", access.Actor{User: lead}, "administrator@", "right.missing"},
		{"worker for the lead", access.Actor{User: worker}, lead.ID, "right.missing"},
		{"worker for oneself", access.Actor{User: worker}, worker.ID, "right.missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(c.actor, c.user); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("who may not learns nothing", func(t *testing.T) {
		_, _, there := access.Config{}.NewLink(tx, access.Actor{User: lead}, plan, "administrator@", now)
		_, _, not := access.Config{}.NewLink(tx, access.Actor{User: lead}, plan, "nobody", now)
		if there == nil || not == nil || there.Error() != not.Error() {
			t.Errorf("got %v for a user of others and %v for none; want the same", there, not)
		}
	})
}

func TestLinkOutlivesNoChange(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*access.User)
		want   string
	}{
		{"another name", func(u *access.User) { u.Name = "Mô phỏng khác" }, ""},
		{"another role", func(u *access.User) { u.Role = access.Lead }, "link.expired"},
		{"disabled", func(u *access.User) { u.Disabled = true }, "user.disabled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, tx := office(t)
			token := link(t, tx, access.Config{}, worker.ID, now)
			u := worker
			c.change(&u)
			if err := access.SaveUser(tx, admin, plan, u, now); err != nil {
				t.Fatal(err)
			}
			_, err := access.Config{}.SignIn(tx, token, now)
			wantCode(t, err, c.want)
		})
	}
	t.Run("none for the disabled", func(t *testing.T) {
		_, tx := office(t)
		u := worker
		u.Disabled = true
		if err := access.SaveUser(tx, admin, plan, u, now); err != nil {
			t.Fatal(err)
		}
		_, _, err := access.Config{}.NewLink(tx, admin, plan, u.ID, now)
		wantCode(t, err, "user.disabled")
	})
}

// Stores keep microseconds in UTC; what is returned must be what they keep.
func TestInstants(t *testing.T) {
	m, tx := office(t)
	at := now.Add(1234 * time.Nanosecond).In(time.FixedZone("", 7*60*60))
	want := now.Add(time.Microsecond)
	_, l, err := access.Config{}.NewLink(tx, admin, plan, worker.ID, at)
	if err != nil || l.Made != want || l.Expires != want.Add(30*time.Minute) {
		t.Errorf("link: got %v to %v, %v; want from %v", l.Made, l.Expires, err, want)
	}
	signIn(t, tx, access.Config{}, worker.ID, at)
	for _, s := range m.sessions {
		if s.Made != want || s.Seen != want {
			t.Errorf("session: got made %v, seen %v; want %v", s.Made, s.Seen, want)
		}
	}
}

func TestTokensAreNotStored(t *testing.T) {
	m, tx := office(t)
	tokens := map[string]bool{}
	for range 20 {
		l := link(t, tx, access.Config{}, worker.ID, now)
		in, err := access.Config{}.SignIn(tx, l, now)
		if err != nil {
			t.Fatal(err)
		}
		tokens[l], tokens[in.Token] = true, true
	}
	if len(tokens) != 40 {
		t.Fatalf("got %d different tokens, want 40", len(tokens))
	}
	for token := range tokens {
		if len(token) != 43 || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("token %q: want 43 characters of base64url, which are 256 bits", token)
		}
		for hash := range m.links {
			if len(hash) != 32 || bytes.Contains([]byte(hash), []byte(token)) {
				t.Errorf("stored %x: want a hash of 32 bytes without the token", hash)
			}
		}
		for hash := range m.sessions {
			if len(hash) != 32 || bytes.Contains([]byte(hash), []byte(token)) {
				t.Errorf("stored %x: want a hash of 32 bytes without the token", hash)
			}
		}
	}
}
