package web

import (
	"context"
	"strconv"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
)

func (s *Server) peopleRoutes() {
	const tag = "people"
	register(s, access.ViewPeople, "people.listed", operation("GET", "/api/v1/people", "People of the caller's communes, masked", tag), s.people)
	register(s, access.ViewPeople, "people.searched", operation("POST", "/api/v1/people/search", "Find people by name or number, which stay out of addresses and logs", tag), s.searchPeople)
	register(s, access.EditPeople, recordsItself, operation("POST", "/api/v1/people", "Add a person", tag), s.addPerson)
	register(s, access.ViewPeople, "person.read", operation("GET", "/api/v1/people/{person}", "One person, masked, with visits and consents", tag), s.person)
	register(s, access.EditPeople, recordsItself, operation("PUT", "/api/v1/people/{person}", "Change a person; what is left out stays", tag), s.editPerson)
	register(s, access.Reveal, recordsItself, operation("POST", "/api/v1/people/{person}/reveal", "Open a person's fields in clear, for a purpose", tag), s.revealPerson)
	s.proofRoutes()
	register(s, access.Privacy, recordsItself, fresh(operation("POST", "/api/v1/people/{person}/export", "All that is held of one person", tag)), s.exportPerson)
	register(s, access.Privacy, recordsItself, fresh(operation("POST", "/api/v1/people/{person}/erase", "Erase a person; what was counted stays counted", tag)), s.erasePerson)
	register(s, access.EditPeople, recordsItself, operation("POST", "/api/v1/people/{person}/consents", "Record consent for a purpose", tag), s.agree)
	register(s, access.EditPeople, recordsItself, operation("DELETE", "/api/v1/people/{person}/consents/{consent}", "Consent is withdrawn", tag), s.withdrawConsent)
	register(s, access.ViewPeople, recordsItself, operation("POST", "/api/v1/people/{person}/visits", "Record what came of a visit or a call", tag), s.visit)
}

type placeView struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type coverView struct {
	Scheme string      `json:"scheme"`
	Start  journal.Day `json:"start"`
	End    journal.Day `json:"end" doc:"the last day; empty: open"`
	Source string      `json:"source" doc:"list, desk, or the entry that paid it"`
	State  string      `json:"state" enum:"current,ends_60,ends_30,lapsed"`
}

type lastVisitView struct {
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	By      string    `json:"by"`
}

// PersonRow is a person as lists show it. (A name that is not exported would
// hide its fields where it is embedded.)
type PersonRow struct {
	ID        journal.ID     `json:"id" format:"uuid"`
	Name      string         `json:"name" doc:"masked"`
	Sex       string         `json:"sex" enum:"female,male,"`
	BirthYear int            `json:"birth_year" doc:"0 if unknown"`
	Commune   placeView      `json:"commune"`
	Village   string         `json:"village"`
	Household string         `json:"household"`
	Citizen   string         `json:"citizen" doc:"masked"`
	Phone     string         `json:"phone" doc:"masked"`
	Coverage  []coverView    `json:"coverage" nullable:"false"`
	Assigned  *personView    `json:"assigned_to,omitempty"`
	LastVisit *lastVisitView `json:"last_visit,omitempty"`
	FollowUp  journal.Day    `json:"follow_up"`
}

var sexes = map[string]string{"f": "female", "m": "male"}

// personRows shows opened persons masked.
func (s *Server) personRows(tx store.Tx, c Caller, plan *campaign.Plan, list []people.Person) ([]PersonRow, error) {
	covers, err := people.CoversOf(tx, list)
	if err != nil {
		return nil, err
	}
	name, err := namesOf(tx, c.Actor, plan)
	if err != nil {
		return nil, err
	}
	today := journal.DayOf(s.Now())
	out := make([]PersonRow, len(list))
	for i := range list {
		p := &list[i]
		m := p.Mask()
		row := PersonRow{
			ID: p.ID, Name: m.Name, Sex: sexes[p.Sex], BirthYear: p.BirthYear, Commune: placeView{p.Commune, communeName(plan, p.Commune, journal.DayOf(s.Now()))},
			Village: p.Village, Household: p.Household, Citizen: m.Citizen, Phone: m.Phone, FollowUp: p.FollowUp, Coverage: []coverView{},
		}
		for _, cover := range covers[p.ID] {
			row.Coverage = append(row.Coverage, coverView{string(cover.Scheme), cover.Start, cover.End, cover.Source, cover.StateOf(today)})
		}
		if p.Assigned != "" {
			row.Assigned = &personView{p.Assigned, name(p.Assigned)}
		}
		if !p.LastVisit.IsZero() {
			row.LastVisit = &lastVisitView{p.LastVisit, string(p.Outcome), name(p.VisitBy)}
		}
		out[i] = row
	}
	return out, nil
}

