package report

import (
	"cmp"
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Gather takes the facts of a campaign from its plan and its figures. Figures
// of other campaigns and by further dimensions are passed over. The offices stand
// as ranked says, by the rule of the campaign; nil is the usual rule. An unknown
// campaign is a *journal.Refusal.
func Gather(plan *campaign.Plan, campaignID string, sheet tally.Sheet, ranked []Standing) (Facts, error) {
	c := plan.Campaigns[campaignID]
	if c == nil {
		return Facts{}, journal.Refuse("entry.unknown_campaign", "campaign", campaignID)
	}
	sheet = slices.DeleteFunc(slices.Clone(sheet), func(f tally.Figure) bool { return f.Campaign != campaignID || f.Dim != "" })
	total, byOffice := sheet.Total(), sheet.ByOffice()
	f := Facts{
		Campaign:  about(plan, c),
		Numbers:   numbers(total),
		Communes:  communes(plan, c, sheet),
		Partners:  partners(plan, c),
		Elsewhere: numbers(only(sheet, func(k tally.Key) bool { return k.Commune == "" }).Total()),
		Targets:   targets(plan, c, span{c.Start, c.End}, total),
		Peak:      peak(plan, c, sheet),
		Late:      map[tally.Indicator]int{},
		Synthetic: c.Synthetic,
	}
	inLeague := map[string]bool{}
	if ranked == nil {
		ranked = League(plan, campaignID, byOffice)
	} else if c.League != nil {
		f.RankedPer = c.League.Per
	}
	for _, s := range ranked {
		o := Office{ID: s.Office.ID, Name: s.Office.Name, Rank: s.Rank, Numbers: numbers(byOffice[s.Office.ID]), Percent: s.Percent}
		if f.RankedPer != "" {
			o.Score = s.Score
		}
		if s.Percent != nil {
			o.Target = &s.Target
		}
		inLeague[o.ID] = true
		f.Offices = append(f.Offices, o)
	}
	f.OtherOffices = numbers(only(sheet, func(k tally.Key) bool { return !inLeague[k.Office] }).Total())
	for _, id := range c.NamedOffices {
		if o := plan.Offices[id]; o != nil {
			n := numbers(byOffice[id])
			f.OfficesNamed = append(f.OfficesNamed, NamedOffice{o.Name, n.Enrolments.Total, n.NoncashSwitches})
		}
	}
	f.OfficesWithBadWeather = names(most(f.Offices, movedByWeather))
	f.CardDonationsIn = names(most(f.Offices, cardDonations))
	for _, i := range shown() {
		if late := total[i].Late(); late != 0 {
			f.Late[i] = late
		}
	}
	return f, nil
}

func only(s tally.Sheet, is func(tally.Key) bool) (out tally.Sheet) {
	for _, f := range s {
		if is(f.Key) {
			out = append(out, f)
		}
	}
	return out
}

func about(plan *campaign.Plan, c *campaign.Campaign) Campaign {
	out := Campaign{ID: c.ID, Start: c.Start, End: c.End, Published: c.Published, Name: c.Name}
	if o := plan.Offices[c.Province]; o != nil {
		out.Province, out.ProvinceCode = o.Name, o.ProvinceCode
	}
	return out
}

// numbers takes the closed figures.
func numbers(t tally.Total) Numbers {
	n := func(i tally.Indicator) int { return t[i].Closed }
	kinds := map[campaign.ActivityKind]int{}
	for _, k := range campaign.ActivityKinds {
		kinds[k] = n(tally.ActivityIndicator(k))
	}
	return Numbers{
		Activities:              kinds,
		ActivitiesTotal:         n(tally.Activities),
		PeopleReached:           n(tally.PeopleReached),
		Reached:                 Reached{n(tally.ReachedIdentified), n(tally.ReachedHeadCount)},
		Enrolments:              Enrolments{n(tally.EnrolledSI), n(tally.EnrolledHI), n(tally.Enrolments)},
		Renewals:                Renewals{n(tally.RenewedSI), n(tally.RenewedHI)},
		NoncashSwitches:         n(tally.Switches),
		CardDonations:           n(tally.Donations),
		CardDonationsToStudents: n(tally.StudentDonations),
		Sessions:                Sessions{n(tally.Sessions), n(tally.SessionsEvening), n(tally.SessionsMovedWeather), n(tally.MovedWeatherEvening)},
		Consultations:           n(tally.Consultations),
		Questions:               Questions{n(tally.Questions), n(tally.QuestionsAnswered), n(tally.QuestionsSatisfied)},
	}
}

func communes(plan *campaign.Plan, c *campaign.Campaign, sheet tally.Sheet) (out Communes) {
	byCommune := tally.By(sheet, func(k tally.Key) string { return plan.CodeOn(k.Commune, c.End) })
	for _, commune := range plan.CommunesOf(c.Province, c.End) {
		out.All++
		if byCommune[commune.Code][tally.Sessions].Closed > 0 {
			out.Visited++
		}
	}
	return out
}

// partners are those that have agents in the province, by name.
func partners(plan *campaign.Plan, c *campaign.Campaign) []string {
	out := []string{}
	for _, who := range plan.Campaigners {
		if o := plan.Offices[who.Partner]; o != nil && plan.Under(who.Office, c.Province) {
			out = append(out, o.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func movedByWeather(o Office) int { return o.Sessions.MovedByWeather }
func cardDonations(o Office) int  { return o.CardDonations }

// most are the offices that have some of a figure, those with the most first,
// then by name.
func most(offices []Office, of func(Office) int) []Office {
	out := slices.DeleteFunc(slices.Clone(offices), func(o Office) bool { return of(o) <= 0 })
	slices.SortFunc(out, func(a, b Office) int {
		return cmp.Or(cmp.Compare(of(b), of(a)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func names(offices []Office) []string {
	out := make([]string, len(offices))
	for i, o := range offices {
		out[i] = o.Name
	}
	return out
}
