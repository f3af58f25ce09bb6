// Package phonesim lets 200 phones and a server live through days of a bad
// network in the clock of a bubble (testing/synctest): what is lost, doubled,
// late and overtaken, phones and servers that die, wrong clocks, and servers
// restored from older copies. The server is the real one, the phone a model of
// ui/field, held to it by traces. At the end every record is on the server
// once, and the figures are those of a world without any trouble.
//
// A seed decides everything, so that what it finds is found again:
//
//	go test ./fieldsync/phonesim -run TestWorlds -seed 7 -worlds 1
package phonesim

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/tally"
)

var (
	worlds    = flag.Int("worlds", 8, "how many worlds are simulated; 10000 is the long form")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first world")
)

// hoursToEnd is within how many hours of a good network every phone must have
// brought everything.
const hoursToEnd = 12

// world is one simulation.
type world struct {
	seed  uint64
	flaw  flaw
	land  *land
	hands hands
	dir   string

	store  store.Store
	server *server // nil while it is down
	live   string  // folder of the data
	copy   string  // folder of the last backup
	copies int
	lives  int

	phones  []*phone
	pending sync.WaitGroup // what is under way in the network and the server
	heals   time.Time      // from when on the network is good
	crashes float64        // how often a write or a wait is the last one
	facts   []*fact
	// enrolled are the enrolments that stand, by office, for colleagues.
	enrolled map[string][]*fact
	saved    []saved
	log      arrivals
	seen     map[string]bool // ids that the server was brought, for a twin

	mu     sync.Mutex // of what is told at the end
	faults []string
	counts map[string]int
	events fingerprint
}

// saved is a record that a phone wrote and its worker was shown.
type saved struct {
	phone  *phone
	fact   *fact
	record record
}

// dice are random numbers for one purpose.
func (w *world) dice(what string, n int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, what, n)
	return rand.New(rand.NewPCG(w.seed, h.Sum64()))
}

func (w *world) must(err error) {
	if err != nil {
		panic(err)
	}
}

