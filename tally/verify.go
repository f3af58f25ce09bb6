package tally

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
)

// Books is what a recount reads: the journal and all that was derived from it.
type Books interface {
	Reader
	// Every returns all entries in order of commit.
	Every() ([]journal.Stored, error)
	// Sheet returns the figures that a query selects, those of 0 left out.
	Sheet(q Query) (Sheet, error)
	// EveryContribution and EveryReview return all that is stored.
	EveryContribution() ([]Contribution, error)
	EveryReview() ([]Review, error)
	// EveryAct returns all closings and re-openings.
	EveryAct() ([]Act, error)
	// Open puts the personal part back into entries that have one.
	Open(entries []journal.Stored) error
}

// Difference is one thing that a recount finds to be otherwise.
type Difference struct {
	What   string `json:"what"` // figure, contribution, review, entry, closing, attachment
	Where  string `json:"where"`
	Stored string `json:"stored"`
	Found  string `json:"found"`
}

func (d Difference) String() string {
	return fmt.Sprintf("%s %s: stored %s, recounted %s", d.What, d.Where, d.Stored, d.Found)
}

// recounted is everything, counted from the entries alone.
type recounted struct {
	entries       []journal.Stored
	contributions []Contribution
	reviews       []Review
	acts          []Act
}

func recountAll(entries []journal.Stored, plan *campaign.Plan, schema *journal.Schema) recounted {
	r := recounted{entries: journal.Settle(schema, entries)}
	for i := range r.entries {
		if a, ok := actOf(&r.entries[i]); ok && !r.entries[i].Held() {
			r.acts = append(r.acts, a)
		}
	}
	counted := Count(plan, schema, FoldActs(slices.Clone(r.acts)), r.entries)
	identified := map[string]map[string]Cell{}
	heads := map[string][]Contribution{}
	for _, c := range counted.Contributions {
		switch c.Indicator {
		case sessionIdentified:
			if identified[c.Campaign] == nil {
				identified[c.Campaign] = map[string]Cell{}
			}
			identified[c.Campaign][c.Dim] = identified[c.Campaign][c.Dim].plus(c.Cell)
		case sessionHeadCount:
			heads[c.Campaign] = append(heads[c.Campaign], c)
		}
	}
	r.contributions, r.reviews = counted.Contributions, counted.Reviews
	for id, h := range heads {
		r.contributions = append(r.contributions, rests(h, identified[id])...)
	}
	return r
}

// Verify recounts everything from the journal and returns what differs from
// what is stored; nothing, if all is well. It holds the journal in memory.
func Verify(books Books, plan *campaign.Plan, schema *journal.Schema) ([]Difference, error) {
	entries, err := books.Every()
	if err != nil {
		return nil, err
	}
	found := recountAll(entries, plan, schema)
	var out []Difference
	for i := range entries {
		if a, b := &entries[i], &found.entries[i]; !a.Same(b) {
			out = append(out, Difference{"entry", a.ID.String(), place(a), place(b)})
		}
		if hash := sha256.Sum256(entries[i].Text); hash != entries[i].Rest {
			out = append(out, Difference{"entry", entries[i].ID.String(), fmt.Sprintf("%x", entries[i].Rest), fmt.Sprintf("%x", hash)})
		}
	}
	out = append(out, sealedParts(books, entries)...)
	contributions, err := books.EveryContribution()
	if err != nil {
		return nil, err
	}
	sheet, err := books.Sheet(Query{Dim: "*"})
	if err != nil {
		return nil, err
	}
	out = append(out, differ("figure", figures(found.contributions), sheet, func(f Figure) (string, string) {
		return f.Key.String(), fmt.Sprintf("%d (closed %d)", f.All, f.Closed)
	})...)
	out = append(out, differ("contribution", found.contributions, contributions, func(c Contribution) (string, string) {
		return c.Key.String() + " by " + c.Root.String(), fmt.Sprintf("%d (closed %d)", c.All, c.Closed)
	})...)
	reviews, err := books.EveryReview()
	if err != nil {
		return nil, err
	}
	out = append(out, differ("review", found.reviews, reviews, func(r Review) (string, string) {
		return r.Reason + " " + r.Root.String() + " " + r.Other.String(), "an item"
	})...)
	acts, err := books.EveryAct()
	if err != nil {
		return nil, err
	}
	out = append(out, differ("closing", whole(found.acts), whole(acts), func(a Act) (string, string) {
		return a.ID.String(), "an act"
	})...)
	slices.SortStableFunc(out, func(a, b Difference) int {
		if a.What != b.What {
			return 0
		}
		return slices.Compare([]byte(a.Where), []byte(b.Where))
	})
	return out, nil
}

