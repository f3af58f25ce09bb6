package tally

import (
	"maps"
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
)

// Tie is a token that a record shares with others.
type Tie struct {
	Token string
	Root  journal.ID
}

// Reader is what counting reads of a store's transaction.
type Reader interface {
	// TiesOf returns the ties of these records.
	TiesOf(roots []journal.ID) ([]Tie, error)
	// TiedTo returns the ties with these tokens.
	TiedTo(tokens []string) ([]Tie, error)
	// Records returns whole every entry of these records, held ones too.
	Records(roots []journal.ID) ([]journal.Stored, error)
	// Acts returns the closings and re-openings of these campaigns.
	Acts(campaigns []string) ([]Act, error)
	// ArrivedAfter returns the roots of a campaign's entries, or of all
	// campaigns' if it is empty, that arrived after an instant.
	ArrivedAfter(campaign string, at time.Time) ([]journal.ID, error)
	// ContributionsOf returns what these records contribute.
	ContributionsOf(roots []journal.ID) ([]Contribution, error)
	// ReviewsOf returns the review items of these records.
	ReviewsOf(roots []journal.ID) ([]Review, error)
	// InDim returns the contributions to an indicator in these dimensions. In a
	// transaction that writes, they are that transaction's own until it ends.
	InDim(campaign string, i Indicator, dims []string) ([]Contribution, error)
	// SumInDim returns the figure of an indicator in these dimensions.
	SumInDim(campaign string, i Indicator, dims []string) (map[string]Cell, error)
}

// Tx is what counting needs of a store's transaction.
type Tx interface {
	Reader
	// Lock keeps other transactions from counting what has these tokens
	// until this one ends. Tokens come sorted.
	Lock(tokens []string) error
	// Tie adds ties; those that are there already stay.
	Tie(ties []Tie) error
	// AddActs adds closings and re-openings, and keeps all others from
	// counting until this transaction ends.
	AddActs(acts []Act) error
	// Change takes some contributions and reviews away, adds others, and
	// moves the figures by deltas, which come in key order. So it is since the
	// instant that StandsFrom said, and not before what it takes away began.
	Change(c Change) error
	// StandsFrom says since when what this transaction does to figures is so, for
	// [Query.AsOf]: the latest that was said, now if nothing was.
	StandsFrom(at time.Time)
}

// Change is what a recount does to what is stored.
type Change struct {
	Gone, New               []Contribution
	ReviewsGone, ReviewsNew []Review
	Deltas                  []Figure
}

func (c *Change) empty() bool {
	return len(c.Gone)+len(c.New)+len(c.ReviewsGone)+len(c.ReviewsNew)+len(c.Deltas) == 0
}

// most entries recounted at a time, so that a re-opening of a large campaign
// keeps memory flat.
const chunk = 2000

// Recount brings the figures up to date after entries have landed, in the same
// transaction. Its work depends on what is tied to these entries, not on how
// many there are in all.
func Recount(tx Tx, plan *campaign.Plan, schema *journal.Schema, landed []journal.Stored) error {
	if len(landed) == 0 {
		return nil
	}
	var ties []Tie
	var acts []Act
	roots := map[journal.ID]bool{}
	fresh := map[journal.ID]bool{}
	for i := range landed {
		st := &landed[i]
		if a, ok := actOf(st); ok {
			acts = append(acts, a)
			continue
		}
		v := &version{Stored: st, kind: schema.Kind(st.Kind)}
		if st.Withdrawn == "" {
			v.body, _ = v.kind.Decode(&st.Entry)
		}
		for _, token := range v.ties() {
			ties = append(ties, Tie{token, st.Root})
		}
		roots[st.Root] = true
		if st.Root == st.ID {
			fresh[st.ID] = true
		}
	}
	if err := lock(tx, ties, roots); err != nil {
		return err
	}
	if err := tx.Tie(ties); err != nil {
		return err
	}
	if len(acts) > 0 {
		more, err := touchedBy(tx, acts)
		if err != nil {
			return err
		}
		for _, r := range more {
			roots[r] = true
		}
	}
	have := map[journal.ID][]journal.Stored{}
	for _, st := range landed {
		if fresh[st.Root] {
			have[st.Root] = append(have[st.Root], st)
		}
	}
	// Entries that were here before, on another server, count from then on.
	tx.StandsFrom(slices.MaxFunc(landed, func(a, b journal.Stored) int { return a.Received.At.Compare(b.Received.At) }).Received.At)
	return recountRoots(tx, plan, schema, roots, have)
}

