package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/policy/national"
	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/postgres"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/vault"
	"caunoi/web"
)

var update = flag.Bool("update", false, "write golden files")

// site is a running server over a real store that holds the sample plan.
type site struct {
	t      *testing.T
	url    string
	store  store.Store
	cfg    access.Config
	server *web.Server
	intake *fieldsync.Intake
}

// now is within the sample campaign.
var now = time.Date(2025, 11, 9, 3, 0, 0, 0, time.UTC)

func open(t *testing.T) *site {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), vault.New())
	if err != nil {
		t.Fatal(err)
	}
	return openOver(t, s)
}

func openOver(t *testing.T, s store.Store) *site {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	in := fieldsync.NewIntake(s, outreach.Schema(), func() time.Time { return now })
	if err := in.PutPlan(t.Context(), storetest.SamplePlan()); err != nil {
		t.Fatal(err)
	}
	w := web.New(web.Config{
		Policy:    national.Parameters(),
		PublicURL: "http://localhost:8080", Store: s, Intake: in, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Field: fstest.MapFS{"index.html": {Data: []byte(`<script type="module" crossorigin src="./assets/index-C0ffee_1.js"></script>`)}},
		Desk:  fstest.MapFS{"index.html": {Data: []byte("<title>Caunoi</title>")}, "assets/a.js": {Data: []byte("1")}, "assets/worker-b.js": {Data: []byte("2")}},
	})
	ts := httptest.NewServer(w.Handler())
	t.Cleanup(func() { w.Stop(); ts.Close() })
	return &site{t: t, url: ts.URL, store: s, server: w, intake: in}
}

