package phonesim

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/policy/national"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/vault"
	"caunoi/web"
)

// The server is the real one: its HTTP handler over the real intake over a
// SQLite file. What is simulated is the machine under it, which takes time to
// commit, dies, and is restored from older copies.
//
// SQLite works inside a bubble of synctest: its calls are system calls, during
// which the bubble's clock stands still. Two things do not. A store watches its
// file by a ticker, which in a bubble would fire millions of times in the days
// that are simulated; so stores are opened and closed outside, by hands. And
// nobody may sleep while holding a mutex, since waiting for one does not count
// as being blocked: the clock would never move again. So commits take their
// time outside the store, behind a channel (machine.Update).

// hands opens and closes stores outside the bubbles. It and its channels are
// made there, since a channel made in a bubble is for that bubble alone.
type hands struct {
	work chan func()
	done chan struct{}
}

func newHands(t testing.TB) hands {
	h := hands{make(chan func()), make(chan struct{})}
	go func() {
		for f := range h.work {
			f()
			h.done <- struct{}{}
		}
	}()
	t.Cleanup(func() { close(h.work) })
	return h
}

func (h hands) do(f func()) {
	h.work <- f
	<-h.done
}

// errDead is what a process gets from a machine that lost its power.
var errDead = errors.New("the machine is dead")

// machine is the store as one life of the server's process has it.
type machine struct {
	store.Store
	world *world
	turn  chan struct{} // a place for who writes; waiting for it lets time pass
	dead  bool
	luck  *rand.Rand
}

func (m *machine) View(ctx context.Context, f func(store.Tx) error) error {
	if m.dead {
		return errDead
	}
	return m.Store.View(ctx, f)
}

// Update commits after a while, and lets the machine die before, in the middle
// and after it.
func (m *machine) Update(ctx context.Context, f func(store.Tx) error) error {
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	time.Sleep(between(m.luck, time.Millisecond, 40*time.Millisecond))
	if m.dead {
		return errDead
	}
	death := m.luck.Float64() / max(m.world.crashes, 1e-9)
	if death < 0.5 {
		err := m.Store.Update(ctx, func(tx store.Tx) error { return errors.Join(f(tx), errDead) })
		if m.world.flaw == acksBeforeCommit {
			time.AfterFunc(time.Minute, func() { m.world.crash(m) })
			return nil
		}
		m.world.crash(m)
		return err
	}
	err := m.Store.Update(ctx, f)
	if err == nil && death < 1 {
		m.world.crash(m)
		return errDead
	}
	time.Sleep(between(m.luck, time.Millisecond, 20*time.Millisecond))
	if m.dead {
		return errDead
	}
	return err
}

// server is what answers at the address, as long as there is power.
type server struct {
	machine *machine
	web     *web.Server
}

func (w *world) boot(s store.Store) {
	m := &machine{Store: s, world: w, turn: make(chan struct{}, 1), luck: w.dice("machine", w.lives)}
	w.lives++
	w.server = &server{machine: m, web: web.New(web.Config{
		Store: m, Intake: fieldsync.NewIntake(m, outreach.Schema(), now), Access: signIn,
		Policy: national.Parameters(), Now: now, PublicURL: "http://caunoi.test",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})}
}

// crash takes the power away, for some minutes.
func (w *world) crash(m *machine) {
	if m.dead {
		return
	}
	m.dead = true
	w.note("server dies")
	w.server = nil
	w.count("server crashes")
	down := between(m.luck, 5*time.Second, 10*time.Minute)
	w.pending.Go(func() {
		time.Sleep(down)
		w.note("server boots")
		w.boot(m.Store)
	})
}

// backup copies the files while nobody writes.
func (w *world) backup() {
	if w.server == nil {
		return
	}
	m := w.server.machine
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	if m.dead {
		return
	}
	w.copies++
	w.copy = filepath.Join(w.dir, "copy-"+letter(w.copies))
	w.must(copyFiles(w.live, w.copy))
	w.note("backup")
	w.count("backups")
}

// restore has the last copy take the place of the data, and begin a new life.
func (w *world) restore() {
	if w.copy == "" || w.server == nil {
		return
	}
	m := w.server.machine
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	if m.dead {
		return
	}
	m.dead = true
	w.server = nil
	w.copies++
	w.live = filepath.Join(w.dir, "life-"+letter(w.copies))
	w.must(copyFiles(w.copy, w.live))
	w.hands.do(func() {
		w.must(m.Store.Close())
		s, err := sqlite.Open(context.Background(), w.live, w.land.keys)
		w.must(err)
		w.must(s.Update(context.Background(), store.Tx.Renew))
		w.store = s
	})
	w.note("server is restored")
	w.count("restores")
	w.boot(w.store)
}

