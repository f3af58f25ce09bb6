package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/store/storetest"
	"caunoi/web"
)

// phone is an enrolled phone, as its program sees it.
type phone struct {
	s     *site
	token string
}

// enrol has a lead show the QR code and a phone open what is in it.
func (s *site) enrol(by *http.Cookie, user, device string) phone {
	s.t.Helper()
	var link struct{ Path string }
	s.do(by, "POST", "/api/v1/users/"+user+"/links", `{"phone":true}`).decode(s.t, &link)
	token, ok := strings.CutPrefix(link.Path, "/field/#enrol=")
	if !ok {
		s.t.Fatalf("the link leads to %q", link.Path)
	}
	var out struct{ Token string }
	s.do(nil, "POST", "/api/v1/devices", fmt.Sprintf(`{"token":%q,"device":%q,"name":"Máy mô phỏng"}`, token, device)).decode(s.t, &out)
	if out.Token == "" {
		s.t.Fatal("the phone got no token")
	}
	return phone{s, out.Token}
}

func (p phone) do(method, path, body string) reply {
	p.s.t.Helper()
	return p.s.do(nil, method, path, body, "Authorization", "Bearer "+p.token)
}

// push says what became of each entry, and how the phone stands.
func (p phone) push(lines ...journal.Line) (statuses, state string) {
	p.s.t.Helper()
	return p.pushText(batch(p.s.t, lines...))
}

func (p phone) pushText(batch string) (statuses, state string) {
	p.s.t.Helper()
	var out struct {
		Results []struct{ Status, Code string }
		State   string `json:"device_state"`
	}
	p.do("POST", "/api/v1/sync/push", batch).decode(p.s.t, &out)
	var all []string
	for _, r := range out.Results {
		all = append(all, strings.TrimSuffix(r.Status+" "+r.Code, " "))
	}
	return strings.Join(all, ", "), out.State
}

func (s *site) reached(who *http.Cookie) int {
	s.t.Helper()
	var board web.Board
	s.do(who, "GET", "/api/v1/campaigns/c/board", "").decode(s.t, &board)
	return board.Figures["people_reached"].Value
}

type deviceView struct {
	ID, Name, State string
	User            struct{ ID string }
	Unsent, Apart   int
}

func (s *site) devices(who *http.Cookie) []deviceView {
	s.t.Helper()
	var out struct{ Devices []deviceView }
	s.do(who, "GET", "/api/v1/devices", "").decode(s.t, &out)
	return out.Devices
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// A worker who leaves: the phone brings what was recorded while the worker was
// here, and is wiped. What the worker dates later waits for the lead.
func TestAWorkerWhoLeaves(t *testing.T) {
	s := open(t)
	lea, leb, top := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b"), s.signIn(access.Province, "top", "p")
	s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	if got := s.devices(lea); len(got) != 1 || got[0].ID != "máy-1" || got[0].Name != "Máy mô phỏng" || got[0].State != "in_use" || got[0].User.ID != "ann" {
		t.Fatalf("the lead sees %+v", got)
	}
	if got := s.devices(leb); len(got) != 0 {
		t.Errorf("another lead sees %+v", got)
	}
	if r := s.do(lea, "POST", "/api/v1/users/ann/disabled", `{"disabled":true}`); r.status != 204 {
		t.Fatalf("disable: %d %s", r.status, r.body)
	}
	s.wantCode(ann.do("GET", "/api/v1/campaigns", ""), 403, "device.leaving")
	var contact struct{ State string }
	ann.do("GET", "/api/v1/device", "").decode(t, &contact)
	want(t, "contact", contact.State, "leaving")

	m := storetest.NewMaker()
	before := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{})
	after := m.Consult("ann", now.Add(time.Hour), storetest.Citizen(2), journal.ID{})
	statuses, state := ann.push(before, after)
	want(t, "push", statuses, "accepted, quarantined")
	want(t, "state", state, "leaving")
	want(t, "people reached", s.reached(top), 1)
	statuses, _ = ann.push(before, after)
	want(t, "push again", statuses, "repeated, quarantined")
	want(t, "apart", s.devices(lea)[0].Apart, 1)
	s.wantCode(s.do(lea, "POST", "/api/v1/users/ann/devices/máy-2/quarantine", `{"take":true}`), 404, "not_found")

	if r := ann.do("POST", "/api/v1/device/wiped", `{"unsent":2}`); r.status != 204 {
		t.Fatalf("wiped: %d %s", r.status, r.body)
	}
	got := s.devices(lea)[0]
	if got.State != "wiped" || got.Unsent != 2 {
		t.Errorf("after the wipe: %+v", got)
	}
	if r := ann.do("GET", "/api/v1/device", ""); r.status == 200 {
		t.Errorf("after the wipe the token holds: %s", r.body)
	}
}

