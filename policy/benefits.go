package policy

// WithdrawalReason is why somebody takes all contributions out at once.
type WithdrawalReason uint8

// The reasons of Law 41/2024, Art. 70 and 102.
const (
	StoppedPaying WithdrawalReason = iota
	SettlingAbroad
	Illness
	Incapacity
)

// WithdrawalQuestion asks what a one-off withdrawal gives, and what it costs.
type WithdrawalQuestion struct {
	PensionQuestion                   // PaidMonths are all months
	MonthsBefore2014 int              // of PaidMonths
	FirstPaid        Date             // the first contribution; 0 for not known
	LastPaid         Date             // the last contribution; 0 for not known
	Reason           WithdrawalReason //
	StateSupport     Dong             // that the state added to the contributions, in all; 0 where it is not told
}

// WithdrawalAnswer is what is paid, beside what is lost by it.
type WithdrawalAnswer struct {
	Eligible bool
	Amount   Dong
	Pension  PensionAnswer // that is given up; First is 0 where the years lack
	Lack     int           // months still missing to a pension
	Months   int           // of that pension until it has paid as much; 0 without one
}

// Withdrawal says what is paid out at once (Law 41/2024, Art. 102(2)): for each
// year before 2014 one and a half average months, from 2014 two; odd months
// before 2014 move to the later time. For less than a year what was paid, at
// most two average months. What the state added is taken off, unless the reason
// is an illness or incapacity (Art. 102(3)).
func (p *Parameters) Withdrawal(q *WithdrawalQuestion, t *Trace) (a WithdrawalAnswer, problem *Problem) {
	before, from, most, rate := p.at(WithdrawalBefore2014, q.On), p.at(WithdrawalFrom2014, q.On), p.at(WithdrawalShortMost, q.On), p.at(VoluntaryRate, q.On)
	paidBefore, out, below := p.at(WithdrawalPaidBefore, q.On), p.at(WithdrawalMonthsOut, q.On), p.at(WithdrawalYearsBelow, q.On)
	if before == nil || from == nil || most == nil || rate == nil || paidBefore == nil || out == nil || below == nil {
		return a, p.unknown(q.On, WithdrawalBefore2014, WithdrawalFrom2014, WithdrawalShortMost, VoluntaryRate, WithdrawalPaidBefore, WithdrawalMonthsOut, WithdrawalYearsBelow)
	}
	if a.Pension, problem = p.Pension(&q.PensionQuestion, t); problem != nil {
		return a, problem
	}
	if early := min(q.PaidMonths, monthsOfWork(q.Birth, 20131231, p.at(VoluntaryAge, q.On))); q.MonthsBefore2014 < 0 || q.MonthsBefore2014 > early {
		return a, &Problem{Code: "range", Field: "months-before-2014", Unit: UnitMonths, Max: int64(early)}
	}
	if q.PaidMonths < 1 {
		return a, &Problem{Code: "range", Field: "paid-months", Unit: UnitMonths, Min: 1, Max: int64(monthsOfWork(q.Birth, q.On, p.at(VoluntaryAge, q.On)))}
	}
	for _, given := range []struct {
		field string
		on    Date
	}{{"first-paid", q.FirstPaid}, {"last-paid", q.LastPaid}} {
		if given.on != 0 && (given.on < q.Birth || given.on > q.On) {
			return a, &Problem{Code: "range", Field: given.field, Unit: UnitDate, Min: int64(q.Birth), Max: int64(q.On)}
		}
	}
	if q.FirstPaid != 0 && q.LastPaid != 0 && q.LastPaid < q.FirstPaid {
		return a, &Problem{Code: "range", Field: "last-paid", Unit: UnitDate, Min: int64(q.FirstPaid), Max: int64(q.On)}
	}
	years := p.at(PensionYears, q.On)
	a.Lack = max(0, int(years.N)*12-q.PaidMonths)
	switch {
	case q.Reason != StoppedPaying:
		a.Eligible = true
	case a.Lack > 0 && q.On >= reachedOn(q.Birth, a.Pension.AgeAt):
		a.Eligible = true
		if t != nil {
			t.step(RuleYearsFew, UnitYesNo, Exact, whole(1), given("paid_months", UnitMonths, int64(q.PaidMonths)), by(years, PensionYears))
		}
	default:
		a.Eligible = q.stopped(paidBefore, out, below, t)
	}

	if q.PaidMonths < 12 {
		paid, in := paidIn(q.PaidMonths, q.AverageIncome, rate, t)
		limit := Dong(rounded(int64(q.AverageIncome)*most.N, most.D))
		a.Amount = min(paid, limit)
		if t != nil {
			atMost := t.step(RuleShortMost, UnitDong, Nearest, whole(int64(limit)), given("average_income", UnitDong, int64(q.AverageIncome)), by(most, WithdrawalShortMost))
			t.step(RuleShort, UnitDong, Exact, whole(int64(a.Amount)), in, atMost)
		}
	} else {
		a.Amount = byYears(q.PaidMonths, q.MonthsBefore2014, q.AverageIncome, before, from, t)
	}
	// What the state added is not given out, unless somebody is that ill.
	if q.Reason != Illness && q.Reason != Incapacity {
		if q.StateSupport > 0 {
			a.Amount = max(0, a.Amount-q.StateSupport)
			if t != nil {
				t.step(RuleStateShare, UnitDong, Exact, whole(int64(a.Amount)), t.last(), given("state_support", UnitDong, int64(q.StateSupport)))
			}
		} else if t != nil {
			t.notice(Notice{Code: "state_share", Rule: RuleStateShare})
		}
	}
	if a.Pension.Monthly > 0 {
		a.Months = int((a.Amount + a.Pension.Monthly - 1) / a.Pension.Monthly)
	}
	if t != nil {
		t.judge(q.On)
	}
	return a, nil
}

