package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"caunoi/audit"
	"caunoi/store"
	"caunoi/store/storetest"
)

// aside opens the file as any other program would.
func aside(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestEveryTamperingIsFound(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	db := aside(t, dir)
	for _, name := range []string{"audit_update", "audit_delete", "audit_insert"} {
		if _, err := db.ExecContext(t.Context(), `DROP TRIGGER `+name); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Tampering(t, s, func(rows []audit.Row) {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `DELETE FROM audit`); err != nil {
			t.Fatal(err)
		}
		for _, a := range rows {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO audit (`+auditColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?)`,
				a.Seq, micros(a.At), string(a.Act), a.Actor, a.Device, a.Office, a.Subject, string(a.Outcome), a.Text, a.Hash)
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAuditIsOnlyAddedTo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return audit.Append(tx, time.Now(), audit.Event{Act: "person.read"})
	})
	if err != nil {
		t.Fatal(err)
	}
	db := aside(t, dir)
	for _, query := range []string{
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `REPLACE INTO audit SELECT * FROM audit`,
		`INSERT INTO audit SELECT seq + 5, at, act, actor, device, office, subject, outcome, details, hash FROM audit`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err == nil {
			t.Errorf("%s was taken", query)
		}
	}
}