// Nothing that a leaving phone brings is refused: nobody could mend it there
// any more. It waits for the lead, even what the server cannot read whole.
func TestALeavingPhoneIsRefusedNothing(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	m := storetest.NewMaker()
	there := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{})
	theirs := m.Consult("ben", storetest.At(8, 9), storetest.Citizen(2), journal.ID{})
	enrolment := m.Enrol("ann", storetest.At(8, 9), storetest.Citizen(3), "household_hi", "paid")
	// It corrects what is of another kind.
	wrong := m.Consult("ann", storetest.At(8, 10), storetest.Citizen(1), journal.ID{})
	wrong.Entry.Supersedes = enrolment.Entry.ID
	statuses, _ := ann.push(there, enrolment, theirs, wrong)
	want(t, "in use", statuses, "accepted, accepted, refused right.missing, refused supersede.other_kind")

	s.do(lea, "PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"leaving"}`)
	unknown := m.Consult("ann", storetest.At(8, 11), storetest.Citizen(4), journal.ID{})
	body, err := json.Marshal(unknown.Entry)
	if err != nil {
		t.Fatal(err)
	}
	newer := strings.Replace(string(body), `"kind"`, `"of_a_newer_app":1,"kind"`, 1)
	other := strings.Replace(string(body), `"kind"`, `"of_a_newer_app":2,"kind"`, 1)
	broken := strings.Replace(string(body), unknown.Entry.DeviceTime.Format("2006"), "soon", 1)
	statuses, _ = ann.pushText(`{"entries":[` + strings.Join([]string{newer, other, broken, `{"id":"no id"}`}, ",") + "]}")
	want(t, "cannot be read", statuses, "quarantined, quarantined, quarantined, refused entry.malformed")
	for range 2 {
		statuses, _ = ann.push(there, theirs, wrong)
		want(t, "may not be taken", statuses, "repeated, quarantined, quarantined")
	}
	var waits struct {
		Entries []struct{ Kind, Campaign, Reason string }
	}
	s.do(lea, "GET", "/api/v1/quarantine", "").decode(t, &waits)
	var got []string
	for _, e := range waits.Entries {
		got = append(got, e.Kind+" "+e.Campaign+" "+e.Reason)
	}
	slices.Sort(got)
	want(t, "the lead sees", strings.Join(got, ", "), "  entry.malformed, consultation c device.leaving, consultation c entry.unknown_field, consultation c entry.unknown_field, consultation c supersede.other_kind")
	storetest.Check(t, s.store)
}