// PeopleFilter narrows a list of people. (See [PersonRow].)
type PeopleFilter struct {
	Commune   string `query:"commune" maxLength:"100"`
	Village   string `query:"village" maxLength:"200"`
	Household string `query:"household" maxLength:"200"`
	Cursor    string `query:"cursor" maxLength:"100"`
	Order     string `query:"order" enum:"place,birth_year,card,visit,follow_up" default:"place" doc:"card: until when HI covers; whoever lacks it is last"`
	Down      bool   `query:"down" doc:"the last first; not of places"`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

func (s *Server) query(in *PeopleFilter) people.Query {
	q := people.Query{
		Today: journal.DayOf(s.Now()), Commune: in.Commune, Village: in.Village, House: in.Household, Down: in.Down, Cursor: in.Cursor, Limit: in.Limit,
	}
	if in.Order != "place" {
		q.Order = people.Order(in.Order)
	}
	return q
}

// counted are the audit's details of a list.
func (in *PeopleFilter) counted(n int) map[string]string {
	return map[string]string{"people": strconv.Itoa(n), "commune": in.Commune}
}

// PeopleInput narrows the registry. (See [PersonRow].)
type PeopleInput struct {
	PeopleFilter
	Coverage string `query:"coverage" enum:"none,lapsed,ends_30,ends_60" doc:"how HI stands"`
}

var coverageLists = map[string]people.List{
	"none": people.Uncovered, "lapsed": people.Lapsed, "ends_30": people.Ends30, "ends_60": people.Ends60,
}

type peopleOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		People []PersonRow `json:"people" nullable:"false"`
		Next   string      `json:"next"`
		Total  int         `json:"total"`
	}
}

func (s *Server) people(ctx context.Context, c Caller, in *PeopleInput) (*peopleOutput, error) {
	return s.findPeople(ctx, c, in, "")
}

type searchInput struct {
	PeopleInput
	Body struct {
		Q string `json:"q" minLength:"1" maxLength:"200" doc:"words of a name, or a number"`
	}
}

func (s *Server) searchPeople(ctx context.Context, c Caller, in *searchInput) (*peopleOutput, error) {
	return s.findPeople(ctx, c, &in.PeopleInput, in.Body.Q)
}

func (s *Server) findPeople(ctx context.Context, c Caller, in *PeopleInput, typed string) (*peopleOutput, error) {
	out := &peopleOutput{CacheControl: "no-store"}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		scope := people.ScopeOf(c.Actor, access.ViewPeople, plan)
		q := s.query(&in.PeopleFilter)
		q.List = coverageLists[in.Coverage]
		q.SearchFor(tx, typed)
		page, next, err := people.Find(tx, scope, q)
		if err != nil {
			return err
		}
		out.Body.Next = next
		if out.Body.Total, err = tx.CountPeople(scope, q); err != nil {
			return err
		}
		out.Body.People, err = s.personRows(tx, c, plan, page)
		return err
	})
	c.Read.Details = in.counted(len(out.Body.People))
	return out, err
}

// PersonInput names a person. (See [PersonRow].)
type PersonInput struct {
	Person string `path:"person" maxLength:"100"`
}

func (in *PersonInput) subject() string { return "person:" + in.Person }

func (in *PersonInput) id() (journal.ID, error) {
	id, err := journal.ParseID(in.Person)
	if err != nil {
		return id, notFound(in.Person)
	}
	return id, nil
}

type consentView struct {
	ID          journal.ID `json:"id" format:"uuid"`
	Purpose     string     `json:"purpose"`
	TextVersion string     `json:"text_version"`
	Channel     string     `json:"channel"`
	Proof       string     `json:"proof"`
	Given       time.Time  `json:"given"`
	Withdrawn   *time.Time `json:"withdrawn,omitempty"`
}

