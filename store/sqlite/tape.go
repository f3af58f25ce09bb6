package sqlite

import (
	"context"
	"database/sql"
	"time"
)

// Tape holds what transactions wrote, so that a benchmark can measure how fast
// the driver alone writes the same rows and indexes.
type Tape struct{ txs [][]write }

type write struct {
	query string
	args  []any
}

// Record puts what is written from now on on a tape; nil stops it.
func (s *Store) Record(t *Tape) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.tape = t
}

// Writes counts the transactions on the tape and the statements in them.
func (t *Tape) Writes() (transactions, statements int) {
	for _, w := range t.txs {
		statements += len(w)
	}
	return len(t.txs), statements
}

// Replay writes the tape into a store that has everything but these rows, in
// the same transactions, by the same driver with the same settings, in a bare
// loop. It returns how long that took.
func (t *Tape) Replay(ctx context.Context, s *Store) (time.Duration, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	stmts := map[string]*sql.Stmt{}
	for _, tx := range t.txs {
		for _, w := range tx {
			if stmts[w.query] == nil {
				st, err := s.conn.PrepareContext(ctx, w.query)
				if err != nil {
					return 0, err
				}
				defer st.Close()
				stmts[w.query] = st
			}
		}
	}
	begun := time.Now()
	for _, tx := range t.txs {
		if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return 0, err
		}
		for _, w := range tx {
			if _, err := stmts[w.query].ExecContext(ctx, w.args...); err != nil {
				return 0, err
			}
		}
		if _, err := s.conn.ExecContext(ctx, "COMMIT"); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}
