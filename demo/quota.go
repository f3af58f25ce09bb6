package demo

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
)

// quota is what the closed figures of one office must come to, and how many
// people it takes.
type quota struct {
	si, hi, switches, donations int // credited to the office
	core                        int // persons who have any of these
	talk                        int // persons met without any of these
	activities                  map[campaign.ActivityKind]int
	moved                       int // sessions moved by the weather
	ambition                    int // how its targets compare with others', percent
}

func (q *quota) acts() (n int) {
	for _, k := range q.activities {
		n += k
	}
	return n
}

// allot shares the figures out to the offices and returns the sum that head
// counts have to add to the persons identified.
func allot(rng *rand.Rand, f Figures, offices []*office) (heads int, err error) {
	weights := make([]int, len(offices))
	for i, o := range offices {
		weights[i] = (len(o.communes) + 3) * (60 + rng.IntN(80))
	}
	enrolled, err := shareOut(f.Enrolments.Total, weights, offices, f.OfficesNamed, "enrolments.total",
		func(n NamedOffice) int { return n.Enrolments })
	if err != nil {
		return 0, err
	}
	switches, err := shareOut(f.NoncashSwitches, weights, offices, f.OfficesNamed, "noncash_switches",
		func(n NamedOffice) int { return n.NoncashSwitches })
	if err != nil {
		return 0, err
	}
	si := spread(f.Enrolments.VoluntarySI, enrolled, enrolled)
	for i, o := range offices {
		o.quota = quota{si: si[i], hi: enrolled[i] - si[i], switches: switches[i], ambition: 60 + rng.IntN(80)}
	}
	for _, n := range f.OfficesNamed {
		officeNamed(offices, n.Name).quota.ambition = 100 // large ones would move all the others
	}
	allotActivities(f, effort(weights, enrolled), offices)
	if err := allotPeople(f, offices); err != nil {
		return 0, err
	}
	return allotTalk(f, weights, offices), nil
}

func officeNamed(offices []*office, name string) *office {
	return offices[slices.IndexFunc(offices, func(o *office) bool { return o.name == name })]
}

// effort weighs offices for activities: two thirds by size, one by outcome.
func effort(weights, enrolled []int) []int {
	size, outcome := 0, 0
	for i := range weights {
		size += weights[i]
		outcome += enrolled[i]
	}
	out := make([]int, len(weights))
	for i := range weights {
		out[i] = 2*weights[i]*max(1, outcome) + enrolled[i]*size
	}
	return out
}

// shareOut gives named offices what the figures say and the others the rest,
// below the first of the named ones as far as that can be.
func shareOut(total int, weights []int, offices []*office, named NamedOffices, field string, of func(NamedOffice) int) ([]int, error) {
	out := make([]int, len(offices))
	free := slices.Clone(weights)
	rest, others, most := total, len(offices), 0
	for _, n := range named {
		i := slices.IndexFunc(offices, func(o *office) bool { return o.name == n.Name })
		out[i], free[i] = of(n), 0
		rest -= of(n)
		others--
		most = max(most, of(n)-1)
	}
	if len(named) == 0 {
		most = total
	}
	if rest < 0 || others == 0 && rest > 0 {
		return nil, journal.Refuse("figures.sum", "field", field, "value", total, "sum", total-rest)
	}
	if others == 0 {
		return out, nil
	}
	caps := make([]int, len(offices))
	for i := range caps {
		if free[i] > 0 {
			caps[i] = max(most, (rest+others-1)/others)
		}
	}
	for i, n := range spread(rest, free, caps) {
		out[i] += n
	}
	return out, nil
}

// spread divides a total by weights, none above its cap; nil caps are none.
// What the caps leave no room for is not spread.
func spread(total int, weights, caps []int) []int {
	out := make([]int, len(weights))
	open := func(i int) bool { return weights[i] > 0 && (caps == nil || out[i] < caps[i]) }
	for total > 0 {
		sum := 0
		for i, w := range weights {
			if open(i) {
				sum += w
			}
		}
		if sum == 0 {
			return out
		}
		whole := total
		for i, w := range weights {
			if !open(i) {
				continue
			}
			hi, lo := bits.Mul64(uint64(whole), uint64(w))
			share, _ := bits.Div64(hi, lo, uint64(sum))
			n := int(share)
			if caps != nil {
				n = min(n, caps[i]-out[i])
			}
			out[i] += n
			total -= n
		}
		if total < whole {
			continue
		}
		// Less than one each: to the heaviest first.
		order := make([]int, 0, len(weights))
		for i := range weights {
			if open(i) {
				order = append(order, i)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return weights[b] - weights[a] })
		for _, i := range order {
			if total > 0 {
				out[i]++
				total--
			}
		}
	}
	return out
}

// allotActivities gives every office some, if there are enough, and spreads
// the rare kinds over different offices.
func allotActivities(f Figures, weights []int, offices []*office) {
	total, left := 0, make([]int, len(offices))
	for _, k := range campaign.ActivityKinds {
		total += f.Activities[k]
	}
	order := make([]int, len(offices))
	for i := range order {
		order[i] = i
		offices[i].quota.activities = map[campaign.ActivityKind]int{}
	}
	slices.SortStableFunc(order, func(a, b int) int { return weights[b] - weights[a] })
	each := min(1, total/len(offices))
	for i, n := range spread(total-each*len(offices), weights, nil) {
		left[i] = each + n
	}
	at := 0
	for _, k := range campaign.ActivityKinds {
		for range f.Activities[k] {
			for left[order[at%len(order)]] == 0 {
				at++
			}
			i := order[at%len(order)]
			offices[i].quota.activities[k]++
			left[i]--
			at++
		}
	}
	bad := len(f.BadWeather)
	step := max(1, total*3/10/len(offices)/max(1, bad))
	for rank, name := range f.BadWeather {
		o := officeNamed(offices, name)
		o.highland = true
		o.quota.moved = (bad-rank)*step + min(2, total/100)
	}
}

// allotPeople finds how many persons stand behind enrolments, switches and
// donations. One may have several of these, and must where few were reached.
func allotPeople(f Figures, offices []*office) error {
	k := len(f.DonationsIn)
	for _, step := range []int{max(1, f.PeopleReached/20/max(1, k*(k+1))), 1} {
		for rank, name := range f.DonationsIn {
			officeNamed(offices, name).quota.donations = (k - rank) * step
		}
		people, least := 0, 0
		slack := make([]int, len(offices))
		for i, o := range offices {
			q := &o.quota
			lowest := max(q.si, q.hi, q.switches, q.donations)
			q.core = max(lowest, q.si+q.hi+q.switches+q.donations-q.si/8-q.switches/16)
			slack[i] = q.core - lowest
			people += q.core
			least += lowest
		}
		if least > f.PeopleReached {
			if step > 1 {
				continue
			}
			return journal.Refuse("figures.too_few_people", "reached", f.PeopleReached, "least", least)
		}
		for i, n := range spread(people-f.PeopleReached, slack, slack) {
			offices[i].quota.core -= n
		}
		return nil
	}
	return nil
}

// mostPerSession keeps head counts credible.
const mostPerSession = 400

// allotTalk gives the offices people to talk to and leaves the rest to head
// counts, which it returns.
func allotTalk(f Figures, weights []int, offices []*office) int {
	rest, sessions := f.PeopleReached, 0
	for _, o := range offices {
		rest -= o.quota.core
		sessions += o.quota.acts()
	}
	heads := min(rest*2/3, sessions*mostPerSession)
	for i, n := range spread(rest-heads, weights, nil) {
		offices[i].quota.talk = n
	}
	return heads
}
