package policy

// Sex decides the retirement age and the rate of the pension.
type Sex uint8

// The sexes as the law of pensions knows them.
const (
	Female Sex = iota + 1
	Male
)

// PensionQuestion asks when and how much pension somebody would get who pays
// nothing more.
type PensionQuestion struct {
	On             Date
	Birth          Date // 1 January where only the year is known (Decree 135/2020, Art. 3)
	Sex            Sex
	PaidMonths     int   // 0 to 720
	AverageIncome  Dong  // of a month, over all that was paid
	VoluntarySince Date  // the first voluntary payment; 0 for none
	MonthsAfterAge int   // of PaidMonths, paid after pension age was reached
	NotBefore      Month // in which it is asked for; 0 for as soon as the law allows
}

// PensionAnswer is a pension. Without enough years First is 0, and so are the
// amounts. One that began before the first rate that is known is reckoned by
// that, and a notice says so.
type PensionAnswer struct {
	Eligible bool     // on the day that was asked about
	AgeAt    int      // pension age, in months
	Reached  Month    // in which that age is reached
	First    Month    // of the pension
	Rate     Fraction // of the average income
	Monthly  Dong
	LumpSum  Dong // once, for the years beyond the highest rate
}

// Pension says what pension somebody gets (Law 41/2024, Art. 64 to 68 and 98
// to 100; pension age: Labour Code, Decree 135/2020, Appendix I).
func (p *Parameters) Pension(q *PensionQuestion, t *Trace) (a PensionAnswer, problem *Problem) {
	if problem := born(q.Birth, q.On); problem != nil {
		return a, problem
	}
	needed := p.at(PensionYears, q.On)
	if needed == nil {
		return a, p.unknown(q.On, PensionYears)
	}
	young := p.at(VoluntaryAge, q.On)
	if young == nil {
		return a, p.unknown(q.On, VoluntaryAge)
	}
	if most := monthsOfWork(q.Birth, q.On, young); q.PaidMonths < 0 || q.PaidMonths > most {
		return a, &Problem{Code: "range", Field: "paid-months", Unit: UnitMonths, Max: int64(most)}
	}
	if q.MonthsAfterAge < 0 || q.MonthsAfterAge > q.PaidMonths {
		return a, &Problem{Code: "range", Field: "months-after-age", Unit: UnitMonths, Max: int64(q.PaidMonths)}
	}
	if q.Sex != Female && q.Sex != Male {
		return a, &Problem{Code: "value", Field: "sex", Choices: "f, m"}
	}
	if q.AverageIncome < 1 || q.AverageIncome > mostDong {
		return a, &Problem{Code: "range", Field: "average-income", Unit: UnitDong, Min: 1, Max: mostDong}
	}
	if q.VoluntarySince != 0 && (q.VoluntarySince > q.On || q.VoluntarySince < q.Birth) {
		return a, &Problem{Code: "range", Field: "voluntary-since", Unit: UnitDate, Min: int64(q.Birth), Max: int64(q.On)}
	}

	age, earlyFrom := p.retirement(q, &a, t)
	paid := given("paid_months", UnitMonths, int64(q.PaidMonths))
	a.Reached = q.Birth.Month() + Month(a.AgeAt)
	if since := int64(max(0, q.On.Month()-a.Reached)); int64(q.MonthsAfterAge) > since {
		return a, &Problem{Code: "range", Field: "months-after-age", Unit: UnitMonths, Max: min(since, int64(q.PaidMonths))}
	}
	a.First = a.Reached + 1 + Month(q.MonthsAfterAge)
	// Who has fewer years than were needed then waits for the law that needs
	// no more.
	lawFrom := max(earlyFrom, q.NotBefore)
	start := max(a.First, lawFrom).first()
	if at := p.at(PensionYears, start); at != nil {
		needed = at
	} else if first := &p.values[PensionYears][0]; start < first.From {
		needed = first
	}
	if int64(q.PaidMonths) < needed.N*12 {
		for i := range p.values[PensionYears] {
			v := &p.values[PensionYears][i]
			if v.From > needed.From && int64(q.PaidMonths) >= v.N*12 {
				needed, lawFrom = v, max(lawFrom, v.From.Month())
				break
			}
		}
	}
	enough := int64(q.PaidMonths) >= needed.N*12
	var first Operand
	if t != nil {
		birth := given("birth", UnitDate, int64(q.Birth))
		reached := t.step(RuleAgeReached, UnitMonth, Exact, whole(int64(a.Reached)), birth, age)
		t.step(RuleYearsEnough, UnitYesNo, Exact, whole(truth(enough)), paid, by(needed, PensionYears))
		if enough {
			first = t.step(RuleFirstPension, UnitMonth, Exact, whole(int64(a.First)), reached,
				given("months_after_age", UnitMonths, int64(q.MonthsAfterAge)))
		}
	}
	if enough && lawFrom > a.First {
		a.First = lawFrom
		if t != nil {
			t.step(RuleNotBefore, UnitMonth, Exact, whole(int64(lawFrom)), first, given("law_from", UnitMonth, int64(lawFrom)))
		}
	}
	if !enough {
		a.First = 0
		if t != nil {
			t.judge(q.On)
		}
		return a, nil
	}
	// On that day itself, by the law of that day.
	ofAge := reachedOn(q.Birth, a.AgeAt+q.MonthsAfterAge)
	a.Eligible = q.On >= ofAge && q.On >= lawFrom.first() && int64(q.PaidMonths) >= p.at(PensionYears, q.On).N*12
	if t != nil {
		t.step(RuleOfAge, UnitYesNo, Exact, whole(truth(q.On >= ofAge)), given("on", UnitDate, int64(q.On)), given("of_age_on", UnitDate, int64(ofAge)))
	}
	if problem := p.rate(q, &a, paid, t); problem != nil {
		return PensionAnswer{}, problem
	}
	if t != nil {
		t.judge(max(q.On, a.First.first()))
	}
	return a, nil
}

