package storetest

import (
	"slices"
	"testing"
	"time"

	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// testLooks: what somebody left as it is waits no more, while the review stands
// for all who count; it ends with the review, and can be taken back.
func testLooks(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	none := journal.ID{}
	outside := m.Consult("ann", At(8, 9), Citizen(1), none)
	outside.Entry.HappenedAt = time.Date(2025, 6, 1, 9, 0, 0, 0, journal.Zone)
	anon := func(day int) journal.Line {
		return m.Consult("ann", At(day, 9), &journal.Person{Name: "Mô phỏng Không Số", Birth: "1960", Commune: "001"}, none)
	}
	one, two := anon(2), anon(3)
	Import(t, in, outside, one, two)
	waiting := func() (out []string) {
		t.Helper()
		err := s.View(t.Context(), func(tx store.Tx) error {
			list, err := tx.ReviewsOfCampaign("c")
			for _, r := range list {
				out = append(out, r.Reason)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(out)
		return out
	}
	want := func(when string, reasons ...string) {
		t.Helper()
		if got := waiting(); !slices.Equal(got, reasons) {
			t.Errorf("%s: %v, want %v", when, got, reasons)
		}
		Check(t, s)
	}
	update := func(f func(tx store.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	want("before", "outside_campaign", "possible_duplicate")
	left := []tally.Look{
		{Review: tally.Review{Reason: "outside_campaign", Campaign: "c", Root: outside.Entry.ID}, By: "lea", At: store.Micro(noon)},
		{Review: tally.Review{Reason: "possible_duplicate", Campaign: "c", Root: two.Entry.ID, Other: one.Entry.ID}, By: "lea", At: store.Micro(noon)},
	}
	for _, l := range left {
		update(func(tx store.Tx) error { return tx.PutLook(l) })
		update(func(tx store.Tx) error { return tx.PutLook(l) }) // twice is once
	}
	want("both left")
	update(func(tx store.Tx) error {
		got, err := tx.Looks("c")
		if !slices.Equal(got, left) {
			t.Errorf("looks %+v, want %+v", got, left)
		}
		if looks, apart, err := tx.Unsettled("c"); looks != 2 || apart != 0 || err != nil {
			t.Errorf("unsettled %d looks, %d apart, %v", looks, apart, err)
		}
		if looks, _, _ := tx.Unsettled("d"); looks != 0 {
			t.Errorf("of another campaign %d looks", looks)
		}
		if got, _ := tx.Looks("d"); len(got) > 0 {
			t.Errorf("of another campaign: %+v", got)
		}
		return err
	})
	update(func(tx store.Tx) error { return tx.DropLook(left[0].Review) })
	want("taken back", "outside_campaign")
	update(func(tx store.Tx) error { return tx.PutLook(left[0]) })
	// The review ends, and comes again: nobody has looked at it since.
	right := m.Correct("ann", At(8, 10), outside, func(e *journal.Entry) { e.HappenedAt = At(8, 9) })
	Import(t, in, right)
	want("corrected")
	Import(t, in, m.Correct("ann", At(8, 11), right, func(e *journal.Entry) { e.HappenedAt = outside.Entry.HappenedAt }))
	want("wrong again", "outside_campaign")
}

// testJoinedAreNoDuplicate: whom somebody joined is not asked about again.
func testJoinedAreNoDuplicate(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	anon := func(day int) journal.Line {
		return m.Consult("ann", At(day, 9), &journal.Person{Name: "Mô phỏng Không Số", Birth: "1960", Commune: "001"}, journal.ID{})
	}
	one, two := anon(2), anon(3)
	Import(t, in, one, two, m.Make("persons_joined", "lea", At(4, 9), map[string]any{
		"a": map[string]any{"entry": one.Entry.ID}, "b": map[string]any{"entry": two.Entry.ID},
	}))
	err := s.View(t.Context(), func(tx store.Tx) error {
		list, err := tx.ReviewsOfCampaign("c")
		if len(list) > 0 {
			t.Errorf("still asked: %+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s)
}
