package tally

import (
	"cmp"
	"strings"
	"time"

	"caunoi/journal"
)

// Key is where a figure stands. An empty Commune means people from elsewhere:
// of another province, or of unknown residence.
type Key struct {
	Campaign  string
	Office    string
	Commune   string
	Day       journal.Day
	Indicator Indicator
	// Dim is a further dimension of the figure, "hour=14" or "campaigner=ID";
	// empty for the figure itself.
	Dim string
}

// Compare orders keys; figures are changed in this order.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Campaign, o.Campaign), cmp.Compare(k.Indicator, o.Indicator), cmp.Compare(k.Dim, o.Dim),
		cmp.Compare(k.Office, o.Office), cmp.Compare(k.Commune, o.Commune), cmp.Compare(k.Day, o.Day))
}

// HasPast says that the figure is kept as it stood at any moment; see [Query.AsOf].
// Of the dimensions the hours alone are.
func (k Key) HasPast() bool { return k.Dim == "" || strings.HasPrefix(k.Dim, "hour=") }

// Cell is a count seen twice: with all entries, and with those alone that were
// not late. They are equal until a closing parts them.
type Cell struct {
	All    int `json:"all"`
	Closed int `json:"closed"`
}

// Late is the signed difference that late entries make.
func (c Cell) Late() int { return c.All - c.Closed }

func (c Cell) plus(o Cell) Cell  { return Cell{c.All + o.All, c.Closed + o.Closed} }
func (c Cell) minus(o Cell) Cell { return Cell{c.All - o.All, c.Closed - o.Closed} }

// Figure is a counted number at its place.
type Figure struct {
	Key
	Cell
}

// Contribution is what one record adds to one figure: the figure is the sum
// of its contributions, which is how it opens to the entries behind it.
type Contribution struct {
	Key
	Root journal.ID
	Cell
}

// NewestFirst orders contributions by day, then by record, the last first.
func NewestFirst(a, b Contribution) int {
	return cmp.Or(cmp.Compare(b.Day, a.Day), b.Root.Compare(a.Root), cmp.Compare(a.Indicator, b.Indicator))
}

// Query selects figures. Empty fields select all.
type Query struct {
	Campaign  string
	Indicator Indicator // may be a sum
	Office    string
	Commune   string
	// Elsewhere selects the figures of people from elsewhere alone.
	Elsewhere bool
	From, To  journal.Day
	// Dim selects a dimension by its name ("hour"), or one place in it
	// ("hour=14"); empty the figures alone.
	Dim string
	// AsOf selects figures as they stood at an instant of the past; zero, as
	// they stand. It is for those that have a past; see [Key.HasPast].
	AsOf time.Time
}

// Sheet is a set of figures to be added up by any of their places.
type Sheet []Figure

// Compact adds up what stands under one key, in no order, and leaves out what
// comes to nothing.
func (s Sheet) Compact() Sheet {
	sums := make(map[Key]Cell, len(s))
	for _, f := range s {
		sums[f.Key] = sums[f.Key].plus(f.Cell)
	}
	out := make(Sheet, 0, len(sums))
	for k, c := range sums {
		if c != (Cell{}) {
			out = append(out, Figure{k, c})
		}
	}
	return out
}

// Total is a set of sums by indicator, the sums of [Activities],
// [PeopleReached] and [Enrolments] among them.
type Total map[Indicator]Cell

// By adds the sheet up by a part of the key.
func By[K comparable](s Sheet, part func(Key) K) map[K]Total {
	out := map[K]Total{}
	for _, f := range s {
		k := part(f.Key)
		t := out[k]
		if t == nil {
			t = Total{}
			out[k] = t
		}
		t[f.Indicator] = t[f.Indicator].plus(f.Cell)
		for _, sum := range f.Indicator.sums() {
			t[sum] = t[sum].plus(f.Cell)
		}
	}
	return out
}

// Total adds the whole sheet up.
func (s Sheet) Total() Total {
	t := By(s, func(Key) struct{} { return struct{}{} })[struct{}{}]
	if t == nil {
		t = Total{}
	}
	return t
}

// ByOffice, ByCommune and ByDay add up by one part of the key.
func (s Sheet) ByOffice() map[string]Total { return By(s, func(k Key) string { return k.Office }) }

func (s Sheet) ByCommune() map[string]Total { return By(s, func(k Key) string { return k.Commune }) }

func (s Sheet) ByDay() map[journal.Day]Total {
	return By(s, func(k Key) journal.Day { return k.Day })
}
