package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/storetest"
)

// pair is what two processes do at the same time. Neither sees the other's
// work, unless it waits for it.
type pair struct {
	before      []journal.Line
	left, right func(*fieldsync.Intake)
}

// Two processes do at the same time what bears on each other, again and again,
// and after each time nothing differs from a recount: nobody is counted twice,
// and no entry is left waiting for what is here.
func TestPairs(t *testing.T) {
	none := journal.ID{}
	push := func(t *testing.T, lines ...journal.Line) func(*fieldsync.Intake) {
		return func(in *fieldsync.Intake) { storetest.Import(t, in, lines...) }
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T, m *storetest.Maker, round int) pair
	}{
		{"an entry, and what it waits for", func(t *testing.T, m *storetest.Maker, _ int) pair {
			p := m.Plan("ann", campaign.SmallGroup, storetest.At(2, 9), none)
			return pair{nil, push(t, p), push(t, m.Hold("ann", storetest.At(2, 12), p.Entry.ID, 9))}
		}},
		{"an entry that names a waiting one, and what that waits for", func(t *testing.T, m *storetest.Maker, _ int) pair {
			p := m.Plan("ann", campaign.SmallGroup, storetest.At(2, 9), none)
			waits := m.Consult("ann", storetest.At(2, 12), storetest.Citizen(1), p.Entry.ID)
			fix := m.Correct("ann", storetest.At(2, 13), waits, func(e *journal.Entry) { e.Activity = none })
			return pair{[]journal.Line{waits}, push(t, p), push(t, fix)}
		}},
		{"a record, and its withdrawal", func(t *testing.T, m *storetest.Maker, _ int) pair {
			l := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), none)
			return pair{nil, push(t, l), push(t, m.Withdraw("ann", storetest.At(2, 10), l))}
		}},
		{"two corrections of a record that is here", func(t *testing.T, m *storetest.Maker, _ int) pair {
			l := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), none)
			other := func(n int) journal.Line {
				return m.Correct("ann", storetest.At(3, n), l, func(e *journal.Entry) { e.Person = storetest.Citizen(n) })
			}
			return pair{[]journal.Line{l}, push(t, other(2)), push(t, other(3))}
		}},
		{"one person, met twice", func(t *testing.T, m *storetest.Maker, round int) pair {
			who := storetest.Citizen(round)
			return pair{
				nil, push(t, m.Enrol("ann", storetest.At(2, 9), who, outreach.HouseholdHI, campaign.Paid)),
				push(t, m.Enrol("bob", storetest.At(3, 9), who, outreach.StudentHI, campaign.Paid)),
			}
		}},
		{"two ties of the same persons, named in opposite order", func(t *testing.T, m *storetest.Maker, round int) pair {
			a, b := storetest.Citizen(2*round), storetest.Citizen(2*round+1)
			meet := func(at int, first, second *journal.Person) []journal.Line {
				return []journal.Line{m.Consult("ann", storetest.At(2, at), first, none), m.Consult("bob", storetest.At(3, at), second, none)}
			}
			return pair{meet(8, a, b), push(t, meet(9, a, b)...), push(t, meet(10, b, a)...)}
		}},
		{"the head count of a session, and who was identified there", func(t *testing.T, m *storetest.Maker, round int) pair {
			p := m.Plan("ann", campaign.SmallGroup, storetest.At(2, 9), none)
			return pair{
				[]journal.Line{p},
				push(t, m.Hold("ann", storetest.At(2, 12), p.Entry.ID, 9)),
				push(t, m.Consult("ann", storetest.At(2, 10), storetest.Citizen(round), p.Entry.ID)),
			}
		}},
		{"a closing, and what comes late for it", func(t *testing.T, m *storetest.Maker, round int) pair {
			kind := []string{"closing", "reopening"}[round%2]
			act := m.Make(kind, "top", storetest.At(3, 0).Add(time.Duration(round)*time.Minute), outreach.ClosingBody{Scope: "campaign"})
			return pair{nil, push(t, act), push(t, m.Consult("ann", storetest.At(5, 9), storetest.Citizen(round), none))}
		}},
		{"a change of the plan, and what it credits elsewhere", func(t *testing.T, m *storetest.Maker, round int) pair {
			moved := campaign.Item{Commune: &campaign.Commune{
				Code: "001", Name: "Commune 001", Type: "xã", Office: []string{"a", "b"}[round%2], Lat: 22, Lon: 104,
			}}
			return pair{nil, func(in *fieldsync.Intake) {
				if err := in.PutPlan(context.Background(), []campaign.Item{moved}); err != nil {
					t.Error(err)
				}
			}, push(t, m.Enrol("ann", storetest.At(2, 9), storetest.Citizen(round), outreach.HouseholdHI, campaign.Paid))}
		}},
		{"two receipts of one entry, earlier than the first", func(t *testing.T, m *storetest.Maker, _ int) pair {
			l := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), none)
			one, two := l, l
			one.Received.At, one.Received.OffsetMS = l.Received.At.Add(-time.Second), 3600_000
			two.Received.At, two.Received.OffsetMS = l.Received.At.Add(-time.Minute), 24*3600_000
			return pair{[]journal.Line{l}, push(t, one), push(t, two)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := two(t)
			left, right := storetest.Intake(t, a), storetest.Intake(t, b)
			m := storetest.NewMaker()
			for round := range 25 {
				p := c.make(t, m, round)
				storetest.Import(t, left, p.before...)
				both(func() { p.left(left) }, func() { p.right(right) })
				if storetest.Check(t, b); t.Failed() {
					t.Fatalf("in round %d", round)
				}
			}
		})
	}
}

