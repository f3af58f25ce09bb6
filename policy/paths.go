package policy

// PathsQuestion asks which ways to a pension somebody has.
type PathsQuestion struct {
	On             Date
	Birth          Date
	Sex            Sex
	Groups         uint32   // as in VoluntaryQuestion; taken to stay
	Income         Dong     // that is chosen from now on; 0 is the lowest of each month
	PaidMonths     int      // so far
	AverageIncome  Dong     // of these; 0 without any
	VoluntarySince Date     // 0 for none
	Supported      int      // months that the state has supported before
	Return         Fraction // of the fund in a month; 0/0 asks for the published
}

// Path is a way to a pension, and what it comes to in the money of today.
type Path struct {
	Name      string // wait, until-years, until-age, missing
	Lacks     string // what must be known first: "return_rate"; empty
	Months    int    // that are still paid
	Part             // of all that is still paid
	LastPaid  Month  // 0 without a payment
	First     Month  // of the pension; 0 for none
	Social    bool   // it is the social pension
	Average   Dong
	Rate      Fraction
	Monthly   Dong
	LumpSum   Dong
	TopUp     Dong  // that the social pension adds to a lower pension, from TopUpFrom
	TopUpFrom Month // 0 for none
	PaidBack  int   // the year in which as much is received as was paid; 0 for none
	Years     []PathYear
	FirstStep int // the steps of the trace that belong to it, from 1
	LastStep  int
}

// PathYear is how it stands at the end of a year, all years together.
type PathYear struct {
	Year           int
	Paid, Received Dong
}

// chartAge is the age up to which paths are drawn.
const chartAge = 85

// Paths lays the ways to a pension side by side, month by month with the
// parameters that are enacted for it: to wait; to pay until the years are
// reached; to pay until pension age; to pay what is missing at once.
func (p *Parameters) Paths(q *PathsQuestion, t *Trace) (paths []Path, problem *Problem) {
	average := q.AverageIncome
	if q.PaidMonths == 0 {
		average = max(1, average) // there is nothing to average; see below
	}
	start := PensionQuestion{
		On: q.On, Birth: q.Birth, Sex: q.Sex, PaidMonths: q.PaidMonths,
		AverageIncome: average, VoluntarySince: q.VoluntarySince,
	}
	now, problem := p.Pension(&start, nil)
	if problem != nil {
		return nil, problem
	}
	young := p.at(VoluntaryAge, q.On)
	if young == nil {
		return nil, p.unknown(q.On, VoluntaryAge)
	}
	if q.On < reachedOn(q.Birth, int(young.N)) {
		return nil, &Problem{Code: "range", Field: "birth", Unit: UnitDate, Min: int64(max(firstDate, q.On-120_0000)), Max: int64(yearsBefore(q.On, int(young.N/12)))}
	}
	if t != nil {
		t.step(RuleOldEnough, UnitYesNo, Exact, whole(1), given("age", UnitAge, int64(q.On.Month()-q.Birth.Month())), by(young, VoluntaryAge))
	}
	// A question that no month could answer is refused before any is reckoned.
	floor := p.at(PovertyLine, q.On)
	if floor == nil {
		return nil, p.unknown(q.On, PovertyLine)
	}
	income := q.Income
	if income == 0 {
		income = Dong(floor.N)
	}
	first := VoluntaryQuestion{On: q.On, Income: income, Groups: q.Groups, Method: Monthly, Months: 1, Supported: q.Supported}
	if _, problem := p.Voluntary(&first, nil); problem != nil {
		return nil, problem
	}

	here := q.On.Month()
	atAge := max(here, now.Reached+1)
	needed := p.at(PensionYears, max(atAge.first(), q.On))
	lack := max(0, int(needed.N)*12-q.PaidMonths)
	toAge := int(atAge - here)

	add := func(name string, months, once int, when Month) *Problem {
		if months+once > 0 && max(here+Month(months), when) > q.Birth.Month()+oldestPayer {
			return nil
		}
		path, problem := p.path(q, name, months, once, when, t)
		if problem == nil {
			paths = append(paths, path)
		}
		return problem
	}
	if problem := add("wait", 0, 0, 0); problem != nil {
		return nil, problem
	}
	if lack > 0 {
		if problem := add("until-years", lack, 0, 0); problem != nil {
			return nil, problem
		}
	}
	if months := p.untilEarly(q, now.AgeAt); months > lack {
		if problem := add("until-early", months, 0, 0); problem != nil {
			return nil, problem
		}
	}
	if months := max(toAge, lack); months > lack {
		if problem := add("until-age", months, 0, 0); problem != nil {
			return nil, problem
		}
	}
	most := p.at(VoluntaryMissingMonths, q.On)
	before := max(0, lack-int(most.N))
	// At the earliest in the month before pension age is reached.
	if when := max(here+Month(before), now.Reached-1); lack > 0 {
		if problem := add("missing", before, lack-before, when); problem != nil {
			return nil, problem
		}
	}
	if t != nil {
		end := here
		for _, path := range paths {
			end = max(end, path.First)
		}
		t.judge(end.first())
	}
	return paths, nil
}

