package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
)

// residents is how many people an office's list has of its first commune.
const residents = 96

// lists are what offices know of some of their people on a day, as their lists
// would say it: who is covered and until when, who draws a pension in cash,
// which child has no card. Nobody of them is met in the entries.
func lists(cfg Config, taken map[string]int, n int, offices []*office) []people.Record {
	c := &census{rng: rand.New(rand.NewPCG(cfg.Seed, 0x64616e)), n: n, number: taken, home: map[*commune]int{}}
	today := journal.DayOf(cfg.Today)
	yes := true
	var out []people.Record
	for _, o := range offices {
		first := &office{name: o.name, communes: o.communes[:1]}
		for range residents {
			p := c.person(first, pick(c.rng, []age{pupil, adult, adult, retired}))
			year, _ := strconv.Atoi(p.card.Birth[:4])
			r := people.Record{
				Personal: people.Personal{Name: p.card.Name, Citizen: p.card.Citizen, Birth: p.card.Birth},
				Commune:  p.card.Commune, Village: p.card.Village,
				Household: fmt.Sprintf("%s-%03d", p.card.Commune, 1+len(out)%residents/4),
				BirthYear: year, Sex: p.card.Sex,
			}
			if len(p.card.Birth) == 4 {
				r.Birth = ""
			}
			old := cfg.Today.In(journal.Zone).Year() - year
			if old <= 18 {
				r.Student = &yes
			}
			if old >= 60 && c.rng.IntN(3) == 0 {
				r.Cash = &yes
			}
			if old > 20 && c.rng.IntN(5) == 0 {
				paid := 6 + c.rng.IntN(150)
				r.SIMonths = &paid
			}
			if left, covered := c.left(); covered {
				end := today.Add(left)
				r.Covers = []people.Cover{{Scheme: outreach.HouseholdHI, Start: end.Add(-364), End: end, Source: "list"}}
			}
			out = append(out, r)
		}
	}
	return out
}

// left is for how many days a card still holds, below zero for one that ended;
// or that there was none.
func (c *census) left() (days int, ever bool) {
	switch n := c.rng.IntN(10); {
	case n < 2:
		return 0, false
	case n < 4:
		return -1 - c.rng.IntN(200), true
	case n < 6:
		return c.rng.IntN(31), true
	default:
		return 40 + c.rng.IntN(300), true
	}
}