// stopped says whether somebody who is not of age may withdraw: contributions
// before the law, so many months out, and not too many years.
func (q *WithdrawalQuestion) stopped(paidBefore, out, below *Value, t *Trace) bool {
	first := q.FirstPaid
	if first == 0 {
		first = q.LastPaid // or before
	}
	if q.FirstPaid == 0 && q.MonthsBefore2014 > 0 {
		first = 20131231 // or before
	}
	if q.FirstPaid == 0 && int64(first) >= paidBefore.N {
		first = 0
	}
	if first == 0 || q.LastPaid == 0 {
		if t != nil && first == 0 {
			t.notice(Notice{Code: "not_told", Field: fieldFirstPaid})
		}
		if t != nil && q.LastPaid == 0 {
			t.notice(Notice{Code: "not_told", Field: fieldLastPaid})
		}
		return false
	}
	months := max(0, int64(q.On.Month()-q.LastPaid.Month())-1) // the month that was paid for is none
	early, long, few := int64(first) < paidBefore.N, months >= out.N, int64(q.PaidMonths) < below.N*12
	if t != nil {
		one := t.step(RulePaidEarly, UnitYesNo, Exact, whole(truth(early)), given("first_paid", UnitDate, int64(first)), by(paidBefore, WithdrawalPaidBefore))
		span := t.step(RuleMonthsOut, UnitMonths, Exact, whole(months), given("on", UnitDate, int64(q.On)), given("last_paid", UnitDate, int64(q.LastPaid)))
		two := t.step(RuleOutLong, UnitYesNo, Exact, whole(truth(long)), span, by(out, WithdrawalMonthsOut))
		three := t.step(RuleYearsFew, UnitYesNo, Exact, whole(truth(few)), given("paid_months", UnitMonths, int64(q.PaidMonths)), by(below, WithdrawalYearsBelow))
		t.step(RuleAllMet, UnitYesNo, Exact, whole(truth(early && long && few)), one, two, three)
	}
	return early && long && few
}

// paidIn is what was paid in: the contributions of these months.
func paidIn(months int, average Dong, rate *Value, t *Trace) (paid Dong, step Operand) {
	paid = Dong(rounded(int64(average)*rate.N*int64(months), rate.D))
	if t != nil {
		step = t.step(RuleShortPaid, UnitDong, Nearest, whole(int64(paid)), given("average_income", UnitDong, int64(average)),
			by(rate, VoluntaryRate), given("paid_months", UnitMonths, int64(months)))
	}
	return paid, step
}

