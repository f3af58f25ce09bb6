package report

import (
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// span is a stretch of days, both ends in it.
type span struct{ from, to journal.Day }

// targets are those of a whole province.
func targets(plan *campaign.Plan, c *campaign.Campaign, s span, actual tally.Total) []Target {
	out := []Target{}
	for _, i := range shown() {
		if value, ok := plan.ProvinceTarget(c, string(i), s.from, s.to); ok {
			n := actual[i].Closed
			out = append(out, Target{Indicator: i, Target: value, Actual: n, Percent: percent(n, value)})
		}
	}
	return out
}

// peak tells the campaign's final stretch, if it has one with targets.
func peak(plan *campaign.Plan, c *campaign.Campaign, sheet tally.Sheet) *Peak {
	from, ok := plan.Peak(c)
	if !ok {
		return nil
	}
	s := span{from, c.End}
	within := only(sheet, func(k tally.Key) bool { return s.from <= k.Day && k.Day <= s.to })
	found := targets(plan, c, s, within.Total())
	if len(found) == 0 {
		return nil
	}
	return &Peak{From: s.from, To: s.to, Days: s.to.Sub(s.from) + 1, Targets: found}
}

// shown are all figures in the order in which they are shown, each sum before
// its parts.
func shown() (out []tally.Indicator) {
	for _, i := range tally.Indicators {
		for _, sum := range []tally.Indicator{tally.Activities, tally.PeopleReached, tally.Enrolments} {
			if sum.Parts()[0] == i {
				out = append(out, sum)
			}
		}
		out = append(out, i)
	}
	return out
}
