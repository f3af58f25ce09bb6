package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store/storetest"
)

type unitsAnswer struct {
	Offices  []struct{ ID, Name, Closed string }
	Communes []struct{ Code, Name, Office, Into string }
	Changes  []struct {
		Commune             struct{ Code string }
		Day, What, From, To string
		Ahead               bool
	}
}

func (s *site) unitsOf(as planDesk) (a unitsAnswer) {
	s.t.Helper()
	s.wants(as, "GET", "units", "", 200).decode(s.t, &a)
	return a
}

type moves struct{ Figures, Entries, People, Campaigners int }

// refused wants a refusal with a code.
func (s *site) refused(as planDesk, method, path, body, code string) {
	s.t.Helper()
	r := s.do(as.cookie, method, "/api/v1/"+path, body)
	var p struct{ Code string }
	_ = json.Unmarshal(r.body, &p)
	if p.Code != code {
		s.t.Errorf("%s %s: %d %s, want %s", method, path, r.status, r.body, code)
	}
}

type boardCommune struct {
	Code, Name, Office string
	Figures            map[string]int
}

func (s *site) boardCommunes(as planDesk, period string) map[string]boardCommune {
	s.t.Helper()
	var b struct{ Communes []boardCommune }
	s.wants(as, "GET", "campaigns/c/board"+period, "", 200).decode(s.t, &b)
	out := map[string]boardCommune{}
	for _, c := range b.Communes {
		out[c.Code] = c
	}
	return out
}

// donated are cards given to people of 001 on the 7th and the 8th.
func (s *site) donated() *storetest.Maker {
	s.t.Helper()
	m := storetest.NewMaker()
	var lines []journal.Line
	for i, day := range []int{7, 8, 8} {
		l := m.Make("card_donation", "ann", storetest.At(day, 9), outreach.DonationBody{To: "student"})
		l.Entry.Commune, l.Entry.Person = "001", storetest.Citizen(i+1)
		l.Entry.Person.Commune = "001"
		lines = append(lines, l)
	}
	for _, o := range storetest.Import(s.t, s.intake, lines...) {
		if o.Status != journal.Accepted {
			s.t.Fatalf("%+v", o)
		}
	}
	return m
}

// A commune is given from a day on: on trial nothing is kept, and then no figure
// of a day before has moved.
func TestGiveACommuneFromADay(t *testing.T) {
	s := open(t)
	s.donated()
	province := s.planner(access.Province, "pro", "p")
	give := func(query string) (m moves) {
		t.Helper()
		s.wants(province, "POST", "units/communes/001/charge"+query, `{"from":"2025-11-08","office":"b"}`, 200).decode(t, &m)
		return m
	}
	offices := func() string {
		var b struct {
			Offices []struct {
				ID      string
				Figures map[string]int
			}
		}
		s.wants(province, "GET", "campaigns/c/board", "", 200).decode(t, &b)
		n := map[string]int{}
		for _, o := range b.Offices {
			n[o.ID] = o.Figures["donations.hi_card"]
		}
		return fmt.Sprint("a ", n["a"], ", b ", n["b"])
	}
	tried := give("?trial=true")
	if got := offices(); got != "a 3, b 0" || tried.Entries != 2 {
		t.Errorf("on trial: %s, %+v", got, tried)
	}
	if done := give(""); done != tried {
		t.Errorf("tried %+v, done %+v", tried, done)
	}
	if got := offices(); got != "a 1, b 2" {
		t.Errorf("given: %s", got)
	}
	storetest.Check(t, s.store)
	a := s.unitsOf(province)
	if len(a.Changes) != 1 || a.Changes[0].From != "Office a" || a.Changes[0].To != "Office b" || a.Changes[0].Ahead {
		t.Errorf("listed: %+v", a.Changes)
	}
	s.refused(province, "DELETE", "units/communes/001/changes/2025-11-08", "", "units.past")
}

