package report

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Standing is the place of an office or of a campaigner in the league.
type Standing struct {
	// Office is the unit, or that of the campaigner; Campaigner is nil for a unit.
	Office     *campaign.Office
	Campaigner *campaign.Campaigner
	// Rank is counted from 1; who is equal shares it. 0 is listed without a rank:
	// too few sessions were held, there is no Divisor, or nothing gives points.
	Rank int
	// Actual are the new participants, Target those aimed at in the whole
	// campaign, persons; no target is 0.
	Actual, Target int
	Percent        *Tenths // nil without a target
	// Parts are the arithmetic, in the order of [Weighable]; Points are their sum.
	Parts  []Part
	Points int
	// Divisor is by what the points are divided: the points of the targets,
	// people, campaigners, or 1. Without any it is 0: such come after all others.
	Divisor int
	// Score is what the rule's Per makes of it: percent, points per 1,000 people,
	// per campaigner, or points; nil without a divisor.
	Score *Tenths
	// Sessions were held in the campaign, by the unit or with the campaigner.
	Sessions int

	ties []int
}

// Part is what one indicator gives.
type Part struct {
	Indicator tally.Indicator
	// Figure counts for the points; Held was counted, too, but is held out of
	// them; Target is what the unit aims at, 0 for none or where it plays no part.
	Figure, Held, Target int
	Weight               int
	Points               int
}

// Contest is what a league is made of: the plan, a rule, and figures.
type Contest struct {
	Plan     *campaign.Plan
	Campaign *campaign.Campaign
	Rule     *campaign.Rule
	// Figures are those of the campaign; ByCampaigner those in the dimension
	// "campaigner". Closed ones count.
	Figures, ByCampaigner tally.Sheet
	// People are how many live in the communes of each office; where that is
	// not known of all, Registered says so, and they are those of the registry.
	People     map[string]int
	Registered bool
	// Held are the days that are held out of the points; see [Flags].
	Held map[Spot]bool
}

// League ranks the grass-roots offices of a campaign's province by the usual
// rule: how much of their target of enrolments they have reached, in closed
// figures; then by enrolments, then by name. Offices without a target come last, without a
// rank.
func League(plan *campaign.Plan, campaignID string, byOffice map[string]tally.Total) []Standing {
	c := plan.Campaigns[campaignID]
	if c == nil {
		return nil
	}
	contest := Contest{Plan: plan, Campaign: c, Rule: campaign.UsualRule()}
	return contest.offices(byOffice, byOffice)
}

// Offices ranks the units by the figures up to a day.
func (c *Contest) Offices(until journal.Day) []Standing {
	counted := c.upTo(c.Figures, until)
	return c.offices(counted.ByOffice(), c.kept(counted).ByOffice())
}

func (c *Contest) offices(counted, kept map[string]tally.Total) []Standing {
	workers := map[string]int{}
	for _, w := range c.Plan.Campaigners {
		workers[w.Office]++
	}
	var out []Standing
	for _, o := range c.Plan.LeagueOffices(c.Campaign.Province, c.Campaign.Start) {
		s := Standing{Office: o, Actual: counted[o.ID][tally.Enrolments].Closed, Sessions: counted[o.ID][tally.Sessions].Closed}
		s.Target, _ = c.Plan.Target(c.Campaign.ID, o.ID, string(tally.Enrolments), c.Campaign.Start, c.Campaign.End)
		s.Percent = percent(s.Actual, s.Target)
		s.reckon(c.Rule, counted[o.ID], kept[o.ID], func(tally.Indicator) bool { return true })
		factor := 1
		switch c.Rule.Per {
		case campaign.PerTarget:
			for i := range s.Parts {
				part := &s.Parts[i]
				part.Target, _ = c.Plan.Target(c.Campaign.ID, o.ID, string(part.Indicator), c.Campaign.Start, c.Campaign.End)
				s.Divisor += part.Weight * part.Target
			}
			s.Score = percent(s.Points, s.Divisor)
		case campaign.PerPeople:
			s.Divisor, factor = c.People[o.ID], 1000
		case campaign.PerCampaigner:
			s.Divisor = workers[o.ID]
		default:
			s.Divisor = 1
		}
		if c.Rule.Per != campaign.PerTarget && s.Divisor > 0 {
			score := Tenths((20*factor*s.Points + s.Divisor) / (2 * s.Divisor))
			s.Score = &score
		}
		out = append(out, s)
	}
	rank(out, c.Rule.MinSessions)
	return out
}

// CampaignersPer is by what the points of campaigners are divided: by those of
// their own targets where the rule goes by targets and somebody has one, else
// by nothing, since people and campaigners are a unit's.
func (c *Contest) CampaignersPer() campaign.Per {
	if c.Rule.Per == campaign.PerTarget && len(c.aims()) > 0 {
		return campaign.PerTarget
	}
	return campaign.PerNone
}

// aims are the targets of campaigners for the whole campaign that the rule
// gives points for.
func (c *Contest) aims() map[aim]int {
	out := map[aim]int{}
	for _, t := range c.Plan.Targets {
		i := tally.Indicator(t.Indicator)
		if t.Campaign == c.Campaign.ID && t.Campaigner != "" && t.From == c.Campaign.Start && t.To == c.Campaign.End &&
			t.Value > 0 && i.OfCampaigners() && c.Rule.Weights[t.Indicator] > 0 {
			out[aim{t.Office, t.Campaigner, i}] = t.Value
		}
	}
	return out
}

type aim struct {
	office, campaigner string
	indicator          tally.Indicator
}

