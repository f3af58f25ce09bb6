package storetest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// testPast: figures are shown as they stood at any moment, whatever came after:
// other entries, corrections of entries, a closing. So it is, too, where the
// entries come from another server with their receipts.
func testPast(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		lines := World(rt)
		slices.SortStableFunc(lines, func(a, b journal.Line) int { return a.Received.At.Compare(b.Received.At) })
		sheet := func(at time.Time) (out tally.Sheet) {
			err := s.View(context.Background(), func(tx store.Tx) (err error) {
				out, err = tx.Sheet(tally.Query{Campaign: "c", AsOf: at})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		type moment struct {
			at    time.Time
			total map[journal.Day]tally.Total
		}
		var past []moment
		for len(lines) > 0 {
			n := rapid.IntRange(1, len(lines)).Draw(rt, "batch")
			for n < len(lines) && lines[n].Received.At.Equal(lines[n-1].Received.At) {
				n++
			}
			Import(t, in, lines[:n]...)
			past = append(past, moment{lines[n-1].Received.At, sheet(time.Time{}).ByDay()})
			lines = lines[n:]
		}
		for i, m := range past {
			got := sheet(m.at).ByDay()
			if !maps.EqualFunc(got, m.total, func(a, b tally.Total) bool { return maps.Equal(a, b) }) {
				rt.Errorf("moment %d of %d: %v, it was %v", i+1, len(past), got, m.total)
			}
		}
		if early := sheet(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)); len(early) != 0 {
			rt.Errorf("before anything was counted: %v", early)
		}
	})
}

// testPastInHours: a file of entries from another server stands as they came,
// hour by hour, in whatever order it has them. It is answered in its own.
func testPastInHours(t *testing.T, open func(t testing.TB) store.Store) {
	for _, file := range [][]int{{8, 9, 10, 11}, {11, 8, 10, 9}} {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		var lines []journal.Line
		for _, hour := range file {
			l := m.Consult("ann", At(8, hour), Citizen(hour), journal.ID{})
			l.Received.At = At(8, hour)
			lines = append(lines, l)
		}
		for i, o := range Import(t, in, lines...) {
			if o.Line != i+1 || o.ID != lines[i].Entry.ID {
				t.Errorf("line %d is answered as %d: %v", i+1, o.Line, o.Outcome)
			}
		}
		for hour, want := range map[int]int{7: 0, 8: 1, 10: 3, 23: 4} {
			err := s.View(t.Context(), func(tx store.Tx) error {
				sheet, err := tx.Sheet(tally.Query{Campaign: "c", AsOf: At(8, hour)})
				if got := sheet.Total()[tally.Consultations].All; got != want {
					t.Errorf("at %d h: %d, want %d", hour, got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
