package policy

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// recomputed is the result of a step by its operation, in exact fractions, in
// another way than the calculators use.
func recomputed(s *Step) *big.Rat {
	o := s.Operands()
	rat := func(i int) *big.Rat { return big.NewRat(o[i].N, max(1, o[i].D)) }
	n := func(i int) int64 { return o[i].N }
	fold := func(op func(x, y *big.Rat) *big.Rat, from int) *big.Rat {
		x := rat(0)
		for i := 1; i < from; i++ {
			x = op(x, rat(i))
		}
		return x
	}
	mul := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
	add := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Add(x, y) }
	sub := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
	truthOf := func(b bool) *big.Rat { return big.NewRat(truth(b), 1) }
	halves := func(months int64) *big.Rat {
		h := months / 12 * 2
		if odd := months % 12; odd >= 7 {
			h += 2
		} else if odd >= 1 {
			h++
		}
		return big.NewRat(h, 2)
	}
	series := func(f *big.Rat, first bool) *big.Rat {
		term, total := mul(rat(0), rat(1)), new(big.Rat)
		for i := range n(3) {
			if i > 0 || first {
				term = mul(term, f)
			}
			total = add(total, term)
		}
		return total
	}
	one := big.NewRat(1, 1)
	switch rules[s.Rule].operation {
	case product:
		if s.Rule == RulePathMonths {
			return fold(mul, 2)
		}
		return fold(mul, len(o))
	case supportOf:
		x := fold(mul, len(o)-1)
		if x.Cmp(rat(len(o)-1)) > 0 {
			x = rat(len(o) - 1)
		}
		return x
	case difference:
		return sub(rat(0), rat(1))
	case sum:
		return fold(add, len(o))
	case share:
		if x := fold(add, len(o)); x.Cmp(one) < 0 {
			return x
		}
		return one
	case left:
		return big.NewRat(min(n(0), max(0, n(2)-n(1))), 1)
	case aheadSum:
		return series(new(big.Rat).Inv(add(one, rat(2))), false)
	case missingSum:
		return series(add(one, rat(2)), true)
	case same:
		return rat(0)
	case monthOf:
		return big.NewRat(int64(Date(n(0)).Month())+n(1), 1)
	case next:
		return big.NewRat(n(0)+1+n(1), 1)
	case latest:
		return big.NewRat(max(n(0), n(1)), 1)
	case least:
		if rat(0).Cmp(rat(1)) < 0 {
			return rat(0)
		}
		return rat(1)
	case enough:
		return truthOf(n(0) >= 12*n(1))
	case reach:
		return truthOf(n(0) >= n(1))
	case halfYears:
		return halves(n(0))
	case growing:
		x := add(rat(0), mul(sub(rat(1), rat(2)), rat(3)))
		if x.Cmp(rat(4)) > 0 {
			return rat(4)
		}
		return x
	case beyond:
		if x := sub(rat(0), rat(1)); x.Sign() > 0 {
			return x
		}
		return new(big.Rat)
	case wholeYears:
		return big.NewRat(n(0)/12, 1)
	case restMonths:
		return big.NewRat(n(0)-12*n(1), 1)
	case benefitSpan:
		return big.NewRat(min(n(4), n(1)+max(0, n(0)-n(2))/n(3)), 1)
	case within:
		return truthOf(n(0) <= n(1))
	case earlier:
		return truthOf(n(0) < n(1))
	case between:
		return big.NewRat(max(0, int64(Date(n(0)).Month()-Date(n(1)).Month())-1), 1)
	case fewer:
		return truthOf(n(0) < 12*n(1))
	case all:
		for i := range o {
			if n(i) == 0 {
				return new(big.Rat)
			}
		}
		return one
	case average:
		return new(big.Rat).Quo(rat(0), rat(1))
	}
	return nil
}

