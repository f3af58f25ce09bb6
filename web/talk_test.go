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
	"caunoi/store/storetest"
)

const talks = "/api/v1/campaigns/c/talk"

type thread struct {
	ID     string
	Anchor struct {
		Kind, Figure, Place string
		Office              struct{ ID string }
	}
	Office              struct{ ID string }
	N, Unread           int
	Last                *struct{ Text, Name string }
	Settled, Waits, May bool
	Value               *int
	Messages            []word
}

type word struct {
	ID, Name, Text string
	Office         struct{ ID string }
	Mine           bool
	TakenBack      bool `json:"taken_back"`
	Value          *int
}

// says says something and returns the thread.
func (s *site) says(who *http.Cookie, id, at, text string) (out thread) {
	s.t.Helper()
	r := s.do(who, "POST", talks, fmt.Sprintf(`{"id":%q,"at":%s,"text":%q}`, id, at, text))
	if r.status != 200 {
		s.t.Fatalf("say: %d %s", r.status, r.body)
	}
	r.decode(s.t, &out)
	return out
}

func (s *site) threads(who *http.Cookie, query string) (out []thread) {
	s.t.Helper()
	var body struct{ Threads []thread }
	r := s.do(who, "GET", talks+query, "")
	if r.status != 200 {
		s.t.Fatalf("threads: %d %s", r.status, r.body)
	}
	r.decode(s.t, &body)
	return body.Threads
}

func (s *site) talkWaits(who *http.Cookie) (waiting, unread int) {
	s.t.Helper()
	var body struct{ Waiting, Unread int }
	s.do(who, "GET", talks+"/waiting", "").decode(s.t, &body)
	return body.Waiting, body.Unread
}

func fresh() string { return journal.NewID().String() }

// The province asks at a figure, its office answers, and it is settled; another
// office learns nothing of it.
func TestTalkAtAFigure(t *testing.T) {
	s := open(t)
	top, lea, leb := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	ann, aud := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Auditor, "aud", "p")
	m := storetest.NewMaker()
	s.pushes(ann, m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{}))
	heard := map[string]<-chan string{"lea": s.listen(lea), "leb": s.listen(leb)}
	for _, events := range heard {
		<-events
	}
	const at = `{"figure":"people_reached","office":"a"}`
	id := fresh()
	asked := s.says(top, id, at, "Mô phỏng: vì sao thấp?")
	select {
	case data := <-heard["lea"]:
		if !strings.Contains(data, "changes") {
			t.Errorf("the stream told %s", data)
		}
	case <-time.After(10 * time.Second):
		t.Error("the stream said nothing")
	}
	if again := s.says(top, id, at, "Mô phỏng: vì sao thấp?"); again.N != 1 || again.ID != asked.ID || asked.Unread != 0 || asked.Waits {
		t.Errorf("asked twice: %+v", again)
	}
	s.wantCode(s.do(top, "POST", talks, fmt.Sprintf(`{"id":%q,"at":%s,"text":"Mô phỏng khác"}`, id, at)), 409, "talk.said")
	if waiting, unread := s.talkWaits(lea); waiting != 1 || unread != 1 {
		t.Errorf("%d wait for the lead, %d unread", waiting, unread)
	}
	s.pushes(ann, m.Consult("ann", storetest.At(8, 10), storetest.Citizen(2), journal.ID{}))
	var here struct {
		May    bool
		Value  *int
		Thread *thread
	}
	s.do(lea, "GET", talks+"/at?figure=people_reached&office=a", "").decode(t, &here)
	if th := here.Thread; !here.May || th == nil || !th.Waits || len(th.Messages) != 1 || *th.Messages[0].Value != 1 || *th.Value != 2 ||
		th.Messages[0].Name != "" || th.Messages[0].Office.ID != "p" || th.Messages[0].Mine {
		t.Fatalf("at the figure: %+v", here)
	}
	if r := s.do(lea, "PUT", talks+"/threads/"+asked.ID+"/read", `{"n":1}`); r.status != 204 {
		t.Errorf("read: %d %s", r.status, r.body)
	}
	if waiting, unread := s.talkWaits(lea); waiting != 1 || unread != 0 {
		t.Errorf("once read: %d wait for the lead, %d unread", waiting, unread)
	}

	// Another office is told that there is none, and may not ask.
	if got := s.threads(leb, ""); len(got) != 0 {
		t.Errorf("another office lists %+v", got)
	}
	here.Thread = nil
	s.do(leb, "GET", talks+"/at?figure=people_reached&office=a", "").decode(t, &here)
	if here.May || here.Thread != nil {
		t.Errorf("another office finds %+v", here)
	}
	one := talks + "/threads/" + asked.ID
	s.wantCode(s.do(leb, "GET", one, ""), 404, "not_found")
	s.wantCode(s.do(leb, "PUT", one+"/read", `{"n":1}`), 404, "not_found")
	s.wantCode(s.do(leb, "POST", one+"/settled", `{"n":1}`), 404, "not_found")
	s.wantCode(s.do(leb, "DELETE", one+"/messages/"+id, ""), 404, "not_found")
	s.wantCode(s.do(leb, "POST", talks, fmt.Sprintf(`{"id":%q,"at":%s,"text":"Mô phỏng"}`, fresh(), at)), 403, "right.missing")
	s.wantCode(s.do(ann, "GET", talks, ""), 403, "right.missing")
	s.wantCode(s.do(aud, "POST", talks, fmt.Sprintf(`{"id":%q,"at":%s,"text":"Mô phỏng"}`, fresh(), at)), 403, "right.missing")
	if got := s.threads(aud, ""); len(got) != 1 || got[0].May || got[0].Waits {
		t.Errorf("an auditor lists %+v", got)
	}
	if waiting, unread := s.talkWaits(aud); waiting != 0 || unread != 1 {
		t.Errorf("%d wait for an auditor, %d unread", waiting, unread)
	}

	answer := fresh()
	if got := s.says(lea, answer, at, "Mô phỏng: đã bổ sung"); got.N != 2 || got.Waits || len(got.Messages) != 2 || *got.Messages[1].Value != 2 {
		t.Errorf("answered: %+v", got)
	}
	s.wantCode(s.do(top, "POST", one+"/settled", `{"n":1}`), 409, "talk.newer")
	s.wantCode(s.do(top, "POST", one+"/settled", `{"n":99}`), 422, "talk.ahead")
	s.wantCode(s.do(top, "DELETE", one+"/messages/"+answer, ""), 403, "talk.not_yours")
	if got := s.threads(top, "?state=waiting"); len(got) != 1 || got[0].Last.Text != "Mô phỏng: đã bổ sung" || got[0].Last.Name != "Mô phỏng lea" || got[0].Unread != 1 {
		t.Errorf("waiting for the province: %+v", got)
	}
	if r := s.do(top, "POST", one+"/settled", `{"n":2}`); r.status != 200 {
		t.Errorf("settle: %d %s", r.status, r.body)
	}
	for query, want := range map[string]int{"?state=open": 0, "?state=waiting": 0, "?state=settled": 1, "?office=a": 1, "?office=b": 0} {
		if got := s.threads(top, query); len(got) != want {
			t.Errorf("%s: %d threads, want %d", query, len(got), want)
		}
	}
	var back thread
	s.do(lea, "DELETE", one+"/messages/"+answer, "").decode(t, &back)
	if got := back.Messages; len(got) != 2 || !got[1].TakenBack || got[1].Text != "" || !back.Settled {
		t.Errorf("taken back: %+v", back)
	}
	select {
	case data := <-heard["leb"]:
		if strings.Contains(data, "changes") {
			t.Errorf("another office's stream told %s", data)
		}
	case <-time.After(10 * time.Second):
		t.Error("the stream did not tell of entries")
	}

	// The audit has the acts and no word of what was said.
	log := s.do(top, "GET", "/api/v1/audit", "")
	for _, act := range []string{"talk.said", "talk.read", "talk.settled", "talk.taken_back"} {
		if !bytes.Contains(log.body, []byte(`"`+act+`"`)) {
			t.Errorf("the audit does not tell %s", act)
		}
	}
	if bytes.Contains(log.body, []byte("vì sao")) || bytes.Contains(log.body, []byte("bổ sung")) {
		t.Error("the audit tells what was said")
	}
}