type visitView struct {
	At      time.Time   `json:"at"`
	Outcome string      `json:"outcome"`
	By      string      `json:"by"`
	ByPhone bool        `json:"by_phone"`
	Reason  string      `json:"reason"`
	Note    string      `json:"note"`
	Date    journal.Day `json:"date"`
}

type doubtView struct {
	Code   string         `json:"code" enum:"citizen.sex,citizen.birth,citizen.place,card.si"`
	Params map[string]any `json:"params"`
}

type personOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		PersonRow
		Consents   []consentView `json:"consents" nullable:"false"`
		History    []visitView   `json:"history" nullable:"false"`
		MergedFrom []journal.ID  `json:"merged_from" nullable:"false"`
		Proof      proofView     `json:"proof"`
		Warnings   []doubtView   `json:"warnings" nullable:"false" doc:"what disagrees in what is known; it stops nothing"`
	}
}

func consentViews(list []people.Consent) []consentView {
	out := []consentView{}
	for _, c := range list {
		v := consentView{c.ID, c.Purpose, c.TextVersion, c.Channel, c.Proof, c.Given, nil}
		if !c.Withdrawn.IsZero() {
			v.Withdrawn = &c.Withdrawn
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) person(ctx context.Context, c Caller, in *PersonInput) (*personOutput, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	out := &personOutput{CacheControl: "no-store"}
	out.Body.History, out.Body.MergedFrom, out.Body.Warnings = []visitView{}, []journal.ID{}, []doubtView{}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		scope := people.ScopeOf(c.Actor, access.ViewPeople, plan)
		p, err := people.ByID(tx, scope, id)
		if err != nil {
			return err
		}
		c.Read.Office = p.Office
		rows, err := s.personRows(tx, c, plan, []people.Person{p})
		if err != nil {
			return err
		}
		out.Body.PersonRow = rows[0]
		if out.Body.Proof, err = s.viewProof(tx, c, plan, &p); err != nil {
			return err
		}
		for _, d := range p.Doubts() {
			out.Body.Warnings = append(out.Body.Warnings, doubtView{d.Code, d.Params})
		}
		consents, err := people.ConsentsOf(tx, scope, id)
		if err != nil {
			return err
		}
		out.Body.Consents = consentViews(consents)
		history, err := s.Intake.People().History(tx, plan, &p)
		if err != nil {
			return err
		}
		name, err := namesOf(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		for _, v := range history {
			out.Body.History = append(out.Body.History, visitView{v.At, string(v.Outcome), name(v.By), v.ByPhone, v.Reason, v.Note, v.Date})
		}
		led, err := tx.PeopleLedBy(scope, []journal.ID{id})
		for _, l := range led {
			out.Body.MergedFrom = append(out.Body.MergedFrom, l.ID)
		}
		return err
	})
	return out, err
}

// ClearFields are a person's fields in clear, as they are revealed and edited. (See [PersonRow].)
type ClearFields struct {
	Name    string `json:"name,omitempty" maxLength:"200"`
	Citizen string `json:"citizen,omitempty" maxLength:"12"`
	SI      string `json:"si,omitempty" maxLength:"12"`
	Card    string `json:"card,omitempty" maxLength:"15"`
	Birth   string `json:"birth,omitempty" maxLength:"10"`
	Phone   string `json:"phone,omitempty" maxLength:"20"`
	Address string `json:"address,omitempty" maxLength:"200"`
	Bank    string `json:"bank,omitempty" maxLength:"200"`
}

func (f *ClearFields) personal() people.Personal {
	return people.Personal{
		Name: f.Name, Citizen: f.Citizen, SI: f.SI, Card: f.Card, Birth: f.Birth, Phone: f.Phone, Address: f.Address, Bank: f.Bank,
	}
}

func clearOf(p *people.Person) ClearFields {
	return ClearFields{p.Name, p.Citizen, p.SI, p.Card, p.Birth, p.Phone, p.Address, p.Bank}
}

type revealInput struct {
	PersonInput
	Body struct {
		Purpose string `json:"purpose" doc:"visit, call, enrol, correct, duplicate or request"`
	}
}

type revealOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         ClearFields
}

