package postgres

import (
	"fmt"
	"testing"

	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/storetest"
)

// A database from before phones were counted tells of what it had then.
func TestOlderEntriesAreCountedByPhone(t *testing.T) {
	url := pgtest.URL(t)
	s := open(t, url)
	m := storetest.NewMaker()
	first := m.Consult("ann", storetest.At(8, 9), storetest.Citizen(1), [16]byte{})
	first.Entry.Device, first.Entry.Seq = "máy \"1\"", 3
	storetest.Import(t, storetest.Intake(t, s), first)
	pgtest.Exec(t, url, `ALTER TABLE entry DROP COLUMN device, DROP COLUMN seq`)
	pgtest.Exec(t, url, `DROP TABLE point, attachment, talk_message, talk_read, talk, rehearsal, look, contribution_past, daily_change`)
	pgtest.Exec(t, url, `ALTER TABLE device DROP COLUMN help, DROP COLUMN help_at, DROP COLUMN told, DROP COLUMN told_at`)
	pgtest.Exec(t, url, `DROP INDEX person_listed`)
	pgtest.Exec(t, url, `DROP INDEX entry_sent_back`)
	pgtest.Exec(t, url, `DROP INDEX entry_of_session`)
	pgtest.Exec(t, url, `DROP INDEX change_xact`)
	pgtest.Exec(t, url, `ALTER TABLE contribution DROP COLUMN since`)
	pgtest.Exec(t, url, `ALTER TABLE figure_change DROP COLUMN dim`)
	pgtest.Exec(t, url, `DELETE FROM goose_db_version WHERE version_id >= 11`)
	err := open(t, url).View(t.Context(), func(tx store.Tx) error {
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
