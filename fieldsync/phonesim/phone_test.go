package phonesim

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"caunoi/journal"
)

// The model of the phone: what ui/field/store/outbox.svelte.ts, sync/courier.ts
// and sync/settle.ts do, step by step, in the words used there. The traces of
// those, which replay_test.go plays, hold it to them.

type standing string

const (
	waiting  standing = "waiting"
	sent     standing = "sent"
	held     standing = "held"
	refused  standing = "refused"
	conflict standing = "conflict"
	apart    standing = "apart"
	mended   standing = "mended"
	aside    standing = "aside"
)

// record is a Kept of ui/field/store/db.ts.
type record struct {
	id       string
	worker   string
	seq      int64
	saved    string // the phone's clock
	text     string // of the entry
	standing standing
	answered string        // the server's clock
	offset   time.Duration // the server's clock less the phone's at that answer
	closed   string        // the server's clock when it was first seen to be mended or set aside
	fact     int           // which fact the worker sees in it
}

func (r record) isRefused() bool { return r.standing == refused || r.standing == conflict }

func (r record) isThere() bool {
	return r.standing == sent || r.standing == held || r.standing == apart
}

func (r record) isClosed() bool { return r.standing == mended || r.standing == aside }

// disk is what of a phone survives when it dies.
type disk struct {
	outbox    map[string]record
	seq       map[string]int64
	forgotten map[string]int
	epoch     string
	heard     *heard
}

// heard is what the server's clock said when the phone last heard it.
type heard struct {
	server string
	offset time.Duration // less the phone's
	at     time.Time     // by the clock of run, which nobody sets
	run    *outbox
}

// clock is what an entry says of it.
type clock struct {
	Heard    string `json:"heard"`
	OffsetMS int64  `json:"offset_ms"`
	SinceMS  int64  `json:"since_ms,omitempty"`
}

func (o *outbox) clock() *clock {
	h := o.disk.heard
	if h == nil {
		return nil
	}
	c := &clock{Heard: h.server, OffsetMS: h.offset.Milliseconds()}
	if h.run == o {
		c.SinceMS = now().Sub(h.at).Milliseconds()
	}
	return c
}

// hear is what an answer says of the server's clock; device is the phone's.
func (o *outbox) hear(server string, device time.Time) *heard {
	t, err := time.Parse(time.RFC3339, server)
	if err != nil {
		return nil
	}
	if o.flaw == hearsItself {
		t = device
	}
	return &heard{iso(t), t.Sub(device), now(), o}
}

func newDisk() *disk {
	return &disk{outbox: map[string]record{}, seq: map[string]int64{}, forgotten: map[string]int{}}
}

// daysKept is for how long a record that the server has stays on the phone.
const daysKept = 14

// flaw is what a twin of the phone, or of the server, does wrong.
type flaw string

// outbox is the records of a phone, in memory as on its disk.
type outbox struct {
	disk *disk
	all  []record // by when they were saved, then by number
	// durably runs a transaction; an error is the end of the process.
	durably func(change func()) error
	flaw    flaw
	saved   func(record)     // told of each record in the transaction that writes it
	begun   map[string]int64 // numbers as this process counts them, for a twin
}

func openOutbox(d *disk, durably func(func()) error, f flaw) *outbox {
	o := &outbox{disk: d, durably: durably, flaw: f, saved: func(record) {}, begun: map[string]int64{}}
	for _, r := range d.outbox {
		o.all = append(o.all, r)
	}
	slices.SortFunc(o.all, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.saved, b.saved), cmp.Compare(a.seq, b.seq), cmp.Compare(a.id, b.id))
	})
	return o
}

func (o *outbox) put(r record) {
	i := slices.IndexFunc(o.all, func(had record) bool { return had.id == r.id })
	if i < 0 {
		o.all = append(o.all, r)
	} else {
		o.all[i] = r
	}
}

func (o *outbox) that(s standing, worker string) (out []record) {
	for _, r := range o.all {
		if r.standing == s && (worker == "" || r.worker == worker) {
			out = append(out, r)
		}
	}
	return out
}

// draft is a fact to record: make gives its entry when its number is known.
type draft struct {
	fact int
	make func(seq int64) (id, text string)
}

var errNotRefused = errors.New("the record is refused no more")

