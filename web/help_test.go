package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/store"
)

// helpState is what a phone tells, with so many records waiting, why one was
// refused, and its browser.
func helpState(waiting int, code, browser string) string {
	return fmt.Sprintf(`{"app":"index-C0ffee_1","signal":"unreached","epoch":"e-1","reached":"2026-11-20T02:00:00Z","offset_ms":-259200000,
		"records":{"waiting":%d,"sent":200,"refused":2,"conflict":0,"apart":0,"mended":1},"refused":[{"code":%q,"n":2}],
		"used":1048576,"room":6442450944,"lasting":false,"browser":%q,"language":"bn","installed":true,"offline":true}`, waiting, code, browser)
}

// TestPhoneAsksForHelp: what a phone tells stands at it for its lead, the last
// alone, and has no room for what a person said.
func TestPhoneAsksForHelp(t *testing.T) {
	s := open(t)
	lea, leb := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	type view struct {
		Help *struct {
			At    string
			State struct {
				Records struct{ Waiting int }
				Refused []struct {
					Code string
					N    int
				}
				OffsetMS int64 `json:"offset_ms"`
			}
		}
	}
	asked := func(who *http.Cookie) []view {
		t.Helper()
		var out struct{ Devices []view }
		s.do(who, "GET", "/api/v1/devices", "").decode(t, &out)
		return out.Devices
	}
	if got := asked(lea); len(got) != 1 || got[0].Help != nil {
		t.Fatalf("before: %+v", got)
	}
	for _, waiting := range []int{13, 14} {
		if r := ann.do("POST", "/api/v1/help", helpState(waiting, "person.birth", "Chrome 126, Android 10")); r.status != 204 {
			t.Fatalf("ask for help: %d %s", r.status, r.body)
		}
	}
	got := asked(lea)[0].Help
	if got == nil || got.At == "" || got.State.Records.Waiting != 14 || got.State.OffsetMS != -259200000 || got.State.Refused[0].Code != "person.birth" {
		t.Errorf("the lead sees %+v", got)
	}
	if got := asked(leb); len(got) != 0 {
		t.Errorf("another lead sees %+v", got)
	}
	for what, body := range map[string]string{
		"a name for a code":  helpState(1, "Vàng Thị Mẩy", ""),
		"a number as a code": helpState(1, "010182000001", ""),
		"a name for one":     helpState(1, "a", "Vàng Thị Mẩy"),
		"a member more":      strings.Replace(helpState(1, "a", ""), `{"app"`, `{"note":"Vàng Thị Mẩy","app"`, 1),
	} {
		if r := ann.do("POST", "/api/v1/help", body); r.status != 422 {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	s.wantCode(s.do(lea, "POST", "/api/v1/help", helpState(1, "a", "")), 403, "device.none")
	// A phone that must go may ask, too.
	s.do(lea, "POST", "/api/v1/users/ann/disabled", `{"disabled":true}`)
	if r := ann.do("POST", "/api/v1/help", helpState(2, "a", "")); r.status != 204 {
		t.Errorf("a leaving phone: %d %s", r.status, r.body)
	}
}

// TestPhoneIsToldWhomToCall: the number of the worker's office, else of the
// next above.
func TestPhoneIsToldWhomToCall(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	called := func() string {
		t.Helper()
		var out struct {
			Help *struct{ Name, Phone string }
		}
		ann.do("GET", "/api/v1/sync/pull", "").decode(t, &out)
		if out.Help == nil {
			return ""
		}
		return out.Help.Name + " " + out.Help.Phone
	}
	phone := func(office, number string) {
		t.Helper()
		if err := s.store.Update(t.Context(), func(tx store.Tx) error {
			plan, err := tx.Plan()
			if err != nil {
				return err
			}
			o := *plan.Offices[office]
			o.Phone = number
			return tx.PutPlan([]campaign.Item{{Office: &o}})
		}); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "without a number", called(), "")
	phone("p", "0214 3840 123")
	if got := called(); !strings.HasSuffix(got, " 0214 3840 123") {
		t.Errorf("of the province: %q", got)
	}
	phone("a", "+84214384999")
	if got := called(); !strings.HasSuffix(got, " +84214384999") {
		t.Errorf("of the office: %q", got)
	}
}
