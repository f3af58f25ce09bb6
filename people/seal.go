package people

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"caunoi/people/identity"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/unicode/norm"

	"caunoi/journal"
	"caunoi/vault"
)

// sortedName is a name in which order, case and tone marks make no difference.
func sortedName(name string) string {
	words := identity.Words(name)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// Numbers by which a person is found, beside the citizen number.
const (
	byCitizen = "person.citizen"
	bySI      = "person.si"
	byCard    = "person.card"
	byPhone   = "person.phone"
	byLike    = "person.like"
	byRow     = "person.row"
	byWord    = "person.word"
)

// PhoneMark begins an index that says of itself that it is of a phone number,
// beside the one by which people are found: so those who share a number can be
// counted without opening anybody.
const PhoneMark = "phone:"

// like is what two rows share that may be one person, where nothing else
// tells; empty if too little is known.
func (p *Person) like() string {
	if p.Name == "" || p.BirthYear == 0 || p.Village == "" {
		return ""
	}
	return strings.Join([]string{sortedName(p.Name), strconv.Itoa(p.BirthYear), p.Commune, sortedName(p.Village)}, "|")
}

// numbers are the indexes of an opened person that may lead to another row of
// the same one.
func (p *Person) numbers(tx Tx) map[string]string {
	out := map[string]string{}
	for _, f := range []struct{ field, value string }{
		{byCitizen, p.Citizen}, {bySI, p.SI}, {byCard, p.Card}, {byPhone, p.Phone}, {byLike, p.like()},
	} {
		if f.value != "" {
			out[tx.Blind(f.field, f.value)] = f.field
		}
	}
	return out
}

// proofs are the indexes of the numbers that tell who somebody is, the surest
// first.
func (p *Person) proofs(tx Tx) (out []string) {
	for _, f := range []struct{ field, value string }{{byCitizen, p.Citizen}, {bySI, p.SI}, {byCard, p.Card}} {
		if f.value != "" {
			out = append(out, tx.Blind(f.field, f.value))
		}
	}
	return out
}

// row is what a list says of somebody without a number, as written: two people
// who share all of it stand under it together.
func (p *Person) row() string {
	return strings.ToLower(strings.Join([]string{p.Name, p.Birth, strconv.Itoa(p.BirthYear), p.Sex, p.Commune, p.Village, p.Household}, "|"))
}

func (p *Person) indexes(tx Tx) []string {
	var out []string
	if len(p.proofs(tx)) == 0 {
		out = append(out, tx.Blind(byRow, p.row()))
	}
	for index, field := range p.numbers(tx) {
		if out = append(out, index); field == byPhone {
			out = append(out, PhoneMark+index)
		}
	}
	for _, w := range identity.Words(p.Name) {
		out = append(out, tx.Blind(byWord, w))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func place(id journal.ID) string { return "person/" + id.String() }

// seal gives each of these opened persons a key, seals what is personal and
// sets the indexes. The key belongs to the citizen number, else to the
// registry id: so it is that of their entries.
func seal(tx Tx, list []Person) error {
	var citizens, ids []string
	for i := range list {
		if c := list[i].Citizen; c != "" {
			citizens = append(citizens, c)
		} else {
			ids = append(ids, list[i].ID.String())
		}
	}
	byNumber, err := tx.KeysOf("citizen", citizens)
	if err != nil {
		return err
	}
	byID, err := tx.KeysOf("registry", ids)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		p.Key = byID[p.ID.String()]
		if p.Citizen != "" {
			p.Key = byNumber[p.Citizen]
		}
		plain, err := json.Marshal(&p.Personal)
		if err == nil {
			p.Sealed, err = tx.SealUnder(p.Key, place(p.ID), plain)
		}
		if err != nil {
			return fmt.Errorf("seal person %s: %w", p.ID, err)
		}
		p.Indexes = p.indexes(tx)
	}
	return nil
}

// Open puts what is personal back into persons; of those erased it stays empty.
func Open(tx Tx, list []Person) error {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = list[i].Key
	}
	if err := tx.Preload(keys); err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		plain, err := tx.OpenUnder(p.Key, place(p.ID), p.Sealed)
		if errors.Is(err, vault.ErrErased) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(plain, &p.Personal)
		}
		if err != nil {
			return fmt.Errorf("open person %s: %w", p.ID, err)
		}
	}
	return nil
}

// Masked is what every list shows of a person.
type Masked struct{ Name, Citizen, Phone string }

// Mask shows of an opened person first letters and last digits.
func (p *Person) Mask() Masked {
	words := strings.Fields(p.Name)
	for i, w := range words {
		for _, r := range norm.NFC.String(w) {
			words[i] = string(r) + "***"
			break
		}
	}
	return Masked{strings.Join(words, " "), tail(p.Citizen), tail(p.Phone)}
}

// tail hides all but the last three characters.
func tail(number string) string {
	all := []rune(number)
	n := max(0, len(all)-3)
	if n == 0 {
		return strings.Repeat("*", len(all))
	}
	return strings.Repeat("*", n) + string(all[n:])
}

// earlier orders persons by when they came into the registry.
func earlier(a, b Person) int { return cmp.Or(a.ID.Compare(b.ID)) }
