package phonesim

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// The life of a phone in a world: when its workers open it, what they record,
// what its clock says, and what becomes of its requests.

// opening is a time at which a worker unlocks the phone and does things.
type opening struct {
	at    time.Time
	who   *worker
	tasks []*task
}

// task is one thing that a worker does.
type task struct {
	at    time.Time
	facts []*fact // those to record at once, for "many doors"
	mends string  // the record in whose place
	again string  // the record to send as it is
	aside string  // the record to send no more
}

// fact is something that happened and is recorded once, whatever it takes.
type fact struct {
	n     int
	at    time.Time // true time of recording
	who   *worker
	entry entry // but for id, number and time
	bad   bool  // the server refuses it
	id    string
	// of is the fact that this one corrects, withdraws or moves on; where it is
	// needed and not known before, moves picks a colleague's enrolment.
	of    *fact
	moves bool
}

// entry is one as the phone writes it.
type entry struct {
	Kind       string         `json:"kind"`
	Campaign   string         `json:"campaign"`
	Commune    string         `json:"commune"`
	Activity   string         `json:"activity,omitempty"`
	Supersedes string         `json:"supersedes,omitempty"`
	Withdrawn  string         `json:"withdrawn,omitempty"`
	HappenedAt string         `json:"happened_at,omitempty"`
	Body       map[string]any `json:"body,omitempty"`
	Person     *person        `json:"person,omitempty"`
	ID         string         `json:"id"`
	V          int            `json:"v"`
	Office     string         `json:"office"`
	Author     string         `json:"author"`
	Device     string         `json:"device"`
	Seq        int64          `json:"seq"`
	DeviceTime string         `json:"device_time"`
	Clock      *clock         `json:"clock,omitempty"`
}

type person struct {
	Name    string `json:"name"`
	Citizen string `json:"citizen,omitempty"`
	Commune string `json:"commune"`
	Salt    string `json:"salt"`
}

func (e entry) text() string {
	raw, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// phone is one phone: what it holds, and the process that runs on it.
type phone struct {
	w       *world
	n       int
	device  string
	workers []*worker
	luck    *rand.Rand
	disk    *disk
	events  fingerprint

	skew   time.Duration // of its clock
	jumps  []jump
	set    []time.Time // when its clock was, and will be
	narrow int         // bytes above which something on the way refuses a request; 0: none
	strict bool        // something on the way refuses packed requests
	zips   bool        // its browser can pack
	loss   float64
	healed bool

	outbox  *outbox
	courier *courier
	open    *opening
	more    bool // something was recorded while the courier was out
	// compared: the last exchange came to its end; quiet: and left nothing to do.
	compared, quiet bool
}

type jump struct {
	at   time.Time
	skew time.Duration
}

// clock is what the phone takes for the time.
func (p *phone) clock() time.Time {
	for len(p.jumps) > 0 && !now().Before(p.jumps[0].at) {
		p.skew, p.jumps = p.jumps[0].skew, p.jumps[1:]
	}
	return now().Add(p.skew)
}

// Of UUIDs, RFC 9562, section 5.7.
func (p *phone) newID() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(p.clock().UnixMilli())<<16)
	binary.BigEndian.PutUint64(id[8:], p.luck.Uint64())
	id[6] = 0x70 | byte(p.luck.IntN(16))
	id[7] = byte(p.luck.IntN(256))
	id[8] = 0x80 | id[8]&0x3f
	return id.String()
}

// durably writes to the disk, unless the phone dies before; it may die after.
func (p *phone) durably(change func()) error {
	death := p.luck.Float64() / max(p.dying(), 1e-9)
	if death < 0.5 {
		p.note("dies before writing")
		return errDied
	}
	change()
	if death < 1 {
		p.note("dies after writing")
		return errDied
	}
	return nil
}

func (p *phone) dying() float64 {
	if p.healed {
		return 0
	}
	return p.w.crashes
}

func (p *phone) note(what string) { p.events.add(now(), what) }

// live is the phone's whole time.
func (p *phone) live(openings []*opening) {
	for _, o := range openings {
		sleepUntil(o.at)
		p.use(o)
	}
	sleepUntil(p.w.heals.Add(between(p.luck, 0, time.Hour)))
	p.healed = true
	for range hoursToEnd {
		quiet := true
		for _, who := range p.workers {
			o := &opening{at: now(), who: who}
			for _, r := range p.outboxNow().that(refused, who.id) {
				if t := p.mend(r); t != nil {
					o.tasks = append(o.tasks, t)
				}
			}
			p.use(o)
			quiet = quiet && p.quiet
		}
		if quiet && len(p.outboxNow().that(waiting, "")) == 0 {
			return
		}
		time.Sleep(between(p.luck, 50*time.Minute, time.Hour))
	}
	p.w.fail("%s: %d records still wait %d hours after the network healed", p.device, len(p.outboxNow().that(waiting, "")), hoursToEnd)
}

func (p *phone) outboxNow() *outbox { return openOutbox(p.disk, p.durably, p.w.flaw) }

