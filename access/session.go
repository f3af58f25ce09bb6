package access

import (
	"errors"
	"slices"
	"time"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// begin makes a session with a token of its own; by is how the user proved
// who they are.
func (c Config) begin(tx Tx, u User, device, by string, now time.Time) (SignedIn, error) {
	now = instant(now)
	if device != "" {
		if err := endOn(tx, u.ID, device, now); err != nil {
			return SignedIn{}, err
		}
	}
	token, hash := newToken()
	s := Session{Hash: hash, User: u.ID, Role: u.Role, Device: device, Made: now, Seen: now, Proven: now}
	if err := tx.PutSession(s); err != nil {
		return SignedIn{}, err
	}
	in := SignedIn{Token: token, Actor: actorOf(u, s)}
	if device != "" {
		in.Actor.State = InUse
	}
	act := audit.Act("device.enrolled")
	if device == "" {
		act, in.Until = "session.begun", now.Add(c.longest())
	}
	return in, note(tx, in.Actor, now, audit.Event{Act: act, Office: u.Office, Subject: "user:" + u.ID, Details: map[string]string{"by": by}})
}

func actorOf(u User, s Session) Actor {
	return Actor{User: u, Device: s.Device, session: s.Hash, seen: s.Seen, proven: s.Proven}
}

// Authenticate finds who calls with a token, as the user is now. It writes
// nothing; see [Config.Due]. Refusals:
//   - session.unknown: no such token;
//   - session.expired: idle for too long, or too old;
//   - session.ended: signed out, or the role has changed since: sign in again;
//   - device.revoked: the phone's token was renewed, or it has wiped itself;
//   - user.disabled.
//
// A phone that is to be wiped still calls, even a disabled user's; what it may
// is for [May] to say.
func (c Config) Authenticate(tx Tx, token string, now time.Time) (Actor, error) {
	s, err := tx.Session(digest(token))
	if errors.Is(err, ErrNotFound) {
		return Actor{}, journal.Refuse("session.unknown")
	}
	if err != nil {
		return Actor{}, err
	}
	u, err := tx.User(s.User)
	if err != nil {
		return Actor{}, err
	}
	a := actorOf(u, s)
	if s.Device != "" {
		d, err := tx.Device(s.User, s.Device)
		if err != nil {
			return Actor{}, err
		}
		a.State = d.State
	}
	wiping := a.State == Leaving || a.State == Lost
	switch {
	case u.Disabled && !wiping:
		return Actor{}, journal.Refuse("user.disabled", "user", u.ID)
	case !s.Ended.IsZero() && s.Device != "":
		return Actor{}, journal.Refuse("device.revoked", "at", s.Ended)
	case !s.Ended.IsZero() || u.Role != s.Role && !wiping:
		return Actor{}, journal.Refuse("session.ended")
	case s.Device == "" && (now.Sub(s.Seen) >= c.idle() || now.Sub(s.Made) >= c.longest()):
		return Actor{}, journal.Refuse("session.expired")
	}
	return a, nil
}

// Due says that the actor's call should be noted with [Touch], in a
// transaction that writes. Once in a hundredth of the idle limit is enough,
// so that reading stays reading.
func (c Config) Due(actor Actor, now time.Time) bool {
	return actor.session != nil && now.Sub(actor.seen) >= c.idle()/100
}

// Touch notes that the actor was seen. A session that has ended meanwhile
// stays ended.
func Touch(tx Tx, actor Actor, now time.Time) error {
	if actor.session == nil {
		return nil
	}
	return tx.TouchSession(actor.session, instant(now))
}

// SignOut ends the session by which the actor called.
func SignOut(tx Tx, actor Actor, now time.Time) error {
	if actor.session == nil {
		return nil
	}
	if err := tx.EndSession(actor.session, instant(now)); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "session.ended", Office: actor.Office, Subject: "user:" + actor.ID})
}

// SignOutOthers ends every session of the actor in a browser but the one by
// which the actor called. Phones stay.
func SignOutOthers(tx Tx, actor Actor, now time.Time) error {
	err := endWhere(tx, actor.ID, now, func(s Session) bool { return s.Device == "" && !slices.Equal(s.Hash, actor.session) })
	if err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "session.all_ended", Office: actor.Office, Subject: "user:" + actor.ID})
}

// SignOutAll ends every session of a user, phones included: the actor's own,
// or those of a user whom the actor may manage.
func SignOutAll(tx Tx, actor Actor, plan *campaign.Plan, user string, now time.Time) error {
	if err := selfOrManaged(tx, actor, plan, user); err != nil {
		return err
	}
	if err := endAll(tx, user, now); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "session.all_ended", Office: actor.Office, Subject: "user:" + user})
}

// SessionsOf lists where a user is signed in: the actor, or a user whom the
// actor may manage. Sessions of browsers that ran out may be among them.
func SessionsOf(tx Tx, actor Actor, plan *campaign.Plan, user string) ([]Session, error) {
	if err := selfOrManaged(tx, actor, plan, user); err != nil {
		return nil, err
	}
	return tx.SessionsOf(user)
}

func endAll(tx Tx, user string, now time.Time) error {
	return endWhere(tx, user, now, func(Session) bool { return true })
}

func endOn(tx Tx, user, device string, now time.Time) error {
	return endWhere(tx, user, now, func(s Session) bool { return s.Device == device })
}

func endWhere(tx Tx, user string, now time.Time, which func(Session) bool) error {
	sessions, err := tx.SessionsOf(user)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if !which(s) {
			continue
		}
		if err := tx.EndSession(s.Hash, instant(now)); err != nil {
			return err
		}
	}
	return nil
}
