package outreach

import (
	"strings"
	"unicode/utf8"

	"caunoi/journal"
)

// SentBack is a question that a lead has about somebody's record, for its
// author to answer by a correction, or by the same record said again. It moves
// no figure: until the answer comes the record counts as it is. Withdrawing it
// takes the question back.
var SentBack = journal.Kind{
	Name: "sent_back", Version: 1, New: func() journal.Body { return new(SentBackBody) }, Asks: true,
	Commune: journal.Optional, Personal: []string{"question"},
}

// The limits of a question that is sent back, in characters.
const (
	LeastAsked = 5
	MostAsked  = 300
)

// SentBackBody is the body of [SentBack].
type SentBackBody struct {
	Entry    journal.ID `json:"entry" doc:"the version of the record that is asked about"`
	Question string     `json:"question" minLength:"5" maxLength:"300"`
}

func (b *SentBackBody) Refs() []journal.ID { return []journal.ID{b.Entry} }

func (b *SentBackBody) Validate() error {
	if b.Entry.IsZero() {
		return journal.Refuse("entry.missing", "field", "entry")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(b.Question)); n < LeastAsked || n > MostAsked {
		return journal.Refuse("sent_back.question", "least", LeastAsked, "most", MostAsked)
	}
	return nil
}