// What an office has confirmed stays as it is: a change that would move it is
// refused, on trial too, and holds from the day after on.
func TestUnitsLeaveConfirmedDays(t *testing.T) {
	for _, by := range []string{"a", "p"} {
		t.Run("confirmed by "+by, func(t *testing.T) {
			s := open(t)
			s.donated()
			province := s.planner(access.Province, "pro", "p")
			s.wantState(s.closes(province.cookie, ofDay(by, "2025-11-08", "")), "closed")
			for path, body := range map[string]string{
				"units/communes/001/charge": `{"from":"2025-11-07","office":"b"}`,
				"units/communes/001/merger": `{"from":"2025-11-08","into":"003"}`,
			} {
				for _, query := range []string{"?trial=true", ""} {
					s.refused(province, "POST", path+query, body, "units.confirmed")
				}
			}
			if c := s.boardCommunes(province, "")["001"]; c.Office != "a" || c.Figures["donations.hi_card"] != 3 {
				t.Errorf("moved: %+v", c)
			}
			s.wants(province, "POST", "units/communes/001/charge", `{"from":"2025-11-09","office":"b"}`, 200)
			storetest.Check(t, s.store)
		})
	}
}

func TestMergeAndTakeBack(t *testing.T) {
	s := open(t)
	s.donated()
	province := s.planner(access.Province, "pro", "p")
	const merger, tomorrow = "units/communes/001/merger", `{"from":"2025-11-10","into":"003"}`
	s.wants(province, "POST", merger, tomorrow, 200)
	if a := s.unitsOf(province); len(a.Changes) != 1 || !a.Changes[0].Ahead || a.Communes[0].Into != "" {
		t.Errorf("ahead: %+v", a)
	}
	if c := s.boardCommunes(province, "")["001"]; c.Office != "a" {
		t.Errorf("a merger of tomorrow shows today: %+v", c)
	}
	loop := s.do(province.cookie, "POST", "/api/v1/units/communes/003/merger", `{"from":"2025-11-12","into":"001"}`)
	s.wantCode(loop, 422, "plan.merger_loop")
	if !strings.Contains(string(loop.body), "Commune 003 không thể sáp nhập vào Commune 001, vì Commune 001 lại thuộc Commune 003") {
		t.Errorf("a loop says %s", loop.body)
	}
	s.refused(province, "POST", merger, `{"from":"2025-11-12","into":"002"}`, "units.merged")
	s.wants(province, "DELETE", "units/communes/001/changes/2025-11-10", "", 200)
	s.wants(province, "POST", merger, `{"from":"2025-11-08","into":"003"}`, 200)
	all := s.boardCommunes(province, "")
	if all["001"].Figures["donations.hi_card"] != 1 || all["001"].Office != "a" || all["003"].Figures["donations.hi_card"] != 2 {
		t.Errorf("merged: %+v", all)
	}
	if _, there := s.boardCommunes(province, "?from=2025-11-08")["001"]; there {
		t.Error("a merged commune is listed where it has no figure")
	}
	storetest.Check(t, s.store)
}

