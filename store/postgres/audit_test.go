package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/audit"
	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/storetest"
)

func TestEveryTamperingIsFound(t *testing.T) {
	s := open(t, pgtest.URL(t))
	conn, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `SET session_replication_role = replica`); err != nil { // no trigger fires
		t.Fatal(err)
	}
	storetest.Tampering(t, s, func(rows []audit.Row) {
		b := &pgx.Batch{}
		b.Queue(`DELETE FROM audit`)
		for _, a := range rows {
			b.Queue(`INSERT INTO audit (`+auditColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
				a.Seq, a.At, string(a.Act), a.Actor, a.Device, a.Office, a.Subject, string(a.Outcome), a.Text, a.Hash)
		}
		if err := conn.SendBatch(t.Context(), b).Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Neither the role of the pool nor the owner of the table changes a row.
func TestAuditIsOnlyAddedTo(t *testing.T) {
	s := open(t, pgtest.URL(t))
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return audit.Append(tx, time.Now(), audit.Event{Act: "person.read"})
	})
	if err != nil {
		t.Fatal(err)
	}
	owner, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	for _, query := range []string{`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `TRUNCATE audit`} {
		if _, err := s.pool.Exec(t.Context(), query); condition(err) != "42501" { // insufficient_privilege
			t.Errorf("%s by the pool: %v", query, err)
		}
		if _, err := owner.Exec(t.Context(), query); err == nil {
			t.Errorf("%s by the owner was taken", query)
		}
	}
}