// link makes a one-time link for a user.
func (s *site) link(role access.Role, id, office string) (token string) {
	s.t.Helper()
	err := s.store.Update(s.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		u := access.User{ID: id, Name: "Mô phỏng " + id, Role: role, Office: office}
		if err := access.SaveUser(tx, access.Terminal(), plan, u, now); err != nil {
			return err
		}
		token, _, err = s.cfg.NewLink(tx, access.Terminal(), plan, id, now)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) decode(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
}

// do sends a request with a session's cookie, if there is one.
func (s *site) do(cookie *http.Cookie, method, path, body string, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if cookie != nil {
		req.AddCookie(cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, raw}
}

func (s *site) signIn(role access.Role, id, office string) *http.Cookie {
	s.t.Helper()
	r := s.do(nil, "POST", "/api/v1/session", fmt.Sprintf(`{"token":%q}`, s.link(role, id, office)))
	if r.status != 200 {
		s.t.Fatalf("sign in: %d %s", r.status, r.body)
	}
	cookies := (&http.Response{Header: r.header}).Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		s.t.Fatalf("cookies: %v", cookies)
	}
	return cookies[0]
}

func batch(t *testing.T, lines ...journal.Line) string {
	t.Helper()
	var texts []string
	for _, l := range lines {
		text, err := json.Marshal(l.Entry)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return `{"device":"d","entries":[` + strings.Join(texts, ",") + `]}`
}

func TestPushedEntryMovesTheBoardAndOpens(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { pushedEntryMovesTheBoard(t, open(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		s, err := postgres.Open(t.Context(), pgtest.URL(t), vault.New())
		if err != nil {
			t.Fatal(err)
		}
		pushedEntryMovesTheBoard(t, openOver(t, s))
	})
}

func pushedEntryMovesTheBoard(t *testing.T, s *site) {
	t.Helper()
	ann, top := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Province, "top", "p")
	m := storetest.NewMaker()
	l := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(7), journal.ID{})
	events := s.listen(top)
	<-events // one at once
	r := s.do(ann, "POST", "/api/v1/sync/push", batch(t, l))
	if r.status != 200 || !bytes.Contains(r.body, []byte(`"accepted"`)) {
		t.Fatalf("push: %d %s", r.status, r.body)
	}
	told(t, events)
	var board web.Board
	s.do(top, "GET", "/api/v1/campaigns/c/board", "").decode(t, &board)
	if got := board.Figures["people_reached"].Value; got != 1 {
		t.Errorf("people reached %d, want 1", got)
	}
	var opened struct {
		Figure  struct{ Value int }
		Entries []struct{ ID, Person string }
	}
	s.do(top, "GET", "/api/v1/campaigns/c/entries?indicator=people_reached", "").decode(t, &opened)
	if opened.Figure.Value != 1 || len(opened.Entries) != 1 || opened.Entries[0].ID != l.Entry.ID.String() {
		t.Errorf("opened %+v", opened)
	}
	if got := opened.Entries[0].Person; strings.Contains(got, "phỏng") || got == "" {
		t.Errorf("person shown as %q, want it masked", got)
	}
	one := s.do(top, "GET", "/api/v1/campaigns/c/entries/"+l.Entry.ID.String(), "")
	if one.status != 200 || bytes.Contains(one.body, []byte("000000000007")) {
		t.Errorf("entry: %d %s", one.status, one.body)
	}
}

// The stream tells of what no entry says, such as targets; what is only read it
// does not tell.
func TestStreamTellsOfThePlan(t *testing.T) {
	s := open(t)
	top := s.signIn(access.Province, "top", "p")
	events := s.listen(top)
	<-events // one at once
	set := func(value string) {
		t.Helper()
		if r := s.do(top, "PUT", "/api/v1/campaigns/c/targets", `{"indicator":"enrolments","from":"2025-11-01","to":"2025-11-10","targets":[{"office":"a","value":`+value+`}]}`); r.status != 204 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		told(t, events)
	}
	set("50")
	if r := s.do(top, "GET", "/api/v1/audit", ""); r.status != 200 { // which is an act of the audit
		t.Fatalf("%d %s", r.status, r.body)
	}
	set("51")
	select {
	case data := <-events:
		t.Errorf("the stream told %s", data)
	default:
	}
}

// More is due when a day begins, though nobody brought anything.
func TestStreamTellsThatADayBegins(t *testing.T) {
	s := open(t)
	var hours atomic.Int64
	s.server.Now = func() time.Time { return now.Add(time.Duration(hours.Load()) * time.Hour) }
	top := s.signIn(access.Province, "top", "p")
	hours.Store(10)
	events := s.listen(top)
	<-events
	hours.Store(15) // at 01:00 of the day after
	// A commit that shows nowhere.
	if err := s.store.Update(t.Context(), func(tx store.Tx) error { return tx.PutSetting("mô phỏng", "x") }); err != nil {
		t.Fatal(err)
	}
	told(t, events)
}

func told(t *testing.T, events <-chan string) {
	t.Helper()
	select {
	case _, open := <-events:
		if !open {
			t.Fatal("the stream ended")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the stream said nothing")
	}
}

// TestNumbersOfAFormAreMasked: what the official forms need of somebody is
// shown at the desk by its first digits.
func TestNumbersOfAFormAreMasked(t *testing.T) {
	s := open(t)
	ann, top := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Province, "top", "p")
	m := storetest.NewMaker()
	l := m.Make("noncash_switch", "ann", storetest.At(9, 9), &outreach.SwitchBody{
		Benefit: "pension", Method: "bank_account",
		Account:  &outreach.Account{Bank: "970405", Number: "8888000011112222", Holder: "MO PHONG BAY"},
		Declared: &outreach.Declaration{Phone: "0912000007", SI: "0119000007", Head: "Mô phỏng Tám"},
		Signed:   "glass", Signature: "M12 34L15 36",
	})
	l.Entry.Person = storetest.Citizen(7)
	if r := s.do(ann, "POST", "/api/v1/sync/push", batch(t, l)); !bytes.Contains(r.body, []byte(`"accepted"`)) {
		t.Fatalf("push: %d %s", r.status, r.body)
	}
	r := s.do(top, "GET", "/api/v1/campaigns/c/entries/"+l.Entry.ID.String(), "")
	for _, clear := range []string{"8888000011112222", "0912000007", "0119000007", "Tám", "BAY", "M12"} {
		if strings.Contains(string(r.body), clear) {
			t.Errorf("shows %s", clear)
		}
	}
	for _, shown := range []string{`"970405"`, `"888*************"`, `"091*******"`} {
		if !strings.Contains(string(r.body), shown) {
			t.Errorf("does not show %s: %s", shown, r.body)
		}
	}
}

// listen opens the live stream and sends once for each event.
func (s *site) listen(cookie *http.Cookie) <-chan string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.url+"/api/v1/campaigns/c/stream", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.AddCookie(cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { res.Body.Close() })
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		s.t.Fatalf("stream: %d %s", res.StatusCode, ct)
	}
	out := make(chan string, 16)
	go func() {
		defer close(out)
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- data
			}
		}
	}()
	return out
}

