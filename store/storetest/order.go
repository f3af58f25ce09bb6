package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

// World draws entries that bear on each other in every way that the counting
// rules know, from few persons and sessions so that they meet often.
func World(t *rapid.T) []journal.Line {
	m := NewMaker()
	authors := []string{"ann", "lea", "bob", "leb"}
	author := func() string { return rapid.SampledFrom(authors).Draw(t, "author") }
	at := func() time.Time {
		return At(rapid.IntRange(1, 12).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"))
	}
	person := func() *journal.Person {
		n := rapid.IntRange(1, 5).Draw(t, "person")
		switch rapid.IntRange(0, 3).Draw(t, "known by") {
		case 0:
			return &journal.Person{Registry: fmt.Sprint("r", n), Commune: "003"}
		case 1:
			return &journal.Person{Registry: fmt.Sprint("r", n), Citizen: fmt.Sprintf("%012d", rapid.IntRange(1, 5).Draw(t, "citizen"))}
		case 2:
			return &journal.Person{Name: fmt.Sprint("Mô phỏng ", n)}
		default:
			return Citizen(n)
		}
	}
	var lines []journal.Line
	var sessions, persons, enrolments []journal.Line
	session := func() (id journal.ID) {
		if len(sessions) > 0 && rapid.Bool().Draw(t, "at a session") {
			id = rapid.SampledFrom(sessions).Draw(t, "session").Entry.ID
		}
		return id
	}
	add := func(l journal.Line) journal.Line {
		if rapid.IntRange(0, 4).Draw(t, "late") == 0 {
			l.Received.At = l.Received.At.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
		}
		if rapid.IntRange(0, 5).Draw(t, "other campaign") == 0 {
			l.Entry.Campaign = "d"
		}
		if rapid.IntRange(0, 9).Draw(t, "wrong clock") == 0 {
			l.Received.OffsetMS = int64(rapid.IntRange(-40, 40).Draw(t, "offset")) * 3600_000
		}
		lines = append(lines, l)
		return l
	}
	for range rapid.IntRange(3, 25).Draw(t, "entries") {
		a := author()
		switch rapid.IntRange(0, 12).Draw(t, "what") {
		case 0, 1:
			kind := rapid.SampledFrom(campaign.ActivityKinds).Draw(t, "kind")
			var post journal.ID
			if kind.Post() && len(sessions) > 0 {
				if p := rapid.SampledFrom(sessions).Draw(t, "post"); p.Entry.Kind == "activity_planned" {
					post = p.Entry.ID
				}
			}
			sessions = append(sessions, add(m.Plan(a, kind, at(), post)))
		case 2:
			if s := session(); !s.IsZero() {
				if rapid.Bool().Draw(t, "came") {
					came := m.Make("attendance", author(), at(), outreach.AttendanceBody{State: "arrived"})
					came.Entry.Activity = s
					add(came)
				}
				add(m.Hold(a, at(), s, rapid.IntRange(0, 4).Draw(t, "heads")))
			}
		case 3:
			if s := session(); !s.IsZero() {
				start := at()
				l := m.Make("activity_moved", a, at(), campaign.Moved{Reason: campaign.Weather, Start: start, End: start.Add(time.Hour)})
				l.Entry.Activity = s
				add(l)
			}
		case 4, 5:
			persons = append(persons, add(m.Consult(a, at(), person(), session())))
		case 6:
			scheme := rapid.SampledFrom([]outreach.Scheme{outreach.VoluntarySI, outreach.HouseholdHI, outreach.StudentHI}).Draw(t, "scheme")
			stage := rapid.SampledFrom([]campaign.Stage{campaign.Pledged, campaign.Paid}).Draw(t, "stage")
			e := add(m.Enrol(a, at(), person(), scheme, stage))
			enrolments, persons = append(enrolments, e), append(persons, e)
		case 7:
			if len(enrolments) > 0 {
				e := rapid.SampledFrom(enrolments).Draw(t, "enrolment")
				stage := rapid.SampledFrom([]campaign.Stage{campaign.Declared, campaign.Paid, campaign.Withdrawn}).Draw(t, "stage")
				add(m.Make("enrolment_stage", a, at(), outreach.StageBody{Enrolment: e.Entry.ID, Stage: stage}))
			}
		case 8:
			if len(persons) > 1 {
				x, y := rapid.SampledFrom(persons).Draw(t, "a"), rapid.SampledFrom(persons).Draw(t, "b")
				if x.Entry.ID != y.Entry.ID {
					add(m.Make("persons_joined", "top", at(), outreach.JoinedBody{A: outreach.PersonRef{Entry: x.Entry.ID}, B: outreach.PersonRef{Entry: y.Entry.ID}}))
				}
			}
		case 9:
			if len(lines) > 0 {
				old := rapid.SampledFrom(lines).Draw(t, "old")
				if old.Entry.Withdrawn != "" || outreach.Schema().Kind(old.Entry.Kind).Final {
					continue
				}
				if rapid.Bool().Draw(t, "withdraw") {
					add(m.Withdraw(a, at(), old))
				} else {
					add(m.Correct(a, at(), old, func(e *journal.Entry) {
						if e.Person != nil {
							e.Person = person()
						}
						if rapid.Bool().Draw(t, "restate") {
							e.HappenedAt = at()
						}
						if !e.Activity.IsZero() && rapid.Bool().Draw(t, "elsewhere") {
							e.Activity = session()
						}
					}))
				}
			}
		case 10:
			kind := rapid.SampledFrom([]string{"closing", "closing", "reopening"}).Draw(t, "act")
			body := outreach.ClosingBody{Scope: "campaign"}
			if rapid.Bool().Draw(t, "a day") {
				body = outreach.ClosingBody{Scope: "day", Day: journal.DayOf(at())}
			}
			add(m.Make(kind, rapid.SampledFrom([]string{"top", "lea", "leb"}).Draw(t, "closer"), at(), body))
		case 11:
			body := outreach.VisitBody{Outcome: rapid.SampledFrom([]outreach.Outcome{outreach.NotHome, outreach.Joined, outreach.Moved}).Draw(t, "outcome")}
			if rapid.Bool().Draw(t, "whole household") {
				body.Household = "h1"
			}
			l := m.Make("visit", a, at(), body)
			if body.Household == "" {
				l.Entry.Person = person()
			}
			persons = append(persons, add(l))
		case 12:
			if len(lines) > 0 {
				about := rapid.SampledFrom(lines).Draw(t, "asked about")
				l := m.Ask(rapid.SampledFrom([]string{"lea", "leb", "top"}).Draw(t, "who asks"), 3, about, "Có đúng không?")
				l.Entry.Campaign = about.Entry.Campaign
				add(l)
			}
		}
	}
	return lines
}

// testOrder: the same entries in any order, repeated and batched at will, give
// the same figures and questions, and a recount finds no difference after any of
// them. Questions to authors move none.
func testOrder(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := World(rt)
		one, other := open(t), open(t)
		defer one.Close()
		defer other.Close()
		Import(t, Intake(t, one), lines...)
		if diff := Verify(t, one); len(diff) > 0 {
			rt.Fatalf("in order: verify: %v", diff)
		}
		shuffled := append(slices.Clone(lines), lines[:rapid.IntRange(0, len(lines)).Draw(rt, "repeated")]...)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		in := Intake(t, other)
		for len(shuffled) > 0 {
			n := 1 + rng.IntN(len(shuffled))
			Import(t, in, shuffled[:n]...)
			shuffled = shuffled[n:]
			if diff := Verify(t, other); len(diff) > 0 {
				rt.Fatalf("shuffled: verify: %v", diff)
			}
		}
		if a, b := standing(t, one, in), standing(t, other, in); !slices.Equal(a, b) {
			rt.Fatalf("questions to authors differ by order:\n in order %v\n shuffled %v", a, b)
		}
		unasked := open(t)
		defer unasked.Close()
		Import(t, Intake(t, unasked), withoutQuestions(lines)...)
		if a, b := sheet(t, one), sheet(t, unasked); !slices.Equal(a, b) {
			rt.Fatalf("questions to authors move figures:\n with %v\n without %v", a, b)
		}
		a, b := sheet(t, one), sheet(t, other)
		if !slices.Equal(a, b) {
			rt.Fatalf("figures differ by order:\n in order %v\n shuffled %v", a, b)
		}
	})
}

