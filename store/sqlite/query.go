package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
)

// querier runs SQL in one transaction.
type querier interface {
	exec(query string, args ...any) error
	query(query string, args ...any) (*sql.Rows, error)
}

// prepared runs on one connection and keeps every statement prepared for as
// long as that lasts: parsing takes longer than most queries do. Transactions
// are begun and ended by hand there, since database/sql prepares anew for each
// of its own.
type prepared struct {
	ctx   context.Context
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	tape  *Tape
}

// reader is a connection that reads.
type reader struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func (r *reader) close() error {
	if r == nil {
		return nil
	}
	return errors.Join(closeAll(r.stmts), r.conn.Close())
}

func closeAll(stmts map[string]*sql.Stmt) error {
	var all []error
	for _, st := range stmts {
		all = append(all, st.Close())
	}
	return errors.Join(all...)
}

func (p *prepared) stmt(query string) (*sql.Stmt, error) {
	if st := p.stmts[query]; st != nil {
		return st, nil
	}
	st, err := p.conn.PrepareContext(p.ctx, query)
	if err != nil {
		return nil, err
	}
	p.stmts[query] = st
	return st, nil
}

func (p *prepared) exec(query string, args ...any) error {
	st, err := p.stmt(query)
	if err != nil {
		return err
	}
	if p.tape != nil {
		last := &p.tape.txs[len(p.tape.txs)-1]
		*last = append(*last, write{query, args})
	}
	_, err = st.ExecContext(p.ctx, args...)
	return err
}

func (p *prepared) query(query string, args ...any) (*sql.Rows, error) {
	st, err := p.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(p.ctx, args...)
}

// collect reads all rows.
func collect[T any](q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, fault("read", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, fault("read", err)
		}
		out = append(out, t)
	}
	return out, fault("read", rows.Err())
}

// ids gives a list of ids as a parameter for "IN (SELECT unhex(value) FROM
// json_each(?))".
func ids(list []journal.ID) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, id := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(hex.EncodeToString(id[:]))
		b.WriteByte('"')
	}
	b.WriteByte(']')
	return b.String()
}

// texts gives a list as a parameter for "IN (SELECT value FROM json_each(?))".
func texts(list []string) string {
	b, err := json.Marshal(list)
	if err != nil {
		return "[]" // invalid UTF-8 is refused long before
	}
	return string(b)
}

// blob stores an id where it may not be NULL.
func blob(id journal.ID) []byte { return id[:] }

func micros(t time.Time) int64      { return t.UnixMicro() }
func instant(micro int64) time.Time { return time.UnixMicro(micro).UTC() }