// oldestPayer is the age, in months, beyond which no way is offered that would
// still be paid for.
const oldestPayer = 100 * 12

// untilEarly is how many months somebody who joined early enough must still pay
// to go at the earlier age; 0 where there is no such way.
func (p *Parameters) untilEarly(q *PathsQuestion, ageAt int) int {
	early := EarlyAgeWomen
	if q.Sex == Male {
		early = EarlyAgeMen
	}
	before, years, at := p.at(EarlyJoinedBefore, q.On), p.at(EarlyYears, q.On), p.at(early, q.On)
	if before == nil || years == nil || at == nil || q.VoluntarySince == 0 ||
		int64(q.VoluntarySince) >= before.N || at.N >= int64(ageAt) {
		return 0
	}
	return max(0, int(years.N)*12-q.PaidMonths)
}

// path follows one way: months are paid one by one from now, then once for
// those missing.
func (p *Parameters) path(q *PathsQuestion, name string, months, once int, when Month, t *Trace) (path Path, problem *Problem) {
	path = Path{Name: name, Months: months + once}
	var paid []payment
	if t != nil {
		path.FirstStep = len(t.Steps) + 1
	}
	supported, all, sums := q.Supported, q.PaidMonths, int64(q.AverageIncome)*int64(q.PaidMonths)
	last := payment{}
	span := 0
	var spans []Operand
	closeSpan := func() {
		if t != nil && span > 0 {
			spans = append(spans, t.step(RulePathMonths, UnitDong, Exact, whole(int64(last.Payable)*int64(span)),
				given("payable", UnitDong, int64(last.Payable)), given("months", UnitMonths, int64(span)), given("from", UnitMonth, int64(last.month))))
		}
		span = 0
	}
	pay := func(on Date, method Method, n int) *Problem {
		line, base, times := p.at(PovertyLine, on), p.at(BaseSalary, on), p.at(VoluntaryCeiling, on)
		if line == nil || base == nil || times == nil {
			return p.unknown(on, PovertyLine, BaseSalary, VoluntaryCeiling)
		}
		income := min(max(q.Income, Dong(line.N)), Dong(base.N*times.N/times.D))
		question := VoluntaryQuestion{On: on, Income: income, Groups: q.Groups, Method: method, Months: n, Supported: supported, Return: q.Return}
		var detail *Trace
		if t != nil && (method == Missing || span == 0) {
			detail = &Trace{}
		}
		a, problem := p.Voluntary(&question, detail)
		if problem != nil {
			return problem
		}
		if a.Part != last.Part || method == Missing {
			closeSpan()
			last = payment{month: on.Month(), Part: a.Part}
			if t != nil {
				if detail == nil {
					detail = &Trace{}
					_, _ = p.Voluntary(&question, detail)
				}
				t.splice(detail)
			}
		}
		span++
		supported += a.Supported
		sums += int64(income) * int64(n)
		all += n
		path.Part = path.plus(a.Part)
		paid = append(paid, payment{on.Month(), a.Part})
		path.LastPaid = on.Month()
		return nil
	}
	here := q.On.Month()
	for i := range months {
		m := here + Month(i)
		if problem := pay(max(q.On, m.first()), Monthly, 1); problem != nil {
			return path, problem
		}
	}
	closeSpan()
	if once > 0 {
		problem := pay(max(q.On, when.first()), Missing, once)
		if problem != nil && problem.Code == "return_rate" {
			return Path{Name: name, Lacks: problem.Code, Months: months + once, FirstStep: path.FirstStep, LastStep: path.FirstStep - 1}, nil
		}
		if problem != nil {
			return path, problem
		}
	}
	closeSpan()
	if t != nil && len(spans) > 1 {
		t.total("payable", spans)
	}
	if all > 0 {
		path.Average = Dong(rounded(sums, int64(all)))
		if t != nil {
			t.step(RulePathAverage, UnitDong, Nearest, whole(int64(path.Average)), given("incomes", UnitDong, sums), given("paid_months", UnitMonths, int64(all)))
		}
	}
	if problem := p.outcome(q, &path, all, t); problem != nil {
		return path, problem
	}
	path.draw(q.Birth, here, paid)
	if t != nil {
		path.LastStep = len(t.Steps)
	}
	return path, nil
}

