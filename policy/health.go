package policy

// healthGroups are the groups outside the household, with the state's support
// and what a province adds.
var healthGroups = [groupCount]struct{ support, extra Parameter }{
	Poor:            {HealthSupportPoor, HealthExtraPoor},
	NearPoorCommune: {HealthSupportNearPoorCommune, HealthExtraNearPoorCommune},
	NearPoor:        {HealthSupportNearPoor, HealthExtraNearPoor},
	Ethnic:          {HealthSupportEthnic, HealthExtraEthnic},
	Student:         {HealthSupportStudent, HealthExtraStudent},
	HealthWorker:    {HealthSupportHealthWorker, HealthExtraHealthWorker},
	Security:        {HealthSupportSecurity, HealthExtraSecurity},
	HamletWorker:    {HealthSupportHamletWorker, HealthExtraHamletWorker},
	Artisan:         {HealthSupportArtisan, HealthExtraArtisan},
	Trafficking:     {HealthSupportTrafficking, HealthExtraTrafficking},
	Agriculture:     {HealthSupportAgriculture, HealthExtraAgriculture},
}

// MostMembers is how many members a question about a household may have.
const MostMembers = 30

// HealthQuestion asks what health insurance costs a household on a day.
type HealthQuestion struct {
	On      Date
	Members []Group // in the order in which they join in that year
	Months  int     // 3, 6 or 12
}

// HealthMember is what one member costs.
type HealthMember struct {
	Group Group
	Order int // 1 to 5 in the household, 5 also for later ones; 0 outside it
	Place int // 1, 2, 3 … in the household; 0 outside it
	Part
	Month Part
}

// HealthAnswer is what is to be paid.
type HealthAnswer struct {
	Part
	Month   Part
	Members []HealthMember
}

// Health says what health insurance costs a household: the first member 4.5 %
// of the base salary a month, the next 70, 60, 50 and 40 % of that (Decree
// 146/2018, Art. 7; Decree 188/2025). Members of other groups take no place in
// the order, pay the premium of the first, and the state supports them. The
// values of the day of payment hold for all that is paid.
func (p *Parameters) Health(q *HealthQuestion, t *Trace) (a HealthAnswer, problem *Problem) {
	base, rate := p.at(BaseSalary, q.On), p.at(HealthRate, q.On)
	if base == nil || rate == nil {
		return a, p.unknown(q.On, BaseSalary, HealthRate)
	}
	if q.Months != 3 && q.Months != 6 && q.Months != 12 {
		return a, &Problem{Code: "value", Field: "months", What: string(appendInt(nil, int64(q.Months))), Choices: "3, 6, 12"}
	}
	if len(q.Members) < 1 || len(q.Members) > MostMembers {
		return a, &Problem{Code: "range", Field: "members", Unit: UnitCount, Min: 1, Max: MostMembers}
	}
	months := given("months", UnitMonths, int64(q.Months))
	var contributions, supports []Operand
	changing := []Parameter{BaseSalary, HealthRate}
	a.Members = make([]HealthMember, 0, len(q.Members))
	place := 0
	for _, g := range q.Members {
		if g >= groupCount {
			return a, &Problem{Code: "value", Field: "members", Choices: memberChoices}
		}
		m := HealthMember{Group: g}
		var order *Value
		var orderOf Parameter
		if g == Self {
			place++
			m.Place, m.Order = place, min(place, 5)
			if place > 1 {
				orderOf = HealthSecond + Parameter(m.Order-2)
				if order = p.at(orderOf, q.On); order == nil {
					return a, p.unknown(q.On, orderOf)
				}
			}
		}
		share := Fraction{0, 1}
		var support, extra *Value
		if g != Self {
			of := healthGroups[g]
			if of.support == 0 {
				return a, &Problem{Code: "value", Field: "members", What: g.String(), Choices: memberChoices}
			}
			if support = p.at(of.support, q.On); support == nil {
				wrong := p.unknown(q.On, of.support)
				wrong.Field = "members"
				return a, wrong
			}
			share, extra = support.Fraction, p.at(of.extra, q.On)
			if extra != nil {
				share = atMostWhole(share, extra.Fraction)
			}
		}
		m.Part = healthPart(base, rate, order, share, q.Months)
		m.Month = healthPart(base, rate, order, share, 1)
		a.Part, a.Month = a.plus(m.Part), a.Month.plus(m.Month)
		a.Members = append(a.Members, m)
		if t == nil {
			continue
		}
		operands := []Operand{by(base, BaseSalary), by(rate, HealthRate), months}
		rule := RuleHealthFirst
		if order != nil {
			operands, rule = append(operands, by(order, orderOf)), RuleHealthPremium
		}
		contribution := t.step(rule, UnitDong, Nearest, whole(int64(m.Contribution)), operands...)
		contributions = append(contributions, contribution)
		if g == Self {
			continue
		}
		changing = append(changing, support.Parameter)
		rateOf := t.share(RuleHealthSupportRate, share, support, extra)
		given := t.step(RuleHealthSupport, UnitDong, Downward, whole(int64(m.Support)), contribution, rateOf)
		supports = append(supports, given)
		t.step(RulePayable, UnitDong, Exact, whole(int64(m.Payable)), contribution.named("contribution"), given.named("support"))
	}
	if t != nil {
		all := t.total("contribution", contributions)
		given := t.total("support", supports)
		t.step(RulePayable, UnitDong, Exact, whole(int64(a.Payable)), all, given)
		p.changes(t, q.On, q.Months, changing...)
		t.judge(q.On)
	}
	return a, nil
}

const memberChoices = "self, poor, near-poor-poor-commune, near-poor, ethnic-minority, student, health-worker, security, hamlet-worker, artisan, trafficking-victim, agriculture"

func healthPart(base, rate, order *Value, share Fraction, months int) (part Part) {
	n, d := base.N*rate.N*int64(months), rate.D
	if order != nil {
		n, d = n*order.N, d*order.D
	}
	part.Contribution = Dong(rounded(n, d))
	part.Support = Dong(int64(part.Contribution) * share.N / share.D)
	part.Payable = part.Contribution - part.Support
	return part
}

func (a Part) plus(b Part) Part {
	return Part{a.Contribution + b.Contribution, a.Support + b.Support, a.Payable + b.Payable}
}

// total adds steps up, four at a time beside the sum so far.
func (t *Trace) total(name string, of []Operand) Operand {
	at := given(name, UnitDong, 0)
	for i := 0; i < len(of); i += 4 {
		operands := append([]Operand(nil), of[i:min(i+4, len(of))]...)
		if i > 0 {
			operands = append([]Operand{at}, operands...)
		}
		n := int64(0)
		for _, o := range operands {
			n += o.N
		}
		at = t.step(RuleTotal, UnitDong, Exact, whole(n), operands...).named(name)
	}
	return at
}
