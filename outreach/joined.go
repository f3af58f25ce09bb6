package outreach

import "caunoi/journal"

// PersonsJoined is a human's decision that two records speak of one person.
// Withdrawing it parts them again. There is no "not the same" entry, since
// its result would depend on order.
var PersonsJoined = journal.Kind{
	Name: "persons_joined", Version: 1, New: func() journal.Body { return new(JoinedBody) },
}

// JoinedBody is the body of [PersonsJoined].
type JoinedBody struct {
	A      PersonRef `json:"a"`
	B      PersonRef `json:"b"`
	Reason string    `json:"reason,omitzero"`
}

// PersonRef names a person in exactly one way.
type PersonRef struct {
	Registry string     `json:"registry,omitzero"`
	Citizen  string     `json:"citizen,omitzero"`
	Entry    journal.ID `json:"entry,omitzero" doc:"an entry that names the person"`
}

func (r PersonRef) valid() bool {
	n := 0
	for _, set := range []bool{r.Registry != "", r.Citizen != "", !r.Entry.IsZero()} {
		if set {
			n++
		}
	}
	return n == 1
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
