package planning

import (
	"slices"
	"strings"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
)

// Series says on which days, and in which communes, one draft is repeated.
type Series struct {
	From, To journal.Day
	Communes []string // codes; none: the draft's own
	// Market: on each commune's market days. Else on Weekdays, else every so
	// many days from From on.
	Market   bool
	Weekdays []time.Weekday
	Every    int // days, from 1
}

// Drafts repeats a draft, whose start and end give the time of day, by day and
// then in the order of the communes. In other communes than the draft's own
// its village, place and room mean nothing, so a place is taken for the
// commune's name put in for "{commune}". Refusals: planning.series,
// planning.market (nobody said when a commune has its market), planning.none,
// planning.many.
func (s *Series) Drafts(plan *campaign.Plan, d Draft) ([]Draft, error) {
	communes := s.Communes
	if len(communes) == 0 {
		communes = []string{d.Commune}
	}
	if s.To < s.From || s.To.Sub(s.From) > 366 || !s.Market && len(s.Weekdays) == 0 && s.Every < 1 {
		return nil, journal.Refuse("planning.series")
	}
	for _, code := range communes {
		c := plan.CommuneOn(code, s.From)
		if c == nil {
			return nil, journal.Refuse("planning.commune", "commune", code)
		}
		if s.Market && c.Market == nil {
			return nil, journal.Refuse("planning.market", "commune", c.Name)
		}
	}
	var out []Draft
	for day := s.From; day <= s.To; day = day.Add(1) {
		for _, code := range communes {
			c := plan.CommuneOn(code, day)
			if !s.on(day, c) {
				continue
			}
			one := d
			if code != d.Commune {
				one.Commune, one.Village, one.Room = code, "", ""
				if len(s.Communes) > 1 {
					one.Office = ""
				}
			}
			one.Place = strings.ReplaceAll(d.Place, "{commune}", c.Name)
			one.Start = onDay(d.Start, day)
			one.End = one.Start.Add(d.End.Sub(d.Start))
			if out = append(out, one); len(out) > MostAtOnce {
				return nil, journal.Refuse("planning.many", "most", MostAtOnce)
			}
		}
	}
	if len(out) == 0 {
		return nil, journal.Refuse("planning.none")
	}
	return out, nil
}

func (s *Series) on(day journal.Day, c *campaign.Commune) bool {
	switch {
	case s.Market:
		return c.Market.On(day)
	case len(s.Weekdays) > 0:
		return slices.Contains(s.Weekdays, day.Start().In(journal.Zone).Weekday())
	default:
		return day.Sub(s.From)%s.Every == 0
	}
}

// onDay is the same time of day on another day.
func onDay(t time.Time, day journal.Day) time.Time {
	return day.Start().Add(t.Sub(journal.DayOf(t).Start()))
}
