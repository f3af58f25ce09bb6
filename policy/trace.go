package policy

// Trace collects how a result was reached. A nil Trace collects nothing, and
// costs nothing.
type Trace struct {
	Steps   []Step
	Notices []Notice
}

// Step is one formula applied: its operands, in the order of the formula, and
// its result.
type Step struct {
	Rule     Rule
	Unit     Unit
	Rounding Rounding
	Result   Fraction
	count    uint8
	operands [5]Operand
}

// Operands are what went into the step.
func (s *Step) Operands() []Operand { return s.operands[:s.count] }

// Operand is a number that goes into a step: given by the question, taken from
// a parameter, or the result of an earlier step.
type Operand struct {
	Name  string
	Unit  Unit
	Step  int16 // 1 + the index of the earlier step; 0 for none
	Value *Value
	Fraction
}

// Rounding is what a step did to a fraction of a đồng.
type Rounding uint8

// The ways of rounding.
const (
	Exact    Rounding = iota
	Nearest           // to the nearest whole, halves up
	Downward          // the fraction is dropped
)

var roundings = [...]string{"none", "nearest", "down"}

// Notice is what a reader must know beside the numbers.
type Notice struct {
	// Code is one of: unconfirmed (a parameter has not been held against the
	// text of law), beyond (the day lies after the parameter was last looked
	// at), changes (the parameter changes inside the period that is paid, and
	// nothing is paid or given back), reading (the rule settles what the law
	// leaves open to us, told by Rule), not_told (the question does not say
	// Field, without which the result is no more than "no"), state_share (what
	// the state added is not told, and so not taken off), not_known (what Rule
	// needs is not known for days before On; the values of that day are taken).
	Code  string
	Value *Value
	Rule  Rule
	Field Field
	On    Date
	// Checked is the day on which the parameters were last looked at.
	Checked Date
}

// Rule is a formula. Its words are in the catalogues by its name.
type Rule uint8

// The rules.
const (
	RuleVoluntaryCeiling Rule = iota + 1
	RuleVoluntaryContribution
	RulePayMonths
	RuleVoluntaryAhead
	RuleVoluntaryMissing
	RuleVoluntarySupportRate
	RuleVoluntarySupportedMonths
	RuleVoluntarySupport
	RulePayable
	RuleHealthFirst
	RuleHealthPremium
	RuleHealthSupportRate
	RuleHealthSupport
	RuleTotal
	RuleRetirementAge
	RuleEarlyAge
	RuleAgeReached
	RuleFirstPension
	RuleNotBefore
	RuleYearsEnough
	RuleMonthsEnough
	RuleYearsCounted
	RulePensionRate
	RulePensionRateShort
	RuleMonthlyPension
	RuleYearsBeyond
	RuleLumpPart
	RuleYearsBefore2014
	RuleMonthsFrom2014
	RuleWithdrawalPart
	RulePaidEarly
	RuleMonthsOut
	RuleOutLong
	RuleYearsFew
	RuleAllMet
	RuleShortPaid
	RuleShortMost
	RuleShort
	RuleStateShare
	RuleSocialAge
	RuleSocialPension
	RuleMaternity
	RuleFuneral
	RuleUnemploymentRate
	RuleUnemploymentMost
	RuleUnemploymentMonthly
	RuleUnemploymentMonths
	RuleUnemploymentTotal
	RuleUnemploymentFrom
	RuleOfAge
	RuleOldEnough
	RulePathMonths
	RulePathAverage
	ruleCount
)

// operation says how a rule's result follows from its operands.
type operation uint8

const (
	product     operation = iota + 1 // of all, rounded
	supportOf                        // product of all but the last, rounded; at most the last
	difference                       // first less second
	sum                              // of all
	share                            // sum of all, at most the whole
	left                             // the first, at most what the second leaves of the third
	aheadSum                         // income, rate, return, months
	missingSum                       // income, rate, return, months
	same                             // the first
	monthOf                          // the month of a birth and an age in months
	next                             // the month after the first, and so many months
	latest                           // the greater
	least                            // the smaller
	enough                           // months reach years
	reach                            // the first reaches the second
	halfYears                        // months as years, by halves
	growing                          // base, years, base years, per year, most
	beyond                           // first less second, at least 0
	wholeYears                       // months as whole years
	restMonths                       // months less twelve for each year
	benefitSpan                      // paid, first months, first paid, step, most
	average                          // first over second, rounded
	within                           // the first is at most the second
	earlier                          // the first day is before the second
	between                          // whole months between the second day's month and the first's
	fewer                            // months are fewer than years
	all                              // every one holds
)

