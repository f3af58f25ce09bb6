// Package sqlite keeps a store in one SQLite file. One connection writes, in
// transactions that are immediate, so that pushes queue instead of failing;
// others read, each on the state with which it began (WAL).
//
// Instants are integers, microseconds since 1970; days are text; ids are
// blobs of 16 bytes.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	msqlite "modernc.org/sqlite"

	"caunoi/store"
	"caunoi/vault"
)

// File is the name of the database in a data folder.
const File = "caunoi.db"

//go:embed migrations/*.sql
var migrations embed.FS

// oldest engine that keeps a WAL database whole: before it, a checkpoint that
// met a reset of the log could lose commits.
const oldest = "3.51.3"

// Store is a SQLite file; it is a store.Store.
type Store struct {
	path    string
	keys    *vault.Keys
	writing sync.Mutex // held during Update, so that waiting is fair and cancellable work stays short
	write   *sql.DB
	read    *sql.DB
	conn    *sql.Conn // the one connection that writes
	stmts   map[string]*sql.Stmt
	readers chan *reader // those that are free; nil is one to be opened
	signal  store.Signal
	tape    *Tape // nil but in a benchmark
	stop    context.CancelFunc
	watched sync.WaitGroup
}

// Open opens the database in a folder, which it creates along with the
// database, and brings its schema up to date. It refuses one written by a
// newer version, an engine too old to be trusted, a disk it cannot write, and
// keys that are not those of the database.
func Open(ctx context.Context, dir string, keys *vault.Keys) (*Store, error) {
	if err := lockWell(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault("create the data folder", err)
	}
	path := filepath.Join(dir, File)
	dsn := func(more string) string {
		return "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_pragma=secure_delete(1)" + more
	}
	w, err := sql.Open("sqlite", dsn(""))
	if err != nil {
		return nil, fault("open "+path, err)
	}
	w.SetMaxOpenConns(1)
	s := &Store{path: path, keys: keys, write: w, stmts: map[string]*sql.Stmt{}}
	if err := s.prepare(ctx); err != nil {
		w.Close()
		return nil, err
	}
	if s.read, err = sql.Open("sqlite", dsn("&_pragma=query_only(1)")); err != nil {
		w.Close()
		return nil, fault("open "+path, err)
	}
	s.readers = make(chan *reader, mostReaders)
	for range mostReaders {
		s.readers <- nil
	}
	watch, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.watched.Go(func() { s.watch(watch) })
	return s, nil
}

// lockWell keeps the locks of a file when this process opens and closes it
// elsewhere; it must come before the first file is opened.
func lockWell() error {
	if _, err := msqlite.OFDLocking(true); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnfit, err)
	}
	return nil
}

func (s *Store) prepare(ctx context.Context) error {
	var version, mode string
	var synchronous int
	err := errors.Join(
		s.write.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version),
		s.write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode),
		s.write.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous),
	)
	if err != nil {
		return fault("open "+s.path, err)
	}
	if older(version, oldest) {
		return fmt.Errorf("%w: SQLite %s is older than %s", store.ErrUnfit, version, oldest)
	}
	if mode != "wal" || synchronous != 2 {
		return fmt.Errorf("%w: journal_mode=%s synchronous=%d, want wal and 2 (FULL)", store.ErrUnfit, mode, synchronous)
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if s.conn, err = s.write.Conn(ctx); err != nil {
		return fault("open "+s.path, err)
	}
	return s.Update(ctx, func(tx store.Tx) error { return store.TakeKeys(tx, s.keys) })
}

