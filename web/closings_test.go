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
	"caunoi/store/storetest"
)

type standing struct {
	Day    string
	Closed *struct {
		By     string
		Office struct{ ID, Name string }
		Above  bool
	}
	Figures           map[string]struct{ Value, Late int }
	Late              map[string]int
	Unclosed, Reviews int
	Waiting           bool
	Running           bool
	MayClose          bool `json:"may_close"`
	MayReopen         bool `json:"may_reopen"`
}

type closings struct {
	From, To string
	Campaign standing
	Offices  []struct {
		ID, Name   string
		Whole, May bool
		Days       []standing
	}
}

func (s *site) closings(who *http.Cookie) (out closings) {
	s.t.Helper()
	r := s.do(who, "GET", "/api/v1/campaigns/c/closings", "")
	if r.status != 200 {
		s.t.Fatalf("closings: %d %s", r.status, r.body)
	}
	r.decode(s.t, &out)
	return out
}

func (c closings) day(t *testing.T, office, day string) standing {
	t.Helper()
	for _, o := range c.Offices {
		for _, d := range o.Days {
			if o.ID == office && d.Day == day {
				return d
			}
		}
	}
	t.Fatalf("no %s of %s in %+v", day, office, c)
	return standing{}
}

// closes asks to close or open days again.
func (s *site) closes(who *http.Cookie, body string) reply {
	s.t.Helper()
	return s.do(who, "POST", "/api/v1/campaigns/c/closings", body)
}

func ofDay(office, day, more string) string {
	return fmt.Sprintf(`{"scope":"day","office":%q,"days":[%q]%s}`, office, day, more)
}

const again = `,"reopen":true,"reason":"Mô phỏng sót phiếu"`

func (s *site) wantState(r reply, state string) {
	s.t.Helper()
	if r.status != 200 || !bytes.Contains(r.body, []byte(`"state":"`+state+`"`)) {
		s.t.Fatalf("got %d %s, want %s", r.status, r.body, state)
	}
}

func (s *site) pushes(who *http.Cookie, lines ...journal.Line) {
	s.t.Helper()
	if r := s.do(who, "POST", "/api/v1/sync/push", batch(s.t, lines...)); bytes.Count(r.body, []byte(`"accepted"`)) != len(lines) {
		s.t.Fatalf("push: %d %s", r.status, r.body)
	}
}

// later lets a minute pass.
func (s *site) later() {
	was := now
	s.t.Cleanup(func() { now = was })
	now = now.Add(time.Minute)
}

// Today is not over before 17:00, nor while an activity of the office goes on:
// whoever confirms it is told so, and may.
func TestTodayIsNotOver(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	m := storetest.NewMaker()
	s.pushes(lea, m.Plan("lea", campaign.SmallGroup, storetest.At(9, 16), journal.ID{})) // until 19:00
	was := now
	t.Cleanup(func() { now = was })
	for _, c := range []struct {
		at   time.Time
		a, b bool
	}{{storetest.At(9, 1), true, true}, {storetest.At(9, 18), true, false}, {storetest.At(9, 20), false, false}} {
		now = c.at
		lea, leb := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
		if a, b := s.closings(lea).day(t, "a", "2025-11-09").Running, s.closings(leb).day(t, "b", "2025-11-09").Running; a != c.a || b != c.b {
			t.Errorf("at %s: %v %v", c.at, a, b)
		}
	}
	if s.closings(lea).day(t, "a", "2025-11-08").Running {
		t.Error("yesterday is not over")
	}
	s.wantState(s.closes(lea, ofDay("a", "2025-11-09", "")), "closed")
}

