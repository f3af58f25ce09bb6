package outreach

import (
	"cmp"
	"strings"
	"unicode"

	"caunoi/journal"
	"caunoi/people/identity"
)

// Declaration is what the official forms ask of somebody beyond who it is:
// TK1-TS (the declaration of who joins), D03-TS (the list of HI) and D05-TS
// (the list of voluntary SI), all of Decision 490/QĐ-BHXH of 28 March 2023. All
// of it is personal, and none of it is needed to count: what is not known
// yet is left out.
type Declaration struct {
	Phone string `json:"phone,omitzero" doc:"as it is dialled in the country, 0912345678"`
	// Ethnic is the ethnic group as it is written on papers.
	Ethnic      string `json:"ethnic,omitzero"`
	Nationality string `json:"nationality,omitzero" doc:"two letters of ISO 3166; empty is VN"`
	// Address is where papers are sent: house, road, village.
	Address string `json:"address,omitzero"`
	// Head is the name of the head of the household, Relation what that person
	// is to whom the entry is about.
	Head     string `json:"head,omitzero"`
	Relation string `json:"relation,omitzero" enum:"self,spouse,child,parent,sibling,grandchild,grandparent,other" doc:"what the person is to the head of the household"`
	// Hospital is where somebody goes first for treatment (nơi đăng ký KCB ban đầu).
	Hospital string `json:"hospital,omitzero"`
	SI       string `json:"si,omitzero" doc:"SI number, 10 digits, or 12 since 2025-08-01"`
	Card     string `json:"card,omitzero" doc:"code of the HI card, 15 or 10 characters"`
}

// Relations are what somebody may be to the head of a household.
var Relations = []string{"self", "spouse", "child", "parent", "sibling", "grandchild", "grandparent", "other"}

// validate takes numbers only as they are kept; a phone or a desk puts them
// right before (package identity).
func (d *Declaration) validate() error {
	if d == nil {
		return nil
	}
	if d.Nationality != "" && (len(d.Nationality) != 2 || strings.ToUpper(d.Nationality) != d.Nationality) {
		return journal.Refuse("people.value", "field", "nationality")
	}
	return cmp.Or(
		kept("phone", d.Phone, identity.Phone), kept("si", d.SI, identity.SI), kept("card", d.Card, identity.Card),
		one("relation", d.Relation, append([]string{""}, Relations...)),
		line("ethnic", d.Ethnic, 50), line("address", d.Address, 200), line("head", d.Head, 200), line("hospital", d.Hospital, 200),
	)
}

// Terms are on what somebody joins, and what that costs. The amount is that of
// the policy engine on that day; nobody types it.
type Terms struct {
	// Group is the group for the state's support, by its name in package policy.
	Group string `json:"group,omitzero"`
	// Income is what voluntary SI is paid on, đồng a month.
	Income int64 `json:"income,omitzero" doc:"đồng a month" minimum:"0"`
	// Member is which of the household joins in that year, from 1, for the
	// reduction of household HI.
	Member int `json:"member,omitzero" minimum:"0" maximum:"30"`
	// Amount is what the person pays, đồng, and Support what the state adds.
	Amount  int64 `json:"amount,omitzero" doc:"đồng" minimum:"0"`
	Support int64 `json:"support,omitzero" doc:"đồng" minimum:"0"`
}

// mostDong is beyond any contribution, in đồng.
const mostDong = 10_000_000_000

func (t *Terms) validate() error {
	if t == nil {
		return nil
	}
	if t.Member < 0 || t.Member > 30 {
		return journal.Refuse("entry.value", "field", "member", "value", t.Member)
	}
	for _, n := range []int64{t.Income, t.Amount, t.Support} {
		if n < 0 || n > mostDong {
			return journal.Refuse("terms.amount")
		}
	}
	return line("group", t.Group, 50)
}

// Payment is how the amount was handed over.
type Payment struct {
	Method string `json:"method" enum:"cash,transfer,vietqr"`
	// Receipt is the number on the paper receipt, or of the transfer.
	Receipt string `json:"receipt,omitzero"`
	// Purpose is the text that the transfer carries, by which it is found in the
	// account.
	Purpose string `json:"purpose,omitzero"`
}

func (p *Payment) validate() error {
	if p == nil {
		return nil
	}
	return cmp.Or(
		one("payment", p.Method, []string{"cash", "transfer", "vietqr"}),
		line("receipt", p.Receipt, 50), line("purpose", p.Purpose, 50),
	)
}

// Account is a bank account, by the number of the bank at NAPAS (its BIN).
type Account struct {
	Bank   string `json:"bank" doc:"BIN of the bank, 6 digits"`
	Number string `json:"number"`
	Holder string `json:"holder,omitzero"`
}

// Validate returns a *journal.Refusal for what is no account; none is fine.
func (a *Account) Validate() error {
	if a == nil {
		return nil
	}
	if !ValidBIN(a.Bank) {
		return journal.Refuse("people.value", "field", "bank")
	}
	if !ValidAccount(a.Number) {
		return journal.Refuse("people.value", "field", "account")
	}
	return line("holder", a.Holder, 200)
}

// ValidBIN says whether a text is the number of a bank: 6 digits (ISO 7812).
func ValidBIN(text string) bool {
	return len(text) == 6 && strings.Trim(text, "0123456789") == ""
}

// ValidAccount says whether a text may be the number of an account: 6 to 19
// letters and digits, as NAPAS carries them.
func ValidAccount(text string) bool {
	return len(text) >= 6 && len(text) <= 19 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z')
	})
}

// mostStrokes is the longest signature, bytes: some 900 points.
const mostStrokes = 8000

// signed checks how somebody signed: on paper, or on the phone's glass. Strokes
// are lines alone, "M12 34L15 36", so that nothing else can be drawn by them.
func signed(how, strokes string) error {
	if len(strokes) > mostStrokes {
		return journal.Refuse("entry.too_long", "field", "signature")
	}
	if strings.Trim(strokes, "ML 0123456789") != "" || strokes != "" && (how != "glass" || strokes[0] != 'M') {
		return journal.Refuse("people.value", "field", "signature")
	}
	return one("signed", how, []string{"", "paper", "glass"})
}

// kept refuses a number that is not in the form in which it is kept.
func kept(field, value string, read func(string) (string, error)) error {
	if value == "" {
		return nil
	}
	if got, err := read(value); err != nil || got != value {
		return journal.Refuse("people.value", "field", field)
	}
	return nil
}

// line refuses what is no line of text of at most so many characters.
func line(field, value string, most int) error {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return journal.Refuse("entry.control", "field", field)
	}
	return text(field, value, most)
}
