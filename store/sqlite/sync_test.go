package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"caunoi/store"
	"caunoi/store/storetest"
)

// A database from before phones were counted tells of what it had then.
func TestOlderEntriesAreCountedByPhone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	m := storetest.NewMaker()
	first := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), [16]byte{})
	first.Entry.Device, first.Entry.Seq = "máy \"1\"", 3
	storetest.Import(t, storetest.Intake(t, s), first)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		`DROP INDEX entry_phone`, `DROP INDEX entry_sent_back`, `DROP INDEX entry_of_session`, `ALTER TABLE entry DROP COLUMN device`, `ALTER TABLE entry DROP COLUMN seq`,
		`DROP TABLE point`, `DROP TABLE attachment`, `ALTER TABLE device DROP COLUMN help`, `ALTER TABLE device DROP COLUMN help_at`,
		`DROP TABLE talk_message`, `DROP TABLE talk_read`, `DROP TABLE talk`, `DROP TABLE rehearsal`, `DROP TABLE look`, `DROP INDEX person_listed`,
		`ALTER TABLE device DROP COLUMN told`, `ALTER TABLE device DROP COLUMN told_at`,
		`DROP TABLE contribution_past`, `DROP TABLE daily_change`, `ALTER TABLE contribution DROP COLUMN since`, `ALTER TABLE figure_change DROP COLUMN dim`,
		`DELETE FROM goose_db_version WHERE version_id >= 11`,
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	err = open(t, dir).View(t.Context(), func(tx store.Tx) error {
		got, err := tx.Arrivals([]string{"ann"}, first.Received.At)
		if want := "[{ann máy \"1\" 1 3 2 1}]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
