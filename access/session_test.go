package access_test

import (
	"reflect"
	"testing"
	"time"

	"caunoi/access"
)

func TestSessionIdle(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	in := signIn(t, tx, cfg, worker.ID, now)
	limit := now.Add(12 * time.Hour)
	if got := calls(tx, in.Token, limit.Add(-time.Second)); got != "" {
		t.Errorf("just within the idle limit: %s", got)
	}
	if got := calls(tx, in.Token, limit); got != "session.expired" {
		t.Errorf("at the idle limit: got %q, want session.expired", got)
	}
	// A call within the limit moves it, once it is noted.
	if err := access.Touch(tx, in.Actor, now.Add(11*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := calls(tx, in.Token, now.Add(23*time.Hour-time.Second)); got != "" {
		t.Errorf("just within the limit that a call moved: %s", got)
	}
	if got := calls(tx, in.Token, now.Add(23*time.Hour)); got != "session.expired" {
		t.Errorf("at the limit that a call moved: got %q, want session.expired", got)
	}
}

func TestSessionLongest(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	in := signIn(t, tx, cfg, worker.ID, now)
	for at := now; at.Before(now.Add(8 * 24 * time.Hour)); at = at.Add(6 * time.Hour) {
		actor, err := cfg.Authenticate(tx, in.Token, at)
		if at.Before(in.Until) != (err == nil) {
			t.Errorf("after %v: got %v; want it to work until %v", at.Sub(now), err, in.Until.Sub(now))
		}
		if err != nil {
			wantCode(t, err, "session.expired")
			continue
		}
		if err := access.Touch(tx, actor, at); err != nil {
			t.Fatal(err)
		}
	}
	if want := now.Add(7 * 24 * time.Hour); !in.Until.Equal(want) {
		t.Errorf("until %v, want %v", in.Until, want)
	}
}

func TestSessionLimitsAreSet(t *testing.T) {
	cfg := access.Config{Idle: time.Hour, Longest: 90 * time.Minute}
	_, tx := office(t)
	in := signIn(t, tx, cfg, worker.ID, now)
	_, err := cfg.Authenticate(tx, in.Token, now.Add(time.Hour))
	wantCode(t, err, "session.expired")
	if err := access.Touch(tx, in.Actor, now.Add(59*time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err = cfg.Authenticate(tx, in.Token, now.Add(89*time.Minute))
	wantCode(t, err, "")
	_, err = cfg.Authenticate(tx, in.Token, now.Add(90*time.Minute))
	wantCode(t, err, "session.expired")
}

func TestSessionDue(t *testing.T) {
	cfg := access.Config{Idle: 100 * time.Minute}
	_, tx := office(t)
	in := signIn(t, tx, cfg, worker.ID, now)
	if cfg.Due(in.Actor, now.Add(59*time.Second)) {
		t.Error("due after 59 s, want after 1 min")
	}
	if !cfg.Due(in.Actor, now.Add(time.Minute)) {
		t.Error("not due after 1 min")
	}
	if cfg.Due(access.Terminal(), now.Add(time.Hour)) {
		t.Error("the terminal has no session to note")
	}
}

func TestSignOutAll(t *testing.T) {
	var cfg access.Config
	for _, c := range []struct {
		name  string
		actor access.Actor
		want  string
	}{
		{"by oneself", access.Actor{User: worker}, ""},
		{"by the lead", access.Actor{User: lead}, ""},
		{"by a colleague", actor(access.Campaigner, "bac-ha"), "right.missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, tx := office(t)
			one, two := signIn(t, tx, cfg, worker.ID, now), signIn(t, tx, cfg, worker.ID, now)
			phone, others := addPhone(t, tx, worker, "máy-01"), signIn(t, tx, cfg, lead.ID, now)
			wantCode(t, access.SignOutAll(tx, c.actor, plan, worker.ID, now), c.want)
			browser, device := "", ""
			if c.want == "" {
				browser, device = "session.ended", "device.revoked"
			}
			for token, want := range map[string]string{one.Token: browser, two.Token: browser, phone.Token: device, others.Token: ""} {
				if got := calls(tx, token, now); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// What becomes of sign-ins when the user changes.
func TestUserChanges(t *testing.T) {
	for _, c := range []struct {
		name           string
		change         func(*access.User)
		browser, phone string
	}{
		{"another office", func(u *access.User) { u.Office = "bac-ha" }, "", ""},
		{"another role", func(u *access.User) { u.Role = access.Lead }, "session.ended", "session.ended"},
		// A phone still brings what it holds; see TestPhonesThatAreToBeWiped.
		{"disabled", func(u *access.User) { u.Disabled = true }, "user.disabled", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, tx := office(t)
			browser, phone := signIn(t, tx, access.Config{}, worker.ID, now), addPhone(t, tx, worker, "máy-01")
			u := worker
			c.change(&u)
			if err := access.SaveUser(tx, admin, plan, u, now); err != nil {
				t.Fatal(err)
			}
			if got := calls(tx, browser.Token, now); got != c.browser {
				t.Errorf("browser: got %q, want %q", got, c.browser)
			}
			if got := calls(tx, phone.Token, now); got != c.phone {
				t.Errorf("phone: got %q, want %q", got, c.phone)
			}
			if a, err := (access.Config{}).Authenticate(tx, phone.Token, now); err == nil && !reflect.DeepEqual(a.User, u) {
				t.Errorf("the phone calls as %+v, want %+v", a.User, u)
			}
		})
	}
	t.Run("enabled again", func(t *testing.T) {
		_, tx := office(t)
		browser, phone := signIn(t, tx, access.Config{}, worker.ID, now), addPhone(t, tx, worker, "máy-01")
		for _, off := range []bool{true, false} {
			u := worker
			u.Disabled = off
			if err := access.SaveUser(tx, admin, plan, u, now); err != nil {
				t.Fatal(err)
			}
		}
		if b, p := calls(tx, browser.Token, now), calls(tx, phone.Token, now); b != "session.ended" || p != "" {
			t.Errorf("got %q and %q, want session.ended, and the phone still at the door", b, p)
		}
	})
}
