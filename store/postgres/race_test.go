package postgres

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

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
	plan, err := intakes[0].Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines [pushers][rounds][]journal.Line
	for p := range lines {
		for r := range lines[p] {
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
				if _, err := intakes[p%2].Push(t.Context(), actor, plan, batchOf(t, part...)); err != nil {
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
		text, err := json.Marshal(l.Entry)
		if err != nil {
			t.Error(err)
		}
		b.Entries = append(b.Entries, jsontext.Value(text))
	}
	return b
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
						// There and back, so that each makes the store recount.
						moved := campaign.Item{Commune: &campaign.Commune{Code: "001", Name: "Commune 001", Type: "xã", Office: "b", Lat: 22, Lon: 104}}
						for _, items := range [][]campaign.Item{{moved}, storetest.SamplePlan()} {
							if err := in.PutPlan(context.Background(), items); err != nil {
								t.Error(err)
							}
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
	if got, want := storetest.Total(t, b, "c")[tally.ReachedIdentified].All, mostLocks+50; got != want {
		t.Errorf("%d people, want %d", got, want)
	}
}

// What is committed after something that was numbered later still moves the
// figures that are kept at hand.
func TestKeptByCommit(t *testing.T) {
	s := open(t, pgtest.URL(t))
	var kept tally.Kept
	move := func(tx store.Tx, commune string) error {
		return tx.Change(tally.Change{Deltas: []tally.Figure{{
			Key:  tally.Key{Campaign: "c", Office: "a", Commune: commune, Day: "2025-11-09", Indicator: tally.Consultations},
			Cell: tally.Cell{All: 1, Closed: 1},
		}}})
	}
	is := func(want int) {
		t.Helper()
		err := s.View(t.Context(), func(tx store.Tx) error {
			sheet, err := kept.Sheet(tx, "c")
			if got := sheet.Total()[tally.Consultations].All; got != want {
				t.Errorf("at hand: %d, want %d", got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	is(0)
	err := s.Update(t.Context(), func(first store.Tx) error {
		if err := move(first, "001"); err != nil {
			return err
		}
		if _, err := first.Sheet(tally.Query{Campaign: "c"}); err != nil { // numbers the change
			return err
		}
		is(0)
		if err := s.Update(t.Context(), func(second store.Tx) error { return move(second, "002") }); err != nil {
			return err
		}
		is(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	is(2)
}