// retirement finds the age, in months. Who joined early may go earlier, by a
// law that holds on that day or, if it is enacted for later, from then on.
func (p *Parameters) retirement(q *PensionQuestion, a *PensionAnswer, t *Trace) (age Operand, notBefore Month) {
	table, early := RetirementAgeWomen, EarlyAgeWomen
	if q.Sex == Male {
		table, early = RetirementAgeMen, EarlyAgeMen
	}
	v, rule := p.at(table, q.Birth), RuleRetirementAge
	on := max(q.On, p.values[EarlyJoinedBefore][0].From)
	before, years, at := p.at(EarlyJoinedBefore, on), p.at(EarlyYears, on), p.at(early, on)
	if q.VoluntarySince != 0 && before != nil && years != nil && at != nil &&
		int64(q.VoluntarySince) < before.N && int64(q.PaidMonths) >= years.N*12 && at.N < v.N {
		from := Month(0)
		if on > q.On {
			from = on.Month()
		}
		if month := q.Birth.Month(); max(month+Month(at.N)+1, from) < month+Month(v.N)+1 {
			v, table, rule, notBefore = at, early, RuleEarlyAge, from
		}
	}
	a.AgeAt = int(v.N)
	if t == nil {
		return age, notBefore
	}
	if rule == RuleEarlyAge {
		return t.step(rule, UnitAge, Exact, v.Fraction, by(v, table), given("voluntary_since", UnitDate, int64(q.VoluntarySince)),
			by(before, EarlyJoinedBefore), given("paid_months", UnitMonths, int64(q.PaidMonths)), by(years, EarlyYears)), notBefore
	}
	return t.step(rule, UnitAge, Exact, v.Fraction, by(v, table), given("birth", UnitDate, int64(q.Birth))), 0
}

