package storetest

import (
	"context"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// testPast: figures are shown as they stood at any moment, whatever came after:
// other entries, corrections of entries, a closing, a change of the plan.
func testPast(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		lines := World(rt)
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
			Import(t, in, lines[:n]...)
			lines = lines[n:]
			past = append(past, moment{time.Now(), sheet(time.Time{}).ByDay()})
			for until := time.Now().Add(2 * time.Microsecond); !time.Now().After(until); { // the next change is later
			}
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
