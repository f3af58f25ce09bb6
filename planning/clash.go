package planning

import (
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Clashes are those among sessions that are not held yet; with ids, only those
// in which one of them takes part.
func Clashes(sessions []*tally.Session, ids []journal.ID) []campaign.Clash {
	var open []*campaign.Activity
	for _, s := range sessions {
		if s.Held == nil {
			open = append(open, &s.Activity)
		}
	}
	all := campaign.Clashes(open)
	if ids == nil {
		return all
	}
	return slices.DeleteFunc(all, func(c campaign.Clash) bool {
		return !slices.Contains(ids, c.A) && !slices.Contains(ids, c.B)
	})
}
