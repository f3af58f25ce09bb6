package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/readiness"
	"caunoi/store"
	"caunoi/tally"
)

func (s *Server) readinessRoutes() {
	const tag = "devices"
	register(s, access.ManageUsers, "devices.listed", operation("GET", "/api/v1/readiness", "Whether the phones and teams of a day are ready", tag), s.readiness)
	register(s, access.ManageUsers, recordsItself, operation("POST", "/api/v1/readiness/rehearsals", "Ask the phones of a day to rehearse", tag), s.askToRehearse)
}

// entryScript is the script of a page, whose name holds a hash of all that is
// in the build: by it the field app names itself (ui/field/help/state.ts).
var entryScript = regexp.MustCompile(`<script type="module"[^>]* src="[^"]*?([A-Za-z0-9_.-]{1,37})\.js"`)

// appOf is the build of an app by its files; empty where there is none.
func appOf(files fs.FS) string {
	if files == nil {
		return ""
	}
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return "" // it was not built
	}
	if m := entryScript.FindSubmatch(page); m != nil {
		return string(m[1])
	}
	return ""
}

type answerView struct {
	User   personView `json:"user"`
	Lead   bool       `json:"lead" doc:"leads the activity"`
	Answer string     `json:"answer" enum:"coming,declined,stale,silent" doc:"stale: given for another start than that of now"`
	Reason string     `json:"reason" doc:"why not: work, personal, travel, other, or empty"`
	At     *time.Time `json:"at,omitempty" doc:"when it was said"`
}