// byYears is what is paid once for each year: so many average months for those
// before 2014, and for those since.
func byYears(months, before2014 int, average Dong, before, since *Value, t *Trace) Dong {
	earlyYears := int64(before2014 / 12)
	rest := months - int(earlyYears)*12
	halves := halfYearsOf(rest)
	early := rounded(int64(average)*earlyYears*before.N, before.D)
	late := rounded(int64(average)*halves*since.N, 2*since.D)
	if t != nil {
		income := given("average_income", UnitDong, int64(average))
		years := t.step(RuleYearsBefore2014, UnitYears, Exact, whole(earlyYears), given("months_before_2014", UnitMonths, int64(before2014)))
		later := t.step(RuleMonthsFrom2014, UnitMonths, Exact, whole(int64(rest)), given("paid_months", UnitMonths, int64(months)), years)
		counted := t.step(RuleYearsCounted, UnitYears, Exact, Fraction{halves, 2}, later)
		a := t.step(RuleWithdrawalPart, UnitDong, Nearest, whole(early), income, years, by(before, before.Parameter))
		b := t.step(RuleWithdrawalPart, UnitDong, Nearest, whole(late), income, counted, by(since, since.Parameter))
		t.step(RuleTotal, UnitDong, Exact, whole(early+late), a, b)
	}
	return Dong(early + late)
}

// SocialPensionQuestion asks for the pension of those who have none.
type SocialPensionQuestion struct {
	On, Birth Date
	Group     Group // Poor, NearPoor or Other
	Pension   Dong  // a pension or monthly allowance that is paid already
}

// SocialPensionAnswer is the social pension.
type SocialPensionAnswer struct {
	Eligible bool
	First    Month // in which the age is reached, not before the law; it is granted on application
	Monthly  Dong  // the full amount, or what tops up a lower pension
	Funeral  Dong
}

// SocialPension says what social pension somebody gets (Decree 176/2025): from
// 75, from 70 in poor and near-poor households, also as a top-up to a lower
// pension.
func (p *Parameters) SocialPension(q *SocialPensionQuestion, t *Trace) (a SocialPensionAnswer, problem *Problem) {
	of := SocialPensionAge
	if q.Group == Poor || q.Group == NearPoor {
		of = SocialPensionAgePoor
	}
	amount, age, funeral := p.at(SocialPensionAmount, q.On), p.at(of, q.On), p.at(SocialPensionFuneral, q.On)
	if amount == nil || age == nil || funeral == nil {
		return a, p.unknown(q.On, SocialPensionAmount, of, SocialPensionFuneral)
	}
	if problem := born(q.Birth, q.On); problem != nil {
		return a, problem
	}
	if q.Pension < 0 || q.Pension > mostDong {
		return a, &Problem{Code: "range", Field: "pension", Unit: UnitDong, Max: mostDong}
	}
	reached := q.Birth.Month() + Month(age.N)
	lawFrom := p.values[SocialPensionAmount][0].From.Month()
	a.First = max(reached, lawFrom)
	a.Monthly = Dong(max(0, amount.N-int64(q.Pension)))
	a.Eligible = a.Monthly > 0 && q.On >= reachedOn(q.Birth, int(age.N))
	if a.Monthly == 0 {
		a.First = 0
	} else {
		a.Funeral = Dong(funeral.N)
	}
	if t != nil {
		from := t.step(RuleSocialAge, UnitAge, Exact, age.Fraction, by(age, of))
		at := t.step(RuleAgeReached, UnitMonth, Exact, whole(int64(reached)), given("birth", UnitDate, int64(q.Birth)), from)
		if a.First > reached {
			t.step(RuleNotBefore, UnitMonth, Exact, whole(int64(a.First)), at, given("law_from", UnitMonth, int64(lawFrom)))
		}
		t.step(RuleSocialPension, UnitDong, Exact, whole(int64(a.Monthly)), by(amount, SocialPensionAmount), given("pension", UnitDong, int64(q.Pension)))
		if a.Monthly > 0 {
			t.step(RuleFuneral, UnitDong, Exact, funeral.Fraction, by(funeral, SocialPensionFuneral))
		}
		t.notice(Notice{Code: "reading", Rule: RuleSocialAge})
		t.judge(max(q.On, a.First.first()))
	}
	return a, nil
}

