package people

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"caunoi/people/identity"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// List is a worklist: whom to visit, and why.
type List string

const (
	Uncovered  List = "uncovered"       // no HI today
	Ends30     List = "hi_30"           // HI ends within 30 days
	Ends60     List = "hi_60"           // within 60 days
	Lapsed     List = "hi_lapsed"       // HI has ended
	Missing15  List = "si_missing_15"   // see [Missing15From]
	PensionDue List = "pension_cash"    // a pension that is paid in cash
	NoCard     List = "student_no_card" // a student without HI today
	FollowUps  List = "follow_up"       // to come again today, or before
)

// Lists are all worklists.
var Lists = []List{Uncovered, Ends30, Ends60, Lapsed, Missing15, PensionDue, NoCard, FollowUps}

// Months of social insurance with which somebody would reach a pension by
// paying what is missing at once: 15 years are needed (Law 41/2024, Art. 98),
// and at most 5 can be paid in one go (Art. 36).
const (
	Missing15From = 10 * 12
	Missing15To   = 15*12 - 1
)

// Query selects people.
type Query struct {
	List     List // empty for all
	Today    journal.Day
	Indexes  []string // blind indexes, of which a person must have all
	Commune  string
	Village  string
	House    string
	Assigned string // id of a campaigner
	Callable bool
	Order    Order
	Down     bool // the last first; not of places
	Cursor   string
	Limit    int
}

// Order is by what people are listed. Whoever lacks it stands last either way.
// It is never a name or a number: lists show these masked, and their order
// would tell what the mask hides.
type Order string

// What people are listed by.
const (
	ByPlace    Order = "" // office, commune, village, household
	ByBirth    Order = "birth_year"
	ByCard     Order = "card" // until when HI covers
	ByVisit    Order = "visit"
	ByFollowUp Order = "follow_up"
)

// After are so many days after today.
func (q Query) After(days int) journal.Day { return after(q.Today, days) }

func after(day journal.Day, days int) journal.Day {
	at, err := time.ParseInLocation(time.DateOnly, string(day), journal.Zone)
	if err != nil {
		return day
	}
	return journal.DayOf(at.AddDate(0, 0, days))
}

// SearchFor sets the query to what somebody typed: a number, or words of a name.
func (q *Query) SearchFor(tx Tx, typed string) {
	words := identity.Words(typed)
	digits := ""
	for _, w := range words {
		if _, err := strconv.ParseUint(w, 10, 64); err == nil {
			digits += w
		}
	}
	if len(digits) >= 9 {
		q.Indexes = nil
		for _, f := range numberFields(digits) {
			q.Indexes = append(q.Indexes, tx.Blind(f, digits))
		}
		return
	}
	for _, w := range words {
		q.Indexes = append(q.Indexes, tx.Blind(byWord, w))
	}
}

// numberFields is what a number can be, by its length.
func numberFields(digits string) []string {
	switch {
	case len(digits) == 12:
		return []string{byCitizen}
	case digits[0] == '0' && len(digits) == 10:
		return []string{byPhone}
	default:
		return []string{bySI}
	}
}

// Village sums up a village.
type Village struct {
	Commune, Name     string
	People, Uncovered int
	Assigned          string // id, if all of it is assigned to one
	LastVisit         time.Time
}

// Assignment gives a place to a campaigner: a village, or one household of it.
type Assignment struct {
	Office, Commune, Village, Household string
	To, By                              string
	At                                  time.Time
}

// AssignTo gives places of a commune to a campaigner; an empty one takes them
// back. A household alone is given with its village.
func (r Registry) AssignTo(tx Tx, plan *campaign.Plan, actor access.Actor, commune string, places []Assignment, to string) error {
	office := plan.OfficeOf(commune, journal.DayOf(r.Now()))
	if !plan.HasCommune(commune) || access.May(actor, access.Assign, office, plan) != nil {
		return journal.Refuse("people.commune", "commune", commune)
	}
	for i := range places {
		places[i].Office, places[i].Commune, places[i].To, places[i].By, places[i].At = office, commune, to, actor.ID, now(r.Now())
	}
	if err := tx.PutAssignments(ScopeOf(actor, access.Assign, plan), places); err != nil {
		return err
	}
	return r.audit(tx, event("assignment.made", actor, office, "user:"+to, map[string]string{
		"commune": commune, "places": strconv.Itoa(len(places)),
	}))
}

// Share is what one campaigner gets of a commune.
type Share struct {
	To       string
	Villages []string
	People   int
}

// Balance shares the villages of a commune out so that each campaigner gets
// about as many people, and villages that follow each other stay together.
func Balance(villages []Village, to []string) []Share {
	shares := make([]Share, len(to))
	rest := 0
	for _, v := range villages {
		rest += v.People
	}
	next := 0
	for i := range shares {
		s := &shares[i]
		s.To = to[i]
		left := len(shares) - i
		for next < len(villages) {
			v := villages[next]
			// A village goes to whom it brings nearer to an equal part of the rest.
			part := float64(rest) / float64(left)
			if left > 1 && s.People > 0 && float64(s.People)+float64(v.People)/2 > part {
				break
			}
			s.Villages = append(s.Villages, v.Name)
			s.People += v.People
			next++
		}
		rest -= s.People
	}
	return shares
}

