// Package fieldsync is the protocol between devices and the server: batches
// of entries come in, and each entry gets its answer once it is on disk.
//
// A batch is decoded and checked without a transaction. Concurrent batches
// then share one: whoever comes while a transaction is running waits in the
// pool, and the next transaction takes the whole pool. All of it is durable
// before any of them is answered. Lines of an import go the same way.
package fieldsync

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
	"caunoi/tally"
)

// The limits of a push.
const (
	MaxBatch = 500     // entries
	MaxBody  = 4 << 20 // bytes
)

// most entries that one transaction takes over from the pool.
const mostPooled = 2000

// Intake takes entries into a store.
type Intake struct {
	store  store.Store
	schema *journal.Schema
	now    func() time.Time

	plans     planCache
	snapshots snapshots

	mu      sync.Mutex
	pool    []*job // waiting for the next transaction
	running bool   // a goroutine is emptying the pool
}

// job is one batch in the pool. The goroutine that empties the pool owns
// outcomes and err until done is closed.
type job struct {
	ctx      context.Context
	batch    []journal.Stored
	outcomes []journal.Outcome
	err      error
	done     chan struct{}
}

// NewIntake makes the intake of a store; a process needs one for each store.
func NewIntake(s store.Store, schema *journal.Schema, now func() time.Time) *Intake {
	return &Intake{store: s, schema: schema, now: now}
}

// Schema is the schema by which entries are checked.
func (in *Intake) Schema() *journal.Schema { return in.schema }

// Plan is the plan as it stands.
func (in *Intake) Plan(ctx context.Context) (plan *campaign.Plan, err error) {
	err = in.store.View(ctx, func(tx store.Tx) (err error) {
		plan, err = in.PlanIn(tx)
		return err
	})
	return plan, err
}

// PlanIn is the plan as a transaction sees it.
func (in *Intake) PlanIn(tx store.Tx) (*campaign.Plan, error) { return in.plans.get(tx) }

// Batch is a push by a device.
type Batch struct {
	// SentAt is the device's clock when it sent the batch; zero if unknown.
	SentAt  time.Time
	Entries []jsontext.Value
}

// Push takes a batch for an actor, checked by the plan that the caller has
// read, and answers for each entry, in order. The entries that were accepted
// are on disk when it returns. The error is the store's, or a *journal.Refusal
// of the whole batch.
func (in *Intake) Push(ctx context.Context, actor access.Actor, plan *campaign.Plan, b Batch) ([]journal.Outcome, error) {
	batch, d, err := in.decode(ctx, actor, plan, b, in.secondPerson)
	if err != nil {
		return nil, err
	}
	outcomes, err := d.answer(in.append(ctx, d.batch))
	if err != nil {
		return nil, err
	}
	return outcomes, in.holdRefused(ctx, actor, batch, b.Entries, outcomes)
}

// secondly asks for what else an entry needs before it is taken.
type secondly func(ctx context.Context, actor access.Actor, plan *campaign.Plan, st *journal.Stored, raw []byte) error

