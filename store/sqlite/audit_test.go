package sqlite

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"caunoi/audit"
	"caunoi/store"
)

// Whoever writes the database without the key leaves a trace in every case:
// 1,000 changes drawn at random, each on the tables as they lie on the disk.
func TestEveryTamperingIsFound(t *testing.T) {
	s := open(t, t.TempDir())
	const events, tampers = 60, 1000
	for range events {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return audit.Append(tx, time.Now(), audit.Event{Act: "person.read", Actor: "ann", Office: "a", Subject: "person:1", Details: map[string]string{"n": "1"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	undo := errors.New("undo")
	missed, withoutKey := 0, 0
	for n := range tampers {
		at := 1 + rng.IntN(events)
		other := 1 + (at+rng.IntN(events-1))%events
		what := rng.IntN(9)
		err := s.Update(t.Context(), func(stx store.Tx) error {
			tx := stx.(*tx)
			head, err := audit.Head(tx)
			if err != nil {
				return err
			}
			if err := tamper(tx, what, at, other); err != nil {
				return err
			}
			_, faults, err := audit.Verify(tx, head)
			if err != nil {
				return err
			}
			if len(faults) == 0 {
				missed++
				t.Errorf("tampering %d: kind %d at %d and %d was not found", n, what, at, other)
			}
			if _, faults, err = audit.Verify(tx); err == nil && len(faults) == 0 {
				withoutKey++ // the head kept elsewhere is what found it
			}
			if err != nil {
				return err
			}
			return undo
		})
		if err != undo {
			t.Fatal(err)
		}
	}
	if withoutKey == 0 {
		t.Error("no tampering needed the head: the end was never cut off")
	}
	t.Logf("%d tamperings, %d missed; %d found by the head alone", tampers, missed, withoutKey)
}

// tamper does one of nine things to the audit.
func tamper(t *tx, what, at, other int) error {
	statements := [][]any{
		{`UPDATE audit SET actor = 'bob' WHERE seq = ?`, at},
		{`UPDATE audit SET at = at + 1 WHERE seq = ?`, at},
		{`UPDATE audit SET details = '{"n":"2"}' WHERE seq = ?`, at},
		{`UPDATE audit SET hash = randomblob(32) WHERE seq = ?`, at},
		{`DELETE FROM audit WHERE seq = ?`, at},
		{`DELETE FROM audit WHERE seq > ?`, at - 1}, // the end
		{`UPDATE audit SET (subject, hash) = (SELECT 'person:2', hash FROM audit WHERE seq = ?) WHERE seq = ?`, other, at},
		{`INSERT INTO audit SELECT max(seq) + 1, at, act, actor, device, office, subject, outcome, details, hash FROM audit WHERE ? > 0`, at},
		{`UPDATE audit SET outcome = 'refused' WHERE seq = ?`, at},
	}
	for _, name := range []string{"audit_update", "audit_delete"} {
		if _, err := t.q.(*prepared).conn.ExecContext(t.ctx, `DROP TRIGGER IF EXISTS `+name); err != nil {
			return err
		}
	}
	st := statements[what]
	_, err := t.q.(*prepared).conn.ExecContext(t.ctx, st[0].(string), st[1:]...)
	return err
}

func TestAuditIsOnlyAddedTo(t *testing.T) {
	s := open(t, t.TempDir())
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return audit.Append(tx, time.Now(), audit.Event{Act: "person.read"})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`} {
		if _, err := s.conn.ExecContext(t.Context(), query); err == nil {
			t.Errorf("%s was taken", query)
		}
	}
}
