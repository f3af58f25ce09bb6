package outreach

import (
	"cmp"

	"caunoi/journal"
)

// CardDonation is an HI card given to somebody.
var CardDonation = journal.Kind{
	Name: "card_donation", Version: 1, New: func() journal.Body { return new(DonationBody) },
	Fact: true, Attaches: true, Person: journal.Required, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"donor", "declared", "signature"},
}

// DonationBody is the body of [CardDonation].
type DonationBody struct {
	noRefs
	To     string `json:"to" enum:"student,poor,near_poor,other"`
	Donor  string `json:"donor,omitzero"`
	Months int    `json:"months,omitzero" minimum:"0" maximum:"60"`
	// Declared is what the list of HI (D03-TS) needs.
	Declared  *Declaration `json:"declared,omitzero"`
	Signed    string       `json:"signed,omitzero" enum:"paper,glass"`
	Signature string       `json:"signature,omitzero" doc:"strokes on the glass, a path of SVG in a field of 600 by 240"`
}

func (b *DonationBody) Validate() error {
	if b.Months < 0 || b.Months > 60 {
		return journal.Refuse("entry.value", "field", "months", "value", b.Months)
	}
	return cmp.Or(
		one("to", b.To, []string{"student", "poor", "near_poor", "other"}), text("donor", b.Donor, 200),
		b.Declared.validate(), signed(b.Signed, b.Signature),
	)
}