func (s *Server) revealPerson(ctx context.Context, c Caller, in *revealInput) (*revealOutput, error) {
	out := &revealOutput{CacheControl: "no-store"}
	err := s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		p, err := s.Intake.People().Revealed(tx, plan, c.Actor, id, in.Body.Purpose)
		out.Body = clearOf(&p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// onPerson runs an act on a person in one transaction.
func (s *Server) onPerson(ctx context.Context, in *PersonInput, f func(tx store.Tx, plan *campaign.Plan, id journal.ID) error) error {
	id, err := in.id()
	if err != nil {
		return err
	}
	return s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error { return f(tx, plan, id) })
}

// act runs f in a writing transaction.
func (s *Server) act(ctx context.Context, f func(tx store.Tx, plan *campaign.Plan) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := s.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		return f(tx, plan)
	})
}

// personBody is what a form says of a person.
type personBody struct {
	ClearFields
	Sex       string `json:"sex,omitempty" enum:"female,male,"`
	BirthYear int    `json:"birth_year,omitempty" minimum:"0" maximum:"2200"`
	Commune   string `json:"commune,omitempty" maxLength:"100"`
	Village   string `json:"village,omitempty" maxLength:"200"`
	Household string `json:"household,omitempty" maxLength:"200"`
	Student   *bool  `json:"student,omitempty"`
	NoSchool  *bool  `json:"no_school,omitempty"`
	SIMonths  *int   `json:"si_months,omitempty"`
	Cash      *bool  `json:"pension_cash,omitempty"`
}

func (b *personBody) record() people.Record {
	r := people.Record{
		Personal: b.personal(), Commune: b.Commune, Village: b.Village, Household: b.Household, BirthYear: b.BirthYear,
		Student: b.Student, NoSchool: b.NoSchool, SIMonths: b.SIMonths, Cash: b.Cash,
	}
	for short, long := range sexes {
		if b.Sex == long {
			r.Sex = short
		}
	}
	return r
}

type editInput struct {
	PersonInput
	Body personBody
}

type waitsOutput struct {
	Body struct {
		State string `json:"state" enum:"done,waiting" doc:"waiting: for a second person"`
	}
}

func done(waits bool) *waitsOutput {
	out := &waitsOutput{}
	out.Body.State = map[bool]string{false: "done", true: "waiting"}[waits]
	return out
}

func (s *Server) editPerson(ctx context.Context, c Caller, in *editInput) (*waitsOutput, error) {
	var waits bool
	err := s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) (err error) {
		waits, err = s.Intake.People().Edit(tx, plan, c.Actor, id, in.Body.record())
		return err
	})
	return done(waits), err
}

type addInput struct{ Body personBody }

type idOutput struct {
	Body struct {
		ID journal.ID `json:"id" format:"uuid"`
	}
}

func (s *Server) addPerson(ctx context.Context, c Caller, in *addInput) (*idOutput, error) {
	out := &idOutput{}
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		o, err := s.Intake.People().Add(tx, plan, c.Actor, in.Body.record())
		if err == nil && o.Refusal != nil {
			err = o.Refusal
		}
		out.Body.ID = o.ID
		return err
	})
	return out, err
}

type heldOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Person   heldPerson         `json:"person"`
		Coverage []coverView        `json:"coverage" nullable:"false"`
		Consents []consentView      `json:"consents" nullable:"false"`
		Proof    people.HeldProof   `json:"proof"`
		Requests []people.HeldAsked `json:"requests" nullable:"false"`
		Entries  []people.HeldLine  `json:"entries" nullable:"false" doc:"as they were recorded"`
		Seen     []people.HeldSeen  `json:"seen" nullable:"false" doc:"who read or changed it, and when"`
	}
}

// heldPerson is a person in clear, with what is not personal by itself.
type heldPerson struct {
	ClearFields
	ID        journal.ID `json:"id" format:"uuid"`
	Sex       string     `json:"sex"`
	BirthYear int        `json:"birth_year"`
	Commune   placeView  `json:"commune"`
	Village   string     `json:"village"`
	Household string     `json:"household"`
	SIMonths  int        `json:"si_months"`
	Added     time.Time  `json:"added"`
	Changed   time.Time  `json:"changed"`
}

