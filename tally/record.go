package tally

import (
	"cmp"
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
)

// Ahead is how far in the future of its receipt an entry's time may lie, since
// offsets are measured over a network.
const Ahead = 2 * time.Minute

// version is one entry of a record, with its body read.
type version struct {
	*journal.Stored
	kind journal.Kind
	body journal.Body // nil for a withdrawal
	// target is what it supersedes, nil for a first entry.
	target *version
	// occurred is when the fact happened: as stated, else as the superseded
	// entry has it, else when it was recorded.
	occurred time.Time
	receipt  time.Time // of the entry that gave that time
	unsure   bool      // nobody can tell the day; see journal.Stored.Unsure
	day      journal.Day
}

// record is what holds of a record in one view of the journal.
type record struct {
	*version
	first *version // the root
	// counts is false for a fact outside its campaign or in the future.
	counts bool
	// rivals are further corrections, which do not hold.
	rivals []*version
}

// count is one run over a set of records that is closed under ties.
type count struct {
	plan     *campaign.Plan
	schema   *journal.Schema
	closings Closings
	versions map[journal.ID]*version
	roots    [][]*version // by record, roots ascending
}

func newCount(plan *campaign.Plan, schema *journal.Schema, closings Closings, entries []journal.Stored) *count {
	c := &count{plan: plan, schema: schema, closings: closings, versions: make(map[journal.ID]*version, len(entries))}
	byRoot := map[journal.ID][]*version{}
	for i := range entries {
		st := &entries[i]
		if st.Held() || c.versions[st.ID] != nil {
			continue
		}
		v := &version{Stored: st, kind: schema.Kind(st.Kind)}
		if st.Withdrawn == "" {
			v.body, _ = v.kind.Decode(&st.Entry) // checked when it was taken
		}
		c.versions[st.ID] = v
		byRoot[st.Root] = append(byRoot[st.Root], v)
	}
	for _, v := range c.versions {
		c.date(v)
	}
	for _, vs := range byRoot {
		slices.SortFunc(vs, func(a, b *version) int { return a.ID.Compare(b.ID) })
		c.roots = append(c.roots, vs)
	}
	slices.SortFunc(c.roots, func(a, b []*version) int { return a[0].Root.Compare(b[0].Root) })
	return c
}

// date sets when the fact of a version happened.
func (c *count) date(v *version) {
	v.target = c.versions[v.Supersedes]
	at := v
	for at.HappenedAt.IsZero() && c.versions[at.Supersedes] != nil {
		at = c.versions[at.Supersedes]
	}
	v.occurred = at.HappenedAt
	if v.occurred.IsZero() {
		v.occurred, v.unsure = at.Recorded(), at.Unsure()
	}
	v.receipt = at.Received.At
	v.day = journal.DayOf(v.occurred)
}

// records gives what holds of each record, seen through include: of the
// versions that nothing supersedes, the last by corrected time, then id. A
// record that is withdrawn is not there.
func (c *count) records(include func(*version) bool) []*record {
	var out []*record
	for _, vs := range c.roots {
		superseded := map[journal.ID]bool{}
		for _, v := range vs {
			if include(v) {
				superseded[v.Supersedes] = true
			}
		}
		var leaves []*version
		for _, v := range vs {
			if include(v) && !superseded[v.ID] {
				leaves = append(leaves, v)
			}
		}
		if len(leaves) == 0 {
			continue
		}
		slices.SortFunc(leaves, func(a, b *version) int {
			return cmp.Or(b.Recorded().Compare(a.Recorded()), b.ID.Compare(a.ID))
		})
		r := &record{version: leaves[0], first: c.versions[vs[0].Root], rivals: leaves[1:]}
		if r.first == nil {
			r.first = r.version
		}
		r.counts = !r.kind.Fact || c.inTime(r.version)
		out = append(out, r)
	}
	return out
}

func (c *count) inTime(v *version) bool {
	return c.plan.Campaigns[v.Campaign].Has(v.day) && !v.inFuture()
}

func (v *version) inFuture() bool { return v.occurred.After(v.receipt.Add(Ahead)) }

// gone says that the record was withdrawn.
func (r *record) gone() bool { return r.Withdrawn != "" }

// before orders records by when they happened, then by id.
func (r *record) before(o *record) int {
	return cmp.Or(r.occurred.Compare(o.occurred), r.Root.Compare(o.Root))
}

// later is what came later, o may be nil.
func (r *record) later(o *record) *record {
	if o != nil && o.Position > r.Position {
		return o
	}
	return r
}