// Campaigners ranks who has anything credited by the figures up to a day, from
// what is credited to campaigners at all ([tally.Credited]).
func (c *Contest) Campaigners(until journal.Day) []Standing {
	per, aims := c.CampaignersPer(), c.aims()
	all := c.upTo(c.ByCampaigner, until)
	counted, kept := tally.By(all, campaignerOf), tally.By(c.kept(all), campaignerOf)
	var out []Standing
	for id, w := range c.Plan.Campaigners {
		total := counted[id]
		credited := slices.ContainsFunc(tally.Credited, func(i tally.Indicator) bool { return total[i] != tally.Cell{} })
		if !credited || !c.Plan.Under(w.Office, c.Campaign.Province) {
			continue
		}
		s := Standing{
			Office: c.Plan.Offices[w.Office], Campaigner: w, Divisor: 1,
			Actual: total[tally.Enrolments].Closed, Sessions: total[tally.Sessions].Closed,
		}
		s.reckon(c.Rule, total, kept[id], tally.Indicator.OfCampaigners)
		if per == campaign.PerTarget {
			s.Divisor = 0
			for i := range s.Parts {
				part := &s.Parts[i]
				part.Target = aims[aim{w.Office, id, part.Indicator}]
				s.Divisor += part.Weight * part.Target
			}
			s.Score = percent(s.Points, s.Divisor)
		} else {
			score := Tenths(10 * s.Points)
			s.Score = &score
		}
		out = append(out, s)
	}
	rank(out, c.Rule.MinOwnSessions)
	return out
}

// campaignerOf is whom a figure in the dimension "campaigner" is credited to.
func campaignerOf(k tally.Key) string { return strings.TrimPrefix(k.Dim, "campaigner=") }

func (c *Contest) upTo(s tally.Sheet, day journal.Day) (out tally.Sheet) {
	for _, f := range s {
		if f.Day <= day {
			out = append(out, f)
		}
	}
	return out
}

// kept leaves out the days that are held.
func (c *Contest) kept(s tally.Sheet) tally.Sheet {
	if len(c.Held) == 0 {
		return s
	}
	var out tally.Sheet
	for _, f := range s {
		spot := Spot{Office: f.Office, Day: f.Day, Indicator: watchedOf(f.Indicator)}
		held := c.Held[spot]
		if who := c.Plan.Campaigners[campaignerOf(f.Key)]; who != nil {
			spot.Office, spot.Campaigner = who.Office, who.ID
			held = held || c.Held[spot]
		}
		if !held {
			out = append(out, f)
		}
	}
	return out
}

// reckon fills in the points and what tells equals apart, of the indicators that
// play a part.
func (s *Standing) reckon(rule *campaign.Rule, counted, kept tally.Total, plays func(tally.Indicator) bool) {
	for _, i := range Weighable {
		weight := rule.Weights[string(i)]
		if weight == 0 || !plays(i) {
			continue
		}
		p := Part{Indicator: i, Figure: kept[i].Closed, Weight: weight}
		p.Held, p.Points = counted[i].Closed-p.Figure, p.Figure*weight
		s.Parts = append(s.Parts, p)
		s.Points += p.Points
	}
	for _, name := range rule.Ties {
		s.ties = append(s.ties, kept[tally.Indicator(name)].Closed)
	}
}

// Weighable are what a rule may give points for: the sums, then all that is
// counted.
var Weighable = append([]tally.Indicator{tally.Enrolments, tally.PeopleReached, tally.Activities}, tally.Indicators...)

// rank sorts standings and gives the ranks; those with too few sessions, or with
// nothing by which they can be compared, come last, without one.
func rank(list []Standing, minSessions int) {
	out := func(s *Standing) int {
		if s.Sessions < minSessions || s.Divisor == 0 || len(s.Parts) == 0 {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(out(&a), out(&b)), ahead(&a, &b), cmp.Compare(a.name(), b.name()), cmp.Compare(a.ID(), b.ID()))
	})
	for i := range list {
		switch {
		case out(&list[i]) == 1:
			list[i].Rank = 0
		case i > 0 && ahead(&list[i-1], &list[i]) == 0:
			list[i].Rank = list[i-1].Rank
		default:
			list[i].Rank = i + 1
		}
	}
}

// ID is that of the unit or the campaigner.
func (s *Standing) ID() string {
	if s.Campaigner != nil {
		return s.Campaigner.ID
	}
	return s.Office.ID
}

func (s *Standing) name() string {
	if s.Campaigner != nil {
		return s.Campaigner.Name
	}
	return s.Office.Name
}

// ahead is negative when a stands before b. It compares points by their divisors
// exactly, as products, since two that print alike may still differ.
func ahead(a, b *Standing) int {
	if (a.Divisor > 0) != (b.Divisor > 0) {
		return cmp.Compare(b.Divisor, a.Divisor)
	}
	c := cmp.Compare(b.Points, a.Points)
	if a.Divisor > 0 {
		left, right := big.NewInt(int64(b.Points)), big.NewInt(int64(a.Points))
		c = left.Mul(left, big.NewInt(int64(a.Divisor))).Cmp(right.Mul(right, big.NewInt(int64(b.Divisor))))
	}
	return cmp.Or(c, slices.Compare(b.ties, a.ties))
}

// percent is cut to a tenth: what falls short of a target is nowhere said to
// have reached it, and every screen that shows less of the number shows the same.
func percent(actual, target int) *Tenths {
	if target <= 0 {
		return nil
	}
	t := Tenths(1000 * actual / target)
	return &t
}
