package demo

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"caunoi/journal"
)

// device is a phone or a desk with its own clock and its own network.
type device struct {
	id string
	// by brings what is on it; empty is whoever recorded it.
	by string
	// skew is true time less the device's clock.
	skew time.Duration
	// unmeasured leaves the skew out of the receipts, as where a file is
	// rescued from a dead phone.
	unmeasured bool
	// every is how often it syncs while online, and phase when; 0 is at once.
	every, phase time.Duration
	// syncs are the only moments at which it has a network; nil is always.
	syncs  []time.Time
	drafts []*draft
}

// clock is what the device shows at a true time.
func (d *device) clock(t time.Time) time.Time { return t.Add(-d.skew) }

// next is the first sync after a moment.
func (d *device) next(t time.Time) time.Time {
	if d.syncs == nil {
		if d.every == 0 {
			return t.Add(2 * time.Second)
		}
		return t.Add(-d.phase).Truncate(d.every).Add(d.every + d.phase)
	}
	i, _ := slices.BinarySearchFunc(d.syncs, t, time.Time.Compare)
	if i == len(d.syncs) {
		panic("demo: " + d.id + " never syncs again")
	}
	return d.syncs[i]
}

// send gives the device's entries their sequence, and their receipts by the
// syncs. What it did before is done anew.
func (d *device) send() {
	slices.SortStableFunc(d.drafts, func(a, b *draft) int { return a.at.Compare(b.at) })
	h := fnv.New64a()
	h.Write([]byte(d.id))
	rng := rand.New(rand.NewPCG(h.Sum64(), 1))
	var last time.Time
	var offset int64
	for i, e := range d.drafts {
		e.seq = int64(i + 1)
		e.received = d.next(e.at).Truncate(time.Millisecond)
		if !e.received.Equal(last) {
			last = e.received
			// A measured offset errs by what the network takes.
			offset = d.skew.Milliseconds() + rng.Int64N(300) - 100
			if d.unmeasured {
				offset = 0
			}
		}
		e.offset = offset
	}
}

// draft is an entry in the making.
type draft struct {
	id                            journal.ID
	kind, office, commune, author string
	dev                           *device
	at                            time.Time // true time of recording
	happened                      time.Time
	activity, supersedes          *draft
	refs                          []*draft // that the body names
	withdrawn                     string
	who                           *journal.Person
	body                          any
	salt                          uint64
	late                          bool // meant to be late
	seq, offset                   int64
	received, arrived             time.Time
}

// occurred is when the fact happened, as it will be counted.
func (e *draft) occurred() time.Time {
	switch {
	case !e.happened.IsZero():
		return e.happened
	case e.supersedes != nil:
		return e.supersedes.occurred()
	case e.dev.unmeasured:
		return e.dev.clock(e.at)
	default:
		return e.at
	}
}

// arrive sets when the entry and all that it names were received.
func (e *draft) arrive() {
	e.arrived = e.received
	for _, dep := range append([]*draft{e.activity, e.supersedes}, e.refs...) {
		if dep != nil && dep.arrived.After(e.arrived) {
			e.arrived = dep.arrived
		}
	}
}

// line writes the entry out.
func (e *draft) line(campaignID string) journal.Line {
	l := journal.Line{
		Entry: journal.Entry{
			ID: e.id, Kind: e.kind, Version: 1, Campaign: campaignID, Office: e.office, Commune: e.commune,
			Author: e.author, Device: e.dev.id, Seq: e.seq, DeviceTime: e.dev.clock(e.at).In(journal.Zone),
			Withdrawn: e.withdrawn,
		},
		Received: journal.Receipt{At: e.received.UTC(), OffsetMS: e.offset, By: e.author},
	}
	if e.dev.by != "" {
		l.Received.By = e.dev.by
	}
	if !e.happened.IsZero() {
		l.Entry.HappenedAt = e.happened.In(journal.Zone)
	}
	if e.activity != nil {
		l.Entry.Activity = e.activity.id
	}
	if e.supersedes != nil {
		l.Entry.Supersedes = e.supersedes.id
	}
	if e.withdrawn != "" {
		return l
	}
	if e.who != nil {
		p := *e.who
		p.Salt = salted(e.salt)
		l.Entry.Person = &p
	}
	l.Entry.Body = encode(e.body)
	return l
}
