package outreach

import (
	"cmp"

	"caunoi/journal"
)

// Consultation is one conversation with one person.
var Consultation = journal.Kind{
	Name: "consultation", Version: 1, New: func() journal.Body { return new(ConsultationBody) },
	Fact: true, Person: journal.Required, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"note"},
}

// ConsultationBody is the body of [Consultation].
type ConsultationBody struct {
	noRefs
	Topics []string `json:"topics,omitzero"`
	// Outcome: joined, promised, refused, not_now; empty if not said.
	Outcome string `json:"outcome,omitzero" enum:"joined,promised,refused,not_now"`
	// Clarity is how clear the answer was to the person.
	Clarity string `json:"clarity,omitzero" enum:"clear,partly,unclear"`
	Note    string `json:"note,omitzero"`
}

func (b *ConsultationBody) Validate() error {
	return cmp.Or(
		list("topics", b.Topics),
		one("outcome", b.Outcome, []string{"", "joined", "promised", "refused", "not_now"}),
		one("clarity", b.Clarity, []string{"", "clear", "partly", "unclear"}),
		text("note", b.Note, 2000),
	)
}
