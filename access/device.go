package access

import (
	"errors"
	"time"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// AddPhone gives the actor a token for a phone. It lasts until it is revoked:
// a phone may be out of reach for weeks. An earlier token of that user and
// device ends, so that asking again renews it. A phone renews its own token
// alone, so that one in the wrong hands makes no others.
func (c Config) AddPhone(tx Tx, actor Actor, device string, now time.Time) (SignedIn, error) {
	if err := checkDevice(device); err != nil {
		return SignedIn{}, err
	}
	if actor.Device != "" && actor.Device != device {
		return SignedIn{}, journal.Refuse("device.other", "device", device)
	}
	u, err := tx.User(actor.ID)
	if errors.Is(err, ErrNotFound) { // the terminal is nobody's phone
		return SignedIn{}, journal.Refuse("user.unknown", "user", actor.ID)
	}
	if err != nil {
		return SignedIn{}, err
	}
	if u.Disabled {
		return SignedIn{}, journal.Refuse("user.disabled", "user", u.ID)
	}
	return c.begin(tx, u, device, "token", now)
}

// RevokeDevice takes a phone out of use for a user: the actor, or a user whom
// the actor may manage. At its next call the phone is told device.revoked.
func RevokeDevice(tx Tx, actor Actor, plan *campaign.Plan, user, device string, now time.Time) error {
	if err := checkDevice(device); err != nil { // the empty device would be the browsers
		return err
	}
	if err := selfOrManaged(tx, actor, plan, user); err != nil {
		return err
	}
	if err := endOn(tx, user, device, now); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "device.revoked", Office: actor.Office, Subject: "user:" + user, Details: map[string]string{"device": device}})
}
