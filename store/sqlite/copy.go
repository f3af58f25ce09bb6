package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"caunoi/vault"
)

// Copy writes one state of the database to a file, whole and durably or not at
// all, while others go on to read and write. The file is for its owner alone;
// one that is there already is fs.ErrExist.
func (s *Store) Copy(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy to %s: %w", path, fs.ErrExist)
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".backup-*") // mode 0700
	if err != nil {
		return fault("copy to "+path, err)
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, File)
	db, err := sql.Open("sqlite", readOnly(s.path)) // s.read is query_only, which forbids this, too
	if err != nil {
		return fault("copy to "+path, err)
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	if err = errors.Join(err, db.Close()); err != nil {
		return fault("copy to "+path, err)
	}
	f, err := os.Open(part)
	if err != nil {
		return fault("copy to "+path, err)
	}
	err = errors.Join(f.Chmod(0o600), f.Sync(), f.Close())
	if err == nil {
		err = os.Link(part, path) // unlike a rename it takes no other's place
	}
	if err != nil {
		return fault("copy to "+path, err)
	}
	return fault("copy to "+path, syncDir(filepath.Dir(path)))
}

func readOnly(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&_pragma=busy_timeout(10000)"
}

// Restore puts what [Store.Copy] wrote into a folder that holds no database:
// fs.ErrExist if it does. Nothing stands there before the copy has been found
// sound, has opened with the keys, and begin has done its work in it.
func Restore(ctx context.Context, dir, copied string, keys *vault.Keys, begin func(*Store) error) error {
	place := filepath.Join(dir, File)
	if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore to %s: %w", place, fs.ErrExist)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault("restore to "+place, err)
	}
	tmp, err := os.MkdirTemp(dir, ".restore-*")
	if err != nil {
		return fault("restore to "+place, err)
	}
	defer os.RemoveAll(tmp)
	part := filepath.Join(tmp, File)
	if err := copyFile(part, copied); err != nil {
		return fault("restore to "+place, err)
	}
	if err := Sound(ctx, part); err != nil {
		return fmt.Errorf("%w: %w", ErrUnsound, err)
	}
	s, err := Open(ctx, tmp, keys)
	if err != nil {
		return err
	}
	if err := errors.Join(begin(s), s.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, place); err != nil {
		return fault("restore to "+place, err)
	}
	return fault("restore to "+place, syncDir(dir))
}

// ErrUnsound: a file is no whole database of Caunoi.
var ErrUnsound = errors.New("no whole database")

// copyFile copies a file for its owner alone, durably.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Sound says what is wrong with a file that should be a database; nil for
// nothing. It changes nothing in it.
func Sound(ctx context.Context, path string) error {
	if err := lockWell(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", readOnly(path))
	if err != nil {
		return err
	}
	defer db.Close()
	var told string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&told); err != nil {
		return err
	}
	if told != "ok" {
		return errors.New(told)
	}
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('entry', 'meta')").Scan(&tables); err != nil {
		return err
	}
	if tables != 2 {
		return errors.New("no entry, no meta")
	}
	return nil
}