// RecountOf counts records anew whose entries were changed where they stand,
// with all that is tied to them.
func RecountOf(tx Tx, plan *campaign.Plan, schema *journal.Schema, entries []journal.Stored) error {
	roots := map[journal.ID]bool{}
	for i := range entries {
		if !entries[i].Held() {
			roots[entries[i].Root] = true
		}
	}
	if err := lock(tx, nil, roots); err != nil {
		return err
	}
	return recountRoots(tx, plan, schema, roots, nil)
}

// recountRoots counts part by part. have are the records that are whole at
// hand and have contributed nothing yet.
func recountRoots(tx Tx, plan *campaign.Plan, schema *journal.Schema, roots map[journal.ID]bool, have map[journal.ID][]journal.Stored) error {
	all := slices.SortedFunc(maps.Keys(roots), journal.ID.Compare)
	counted := map[journal.ID]bool{}
	for part := range slices.Chunk(all, chunk) {
		// What is tied to an earlier part was counted with it.
		part = slices.DeleteFunc(slices.Clone(part), func(r journal.ID) bool { return counted[r] })
		seen, err := recountPart(tx, plan, schema, part, have)
		if err != nil {
			return err
		}
		maps.Copy(counted, seen)
	}
	return nil
}

func lock(tx Tx, ties []Tie, roots map[journal.ID]bool) error {
	tokens := make([]string, 0, len(ties)+len(roots))
	for _, t := range ties {
		tokens = append(tokens, t.Token)
	}
	for r := range roots {
		tokens = append(tokens, recordTie(r))
	}
	slices.Sort(tokens)
	return tx.Lock(slices.Compact(tokens))
}

// touchedBy adds closings and re-openings and finds the records whose
// lateness they may change: what arrived after the earliest of them, or after
// the closing that they lift.
func touchedBy(tx Tx, acts []Act) ([]journal.ID, error) {
	if err := tx.AddActs(acts); err != nil {
		return nil, err
	}
	since := map[string]time.Time{}
	var campaigns []string
	for _, a := range acts {
		campaigns = append(campaigns, a.Campaign)
	}
	slices.Sort(campaigns)
	all, err := tx.Acts(slices.Compact(campaigns))
	if err != nil {
		return nil, err
	}
	scopes := map[scope]bool{}
	for _, a := range acts {
		scopes[scope{a.Campaign, a.Office, a.Day}] = true
	}
	for _, a := range all {
		if !scopes[scope{a.Campaign, a.Office, a.Day}] {
			continue
		}
		where := a.Campaign
		if a.Day == "" {
			where = "" // entries of other campaigns say who is who
		}
		if at, ok := since[where]; !ok || a.At.Before(at) {
			since[where] = a.At
		}
	}
	var out []journal.ID
	for c, at := range since {
		roots, err := tx.ArrivedAfter(c, at)
		if err != nil {
			return nil, err
		}
		out = append(out, roots...)
	}
	return out, nil
}

// neighbourhood closes a set of records under their ties.
func neighbourhood(tx Tx, roots []journal.ID) (map[journal.ID]bool, error) {
	seen := map[journal.ID]bool{}
	tokens := map[string]bool{}
	next := roots
	for len(next) > 0 {
		var fresh []string
		learn := func(token string) {
			if !tokens[token] {
				tokens[token] = true
				fresh = append(fresh, token)
			}
		}
		for _, r := range next {
			seen[r] = true
			learn(recordTie(r))
		}
		of, err := tx.TiesOf(next)
		if err != nil {
			return nil, err
		}
		for _, t := range of {
			learn(t.Token)
		}
		slices.Sort(fresh)
		if err := tx.Lock(fresh); err != nil {
			return nil, err
		}
		to, err := tx.TiedTo(fresh)
		if err != nil {
			return nil, err
		}
		reached := map[journal.ID]bool{}
		for _, t := range to {
			reached[t.Root] = true
		}
		for _, token := range fresh {
			if id, ok := tiedRecord(token); ok {
				reached[id] = true
			}
		}
		next = next[:0:0]
		for r := range reached {
			if !seen[r] {
				next = append(next, r)
			}
		}
	}
	return seen, nil
}

// tiedRecord is the record that a token names itself.
func tiedRecord(token string) (journal.ID, bool) {
	if len(token) < 2 || token[:2] != "x:" {
		return journal.ID{}, false
	}
	id, err := journal.ParseID(token[2:])
	return id, err == nil
}

