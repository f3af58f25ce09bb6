package accesstest

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"caunoi/access"
)

func usersComeBack(t *testing.T, update Update) {
	users := []access.User{
		worker,
		{ID: "quan-tri", Name: "Quản trị mô phỏng", Role: access.Administrator},
		{ID: "tp-nghỉ", Name: "Lãnh đạo mô phỏng", Role: access.Lead, Office: "sa-pa", Disabled: true},
	}
	do(t, update, func(tx access.Tx) error {
		for _, u := range users {
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	do(t, update, func(tx access.Tx) error {
		for _, want := range users {
			got, err := tx.User(want.ID)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		return nil
	})
}

func usersInOrder(t *testing.T, update Update) {
	do(t, update, func(tx access.Tx) error {
		all, err := tx.Users()
		if len(all) != 0 {
			t.Errorf("an empty store lists %+v", all)
		}
		return err
	})
	do(t, update, func(tx access.Tx) error {
		for _, id := range []string{"đ", "b", "a-b", "B", "ab", "a_b"} {
			u := worker
			u.ID = id
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	do(t, update, func(tx access.Tx) error {
		all, err := tx.Users()
		var got []string
		for _, u := range all {
			got = append(got, u.ID)
		}
		if want := []string{"B", "a-b", "a_b", "ab", "b", "đ"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		return err
	})
}

func userReplaced(t *testing.T, update Update) {
	with(t, update)
	s := access.Session{Hash: hash("s"), User: worker.ID, Role: worker.Role, Made: start, Seen: start}
	do(t, update, func(tx access.Tx) error { return tx.PutSession(s) })
	want := access.User{ID: worker.ID, Name: "Tên mới mô phỏng", Role: access.Lead, Office: "tinh", Disabled: true}
	do(t, update, func(tx access.Tx) error { return tx.PutUser(want) })
	do(t, update, func(tx access.Tx) error {
		got, err := tx.User(worker.ID)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		kept, err := tx.Session(s.Hash)
		sameSession(t, kept, s)
		return err
	})
}

func notFound(t *testing.T, update Update) {
	do(t, update, func(tx access.Tx) error {
		_, user := tx.User("nobody")
		_, link := tx.TakeLink(hash("none"), start)
		_, session := tx.Session(hash("none"))
		for what, err := range map[string]error{"user": user, "link": link, "session": session} {
			if !errors.Is(err, access.ErrNotFound) {
				t.Errorf("%s: got %v, want ErrNotFound", what, err)
			}
		}
		if list, err := tx.SessionsOf("nobody"); err != nil || len(list) != 0 {
			t.Errorf("sessions of nobody: got %v, %v; want none", list, err)
		}
		// The transaction is still good after all that.
		return tx.PutUser(worker)
	})
	do(t, update, func(tx access.Tx) error { _, err := tx.User(worker.ID); return err })
}

func undone(t *testing.T, update Update) {
	with(t, update)
	l := access.Link{Hash: hash("l"), User: worker.ID, Role: worker.Role, By: "quan-tri", Made: start, Expires: start.Add(time.Hour)}
	do(t, update, func(tx access.Tx) error { return tx.PutLink(l) })
	stop := errors.New("stop")
	err := update(func(tx access.Tx) error {
		if _, err := tx.TakeLink(l.Hash, start); err != nil {
			return err
		}
		s := access.Session{Hash: hash("s"), User: worker.ID, Role: worker.Role, Made: start, Seen: start}
		if err := tx.PutSession(s); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("got %v, want %v", err, stop)
	}
	do(t, update, func(tx access.Tx) error {
		got, err := tx.TakeLink(l.Hash, start)
		if err != nil {
			return err
		}
		if !got.Used.IsZero() {
			t.Errorf("the link was used at %v by a transaction that failed", got.Used)
		}
		if _, err := tx.Session(hash("s")); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("session: got %v, want ErrNotFound", err)
		}
		return nil
	})
}
