package people

import (
	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/campaign"
	"caunoi/journal"
)

// change is an edit that waits for a second person.
type change struct {
	Person journal.ID `json:"person"`
	Bank   string     `json:"bank"`
}

// Edit changes a person of the actor's scope by hand. Another bank account
// waits for a second person where the agency wants that, and the rest is
// changed at once.
func (r Registry) Edit(tx ApprovalTx, plan *campaign.Plan, actor access.Actor, id journal.ID, row Record) (waits bool, err error) {
	scope := ScopeOf(actor, access.EditPeople, plan)
	p, err := ByID(tx, scope, id)
	if err != nil {
		return false, err
	}
	if refusal := row.tidy(); refusal != nil {
		return false, refusal
	}
	if row.Bank != "" && row.Bank != p.Bank {
		if waits, err = approval.Needed(tx, plan, approval.ChangeBankAccount, p.Office); err != nil {
			return false, err
		}
		if waits {
			if err := r.askBank(tx, plan, actor, &p, row.Bank); err != nil {
				return false, err
			}
			row.Bank = ""
		}
	}
	return waits, r.edit(tx, plan, actor, scope, p, row)
}

func (r Registry) edit(tx Tx, plan *campaign.Plan, actor access.Actor, scope Scope, p Person, row Record) error {
	before := p
	whole := row
	if whole.Name == "" {
		whole.Name = p.Name
	}
	if whole.Commune == "" {
		whole.Commune = p.Commune
	}
	if refusal := whole.check(plan, scope, journal.DayOf(r.Now())); refusal != nil {
		return refusal
	}
	whole.apply(&p, journal.Desk)
	p.Office = plan.OfficeOf(p.Commune, journal.DayOf(r.Now()))
	if sameStated(&before, &p) {
		return nil
	}
	p.Changed = now(r.Now())
	if err := r.put(tx, plan, []Person{p}); err != nil {
		return err
	}
	if err := r.callable(tx, p); err != nil {
		return err
	}
	if row.Bank != "" && row.Bank != before.Bank {
		if err := r.audit(tx, event("bank_account.changed", actor, p.Office, subjectOf(p.ID), nil)); err != nil {
			return err
		}
	}
	return r.audit(tx, event("person.changed", actor, p.Office, subjectOf(p.ID), nil))
}

func (r Registry) askBank(tx ApprovalTx, plan *campaign.Plan, actor access.Actor, p *Person, bank string) error {
	shown, err := json.Marshal(map[string]string{"person": p.ID.String()})
	if err != nil {
		return err
	}
	input, err := json.Marshal(change{p.ID, bank})
	if err != nil {
		return err
	}
	_, err = approval.Ask(tx, plan, r.Now(), actor, approval.ChangeBankAccount, p.Office, subjectOf(p.ID), shown, input)
	return err
}

// BankShown is what a second person sees of a change of a bank account: the
// ends of the account so far and of the new one, as JSON. Refusal: not_found.
func (r Registry) BankShown(tx Tx, plan *campaign.Plan, actor access.Actor, req approval.Request) ([]byte, error) {
	var c change
	if err := json.Unmarshal(req.Input, &c); err != nil {
		return nil, err
	}
	p, err := ByID(tx, ScopeOf(actor, access.EditPeople, plan), c.Person)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"person": p.ID.String(), "before": tail(p.Bank), "after": tail(c.Bank)}, json.Deterministic(true))
}

// ChangeBank does what a second person approved.
func (r Registry) ChangeBank(tx ApprovalTx, plan *campaign.Plan, req approval.Request) error {
	var c change
	if err := json.Unmarshal(req.Input, &c); err != nil {
		return err
	}
	u, err := tx.User(req.By)
	if err != nil {
		return err
	}
	actor := access.Actor{User: u}
	scope := ScopeOf(actor, access.EditPeople, plan)
	p, err := ByID(tx, scope, c.Person)
	if err != nil {
		return err
	}
	return r.edit(tx, plan, actor, scope, p, Record{Personal: Personal{Bank: c.Bank}})
}
