package access

import (
	"errors"
	"time"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// SaveUser adds a user or changes one. The actor must be allowed to manage
// the user both as it was and as it will be. Disabling ends the sessions in
// browsers, and phones are told to bring what they hold and to wipe themselves.
// Another role ends sessions too, since they hold for one role alone. Refusals:
// right.missing, user.missing, user.too_long, user.role, user.office,
// user.commune.
func SaveUser(tx Tx, actor Actor, plan *campaign.Plan, u User, now time.Time) error {
	if err := u.check(plan, journal.DayOf(now)); err != nil {
		return err
	}
	if err := MayManage(actor, u, plan); err != nil {
		return err
	}
	was, err := tx.User(u.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err == nil {
		if err := MayManage(actor, was, plan); err != nil {
			return missing(actor, ManageUsers, u.Office, plan) // not where the other one is
		}
	}
	before := &was
	if err != nil {
		before = nil
	}
	if err := tx.PutUser(u); err != nil {
		return err
	}
	if err := remember(tx, before, u, now); err != nil {
		return err
	}
	e := audit.Event{Act: "user.saved", Office: u.Office, Subject: "user:" + u.ID, Details: map[string]string{
		"role": string(u.Role), "role_before": string(was.Role), "office_before": was.Office,
	}}
	if u.Disabled {
		e.Act = "user.disabled"
		if err := endOn(tx, u.ID, "", now); err != nil {
			return err
		}
		phones, err := tx.Devices(u.ID)
		if err != nil {
			return err
		}
		for _, d := range phones {
			if d.State != InUse {
				continue
			}
			if err := mark(tx, actor, u, d, Leaving, now); err != nil {
				return err
			}
		}
	}
	return note(tx, actor, now, e)
}

// SetDisabled takes a user out of service, or back. Phones in use are told to
// bring what they hold and to wipe themselves; where lost says so, to wipe
// themselves at once. Refusals: right.missing, user.unknown, and user.self:
// nobody shuts themselves out.
func SetDisabled(tx Tx, actor Actor, plan *campaign.Plan, user string, disabled, lost bool, now time.Time) error {
	u, err := managed(tx, actor, plan, user)
	if err != nil {
		return err
	}
	if u.ID == actor.ID {
		return journal.Refuse("user.self")
	}
	if u.Disabled != disabled {
		u.Disabled = disabled
		if err := SaveUser(tx, actor, plan, u, now); err != nil {
			return err
		}
	}
	if !disabled || !lost {
		return nil
	}
	phones, err := tx.Devices(user)
	if err != nil {
		return err
	}
	for _, d := range phones {
		if d.State != InUse && d.State != Leaving {
			continue
		}
		if err := mark(tx, actor, u, d, Lost, now); err != nil {
			return err
		}
	}
	return nil
}

// AddUser is [SaveUser] for a user whose id is new. Refusal: user.exists.
func AddUser(tx Tx, actor Actor, plan *campaign.Plan, u User, now time.Time) error {
	if err := MayManage(actor, u, plan); err != nil {
		return err
	}
	if _, err := tx.User(u.ID); !errors.Is(err, ErrNotFound) {
		return errors.Join(err, journal.Refuse("user.exists", "user", u.ID))
	}
	return SaveUser(tx, actor, plan, u, now)
}

// ChangeUser is [SaveUser] for one whom the actor may manage. It changes
// nothing of whether the user is disabled.
func ChangeUser(tx Tx, actor Actor, plan *campaign.Plan, u User, now time.Time) error {
	was, err := managed(tx, actor, plan, u.ID)
	if err != nil {
		return err
	}
	u.Disabled = was.Disabled
	return SaveUser(tx, actor, plan, u, now)
}

// Users lists the users whom the actor may manage, by id.
func Users(tx Tx, actor Actor, plan *campaign.Plan) ([]User, error) {
	all, err := tx.Users()
	if err != nil {
		return nil, err
	}
	var out []User
	for _, u := range all {
		if MayManage(actor, u, plan) == nil {
			out = append(out, u)
		}
	}
	return out, nil
}

// managed finds a user whom the actor may manage. Whoever may not is told the
// same whether or not there is such a user.
func managed(tx Tx, actor Actor, plan *campaign.Plan, id string) (User, error) {
	u, err := tx.User(id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, err
	}
	if MayManage(actor, u, plan) != nil {
		return User{}, missing(actor, ManageUsers, "", plan)
	}
	if err != nil {
		return User{}, journal.Refuse("user.unknown", "user", id)
	}
	return u, nil
}

func selfOrManaged(tx Tx, actor Actor, plan *campaign.Plan, user string) error {
	if user == actor.ID {
		return nil
	}
	_, err := managed(tx, actor, plan, user)
	return err
}