type payment struct {
	month Month
	Part
}

// outcome is the pension of a path, or the social pension.
func (p *Parameters) outcome(q *PathsQuestion, path *Path, all int, t *Trace) *Problem {
	on := q.On
	if path.LastPaid != 0 {
		on = max(on, (path.LastPaid + 1).first())
	}
	since := q.VoluntarySince
	if since == 0 && path.Months > 0 {
		since = q.On
	}
	question := PensionQuestion{
		On: on, Birth: q.Birth, Sex: q.Sex, PaidMonths: all,
		AverageIncome: max(1, path.Average), VoluntarySince: since,
		// Not beside contributions, nor for the time before it is asked for.
		NotBefore: max(path.LastPaid+1, q.On.Month()),
	}
	// Missing years are paid for at once, so more months than have passed may
	// be paid.
	question.PaidMonths = min(all, monthsOfWork(q.Birth, on, p.at(VoluntaryAge, q.On)))
	pension, problem := p.Pension(&question, t)
	if problem != nil {
		return problem
	}
	if pension.First != 0 {
		path.First, path.Rate, path.Monthly, path.LumpSum = pension.First, pension.Rate, pension.Monthly, pension.LumpSum
	}
	group := Other
	if q.Groups&(1<<Poor|1<<NearPoor) != 0 {
		group = Poor
	}
	var steps *Trace
	if pension.First == 0 {
		steps = t // of a top-up, the amounts alone are told
	}
	social, problem := p.SocialPension(&SocialPensionQuestion{On: on, Birth: q.Birth, Group: group, Pension: path.Monthly}, steps)
	switch {
	case problem != nil:
		return nil //nolint:nilerr // before the law of the social pension there is none
	case pension.First == 0:
		path.First, path.Monthly, path.Social = max(social.First, q.On.Month()), social.Monthly, true
	case social.Monthly > 0:
		path.TopUp, path.TopUpFrom = social.Monthly, max(social.First, path.First)
	}
	return nil
}

// draw fills the years of the chart, and finds the year that pays back.
func (path *Path) draw(birth Date, here Month, paid []payment) {
	until := max(here.year()+1, birth.year()+chartAge, path.LastPaid.year()+1)
	var out, in Dong
	next := 0
	for year := here.year(); year <= until; year++ {
		for next < len(paid) && paid[next].month.year() == year {
			out += paid[next].Payable
			next++
		}
		if path.First != 0 {
			if path.First.year() == year {
				in += path.LumpSum + path.Monthly*Dong(12-path.First%12)
			} else if path.First.year() < year {
				in += 12 * path.Monthly
			}
			if path.TopUp > 0 && path.TopUpFrom.year() <= year {
				in += path.TopUp * Dong(12-max(0, path.TopUpFrom-Month(year*12)))
			}
		}
		if path.PaidBack == 0 && !path.Social && out > 0 && next == len(paid) && in >= out {
			path.PaidBack = year
		}
		path.Years = append(path.Years, PathYear{year, out, in})
	}
}

// splice adds the steps of another trace.
func (t *Trace) splice(other *Trace) {
	shift := int16(len(t.Steps))
	for _, s := range other.Steps {
		for i := range s.Operands() {
			if s.operands[i].Step > 0 {
				s.operands[i].Step += shift
			}
		}
		t.Steps = append(t.Steps, s)
	}
	for _, n := range other.Notices {
		if n.Code == "reading" {
			t.notice(n)
		}
	}
}
