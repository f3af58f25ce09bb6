package tally

import (
	"cmp"
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Review is something that a person should look at. It never changes a
// figure.
type Review struct {
	Reason   string
	Campaign string
	Root     journal.ID // the record in question
	Other    journal.ID // the one that counts instead, if any
}

// Look says that somebody looked at an item for review and left it as it is. It
// moves no figure, and ends with the item.
type Look struct {
	Review
	By string
	At time.Time
}

// Counted is what a set of records gives.
type Counted struct {
	Contributions []Contribution
	Reviews       []Review
}

// Count counts records that no other record is tied to. Everything about a
// record must be among the entries; held ones are passed over.
func Count(plan *campaign.Plan, schema *journal.Schema, closings Closings, entries []journal.Stored) Counted {
	c := newCount(plan, schema, closings, entries)
	everything := c.records(func(*version) bool { return true })
	merged := map[Contribution]Cell{}
	add := func(sums map[Contribution]int, one Cell) {
		for k, n := range sums {
			merged[k] = merged[k].plus(Cell{n * one.All, n * one.Closed})
		}
	}
	var reviews []Review
	var all, closed []*sheetBuilder // by campaign
	for _, id := range c.campaigns() {
		of := c.view(id, everything)
		reviews = append(reviews, of.reviews...)
		all = append(all, of)
		add(of.sums, Cell{All: 1})
		if c.anyLate(id) {
			of = c.view(id, c.records(func(v *version) bool { return !closings.late(plan, v, id) }))
		}
		closed = append(closed, of)
		add(of.sums, Cell{Closed: 1})
	}
	add(repeated(all), Cell{All: 1})
	add(repeated(closed), Cell{Closed: 1})
	out := Counted{Reviews: reviews}
	for k, cell := range merged {
		if cell != (Cell{}) {
			k.Cell = cell
			out.Contributions = append(out.Contributions, k)
		}
	}
	slices.SortFunc(out.Contributions, Contribution.compare)
	slices.SortFunc(out.Reviews, Review.compare)
	out.Reviews = slices.Compact(out.Reviews)
	return out
}

func (c Contribution) compare(o Contribution) int {
	return cmp.Or(c.Root.Compare(o.Root), c.Key.Compare(o.Key))
}

func (r Review) compare(o Review) int {
	return cmp.Or(r.Root.Compare(o.Root), cmp.Compare(r.Reason, o.Reason), r.Other.Compare(o.Other), cmp.Compare(r.Campaign, o.Campaign))
}

func (c *count) campaigns() []string {
	var out []string
	for _, v := range c.versions {
		if c.plan.Campaigns[v.Campaign] != nil && !slices.Contains(out, v.Campaign) {
			out = append(out, v.Campaign)
		}
	}
	slices.Sort(out)
	return out
}

func (c *count) anyLate(campaignID string) bool {
	for _, v := range c.versions {
		if c.closings.late(c.plan, v, campaignID) {
			return true
		}
	}
	return false
}

// sheetBuilder gathers what one campaign gains in one view.
type sheetBuilder struct {
	plan     *campaign.Plan
	campaign string
	// sums has contributions with an empty Cell as keys.
	sums    map[Contribution]int
	reviews []Review
	// who numbers the persons of the records that name one.
	who map[journal.ID]int
}

func (t *sheetBuilder) add(c Contribution, n int) { t.sums[c] += n }

// A place is what its commune means on the day: after a merger, the commune that
// took it in. So a merger moves no figure of the days before.

// at counts one at a place.
func (t *sheetBuilder) at(i Indicator, r *record, office, commune string, day journal.Day) {
	t.add(Contribution{Key: Key{r.Campaign, office, t.plan.CodeOn(commune, day), day, i, ""}, Root: r.Root}, 1)
}

// by counts one for a campaigner.
func (t *sheetBuilder) by(who string, i Indicator, r *record, office, commune string, day journal.Day) {
	t.add(Contribution{Key: Key{r.Campaign, office, t.plan.CodeOn(commune, day), day, i, "campaigner=" + who}, Root: r.Root}, 1)
}

// dim counts one in a further dimension of a figure at the entry's own place.
func (t *sheetBuilder) dim(i Indicator, r *record, name, value string) {
	t.add(Contribution{Key: Key{r.Campaign, r.Office, t.plan.CodeOn(r.Commune, r.day), r.day, i, name + "=" + value}, Root: r.Root}, 1)
}

// session counts a step by session.
func (t *sheetBuilder) session(i Indicator, r *record, session journal.ID, office, commune string, day journal.Day, n int) {
	t.add(Contribution{Key: Key{r.Campaign, office, t.plan.CodeOn(commune, day), day, i, session.String()}, Root: r.Root}, n)
}

func (t *sheetBuilder) review(reason string, r *record, other journal.ID) {
	t.reviews = append(t.reviews, Review{reason, r.Campaign, r.Root, other})
}

// view counts one campaign in one view of the journal.
func (c *count) view(campaignID string, records []*record) *sheetBuilder {
	t := &sheetBuilder{plan: c.plan, campaign: campaignID, sums: map[Contribution]int{}, who: map[journal.ID]int{}}
	stages := map[journal.ID][]*record{}
	unnumbered := map[string]*record{}
	persons := c.persons(records)
	for i, facts := range persons {
		for _, r := range facts {
			t.who[r.Root] = i
		}
	}
	for _, r := range records {
		if r.Campaign != campaignID || r.gone() {
			continue
		}
		if len(r.rivals) > 0 {
			t.review("two_corrections", r, r.rivals[0].ID)
		}
		if _, ok := r.body.(*outreach.StageBody); ok { // also those that do not count: see enrolment
			stages[r.Refs[0]] = append(stages[r.Refs[0]], r)
		}
		if !r.counts {
			t.notCounted(r)
			continue
		}
		if r.unsure && r.kind.Fact {
			t.review("clock_set", r, journal.ID{})
		}
		if b, ok := r.body.(*outreach.QuestionBody); ok {
			t.countQuestion(r, b)
		}
		if _, visit := r.body.(*outreach.VisitBody); !visit && r.Subject != nil && r.Subject.Likeness != "" {
			like := r.Subject.Likeness
			if first := unnumbered[like]; first == nil {
				unnumbered[like] = r
			} else if t.who[first.Root] != t.who[r.Root] { // else somebody said that they are one
				t.review("possible_duplicate", r, first.Root)
			}
		}
	}
	for _, facts := range persons {
		t.twoNumbers(facts)
		facts = slices.DeleteFunc(facts, func(r *record) bool { return r.Campaign != campaignID })
		if len(facts) > 0 {
			t.countPerson(facts, stages)
		}
	}
	sessions := c.sessions(records)
	for _, s := range sessions {
		if s.Campaign == campaignID {
			t.countSession(s)
		}
	}
	t.countActivities(sessions)
	return t
}

// notCounted sends to review what is outside its campaign or in the future. A
// stage after the one that counts is no matter: cards come after the campaign.
func (t *sheetBuilder) notCounted(r *record) {
	if r.inFuture() {
		t.review("future", r, journal.ID{})
		return
	}
	if b, ok := r.body.(*outreach.StageBody); ok && b.Stage != t.plan.Campaigns[r.Campaign].Counts() {
		return
	}
	t.review("outside_campaign", r, journal.ID{})
}

// twoNumbers sends a person with two citizen numbers to review.
func (t *sheetBuilder) twoNumbers(facts []*record) {
	var first *record
	for _, r := range facts {
		if r.Subject.Citizen == "" {
			continue
		}
		if first == nil {
			first = r
		} else if r.Subject.Citizen != first.Subject.Citizen && r.Campaign == t.campaign {
			t.review("two_citizen_numbers", r, first.Root)
			return
		}
	}
}
