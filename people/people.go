// Package people is the agency's registry: who lives where, what covers them,
// and what came of the last visit.
//
// A [Person] has two halves. What an agency states (from its lists and by
// hand) is kept as stated. What entries of the journal tell is [Learnt]: it is
// derived from the entries alone by [Learn], in whatever order they come, and
// can be derived anew at any time. Two persons joined by a human's decision
// are an entry of the journal as well: the registry then shows the elder of
// the two, with the visits and the cover of both, and parting them brings each
// back as before.
//
// What tells who somebody is ([Personal]) is sealed under the person's key and
// opened only for whom it concerns. Numbers, the phone and the words of a name
// are found by blind indexes. Place, household, year of birth and cover are in
// clear, since worklists are made of them.
//
// Every reading takes a [Scope]. Only matching sees everybody, and says to no
// office what it found in another one.
package people

import (
	"time"

	"caunoi/access"
	"caunoi/attachment"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/tally"
)

// Person is somebody in the registry.
type Person struct {
	ID journal.ID // the registry id that entries name
	// Office answers for the commune; it follows the plan.
	Office    string
	Commune   string
	Village   string
	Household string
	BirthYear int    // 0 if unknown
	Sex       string // "f", "m"; empty if unknown
	Student   bool
	// NoSchool: of school age, and at no school.
	NoSchool bool
	SIMonths int  // months of social insurance paid so far
	Cash     bool // a pension is paid in cash, as far as lists tell
	// Restricted persons are in no worklist: they asked for it.
	Restricted bool
	// Covers are stated by lists and by hand.
	Covers  []Cover
	Added   time.Time
	Changed time.Time

	Personal // empty until opened
	Learnt

	Assigned string // id of the campaigner
	// Callable: there is a phone number, and consent to call it.
	Callable bool

	Key    string // data key
	Sealed []byte
	// Indexes replace the blind indexes when the person is put; nil leaves them.
	Indexes []string
}

// Personal is what is sealed of a person.
type Personal struct {
	Name    string `json:"name,omitzero"`
	Citizen string `json:"citizen,omitzero"` // 12 digits
	SI      string `json:"si,omitzero"`      // 10 digits
	Card    string `json:"card,omitzero"`    // HI card code, 10 or 15 characters
	Birth   string `json:"birth,omitzero"`   // YYYY-MM-DD
	Phone   string `json:"phone,omitzero"`
	Address string `json:"address,omitzero"`
	Bank    string `json:"bank,omitzero"`
}

// Cover is a span in which a scheme covers somebody.
type Cover struct {
	Scheme outreach.Scheme `json:"scheme"`
	Start  journal.Day     `json:"start,omitzero"`
	End    journal.Day     `json:"end,omitzero"` // the last day; empty: open
	Source string          `json:"source"`       // list, desk, entry:ID
}

// forever stands for an end that is open.
const forever = journal.Day("9999-12-31")

func (c Cover) until() journal.Day {
	if c.End == "" {
		return forever
	}
	return c.End
}

// Learnt is what the journal tells of a person.
type Learnt struct {
	// Lead is the person as whom this one is shown; zero for most.
	Lead journal.ID
	// Paid are covers that were paid or given, by entries.
	Paid []Cover
	// HIUntil and SIUntil are the last day covered; empty for never.
	HIUntil, SIUntil journal.Day
	// InCash is Cash, unless the person has switched since.
	InCash    bool
	LastVisit time.Time
	Outcome   outreach.Outcome
	VisitBy   string
	FollowUp  journal.Day
	Attempts  int // calls by phone
}

// Scope is whom somebody may see: the people of these offices, and of their
// communes only those named if any are. The zero Scope sees nobody.
type Scope struct {
	Offices  []string
	Communes []string
	// Whole is for matching and counting alone.
	Whole bool
}

var everybody = Scope{Whole: true}

// SharedPhone is a day of an office on which people were counted who have one
// phone number.
type SharedPhone struct {
	Office string
	Day    journal.Day
	People int
}

