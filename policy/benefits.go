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
// most two average months.
func (p *Parameters) Withdrawal(q *WithdrawalQuestion, t *Trace) (a WithdrawalAnswer, problem *Problem) {
	before, from, most := p.at(WithdrawalBefore2014, q.On), p.at(WithdrawalFrom2014, q.On), p.at(WithdrawalShortMost, q.On)
	paidBefore, out, below := p.at(WithdrawalPaidBefore, q.On), p.at(WithdrawalMonthsOut, q.On), p.at(WithdrawalYearsBelow, q.On)
	if before == nil || from == nil || most == nil || paidBefore == nil || out == nil || below == nil {
		return a, p.unknown(q.On, WithdrawalBefore2014, WithdrawalFrom2014, WithdrawalShortMost, WithdrawalPaidBefore, WithdrawalMonthsOut, WithdrawalYearsBelow)
	}
	if a.Pension, problem = p.Pension(&q.PensionQuestion, t); problem != nil {
		return a, problem
	}
	if early := min(q.PaidMonths, monthsOfWork(q.Birth, 20131231)); q.MonthsBefore2014 < 0 || q.MonthsBefore2014 > early {
		return a, &Problem{Code: "range", Field: "months-before-2014", Unit: UnitMonths, Max: int64(early)}
	}
	if q.PaidMonths < 1 {
		return a, &Problem{Code: "range", Field: "paid-months", Unit: UnitMonths, Min: 1, Max: int64(monthsOfWork(q.Birth, q.On))}
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
	ofAge := q.On >= reachedOn(q.Birth, a.Pension.AgeAt)
	a.Eligible = q.Reason != StoppedPaying || ofAge && a.Lack > 0 ||
		(q.FirstPaid != 0 && int64(q.FirstPaid) < paidBefore.N || q.MonthsBefore2014 > 0) &&
			q.LastPaid != 0 && int64(q.On.Month()-q.LastPaid.Month()) >= out.N && int64(q.PaidMonths) < below.N*12

	a.Amount, problem = p.onceFor(q.On, q.PaidMonths, q.MonthsBefore2014, q.AverageIncome,
		WithdrawalBefore2014, WithdrawalFrom2014, WithdrawalShortMost, t)
	if problem != nil {
		return a, problem
	}
	if a.Pension.Monthly > 0 {
		a.Months = int((a.Amount + a.Pension.Monthly - 1) / a.Pension.Monthly)
	}
	if t != nil {
		t.notice(Notice{Code: "reading", Rule: RuleWithdrawalPart})
		t.judge(q.On)
	}
	return a, nil
}

// onceFor is what is paid once for months that were paid: a withdrawal, or what
// the survivors get.
func (p *Parameters) onceFor(on Date, months, before2014 int, average Dong, before, from, short Parameter, t *Trace) (Dong, *Problem) {
	perEarly, perLate, most, rate := p.at(before, on), p.at(from, on), p.at(short, on), p.at(VoluntaryRate, on)
	if perEarly == nil || perLate == nil || most == nil || rate == nil {
		return 0, p.unknown(on, before, from, short, VoluntaryRate)
	}
	income, all := given("average_income", UnitDong, int64(average)), given("paid_months", UnitMonths, int64(months))
	if months < 12 {
		paid := rounded(int64(average)*rate.N*int64(months), rate.D)
		limit := rounded(int64(average)*most.N, most.D)
		if t != nil {
			a := t.step(RuleShortPaid, UnitDong, Nearest, whole(paid), income, by(rate, VoluntaryRate), all)
			b := t.step(RuleShortMost, UnitDong, Nearest, whole(limit), income, by(most, short))
			t.step(RuleShort, UnitDong, Exact, whole(min(paid, limit)), a, b)
		}
		return Dong(min(paid, limit)), nil
	}
	earlyYears := int64(before2014 / 12)
	rest := months - int(earlyYears)*12
	halves := halfYearsOf(rest)
	early := rounded(int64(average)*earlyYears*perEarly.N, perEarly.D)
	late := rounded(int64(average)*halves*perLate.N, 2*perLate.D)
	if t != nil {
		years := t.step(RuleYearsBefore2014, UnitYears, Exact, whole(earlyYears), given("months_before_2014", UnitMonths, int64(before2014)))
		later := t.step(RuleMonthsFrom2014, UnitMonths, Exact, whole(int64(rest)), all, years)
		counted := t.step(RuleYearsCounted, UnitYears, Exact, Fraction{halves, 2}, later)
		a := t.step(RuleWithdrawalPart, UnitDong, Nearest, whole(early), income, years, by(perEarly, before))
		b := t.step(RuleWithdrawalPart, UnitDong, Nearest, whole(late), income, counted, by(perLate, from))
		t.step(RuleTotal, UnitDong, Exact, whole(early+late), a, b)
	}
	return Dong(early + late), nil
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
	if problem := p.born(q.Birth, q.On); problem != nil {
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
// reference level for the funeral, with 60 months paid, and to the survivors
// what a withdrawal would give. Its articles are not confirmed.
func (p *Parameters) Death(q *DeathQuestion, t *Trace) (a DeathAnswer, problem *Problem) {
	base, times, months := p.at(BaseSalary, q.On), p.at(FuneralTimes, q.On), p.at(FuneralMonths, q.On)
	if base == nil || times == nil || months == nil {
		return a, p.unknown(q.On, BaseSalary, FuneralTimes, FuneralMonths)
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
	a.Survivors, problem = p.onceFor(q.On, q.PaidMonths, q.MonthsBefore2014, q.AverageIncome, SurvivorBefore2014, SurvivorFrom2014, SurvivorShortMost, t)
	if t != nil {
		t.judge(q.On)
	}
	return a, problem
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
		}
	}
	if t != nil {
		t.judge(on)
	}
	return a, nil
}