// decode reads the entries of a batch, each with its receipt, and sorts out
// those that cannot be right or that the actor may not bring.
func (in *Intake) decode(ctx context.Context, actor access.Actor, plan *campaign.Plan, b Batch, needs secondly) ([]journal.Stored, *decoded, error) {
	if len(b.Entries) == 0 || len(b.Entries) > MaxBatch {
		return nil, nil, journal.Refuse("batch.size", "entries", len(b.Entries), "most", MaxBatch)
	}
	now := store.Micro(in.now())
	receipt := journal.Receipt{At: now, By: actor.User.ID}
	if !b.SentAt.IsZero() {
		receipt.OffsetMS = now.Sub(b.SentAt).Milliseconds()
	}
	var was []access.Standing
	err := in.store.View(ctx, func(tx store.Tx) (err error) {
		was, err = tx.Standings(actor.ID)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	batch := make([]journal.Stored, len(b.Entries))
	d := &decoded{outcomes: make([]journal.Outcome, len(b.Entries))}
	for i, raw := range b.Entries {
		st, err := in.schema.Decode(raw, plan)
		st.Received = receipt
		if b.SentAt.IsZero() && st.Clock != nil {
			st.Received.OffsetMS = st.Clock.OffsetMS // brought by another hand: what the phone last knew
		}
		batch[i] = st
		if err == nil {
			err = mayPush(actor, was, plan, &st)
		}
		if err == nil {
			err = needs(ctx, actor, plan, &st, raw)
		}
		if err := d.add(i, st, err); err != nil {
			return nil, nil, err
		}
	}
	return batch, d, nil
}

// decoded is a batch after decoding: what goes on, and the answers so far.
type decoded struct {
	outcomes []journal.Outcome
	batch    []journal.Stored
	at       []int // place of each of batch in outcomes
}

func (d *decoded) add(i int, st journal.Stored, err error) error {
	var refusal *journal.Refusal
	switch {
	case errors.As(err, &refusal):
		d.outcomes[i] = journal.Outcome{ID: st.ID, Status: journal.Refused, Refusal: refusal}
	case err != nil:
		return err
	default:
		d.batch = append(d.batch, st)
		d.at = append(d.at, i)
	}
	return nil
}

func (d *decoded) answer(outcomes []journal.Outcome, err error) ([]journal.Outcome, error) {
	if err != nil {
		return nil, err
	}
	for k, o := range outcomes {
		d.outcomes[d.at[k]] = o
	}
	return d.outcomes, nil
}

// append puts a batch into the pool and waits until it is on disk.
func (in *Intake) append(ctx context.Context, batch []journal.Stored) ([]journal.Outcome, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	j := &job{ctx: ctx, batch: batch, done: make(chan struct{})}
	in.mu.Lock()
	in.pool = append(in.pool, j)
	first := !in.running
	in.running = true
	in.mu.Unlock()
	if first {
		go in.empty()
	}
	<-j.done // not cut short: an answer must never be less than what was kept
	return j.outcomes, j.err
}

// empty commits the pool, group by group, until nothing waits.
func (in *Intake) empty() {
	for {
		in.mu.Lock()
		n, entries := 0, 0
		for n < len(in.pool) && (n == 0 || entries+len(in.pool[n].batch) <= mostPooled) {
			entries += len(in.pool[n].batch)
			n++
		}
		group := in.pool[:n:n]
		in.pool = in.pool[n:]
		if n == 0 {
			in.pool, in.running = nil, false
			in.mu.Unlock()
			return
		}
		in.mu.Unlock()
		in.commit(group)
		for _, j := range group {
			close(j.done)
		}
	}
}

func (in *Intake) commit(group []*job) {
	err := in.store.Update(context.Background(), func(tx store.Tx) error {
		var all []journal.Stored
		for _, j := range group {
			all = append(all, j.batch...)
		}
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		outcomes, err := in.Append(tx, plan, all)
		for _, j := range group {
			if err == nil {
				j.outcomes, outcomes = outcomes[:len(j.batch)], outcomes[len(j.batch):]
			}
		}
		return err
	})
	for _, j := range group {
		j.err = err
	}
}

// Append is what one transaction does: the entries, then the figures.
func (in *Intake) Append(tx store.Tx, plan *campaign.Plan, all []journal.Stored) ([]journal.Outcome, error) {
	outcomes, landed, err := journal.Append(tx, in.schema, plan, all)
	if err != nil {
		return nil, err
	}
	if err := recordClosings(tx, in.now(), landed.Entries); err != nil {
		return nil, err
	}
	if landed.Receipts {
		// Times and lateness may differ anywhere now.
		if err := tally.Recount(tx, plan, in.schema, landed.Entries); err != nil {
			return nil, err
		}
		if err := tally.Rebuild(tx, plan, in.schema); err != nil {
			return nil, err
		}
		return outcomes, in.People().Learn(tx, plan, landed.Entries)
	}
	if err := tally.Recount(tx, plan, in.schema, landed.Entries); err != nil {
		return nil, err
	}
	return outcomes, in.People().Learn(tx, plan, landed.Entries)
}

// People is the registry that learns from what comes in.
func (in *Intake) People() people.Registry { return people.Registry{Schema: in.schema, Now: in.now} }

// Erase destroys data keys, and with them the personal part of every entry
// under them, wherever it was copied to. No figure changes by it; only a
// likeness to others is no longer seen.
func (in *Intake) Erase(tx store.Tx, plan *campaign.Plan, keys []string) error {
	entries, err := tx.UnderKeys(keys)
	if err != nil {
		return err
	}
	for i := range entries {
		entries[i].Erase()
	}
	if err := tx.Destroy(keys); err != nil {
		return err
	}
	if err := tx.Erase(entries); err != nil {
		return err
	}
	return tally.RecountOf(tx, plan, in.schema, entries)
}

// planCache keeps the plan in memory until its version moves.
type planCache struct {
	mu   sync.Mutex
	plan *campaign.Plan
}

func (c *planCache) get(tx store.Tx) (*campaign.Plan, error) {
	version, err := tx.PlanVersion()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plan != nil && c.plan.Version == version {
		return c.plan, nil
	}
	plan, err := tx.Plan()
	if err == nil {
		c.plan = plan
	}
	return plan, err
}
