package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
	"caunoi/store/storetest"
	"caunoi/tally"
)

type leaguePart struct {
	Indicator                            string
	Figure, Held, Target, Weight, Points int
}

type leagueRow struct {
	ID, Name      string
	Office        struct{ ID string }
	Rank          int
	PreviousRank  int `json:"previous_rank"`
	PublishedRank int `json:"published_rank"`
	Score         *float64
	Points        int
	Parts         []leaguePart
}

type leagueAnswer struct {
	Rule                 json.RawMessage
	Usual, May           bool
	Offices, Campaigners []leagueRow
	Flags                []struct {
		Office       struct{ ID string }
		Day          string
		Campaigner   struct{ ID, Name string }
		Indicator    string
		Reason       string
		Value, Usual int
		Passed, Held bool
	}
}

// order tells who stands where.
func order(rows []leagueRow) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r.Rank, r.ID))
	}
	return strings.Join(out, " ")
}

// contested is a campaign in which a has two enrolments and b one and three
// switches, a target of ten each.
func contested(t *testing.T) (*site, *storetest.Maker) {
	s := open(t)
	var targets []campaign.Item
	for _, o := range []string{"a", "b"} {
		targets = append(targets, campaign.Item{Target: &campaign.Target{Campaign: "c", Office: o, Indicator: "enrolments", From: "2025-11-01", To: "2025-11-10", Value: 10}})
	}
	if err := s.intake.PutPlan(t.Context(), targets); err != nil {
		t.Fatal(err)
	}
	m := storetest.NewMaker()
	lines := []journal.Line{
		m.Enrol("ann", storetest.At(8, 9), storetest.Citizen(1), outreach.HouseholdHI, campaign.Paid),
		m.Enrol("ann", storetest.At(8, 10), storetest.Citizen(2), outreach.HouseholdHI, campaign.Paid),
		m.Enrol("bob", storetest.At(8, 11), inB(3), outreach.HouseholdHI, campaign.Paid),
	}
	for i := range 3 {
		l := m.Make("noncash_switch", "bob", storetest.At(8, 12), outreach.SwitchBody{Benefit: "pension", Method: "card"})
		l.Entry.Person = inB(10 + i)
		lines = append(lines, l)
	}
	for _, o := range storetest.Import(t, s.intake, lines...) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	return s, m
}

// inB is somebody who lives in the commune of office b.
func inB(n int) *journal.Person {
	p := storetest.Citizen(n)
	p.Commune = "003"
	return p
}

const threeForSwitches = `{"weights":{"enrolments":1,"switches.noncash":3},"per":"none","min_sessions":0,"min_own_sessions":0,"ties":[],"hold_flagged":false}`