func copyFiles(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range []string{sqlite.File, sqlite.File + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), raw, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Phones keep calling for weeks: noting each call would double the commits.
var signIn = access.Config{Idle: 10 * 365 * 24 * time.Hour}

// The bubble's clock begins in 2000; the campaign is in 2025.
var shift = begin.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))

// begin is when worlds begin.
var begin = time.Date(2025, 11, 3, 0, 0, 0, 0, journal.Zone).UTC()

// now is the true time, and the server's.
func now() time.Time { return time.Now().Add(shift) }

// land is what all worlds have in common: a plan, its workers with their
// phones, and an empty server that knows them.
type land struct {
	dir     string // of the empty server's files
	keys    *vault.Keys
	workers []worker
	posts   []journal.ID // activities, by office
}

type worker struct {
	id, office, commune, device, token string
}

const (
	phones  = 200
	offices = 8
	// Every sharers-th phone has two workers.
	sharers = 20
)

func newLand(t testing.TB) *land {
	t.Helper()
	l := &land{dir: t.TempDir(), keys: vault.New()}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(t.Context(), l.dir, l.keys)
	must(err)
	in := fieldsync.NewIntake(s, outreach.Schema(), func() time.Time { return begin })
	items := []campaign.Item{
		{Office: &campaign.Office{ID: "p", Kind: campaign.Province, Name: "Tỉnh mô phỏng"}},
		{Campaign: &campaign.Campaign{
			ID: "c", Kind: campaign.Festival, Name: campaign.Name{"vi": "Đợt mô phỏng"}, Province: "p",
			Start: journal.DayOf(begin), End: journal.DayOf(begin).Add(29), Synthetic: true,
		}},
	}
	for o := range offices {
		office := letter(o)
		items = append(items, campaign.Item{Office: &campaign.Office{ID: office, Parent: "p", Kind: campaign.GrassRoots, Name: "Cơ sở " + office}})
		for _, code := range communesOf(o) {
			items = append(items, campaign.Item{Commune: &campaign.Commune{Code: code, Name: "Xã " + code, Type: "xã", Office: office, Lat: 22, Lon: 104}})
		}
		items = append(items, campaign.Item{Campaigner: &campaign.Campaigner{ID: "lead-" + office, Name: "Mô phỏng", Office: office, Lead: true}})
	}
	add := func(phone, nth int) {
		o := phone % offices
		w := worker{id: name("w", phone, nth), office: letter(o), commune: communesOf(o)[phone/offices%2], device: name("phone", phone, 0)}
		l.workers = append(l.workers, w)
		items = append(items, campaign.Item{Campaigner: &campaign.Campaigner{ID: w.id, Name: "Mô phỏng " + w.id, Office: w.office}})
	}
	for i := range phones {
		add(i, 0)
	}
	for i := 0; i < phones; i += sharers {
		add(i, 1)
	}
	must(in.PutPlan(t.Context(), items))
	for o := range offices {
		start := begin.Add(30 * time.Hour)
		id := journal.NewID()
		st := entry{
			ID: id.String(), Kind: "activity_planned", V: 1, Campaign: "c", Office: letter(o), Commune: communesOf(o)[0],
			Author: "lead-" + letter(o), Device: "desk", Seq: 1, DeviceTime: iso(begin),
			Body: map[string]any{"activity_kind": "small_group", "place": "Nhà văn hoá", "start": iso(start), "end": iso(start.Add(3 * time.Hour)), "lead": "lead-" + letter(o)},
		}
		l.posts = append(l.posts, id)
		must(in.ImportEntries(t.Context(), lineOf(st.text(), journal.Receipt{At: begin, By: "desk"}), "desk", func(o fieldsync.LineOutcome) {
			if o.Status != journal.Accepted {
				t.Fatal(o.Refusal)
			}
		}))
	}
	must(s.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		for i := range l.workers {
			w := &l.workers[i]
			u := access.User{ID: w.id, Name: "Mô phỏng " + w.id, Role: access.Campaigner, Office: w.office}
			if err := access.SaveUser(tx, access.Terminal(), plan, u, begin.Add(-time.Hour)); err != nil {
				return err
			}
			in, err := signIn.AddPhone(tx, access.Actor{User: u}, w.device, begin)
			if err != nil {
				return err
			}
			w.token = in.Token
		}
		return nil
	}))
	must(s.Close())
	return l
}

func communesOf(office int) []string {
	return []string{name("", 100+2*office, 0), name("", 101+2*office, 0)}
}
