package storetest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/quarantine"
	"caunoi/store"
)

// testQuarantine: what is kept apart is kept once, and comes back in the order
// of its arrival until it is decided.
func testQuarantine(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	update := func(f func(tx store.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	entry := [2]journal.ID{journal.NewID(), journal.NewID()}
	row := func(i int, user, hash string, after time.Duration) quarantine.Row {
		return quarantine.Row{
			Entry: entry[i], Hash: []byte(hash), User: user, Device: "máy", Office: "a", Campaign: "c", Kind: "consultation", Day: "2025-11-08",
			Received: journal.Receipt{At: noon.UTC().Add(after), OffsetMS: -5, By: user}, Reason: "device.lost", State: quarantine.Waiting, Key: "key", Sealed: []byte{0, 1},
		}
	}
	late, first, other, ofBob := row(0, "ann", "h", time.Hour), row(1, "ann", "h", 0), row(0, "ann", "h2", 2*time.Hour), row(1, "bob", "h3", 0)
	update(func(tx store.Tx) error {
		return errors.Join(tx.PutQuarantined(late), tx.PutQuarantined(first), tx.PutQuarantined(other), tx.PutQuarantined(ofBob))
	})
	update(func(tx store.Tx) error {
		if got, err := tx.Quarantined("ann"); err != nil || !reflect.DeepEqual(got, []quarantine.Row{first, late, other}) {
			t.Errorf("got %+v, %v", got, err)
		}
		if got, err := tx.Quarantined(""); err != nil || len(got) != 4 {
			t.Errorf("of all: %d rows, %v; want 4", len(got), err)
		}
		return quarantine.Settle(tx, access.Actor{User: access.User{ID: "lea", Office: "a"}}, []quarantine.Row{late}, quarantine.Dropped, noon)
	})
	update(func(tx store.Tx) error {
		if got, err := tx.Quarantined("ann"); err != nil || !reflect.DeepEqual(got, []quarantine.Row{first, other}) {
			t.Errorf("after a decision: %+v, %v", got, err)
		}
		for hash, want := range map[string]bool{"h": true, "h2": true, "h4": false} {
			if had, err := tx.IsQuarantined(entry[0], []byte(hash)); err != nil || had != want {
				t.Errorf("with hash %s: %v, %v; want %v", hash, had, err, want)
			}
		}
		return nil
	})
}
