package policy

import "strings"

// Unit says what a value counts.
type Unit uint8

// The units of values.
const (
	UnitDong   Unit = iota + 1 // whole đồng
	UnitRate                   // a share of something, up to the whole of it
	UnitTimes                  // times an amount
	UnitMonths                 // months, also an age
	UnitYears                  // years
	UnitDays                   // working days
	UnitDate                   // a day
	UnitMonth                  // a month of the calendar
	UnitCount                  // a number of persons or members
	UnitYesNo                  // 1 or 0
	UnitAge                    // an age, in months
	UnitReturn                 // the return of a month, as a share
)

var units = [...]string{"", "dong", "rate", "times", "months", "years", "days", "date", "month", "count", "yes_no", "age", "return"}

// String is the unit's name in files and answers.
func (u Unit) String() string { return units[u] }

// append writes n over d as JSON: an integer, a text such as "9/200" for what
// is no whole number, a date or a month as text.
func (u Unit) append(b []byte, n, d int64) []byte {
	switch {
	case u == UnitDate:
		return append(Date(n).append(append(b, '"')), '"')
	case u == UnitMonth:
		return append(Month(n).append(append(b, '"')), '"')
	case u == UnitYesNo && n != 0:
		return append(b, "true"...)
	case u == UnitYesNo:
		return append(b, "false"...)
	}
	n, d = reduced(n, d)
	if d == 1 && u != UnitRate && u != UnitReturn {
		return appendInt(b, n)
	}
	b = append(appendInt(append(b, '"'), n), '/')
	return append(appendInt(b, d), '"')
}

func reduced(n, d int64) (int64, int64) {
	a, b := n, d
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		a = -a
	}
	if a == 0 {
		return n, 1
	}
	return n / a, d / a
}

// Value is what a parameter is worth over a time, and by which text of law.
type Value struct {
	Parameter Parameter
	From, To  Date // both included; To is 0 where no end is known
	Fraction
	Citation  string // the article
	Source    string // where it was seen
	Confirmed bool   // someone has held it against the text
	Checked   Date   // when it was last looked at

	line, column int
	json         string
}

// Definition is what a parameter is, whatever its values.
type Definition struct {
	Name string
	Unit Unit
	// Birth says that the days of its values are days of birth.
	Birth bool
	// Optional says that it counts as 0 where it has no value: what a province
	// may add.
	Optional bool
	// Least and Most are the bounds of its values, in Unit; 0 and 0 are those
	// of the unit.
	Least, Most int64
}

// Parameters are all dated values. They never change once read.
type Parameters struct {
	// Version names exactly these values: the day of the edition, and a hash
	// of the files.
	Version string
	edition Date
	values  [parameterCount][]Value
	hash    uint64
}

// Values are the dated values of a parameter, the oldest first.
func (p *Parameters) Values(of Parameter) []Value { return p.values[of] }

// Append writes all parameters as JSON: the version, and each parameter's dated
// values.
func (p *Parameters) Append(b []byte) []byte {
	b = quote(append(b, `{"version":`...), p.Version)
	b = append(b, `,"parameters":[`...)
	first := true
	for of := range p.values {
		for i := range p.values[of] {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, p.values[of][i].json...)
		}
	}
	return append(b, "]}"...)
}

// at is the value of a day, or nil.
func (p *Parameters) at(of Parameter, on Date) *Value {
	values := p.values[of]
	for i := len(values) - 1; i >= 0; i-- {
		if v := &values[i]; v.From <= on {
			if v.To != 0 && v.To < on {
				return nil
			}
			return v
		}
	}
	return nil
}

