package tally

import (
	"cmp"
	"slices"
	"strings"

	"caunoi/journal"
)

// again is the dimension of what somebody counts for in a campaign who counted
// for the same earlier in that year, in another campaign of the province: with
// these taken away, the year counts each person once. again.campaigner says who
// recorded it.
const again = "again"

// ofPersons are the indicators that count persons, each once in a campaign.
var ofPersons = append([]Indicator{ReachedIdentified}, Credited...)

// onceA says for what a person counts once: in a year, or a year that is made up.
type onceA struct {
	person    int
	indicator Indicator
	year      string
	province  string
	synthetic bool
}

// repeated finds, of the campaigns of one view of the journal, what repeats an
// earlier one. The first is that of the earlier day, then the smaller record.
func repeated(views []*sheetBuilder) map[Contribution]int {
	out := map[Contribution]int{}
	if len(views) < 2 {
		return out
	}
	for _, own := range views { // who is who depends on what was late for the campaign
		first := map[onceA]Contribution{}
		each := func(t *sheetBuilder, do func(onceA, Contribution)) {
			in := t.plan.Campaigns[t.campaign]
			for c := range t.sums {
				person, known := own.who[c.Root]
				if known && c.Dim == "" && slices.Contains(ofPersons, c.Indicator) {
					do(onceA{person, c.Indicator, string(c.Day[:4]), in.Province, in.Synthetic}, c)
				}
			}
		}
		for _, t := range views {
			each(t, func(what onceA, c Contribution) {
				if had, ok := first[what]; !ok || earlier(c, had) < 0 {
					first[what] = c
				}
			})
		}
		repeats := map[journal.ID]map[Indicator]bool{}
		each(own, func(what onceA, c Contribution) {
			if earlier(first[what], c) < 0 {
				if repeats[c.Root] == nil {
					repeats[c.Root] = map[Indicator]bool{}
				}
				repeats[c.Root][c.Indicator] = true
			}
		})
		for c, n := range own.sums {
			if !repeats[c.Root][c.Indicator] {
				continue
			}
			if who, is := strings.CutPrefix(c.Dim, "campaigner="); is {
				c.Dim = again + ".campaigner=" + who
			} else if c.Dim != "" {
				continue
			} else {
				c.Dim = again + "=" // the name alone
			}
			out[c] = n
		}
	}
	return out
}

func earlier(a, b Contribution) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), a.Root.Compare(b.Root))
}

// Once gives the query for what the figures of a query count again in a year.
func (q Query) Once() Query {
	q.Dim = strings.TrimSuffix(again+"."+q.Dim, ".")
	return q
}

// Less takes away what a sheet counts again: what is selected by [Query.Once].
func (s Sheet) Less(repeats Sheet) Sheet {
	for _, f := range repeats {
		f.Dim = strings.TrimPrefix(strings.TrimPrefix(f.Dim, again), ".")
		f.Dim = strings.TrimPrefix(f.Dim, "=")
		f.Cell = Cell{}.minus(f.Cell)
		s = append(s, f)
	}
	return s
}