// saveAll records facts, all or none, in the place of a refused record where
// one is named.
func (o *outbox) saveAll(worker, now string, drafts []draft, mends string) ([]record, error) {
	before := o.disk.seq[worker]
	if o.flaw == renumbers {
		before = o.begun[worker]
	}
	var records []record
	for i, d := range drafts {
		seq := before + 1 + int64(i)
		id, text := d.make(seq)
		records = append(records, record{id: id, worker: worker, seq: seq, saved: now, text: text, standing: waiting, fact: d.fact})
	}
	made := records
	if mends != "" {
		old, ok := o.disk.outbox[mends]
		if !ok || !old.isRefused() {
			return nil, errNotRefused
		}
		old.standing = mended
		records = append(slices.Clone(records), old)
	}
	write := func() {
		o.disk.seq[worker] = before + int64(len(drafts))
		for _, r := range records {
			o.disk.outbox[r.id] = r
		}
		for _, r := range made {
			o.saved(r)
		}
	}
	if o.flaw == numbersFirst {
		// The number and the record in two transactions.
		if err := o.durably(func() { o.disk.seq[worker] = before + int64(len(drafts)) }); err != nil {
			return nil, err
		}
	}
	if err := o.durably(write); err != nil {
		return nil, err
	}
	o.begun[worker] = before + int64(len(drafts))
	for _, r := range records {
		o.put(r)
	}
	return made, nil
}

// settle writes what became of records. An answer from another epoch than the
// one before has all that is held here sent again.
func (o *outbox) settle(changed []record, epoch string, h *heard) error {
	if len(changed) == 0 && epoch == "" {
		return nil
	}
	var written []record
	err := o.durably(func() {
		listed := map[string]bool{}
		for _, r := range changed {
			listed[r.id] = true
			if had, ok := o.disk.outbox[r.id]; ok && !had.isClosed() {
				written = append(written, r)
			}
		}
		if h != nil {
			o.disk.heard = h
		}
		if known := o.disk.epoch; epoch != "" && known != epoch {
			o.disk.epoch = epoch
			if known != "" && o.flaw != ignoresEpochs {
				for id, r := range o.disk.outbox {
					if !listed[id] && r.isThere() {
						r.standing = waiting
						written = append(written, r)
					}
				}
			}
		}
		for _, r := range written {
			o.disk.outbox[r.id] = r
		}
	})
	if err != nil {
		return err
	}
	for _, r := range written {
		o.put(r)
	}
	return nil
}

// setAside has a refused record sent no more.
func (o *outbox) setAside(id string) error {
	r, ok := o.disk.outbox[id]
	if !ok || !r.isRefused() {
		return errNotRefused
	}
	r.standing = aside
	if err := o.durably(func() { o.disk.outbox[id] = r }); err != nil {
		return err
	}
	o.put(r)
	return nil
}

// again sends a record that was refused or set aside as it is.
func (o *outbox) again(id string) error {
	r, ok := o.disk.outbox[id]
	if !ok || !r.isRefused() && r.standing != aside {
		return nil
	}
	r.standing, r.closed = waiting, ""
	if err := o.durably(func() { o.disk.outbox[id] = r }); err != nil {
		return err
	}
	o.put(r)
	return nil
}

// tidy forgets what the server has had for long enough, and what was mended or
// set aside as long ago, by the server's clock.
func (o *outbox) tidy(server time.Time) error {
	now, before := iso(server), iso(server.AddDate(0, 0, -daysKept))
	undated := func(r record) bool { return r.isClosed() && r.closed == "" }
	since := func(r record) string {
		switch {
		case r.isClosed():
			return cmp.Or(r.closed, now)
		case r.isThere():
			return cmp.Or(r.answered, now)
		}
		return now
	}
	if !slices.ContainsFunc(o.all, func(r record) bool { return undated(r) || since(r) < before }) {
		return nil
	}
	err := o.durably(func() {
		for id, r := range o.disk.outbox {
			switch {
			case since(r) < before:
				delete(o.disk.outbox, id)
				if r.isThere() {
					o.disk.forgotten[r.worker]++
				}
			case undated(r):
				r.closed = now
				o.disk.outbox[id] = r
			}
		}
	})
	o.all = openOutbox(o.disk, o.durably, o.flaw).all
	return err
}

// iso is a Date's toISOString.
func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// End is why the courier stopped.
type end struct {
	why  string // done, unreached, busy, barred
	wait time.Duration
}

var (
	done      = end{why: "done"}
	unreached = end{why: "unreached"}
)

// The largest batch, in entries and bytes; the first one; and the least to
// which a link that cuts brings it down.
const (
	mostEntries = 500
	mostBytes   = 1 << 20
	firstBatch  = 50
	leastBatch  = 20
)

// response is what came back over the network.
type response struct {
	status int
	ours   bool   // a problem by its Content-Type, as the server alone tells it
	after  string // Retry-After
	date   string // Date
	body   []byte
}

// door is the phone's way to the server, for one worker.
type door interface {
	// push sends a batch. An error is a request that did not come back; errDied
	// means that the phone's process ended meanwhile.
	push(batch []record, body []byte, zipped bool) (response, error)
	now() time.Time
}

var errDied = errors.New("the phone died")

// courier brings records to the server, batch by batch.
type courier struct {
	outbox *outbox
	batch  int
	zipped bool
}

