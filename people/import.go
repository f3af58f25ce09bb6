package people

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people/identity"
)

// Record is what a list or a form says of one person; what is empty, or nil,
// says nothing.
type Record struct {
	Personal
	Commune, Village, Household string
	BirthYear                   int
	Sex                         string
	Student, NoSchool, Cash     *bool
	SIMonths                    *int
	Covers                      []Cover
}

// Status is what became of a record.
type Status string

const (
	Added   Status = "added"
	Changed Status = "changed"
	Same    Status = "same"
	Refused Status = "refused"
)

// RowOutcome is the answer for one record.
type RowOutcome struct {
	Status  Status
	ID      journal.ID
	Refusal *journal.Refusal // of a refused one
	Doubts  []identity.Doubt // what disagrees in what is now known
}

// Registry is what writing to the registry needs beside a transaction.
type Registry struct {
	Schema *journal.Schema
	Now    func() time.Time
}

// Import takes records of a list, in their order. A person is known again by
// the citizen number, else by the SI number, else by the card, never by the
// name alone, and only among those whom the actor sees: somebody who is known
// to another office is added here as anybody would be, and the two become a
// pair for the office above both. Taking the same records again changes
// nothing. Some 500 records are a good batch. Whoever calls records the import
// in the audit.
func (r Registry) Import(tx Tx, plan *campaign.Plan, actor access.Actor, rows []Record) ([]RowOutcome, error) {
	scope := ScopeOf(actor, access.ImportPeople, plan)
	return r.take(tx, plan, scope, rows, "list")
}

// Add is [Registry.Import] of one person by hand.
func (r Registry) Add(tx Tx, plan *campaign.Plan, actor access.Actor, row Record) (RowOutcome, error) {
	out, err := r.take(tx, plan, ScopeOf(actor, access.EditPeople, plan), []Record{row}, "desk")
	if err != nil || out[0].Status == Refused || out[0].Status == Same {
		return first(out), err
	}
	act := map[Status]audit.Act{Added: "person.added", Changed: "person.changed"}[out[0].Status]
	return out[0], audit.Append(tx, r.Now(), event(act, actor, plan.OfficeOf(row.Commune, journal.DayOf(r.Now())), subjectOf(out[0].ID), nil))
}

func first(out []RowOutcome) (o RowOutcome) {
	if len(out) > 0 {
		o = out[0]
	}
	return o
}

func (r Registry) take(tx Tx, plan *campaign.Plan, scope Scope, rows []Record, source string) ([]RowOutcome, error) {
	out := make([]RowOutcome, len(rows))
	for i := range rows {
		if err := rows[i].tidy(); err != nil {
			out[i] = RowOutcome{Status: Refused, Refusal: err}
		}
	}
	known, err := match(tx, scope, rows)
	if err != nil {
		return nil, err
	}
	batch := map[journal.ID]*Person{} // by id, as they will be
	var order []journal.ID
	for i := range rows {
		row := &rows[i]
		if out[i].Status == Refused {
			continue
		}
		if err := row.check(plan, scope, journal.DayOf(r.Now())); err != nil {
			out[i] = RowOutcome{Status: Refused, Refusal: err}
			continue
		}
		had := known.of(tx, row)
		p := Person{ID: journal.NewID(), Added: now(r.Now())}
		out[i] = RowOutcome{Status: Added, ID: p.ID}
		if had != nil {
			p = *had
			out[i] = RowOutcome{Status: Changed, ID: p.ID}
		}
		before := p
		row.apply(&p, source)
		p.Office = plan.OfficeOf(p.Commune, journal.DayOf(r.Now()))
		out[i].Doubts = p.Doubts()
		if had != nil && sameStated(&before, &p) {
			out[i].Status = Same
			continue
		}
		p.Changed = now(r.Now())
		if batch[p.ID] == nil {
			order = append(order, p.ID)
		}
		batch[p.ID] = &p
		known.learn(tx, &p)
	}
	list := make([]Person, len(order))
	for i, id := range order {
		list[i] = *batch[id]
	}
	return out, r.put(tx, plan, list)
}

