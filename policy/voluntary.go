package policy

import "math/bits"

// Group is what a person's household is, for the state's support.
type Group uint8

// The groups of voluntary social insurance (Decree 159/2025, Art. 5), and
// those of health insurance (Decree 188/2025). Self pays the household's
// premium.
const (
	Other Group = iota
	Poor
	NearPoor
	Ethnic
	Island
	Self
	NearPoorCommune
	Student
	HealthWorker
	Security
	HamletWorker
	Artisan
	Trafficking
	Agriculture
	groupCount
)

var groupNames = [groupCount]string{
	"other", "poor", "near-poor", "ethnic-minority", "island", "self", "near-poor-poor-commune",
	"student", "health-worker", "security", "hamlet-worker", "artisan", "trafficking-victim", "agriculture",
}

// String is the group's name in questions and answers.
func (g Group) String() string { return groupNames[g] }

// voluntaryGroups are the groups with their support and what a province adds.
var voluntaryGroups = [...]struct {
	group          Group
	support, extra Parameter
}{
	{Poor, VoluntarySupportPoor, VoluntaryExtraPoor},
	{Island, VoluntarySupportIsland, VoluntaryExtraIsland},
	{NearPoor, VoluntarySupportNearPoor, VoluntaryExtraNearPoor},
	{Ethnic, VoluntarySupportEthnic, VoluntaryExtraEthnic},
	{Other, VoluntarySupportOther, VoluntaryExtraOther},
}

// Method is how somebody pays.
type Method uint8

// The methods: each month, for some months at once, for years ahead, and for
// the years that are missing to a pension.
const (
	Monthly Method = iota
	Span
	Ahead
	Missing
)

// Part is an amount by who pays it: Contribution = Support + Payable, always.
type Part struct{ Contribution, Support, Payable Dong }

// VoluntaryQuestion asks what voluntary social insurance costs on a day.
type VoluntaryQuestion struct {
	On        Date
	Income    Dong   // the chosen income of a month
	Groups    uint32 // a bit for each Group; none is Other
	Method    Method
	Months    int // that are paid; of Ahead and Missing at most what the law allows, 60
	Supported int // months that the state has supported before, 0 or more
	// Return is the return of the fund in a month; 0/0 asks for the published.
	Return Fraction
}

// VoluntaryAnswer is what is to be paid.
type VoluntaryAnswer struct {
	Part             // for the whole payment
	Month       Part // for one month
	Months      int
	Supported   int // months of the payment that the state supports
	Group       Group
	Floor, Most Dong // of the income
}

