package web_test

import (
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/outreach"
	"caunoi/store/storetest"
)

type targetsTold struct {
	Periods  []struct{ From, To string }
	Year     int
	From, To string
	May      bool
	Total    targetLine
	Rows     []targetLine
}

type targetLine struct {
	ID, Name, Verdict               string
	Target, Actual, Expected, Short int
	High                            *int
	Days                            []int
	Own                             bool
}

func TestTargets(t *testing.T) {
	s := open(t)
	province, lead, ann := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	const path = "/api/v1/campaigns/c/targets"
	set := func(body string) string {
		return `{"indicator":"enrolments","from":"2025-11-01","to":"2025-11-10","targets":[` + body + `]}`
	}
	if r := s.do(province, "PUT", path, set(`{"office":"a","value":50},{"office":"b","value":30}`)); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := s.do(lead, "PUT", path, set(`{"office":"a","campaigner":"ann","value":20}`)); r.status != 204 {
		t.Fatalf("a lead sets that of a campaigner: %d %s", r.status, r.body)
	}
	var told targetsTold
	s.do(ann, "GET", path, "").decode(t, &told)
	if told.Total.Target != 80 || told.Total.Own || told.Total.Expected != 72 || told.Rows[0].Target != 50 || len(told.Rows[0].Days) != 9 || told.May {
		t.Errorf("offices: %+v", told)
	}
	var people targetsTold
	s.do(lead, "GET", path+"?office=a", "").decode(t, &people)
	if people.Total.Target != 50 || !people.Total.Own || len(people.Rows) != 2 || people.Rows[0].ID != "ann" || people.Rows[0].Target != 20 || !people.May {
		t.Errorf("campaigners: %+v", people)
	}
	for _, c := range []struct {
		name, method, path, body, code string
		status                         int
	}{
		{"another office's people", "GET", path + "?office=b", "", "right.missing", 403},
		{"a lead sets that of an office", "PUT", path, set(`{"office":"a","value":1}`), "right.missing", 403},
		{"a campaigner of another office", "PUT", path, set(`{"office":"a","campaigner":"bob","value":1}`), "planning.member", 422},
		{"nothing is credited to people by heads", "GET", path + "?office=a&indicator=people_reached", "", "target.indicator", 422},
		{"days outside", "PUT", path, strings.Replace(set(`{"office":"a","campaigner":"ann","value":1}`), "11-10", "11-11", 1), "planning.days", 422},
	} {
		if r := s.do(lead, c.method, c.path, c.body); r.status != c.status || !strings.Contains(string(r.body), c.code) {
			t.Errorf("%s: %d %s", c.name, r.status, r.body)
		}
	}
	var spread struct {
		Parts []struct {
			ID    string
			Value int
		}
	}
	s.do(province, "POST", path+"/spread", `{"total":81,"by":"even"}`).decode(t, &spread)
	if len(spread.Parts) != 2 || spread.Parts[0].Value != 41 || spread.Parts[1].Value != 40 {
		t.Errorf("spread: %+v", spread)
	}
	s.verify()
}

// The year's targets are the province's, whatever the campaign from which one
// looks: what its campaigns counted in that year adds up.
func TestTargetsOfAYear(t *testing.T) {
	s := open(t)
	province, lead := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a")
	m := storetest.NewMaker()
	enrol := func(in string, day, who int) {
		l := m.Enrol("ann", storetest.At(day, 9), storetest.Citizen(who), outreach.HouseholdHI, campaign.Paid)
		l.Entry.Campaign = in
		if r := s.do(lead, "POST", "/api/v1/sync/push", batch(t, l)); !strings.Contains(string(r.body), `"accepted"`) {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	enrol("c", 2, 1)
	enrol("d", 3, 2)
	enrol("d", 8, 1) // counts once in each campaign, so twice in the year
	const c, d = "/api/v1/campaigns/c/targets", "/api/v1/campaigns/d/targets"
	set := func(body string) string { return `{"indicator":"enrolments","year":2025,"targets":[` + body + `]}` }
	if r := s.do(province, "PUT", c, set(`{"office":"a","value":365},{"office":"b","value":30}`)); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := s.do(lead, "PUT", d, set(`{"office":"a","campaigner":"ann","value":20}`)); r.status != 204 {
		t.Fatalf("a lead sets that of a campaigner: %d %s", r.status, r.body)
	}
	for _, path := range []string{c, d} {
		var told targetsTold
		s.do(province, "GET", path+"?year=2025", "").decode(t, &told)
		// The 9th of November is the 313th day; of days before October, in which
		// there was no campaign, the forecast knows nothing, and of none after 2025.
		if told.Year != 2025 || told.From != "2025-01-01" || told.To != "2025-12-31" || told.Total.Target != 395 || told.Total.Actual != 3 ||
			told.Rows[0].Target != 365 || told.Rows[0].Actual != 3 || told.Rows[0].Expected != 313 || len(told.Rows[0].Days) != 313 ||
			told.Rows[0].Verdict != "behind" || told.Total.High == nil || *told.Total.High > 40 {
			t.Errorf("%s: %+v", path, told)
		}
		s.do(province, "GET", path, "").decode(t, &told)
		if told.Total.Target != 0 {
			t.Errorf("%s: the year's is not that of a campaign: %+v", path, told)
		}
		var people targetsTold
		s.do(lead, "GET", path+"?year=2025&office=a", "").decode(t, &people)
		if people.Rows[0].ID != "ann" || people.Rows[0].Target != 20 || people.Rows[0].Actual != 3 || people.Total.Target != 365 || people.Total.Actual != 3 {
			t.Errorf("campaigners: %+v", people)
		}
	}
	if r := s.do(lead, "PUT", c, set(`{"office":"a","value":1}`)); r.status != 403 {
		t.Errorf("a lead sets that of an office: %d %s", r.status, r.body)
	}
	if r := s.do(province, "PUT", c, `{"indicator":"enrolments","targets":[{"office":"a","value":1}]}`); r.status != 422 {
		t.Errorf("of no time: %d %s", r.status, r.body)
	}
	s.verify()
}
