package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/readiness"
	"caunoi/store/storetest"
)

type readyTold struct {
	Day, Today, App                         string
	Activities                              []readyActivityTold
	Workers                                 []readyWorkerTold
	Offices                                 []readyOfficeTold
	Phones, Ready, Coming, Silent, Declined int
}

type readyActivityTold struct {
	ID   string
	Team []struct {
		User           struct{ ID, Name string }
		Lead           bool
		Answer, Reason string
	}
}

type readyWorkerTold struct {
	User  struct{ ID string }
	Seen  bool
	Ready bool
	Grade string
	Phone *struct{ Findings []readiness.Finding }
}

type readyOfficeTold struct {
	ID                     string
	Asked                  string
	Workers, Phones, Ready int
}

// finding is how a worker's phone stands in one aspect.
func (r readyTold) finding(worker string, aspect readiness.Aspect) string {
	for _, w := range r.Workers {
		if w.User.ID != worker || w.Phone == nil {
			continue
		}
		for _, f := range w.Phone.Findings {
			if f.Aspect == aspect {
				return fmt.Sprint(f.Code, " ", f.Grade)
			}
		}
	}
	return ""
}

// answers is who of each team said what.
func (r readyTold) answers() string {
	var out []string
	for _, a := range r.Activities {
		for _, m := range a.Team {
			out = append(out, m.User.ID+" "+m.Answer)
		}
	}
	return strings.Join(out, ", ")
}

// toldState is what a phone tells of itself that is ready, but for the rehearsal.
func toldState(app, rehearsed string) string {
	return fmt.Sprintf(`{"app":%q,"signal":"idle","epoch":"e-1","records":{"waiting":0,"sent":3,"refused":0,"conflict":0,"apart":0,"mended":0},"refused":[],
		"used":1,"room":6442450944,"lasting":true,"offset_ms":900,"browser":"Chrome 126","language":"vi","installed":true,"offline":true,"lists":[]%s}`, app, rehearsed)
}

// world is a site with an activity of tomorrow, of a team of two offices.
func readyWorld(t *testing.T) (s *site, cookies map[string]*http.Cookie, p journal.Line, m *storetest.Maker) {
	s = open(t)
	cookies = map[string]*http.Cookie{}
	for id, who := range map[string]access.User{"lea": {Role: access.Lead, Office: "a"}, "leb": {Role: access.Lead, Office: "b"}, "top": {Role: access.Province, Office: "p"}, "ann": {Role: access.Campaigner, Office: "a"}, "bob": {Role: access.Campaigner, Office: "b"}} {
		cookies[id] = s.signIn(who.Role, id, who.Office)
	}
	m = storetest.NewMaker()
	p = m.Make("activity_planned", "lea", storetest.At(1, 0), campaign.Planned{
		Kind: campaign.SmallGroup, Place: "Nhà văn hoá", Start: storetest.At(10, 8), End: storetest.At(10, 11), Lead: "ann", Team: []string{"ann", "bob"},
	})
	if got := storetest.Import(t, s.intake, p); got[0].Status != journal.Accepted {
		t.Fatalf("%+v", got)
	}
	return s, cookies, p, m
}

func (s *site) ready(who *http.Cookie, query string) (out readyTold) {
	s.t.Helper()
	s.do(who, "GET", "/api/v1/readiness"+query, "").decode(s.t, &out)
	return out
}

