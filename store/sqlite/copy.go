package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
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
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fault("copy to "+path, err)
	}
	return fault("copy to "+path, errors.Join(d.Sync(), d.Close()))
}

func readOnly(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&_pragma=busy_timeout(10000)"
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