// use is one opening, however often the phone dies in it.
func (p *phone) use(o *opening) {
	p.open = o
	for p.process() != nil {
		p.w.count("phone crashes")
		time.Sleep(between(p.luck, 5*time.Second, 2*time.Minute))
	}
}

// process is the app from its start to its lock.
func (p *phone) process() error {
	p.outbox = p.outboxNow()
	p.outbox.saved = func(r record) { p.w.recorded(p, p.w.facts[r.fact], r) }
	p.courier = &courier{outbox: p.outbox, batch: firstBatch, zipped: p.zips}
	const idle, longest = 5 * time.Minute, 5 * time.Minute
	touched, again, wait := now(), now(), 2*time.Second
	for {
		next, lock := p.open.next(), touched.Add(idle)
		switch {
		case !next.IsZero() && (again.IsZero() || !next.After(again)):
			sleepUntil(next)
			touched = now()
			if err := p.act(); err != nil {
				return err
			}
			again = now()
		case !again.IsZero() && again.Before(lock):
			sleepUntil(again)
			p.more = false
			e, err := p.exchange()
			if err != nil {
				return err
			}
			p.note("exchange: " + e.why)
			p.quiet = p.compared && !p.more
			again = time.Time{}
			if e == done {
				wait = 2 * time.Second
				if p.more {
					again = now()
				}
			}
			if e.why == "busy" {
				wait = e.wait
			}
			if e.why == "busy" || e.why == "unreached" {
				again = now().Add(time.Duration(float64(wait) * (1 + p.luck.Float64()/2)))
				wait = min(longest, 2*wait)
			}
		default:
			return nil // it locks itself when nobody touches it
		}
	}
}

// next is when the worker does something next; zero for never.
func (o *opening) next() time.Time {
	if len(o.tasks) == 0 {
		return time.Time{}
	}
	return o.tasks[0].at
}

// act does the next task.
func (p *phone) act() error {
	t := p.open.tasks[0]
	err := p.do(t)
	if errors.Is(err, errDied) {
		return err
	}
	if err != nil && !errors.Is(err, errNotRefused) {
		p.w.fail("%s: %v", p.device, err)
	}
	p.more = true
	p.open.tasks = p.open.tasks[1:]
	return nil
}

func (p *phone) do(t *task) error {
	if t.again != "" {
		return p.outbox.again(t.again)
	}
	if t.aside != "" {
		return p.outbox.setAside(t.aside)
	}
	for _, f := range t.facts {
		if all := p.w.enrolled[f.who.office]; f.moves && len(all) > 0 {
			f.of = all[p.luck.IntN(len(all))]
		}
		if f.moves && f.of == nil || f.of != nil && f.of.id == "" {
			return nil // it was not recorded after all
		}
	}
	// Who was interrupted looks first whether the list shows it already.
	for _, r := range p.outbox.all {
		if r.fact == t.facts[0].n {
			return nil
		}
	}
	drafts := make([]draft, len(t.facts))
	at, stamp, known := now(), iso(p.clock()), p.outbox.clock()
	for i, f := range t.facts {
		f.at = at
		drafts[i] = draft{fact: f.n, make: func(seq int64) (string, string) {
			e := f.entry
			switch {
			case f.moves:
				e.Body = map[string]any{"enrolment": f.of.id, "stage": f.entry.Body["stage"]}
			case f.of != nil:
				e.Supersedes = f.of.id
			}
			e.ID, e.V, e.Office, e.Author, e.Device, e.Seq, e.DeviceTime = p.newID(), 1, f.who.office, f.who.id, p.device, seq, stamp
			e.Clock = known
			return e.ID, e.text()
		}}
	}
	records, err := p.outbox.saveAll(p.open.who.id, stamp, drafts, t.mends)
	if err != nil {
		return err
	}
	for _, r := range records {
		p.note("saves " + r.text)
	}
	return nil
}

// exchange brings what waits, then compares what phone and server count. What
// the app pulls in between changes no record; of a bad network it says that the
// app does not always come so far.
func (p *phone) exchange() (end, error) {
	p.compared = false
	d := way{p, p.open.who}
	e, err := p.courier.run(p.open.who.id, p.device, d)
	if err != nil || e != done {
		return e, err
	}
	if !p.healed && p.luck.IntN(2) == 0 {
		return unreached, nil
	}
	r, err := d.ask("GET", "/api/v1/sync/receipt", nil, nil, false)
	if errors.Is(err, errDied) {
		return e, err
	}
	var told struct {
		Epoch   string `json:"epoch"`
		Entries *int   `json:"entries"`
		Now     string `json:"now"`
	}
	if err != nil || r.status != 200 || json.Unmarshal(r.body, &told) != nil || told.Entries == nil {
		return done, nil // compared another time
	}
	before := len(p.outbox.that(waiting, p.open.who.id))
	if err := p.outbox.settle(nil, told.Epoch, p.outbox.hear(told.Now, p.clock())); err != nil {
		return e, err
	}
	if len(p.outbox.that(waiting, p.open.who.id)) > before {
		p.more = true
	}
	p.compared = true
	at, err := http.ParseTime(r.date)
	if err != nil {
		return done, nil
	}
	if p.outbox.flaw == tidiesEarly {
		at = p.clock()
	}
	return done, p.outbox.tidy(at)
}

