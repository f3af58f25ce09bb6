package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"caunoi/audit"
	"caunoi/journal"
	"caunoi/vault"
)

// tx is a store.Tx.
type tx struct {
	*vault.Box
	ctx     context.Context
	store   *Store
	pg      pgx.Tx
	locks   *locks // nil in a View
	touched bool   // the journal was changed
	pending gathered
	at      time.Time   // since when figures are as they are made now; zero for now
	audits  []audit.Row // for the end of the transaction
	offices string      // that row-level security lets through
}

func (s *Store) tx(ctx context.Context, pg pgx.Tx, l *locks) *tx {
	t := &tx{ctx: ctx, store: s, pg: pg, locks: l}
	t.Box = s.keys.In(t)
	return t
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.pg.Exec(t.ctx, query, args...)
	return err
}

// collect reads all rows.
func collect[T any](t *tx, scan func(pgx.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.pg.Query(t.ctx, query, args...)
	if err != nil {
		return nil, fault("read", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fault("read", err)
		}
		out = append(out, v)
	}
	return out, fault("read", rows.Err())
}

func scanBool(r pgx.Rows) (b bool, err error)      { return b, r.Scan(&b) }
func scanInt(r pgx.Rows) (n int64, err error)      { return n, r.Scan(&n) }
func scanText(r pgx.Rows) (s string, err error)    { return s, r.Scan(&s) }
func scanID(r pgx.Rows) (id journal.ID, err error) { return id, r.Scan((*uid)(&id)) }

// uid is an id as pgx reads and writes it: a uuid, and NULL for none.
type uid journal.ID

func (u uid) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: u, Valid: u != uid{}}, nil
}

func (u *uid) ScanUUID(v pgtype.UUID) error {
	*u = uid{}
	if v.Valid {
		*u = v.Bytes
	}
	return nil
}

// plain is an id where none is not NULL but zero.
func plain(id journal.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

func ids(list []journal.ID) []uid {
	out := make([]uid, len(list))
	for i, id := range list {
		out[i] = uid(id)
	}
	return out
}

// utc reads an instant as Go keeps it in the domain.
func utc(t time.Time) time.Time { return t.UTC() }

// whenever stores an instant that may be none.
func whenever(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func maybe(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// short makes a token fit for an index, which takes about 2700 bytes, and for
// a text, which takes no NUL. What is fit stays as it is.
func short(token string) string {
	if len(token) <= 500 && !strings.ContainsRune(token, 0) {
		return token
	}
	h := sha256.Sum256([]byte(token))
	return "sha256:" + hex.EncodeToString(h[:])
}

func shorts(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, token := range tokens {
		out[i] = short(token)
	}
	return out
}

// batch is how many rows go into one statement, so that no message grows
// without bounds.
const batch = 5000