func (s *Server) exportPerson(ctx context.Context, c Caller, in *PersonInput) (*heldOutput, error) {
	out := &heldOutput{CacheControl: "no-store"}
	out.Body.Coverage = []coverView{}
	err := s.onPerson(ctx, in, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		h, err := s.Intake.People().Export(tx, plan, c.Actor, id)
		if err != nil {
			return err
		}
		p := &h.Person
		out.Body.Person = heldPerson{
			clearOf(p), p.ID, sexes[p.Sex], p.BirthYear,
			placeView{p.Commune, communeName(plan, p.Commune, journal.DayOf(s.Now()))},
			p.Village, p.Household,
			p.SIMonths, p.Added, p.Changed,
		}
		for _, cover := range h.Covers {
			out.Body.Coverage = append(out.Body.Coverage, coverView{
				string(cover.Scheme), cover.Start, cover.End, cover.Source, cover.StateOf(journal.DayOf(s.Now())),
			})
		}
		out.Body.Consents = consentViews(h.Consents)
		all := h.All()
		out.Body.Proof, out.Body.Requests = all.Proof, all.Requests
		out.Body.Entries, out.Body.Seen = all.Entries, all.Seen
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type eraseInput struct {
	PersonInput
	Body struct {
		Reason string `json:"reason" doc:"request, consent_withdrawn, purpose_done or retention"`
	}
}

func (s *Server) erasePerson(ctx context.Context, c Caller, in *eraseInput) (*struct{}, error) {
	return nil, s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		return s.Intake.People().Erase(tx, plan, c.Actor, id, in.Body.Reason, func(keys []string) error { return s.Intake.Erase(tx, plan, keys) })
	})
}

type agreeInput struct {
	PersonInput
	Body struct {
		Purpose     string `json:"purpose"`
		TextVersion string `json:"text_version" maxLength:"100" doc:"hash of the text that was shown"`
		Channel     string `json:"channel"`
		Proof       string `json:"proof,omitempty" maxLength:"500"`
	}
}

func (s *Server) agree(ctx context.Context, c Caller, in *agreeInput) (*idOutput, error) {
	out := &idOutput{}
	err := s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		given, err := s.Intake.People().Agree(tx, plan, c.Actor, people.Consent{
			Person: id, Purpose: in.Body.Purpose, TextVersion: in.Body.TextVersion, Channel: in.Body.Channel, Proof: in.Body.Proof,
		})
		out.Body.ID = given.ID
		return err
	})
	return out, err
}

type consentInput struct {
	PersonInput
	Consent string `path:"consent" maxLength:"100"`
}

func (s *Server) withdrawConsent(ctx context.Context, c Caller, in *consentInput) (*struct{}, error) {
	consent, err := journal.ParseID(in.Consent)
	if err != nil {
		return nil, notFound(in.Consent)
	}
	return nil, s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		return s.Intake.People().Withdraw(tx, plan, c.Actor, id, consent)
	})
}

type visitInput struct {
	PersonInput
	Body struct {
		Outcome string      `json:"outcome" enum:"joined,promised,refused,not_home,moved"`
		Date    journal.Day `json:"date,omitempty" maxLength:"10"`
		Reason  string      `json:"reason,omitempty" maxLength:"500"`
		Note    string      `json:"note,omitempty" maxLength:"2000"`
		ByPhone bool        `json:"by_phone,omitempty"`
	}
}

func (s *Server) visit(ctx context.Context, c Caller, in *visitInput) (*struct{}, error) {
	b := in.Body
	return nil, s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		return s.Intake.People().Visited(tx, plan, c.Actor, id,
			people.Mark{Outcome: outreach.Outcome(b.Outcome), Date: b.Date, ByPhone: b.ByPhone, Reason: b.Reason, Note: b.Note}, s.appends(tx, plan))
	})
}

// appends is how the registry puts entries into the journal, and counts them.
func (s *Server) appends(tx store.Tx, plan *campaign.Plan) people.Appender {
	return func(entries []journal.Stored) ([]journal.Outcome, error) { return s.Intake.Append(tx, plan, entries) }
}