// Tx is what the registry needs of a store's transaction. Persons come back
// sealed, by id unless said otherwise.
type Tx interface {
	audit.Tx
	attachment.Tx

	// PutPeople adds persons, or replaces those with their ids.
	PutPeople(list []Person) error
	// PeopleByID returns those that are there and in scope.
	PeopleByID(s Scope, ids []journal.ID) ([]Person, error)
	// PeopleByKey returns the persons under these data keys.
	PeopleByKey(s Scope, keys []string) ([]Person, error)
	// PeopleByIndex returns who stands under blind indexes; of one that more
	// than most share, nobody.
	PeopleByIndex(s Scope, indexes []string, most int) ([]Indexed, error)
	// SharedPhones finds the days of offices on which at least so many people of
	// the registry who share one phone number were counted, closed, for any of
	// some indicators of a campaign, by how many they are.
	SharedPhones(campaign string, indicators []tally.Indicator, least int) ([]SharedPhone, error)
	// PeopleOfHouseholds returns the ids of those who live in households.
	PeopleOfHouseholds(s Scope, households []Household) ([]journal.ID, error)
	// PeopleLedBy returns those shown as one of these.
	PeopleLedBy(s Scope, ids []journal.ID) ([]Person, error)
	// FindPeople returns a page of a query in its order, where that leaves a
	// choice by id, and where to go on; next is empty at the end.
	FindPeople(s Scope, q Query) (page []Person, next string, err error)
	CountPeople(s Scope, q Query) (int, error)
	// CountLists counts each list of those that a query selects.
	CountLists(s Scope, q Query) (map[List]int, error)
	// Villages sums up the villages of a commune, or of all, by commune and name.
	Villages(s Scope, commune string, today journal.Day) ([]Village, error)
	// UntouchedPeople are at most so many whom nobody changed or visited since
	// before an instant, who have neither cover nor months of insurance nor a
	// pension, and of whom nothing is asked, by id.
	UntouchedPeople(before time.Time, limit int) ([]journal.ID, error)
	// WithdrawnPeople are those of whom each consent was withdrawn before an
	// instant, else as in UntouchedPeople.
	WithdrawnPeople(before time.Time, limit int) ([]journal.ID, error)
	// DropPeople removes persons with all that hangs on them.
	DropPeople(ids []journal.ID) error
	// MoveOffices gives the people of communes to other offices.
	MoveOffices(officeOf map[string]string) error

	// PutAssignments assigns places, with all who live there, and those who
	// come to live there.
	PutAssignments(s Scope, list []Assignment) error
	// Assignments returns those of a commune.
	Assignments(s Scope, communes []string) ([]Assignment, error)

	// PutPair adds a pair; one of the same two keeps its id and its state.
	PutPair(p Pair) error
	// SetPair writes the state of a pair.
	SetPair(p Pair) error
	Pair(s Scope, id journal.ID) (Pair, error)
	// Pairs lists pairs of which a side is in the scope, likeliest first.
	Pairs(s Scope, state PairState, limit int) ([]Pair, error)

	// PutVerification adds or replaces a person's.
	PutVerification(v Verification) error
	// Verification returns a person's; the zero one if there is none. The caller
	// has found the person in scope.
	Verification(person journal.ID) (Verification, error)
	PutConsent(c Consent) error
	ConsentsOf(s Scope, person journal.ID) ([]Consent, error)

	PutRequest(r Request) error
	Request(s Scope, id journal.ID) (Request, error)
	Requests(s Scope, limit int) ([]Request, error)
	// RequestsOf lists those of a person, the last first.
	RequestsOf(s Scope, person journal.ID) ([]Request, error)

	// What seals and opens; see package vault.
	KeysOf(field string, values []string) (map[string]string, error)
	SealUnder(key, place string, plain []byte) ([]byte, error)
	OpenUnder(key, place string, sealed []byte) ([]byte, error)
	Preload(keys []string) error
	Blind(field, value string) string

	// What the journal tells; see package tally.
	TiedTo(tokens []string) ([]tally.Tie, error)
	Records(roots []journal.ID) ([]journal.Stored, error)
	Lock(tokens []string) error
	Open(entries []journal.Stored) error

	Setting(name string) (string, error)
	PutSetting(name, value string) error
}

// Indexed is a person found by a blind index.
type Indexed struct {
	Index  string
	Person Person
}

// Household is a household of a commune.
type Household struct{ Commune, Name string }

// ErrNotFound is what a store returns for a row that is not there, or that is
// out of scope.
var ErrNotFound = access.ErrNotFound

func notFound(id journal.ID) error { return journal.Refuse("not_found", "what", id.String()) }

// event is an act on persons, for the audit.
func event(act audit.Act, actor access.Actor, office, subject string, details map[string]string) audit.Event {
	return audit.Event{Act: act, Actor: actor.ID, Device: actor.Device, Office: office, Subject: subject, Details: details}
}

func subjectOf(id journal.ID) string { return "person:" + id.String() }

// ScopeOf is where the actor holds a right.
func ScopeOf(actor access.Actor, right access.Right, plan *campaign.Plan) Scope {
	s := Scope{Communes: actor.Communes}
	for id := range plan.Offices {
		if access.May(actor, right, id, plan) == nil {
			s.Offices = append(s.Offices, id)
		}
	}
	return s
}