// way is the door of a worker.
type way struct {
	*phone
	who *worker
}

func (d way) now() time.Time { return d.clock() }

func (d way) push(batch []record, body []byte, zipped bool) (response, error) {
	return d.ask("POST", "/api/v1/sync/push", batch, body, zipped)
}

// ask sends a request and waits for what comes back, while the worker goes on.
func (d way) ask(method, path string, batch []record, body []byte, zipped bool) (response, error) {
	p := d.phone
	s := sending{method: method, path: path, token: d.who.token, body: body, zipped: zipped, stamp: p.clock(), sentAt: now()}
	for _, r := range batch {
		s.ids = append(s.ids, r.id)
	}
	ch := p.w.send(s, p.fate(s))
	patience := time.NewTimer(time.Minute + time.Duration(len(body)*2)*time.Millisecond)
	defer patience.Stop()
	var death <-chan time.Time
	if p.luck.Float64() < p.dying() {
		death = time.After(between(p.luck, time.Millisecond, 2*time.Second))
	}
	for {
		var acting <-chan time.Time
		if next := p.open.next(); !next.IsZero() {
			acting = time.After(max(0, next.Sub(now())))
		}
		select {
		case a := <-ch:
			return a.response, a.err
		case <-patience.C:
			return response{}, errCut
		case <-death:
			p.note("dies while waiting")
			return response{}, errDied
		case <-acting:
			if err := p.act(); err != nil {
				return response{}, err
			}
		}
	}
}

// fate is what becomes of a request.
func (p *phone) fate(s sending) fate {
	f := fate{out: between(p.luck, 5*time.Millisecond, 800*time.Millisecond), back: between(p.luck, 5*time.Millisecond, 800*time.Millisecond)}
	if p.strict && s.zipped {
		f.instead = &response{status: 400, body: []byte("<html>Bad Request</html>")}
		return f
	}
	if p.narrow > 0 && len(s.ids) > 1 && len(s.body) > p.narrow {
		f.instead = &response{status: 413, ours: true, body: []byte(`{"code":"body.too_large"}`)}
		return f
	}
	if p.healed {
		return f
	}
	if now().Before(p.w.blind(p)) {
		f.lost, f.out = true, between(p.luck, time.Millisecond, 100*time.Millisecond)
		return f
	}
	f.silent = p.luck.IntN(4) == 0
	luck := p.luck.Float64() / max(p.loss, 1e-9)
	switch {
	case luck < 0.25:
		f.lost = true
	case luck < 0.30:
		f.instead = &response{status: 200, body: []byte("<html>Đăng nhập Wi-Fi</html>")}
	case luck < 0.33:
		f.instead = &response{status: 200, body: []byte(`{"ok":true,"results":[]}`)}
	case luck < 0.37:
		f.instead = &response{status: 502, body: []byte("Bad gateway")}
	case luck < 0.40:
		f.instead = &response{status: 403, body: []byte("<html>Chặn</html>")}
	case luck < 0.43:
		f.instead = &response{status: 503, ours: true, after: "7", body: []byte(`{"code":"sync.busy"}`)}
	case luck < 0.45:
		f.instead = &response{status: 429, ours: true, body: []byte(`{"code":"request.pace"}`)}
	case luck < 0.60:
		f.muted = true
	case luck < 0.64:
		f.torn = true
	case luck < 0.68:
		f.back = between(p.luck, time.Minute, 10*time.Minute) // after the phone gave up
	case luck < 0.72:
		f.out = between(p.luck, 10*time.Second, 5*time.Minute) // others overtake it
	}
	if p.luck.Float64() < 0.15*p.loss {
		for range 1 + p.luck.IntN(2) {
			f.twins = append(f.twins, between(p.luck, 0, time.Second))
			if p.luck.IntN(3) == 0 {
				f.twins = append(f.twins, between(p.luck, time.Hour, 40*time.Hour)) // much later
			}
		}
	}
	return f
}

// mend is what the worker does about a refused record; nil for nothing.
func (p *phone) mend(r record) *task {
	f := p.w.facts[r.fact]
	at := now().Add(between(p.luck, 5*time.Second, time.Minute))
	switch luck := p.luck.IntN(10); {
	case luck < 2:
		return nil // it is looked at some other time
	case luck < 4:
		return &task{at: at, again: r.id}
	case luck < 5:
		return &task{at: at, aside: r.id}
	}
	g := p.w.newFact(f.who, f.entry)
	// It happened when the refused one was recorded.
	var before entry
	p.w.must(json.Unmarshal([]byte(r.text), &before))
	recorded, err := time.Parse(time.RFC3339, before.DeviceTime)
	p.w.must(err)
	g.entry.HappenedAt = iso(recorded.Add(r.offset))
	g.entry.Body = map[string]any{"outcome": "promised"}
	return &task{at: at, facts: []*fact{g}, mends: r.id}
}

func sleepUntil(t time.Time) { time.Sleep(t.Sub(now())) }

func between(luck *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(luck.Int64N(int64(to-from)))
}
