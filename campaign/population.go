package campaign

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"caunoi/journal"
)

// MostPopulation is how many people a commune may be said to have.
const MostPopulation = 10_000_000

// Population is how many people live in a commune as somebody counted them for
// a year, within its boundaries at the end of that year.
type Population struct {
	Year   int    `json:"year" minimum:"1900" maximum:"2100"`
	People int    `json:"people" minimum:"1" maximum:"10000000"`
	Source string `json:"source" minLength:"1" maxLength:"200" doc:"who counted, or where it is published"`
}

// Check refuses what cannot be a population: plan.population, with the commune's
// code and the year.
func (p *Population) Check(commune string) error {
	if p.Year < 1900 || p.Year > 2100 || p.People < 1 || p.People > MostPopulation || strings.TrimSpace(p.Source) == "" || len(p.Source) > 800 {
		return journal.Refuse("plan.population", "commune", commune, "year", strconv.Itoa(p.Year))
	}
	return nil
}

// Counted is the commune with populations beside those of other years, or
// instead of that of the same year.
func (c *Commune) Counted(counts ...Population) *Commune {
	then := *c
	then.Population = slices.Clone(c.Population)
	for _, one := range counts {
		at, there := slices.BinarySearchFunc(then.Population, one.Year, func(had Population, year int) int { return cmp.Compare(had.Year, year) })
		if there {
			then.Population[at] = one
		} else {
			then.Population = slices.Insert(then.Population, at, one)
		}
	}
	return &then
}

// CountedIn is the commune's population of a year.
func (c *Commune) CountedIn(year int) (Population, bool) {
	for _, one := range c.Population {
		if one.Year == year {
			return one, true
		}
	}
	return Population{}, false
}

func (c *Commune) checkPopulation() error {
	last := 0
	for i := range c.Population {
		one := &c.Population[i]
		if err := one.Check(c.Code); err != nil {
			return err
		}
		if one.Year <= last {
			return journal.Refuse("plan.population", "commune", c.Code, "year", strconv.Itoa(one.Year))
		}
		last = one.Year
	}
	return nil
}

// Populations are those of the communes that stand on a day, by code: each the
// last that is not of a later year, else the first. A commune that was merged
// after the year of the one that took it in is added to it. Left out is a
// commune of which, or of what it took in since, nobody has said any.
func (p *Plan) Populations(day journal.Day) map[string]Population {
	parts := map[string][]*Commune{}
	for _, c := range p.Communes {
		if c.Merged != nil {
			parts[c.Merged.Into] = append(parts[c.Merged.Into], c)
		}
	}
	var of func(c *Commune, day journal.Day) (Population, bool)
	of = func(c *Commune, day journal.Day) (sum Population, ok bool) {
		if len(c.Population) == 0 {
			return sum, false
		}
		sum = c.Population[0]
		for _, one := range c.Population {
			if one.Year <= yearOf(day) {
				sum = one
			}
		}
		for _, part := range parts[c.Code] {
			if part.Stands(day) || yearOf(part.Merged.From) <= sum.Year {
				continue
			}
			more, ok := of(part, part.Merged.From.Add(-1)) // an earlier day each time, so it ends
			if !ok {
				return sum, false
			}
			sum.People += more.People
		}
		return sum, true
	}
	out := map[string]Population{}
	for code, c := range p.Communes {
		if c.Stands(day) {
			if n, ok := of(c, day); ok {
				out[code] = n
			}
		}
	}
	return out
}

func yearOf(day journal.Day) int { return day.Start().Year() }

// OfficePopulations are the people in the communes of each office of a province
// on a day. It is false where of some commune nobody has said any: who is
// measured by one count is not compared with who is measured by another.
func (p *Plan) OfficePopulations(province string, day journal.Day) (map[string]int, bool) {
	known, out := p.Populations(day), map[string]int{}
	for _, c := range p.CommunesOf(province, day) {
		n, ok := known[c.Code]
		if !ok {
			return nil, false
		}
		out[c.Office] += n.People
	}
	return out, true
}