// Find returns a page of people, opened, for who lists them masked.
func Find(tx Tx, s Scope, q Query) ([]Person, string, error) {
	page, next, err := tx.FindPeople(s, q)
	if err != nil {
		return nil, "", err
	}
	return page, next, Open(tx, page)
}

// ByID finds one person in scope, opened; refusal not_found.
func ByID(tx Tx, s Scope, id journal.ID) (Person, error) {
	list, err := tx.PeopleByID(s, []journal.ID{id})
	if err != nil {
		return Person{}, err
	}
	if len(list) == 0 {
		return Person{}, notFound(id)
	}
	err = Open(tx, list)
	return list[0], err
}

// CoversOf are all covers of persons, as shown: stated and paid, and of the
// rows that are shown as one of them too.
func CoversOf(tx Tx, list []Person) (map[journal.ID][]Cover, error) {
	ids := make([]journal.ID, len(list))
	out := map[journal.ID][]Cover{}
	for i, p := range list {
		ids[i] = p.ID
		out[p.ID] = append(slices.Clone(p.Covers), p.Paid...)
	}
	led, err := tx.PeopleLedBy(everybody, ids)
	if err != nil {
		return nil, err
	}
	for _, l := range led {
		out[l.Lead] = append(out[l.Lead], l.Covers...)
	}
	for _, covers := range out {
		slices.SortStableFunc(covers, func(a, b Cover) int {
			return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(b.Start, a.Start))
		})
	}
	return out, nil
}

// StateOf says how a cover stands on a day: current, ends_30, ends_60, lapsed.
func (c Cover) StateOf(today journal.Day) string {
	switch until := c.until(); {
	case until < today:
		return "lapsed"
	case until <= after(today, 30):
		return "ends_30"
	case until <= after(today, 60):
		return "ends_60"
	}
	return "current"
}

// Mark is what came of a visit.
type Mark struct {
	Outcome      outreach.Outcome
	Date         journal.Day
	ByPhone      bool
	Reason, Note string
}

// Visited records a visit to a person of the actor's scope as an entry.
func (r Registry) Visited(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, m Mark, add Appender) error {
	p, err := ByID(tx, ScopeOf(actor, access.ViewPeople, plan), id)
	if err != nil {
		return err
	}
	body, err := json.Marshal(outreach.VisitBody{Outcome: m.Outcome, Date: m.Date, ByPhone: m.ByPhone, Reason: m.Reason, Note: m.Note})
	if err != nil {
		return err
	}
	st, err := r.entry(plan, actor, outreach.Visit, p.Office, func(e *journal.Entry) {
		e.Commune, e.Body = p.Commune, body
		e.Person = &journal.Person{Registry: p.ID.String(), Citizen: p.Citizen, Name: p.Name, Commune: p.Commune}
	})
	if err == nil {
		err = r.append(add, st)
	}
	if err != nil {
		return err
	}
	return r.audit(tx, event("visit.recorded", actor, p.Office, subjectOf(p.ID), map[string]string{"outcome": string(m.Outcome)}))
}

// VisitTo is a visit as the history of a person shows it.
type VisitTo struct {
	At time.Time
	By string
	Mark
}

// History lists the visits to a person that stand, the last first.
func (r Registry) History(tx Tx, plan *campaign.Plan, p *Person) ([]VisitTo, error) {
	_, placed, err := r.circle(tx, plan, []journal.ID{p.ID})
	if err != nil {
		return nil, err
	}
	var out []VisitTo
	for _, f := range placed {
		if _, ok := f.Body.(*outreach.VisitBody); !ok || !f.Holds {
			continue
		}
		opened := []journal.Stored{f.Stored}
		if err := tx.Open(opened); err != nil {
			return nil, err
		}
		body, err := outreach.Visit.Decode(&opened[0].Entry)
		if err != nil {
			return nil, err
		}
		b := body.(*outreach.VisitBody)
		out = append(out, VisitTo{f.At, f.Author, Mark{b.Outcome, b.Date, b.ByPhone, b.Reason, b.Note}})
	}
	slices.SortFunc(out, func(a, b VisitTo) int { return b.At.Compare(a.At) })
	return out, nil
}

// Why is what brings a person into a list: the day on which HI ends or a visit
// is due, or the months of social insurance; empty if the list says it all.
func (p *Person) Why(list List) string {
	switch list {
	case Uncovered, Ends30, Ends60, Lapsed, NoCard:
		if p.HIUntil != forever {
			return string(p.HIUntil)
		}
	case Missing15:
		return strconv.Itoa(p.SIMonths)
	case FollowUps:
		return string(p.FollowUp)
	}
	return ""
}
