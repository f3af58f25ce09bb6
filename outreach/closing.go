package outreach

import (
	"cmp"

	"caunoi/journal"
)

// Closing (chốt số liệu) confirms a day of an office and of those below it,
// or a whole campaign. What arrives later is late. It is undone by a
// [Reopening] alone, so it cannot be superseded.
var Closing = journal.Kind{
	Name: "closing", Version: 1, New: func() journal.Body { return new(ClosingBody) }, Final: true,
	Personal: []string{"reason"},
}

// Reopening lifts a closing of the same scope.
var Reopening = journal.Kind{
	Name: "reopening", Version: 1, New: func() journal.Body { return new(ClosingBody) }, Final: true,
	Personal: []string{"reason"},
}

// ClosingBody is the body of [Closing] and [Reopening].
type ClosingBody struct {
	noRefs
	Scope string `json:"scope" enum:"day,campaign"`
	// Day is the day closed; empty for a campaign.
	Day    journal.Day `json:"day,omitzero"`
	Reason string      `json:"reason,omitzero"`
}

func (b *ClosingBody) Validate() error {
	if (b.Scope == "day") != (b.Day != "") {
		return journal.Refuse("closing.day")
	}
	if b.Day != "" {
		if _, err := journal.ParseDay(string(b.Day)); err != nil {
			return journal.Refuse("entry.value", "field", "day", "value", string(b.Day))
		}
	}
	return cmp.Or(one("scope", b.Scope, []string{"day", "campaign"}), text("reason", b.Reason, 1000))
}
