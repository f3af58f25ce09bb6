package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/storetest"
)

func TestRefusesWhatMayLoseData(t *testing.T) {
	url := pgtest.URL(t)
	open(t, url)
	for _, c := range []struct {
		name, url, sql string
		want           error
	}{
		{"commits that do not wait for the disk", pgtest.With(t, url, "synchronous_commit", "off"), ``, store.ErrUnfit},
		{"a database that may only be read", pgtest.With(t, url, "default_transaction_read_only", "on"), ``, store.ErrReadOnly},
		{"a search path that leads nowhere", pgtest.With(t, url, "search_path", "nowhere"), ``, store.ErrUnfit},
		{"a schema from a newer version", url, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`, store.ErrNewer},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.sql != "" {
				pgtest.Exec(t, url, c.sql)
			}
			s, err := Open(t.Context(), c.url, keys)
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestNameTellsNoPassword(t *testing.T) {
	cfg, err := configure("postgres://desk:hidden-word@db.example:6432/caunoi?sslmode=disable&search_path=tinh")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := name(cfg.ConnConfig), "postgres://desk@db.example:6432/caunoi?search_path=tinh"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := configure("postgres://desk:hidden-word@db.example:port/caunoi"); err == nil || strings.Contains(err.Error(), "hidden-word") {
		t.Errorf("error %v, want one without the password", err)
	}
}

// wait fails the test if a channel is not closed soon.
func wait(t testing.TB, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: nothing heard", what)
	}
}

func write(ctx context.Context, s *Store) error {
	return s.Update(ctx, func(tx store.Tx) error { return tx.PutUser(access.User{ID: "u", Role: access.Lead}) })
}

func TestHearsOtherProcesses(t *testing.T) {
	a, b := two(t)
	heard := b.Changed()
	if err := write(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	wait(t, "a commit of another process", heard)

	broken := b.Changed()
	pgtest.Exec(t, pgtest.URL(t), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN "`+b.channel()+`"'`)
	wait(t, "a broken connection, over which a commit may have been missed", broken)
	heard = b.Changed()
	if err := write(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	wait(t, "a commit after that", heard)

	heard = b.Changed()
	if err := write(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	wait(t, "the last commit of a process that ends", heard)
}

func TestConnectionLostAtCommit(t *testing.T) {
	s := open(t, pgtest.URL(t))
	killer, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close(t.Context())
	err = s.Update(t.Context(), func(stx store.Tx) error {
		tx := stx.(*tx)
		if err := tx.PutUser(access.User{ID: "lost", Role: access.Lead}); err != nil {
			return err
		}
		var pid int
		if err := tx.pg.QueryRow(t.Context(), `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		_, err := killer.Exec(t.Context(), `SELECT pg_terminate_backend($1, 5000)`, pid)
		return err
	})
	if !errors.Is(err, store.ErrUnknown) {
		t.Errorf("got %v, want %v", err, store.ErrUnknown)
	}
	if err := write(t.Context(), s); err != nil {
		t.Errorf("the next Update: %v", err)
	}
}

func TestPositionMovesWithEveryCommitToTheJournal(t *testing.T) {
	a, b := two(t)
	in := storetest.Intake(t, a)
	m := storetest.NewMaker()
	last := int64(0)
	for range 5 {
		both(
			func() {
				storetest.Import(t, in, m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), journal.ID{}))
			},
			func() { _ = write(t.Context(), b) },
		)
		view(t, b, func(tx store.Tx) error {
			n, err := tx.Position()
			if n != last+1 {
				t.Errorf("position %d after %d, want one more", n, last)
			}
			last = n
			return err
		})
	}
}

func TestTokensThatPostgreSQLCannotIndexAsTheyAre(t *testing.T) {
	s := open(t, pgtest.URL(t))
	in := storetest.Intake(t, s)
	m := storetest.NewMaker()
	for _, p := range []*journal.Person{
		{Name: strings.Repeat("한", 200), Village: strings.Repeat("한", 200)},
	} {
		out := storetest.Import(t, in, m.Consult("ann", storetest.At(2, 9), p, journal.ID{}), m.Consult("bob", storetest.At(3, 9), p, journal.ID{}))
		for _, o := range out {
			if o.Status != journal.Accepted {
				t.Errorf("%+v: %s", p, o.Status)
			}
		}
	}
	storetest.Check(t, s)
	if got := storetest.Total(t, s, "c")["reached.identified"].All; got != 2 {
		t.Errorf("%d persons, want 2 of one name", got)
	}
}

func TestManyProcessesOpenAnEmptyDatabase(t *testing.T) {
	url := pgtest.URL(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(t.Context(), url, keys)
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	wg.Wait()
}

// A dump that is restored in another cluster carries that one's transaction
// numbers.
func TestMovedToAnotherCluster(t *testing.T) {
	url := pgtest.URL(t)
	m := storetest.NewMaker()
	one, two, three := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), journal.ID{}),
		m.Consult("ann", storetest.At(2, 9), storetest.Citizen(2), journal.ID{}), m.Consult("ann", storetest.At(2, 9), storetest.Citizen(3), journal.ID{})
	s := open(t, url)
	storetest.Import(t, storetest.Intake(t, s), two, one)
	epoch := epochOf(t, s)
	s.Close()
	s = open(t, url)
	if got := epochOf(t, s); got != epoch {
		t.Errorf("epoch %s after opening again, want %s", got, epoch)
	}
	s.Close()

	pgtest.Exec(t, url, `UPDATE meta SET value = 'elsewhere' WHERE key = 'place'; UPDATE entry SET xact = '9000000000000'`)
	s = open(t, url)
	if got := epochOf(t, s); got == epoch {
		t.Errorf("epoch %s as before", got)
	}
	storetest.Import(t, storetest.Intake(t, s), three)
	var order []journal.ID
	view(t, s, func(tx store.Tx) error {
		return tx.Scan(func(st journal.Stored) error { order = append(order, st.ID); return nil })
	})
	if want := []journal.ID{two.Entry.ID, one.Entry.ID, three.Entry.ID}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

// Numbers of transactions are numbers, also where they get a digit more: in the
// order of their texts 10 comes before 9, and a page that ends with 9 would
// begin again.
func TestScanAcrossTransactionNumbers(t *testing.T) {
	url := pgtest.URL(t)
	m, s := storetest.NewMaker(), open(t, url)
	var want []journal.ID
	for i := range 3 {
		e := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(i+1), journal.ID{})
		storetest.Import(t, storetest.Intake(t, s), e)
		want = append(want, e.Entry.ID)
	}
	for i, xact := range []string{"9", "10", "100"} {
		pgtest.Exec(t, url, `UPDATE entry SET xact = '`+xact+`' WHERE id = '`+want[i].String()+`'`)
	}
	var order []journal.ID
	view(t, s, func(tx store.Tx) error {
		return tx.Scan(func(st journal.Stored) error { order = append(order, st.ID); return nil })
	})
	if !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

func epochOf(t testing.TB, s *Store) (epoch string) {
	t.Helper()
	view(t, s, func(tx store.Tx) (err error) { epoch, err = tx.Epoch(); return err })
	return epoch
}
