package outreach

import "caunoi/journal"

// PersonsJoined is a human's decision that two records speak of one person.
// Withdrawing it parts them again. There is no "not the same" entry, since
// its result would depend on order.
var PersonsJoined = journal.Kind{
	Name: "persons_joined", Version: 1, New: func() journal.Body { return new(JoinedBody) },
	Personal: []string{"reason"},
}

// JoinedBody is the body of [PersonsJoined].
type JoinedBody struct {
	A      PersonRef `json:"a"`
	B      PersonRef `json:"b"`
	Reason string    `json:"reason,omitzero"`
}

// PersonRef names a person in exactly one way. There is none by citizen
// number: who has one is joined to others with the same without a decision.
type PersonRef struct {
	Registry string     `json:"registry,omitzero"`
	Entry    journal.ID `json:"entry,omitzero" doc:"an entry that names the person"`
}

func (r PersonRef) valid() bool {
	return (r.Registry != "") != !r.Entry.IsZero()
}

func (b *JoinedBody) Refs() []journal.ID {
	var out []journal.ID
	for _, r := range []PersonRef{b.A, b.B} {
		if !r.Entry.IsZero() {
			out = append(out, r.Entry)
		}
	}
	return out
}

func (b *JoinedBody) Validate() error {
	if !b.A.valid() || !b.B.valid() || b.A == b.B {
		return journal.Refuse("joined.two_persons")
	}
	return text("reason", b.Reason, 1000)
}
