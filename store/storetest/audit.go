package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"caunoi/audit"
	"caunoi/store"
)

// testAudit: one chain, whoever appends at once; nothing of an act that
// failed; found again by what is asked.
func testAudit(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("eight who append at once leave one chain", func(t *testing.T) {
		s := open(t)
		var writers sync.WaitGroup
		for range 8 {
			writers.Go(func() {
				for range 5 {
					err := s.Update(t.Context(), func(tx store.Tx) error {
						if _, err := tx.NewKey(); err != nil { // something else that locks
							return err
						}
						return audit.Append(tx, noon, audit.Event{Act: "person.read", Actor: "ann"})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		head, faults := verifyAudit(t, s)
		if head.Seq != 40 || len(faults) > 0 {
			t.Errorf("head %d, faults %v; want 40 and none", head.Seq, faults)
		}
	})
	t.Run("an act that fails leaves no event", func(t *testing.T) {
		s := open(t)
		fails := errors.New("fails")
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(audit.Append(tx, noon, audit.Event{Act: "person.read"}), fails)
		})
		if !errors.Is(err, fails) {
			t.Fatal(err)
		}
		if head, _ := verifyAudit(t, s); head.Seq != 0 {
			t.Errorf("head %d, want none", head.Seq)
		}
	})
	t.Run("events are found by day, act, actor, subject and office, page by page", func(t *testing.T) {
		s := open(t)
		err := s.Update(t.Context(), func(tx store.Tx) error {
			for i, e := range []audit.Event{
				{Act: "person.read", Actor: "ann", Subject: "person:1", Office: "a"},
				{Act: "person.revealed", Actor: "ann", Subject: "person:1", Office: "a", Details: map[string]string{"purpose": "call"}},
				{Act: "person.read", Actor: "bob", Subject: "person:2", Office: "b", Outcome: audit.Refused},
			} {
				if err := audit.Append(tx, noon.Add(time.Duration(i)*time.Hour), e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			q    audit.Query
			want []int64
		}{
			"all":     {audit.Query{}, []int64{3, 2, 1}},
			"act":     {audit.Query{Act: "person.read"}, []int64{3, 1}},
			"actor":   {audit.Query{Actor: "ann"}, []int64{2, 1}},
			"subject": {audit.Query{Subject: "person:2"}, []int64{3}},
			"offices": {audit.Query{Offices: []string{"b", "c"}}, []int64{3}},
			"nowhere": {audit.Query{Offices: []string{}}, nil},
			"hours":   {audit.Query{From: noon.Add(time.Hour), To: noon.Add(2 * time.Hour)}, []int64{2}},
			"actors":  {audit.Query{Actors: []string{"bob", "cam"}}, []int64{3}},
			"on":      {audit.Query{After: 3, Limit: 1}, []int64{2}},
			"up":      {audit.Query{Up: true}, []int64{1, 2, 3}},
			"up on":   {audit.Query{Up: true, After: 1}, []int64{2, 3}},
			"by act":  {audit.Query{Order: audit.ByAct, Up: true}, []int64{1, 3, 2}},
			"act on":  {audit.Query{Order: audit.ByAct, Up: true, After: 1}, []int64{3, 2}},
			"by who":  {audit.Query{Order: audit.ByActor}, []int64{3, 2, 1}},
			"who on":  {audit.Query{Order: audit.ByActor, After: 3, Limit: 1}, []int64{2}},
			"by what": {audit.Query{Order: audit.BySubject, Up: true, After: 1}, []int64{2, 3}},
		} {
			if c.q.Limit == 0 {
				c.q.Limit = 10
			}
			err := s.View(t.Context(), func(tx store.Tx) error {
				rows, err := tx.Audit(c.q)
				var got []int64
				for _, r := range rows {
					got = append(got, r.Seq)
				}
				if len(got) != len(c.want) {
					t.Errorf("%s: got %v, want %v", name, got, c.want)
					return err
				}
				for i := range got {
					if got[i] != c.want[i] {
						t.Errorf("%s: got %v, want %v", name, got, c.want)
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if head, faults := verifyAudit(t, s); head.Seq != 3 || len(faults) > 0 {
			t.Errorf("head %d, faults %v", head.Seq, faults)
		}
	})
}

func verifyAudit(t *testing.T, s store.Store) (head audit.Checkpoint, faults []audit.Fault) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		head, faults, err = audit.Verify(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return head, faults
}
