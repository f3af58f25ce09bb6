package fieldsync

import (
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
)

// collecting names the setting that holds an office's collecting account.
func collecting(office string) string { return "collecting/" + office }

// CollectingAccount is where the people whom an office enrols pay: its own
// account, else that of the nearest office above it; nil where none is set.
// Phones take it with their plan and show it as VietQR.
func CollectingAccount(tx store.Tx, plan *campaign.Plan, office string) (*outreach.Account, error) {
	for range plan.Offices { // a plan that was not checked may run in a circle
		o := plan.Offices[office]
		if o == nil {
			break
		}
		text, err := tx.Setting(collecting(office))
		if err != nil {
			return nil, err
		}
		if text != "" {
			var a outreach.Account
			return &a, json.Unmarshal([]byte(text), &a)
		}
		office = o.Parent
	}
	return nil, nil
}

// SetCollectingAccount sets an office's account, or takes it away where it is
// nil. It takes [access.SetPolicy] in the office; who changed it, and from what
// to what, is in the audit.
func SetCollectingAccount(tx store.Tx, plan *campaign.Plan, now time.Time, actor access.Actor, office string, account *outreach.Account) error {
	if err := access.May(actor, access.SetPolicy, office, plan); err != nil {
		return err
	}
	if !plan.HasOffice(office) {
		return journal.Refuse("entry.unknown_office", "office", office)
	}
	details := map[string]string{}
	had, err := tx.Setting(collecting(office))
	if err != nil {
		return err
	}
	if had != "" {
		var a outreach.Account
		if err := json.Unmarshal([]byte(had), &a); err != nil {
			return err
		}
		details["old"] = a.Bank + " " + a.Number
	}
	text := []byte{}
	if account != nil {
		if err := account.Validate(); err != nil {
			return err
		}
		if text, err = json.Marshal(account); err != nil {
			return err
		}
		details["new"] = account.Bank + " " + account.Number
	}
	if err := tx.PutSetting(collecting(office), string(text)); err != nil {
		return err
	}
	return audit.Append(tx, now, audit.Event{
		Act: "setting.changed", Actor: actor.ID, Device: actor.Device, Office: office, Subject: "setting:collecting", Details: details,
	})
}
