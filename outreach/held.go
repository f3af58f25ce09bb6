package outreach

import "caunoi/journal"

// ActivityHeld records that a session took place, with its head count.
var ActivityHeld = journal.Kind{
	Name: "activity_held", Version: 1, New: func() journal.Body { return new(HeldBody) },
	Fact: true, OfActivity: true, Activity: journal.Required, Commune: journal.Required,
	Personal: []string{"note"},
}

// HeldBody is the body of [ActivityHeld].
type HeldBody struct {
	noRefs
	// HeadCount is how many people were there, persons.
	HeadCount int    `json:"head_count" minimum:"0" maximum:"100000" doc:"people present"`
	Note      string `json:"note,omitzero"`
}

func (b *HeldBody) Validate() error {
	if b.HeadCount < 0 || b.HeadCount > 100_000 {
		return journal.Refuse("held.head_count", "value", b.HeadCount)
	}
	return text("note", b.Note, 1000)
}