// MaternityAnswer is what a birth gives.
type MaternityAnswer struct {
	Eligible bool
	Amount   Dong
}

// Maternity says what voluntary social insurance gives at a birth (Law
// 41/2024, Art. 95): an amount for each child, to one parent, with so many of
// the last twelve months paid.
func (p *Parameters) Maternity(on Date, children, paidOfLast12 int, t *Trace) (a MaternityAnswer, problem *Problem) {
	amount, months := p.at(MaternityAmount, on), p.at(MaternityMonths, on)
	if amount == nil || months == nil {
		return a, p.unknown(on, MaternityAmount, MaternityMonths)
	}
	if children < 1 || children > 10 {
		return a, &Problem{Code: "range", Field: "children", Unit: UnitCount, Min: 1, Max: 10}
	}
	if paidOfLast12 < 0 || paidOfLast12 > 12 {
		return a, &Problem{Code: "range", Field: "paid-of-last-12", Unit: UnitMonths, Max: 12}
	}
	a.Eligible = int64(paidOfLast12) >= months.N
	if a.Eligible {
		a.Amount = Dong(amount.N * int64(children))
	}
	if t != nil {
		// Six of the last twelve months: half a year, as whole months here.
		if a.Eligible {
			t.step(RuleMaternity, UnitDong, Exact, whole(int64(a.Amount)), by(amount, MaternityAmount), given("children", UnitCount, int64(children)))
		}
		t.step(RuleMonthsEnough, UnitYesNo, Exact, whole(truth(a.Eligible)), given("paid_of_last_12", UnitMonths, int64(paidOfLast12)), by(months, MaternityMonths))
		t.judge(on)
	}
	return a, nil
}

// DeathQuestion asks what the family of an insured person gets.
type DeathQuestion struct {
	On               Date
	PaidMonths       int
	MonthsBefore2014 int
	AverageIncome    Dong
}

// DeathAnswer is what is paid.
type DeathAnswer struct {
	Eligible  bool // to the funeral allowance
	Funeral   Dong
	Survivors Dong
}

// Death says what voluntary social insurance gives at a death: ten times the
// reference level for the funeral, with 60 months paid (Law 41/2024, Art. 109),
// and to the survivors for each year what a withdrawal gives, or what was paid
// in where that is less than 60 months (Art. 110).
func (p *Parameters) Death(q *DeathQuestion, t *Trace) (a DeathAnswer, problem *Problem) {
	base, times, months := p.at(BaseSalary, q.On), p.at(FuneralTimes, q.On), p.at(FuneralMonths, q.On)
	least, before, since, rate := p.at(SurvivorMonths, q.On), p.at(SurvivorBefore2014, q.On), p.at(SurvivorFrom2014, q.On), p.at(VoluntaryRate, q.On)
	if base == nil || times == nil || months == nil || least == nil || before == nil || since == nil || rate == nil {
		return a, p.unknown(q.On, BaseSalary, FuneralTimes, FuneralMonths, SurvivorMonths, SurvivorBefore2014, SurvivorFrom2014, VoluntaryRate)
	}
	if q.PaidMonths < 1 || q.PaidMonths > 720 {
		return a, &Problem{Code: "range", Field: "paid-months", Unit: UnitMonths, Min: 1, Max: 720}
	}
	if q.MonthsBefore2014 < 0 || q.MonthsBefore2014 > q.PaidMonths {
		return a, &Problem{Code: "range", Field: "months-before-2014", Unit: UnitMonths, Max: int64(q.PaidMonths)}
	}
	if q.AverageIncome < 1 || q.AverageIncome > mostDong {
		return a, &Problem{Code: "range", Field: "average-income", Unit: UnitDong, Min: 1, Max: mostDong}
	}
	a.Eligible = int64(q.PaidMonths) >= months.N
	if t != nil {
		t.step(RuleMonthsEnough, UnitYesNo, Exact, whole(truth(a.Eligible)), given("paid_months", UnitMonths, int64(q.PaidMonths)), by(months, FuneralMonths))
	}
	if a.Eligible {
		a.Funeral = Dong(rounded(base.N*times.N, times.D))
		if t != nil {
			t.step(RuleFuneral, UnitDong, Nearest, whole(int64(a.Funeral)), by(base, BaseSalary), by(times, FuneralTimes))
		}
	}
	enough := int64(q.PaidMonths) >= least.N
	if t != nil {
		t.step(RuleMonthsEnough, UnitYesNo, Exact, whole(truth(enough)), given("paid_months", UnitMonths, int64(q.PaidMonths)), by(least, SurvivorMonths))
	}
	if enough {
		a.Survivors = byYears(q.PaidMonths, q.MonthsBefore2014, q.AverageIncome, before, since, t)
	} else {
		a.Survivors, _ = paidIn(q.PaidMonths, q.AverageIncome, rate, t)
	}
	if t != nil {
		t.judge(q.On)
	}
	return a, nil
}

