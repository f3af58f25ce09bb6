package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"caunoi/journal"
)

// person is one of the people of the demo, who counts once.
type person struct {
	// card is what is true of the person; an entry may know less.
	card journal.Person
	home *office
	// What of theirs the closed figures of the home office count.
	si, hi, switched, donated bool
}

// age is a stage of life, in years of birth.
type age struct{ from, to int }

var (
	pupil   = age{2008, 2017}
	adult   = age{1968, 2004}
	retired = age{1944, 1967}
)

// census makes people. Their citizen numbers have the official format, and
// count down from 999999 within place, sex and year of birth.
type census struct {
	rng    *rand.Rand
	n      int
	number map[string]int
	home   map[*commune]int // people so far, for households
}

func newCensus(rng *rand.Rand) *census {
	return &census{rng: rng, number: map[string]int{}, home: map[*commune]int{}}
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func (c *census) person(home *office, a age) *person {
	t := texts()
	c.n++
	place := pick(c.rng, home.communes)
	village := pick(c.rng, place.villages)
	p := &person{home: home}
	year := a.from + c.rng.IntN(a.to-a.from+1)
	p.card = journal.Person{
		Sex: pick(c.rng, []string{"f", "m"}), Commune: place.Code, Village: village.Name,
		Birth:     fmt.Sprintf("%04d-%02d-%02d", year, 1+c.rng.IntN(12), 1+c.rng.IntN(28)),
		Household: fmt.Sprintf("ho-%s-%04d", place.Code, 1+c.home[place]/3),
	}
	c.home[place]++
	middle := t.MiddleM
	if p.card.Sex == "f" {
		middle = t.MiddleF
	}
	p.card.Name = fill(t.Person, "{surname}", pick(c.rng, t.Surnames), "{middle}", pick(c.rng, middle), "{n}", fmt.Sprintf("%04d", c.n))
	p.card.Citizen = c.citizen(p)
	if c.rng.IntN(12) == 0 {
		p.card.Birth = p.card.Birth[:4] // all that the person knows
	}
	return p
}

// citizen is a number that nobody has yet, fit for the person.
func (c *census) citizen(p *person) string {
	place := ""
	for _, code := range texts().PlaceCodes {
		if code.From <= p.home.communes[0].Code {
			place = code.Code
		}
	}
	year, _ := strconv.Atoi(p.card.Birth[:4])
	century := 2 * (year/100 - 19)
	if p.card.Sex == "f" {
		century++
	}
	prefix := fmt.Sprintf("%s%d%02d", place, century, year%100)
	c.number[prefix]++
	return fmt.Sprintf("%s%06d", prefix, 1_000_000-c.number[prefix])
}

// known is what an entry knows of a person with a citizen number.
func (p *person) known() *journal.Person { return &p.card }

// anonymous is what an entry knows of a person without a number.
func (p *person) anonymous() *journal.Person {
	card := p.card
	card.Citizen, card.Household = "", ""
	return &card
}

// numbered is the person under another number.
func (p *person) numbered(citizen string) *journal.Person {
	card := p.card
	card.Citizen = citizen
	return &card
}

// settlers are the people behind an office's figures. Enrolments, switches and
// donations stand round a circle of people, so that nobody has one twice and
// only as many people as must have two.
func (c *census) settlers(o *office) (core, talk []*person) {
	q := o.quota
	set := []struct {
		n    int
		mark func(*person)
	}{
		{q.hi, func(p *person) { p.hi = true }},
		{q.switches, func(p *person) { p.switched = true }},
		{q.donations, func(p *person) { p.donated = true }},
		{q.si, func(p *person) { p.si = true }},
	}
	marks := make([]person, q.core)
	at := 0
	for _, s := range set {
		for range s.n {
			s.mark(&marks[at%q.core])
			at++
		}
	}
	for _, m := range marks {
		a := adult
		switch {
		case m.donated && !m.si && !m.switched || m.hi && !m.si && !m.switched && c.rng.IntN(8) == 0:
			a = pupil
		case m.switched:
			a = retired
		}
		p := c.person(o, a)
		p.si, p.hi, p.switched, p.donated = m.si, m.hi, m.switched, m.donated
		core = append(core, p)
	}
	for range q.talk {
		talk = append(talk, c.person(o, pick(c.rng, []age{adult, adult, retired})))
	}
	return core, talk
}

// single says that exactly one thing of the person's counts.
func (p *person) single() bool {
	n := 0
	for _, has := range []bool{p.si, p.hi, p.switched, p.donated} {
		if has {
			n++
		}
	}
	return n == 1
}

// deck deals people out, each once.
type deck struct{ people []*person }

func (d *deck) deal(n int) []*person {
	if n > len(d.people) {
		return nil
	}
	out := d.people[:n:n]
	d.people = d.people[n:]
	return out
}