// run sends what waits of a worker.
func (c *courier) run(worker, device string, d door) (end, error) {
	for {
		var batch []record
		size := 0
		for _, r := range c.outbox.that(waiting, worker) {
			if len(batch) == c.batch || len(batch) > 0 && size+len(r.text) > mostBytes {
				break
			}
			batch = append(batch, r)
			size += len(r.text)
		}
		if len(batch) == 0 {
			return done, nil
		}
		if e, err := c.send(device, d, batch); e != nil || err != nil {
			return *cmp.Or(e, &unreached), err
		}
	}
}

// send sends a batch; no end comes back when it was answered.
func (c *courier) send(device string, d door, batch []record) (*end, error) {
	at := d.now()
	body := pushBody(device, at, batch)
	if c.zipped {
		body = packed(body)
	}
	if c.outbox.flaw == forgetsOnSend {
		for _, r := range batch {
			delete(c.outbox.disk.outbox, r.id)
		}
	}
	resp, err := d.push(batch, body, c.zipped)
	if errors.Is(err, errDied) {
		return nil, err
	}
	if err != nil {
		if c.outbox.flaw != halvesNever {
			c.batch = max(leastBatch, c.batch/2)
		}
		if c.outbox.flaw == remakes {
			c.outbox.remake(batch)
		}
		return &unreached, nil
	}
	var told struct {
		Code string `json:"code"`
	}
	code := resp.ours && json.Unmarshal(resp.body, &told) == nil && told.Code != ""
	switch {
	case resp.status == 200:
		reply, ok := readReply(resp.body)
		if c.outbox.flaw == trustsAny200 && !ok {
			reply, ok = credulous(batch, c.outbox.disk.epoch, iso(d.now())), true
		}
		if !ok {
			return &unreached, nil
		}
		changed := settled(batch, reply, at)
		if err := c.outbox.settle(changed, reply.Epoch, c.outbox.hear(reply.Received, at)); err != nil {
			return nil, err
		}
		if len(changed) == 0 {
			return &unreached, nil
		}
		c.batch = min(mostEntries, c.batch*2)
		return nil, nil
	case code && (resp.status == 429 || resp.status == 503):
		seconds, err := strconv.ParseFloat(resp.after, 64)
		if err != nil || seconds <= 0 {
			seconds = 15
		}
		return &end{why: "busy", wait: time.Duration(seconds * float64(time.Second))}, nil
	case code && resp.status == 413 && len(batch) > 1:
		c.batch = (len(batch) + 1) / 2
		return nil, nil
	case c.zipped && (resp.status == 400 || resp.status == 415):
		c.zipped = false
		return nil, nil
	case code && resp.status == 413:
		batch[0].standing = refused // it must not keep back all the rest
		return nil, c.outbox.settle(batch, "", nil)
	case code && (resp.status == 401 || resp.status == 403):
		return &end{why: "barred"}, nil
	}
	return &unreached, nil
}

func pushBody(device string, sentAt time.Time, batch []record) []byte {
	var b bytes.Buffer
	b.WriteString(`{"device":` + strconv.Quote(device) + `,"sent_at":"` + iso(sentAt) + `","entries":[`)
	for i, r := range batch {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(r.text)
	}
	b.WriteString("]}")
	return b.Bytes()
}

func packed(text []byte) []byte {
	var out bytes.Buffer
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(text)
	_ = z.Close() // a buffer takes all
	return out.Bytes()
}

func unpacked(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// reply is the server's answer to a push.
type reply struct {
	Epoch    string   `json:"epoch"`
	Received string   `json:"received"`
	Results  []result `json:"results"`
}

type result struct {
	ID     *string `json:"id"`
	Status *string `json:"status"`
	Code   string  `json:"code"`
}

// readReply reads an answer; a page of a portal or a proxy is none.
func readReply(body []byte) (reply, bool) {
	var r reply
	if json.Unmarshal(body, &r) != nil || r.Epoch == "" || r.Results == nil {
		return reply{}, false
	}
	if _, err := time.Parse(time.RFC3339, r.Received); err != nil {
		return reply{}, false
	}
	for _, result := range r.Results {
		if result.ID == nil || result.Status == nil {
			return reply{}, false
		}
	}
	return r, true
}

var standings = map[string]standing{
	string(journal.Accepted): sent, string(journal.Repeated): sent, string(journal.HeldBack): held,
	string(journal.Quarantined): apart, string(journal.Refused): refused, string(journal.Conflict): conflict,
}

// settled are the records that change by an answer; one that it does not list
// stays as it is.
func settled(batch []record, r reply, at time.Time) (changed []record) {
	received, _ := time.Parse(time.RFC3339, r.Received)
	told := map[string]result{}
	for _, result := range r.Results {
		told[*result.ID] = result
	}
	for i, record := range batch {
		result, ok := told[record.id]
		if !ok && len(r.Results) == len(batch) && *r.Results[i].ID == "" {
			result, ok = r.Results[i], true // one whose id could not be read is answered in its place
		}
		if !ok || standings[*result.Status] == "" {
			continue
		}
		record.standing, record.answered, record.offset = standings[*result.Status], r.Received, received.Sub(at)
		changed = append(changed, record)
	}
	return changed
}