// UnemploymentAnswer is the benefit of who lost work.
type UnemploymentAnswer struct {
	Eligible bool
	Monthly  Dong
	Months   int
	Total    Dong
	FromDay  int // the working day after filing from which it is paid
}

// Unemployment says what unemployment insurance gives (Law 74/2025, Art. 39):
// a share of the average salary of the last six months, at most so many times
// the region's minimum wage, for 3 months up to 36 paid and one more for each
// further 12. Region is 1 to 4.
func (p *Parameters) Unemployment(on Date, paidMonths int, average Dong, region int, t *Trace) (a UnemploymentAnswer, problem *Problem) {
	if region < 1 || region > 4 {
		return a, &Problem{Code: "range", Field: "region", Unit: UnitCount, Min: 1, Max: 4}
	}
	if paidMonths < 0 || paidMonths > 720 {
		return a, &Problem{Code: "range", Field: "paid-months", Unit: UnitMonths, Max: 720}
	}
	if average < 1 || average > mostDong {
		return a, &Problem{Code: "range", Field: "average-salary", Unit: UnitDong, Min: 1, Max: mostDong}
	}
	wageOf := MinimumWage1 + Parameter(region-1)
	of := []Parameter{UnemploymentRate, UnemploymentMost, UnemploymentPaidLeast, UnemploymentFirstMonths, UnemploymentFirstPaid, UnemploymentStep, UnemploymentMonthsMost, UnemploymentFromDay, wageOf}
	var v [9]*Value
	for i, parameter := range of {
		if v[i] = p.at(parameter, on); v[i] == nil {
			return a, p.unknown(on, of...)
		}
	}
	rate, most, paidLeast, first, firstPaid, step, monthsMost, day, wage := v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]
	a.Eligible = int64(paidMonths) >= paidLeast.N
	paid := given("paid_months", UnitMonths, int64(paidMonths))
	if t != nil {
		t.step(RuleMonthsEnough, UnitYesNo, Exact, whole(truth(a.Eligible)), paid, by(paidLeast, UnemploymentPaidLeast))
	}
	if a.Eligible {
		share, limit := rounded(int64(average)*rate.N, rate.D), rounded(wage.N*most.N, most.D)
		months := min(monthsMost.N, first.N+max(0, int64(paidMonths)-firstPaid.N)/step.N)
		a.Monthly, a.Months, a.FromDay = Dong(min(share, limit)), int(months), int(day.N)
		a.Total = a.Monthly * Dong(months)
		if t != nil {
			x := t.step(RuleUnemploymentRate, UnitDong, Nearest, whole(share), given("average_salary", UnitDong, int64(average)), by(rate, UnemploymentRate))
			y := t.step(RuleUnemploymentMost, UnitDong, Nearest, whole(limit), by(wage, wageOf), by(most, UnemploymentMost))
			monthly := t.step(RuleUnemploymentMonthly, UnitDong, Exact, whole(int64(a.Monthly)), x, y)
			span := t.step(RuleUnemploymentMonths, UnitMonths, Exact, whole(months), paid, by(first, UnemploymentFirstMonths),
				by(firstPaid, UnemploymentFirstPaid), by(step, UnemploymentStep), by(monthsMost, UnemploymentMonthsMost))
			t.step(RuleUnemploymentTotal, UnitDong, Exact, whole(int64(a.Total)), monthly, span)
			t.step(RuleUnemploymentFrom, UnitDays, Exact, whole(day.N), by(day, UnemploymentFromDay))
		}
	}
	if t != nil {
		t.judge(on)
	}
	return a, nil
}