// rules are the name and the operation of each rule.
var rules = [ruleCount]struct {
	name string
	operation
}{
	RuleVoluntaryCeiling:         {"voluntary_ceiling", product},
	RuleVoluntaryContribution:    {"voluntary_contribution", product},
	RulePayMonths:                {"pay_months", within},
	RuleVoluntaryAhead:           {"voluntary_ahead", aheadSum},
	RuleVoluntaryMissing:         {"voluntary_missing", missingSum},
	RuleVoluntarySupportRate:     {"voluntary_support_rate", share},
	RuleVoluntarySupportedMonths: {"voluntary_supported_months", left},
	RuleVoluntarySupport:         {"voluntary_support", supportOf},
	RulePayable:                  {"payable", difference},
	RuleHealthFirst:              {"health_first", product},
	RuleHealthPremium:            {"health_premium", product},
	RuleHealthSupportRate:        {"health_support_rate", share},
	RuleHealthSupport:            {"health_support", product},
	RuleTotal:                    {"total", sum},
	RuleRetirementAge:            {"retirement_age", same},
	RuleEarlyAge:                 {"early_age", same},
	RuleAgeReached:               {"age_reached", monthOf},
	RuleFirstPension:             {"first_pension", next},
	RuleNotBefore:                {"not_before", latest},
	RuleYearsEnough:              {"years_enough", enough},
	RuleMonthsEnough:             {"months_enough", reach},
	RuleYearsCounted:             {"years_counted", halfYears},
	RulePensionRate:              {"pension_rate_reached", growing},
	RulePensionRateShort:         {"pension_rate_short", growing},
	RuleMonthlyPension:           {"monthly_pension", product},
	RuleYearsBeyond:              {"years_beyond", beyond},
	RuleLumpPart:                 {"lump_part", product},
	RuleYearsBefore2014:          {"years_before_2014", wholeYears},
	RuleMonthsFrom2014:           {"months_from_2014", restMonths},
	RuleWithdrawalPart:           {"withdrawal_part", product},
	RulePaidEarly:                {"paid_early", earlier},
	RuleMonthsOut:                {"months_out", between},
	RuleOutLong:                  {"out_long", reach},
	RuleYearsFew:                 {"years_few", fewer},
	RuleAllMet:                   {"all_met", all},
	RuleShortPaid:                {"short_paid", product},
	RuleShortMost:                {"short_most", product},
	RuleShort:                    {"short", least},
	RuleStateShare:               {"state_share", beyond},
	RuleSocialAge:                {"social_age", same},
	RuleSocialPension:            {"social_pension_paid", beyond},
	RuleMaternity:                {"maternity", product},
	RuleFuneral:                  {"funeral", product},
	RuleUnemploymentRate:         {"unemployment_share", product},
	RuleUnemploymentMost:         {"unemployment_cap", product},
	RuleUnemploymentMonthly:      {"unemployment_monthly", least},
	RuleUnemploymentMonths:       {"unemployment_months", benefitSpan},
	RuleUnemploymentTotal:        {"unemployment_total", product},
	RuleUnemploymentFrom:         {"unemployment_from", same},
	RuleOfAge:                    {"of_age", reach},
	RuleOldEnough:                {"old_enough", reach},
	RulePathMonths:               {"path_months", product},
	RulePathAverage:              {"path_average", average},
}

// String is the rule's name in answers and catalogues.
func (r Rule) String() string { return rules[r].name }

// RuleNames are the names of all rules.
func RuleNames() (names []string) {
	for _, r := range rules[1:] {
		names = append(names, r.name)
	}
	return names
}

// Sign is how the operands of a rule stand in a row: "×", "+" or "−"; empty
// for a formula that is no such row, and for a name that is no rule's.
func Sign(rule string) string {
	for _, r := range rules[1:] {
		if r.name != rule {
			continue
		}
		switch r.operation {
		case product:
			return "×"
		case sum, share, monthOf:
			return "+"
		case difference:
			return "−"
		}
	}
	return ""
}

// given is an operand of the question.
func given(name string, unit Unit, n int64) Operand {
	return Operand{Name: name, Unit: unit, Fraction: Fraction{n, 1}}
}

// by is an operand of a parameter; nil counts as 0.
func by(v *Value, of Parameter) Operand {
	if v == nil {
		return Operand{Name: Definitions[of].Name, Unit: Definitions[of].Unit, Fraction: Fraction{0, 1}}
	}
	return Operand{Name: Definitions[of].Name, Unit: Definitions[of].Unit, Value: v, Fraction: v.Fraction}
}

