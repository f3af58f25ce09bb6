package policy

import "math"

// Kind is a kind of quote.
type Kind uint8

// The kinds of quotes.
const (
	KindVoluntary Kind = iota + 1
	KindHealth
	KindPension
	KindWithdrawal
	KindSocialPension
	KindMaternity
	KindDeath
	KindUnemployment
	KindPaths
	kindCount
)

// Field is what a question may tell.
type Field uint8

// The fields, by their names in questions.
const (
	fieldOn Field = iota + 1
	fieldIncome
	fieldGroup
	fieldPay
	fieldSupported
	fieldReturn
	fieldMembers
	fieldMonths
	fieldBirth
	fieldSex
	fieldPaid
	fieldAverage
	fieldSince
	fieldAfterAge
	fieldBefore2014
	fieldFirstPaid
	fieldLastPaid
	fieldReason
	fieldState
	fieldPension
	fieldChildren
	fieldPaidOf12
	fieldSalary
	fieldRegion
	fieldCount
)

var fieldNames = [fieldCount]string{
	"", "on", "income", "group", "pay", "supported-months", "return-rate", "members", "months", "birth", "sex",
	"paid-months", "average-income", "voluntary-since", "months-after-age", "months-before-2014", "first-paid",
	"last-paid", "reason", "state-support", "pension", "children", "paid-of-last-12", "average-salary", "region",
}

type fields uint32

func set(of ...Field) (s fields) {
	for _, f := range of {
		s |= 1 << f
	}
	return s
}

// kinds say what each question needs and what else it may tell.
var kinds = [kindCount]struct {
	name       string
	needs, may fields
}{
	KindVoluntary:     {"voluntary-si", set(fieldOn), set(fieldIncome, fieldGroup, fieldPay, fieldSupported, fieldReturn)},
	KindHealth:        {"household-hi", set(fieldOn, fieldMembers), set(fieldMonths)},
	KindPension:       {"pension", set(fieldOn, fieldBirth, fieldSex, fieldPaid, fieldAverage), set(fieldSince, fieldAfterAge)},
	KindWithdrawal:    {"withdrawal", set(fieldOn, fieldBirth, fieldSex, fieldPaid, fieldAverage), set(fieldSince, fieldAfterAge, fieldBefore2014, fieldFirstPaid, fieldLastPaid, fieldReason, fieldState)},
	KindSocialPension: {"social-pension", set(fieldOn, fieldBirth), set(fieldGroup, fieldPension)},
	KindMaternity:     {"maternity", set(fieldOn, fieldPaidOf12), set(fieldChildren)},
	KindDeath:         {"death", set(fieldOn, fieldPaid, fieldAverage), set(fieldBefore2014)},
	KindUnemployment:  {"unemployment", set(fieldOn, fieldPaid, fieldSalary, fieldRegion), 0},
	KindPaths:         {"paths", set(fieldOn, fieldBirth, fieldSex), set(fieldGroup, fieldIncome, fieldPaid, fieldAverage, fieldSince, fieldSupported, fieldReturn)},
}

// String is the kind's name in questions.
func (k Kind) String() string { return kinds[k].name }

// KindNames are the names of all kinds of quotes.
func KindNames() (names []string) {
	for _, k := range kinds[1:] {
		names = append(names, k.name)
	}
	return names
}

// FieldNames are the names of all fields of questions.
func FieldNames() []string { return fieldNames[1:] }

// question is what was asked, before a calculator judges it.
type question struct {
	kind                                   Kind
	given                                  fields
	on, birth, since, firstPaid, lastPaid  Date
	income, average, pension, salary       Dong
	state                                  Dong
	groups                                 uint32
	method                                 Method
	payMonths                              int
	returns                                Fraction
	members                                []Group
	months, supported, paid, afterAge      int
	before2014, children, paidOf12, region int
	sex                                    Sex
	reason                                 WithdrawalReason
}

// longest is how many bytes a question may have.
const longest = 64 << 10

