package access

import (
	"time"

	"caunoi/audit"
	"caunoi/journal"
)

// Fresh refuses who has not proven who they are for a while: before acts that
// an open desk must not give to whoever walks by. Refusal: session.stepup.
// There is nobody else at a terminal, and no phone may do these acts at all.
func (c Config) Fresh(actor Actor, now time.Time) error {
	if actor.session == nil || actor.Device == "" && now.Sub(actor.proven) < c.stepUp() {
		return nil
	}
	return journal.Refuse("session.stepup")
}

// ProvePassword ends an attempt of the actor to prove who they are. It is
// refused as password.wrong, of which the caller commits the transaction all
// the same.
func ProvePassword(tx Tx, actor Actor, try Try, right bool, now time.Time) error {
	if !right {
		e := audit.Event{Act: "session.failed", Outcome: audit.Refused, Office: actor.Office, Subject: "user:" + actor.ID, Details: map[string]string{"by": "password"}}
		if err := note(tx, actor, now, e); err != nil {
			return err
		}
		return journal.Refuse("password.wrong")
	}
	if err := try.Clear(tx); err != nil {
		return err
	}
	return prove(tx, actor, "password", now)
}

// ProvePasskey takes the answer to an offer of [Passkeys.OfferSignIn] as proof
// of who the actor is. Refusals as of [Config.SignInPasskey]; another user's
// passkey is passkey.answer.
func ProvePasskey(tx Tx, actor Actor, p *Passkeys, offer Offer, answer []byte, now time.Time) error {
	u, err := p.check(tx, offer, answer, now)
	if err != nil {
		return err
	}
	if u.ID != actor.ID {
		return journal.Refuse("passkey.answer")
	}
	return prove(tx, actor, "passkey", now)
}

func prove(tx Tx, actor Actor, by string, now time.Time) error {
	if err := tx.ProveSession(actor.session, instant(now)); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "session.stepup", Office: actor.Office, Subject: "user:" + actor.ID, Details: map[string]string{"by": by}})
}
