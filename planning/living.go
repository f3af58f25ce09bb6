package planning

import (
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
)

// Living is how many people live in a commune, and whom of them nothing covers
// as far as anybody knows.
type Living struct {
	People, Uncovered int
	// Population is what was said of the commune, which People then are; zero
	// where nobody has, and the registry has to do.
	Population campaign.Population
}

// Basis says by what the people of communes are counted.
type Basis struct {
	Population int `json:"population" doc:"communes whose population is given"`
	Registry   int `json:"registry" doc:"communes of which nobody gave it, so that the registry has to do"`
}

// Add counts one more commune.
func (b *Basis) Add(l Living) {
	if l.Population.Year != 0 {
		b.Population++
	} else {
		b.Registry++
	}
}

// LivingIn counts the people of the communes that stand on a day, by code. Of a
// commune whose population is given, everybody is uncovered whom the registry
// does not know to be covered; of any other one, whom it knows to be uncovered.
func LivingIn(plan *campaign.Plan, day journal.Day, lived []people.Village) map[string]Living {
	out := map[string]Living{}
	for _, v := range lived {
		code := plan.CodeOn(v.Commune, day)
		l := out[code]
		l.People, l.Uncovered = l.People+v.People, l.Uncovered+v.Uncovered
		out[code] = l
	}
	for code, of := range plan.Populations(day) {
		l := out[code]
		covered := l.People - l.Uncovered
		out[code] = Living{of.People, max(l.Uncovered, of.People-covered), of}
	}
	return out
}
