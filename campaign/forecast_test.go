package campaign

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caunoi/journal"
)

var (
	seasons    = flag.Int("seasons", 200, "how many seasons of each kind the forecast is held to; 2000 is the long form")
	seasonSeed = flag.Uint64("season-seed", 2025, "another seed makes other seasons")
)

// moments are the parts of a season after which the forecast is asked for.
var moments = []float64{0.25, 0.50, 0.75}

// score is how forecasts did.
type score struct {
	given, within, below, above int       // forecasts, and where the end was
	widths                      []float64 // of the bands, as shares of the end
}

func (s *score) add(low, high *int, end int) {
	if low == nil {
		return
	}
	s.given++
	switch {
	case end < *low:
		s.below++
	case end > *high:
		s.above++
	default:
		s.within++
	}
	s.widths = append(s.widths, float64(*high-*low)/float64(max(1, end)))
}

func (s *score) join(o score) {
	s.given, s.within, s.below, s.above = s.given+o.given, s.within+o.within, s.below+o.below, s.above+o.above
	s.widths = append(s.widths, o.widths...)
}

// percent of the forecasts given.
func (s *score) percent(n int) float64 { return 100 * float64(n) / float64(max(1, s.given)) }

// width is the median one, in percent of the end.
func (s *score) width() float64 {
	if len(s.widths) == 0 {
		return 0
	}
	slices.Sort(s.widths)
	return 100 * s.widths[len(s.widths)/2]
}

// rival is what two methods said of the same seasons.
type rival struct{ now, old score }

func (r *rival) join(o rival) {
	r.now.join(o.now)
	r.old.join(o.old)
}

// row of the table in docs/forecast.md.
func (r *rival) row(kind, at string) string {
	n, o := &r.now, &r.old
	return fmt.Sprintf("| %-23s | %4s | %5d | %5.1f | %5.1f | %5.1f | %4.0f | %5.1f | %4.0f |", kind, at, n.given,
		n.percent(n.within), n.percent(n.below), n.percent(n.above), n.width(), o.percent(o.within), o.width())
}

// ask is what both methods say of a season on the day after a part of it, when
// that day is not over. Of the last day the old method knows nothing.
func (r *rival) ask(s season, part float64, now *rand.Rand) {
	over := int(math.Round(part * float64(len(s.daily))))
	if over >= len(s.daily)-1 {
		return
	}
	daily := slices.Clone(s.daily[:over+1])
	daily[over] = int(now.Float64() * float64(daily[over]+1))
	p := PaceOf(0, s.start, s.start.Add(len(s.daily)-1), s.start.Add(over), daily)
	if p.Low == nil {
		return // the old method ventured to speak with two days over
	}
	r.now.add(p.Low, p.High, s.total())
	low, high := oldForecast(daily, len(s.daily))
	r.old.add(low, high, s.total())
}

// TestForecastHoldsWhatItPromises asks for the forecast at three moments of
// made seasons, and counts how often their end was within the band. With -v it
// prints the table of docs/forecast.md.
func TestForecastHoldsWhatItPromises(t *testing.T) {
	const heading = "\n| kind of season          |   at | given | within | below | above | width | old within | old width |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
	var all, fresh, apart rival
	table := heading
	for k, kind := range kinds {
		var held rival
		for m, moment := range moments {
			var r rival
			for i := range *seasons {
				s := kind.season(*seasonSeed, uint64(i))
				r.ask(s, moment, rand.New(rand.NewPCG(uint64(k), uint64(i*len(moments)+m))))
			}
			mark := ""
			switch {
			case moment <= kind.unseen:
				mark = " †"
				apart.join(r)
			case kind.fresh:
				mark = " *"
				fallthrough
			default:
				held.join(r)
			}
			table += "\n" + r.row(kind.name+mark, fmt.Sprintf("%.0f %%", 100*moment))
		}
		if c := held.now.percent(held.now.within); held.now.given > 0 && c < 65 && !kind.short {
			t.Errorf("%s: the end was within the band %.1f %% of the time, want 65 at least", kind.name, c)
		}
		all.join(held)
		if kind.fresh {
			fresh.join(held)
		}
	}
	t.Log(table + "\n" + all.row("all but †", "") + "\n" + fresh.row("all of *", "") + "\n" + apart.row("all of †", ""))
	if c := all.now.percent(all.now.within); c < 76 || c > 90 {
		t.Errorf("the end was within the band %.1f %% of the time, want 76 to 90", c)
	}
}