type readyActivity struct {
	ID       journal.ID            `json:"id" format:"uuid"`
	Campaign string                `json:"campaign"`
	Kind     campaign.ActivityKind `json:"kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	SubKind  string                `json:"sub_kind"`
	Office   officeView            `json:"office"`
	Commune  placeView             `json:"commune"`
	Place    string                `json:"place"`
	Start    time.Time             `json:"start"`
	End      time.Time             `json:"end"`
	Team     []answerView          `json:"team" nullable:"false"`
}

type readyPhone struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Heard    *time.Time          `json:"heard,omitempty" doc:"when it was last heard of"`
	Told     *time.Time          `json:"told,omitempty" doc:"when it last told how it stands"`
	Findings []readiness.Finding `json:"findings" nullable:"false" doc:"one for each aspect, in their order"`
}

type readyWorker struct {
	User   personView  `json:"user"`
	Office officeView  `json:"office" doc:"the worker's own"`
	Seen   bool        `json:"seen" doc:"the caller may see the worker's phone; else nothing is said of it"`
	Grade  string      `json:"grade" enum:"ok,warn,bad,unknown," doc:"of the phone, or bad where there is none; empty where it is not seen"`
	Ready  bool        `json:"ready" doc:"the phone is: ok, or with a warning"`
	Phone  *readyPhone `json:"phone,omitempty" doc:"the one in use that was last heard of"`
}

// ReadyCount sums up workers; who is in several teams is one. (See [PersonRow].)
type ReadyCount struct {
	Activities int `json:"activities"`
	Workers    int `json:"workers"`
	Phones     int `json:"phones" doc:"workers whose phones the caller may see, also those who have none"`
	Ready      int `json:"ready" doc:"of these, those whose phone is ready"`
	Coming     int `json:"coming" doc:"workers who come to all that they are asked to"`
	Silent     int `json:"silent" doc:"workers of whom an answer is missing, or is for an earlier plan"`
	Declined   int `json:"declined" doc:"workers who cannot come to something"`
}

type readyOffice struct {
	ID    string     `json:"id"`
	Name  string     `json:"name"`
	Asked *time.Time `json:"asked,omitempty" doc:"when a rehearsal was last asked for"`
	ReadyCount
}

// ReadyOf says of which day and office. (See [PersonRow].)
type ReadyOf struct {
	Day    string `query:"day" doc:"YYYY-MM-DD; tomorrow without it"`
	Office string `query:"office" doc:"id of an office, those below it with it; the caller's own without it"`
}

type readinessOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Day   journal.Day `json:"day"`
		Today journal.Day `json:"today"`
		App   string      `json:"app" doc:"the build of the field app that this server serves; empty without one"`
		ReadyCount
		Offices    []readyOffice   `json:"offices" nullable:"false" doc:"that have activities on the day"`
		Activities []readyActivity `json:"activities" nullable:"false" doc:"by start; those that were called off are not among them"`
		Workers    []readyWorker   `json:"workers" nullable:"false" doc:"of all teams, by name"`
	}
}

// muster reads, in one transaction, who goes out on a day and how their phones
// stand.
type muster struct {
	*Server
	tx       store.Tx
	plan     *campaign.Plan
	caller   Caller
	day      journal.Day
	office   string
	sessions []*tally.Session
	asked    map[string]time.Time // by office
	name     func(string) string
}

// muster gathers the sessions of a day that are the caller's to prepare.
// Refusals: plan.day, right.missing.
func (s *Server) muster(tx store.Tx, plan *campaign.Plan, c Caller, of ReadyOf) (*muster, error) {
	day, err := dayIn("day", of.Day)
	if err != nil {
		return nil, err
	}
	m := &muster{Server: s, tx: tx, plan: plan, caller: c, day: day, office: cmp.Or(of.Office, c.Office), asked: map[string]time.Time{}}
	if m.day == "" {
		m.day = journal.DayOf(s.Now().AddDate(0, 0, 1))
	}
	if err := access.May(c.Actor, access.ManageUsers, m.office, plan); err != nil {
		return nil, err
	}
	if m.name, err = namesOf(tx, c.Actor, plan); err != nil {
		return nil, err
	}
	asked, err := tx.AskedFrom(m.day)
	if err != nil {
		return nil, err
	}
	for _, a := range asked {
		if a.Day == m.day {
			m.asked[a.Office] = a.At
		}
	}
	return m, m.readSessions()
}

func (m *muster) readSessions() error {
	for _, c := range m.plan.Campaigns {
		if !c.Has(m.day) {
			continue
		}
		sessions, err := m.Intake.Sessions(m.tx, m.plan, c.ID)
		if err != nil {
			return err
		}
		for _, a := range sessions {
			if journal.DayOf(a.Start) <= m.day && m.day <= journal.DayOf(a.End) && a.Status() != campaign.StatusCancelled && m.prepares(a.Office) {
				m.sessions = append(m.sessions, a)
			}
		}
	}
	slices.SortFunc(m.sessions, func(a, b *tally.Session) int { return cmp.Or(a.Start.Compare(b.Start), a.ID.Compare(b.ID)) })
	return nil
}

// prepares says whether an office is among those asked for.
func (m *muster) prepares(office string) bool {
	if !m.plan.HasOffice(office) || m.plan.HasOffice(m.office) && !m.plan.Under(office, m.office) {
		return false
	}
	return access.May(m.caller.Actor, access.ManageUsers, office, m.plan) == nil
}

// teamOf is who goes, the lead first.
func teamOf(a *tally.Session) []string {
	var out []string
	for _, id := range append([]string{a.Lead}, a.Team...) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// called is somebody by name: of a team of the caller's, the plan tells it.
func (m *muster) called(id string) personView {
	if c := m.plan.Campaigners[id]; c != nil {
		return personView{id, c.Name}
	}
	return personView{id, cmp.Or(m.name(id), id)}
}

func (m *muster) activity(a *tally.Session) readyActivity {
	v := readyActivity{
		ID: a.ID, Campaign: a.Campaign, Kind: a.Kind, SubKind: a.SubKind, Office: officeView{a.Office, officeName(m.plan, a.Office)},
		Commune: placeView{a.Commune, communeName(m.plan, a.Commune, journal.DayOf(a.Start))}, Place: a.Place, Start: a.Start, End: a.End, Team: []answerView{},
	}
	for _, id := range teamOf(a) {
		said := answerView{User: m.called(id), Lead: id == a.Lead, Answer: "silent"}
		for _, b := range a.Answers {
			if b.Author != id {
				continue
			}
			at := b.At.UTC()
			said.At, said.Reason = &at, b.Reason
			switch {
			case b.Stale:
				said.Answer = "stale"
			case b.Coming:
				said.Answer = "coming"
			default:
				said.Answer = "declined"
			}
		}
		v.Team = append(v.Team, said)
	}
	return v
}

// workers are all who go, with their phones as far as the caller may see them.
func (m *muster) workers() (map[string]readyWorker, error) {
	askedOf := map[string]time.Time{} // when a worker was last asked to rehearse
	out := map[string]readyWorker{}
	for _, a := range m.sessions {
		for _, id := range teamOf(a) {
			if at := m.asked[a.Office]; at.After(askedOf[id]) {
				askedOf[id] = at
			}
			v := readyWorker{User: m.called(id)}
			if c := m.plan.Campaigners[id]; c != nil {
				v.Office = officeView{c.Office, officeName(m.plan, c.Office)}
			}
			out[id] = v
		}
	}
	phones, err := m.phones()
	if err != nil {
		return nil, err
	}
	lists := map[string]map[string]int{} // by what decides over them
	for id, v := range out {
		u, err := m.tx.User(id)
		if errors.Is(err, access.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		v.Office = officeView{u.Office, officeName(m.plan, u.Office)}
		if v.Seen = id == m.caller.ID || access.MayManage(m.caller.Actor, u, m.plan) == nil; v.Seen {
			scope := strings.Join(append([]string{string(u.Role), u.Office}, u.Communes...), "/")
			if lists[scope] == nil {
				if lists[scope], err = fieldsync.ListsOf(m.tx, m.plan, access.Actor{User: u}, journal.DayOf(m.Now())); err != nil {
					return nil, err
				}
			}
			if err := v.judge(phones[id], readiness.Against{Now: m.Now(), App: m.app, Lists: lists[scope], Asked: askedOf[id]}); err != nil {
				return nil, err
			}
		}
		out[id] = v
	}
	return out, nil
}

// judge says how a worker's phone stands; without one it is bad.
func (v *readyWorker) judge(d *access.Device, against readiness.Against) error {
	v.Grade = string(readiness.Bad)
	if d == nil {
		return nil
	}
	p, err := phoneAs(d)
	if err != nil {
		return err
	}
	v.Phone = &readyPhone{ID: d.ID, Name: d.Name, Findings: readiness.Judge(p, against)}
	if at := p.Last(); !at.IsZero() {
		v.Phone.Heard = &at
	}
	if !d.ToldAt.IsZero() {
		v.Phone.Told = &d.ToldAt
	}
	grade := readiness.GradeOf(v.Phone.Findings)
	v.Grade, v.Ready = string(grade), grade.Ready()
	return nil
}

// phoneAs is a phone as it is judged.
func phoneAs(d *access.Device) (readiness.Phone, error) {
	p := readiness.Phone{Told: d.ToldAt, Seen: d.Seen}
	if d.Told == nil {
		return p, nil
	}
	p.State = &readiness.PhoneState{}
	return p, json.Unmarshal(d.Told, p.State)
}

// phones are those in use, of each user the one that was last heard of.
func (m *muster) phones() (map[string]*access.Device, error) {
	all, err := m.tx.Devices("")
	out := map[string]*access.Device{}
	last := func(d *access.Device) time.Time { return readiness.Phone{Told: d.ToldAt, Seen: d.Seen}.Last() }
	for i := range all {
		d := &all[i]
		if had := out[d.User]; d.State == access.InUse && (had == nil || last(d).After(last(had))) {
			out[d.User] = d
		}
	}
	return out, err
}

// countReady sums up activities.
func countReady(activities []readyActivity, workers map[string]readyWorker) ReadyCount {
	n := ReadyCount{Activities: len(activities)}
	answers := map[string]map[string]bool{}
	for _, a := range activities {
		for _, said := range a.Team {
			if answers[said.User.ID] == nil {
				answers[said.User.ID] = map[string]bool{}
			}
			answers[said.User.ID][said.Answer] = true
		}
	}
	for id, said := range answers {
		w := workers[id]
		n.Workers++
		if w.Seen {
			n.Phones++
		}
		if w.Ready {
			n.Ready++
		}
		waits := said["silent"] || said["stale"]
		if waits {
			n.Silent++
		}
		if said["declined"] {
			n.Declined++
		}
		if !waits && !said["declined"] {
			n.Coming++
		}
	}
	return n
}

func (s *Server) readiness(ctx context.Context, c Caller, in *ReadyOf) (*readinessOutput, error) {
	out := &readinessOutput{CacheControl: "no-store"}
	return out, s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		m, err := s.muster(tx, plan, c, *in)
		if err != nil {
			return err
		}
		workers, err := m.workers()
		if err != nil {
			return err
		}
		b := &out.Body
		b.Day, b.Today, b.App = m.day, journal.DayOf(s.Now()), s.app
		b.Offices, b.Activities, b.Workers = []readyOffice{}, []readyActivity{}, []readyWorker{}
		of := map[string][]readyActivity{}
		for _, a := range m.sessions {
			v := m.activity(a)
			b.Activities = append(b.Activities, v)
			of[a.Office] = append(of[a.Office], v)
		}
		for id, activities := range of {
			o := readyOffice{ID: id, Name: officeName(plan, id), ReadyCount: countReady(activities, workers)}
			if at, asked := m.asked[id]; asked {
				o.Asked = &at
			}
			b.Offices = append(b.Offices, o)
		}
		slices.SortFunc(b.Offices, func(a, b readyOffice) int {
			return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
		})
		for _, w := range workers {
			b.Workers = append(b.Workers, w)
		}
		slices.SortFunc(b.Workers, func(a, b readyWorker) int {
			return cmp.Or(strings.Compare(a.User.Name, b.User.Name), strings.Compare(a.User.ID, b.User.ID))
		})
		b.ReadyCount = countReady(b.Activities, workers)
		c.Read.Office = m.office
		c.Read.Details = map[string]string{"day": string(m.day)}
		return nil
	})
}

type askToRehearseInput struct {
	Body struct {
		Day    string `json:"day" maxLength:"10" doc:"YYYY-MM-DD"`
		Office string `json:"office,omitempty" maxLength:"100" doc:"those below it with it; the caller's own without it"`
	}
}

type askToRehearseOutput struct {
	Body struct {
		At      time.Time `json:"at"`
		Workers int       `json:"workers" doc:"whose phones are asked"`
	}
}

// askToRehearse asks the phones of all who go out on a day: each learns of it
// when it next asks what is new. Refusals: plan.day, readiness.past,
// readiness.nobody, right.missing.
func (s *Server) askToRehearse(ctx context.Context, c Caller, in *askToRehearseInput) (*askToRehearseOutput, error) {
	out := &askToRehearseOutput{}
	return out, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		m, err := s.muster(tx, plan, c, ReadyOf(in.Body))
		if err != nil {
			return err
		}
		now := store.Micro(s.Now())
		if m.day < journal.DayOf(now) {
			return journal.Refuse("readiness.past", "day", m.day)
		}
		offices, workers := map[string]bool{}, map[string]bool{}
		for _, a := range m.sessions {
			offices[a.Office] = true
			for _, id := range teamOf(a) {
				workers[id] = true
			}
		}
		if len(workers) == 0 {
			return journal.Refuse("readiness.nobody", "day", m.day)
		}
		for office := range offices {
			if err := tx.PutAsked(readiness.Asked{Office: office, Day: m.day, At: now, By: c.ID}); err != nil {
				return err
			}
		}
		out.Body.At, out.Body.Workers = now, len(workers)
		return audit.Append(tx, now, audit.Event{
			Act: "rehearsal.asked", Actor: c.ID, Office: m.office,
			Details: map[string]string{"day": string(m.day), "workers": strconv.Itoa(len(workers))},
		})
	})
}