func TestLeagueIsPreviewedThenPublished(t *testing.T) {
	s, _ := contested(t)
	lead, province := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Province, "top", "p")
	const base = "/api/v1/campaigns/c/league"
	ask := func(method, path, body string, status int) (a leagueAnswer) {
		t.Helper()
		r := s.do(province, method, base+path, body)
		if r.status != status {
			t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
		}
		if status == 200 {
			r.decode(t, &a)
		}
		return a
	}
	seen := func() (a leagueAnswer) {
		t.Helper()
		s.do(lead, "GET", base, "").decode(t, &a)
		return a
	}
	ranks := func() (out string, ruled bool) {
		t.Helper()
		var b struct {
			Ruled   bool
			Offices []leagueRow
		}
		s.do(lead, "GET", "/api/v1/campaigns/c/board", "").decode(t, &b)
		return order(b.Offices), b.Ruled
	}
	if a := seen(); order(a.Offices) != "1a 2b" || !a.Usual || a.May || *a.Offices[0].Score != 20 || order(a.Campaigners) != "1ann 2" {
		t.Fatalf("before: %+v", a)
	}
	preview := ask("POST", "/preview", threeForSwitches, 200)
	if order(preview.Offices) != "1b 2a" || preview.Offices[0].PublishedRank != 2 {
		t.Errorf("preview: %+v", preview)
	}
	if a := seen(); order(a.Offices) != "1a 2b" {
		t.Errorf("a preview was kept: %+v", a)
	}
	if board, ruled := ranks(); board != "1a 2b" || ruled {
		t.Errorf("board %s, %v", board, ruled)
	}
	if published := ask("PUT", "", threeForSwitches, 200); order(published.Offices) != "1b 2a" || published.Usual || !published.May {
		t.Errorf("published: %+v", published)
	}
	a := seen()
	want := []leaguePart{{"enrolments", 1, 0, 0, 1, 1}, {"switches.noncash", 3, 0, 0, 3, 9}}
	if order(a.Offices) != "1b 2a" || fmt.Sprint(a.Offices[0].Parts) != fmt.Sprint(want) || a.Offices[0].Points != 10 || order(a.Campaigners) != "1 2ann" {
		t.Errorf("the lead sees %+v", a)
	}
	if board, ruled := ranks(); board != "1b 2a" || !ruled {
		t.Errorf("board %s, %v", board, ruled)
	}
	s.verify()
	for body, code := range map[string]string{
		strings.Replace(threeForSwitches, "switches.noncash", "songs", 1):             "league.indicator",
		strings.Replace(threeForSwitches, `:3}`, `:1001}`, 1):                         "league.weight",
		strings.Replace(threeForSwitches, `:1,"switches.noncash":3`, `:0`, 1):         "league.weights",
		strings.Replace(threeForSwitches, `"min_sessions":0`, `"min_sessions":-1`, 1): "league.sessions",
	} {
		for _, way := range [][2]string{{"PUT", ""}, {"POST", "/preview"}} {
			if r := s.do(province, way[0], base+way[1], body); r.status != 422 || !strings.Contains(string(r.body), `"`+code+`"`) {
				t.Errorf("%s %s: %d %s, want %s", way[0], body, r.status, r.body, code)
			}
		}
	}
	if r := s.do(lead, "PUT", base, threeForSwitches); r.status != 403 {
		t.Errorf("a lead published: %d", r.status)
	}
	if r := s.do(lead, "POST", base+"/preview", threeForSwitches); r.status != 403 {
		t.Errorf("a lead previewed: %d", r.status)
	}
	// The usual rule is none of the campaign's own.
	usual := `{"weights":{"enrolments":1,"consultations":0},"per":"target","min_sessions":0,"min_own_sessions":0,"ties":["enrolments"],"hold_flagged":false}`
	if a := ask("PUT", "", usual, 200); !a.Usual || order(a.Offices) != "1a 2b" {
		t.Errorf("the usual rule: %+v", a)
	}
	var acts struct{ Events []struct{ Act string } }
	s.do(province, "GET", "/api/v1/audit?act=setting.changed", "").decode(t, &acts)
	if len(acts.Events) != 2 {
		t.Errorf("the audit tells %v", acts.Events)
	}
}

// Other offices' campaigners stand without a name.
func TestLeagueNamesOnesOwn(t *testing.T) {
	s, _ := contested(t)
	for _, tt := range []struct {
		role             access.Role
		id, office, want string
	}{
		{access.Campaigner, "ann", "a", "ann|"},
		{access.Campaigner, "bob", "b", "|bob"},
		{access.Lead, "leb", "b", "|bob"},
		{access.Auditor, "aud", "p", "ann|bob"},
		{access.Province, "top", "p", "ann|bob"},
	} {
		r := s.do(s.signIn(tt.role, tt.id, tt.office), "GET", "/api/v1/campaigns/c/league", "")
		var a leagueAnswer
		r.decode(t, &a)
		if got := a.Campaigners[0].ID + "|" + a.Campaigners[1].ID; got != tt.want || a.Campaigners[1].Office.ID != "b" {
			t.Errorf("%s %s sees %s, want %s", tt.role, tt.id, got, tt.want)
		}
		for _, who := range []string{"ann", "bob"} {
			if !strings.Contains(tt.want, who) && strings.Contains(string(r.body), "Worker "+who) {
				t.Errorf("%s %s sees the name of %s", tt.role, tt.id, who)
			}
		}
	}
}

func TestLeagueMovesByTheDay(t *testing.T) {
	s, m := contested(t)
	var lines []journal.Line
	for i := range 2 { // today
		lines = append(lines, m.Enrol("bob", storetest.At(9, 9), inB(20+i), outreach.HouseholdHI, campaign.Paid))
	}
	storetest.Import(t, s.intake, lines...)
	var a leagueAnswer
	s.do(s.signIn(access.Lead, "lea", "a"), "GET", "/api/v1/campaigns/c/league", "").decode(t, &a)
	if b := a.Offices[0]; b.ID != "b" || b.Rank != 1 || b.PreviousRank != 2 || a.Campaigners[0].PreviousRank != 2 {
		t.Errorf("moved: %+v, %+v", a.Offices, a.Campaigners)
	}
}

