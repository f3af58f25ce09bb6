package policy

import "testing"

// byHand are the rules of voluntary insurance as one would write them for one
// day of one year: the limit that the engine is measured against.
func byHand(on int32, income, group, months, supported int64) (contribution, support, payable int64) {
	line, rate := int64(1_500_000), int64(22)
	if on >= 20270101 {
		line = 2_200_000
	}
	base := int64(2_340_000)
	if on >= 20260701 {
		base = 2_530_000
	}
	if income < line || income > 20*base {
		return 0, 0, -1
	}
	share := [...]int64{20, 50, 40, 30, 50}[group]
	contribution = income * rate * months / 100
	support = line * rate * share * min(months, max(0, 120-supported)) / 10_000
	return contribution, support, contribution - support
}

var sink int64

func BenchmarkVoluntary(b *testing.B) {
	p := National()
	b.Run("by hand", func(b *testing.B) {
		for i := range b.N {
			_, _, n := byHand(20251120+int32(i&7), 1_500_000+int64(i&1023)*10_000, int64(i&3), 12, int64(i&127))
			sink += n
		}
	})
	question := func(i int) VoluntaryQuestion {
		return VoluntaryQuestion{On: 20251120 + Date(i&7), Income: 1_500_000 + Dong(i&1023)*10_000, Groups: 1 << (i & 3), Method: Span, Months: 12, Supported: i & 127}
	}
	b.Run("amounts", func(b *testing.B) {
		for i := range b.N {
			q := question(i)
			a, _ := p.Voluntary(&q, nil)
			sink += int64(a.Payable)
		}
	})
	b.Run("with trace", func(b *testing.B) {
		var t Trace
		for i := range b.N {
			q := question(i)
			t.Steps, t.Notices = t.Steps[:0], t.Notices[:0]
			a, _ := p.Voluntary(&q, &t)
			sink += int64(a.Payable)
		}
	})
	b.Run("bytes to bytes", func(b *testing.B) {
		var out []byte
		for range b.N {
			out, _ = p.Answer(out[:0], `{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"group":"poor","pay":"monthly"}`)
		}
		b.SetBytes(int64(len(out)))
	})
}
