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
	whole := Period{start, end}
	return PaceWithin(target, whole, whole, today, daily)
}

// PaceWithin is [PaceOf] where something comes on the busy days of a period alone:
// the forecast is from their first to their last, after which nothing more comes.
func PaceWithin(target int, whole, busy Period, today journal.Day, daily []int) Pace {
	start, end := whole.From, whole.To
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
	if p.DaysLeft == 0 || gone == 0 || today < busy.From {
		return p
	}
	if today > busy.To {
		p.Low, p.High = &p.Actual, &p.Actual
		return p
	}
	// Today is not over.
	daily = daily[min(busy.From.Sub(start), len(daily)):]
	if low, high, ok := Forecast(daily, min(today.Sub(busy.From), len(daily)), busy.To.Sub(busy.From)+1, busy.From); ok {
		p.Low, p.High = &low, &high
	}
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
