package outreach

import (
	"cmp"

	"caunoi/journal"
)

// Visit is a call at somebody's door or by phone, and what came of it. It is
// no consultation: nobody counts as reached by it.
var Visit = journal.Kind{
	Name: "visit", Version: 1, New: func() journal.Body { return new(VisitBody) },
	Fact: true, Person: journal.Optional, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"reason", "note"},
}

// Outcome is what came of a visit.
type Outcome string

const (
	Joined   Outcome = "joined"
	Promised Outcome = "promised" // by a date
	Declined Outcome = "refused"  // with a reason
	NotHome  Outcome = "not_home"
	Moved    Outcome = "moved"
)

// Outcomes are all outcomes.
var Outcomes = []string{string(Joined), string(Promised), string(Declined), string(NotHome), string(Moved)}

// VisitBody is the body of [Visit]. The visit is to the person that the entry
// names, or to a whole household of the entry's commune.
type VisitBody struct {
	noRefs
	Outcome Outcome `json:"outcome" enum:"joined,promised,refused,not_home,moved"`
	// Date is when to come again; a promise has one.
	Date      journal.Day `json:"date,omitzero"`
	ByPhone   bool        `json:"by_phone,omitzero"`
	Household string      `json:"household,omitzero" doc:"the household's code in the registry, where nobody is named"`
	Reason    string      `json:"reason,omitzero"`
	Note      string      `json:"note,omitzero"`
}

func (b *VisitBody) Validate() error {
	if b.Date != "" {
		if _, err := journal.ParseDay(string(b.Date)); err != nil {
			return journal.Refuse("entry.value", "field", "date", "value", string(b.Date))
		}
	}
	if b.Outcome == Promised && b.Date == "" {
		return journal.Refuse("entry.missing", "field", "date")
	}
	if b.Outcome == Declined && b.Reason == "" {
		return journal.Refuse("entry.missing", "field", "reason")
	}
	return cmp.Or(
		one("outcome", string(b.Outcome), Outcomes),
		text("household", b.Household, 100),
		text("reason", b.Reason, 500),
		text("note", b.Note, 2000),
	)
}
