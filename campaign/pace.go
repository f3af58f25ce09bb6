package campaign

import "caunoi/journal"

// Pace says how a campaign stands against a target. Today is over at its end and
// not before: until then it is one of the days left.
type Pace struct {
	Target int `json:"target"`
	Actual int `json:"actual" doc:"what is there, today's included"`
	// Expected holds all day, as what should have been there when it began.
	Expected int `json:"expected" doc:"the target's share of the days that are over"`
	DaysLeft int `json:"days_left" doc:"on which something is awaited, today included"`
	// NeededPerDay is reckoned from what was there when today began, so that it
	// does not fall while today brings its part.
	NeededPerDay int `json:"needed_per_day" doc:"what each day left has to bring, today as a whole, rounded up; 0 when the target is reached"`
	// Low and High are the forecast for the end, by [Forecast] from the days
	// that are over: four of five campaigns end between them. Nil when the
	// campaign is over or has not begun, and on its first three days.
	Low  *int `json:"low"`
	High *int `json:"high"`
}

// PaceOf reads the pace from counts by day: daily[i] is the count of day
// start+i, as far as the campaign has come, today's the last.
func PaceOf(target int, start, end, today journal.Day, daily []int) Pace {
	whole := Period{start, end}
	return PaceWithin(target, whole, whole, today, daily)
}

// PaceWithin is [PaceOf] where something comes on the busy days of a period alone:
// they share the target, and the forecast is from their first to their last, after
// which nothing more comes. What is missing then falls to the days of the period.
func PaceWithin(target int, whole, busy Period, today journal.Day, daily []int) Pace {
	start := whole.From
	p := Pace{Target: target}
	days := busy.To.Sub(busy.From) + 1
	over := min(max(today.Sub(busy.From), 0), days)
	before := 0
	for i, n := range daily {
		p.Actual += n
		if i < today.Sub(start) {
			before += n
		}
	}
	p.Expected = (target*over + days/2) / days
	p.DaysLeft = days - over
	if today > busy.To {
		p.DaysLeft = max(whole.To.Sub(today)+1, 0)
	}
	if p.Actual < target && p.DaysLeft > 0 {
		p.NeededPerDay = (target - before + p.DaysLeft - 1) / p.DaysLeft
	}
	switch {
	case p.DaysLeft == 0 || today < busy.From:
		return p
	case today > busy.To:
		p.Low, p.High = &p.Actual, &p.Actual
		return p
	}
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
// is judged by what should have been there when today began.
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
