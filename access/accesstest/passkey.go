package accesstest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"caunoi/access"
)

// passkeysKept: a passkey comes back as it was put, its use changes what it
// may, and it goes.
func passkeysKept(t *testing.T, update Update) {
	with(t, update)
	first := access.Passkey{ID: []byte{1, 0, 255}, User: worker.ID, Name: "Máy mô phỏng", Credential: []byte(`{"n":1}`), Made: start}
	second := access.Passkey{ID: []byte{0}, User: worker.ID, Name: "Máy hai", Credential: []byte(`{}`), Made: start.Add(time.Second)}
	do(t, update, func(tx access.Tx) error { return errors.Join(tx.PutPasskey(second), tx.PutPasskey(first)) })
	used := first
	used.Credential, used.Used, used.Name = []byte(`{"n":2}`), start.Add(time.Hour), "another name does not take"
	do(t, update, func(tx access.Tx) error { return tx.PutPasskey(used) })
	do(t, update, func(tx access.Tx) error {
		got, err := tx.Passkey(first.ID)
		if err != nil || got.User != worker.ID || got.Name != first.Name || !bytes.Equal(got.Credential, used.Credential) || !bytes.Equal(got.ID, first.ID) {
			t.Errorf("%+v, %v", got, err)
		}
		sameInstant(t, "made", got.Made, first.Made)
		sameInstant(t, "used", got.Used, used.Used)
		list, err := tx.PasskeysOf(worker.ID)
		if err != nil || len(list) != 2 || list[0].Name != first.Name || !list[1].Used.IsZero() {
			t.Errorf("%+v, %v", list, err)
		}
		if others, err := tx.PasskeysOf("nobody"); err != nil || len(others) != 0 {
			t.Errorf("of nobody: %+v, %v", others, err)
		}
		return tx.DropPasskey(first.ID)
	})
	do(t, update, func(tx access.Tx) error {
		if _, err := tx.Passkey(first.ID); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("after it went: %v", err)
		}
		return nil
	})
}
