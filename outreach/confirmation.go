package outreach

import (
	"slices"
	"time"

	"caunoi/journal"
)

// Confirmation says whether its author will come to a session that is planned.
// It is about who works, so it moves no figure and may come before the campaign
// begins. The last of an author about an activity holds, for the start that it
// names: a worker without network confirms what the phone shows, which may have
// been moved meanwhile.
var Confirmation = journal.Kind{
	Name: "confirmation", Version: 1, New: func() journal.Body { return new(ConfirmationBody) },
	Activity: journal.Required, Commune: journal.Required,
}

// ConfirmationBody is the body of [Confirmation].
type ConfirmationBody struct {
	noRefs
	Coming bool      `json:"coming"`
	For    time.Time `json:"for" doc:"the start of the activity as its author saw it"`
	// Reason is why its author cannot come; a choice, since what somebody would
	// write here is nobody's business.
	Reason string `json:"reason,omitzero" enum:"work,personal,travel,other"`
}

// Absences are why somebody cannot come.
var Absences = []string{"work", "personal", "travel", "other"}

func (b *ConfirmationBody) Validate() error {
	if b.For.IsZero() {
		return journal.Refuse("entry.missing", "field", "for")
	}
	if b.Reason != "" && (b.Coming || !slices.Contains(Absences, b.Reason)) {
		return journal.Refuse("entry.value", "field", "reason", "value", b.Reason)
	}
	return nil
}