// TestForecastIsSane: the band is in order, not below what is there, the same
// each time, and no lower when today has brought more.
func TestForecastIsSane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(1, 400).Draw(t, "days")
		complete := rapid.IntRange(0, days).Draw(t, "complete")
		most := rapid.SampledFrom([]int{0, 1, 5, 300, 50_000}).Draw(t, "most")
		daily := rapid.SliceOfN(rapid.IntRange(0, most), min(complete+1, days), min(complete+1, days)).Draw(t, "daily")
		start := journal.Day("2025-11-01").Add(rapid.IntRange(0, 6).Draw(t, "weekday"))
		low, high, ok := Forecast(daily, complete, days, start)
		if ok != (complete >= 3 && complete < days) {
			t.Fatalf("%d of %d days are over: %v", complete, days, ok)
		}
		if !ok {
			return
		}
		if low > high || low < sum(daily) || high > sum(daily)+1000*(most+1)*days {
			t.Fatalf("%d to %d with %d there", low, high, sum(daily))
		}
		if l, h, _ := Forecast(daily, complete, days, start); l != low || h != high {
			t.Fatalf("%d to %d, then %d to %d", low, high, l, h)
		}
		daily[complete] += rapid.IntRange(1, 1000).Draw(t, "more")
		if l, h, _ := Forecast(daily, complete, days, start); l < low || h < high {
			t.Fatalf("%d to %d, and with more there %d to %d", low, high, l, h)
		}
	})
}

// TestForecastKnowsWeekdays: two weekends more make more than ten working days.
func TestForecastKnowsWeekdays(t *testing.T) {
	var daily []int
	start := journal.Day("2025-11-03") // a Monday
	for i := range 26 {                // to a Friday
		n := 20
		if d := start.Add(i).Start().Weekday(); d == 0 || d == 6 {
			n = 200
		}
		daily = append(daily, n)
	}
	low, high, _ := Forecast(daily, len(daily), 28, start)
	if end := sum(daily) + 400; low > end || high < end || low < end-150 {
		t.Errorf("%d to %d, want about %d", low, high, end)
	}
}

// TestForecastOfNone: nothing so far does not promise nothing, nor much.
func TestForecastOfNone(t *testing.T) {
	if low, high, ok := Forecast(make([]int, 10), 10, 30, "2025-11-01"); !ok || low != 0 || high < 1 || high > 5 {
		t.Errorf("%d to %d", low, high)
	}
}

func BenchmarkForecast(b *testing.B) {
	for _, days := range []int{24, 90, 400} {
		b.Run(fmt.Sprintf("days=%d", days), func(b *testing.B) {
			daily := make([]int, days*3/4)
			for i := range daily {
				daily[i] = 50 + i*i%17
			}
			b.ReportAllocs()
			for b.Loop() {
				Forecast(daily, len(daily), days, "2025-11-01")
			}
		})
	}
}

// oldForecast is the band before: the mean of the last seven complete days
// carried on, give or take 1.28 standard errors as if days were independent.
func oldForecast(daily []int, days int) (low, high *int) {
	actual := 0
	for _, n := range daily {
		actual += n
	}
	week := daily[max(0, len(daily)-8) : len(daily)-1]
	if len(week) < 2 {
		return nil, nil
	}
	var sum, squares float64
	for _, n := range week {
		sum += float64(n)
		squares += float64(n) * float64(n)
	}
	n, left := float64(len(week)), float64(days-len(daily))
	mean := sum / n
	spread := 1.28 * math.Sqrt(max(0, (squares-n*mean*mean)/(n-1))*(left+left*left/n))
	l, h := actual+int(math.Round(max(0, mean*left-spread))), actual+int(math.Round(mean*left+spread))
	return &l, &h
}
