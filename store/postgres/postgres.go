// Package postgres keeps a store in a PostgreSQL database (13 or later), for
// when one machine is not enough: any number of processes may share it.
//
// A writing transaction reads what is committed (READ COMMITTED) and takes
// advisory locks on what it counts before it reads (lock.go), so that two
// transactions that bear on each other run one after the other and all others
// side by side. A reading one sees one snapshot (REPEATABLE READ).
//
// The tables stand in the first schema of the search path.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"caunoi/store"
	"caunoi/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// oldest server that has xid8 and gen_random_uuid.
const oldest = 130000

// Store is a PostgreSQL database; it is a store.Store.
type Store struct {
	keys    *vault.Keys
	role    atomic.Bool // connections of the pool take appRole
	pool    *pgxpool.Pool
	name    string
	schema  string
	self    string // names this store in the notifications that it sends
	signal  store.Signal
	tell    chan struct{} // holds one token while a notification is to be sent
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Open connects to the database at a URL (postgres://user@host/name) and
// brings its schema up to date. It refuses a database written by a newer
// version, one that may not be written, a server that may lose what it has
// confirmed, and keys that are not those of the database.
func Open(ctx context.Context, url string, keys *vault.Keys) (*Store, error) {
	cfg, err := configure(url)
	if err != nil {
		return nil, err
	}
	s := &Store{keys: keys, name: name(cfg.ConnConfig), self: uuid.NewString(), tell: make(chan struct{}, 1)}
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		return errors.Join(fit(ctx, conn), s.assume(ctx, conn))
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fault("open "+s.name, err)
	}
	listener, err := s.prepare(ctx)
	if err != nil {
		s.pool.Close()
		return nil, err
	}
	running, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(func() { s.listen(running, listener) })
	s.running.Go(func() { s.notify(running) })
	return s, nil
}

// configure reads a URL and adds what every connection must have.
func configure(url string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns=") {
		cfg.MaxConns = 10
	}
	params := cfg.ConnConfig.RuntimeParams
	for key, value := range map[string]string{
		"application_name":   "caunoi",
		"synchronous_commit": "on",
		// A process that hangs or whose machine dies gives its locks up.
		"idle_in_transaction_session_timeout": "10min",
		"tcp_keepalives_idle":                 "30",
		"tcp_keepalives_interval":             "10",
		"tcp_keepalives_count":                "3",
	} {
		if _, set := params[key]; !set {
			params[key] = value
		}
	}
	return cfg, nil
}

// fit refuses a connection on which a confirmed commit could be lost.
func fit(ctx context.Context, conn *pgx.Conn) error {
	var fsync, fullPage, commit, readOnly string
	var version int
	err := conn.QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes'),
		current_setting('synchronous_commit'), current_setting('transaction_read_only'),
		current_setting('server_version_num')::int`).Scan(&fsync, &fullPage, &commit, &readOnly, &version)
	switch {
	case err != nil:
		return fault("read the server's settings", err)
	case version < oldest:
		return fmt.Errorf("%w: PostgreSQL %d is older than %d", store.ErrUnfit, version/10000, oldest/10000)
	case fsync != "on" || fullPage != "on" || commit == "off":
		return fmt.Errorf("%w: fsync=%s full_page_writes=%s synchronous_commit=%s, want on for all", store.ErrUnfit, fsync, fullPage, commit)
	case readOnly == "on":
		return fmt.Errorf("%w: a standby, or default_transaction_read_only is on", store.ErrReadOnly)
	}
	return nil
}

// prepare brings the schema up to date, one process at a time, and returns the
// connection that listens.
func (s *Store) prepare(ctx context.Context) (*pgx.Conn, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	err = s.locate(ctx, conn)
	if err == nil {
		err = s.migrateAlone(ctx, conn)
	}
	if err == nil {
		err = s.hear(ctx, conn)
	}
	if err != nil {
		conn.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return conn, nil
}

// connect opens a connection beside the pool.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, fault("open "+s.name, err)
	}
	if err := fit(ctx, conn); err != nil {
		conn.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return conn, nil
}

func (s *Store) locate(ctx context.Context, conn *pgx.Conn) error {
	var schema *string
	if err := conn.QueryRow(ctx, `SELECT current_schema()`).Scan(&schema); err != nil {
		return fault("open "+s.name, err)
	}
	if schema == nil {
		return fmt.Errorf("%w: no schema of the search path exists in %s", store.ErrUnfit, s.name)
	}
	s.schema = *schema
	return nil
}

func (s *Store) migrateAlone(ctx context.Context, conn *pgx.Conn) error {
	key := s.key(rankWhole, "migrate")
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, key.sql()); err != nil {
		return fault("wait to bring "+s.name+" up to date", err)
	}
	if err := s.migrate(ctx); err != nil {
		return err // the lock goes with the connection
	}
	if err := s.takeRole(ctx, conn); err != nil {
		return err
	}
	if err := s.settleIn(ctx, conn); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, key.sql())
	return fault("open "+s.name, err)
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return fault("read migrations", err)
	}
	have, target, err := p.GetVersions(ctx)
	if err != nil {
		return fault("read the version of "+s.name, err)
	}
	if have > target {
		return fmt.Errorf("%w: %s is at schema %d, this program knows %d", store.ErrNewer, s.name, have, target)
	}
	if have == target {
		return nil
	}
	if have == 1 {
		var entries bool
		if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM entry)`).Scan(&entries); err != nil {
			return fault("read "+s.name, err)
		}
		if entries {
			return fmt.Errorf("%w: %s", store.ErrOlder, s.name)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fault("bring "+s.name+" up to date", err)
	}
	return nil
}

// name is the URL without the password and without parameters, but with the
// search path, which tells two stores in one database apart.
func name(c *pgx.ConnConfig) string {
	u := url.URL{Scheme: "postgres", User: url.User(c.User), Path: "/" + c.Database}
	q := url.Values{}
	if strings.HasPrefix(c.Host, "/") {
		q.Set("host", c.Host)
		q.Set("port", strconv.Itoa(int(c.Port)))
	} else {
		u.Host = net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	}
	if path := c.RuntimeParams["search_path"]; path != "" {
		q.Set("search_path", path)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Name is the URL of the database, without the password.
func (s *Store) Name() string { return s.name }

// Changed is closed at the next commit, whichever process makes it.
func (s *Store) Changed() <-chan struct{} { return s.signal.Next() }

// Close waits for what runs, tells other processes of the last commit and
// closes all connections.
func (s *Store) Close() error {
	s.stop()
	s.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	select {
	case <-s.tell:
		err = s.send(ctx)
	default:
	}
	s.pool.Close()
	return err
}
