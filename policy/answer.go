package policy

// Answer appends the answer to a question, both as JSON: the one way in that
// the server, the command line and the phone share. What is wrong with the
// question is told in the member "error" (see Problem), and is returned.
//
// Every answer carries the kind of quote, the day, the version of the
// parameters, the numbers, "notices" and "trace".
func (p *Parameters) Answer(b []byte, text string) ([]byte, *Problem) {
	q, problem := read(text)
	if problem == nil {
		var out []byte
		if out, problem = p.answer(b, &q); problem == nil {
			return out, nil
		}
	}
	b = append(b, '{')
	if q.kind != 0 {
		b = quote(append(b, `"quote":`...), q.kind.String())
		b = append(b, ',')
	}
	b = quote(append(b, `"version":`...), p.Version)
	return append(problem.append(append(b, `,"error":`...)), '}'), problem
}

// writer writes the members of an answer.
type writer struct{ b []byte }

func (w *writer) name(name string) {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
}

func (w *writer) text(name, value string) {
	w.name(name)
	w.b = quote(w.b, value)
}

func (w *writer) number(name string, n int64) {
	w.name(name)
	w.b = appendInt(w.b, n)
}

func (w *writer) yes(name string, yes bool) {
	w.name(name)
	w.b = UnitYesNo.append(w.b, truth(yes), 1)
}

// orNull writes a number, or null where there is none.
func (w *writer) orNull(name string, n int64, there bool) {
	w.name(name)
	if there {
		w.b = appendInt(w.b, n)
	} else {
		w.b = append(w.b, "null"...)
	}
}

// month writes a month; 0 is null.
func (w *writer) month(name string, m Month) {
	w.name(name)
	if m == 0 {
		w.b = append(w.b, "null"...)
		return
	}
	w.b = UnitMonth.append(w.b, int64(m), 1)
}

// percent writes a fraction as a percentage with its decimals; 0/0 is null.
func (w *writer) percent(name string, f Fraction) {
	w.name(name)
	if f.D == 0 {
		w.b = append(w.b, "null"...)
		return
	}
	// Shares of pensions and support have at most four decimals as shares.
	n := f.N * 10000 / f.D
	w.b = appendInt(w.b, n/100)
	if n %= 100; n > 0 {
		w.b = append(w.b, '.', byte('0'+n/10))
		if n%10 > 0 {
			w.b = append(w.b, byte('0'+n%10))
		}
	}
}

func (w *writer) part(a Part) {
	w.number("contribution", int64(a.Contribution))
	w.number("support", int64(a.Support))
	w.number("payable", int64(a.Payable))
}

func (w *writer) open(name string, bracket byte) {
	if name != "" {
		w.name(name)
	} else if last := w.b[len(w.b)-1]; last == '}' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, bracket)
}

func (w *writer) close(bracket byte) { w.b = append(w.b, bracket) }

func (p *Parameters) answer(b []byte, q *question) ([]byte, *Problem) {
	var t Trace
	t.Steps = make([]Step, 0, 12)
	w := writer{append(b, '{')}
	w.text("quote", q.kind.String())
	w.text("on", q.on.String())
	w.text("version", p.Version)
	problem := p.numbers(&w, q, &t)
	if problem != nil {
		return nil, problem
	}
	w.name("notices")
	w.b = t.appendNotices(w.b)
	w.name("trace")
	w.b = t.append(w.b)
	w.close('}')
	return w.b, nil
}

func (p *Parameters) numbers(w *writer, q *question, t *Trace) *Problem {
	switch q.kind {
	case KindVoluntary:
		return p.voluntaryNumbers(w, q, t)
	case KindHealth:
		return p.healthNumbers(w, q, t)
	case KindPension:
		a, problem := p.Pension(q.pensionQuestion(), t)
		if problem == nil {
			w.pension(&a)
		}
		return problem
	case KindWithdrawal:
		return p.withdrawalNumbers(w, q, t)
	case KindSocialPension:
		group := Other
		if q.groups&(1<<Poor|1<<NearPoor) != 0 {
			group = Poor
		}
		a, problem := p.SocialPension(&SocialPensionQuestion{On: q.on, Birth: q.birth, Group: group, Pension: q.pension}, t)
		if problem == nil {
			w.yes("eligible", a.Eligible)
			w.month("first_month", a.First)
			w.number("monthly_pension", int64(a.Monthly))
			w.number("funeral", int64(a.Funeral))
		}
		return problem
	case KindMaternity:
		a, problem := p.Maternity(q.on, q.children, q.paidOf12, t)
		if problem == nil {
			w.yes("eligible", a.Eligible)
			w.number("amount", int64(a.Amount))
		}
		return problem
	case KindDeath:
		a, problem := p.Death(&DeathQuestion{On: q.on, PaidMonths: q.paid, MonthsBefore2014: q.before2014, AverageIncome: q.average}, t)
		if problem == nil {
			w.yes("eligible", a.Eligible)
			w.number("funeral", int64(a.Funeral))
			w.number("survivors", int64(a.Survivors))
		}
		return problem
	case KindUnemployment:
		a, problem := p.Unemployment(q.on, q.paid, q.salary, q.region, t)
		if problem == nil {
			w.yes("eligible", a.Eligible)
			w.number("monthly_benefit", int64(a.Monthly))
			w.number("months", int64(a.Months))
			w.number("total", int64(a.Total))
			w.orNull("from_working_day", int64(a.FromDay), a.FromDay > 0)
		}
		return problem
	default:
		return p.pathsNumbers(w, q, t)
	}
}

