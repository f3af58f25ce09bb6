package accesstest

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"caunoi/access"
)

func session(name string, made time.Time) access.Session {
	return access.Session{Hash: hash(name), User: worker.ID, Role: worker.Role, Made: made, Seen: made}
}

func putSessions(t *testing.T, update Update, list ...access.Session) {
	t.Helper()
	with(t, update)
	do(t, update, func(tx access.Tx) error {
		for _, s := range list {
			if err := tx.PutSession(s); err != nil {
				return err
			}
		}
		return nil
	})
}

func read(t *testing.T, update Update, hash []byte) (s access.Session) {
	t.Helper()
	do(t, update, func(tx access.Tx) (err error) { s, err = tx.Session(hash); return err })
	return s
}

func sessionsComeBack(t *testing.T, update Update) {
	browser, phone := session("browser", start), session("phone", start.Add(time.Second))
	phone.Device = "máy-01"
	putSessions(t, update, browser, phone)
	sameSession(t, read(t, update, browser.Hash), browser)
	sameSession(t, read(t, update, phone.Hash), phone)
}

func sessionsListed(t *testing.T, update Update) {
	list := []access.Session{session("c", start), session("a", start), session("b", start), session("ended", start), session("first", start.Add(-time.Hour))}
	putSessions(t, update, list...)
	do(t, update, func(tx access.Tx) error {
		other := worker
		other.ID = "cb-sa-pa-02"
		if err := tx.PutUser(other); err != nil {
			return err
		}
		s := session("other", start)
		s.User = other.ID
		if err := tx.PutSession(s); err != nil {
			return err
		}
		return tx.EndSession(hash("ended"), start)
	})
	same := list[:3]
	slices.SortFunc(same, func(a, b access.Session) int { return bytes.Compare(a.Hash, b.Hash) })
	want := append([]access.Session{list[4]}, same...)
	do(t, update, func(tx access.Tx) error {
		got, err := tx.SessionsOf(worker.ID)
		if len(got) != len(want) {
			t.Fatalf("got %d sessions, want %d", len(got), len(want))
		}
		for i := range want {
			sameSession(t, got[i], want[i])
		}
		return err
	})
}

func seenForward(t *testing.T, update Update) {
	s := session("s", start)
	putSessions(t, update, s, session("other", start))
	later := start.Add(time.Hour)
	for _, at := range []time.Time{later, start.Add(time.Minute)} { // the second lost a race
		do(t, update, func(tx access.Tx) error { return tx.TouchSession(s.Hash, at) })
		s.Seen = later
		sameSession(t, read(t, update, s.Hash), s)
	}
	sameSession(t, read(t, update, hash("other")), session("other", start))
	do(t, update, func(tx access.Tx) error { return tx.TouchSession(hash("none"), later) })
}

func endHolds(t *testing.T, update Update) {
	s := session("s", start)
	putSessions(t, update, s, session("other", start))
	s.Ended = start.Add(time.Minute)
	do(t, update, func(tx access.Tx) error { return tx.EndSession(s.Hash, s.Ended) })
	sameSession(t, read(t, update, s.Hash), s)
	do(t, update, func(tx access.Tx) error {
		if err := tx.TouchSession(s.Hash, start.Add(time.Hour)); err != nil {
			return err
		}
		if err := tx.EndSession(hash("none"), start); err != nil {
			return err
		}
		return tx.EndSession(s.Hash, start.Add(2*time.Hour))
	})
	sameSession(t, read(t, update, s.Hash), s)
	sameSession(t, read(t, update, hash("other")), session("other", start))
}

func signInAndOut(t *testing.T, update Update) {
	with(t, update)
	var cfg access.Config
	var in access.SignedIn
	do(t, update, func(tx access.Tx) error {
		link, _, err := cfg.NewLink(tx, access.Terminal(), plan, worker.ID, start)
		if err != nil {
			return err
		}
		in, err = cfg.SignIn(tx, link, start.Add(time.Minute))
		return err
	})
	do(t, update, func(tx access.Tx) error {
		actor, err := cfg.Authenticate(tx, in.Token, start.Add(time.Hour))
		if !reflect.DeepEqual(actor.User, worker) || actor.Device != "" {
			t.Errorf("got %+v, want %+v in a browser", actor, worker)
		}
		if err != nil {
			return err
		}
		return access.SignOut(tx, actor, start.Add(time.Hour))
	})
	err := update(func(tx access.Tx) error {
		_, err := cfg.Authenticate(tx, in.Token, start.Add(time.Hour))
		return err
	})
	wantCode(t, err, "session.ended")
}

