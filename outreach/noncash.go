package outreach

import (
	"cmp"

	"caunoi/journal"
)

// NoncashSwitch is a beneficiary's change to being paid without cash.
var NoncashSwitch = journal.Kind{
	Name: "noncash_switch", Version: 1, New: func() journal.Body { return new(SwitchBody) },
	Fact: true, Person: journal.Required, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"note"},
}

// SwitchBody is the body of [NoncashSwitch]. It holds no account number.
type SwitchBody struct {
	noRefs
	Benefit string `json:"benefit" enum:"pension,monthly_si,one_off,unemployment"`
	Method  string `json:"method" enum:"bank_account,card,wallet"`
	Note    string `json:"note,omitzero"`
}

func (b *SwitchBody) Validate() error {
	return cmp.Or(
		one("benefit", b.Benefit, []string{"pension", "monthly_si", "one_off", "unemployment"}),
		one("method", b.Method, []string{"bank_account", "card", "wallet"}),
		text("note", b.Note, 2000),
	)
}
