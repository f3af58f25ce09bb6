package campaign

import (
	"math"

	"caunoi/journal"
)

// What the forecast believes before a campaign has shown anything. The values
// were chosen by made seasons, with other seeds than those by which the
// forecast is measured (docs/forecast.md).
const (
	// drift is by how much the level of a campaign changes from its first day to
	// its last, as a share of the level: a standard deviation.
	drift = 0.55
	// driftWeight is how much that belief weighs against what the counts show;
	// a low one lets a campaign grow as none did before.
	driftWeight = 2
	// fading is the part of a season after which a change seen today has faded:
	// growth does not go on for ever.
	fading = 0.5
	// memory is the part of a season, memoryDays the days beside it, after which
	// a day counts for half.
	memory, memoryDays = 0.12, 3
	// aside is the share that is taken of the variance that fading weights give
	// the line: 0.5 would be right if the level never moved.
	aside = 0.6
	// scatter is the variance over that of Poisson, as a share of the square of
	// the mean, and scatterDays the days of evidence for which it stands.
	scatter, scatterDays = 0.05, 3
	// likeness is the correlation of a day with the day before, likenessDays the
	// days of evidence for which it stands, likenessMost its bound.
	likeness, likenessDays, likenessMost = 0.1, 8, 0.8
	// tenth is how many standard deviations lie below and above the middle 80 %.
	tenth = 1.2815515655446004
)

// Forecast says where a campaign of so many days is likely to end: from low to
// high, both in entries, in four of five campaigns. Of daily, the counts by day
// from start, the first complete ones are of days that are over; what comes
// after them is of days that go on, and holds already. Low is never below what
// is there. Nothing is said (ok is false) with fewer than three complete days,
// or none to come.
//
// A straight line with a faint belief in steadiness is laid through the days,
// the last ones counting most, after weekdays are allowed for. The band is that
// of a negative binomial with the variance that the days showed, the likeness
// of a day to the day before, and what is not known of the line. The method is
// told, and measured, in docs/forecast.md.
func Forecast(daily []int, complete, days int, start journal.Day) (low, high int, ok bool) {
	if complete < 3 || complete >= days || complete > len(daily) {
		return 0, 0, false
	}
	past, open := daily[:complete], daily[complete:]
	w := weekdaysOf(past, int(start.Start().Weekday()))
	mean, variance, more := trendOf(past, days, w).ahead(open, complete, days, w)
	low, high = band(mean, variance)
	before, there := sum(past), sum(open)
	return before + max(low+more, there), before + max(high+more, there), true
}

func sum(counts []int) int {
	s := 0
	for _, n := range counts {
		s += n
	}
	return s
}

// weekdays is what each day of the week brings, as a share of a mean day.
type weekdays struct {
	factors [7]float64
	first   int // weekday of the first day, 0 for Sunday
}

// of is the factor of the i-th day.
func (w *weekdays) of(i int) float64 { return w.factors[(w.first+i)%7] }

// weekdaysOf draws each weekday's mean towards that of all days, the more the
// days of one weekday differ among themselves (one-way random effects). Before
// two weeks are over all factors are 1.
func weekdaysOf(past []int, first int) *weekdays {
	w := &weekdays{[7]float64{1, 1, 1, 1, 1, 1, 1}, first}
	total, n := float64(sum(past)), float64(len(past))
	if n < 14 || total == 0 {
		return w
	}
	var sums, squares, counts [7]float64
	for i, c := range past {
		d := (first + i) % 7
		sums[d] += float64(c)
		squares[d] += float64(c) * float64(c)
		counts[d]++
	}
	mean := total / n
	var within, between float64
	for d := range 7 {
		m := sums[d] / counts[d]
		within += squares[d] - counts[d]*m*m
		between += (m - mean) * (m - mean) / 6
	}
	within = max(within/(n-7), mean) // of one day, never below Poisson
	between -= within * 7 / n
	if between <= 0 {
		return w
	}
	weight := within / between // in days
	for d := range 7 {
		w.factors[d] = (sums[d] + weight*mean) / (counts[d] + weight) / mean
	}
	return w
}

// trend is a line through the counts, weekdays set apart.
type trend struct {
	level, slope                   float64 // at the last complete day; by day
	levelVar, slopeVar, covariance float64
	perEntry                       float64 // variance of a sum of days over its mean, 1 or more
	evidence                       float64 // in days: the degrees of freedom of perEntry
}

