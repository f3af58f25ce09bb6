package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/people"
	"caunoi/store"
	"caunoi/store/storetest"
)

type plannedAnswer struct {
	Done []struct {
		Activity, Entry, Start, Code, Detail string
	}
	Clashes []clash
}

type clash struct {
	Kind, What string
	A, B       struct {
		ID    string
		Other *struct {
			ID   string
			Name map[string]string
		}
	}
}

func (a plannedAnswer) entries() (ids []string) {
	for _, d := range a.Done {
		ids = append(ids, d.Entry)
	}
	return ids
}

func (a plannedAnswer) activities() (ids []string) {
	for _, d := range a.Done {
		ids = append(ids, d.Activity)
	}
	return ids
}

type activity struct {
	SubKind string `json:"sub_kind"`

	ID, Status, Place, Room, Reason, Post, Version string
	Start, End                                     time.Time
	Office                                         struct{ ID string }
	Commune                                        struct{ Code string }
	Team                                           []struct{ ID, Name string }
	Vehicles                                       []string
	May                                            bool
	MovedFrom                                      *time.Time `json:"moved_from"`
}

// desk is somebody who plans.
type planDesk struct {
	*site
	cookie *http.Cookie
}

func (s *site) planner(role access.Role, id, office string) planDesk {
	return planDesk{s, s.signIn(role, id, office)}
}