func older(a, b string) bool {
	var x, y [3]int
	_, _ = fmt.Sscanf(a, "%d.%d.%d", &x[0], &x[1], &x[2])
	_, _ = fmt.Sscanf(b, "%d.%d.%d", &y[0], &y[1], &y[2])
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, files)
	if err != nil {
		return fault("read migrations", err)
	}
	have, target, err := p.GetVersions(ctx)
	if err != nil {
		return fault("read the version of "+s.path, err)
	}
	if have > target {
		return fmt.Errorf("%w: %s is at schema %d, this program knows %d", store.ErrNewer, s.path, have, target)
	}
	if have == target {
		return nil
	}
	if have == 1 {
		var entries int
		if err := s.write.QueryRowContext(ctx, `SELECT count(*) FROM entry`).Scan(&entries); err != nil {
			return fault("read "+s.path, err)
		}
		if entries > 0 {
			return fmt.Errorf("%w: %s", store.ErrOlder, s.path)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fault("bring "+s.path+" up to date", err)
	}
	return nil
}

// Name is the path of the file.
func (s *Store) Name() string { return s.path }

// Close waits for what runs and closes the file.
func (s *Store) Close() error {
	s.stop()
	s.watched.Wait()
	s.writing.Lock()
	defer s.writing.Unlock()
	var all []error
	for range mostReaders {
		all = append(all, (<-s.readers).close())
	}
	for range mostReaders {
		s.readers <- nil // whoever comes now is told that it is closed
	}
	return errors.Join(append(all, closeAll(s.stmts), s.conn.Close(), s.read.Close(), s.write.Close())...)
}

// Update runs f in the one writing transaction.
func (s *Store) Update(ctx context.Context, f func(store.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fault("begin to write", err)
	}
	committed := false
	defer func() {
		if !committed { // also after a panic, and where a failed commit left it open
			_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if s.tape != nil {
		s.tape.txs = append(s.tape.txs, nil)
	}
	if err := f(s.tx(ctx, &prepared{ctx, s.conn, s.stmts, s.tape})); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return fault("commit", errors.Join(store.ErrUnknown, err))
	}
	committed = true
	s.signal.Fire()
	return nil
}

// mostReaders is how many transactions read at once; others wait.
const mostReaders = 8

// View runs f on the state at its first read.
func (s *Store) View(ctx context.Context, f func(store.Tx) error) error {
	var r *reader
	select {
	case r = <-s.readers:
	case <-ctx.Done():
		return fault("begin to read", ctx.Err())
	}
	defer func() { s.readers <- r }()
	if r == nil {
		conn, err := s.read.Conn(ctx)
		if err != nil {
			return fault("begin to read", err)
		}
		r = &reader{conn, map[string]*sql.Stmt{}}
	}
	defer func() {
		if _, err := r.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
			_ = r.close()
			r = nil
		}
	}()
	if _, err := r.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return fault("begin to read", err)
	}
	return f(s.tx(ctx, &prepared{ctx, r.conn, r.stmts, nil}))
}

// Changed is closed at the next commit.
func (s *Store) Changed() <-chan struct{} { return s.signal.Next() }

// watch hears of commits by other processes, such as an import beside serve.
func (s *Store) watch(ctx context.Context) {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	tick := time.NewTicker(400 * time.Millisecond)
	defer tick.Stop()
	last := int64(-1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var v int64
		if conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&v) != nil {
			continue
		}
		if last >= 0 && v != last {
			s.signal.Fire()
		}
		last = v
	}
}

// Result codes of SQLite (sqlite.org/rescode.html), primary part.
const (
	codeReadOnly = 8
	codeFull     = 13
	codeCantOpen = 14
)

// fault says what was being done and puts the driver's error into our terms.
func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	kind := error(nil)
	var se *msqlite.Error
	switch {
	case errors.As(err, &se) && se.Code()&0xff == codeFull:
		kind = store.ErrFull
	case errors.As(err, &se) && (se.Code()&0xff == codeReadOnly || se.Code()&0xff == codeCantOpen):
		kind = store.ErrReadOnly
	case errors.Is(err, fs.ErrPermission), strings.Contains(err.Error(), "read-only file system"):
		kind = store.ErrReadOnly
	case strings.Contains(err.Error(), "no space left on device"):
		kind = store.ErrFull
	}
	if kind != nil {
		return fmt.Errorf("%s: %w: %w", doing, kind, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
