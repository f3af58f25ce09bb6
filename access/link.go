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
	u, _, err := openLink(tx, link, "", now)
	if err != nil {
		return SignedIn{}, err
	}
	return c.begin(tx, u, "", "link", now)
}

// openLink gives a link's user, and when the link was first opened. A phone may
// open it again as long as it lasts: the answer may not have reached it, or the
// app may have ended before it kept what it was given.
func openLink(tx Tx, token, phone string, now time.Time) (User, time.Time, error) {
	now = instant(now)
	none := func(err error) (User, time.Time, error) { return User{}, time.Time{}, err }
	l, err := tx.TakeLink(digest(token), now)
	switch {
	case errors.Is(err, ErrNotFound):
		return none(journal.Refuse("link.unknown"))
	case err != nil:
		return none(err)
	}
	opened := now
	if !l.Used.IsZero() {
		opened = l.Used
		if !l.Phone || phone == "" || !openedBy(tx, l, phone) {
			return none(journal.Refuse("link.used", "at", l.Used))
		}
	}
	switch {
	case !l.Expires.After(now):
		return none(journal.Refuse("link.expired", "at", l.Expires))
	case l.Phone && phone == "": // used up: it was opened where it should not be
		return none(journal.Refuse("link.phone"))
	}
	u, err := tx.User(l.User)
	switch {
	case err != nil:
		return none(err)
	case u.Disabled:
		return none(journal.Refuse("user.disabled", "user", u.ID))
	case u.Role != l.Role:
		return none(journal.Refuse("link.expired", "at", l.Expires))
	}
	return u, opened, nil
}

// openedBy says that a link was opened by this phone, which is in use since
// then: whoever took the phone away meanwhile did not mean it to come back.
func openedBy(tx Tx, l Link, phone string) bool {
	d, err := tx.Device(l.User, phone)
	return err == nil && d.State == InUse && d.Since.Equal(l.Used)
}

// instant brings now to what stores keep, so that what is returned is what
// will be read.
func instant(now time.Time) time.Time { return now.UTC().Truncate(time.Microsecond) }