func TestBadInputGetsAProblemAndLosesNothing(t *testing.T) {
	s := open(t)
	ann := s.signIn(access.Campaigner, "ann", "a")
	m := storetest.NewMaker()
	good := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
	for _, c := range []struct {
		name, method, path, body, code string
		status                         int
		cookie                         *http.Cookie
	}{
		{"malformed JSON", "POST", "/api/v1/sync/push", `{"device":`, "body.malformed", 400, ann},
		{"no entries", "POST", "/api/v1/sync/push", `{"device":"d","entries":[]}`, "batch.size", 422, ann},
		{"nobody signed in", "POST", "/api/v1/sync/push", batch(t, good), "session.none", 401, nil},
		{"a session that is none", "GET", "/api/v1/campaigns", "", "session.unknown", 401, &http.Cookie{Name: "caunoi_session", Value: "x"}},
		{"unknown campaign", "GET", "/api/v1/campaigns/nope/board", "", "not_found", 404, ann},
		{"unknown indicator", "GET", "/api/v1/campaigns/c/entries?indicator=songs", "", "not_found", 404, ann},
		{"bad day", "GET", "/api/v1/campaigns/c/board?from=today", "", "plan.day", 422, ann},
		{"unknown link", "POST", "/api/v1/session", `{"token":"x"}`, "link.unknown", 401, nil},
		{"wrong method", "PUT", "/api/v1/campaigns", "", "method.not_allowed", 405, ann},
		{"no indicator", "GET", "/api/v1/campaigns/c/entries", "", "request.invalid", 422, ann},
		{"an office that is none", "GET", "/api/v1/campaigns/c/entries?indicator=people_reached&office=%00", "", "not_found", 404, ann},
		{"no such route", "GET", "/api/v1/songs", "", "not_found", 404, ann},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.do(c.cookie, c.method, c.path, c.body)
			var p web.Problem
			r.decode(t, &p)
			if r.status != c.status || p.Code != c.code || p.Detail == "" || r.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %s %s, want %d %s", r.status, r.header.Get("Content-Type"), r.body, c.status, c.code)
			}
			if r.header.Get("Content-Security-Policy") == "" || r.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", r.header)
			}
		})
	}
	t.Run("which field it is", func(t *testing.T) {
		lea := s.signIn(access.Lead, "lea", "a")
		for body, want := range map[string]string{
			`{"draft":{"kind":"booth","commune":"001","place":"` + strings.Repeat("x", 301) + `","start":"2025-11-09T08:00:00Z","end":"2025-11-09T09:00:00Z"}}`: "Missing or not right: place.",
			`{"draft":{"kind":"song","commune":"001","place":"x","start":"2025-11-09T08:00:00Z","end":"2025-11-09T09:00:00Z"}}`:                                 "Missing or not right: kind of activity.",
			`{"draft":{}}`: "Missing or not right: something that was entered.",
		} {
			r := s.do(lea, "POST", "/api/v1/campaigns/c/activities", body, "Accept-Language", "en")
			if r.status != 422 || !bytes.Contains(r.body, []byte(want)) {
				t.Errorf("%.80s: %d %s, want %s", body, r.status, r.body, want)
			}
		}
	})
	t.Run("a body of 10 MB", func(t *testing.T) {
		r := s.do(ann, "POST", "/api/v1/sync/push", `{"device":"`+strings.Repeat("x", 10<<20)+`"}`)
		if r.status != http.StatusRequestEntityTooLarge || !bytes.Contains(r.body, []byte("body.too_large")) {
			t.Errorf("status %d %.200s", r.status, r.body)
		}
	})
	t.Run("an entry that no strict reader takes, beside a good one", func(t *testing.T) {
		one := batch(t, m.Consult("ann", storetest.At(9, 9), storetest.Citizen(4), journal.ID{}))
		for _, bad := range []string{`{"id":"\ud83d"}`, `{"id":"a","id":"b"}`} {
			r := s.do(ann, "POST", "/api/v1/sync/push", strings.TrimSuffix(one, "]}")+","+bad+"]}")
			if r.status != 200 || !bytes.Contains(r.body, []byte(`"refused"`)) || bytes.Count(r.body, []byte(`"refused"`)) != 1 {
				t.Errorf("%s: %d %s", bad, r.status, r.body)
			}
		}
	})
	t.Run("a bad entry beside a good one", func(t *testing.T) {
		bad := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(2), journal.ID{})
		bad.Entry.Kind = "song"
		foreign := m.Consult("bob", storetest.At(9, 9), storetest.Citizen(3), journal.ID{})
		r := s.do(ann, "POST", "/api/v1/sync/push", batch(t, bad, good, foreign), "Accept-Language", "en-GB,en;q=0.9")
		var got struct {
			Results []struct{ Status, Code, Detail string }
		}
		r.decode(t, &got)
		for i, want := range []string{"refused entry.unknown_kind", "accepted ", "refused right.missing"} {
			if g := got.Results[i]; g.Status+" "+g.Code != want || g.Code != "" && g.Detail == "" {
				t.Errorf("result %d: %+v, want %s", i, g, want)
			}
		}
	})
	storetest.Check(t, s.store)
}

