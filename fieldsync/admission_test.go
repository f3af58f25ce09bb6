package fieldsync_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"caunoi/fieldsync"
	"caunoi/journal"
)

// queue is an admission with those who asked, in the order in which they came in.
type queue struct {
	*fieldsync.Admission
	mu   sync.Mutex
	came []string
	in   map[string]func() // those inside, with what makes them leave
}

func newQueue() *queue { return &queue{Admission: fieldsync.NewAdmission(), in: map[string]func(){}} }

// ask has somebody ask, and waits until that one is in or in the queue.
func (q *queue) ask(ctx context.Context, class fieldsync.Class, name string) {
	go func() {
		leave, err := q.Enter(ctx, class)
		if err != nil {
			return
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		q.came = append(q.came, name)
		q.in[name] = leave
	}()
	synctest.Wait()
}

func (q *queue) leave(name string) {
	q.mu.Lock()
	leave := q.in[name]
	delete(q.in, name)
	q.mu.Unlock()
	leave()
	synctest.Wait()
}

func (q *queue) fill(class fieldsync.Class, n int) {
	for i := range n {
		q.ask(context.Background(), class, string(rune('A'+i))+map[fieldsync.Class]string{fieldsync.Pushes: "push", fieldsync.Pulls: "pull"}[class])
	}
}

func (q *queue) want(t *testing.T, last ...string) {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	if got := q.came[len(q.came)-len(last):]; !slices.Equal(got, last) {
		t.Errorf("came in last: %v, want %v", got, last)
	}
}

func TestPhonesComeInInTheirOrderPushesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		q := newQueue()
		q.fill(fieldsync.Pushes, fieldsync.MostPushes)
		q.fill(fieldsync.Pulls, fieldsync.MostPulls)
		if len(q.in) != fieldsync.MostPushes+fieldsync.MostPulls {
			t.Fatalf("%d are in", len(q.in))
		}
		q.ask(ctx, fieldsync.Pulls, "pull 1")
		q.ask(ctx, fieldsync.Pulls, "pull 2")
		q.ask(ctx, fieldsync.Pushes, "push 1")
		q.ask(ctx, fieldsync.Pushes, "push 2")
		q.want(t, "Dpull")
		q.leave("Apull") // a place for a pull is free, but pushes wait
		q.want(t, "Dpull")
		q.leave("Apush")
		q.want(t, "Dpull", "push 1")
		q.leave("Bpush") // and with the last push that waited goes the first pull
		q.mu.Lock()
		got := slices.Clone(q.came[len(q.came)-2:])
		q.mu.Unlock()
		slices.Sort(got) // they came in together
		if !slices.Equal(got, []string{"pull 1", "push 2"}) {
			t.Errorf("came in: %v", got)
		}
		q.leave("Bpull")
		q.want(t, "pull 2")
		for name := range q.in {
			q.leave(name)
		}
	})
}

func TestWhoGivesUpLosesThePlaceToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.fill(fieldsync.Pushes, fieldsync.MostPushes)
		ctx, giveUp := context.WithCancel(t.Context())
		q.ask(ctx, fieldsync.Pushes, "gone")
		q.ask(t.Context(), fieldsync.Pulls, "pull") // waits behind a push alone
		giveUp()
		synctest.Wait()
		q.want(t, "pull")
		q.ask(t.Context(), fieldsync.Pushes, "next")
		q.leave("Apush")
		q.want(t, "next")
		for name := range q.in {
			q.leave(name)
		}
		for range 100 { // nor does who gave up just when the turn came keep a place
			if leave, err := q.Enter(ctx, fieldsync.Pushes); err == nil {
				leave()
			}
		}
		q.fill(fieldsync.Pushes, fieldsync.MostPushes) // no place was lost
		if len(q.in) != fieldsync.MostPushes {
			t.Errorf("%d are in", len(q.in))
		}
	})
}

func TestWhoWouldWaitTooLongIsSentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		ctx, stop := context.WithCancel(t.Context())
		q.fill(fieldsync.Pushes, fieldsync.MostPushes)
		q.fill(fieldsync.Pulls, fieldsync.MostPulls)
		for range fieldsync.MostWaiting - 1 {
			q.ask(ctx, fieldsync.Pulls, "pull")
		}
		q.ask(ctx, fieldsync.Pushes, "push")
		q.ask(ctx, fieldsync.Pulls, "the last, behind 200")
		seconds := map[any]bool{}
		for range 50 {
			_, err := q.Enter(ctx, fieldsync.Pulls)
			var refusal *journal.Refusal
			if !errors.As(err, &refusal) || refusal.Code != "sync.busy" {
				t.Fatalf("one more: %v", err)
			}
			s := refusal.Params["seconds"].(int)
			if s < 5 || s > 30 {
				t.Errorf("to come again in %d seconds", s)
			}
			seconds[s] = true
		}
		if len(seconds) < 5 {
			t.Errorf("all come again together: %v", seconds)
		}
		q.ask(ctx, fieldsync.Pushes, "a push has one before it")
		q.leave("Apush")
		q.leave("Bpush")
		q.want(t, "push", "a push has one before it")
		stop()
		synctest.Wait()
	})
}
