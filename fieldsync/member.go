package fieldsync

import (
	"slices"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/store"
)

// SavingUser is one of the functions by which [access] adds or changes a user.
type SavingUser func(tx access.Tx, actor access.Actor, plan *campaign.Plan, u access.User, now time.Time) error

// SaveUser saves a user, and with it the campaigner of that id: whoever records
// in the field or leads those who do is named in the plan, else their entries
// and moves would be those of a stranger. Whoever has another role now leads
// nobody, and stays in the plan, since entries name them. Refusals: those of
// save, and right.missing where the plan's campaigner of that id is not the
// actor's to change.
func (in *Intake) SaveUser(tx store.Tx, actor access.Actor, plan *campaign.Plan, u access.User, save SavingUser) error {
	if err := save(tx, actor, plan, u, in.now()); err != nil {
		return err
	}
	was := plan.Campaigners[u.ID]
	c, ok := campaignerOf(u, was, plan)
	if !ok || was != nil && *was == c {
		return nil
	}
	if was != nil {
		before := access.User{ID: u.ID, Role: access.Campaigner, Office: was.Office, Communes: u.Communes}
		if was.Lead {
			before.Role = access.Lead
		}
		if err := access.MayManage(actor, before, plan); err != nil {
			return err
		}
	}
	return in.ChangePlan(tx, func(*campaign.Plan) ([]campaign.Item, error) {
		return []campaign.Item{{Campaigner: &c}}, nil
	})
}

// campaignerOf is what the plan says of a user; ok is false for who is no
// campaigner and was none.
func campaignerOf(u access.User, was *campaign.Campaigner, plan *campaign.Plan) (c campaign.Campaigner, ok bool) {
	works := slices.Contains([]access.Role{access.Campaigner, access.PartnerAgent, access.Lead, access.Province}, u.Role)
	if u.Office == "" || !works && was == nil {
		return c, false
	}
	if was != nil {
		c = *was
	}
	c.ID, c.Name, c.Office = u.ID, u.Name, u.Office
	c.Lead = u.Role == access.Lead || u.Role == access.Province
	switch {
	case plan.Offices[u.Office].Kind == campaign.Partner:
		c.Partner = u.Office
	case was != nil && was.Partner == was.Office: // it was by that office alone
		c.Partner = ""
	}
	return c, true
}