// TestSignedOutStreamEnds: who signs out hears nothing more.
func TestSignedOutStreamEnds(t *testing.T) {
	s := open(t)
	top := s.signIn(access.Province, "top", "p")
	events := s.listen(top)
	<-events
	if r := s.do(top, "DELETE", "/api/v1/session", ""); r.status != 204 {
		t.Fatalf("sign out: %d %s", r.status, r.body)
	}
	select {
	case _, open := <-events:
		if open {
			t.Error("an event after signing out")
		}
	case <-time.After(30 * time.Second):
		t.Error("the stream goes on")
	}
}

// TestAnotherProvinceSeesNothing: a campaign is there only for its agency.
func TestAnotherProvinceSeesNothing(t *testing.T) {
	s := open(t)
	err := s.intake.PutPlan(t.Context(), []campaign.Item{{Office: &campaign.Office{ID: "q", Kind: campaign.Province, Name: "Other"}}})
	if err != nil {
		t.Fatal(err)
	}
	foreign := s.signIn(access.Province, "far", "q")
	for _, path := range []string{"board", "activities", "reviews", "report", "stream", "entries?indicator=people_reached"} {
		if r := s.do(foreign, "GET", "/api/v1/campaigns/c/"+path, ""); r.status != 404 {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	l := storetest.NewMaker().Consult("far", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
	l.Entry.Office = "q"
	if r := s.do(foreign, "POST", "/api/v1/sync/push", batch(t, l)); !bytes.Contains(r.body, []byte("right.missing")) {
		t.Errorf("push: %d %s", r.status, r.body)
	}
}

func TestAnotherSiteCannotPush(t *testing.T) {
	s := open(t)
	ann := s.signIn(access.Campaigner, "ann", "a")
	l := storetest.NewMaker().Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
	if r := s.do(ann, "POST", "/api/v1/sync/push", batch(t, l), "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"); r.status != 403 {
		t.Errorf("status %d, want 403", r.status)
	}
}

func TestCampaignerSeesFiguresButNotOtherOfficesPeople(t *testing.T) {
	s := open(t)
	ann, bob := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Campaigner, "bob", "b")
	l := storetest.NewMaker().Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
	s.do(ann, "POST", "/api/v1/sync/push", batch(t, l))
	if r := s.do(bob, "GET", "/api/v1/campaigns/c/entries?indicator=people_reached", ""); !bytes.Contains(r.body, []byte(`"person":""`)) {
		t.Errorf("bob sees %s", r.body)
	}
	if r := s.do(bob, "GET", "/api/v1/campaigns/c/entries/"+l.Entry.ID.String(), ""); r.status != 404 {
		t.Errorf("bob opens another office's entry: %d", r.status)
	}
}

func TestScreensAreServedWithTheirPolicy(t *testing.T) {
	s := open(t)
	for path, cache := range map[string]string{"/": "no-cache", "/c/x/reviews": "no-cache", "/assets/a.js": "public, max-age=31536000, immutable"} {
		r := s.do(nil, "GET", path, "")
		if r.status != 200 || r.header.Get("Cache-Control") != cache || !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, r.status, r.header)
		}
	}
}

// TestOpenAPI holds the description of the API: a change of it must be wanted.
func TestOpenAPI(t *testing.T) {
	s := open(t)
	raw := s.do(nil, "GET", "/api/openapi.json", "").body
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if *update {
		if err := os.WriteFile("openapi.json", pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Error("the API has changed; run make openapi, and raise web.Version if clients must know")
	}
	for _, k := range outreach.Schema().Kinds() {
		if !bytes.Contains(raw, []byte(`"`+k.Name+`"`)) {
			t.Errorf("kind %s is not described", k.Name)
		}
	}
}

// One user does not take all streams.
func TestStreamsAreFew(t *testing.T) {
	s := open(t)
	lea, top := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Province, "top", "p")
	for range 100 {
		<-s.listen(lea)
	}
	s.wantCode(s.do(lea, "GET", "/api/v1/campaigns/c/stream", ""), 429, "stream.many")
	<-s.listen(top) // another user's
}
