package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/storetest"
	"caunoi/tally"
)

// two opens one database twice, as two processes would.
func two(t testing.TB) (a, b *Store) {
	t.Helper()
	url := pgtest.URL(t)
	return open(t, url), open(t, url)
}

// Two processes take what eight devices push about the same fifty people, at
// a session whose head count comes meanwhile.
func TestTwoProcesses(t *testing.T) {
	const pushers, persons, rounds = 8, 50, 3
	a, b := two(t)
	intakes := []*fieldsync.Intake{storetest.Intake(t, a), storetest.Intake(t, b)}
	m := storetest.NewMaker()
	meeting := m.Plan("ann", campaign.SmallGroup, storetest.At(9, 8), journal.ID{})
	storetest.Import(t, intakes[0], meeting)
	actor := access.Actor{User: access.User{ID: "root", Role: access.Administrator}}
	var lines [pushers][rounds][]journal.Line
	for p := range pushers {
		for r := range rounds {
			for _, n := range rand.Perm(persons) {
				lines[p][r] = append(lines[p][r], m.Consult([]string{"ann", "bob"}[p%2], storetest.At(9, 9), storetest.Citizen(n), meeting.Entry.ID))
			}
		}
	}
	held := m.Hold("ann", storetest.At(9, 12), meeting.Entry.ID, 80)
	var wg sync.WaitGroup
	for p := range pushers {
		wg.Go(func() {
			for _, part := range lines[p] {
				if _, err := intakes[p%2].Push(t.Context(), actor, batchOf(t, part...)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() { storetest.Import(t, intakes[1], held) })
	wg.Wait()
	storetest.Check(t, a)
	total := storetest.Total(t, a, "c")
	for i, want := range map[tally.Indicator]int{
		tally.ReachedIdentified: persons, tally.ReachedHeadCount: 80 - persons, tally.Consultations: pushers * persons * rounds,
	} {
		if got := total[i].All; got != want {
			t.Errorf("%s = %d, want %d", i, got, want)
		}
	}
}

func batchOf(t testing.TB, lines ...journal.Line) (b fieldsync.Batch) {
	for _, l := range lines {
		text, _, err := journal.Canonical(&l.Entry)
		if err != nil {
			t.Error(err)
		}
		b.Entries = append(b.Entries, jsontext.Value(text))
	}
	return b
}

// An entry and what it waits for are appended by two processes at once. One of
// them must see the other.
func TestNeverLeftWaiting(t *testing.T) {
	a, b := two(t)
	left, right := storetest.Intake(t, a), storetest.Intake(t, b)
	m := storetest.NewMaker()
	for range 60 {
		plan := m.Plan("ann", campaign.SmallGroup, storetest.At(2, 9), journal.ID{})
		held := m.Hold("ann", storetest.At(2, 12), plan.Entry.ID, 9)
		fix := m.Correct("ann", storetest.At(2, 13), held, func(e *journal.Entry) {})
		storetest.Import(t, left, held) // waits for the plan; its correction then does too
		both(func() { storetest.Import(t, left, plan) }, func() { storetest.Import(t, right, fix) })
		other := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(1), journal.ID{})
		gone := m.Withdraw("ann", storetest.At(2, 10), other)
		both(func() { storetest.Import(t, left, other) }, func() { storetest.Import(t, right, gone) })
	}
	if n := count(t, a, `SELECT count(*) FROM entry WHERE waiting IS NOT NULL`); n != 0 {
		t.Errorf("%d entries are left waiting for what is here", n)
	}
	storetest.Check(t, b)
}

func both(f, g func()) {
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Go(g)
	wg.Wait()
}

func count(t testing.TB, s *Store, query string) (n int) {
	t.Helper()
	if err := s.pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever several processes do at once comes out as if one had done it in
// order: entries that bear on each other in every way, closings and changes of
// the plan among them.
func TestConcurrentOrder(t *testing.T) {
	const worlds, hands = 30, 4
	r := &recycler{t: t}
	a, b := two(t)
	world := rapid.Custom(storetest.World)
	for seed := range worlds {
		lines := world.Example(seed)
		one := r.open(t)
		storetest.Import(t, storetest.Intake(t, one), lines...)
		want := sheet(t, one)
		one.Close()

		if err := empty(a); err != nil {
			t.Fatal(err)
		}
		shuffled := append(slices.Clone(lines), lines[:len(lines)/2]...)
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		storetest.Intake(t, a) // puts the plan
		var wg sync.WaitGroup
		for h := range hands {
			var mine []journal.Line
			for i := h; i < len(shuffled); i += hands {
				mine = append(mine, shuffled[i])
			}
			wg.Go(func() {
				in := fieldsync.NewIntake([]*Store{a, b}[h%2], outreach.Schema(), noon)
				for i, l := range mine {
					storetest.Import(t, in, l)
					if h == 0 && i == len(mine)/2 {
						if err := in.PutPlan(context.Background(), storetest.SamplePlan()); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		for _, d := range storetest.Verify(t, b) {
			t.Errorf("world %d: verify: %s", seed, d)
		}
		if got := sheet(t, a); !slices.Equal(got, want) {
			t.Errorf("world %d: figures %v\nwant %v", seed, got, want)
		}
		if t.Failed() {
			return
		}
	}
}

func noon() time.Time { return storetest.At(10, 12) }

func sheet(t testing.TB, s store.Store) (out tally.Sheet) {
	t.Helper()
	view(t, s, func(tx store.Tx) (err error) {
		out, err = tx.Sheet(tally.Query{Dim: "*"})
		return err
	})
	slices.SortFunc(out, func(a, b tally.Figure) int { return a.Key.Compare(b.Key) })
	return out
}

func view(t testing.TB, s store.Store, f func(store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// A closing and late entries of many devices: each counts as late or not by
// its receipt, whichever commits first.
func TestClosingBesidePushes(t *testing.T) {
	a, b := two(t)
	left, right := storetest.Intake(t, a), storetest.Intake(t, b)
	m := storetest.NewMaker()
	for n := range 30 {
		closing := m.Make("closing", "top", storetest.At(3, n%24), outreach.ClosingBody{Scope: "campaign"})
		reopening := m.Make("reopening", "top", storetest.At(4, n%24), outreach.ClosingBody{Scope: "campaign"})
		x, y := m.Consult("ann", storetest.At(5, 9), storetest.Citizen(2*n), journal.ID{}), m.Consult("bob", storetest.At(5, 9), storetest.Citizen(2*n+1), journal.ID{})
		both(func() { storetest.Import(t, left, closing) }, func() { storetest.Import(t, right, x) })
		both(func() { storetest.Import(t, right, reopening) }, func() { storetest.Import(t, left, y) })
	}
	storetest.Check(t, a)
}

// A push of more than [mostLocks] takes the whole journal, and gives it back.
func TestLargePushes(t *testing.T) {
	a, b := two(t)
	intakes := []*fieldsync.Intake{storetest.Intake(t, a), storetest.Intake(t, b)}
	var wg sync.WaitGroup
	m := storetest.NewMaker()
	for p := range 4 {
		var lines []journal.Line
		for n := range mostLocks + 50 {
			l := m.Consult("ann", storetest.At(2, 9), storetest.Citizen(n), journal.ID{})
			binary.BigEndian.PutUint16(l.Entry.ID[10:], uint16(p))
			lines = append(lines, l)
		}
		wg.Go(func() {
			for _, o := range storetest.Import(t, intakes[p%2], lines...) {
				if o.Status != journal.Accepted {
					t.Errorf("%s: %s", o.ID, o.Status)
				}
			}
		})
	}
	wg.Wait()
	storetest.Check(t, a)
	if got, want := fmt.Sprint(storetest.Total(t, b, "c")[tally.ReachedIdentified].All), fmt.Sprint(mostLocks+50); got != want {
		t.Errorf("%s people, want %s", got, want)
	}
}