// step adds a step and returns it as an operand of later ones. The caller
// checks that t is not nil.
func (t *Trace) step(rule Rule, unit Unit, rounding Rounding, result Fraction, operands ...Operand) Operand {
	n := len(t.Steps)
	if n < cap(t.Steps) {
		t.Steps = t.Steps[:n+1] // what an earlier answer left there is written over
	} else {
		t.Steps = append(t.Steps, Step{})
	}
	s := &t.Steps[n]
	s.Rule, s.Unit, s.Rounding, s.Result = rule, unit, rounding, result
	s.count = uint8(copy(s.operands[:], operands))
	return Operand{Name: rules[rule].name, Unit: unit, Step: int16(n + 1), Fraction: result}
}

// last is the result of the last step.
func (t *Trace) last() Operand {
	s := &t.Steps[len(t.Steps)-1]
	return Operand{Name: rules[s.Rule].name, Unit: s.Unit, Step: int16(len(t.Steps)), Fraction: s.Result}
}

// named gives an operand another name.
func (o Operand) named(name string) Operand {
	o.Name = name
	return o
}

func whole(n int64) Fraction { return Fraction{n, 1} }

func (t *Trace) notice(n Notice) {
	for _, other := range t.Notices {
		if other == n {
			return
		}
	}
	t.Notices = append(t.Notices, n)
}

// judge adds what must be said of the parameters that were used.
func (t *Trace) judge(on Date) {
	for i := range t.Steps {
		for _, o := range t.Steps[i].Operands() {
			if o.Value == nil {
				continue
			}
			if !o.Value.Confirmed {
				t.notice(Notice{Code: "unconfirmed", Value: o.Value})
			}
			if on > o.Value.Checked && o.Value.To == 0 && !Definitions[o.Value.Parameter].Birth {
				t.beyond(on, o.Value.Checked)
			}
		}
	}
}

// beyond says once for an answer how far it reaches, and how long ago the
// parameter that was looked at first was looked at; that of each is in the
// steps.
func (t *Trace) beyond(on, checked Date) {
	for i := range t.Notices {
		if n := &t.Notices[i]; n.Code == "beyond" {
			n.On, n.Checked = max(n.On, on), min(n.Checked, checked)
			return
		}
	}
	t.Notices = append(t.Notices, Notice{Code: "beyond", On: on, Checked: checked})
}

// append writes the steps as JSON.
func (t *Trace) append(b []byte) []byte {
	b = append(b, '[')
	for i := range t.Steps {
		s := &t.Steps[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"rule":"`...), rules[s.Rule].name...), `","operands":[`...)
		for j, o := range s.Operands() {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, `{"name":"`...), o.Name...), `","value":`...)
			b = o.Unit.append(b, o.N, o.D)
			b = append(append(append(b, `,"unit":"`...), units[o.Unit]...), '"')
			if o.Step > 0 {
				b = appendInt(append(b, `,"step":`...), int64(o.Step))
			}
			if o.Value != nil {
				b = append(append(b, `,"parameter":`...), o.Value.json...)
			}
			b = append(b, '}')
		}
		b = s.Unit.append(append(b, `],"result":`...), s.Result.N, s.Result.D)
		b = append(append(append(b, `,"unit":"`...), units[s.Unit]...), `","rounding":"`...)
		b = append(append(b, roundings[s.Rounding]...), `"}`...)
	}
	return append(b, ']')
}

func (t *Trace) appendNotices(b []byte) []byte {
	b = append(b, '[')
	for i, n := range t.Notices {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"code":"`...), n.Code...), '"')
		if n.Rule != 0 {
			b = append(append(append(b, `,"rule":"`...), rules[n.Rule].name...), '"')
		}
		if n.Value != nil {
			b = append(append(append(b, `,"parameter":"`...), Definitions[n.Value.Parameter].Name...), '"')
			b = UnitDate.append(append(b, `,"from":`...), int64(n.Value.From), 1)
		}
		if n.Field != 0 {
			b = quote(append(b, `,"field":`...), fieldNames[n.Field])
		}
		if n.Checked != 0 {
			b = UnitDate.append(append(b, `,"checked":`...), int64(n.Checked), 1)
		}
		if n.On != 0 {
			b = UnitDate.append(append(b, `,"on":`...), int64(n.On), 1)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}