// asks sends a request and wants a status.
func (d planDesk) asks(method, path, body string, status int) (a plannedAnswer) {
	d.t.Helper()
	r := d.do(d.cookie, method, "/api/v1/campaigns/c/"+path, body)
	if r.status != status {
		d.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	if status == 200 && method != "GET" {
		r.decode(d.t, &a)
	}
	return a
}

func (d planDesk) plan() map[string]activity {
	d.t.Helper()
	var got struct{ Activities []activity }
	d.do(d.cookie, "GET", "/api/v1/campaigns/c/activities", "").decode(d.t, &got)
	out := map[string]activity{}
	for _, a := range got.Activities {
		out[a.ID] = a
	}
	return out
}

func draftAt(day, from, to, more string) string {
	return fmt.Sprintf(`{"kind":"small_group","commune":"001","place":"Nhà văn hóa","start":"2025-11-%sT%s:00+07:00","end":"2025-11-%sT%s:00+07:00"%s}`, day, from, day, to, more)
}

func quoted(ids []string) string { return `["` + strings.Join(ids, `","`) + `"]` }

func TestPlanMoveCancelUndo(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	got := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"team":["ann"],"lead":"lea","vehicles":["24a-123.45"],"room":"Phòng 1"`)+`}`, 200)
	id := got.Done[0].Activity
	a := lead.plan()[id]
	if a.Status != "planned" || a.Office.ID != "a" || len(a.Team) != 2 || a.Team[0].Name != "Worker lea" || a.Vehicles[0] != "24A-123.45" || !a.May {
		t.Fatalf("planned: %+v", a)
	}
	moved := lead.asks("POST", "activities/move", `{"activities":["`+id+`"],"reason":"weather","days":1,"at":"18:30"}`, 200)
	a = lead.plan()[id]
	if a.Status != "moved" || !a.Start.Equal(time.Date(2025, 11, 10, 11, 30, 0, 0, time.UTC)) || a.End.Sub(a.Start) != 2*time.Hour || a.Reason != "weather" || a.MovedFrom == nil {
		t.Fatalf("moved: %+v", a)
	}
	lead.asks("PUT", "activities/"+id, `{"draft":`+draftAt("09", "08:00", "09:00", "")+`,"seen":"`+a.Version+`"}`, 422) // its time only by moving on
	off := lead.asks("POST", "activities/cancel", `{"activities":["`+id+`"],"reason":"people"}`, 200)
	if got := lead.plan()[id].Status; got != "cancelled" {
		t.Fatalf("cancelled: %s", got)
	}
	for i, step := range []struct {
		undo plannedAnswer
		want string
	}{{off, "moved"}, {moved, "planned"}} {
		lead.asks("POST", "activities/undo", `{"entries":`+quoted(step.undo.entries())+`}`, 200)
		if a := lead.plan()[id]; a.Status != step.want {
			t.Fatalf("undo %d: %s, want %s", i, a.Status, step.want)
		}
	}
	corrected := lead.asks("PUT", "activities/"+id, `{"draft":`+draftAt("09", "15:00", "17:00", `,"team":["ann"]`)+`,"seen":"`+lead.plan()[id].Version+`"}`, 200)
	if a := lead.plan()[id]; a.Start.Hour() != 15 || a.Room != "" || len(a.Team) != 1 || a.Status != "planned" {
		t.Fatalf("corrected: %+v", a)
	}
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(corrected.entries())+`}`, 200)
	if a := lead.plan()[id]; a.Start.Hour() != 14 || a.Room != "Phòng 1" || len(a.Team) != 2 {
		t.Fatalf("corrected back: %+v", a)
	}
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(got.entries())+`}`, 422) // a later correction stands on it
	s.verify()
}

// verify recounts the whole journal.
func (s *site) verify() {
	s.t.Helper()
	err := s.store.View(s.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		found, err := store.Verify(tx, plan, s.intake.Schema())
		if err == nil && len(found) > 0 {
			s.t.Errorf("recount differs: %v", found)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestSeries plans the market days of two communes; what a trial tells is what
// then happens, and a trial keeps nothing.
func TestSeries(t *testing.T) {
	s := open(t)
	market := func(code string, m *campaign.Market) campaign.Item {
		return campaign.Item{Commune: &campaign.Commune{Code: code, Name: "Commune " + code, Type: "xã", Office: "a", Lat: 22, Lon: 104, Market: m}}
	}
	if err := s.intake.PutPlan(t.Context(), []campaign.Item{market("001", &campaign.Market{Weekdays: []time.Weekday{time.Sunday}})}); err != nil {
		t.Fatal(err)
	}
	lead := s.planner(access.Lead, "lea", "a")
	ask := `{"draft":` + strings.Replace(draftAt("01", "06:00", "11:00", `,"team":["ann"]`), "small_group", "booth", 1) +
		`,"series":{"from":"2025-11-01","to":"2025-11-10","communes":["001","002"],"market":true},"shifts":true%s}`
	ask = strings.Replace(ask, "Nhà văn hóa", "Chợ {commune}", 1)
	if r := s.do(lead.cookie, "POST", "/api/v1/campaigns/c/activities", fmt.Sprintf(ask, "")); r.status != 422 || !strings.Contains(string(r.body), "planning.market") {
		t.Fatalf("a commune without a market day: %d %s", r.status, r.body)
	}
	if err := s.intake.PutPlan(t.Context(), []campaign.Item{market("002", &campaign.Market{Every: 6, From: "2025-10-28"})}); err != nil {
		t.Fatal(err)
	}
	trial := lead.asks("POST", "activities", fmt.Sprintf(ask, `,"trial":true`), 200)
	if len(lead.plan()) != 0 {
		t.Fatal("a trial kept something")
	}
	done := lead.asks("POST", "activities", fmt.Sprintf(ask, ""), 200)
	// Sundays: 2 and 9 November; every six days from 28 October: 3 and 9.
	var days []string
	for i, d := range done.Done {
		if d.Start != trial.Done[i].Start {
			t.Errorf("trial said %s, it became %s", trial.Done[i].Start, d.Start)
		}
		days = append(days, d.Start[8:10])
	}
	if got := strings.Join(days, " "); got != "02 03 09 09" {
		t.Fatalf("days %s", got)
	}
	plan := lead.plan()
	first, second := plan[done.Done[0].Activity], plan[done.Done[2].Activity]
	if first.Place != "Chợ Commune 001" || first.Post != "" || second.Post != first.ID {
		t.Errorf("a post and its shift: %+v, %+v", first, second)
	}
	// The same person stands in two markets on the 9th.
	if len(done.Clashes) != 1 || done.Clashes[0].What != "Worker ann" || len(trial.Clashes) != 1 {
		t.Errorf("clashes %+v", done.Clashes)
	}
	// Rain: all of the 9th to the 10th, whatever it clashes with; then back.
	moved := lead.asks("POST", "activities/move", `{"activities":`+quoted(done.activities()[2:])+`,"reason":"weather","days":1}`, 200)
	for _, d := range moved.Done {
		if a := lead.plan()[d.Activity]; a.Start.In(time.FixedZone("", 7*3600)).Day() != 10 || a.Status != "moved" {
			t.Errorf("moved: %+v", a)
		}
	}
	// What the phone of the team asks for at its next contact.
	err := s.store.View(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		p, err := s.intake.Pull(tx, plan, access.Actor{User: access.User{ID: "ann", Role: access.Campaigner, Office: "a"}})
		told := 0
		for _, a := range p.Activities {
			if a.Mine && a.Status == campaign.StatusMoved && a.Reason == campaign.Weather && a.MovedFrom != nil {
				told++
			}
		}
		if told != 2 {
			t.Errorf("the phone learns of %d moves, want 2: %+v", told, p.Activities)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(moved.entries())+`}`, 200)
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(done.entries())+`}`, 200)
	if left := lead.plan(); len(left) != 0 {
		t.Errorf("left after undoing: %v", left)
	}
	s.verify()
}

func TestWhatPlanningRefuses(t *testing.T) {
	s := open(t)
	lead, other := s.planner(access.Lead, "lea", "a"), s.planner(access.Lead, "leb", "b")
	id := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", "")+`}`, 200).Done[0].Activity
	for _, c := range []struct {
		who                planDesk
		method, path, body string
		status             int
		code               string
	}{
		{lead, "POST", "activities", `{"draft":` + strings.Replace(draftAt("09", "14:00", "16:00", ""), "001", "003", 1) + `}`, 403, "right.missing"},
		{lead, "POST", "activities", `{"draft":` + strings.Replace(draftAt("09", "14:00", "16:00", ""), "001", "777", 1) + `}`, 422, "planning.commune"},
		{lead, "POST", "activities", `{"draft":` + draftAt("11", "14:00", "16:00", "") + `}`, 422, "planning.days"},
		{lead, "POST", "activities", `{"draft":` + draftAt("09", "14:00", "16:00", `,"team":["nobody"]`) + `}`, 422, "planning.member"},
		{lead, "POST", "activities", `{"draft":` + draftAt("09", "14:00", "16:00", `,"village":"x"`) + `}`, 422, "planning.village"},
		{lead, "POST", "activities", `{"draft":` + draftAt("09", "16:00", "14:00", "") + `}`, 422, "activity.ends_before_start"},
		{lead, "POST", "activities", `{"draft":` + draftAt("09", "14:00", "16:00", "") + `,"series":{"from":"2025-11-02","to":"2025-11-01","every":1}}`, 422, "planning.series"},
		{lead, "POST", "activities", `{"draft":` + draftAt("09", "14:00", "16:00", "") + `,"series":{"from":"2025-11-03","to":"2025-11-04","weekdays":[0]}}`, 422, "planning.none"},
		{lead, "POST", "activities/move", `{"activities":["` + id + `"],"reason":"weather"}`, 422, "planning.still"},
		{lead, "POST", "activities/move", `{"activities":["` + id + `"],"reason":"weather","days":30}`, 422, "planning.days"},
		{lead, "POST", "activities/move", `{"activities":[],"reason":"weather","days":1}`, 422, "planning.many"},
		{other, "POST", "activities/move", `{"activities":["` + id + `"],"reason":"weather","days":1}`, 403, "right.missing"},
		{other, "POST", "activities/cancel", `{"activities":["` + id + `"],"reason":"people"}`, 403, "right.missing"},
		{other, "POST", "activities/undo", `{"entries":["` + id + `"]}`, 422, "planning.not_yours"},
		{s.planner(access.Campaigner, "ann", "a"), "POST", "activities", `{"draft":` + draftAt("09", "14:00", "16:00", "") + `}`, 403, "right.missing"},
		{lead, "PUT", "arithmetic", `{"reach":60,"per_session":20,"session_minutes":120,"day_minutes":480,"speed":30,"winding":160,"weekdays":6,"team_day":1,"kilometre":1}`, 403, "right.missing"},
	} {
		r := s.do(c.who.cookie, c.method, "/api/v1/campaigns/c/"+c.path, c.body)
		if r.status != c.status || !strings.Contains(string(r.body), `"code":"`+c.code+`"`) {
			t.Errorf("%s %s %s: %d %s, want %s", c.method, c.path, c.body, r.status, r.body, c.code)
		}
	}
	if len(lead.plan()) != 1 {
		t.Error("a refusal left something behind")
	}
	// Of many, those that can be done are.
	far := lead.asks("POST", "activities", `{"draft":`+draftAt("10", "08:00", "09:00", "")+`}`, 200).Done[0].Activity
	got := lead.asks("POST", "activities/move", `{"activities":["`+id+`","`+far+`"],"reason":"weather","days":1}`, 200)
	if got.Done[0].Code != "" || got.Done[1].Code != "planning.days" || got.Done[1].Detail == "" {
		t.Errorf("done %+v", got.Done)
	}
}

func TestCoverageAndArithmetic(t *testing.T) {
	s := open(t)
	err := s.intake.PutPlan(t.Context(), []campaign.Item{
		{Village: &campaign.Village{ID: "v1", Commune: "001", Name: "Bản Một"}},
		{Village: &campaign.Village{ID: "v2", Commune: "001", Name: "Bản Hai"}},
		{Village: &campaign.Village{ID: "v3", Commune: "003", Name: "Bản Ba"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	lead := s.planner(access.Lead, "lea", "a")
	lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"village":"v1"`)+`}`, 200)
	var got struct {
		Villages []struct {
			Name    string
			Planned int
		}
	}
	s.do(lead.cookie, "GET", "/api/v1/campaigns/c/coverage", "").decode(t, &got)
	if len(got.Villages) != 2 || got.Villages[0].Name != "Bản Hai" || got.Villages[0].Planned != 0 || got.Villages[1].Planned != 1 {
		t.Errorf("the villages of the lead's office: %+v", got.Villages)
	}
	province := s.planner(access.Province, "top", "p")
	r := s.do(province.cookie, "PUT", "/api/v1/campaigns/c/arithmetic", `{"reach":100,"per_session":5,"session_minutes":120,"day_minutes":480,"speed":30,"winding":100,"weekdays":7,"team_day":1000000,"kilometre":0}`)
	var sum struct {
		Days, Total any
		Usual, May  bool
		Communes    []struct {
			ID      string
			Planned int
		}
	}
	r.decode(t, &sum)
	if r.status != 200 || sum.Usual || !sum.May || fmt.Sprint(sum.Days) != "2" || sum.Communes[0].Planned != 1 {
		t.Errorf("arithmetic: %d %s", r.status, r.body)
	}
	if r := s.do(province.cookie, "PUT", "/api/v1/campaigns/c/arithmetic", `{"reach":0,"per_session":5,"session_minutes":120,"day_minutes":480,"speed":30,"winding":100,"weekdays":7,"team_day":1000000,"kilometre":0}`); r.status != 422 {
		t.Errorf("a reach of nothing: %d", r.status)
	}

	// Who sees no person counts the same people.
	for i := range 3 {
		who := storetest.Citizen(i)
		s.lists(people.Record{Personal: people.Personal{Name: who.Name, Citizen: who.Citizen}, Commune: "001", Village: "Bản Một"})
	}
	admin := s.planner(access.Administrator, "adm", "p")
	for _, path := range []string{"coverage", "arithmetic"} {
		of := func(d planDesk) string {
			return string(d.wants(d, "GET", "campaigns/c/"+path, "", 200).body)
		}
		if a, p := of(admin), of(province); path == "coverage" && a != p || path == "arithmetic" && (!strings.Contains(p, `"uncovered":3`) || strings.Count(a, `"uncovered":3`) != strings.Count(p, `"uncovered":3`)) {
			t.Errorf("%s: the administrator\n%s\nthe province\n%s", path, a, p)
		}
	}
}

