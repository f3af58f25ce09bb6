package access

import (
	"errors"
	"time"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// NewLink makes a one-time link for a user whom the actor may manage. The
// token is for that user's eyes and is returned this once.
func (c Config) NewLink(tx Tx, actor Actor, plan *campaign.Plan, user string, now time.Time) (token string, l Link, err error) {
	return c.newLink(tx, actor, plan, user, false, now)
}

func (c Config) newLink(tx Tx, actor Actor, plan *campaign.Plan, user string, phone bool, now time.Time) (token string, l Link, err error) {
	u, err := managed(tx, actor, plan, user)
	if err != nil {
		return "", Link{}, err
	}
	if u.Disabled {
		return "", Link{}, journal.Refuse("user.disabled", "user", u.ID)
	}
	token, hash := newToken()
	now = instant(now)
	l = Link{Hash: hash, User: u.ID, Role: u.Role, Phone: phone, By: actor.ID, Made: now, Expires: now.Add(c.link())}
	if err := tx.PutLink(l); err != nil {
		return "", Link{}, err
	}
	act := audit.Act("user.linked")
	if phone {
		act = "device.enrol_asked"
	}
	return token, l, note(tx, actor, now, audit.Event{Act: act, Office: u.Office, Subject: "user:" + u.ID})
}

// SignedIn is what a sign-in gives.
type SignedIn struct {
	// Token is returned this once.
	Token string
	Actor Actor
	// Until is when a browser's session ends at the latest; zero for a phone.
	Until time.Time
}

// SignIn opens a one-time link in a browser. The session is always a new one,
// so that nobody can plant theirs. Refusals: link.unknown, link.used,
// link.expired (or made for a role that the user has no longer),
// user.disabled.
func (c Config) SignIn(tx Tx, link string, now time.Time) (SignedIn, error) {
	u, err := openLink(tx, link, false, now)
	if err != nil {
		return SignedIn{}, err
	}
	return c.begin(tx, u, "", "link", now)
}

func openLink(tx Tx, token string, phone bool, now time.Time) (User, error) {
	now = instant(now)
	l, err := tx.TakeLink(digest(token), now)
	switch {
	case errors.Is(err, ErrNotFound):
		return User{}, journal.Refuse("link.unknown")
	case err != nil:
		return User{}, err
	case !l.Used.IsZero():
		return User{}, journal.Refuse("link.used", "at", l.Used)
	case !l.Expires.After(now):
		return User{}, journal.Refuse("link.expired", "at", l.Expires)
	case l.Phone && !phone: // used up: it was opened where it should not be
		return User{}, journal.Refuse("link.phone")
	}
	u, err := tx.User(l.User)
	switch {
	case err != nil:
		return User{}, err
	case u.Disabled:
		return User{}, journal.Refuse("user.disabled", "user", u.ID)
	case u.Role != l.Role:
		return User{}, journal.Refuse("link.expired", "at", l.Expires)
	}
	return u, nil
}

// instant brings now to what stores keep, so that what is returned is what
// will be read.
func instant(now time.Time) time.Time { return now.UTC().Truncate(time.Microsecond) }
