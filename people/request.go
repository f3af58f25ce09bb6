package people

import (
	_ "embed"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
)

// Request is what a person asks of those who hold data about them.
type Request struct {
	ID       journal.ID
	Person   journal.ID
	Office   string
	Kind     string // see [RequestKinds]
	By       string // who took it
	Received time.Time
	// AnswerDue and FinishDue are the last days in time.
	AnswerDue, FinishDue journal.Day
	State                string // see [RequestStates]
	Steps                []Step
}

// Step is a move of a request.
type Step struct {
	State  string    `json:"state"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitzero"` // a code, see [MoveReasons]
}

// Kinds of request, states, and why one was refused or extended.
var (
	RequestKinds  = []string{"access", "correct", "erase", "restrict", "object", "withdraw"}
	RequestStates = []string{"open", "answered", "extended", "done", "refused"}
	MoveReasons   = []string{"", "complex", "processor", "not_identified", "law_requires_keeping", "unfounded", "person_withdrew"}
)

// Closed says that nothing is left to do.
func (r *Request) Closed() bool { return r.State == "done" || r.State == "refused" }

// Overdue says that a deadline has passed unmet.
func (r *Request) Overdue(today journal.Day) bool {
	return !r.Closed() && (r.State == "open" && r.AnswerDue < today || r.FinishDue < today)
}

// Deadlines are how long the answer to a request may take: Law 91/2025/QH15
// and Decree 356/2025/NĐ-CP, which sources read differently; an agency puts
// what its legal officer confirmed into the setting requests.deadlines.
type Deadlines struct {
	// Answer is when the person must have heard what will happen, working days.
	Answer int `json:"answer"`
	// Finish is when it must be done, by kind, days.
	Finish map[string]int `json:"finish"`
	// Processor is the days where somebody else works on the data, too.
	Processor int `json:"processor"`
	// Extension is the longest one, of which there is one, days.
	Extension int `json:"extension"`
	// WorkingDays counts all of these in working days; without it only Answer.
	WorkingDays bool `json:"working_days,omitzero"`
}

// StandardDeadlines hold where an agency has set none.
func StandardDeadlines() Deadlines {
	return Deadlines{
		Answer: 2, Processor: 20, Extension: 15,
		Finish: map[string]int{"access": 10, "correct": 10, "erase": 20, "restrict": 15, "object": 15, "withdraw": 15},
	}
}

// Names of settings.
const (
	settingDeadlines = "requests.deadlines"
	settingHolidays  = "requests.holidays"
)

//go:embed data/holidays.json
var holidays []byte

// Calendar knows on which days an office works.
type Calendar struct{ off map[journal.Day]bool }