// checkTrace holds every step to its operation, and every operand to the step
// or the parameter that it comes from.
func checkTrace(t interface{ Fatalf(string, ...any) }, trace *Trace) {
	for i := range trace.Steps {
		s := &trace.Steps[i]
		want := recomputed(s)
		if want == nil {
			t.Fatalf("rule %s has no operation", s.Rule)
		}
		floor := func(r *big.Rat) *big.Rat {
			return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom()))
		}
		switch s.Rounding {
		case Downward:
			want = floor(want)
		case Nearest:
			want = floor(new(big.Rat).Add(want, big.NewRat(1, 2)))
		}
		if got := big.NewRat(s.Result.N, s.Result.D); got.Cmp(want) != 0 {
			t.Fatalf("step %d, %s: result %s, the operands give %s", i+1, s.Rule, got, want)
		}
		for _, o := range s.Operands() {
			if o.Step > 0 && (int(o.Step) > i || trace.Steps[o.Step-1].Result != o.Fraction) {
				t.Fatalf("step %d, %s: operand %s is not the result of step %d", i+1, s.Rule, o.Name, o.Step)
			}
			if o.Value != nil && o.Value.Fraction != o.Fraction {
				t.Fatalf("step %d, %s: operand %s is not its parameter", i+1, s.Rule, o.Name)
			}
		}
	}
}

func draw(t *rapid.T, name string, from, to int64) int64 {
	return rapid.Int64Range(from, to).Draw(t, name)
}

func day(t *rapid.T, name string, from, to int64) Date {
	m := Month(draw(t, name, from*12, to*12-1))
	first := m.first()
	return first + Date(draw(t, name+" day", 0, int64(daysIn(first.year(), first.month())-1)))
}

// province is an agency that adds so much that nothing is left to pay.
func province(t testing.TB) *Parameters {
	t.Helper()
	p, problems := National().With("province.json", `{"edition":"2026-11-24","parameters":{
		"voluntary_extra_poor":[{"value":"50%","from":"2025-07-01","citation":"x","confirmed":true,"checked":"2026-11-24"}],
		"health_extra_near_poor":[{"value":"60%","from":"2025-07-01","citation":"x","confirmed":true,"checked":"2026-11-24"}],
		"fund_return":[{"value":"0.37%","from":"2025-07-01","citation":"x","confirmed":false,"checked":"2026-11-24"}]}}`)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	return p
}

func TestVoluntaryProperties(t *testing.T) {
	national, rich := National(), province(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]*Parameters{national, rich}).Draw(t, "parameters")
		q := VoluntaryQuestion{
			On: day(t, "on", 2018, 2040), Income: Dong(draw(t, "income", 0, 60_000_000)),
			Groups: uint32(draw(t, "groups", 0, 31)), Method: Method(draw(t, "method", 0, 3)),
			Months: int(draw(t, "months", 1, 60)), Supported: int(draw(t, "supported", 0, 130)),
			Return: Fraction{draw(t, "return", 0, 50_000), 1_000_000},
		}
		var trace Trace
		a, problem := p.Voluntary(&q, &trace)
		if problem != nil {
			if problem.Code != "range" || problem.Field != "income" || q.Income >= Dong(problem.Min) && q.Income <= Dong(problem.Max) {
				t.Fatalf("refused: %v", problem)
			}
			return
		}
		checkTrace(t, &trace)
		if b, _ := p.Voluntary(&q, nil); b != a {
			t.Fatalf("without a trace: %+v, with one: %+v", b, a)
		}
		for _, part := range []Part{a.Part, a.Month} {
			if part.Payable < 0 || part.Support < 0 || part.Support+part.Payable != part.Contribution {
				t.Fatalf("parts do not add up: %+v", part)
			}
		}
		// The base of support is the contribution at the poverty line.
		line := Dong(p.at(PovertyLine, q.On).N * 22 * int64(a.Supported) / 100)
		if a.Support > line {
			t.Fatalf("support %d above its base %d", a.Support, line)
		}
		if nominal := Dong(rounded(int64(q.Income)*22*int64(q.Months), 100)); q.Method == Ahead && a.Contribution > nominal || q.Method == Missing && a.Contribution < nominal {
			t.Fatalf("%d for %d months nominally %d", a.Contribution, q.Months, nominal)
		}
		if last := trace.Steps[len(trace.Steps)-1]; last.Result.N != int64(a.Payable) {
			t.Fatalf("the trace ends with %d, the answer is %d", last.Result.N, a.Payable)
		}
	})
}

