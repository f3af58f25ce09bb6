package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/storetest"
)

type targetsTold struct {
	Periods  []struct{ From, To string }
	Year     int
	From, To string
	Busy     struct{ From, To string }
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
	if told.Total.Target != 80 || told.Total.Own || told.Total.Expected != 64 || told.Rows[0].Target != 50 || len(told.Rows[0].Days) != 9 || told.May {
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
		{"a campaigner of another office", "PUT", path, set(`{"office":"a","campaigner":"bob","value":1}`), "target.member", 422},
		{"nothing is credited to people by heads", "GET", path + "?office=a&indicator=people_reached", "", "target.indicator", 422},
		{"days outside", "PUT", path, strings.Replace(set(`{"office":"a","campaigner":"ann","value":1}`), "11-10", "11-11", 1), "target.days", 422},
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

type targetsBrought struct {
	Rows []struct {
		Row, Had, Value    int
		Became, Name, Code string
	}
}

func (b *targetsBrought) String() string {
	var out strings.Builder
	for _, r := range b.Rows {
		fmt.Fprintf(&out, "%d %s %s %s%d→%d\n", r.Row, r.Became, r.Name, r.Code, r.Had, r.Value)
	}
	return out.String()
}

// What a file of targets would do is told first and done then; a refused row
// keeps no other out.
func TestTargetsFromAFile(t *testing.T) {
	s := open(t)
	province, lead, ann := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	const path = "/api/v1/campaigns/c/targets"
	s.do(province, "PUT", path, `{"indicator":"enrolments","from":"2025-11-01","to":"2025-11-10","targets":[{"office":"a","value":50},{"office":"b","value":30}]}`)
	const file = "office,campaigner,indicator,from,to,target\n" +
		"a,,enrolments,2025-11-01,2025-11-10,50\n" +
		"b,,Người tham gia mới,01/11/2025,10/11/2025,35\n" +
		"a,ann,switches.noncash,2025-11-06,2025-11-10,7\n" +
		"a,ann,switches.noncash,2025-11-06,2025-11-10,8\n" +
		"a,,enrolments,2025-11-01,2025-11-11,50\n" +
		"a,bob,enrolments,2025-11-01,2025-11-10,5\n" +
		"a,ann,people_reached,2025-11-01,2025-11-10,5\n" +
		"a,,enrolments,2025-11-01,2025-11-10,nhiều\n" +
		"p,,sessions,2025-11-01,2025-11-10,0\n"
	const rest = "5 refused  target.twice0→0\n6 refused  target.days0→0\n7 refused  target.member0→0\n8 refused  target.indicator0→0\n9 refused  planning.cell0→0\n"
	plan := func() (plan *campaign.Plan) {
		t.Helper()
		err := s.store.View(t.Context(), func(tx store.Tx) (err error) { plan, err = tx.Plan(); return err })
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	names := map[string]string{}
	for _, id := range []string{"a", "b", "p"} {
		names[id] = plan().Offices[id].Name
	}
	bring := func(token *http.Cookie, query string) string {
		t.Helper()
		r := s.do(token, "POST", path+"/file"+query, file)
		var told targetsBrought
		if r.decode(t, &told); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return told.String()
	}
	audited := func() int {
		var acts struct{ Events []struct{ Act string } }
		s.do(province, "GET", "/api/v1/audit?act=setting.changed", "").decode(t, &acts)
		return len(acts.Events)
	}
	had := audited()
	whole := fmt.Sprintf("2 same %s 50→50\n3 changed %s 30→35\n4 added Worker ann 0→7\n", names["a"], names["b"]) + rest + fmt.Sprintf("10 same %s 0→0\n", names["p"])
	if got := bring(province, "?trial=true"); got != whole {
		t.Errorf("on trial:\n%swant\n%s", got, whole)
	}
	if n := len(plan().Targets); n != 2 || audited() != had {
		t.Errorf("a trial keeps something: %d targets, %d acts", n, audited()-had)
	}
	// A lead sets those of the own people alone.
	want := fmt.Sprintf("2 same %s 50→50\n3 refused  right.missing0→0\n4 added Worker ann 0→7\n5 refused  target.twice0→0\n6 refused  right.missing0→0\n", names["a"]) +
		rest[strings.Index(rest, "7 "):] + fmt.Sprintf("10 same %s 0→0\n", names["p"])
	if got := bring(lead, ""); got != want {
		t.Errorf("a lead:\n%swant\n%s", got, want)
	}
	if got := bring(province, ""); got != strings.Replace(whole, "4 added Worker ann 0→7", "4 same Worker ann 7→7", 1) {
		t.Errorf("the province:\n%s", got)
	}
	if v, _ := plan().Target("c", "b", "enrolments", "2025-11-01", "2025-11-10"); v != 35 || audited() != had+2 {
		t.Errorf("%d, %d acts", v, audited()-had)
	}
	// Nobody learns by trying what other offices' people have.
	if got := bring(s.signIn(access.Lead, "leb", "b"), "?trial=true"); !strings.Contains(got, "4 refused  right.missing") {
		t.Errorf("a lead of another office:\n%s", got)
	}
	if r := s.do(ann, "POST", path+"/file", file); r.status != 403 {
		t.Errorf("a campaigner: %d %s", r.status, r.body)
	}
	s.verify()
}

// The file of the targets as they stand reads back as they stand, in every
// language.
func TestTargetsToAFile(t *testing.T) {
	s := open(t)
	province, lead, other := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	const path = "/api/v1/campaigns/c/targets"
	for _, indicator := range []string{"enrolments", "enrolments.voluntary_si_new", "enrolments.self_paid_hi", "renewals.voluntary_si", "renewals.self_paid_hi", "switches.noncash", "donations.hi_card"} {
		body := `{"indicator":"` + indicator + `","from":"2025-11-02","to":"2025-11-10","targets":[{"office":"a","value":1234},{"office":"a","campaigner":"ann","value":20},{"office":"b","value":0}]}`
		if r := s.do(province, "PUT", path, body); r.status != 204 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	for _, c := range []struct {
		token *http.Cookie
		rows  int
	}{{province, 14}, {lead, 14}, {other, 7}} {
		for _, format := range []string{"xlsx", "csv"} {
			for _, lang := range []string{"vi", "en", "bn"} {
				file := s.do(c.token, "GET", path+"/file?format="+format+"&lang="+lang, "")
				var told targetsBrought
				s.do(c.token, "POST", path+"/file", string(file.body)).decode(t, &told)
				if len(told.Rows) != c.rows {
					t.Fatalf("%s %s: %d rows: %s", format, lang, len(told.Rows), &told)
				}
				for _, r := range told.Rows {
					if r.Became != "same" {
						t.Errorf("%s %s: %+v", format, lang, r)
					}
				}
			}
		}
	}
}

// The year's targets are the province's, whatever the campaign from which one
// looks: what its campaigns counted in that year adds up, each person once.
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
	enrol("d", 8, 1) // counts once in each campaign, and once in the year
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
		// The 9th of November is the 313th day. Of the 92 that the campaigns have in this year 39 are over;
		// of days before October neither the expected line nor the forecast knows, and of none after 2025.
		if told.Year != 2025 || told.From != "2025-01-01" || told.To != "2025-12-31" || told.Total.Target != 395 || told.Total.Actual != 2 ||
			told.Rows[0].Target != 365 || told.Rows[0].Actual != 2 || told.Rows[0].Expected != 155 || told.Busy.From != "2025-10-01" || told.Busy.To != "2025-12-31" || len(told.Rows[0].Days) != 313 ||
			told.Rows[0].Verdict != "behind" || told.Total.High == nil || *told.Total.High > 40 {
			t.Errorf("%s: %+v", path, told)
		}
		s.do(province, "GET", path, "").decode(t, &told)
		if told.Total.Target != 0 {
			t.Errorf("%s: the year's is not that of a campaign: %+v", path, told)
		}
		var people targetsTold
		s.do(lead, "GET", path+"?year=2025&office=a", "").decode(t, &people)
		if people.Rows[0].ID != "ann" || people.Rows[0].Target != 20 || people.Rows[0].Actual != 2 || people.Total.Target != 365 || people.Total.Actual != 2 {
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