func phoneRenewed(t *testing.T, update Update) {
	with(t, update)
	var cfg access.Config
	add := func() (in access.SignedIn) {
		do(t, update, func(tx access.Tx) (err error) {
			in, err = cfg.AddPhone(tx, access.Actor{User: worker}, "máy-01", start)
			return err
		})
		return in
	}
	old, renewed := add().Token, add().Token
	do(t, update, func(tx access.Tx) error {
		if _, err := cfg.Authenticate(tx, old, start); err == nil {
			t.Error("the old token still works")
		} else {
			wantCode(t, err, "device.revoked")
		}
		actor, err := cfg.Authenticate(tx, renewed, start)
		if !reflect.DeepEqual(actor.User, worker) || actor.Device != "máy-01" {
			t.Errorf("got %+v, want %+v on máy-01", actor, worker)
		}
		return err
	})
}

func proofKept(t *testing.T, update Update) {
	with(t, update)
	s := access.Session{Hash: hash("s"), User: worker.ID, Role: worker.Role, Made: start, Seen: start, Proven: start}
	later := start.Add(time.Hour)
	do(t, update, func(tx access.Tx) error { return errors.Join(tx.PutSession(s), tx.ProveSession(s.Hash, later)) })
	s.Proven = later
	do(t, update, func(tx access.Tx) error {
		got, err := tx.Session(s.Hash)
		sameSession(t, got, s)
		return errors.Join(err, tx.EndSession(s.Hash, later), tx.ProveSession(s.Hash, later.Add(time.Hour)), tx.ProveSession(hash("none"), later))
	})
	s.Ended = later
	do(t, update, func(tx access.Tx) error {
		got, err := tx.Session(s.Hash)
		sameSession(t, got, s)
		return err
	})
}

func sessionsForgotten(t *testing.T, update Update) {
	with(t, update)
	day := 24 * time.Hour
	session := func(name, device string, seen, ended time.Time) access.Session {
		return access.Session{Hash: hash(name), User: worker.ID, Role: worker.Role, Device: device, Made: start, Seen: seen, Proven: start, Ended: ended}
	}
	do(t, update, func(tx access.Tx) error {
		return errors.Join(
			tx.PutSession(session("ended", "", start, start)),
			tx.PutSession(session("ran out", "", start, time.Time{})),
			tx.PutSession(session("in use", "", start.Add(9*day), time.Time{})),
			tx.PutSession(session("ended late", "", start, start.Add(9*day))),
			tx.PutSession(session("phone", "máy", start, time.Time{})),
			tx.PutSession(session("old phone", "máy", start, start)),
			tx.PutLink(access.Link{Hash: hash("old"), User: worker.ID, Role: worker.Role, By: "x", Made: start, Expires: start}),
			tx.PutLink(access.Link{Hash: hash("new"), User: worker.ID, Role: worker.Role, By: "x", Made: start, Expires: start.Add(9 * day)}))
	})
	for _, trial := range []bool{true, false} {
		do(t, update, func(tx access.Tx) error {
			n, err := tx.DropSessions(start.Add(5*day), trial)
			if n != 4 {
				t.Errorf("on trial %v: %d, want 4", trial, n)
			}
			return err
		})
	}
	do(t, update, func(tx access.Tx) error {
		for name, stays := range map[string]bool{"ended": false, "ran out": false, "in use": true, "ended late": true, "phone": true, "old phone": false} {
			if _, err := tx.Session(hash(name)); (err == nil) != stays {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, gone := tx.TakeLink(hash("old"), start)
		_, err := tx.TakeLink(hash("new"), start)
		if !errors.Is(gone, access.ErrNotFound) {
			t.Errorf("the old link: %v", gone)
		}
		return err
	})
}