// both runs two functions at once, or nearly so, one or the other a little
// earlier.
func both(f, g func()) {
	lead := rand.N(3 * time.Millisecond)
	if rand.N(2) == 0 {
		f, g = g, f
	}
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Go(func() { time.Sleep(lead); g() })
	wg.Wait()
}

// One entry, pushed twice at once, is taken once; of two entries with one id
// one is taken.
func TestSameIDAtOnce(t *testing.T) {
	a, b := two(t)
	left, right := storetest.Intake(t, a), storetest.Intake(t, b)
	m := storetest.NewMaker()
	for range 20 {
		for _, second := range []journal.Status{journal.Repeated, journal.Conflict} {
			l := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), journal.ID{})
			other := l
			if second == journal.Conflict {
				other.Entry.Person = storetest.Citizen(2)
			}
			var x, y []fieldsync.LineOutcome
			both(func() { x = storetest.Import(t, left, l) }, func() { y = storetest.Import(t, right, other) })
			got := []journal.Status{x[0].Status, y[0].Status}
			slices.Sort(got)
			if want := []journal.Status{journal.Accepted, second}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}
	storetest.Check(t, a)
}

// A link opened in two processes at once lets one in.
func TestLinkTakenAtOnce(t *testing.T) {
	a, b := two(t)
	at := storetest.At(2, 9)
	for range 30 {
		link := access.Link{Hash: []byte(journal.NewID().String()), User: "u", Role: access.Lead, Made: at, Expires: at.Add(time.Hour)}
		err := a.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(tx.PutUser(access.User{ID: "u", Role: access.Lead}), tx.PutLink(link))
		})
		if err != nil {
			t.Fatal(err)
		}
		var in atomic.Int32
		take := func(s *Store) func() {
			return func() {
				var got access.Link
				err := s.Update(t.Context(), func(tx store.Tx) (err error) {
					got, err = tx.TakeLink(link.Hash, at)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if got.Used.IsZero() {
					in.Add(1)
				}
			}
		}
		both(take(a), take(b))
		if n := in.Load(); n != 1 {
			t.Fatalf("%d got in, want 1", n)
		}
	}
}
