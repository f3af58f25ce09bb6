package storetest

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

// testSessions: what is kept of a campaign's activities is what its entries
// say, whichever comes next, also one that waited for another.
func testSessions(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	plan := m.Plan("lea", campaign.SmallGroup, At(8, 9), journal.ID{})
	late := m.Plan("lea", campaign.SmallGroup, At(9, 9), journal.ID{})
	there := m.Hold("lea", At(8, 10), plan.Entry.ID, 15)
	consult := m.Consult("ann", At(8, 9), Citizen(1), plan.Entry.ID)
	marks := map[tally.Mark]bool{}
	for _, step := range []struct {
		name  string
		line  journal.Line
		moves bool
	}{
		{"plan", plan, true},
		{"head count", m.Hold("ann", At(8, 10), plan.Entry.ID, 12), true},
		{"consultation", consult, false},
		{"head count that waits", m.Hold("ann", At(9, 10), late.Entry.ID, 9), false},
		{"what it waited for", late, true},
		{"head count by the lead", there, true},
		{"head count that was of the other", m.Correct("lea", At(9, 11), there, func(e *journal.Entry) { e.Activity = late.Entry.ID }), true},
		{"withdrawal", m.Withdraw("lea", At(9, 11), plan), true},
	} {
		if o := Import(t, in, step.line); o[0].Refusal != nil {
			t.Fatal(step.name, o[0].Refusal)
		}
		err := s.View(t.Context(), func(tx store.Tx) error {
			plan, err := tx.Plan()
			if err != nil {
				return err
			}
			mark, err := tx.MarkOfActivities(step.line.Entry.Campaign)
			if err != nil {
				return err
			}
			if moved := !marks[mark]; moved != step.moves {
				t.Errorf("%s: mark %v, moved %v", step.name, mark, moved)
			}
			marks[mark] = true
			entries, err := tx.OfActivities(step.line.Entry.Campaign)
			if err != nil {
				return err
			}
			got, err := in.Sessions(tx, plan, step.line.Entry.Campaign)
			if got, want := told(got), told(tally.SessionsOf(plan, in.Schema(), entries)); got != want {
				t.Errorf("%s: kept %s, by the entries %s", step.name, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// testAnySessions: so it is of any entries, in whatever parts they come.
func testAnySessions(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		lines := rapid.Permutation(World(rt)).Draw(rt, "order")
		for len(lines) > 0 {
			n := rapid.IntRange(1, min(4, len(lines))).Draw(rt, "at once")
			Import(t, in, lines[:n]...)
			lines = lines[n:]
			err := s.View(t.Context(), func(tx store.Tx) error {
				plan, err := tx.Plan()
				for _, c := range []string{"c", "d"} {
					if err != nil {
						return err
					}
					var entries []journal.Stored
					if entries, err = tx.OfActivities(c); err != nil {
						return err
					}
					var got []*tally.Session
					got, err = in.Sessions(tx, plan, c)
					if got, want := told(got), told(tally.SessionsOf(plan, in.Schema(), entries)); got != want {
						rt.Fatalf("kept %s\nby the entries %s", got, want)
					}
				}
				return err
			})
			if err != nil {
				rt.Fatal(err)
			}
		}
	})
}

func told(sessions []*tally.Session) (out string) {
	for _, s := range sessions {
		heads, held := s.HeadCount()
		out += fmt.Sprint(s.ID, s.Status(), s.Start, heads, held, "; ")
	}
	return out
}

// testLacking: questions without an answer are found by the figures that they
// do not add to.
func testLacking(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	ask := func(n int, answered string) journal.Line {
		l := m.Make("question", "ann", At(8, 9), outreach.QuestionBody{Text: "?", Answered: answered})
		l.Entry.Person = Citizen(n)
		return l
	}
	pending := ask(1, "pending")
	for _, o := range Import(t, in, pending, ask(2, "at_once"), m.Consult("ann", At(8, 9), Citizen(3), journal.ID{})) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	err := s.View(t.Context(), func(tx store.Tx) error {
		got, err := tx.Lacking(pending.Entry.Campaign, tally.Questions, tally.QuestionsAnswered)
		if want := []journal.ID{pending.Entry.ID}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
