package storetest

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/journal"
	"caunoi/store"
)

// testApproval: a request comes back as it was asked, is decided once, whoever
// decides at the same time, and its input is sealed.
func testApproval(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	Intake(t, s)
	users := map[string]access.Actor{}
	for _, id := range []string{"one", "two", "three"} {
		users[id] = access.Actor{User: access.User{ID: id, Name: "Mô phỏng " + id, Role: access.Lead, Office: "a"}}
	}
	in := func(f func(tx store.Tx) error) error { return s.Update(t.Context(), f) }
	var r approval.Request
	err := in(func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		for _, u := range users {
			if err := tx.PutUser(u.User); err != nil {
				return err
			}
		}
		r, err = approval.Ask(tx, plan, noon, users["one"], approval.MergePersons, "a", "person:1", []byte(`{"persons":2}`), []byte("Mô phỏng bí mật"))
		if err != nil {
			return err
		}
		row, err := tx.Approval(r.ID)
		if bytes.Contains(row.Sealed, []byte("bí mật")) {
			t.Error("the input is stored in clear")
		}
		got, found, lastErr := approval.Last(tx, noon, "person:1")
		if !found || got.ID != r.ID || string(got.Input) != "Mô phỏng bí mật" || string(got.Change) != `{"persons":2}` || !got.At.Equal(noon) || got.State != approval.Waiting {
			t.Errorf("came back as %+v", got)
		}
		return errors.Join(err, lastErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make(chan error, 2)
	var deciders sync.WaitGroup
	for _, id := range []string{"two", "three"} {
		deciders.Go(func() {
			outcomes <- in(func(tx store.Tx) error {
				plan, err := tx.Plan()
				if err == nil {
					_, err = approval.Decide(tx, plan, noon, users[id], r.ID, id == "two", "Mô phỏng")
				}
				return err
			})
		})
	}
	deciders.Wait()
	close(outcomes)
	done := 0
	for err := range outcomes {
		var refusal *journal.Refusal
		switch {
		case err == nil:
			done++
		case !errors.As(err, &refusal) || refusal.Code != "approval.decided":
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("decided %d times, want once", done)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		for _, none := range []struct {
			by      string
			offices []string
			limit   int
		}{{"nobody", nil, 10}, {"nobody", []string{"b"}, 10}, {"lea", []string{"a"}, 0}} {
			if rows, err := tx.Approvals(none.by, none.offices, none.limit); err != nil || len(rows) != 0 {
				t.Errorf("%+v lists %+v, %v", none, rows, err)
			}
		}
		rows, err := tx.Approvals("nobody", []string{"b", "a"}, 10)
		if len(rows) != 1 || rows[0].State == approval.Waiting || rows[0].DecidedBy == "" {
			t.Errorf("listed as %+v", rows)
		}
		_, err2 := tx.Approval("none")
		if !errors.Is(err2, access.ErrNotFound) {
			t.Errorf("one that is none: %v", err2)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
