package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// rows are keys in memory, as a store has them.
type rows struct {
	index   map[string]string
	wrapped map[string][]byte
	setting map[string]string
}

func newRows() *rows { return &rows{map[string]string{}, map[string][]byte{}, map[string]string{}} }

func (r *rows) LockKeys() error { return nil }

func (r *rows) Setting(name string) (string, error) { return r.setting[name], nil }

func (r *rows) PutSetting(name, value string) error { r.setting[name] = value; return nil }

func (r *rows) LockIndexes([]string) error { return nil }

func (r *rows) IndexedKeys(indexes []string) (map[string]string, error) {
	out := map[string]string{}
	for _, i := range indexes {
		if k, ok := r.index[i]; ok {
			out[i] = k
		}
	}
	return out, nil
}

func (r *rows) PutIndex(index, key string) error { r.index[index] = key; return nil }

func (r *rows) WrappedKeys(keys []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, k := range keys {
		if w, ok := r.wrapped[k]; ok {
			out[k] = w
		}
	}
	return out, nil
}

func (r *rows) PutWrapped(key string, wrapped []byte) error { r.wrapped[key] = wrapped; return nil }

func (r *rows) DropKeys(keys []string) error {
	for _, k := range keys {
		delete(r.wrapped, k)
		for i, key := range r.index {
			if key == k {
				delete(r.index, i)
			}
		}
	}
	return nil
}

func (r *rows) EveryKey(f func(string, []byte) error) error {
	for k, w := range r.wrapped {
		if err := f(k, w); err != nil {
			return err
		}
	}
	return nil
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestSealed(t *testing.T) {
	db, keys := newRows(), New()
	box := keys.In(db)
	key := must[string](t)(box.KeyOf("citizen", "010199000001"))
	again := must[string](t)(keys.In(db).KeyOf("citizen", "010199000001"))
	other := must[string](t)(box.KeyOf("citizen", "010199000002"))
	if key != again || key == other || key == must[string](t)(box.KeyOf("si", "010199000001")) {
		t.Error("one number has one key in its field")
	}
	sealed := must[[]byte](t)(box.SealUnder(key, "person/1", []byte("Mô phỏng")))
	if bytes.Contains(sealed, []byte("Mô")) {
		t.Error("not encrypted")
	}
	for name, c := range map[string]struct {
		box        *Box
		key, place string
		sealed     []byte
	}{
		"another place":  {box, key, "person/2", sealed},
		"another person": {box, other, "person/1", sealed},
		"a changed bit":  {box, key, "person/1", append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1)},
		"other keys":     {New().In(db), key, "person/1", sealed},
	} {
		if _, err := c.box.OpenUnder(c.key, c.place, c.sealed); err == nil {
			t.Errorf("%s: it opened", name)
		}
	}
	if got := must[[]byte](t)(keys.In(db).OpenUnder(key, "person/1", sealed)); string(got) != "Mô phỏng" {
		t.Errorf("got %q", got)
	}
}

// Erasing one person takes nothing from the others, and who comes back is
// somebody new.
func TestDestroyed(t *testing.T) {
	db, keys := newRows(), New()
	box := keys.In(db)
	one, two := must[string](t)(box.KeyOf("citizen", "1")), must[string](t)(box.KeyOf("citizen", "2"))
	a, b := must[[]byte](t)(box.SealUnder(one, "x", []byte("a"))), must[[]byte](t)(box.SealUnder(two, "x", []byte("b")))
	if err := box.Destroy([]string{one}); err != nil {
		t.Fatal(err)
	}
	for _, in := range []*Box{box, keys.In(db)} {
		if _, err := in.OpenUnder(one, "x", a); !errors.Is(err, ErrErased) {
			t.Errorf("got %v, want ErrErased", err)
		}
		must[[]byte](t)(in.OpenUnder(two, "x", b))
	}
	if must[string](t)(box.KeyOf("citizen", "1")) == one {
		t.Error("who comes back has the old key")
	}
}

// A copy of the database from before an erasure tells nothing once the master
// key was renewed and the old one forgotten.
func TestRotatedAndForgotten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "master")
	keys := must[*Keys](t)(Open(file))
	if err := keys.Save(); err != nil {
		t.Fatal(err)
	}
	db := newRows()
	key := must[string](t)(keys.In(db).KeyOf("citizen", "1"))
	sealed := must[[]byte](t)(keys.In(db).SealUnder(key, "x", []byte("a")))
	copied := newRows()
	copied.wrapped[key] = bytes.Clone(db.wrapped[key])
	if n := must[int](t)(keys.In(db).Rotate()); n != 1 {
		t.Errorf("wrapped %d anew, want 1", n)
	}
	must[[]byte](t)(keys.In(copied).OpenUnder(key, "x", sealed)) // until it is forgotten
	if err := keys.Forget(); err != nil {
		t.Fatal(err)
	}
	read := must[*Keys](t)(Open(file))
	if _, err := read.In(copied).OpenUnder(key, "x", sealed); !errors.Is(err, ErrErased) {
		t.Errorf("the copy: got %v, want ErrErased", err)
	}
	must[[]byte](t)(read.In(db).OpenUnder(key, "x", sealed))
	if read.Fingerprint() != keys.Fingerprint() || read.Blind("f", "v") != keys.Blind("f", "v") {
		t.Error("blind indexes must outlive a rotation")
	}
}

// A process that runs on while another one renews the master key seals by the
// new one from then on.
func TestRenewedElsewhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master")
	running := must[*Keys](t)(Open(file))
	if err := running.Save(); err != nil {
		t.Fatal(err)
	}
	db := newRows()
	old := must[string](t)(running.In(db).KeyOf("citizen", "1"))
	sealed := must[[]byte](t)(running.In(db).SealUnder(old, "x", []byte("a")))
	other := must[*Keys](t)(Open(file))
	must[int](t)(other.In(db).Rotate())
	if err := other.Forget(); err != nil {
		t.Fatal(err)
	}
	fresh := must[string](t)(running.In(db).KeyOf("citizen", "2"))
	later := must[[]byte](t)(running.In(db).SealUnder(fresh, "x", []byte("b")))
	must[[]byte](t)(running.In(db).OpenUnder(old, "x", sealed))
	must[[]byte](t)(must[*Keys](t)(Open(file)).In(db).OpenUnder(fresh, "x", later))
}

func TestKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master")
	keys := must[*Keys](t)(Open(file))
	if _, err := os.Stat(file); err == nil {
		t.Error("written before a database takes them")
	}
	if err := keys.Save(); err != nil {
		t.Fatal(err)
	}
	if info := must[os.FileInfo](t)(os.Stat(file)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); !errors.Is(err, ErrOpenFile) {
		t.Errorf("open to a group: %v", err)
	}
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil {
		t.Error("an empty key file was taken")
	}
}

// What phones sealed before a renewal of the master key, or a restart, opens
// after it; another server's does not.
func TestTheRescueKeyStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	before := k.RescueKey()
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.In(newRows()).Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := k.Forget(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if !again.RescueKey().Equal(before) {
		t.Error("after a renewal and a restart the key is another one")
	}
	if New().RescueKey().Equal(before) {
		t.Error("two servers have the same key")
	}
}
