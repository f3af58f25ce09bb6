package web_test

import (
	"strings"
	"testing"

	"caunoi/access"
)

type targetsTold struct {
	Periods []struct{ From, To string }
	May     bool
	Total   targetLine
	Rows    []targetLine
}

type targetLine struct {
	ID, Name, Verdict               string
	Target, Actual, Expected, Short int
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
