package access

import (
	"errors"
	"time"
	"unicode/utf8"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// NewLink makes a one-time link for a user whom the actor may manage. The
// token is for that user's eyes and is returned this once.
func (c Config) NewLink(tx Tx, actor Actor, plan *campaign.Plan, user string, now time.Time) (token string, l Link, err error) {
	u, err := managed(tx, actor, plan, user)
	if err != nil {
		return "", Link{}, err
	}
	if u.Disabled {
		return "", Link{}, journal.Refuse("user.disabled", "user", u.ID)
	}
	token, hash := newToken()
	now = instant(now)
	l = Link{Hash: hash, User: u.ID, Role: u.Role, By: actor.ID, Made: now, Expires: now.Add(c.link())}
	if err := tx.PutLink(l); err != nil {
		return "", Link{}, err
	}
	return token, l, note(tx, actor, now, audit.Event{Act: "user.linked", Office: u.Office, Subject: "user:" + u.ID})
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
	u, err := openLink(tx, link, now)
	if err != nil {
		return SignedIn{}, err
	}
	return c.begin(tx, u, "", "link", now)
}

// SignInPhone opens a one-time link on a phone, as [Config.SignIn] does. An
// earlier sign-in of the user on that device ends.
func (c Config) SignInPhone(tx Tx, link, device string, now time.Time) (SignedIn, error) {
	if err := checkDevice(device); err != nil {
		return SignedIn{}, err
	}
	u, err := openLink(tx, link, now)
	if err != nil {
		return SignedIn{}, err
	}
	return c.begin(tx, u, device, "link", now)
}

func openLink(tx Tx, token string, now time.Time) (User, error) {
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

func checkDevice(device string) error {
	if device == "" || utf8.RuneCountInString(device) > 100 {
		return journal.Refuse("device.id")
	}
	return nil
}

// instant brings now to what stores keep, so that what is returned is what
// will be read.
func instant(now time.Time) time.Time { return now.UTC().Truncate(time.Microsecond) }
