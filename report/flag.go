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

// Spot is a figure of a unit, or of one of its campaigners, on a day.
type Spot struct {
	Office    string
	Day       journal.Day
	Indicator tally.Indicator
	// Campaigner is empty for the unit.
	Campaigner string
}

// Reason is why a day looks unlikely.
type Reason string

const (
	// Jump: far out of line with the other days of the same.
	Jump Reason = "jump"
	// OnePhone: many of the people counted that day have one phone number.
	OnePhone Reason = "phone"
)

// Flag is a day that looks unlikely.
type Flag struct {
	Spot
	Reason Reason
	// Value is what was counted that day, or how many have one number. Of a jump,
	// Usual is the median of the other days and Spread the median distance from
	// it; Days is how many these are.
	Value, Usual, Spread, Days int
}

// ManyOnePhone is from how many people on a day looks unlikely on which all have
// one phone number: more than a household has.
const ManyOnePhone = 8

// PhoneFlags are the days on which at least [ManyOnePhone] of the people whom an
// office enrolled have one number, by how many they are.
func PhoneFlags(shared map[Spot]int) (out []Flag) {
	for spot, n := range shared {
		if n >= ManyOnePhone {
			out = append(out, Flag{Spot: spot, Reason: OnePhone, Value: n})
		}
	}
	sortFlags(out)
	return out
}

const (
	leastDays  = 5 // other days without which nothing is usual
	manySpread = 6 // spreads above the usual; one is at least a quarter of it
)

// leastAbove is how far above the usual any office may come once: by a good day,
// or by one hall full of people.
var leastAbove = map[tally.Indicator]int{tally.Enrolments: 10, tally.ReachedHeadCount: 50}

// Flags finds days that look unlikely in the closed figures: by day, office,
// campaigner and indicator. A day is compared with the other days of the campaign
// on which anything was counted for the same unit, at least 5. Usual is their
// median, Spread the median of their distances from it; of two in the middle the
// lower one holds. The day is flagged where it is above the usual by more than 10
// enrolments or 50 heads, and by more than six times the spread, which is taken to
// be at least a quarter of the usual.
//
// Both are medians so that a jump does not make itself usual.
func Flags(plan *campaign.Plan, c *campaign.Campaign, figures tally.Sheet) []Flag {
	inLeague := map[string]bool{}
	for _, o := range plan.LeagueOffices(c.Province, c.Start) {
		inLeague[o.ID] = true
	}
	return jumps(figures, func(k tally.Key) (Spot, bool) {
		return Spot{Office: k.Office}, inLeague[k.Office]
	})
}

// CampaignerFlags are the same of campaigners, each beside the own other days, by
// the figures in the dimension "campaigner".
func CampaignerFlags(plan *campaign.Plan, c *campaign.Campaign, byCampaigner tally.Sheet) []Flag {
	return jumps(byCampaigner, func(k tally.Key) (Spot, bool) {
		who := plan.Campaigners[campaignerOf(k)]
		if who == nil || !plan.Under(who.Office, c.Province) {
			return Spot{}, false
		}
		return Spot{Office: who.Office, Campaigner: who.ID}, true
	})
}

// jumps finds those of all units, as whose key tells.
func jumps(figures tally.Sheet, whose func(tally.Key) (unit Spot, is bool)) (out []Flag) {
	byDay := map[Spot]map[journal.Day]int{} // of a unit and an indicator
	for spot, total := range tally.By(figures, func(k tally.Key) Spot {
		unit, is := whose(k)
		if unit.Day, unit.Indicator = k.Day, watchedOf(k.Indicator); !is {
			unit.Indicator = ""
		}
		return unit
	}) {
		unit := spot
		unit.Day = ""
		if n := total[spot.Indicator].Closed; spot.Indicator != "" && n > 0 {
			if byDay[unit] == nil {
				byDay[unit] = map[journal.Day]int{}
			}
			byDay[unit][spot.Day] = n
		}
	}
	for unit, days := range byDay {
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
			if above > leastAbove[unit.Indicator] && above > manySpread*spread && 4*above > manySpread*usual {
				spot := unit
				spot.Day = day
				out = append(out, Flag{spot, Jump, value, usual, spread, len(others)})
			}
		}
	}
	sortFlags(out)
	return out
}

func sortFlags(list []Flag) {
	slices.SortFunc(list, func(a, b Flag) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Office, b.Office), cmp.Compare(a.Campaigner, b.Campaigner), cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Reason, b.Reason))
	})
}

// median is the one in the middle; of two the lower.
func median(list []int) int {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[(len(sorted)-1)/2]
}

// Seen is a day and why it looked unlikely.
type Seen struct {
	Spot
	Reason Reason
}

// Passed are days that somebody of the province looked at and let pass, with the
// value that was seen: one that grows is flagged again.
type Passed map[Seen]int

// Lets says whether a flag was let pass.
func (p Passed) Lets(f Flag) bool {
	seen, ok := p[Seen{f.Spot, f.Reason}]
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