// With returns these parameters with those of a file laid over them. A value
// of the file holds for its whole time, and what was known for that time
// before goes. All that is wrong with the file is told at once; then the
// result is nil.
func (p *Parameters) With(file, text string) (*Parameters, []*Problem) {
	r := reader{file: file, scanner: scanner{text: text}, over: *p}
	if len(text) > mostFile {
		r.fail(0, "long", string(appendInt(nil, mostFile)))
	} else {
		r.read()
	}
	if r.fault != nil {
		r.fault.File = file
		r.problems = append(r.problems, r.fault)
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	out := r.over
	if out.hash == 0 {
		out.hash = 0xcbf29ce484222325 // FNV-1a, 64 bits
	}
	for i := range len(text) {
		out.hash = (out.hash ^ uint64(text[i])) * 0x100000001b3
	}
	const hex = "0123456789abcdef"
	b := append(out.edition.append(nil), '-')
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, hex[out.hash>>shift&15])
	}
	out.Version = string(b)
	return &out, nil
}

// reader reads one file of parameters.
type reader struct {
	scanner
	file     string
	over     Parameters
	problems []*Problem
}

func (r *reader) wrong(at int, p Problem) {
	if len(r.problems) >= mostProblems {
		return
	}
	// The scanner's own way of finding the line serves here, too.
	where := scanner{text: r.text}
	where.fail(at, p.Code, p.What)
	p.File, p.Line, p.Column = r.file, where.fault.Line, where.fault.Column
	if r.problems = append(r.problems, &p); len(r.problems) == mostProblems {
		r.fail(at, "many", "")
	}
}

// What a file may hold, so that no file takes long: bytes, and faults that are
// told at once.
const (
	mostFile     = 1 << 20
	mostProblems = 50
)

func (r *reader) read() {
	var edition bool
	r.object(func(name string, at int) {
		switch name {
		case "edition":
			edition = true
			if d, ok := r.date(name); ok {
				r.over.edition = max(d, r.over.edition)
			}
		case "parameters":
			r.object(r.parameter)
		default:
			r.wrong(at, Problem{Code: "unknown", What: name, Like: nearest(name, []string{"edition", "parameters"})})
			r.skip()
		}
	})
	r.end()
	if r.fault == nil && !edition {
		r.wrong(0, Problem{Code: "missing", What: "edition"})
	}
}

func (r *reader) parameter(name string, at int) {
	of := ParameterNamed(name)
	if of == 0 {
		r.wrong(at, Problem{Code: "unknown", What: name, Like: nearest(name, parameterNames())})
		r.skip()
		return
	}
	var values []Value
	before := len(r.problems)
	r.array(func(at int) {
		if v, ok := r.value(of, at); ok {
			values = append(values, v)
		}
	})
	if r.fault != nil || len(r.problems) > before {
		return
	}
	sortByFrom(values)
	for i := 1; i < len(values); i++ {
		last, next := &values[i-1], &values[i]
		wrong := Problem{File: r.file, Line: next.line, Column: next.column, What: name, Unit: UnitDate}
		switch {
		case last.To == 0 || last.To >= next.From:
			wrong.Code, wrong.Min, wrong.Max = "overlap", int64(next.From), int64(next.From)
		case last.To.after() != next.From && !Definitions[of].Optional:
			// Between them the older value would hold, and nobody would see it.
			wrong.Code, wrong.Min, wrong.Max = "gap", int64(last.To.after()), int64(next.From.before())
		default:
			continue
		}
		r.problems = append(r.problems, &wrong)
	}
	if len(r.problems) > before {
		return
	}
	var merged []Value
	for _, old := range r.over.values[of] {
		merged = append(merged, clipped(old, values)...)
	}
	merged = append(merged, values...)
	sortByFrom(merged)
	for i := 1; i < len(merged); i++ {
		if last, next := &merged[i-1], &merged[i]; last.To.after() != next.From && !Definitions[of].Optional {
			r.problems = append(r.problems, &Problem{
				File: r.file, Line: values[0].line, Column: values[0].column, Code: "gap", What: name,
				Unit: UnitDate, Min: int64(last.To.after()), Max: int64(next.From.before()),
			})
		}
	}
	for i := range merged {
		merged[i].json = string(merged[i].append(nil))
	}
	r.over.values[of] = merged
}

// sortByFrom sorts by insertion, which for a few values needs no library.
func sortByFrom(values []Value) {
	for i := range values {
		for j := i; j > 0 && values[j].From < values[j-1].From; j-- {
			values[j], values[j-1] = values[j-1], values[j]
		}
	}
}