// jump makes the 7th a day far out of line with a's other days: figures alone
// decide, and these are set as if entries had made them.
func (s *site) jump() {
	s.t.Helper()
	err := s.store.Update(s.t.Context(), func(tx store.Tx) error {
		var c tally.Change
		for day := 1; day <= 7; day++ {
			n := 4
			if day == 7 {
				n = 90
			}
			key := tally.Key{Campaign: "c", Office: "a", Commune: "001", Day: journal.Day(fmt.Sprintf("2025-11-%02d", day)), Indicator: tally.EnrolledHI}
			cell := tally.Cell{All: n, Closed: n}
			c.New = append(c.New, tally.Contribution{Key: key, Root: journal.NewID(), Cell: cell})
			c.Deltas = append(c.Deltas, tally.Figure{Key: key, Cell: cell})
		}
		return tx.Change(c)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAJumpIsHeldUntilItIsLetPass(t *testing.T) {
	s, _ := contested(t)
	province := s.signIn(access.Province, "top", "p")
	s.jump()
	const base = "/api/v1/campaigns/c/league"
	ask := func(method, path, body string) (a leagueAnswer) {
		t.Helper()
		r := s.do(province, method, base+path, body)
		if r.status != 200 {
			t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
		}
		r.decode(t, &a)
		return a
	}
	a := ask("GET", "", "")
	if len(a.Flags) != 1 || a.Flags[0].Day != "2025-11-07" || a.Flags[0].Value != 90 || a.Flags[0].Usual != 4 || a.Flags[0].Held || a.Offices[0].Points != 116 {
		t.Fatalf("flagged: %+v", a)
	}
	hold := strings.Replace(threeForSwitches, `"hold_flagged":false`, `"hold_flagged":true`, 1)
	if a = ask("PUT", "", hold); a.Offices[0].Points != 26 || a.Offices[0].Parts[0].Held != 90 || !a.Flags[0].Held {
		t.Errorf("held: %+v", a)
	}
	pass := func(value int, ok bool) string {
		return fmt.Sprintf(`{"office":"a","day":"2025-11-07","indicator":"enrolments","value":%d,"pass":%v}`, value, ok)
	}
	events := s.listen(province)
	<-events // one at once
	if a = ask("POST", "/flags", pass(90, true)); a.Offices[0].Points != 116 || !a.Flags[0].Passed || a.Flags[0].Held {
		t.Errorf("let pass: %+v", a)
	}
	told(t, events) // to who looks at the league meanwhile
	if a = ask("POST", "/flags", pass(90, false)); a.Offices[0].Points != 26 || a.Flags[0].Passed {
		t.Errorf("taken back: %+v", a)
	}
	for _, body := range []string{pass(91, true), strings.Replace(pass(90, true), "-07", "-06", 1)} {
		if r := s.do(province, "POST", base+"/flags", body); r.status != 422 || !strings.Contains(string(r.body), "league.no_flag") {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := s.do(s.signIn(access.Lead, "lea", "a"), "POST", base+"/flags", pass(90, true)); r.status != 403 {
		t.Errorf("a lead let pass: %d", r.status)
	}
}

// lists puts people into the registry, as the list of office a has them.
func (s *site) lists(rows ...people.Record) {
	s.t.Helper()
	err := s.store.Update(s.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		lea := access.Actor{User: access.User{ID: "lea", Role: access.Lead, Office: "a"}}
		_, err = s.intake.People().Import(tx, plan, lea, rows)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestOnePhoneAndOnesOwnDays: many enrolled on a day who have one phone number
// in the lists are flagged for the unit; a campaigner is flagged beside the own
// other days, and told of to nobody who may not see the name.
func TestOnePhoneAndOnesOwnDays(t *testing.T) {
	s := open(t)
	province, leb := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "leb", "b")
	var rows []people.Record
	for i := range 9 {
		who := storetest.Citizen(i)
		rows = append(rows, people.Record{Personal: people.Personal{Name: who.Name, Citizen: who.Citizen, Phone: "0900000001"}, Commune: "001"})
	}
	s.lists(rows...)
	m := storetest.NewMaker()
	var lines []journal.Line
	for day := 1; day <= 7; day++ {
		n := 1
		if day == 7 {
			n = 13
		}
		for i := range n {
			who := 100*day + i
			if day == 7 && i < 8 {
				who = i // of the list
			}
			lines = append(lines, m.Enrol("ann", storetest.At(day, 8).Add(time.Duration(i)*time.Minute), storetest.Citizen(who), outreach.HouseholdHI, campaign.Paid))
		}
		for i := range 9 { // others keep the office's days even
			lines = append(lines, m.Enrol("lea", storetest.At(day, 12).Add(time.Duration(i)*time.Minute), storetest.Citizen(1000+100*day+i), outreach.HouseholdHI, campaign.Paid))
		}
	}
	for _, o := range storetest.Import(t, s.intake, lines...) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	const base = "/api/v1/campaigns/c/league"
	ask := func(who *http.Cookie, method, path, body string) (a leagueAnswer, told string) {
		t.Helper()
		r := s.do(who, method, base+path, body)
		if r.status != 200 {
			t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
		}
		r.decode(t, &a)
		for _, f := range a.Flags {
			told += fmt.Sprintf("%s %s%s %d held=%v passed=%v; ", f.Day, f.Reason, f.Campaigner.ID, f.Value, f.Held, f.Passed)
		}
		return a, told
	}
	const rule = `{"weights":{"enrolments":1},"per":"none","min_sessions":0,"min_own_sessions":0,"ties":[],"hold_flagged":true}`
	a, told := ask(province, "PUT", "", rule)
	if want := "2025-11-07 phone 8 held=true passed=false; 2025-11-07 jumpann 13 held=true passed=false; "; told != want || a.Offices[0].Points != 60 {
		t.Fatalf("%s, %d points", told, a.Offices[0].Points)
	}
	if _, told := ask(leb, "GET", "", ""); told != "2025-11-07 phone 8 held=true passed=false; " {
		t.Errorf("of another office: %s", told)
	}
	pass := func(more string, value int) string {
		return fmt.Sprintf(`{"office":"a","day":"2025-11-07","indicator":"enrolments","value":%d,"pass":true%s}`, value, more)
	}
	if r := s.do(province, "POST", base+"/flags", pass("", 8)); r.status != 422 {
		t.Errorf("the unit's day is no jump: %d", r.status)
	}
	ask(province, "POST", "/flags", pass(`,"reason":"phone"`, 8))
	a, told = ask(province, "POST", "/flags", pass(`,"campaigner":"ann"`, 13))
	if want := "2025-11-07 phone 8 held=false passed=true; 2025-11-07 jumpann 13 held=false passed=true; "; told != want || a.Offices[0].Points != 82 {
		t.Errorf("let pass: %s, %d points", told, a.Offices[0].Points)
	}
}

// The report tells the leaders by the rule that the province published, as the
// board does.
func TestReportStandsByThePublishedRule(t *testing.T) {
	s := open(t)
	pro := s.signIn(access.Province, "pro", "p")
	ann, bob := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Campaigner, "bob", "b")
	m := storetest.NewMaker()
	s.pushes(ann, m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{}))
	for i := range 3 {
		s.pushes(bob, m.Consult("bob", storetest.At(8, 9), storetest.Citizen(2+i), journal.ID{}))
	}
	rule := `{"weights":{"people_reached":2},"per":"none","min_sessions":0,"min_own_sessions":0,"ties":[],"hold_flagged":false}`
	if r := s.do(pro, "PUT", "/api/v1/campaigns/c/league", rule); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	var told struct{ Text string }
	s.do(pro, "GET", "/api/v1/campaigns/c/report?lang=vi", "").decode(t, &told)
	if !strings.Contains(told.Text, "Dẫn đầu thi đua theo cách xếp hạng của tỉnh: Office b (6 điểm) và Office a (2 điểm).") {
		t.Errorf("told: %s", told.Text)
	}
	var facts struct {
		Offices []struct {
			ID    string
			Rank  int
			Score float64
		}
	}
	s.do(pro, "GET", "/api/v1/campaigns/c/report?format=json", "").decode(t, &facts)
	if o := facts.Offices; len(o) < 2 || o[0].ID != "b" || o[0].Rank != 1 || o[0].Score != 6 {
		t.Errorf("facts: %+v", o)
	}
}
