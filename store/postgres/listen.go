package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Transactions that notify commit one after the other, each waiting for the
// disk of the one before. So those that write do not: a goroutine sends a
// notification after them, one for all that committed while it was sending.

// quiet is how long the listener hears nothing before it asks whether the
// server is still there.
const quiet = 30 * time.Second

// channel is short enough for any schema: the server takes 63 bytes.
func (s *Store) channel() string {
	return fmt.Sprintf("caunoi_%016x", uint64(s.key(rankWhole, "changed")))
}

// hear makes a connection listen.
func (s *Store) hear(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `LISTEN `+pgx.Identifier{s.channel()}.Sanitize())
	return fault("listen to "+s.name, err)
}

// listen passes on what other processes commit. After a broken connection it
// wakes everybody, since it may have missed a commit.
func (s *Store) listen(ctx context.Context, conn *pgx.Conn) {
	defer func() {
		if conn != nil {
			conn.Close(context.WithoutCancel(ctx))
		}
	}()
	for wait := 100 * time.Millisecond; ctx.Err() == nil; {
		if conn == nil {
			if conn = s.reconnect(ctx); conn == nil {
				pause(ctx, wait)
				wait = min(2*wait, 10*time.Second)
				continue
			}
			wait = 100 * time.Millisecond
			s.signal.Fire()
		}
		if err := s.next(ctx, conn); err != nil {
			conn.Close(context.WithoutCancel(ctx))
			conn = nil
		}
	}
}

func (s *Store) reconnect(ctx context.Context) *pgx.Conn {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return nil
	}
	if s.hear(ctx, conn) != nil {
		conn.Close(context.WithoutCancel(ctx))
		return nil
	}
	return conn
}

// next waits for one notification. Its error means that the connection is of
// no more use.
func (s *Store) next(ctx context.Context, conn *pgx.Conn) error {
	soon, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	n, err := conn.WaitForNotification(soon)
	switch {
	case err == nil:
		if n.Payload != s.self {
			s.signal.Fire()
		}
		return nil
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		soon, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return conn.Ping(soon)
	default:
		return err
	}
}

// notify sends notifications until the store closes.
func (s *Store) notify(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.tell:
			if s.send(ctx) != nil {
				s.committed() // and try again
				pause(ctx, time.Second)
			}
		}
	}
}

// committed has a notification sent.
func (s *Store) committed() {
	select {
	case s.tell <- struct{}{}:
	default: // there is one to be sent
	}
}

// send tells other processes. It has nothing to lose, so it waits for no disk.
func (s *Store) send(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`, s.channel(), s.self)
	return fault("tell of a commit", err)
}
