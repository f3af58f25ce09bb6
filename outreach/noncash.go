package outreach

import (
	"cmp"

	"caunoi/journal"
)

// NoncashSwitch is a beneficiary's change to being paid without cash.
var NoncashSwitch = journal.Kind{
	Name: "noncash_switch", Version: 1, New: func() journal.Body { return new(SwitchBody) },
	Fact: true, Attaches: true, Person: journal.Required, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"note", "account", "declared", "signature"},
}

// SwitchBody is the body of [NoncashSwitch].
type SwitchBody struct {
	noRefs
	Benefit string `json:"benefit" enum:"pension,monthly_si,one_off,unemployment"`
	Method  string `json:"method" enum:"bank_account,card,wallet"`
	Note    string `json:"note,omitzero"`
	// Account is where the money goes; it is sealed with the person.
	Account   *Account     `json:"account,omitzero"`
	Declared  *Declaration `json:"declared,omitzero"`
	Signed    string       `json:"signed,omitzero" enum:"paper,glass"`
	Signature string       `json:"signature,omitzero" doc:"strokes on the glass, a path of SVG in a field of 600 by 240"`
}

func (b *SwitchBody) Validate() error {
	return cmp.Or(
		one("benefit", b.Benefit, []string{"pension", "monthly_si", "one_off", "unemployment"}),
		one("method", b.Method, []string{"bank_account", "card", "wallet"}),
		text("note", b.Note, 2000),
		b.Account.Validate(), b.Declared.validate(),
		signed(b.Signed, b.Signature),
	)
}