// clipped is what is left of an old value beside new ones.
func clipped(old Value, over []Value) []Value {
	for i, v := range over {
		if v.To != 0 && v.To < old.From || old.To != 0 && old.To < v.From {
			continue
		}
		var out []Value
		if old.From < v.From {
			left := old
			left.To = v.From.before()
			out = append(out, clipped(left, over[i+1:])...)
		}
		if v.To != 0 && (old.To == 0 || v.To < old.To) {
			right := old
			right.From = v.To.after()
			out = append(out, clipped(right, over[i+1:])...)
		}
		return out
	}
	return []Value{old}
}

var valueMembers = []string{"value", "from", "to", "citation", "confirmed", "checked", "source"}

func (r *reader) value(of Parameter, at int) (v Value, ok bool) {
	v = Value{Parameter: of}
	before := len(r.problems)
	given := map[string]bool{}
	fromAt := at
	r.object(func(name string, at int) {
		given[name] = true
		switch name {
		case "value":
			r.peek()
			at = r.pos
			text, _ := r.scalar()
			var fine bool
			def := &Definitions[of]
			v.Fraction, fine = def.Unit.parse(text)
			switch {
			case r.fault != nil:
			case !fine:
				r.wrong(at, Problem{Code: "value", Field: "value", What: text, Choices: forms[def.Unit]})
			case def.Most != 0 && (v.N < def.Least*v.D || v.N > def.Most*v.D):
				r.wrong(at, Problem{Code: "range", Field: def.Name, Unit: def.Unit, Min: def.Least, Max: def.Most})
			}
		case "from":
			r.peek()
			fromAt = r.pos
			v.From, _ = r.date(name)
		case "to":
			r.peek()
			if strings.HasPrefix(r.text[r.pos:], "null") {
				r.scalar()
				return
			}
			v.To, _ = r.date(name)
		case "checked":
			v.Checked, _ = r.date(name)
		case "citation":
			v.Citation = r.string()
		case "source":
			v.Source = r.string()
		case "confirmed":
			r.peek()
			at = r.pos
			text, quoted := r.scalar()
			if v.Confirmed = text == "true"; quoted || text != "true" && text != "false" {
				r.wrong(at, Problem{Code: "value", Field: name, What: text, Choices: "true, false"})
			}
		default:
			r.wrong(at, Problem{Code: "unknown", What: name, Like: nearest(name, valueMembers)})
			r.skip()
		}
	})
	if r.fault != nil {
		return v, false
	}
	for _, name := range valueMembers {
		if !given[name] && name != "to" && name != "source" {
			r.wrong(at, Problem{Code: "missing", What: name})
		}
	}
	if given["citation"] && strings.TrimSpace(v.Citation) == "" {
		r.wrong(at, Problem{Code: "missing", What: "citation"})
	}
	if v.From != 0 && v.To != 0 && v.To < v.From {
		r.wrong(fromAt, Problem{Code: "order"})
	}
	where := scanner{text: r.text}
	where.fail(fromAt, "", "")
	v.line, v.column = where.fault.Line, where.fault.Column
	return v, len(r.problems) == before
}

// date reads a date; a day and month that are exchanged are told as such.
func (r *reader) date(name string) (Date, bool) {
	r.peek()
	at := r.pos
	text, _ := r.scalar()
	d, ok := ParseDate(text)
	if ok || r.fault != nil {
		return d, ok
	}
	if len(text) == 10 {
		if _, exchanged := ParseDate(text[:5] + text[8:] + "-" + text[5:7]); exchanged {
			r.wrong(at, Problem{Code: "swapped", Field: name, What: text})
			return 0, false
		}
	}
	r.wrong(at, Problem{Code: "value", Field: name, What: text, Choices: forms[UnitDate]})
	return 0, false
}

// forms are examples of how values are written.
var forms = [...]string{
	UnitDong: "1500000", UnitRate: "22%, 4.5%", UnitTimes: "20, 1.5", UnitMonths: "60", UnitAge: "60y3m, 60y", UnitYears: "15",
	UnitDays: "11", UnitDate: "2026-01-31", UnitMonth: "2026-01", UnitCount: "1", UnitYesNo: "true, false", UnitReturn: "0.45%",
}

