package web_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/storetest"
	"caunoi/tally"
)

type reviewItem struct {
	Reason, Entry, Other string
	Acts                 []string
	Left                 bool
}

func (s *site) reviews(who *http.Cookie) (list []reviewItem, waiting int) {
	s.t.Helper()
	var got struct {
		Reviews []reviewItem
		Waiting int
	}
	s.do(who, "GET", "/api/v1/campaigns/c/reviews", "").decode(s.t, &got)
	var count struct{ Waiting int }
	if s.do(who, "GET", "/api/v1/campaigns/c/reviews/waiting", "").decode(s.t, &count); count.Waiting != got.Waiting {
		s.t.Errorf("the count says %d, the list %d", count.Waiting, got.Waiting)
	}
	return got.Reviews, got.Waiting
}

// only is the one item of a reason.
func (s *site) only(who *http.Cookie, reason string) reviewItem {
	s.t.Helper()
	list, _ := s.reviews(who)
	var found []reviewItem
	for _, r := range list {
		if r.Reason == reason {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		s.t.Fatalf("%d items of %s in %+v", len(found), reason, list)
	}
	return found[0]
}

func settling(r reviewItem, act, more string) string {
	return fmt.Sprintf(`{"reason":%q,"entry":%q,"other":%q,"act":%q%s}`, r.Reason, r.Entry, r.Other, act, more)
}

func (s *site) settles(who *http.Cookie, r reviewItem, act, more string) (made string) {
	s.t.Helper()
	var got struct{ Made string }
	res := s.do(who, "POST", "/api/v1/campaigns/c/reviews", settling(r, act, more))
	if res.status != 200 {
		s.t.Fatalf("%s of %s: %d %s", act, r.Reason, res.status, res.body)
	}
	res.decode(s.t, &got)
	return got.Made
}

func (s *site) undoes(who *http.Cookie, r reviewItem, act, made string) reply {
	s.t.Helper()
	return s.do(who, "POST", "/api/v1/campaigns/c/reviews/undo", settling(r, act, fmt.Sprintf(`,"made":%q`, made)))
}

// Each reason has an act that settles it: the figure is right after it, and the
// item waits no more; what can be undone is as it was.
func TestReviewsAreSettled(t *testing.T) {
	none := journal.ID{}
	anon := func() *journal.Person {
		return &journal.Person{Name: "Mô phỏng Không Số", Birth: "1960", Commune: "001"}
	}
	for _, c := range []struct {
		reason, act, more string
		make              func(m *storetest.Maker) []journal.Line
		figure            tally.Indicator
		before, after     int
		undo              bool
	}{
		{"outside_campaign", "day", `,"day":"2025-11-07"`, func(m *storetest.Maker) []journal.Line {
			l := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), none)
			l.Entry.HappenedAt = storetest.At(8, 9).AddDate(0, -3, 0)
			return []journal.Line{l}
		}, tally.Consultations, 0, 1, false},
		{"outside_campaign", "withdraw", ``, func(m *storetest.Maker) []journal.Line {
			l := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), none)
			l.Entry.HappenedAt = storetest.At(8, 9).AddDate(0, -3, 0)
			return []journal.Line{l}
		}, tally.Consultations, 0, 0, true},
		{"future", "day", `,"day":"2025-11-08"`, func(m *storetest.Maker) []journal.Line {
			l := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), none)
			l.Entry.HappenedAt = storetest.At(10, 9)
			return []journal.Line{l}
		}, tally.Consultations, 0, 1, false},
		{"duplicate_enrolment", "withdraw", ``, func(m *storetest.Maker) []journal.Line {
			return []journal.Line{
				m.Enrol("ann", storetest.At(7, 9), storetest.Citizen(1), outreach.VoluntarySI, campaign.Paid),
				m.Enrol("ann", storetest.At(8, 9), storetest.Citizen(1), outreach.VoluntarySI, campaign.Paid),
			}
		}, tally.EnrolledSI, 1, 1, true},
		{"duplicate_enrolment", "withdraw_other", ``, func(m *storetest.Maker) []journal.Line {
			return []journal.Line{
				m.Enrol("ann", storetest.At(7, 9), storetest.Citizen(1), outreach.VoluntarySI, campaign.Paid),
				m.Enrol("ann", storetest.At(8, 9), storetest.Citizen(1), outreach.VoluntarySI, campaign.Paid),
			}
		}, tally.EnrolledSI, 1, 1, true},
		{"two_corrections", "take_other", ``, func(m *storetest.Maker) []journal.Line {
			l := m.Hold("ann", storetest.At(8, 8), none, 5)
			plan := m.Plan("ann", campaign.SmallGroup, storetest.At(8, 8), none)
			l.Entry.Activity = plan.Entry.ID
			heads := func(hour, n int) journal.Line {
				return m.Correct("ann", storetest.At(8, hour), l, func(e *journal.Entry) { e.Body = fmt.Appendf(nil, `{"head_count":%d}`, n) })
			}
			return []journal.Line{plan, l, heads(10, 11), heads(11, 22)}
		}, tally.ReachedHeadCount, 22, 11, false},
		{"two_citizen_numbers", "number", `,"number":"000000000001"`, func(m *storetest.Maker) []journal.Line {
			registered := func(n int) *journal.Person {
				p := storetest.Citizen(n)
				p.Registry = "0190a0a0-0000-7000-8000-000000000001"
				return p
			}
			return []journal.Line{m.Consult("ann", storetest.At(7, 9), registered(1), none), m.Consult("ann", storetest.At(8, 9), registered(2), none)}
		}, tally.ReachedIdentified, 1, 1, false},
		{"possible_duplicate", "join", ``, func(m *storetest.Maker) []journal.Line {
			return []journal.Line{m.Consult("ann", storetest.At(7, 9), anon(), none), m.Consult("ann", storetest.At(8, 9), anon(), none)}
		}, tally.ReachedIdentified, 2, 1, true},
		{"possible_duplicate", "leave", ``, func(m *storetest.Maker) []journal.Line {
			return []journal.Line{m.Consult("ann", storetest.At(7, 9), anon(), none), m.Consult("ann", storetest.At(8, 9), anon(), none)}
		}, tally.ReachedIdentified, 2, 2, true},
		{"second_held", "withdraw_other", ``, func(m *storetest.Maker) []journal.Line {
			plan := m.Plan("lea", campaign.SmallGroup, storetest.At(8, 8), none)
			return []journal.Line{plan, m.Hold("ann", storetest.At(8, 11), plan.Entry.ID, 12), m.Hold("ann", storetest.At(8, 12), plan.Entry.ID, 13)}
		}, tally.ReachedHeadCount, 12, 13, true},
	} {
		t.Run(c.reason+" "+c.act, func(t *testing.T) {
			s := open(t)
			lea, ann := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
			leb := s.signIn(access.Lead, "leb", "b")
			m := storetest.NewMaker()
			for _, l := range c.make(m) {
				who := ann
				if l.Entry.Author == "lea" {
					who = lea
				}
				s.pushes(who, l)
			}
			r := s.only(lea, c.reason)
			total := func() int { return storetest.Total(t, s.store, "c")[c.figure].All }
			if n := total(); n != c.before {
				t.Fatalf("before: %d", n)
			}
			body := settling(r, c.act, c.more)
			s.wantCode(s.do(ann, "POST", "/api/v1/campaigns/c/reviews", body), 403, "right.missing")
			s.wantCode(s.do(leb, "POST", "/api/v1/campaigns/c/reviews", body), 404, "not_found")
			made := s.settles(lea, r, c.act, c.more)
			if n := total(); n != c.after {
				t.Errorf("after: %d, want %d", n, c.after)
			}
			if list, waiting := s.reviews(lea); len(list) != 0 || waiting != 0 {
				t.Errorf("still waits: %+v, %d", list, waiting)
			}
			storetest.Check(t, s.store)
			if undone := s.undoes(lea, r, c.act, made); c.undo {
				if undone.status != 204 {
					t.Fatalf("undo: %d %s", undone.status, undone.body)
				}
				if n := total(); n != c.before {
					t.Errorf("undone: %d", n)
				}
				s.only(lea, c.reason)
				if c.act != "leave" {
					s.wantCode(s.undoes(lea, r, c.act, made), 422, "review.gone")
				}
				storetest.Check(t, s.store)
			} else {
				s.wantCode(undone, 422, "review.act")
			}
		})
	}
}