func (p *Parameters) voluntaryNumbers(w *writer, q *question, t *Trace) *Problem {
	if line := p.at(PovertyLine, q.on); line != nil && q.given&set(fieldIncome) == 0 {
		q.income = Dong(line.N) // the lowest
	}
	a, problem := p.Voluntary(&VoluntaryQuestion{
		On: q.on, Income: q.income, Groups: q.groups, Method: q.method,
		Months: q.payMonths, Supported: q.supported, Return: q.returns,
	}, t)
	if problem != nil {
		return problem
	}
	w.part(a.Part)
	w.open("monthly", '{')
	w.part(a.Month)
	w.close('}')
	w.number("months", int64(a.Months))
	w.number("supported_months", int64(a.Supported))
	w.text("group", a.Group.String())
	w.number("income_floor", int64(a.Floor))
	w.number("income_ceiling", int64(a.Most))
	return nil
}

func (p *Parameters) healthNumbers(w *writer, q *question, t *Trace) *Problem {
	a, problem := p.Health(&HealthQuestion{On: q.on, Members: q.members, Months: q.months}, t)
	if problem != nil {
		return problem
	}
	w.part(a.Part)
	w.open("monthly", '{')
	w.part(a.Month)
	w.close('}')
	w.number("months", int64(q.months))
	w.open("members", '[')
	for _, m := range a.Members {
		w.open("", '{')
		w.orNull("order", int64(m.Place), m.Place > 0)
		w.text("group", m.Group.String())
		w.number("premium", int64(m.Contribution))
		w.number("support", int64(m.Support))
		w.number("payable", int64(m.Payable))
		w.close('}')
	}
	w.close(']')
	return nil
}

func (q *question) pensionQuestion() *PensionQuestion {
	return &PensionQuestion{
		On: q.on, Birth: q.birth, Sex: q.sex, PaidMonths: q.paid, AverageIncome: q.average,
		VoluntarySince: q.since, MonthsAfterAge: q.afterAge,
	}
}

func (w *writer) pension(a *PensionAnswer) {
	w.yes("eligible", a.Eligible)
	w.number("pension_age_months", int64(a.AgeAt))
	w.month("first_month", a.First)
	w.percent("rate_percent", a.Rate)
	w.orNull("monthly_pension", int64(a.Monthly), a.First != 0)
	w.orNull("lump_sum", int64(a.LumpSum), a.First != 0)
}

func (p *Parameters) withdrawalNumbers(w *writer, q *question, t *Trace) *Problem {
	a, problem := p.Withdrawal(&WithdrawalQuestion{
		PensionQuestion: *q.pensionQuestion(), MonthsBefore2014: q.before2014,
		FirstPaid: q.firstPaid, LastPaid: q.lastPaid, Reason: q.reason, StateSupport: q.state,
	}, t)
	if problem != nil {
		return problem
	}
	w.yes("eligible", a.Eligible)
	w.number("amount", int64(a.Amount))
	w.open("lost", '{')
	w.pension(&a.Pension)
	w.number("months_paid", int64(q.paid))
	w.number("months_lacking", int64(a.Lack))
	w.orNull("months_to_same_amount", int64(a.Months), a.Months > 0)
	w.close('}')
	return nil
}

func (p *Parameters) pathsNumbers(w *writer, q *question, t *Trace) *Problem {
	if q.paid > 0 && q.given&set(fieldAverage) == 0 {
		return &Problem{Code: "missing", Field: "average-income", What: "average-income"}
	}
	paths, problem := p.Paths(&PathsQuestion{
		On: q.on, Birth: q.birth, Sex: q.sex, Groups: q.groups, Income: q.income, PaidMonths: q.paid,
		AverageIncome: q.average, VoluntarySince: q.since, Supported: q.supported, Return: q.returns,
	}, t)
	if problem != nil {
		return problem
	}
	w.open("paths", '[')
	for i := range paths {
		a := &paths[i]
		w.open("", '{')
		w.text("path", a.Name)
		if a.Lacks != "" {
			w.text("lacks", a.Lacks)
			w.number("months", int64(a.Months))
			w.close('}')
			continue
		}
		w.number("months", int64(a.Months))
		w.part(a.Part)
		w.month("last_paid", a.LastPaid)
		w.month("first_month", a.First)
		w.yes("social_pension", a.Social)
		w.percent("rate_percent", a.Rate)
		w.orNull("monthly_pension", int64(a.Monthly), a.First != 0)
		w.orNull("lump_sum", int64(a.LumpSum), a.First != 0 && !a.Social)
		w.number("top_up", int64(a.TopUp))
		w.month("top_up_from", a.TopUpFrom)
		w.orNull("average_income", int64(a.Average), a.Average > 0)
		w.orNull("paid_back", int64(a.PaidBack), a.PaidBack > 0)
		w.open("years", '[')
		for _, y := range a.Years {
			w.open("", '{')
			w.number("year", int64(y.Year))
			w.number("paid", int64(y.Paid))
			w.number("received", int64(y.Received))
			w.close('}')
		}
		w.close(']')
		w.open("steps", '[')
		w.b = appendInt(append(appendInt(w.b, int64(a.FirstStep)), ','), int64(a.LastStep))
		w.close(']')
		w.close('}')
	}
	w.close(']')
	return nil
}
