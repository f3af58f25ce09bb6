package campaign

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"caunoi/journal"
)

// season is a made campaign: its counts by day, from its first day to its last.
type season struct {
	start journal.Day
	daily []int
}

// total is what the campaign ends with.
func (s season) total() int {
	sum := 0
	for _, n := range s.daily {
		sum += n
	}
	return sum
}

// kind is a way in which seasons go.
type kind struct {
	name string
	// unseen is the part of a season up to which nothing that has happened tells
	// of its end: a forecast by then is reported, and not held to its promise.
	unseen float64
	// fresh kinds were made when the constants of the forecast had been chosen,
	// by what the other kinds showed.
	fresh bool
	// short: the forecast fell short of these, and does not claim to serve them.
	// They stay in its total.
	short bool
	mean  func(g *maker, m *means)
}

// means is what a kind of season is made from: what each day brings on average,
// and how its counts vary about that.
type means struct {
	start journal.Day
	daily []float64
	// extra is the variance over that of Poisson, as a share of the mean's
	// square.
	extra float64
}

// kinds are the seasons by which the forecast is measured.
var kinds = []kind{
	{name: "steady", mean: func(*maker, *means) {}},
	{name: "weekends", mean: func(g *maker, m *means) {
		m.extra = g.between(0.02, 0.1)
		g.weekends(m, g.between(1.5, 3.5))
	}},
	{name: "market days", mean: func(g *maker, m *means) {
		m.extra = g.between(0.02, 0.1)
		every, peak := 5+g.IntN(3), g.between(2, 5)
		for i := g.IntN(every); i < len(m.daily); i += every {
			m.daily[i] *= peak
		}
	}},
	{name: "rain, catching up", mean: func(g *maker, m *means) {
		m.extra = g.between(0.02, 0.1)
		g.rain(m, g.between(0.05, 0.15), 0.5)
	}},
	{name: "growth", mean: func(g *maker, m *means) {
		m.extra = g.between(0.01, 0.05)
		g.slope(m, g.between(1.4, 2.2))
	}},
	{name: "decline", mean: func(g *maker, m *means) {
		m.extra = g.between(0.01, 0.05)
		g.slope(m, g.between(0.4, 0.75))
	}},
	{name: "small office", mean: func(g *maker, m *means) {
		m.extra = g.between(0, 1)
		level := g.log(0.05, 0.8)
		for i := range m.daily {
			m.daily[i] = level
		}
	}},
	{name: "bursts", mean: func(g *maker, m *means) {
		m.extra = g.between(0, 0.05)
		g.bursts(m, g.between(0.5, 0.8), g.between(0.3, 0.6))
	}},
	{name: "festival of 24 days", mean: func(g *maker, m *means) {
		m.start, m.daily, m.extra = "2025-11-01", slices.Repeat([]float64{1}, 24), 0.05
		g.weekends(m, g.between(1.2, 2))
		g.rain(m, 0.08, 0.5)
		g.bursts(m, 0.4, 0.2)
		g.slope(m, g.between(0.9, 1.3))
		g.scale(m, 2745*g.between(0.9, 1.1))
	}},
	{name: "offices join late", unseen: 0.33, mean: func(g *maker, m *means) {
		// Offices begin one by one in the first third.
		m.extra = g.between(0.01, 0.05)
		third := len(m.daily) / 3
		for i := range third {
			m.daily[i] *= 0.3 + 0.7*float64(i)/float64(third)
		}
		g.weekends(m, 1.5)
	}},
	{name: "closed on Sundays", mean: func(g *maker, m *means) {
		m.extra = g.between(0.02, 0.1)
		for i := range m.daily {
			if weekday(m.start.Add(i)) == time.Sunday {
				m.daily[i] = 0
			}
		}
	}},
	{name: "weeks good and bad", mean: func(g *maker, m *means) {
		// The level is another one each 5 to 9 days.
		m.extra = 0.02
		for i := 0; i < len(m.daily); {
			level := math.Exp(0.35 * g.NormFloat64())
			for range 5 + g.IntN(5) {
				if i < len(m.daily) {
					m.daily[i] *= level
					i++
				}
			}
		}
	}},
	{name: "rush in the last week", unseen: 1, mean: func(g *maker, m *means) {
		m.extra = g.between(0.01, 0.05)
		g.slope(m, g.between(1, 1.4))
		last := min(7, (len(m.daily)+3)/4)
		for i := len(m.daily) - last; i < len(m.daily); i++ {
			m.daily[i] *= 3
		}
	}},
	{name: "stopped in the middle", unseen: 0.6, mean: func(_ *maker, m *means) {
		// A flood, or a list that is used up, at three fifths.
		for i := len(m.daily) * 3 / 5; i < len(m.daily); i++ {
			m.daily[i] *= 0.1
		}
	}},
	{name: "month ends", fresh: true, mean: func(g *maker, m *means) {
		// People pay when wages and pensions come: three days at the turn of a
		// month.
		m.extra = g.between(0.02, 0.1)
		peak := g.between(2, 4)
		for i := range m.daily {
			if d := m.start.Add(i).Start().Day(); d <= 2 || d >= 31 {
				m.daily[i] *= peak
			}
		}
	}},
	{name: "a week of holidays", fresh: true, mean: func(g *maker, m *means) {
		// As at Tết: a tenth for a week or a tenth of the season, somewhere.
		m.extra = g.between(0.02, 0.1)
		n := len(m.daily)
		week := min(7, n/10)
		first := g.IntN(n - week)
		for i := range week {
			m.daily[first+i] *= 0.1
		}
		g.weekends(m, g.between(0.5, 1))
	}},
	{name: "two waves", fresh: true, short: true, mean: func(g *maker, m *means) {
		m.extra = g.between(0.02, 0.05)
		at := g.Float64()
		for i := range m.daily {
			m.daily[i] *= 1 + 0.4*math.Sin(2*math.Pi*(at+2*float64(i)/float64(len(m.daily))))
		}
	}},
	{name: "some days a week only", fresh: true, mean: func(g *maker, m *means) {
		// An office out in villages on three days of the week, at its desk else.
		m.extra = g.between(0.05, 0.3)
		days := g.Perm(7)[:3]
		for i := range m.daily {
			if !slices.Contains(days, int(weekday(m.start.Add(i)))) {
				m.daily[i] *= 0.1
			}
		}
	}},
}

