package access_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"caunoi/access"
)

func TestPhone(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	in, err := cfg.SignInPhone(tx, link(t, tx, cfg, worker.ID, now), "máy-01", "", now)
	if err != nil {
		t.Fatal(err)
	}
	year := now.AddDate(1, 0, 0)
	a, err := cfg.Authenticate(tx, in.Token, year)
	if err != nil || !reflect.DeepEqual(a.User, worker) || a.Device != "máy-01" || !in.Until.IsZero() {
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

// A phone that is to be wiped may bring what it holds and say that it is done;
// nothing else, whoever its user is by then.
func TestPhonesThatAreToBeWiped(t *testing.T) {
	var cfg access.Config
	byLead := access.Actor{User: lead}
	for _, c := range []struct {
		name  string
		act   func(tx access.Tx) error
		state access.DeviceState
	}{
		{"leaving", func(tx access.Tx) error {
			return access.MarkDevice(tx, byLead, plan, worker.ID, "máy-01", access.Leaving, now)
		}, access.Leaving},
		{"lost", func(tx access.Tx) error {
			return access.MarkDevice(tx, byLead, plan, worker.ID, "máy-01", access.Lost, now)
		}, access.Lost},
		{"lost, by the user in a browser", func(tx access.Tx) error {
			return access.MarkDevice(tx, access.Actor{User: worker}, plan, worker.ID, "máy-01", access.Lost, now)
		}, access.Lost},
		{"of a user who is disabled", func(tx access.Tx) error {
			return access.SetDisabled(tx, byLead, plan, worker.ID, true, false, now)
		}, access.Leaving},
		{"of a user who is disabled at once", func(tx access.Tx) error {
			return access.SetDisabled(tx, byLead, plan, worker.ID, true, true, now)
		}, access.Lost},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, tx := office(t)
			phone := addPhone(t, tx, worker, "máy-01")
			shared := addPhone(t, tx, lead, "máy-01")
			if err := c.act(tx); err != nil {
				t.Fatal(err)
			}
			a, err := cfg.Authenticate(tx, phone.Token, now)
			if err != nil || a.State != c.state {
				t.Fatalf("got %+v, %v; want a phone that is %s", a, err, c.state)
			}
			for _, right := range []access.Right{access.Push, access.Contact, access.ViewBoard, access.ViewEntries, access.ViewPeople, access.Reveal} {
				want := "device." + string(c.state)
				if right == access.Push || right == access.Contact {
					want = ""
				}
				wantCode(t, access.May(a, right, "sa-pa", plan), want)
			}
			if _, err := cfg.AddPhone(tx, a, "máy-01", now); code(err) != "device."+string(c.state) {
				t.Errorf("it renews its token: %v", err)
			}
			if got := calls(tx, shared.Token, now); got != "" {
				t.Errorf("the other user of that phone: %s", got)
			}
			if err := access.WipeDone(tx, a, 3, now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			d, err := tx.Device(worker.ID, "máy-01")
			if err != nil || d.State != access.Wiped || d.Unsent != 3 {
				t.Errorf("got %+v, %v; want it wiped, three records lost", d, err)
			}
			if got := calls(tx, phone.Token, now); got != "device.revoked" && got != "user.disabled" {
				t.Errorf("after that it still calls: %q", got)
			}
		})
	}
}

func TestMarkDevice(t *testing.T) {
	byLead := access.Actor{User: lead}
	for _, c := range []struct {
		name   string
		actor  access.Actor
		device string
		states []access.DeviceState // the last is tried
		want   string
	}{
		{"back from leaving", byLead, "máy-01", []access.DeviceState{access.Leaving, access.InUse}, ""},
		{"lost after leaving", byLead, "máy-01", []access.DeviceState{access.Leaving, access.Lost}, ""},
		{"back from lost", byLead, "máy-01", []access.DeviceState{access.Lost, access.InUse}, "device.state"},
		{"leaving after lost", byLead, "máy-01", []access.DeviceState{access.Lost, access.Leaving}, "device.state"},
		{"wiped by somebody else's word", byLead, "máy-01", []access.DeviceState{access.Wiped}, "device.state"},
		{"a phone that is not there", byLead, "máy-02", []access.DeviceState{access.Lost}, "not_found"},
		{"by another office's lead", actor(access.Lead, "bac-ha"), "máy-01", []access.DeviceState{access.Lost}, "right.missing"},
		{"by the phone itself", access.Actor{User: worker, Device: "máy-01"}, "máy-01", []access.DeviceState{access.Lost}, "right.missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, tx := office(t)
			addPhone(t, tx, worker, "máy-01")
			for i, state := range c.states {
				err := access.MarkDevice(tx, c.actor, plan, worker.ID, c.device, state, now)
				if i == len(c.states)-1 {
					wantCode(t, err, c.want)
				} else if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// A link for a phone is shown on a screen; who photographs it must not sign in
// with it where more may be done.
func TestPhoneLinkIsForPhones(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	token, _, err := cfg.NewPhoneLink(tx, access.Actor{User: lead}, plan, worker.ID, now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = cfg.SignIn(tx, token, now)
	wantCode(t, err, "link.phone")
	token, _, _ = cfg.NewPhoneLink(tx, access.Actor{User: lead}, plan, worker.ID, now)
	in, err := cfg.SignInPhone(tx, token, "máy-01", "Máy của tổ 3", now)
	if err != nil || in.Actor.Device != "máy-01" {
		t.Fatalf("%+v, %v", in, err)
	}
	list, err := access.Devices(tx, access.Actor{User: lead}, plan)
	if err != nil || len(list) != 1 || list[0].Name != "Máy của tổ 3" || !list[0].Seen.Equal(now) {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := access.Devices(tx, actor(access.Lead, "bac-ha"), plan); err != nil || len(list) != 0 {
		t.Errorf("another office's lead sees %+v, %v", list, err)
	}
}

// An app may end between opening the link and keeping what that gave; the same
// phone opens it again, no other one does.
func TestPhoneOpensItsLinkAgain(t *testing.T) {
	var cfg access.Config
	_, tx := office(t)
	token, l, err := cfg.NewPhoneLink(tx, access.Actor{User: lead}, plan, worker.ID, now)
	if err != nil {
		t.Fatal(err)
	}
	first, err := cfg.SignInPhone(tx, token, "máy-01", "", now.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	_, err = cfg.SignInPhone(tx, token, "máy-02", "", now.Add(2*time.Second))
	wantCode(t, err, "link.used")
	for i := range 2 {
		again, err := cfg.SignInPhone(tx, token, "máy-01", "", now.Add(time.Duration(i+3)*time.Second))
		if err != nil || again.Token == first.Token {
			t.Fatalf("again: %+v, %v", again, err)
		}
	}
	if _, err := cfg.Authenticate(tx, first.Token, now.Add(time.Minute)); err == nil {
		t.Error("the first token still holds")
	}
	_, err = cfg.SignInPhone(tx, token, "máy-01", "", l.Expires)
	wantCode(t, err, "link.expired")
	// Nor does a phone that was taken out of use come back by its old link.
	if err := access.MarkDevice(tx, access.Actor{User: lead}, plan, worker.ID, "máy-01", access.Lost, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err = cfg.SignInPhone(tx, token, "máy-01", "", now.Add(2*time.Minute))
	wantCode(t, err, "link.used")
}

// Rights are judged for the day of the fact.
func TestThen(t *testing.T) {
	_, tx := office(t)
	was := worker
	change := func(at time.Time, f func(u *access.User)) {
		u := was
		f(&u)
		if err := access.SaveUser(tx, admin, plan, u, at); err != nil {
			t.Fatal(err)
		}
		was = u
	}
	day := 24 * time.Hour
	change(now.Add(day), func(u *access.User) { u.Role = access.Lead })
	change(now.Add(3*day), func(u *access.User) { u.Role, u.Office = access.Campaigner, "bac-ha" })
	history, err := tx.Standings(worker.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at     time.Time
		role   access.Role
		office string
	}{
		{now.Add(-100 * day), access.Campaigner, "sa-pa"},
		{now.Add(day - time.Second), access.Campaigner, "sa-pa"},
		{now.Add(day), access.Lead, "sa-pa"},
		{now.Add(2 * day), access.Lead, "sa-pa"},
		{now.Add(3 * day), access.Campaigner, "bac-ha"},
		{now.Add(99 * day), access.Campaigner, "bac-ha"},
	} {
		if got := was.Then(history, c.at); got.Role != c.role || got.Office != c.office {
			t.Errorf("at %v: %s of %s, want %s of %s", c.at, got.Role, got.Office, c.role, c.office)
		}
	}
	if got := lead.Then(nil, now); got.ID != lead.ID {
		t.Errorf("without a history: %+v", got)
	}
}

// Whoever took a phone back gives it back.
func TestNobodyGivesTheirOwnPhoneBack(t *testing.T) {
	_, tx := office(t)
	addPhone(t, tx, worker, "máy-01")
	mark := func(by access.User, state access.DeviceState) error {
		return access.MarkDevice(tx, access.Actor{User: by}, plan, worker.ID, "máy-01", state, now)
	}
	wantCode(t, mark(lead, access.Leaving), "")
	wantCode(t, mark(worker, access.InUse), "right.missing")
	wantCode(t, mark(lead, access.InUse), "")
	wantCode(t, mark(worker, access.Leaving), "")
	wantCode(t, mark(worker, access.InUse), "")
}

// Who sees the people of some communes alone hands out no more.
func TestCommunesAreNotWidened(t *testing.T) {
	narrow := access.Actor{User: lead}
	narrow.Communes = []string{"02725"}
	for name, c := range map[string]struct {
		communes []string
		want     string
	}{
		"the same": {[]string{"02725"}, ""}, "another": {[]string{"02728"}, "right.missing"},
		"both": {[]string{"02725", "02728"}, "right.missing"}, "all": {nil, "right.missing"},
	} {
		u := user(access.Campaigner, "sa-pa")
		u.Communes = c.communes
		t.Run(name, func(t *testing.T) { wantCode(t, access.MayManage(narrow, u, plan), c.want) })
	}
}
