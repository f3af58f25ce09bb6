package accesstest

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caunoi/access"
)

func putLink(t *testing.T, update Update) access.Link {
	t.Helper()
	with(t, update)
	l := access.Link{
		Hash: hash("link"), User: worker.ID, Role: worker.Role, By: "quan-tri",
		Made: start, Expires: start.Add(30 * time.Minute),
	}
	do(t, update, func(tx access.Tx) error { return tx.PutLink(l) })
	return l
}

func take(t *testing.T, update Update, hash []byte, at time.Time) (l access.Link) {
	t.Helper()
	do(t, update, func(tx access.Tx) (err error) { l, err = tx.TakeLink(hash, at); return err })
	return l
}

func linkTakenOnce(t *testing.T, update Update) {
	want := putLink(t, update)
	first := start.Add(time.Minute)
	got := take(t, update, want.Hash, first)
	if !bytes.Equal(got.Hash, want.Hash) || got.User != want.User || got.Role != want.Role || got.By != want.By {
		t.Errorf("got %+v, want %+v", got, want)
	}
	sameInstant(t, "made", got.Made, want.Made)
	sameInstant(t, "expires", got.Expires, want.Expires)
	sameInstant(t, "used, the first time", got.Used, time.Time{})
	sameInstant(t, "used, the second time", take(t, update, want.Hash, first.Add(time.Second)).Used, first)
	sameInstant(t, "used, long after", take(t, update, want.Hash, start.Add(time.Hour)).Used, first)
}

func linkExpired(t *testing.T, update Update) {
	l := putLink(t, update)
	take(t, update, l.Hash, l.Expires)
	sameInstant(t, "used, after an attempt at its last instant", take(t, update, l.Hash, l.Expires.Add(time.Hour)).Used, time.Time{})
	last := l.Expires.Add(-time.Microsecond)
	take(t, update, l.Hash, last)
	sameInstant(t, "used, just before its last instant", take(t, update, l.Hash, l.Expires).Used, last)
}

func linkRace(t *testing.T, update Update) {
	with(t, update)
	var cfg access.Config
	var link string
	do(t, update, func(tx access.Tx) (err error) {
		link, _, err = cfg.NewLink(tx, access.Terminal(), plan, worker.ID, start)
		return err
	})
	const at = 8
	var in atomic.Int32
	refused := make([]error, at)
	var wg sync.WaitGroup
	for i := range at {
		wg.Go(func() {
			err := update(func(tx access.Tx) error { _, err := cfg.SignIn(tx, link, start); return err })
			if err == nil {
				in.Add(1)
			}
			refused[i] = err
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("%d of %d got in, want 1", in.Load(), at)
	}
	for _, err := range refused {
		if err != nil {
			wantCode(t, err, "link.used")
		}
	}
	do(t, update, func(tx access.Tx) error {
		list, err := tx.SessionsOf(worker.ID)
		if len(list) != 1 {
			t.Errorf("got %d sessions, want 1", len(list))
		}
		return err
	})
}
