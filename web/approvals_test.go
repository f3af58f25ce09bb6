package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/audit"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/storetest"
)

// acts lists what the audit says was done, in order, and checks its chain.
func (s *site) acts() (acts []string) {
	s.t.Helper()
	err := s.store.View(s.t.Context(), func(tx store.Tx) error {
		_, faults, err := audit.Verify(tx)
		if err != nil || len(faults) > 0 {
			return fmt.Errorf("faults %v, %w", faults, err)
		}
		return audit.Each(tx, 0, func(r *audit.Row) error {
			acts = append(acts, fmt.Sprintf("%s %s %s", r.Act, r.Actor, r.Outcome))
			return nil
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return acts
}

func (s *site) wantCode(r reply, status int, code string) {
	s.t.Helper()
	var p struct{ Code string }
	_ = json.Unmarshal(r.body, &p)
	if r.status != status || p.Code != code {
		s.t.Errorf("got %d %s, want %d %s", r.status, r.body, status, code)
	}
}

type requestView struct {
	ID, Act, State string
	Mine           bool
	By             struct{ ID, Name string }
	Change         map[string]any
}

func (s *site) requests(who *http.Cookie, state string) []requestView {
	s.t.Helper()
	var out struct{ Requests []requestView }
	s.do(who, "GET", "/api/v1/approvals?state="+state, "").decode(s.t, &out)
	return out.Requests
}

// A day that was closed is opened again by two: who asks and who agrees.
func TestReopeningADayTakesTwo(t *testing.T) {
	s := open(t)
	top, lea, leb := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	other := s.signIn(access.Lead, "second", "a")
	if r := s.do(top, "PUT", "/api/v1/settings/approvals", `{"acts":{"day.reopen":true}}`); r.status != 200 || !bytes.Contains(r.body, []byte(`"day.reopen":true`)) {
		t.Fatalf("settings: %d %s", r.status, r.body)
	}
	m := storetest.NewMaker()
	closing := m.Make("closing", "lea", storetest.At(9, 9), &outreach.ClosingBody{Scope: "day", Day: "2025-11-08"})
	reopening := m.Make("reopening", "lea", storetest.At(9, 9), &outreach.ClosingBody{Scope: "day", Day: "2025-11-08", Reason: "Mô phỏng sót phiếu"})
	if r := s.do(lea, "POST", "/api/v1/sync/push", batch(t, closing)); !bytes.Contains(r.body, []byte(`"accepted"`)) {
		t.Fatalf("closing: %s", r.body)
	}
	for range 2 { // asking again opens no second request
		if r := s.do(lea, "POST", "/api/v1/sync/push", batch(t, reopening)); !bytes.Contains(r.body, []byte("approval.needed")) {
			t.Fatalf("reopening: %s", r.body)
		}
	}
	asked := s.requests(lea, "waiting")
	if len(asked) != 1 || !asked[0].Mine || asked[0].Change["day"] != "2025-11-08" {
		t.Fatalf("requests of lea: %+v", asked)
	}
	if got := s.requests(leb, ""); len(got) != 0 {
		t.Errorf("another office sees %+v", got)
	}
	path, yes := "/api/v1/approvals/"+asked[0].ID, `{"approve":true,"reason":"Mô phỏng đồng ý"}`
	s.wantCode(s.do(lea, "POST", path, yes), 403, "approval.own")
	s.wantCode(s.do(leb, "POST", path, yes), 404, "not_found")
	s.wantCode(s.do(s.signIn(access.Administrator, "root", ""), "POST", path, yes), 403, "right.missing")
	if r := s.do(other, "POST", path, yes); r.status != 200 || !bytes.Contains(r.body, []byte(`"approved"`)) {
		t.Fatalf("approve: %d %s", r.status, r.body)
	}
	s.wantCode(s.do(top, "POST", path, yes), 409, "approval.decided")
	if r := s.do(lea, "POST", "/api/v1/sync/push", batch(t, reopening)); !bytes.Contains(r.body, []byte(`"repeated"`)) {
		t.Errorf("brought again: %s", r.body)
	}
	storetest.Check(t, s.store)
	acts := strings.Join(s.acts(), "\n")
	for _, want := range []string{"approval.set top done", "approval.asked lea done", "access.denied lea refused", "access.denied root refused", "approval.decided second done"} {
		if !strings.Contains(acts, want) {
			t.Errorf("the audit lacks %q:\n%s", want, acts)
		}
	}
}

// What nobody decides lapses, and what was refused stays refused.
func TestRequestsLapse(t *testing.T) {
	s := open(t)
	s.signIn(access.Lead, "lea", "a")
	s.signIn(access.Lead, "second", "a")
	lea, second := access.Actor{User: access.User{ID: "lea", Role: access.Lead, Office: "a"}}, access.Actor{User: access.User{ID: "second", Role: access.Lead, Office: "a"}}
	var r approval.Request
	in := func(f func(tx store.Tx) error) error { return s.store.Update(t.Context(), f) }
	plan, err := s.intake.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := in(func(tx store.Tx) (err error) {
		r, err = approval.Ask(tx, plan, now, lea, approval.MergePersons, "a", "person:1", []byte(`{}`), []byte("input"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	decide := func(at time.Time, approve bool) (got approval.Request, err error) {
		err = in(func(tx store.Tx) (err error) {
			got, err = approval.Decide(tx, plan, at, second, r.ID, approve, "Mô phỏng")
			return err
		})
		return got, err
	}
	if _, err := decide(now.Add(approval.Lasts), true); !isRefusal(err, "approval.expired") {
		t.Errorf("after seven days: %v", err)
	}
	if err := in(func(tx store.Tx) error {
		_, err := approval.Decide(tx, plan, now, second, r.ID, false, " ")
		return err
	}); !isRefusal(err, "approval.reason") {
		t.Errorf("refused for no reason: %v", err)
	}
	if got, err := decide(now.Add(approval.Lasts-time.Second), false); err != nil || got.State != approval.Refused || string(got.Input) != "input" {
		t.Errorf("within seven days: %+v, %v", got, err)
	}
	if _, err := decide(now, true); !isRefusal(err, "approval.decided") {
		t.Errorf("after it was refused: %v", err)
	}
}

func isRefusal(err error, code string) bool {
	r, ok := err.(*journal.Refusal)
	return ok && r.Code == code
}

// The audit is read by its offices alone; reading it is recorded.
func TestAuditIsReadByOffice(t *testing.T) {
	s := open(t)
	top, root, lea := s.signIn(access.Province, "top", "p"), s.signIn(access.Administrator, "root", ""), s.signIn(access.Lead, "lea", "a")
	s.wantCode(s.do(lea, "GET", "/api/v1/audit", ""), 403, "right.missing")
	s.do(root, "GET", "/api/v1/audit", "")
	type page struct {
		Events []struct {
			Seq                           int
			Act, Actor, ActorName, Office string
			Outcome                       string
			Details                       map[string]string
		}
		Next string
		Head struct {
			Seq  int
			Hash string
		}
	}
	var seen, all, rest page
	s.do(top, "GET", "/api/v1/audit?act=access.denied", "").decode(t, &seen)
	if len(seen.Events) != 1 || seen.Events[0].Actor != "lea" || seen.Events[0].Details["right"] != "view_audit" || len(seen.Head.Hash) != 64 {
		t.Errorf("the province sees %+v", seen)
	}
	s.do(top, "GET", "/api/v1/audit?actor=root", "").decode(t, &all)
	if len(all.Events) != 0 {
		t.Errorf("the province sees what no office of it is concerned by: %+v", all)
	}
	s.do(root, "GET", "/api/v1/audit?limit=1", "").decode(t, &all)
	s.do(root, "GET", "/api/v1/audit?limit=500&cursor="+all.Next, "").decode(t, &rest)
	if len(all.Events) != 1 || len(rest.Events) != all.Events[0].Seq-1 || rest.Next != "" {
		t.Errorf("pages: %+v and %+v", all, rest)
	}
	s.wantCode(s.do(root, "GET", "/api/v1/audit?cursor=x", ""), 400, "cursor.bad")
	export := s.do(top, "GET", "/api/v1/audit/export?from=2025-11-09&to=2025-11-09", "")
	if export.status != 200 || bytes.Contains(export.body, []byte(`"root"`)) || !bytes.Contains(export.body, []byte(`"act":"access.denied"`)) {
		t.Errorf("export: %d %s", export.status, export.body)
	}
	if acts := s.acts(); acts[len(acts)-1] != "audit.exported top done" {
		t.Errorf("the last act is %s", acts[len(acts)-1])
	}
}

// What is no act is refused before anything of it is kept.
func TestSettingWhatIsNoAct(t *testing.T) {
	s := open(t)
	top := s.signIn(access.Province, "top", "p")
	for range 2 { // also where changing the rules waits itself
		s.wantCode(s.do(top, "PUT", "/api/v1/settings/approvals", `{"acts":{"Mô phỏng":true}}`), 409, "approval.act")
		if r := s.do(top, "PUT", "/api/v1/settings/approvals", `{"acts":{"policy.change":true}}`); r.status != 200 {
			break
		}
	}
	if got := s.requests(top, ""); strings.Contains(fmt.Sprint(got), "Mô phỏng:") {
		t.Errorf("it was kept: %+v", got)
	}
}
