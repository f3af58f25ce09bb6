package access_test

import (
	"strings"
	"testing"
	"time"

	"caunoi/access"
)

func TestPhone(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	in, err := cfg.SignInPhone(tx, link(t, tx, cfg, worker.ID, now), "máy-01", now)
	if err != nil {
		t.Fatal(err)
	}
	year := now.AddDate(1, 0, 0)
	a, err := cfg.Authenticate(tx, in.Token, year)
	if err != nil || a.User != worker || a.Device != "máy-01" || !in.Until.IsZero() {
		t.Errorf("after a year: got %+v, %v; want the worker on máy-01", a, err)
	}
	if err := access.Touch(tx, a, year); err != nil {
		t.Fatal(err)
	}
	list, err := access.SessionsOf(tx, access.Actor{User: lead}, plan, worker.ID)
	if err != nil || len(list) != 1 || !list[0].Seen.Equal(year) {
		t.Errorf("got %+v, %v; want one phone, seen after a year", list, err)
	}
}

func TestPhoneTokens(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	phone := addPhone(t, tx, worker, "máy-01")
	for _, c := range []struct {
		name   string
		actor  access.Actor
		device string
		want   string
	}{
		{"by a browser", signIn(t, tx, cfg, worker.ID, now).Actor, "máy-02", ""},
		{"by a phone for another", phone.Actor, "máy-03", "device.other"},
		{"by a phone for itself", phone.Actor, "máy-01", ""},
		{"without a device", access.Actor{User: worker}, "", "device.id"},
		{"with a long device", access.Actor{User: worker}, strings.Repeat("đ", 101), "device.id"},
		{"at the terminal", access.Terminal(), "máy-01", "user.unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := cfg.AddPhone(tx, c.actor, c.device, now)
			wantCode(t, err, c.want)
		})
	}
	off := worker
	off.Disabled = true
	if err := access.SaveUser(tx, admin, plan, off, now); err != nil {
		t.Fatal(err)
	}
	_, err := cfg.AddPhone(tx, access.Actor{User: worker}, "máy-02", now)
	wantCode(t, err, "user.disabled")
}

func TestPhoneRenewed(t *testing.T) {
	_, tx := office(t)
	phone := addPhone(t, tx, worker, "máy-01")
	addPhone(t, tx, worker, "máy-01")
	if got := calls(tx, phone.Token, now); got != "device.revoked" {
		t.Errorf("the token before: got %q, want device.revoked", got)
	}
}

func TestRevokeDevice(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	browser := signIn(t, tx, cfg, worker.ID, now)
	lost, kept := addPhone(t, tx, worker, "máy-01"), addPhone(t, tx, worker, "máy-02")
	shared := addPhone(t, tx, lead, "máy-01")

	wantCode(t, access.RevokeDevice(tx, actor(access.Lead, "bac-ha"), plan, worker.ID, "máy-01", now), "right.missing")
	wantCode(t, access.RevokeDevice(tx, access.Actor{User: lead}, plan, worker.ID, "", now), "device.id")
	if got := calls(tx, lost.Token, now); got != "" {
		t.Fatalf("refused revocations took the phone out of use: %s", got)
	}
	at := now.Add(time.Hour)
	wantCode(t, access.RevokeDevice(tx, access.Actor{User: lead}, plan, worker.ID, "máy-01", at), "")
	for name, c := range map[string]struct{ token, want string }{
		"the lost phone":              {lost.Token, "device.revoked"},
		"the other phone":             {kept.Token, ""},
		"the browser":                 {browser.Token, ""},
		"another user of that device": {shared.Token, ""},
	} {
		if got := calls(tx, c.token, at); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