// What does not fit is refused with what to do, and nothing changes.
func TestReviewsThatCannotBeSettledSo(t *testing.T) {
	s := open(t)
	lea, ann := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	m := storetest.NewMaker()
	l := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{})
	l.Entry.HappenedAt = storetest.At(8, 9).AddDate(0, -3, 0)
	s.pushes(ann, l)
	r := s.only(lea, "outside_campaign")
	for _, c := range []struct{ act, more, code string }{
		{"join", "", "review.act"},
		{"day", "", "review.day"},
		{"day", `,"day":"2025-08-08"`, "review.day"},
		{"day", `,"day":"2025-11-10"`, "review.day"}, // still to come
	} {
		s.wantCode(s.do(lea, "POST", "/api/v1/campaigns/c/reviews", settling(r, c.act, c.more)), 422, c.code)
	}
	s.settles(lea, r, "leave", "")
	var detail struct{ Reviews []reviewItem }
	s.do(lea, "GET", "/api/v1/campaigns/c/entries/"+r.Entry, "").decode(t, &detail)
	if len(detail.Reviews) != 1 || !detail.Reviews[0].Left {
		t.Errorf("the record says of what was left: %+v", detail.Reviews)
	}
	s.settles(lea, r, "withdraw", "")
	s.wantCode(s.do(lea, "POST", "/api/v1/campaigns/c/reviews", settling(r, "withdraw", "")), 422, "review.gone")
}