func TestHealthProperties(t *testing.T) {
	national, rich := National(), province(t)
	groups := []Group{Self, Self, Self, Poor, NearPoorCommune, NearPoor, Student, Agriculture}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]*Parameters{national, rich}).Draw(t, "parameters")
		q := HealthQuestion{
			On: day(t, "on", 2020, 2040), Members: rapid.SliceOfN(rapid.SampledFrom(groups), 1, MostMembers).Draw(t, "members"),
			Months: rapid.SampledFrom([]int{3, 6, 12}).Draw(t, "months"),
		}
		var trace Trace
		a, problem := p.Health(&q, &trace)
		if problem != nil {
			t.Fatalf("refused: %v", problem)
		}
		checkTrace(t, &trace)
		var total Part
		last := Dong(1 << 60)
		for _, m := range a.Members {
			total = total.plus(m.Part)
			if m.Payable < 0 || m.Support > m.Contribution || m.Support+m.Payable != m.Contribution {
				t.Fatalf("a member's parts: %+v", m)
			}
			if m.Place > 0 {
				if m.Contribution > last {
					t.Fatalf("member %d pays more than the one before", m.Place)
				}
				last = m.Contribution
			}
		}
		if total != a.Part {
			t.Fatalf("the members add up to %+v, the whole is %+v", total, a.Part)
		}
	})
}

func TestPensionProperties(t *testing.T) {
	p := National()
	rapid.Check(t, func(t *rapid.T) {
		q := PensionQuestion{
			On: day(t, "on", 2018, 2060), Sex: Sex(draw(t, "sex", 1, 2)),
			Birth:      day(t, "birth", 1925, 2010),
			PaidMonths: int(draw(t, "paid", 0, 600)), AverageIncome: Dong(draw(t, "average", 1, 60_000_000)),
		}
		if draw(t, "voluntary", 0, 1) == 1 {
			q.VoluntarySince = day(t, "since", 2008, 2030)
		}
		if draw(t, "late", 0, 3) == 0 {
			q.MonthsAfterAge = int(draw(t, "after", 0, int64(q.PaidMonths)))
		}
		var trace Trace
		a, problem := p.Pension(&q, &trace)
		if problem != nil {
			if problem.Code != "range" {
				t.Fatalf("refused: %v", problem)
			}
			return
		}
		checkTrace(t, &trace)
		if b, _ := p.Pension(&q, nil); b != a {
			t.Fatalf("without a trace: %+v, with one: %+v", b, a)
		}
		if a.Eligible && a.First == 0 || a.First == 0 && a.Monthly != 0 || a.Rate.D > 0 && a.Rate.N*100 > 75*a.Rate.D {
			t.Fatalf("%+v", a)
		}
		if a.First != 0 && a.First <= a.Reached {
			t.Fatalf("pension from %s, age reached in %s", a.First, a.Reached)
		}
		more := q
		more.PaidMonths += 12
		if b, problem := p.Pension(&more, nil); problem == nil && (b.Monthly < a.Monthly || b.LumpSum < a.LumpSum || a.Eligible && !b.Eligible) {
			t.Fatalf("a year more gives %+v after %+v", b, a)
		}
	})
}