// A lead confirms a day; what comes later stands beside the confirmed figures,
// until the day is opened again with a reason, which the audit tells.
func TestClosingADay(t *testing.T) {
	s := open(t)
	lea, ann := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	m := storetest.NewMaker()
	plan := m.Plan("lea", campaign.SmallGroup, storetest.At(8, 8), journal.ID{})
	open2 := m.Plan("lea", campaign.SmallGroup, storetest.At(8, 14), journal.ID{})
	s.pushes(lea, plan, open2, m.Hold("lea", storetest.At(8, 11), plan.Entry.ID, 12))
	s.pushes(ann, m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), plan.Entry.ID))
	got := s.closings(lea).day(t, "a", "2025-11-08")
	if got.Closed != nil || !got.MayClose || got.MayReopen || got.Figures["people_reached"].Value != 12 || got.Figures["sessions"].Value != 1 || got.Unclosed != 1 {
		t.Fatalf("before: %+v", got)
	}
	s.wantState(s.closes(lea, ofDay("a", "2025-11-08", "")), "closed")
	s.later()
	s.pushes(ann, m.Consult("ann", storetest.At(8, 15), storetest.Citizen(2), journal.ID{}))
	got = s.closings(lea).day(t, "a", "2025-11-08")
	if got.Closed == nil || got.Closed.By != "Mô phỏng lea" || got.MayClose || !got.MayReopen {
		t.Fatalf("closed: %+v", got)
	}
	if f := got.Figures["people_reached"]; f.Value != 12 || f.Late != 1 || got.Late["consultations"] != 1 || got.Late["people_reached"] != 1 {
		t.Errorf("late beside: %+v", got)
	}
	for _, c := range []struct{ body, code string }{
		{ofDay("a", "2025-11-08", ""), "closing.closed"},
		{ofDay("a", "2025-11-10", ""), "closing.future"},
		{ofDay("a", "2025-10-30", ""), "closing.outside"},
		{ofDay("a", "2025-11-07", again), "closing.open"},
		{ofDay("a", "2025-11-08", `,"reopen":true`), "closing.reason"},
		{`{"scope":"day","office":"a","days":[]}`, "closing.many"},
		{`{"scope":"day","days":["2025-11-08"]}`, "closing.day"},
		{`{"scope":"campaign","days":["2025-11-08"]}`, "closing.day"},
		// One of two makes no sense: neither is done.
		{`{"scope":"day","office":"a","days":["2025-11-07","2025-11-08"]}`, "closing.closed"},
	} {
		s.wantCode(s.closes(lea, c.body), 422, c.code)
	}
	if s.closings(lea).day(t, "a", "2025-11-07").Closed != nil {
		t.Error("a day was confirmed beside one that was refused")
	}
	s.wantState(s.closes(lea, ofDay("a", "2025-11-08", again)), "reopened")
	got = s.closings(lea).day(t, "a", "2025-11-08")
	if got.Closed != nil || got.Figures["people_reached"].Value != 13 || len(got.Late) != 0 {
		t.Errorf("opened again: %+v", got)
	}
	s.wantState(s.closes(lea, `{"scope":"day","office":"a","days":["2025-11-07","2025-11-08"]}`), "closed")
	acts := strings.Join(s.acts(), "\n")
	if strings.Count(acts, "day.closed lea done") != 3 || strings.Count(acts, "day.reopened lea done") != 1 {
		t.Errorf("the audit:\n%s", acts)
	}
	storetest.Check(t, s.store)
}

// Where the agency wants four eyes, a re-opening waits, is asked for once, and
// takes effect when somebody else agrees.
func TestReopeningAtTheDeskTakesTwo(t *testing.T) {
	s := open(t)
	top, lea, second := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "second", "a")
	if r := s.do(top, "PUT", "/api/v1/settings/approvals", `{"acts":{"day.reopen":true}}`); r.status != 200 {
		t.Fatalf("settings: %d %s", r.status, r.body)
	}
	s.wantState(s.closes(lea, ofDay("a", "2025-11-08", "")), "closed")
	s.wantState(s.closes(lea, ofDay("a", "2025-11-08", again)), "waiting")
	s.wantCode(s.closes(second, ofDay("a", "2025-11-08", again)), 422, "closing.waiting")
	got := s.closings(second).day(t, "a", "2025-11-08")
	if got.Closed == nil || !got.Waiting || got.MayReopen {
		t.Fatalf("while it waits: %+v", got)
	}
	asked := s.requests(lea, "waiting")
	if len(asked) != 1 || asked[0].Change["day"] != "2025-11-08" || asked[0].Change["office"] != "a" || asked[0].Change["reason"] == "" || asked[0].Change["reason"] == nil {
		t.Fatalf("requests: %+v", asked)
	}
	path := "/api/v1/approvals/" + asked[0].ID
	s.wantCode(s.do(lea, "POST", path, `{"approve":true}`), 403, "approval.own")
	if r := s.do(second, "POST", path, `{"approve":true}`); r.status != 200 {
		t.Fatalf("approve: %d %s", r.status, r.body)
	}
	got = s.closings(lea).day(t, "a", "2025-11-08")
	if got.Closed != nil || got.Waiting || !got.MayClose {
		t.Errorf("agreed: %+v", got)
	}
	if acts := strings.Join(s.acts(), "\n"); !strings.Contains(acts, "approval.decided second done") || !strings.Contains(acts, "day.reopened lea done") {
		t.Errorf("the audit:\n%s", acts)
	}
}