// sealedParts finds personal parts that are gone without having been erased, or
// that are not what they were.
func sealedParts(books Books, entries []journal.Stored) (out []Difference) {
	for i := range entries {
		if entries[i].Erased || entries[i].Digest == ([32]byte{}) {
			continue
		}
		one := []journal.Stored{entries[i]}
		if err := books.Open(one); err != nil {
			out = append(out, Difference{"entry", one[0].ID.String(), "a personal part", err.Error()})
		} else if len(one[0].Part) == 0 {
			out = append(out, Difference{"entry", one[0].ID.String(), "a personal part", "no key for it"})
		}
	}
	return out
}

// whole brings acts to the precision of stores.
func whole(acts []Act) []Act {
	out := slices.Clone(acts)
	for i := range out {
		out[i].At = out[i].At.UTC().Truncate(1000)
	}
	return out
}

func (k Key) String() string {
	s := fmt.Sprintf("%s %s office=%s commune=%s day=%s", k.Campaign, k.Indicator, k.Office, k.Commune, k.Day)
	if k.Dim != "" {
		s += " " + k.Dim
	}
	return s
}

func place(s *journal.Stored) string {
	if s.Held() {
		return "waits for " + s.Waiting.String()
	}
	return fmt.Sprintf("root %s, session %s, arrived %s", s.Root, s.Session, s.Arrived.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

// figures adds contributions up.
func figures(contributions []Contribution) Sheet {
	sums := map[Key]Cell{}
	for _, c := range contributions {
		sums[c.Key] = sums[c.Key].plus(c.Cell)
	}
	var out Sheet
	for k, cell := range sums {
		if cell != (Cell{}) {
			out = append(out, Figure{k, cell})
		}
	}
	return out
}

func differ[T comparable](what string, found, stored []T, show func(T) (where, value string)) []Difference {
	gone, added := apart(stored, found)
	at := map[string]*Difference{}
	var order []string
	note := func(t T) (*Difference, string) {
		where, value := show(t)
		d := at[where]
		if d == nil {
			d = &Difference{What: what, Where: where, Stored: "nothing", Found: "nothing"}
			at[where] = d
			order = append(order, where)
		}
		return d, value
	}
	for _, t := range gone {
		d, value := note(t)
		d.Stored = value
	}
	for _, t := range added {
		d, value := note(t)
		d.Found = value
	}
	var out []Difference
	for _, where := range order {
		out = append(out, *at[where])
	}
	return out
}

// Keeper is what rebuilding needs of a store's transaction.
type Keeper interface {
	Tx
	Books
	// Resolve writes what entries belong to.
	Resolve(entries []journal.Stored) error
}

// Alone keeps all others from counting and from changing the plan until the
// transaction ends.
func Alone(tx Tx) error { return tx.Lock([]string{everything}) }

// Rebuild counts everything anew and puts right what differs: after a change
// of the plan, or when an earlier receipt became known.
func Rebuild(tx Keeper, plan *campaign.Plan, schema *journal.Schema) error {
	if err := Alone(tx); err != nil {
		return err
	}
	entries, err := tx.Every()
	if err != nil {
		return err
	}
	found := recountAll(entries, plan, schema)
	var moved []journal.Stored
	for i := range entries {
		if !entries[i].Same(&found.entries[i]) {
			moved = append(moved, found.entries[i])
		}
	}
	if err := tx.Resolve(moved); err != nil {
		return err
	}
	if err := tx.AddActs(found.acts); err != nil {
		return err
	}
	before, err := tx.EveryContribution()
	if err != nil {
		return err
	}
	reviews, err := tx.EveryReview()
	if err != nil {
		return err
	}
	change := difference(before, found.contributions)
	change.ReviewsGone, change.ReviewsNew = apart(reviews, found.reviews)
	return apply(tx, change)
}

// everything is the token that stands for the whole journal.
const everything = "*"
