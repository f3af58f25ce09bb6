package web_test

import (
	"net/http"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store/storetest"
	"caunoi/tally"
)

type sentBack struct {
	ID, By, Entry, Author, Kind, Question string
	Answer                                *struct {
		Entry, By string
		Withdrawn bool
	}
}

func (s *site) sentBack(who *http.Cookie) []sentBack {
	s.t.Helper()
	var got struct {
		SentBack []sentBack `json:"sent_back"`
	}
	s.do(who, "GET", "/api/v1/campaigns/c/sent-back", "").decode(s.t, &got)
	return got.SentBack
}

// A lead asks the author of a record; the phone is told, with the record; the
// correction answers, and the figure counts once all the while.
func TestSentBackIsAnsweredByThePhone(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	ann, _ := s.worker("ann", "lea", "a")
	m := storetest.NewMaker()
	met := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{})
	met.Entry.Device, met.Entry.Seq = "máy-1", 1
	ann.ask("POST", "/api/v1/sync/push", batch(t, met))
	pulled := func(had string) (reply, []fieldsync.PulledQuestion) {
		var p fieldsync.Pulled
		r := ann.ask("GET", "/api/v1/sync/pull", "", "If-None-Match", had)
		if r.status == 200 {
			r.decode(t, &p)
		}
		return r, p.Asked
	}
	before, _ := pulled("")
	path := "/api/v1/campaigns/c/entries/" + met.Entry.ID.String()
	s.wantCode(s.do(lea, "POST", path+"/sent-back", `{"question":"   ?   "}`), 422, "sent_back.question")
	if r := s.do(lea, "POST", path+"/sent-back", `{"question":" Bà sinh năm nào? "}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	s.wantCode(s.do(lea, "POST", path+"/sent-back", `{"question":"Còn gì nữa?"}`), 422, "sent_back.waiting")
	asked, list := pulled(before.header.Get("ETag"))
	if asked.status != 200 || len(list) != 1 || list[0].Question != "Bà sinh năm nào?" || list[0].By.Name != "Worker lea" || !strings.Contains(string(list[0].Entry), "000000000001") {
		t.Fatalf("the phone is told: %d %s", asked.status, asked.body)
	}
	if r, _ := pulled(asked.header.Get("ETag")); r.status != 304 {
		t.Errorf("told again: %d", r.status)
	}
	var detail struct {
		SentBack []sentBack `json:"sent_back"`
		MayAsk   bool       `json:"may_ask"`
	}
	s.do(lea, "GET", path, "").decode(t, &detail)
	if d := detail; len(d.SentBack) != 1 || d.SentBack[0].Question != "Bà sinh năm nào?" || d.SentBack[0].Answer != nil || d.MayAsk {
		t.Errorf("the desk shows %+v", d)
	}
	answer := m.Correct("ann", storetest.At(9, 9), met, func(e *journal.Entry) {
		e.Device, e.Seq = "máy-1", 2
		e.Person.Birth = "1950"
	})
	ann.ask("POST", "/api/v1/sync/push", batch(t, answer))
	if _, list := pulled(""); len(list) != 0 {
		t.Errorf("after the answer: %+v", list)
	}
	s.do(lea, "GET", "/api/v1/campaigns/c/entries/"+answer.Entry.ID.String(), "").decode(t, &detail)
	if d := detail; len(d.SentBack) != 1 || d.SentBack[0].Answer == nil || d.SentBack[0].Answer.Entry != answer.Entry.ID.String() || !d.MayAsk {
		t.Errorf("the desk shows %+v", d)
	}
	if got := s.sentBack(lea); len(got) != 1 || got[0].Answer == nil || got[0].Author != "Worker ann" || got[0].Question != "" || got[0].Kind != "consultation" {
		t.Errorf("listed: %+v", got)
	}
	if n := storetest.Total(t, s.store, "c")[tally.Consultations]; n != (tally.Cell{All: 1, Closed: 1}) {
		t.Errorf("counted %+v", n)
	}
	var board struct{ Events []struct{ Kind string } }
	s.do(lea, "GET", "/api/v1/campaigns/c/board", "").decode(t, &board)
	for _, e := range board.Events {
		if e.Kind == "sent_back" {
			t.Error("the board of the province tells of the question")
		}
	}
	if acts := strings.Count(strings.Join(s.acts(), "\n"), "entries.read ann done"); acts != 1 {
		t.Errorf("the record was given to the phone %d times, by the audit", acts)
	}
	storetest.Check(t, s.store)
}

// Who may ask: leads of the office and above, of others' records; who may take
// a question back: who asked, and the leads above.
func TestWhoMaySendBack(t *testing.T) {
	s := open(t)
	lea, leb, top := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b"), s.signIn(access.Province, "top", "p")
	ann, eye := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Auditor, "eye", "p")
	m := storetest.NewMaker()
	met, own := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{}), m.Consult("lea", storetest.At(8, 9), storetest.Citizen(2), journal.ID{})
	s.pushes(ann, met)
	s.pushes(lea, own)
	const question = `{"question":"Mô phỏng?"}`
	at := func(l journal.Line) string {
		return "/api/v1/campaigns/c/entries/" + l.Entry.ID.String() + "/sent-back"
	}
	for _, who := range []*http.Cookie{ann, eye} {
		s.wantCode(s.do(who, "POST", at(met), question), 403, "right.missing")
	}
	s.wantCode(s.do(leb, "POST", at(met), question), 404, "not_found")
	s.wantCode(s.do(lea, "POST", at(own), question), 422, "sent_back.own")
	s.wantCode(s.do(lea, "POST", strings.Replace(at(met), "/c/", "/d/", 1), question), 404, "not_found")
	for _, l := range []journal.Line{met, own} { // the province asks leads, too
		if r := s.do(top, "POST", at(l), question); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	if got := s.sentBack(lea); len(got) != 2 {
		t.Errorf("the lead sees %+v", got)
	}
	if got := s.sentBack(leb); len(got) != 0 {
		t.Errorf("another office sees %+v", got)
	}
	list := s.sentBack(eye)
	if len(list) != 2 {
		t.Fatalf("the auditor sees %+v", list)
	}
	take := func(who *http.Cookie, id string) reply {
		return s.do(who, "DELETE", "/api/v1/campaigns/c/sent-back/"+id, "")
	}
	s.wantCode(take(ann, list[0].ID), 403, "right.missing")
	s.wantCode(take(leb, list[0].ID), 404, "not_found")
	s.wantCode(take(top, met.Entry.ID.String()), 404, "not_found")
	if r := take(top, list[0].ID); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	s.wantCode(take(top, list[0].ID), 404, "not_found")
	if got := s.sentBack(top); len(got) != 1 {
		t.Errorf("after it was taken back: %+v", got)
	}
	s.pushes(ann, m.Withdraw("ann", storetest.At(9, 9), met))
	s.wantCode(s.do(lea, "POST", at(met), question), 422, "sent_back.gone")
	// By a push, too: a phone claims what it likes.
	forged := m.Ask("ann", 9, own, "Mô phỏng?")
	s.wantRefused(ann, forged, "right.missing")
	storetest.Check(t, s.store)
}

func (s *site) wantRefused(who *http.Cookie, l journal.Line, code string) {
	s.t.Helper()
	if r := s.do(who, "POST", "/api/v1/sync/push", batch(s.t, l)); !strings.Contains(string(r.body), `"`+code+`"`) {
		s.t.Errorf("push: %d %s", r.status, r.body)
	}
}