func (w *world) fail(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

func (w *world) count(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[what]++
}

func (w *world) note(what string) { w.events.add(now(), what) }

// fingerprint sums up what happened in one place, in its order.
type fingerprint struct{ sum hash.Hash }

func (f *fingerprint) add(at time.Time, what string) {
	if f.sum == nil {
		f.sum = sha256.New()
	}
	fmt.Fprintln(f.sum, at.UnixNano(), what)
}

func (f *fingerprint) String() string {
	f.add(time.Time{}, "end")
	return hex.EncodeToString(f.sum.Sum(nil)[:8])
}

// arrivals are the requests that reached the server, by record.
type arrivals struct {
	mu sync.Mutex
	of map[string][]arrival
}

type arrival struct {
	at, stamp time.Time // the server's clock, and the phone's when it sent
	took      time.Duration
}

func (l *arrivals) arrive(s sending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range s.ids {
		l.of[id] = append(l.of[id], arrival{now(), s.stamp, now().Sub(s.sentAt)})
	}
}

// people of the world.
const citizens = 150

func (w *world) newFact(who *worker, e entry) *fact {
	f := &fact{n: len(w.facts), who: who, entry: e}
	w.facts = append(w.facts, f)
	return f
}

func (w *world) recorded(p *phone, f *fact, r record) {
	w.count("records")
	w.count(f.entry.Kind)
	if f.of != nil {
		w.count("of another record")
	}
	f.id = r.id
	if f.entry.Kind == "enrolment" {
		w.enrolled[f.who.office] = append(w.enrolled[f.who.office], f)
	}
	w.saved = append(w.saved, saved{p, f, r})
}

// invent is something that a worker records; last is what came before.
func (w *world) invent(luck *rand.Rand, who *worker, last *fact) *fact {
	e := entry{Campaign: "c", Commune: who.commune}
	n := luck.IntN(citizens)
	someone := &person{Name: fmt.Sprint("Mô phỏng ", n), Citizen: fmt.Sprintf("%012d", n+1), Commune: name("", 100+n%(2*offices), 0), Salt: fmt.Sprint(luck.Uint64())}
	if luck.IntN(20) == 0 {
		someone.Citizen = ""
	}
	var of *fact
	bad, moves := false, false
	switch kind := luck.IntN(22); {
	case kind < 9:
		e.Kind, e.Person = "consultation", someone
		e.Body = map[string]any{"topics": []string{"card"}, "outcome": "promised"}
		if bad = luck.IntN(8) == 0; bad {
			e.Body["outcome"] = "what is this"
		}
		if luck.IntN(2) == 0 {
			e.Activity = w.land.posts[luck.IntN(offices)].String()
		}
	case kind < 15:
		e.Kind, e.Person = "enrolment", someone
		e.Body = map[string]any{
			"scheme": []string{"voluntary_si", "household_hi"}[luck.IntN(2)],
			"stage":  []campaign.Stage{campaign.Pledged, campaign.Paid}[luck.IntN(2)], "prior": "none", "months": 12,
		}
	case kind < 17:
		e.Kind, e.Person = "noncash_switch", someone
		e.Body = map[string]any{"benefit": "pension", "method": "wallet"}
	case kind < 18 && last != nil && last.entry.Kind == "activity_held":
		e = last.entry
		e.Body = map[string]any{"head_count": luck.IntN(60)} // counted again
		of = last
	case kind < 18 && last != nil && last.entry.Kind == "consultation" && !last.bad:
		e = last.entry
		e.Body, e.Person, e.Withdrawn = nil, nil, "nhầm"
		of = last
	case kind < 19:
		e.Kind, moves = "enrolment_stage", true
		e.Body = map[string]any{"stage": campaign.Paid}
	case kind < 20 && luck.IntN(3) == 0:
		e.Kind, e.Person = "visit", someone
		e.Body = map[string]any{"outcome": "not_home"}
	default:
		e.Kind, e.Activity = "activity_held", w.land.posts[slices.Index(officeNames, who.office)].String()
		e.Commune = communesOf(slices.Index(officeNames, who.office))[0]
		e.Body = map[string]any{"head_count": luck.IntN(60)}
	}
	f := w.newFact(who, e)
	f.bad, f.of, f.moves = bad, of, moves
	return f
}

// build makes the phones with their days.
func (w *world) build() (lives []func()) {
	luck := w.dice("world", 0)
	hard := luck.Float64() // how bad everything is
	w.crashes = 0.06 * luck.Float64() * hard
	long := luck.IntN(8) == 0 // with a pause after which phones forget what was sent
	together := luck.IntN(6) == 0
	field := begin.Add(time.Duration(1+luck.IntN(4)) * 24 * time.Hour)
	w.heals = field
	if long {
		w.heals = field.AddDate(0, 0, 16)
	}
	byPhone := map[string][]*worker{}
	for i := range w.land.workers {
		who := &w.land.workers[i]
		byPhone[who.device] = append(byPhone[who.device], who)
	}
	for n := range phones {
		p := &phone{w: w, n: n, device: name("phone", n, 0), disk: newDisk(), luck: w.dice("phone", n)}
		p.workers = byPhone[p.device]
		p.loss = hard * (0.4 + 0.6*p.luck.Float64())
		p.zips = p.luck.IntN(3) > 0
		p.strict = p.luck.IntN(12) == 0
		if p.luck.IntN(15) == 0 {
			p.narrow = 400 + p.luck.IntN(1500)
		}
		p.skew = time.Duration(p.luck.NormFloat64() * float64(20*time.Second))
		switch p.luck.IntN(10) {
		case 0:
			p.skew = between(p.luck, -40*24*time.Hour, 40*24*time.Hour)
		case 1:
			p.skew = begin.AddDate(-20, 0, 0).Sub(begin) // an empty battery
		}
		if p.luck.IntN(8) == 0 {
			at := begin.Add(between(p.luck, 0, field.Sub(begin)))
			for range 1 + p.luck.IntN(2) {
				p.jumps = append(p.jumps, jump{at, between(p.luck, -5*24*time.Hour, 5*24*time.Hour)})
				at = at.Add(between(p.luck, time.Hour, 20*time.Hour))
			}
			p.jumps = append(p.jumps, jump{at, 0}) // the network sets it
			for _, j := range p.jumps {
				p.set = append(p.set, j.at)
			}
		}
		w.phones = append(w.phones, p)
		openings := w.days(p, field, together)
		lives = append(lives, func() { p.live(openings) })
	}
	return lives
}

// days are the openings of a phone: few records on most, many on some.
func (w *world) days(p *phone, field time.Time, together bool) (out []*opening) {
	left := 1 + p.luck.IntN(3)/2
	if p.luck.IntN(250) == 0 {
		left = 40 + p.luck.IntN(120)
	}
	before := map[*worker]*fact{}
	for left > 0 {
		o := &opening{at: begin.Add(between(p.luck, time.Hour, field.Sub(begin))), who: p.workers[p.luck.IntN(len(p.workers))]}
		if together && p.luck.IntN(2) == 0 {
			o.at = begin.Add(20 * time.Hour).Add(between(p.luck, 0, time.Second)) // all are back in the town
		}
		at, last := o.at, before[o.who]
		for tasks := 1 + p.luck.IntN(left); tasks > 0 && left > 0; tasks-- {
			at = at.Add(between(p.luck, time.Second, 90*time.Second))
			t := &task{at: at}
			for range 1 + p.luck.IntN(1+min(left, 9)/3) {
				f := w.invent(p.luck, o.who, last)
				t.facts = append(t.facts, f)
				left--
			}
			o.tasks = append(o.tasks, t)
			last = t.facts[0]
		}
		before[o.who] = last
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b *opening) int { return a.at.Compare(b.at) })
	return out
}