// A calendar of another program is found again: nothing of it is planned twice,
// what moved there moves here, and what was taken back here can be brought anew.
func TestForeignCalendarAgain(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	calendar := func(hour, more string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:one@example.org\nSUMMARY:Họp\nLOCATION:Chợ, Commune 001\nDTSTART:20251109T" + hour + "0000\n" + more + "END:VEVENT\n" +
			"BEGIN:VEVENT\nUID:many@example.org\nSUMMARY:Họp\nLOCATION:Chợ, Commune 001\nDTSTART:20251109T080000\nRRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\n" +
			"BEGIN:VEVENT\nUID:never@example.org\nSTATUS:CANCELLED\nSUMMARY:Họp\nLOCATION:Chợ, Commune 001\nDTSTART:20251110T100000\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	bring := func(file string, want ...string) (entries []string) {
		t.Helper()
		r := s.do(lead.cookie, "POST", "/api/v1/campaigns/c/activities/file", file, "Content-Type", "application/octet-stream")
		var got struct {
			Rows    []struct{ Became, Detail string }
			Entries []string
		}
		r.decode(t, &got)
		var became []string
		for _, row := range got.Rows {
			became = append(became, row.Became)
		}
		if !slices.Equal(became, want) {
			t.Errorf("became %v, want %v: %s", became, want, r.body)
		}
		return got.Entries
	}
	entries := bring(calendar("14", ""), "added", "added", "added", "same")
	bring(calendar("14", ""), "same", "same", "same", "same")
	if len(lead.plan()) != 3 {
		t.Errorf("plan: %+v", lead.plan())
	}
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(entries)+`}`, 200)
	bring(calendar("14", ""), "added", "added", "added", "same")
	bring(calendar("15", "SEQUENCE:1\n"), "changed", "same", "same", "same")
	bring(calendar("15", "SEQUENCE:2\nSTATUS:CANCELLED\n"), "cancelled", "same", "same", "same")
	hours := map[int]int{}
	for _, a := range lead.plan() {
		hours[a.Start.Hour()]++
	}
	if len(lead.plan()) != 3 || hours[15] != 1 || hours[8] != 2 {
		t.Errorf("plan: %+v", lead.plan())
	}
	s.verify()
}

