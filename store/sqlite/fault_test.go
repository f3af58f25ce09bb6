package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"caunoi/journal"
	"caunoi/store"
	"caunoi/store/storetest"
	"caunoi/tally"
)

func TestNewerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, keys); !errors.Is(err, store.ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
}

func TestFileThatIsNoDatabaseIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, File)
	if err := os.WriteFile(path, []byte("these are not the pages of a database, but they may be dear to somebody"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), dir, keys); err == nil {
		s.Close()
		t.Fatal("opened")
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw[:5]) != "these" {
		t.Errorf("the file was changed: %v", err)
	}
}

// TestFaultLosesNothing lets the engine run out of space, or find the database
// read-only: the push fails as a whole, what was there stays, and once the
// fault is gone pushing again succeeds.
func TestFaultLosesNothing(t *testing.T) {
	for _, c := range []struct {
		name, begin, end string
		want             error
	}{
		{"disk full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", store.ErrFull},
		{"read-only", "PRAGMA query_only = 1", "PRAGMA query_only = 0", store.ErrReadOnly},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, t.TempDir())
			in := storetest.Intake(t, s)
			m := storetest.NewMaker()
			storetest.Import(t, in, m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), journal.ID{}))
			var more []journal.Line
			for n := range 300 {
				more = append(more, m.Consult("ann", storetest.At(2, 9), storetest.Citizen(n+2), journal.ID{}))
			}
			if _, err := s.conn.ExecContext(t.Context(), c.begin); err != nil {
				t.Fatal(err)
			}
			if err := storetest.TryImport(in, more...); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := storetest.Total(t, s, "c")[tally.ReachedIdentified].All; got != 1 {
				t.Errorf("%d people after the fault, want 1", got)
			}
			if _, err := s.conn.ExecContext(t.Context(), c.end); err != nil {
				t.Fatal(err)
			}
			storetest.Import(t, in, more...)
			if got := storetest.Total(t, s, "c")[tally.ReachedIdentified].All; got != 301 {
				t.Errorf("%d people after pushing again, want 301", got)
			}
			storetest.Check(t, s)
		})
	}
}
