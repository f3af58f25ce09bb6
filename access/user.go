package access

import (
	"errors"
	"time"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// SaveUser adds a user or changes one. The actor must be allowed to manage
// the user both as it was and as it will be. Disabling ends every session;
// another role ends them too, since they hold for one role alone. Refusals:
// right.missing, user.missing, user.too_long, user.role, user.office.
func SaveUser(tx Tx, actor Actor, plan *campaign.Plan, u User, now time.Time) error {
	if err := u.check(plan); err != nil {
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
	if err := tx.PutUser(u); err != nil {
		return err
	}
	e := audit.Event{Act: "user.saved", Office: u.Office, Subject: "user:" + u.ID, Details: map[string]string{
		"role": string(u.Role), "role_before": string(was.Role), "office_before": was.Office,
	}}
	if u.Disabled {
		e.Act = "user.disabled"
		if err := endAll(tx, u.ID, now); err != nil {
			return err
		}
	}
	return note(tx, actor, now, e)
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
