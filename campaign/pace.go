package campaign

import (
	"math"

	"caunoi/journal"
)

// Pace says how a campaign stands against a target.
type Pace struct {
	Target   int `json:"target"`
	Actual   int `json:"actual"`
	Expected int `json:"expected" doc:"the target's share of the days gone"`
	DaysLeft int `json:"days_left"`
	// NeededPerDay is what each day left has to bring, rounded up.
	NeededPerDay int `json:"needed_per_day"`
	// Low and High are the forecast for the end: the mean of the last week
	// (or of all days, if fewer) carried on, give or take 1.28 standard errors
	// (a band that four of five seasons would end in if days were independent).
	// Nil when the campaign is over or has not begun.
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
	// Today is not over, so the forecast leans on the days before it.
	week := daily[max(0, min(gone, len(daily))-8):max(0, min(gone, len(daily))-1)]
	if len(week) < 2 {
		return p
	}
	var sum, squares float64
	for _, n := range week {
		sum += float64(n)
		squares += float64(n) * float64(n)
	}
	n := float64(len(week))
	mean := sum / n
	variance := max(0, (squares-n*mean*mean)/(n-1))
	left := float64(p.DaysLeft)
	spread := 1.28 * math.Sqrt(variance*(left+left*left/n))
	low := p.Actual + int(math.Round(max(0, mean*left-spread)))
	high := p.Actual + int(math.Round(mean*left+spread))
	p.Low, p.High = &low, &high
	return p
}

// Verdict says in a word how something stands against its target.
type Verdict string

const (
	NoTarget Verdict = "none"
	Reached  Verdict = "reached"
	OnCourse Verdict = "on_course" // even the low end of the forecast reaches it
	Open     Verdict = "open"      // the target lies within the forecast
	Behind   Verdict = "behind"    // even the high end falls short
	Missed   Verdict = "missed"    // the period is over
)

// Verdict reads a pace, and says how much is missing at the end, by the middle
// of the forecast; without one, by what is there. Before there is a forecast it
// is judged by what should be there today.
func (p *Pace) Verdict() (v Verdict, short int) {
	end := p.Actual
	if p.Low != nil && p.High != nil {
		end = (*p.Low + *p.High) / 2
	}
	short = max(0, p.Target-end)
	switch {
	case p.Target == 0:
		return NoTarget, 0
	case p.Actual >= p.Target:
		return Reached, 0
	case p.DaysLeft == 0:
		return Missed, short
	case p.Low == nil || p.High == nil:
		if p.Actual >= p.Expected {
			return OnCourse, 0
		}
		return Open, short
	case *p.Low >= p.Target:
		return OnCourse, 0
	case *p.High >= p.Target:
		return Open, short
	}
	return Behind, short
}