// A day and an activity are talked about as a figure is, without a value.
func TestTalkAtADayAndAnActivity(t *testing.T) {
	s := open(t)
	top, lea := s.signIn(access.Province, "top", "p"), s.signIn(access.Lead, "lea", "a")
	m := storetest.NewMaker()
	plan := m.Plan("lea", campaign.SmallGroup, storetest.At(8, 8), journal.ID{})
	s.pushes(lea, plan)
	day := s.says(top, fresh(), `{"office":"a","day":"2025-11-08"}`, "Mô phỏng ngày")
	activity := s.says(lea, fresh(), fmt.Sprintf(`{"activity":%q}`, plan.Entry.ID), "Mô phỏng buổi")
	if day.Anchor.Kind != "day" || day.Value != nil || day.Office.ID != "a" {
		t.Errorf("of a day: %+v", day)
	}
	if activity.Anchor.Kind != "activity" || activity.Anchor.Place == "" || activity.Office.ID != "a" {
		t.Errorf("of an activity: %+v", activity)
	}
	if got := s.threads(lea, ""); len(got) != 2 || got[0].ID != activity.ID && got[0].ID != day.ID {
		t.Errorf("listed: %+v", got)
	}
	s.wantCode(s.do(top, "POST", talks, fmt.Sprintf(`{"id":%q,"at":{"activity":%q},"text":"Mô phỏng"}`, fresh(), fresh())), 404, "not_found")
	s.wantCode(s.do(top, "POST", talks, fmt.Sprintf(`{"id":%q,"at":{"office":"a"},"text":"Mô phỏng"}`, fresh())), 422, "talk.anchor")
	s.wantCode(s.do(top, "POST", talks, fmt.Sprintf(`{"id":%q,"at":{"office":"a","day":"2025-11-08"},"text":" "}`, fresh())), 422, "talk.text")
}

// What no screen shows, and what makes a text read as another, is not kept.
func TestTalkIsLegible(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	id, at := fresh(), `{"figure":"consultations","office":"a"}`
	say := func(text string) reply {
		return s.do(lea, "POST", talks, `{"id":"`+id+`","at":`+at+`,"text":"`+text+`"}`)
	}
	var th thread
	for range 2 { // said once, however it comes
		r := say(`Dòng một\u202e\u2066\u0000\u0007\r\nDòng hai\u2069`)
		if r.decode(t, &th); r.status != 200 || th.N != 1 || th.Messages[0].Text != "Dòng một\nDòng hai" {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	id = fresh()
	s.wantCode(say(`\u202e\u0000 `), 422, "talk.text")
}