// recountPart counts the neighbourhood of some records and returns it. have
// holds whole the records that are new.
func recountPart(tx Tx, plan *campaign.Plan, schema *journal.Schema, part []journal.ID, have map[journal.ID][]journal.Stored) (map[journal.ID]bool, error) {
	seen, err := neighbourhood(tx, part)
	if err != nil {
		return nil, err
	}
	var entries []journal.Stored
	var old []journal.ID // records that were here before
	for r := range seen {
		if got := have[r]; got != nil {
			entries = append(entries, got...)
		} else {
			old = append(old, r)
		}
	}
	slices.SortFunc(old, journal.ID.Compare)
	stored, err := tx.Records(old)
	if err != nil {
		return nil, err
	}
	entries = append(entries, stored...)
	closings, err := closingsFor(tx, entries)
	if err != nil {
		return nil, err
	}
	counted := Count(plan, schema, closings, entries)
	before, err := tx.ContributionsOf(old)
	if err != nil {
		return nil, err
	}
	reviews, err := tx.ReviewsOf(old)
	if err != nil {
		return nil, err
	}
	before = slices.DeleteFunc(before, func(c Contribution) bool { return c.Indicator == ReachedHeadCount })
	change := difference(before, counted.Contributions)
	change.ReviewsGone, change.ReviewsNew = apart(reviews, counted.Reviews)
	if err := apply(tx, change); err != nil {
		return nil, err
	}
	return seen, headCounts(tx, change)
}

func closingsFor(tx Reader, entries []journal.Stored) (Closings, error) {
	var campaigns []string
	for i := range entries {
		if !slices.Contains(campaigns, entries[i].Campaign) {
			campaigns = append(campaigns, entries[i].Campaign)
		}
	}
	slices.Sort(campaigns)
	acts, err := tx.Acts(campaigns)
	return FoldActs(acts), err
}

// difference finds what has to change in the stored contributions.
func difference(before, after []Contribution) Change {
	var c Change
	c.Gone, c.New = apart(before, after)
	deltas := map[Key]Cell{}
	for _, g := range c.Gone {
		deltas[g.Key] = deltas[g.Key].minus(g.Cell)
	}
	for _, n := range c.New {
		deltas[n.Key] = deltas[n.Key].plus(n.Cell)
	}
	for k, cell := range deltas {
		if cell != (Cell{}) {
			c.Deltas = append(c.Deltas, Figure{k, cell})
		}
	}
	slices.SortFunc(c.Deltas, func(a, b Figure) int { return a.Key.Compare(b.Key) })
	return c
}

// apart gives what is only in before and what is only in after.
func apart[T comparable](before, after []T) (gone, added []T) {
	had := make(map[T]bool, len(before))
	for _, b := range before {
		had[b] = true
	}
	for _, a := range after {
		if had[a] {
			delete(had, a)
		} else {
			added = append(added, a)
		}
	}
	for _, b := range before {
		if had[b] {
			gone = append(gone, b)
		}
	}
	return gone, added
}

func apply(tx Tx, c Change) error {
	if c.empty() {
		return nil
	}
	return tx.Change(c)
}

// headCounts is the step of the count that reads figures: the head count of a
// session less those identified there, never below zero.
func headCounts(tx Tx, change Change) error {
	touched := map[string]map[string]bool{}
	for _, d := range append(slices.Clone(change.Gone), change.New...) {
		if d.Indicator == sessionIdentified || d.Indicator == sessionHeadCount {
			if touched[d.Campaign] == nil {
				touched[d.Campaign] = map[string]bool{}
			}
			touched[d.Campaign][d.Dim] = true
		}
	}
	for _, campaignID := range slices.Sorted(maps.Keys(touched)) {
		sessions := slices.Sorted(maps.Keys(touched[campaignID]))
		heads, err := tx.InDim(campaignID, sessionHeadCount, sessions)
		if err != nil {
			return err
		}
		named, err := tx.SumInDim(campaignID, sessionIdentified, sessions)
		if err != nil {
			return err
		}
		// What was there stands under the entries that gave a head count then
		// or give one now.
		roots := map[journal.ID]bool{}
		for _, c := range append(slices.Clone(heads), change.Gone...) {
			if c.Indicator == sessionHeadCount {
				roots[c.Root] = true
			}
		}
		before, err := tx.ContributionsOf(slices.SortedFunc(maps.Keys(roots), journal.ID.Compare))
		if err != nil {
			return err
		}
		before = slices.DeleteFunc(before, func(c Contribution) bool {
			return c.Indicator != ReachedHeadCount || c.Campaign != campaignID
		})
		if err := apply(tx, difference(before, rests(heads, named))); err != nil {
			return err
		}
	}
	return nil
}

// rests turns the head counts of sessions and those identified there into
// [ReachedHeadCount].
func rests(heads []Contribution, identified map[string]Cell) []Contribution {
	var out []Contribution
	for _, h := range heads {
		who := identified[h.Dim]
		rest := Cell{max(0, h.All-who.All), max(0, h.Closed-who.Closed)}
		if rest != (Cell{}) {
			h.Indicator, h.Dim, h.Cell = ReachedHeadCount, "", rest
			out = append(out, h)
		}
	}
	return out
}