// trendOf is a Bayesian regression in which a day's weight halves with its age.
// Its variance, the likeness of neighbouring days and the belief in steadiness
// are each drawn from what the line left over, four times in turn.
func trendOf(past []int, days int, w *weekdays) (t trend) {
	n := float64(len(past))
	// Half an entry more: none in ten days does not mean none for ever.
	mean := (float64(sum(past)) + 0.5) / n
	fade := math.Exp2(-1 / (memory*float64(days) + memoryDays))
	t.evidence = n - 1.5 + scatterDays
	t.perEntry = 1 + scatter*mean
	steady := drift * mean / float64(days) // standard deviation of the slope
	belief := steady
	for range 4 {
		var s0, s1, s2, c0, c1 float64
		weight := 1.0
		for i := len(past) - 1; i >= 0; i-- {
			age, f := float64(i+1-len(past)), weight*w.of(i)
			s0 += f
			s1 += f * age
			s2 += f * age * age
			c0 += weight * float64(past[i])
			c1 += weight * float64(past[i]) * age
			weight *= fade
		}
		c0 += 0.5 * s0 / n
		c1 += 0.5 * s1 / n
		v := aside * t.perEntry * mean
		s2 += v / (belief * belief)
		det := s0*s2 - s1*s1
		t.level, t.slope = (s2*c0-s1*c1)/det, (s0*c1-s1*c0)/det
		t.levelVar, t.slopeVar, t.covariance = v*s2/det, v*s0/det, -v*s1/det
		belief = math.Sqrt((driftWeight*steady*steady + t.slope*t.slope + t.slopeVar) / (driftWeight + 1))

		var squares, products, last float64
		for i, c := range past {
			f := w.of(i)
			expected := max((t.level+t.slope*float64(i+1-len(past)))*f, 0.1*mean*f, 1e-9)
			r := (float64(c) - expected) / math.Sqrt(expected)
			squares += r * r
			products += r * last
			last = r
		}
		over := max(1, (squares+scatterDays*(1+scatter*mean))/t.evidence)
		// A correlation from few days is too low by about 1/n.
		like := (n*products/max(squares, n) + 1 + likeness*likenessDays) / (n + likenessDays)
		like = min(max(like, 0), likenessMost)
		t.perEntry = over * (1 + like) / (1 - like)
	}
	return t
}

// ahead is what the days to come bring. What an open day has already brought
// above its mean is told apart, since it is sure.
func (t trend) ahead(open []int, complete, days int, w *weekdays) (mean, variance float64, more int) {
	var levels, slopes float64
	far := fading * float64(days)
	for i := complete; i < days; i++ {
		age, f := float64(i+1-complete), w.of(i)
		expected := max(0, t.level+t.slope*far*(1-math.Exp(-age/far))) * f
		if i < complete+len(open) {
			more += max(0, open[i-complete]-int(math.Ceil(expected)))
		}
		mean += expected
		levels += f
		slopes += f * age
	}
	variance = t.perEntry*mean + levels*levels*t.levelVar + 2*levels*slopes*t.covariance + slopes*slopes*t.slopeVar
	// Few days say little of the variance, either: Student's quantile over that
	// of the normal, to first order.
	student := 1 + (tenth*tenth+1)/(4*t.evidence)
	return mean, variance * student * student, more
}

// band is the middle 80 % of a negative binomial.
func band(mean, variance float64) (low, high int) {
	mean = max(mean, 0.01)
	variance = max(variance, 1.0001*mean)
	if mean > 200 {
		// A gamma, by Wilson and Hilferty.
		shape := mean * mean / variance
		at := func(z float64) float64 {
			x := max(0, 1-1/(9*shape)+z/(3*math.Sqrt(shape)))
			return mean * x * x * x
		}
		return int(math.Floor(at(-tenth) + 0.5)), int(math.Ceil(at(tenth) - 0.5))
	}
	shape, p := mean*mean/(variance-mean), mean/variance
	chance := math.Exp(shape * math.Log(p))
	upTo := chance
	for n := 0; ; n++ {
		if upTo <= 0.1 {
			low = n + 1
		}
		if upTo >= 0.9 {
			return low, n
		}
		chance *= (shape + float64(n)) / float64(n+1) * (1 - p)
		upTo += chance
	}
}
