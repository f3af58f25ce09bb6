package planning

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Clashes are those among sessions that are not held yet in which one of ids
// takes part.
func Clashes(sessions []*tally.Session, ids []journal.ID) []campaign.Clash {
	asked := map[journal.ID]bool{}
	for _, id := range ids {
		asked[id] = true
	}
	var from, to time.Time // only what runs meanwhile can be their rival
	for _, s := range sessions {
		if !asked[s.ID] {
			continue
		}
		if from.IsZero() || s.Start.Before(from) {
			from = s.Start
		}
		to = later(to, s.End)
	}
	var open []*campaign.Activity
	for _, s := range sessions {
		if s.Held == nil && !s.End.Before(from) && !s.Start.After(to) {
			open = append(open, &s.Activity)
		}
	}
	return slices.DeleteFunc(campaign.Clashes(open), func(c campaign.Clash) bool { return !asked[c.A] && !asked[c.B] })
}

// Beside are the campaigns that run in the same province while one does: they
// have the same people, vehicles and rooms.
func Beside(plan *campaign.Plan, c *campaign.Campaign) []*campaign.Campaign {
	var out []*campaign.Campaign
	for _, o := range plan.Campaigns {
		if o.ID != c.ID && o.Province == c.Province && o.Start <= c.End && c.Start <= o.End {
			out = append(out, o)
		}
	}
	return out
}