// season makes the i-th season of a kind, the same one for the same seed.
func (k kind) season(seed, i uint64) season {
	g := &maker{rand.New(rand.NewPCG(seed, i))}
	m := &means{start: journal.Day("2025-01-01").Add(g.IntN(365)), daily: slices.Repeat([]float64{g.log(1, 1000)}, int(g.log(5, 400)))}
	k.mean(g, m)
	s := season{m.start, make([]int, len(m.daily))}
	for i, mean := range m.daily {
		s.daily[i] = g.count(mean, m.extra)
	}
	return s
}

// maker draws seasons.
type maker struct{ *rand.Rand }

func (g *maker) between(lo, hi float64) float64 { return lo + (hi-lo)*g.Float64() }

// log draws evenly on a logarithmic scale.
func (g *maker) log(lo, hi float64) float64 { return lo * math.Pow(hi/lo, g.Float64()) }

func (g *maker) weekends(m *means, peak float64) {
	for i := range m.daily {
		if d := weekday(m.start.Add(i)); d == time.Saturday || d == time.Sunday {
			m.daily[i] *= peak
		}
	}
}

// rain brings spells of one to three days near zero; a share of what they cost
// comes on the two days after.
func (g *maker) rain(m *means, chance, caughtUp float64) {
	for i := 0; i < len(m.daily); i++ {
		if g.Float64() >= chance {
			continue
		}
		lost := 0.0
		for range 1 + g.IntN(3) {
			if i < len(m.daily) {
				lost += 0.9 * m.daily[i]
				m.daily[i] *= 0.1
				i++
			}
		}
		for j := i; j < min(i+2, len(m.daily)); j++ {
			m.daily[j] += caughtUp / 2 * lost
		}
	}
}

// slope goes from 1 to end in a line.
func (g *maker) slope(m *means, end float64) {
	for i := range m.daily {
		m.daily[i] *= 1 + (end-1)*float64(i)/float64(max(1, len(m.daily)-1))
	}
}

// bursts let a good day follow a good day: the logarithm of the level has the
// standard deviation sd, and the correlation rho from one day to the next.
func (g *maker) bursts(m *means, rho, sd float64) {
	x := sd * g.NormFloat64()
	for i := range m.daily {
		m.daily[i] *= math.Exp(x)
		x = rho*x + sd*math.Sqrt(1-rho*rho)*g.NormFloat64()
	}
}

// scale makes the whole season bring sum on average.
func (g *maker) scale(m *means, sum float64) {
	now := 0.0
	for _, x := range m.daily {
		now += x
	}
	for i := range m.daily {
		m.daily[i] *= sum / now
	}
}

// count draws from a negative binomial: Poisson about a mean that varies itself.
func (g *maker) count(mean, extra float64) int {
	if extra > 0 {
		mean *= extra * g.gamma(1/extra)
	}
	if mean > 60 {
		return int(max(0, math.Round(mean+math.Sqrt(mean)*g.NormFloat64())))
	}
	n, p, limit := 0, g.Float64(), math.Exp(-mean)
	for p > limit {
		n, p = n+1, p*g.Float64()
	}
	return n
}

// gamma draws from the gamma distribution of that shape and scale 1 (Marsaglia
// and Tsang, 2000).
func (g *maker) gamma(shape float64) float64 {
	if shape < 1 {
		return g.gamma(shape+1) * math.Pow(g.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := g.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-g.Float64()) < x*x/2+d*(1-v+math.Log(v)) {
			return d * v
		}
	}
}

func weekday(d journal.Day) time.Weekday { return d.Start().Weekday() }
