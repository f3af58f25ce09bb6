package demo

import (
	"fmt"
	"math"
	"strconv"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// worker is a campaigner with the office of the figures it works for.
type worker struct {
	campaign.Campaigner
	office *office
	// desk is always online; phone may be far from any network.
	desk, phone *device
}

// provinceID is the office that runs the campaigns.
func provinceID() string { return slug(texts().Province) + "-tinh" }

// recruit staffs the offices by the people that they will have to meet.
func recruit(offices []*office) (province []*worker) {
	t := texts()
	for _, o := range offices {
		q := o.quota
		met := q.core + q.talk
		o.officers = 4 + met/45
		for n := range o.officers + 2 + met/70 {
			c := campaign.Campaigner{ID: fmt.Sprintf("cb-%s-%02d", o.id, n+1), Office: o.id, Lead: n == 0}
			pattern := t.Officer
			if n >= o.officers {
				pattern, c.Partner = t.Agent, t.Partners[n%len(t.Partners)].ID
			}
			c.Name = fill(pattern, "{n}", strconv.Itoa(n+1), "{office}", o.name)
			o.staff = append(o.staff, &worker{Campaigner: c, office: o})
		}
	}
	for n := range 2 {
		id := provinceID()
		province = append(province, &worker{Campaigner: campaign.Campaigner{
			ID: fmt.Sprintf("cb-%s-%02d", id, n+1), Office: id, Lead: true,
			Name: fill(t.Officer, "{n}", strconv.Itoa(n+1), "{office}", t.Province),
		}})
	}
	return province
}

// items lists the places and people of the plan.
func items(f Figures, offices []*office, province []*worker) []campaign.Item {
	t := texts()
	var out []campaign.Item
	out = append(out, campaign.Item{Office: &campaign.Office{
		ID: provinceID(), Kind: campaign.Province, Name: t.Province, ProvinceCode: f.Campaign.ProvinceCode,
	}})
	for i, o := range offices {
		out = append(out, campaign.Item{Office: &campaign.Office{
			ID: o.id, Parent: provinceID(), Kind: campaign.GrassRoots, Name: o.name, Order: i + 1,
		}})
	}
	for i, p := range t.Partners {
		out = append(out, campaign.Item{Office: &campaign.Office{
			ID: p.ID, Parent: provinceID(), Kind: campaign.Partner, Name: p.Name, Order: len(offices) + i + 1,
		}})
	}
	staff := province
	for _, o := range offices {
		for _, c := range o.communes {
			out = append(out, campaign.Item{Commune: &c.Commune})
			for i := range c.villages {
				out = append(out, campaign.Item{Village: &c.villages[i]})
			}
		}
		staff = append(staff, o.staff...)
	}
	for _, w := range staff {
		out = append(out, campaign.Item{Campaigner: &w.Campaigner})
	}
	return out
}

// festivalDays is how long a festival lasts; it ends on the day before its
// figures are published.
const festivalDays = 24

func festivalOf(f Figures, offices []*office) campaign.Campaign {
	c := campaign.Campaign{
		ID: f.Campaign.ID, Kind: campaign.Festival, Name: campaign.Name{}, Province: provinceID(),
		Start: f.Campaign.Published.Add(-festivalDays), End: f.Campaign.Published.Add(-1),
		Published: f.Campaign.Published, Synthetic: true,
	}
	for lang, name := range f.Campaign.Name {
		c.Name[lang] = name
	}
	if c.Name["bn"] == "" {
		bn, ok := texts().CampaignBN[c.ID]
		if !ok {
			bn = texts().CampaignBN[""]
		}
		c.Name["bn"] = bn
	}
	for _, n := range f.OfficesNamed {
		c.NamedOffices = append(c.NamedOffices, officeNamed(offices, n.Name).id)
	}
	return c
}

// peakDays are the last days of a festival, with targets of their own.
const peakDays = 15

// targets aims a fifth above what is reached in all. A third is spread by
// communes and the rest by what the offices reach, more or less, so that some
// are above and some below.
func targets(c campaign.Campaign, offices []*office) []campaign.Item {
	var out []campaign.Item
	for _, aim := range []struct {
		indicator tally.Indicator
		of        func(quota) int
		from      journal.Day
		percent   int // of what is reached in the whole campaign
	}{
		{tally.Enrolments, func(q quota) int { return q.si + q.hi }, c.Start, 120},
		{tally.EnrolledSI, func(q quota) int { return q.si }, c.Start, 120},
		{tally.EnrolledHI, func(q quota) int { return q.hi }, c.Start, 120},
		{tally.Enrolments, func(q quota) int { return q.si + q.hi }, c.End.Add(1 - peakDays), 84},
	} {
		total, communes := 0, 0
		for _, o := range offices {
			total += aim.of(o.quota)
			communes += len(o.communes)
		}
		weights := make([]int, len(offices))
		for i, o := range offices {
			weights[i] = (2*aim.of(o.quota)*communes + total*len(o.communes)) * o.quota.ambition
		}
		for i, value := range spread(total*aim.percent/100, weights, nil) {
			if value > 0 {
				out = append(out, campaign.Item{Target: &campaign.Target{
					Campaign: c.ID, Office: offices[i].id, Indicator: string(aim.indicator), From: aim.from, To: c.End, Value: value,
				}})
			}
		}
	}
	return out
}

// yearTargets aim in each calendar year at what the year's campaigns aim at on its
// days together.
func yearTargets(plan []campaign.Item) []campaign.Item {
	sums := map[campaign.Target]int{}
	var order []campaign.Target
	all := campaign.NewPlan(plan)
	for _, t := range all.Targets {
		c := all.Campaigns[t.Campaign]
		if t.From != c.Start || t.To != c.End {
			continue
		}
		for y := t.From.Start().Year(); y <= t.To.Start().Year(); y++ {
			year := campaign.YearOf(y)
			of := campaign.Target{Office: t.Office, Indicator: t.Indicator, From: year.From, To: year.To}
			if _, had := sums[of]; !had {
				order = append(order, of)
			}
			sums[of] += t.Value * (min(t.To, year.To).Sub(max(t.From, year.From)) + 1) / (t.To.Sub(t.From) + 1)
		}
	}
	out := make([]campaign.Item, len(order))
	for i, t := range order {
		t.Value = sums[t]
		out[i].Target = &t
	}
	return out
}

// points lays the villages of each commune on a spiral: the next one a golden
// angle on, and a little farther out. Of one village of each office nobody has
// said where it lies.
func points(offices []*office) (out []campaign.Point) {
	const golden, kmPerDegree = 2.399963, 111.2
	for _, o := range offices {
		for n, c := range o.communes {
			for i, v := range c.villages {
				if n == len(o.communes)-1 && i == len(c.villages)-1 {
					continue
				}
				angle, km := golden*float64(i), 0.8+0.45*float64(i)
				out = append(out, campaign.Point{
					Commune: c.Code, Village: v.Name,
					Lat: c.Lat + km*math.Sin(angle)/kmPerDegree,
					Lon: c.Lon + km*math.Cos(angle)/kmPerDegree/math.Cos(c.Lat*math.Pi/180),
				})
			}
		}
	}
	return out
}
