package sqlite

import (
	"testing"

	"caunoi/store"
	"caunoi/store/storetest"
	"caunoi/vault"
)

// keys of all stores here, so that one opens what another wrote.
var keys = vault.New()

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, t.TempDir()) })
}

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
