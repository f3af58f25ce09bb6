package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"caunoi/access"
)

type adopted struct {
	Campaign                  struct{ ID, Start, End string }
	Targets, Activities, Same int
	LostCount                 int `json:"lost_count"`
	Totals                    []struct{ Key, From, To string }
	Communes                  []struct{ ID, Name string }
}

// TestKit: a lead takes a campaign out as a file that names nobody; a province,
// and nobody below it, makes next year's of it, on trial first.
func TestKit(t *testing.T) {
	s := open(t)
	province, lead, ann := s.signIn(access.Province, "top", "p"), s.planner(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"team":["ann"],"lead":"lea"`)+`}`, 200)
	if r := s.do(province, "PUT", "/api/v1/campaigns/c/targets", `{"indicator":"enrolments","from":"2025-11-01","to":"2025-11-10","targets":[{"office":"a","value":50},{"office":"b","value":30}]}`); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	const path = "/api/v1/campaigns/c/kit"
	if r := s.do(ann, "GET", path, ""); r.status != 403 {
		t.Errorf("a campaigner exports: %d", r.status)
	}
	file := s.do(lead.cookie, "GET", path, "")
	if file.status != 200 || !strings.Contains(file.header.Get("Content-Disposition"), `"c.caunoi.json"`) || strings.Contains(string(file.body), `"lea"`) || strings.Contains(string(file.body), "Worker") {
		t.Fatalf("%d %v\n%s", file.status, file.header, file.body)
	}

	bring := func(who *http.Cookie, file string, more map[string]any, status int) (out adopted) {
		t.Helper()
		body := map[string]any{"file": file, "id": "c-2026", "start": "2026-10-31", "weekdays": true, "totals": map[string]int{"enrolments/1/10": 800}, "targets": "shares"}
		for k, v := range more {
			body[k] = v
		}
		raw, _ := json.Marshal(body)
		r := s.do(who, "POST", "/api/v1/kits", string(raw))
		if r.status != status {
			t.Fatalf("%v: %d %s", more, r.status, r.body)
		}
		if status == 200 {
			r.decode(t, &out)
		}
		return out
	}
	trial := map[string]any{"trial": true}
	bring(lead.cookie, string(file.body), trial, 403)
	bring(s.signIn(access.Province, "leb", "b"), string(file.body), trial, 403)
	bring(province, string(file.body), map[string]any{"province": "q"}, 403)
	got := bring(province, string(file.body), trial, 200)
	if got.Activities != 1 || got.Targets != 2 || got.Campaign.End != "2026-11-09" || len(got.Totals) != 1 || len(got.Communes) != 3 || got.LostCount != 0 || got.Totals[0].To != "2026-11-09" {
		t.Errorf("on trial: %+v", got)
	}
	if r := s.do(province, "GET", "/api/v1/campaigns/c-2026/activities", ""); r.status != 404 {
		t.Fatalf("a trial made a campaign: %d", r.status)
	}
	bring(province, string(file.body), nil, 200)
	var plan struct{ Activities []activity }
	s.do(province, "GET", "/api/v1/campaigns/c-2026/activities", "").decode(t, &plan)
	if len(plan.Activities) != 1 || len(plan.Activities[0].Team) != 0 || plan.Activities[0].Start.Format("2006-01-02") != "2026-11-08" {
		t.Errorf("the new plan: %+v", plan.Activities)
	}
	var told targetsTold
	s.do(province, "GET", "/api/v1/campaigns/c-2026/targets", "").decode(t, &told)
	if told.Total.Target != 800 || told.Rows[0].Target != 500 {
		t.Errorf("the new targets: %+v", told)
	}
	if got := bring(province, string(file.body), nil, 200); got.Same != 1 || got.Activities+got.Targets != 0 {
		t.Errorf("again: %+v", got)
	}
	if r := s.do(province, "GET", "/api/v1/audit?act=campaign.imported", ""); strings.Count(string(r.body), "campaign:c-2026") != 2 {
		t.Errorf("the audit: %s", r.body)
	}

	for name, file := range map[string]string{
		"not a file": "%PDF", "another version": `{"caunoi_campaign":9}`, "unknown": strings.Replace(string(file.body), `"days"`, `"song":1,"days"`, 1),
		"many": strings.Replace(string(file.body), `"activities": [`, `"activities": [`+strings.Repeat("{},", 1_000_000), 1),
	} {
		bring(province, file, map[string]any{"id": strings.ReplaceAll(name, " ", "-")}, 422)
	}
	bring(province, strings.Repeat(" ", 17<<20), nil, 413)
	s.verify()
}