// blind is until when a phone has no network.
func (w *world) blind(p *phone) time.Time {
	return begin.Add(time.Duration(p.n*7919%100) * w.heals.Sub(begin) / 250)
}

// fate is what happens to the server.
func (w *world) fate() {
	luck := w.dice("fate", 0)
	end := w.heals.Sub(begin)
	type deed struct {
		at time.Duration
		do func()
	}
	var deeds []deed
	for range luck.IntN(4) {
		deeds = append(deeds, deed{between(luck, 0, end), func() {
			if w.server != nil {
				w.crash(w.server.machine)
			}
		}})
	}
	if luck.IntN(2) == 0 {
		for range 1 + luck.IntN(2) {
			at := between(luck, 0, end)
			deeds = append(deeds, deed{at, w.backup}, deed{at + between(luck, 0, min(end-at, 9*24*time.Hour)), w.restore})
		}
	}
	slices.SortFunc(deeds, func(a, b deed) int { return cmp.Compare(a.at, b.at) })
	for _, d := range deeds {
		sleepUntil(begin.Add(d.at))
		d.do()
	}
}

// outcome is what a world tells.
type outcome struct {
	faults []string
	counts map[string]int
	print  string
}

// simulate runs a world to its end.
func simulate(t *testing.T, l *land, h hands, seed uint64, f flaw) (out outcome) {
	dir, err := os.MkdirTemp(memory(), "phonesim-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w := &world{
		seed: seed, flaw: f, land: l, hands: h, dir: dir, live: dir + "/life", counts: map[string]int{},
		enrolled: map[string][]*fact{}, log: arrivals{of: map[string][]arrival{}}, seen: map[string]bool{},
	}
	w.must(copyFiles(l.dir, w.live))
	if w.store, err = sqlite.Open(context.Background(), w.live, l.keys); err != nil {
		t.Fatal(err)
	}
	defer func() { w.store.Close() }()
	synctest.Test(t, func(t *testing.T) {
		w.boot(w.store)
		lives := w.build()
		w.pending.Go(w.fate)
		for _, live := range lives {
			w.pending.Go(live)
		}
		w.pending.Wait()
		w.counts["hours"] = int(now().Sub(begin).Hours())
	})
	w.check(t)
	return outcome{w.faults, w.counts, w.print()}
}