// CalendarOf reads the agency's holidays, else those that came with Caunoi.
func CalendarOf(tx Tx) (Calendar, error) {
	text, err := tx.Setting(settingHolidays)
	if err != nil {
		return Calendar{}, err
	}
	raw := []byte(text)
	if text == "" {
		raw = holidays
	}
	var file struct {
		Note string        `json:"note"`
		Days []journal.Day `json:"days"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return Calendar{}, err
	}
	c := Calendar{map[journal.Day]bool{}}
	for _, d := range file.Days {
		c.off[d] = true
	}
	return c, nil
}

// Works says that offices work on a day: Monday to Friday, but for holidays.
func (c Calendar) Works(day journal.Day) bool {
	at, err := time.Parse(time.DateOnly, string(day))
	return err == nil && at.Weekday() != time.Sunday && at.Weekday() != time.Saturday && !c.off[day]
}

// Add gives the working day so many working days after a day.
func (c Calendar) Add(day journal.Day, n int) journal.Day {
	for n > 0 {
		if day = after(day, 1); c.Works(day) {
			n--
		}
	}
	return day
}

// due is the last day in time; one that falls on a day off is the next working
// day.
func (d Deadlines) due(c Calendar, from journal.Day, days int) journal.Day {
	if d.WorkingDays {
		return c.Add(from, days)
	}
	to := after(from, days)
	for !c.Works(to) {
		to = after(to, 1)
	}
	return to
}

func deadlines(tx Tx) (Deadlines, error) {
	d := StandardDeadlines()
	text, err := tx.Setting(settingDeadlines)
	if err != nil || text == "" {
		return d, err
	}
	return d, json.Unmarshal([]byte(text), &d)
}

// Ask opens a request of a person in the actor's scope.
func (r Registry) Ask(tx Tx, plan *campaign.Plan, actor access.Actor, person journal.ID, kind string, processor bool) (Request, error) {
	p, err := ByID(tx, ScopeOf(actor, access.Privacy, plan), person)
	if err != nil {
		return Request{}, err
	}
	if !slices.Contains(RequestKinds, kind) {
		return Request{}, journal.Refuse("people.value", "field", "kind")
	}
	d, err := deadlines(tx)
	if err != nil {
		return Request{}, err
	}
	calendar, err := CalendarOf(tx)
	if err != nil {
		return Request{}, err
	}
	at := now(r.Now())
	today := journal.DayOf(at)
	days := d.Finish[kind]
	if processor {
		days = max(days, d.Processor)
	}
	q := Request{
		ID: journal.NewID(), Person: person, Office: p.Office, Kind: kind, By: actor.ID, Received: at, State: "open",
		AnswerDue: calendar.Add(today, d.Answer), FinishDue: d.due(calendar, today, days),
		Steps: []Step{{State: "open", By: actor.ID, At: at}},
	}
	if err := tx.PutRequest(q); err != nil {
		return q, err
	}
	return q, r.audit(tx, event("request.opened", actor, p.Office, subjectOf(person), map[string]string{
		"request": q.ID.String(), "kind": kind, "answer_due": string(q.AnswerDue), "finish_due": string(q.FinishDue),
	}))
}

// Move takes a request on. It is extended at most once, by so many days as the
// deadlines allow. One to restrict takes the person out of all worklists when
// it is done. A closed one moves no more.
func (r Registry) Move(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, state, reason string) (Request, error) {
	scope := ScopeOf(actor, access.Privacy, plan)
	q, err := tx.Request(scope, id)
	if err == ErrNotFound {
		return q, notFound(id)
	}
	if err != nil {
		return q, err
	}
	switch {
	case q.Closed():
		return q, journal.Refuse("request.closed")
	case !slices.Contains(RequestStates, state) || state == "open":
		return q, journal.Refuse("people.value", "field", "state")
	case !slices.Contains(MoveReasons, reason) || (state == "refused" || state == "extended") && reason == "":
		return q, journal.Refuse("people.reason")
	case state == "extended" && slices.ContainsFunc(q.Steps, func(s Step) bool { return s.State == "extended" }):
		return q, journal.Refuse("request.extended_before")
	}
	if state == "extended" {
		d, err := deadlines(tx)
		if err != nil {
			return q, err
		}
		calendar, err := CalendarOf(tx)
		if err != nil {
			return q, err
		}
		q.FinishDue = d.due(calendar, q.FinishDue, d.Extension)
	}
	if state == "done" && (q.Kind == "restrict" || q.Kind == "object") {
		list, err := tx.PeopleByID(scope, []journal.ID{q.Person})
		if err != nil {
			return q, err
		}
		for i := range list {
			list[i].Restricted = true
		}
		if err := tx.PutPeople(list); err != nil {
			return q, err
		}
	}
	q.State = state
	q.Steps = append(q.Steps, Step{state, actor.ID, now(r.Now()), reason})
	if err := tx.PutRequest(q); err != nil {
		return q, err
	}
	return q, r.audit(tx, event("request.moved", actor, q.Office, subjectOf(q.Person), map[string]string{"request": id.String(), "state": state, "reason": reason}))
}