// Questions and answers of authors are settled, too, and counted as listed: the
// board, the list and the closing say one number.
func TestWhatWaitsIsOneNumber(t *testing.T) {
	s := open(t)
	lea, ann, leb := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Lead, "leb", "b")
	m := storetest.NewMaker()
	asked := m.Make("question", "ann", storetest.At(7, 9), outreach.QuestionBody{Text: "Mô phỏng?", Answered: "pending", PromiseBy: "2025-11-08"})
	met := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), journal.ID{})
	outside := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(2), journal.ID{})
	outside.Entry.HappenedAt = storetest.At(8, 9).AddDate(0, -3, 0)
	s.pushes(ann, asked, met, outside)
	count := func(when string, want int) {
		t.Helper()
		_, waiting := s.reviews(lea)
		if whole := s.closings(lea).Campaign.Reviews; waiting != want || whole != want {
			t.Errorf("%s: the list says %d, the closing %d, want %d", when, waiting, whole, want)
		}
		if _, n := s.reviews(leb); n != 0 {
			t.Errorf("%s: another office counts %d", when, n)
		}
	}
	count("a question and a review", 2)
	s.do(lea, "POST", "/api/v1/campaigns/c/entries/"+met.Entry.ID.String()+"/sent-back", `{"question":"Mô phỏng?"}`)
	count("sent back, too", 3)
	s.pushes(ann, m.Correct("ann", storetest.At(9, 9), met, func(e *journal.Entry) { e.Person.Birth = "1950" }))
	count("answered", 3)
	s.settles(lea, reviewItem{Reason: "answered", Entry: s.sentBack(lea)[0].ID}, "leave", "")
	count("the answer was looked at", 2)
	s.settles(lea, reviewItem{Reason: "question", Entry: asked.Entry.ID.String()}, "answer", `,"answer":"Mô phỏng trả lời"`)
	count("the question was answered", 1)
	s.settles(lea, s.only(lea, "outside_campaign"), "leave", "")
	count("all was looked at", 0)
	storetest.Check(t, s.store)
}