func (w *world) print() string {
	h := sha256.New()
	fmt.Fprintln(h, w.events.String())
	for _, p := range w.phones {
		fmt.Fprintln(h, p.events.String())
		for _, r := range p.outboxNow().all {
			fmt.Fprintln(h, r.id, r.seq, r.standing, r.answered)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// check compares what phones, server and an ideal world have.
func (w *world) check(t *testing.T) {
	there := map[string]journal.Stored{}
	w.must(w.store.View(t.Context(), func(tx store.Tx) error {
		return tx.Scan(func(st journal.Stored) error {
			if st.Device != "desk" {
				there[st.ID.String()] = st
			}
			return nil
		})
	}))
	byFact := map[int][]journal.Stored{}
	var ideal []saved
	known := map[string]bool{}
	for _, p := range w.phones {
		// What was saved is what the disk shows, and what it forgot in order.
		forgotten, seqs := map[string]int{}, map[string][]int64{}
		for _, s := range w.saved {
			if s.phone == p {
				seqs[s.record.worker] = append(seqs[s.record.worker], s.record.seq)
				if _, ok := p.disk.outbox[s.record.id]; !ok {
					forgotten[s.record.worker]++
				}
			}
		}
		for worker, n := range forgotten {
			if n > p.disk.forgotten[worker]+p.mendedBy(w, worker) {
				w.fail("%s: lost %d records of %s from its disk and knows of %d", p.device, n, worker, p.disk.forgotten[worker])
			}
		}
		for id, r := range p.disk.outbox {
			st, ok := there[id]
			known[id] = true
			f := w.facts[r.fact]
			switch {
			case r.isThere() && !ok:
				w.fail("%s: %s is said to be sent and is not on the server", p.device, id)
			case r.standing == sent || r.standing == held:
				ideal = append(ideal, saved{p, f, r})
				byFact[r.fact] = append(byFact[r.fact], st)
			case r.isRefused() && (ok || !f.bad):
				w.fail("%s: %s is said to be refused; bad: %v, on the server: %v", p.device, id, f.bad, ok)
			case r.isClosed() && (ok || !f.bad):
				w.fail("%s: %s was mended or set aside; bad: %v, on the server: %v", p.device, id, f.bad, ok)
			case r.standing == waiting || r.standing == apart:
				w.fail("%s: %s is %s at the end; on the server: %v", p.device, id, r.standing, ok)
			}
		}
		for worker, all := range seqs {
			slices.Sort(all)
			for i, seq := range all {
				if seq != int64(i+1) {
					w.fail("%s: the numbers of %s are %v", p.device, worker, all)
					break
				}
			}
		}
	}
	for _, s := range w.saved {
		if known[s.record.id] {
			continue
		}
		known[s.record.id] = true
		if st, ok := there[s.record.id]; ok {
			ideal = append(ideal, s)
			byFact[s.fact.n] = append(byFact[s.fact.n], st)
		} else if !s.fact.bad {
			w.fail("%s: %s was saved, is on the phone no more, and not on the server", s.phone.device, s.record.id)
		}
	}
	for id := range there {
		if !known[id] {
			w.fail("%s is on the server and on no phone", id)
		}
	}
	for n, all := range byFact {
		if len(all) > 1 {
			w.fail("fact %d is on the server %d times", n, len(all))
		}
	}
	w.counts["kept"] = len(there)
	w.checkReceipts(t, there, ideal)
	if diff := storetest.Verify(t, w.store); len(diff) > 0 {
		w.fail("verify: %v", diff)
	}
	w.compare(t, there, ideal)
}

// mendedBy counts the refused records that were mended and then forgotten,
// which the phone does not count.
func (p *phone) mendedBy(w *world, worker string) (n int) {
	for _, s := range w.saved {
		if s.phone == p && s.record.worker == worker && s.fact.bad {
			n++
		}
	}
	return n
}

// checkTime holds the server to the day of a fact, or to saying that nobody can
// tell it, as long as the phone's clock was set once at most between what it had
// heard and its sending.
func (w *world) checkTime(s saved, st journal.Stored, took time.Duration) {
	since := begin.AddDate(-1, 0, 0)
	if st.Clock != nil {
		since = st.Clock.Heard
	}
	set := 0
	for _, at := range s.phone.set {
		if at.After(since) && !at.After(st.Received.At) {
			set++
		}
	}
	off := (st.Recorded().Sub(s.fact.at) - took).Abs()
	switch {
	case set == 0 && off <= time.Minute && (!st.Unsure() || took > 4*time.Minute): // a late request looks like a clock that was set
	case set == 1 && (off <= time.Minute || st.Unsure() || journal.DayOf(st.Recorded()) == journal.DayOf(s.fact.at)):
		w.count("records around a clock that was set")
	case set > 1, set == 1 && st.Clock == nil: // nobody can know
	default:
		w.fail("%s: %s was recorded at %v, the server says %v (unsure: %t) by %+v and %+v", s.phone.device, s.record.id, s.fact.at, st.Recorded(), st.Unsure(), st.Clock, st.Received)
	}
}

// checkReceipts holds when things happened to the truth: what the server
// measured of a phone's clock is what it was when a request arrived.
func (w *world) checkReceipts(t *testing.T, there map[string]journal.Stored, ideal []saved) {
	for _, s := range ideal {
		st := there[s.record.id]
		i := slices.IndexFunc(w.log.of[s.record.id], func(a arrival) bool {
			// It may have waited for its turn after it arrived.
			waited := st.Received.At.Sub(a.at)
			return waited > -time.Millisecond && waited < time.Minute &&
				a.stamp.Add(time.Duration(st.Received.OffsetMS)*time.Millisecond).Sub(st.Received.At).Abs() < 3*time.Millisecond
		})
		if i < 0 {
			w.fail("%s: no request explains the receipt %+v of %s", s.phone.device, st.Received, s.record.id)
			continue
		}
		a := w.log.of[s.record.id][i]
		w.checkTime(s, st, a.took)
	}
	err := w.store.View(t.Context(), func(tx store.Tx) error {
		in := fieldsync.NewIntake(w.store, outreach.Schema(), func() time.Time { return begin })
		for _, p := range w.phones {
			for _, who := range p.workers {
				got, err := in.ReceiptOf(tx, access.Actor{User: access.User{ID: who.id}, Device: p.device})
				if err != nil {
					return err
				}
				want, last, missing := p.disk.forgotten[who.id], int64(0), int64(0)
				for _, r := range p.disk.outbox {
					if r.worker == who.id && r.isThere() {
						want++
						last = max(last, r.seq)
					}
				}
				for _, gap := range got.Missing {
					missing += gap[1] - gap[0] + 1
				}
				if got.Entries != want || got.Last < last || got.Entries+int(missing) != int(got.Last) {
					w.fail("%s: the receipt of %s says %+v, the phone has %d up to %d", p.device, who.id, got, want, last)
				}
			}
		}
		return nil
	})
	w.must(err)
}

// compare counts an ideal world, in which everything that stands is put in at
// once in the order in which it was recorded, and finds the same figures.
func (w *world) compare(t *testing.T, there map[string]journal.Stored, ideal []saved) {
	slices.SortFunc(ideal, func(a, b saved) int {
		return cmp.Or(a.fact.at.Compare(b.fact.at), cmp.Compare(a.record.seq, b.record.seq))
	})
	dir := w.dir + "/ideal"
	w.must(copyFiles(w.land.dir, dir))
	s, err := sqlite.Open(t.Context(), dir, w.land.keys)
	w.must(err)
	defer s.Close()
	var lines bytes.Buffer
	for _, one := range ideal {
		if st, ok := there[one.record.id]; ok {
			_, _ = io.Copy(&lines, lineOf(one.record.text, st.Received))
		}
	}
	in := fieldsync.NewIntake(s, outreach.Schema(), now)
	n := 0
	w.must(in.ImportEntries(t.Context(), &lines, "ideal", func(o fieldsync.LineOutcome) {
		if o.Status != journal.Accepted {
			w.fail("ideal: line %d is %s: %v", o.Line, o.Status, o.Refusal)
		}
		n++
	}))
	hashes := func(s store.Store) map[journal.ID][32]byte {
		out := map[journal.ID][32]byte{}
		w.must(s.View(t.Context(), func(tx store.Tx) error {
			return tx.Scan(func(st journal.Stored) error { out[st.ID] = st.Hash(); return nil })
		}))
		return out
	}
	if !maps.Equal(hashes(w.store), hashes(s)) {
		w.fail("the server's entries are not those of the ideal world")
	}
	if got, want := w.sheet(t, w.store), w.sheet(t, s); !slices.Equal(got, want) {
		w.fail("figures: %v, ideal: %v", got, want)
	}
}

func (w *world) sheet(t *testing.T, s store.Store) (out []tally.Figure) {
	w.must(s.View(t.Context(), func(tx store.Tx) error {
		sheet, err := tx.Sheet(tally.Query{Dim: "*"})
		out = sheet
		return err
	}))
	slices.SortFunc(out, func(a, b tally.Figure) int { return a.Key.Compare(b.Key) })
	return out
}

// lineOf is a line of an export.
func lineOf(text string, r journal.Receipt) io.Reader {
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return strings.NewReader(`{"entry":` + text + `,"received":` + string(raw) + "}\n")
}

// memory is a folder in memory, where there is one: a disk is not what is
// tried here.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

var officeNames = []string{"a", "b", "c", "d", "e", "f", "g", "h"}

func letter(n int) string { return string(rune('a' + n)) }

func name(what string, n, more int) string {
	return what + fmt.Sprintf("%03d", n) + strings.Repeat("x", more)
}

var zippers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

func TestWorlds(t *testing.T) {
	l := newLand(t)
	var next atomic.Uint64
	next.Store(*firstSeed)
	last := *firstSeed + uint64(*worlds)
	var mu sync.Mutex
	total := map[string]int{}
	t.Run("of 200 phones", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				h := newHands(t)
				for seed := next.Add(1) - 1; seed < last; seed = next.Add(1) - 1 {
					out := simulate(t, l, h, seed, "")
					for _, f := range out.faults {
						t.Errorf("seed %d: %s", seed, f)
					}
					if len(out.faults) > 0 {
						t.Errorf("again: go test ./fieldsync/phonesim -run TestWorlds -seed %d -worlds 1", seed)
					}
					mu.Lock()
					for what, n := range out.counts {
						total[what] += n
					}
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%d worlds: %v", *worlds, total)
}

// TestASeedDecidesAll runs a world twice.
func TestASeedDecidesAll(t *testing.T) {
	l, h := newLand(t), newHands(t)
	for seed := *firstSeed; seed < *firstSeed+2; seed++ {
		a, b := simulate(t, l, h, seed, ""), simulate(t, l, h, seed, "")
		if a.print != b.print || !maps.Equal(a.counts, b.counts) {
			t.Errorf("seed %d: %s %v, then %s %v", seed, a.print, a.counts, b.print, b.counts)
		}
	}
}