// Voluntary says what voluntary social insurance costs (Law 41/2024, Art. 36;
// Decree 159/2025, Art. 5 and 6). The values of the day of payment hold for
// all that is paid, and nothing is reckoned again when they change.
func (p *Parameters) Voluntary(q *VoluntaryQuestion, t *Trace) (a VoluntaryAnswer, problem *Problem) {
	var (
		line, base  = p.at(PovertyLine, q.On), p.at(BaseSalary, q.On)
		times, rate = p.at(VoluntaryCeiling, q.On), p.at(VoluntaryRate, q.On)
		limit       = p.at(VoluntarySupportMonths, q.On)
		best, extra *Value
		bestOf      Parameter
	)
	if line == nil || base == nil || times == nil || rate == nil || limit == nil {
		return a, p.unknown(q.On, PovertyLine, BaseSalary, VoluntaryCeiling, VoluntaryRate, VoluntarySupportMonths)
	}
	a.Floor, a.Most = Dong(line.N), Dong(base.N*times.N/times.D)
	if q.Income < a.Floor || q.Income > a.Most {
		return a, &Problem{Code: "range", Field: "income", Unit: UnitDong, Min: int64(a.Floor), Max: int64(a.Most)}
	}

	if q.Months < 1 || q.Months > 120 || q.Supported < 0 {
		return a, &Problem{Code: "range", Field: "pay", Unit: UnitMonths, Min: 1, Max: 120}
	}
	groups := q.Groups
	if groups >= 1<<(Island+1) {
		return a, &Problem{Code: "value", Field: "group", Choices: groupChoices}
	}
	if groups == 0 {
		groups = 1 << Other
	}
	var support Fraction
	for i := range voluntaryGroups {
		g := &voluntaryGroups[i]
		if groups&(1<<g.group) == 0 {
			continue
		}
		of := p.at(g.support, q.On)
		if of == nil {
			return a, p.unknown(q.On, g.support)
		}
		f, more := of.Fraction, p.at(g.extra, q.On)
		if more != nil {
			f = atMostWhole(f, more.Fraction)
		}
		if best == nil || f.N*support.D > support.N*f.D {
			support, best, extra, a.Group, bestOf = f, of, more, g.group, g.support
		}
	}

	allowed, allowedOf := q.allowed(p)
	if allowedOf != 0 {
		if allowed == nil {
			return a, p.unknown(q.On, allowedOf)
		}
		if q.Months < 1 || int64(q.Months) > allowed.N {
			return a, &Problem{Code: "range", Field: "pay", Unit: UnitMonths, Min: 1, Max: allowed.N}
		}
	}
	a.Months = q.Months
	a.Supported = int(min(int64(q.Months), max(0, limit.N-int64(q.Supported))))
	a.Month.Contribution = Dong(rounded(int64(q.Income)*rate.N, rate.D))
	var fund Operand
	switch q.Method {
	case Ahead, Missing:
		r := q.Return
		fund = Operand{Name: "return_rate", Unit: UnitReturn, Fraction: r}
		if r.D == 0 {
			v := p.at(FundReturn, q.On)
			if v == nil {
				return a, &Problem{Code: "return_rate", Field: "return-rate", What: q.On.String()}
			}
			r, fund = v.Fraction, by(v, FundReturn)
		}
		month := Fraction{int64(q.Income) * rate.N, rate.D}
		if q.Method == Ahead {
			a.Contribution = ahead(month, r, q.Months)
		} else {
			a.Contribution = missing(month, r, q.Months)
		}
	default:
		a.Contribution = Dong(rounded(int64(q.Income)*rate.N*int64(q.Months), rate.D))
	}
	one := line.N * rate.N * support.N
	hi, lo := bits.Mul64(uint64(one), uint64(a.Supported)) // with the largest values more than 63 bits
	all, _ := bits.Div64(hi, lo, uint64(rate.D*support.D))
	a.Support = min(a.Contribution, Dong(all))
	a.Payable = a.Contribution - a.Support
	if a.Supported > 0 {
		a.Month.Support = min(a.Month.Contribution, Dong(one/(rate.D*support.D)))
	}
	a.Month.Payable = a.Month.Contribution - a.Month.Support
	if t == nil {
		return a, nil
	}

	t.step(RuleVoluntaryCeiling, UnitDong, Exact, whole(int64(a.Most)), by(base, BaseSalary), by(times, VoluntaryCeiling))
	income, months := given("income", UnitDong, int64(q.Income)), given("months", UnitMonths, int64(q.Months))
	var contribution Operand
	if allowed != nil {
		t.step(RulePayMonths, UnitYesNo, Exact, whole(1), months, by(allowed, allowedOf))
	}
	switch q.Method {
	case Ahead:
		contribution = t.step(RuleVoluntaryAhead, UnitDong, Nearest, whole(int64(a.Contribution)), income, by(rate, VoluntaryRate), fund, months)
	case Missing:
		contribution = t.step(RuleVoluntaryMissing, UnitDong, Nearest, whole(int64(a.Contribution)), income, by(rate, VoluntaryRate), fund, months)
	default:
		contribution = t.step(RuleVoluntaryContribution, UnitDong, Nearest, whole(int64(a.Contribution)), income, by(rate, VoluntaryRate), months)
	}
	share := t.share(RuleVoluntarySupportRate, support, best, extra)
	supported := t.step(RuleVoluntarySupportedMonths, UnitMonths, Exact, whole(int64(a.Supported)),
		months, given("supported_months", UnitMonths, int64(q.Supported)), by(limit, VoluntarySupportMonths))
	if q.Months > 1 { // what one month comes to
		one := given("months", UnitMonths, 1)
		month := t.step(RuleVoluntaryContribution, UnitDong, Nearest, whole(int64(a.Month.Contribution)), income, by(rate, VoluntaryRate), one)
		t.supported(a.Month, month, by(line, PovertyLine), by(rate, VoluntaryRate), share, given("months", UnitMonths, int64(min(1, a.Supported))))
	}
	t.supported(a.Part, contribution, by(line, PovertyLine), by(rate, VoluntaryRate), share, supported)
	if q.Method == Ahead || q.Method == Missing {
		t.notice(Notice{Code: "reading", Rule: contribution.rule(t)})
	}
	if q.Method != Missing {
		p.changes(t, q.On, q.Months, PovertyLine, BaseSalary, VoluntaryRate, bestOf)
	}
	t.judge(q.On)
	return a, nil
}