// The largest values, so that no product of them and of what a question may
// hold leaves 64 bits.
const (
	mostDong   = 1_000_000_000
	mostTimes  = 1000
	mostMonths = 12 * 120
)

// parse reads a value as files write it.
func (u Unit) parse(text string) (Fraction, bool) {
	switch u {
	case UnitDong:
		f, ok := decimal(text, 0)
		return f, ok && f.N <= mostDong
	case UnitRate, UnitReturn:
		text, percent := strings.CutSuffix(text, "%")
		digits := 2
		if u == UnitReturn {
			digits = 4
		}
		f, ok := decimal(text, digits)
		f.D *= 100
		return f, ok && percent && f.N <= f.D && (u == UnitRate || f.N*20 <= f.D)
	case UnitTimes:
		f, ok := decimal(text, 1)
		return f, ok && f.N <= mostTimes*f.D
	case UnitAge:
		if years, months, aged := strings.Cut(text, "y"); aged {
			y, ok := decimal(years, 0)
			m := Fraction{0, 1}
			if months != "" {
				digits, whole := strings.CutSuffix(months, "m")
				var fine bool
				m, fine = decimal(digits, 0)
				ok = ok && whole && fine && m.N < 12
			}
			return Fraction{y.N*12 + m.N, 1}, ok && y.N*12 <= mostMonths
		}
	case UnitMonths:
		f, ok := decimal(text, 0)
		return f, ok && f.N <= mostMonths
	case UnitYears, UnitDays:
		f, ok := decimal(text, 0)
		return f, ok && f.N <= mostMonths/12
	case UnitDate:
		d, ok := ParseDate(text)
		return Fraction{int64(d), 1}, ok
	}
	return Fraction{}, false
}

// decimal reads a number that is 0 or more, with at most so many decimals.
func decimal(text string, decimals int) (Fraction, bool) {
	whole, part, dotted := strings.Cut(text, ".")
	if whole == "" || dotted && part == "" || len(part) > decimals || len(whole) > 15 {
		return Fraction{0, 1}, false
	}
	f := Fraction{0, 1}
	for i, c := range []byte(whole + part) {
		if c < '0' || c > '9' {
			return Fraction{0, 1}, false
		}
		f.N = f.N*10 + int64(c-'0')
		if i >= len(whole) {
			f.D *= 10
		}
	}
	return f, true
}

// append writes the value as JSON.
func (v *Value) append(b []byte) []byte {
	def := Definitions[v.Parameter]
	b = quote(append(b, `{"name":`...), def.Name)
	b = def.Unit.append(append(b, `,"value":`...), v.N, v.D)
	b = quote(append(b, `,"unit":`...), def.Unit.String())
	if def.Birth {
		b = append(b, `,"by":"birth"`...)
	}
	b = UnitDate.append(append(b, `,"from":`...), int64(v.From), 1)
	if b = append(b, `,"to":`...); v.To == 0 {
		b = append(b, "null"...)
	} else {
		b = UnitDate.append(b, int64(v.To), 1)
	}
	b = quote(append(b, `,"citation":`...), v.Citation)
	b = UnitYesNo.append(append(b, `,"confirmed":`...), truth(v.Confirmed), 1)
	b = UnitDate.append(append(b, `,"checked":`...), int64(v.Checked), 1)
	b = quote(append(b, `,"source":`...), v.Source)
	return append(b, '}')
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// nearest is the name that a misspelt one may mean, or empty.
func nearest(name string, names []string) (like string) {
	best := len(name)/3 + 1
	for _, n := range names {
		if d := distance(name, n); d <= best {
			best, like = d-1, n
		}
	}
	return like
}

// distance is the number of letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0]++
		for j := range len(b) {
			next := min(row[j], row[j+1]) + 1
			if a[i] == b[j] {
				next = min(next, last)
			} else {
				next = min(next, last+1)
			}
			last, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
