package campaign

import (
	"slices"
	"time"

	"caunoi/journal"
)

// Market (phiên chợ) says on which days a commune has its market: on some days
// of each week, or every so many days, as markets that fall one day earlier
// each week do (every 6 days).
type Market struct {
	// Weekdays from 0, Sunday, to 6, Saturday.
	Weekdays []time.Weekday `json:"weekdays,omitzero"`
	// Every counts days from one market to the next, 2 to 60; From is the day
	// of any one of them.
	Every int         `json:"every,omitzero"`
	From  journal.Day `json:"from,omitzero"`
}

// On says whether there is a market on a day.
func (m *Market) On(d journal.Day) bool {
	if m == nil {
		return false
	}
	if m.Every > 0 {
		return d.Sub(m.From)%m.Every == 0
	}
	return slices.Contains(m.Weekdays, d.Start().In(journal.Zone).Weekday())
}

func (m *Market) validate(commune string) error {
	bad := journal.Refuse("plan.market", "commune", commune)
	if m.Every != 0 {
		if _, err := journal.ParseDay(string(m.From)); err != nil || m.Every < 2 || m.Every > 60 || len(m.Weekdays) > 0 {
			return bad
		}
		return nil
	}
	if len(m.Weekdays) == 0 {
		return bad
	}
	for _, w := range m.Weekdays {
		if w < time.Sunday || w > time.Saturday {
			return bad
		}
	}
	return nil
}