// TestReadiness: tomorrow's teams, who of them comes, and how the phones stand
// of those whom the caller manages.
func TestReadiness(t *testing.T) {
	s, cookies, p, m := readyWorld(t)
	lea := cookies["lea"]
	got := s.ready(lea, "")
	if got.Day != "2025-11-10" || got.Today != "2025-11-09" || got.App != "index-C0ffee_1" || got.answers() != "ann silent, bob silent" || got.Silent != 2 || got.Phones != 1 || got.Ready != 0 {
		t.Errorf("before anything: %+v", got)
	}
	ann := s.enrol(lea, "ann", "máy-1")
	if f := s.ready(lea, "").finding("ann", readiness.App); f != "untold unknown" {
		t.Errorf("a new phone: %s", f)
	}
	if r := ann.do("POST", "/api/v1/device/state", toldState("index-Other", "")); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := s.ready(lea, ""); got.finding("ann", readiness.App) != "app.other bad" || got.Ready != 0 {
		t.Errorf("an old app: %+v", got)
	}
	if r := ann.do("POST", "/api/v1/device/state", toldState("index-C0ffee_1", "")); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	say := func(by phone, author string, b outreach.ConfirmationBody) {
		t.Helper()
		l := m.Make("confirmation", author, now.Add(time.Duration(m.ID()[15])*time.Second), b)
		l.Entry.Activity = p.Entry.ID
		if r := by.do("POST", "/api/v1/sync/push", batch(t, l)); !bytes.Contains(r.body, []byte(`"accepted"`)) {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	say(ann, "ann", outreach.ConfirmationBody{Coming: true, For: storetest.At(10, 8)})
	say(s.enrol(cookies["leb"], "bob", "máy-2"), "bob", outreach.ConfirmationBody{For: storetest.At(10, 8), Reason: "travel"})
	got = s.ready(lea, "")
	if got.answers() != "ann coming, bob declined" || got.finding("ann", readiness.App) != "app.current ok" || got.Ready != 1 || got.Coming != 1 || got.Declined != 1 || got.Silent != 0 {
		t.Errorf("told and confirmed: %+v", got)
	}
	// The phone of another office's worker is not the lead's to see, nor the province's help of it.
	for _, w := range got.Workers {
		if w.User.ID == "bob" && (w.Seen || w.Phone != nil || w.Grade != "") {
			t.Errorf("another office's phone: %+v", w)
		}
	}
	if got := s.ready(cookies["top"], ""); got.Phones != 2 || len(got.Offices) != 1 || got.Offices[0].ID != "a" || got.Offices[0].Workers != 2 {
		t.Errorf("to the province: %+v", got)
	}
	// What a phone tells by itself is no call for help.
	if r := s.do(lea, "GET", "/api/v1/devices", ""); bytes.Contains(r.body, []byte(`"help":{`)) {
		t.Errorf("shown as asking for help: %s", r.body)
	}
	if r := ann.do("POST", "/api/v1/help", helpState(3, "person.birth", "Chrome 126")); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := s.ready(lea, "").finding("ann", readiness.Records); got != "records.waiting warn" {
		t.Errorf("what it told with a call for help: %s", got)
	}
	moved := m.Make("activity_moved", "lea", now, campaign.Moved{Reason: campaign.Weather, Start: storetest.At(10, 9), End: storetest.At(10, 11)})
	moved.Entry.Activity = p.Entry.ID
	storetest.Import(t, s.intake, moved)
	if got := s.ready(lea, ""); got.answers() != "ann stale, bob stale" || got.Silent != 2 || got.Coming != 0 {
		t.Errorf("after a move: %+v", got)
	}
	if got := s.ready(lea, "?day=2025-11-09"); len(got.Activities) != 0 || got.Day != "2025-11-09" {
		t.Errorf("a day without activities: %+v", got)
	}
	for path, code := range map[string]string{"?office=b": "right.missing", "?day=2025-13-01": "plan.day"} {
		if r := s.do(lea, "GET", "/api/v1/readiness"+path, ""); r.status < 400 || !strings.Contains(string(r.body), code) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := s.do(cookies["ann"], "GET", "/api/v1/readiness", ""); r.status != 403 {
		t.Errorf("to a campaigner: %d", r.status)
	}
	s.verify()
}

// TestRehearsal: asked for at the desk, learnt by the phone, answered as a push,
// and nothing of it is anywhere but in what the phone tells of itself.
func TestRehearsal(t *testing.T) {
	s, cookies, p, m := readyWorld(t)
	lea := cookies["lea"]
	ann := s.enrol(lea, "ann", "máy-1")
	const path = "/api/v1/sync/rehearse"
	l := m.Consult("ann", now, storetest.Citizen(1), p.Entry.ID)
	bad := m.Consult("ann", now, nil, p.Entry.ID)
	pulled := func() (out struct{ Rehearse string }) {
		ann.do("GET", "/api/v1/sync/pull", "").decode(t, &out)
		return out
	}
	if got := pulled().Rehearse; got != "" {
		t.Errorf("before anybody asked: %q", got)
	}
	var asked struct{ Workers int }
	s.do(lea, "POST", "/api/v1/readiness/rehearsals", `{"day":"2025-11-10"}`).decode(t, &asked)
	if asked.Workers != 2 || pulled().Rehearse == "" {
		t.Errorf("asked: %+v, pulled %+v", asked, pulled())
	}
	if r := ann.do("POST", "/api/v1/device/state", toldState("index-C0ffee_1", "")); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := s.ready(lea, ""); got.finding("ann", readiness.Rehearsal) != "rehearsal.asked warn" || got.Offices[0].Asked == "" {
		t.Errorf("asked and not done: %+v", got)
	}
	before := string(s.do(cookies["top"], "GET", "/api/v1/campaigns/c/board", "").body)
	var out struct {
		Rehearsed bool
		Results   []struct{ Status, Code string }
	}
	ann.do("POST", path, batch(t, l, bad)).decode(t, &out)
	if !out.Rehearsed || len(out.Results) != 2 || out.Results[0].Status != "accepted" || out.Results[1].Status != "refused" {
		t.Errorf("rehearsed: %+v", out)
	}
	if after := string(s.do(cookies["top"], "GET", "/api/v1/campaigns/c/board", "").body); after != before {
		t.Errorf("the board moved:\n%s\n%s", before, after)
	}
	var receipt struct{ Entries int }
	if ann.do("GET", "/api/v1/sync/receipt", "").decode(t, &receipt); receipt.Entries != 0 {
		t.Errorf("the server has %d entries of the phone", receipt.Entries)
	}
	if r := ann.do("POST", "/api/v1/device/state", toldState("index-C0ffee_1", fmt.Sprintf(`,"rehearsed":{"at":%q,"ok":true}`, now.Add(time.Minute).Format(time.RFC3339)))); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := s.ready(lea, ""); got.finding("ann", readiness.Rehearsal) != "rehearsal.done ok" || got.Ready != 1 {
		t.Errorf("done: %+v", got)
	}
	for body, code := range map[string]string{
		`{"day":"2025-11-08"}`: "readiness.past", `{"day":"2025-11-09"}`: "readiness.nobody", `{"day":"2025-11-10","office":"b"}`: "right.missing",
	} {
		if r := s.do(lea, "POST", "/api/v1/readiness/rehearsals", body); r.status < 400 || !strings.Contains(string(r.body), code) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := s.do(cookies["ann"], "POST", path, batch(t, l)); r.status != 403 || !strings.Contains(string(r.body), "device.none") {
		t.Errorf("from a browser: %d %s", r.status, r.body)
	}
	s.verify()
}