// A stolen phone: it is told to wipe itself, gets no data, and what it brings
// counts for nothing until the lead decides.
func TestAStolenPhone(t *testing.T) {
	s := open(t)
	lea, leb, top := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b"), s.signIn(access.Province, "top", "p")
	annAtDesk := s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	m := storetest.NewMaker()
	earlier := m.Consult("ann", storetest.At(8, 8), storetest.Citizen(1), journal.ID{})
	statuses, _ := ann.push(earlier)
	want(t, "before", statuses, "accepted")

	if r := s.do(annAtDesk, "PUT", "/api/v1/account/devices/máy-1", `{"state":"lost"}`); r.status != 204 {
		t.Fatalf("report it: %d %s", r.status, r.body)
	}
	for _, path := range []string{"/api/v1/people", "/api/v1/campaigns/c/board", "/api/v1/session", "/api/v1/account"} {
		s.wantCode(ann.do("GET", path, ""), 403, "device.lost")
	}
	s.wantCode(ann.do("PUT", "/api/v1/account/devices/máy-1", `{"state":"in_use"}`), 403, "device.lost")
	good := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(2), journal.ID{})
	bad := m.Consult("ann", storetest.At(8, 10), storetest.Citizen(3), journal.ID{})
	statuses, state := ann.push(earlier, good, bad)
	want(t, "push", statuses, "repeated, quarantined, quarantined")
	want(t, "state", state, "lost")
	want(t, "people reached before a decision", s.reached(top), 1)

	var waits struct {
		Entries []struct{ Entry, Kind, Reason, Detail string }
	}
	s.do(lea, "GET", "/api/v1/quarantine", "").decode(t, &waits)
	if len(waits.Entries) != 2 || waits.Entries[0].Reason != "device.lost" || waits.Entries[0].Kind != "consultation" {
		t.Fatalf("the lead sees %+v", waits)
	}
	s.wantCode(s.do(leb, "POST", "/api/v1/users/ann/devices/máy-1/quarantine", `{"take":true}`), 404, "not_found")
	s.wantCode(s.do(annAtDesk, "POST", "/api/v1/users/ann/devices/máy-1/quarantine", `{"take":true}`), 403, "right.missing")
	if r := s.do(lea, "POST", "/api/v1/users/ann/devices/máy-1/quarantine", fmt.Sprintf(`{"take":true,"entries":[%q]}`, good.Entry.ID)); !strings.Contains(string(r.body), `"accepted"`) {
		t.Fatalf("take: %d %s", r.status, r.body)
	}
	want(t, "people reached when one was taken", s.reached(top), 2)
	if r := s.do(lea, "POST", "/api/v1/users/ann/devices/máy-1/quarantine", `{"take":false}`); r.status != 200 {
		t.Fatalf("drop: %d %s", r.status, r.body)
	}
	statuses, _ = ann.push(good, bad)
	want(t, "push after the decision", statuses, "repeated, quarantined")
	want(t, "people reached", s.reached(top), 2)
	storetest.Check(t, s.store)
	// Found again, it is enrolled anew.
	s.wantCode(s.do(lea, "PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"in_use"}`), 422, "device.state")
	again := s.enrol(lea, "ann", "máy-1")
	statuses, _ = again.push(m.Consult("ann", storetest.At(8, 11), storetest.Citizen(4), journal.ID{}))
	want(t, "enrolled anew", statuses, "accepted")
}

// A user who may see the people of some communes alone.
func TestCommunesOfAUser(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	for _, code := range []string{"001", "002"} {
		if r := s.do(lea, "POST", "/api/v1/people", fmt.Sprintf(`{"name":"Mô phỏng %s","commune":%q,"village":"Thôn"}`, code, code)); r.status >= 300 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	agent := s.signIn(access.PartnerAgent, "agent", "a")
	want(t, "people of the office", s.peopleCount(agent), 2)
	if r := s.do(lea, "PUT", "/api/v1/users/agent", `{"name":"Mô phỏng agent","role":"partner_agent","office":"a","communes":["002"]}`); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	want(t, "people of one commune", s.peopleCount(agent), 1)
	var list struct {
		People []struct {
			ID      string
			Commune struct{ Code string }
		}
	}
	s.do(lea, "GET", "/api/v1/people", "").decode(t, &list)
	for _, p := range list.People {
		status := 404
		if p.Commune.Code == "002" {
			status = 200
		}
		want(t, "a person of "+p.Commune.Code, s.do(agent, "GET", "/api/v1/people/"+p.ID, "").status, status)
	}
	s.wantCode(s.do(lea, "PUT", "/api/v1/users/agent", `{"name":"x","role":"partner_agent","office":"a","communes":["003"]}`), 422, "user.commune")
}

// What is kept apart lies sealed.
func TestQuarantineIsSealed(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	s.do(lea, "PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"lost"}`)
	line := storetest.NewMaker().Consult("ann", storetest.At(8, 9), storetest.Citizen(5), journal.ID{})
	ann.push(line)
	text, err := json.Marshal(line.Entry)
	if err != nil {
		t.Fatal(err)
	}
	err = s.store.View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Quarantined("ann")
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if strings.Contains(string(rows[0].Sealed), "consultation") {
			t.Error("the text lies in clear")
		}
		got, err := rows[0].Text(tx)
		if string(got) != string(text) {
			t.Errorf("opened %s, want %s", got, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.do(lea, "POST", "/api/v1/users/ann/devices/máy-1/quarantine", `{"take":false}`)
}