// read decodes a question: a flat JSON object with "quote", the kind, and the
// fields that this kind takes. Numbers and lists may be texts, as a command
// line gives them; "_" in names may stand for "-".
func read(text string) (q question, problem *Problem) {
	q = question{method: Monthly, payMonths: 1, months: 12, children: 1}
	s := scanner{text: text}
	if len(text) > longest {
		return q, &Problem{Code: "long", What: string(appendInt(nil, longest))}
	}
	s.object(func(name string, at int) {
		name = dashed(name)
		if name == "quote" {
			kind, _ := s.scalar()
			for i := range kinds {
				if i > 0 && kinds[i].name == kind {
					q.kind = Kind(i)
				}
			}
			if q.kind == 0 && problem == nil && s.fault == nil {
				problem = &Problem{Code: "value", Field: "quote", What: kind, Like: nearest(kind, KindNames()), Choices: joined(KindNames())}
			}
			return
		}
		for i := range fieldNames {
			if i > 0 && fieldNames[i] == name {
				if q.given&(1<<i) != 0 {
					s.fail(at, "twice", name) // once with "_", once with "-"
					return
				}
				q.given |= 1 << i
				if wrong := q.field(Field(i), s.list()); wrong != nil && problem == nil {
					problem = wrong
				}
				return
			}
		}
		s.skip()
		if problem == nil && s.fault == nil {
			problem = &Problem{Code: "unknown", Field: name, What: name, Like: nearest(name, FieldNames())}
		}
	})
	s.end()
	switch {
	case s.fault != nil:
		return q, s.fault
	case q.kind == 0 && problem == nil:
		return q, &Problem{Code: "missing", Field: "quote", What: "quote", Choices: joined(KindNames())}
	case problem != nil:
		if problem.Field == "birth" && problem.Code == "range" && q.on != 0 {
			problem = born(0, q.on)
		}
		return q, problem
	}
	k := kinds[q.kind]
	for i := Field(1); i < fieldCount; i++ {
		bit := fields(1) << i
		if k.needs&bit != 0 && q.given&bit == 0 {
			return q, &Problem{Code: "missing", Field: fieldNames[i], What: fieldNames[i]}
		}
		if q.given&bit != 0 && (k.needs|k.may)&bit == 0 {
			return q, &Problem{Code: "unfit", Field: fieldNames[i], What: k.name}
		}
	}
	return q, nil
}

func dashed(name string) string {
	b := []byte(name)
	for i := range b {
		if b[i] == '_' {
			b[i] = '-'
		}
	}
	return string(b)
}

func joined(names []string) (all string) {
	for i, n := range names {
		if i > 0 {
			all += ", "
		}
		all += n
	}
	return all
}

// list reads a scalar, or an array of scalars as one text with commas.
func (s *scanner) list() (text string) {
	if s.peek() != '[' {
		text, _ = s.scalar()
		return text
	}
	n := 0
	s.array(func(int) {
		item, _ := s.scalar()
		if n++; n > 1 {
			text += ","
		}
		text += item
	})
	return text
}

// amount reads a whole number; what is too large for 64 bits is the largest,
// which every range refuses.
func amount(text string) (int64, bool) {
	if text == "" || len(text) > 40 {
		return 0, false
	}
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	n := int64(0)
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		if digit := int64(text[i] - '0'); n > (math.MaxInt64-digit)/10 {
			n = math.MaxInt64
		} else {
			n = n*10 + digit
		}
	}
	if negative {
		n = -n
	}
	return n, text != ""
}

