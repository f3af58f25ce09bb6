package campaign

import (
	"cmp"
	"fmt"
	"slices"

	"caunoi/journal"
)

// Target is what an office aims at for an indicator over a period; ok is
// false if it has no such target.
func (p *Plan) Target(campaignID, office, indicator string, from, to journal.Day) (value int, ok bool) {
	return p.TargetOf(campaignID, office, "", indicator, from, to)
}

// TargetOf is that of one campaigner of an office; with none, of the office.
func (p *Plan) TargetOf(campaignID, office, campaigner, indicator string, from, to journal.Day) (value int, ok bool) {
	for _, t := range p.Targets {
		if t.Campaign == campaignID && t.Office == office && t.Campaigner == campaigner && t.Indicator == indicator && t.From == from && t.To == to {
			return t.Value, t.Value > 0
		}
	}
	return 0, false
}

// Period is a span of days for which there are targets.
type Period struct {
	From journal.Day `json:"from"`
	To   journal.Day `json:"to"`
}

// YearOf is a calendar year.
func YearOf(year int) Period {
	return Period{journal.Day(fmt.Sprintf("%04d-01-01", year)), journal.Day(fmt.Sprintf("%04d-12-31", year))}
}

// Year takes the place of a campaign where one asks for the year of its
// province: it has no id, and so the targets that are of no campaign.
func (c *Campaign) Year(year int) *Campaign {
	of := YearOf(year)
	return &Campaign{Province: c.Province, Start: of.From, End: of.To, Synthetic: c.Synthetic}
}

// CountedIn are the campaigns that count in a year of a province, as [Campaign.Year]
// gives it; what was made up counts in a year that is made up alone. Busy is from
// the first of their days in it to the last.
func (p *Plan) CountedIn(year *Campaign) (all []*Campaign, busy Period) {
	for _, id := range sortedKeys(p.Campaigns) {
		c := p.Campaigns[id]
		if c.Province != year.Province || c.Synthetic != year.Synthetic || c.End < year.Start || year.End < c.Start {
			continue
		}
		if from := max(c.Start, year.Start); len(all) == 0 || from < busy.From {
			busy.From = from
		}
		busy.To = max(busy.To, min(c.End, year.End))
		all = append(all, c)
	}
	return all, busy
}

// Periods are those of a campaign: all of it, its final stretch, and any other
// for which somebody has a target; the longest first.
func (p *Plan) Periods(c *Campaign) []Period {
	out := []Period{{c.Start, c.End}}
	for _, t := range p.Targets {
		if q := (Period{t.From, t.To}); t.Campaign == c.ID && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b Period) int {
		return cmp.Or(cmp.Compare(b.To.Sub(b.From), a.To.Sub(a.From)), cmp.Compare(a.From, b.From))
	})
	return out
}

// Spread parts a total among shares, such as numbers of people, by the method
// of the largest remainder: the parts add up to the total, and none is further
// from its exact share than one. Where all shares are 0 they count as equal.
// Keys of equal remainders are served in their order.
func Spread(total int, shares map[string]int) map[string]int {
	keys := sortedKeys(shares)
	sum := 0
	for _, k := range keys {
		sum += shares[k]
	}
	out := make(map[string]int, len(keys))
	rest := make(map[string]int, len(keys))
	left := total
	for _, k := range keys {
		share, all := shares[k], sum
		if sum == 0 {
			share, all = 1, len(keys)
		}
		out[k], rest[k] = total*share/all, total*share%all
		left -= out[k]
	}
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(rest[b], rest[a]) })
	for i := range left {
		out[keys[i]]++
	}
	return out
}

// ProvinceTarget is the target of the whole province: its own where it has
// one, else what its offices aim at together.
func (p *Plan) ProvinceTarget(c *Campaign, indicator string, from, to journal.Day) (value int, ok bool) {
	if value, ok = p.Target(c.ID, c.Province, indicator, from, to); ok {
		return value, true
	}
	for _, o := range p.LeagueOffices(c.Province, c.Start) {
		v, has := p.Target(c.ID, o.ID, indicator, from, to)
		value, ok = value+v, ok || has
	}
	return value, ok
}

// Peak is the first day of the campaign's final stretch: the shortest period
// that has targets of its own, begins within the campaign and ends with it.
func (p *Plan) Peak(c *Campaign) (from journal.Day, ok bool) {
	from = c.Start
	for _, t := range p.Targets {
		if t.Campaign == c.ID && t.Value > 0 && t.To == c.End && t.From > from && t.From <= c.End {
			from = t.From
		}
	}
	return from, from > c.Start
}

// Aims are the indicators of which somebody has a target over the whole
// campaign, in order.
func (p *Plan) Aims(c *Campaign) []string {
	var out []string
	for _, t := range p.Targets {
		if t.Campaign == c.ID && t.From == c.Start && t.To == c.End && t.Value > 0 && !slices.Contains(out, t.Indicator) {
			out = append(out, t.Indicator)
		}
	}
	slices.Sort(out)
	return out
}

// CommuneShares spreads the targets of offices over the whole campaign evenly
// over their communes of a day, by code, so that the shares of an office add up
// to its target. It is a measure for the map, not a target that anybody was given.
func (p *Plan) CommuneShares(c *Campaign, indicator string, day journal.Day) map[string]int {
	byOffice := map[string][]string{}
	for _, commune := range p.CommunesOf(c.Province, day) {
		byOffice[commune.Office] = append(byOffice[commune.Office], commune.Code)
	}
	out := map[string]int{}
	for office, codes := range byOffice {
		total, _ := p.Target(c.ID, office, indicator, c.Start, c.End)
		for i, code := range codes {
			out[code] = total*(i+1)/len(codes) - total*i/len(codes)
		}
	}
	return out
}
