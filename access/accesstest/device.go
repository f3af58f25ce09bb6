package accesstest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"caunoi/access"
)

// phonesKept: a phone comes back as it was put, with when its last session was
// seen, and each user of a shared one has an own row.
func phonesKept(t *testing.T, update Update) {
	with(t, update)
	other := worker
	other.ID, other.Communes = "cb-sa-pa-02", []string{"02725", "02728"}
	phone := access.Device{User: worker.ID, ID: "máy-1", Name: "Máy mô phỏng", Made: start, State: access.InUse, Since: start, By: worker.ID}
	shared := phone
	shared.User = other.ID
	do(t, update, func(tx access.Tx) error {
		return errors.Join(tx.PutUser(other), tx.PutDevice(phone), tx.PutDevice(shared),
			tx.PutSession(access.Session{Hash: hash("first"), User: worker.ID, Role: worker.Role, Device: phone.ID, Made: start, Seen: start, Ended: start.Add(time.Second)}),
			tx.PutSession(access.Session{Hash: hash("second"), User: worker.ID, Role: worker.Role, Device: phone.ID, Made: start, Seen: start.Add(time.Minute)}))
	})
	left := phone
	left.State, left.Since, left.By, left.Unsent, left.Made = access.Wiped, start.Add(time.Hour), "somebody", 7, start.Add(time.Hour)
	left.Help, left.HelpAt = []byte(`{"records":{"waiting":3}}`), start.Add(2*time.Hour)
	left.Told, left.ToldAt = []byte(`{"records":{"waiting":4}}`), start.Add(3*time.Hour)
	do(t, update, func(tx access.Tx) error { return tx.PutDevice(left) })
	left.Made, left.Seen = start, start.Add(time.Minute)
	do(t, update, func(tx access.Tx) error {
		if got, err := tx.Device(worker.ID, phone.ID); err != nil || !reflect.DeepEqual(got, left) {
			t.Errorf("got %+v, %v; want %+v", got, err, left)
		}
		if got, err := tx.Devices(worker.ID); err != nil || len(got) != 1 {
			t.Errorf("got %+v, %v; want the worker's phone", got, err)
		}
		all, err := tx.Devices("")
		if want := []access.Device{left, shared}; err != nil || !reflect.DeepEqual(all, want) {
			t.Errorf("got %+v, %v; want %+v", all, err, want)
		}
		if _, err := tx.Device(worker.ID, "another"); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("a phone that is not there: %v", err)
		}
		if u, err := tx.User(other.ID); err != nil || !reflect.DeepEqual(u, other) {
			t.Errorf("got %+v, %v; want %+v", u, err, other)
		}
		return nil
	})
}

// standingsKept: what a user was comes back in order, the beginning first.
func standingsKept(t *testing.T, update Update) {
	with(t, update)
	moved := worker
	moved.Role, moved.Disabled, moved.Communes = access.Lead, true, []string{"02725"}
	want := []access.Standing{{User: worker}, {Since: start, User: moved}}
	do(t, update, func(tx access.Tx) error { return errors.Join(tx.PutStanding(want[1]), tx.PutStanding(want[0])) })
	do(t, update, func(tx access.Tx) error {
		got, err := tx.Standings(worker.ID)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		if got, err := tx.Standings("nobody"); err != nil || len(got) != 0 {
			t.Errorf("of nobody: %+v, %v", got, err)
		}
		return nil
	})
}