// TestPlanAsAFile: what is written comes back as the same; what is changed in
// the sheet changes the plan, and nothing else does.
func TestPlanAsAFile(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	first := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"team":["ann"],"topics":["BHYT hộ gia đình"]`)+`}`, 200).Done[0].Activity
	lead.asks("POST", "activities", `{"draft":`+draftAt("10", "14:00", "16:00", "")+`}`, 200)
	path := "/api/v1/campaigns/c/activities/file"
	type imported struct {
		Rows []struct {
			Row                  int
			Became, Code, Detail string
		}
		Entries []string
	}
	bring := func(file, query string) (r reply, got imported) {
		r = s.do(lead.cookie, "POST", path+query, file, "Content-Type", "application/octet-stream")
		if r.status == 200 {
			r.decode(t, &got)
		}
		return r, got
	}
	for _, format := range []string{"xlsx", "csv", "ics"} {
		for _, lang := range []string{"vi", "en", "bn"} {
			file := s.do(lead.cookie, "GET", path+"?format="+format+"&lang="+lang, "")
			if file.status != 200 || !strings.Contains(file.header.Get("Content-Disposition"), "plan."+format) {
				t.Fatalf("%s: %d %s", format, file.status, file.body)
			}
			r, got := bring(string(file.body), "")
			if len(got.Rows) != 2 || got.Rows[0].Became != "same" || got.Rows[1].Became != "same" || len(got.Entries) != 0 {
				t.Errorf("%s in %s comes back as %d %s", format, lang, r.status, r.body)
			}
		}
	}
	sheet := "id,date,from,to,kind,commune,place,team\n" +
		first + ",2025-11-09,15:00,17:00,small_group,001,Nhà văn hóa,\n" +
		",2025-11-10,08:00,,booth,001,Chợ,Worker ann\n" +
		",2025-11-10,08:00,,booth,Nơi không có,Chợ,\n"
	_, trial := bring(sheet, "?trial=true")
	if len(lead.plan()) != 2 {
		t.Fatal("a trial kept something")
	}
	_, got := bring(sheet, "")
	for i, want := range []string{"changed", "added", "refused"} {
		if got.Rows[i].Became != want || trial.Rows[i].Became != want {
			t.Errorf("row %d: %+v, on trial %+v", i, got.Rows[i], trial.Rows[i])
		}
	}
	if r := got.Rows[2]; r.Row != 4 || r.Code != "planning.cell" || !strings.Contains(r.Detail, "Nơi không có") {
		t.Errorf("refused: %+v", r)
	}
	plan := lead.plan()
	if a := plan[first]; len(plan) != 3 || a.Start.Hour() != 15 || len(a.Team) != 0 {
		t.Errorf("plan: %+v", plan)
	}
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(got.Entries)+`}`, 200)
	if a := lead.plan()[first]; len(lead.plan()) != 2 || a.Start.Hour() != 14 || len(a.Team) != 1 {
		t.Errorf("undone: %+v", lead.plan())
	}
	for file, code := range map[string]string{"BEGIN:VCALENDAR\r\nno": "planning.calendar", "a,b\n1,2\n": "planning.columns", "PK\x03\x04": "sheet.unreadable"} {
		if r, _ := bring(file, ""); r.status != 422 || !strings.Contains(string(r.body), code) {
			t.Errorf("%q: %d %s", file, r.status, r.body)
		}
	}
	s.verify()
}

func TestBoardOfThePast(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", "")+`}`, 200)
	var b struct{ Planned int }
	s.do(lead.cookie, "GET", "/api/v1/campaigns/c/board?at=2025-11-08T00:00:00Z", "").decode(t, &b)
	if b.Planned != 0 {
		t.Errorf("a plan that was not there yet: %+v", b)
	}
	s.do(lead.cookie, "GET", "/api/v1/campaigns/c/board?at=2025-11-09T03:00:00Z", "").decode(t, &b)
	if b.Planned != 1 {
		t.Errorf("a plan that was there: %+v", b)
	}
	for _, at := range []string{"yesterday", "2030-01-01T00:00:00Z"} {
		if r := s.do(lead.cookie, "GET", "/api/v1/campaigns/c/board?at="+at, ""); r.status != 422 || !strings.Contains(string(r.body), "board.at") {
			t.Errorf("%s: %d %s", at, r.status, r.body)
		}
	}
}

// Who enters a form of somebody who lives elsewhere in the province can say where.
func TestWherePeopleMayLive(t *testing.T) {
	s := open(t)
	var told struct {
		Communes []struct{ Code string }
		Homes    []struct{ ID, Name string }
	}
	s.do(s.signIn(access.Lead, "lea", "a"), "GET", "/api/v1/campaigns/c/planning", "").decode(t, &told)
	if len(told.Communes) != 2 || len(told.Homes) != 3 || told.Homes[2].ID != "003" || told.Homes[2].Name != "Commune 003" {
		t.Errorf("%+v", told)
	}
}
