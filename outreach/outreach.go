// Package outreach holds the kinds of entry that record work with people: a
// session held, who will come to it and who was there, a consultation, a question, an enrolment and its stages, a
// switch to non-cash payment, a donated card, a visit, two persons found to be one,
// a question sent back to an author, and the closing of a day or a campaign. Each kind is one file: its schema
// and what can never be right in it. What it does to figures is in package
// tally.
package outreach

import (
	"slices"
	"unicode/utf8"

	"caunoi/campaign"
	"caunoi/journal"
)

// Schema is every kind of entry that Caunoi takes.
func Schema() *journal.Schema {
	return journal.NewSchema(
		campaign.ActivityPlanned, campaign.ActivityMoved, campaign.ActivityCancelled,
		ActivityHeld, Confirmation, Attendance, Consultation, Question, Enrolment, EnrolmentStage,
		NoncashSwitch, CardDonation, Visit, PersonsJoined, SentBack, Closing, Reopening,
	)
}

// one refuses a value that is not among those allowed.
func one(field, value string, allowed []string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return journal.Refuse("entry.value", "field", field, "value", value)
}

// text refuses what is longer than a person reads, in characters.
func text(field, value string, most int) error {
	if utf8.RuneCountInString(value) > most {
		return journal.Refuse("entry.too_long", "field", field)
	}
	return nil
}

func list(field string, values []string) error {
	if len(values) > 20 {
		return journal.Refuse("entry.too_long", "field", field)
	}
	for _, v := range values {
		if err := text(field, v, 100); err != nil {
			return err
		}
	}
	return nil
}

// noRefs is embedded by bodies that name no other entry.
type noRefs struct{}

func (noRefs) Refs() []journal.ID { return nil }