func now(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// put seals and writes persons that are new or changed, finds what the journal
// knows of them, and who of them may be somebody else who is here.
func (r Registry) put(tx Tx, plan *campaign.Plan, list []Person) error {
	if len(list) == 0 {
		return nil
	}
	if err := seal(tx, list); err != nil {
		return err
	}
	if err := inherit(tx, list); err != nil {
		return err
	}
	if err := tx.PutPeople(list); err != nil {
		return err
	}
	ids := make([]journal.ID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	if err := r.settle(tx, plan, ids); err != nil {
		return err
	}
	return r.pair(tx, list)
}

// inherit assigns those who come to live in a place that is assigned.
func inherit(tx Tx, list []Person) error {
	communes := map[string]bool{}
	for i := range list {
		communes[list[i].Commune] = true
	}
	given, err := tx.Assignments(everybody, slices.Sorted(maps.Keys(communes)))
	if err != nil {
		return err
	}
	by := map[[3]string]string{}
	for _, a := range given {
		by[[3]string{a.Commune, a.Village, a.Household}] = a.To
	}
	for i := range list {
		p := &list[i]
		to, ok := by[[3]string{p.Commune, p.Village, p.Household}]
		if !ok {
			to = by[[3]string{p.Commune, p.Village, ""}]
		}
		p.Assigned = to
	}
	return nil
}

// known are the persons whom the records of a batch may be.
type known map[string]*Person // by blind index

// match finds, by number, whom records may speak of. Keys come first: who asks
// for the key of a number that another transaction is adding waits for it.
func match(tx Tx, scope Scope, rows []Record) (known, error) {
	var citizens, indexes []string
	for i := range rows {
		if c := rows[i].Citizen; c != "" {
			citizens = append(citizens, c)
		}
		indexes = append(indexes, rows[i].lookups(tx)...)
	}
	if _, err := tx.KeysOf("citizen", citizens); err != nil {
		return nil, err
	}
	found, err := tx.PeopleByIndex(scope, indexes, mostAlike)
	if err != nil {
		return nil, err
	}
	list := make([]Person, len(found))
	for i := range found {
		list[i] = found[i].Person
	}
	if err := Open(tx, list); err != nil {
		return nil, err
	}
	k := known{}
	for i := range found {
		p := &list[i]
		if had := k[found[i].Index]; had == nil || earlier(*p, *had) < 0 {
			k[found[i].Index] = p
		}
	}
	return k, nil
}

// lookups are the indexes by which a record is known again, the surest first. A
// row without any number is known again as the very same row.
func (row *Record) lookups(tx Tx) []string {
	p := Person{
		Personal: row.Personal, BirthYear: row.BirthYear, Sex: row.Sex, Commune: row.Commune, Village: row.Village, Household: row.Household,
	}
	if out := p.proofs(tx); len(out) > 0 {
		return out
	}
	return []string{tx.Blind(byRow, p.row())}
}

func (k known) of(tx Tx, row *Record) *Person {
	for _, index := range row.lookups(tx) {
		p := k[index]
		if p != nil && (row.Citizen == "" || p.Citizen == "" || p.Citizen == row.Citizen) {
			return p
		}
	}
	return nil
}

func (k known) learn(tx Tx, p *Person) {
	for _, index := range p.proofs(tx) {
		k[index] = p
	}
}

// tidy puts what was typed into the form in which it is kept.
func (row *Record) tidy() *journal.Refusal {
	row.Name = identity.Name(row.Name)
	for _, f := range []struct {
		value *string
		read  func(string) (string, error)
	}{
		{&row.Citizen, identity.Citizen}, {&row.SI, identity.SI}, {&row.Card, identity.Card}, {&row.Phone, identity.Phone}, {&row.Sex, identity.Sex},
	} {
		if *f.value = strings.TrimSpace(*f.value); *f.value == "" {
			continue
		}
		kept, err := f.read(*f.value)
		if err != nil {
			return err.(*journal.Refusal)
		}
		*f.value = kept
	}
	if row.Birth = strings.TrimSpace(row.Birth); row.Birth != "" {
		day, year, err := identity.Birth(row.Birth)
		if err != nil {
			return err.(*journal.Refusal)
		}
		row.Birth, row.BirthYear = string(day), year
	}
	return nil
}

// Doubts are what disagrees in what is known of an opened person.
func (p *Person) Doubts() []identity.Doubt {
	return identity.Doubts(identity.Facts{Citizen: p.Citizen, SI: p.SI, Card: p.Card, Sex: p.Sex, BirthYear: p.BirthYear})
}

func (row *Record) check(plan *campaign.Plan, scope Scope, today journal.Day) *journal.Refusal {
	refuse := func(code string, pairs ...any) *journal.Refusal {
		return journal.Refuse(code, pairs...).(*journal.Refusal)
	}
	if strings.TrimSpace(row.Name) == "" {
		return refuse("people.no_name")
	}
	if !plan.HasCommune(row.Commune) || !scope.Holds(plan.OfficeOf(row.Commune, today), row.Commune) {
		return refuse("people.commune", "commune", row.Commune)
	}
	if row.SIMonths != nil && (*row.SIMonths < 0 || *row.SIMonths > 900) {
		return refuse("people.value", "field", "si_months")
	}
	if row.BirthYear != 0 && (row.BirthYear < 1880 || row.BirthYear > 2200) {
		return refuse("people.value", "field", "birth")
	}
	for _, f := range []struct{ name, value string }{
		{"name", row.Name},
		{"si", row.SI},
		{"card", row.Card},
		{"phone", row.Phone},
		{"address", row.Address},
		{"bank", row.Bank},
		{"village", row.Village},
		{"household", row.Household},
	} {
		if utf8.RuneCountInString(f.value) > 200 || strings.ContainsFunc(f.value, unicode.IsControl) {
			return refuse("people.value", "field", f.name)
		}
	}
	for _, cover := range row.Covers {
		if !cover.valid() {
			return refuse("people.value", "field", "coverage")
		}
	}
	return nil
}

// Holds says that a place is in the scope.
func (s Scope) Holds(office, commune string) bool {
	return s.Whole || slices.Contains(s.Offices, office) && (len(s.Communes) == 0 || slices.Contains(s.Communes, commune))
}

// apply puts what the record says over what is known.
func (row *Record) apply(p *Person, source string) {
	set := func(to *string, value string) {
		if value = strings.TrimSpace(norm.NFC.String(value)); value != "" {
			*to = value
		}
	}
	set(&p.Name, row.Name)
	set(&p.Citizen, row.Citizen)
	set(&p.SI, row.SI)
	set(&p.Card, row.Card)
	set(&p.Birth, row.Birth)
	set(&p.Phone, row.Phone)
	set(&p.Address, row.Address)
	set(&p.Bank, row.Bank)
	set(&p.Commune, row.Commune)
	set(&p.Village, row.Village)
	set(&p.Household, row.Household)
	set(&p.Sex, row.Sex)
	if row.BirthYear != 0 {
		p.BirthYear = row.BirthYear
	}
	if len(row.Birth) >= 4 {
		if y, err := strconv.Atoi(row.Birth[:4]); err == nil {
			p.BirthYear = y
		}
	}
	for _, f := range []struct{ to, from *bool }{{&p.Student, row.Student}, {&p.NoSchool, row.NoSchool}, {&p.Cash, row.Cash}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if row.SIMonths != nil {
		p.SIMonths = *row.SIMonths
	}
	p.Covers = slices.Clone(p.Covers)
	for _, c := range row.Covers {
		c.Source = source
		i := slices.IndexFunc(p.Covers, func(had Cover) bool { return had.Scheme == c.Scheme && had.Start == c.Start })
		if i < 0 {
			p.Covers = append(p.Covers, c)
		} else {
			p.Covers[i] = c
		}
	}
}

// sameStated says that nothing that an agency states differs.
func sameStated(a, b *Person) bool {
	x, y := *a, *b
	for _, p := range []*Person{&x, &y} {
		p.Learnt, p.Indexes, p.Sealed, p.Key, p.Assigned, p.Callable = Learnt{}, nil, nil, "", "", false
		p.Added, p.Changed = time.Time{}, time.Time{}
		if len(p.Covers) == 0 {
			p.Covers = nil
		}
	}
	return reflect.DeepEqual(x, y)
}
