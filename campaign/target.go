package campaign

import "caunoi/journal"

// Target is what an office aims at for an indicator over a period; ok is
// false if it has no such target.
func (p *Plan) Target(campaignID, office, indicator string, from, to journal.Day) (value int, ok bool) {
	for _, t := range p.Targets {
		if t.Campaign == campaignID && t.Office == office && t.Indicator == indicator && t.From == from && t.To == to {
			return t.Value, true
		}
	}
	return 0, false
}

// ProvinceTarget is the target of the whole province: its own where it has
// one, else what its offices aim at together.
func (p *Plan) ProvinceTarget(c *Campaign, indicator string, from, to journal.Day) (value int, ok bool) {
	if value, ok = p.Target(c.ID, c.Province, indicator, from, to); ok {
		return value, true
	}
	for _, o := range p.LeagueOffices(c.Province) {
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
		if t.Campaign == c.ID && t.To == c.End && t.From > from && t.From <= c.End {
			from = t.From
		}
	}
	return from, from > c.Start
}

// CommuneShares spreads the targets of offices over the whole campaign evenly
// over their communes, by code, so that the shares of an office add up to its
// target. It is a measure for the map, not a target that anybody was given.
func (p *Plan) CommuneShares(c *Campaign, indicator string) map[string]int {
	byOffice := map[string][]string{}
	for _, commune := range p.CommunesOf(c.Province) {
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
