package report

import (
	"cmp"
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Watched are the figures in which a day may look unlikely.
var Watched = []tally.Indicator{tally.Enrolments, tally.ReachedHeadCount}

// watchedOf is the watched figure in which an indicator takes part; empty for
// none.
func watchedOf(i tally.Indicator) tally.Indicator {
	for _, w := range Watched {
		if slices.Contains(w.Parts(), i) {
			return w
		}
	}
	return ""
}

// Spot is a figure of a unit on a day.
type Spot struct {
	Office    string
	Day       journal.Day
	Indicator tally.Indicator
}

// Flag is a day of a unit that is far out of line with its other days.
type Flag struct {
	Spot
	// Value is what was counted that day; Usual is the median of the unit's other
	// days and Spread the median distance from it; Days is how many these are.
	Value, Usual, Spread, Days int
}

const (
	leastDays  = 5 // other days without which nothing is usual
	manySpread = 6 // spreads above the usual; one is at least a quarter of it
)

// leastAbove is how far above the usual any office may come once: by a good day,
// or by one hall full of people.
var leastAbove = map[tally.Indicator]int{tally.Enrolments: 10, tally.ReachedHeadCount: 50}

// Flags finds days that look unlikely in the closed figures: by day, office and
// indicator. A day is compared with the unit's own other days of the campaign on
// which anything was counted, at least 5. Usual is their median, Spread the median of
// their distances from it; of two in the middle the lower one holds. The day is
// flagged where it is above the usual by more than 10 enrolments or 50 heads, and
// by more than six times the spread, which is taken to be at least a quarter of
// the usual.
//
// Both are medians so that a jump does not make itself usual.
func Flags(plan *campaign.Plan, c *campaign.Campaign, figures tally.Sheet) (out []Flag) {
	type unit struct {
		office    string
		indicator tally.Indicator
	}
	byDay := map[unit]map[journal.Day]int{}
	for spot, total := range tally.By(figures, func(k tally.Key) Spot { return Spot{k.Office, k.Day, watchedOf(k.Indicator)} }) {
		u := unit{spot.Office, spot.Indicator}
		if n := total[spot.Indicator].Closed; spot.Indicator != "" && n > 0 {
			if byDay[u] == nil {
				byDay[u] = map[journal.Day]int{}
			}
			byDay[u][spot.Day] = n
		}
	}
	for _, o := range plan.LeagueOffices(c.Province, c.Start) {
		for _, i := range Watched {
			days := byDay[unit{o.ID, i}]
			for day, value := range days {
				var others []int
				for d, n := range days {
					if d != day {
						others = append(others, n)
					}
				}
				if len(others) < leastDays {
					continue
				}
				usual := median(others)
				for k, n := range others {
					others[k] = max(n-usual, usual-n)
				}
				spread := median(others)
				above := value - usual
				if above > leastAbove[i] && above > manySpread*spread && 4*above > manySpread*usual {
					out = append(out, Flag{Spot{o.ID, day, i}, value, usual, spread, len(others)})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Flag) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Office, b.Office), cmp.Compare(a.Indicator, b.Indicator))
	})
	return out
}

// median is the one in the middle; of two the lower.
func median(list []int) int {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[(len(sorted)-1)/2]
}

// Passed are days that somebody of the province looked at and let pass, with the
// value that was seen: one that grows is flagged again.
type Passed map[Spot]int

// Lets says whether a flag was let pass.
func (p Passed) Lets(f Flag) bool {
	seen, ok := p[f.Spot]
	return ok && f.Value <= seen
}

// Hold are the days that a rule holds out of the points.
func Hold(rule *campaign.Rule, flags []Flag, passed Passed) map[Spot]bool {
	out := map[Spot]bool{}
	for _, f := range flags {
		if rule.HoldFlagged && !passed.Lets(f) {
			out[f.Spot] = true
		}
	}
	return out
}