// rate reckons the rate, the pension and what is paid once.
func (p *Parameters) rate(q *PensionQuestion, a *PensionAnswer, paid Operand, t *Trace) *Problem {
	on := a.First.first()
	if first := p.values[PensionRate][0].From; on < first {
		if on = first; t != nil {
			t.notice(Notice{Code: "not_known", Rule: RulePensionRate, On: first})
		}
	}
	yearsFor, limitFor := PensionRateYearsWomen, LumpYearsWomen
	if q.Sex == Male {
		yearsFor, limitFor = PensionRateYearsMen, LumpYearsMen
	}
	base, years, step, most := p.at(PensionRate, on), p.at(yearsFor, on), p.at(PensionRatePerYear, on), p.at(PensionRateMost, on)
	limit, early, late := p.at(limitFor, on), p.at(LumpBeforeAge, on), p.at(LumpAfterAge, on)
	if base == nil || years == nil || step == nil || most == nil || limit == nil || early == nil || late == nil {
		return p.unknown(on, PensionRate, yearsFor, PensionRatePerYear, PensionRateMost, limitFor, LumpBeforeAge, LumpAfterAge)
	}
	halves := halfYearsOf(q.PaidMonths)
	rule, baseOf, stepOf, yearsOf := RulePensionRate, PensionRate, PensionRatePerYear, yearsFor
	if halves < 2*years.N {
		rule, baseOf, stepOf, yearsOf = RulePensionRateShort, PensionShortRateMen, PensionShortPerYearMen, PensionYears
		base, step, years = p.at(baseOf, on), p.at(stepOf, on), p.at(yearsOf, on)
		if base == nil || step == nil || halves < 2*years.N {
			return &Problem{Code: "before", Field: "on", What: Definitions[baseOf].Name, Unit: UnitDate, Min: int64(p.values[PensionShortRateMen][0].From), Max: int64(lastDate)}
		}
	}
	// base + (halves/2 - years) x step, with one denominator
	a.Rate = Fraction{
		base.N*step.D*2 + (halves-2*years.N)*step.N*base.D,
		base.D * step.D * 2,
	}
	if a.Rate.N*most.D > most.N*a.Rate.D {
		a.Rate = most.Fraction
	}
	a.Rate.N, a.Rate.D = reduced(a.Rate.N, a.Rate.D)
	a.Monthly = Dong(rounded(int64(q.AverageIncome)*a.Rate.N, a.Rate.D))

	extra := max(0, halves-2*limit.N)
	after := min(extra, halfYearsOf(q.MonthsAfterAge))
	part := func(halves int64, v *Value) Dong {
		return Dong(rounded(int64(q.AverageIncome)*halves*v.N, 2*v.D))
	}
	a.LumpSum = part(extra-after, early) + part(after, late)
	if t == nil {
		return nil
	}
	counted := t.step(RuleYearsCounted, UnitYears, Exact, Fraction{halves, 2}, paid)
	rate := t.step(rule, UnitRate, Exact, a.Rate, by(base, baseOf), counted, by(years, yearsOf), by(step, stepOf), by(most, PensionRateMost))
	average := given("average_income", UnitDong, int64(q.AverageIncome))
	t.step(RuleMonthlyPension, UnitDong, Nearest, whole(int64(a.Monthly)), average, rate)
	if extra == 0 {
		return nil
	}
	beyond := t.step(RuleYearsBeyond, UnitYears, Exact, Fraction{extra, 2}, counted, by(limit, limitFor))
	if after == 0 {
		t.step(RuleLumpPart, UnitDong, Nearest, whole(int64(a.LumpSum)), average, beyond, by(early, LumpBeforeAge))
		return nil
	}
	late1 := t.step(RuleYearsCounted, UnitYears, Exact, Fraction{halfYearsOf(q.MonthsAfterAge), 2}, given("months_after_age", UnitMonths, int64(q.MonthsAfterAge)))
	lateYears := t.step(RuleShort, UnitYears, Exact, Fraction{after, 2}, beyond, late1)
	earlyYears := t.step(RuleYearsBeyond, UnitYears, Exact, Fraction{extra - after, 2}, beyond, lateYears)
	one := t.step(RuleLumpPart, UnitDong, Nearest, whole(int64(part(extra-after, early))), average, earlyYears, by(early, LumpBeforeAge))
	two := t.step(RuleLumpPart, UnitDong, Nearest, whole(int64(part(after, late))), average, lateYears, by(late, LumpAfterAge))
	t.step(RuleTotal, UnitDong, Exact, whole(int64(a.LumpSum)), one, two)
	return nil
}

// halfYearsOf counts months in half years: 1 to 6 odd months are half a year,
// 7 to 11 a year (Law 41/2024, Art. 5(6)).
func halfYearsOf(months int) int64 {
	halves := int64(months/12) * 2
	switch odd := months % 12; {
	case odd > 6:
		return halves + 2
	case odd > 0:
		return halves + 1
	}
	return halves
}

// born says what is wrong with a date of birth: it must lie before the day that
// is asked about, and the oldest person is 120.
func born(birth, on Date) *Problem {
	first := max(firstDate, on-120_0000)
	if birth < first || birth > on {
		return &Problem{Code: "range", Field: "birth", Unit: UnitDate, Min: int64(first), Max: int64(on)}
	}
	return nil
}

// monthsOfWork are the months since the age from which anybody may pay, at most
// 60 years.
func monthsOfWork(birth, on Date, from *Value) int {
	return min(720, max(0, int(on.Month()-birth.Month())-int(from.N)+1))
}

// reachedOn is the day on which an age in months is reached; the first of the
// next month where the month has no such day.
func reachedOn(birth Date, months int) Date {
	m := birth.Month() + Month(months)
	if first := m.first(); birth.day() <= daysIn(first.year(), first.month()) {
		return first + Date(birth.day()-1)
	}
	return (m + 1).first()
}