func (q *question) field(f Field, text string) *Problem {
	date := func(into *Date) *Problem {
		d, ok := ParseDate(text)
		if !ok && len(text) == 10 {
			if _, fine := ParseDate("20" + text[2:]); fine && text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9' {
				return &Problem{Code: "range", Field: fieldNames[f], Unit: UnitDate, Min: int64(firstDate), Max: int64(lastDate)}
			}
		}
		if !ok {
			return &Problem{Code: "value", Field: fieldNames[f], What: text, Choices: "YYYY-MM-DD"}
		}
		*into = d
		return nil
	}
	number := func() (int64, *Problem) {
		n, ok := amount(text)
		if !ok {
			return 0, &Problem{Code: "value", Field: fieldNames[f], What: text, Choices: "0, 1, 2, …"}
		}
		return n, nil
	}
	dong := func(into *Dong) *Problem {
		n, wrong := number()
		*into = Dong(n)
		return wrong
	}
	small := func(into *int) *Problem {
		n, wrong := number()
		*into = int(max(-1, min(n, 1<<30)))
		return wrong
	}
	switch f {
	case fieldOn:
		return date(&q.on)
	case fieldBirth:
		if len(text) == 4 {
			text += "-01-01" // where only the year is known
		}
		return date(&q.birth)
	case fieldSince:
		return date(&q.since)
	case fieldFirstPaid:
		return date(&q.firstPaid)
	case fieldLastPaid:
		return date(&q.lastPaid)
	case fieldIncome:
		return dong(&q.income)
	case fieldAverage:
		return dong(&q.average)
	case fieldPension:
		return dong(&q.pension)
	case fieldState:
		wrong := dong(&q.state)
		if wrong == nil && (q.state < 0 || q.state > mostDong) {
			wrong = &Problem{Code: "range", Field: fieldNames[f], Unit: UnitDong, Max: mostDong}
		}
		return wrong
	case fieldSalary:
		return dong(&q.salary)
	case fieldSupported:
		wrong := small(&q.supported)
		if wrong == nil && (q.supported < 0 || q.supported > 720) {
			wrong = &Problem{Code: "range", Field: fieldNames[f], Unit: UnitMonths, Max: 720}
		}
		return wrong
	case fieldMonths:
		return small(&q.months)
	case fieldPaid:
		return small(&q.paid)
	case fieldAfterAge:
		return small(&q.afterAge)
	case fieldBefore2014:
		return small(&q.before2014)
	case fieldChildren:
		return small(&q.children)
	case fieldPaidOf12:
		return small(&q.paidOf12)
	case fieldRegion:
		for i, roman := range [...]string{"I", "II", "III", "IV"} {
			if text == roman {
				q.region = i + 1
				return nil
			}
		}
		return small(&q.region)
	case fieldSex:
		switch text {
		case "f":
			q.sex = Female
		case "m":
			q.sex = Male
		default:
			return &Problem{Code: "value", Field: "sex", What: text, Choices: "f, m"}
		}
	case fieldReason:
		for i, name := range reasonNames {
			if text == name {
				q.reason = WithdrawalReason(i)
				return nil
			}
		}
		return &Problem{Code: "value", Field: "reason", What: text, Choices: joined(reasonNames[:])}
	case fieldGroup:
		return each(text, func(name string) *Problem {
			for g := Other; g <= Island; g++ {
				if groupNames[g] == name {
					q.groups |= 1 << g
					return nil
				}
			}
			return &Problem{Code: "value", Field: "group", What: name, Like: nearest(name, groupNames[:Self]), Choices: groupChoices}
		})
	case fieldMembers:
		if text == "" {
			return nil
		}
		return each(text, func(name string) *Problem {
			for g := range groupCount {
				if groupNames[g] == name && (g == Self || healthGroups[g].support != 0) {
					q.members = append(q.members, g)
					return nil
				}
			}
			return &Problem{Code: "value", Field: "members", What: name, Like: nearest(name, groupNames[Self:]), Choices: memberChoices}
		})
	case fieldPay:
		return q.pay(text)
	case fieldReturn:
		r, ok := UnitReturn.parse(text)
		if !ok {
			return &Problem{Code: "value", Field: "return-rate", What: text, Choices: "0.45%"}
		}
		q.returns = r
	}
	return nil
}

var reasonNames = [...]string{"stopped", "abroad", "illness", "incapacity"}

// each calls f for every item between commas, until one is wrong.
func each(text string, f func(string) *Problem) *Problem {
	start := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != ',' {
			continue
		}
		item := text[start:i]
		for len(item) > 0 && item[0] == ' ' {
			item = item[1:]
		}
		if wrong := f(item); wrong != nil {
			return wrong
		}
		start = i + 1
	}
	return nil
}

const groupChoices = "poor, near-poor, ethnic-minority, island, other"

const payChoices = "monthly, 3, 6, 12, ahead:MONTHS, missing:MONTHS"

func (q *question) pay(text string) *Problem {
	switch text {
	case "monthly", "1":
		q.method, q.payMonths = Monthly, 1
		return nil
	case "3", "6", "12":
		n, _ := amount(text)
		q.method, q.payMonths = Span, int(n)
		return nil
	}
	for i := range len(text) {
		if text[i] != ':' {
			continue
		}
		n, ok := amount(text[i+1:])
		switch {
		case !ok:
		case text[:i] == "ahead":
			q.method = Ahead
		case text[:i] == "missing":
			q.method = Missing
		default:
			ok = false
		}
		if !ok {
			break
		}
		q.payMonths = int(max(0, min(n, 1<<20)))
		return nil
	}
	return &Problem{Code: "value", Field: "pay", What: text, Choices: payChoices}
}
