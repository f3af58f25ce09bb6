package identity

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"caunoi/journal"
)

// Paper is what a card says of its holder; what it does not say, or what
// cannot be read of it, is empty.
type Paper struct {
	Citizen   string
	Old       string // the number of 9 digits from before
	Card      string // of a health-insurance card
	Name      string
	Birth     journal.Day
	BirthYear int
	Sex       string
	Address   string
}

// ReadQR reads the text of the QR code on an ID card (seven fields between
// bars: number, old number, name, birth, sex, address, date of issue; later
// cards may have more) or on a health-insurance card (code, name, birth, sex,
// address and more, of which name and address are UTF-8 in hexadecimal). A
// field that cannot be read stays empty; a text that is no such code is
// refused with person.qr. A phone reads as this does (ui/field/scan/paper.ts):
// both are held to testdata/qr.json.
func ReadQR(text string) (p Paper, err error) {
	f := strings.Split(strings.TrimSpace(text), "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	bad := journal.Refuse("person.qr")
	if len(f) < 5 || len(text) > 4096 || !utf8.ValidString(text) {
		return p, bad
	}
	if len(f) >= 6 && len(f[0]) == 12 {
		// The old number's field is empty or a number; a name stands there on
		// a health-insurance card of 12 digits.
		if n, err := Citizen(f[0]); err == nil && (f[1] == "" || len(f[1]) == 9 && numeric(f[1])) {
			p.Citizen, p.Old, p.Name, p.Address = n, f[1], Name(f[2]), Name(f[5])
			p.Birth, p.BirthYear, _ = Birth(f[3])
			p.Sex, _ = Sex(f[4])
			return p, nil
		}
	}
	if p.Card, err = Card(f[0]); err != nil {
		return Paper{}, bad
	}
	p.Name, p.Address = Name(unhex(f[1])), Name(unhex(f[4]))
	p.Birth, p.BirthYear, _ = Birth(f[2])
	p.Sex, _ = Sex(f[3])
	if len(p.Card) == 12 {
		p.Citizen = p.Card
	}
	return p, nil
}

// unhex decodes UTF-8 in hexadecimal; what is not that stays.
func unhex(s string) string {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) == 0 || !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}