// What waits is one list: days that look unlikely, for who may see the records
// behind them, and what phones brought that they may not, for who decides on it.
func TestWhatWaitsBesideReviews(t *testing.T) {
	s := open(t)
	lea, leb, top := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b"), s.signIn(access.Province, "top", "p")
	s.signIn(access.Campaigner, "ann", "a")
	ann := s.enrol(lea, "ann", "máy-1")
	s.do(lea, "POST", "/api/v1/users/ann/disabled", `{"disabled":true}`)
	m := storetest.NewMaker()
	l := m.Consult("ann", now.Add(time.Hour), storetest.Citizen(2), journal.ID{})
	ann.push(l)
	s.jump()
	type list struct {
		Unlikely []struct{ Day string }
		Held     []struct{ Entry string }
		MayPass  bool `json:"may_pass"`
		Waiting  int
	}
	seen := func(who *http.Cookie) (got list) {
		t.Helper()
		s.do(who, "GET", "/api/v1/campaigns/c/reviews", "").decode(t, &got)
		if _, waiting := s.reviews(who); waiting != len(got.Unlikely)+len(got.Held) {
			t.Errorf("%d wait, of the list %+v", waiting, got)
		}
		return got
	}
	for _, who := range []*http.Cookie{lea, top} {
		if got := seen(who); len(got.Unlikely) != 1 || got.Unlikely[0].Day != "2025-11-07" || len(got.Held) != 1 || got.Held[0].Entry != l.Entry.ID.String() || got.MayPass != (who == top) {
			t.Errorf("seen: %+v", got)
		}
	}
	if got := seen(leb); got.Waiting != 0 {
		t.Errorf("of another office: %+v", got)
	}
	pass := `{"office":"a","day":"2025-11-07","indicator":"enrolments","value":90,"pass":true}`
	if r := s.do(top, "POST", "/api/v1/campaigns/c/league/flags", pass); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := seen(lea); len(got.Unlikely) != 0 || len(got.Held) != 1 {
		t.Errorf("let pass: %+v", got)
	}
	if r := s.do(lea, "POST", "/api/v1/users/ann/devices/máy-1/quarantine", `{"take":false,"entries":["`+l.Entry.ID.String()+`"]}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := seen(lea); got.Waiting != 0 {
		t.Errorf("dropped: %+v", got)
	}
}

// In a campaign of very many figures and questions, what waits is not looked for
// after every commit: it is told a minute later, but for what somebody settles.
func TestWhatWaitsInAVeryLargeCampaign(t *testing.T) {
	s := open(t)
	lea, ann := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	err := s.store.Update(t.Context(), func(tx store.Tx) error {
		var c tally.Change
		add := func(i tally.Indicator, dim string, n int) {
			key := tally.Key{Campaign: "c", Office: "a", Commune: "001", Day: "2025-11-01", Indicator: i, Dim: dim}
			c.Deltas = append(c.Deltas, tally.Figure{Key: key, Cell: tally.Cell{All: n, Closed: n}})
		}
		add(tally.Questions, "", 5_001)
		for n := range 10_001 {
			add(tally.EnrolledHI, fmt.Sprint("campaigner=", n), 1)
		}
		return tx.Change(c)
	})
	if err != nil {
		t.Fatal(err)
	}
	waits := func() int {
		var count struct{ Waiting int }
		s.do(lea, "GET", "/api/v1/campaigns/c/reviews/waiting", "").decode(t, &count)
		return count.Waiting
	}
	if n := waits(); n != 0 {
		t.Fatalf("at first: %d", n)
	}
	m := storetest.NewMaker()
	question := func() journal.Line {
		return m.Make("question", "ann", storetest.At(7, 9), outreach.QuestionBody{Text: "Mô phỏng?", Answered: "pending", PromiseBy: "2025-11-08"})
	}
	one, two := question(), question()
	s.pushes(ann, one, two)
	s.jump()
	if n := waits(); n != 0 {
		t.Errorf("within the minute: %d", n)
	}
	s.later()
	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for n := waits(); n != 3; n = waits() { // somebody looks, behind what is answered
		if soon.Err() != nil || n > 3 {
			t.Fatalf("a minute later: %d", n)
		}
		runtime.Gosched()
	}
	s.settles(lea, reviewItem{Reason: "question", Entry: one.Entry.ID.String()}, "answer", `,"answer":"Mô phỏng trả lời"`)
	if n := waits(); n != 2 {
		t.Errorf("after an answer: %d", n)
	}
	if _, n := s.reviews(lea); n != 2 {
		t.Errorf("the list says %d", n)
	}
}
