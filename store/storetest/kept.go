package storetest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caunoi/store"
	"caunoi/tally"
)

// testKept: figures at hand are those of the store, whenever somebody asks: for
// the first time, after any number of commits, or in a transaction that does not
// see the last of them.
func testKept(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		lines := World(rt)
		var kept tally.Kept
		view := func(f func(tx store.Tx) error) {
			if err := s.View(t.Context(), f); err != nil {
				rt.Fatal(err)
			}
		}
		same := func(tx store.Tx) error {
			for _, campaign := range []string{"c", "d"} {
				want, err := tx.Sheet(tally.Query{Campaign: campaign})
				if err != nil {
					return err
				}
				slices.SortFunc(want, func(a, b tally.Figure) int { return a.Key.Compare(b.Key) })
				got, err := kept.Sheet(tx, campaign)
				if err != nil {
					return err
				}
				if !slices.Equal(got, want) {
					rt.Fatalf("at hand are %v, it is %v", got, want)
				}
			}
			return nil
		}
		next := func() {
			n := rapid.IntRange(1, len(lines)).Draw(rt, "batch")
			Import(t, in, lines[:n]...)
			lines = lines[n:]
		}
		for len(lines) > 0 {
			switch rapid.IntRange(0, 2).Draw(rt, "who asks") {
			case 0: // nobody
				next()
			case 1:
				next()
				view(same)
			case 2: // somebody who began before, and after somebody who began later
				view(func(tx store.Tx) error {
					if _, err := tx.Position(); err != nil {
						return err
					}
					next()
					view(same)
					return same(tx)
				})
			}
		}
		view(same)
	})
}
