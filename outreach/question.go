package outreach

import (
	"cmp"

	"caunoi/journal"
)

// Question is a question with its answer, or with the promise of one. A
// person need not be named to ask.
var Question = journal.Kind{
	Name: "question", Version: 1, New: func() journal.Body { return new(QuestionBody) },
	Fact: true, Person: journal.Optional, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"text", "answer"},
}

// QuestionBody is the body of [Question].
type QuestionBody struct {
	noRefs
	Text   string `json:"text"`
	Topic  string `json:"topic,omitzero"`
	Answer string `json:"answer,omitzero"`
	// Answered: at_once, later, or pending with a promise.
	Answered  string      `json:"answered" enum:"at_once,later,pending"`
	Satisfied string      `json:"satisfied,omitzero" enum:"yes,partly,no"`
	PromiseBy journal.Day `json:"promise_by,omitzero"`
}

func (b *QuestionBody) Validate() error {
	if b.Text == "" {
		return journal.Refuse("entry.missing", "field", "text")
	}
	if b.PromiseBy != "" {
		if _, err := journal.ParseDay(string(b.PromiseBy)); err != nil {
			return journal.Refuse("entry.value", "field", "promise_by", "value", string(b.PromiseBy))
		}
	}
	return cmp.Or(
		one("answered", b.Answered, []string{"at_once", "later", "pending"}),
		one("satisfied", b.Satisfied, []string{"", "yes", "partly", "no"}),
		text("text", b.Text, 2000), text("answer", b.Answer, 4000), text("topic", b.Topic, 100),
	)
}
