package access

import (
	"encoding/base64"
	"errors"
	"time"

	"caunoi/audit"
	"caunoi/journal"
)

// Guessing is slowed down by counters of failures, one each for
//
//   - a browser that has signed in before (by a cookie of its own), so that
//     who attacks an account from elsewhere cannot keep its owner out;
//   - an account, for all browsers that have not;
//   - an address, for all accounts.
//
// After the free failures each next attempt has to wait twice as long as the
// one before, up to a quarter of an hour; at most 100 failures are taken of an
// account in 30 days (NIST SP 800-63B-4, section 3.2.2). A sign-in clears the
// counter of its account and its browser. A one-time link from a lead or the
// administrator always works.
const (
	freeFailures    = 5
	freeOfAddress   = 50 // an office may share one
	longestWait     = 15 * time.Minute
	mostFailures    = 100
	failuresForgot  = 30 * 24 * time.Hour
	addressForgot   = time.Hour
	knownBrowserFor = 365 * 24 * time.Hour
)

// Failures is one counter.
type Failures struct {
	N    int
	Last time.Time
}

// Try is one attempt to sign in by password. It is counted as a failure until
// it succeeds, so that many at once gain nothing.
type Try struct {
	user     User
	phc      string
	counters []string
}

// Browser is what is known of a browser that tries to sign in.
type Browser struct {
	// Token of a browser that signed in before; empty for another.
	Token   string
	Address string // network address of the client, for IPv6 its /64
	// Session is who is signed in there already and proves it again: guesses
	// at the door are no matter to them.
	Session Actor
}

// TryPassword begins an attempt, in a transaction that is committed whatever
// becomes of it. Refusals: signin.wait with the seconds to wait,
// signin.locked.
func TryPassword(tx Tx, user string, b Browser, now time.Time) (Try, error) {
	now = instant(now)
	u, err := tx.User(user)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Try{}, err
	}
	try := Try{user: u, phc: nobody}
	if err == nil && !u.Disabled {
		phc, err := tx.Password(u.ID)
		if err == nil {
			try.phc = phc
		} else if !errors.Is(err, ErrNotFound) {
			return Try{}, err
		}
	}
	known := false
	account := "user:" + hash(user) // somebody may type the password there
	if b.Session.session != nil {
		known, account = true, "session:"+base64.RawURLEncoding.EncodeToString(b.Session.session)
	} else if b.Token != "" {
		if known, err = tx.KnownBrowser(digest(b.Token), user, now.Add(-knownBrowserFor)); err != nil {
			return Try{}, err
		}
		if known {
			account = "browser:" + hash(b.Token)
		}
	}
	for _, c := range []struct {
		key  string
		free int
		most int
		ago  time.Duration
	}{{account, freeFailures, mostFailures, failuresForgot}, {"address:" + b.Address, freeOfAddress, 0, addressForgot}} {
		if known && len(try.counters) > 0 { // who attacks from the same address is no matter
			break
		}
		f, err := tx.Failures(c.key)
		if err != nil {
			return Try{}, err
		}
		if now.Sub(f.Last) >= c.ago {
			f = Failures{}
		}
		if c.most > 0 && f.N >= c.most {
			return Try{}, journal.Refuse("signin.locked")
		}
		if wait := waitAfter(f.N-c.free) - now.Sub(f.Last); wait > 0 {
			return Try{}, journal.Refuse("signin.wait", "seconds", int(wait.Seconds())+1)
		}
		if err := tx.PutFailures(c.key, Failures{f.N + 1, now}); err != nil {
			return Try{}, err
		}
		try.counters = append(try.counters, c.key)
	}
	return try, nil
}

// waitAfter is how long to wait after so many failures beyond the free ones.
func waitAfter(n int) time.Duration {
	if n < 0 {
		return 0
	}
	if n > 10 {
		return longestWait
	}
	return min(time.Second<<n, longestWait)
}

// Clear takes back what the attempt counted: all failures of the account or
// the browser, and this one of the address.
func (t Try) Clear(tx Tx) error {
	if err := tx.PutFailures(t.counters[0], Failures{}); err != nil {
		return err
	}
	if len(t.counters) == 1 {
		return nil
	}
	f, err := tx.Failures(t.counters[1])
	if err != nil {
		return err
	}
	f.N = max(0, f.N-1)
	return tx.PutFailures(t.counters[1], f)
}

func hash(s string) string { return base64.RawURLEncoding.EncodeToString(digest(s)) }

// Check says whether the password is right. It takes as long for a user whom
// there is not. It uses much memory and all cores, and belongs outside of any
// transaction.
func (t Try) Check(password string) bool {
	ok, _ := checkPassword(password, t.phc)
	return ok
}

// SignInPassword ends an attempt: it opens a session if the password was
// right, else it is refused as password.wrong, of which the caller commits the
// transaction all the same. The browser gets a token by which it is known
// next time.
func (c Config) SignInPassword(tx Tx, try Try, right bool, now time.Time) (in SignedIn, browser string, err error) {
	now = instant(now)
	e := audit.Event{Act: "session.failed", Outcome: audit.Refused, Details: map[string]string{"by": "password"}}
	if try.user.ID != "" {
		e.Office, e.Subject = try.user.Office, "user:"+try.user.ID
	}
	if !right {
		if err := audit.Append(tx, now, e); err != nil {
			return in, "", err
		}
		return in, "", journal.Refuse("signin.wrong")
	}
	u, err := tx.User(try.user.ID) // as it is now
	if err != nil {
		return in, "", err
	}
	if u.Disabled {
		return in, "", journal.Refuse("user.disabled", "user", u.ID)
	}
	if err := tx.SweepFailures(now.Add(-failuresForgot)); err != nil {
		return in, "", err
	}
	if err := try.Clear(tx); err != nil {
		return in, "", err
	}
	if in, err = c.begin(tx, u, "", "password", now); err != nil {
		return in, "", err
	}
	browser, hash := newToken()
	return in, browser, tx.PutKnownBrowser(hash, u.ID, now)
}