func TestUnitsAreRefused(t *testing.T) {
	s := open(t)
	m := s.donated()
	province := s.planner(access.Province, "pro", "p")
	office := func(parent, name, more string) string {
		return `{"new":false,"parent":"` + parent + `","kind":"grassroots","name":"` + name + `","phone":"","order":0` + more + `}`
	}
	for _, tt := range []struct{ method, path, body, code string }{
		{"PUT", "units/offices/a", office("b", "  ", ""), "units.name"},
		{"PUT", "units/offices/a", office("a", "A", ""), "plan.office_loop"},
		{"PUT", "units/offices/a", `{"new":true,"parent":"p","kind":"grassroots","name":"A","phone":"","order":0}`, "units.exists"},
		{"PUT", "units/offices/%C6%A0", `{"new":true,"parent":"p","kind":"grassroots","name":"A","phone":"","order":0}`, "units.id"},
		{"POST", "units/offices/a/closed", `{"from":"2025-12-01"}`, "units.has_communes"},
		{"POST", "units/communes/001/charge", `{"from":"2025-11-08","office":"a"}`, "units.same"},
		{"POST", "units/communes/001/charge", `{"from":"tomorrow","office":"b"}`, "plan.day"},
		{"POST", "units/communes/001/charge", `{"from":"2025-11-08","office":"elsewhere"}`, "right.missing"},
		{"POST", "units/communes/001/merger", `{"from":"2025-11-08","into":"001"}`, "plan.merger"},
		{"PUT", "units/communes/001", `{"new":false,"name":"x","type":"xã","lat":1,"lon":1,"market":{"every":1,"from":"2025-11-01"}}`, "plan.market"},
		{"PUT", "units/communes/999", `{"new":false,"name":"x","type":"xã","lat":1,"lon":1}`, "not_found"},
	} {
		s.refused(province, tt.method, tt.path, tt.body, tt.code)
	}
	lead := s.planner(access.Lead, "lea", "a")
	s.refused(lead, "PUT", "units/offices/a", office("p", "A", ""), "right.missing")

	for _, o := range storetest.Import(t, s.intake, m.Make("closing", "top", storetest.At(9, 9), outreach.ClosingBody{Scope: "campaign"})) {
		if o.Status != journal.Accepted {
			t.Fatalf("%+v", o)
		}
	}
	s.refused(province, "POST", "units/communes/001/charge", `{"from":"2025-11-08","office":"b"}`, "units.closed")
	s.refused(province, "PUT", "units/offices/a", office("", "A", ""), "right.missing")
}

func TestOfficesAndCommunesAreKept(t *testing.T) {
	s := open(t)
	province := s.planner(access.Province, "pro", "p")
	s.wants(province, "PUT", "units/offices/neu", `{"new":true,"parent":"p","kind":"grassroots","name":" BHXH  cơ sở Mới ","phone":"0214 3840 123","order":2}`, 200)
	s.wants(province, "PUT", "units/communes/00900", `{"new":true,"office":"neu","name":"Mới","type":"phường","lat":22.3,"lon":104.1,"market":{"every":6,"from":"2025-11-02"}}`, 200)
	// From tomorrow on it is called otherwise; what was written wrong today is put right.
	s.wants(province, "PUT", "units/communes/00900", `{"new":false,"name":"Rất Mới","type":"phường","from":"2025-11-10","lat":22.3,"lon":104.1}`, 200)
	s.wants(province, "PUT", "units/communes/00900", `{"new":false,"name":"Mới Toanh","type":"phường","lat":22.3,"lon":104.1,"market":{"weekdays":[0]}}`, 200)
	plan, err := s.intake.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, day := range []journal.Day{"2025-11-01", "2025-11-09", "2025-11-10"} {
		names = append(names, plan.CommuneOn("00900", day).Name)
	}
	if got := strings.Join(names, ", "); got != "Mới Toanh, Mới Toanh, Rất Mới" {
		t.Errorf("called %s", got)
	}
	var audit struct {
		Events []struct {
			Act     string
			Details map[string]string
		}
	}
	s.wants(province, "GET", "audit?act=unit.changed", "", 200).decode(t, &audit)
	if n := len(audit.Events); n != 4 || audit.Events[0].Details["set"] != `{"market":{"weekdays":[0]},"name":"Mới Toanh"}` {
		t.Errorf("the audit holds %+v", audit.Events)
	}
	if o := plan.Offices["neu"]; o.Name != "BHXH cơ sở Mới" || !plan.Communes["00900"].Market.On("2025-11-09") {
		t.Errorf("kept %+v, %+v", o, plan.Communes["00900"])
	}
	if err := s.intake.PutPlan(t.Context(), []campaign.Item{{Office: &campaign.Office{ID: "zu", Parent: "p", Kind: campaign.GrassRoots, Name: "Zu"}}}); err != nil {
		t.Fatal(err)
	}
	s.wants(province, "POST", "units/offices/zu/closed", `{"from":"2025-10-01"}`, 200)
	if strings.Contains(string(s.wants(province, "GET", "campaigns/c/board", "", 200).body), `"zu"`) {
		t.Error("an office that closed before the campaign is in its league")
	}
}
