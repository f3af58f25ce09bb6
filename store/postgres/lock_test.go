package postgres

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// meet makes two Updates run their first step both before either runs its
// second. It returns how often each ran.
func meet(t *testing.T, first, second [2]func(store.Tx) error) (runs [2]int) {
	t.Helper()
	a, b := two(t)
	var here, done sync.WaitGroup
	here.Add(2)
	for i, s := range []*Store{a, b} {
		done.Go(func() {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				runs[i]++
				err := first[i](tx)
				if runs[i] == 1 {
					here.Done()
					here.Wait()
				}
				return errors.Join(err, second[i](tx))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	return runs
}

// Two that lock the same things in opposite order do not wait in a circle
// until the server finds out: one of them begins again.
func TestLocksInOppositeOrder(t *testing.T) {
	lock := func(token string) func(store.Tx) error {
		return func(tx store.Tx) error {
			err := tx.Lock([]string{token})
			if condition(err) == deadlock {
				t.Error("deadlock")
			}
			return err
		}
	}
	x, y := lock("x"), lock("y")
	runs := meet(t, [2]func(store.Tx) error{x, y}, [2]func(store.Tx) error{y, x})
	if slices.Sort(runs[:]); runs != [2]int{1, 2} {
		t.Errorf("ran %v times, want one of them again", runs)
	}
}

// Two that change the same figures in opposite order are not in each other's
// way, since each changes them at its end, in key order.
func TestFiguresInOppositeOrder(t *testing.T) {
	move := func(office string) func(store.Tx) error {
		return func(tx store.Tx) error {
			key := tally.Key{Campaign: "c", Indicator: tally.Consultations, Office: office}
			return tx.Change(tally.Change{Deltas: []tally.Figure{{Key: key, Cell: tally.Cell{All: 1}}}})
		}
	}
	x, y := move("x"), move("y")
	if runs := meet(t, [2]func(store.Tx) error{x, y}, [2]func(store.Tx) error{y, x}); runs != [2]int{1, 1} {
		t.Errorf("ran %v times, want once each", runs)
	}
}

// A transaction that could not get its locks commits nothing, also if its
// function does not look at the error.
func TestNoCommitWithoutItsLocks(t *testing.T) {
	all := func(tx store.Tx) error {
		_ = tx.Lock([]string{"*"})
		return nil
	}
	share := func(tx store.Tx) error { return tx.Lock([]string{"x"}) }
	add := func(tx store.Tx) error {
		return errors.Join(all(tx), tx.PutUser(access.User{ID: journal.NewID().String()}))
	}
	other := func(tx store.Tx) error { return tx.Lock([]string{"y"}) }
	runs := meet(t, [2]func(store.Tx) error{share, other}, [2]func(store.Tx) error{add, add})
	if runs == [2]int{1, 1} {
		t.Error("both ran once, though both wanted the whole journal")
	}
}
