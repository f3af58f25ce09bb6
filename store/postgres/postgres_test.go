package postgres

import (
	"context"
	"sync"
	"testing"

	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/storetest"
	"caunoi/vault"
)

// keys of all stores here, so that one opens what another wrote.
var keys = vault.New()

func TestStore(t *testing.T) {
	r := &recycler{t: t}
	storetest.Run(t, r.open)
}

func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// recycler gives empty stores and empties those that were closed, since
// making two hundred schemas takes longer than testing them.
type recycler struct {
	t    *testing.T // outlives the tests that ask
	mu   sync.Mutex
	free []*Store
}

// recycled is a store that goes back when it is closed.
type recycled struct {
	*Store
	back func()
}

func (s recycled) Close() error {
	s.back()
	return nil
}

func (r *recycler) open(t testing.TB) store.Store {
	t.Helper()
	s := r.take()
	if s == nil {
		s = open(r.t, pgtest.URL(r.t))
	} else if err := empty(s); err != nil {
		t.Fatal(err)
	}
	back := sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.free = append(r.free, s)
	})
	t.Cleanup(back)
	return recycled{s, back}
}

func (r *recycler) take() (s *Store) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.free); n > 0 {
		s, r.free = r.free[n-1], r.free[:n-1]
	}
	return s
}

// empty deletes everything, whatever guards it, tables that others refer to
// last.
func empty(s *Store) error {
	ctx := context.Background()
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `
		SET session_replication_role = replica;
		DO $$ DECLARE name regclass; BEGIN
			FOR name IN SELECT c.oid FROM pg_class AS c
				WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname NOT IN ('goose_db_version', 'meta', 'pulse')
				ORDER BY EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = c.oid)
			LOOP EXECUTE format('DELETE FROM %s', name); END LOOP;
		END $$;
		UPDATE pulse SET n = 0 WHERE n <> 0;
		UPDATE meta SET value = '0' WHERE key = 'plan_version'`)
	return err
}
