package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"caunoi/access"
)

const secret = "ruộng bậc thang tháng chín vàng"

// attempt is one whole try, as the server makes it.
func attempt(tx access.Tx, user, password string, b access.Browser, at time.Time) (in access.SignedIn, browser string, err error) {
	try, err := access.TryPassword(tx, user, b, at)
	if err != nil {
		return in, "", err
	}
	return access.Config{}.SignInPassword(tx, try, try.Check(password), at)
}

func setPassword(t *testing.T, tx access.Tx, user access.User) {
	t.Helper()
	wantCode(t, access.SetPassword(tx, access.Actor{User: user}, plan, "", secret, now), "")
}

func TestPassword(t *testing.T) {
	_, tx := office(t)
	setPassword(t, tx, lead)
	here := access.Browser{Address: "192.0.2.1"}
	in, browser, err := attempt(tx, lead.ID, norm.NFD.String(secret), here, now) // another keyboard, the same password
	if err != nil || in.Actor.ID != lead.ID || in.Until.IsZero() || browser == "" {
		t.Fatalf("got %+v, %q, %v", in, browser, err)
	}
	for name, c := range map[string][2]string{
		"a wrong password":        {lead.ID, secret + "!"},
		"a user without one":      {worker.ID, secret},
		"nobody":                  {"nobody", secret},
		"the password as a user":  {secret, secret},
		"capital letters instead": {lead.ID, strings.ToUpper(secret)},
	} {
		_, _, err := attempt(tx, c[0], c[1], here, now)
		if got := code(err); got != "signin.wrong" {
			t.Errorf("%s: got %q, want signin.wrong", name, got)
		}
	}
}

func TestPasswordThatIsNotFit(t *testing.T) {
	for password, want := range map[string]string{
		"ngắn quá thôi":                       "password.short",
		strings.Repeat("núi rừng ", 40):       "password.long",
		"aaaaaaaaaaaaaaaaaaaa":                "password.common",
		"Bảo Hiểm Xã Hội 123456":              "password.local",
		"bhxh laocai bhyt 2025":               "password.local",
		"sapa sapa sapa sapa":                 "password.common",
		strings.Repeat("ă", 14) + "b":         "password.common",
		secret:                                "",
		"correct horse battery staple":        "",
		strings.Repeat("mây trắng ", 10)[:64]: "",
	} {
		_, tx := office(t)
		err := access.SetPassword(tx, access.Actor{User: lead}, plan, "", password, now)
		if got := code(err); got != want {
			t.Errorf("%q: got %q, want %q", password, got, want)
		}
		if had, _ := access.HasPassword(tx, lead.ID); had != (want == "") {
			t.Errorf("%q: set: %v", password, had)
		}
	}
}

func TestPasswordChanged(t *testing.T) {
	_, tx := office(t)
	setPassword(t, tx, lead)
	mine, _, err := attempt(tx, lead.ID, secret, access.Browser{}, now)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := attempt(tx, lead.ID, secret, access.Browser{}, now)
	if err != nil {
		t.Fatal(err)
	}
	phone := addPhone(t, tx, lead, "máy-01")
	const next = "suối chảy qua bản mỗi mùa"
	wantCode(t, access.SetPassword(tx, mine.Actor, plan, "not it", next, now), "password.wrong")
	wantCode(t, access.SetPassword(tx, mine.Actor, plan, secret, next, now), "")
	for name, c := range map[string]struct{ token, want string }{
		"this browser":  {mine.Token, ""},
		"another one":   {other.Token, "session.ended"},
		"a phone stays": {phone.Token, ""},
	} {
		if got := calls(tx, c.token, now); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if _, _, err := attempt(tx, lead.ID, secret, access.Browser{}, now); code(err) != "signin.wrong" {
		t.Errorf("the old one: %v", err)
	}
}

// Of 10,000 guesses over a month at most 100 are even tried, and the owner
// still gets in from a browser that is known.
func TestGuessing(t *testing.T) {
	m, tx := office(t)
	setPassword(t, tx, lead)
	_, known, err := attempt(tx, lead.ID, secret, access.Browser{Address: "192.0.2.1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	at := now
	for n := range 10_000 {
		at = at.Add(4 * time.Minute)
		// From everywhere, so that no address slows it down.
		if _, err := access.TryPassword(tx, lead.ID, access.Browser{Address: fmt.Sprint("198.51.100.", n)}, at); err == nil {
			tried++
		} else if c := code(err); c != "signin.wait" && c != "signin.locked" {
			t.Fatal(err)
		}
	}
	if tried == 0 || tried > 100 {
		t.Errorf("%d guesses were tried, want 1 to 100", tried)
	}
	if _, _, err := attempt(tx, lead.ID, secret, access.Browser{Address: "192.0.2.1"}, at); code(err) != "signin.locked" {
		t.Errorf("a browser that is not known: %v, want signin.locked", err)
	}
	if _, _, err := attempt(tx, lead.ID, secret, access.Browser{Token: known, Address: "192.0.2.1"}, at); err != nil {
		t.Errorf("the owner's browser: %v", err)
	}
	if _, _, err := attempt(tx, worker.ID, secret, access.Browser{Token: known, Address: "192.0.2.9"}, at); code(err) != "signin.wrong" {
		t.Errorf("that browser for another user: %v", err)
	}
	if len(m.failures) == 0 {
		t.Error("nothing was counted")
	}
}

// Many accounts from one address are slowed down, too.
func TestGuessingAcrossAccounts(t *testing.T) {
	_, tx := office(t)
	tried := 0
	for n := range 1000 {
		if _, err := access.TryPassword(tx, fmt.Sprint("user", n), access.Browser{Address: "192.0.2.1"}, now); err == nil {
			tried++
		}
	}
	if tried < 40 || tried > 60 {
		t.Errorf("%d were tried at once, want about 50", tried)
	}
}

func TestActsAreRecorded(t *testing.T) {
	var cfg access.Config
	m, tx := office(t)
	before := len(m.events)
	setPassword(t, tx, lead)
	in, _, err := attempt(tx, lead.ID, secret, access.Browser{}, now)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _ = attempt(tx, lead.ID, "wrong", access.Browser{}, now)
	if _, err := cfg.AddPhone(tx, in.Actor, "máy-01", now); err != nil {
		t.Fatal(err)
	}
	wantCode(t, access.MarkDevice(tx, in.Actor, plan, lead.ID, "máy-01", access.Leaving, now), "")
	wantCode(t, access.SignOut(tx, in.Actor, now), "")
	var got []string
	for _, e := range m.events[before:] {
		got = append(got, string(e.Act)+" "+string(e.Outcome))
		if strings.Contains(e.Text+e.Subject+e.Actor, "wrong") {
			t.Errorf("%+v holds what was typed", e)
		}
	}
	want := []string{"password.changed done", "session.begun done", "session.failed refused", "device.enrolled done", "device.revoked done", "session.ended done"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
