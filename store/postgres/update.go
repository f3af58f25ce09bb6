package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"caunoi/store"
)

const (
	attempts = 12 // of an Update in all
	polite   = 4  // of these beside other transactions, then alone
	// patience with a commit, after which its outcome is unknown.
	patience = time.Minute
)

// Update runs f, again after a conflict with another transaction. Other
// processes hear of the commit after it, once for all commits meanwhile.
func (s *Store) Update(ctx context.Context, f func(store.Tx) error) error {
	var need demand
	for n := 1; ; n++ {
		err := s.attempt(ctx, &need, f)
		if err == nil {
			s.signal.Fire()
			s.committed()
			return nil
		}
		if !repeatable(err) || n == attempts || ctx.Err() != nil {
			return err
		}
		need.alone = need.alone || n >= polite
		if !errors.Is(err, errAgain) {
			pause(ctx, time.Duration(n)*5*time.Millisecond)
		}
	}
}

// pause waits up to d, a random part of it, so that two do not meet again.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(rand.N(d)):
	}
}

func (s *Store) attempt(ctx context.Context, need *demand, f func(store.Tx) error) error {
	ptx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return fault("begin to write", err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after a commit
	t := s.tx(ctx, ptx, &locks{demand: need, held: map[lockKey]bool{}})
	if err := t.begin(); err != nil {
		return err
	}
	if err := f(t); err != nil {
		return err
	}
	if t.locks.again {
		return errAgain
	}
	if err := t.finish(); err != nil {
		return err
	}
	return s.commit(ctx, ptx)
}

// commit is not cut short by the caller: an answer must never be less than
// what was kept.
func (s *Store) commit(ctx context.Context, ptx pgx.Tx) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := ptx.Commit(ctx)
	if err == nil || certain(err) {
		return fault("commit", err)
	}
	return fmt.Errorf("commit: %w: %w", store.ErrUnknown, err)
}

// certain says that an error of COMMIT means that nothing was written: the
// server said so on a connection that lives on.
func certain(err error) bool {
	var pe *pgconn.PgError
	return errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &pe) && pe.SeverityUnlocalized == "ERROR"
}

// View runs f on the snapshot at its first read.
func (s *Store) View(ctx context.Context, f func(store.Tx) error) error {
	ptx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fault("begin to read", err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }()
	return f(s.tx(ctx, ptx, nil))
}
