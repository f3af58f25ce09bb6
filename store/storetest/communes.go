package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
	"caunoi/tally"
)

// testCommunes: who is in charge of a commune changes on a day, or it becomes
// part of another. No figure of a day before moves, none gets lost, and a recount
// finds no difference.
func testCommunes(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("Figures", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) { testDatedCommunes(t, rt, open) })
	})
	t.Run("Credit", func(t *testing.T) { testCreditOverTime(t, open) })
	t.Run("People", func(t *testing.T) { testPeopleOverTime(t, open) })
}

func testDatedCommunes(t *testing.T, rt *rapid.T, open func(t testing.TB) store.Store) {
	s := open(t)
	defer s.Close()
	in := Intake(t, s)
	lines := World(rt)
	codes := []string{"001", "002", "003"}
	m := NewMaker()
	for range lines { // whose ids are taken
		m.ID()
	}
	for n := range rapid.IntRange(0, 6).Draw(rt, "paid") { // what is credited by residence
		at := At(rapid.IntRange(1, 10).Draw(rt, "paid on"), 20)
		lines = append(lines, m.Enrol("bob", at, Citizen(100+n), outreach.VoluntarySI, campaign.Paid))
	}
	for _, l := range lines {
		if p := l.Entry.Person; p != nil && p.Commune == "" {
			p.Commune = rapid.SampledFrom(append(codes, "")).Draw(rt, "home")
		}
	}
	some := rapid.IntRange(0, len(lines)).Draw(rt, "before")
	Import(t, in, lines[:some]...)
	for range rapid.IntRange(1, 3).Draw(rt, "changes") {
		plan, err := in.Plan(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		c := *plan.Communes[rapid.SampledFrom(codes).Draw(rt, "commune")]
		day := journal.Day("2025-11-01").Add(rapid.IntRange(-1, 12).Draw(rt, "day"))
		if rapid.Bool().Draw(rt, "merged") {
			c.Merged = &campaign.Merger{From: day, Into: rapid.SampledFrom(codes).Draw(rt, "into")}
		} else {
			c.Since = append(slices.Clone(c.Since), campaign.Tenure{From: day, Office: rapid.SampledFrom([]string{"a", "b", "p"}).Draw(rt, "office")})
		}
		it := campaign.Item{Commune: &c}
		if it.Validate() != nil || plan.Communes[c.Code].Merged != nil {
			continue // not a change that can be
		}
		before := sheet(t, s)
		if err := in.PutPlan(t.Context(), []campaign.Item{it}); err != nil {
			if r := (*journal.Refusal)(nil); errors.As(err, &r) {
				continue // in a circle
			}
			rt.Fatal(err)
		}
		after := sheet(t, s)
		past := func(f tally.Figure) bool { return f.Day >= day }
		if a, b := slices.DeleteFunc(slices.Clone(before), past), slices.DeleteFunc(slices.Clone(after), past); !slices.Equal(a, b) {
			rt.Fatalf("%+v of %s moved figures of days before:\n from %v\n to   %v", it.Commune, day, a, b)
		}
		if a, b := byDay(before), byDay(after); !maps.Equal(a, b) {
			rt.Fatalf("%+v of %s does not add up:\n from %v\n to   %v", it.Commune, day, a, b)
		}
		if diff := Verify(t, s); len(diff) > 0 {
			rt.Fatalf("after %+v: verify: %v", it.Commune, diff)
		}
	}
	Import(t, in, lines[some:]...)
	if diff := Verify(t, s); len(diff) > 0 {
		rt.Fatalf("entries after the changes: verify: %v", diff)
	}
}

// byDay sums figures up without regard to where they stand.
func byDay(sheet tally.Sheet) map[tally.Key]tally.Cell {
	out := map[tally.Key]tally.Cell{}
	for _, f := range sheet {
		k := f.Key
		k.Office, k.Commune = "", ""
		c := out[k]
		out[k] = tally.Cell{All: c.All + f.All, Closed: c.Closed + f.Closed}
	}
	return out
}

// An old code is taken after the day of the merger, and means the other commune.
func testCreditOverTime(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	donates := func(day, citizen int) journal.Line {
		l := m.Make("card_donation", "ann", At(day, 9), outreach.DonationBody{To: "student"})
		l.Entry.Commune, l.Entry.Person = "002", Citizen(citizen)
		l.Entry.Person.Commune = "002"
		return l
	}
	merged := campaign.Commune{Code: "002", Name: "Commune 002", Type: "xã", Office: "a", Merged: &campaign.Merger{From: "2025-11-05", Into: "003"}}
	if err := in.PutPlan(t.Context(), []campaign.Item{{Commune: &merged}}); err != nil {
		t.Fatal(err)
	}
	for _, o := range Import(t, in, donates(4, 1), donates(5, 2), donates(6, 3)) {
		if o.Status != journal.Accepted {
			t.Fatalf("an old code: %+v", o)
		}
	}
	got := map[string]int{}
	for _, f := range sheet(t, s) {
		if f.Dim == "" && (f.Indicator == tally.Donations || f.Indicator == tally.ReachedIdentified) {
			got[fmt.Sprint(f.Indicator, " ", f.Office, " ", f.Commune, " ", f.Day)] += f.All
		}
	}
	want := map[string]int{
		"donations.hi_card a 002 2025-11-04": 1, "donations.hi_card b 003 2025-11-05": 1, "donations.hi_card b 003 2025-11-06": 1,
		"reached.identified a 002 2025-11-04": 1, "reached.identified a 003 2025-11-05": 1, "reached.identified a 003 2025-11-06": 1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("credited\n%v, want\n%v", got, want)
	}
	Check(t, s)
}

// People are seen by the office that is in charge today: not before the day, and
// from that day on without a change of the plan.
func testPeopleOverTime(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	r := newRegistry(t, s)
	r.list(province, rec("An", "001190000011", "001"), rec("Ba", "001190000012", "002"))
	seen := func(when, wantA, wantB string) {
		t.Helper()
		if a, b := namesIn(r.find(leadA, people.Query{})), namesIn(r.find(leadB, people.Query{})); a != wantA || b != wantB {
			t.Errorf("%s: a sees %q, b sees %q; want %q and %q", when, a, b, wantA, wantB)
		}
	}
	tomorrow := journal.DayOf(noon).Add(1)
	given := campaign.Commune{Code: "001", Name: "Commune 001", Type: "xã", Office: "a", Since: []campaign.Tenure{{From: tomorrow, Office: "b"}}}
	merged := campaign.Commune{Code: "002", Name: "Commune 002", Type: "xã", Office: "a", Merged: &campaign.Merger{From: tomorrow, Into: "003"}}
	if err := r.in.PutPlan(t.Context(), []campaign.Item{{Commune: &given}, {Commune: &merged}}); err != nil {
		t.Fatal(err)
	}
	seen("the day before", "An Ba", "")
	later := fieldsync.NewIntake(s, outreach.Schema(), func() time.Time { return noon.AddDate(0, 0, 1) })
	if err := later.FollowDay(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen("on the day", "", "An Ba")
	narrow := leadB
	narrow.Communes = []string{"003"}
	r.view(func(_ store.Tx, plan *campaign.Plan) error {
		narrow = narrow.Today(plan, tomorrow)
		for _, may := range []struct {
			actor   access.Actor
			commune string
			day     journal.Day
			want    bool
		}{
			{leadA, "002", tomorrow.Add(-1), true},
			{leadA, "002", tomorrow, false},
			{leadB, "002", tomorrow.Add(-1), false},
			{leadB, "002", tomorrow, true},
			{narrow, "002", tomorrow, true},
			{narrow, "001", tomorrow, false},
		} {
			if got := fieldsync.MaySnapshot(may.actor, plan, may.commune, may.day) == nil; got != may.want {
				t.Errorf("%s takes the people of %s on %s: %v", may.actor.ID, may.commune, may.day, got)
			}
		}
		return nil
	})
	if got := namesIn(r.find(narrow, people.Query{})); got != "Ba" {
		t.Errorf("who is narrowed to the successor sees %q", got)
	}
	if err := r.in.FollowDay(t.Context()); err != nil { // a clock that goes back
		t.Fatal(err)
	}
	seen("back on the day before", "An Ba", "")
}