// Who may close what: a lead the own office, the province every office and the
// campaign, nobody else anything. What an office above closed holds below.
func TestWhoMayClose(t *testing.T) {
	s := open(t)
	top, lea, leb := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	ann, eye := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Auditor, "eye", "p")
	for _, who := range []*http.Cookie{ann, eye, leb} {
		s.wantCode(s.closes(who, ofDay("a", "2025-11-08", "")), 403, "right.missing")
		if d := s.closings(who).day(t, "a", "2025-11-08"); d.MayClose || d.MayReopen {
			t.Errorf("offered to who may not: %+v", d)
		}
	}
	s.wantCode(s.closes(lea, `{"scope":"campaign"}`), 403, "right.missing")
	s.wantState(s.closes(top, ofDay("p", "2025-11-08", "")), "closed")
	d := s.closings(lea).day(t, "a", "2025-11-08")
	if d.Closed == nil || !d.Closed.Above || d.Closed.Office.ID != "p" || d.Closed.By != "" || d.MayClose || d.MayReopen {
		t.Errorf("closed from above: %+v", d)
	}
	s.wantCode(s.closes(lea, ofDay("a", "2025-11-08", "")), 422, "closing.covered")
	s.wantCode(s.closes(lea, ofDay("a", "2025-11-08", again)), 422, "closing.above")
	if by := s.closings(eye).day(t, "p", "2025-11-08").Closed.By; by != "Mô phỏng top" {
		t.Errorf("the auditor of the province is told %q", by)
	}
	s.wantState(s.closes(top, `{"scope":"campaign"}`), "closed")
	m := storetest.NewMaker()
	s.later()
	s.pushes(ann, m.Consult("ann", storetest.At(7, 15), storetest.Citizen(3), journal.ID{}))
	all := s.closings(top)
	if c := all.Campaign; c.Closed == nil || !c.MayReopen || c.Late["people_reached"] != 1 || c.Figures["people_reached"].Value != 0 {
		t.Errorf("the campaign: %+v", c)
	}
	if d := all.day(t, "a", "2025-11-07"); d.MayClose || d.Late["people_reached"] != 1 {
		t.Errorf("a day of a closed campaign: %+v", d)
	}
	s.wantCode(s.closes(top, `{"scope":"campaign"}`), 422, "closing.campaign_closed")
	s.wantCode(s.closes(lea, ofDay("a", "2025-11-07", "")), 422, "closing.campaign_closed")
	s.wantState(s.closes(top, `{"scope":"campaign","reopen":true,"reason":"Mô phỏng"}`), "reopened")
	s.wantCode(s.closes(top, `{"scope":"campaign","reopen":true,"reason":"Mô phỏng"}`), 422, "closing.campaign_open")
	if acts := strings.Join(s.acts(), "\n"); !strings.Contains(acts, "campaign.closed top done") || !strings.Contains(acts, "campaign.reopened top done") {
		t.Errorf("the audit:\n%s", acts)
	}
	storetest.Check(t, s.store)
}

// Questions whose answer was promised for a day that has come are listed, to
// who may see the entries, until they are answered.
func TestReviewQuestionsAndReviewsOfADay(t *testing.T) {
	s := open(t)
	lea, leb, ann := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b"), s.signIn(access.Campaigner, "ann", "a")
	m := storetest.NewMaker()
	ask := func(by string) journal.Line {
		return m.Make("question", "ann", storetest.At(7, 9), &outreach.QuestionBody{Text: "Mô phỏng?", Answered: "pending", PromiseBy: journal.Day(by)})
	}
	due, past, later := ask("2025-11-09"), ask("2025-11-08"), ask("2025-11-12")
	answered := ask("2025-11-08")
	s.pushes(ann, due, past, later, answered)
	s.pushes(ann, m.Correct("ann", storetest.At(9, 9), answered, func(e *journal.Entry) {
		e.Body = []byte(`{"text":"Mô phỏng?","answer":"Mô phỏng.","answered":"later"}`)
	}))
	var got struct {
		Questions []struct{ Entry, By string }
	}
	s.do(lea, "GET", "/api/v1/campaigns/c/questions", "").decode(t, &got)
	if len(got.Questions) != 2 || got.Questions[0].Entry != past.Entry.ID.String() || got.Questions[1].By != "2025-11-09" {
		t.Errorf("due: %+v", got.Questions)
	}
	s.do(leb, "GET", "/api/v1/campaigns/c/questions", "").decode(t, &got)
	if len(got.Questions) != 0 {
		t.Errorf("another office sees %+v", got.Questions)
	}
	var listed struct {
		Reviews []struct{ Reason, Commune string }
	}
	// Two held entries of one session: one waits for review, on the day of the session.
	plan := m.Plan("lea", campaign.SmallGroup, storetest.At(8, 8), journal.ID{})
	s.pushes(lea, plan, m.Hold("lea", storetest.At(8, 11), plan.Entry.ID, 12))
	s.pushes(ann, m.Hold("ann", storetest.At(8, 12), plan.Entry.ID, 13))
	if d := s.closings(lea).day(t, "a", "2025-11-08"); d.Reviews != 1 {
		t.Errorf("reviews of the day: %+v", d)
	}
	s.do(lea, "GET", "/api/v1/campaigns/c/reviews", "").decode(t, &listed)
	if len(listed.Reviews) != 1 || listed.Reviews[0].Commune != "Commune 001" {
		t.Errorf("reviews: %+v", listed)
	}
	if d := s.closings(leb).day(t, "a", "2025-11-08"); d.Reviews != 0 {
		t.Errorf("another office counts reviews: %+v", d)
	}
}
