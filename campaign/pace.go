package campaign

import "caunoi/journal"

// Pace says how a campaign stands against a target.
type Pace struct {
	Target   int `json:"target"`
	Actual   int `json:"actual"`
	Expected int `json:"expected" doc:"the target's share of the days gone"`
	DaysLeft int `json:"days_left"`
	// NeededPerDay is what each day left has to bring, rounded up.
	NeededPerDay int `json:"needed_per_day"`
	// Low and High are the forecast for the end, by [Forecast] from the days
	// that are over: four of five campaigns end between them. Nil when the
	// campaign is over or has not begun, and on its first three days.
	Low  *int `json:"low"`
	High *int `json:"high"`
}

// PaceOf reads the pace from counts by day: daily[i] is the count of day
// start+i, as far as the campaign has come.
func PaceOf(target int, start, end, today journal.Day, daily []int) Pace {
	p := Pace{Target: target}
	for _, n := range daily {
		p.Actual += n
	}
	days := end.Sub(start) + 1
	gone := min(max(today.Sub(start)+1, 0), days)
	p.DaysLeft = days - gone
	p.Expected = (target*gone + days/2) / days
	if missing := target - p.Actual; missing > 0 && p.DaysLeft > 0 {
		p.NeededPerDay = (missing + p.DaysLeft - 1) / p.DaysLeft
	}
	if p.DaysLeft == 0 || gone == 0 {
		return p
	}
	// Today is not over.
	if low, high, ok := Forecast(daily, min(gone-1, len(daily)), days, start); ok {
		p.Low, p.High = &low, &high
	}
	return p
}
