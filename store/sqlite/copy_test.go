package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"caunoi/store"
)

// A copy is taken beside a transaction that is under way, and lacks it.
func TestCopyHoldsWhatIsCommitted(t *testing.T) {
	s := open(t, t.TempDir())
	put := func(value string) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.PutSetting("x", value) }
	}
	if err := s.Update(t.Context(), put("before")); err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	path := filepath.Join(to, File)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(put("after")(tx), s.Copy(t.Context(), path))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := Sound(t.Context(), path); err != nil {
		t.Error(err)
	}
	if err := s.Copy(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second copy over the first: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(to); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	copied := open(t, to)
	err = copied.View(t.Context(), func(tx store.Tx) error {
		got, err := tx.Setting("x")
		if got != "before" {
			t.Errorf("got %q", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSoundFindsDamage(t *testing.T) {
	s := open(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "copy")
	if err := s.Copy(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(raw) / 2; i < len(raw)/2+20_000; i++ {
		raw[i] = 0x5a
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Sound(t.Context(), path); err == nil {
		t.Error("not found")
	}
}