func TestPathProperties(t *testing.T) {
	national, rich := National(), province(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]*Parameters{national, rich}).Draw(t, "parameters")
		q := PathsQuestion{
			On: day(t, "on", 2026, 2030), Birth: day(t, "birth", 1940, 2008), Sex: Sex(draw(t, "sex", 1, 2)),
			Groups: uint32(draw(t, "groups", 0, 31)), Supported: int(draw(t, "supported", 0, 130)),
		}
		if draw(t, "chosen", 0, 1) == 1 {
			q.Income = Dong(draw(t, "income", 2_200_000, 46_000_000))
		}
		if q.PaidMonths = int(draw(t, "paid", 0, 300)); q.PaidMonths > 0 {
			q.AverageIncome = Dong(draw(t, "average", 1, 60_000_000))
		}
		var trace Trace
		paths, problem := p.Paths(&q, &trace)
		if problem != nil {
			if problem.Code != "range" {
				t.Fatalf("refused: %v", problem)
			}
			return
		}
		checkTrace(t, &trace)
		if len(paths) == 0 || paths[0].Name != "wait" || paths[0].Payable != 0 {
			t.Fatalf("%+v", paths)
		}
		for _, a := range paths {
			if a.Lacks != "" {
				continue
			}
			if a.Support+a.Payable != a.Contribution || a.Payable < 0 {
				t.Fatalf("parts of %s: %+v", a.Name, a.Part)
			}
			if a.First != 0 && !a.Social && a.First <= a.LastPaid {
				t.Fatalf("%s: pension from %s, paid until %s", a.Name, a.First, a.LastPaid)
			}
			if a.Name != "wait" && a.Social {
				t.Fatalf("%s leads to no pension: %+v", a.Name, a)
			}
			var last PathYear
			for i, y := range a.Years {
				if i > 0 && (y.Paid < last.Paid || y.Received < last.Received || y.Year != last.Year+1) {
					t.Fatalf("%s: %+v after %+v", a.Name, y, last)
				}
				last = y
			}
			if last.Paid != a.Payable {
				t.Fatalf("%s: the years add up to %d, the whole is %d", a.Name, last.Paid, a.Payable)
			}
		}
	})
}

func TestOtherTraces(t *testing.T) {
	p := National()
	rapid.Check(t, func(t *rapid.T) {
		on := day(t, "on", 2026, 2040)
		var trace Trace
		paid := int(draw(t, "paid", 1, 400))
		before := int(draw(t, "before", 0, int64(paid)))
		average := Dong(draw(t, "average", 1, 100_000_000))
		if _, problem := p.Withdrawal(&WithdrawalQuestion{
			PensionQuestion:  PensionQuestion{On: on, Birth: day(t, "birth", 1950, 1990), Sex: Female, PaidMonths: paid, AverageIncome: average},
			MonthsBefore2014: before,
			FirstPaid:        rapid.SampledFrom([]Date{0, 20050301, 20240601, 20250701}).Draw(t, "first"),
			LastPaid:         rapid.SampledFrom([]Date{0, 20250701, 20251115}).Draw(t, "last"),
			Reason:           WithdrawalReason(draw(t, "reason", 0, 1)),
		}, &trace); problem != nil && problem.Code != "range" {
			t.Fatalf("withdrawal: %v", problem)
		}
		if _, problem := p.Death(&DeathQuestion{On: on, PaidMonths: paid, MonthsBefore2014: before, AverageIncome: average}, &trace); problem != nil {
			t.Fatalf("death: %v", problem)
		}
		if _, problem := p.Unemployment(on, paid, average, int(draw(t, "region", 1, 4)), &trace); problem != nil {
			t.Fatalf("unemployment: %v", problem)
		}
		if _, problem := p.Maternity(on, int(draw(t, "children", 1, 10)), int(draw(t, "of12", 0, 12)), &trace); problem != nil {
			t.Fatalf("maternity: %v", problem)
		}
		if _, problem := p.SocialPension(&SocialPensionQuestion{On: on, Birth: day(t, "old", 1930, 2020), Pension: Dong(draw(t, "pension", 0, 1_000_000))}, &trace); problem != nil {
			t.Fatalf("social pension: %v", problem)
		}
		checkTrace(t, &trace)
	})
}