func sheet(t testing.TB, s store.Store) (out tally.Sheet) {
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		out, err = tx.Sheet(tally.Query{Dim: "*"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, func(a, b tally.Figure) int { return a.Key.Compare(b.Key) })
	return out
}

// testPushers: eight devices push at once about the same fifty people. Every
// person counts once, and every entry is there.
func testPushers(t *testing.T, open func(t testing.TB) store.Store) {
	const pushers, persons, rounds = 8, 50, 3
	s := open(t)
	in := Intake(t, s)
	plan := NewMaker()
	meeting := plan.Plan("ann", campaign.SmallGroup, At(9, 8), journal.ID{})
	Import(t, in, meeting, plan.Hold("ann", At(9, 12), meeting.Entry.ID, 80))
	actor := access.Actor{User: access.User{ID: "root", Role: access.Administrator}}
	agreed, err := in.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for p := range pushers {
		m := NewMaker()
		m.n = uint64(p+1) << 32
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(p), 7))
			for range rounds {
				b := fieldsync.Batch{}
				for _, n := range rng.Perm(persons) {
					l := m.Consult([]string{"ann", "bob"}[p%2], At(9, 9), Citizen(n), meeting.Entry.ID)
					b.Entries = append(b.Entries, encode(l.Entry))
				}
				outcomes, err := in.Push(t.Context(), actor, agreed, b)
				if err != nil {
					t.Error(err)
				}
				for _, o := range outcomes {
					if o.Status != journal.Accepted {
						t.Errorf("%s: %s %v", o.ID, o.Status, o.Refusal)
					}
				}
			}
		})
	}
	wg.Wait()
	want(t, s, map[tally.Indicator]tally.Cell{
		tally.ReachedIdentified: same(persons), tally.ReachedHeadCount: same(80 - persons), tally.Consultations: same(pushers * persons * rounds),
	})
}