// allowed is how many months may be paid at once; none for other methods.
func (q *VoluntaryQuestion) allowed(p *Parameters) (most *Value, of Parameter) {
	switch q.Method {
	case Ahead:
		of = VoluntaryAheadMonths
	case Missing:
		of = VoluntaryMissingMonths
	default:
		return nil, 0
	}
	return p.at(of, q.On), of
}

// supported ends a part: what the state adds, and what is left to pay.
func (t *Trace) supported(part Part, contribution, line, rate, share, months Operand) {
	contribution = contribution.named("contribution")
	given := t.step(RuleVoluntarySupport, UnitDong, Downward, whole(int64(part.Support)), line, rate, share, months, contribution)
	t.step(RulePayable, UnitDong, Exact, whole(int64(part.Payable)), contribution, given.named("support"))
}

// share adds what a province adds, if it does, to the state's share.
func (t *Trace) share(rule Rule, result Fraction, state, extra *Value) Operand {
	if extra == nil {
		return t.step(rule, UnitRate, Exact, result, by(state, state.Parameter))
	}
	return t.step(rule, UnitRate, Exact, result, by(state, state.Parameter), by(extra, extra.Parameter))
}

// rule is the rule of the step that an operand stands for.
func (o Operand) rule(t *Trace) Rule { return t.Steps[o.Step-1].Rule }

// atMostWhole adds two shares, up to the whole.
func atMostWhole(a, b Fraction) Fraction {
	f := Fraction{a.N*b.D + b.N*a.D, a.D * b.D}
	f.N, f.D = reduced(f.N, f.D)
	if f.N > f.D {
		return Fraction{1, 1}
	}
	return f
}

// changes says which parameters change inside the period that is paid.
func (p *Parameters) changes(t *Trace, on Date, months int, of ...Parameter) {
	end := (on.Month() + Month(months)).first().before()
	for _, parameter := range of {
		last := p.at(parameter, on)
		for i := range p.values[parameter] {
			v := &p.values[parameter][i]
			if last == nil || v.From <= on || v.From > end {
				continue
			}
			if last.N*v.D != v.N*last.D {
				t.notice(Notice{Code: "changes", Value: v, On: v.From})
			}
			last = v
		}
	}
}

// unknown says that one of the parameters has no value on a day.
func (p *Parameters) unknown(on Date, of ...Parameter) *Problem {
	first, problem := Date(0), Problem{Code: "after", Field: "on", Unit: UnitDate, Max: int64(lastDate)}
	for _, parameter := range of {
		values := p.values[parameter]
		if len(values) == 0 {
			continue
		}
		if last := values[len(values)-1]; last.To != 0 && last.To < Date(problem.Max) {
			problem.Max = int64(last.To)
			if on > last.To {
				problem.What = Definitions[parameter].Name
			}
		}
		if values[0].From > first {
			first = values[0].From
			if on < first {
				problem.Code, problem.What = "before", Definitions[parameter].Name
			}
		}
	}
	problem.Min = int64(first)
	return &problem
}
