package lawbook

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/journal"
	"caunoi/messages"
	"caunoi/policy"
)

// answer is an answer of policy, as far as people are shown it.
type answer struct {
	Quote   string           `json:"quote"`
	On      journal.Day      `json:"on"`
	Version string           `json:"version"`
	Members []map[string]any `json:"members"`
	Paths   []map[string]any `json:"paths"`
	Notices []notice         `json:"notices"`
	Trace   []step           `json:"trace"`
	rest    map[string]any
}

type notice struct {
	Code, Rule, Parameter, Field string
	From, Checked, On            journal.Day
}

type step struct {
	Rule     string    `json:"rule"`
	Operands []operand `json:"operands"`
	Result   any       `json:"result"`
	Unit     string    `json:"unit"`
	Rounding string    `json:"rounding"`
}

type operand struct {
	Name, Unit string
	Value      any
	Parameter  *cited
}

// cited is the value of a parameter with its text of law.
type cited struct {
	Name, Unit, By, Citation, Source string
	Value                            any
	From, Checked                    journal.Day
	To                               *journal.Day
	Confirmed                        bool
}

// decimal is a number that is not whole, as it was written.
type decimal string

// exactly reads whole numbers as such and others as their text: no amount of
// money passes through a float.
var exactly = json.JoinOptions(json.MatchCaseInsensitiveNames(true), json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *any) error {
	if dec.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		*v = n
	} else {
		*v = decimal(raw)
	}
	return nil
})))

func readAnswer(raw []byte) (a *answer, err error) {
	if err = json.Unmarshal(raw, &a, exactly); err == nil {
		err = json.Unmarshal(raw, &a.rest, exactly)
	}
	if err != nil {
		return nil, fmt.Errorf("read an answer of policy: %w", err)
	}
	return a, nil
}

// Text is an answer of policy for a person at a terminal: the amounts first,
// then why, and what is not certain.
func Text(w *messages.Printer, raw []byte) (string, error) {
	a, err := readAnswer(raw)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(indent int, label, value string) {
		fmt.Fprintf(&b, "%s%-*s %s\n", strings.Repeat(" ", indent), 44-indent, label, value)
	}
	b.WriteString(w.Text("policy.about", "quote", w.Text("policy.quote."+a.Quote), "on", a.On) + "\n\n")
	a.amounts(w, a.rest, line, 2)
	if lost, ok := a.rest["lost"].(map[string]any); ok {
		b.WriteString("  " + w.Text("policy.answer.lost") + "\n")
		a.amounts(w, lost, line, 4)
	}
	for i, m := range a.Members {
		line(2, w.Text("policy.member", "n", i+1)+", "+w.Text("policy.group."+fmt.Sprint(m["group"])), say(w, "dong", m["payable"]))
	}
	for _, m := range a.Paths {
		b.WriteString("\n  " + w.Text("policy.path."+fmt.Sprint(m["path"])) + "\n")
		if lacks, ok := m["lacks"].(string); ok {
			b.WriteString("    " + w.Text("policy.lacks."+lacks) + "\n")
			continue
		}
		a.amounts(w, m, line, 4)
		if year, ok := m["paid_back"].(int64); ok {
			b.WriteString("    " + w.Text("policy.paid_back", "year", w.Year(int(year))) + "\n")
		}
	}
	b.WriteString("\n" + w.Text("policy.why") + "\n")
	for i := range a.Trace {
		s := &a.Trace[i]
		fmt.Fprintf(&b, "%3d. %s [%s]: %s = %s\n", i+1, w.Text("policy.name."+s.Rule), s.Rule, w.Text("policy.rule."+s.Rule), s.result(w))
		for _, o := range s.Operands {
			text := "     " + w.Text("policy.name."+o.Name) + ": " + say(w, o.Unit, o.Value)
			if o.Parameter != nil {
				text += " [" + o.Parameter.said(w) + "]"
			}
			b.WriteString(text + "\n")
		}
	}
	if len(a.Notices) > 0 {
		b.WriteString("\n")
	}
	for _, n := range a.notices(w) {
		b.WriteString("! " + n + "\n")
	}
	b.WriteString("\n" + w.Text("policy.version", "version", a.Version) + "\n" + w.Text("policy.explain") + "\n")
	return b.String(), nil
}

// result is the result of a step, and how it was rounded.
func (s *step) result(w *messages.Printer) string {
	result := say(w, s.Unit, s.Result)
	if s.Rounding != "none" {
		result += " (" + w.Text("policy.rounding."+s.Rounding) + ")"
	}
	return result
}

// notices are what must be known beside the numbers, in words.
func (a *answer) notices(w *messages.Printer) (said []string) {
	citation := map[string]string{}
	for _, s := range a.Trace {
		for _, o := range s.Operands {
			if o.Parameter != nil {
				citation[o.Parameter.Name+string(o.Parameter.From)] = o.Parameter.Citation
			}
		}
	}
	for _, n := range a.Notices {
		name := n.Parameter
		if name == "" {
			name = n.Rule
		}
		said = append(said, w.Text("policy.notice."+n.Code, "name", w.Text("policy.name."+name),
			"citation", citation[n.Parameter+string(n.From)], "checked", n.Checked, "on", n.On, "field", n.Field))
	}
	return said
}

// amounts writes the numbers of an answer that a person wants, in the order in
// which one asks for them.
func (a *answer) amounts(w *messages.Printer, of map[string]any, line func(int, string, string), indent int) {
	label := func(name string) string {
		if key := "policy.answer." + name; w.Has(key) {
			return w.Text(key)
		}
		return w.Text("policy.name." + name)
	}
	show := func(name, unit string) {
		v, there := of[name]
		if !there {
			return
		}
		text := w.Text("policy.none")
		if v != nil {
			text = say(w, unit, v)
		}
		line(indent, label(name), text)
	}
	some := func(name, unit string) {
		if n, ok := of[name].(int64); ok && n > 0 {
			show(name, unit)
		}
	}
	for _, name := range []string{"payable", "contribution", "support"} {
		show(name, "dong")
	}
	if monthly, ok := of["monthly"].(map[string]any); ok {
		line(indent, "", w.Text("policy.monthly", "amount", say(w, "dong", monthly["payable"])))
	}
	if group, ok := of["group"].(string); ok {
		line(indent, w.Text("policy.answer.group"), w.Text("policy.group."+group))
	}
	show("amount", "dong")
	if a.Quote != "social-pension" {
		show("funeral", "dong")
	}
	show("survivors", "dong")
	show("monthly_benefit", "dong")
	if a.Quote == "unemployment" || a.Quote == "paths" {
		show("months", "months")
	}
	if total, ok := of["total"]; ok {
		line(indent, w.Text("policy.answer.total_amount"), say(w, "dong", total))
	}
	show("from_working_day", "days")
	show("last_paid", "month")
	if social, _ := of["social_pension"].(bool); social || a.Quote == "social-pension" {
		if v := of["monthly_pension"]; v != nil {
			line(indent, label("social_pension"), say(w, "dong", v))
		}
	} else {
		show("monthly_pension", "dong")
	}
	show("first_month", "month")
	some("top_up", "dong")
	if of["top_up_from"] != nil {
		show("top_up_from", "month")
	}
	if of["rate_percent"] != nil {
		show("rate_percent", "percent")
	}
	some("lump_sum", "dong")
	show("pension_age_months", "age")
	if a.Quote == "social-pension" {
		show("funeral", "dong")
	}
	show("eligible", "yes_no")
	some("months_lacking", "months")
	some("months_to_same_amount", "months")
}

// said is a value's article and time.
func (p *cited) said(w *messages.Printer) string {
	text := w.Text("policy.cited", "citation", p.Citation, "from", p.From)
	if p.To != nil {
		text = w.Text("policy.cited_until", "citation", p.Citation, "from", p.From, "to", *p.To)
	}
	if !p.Confirmed {
		text += "; " + w.Text("policy.unconfirmed")
	}
	return text
}

// Refused is what is wrong with a question or a file of parameters, in words.
func Refused(w *messages.Printer, problem *policy.Problem) string {
	unit := problem.Unit.String()
	bound := func(n int64) string {
		if problem.Unit == policy.UnitDate {
			return w.Date(journal.Day(policy.Date(n).String()))
		}
		return say(w, unit, n)
	}
	what := problem.What
	if name := "policy.name." + what; w.Has(name) && (problem.Code == "before" || problem.Code == "after") {
		what = w.Text(name)
	}
	if problem.Code == "return_rate" {
		what = w.Date(journal.Day(what))
	}
	hint := problem.Choices
	if problem.Like != "" {
		hint = w.Text("policy.problem.like", "like", problem.Like)
	}
	reason := strings.TrimSpace(w.Text("policy.problem."+problem.Code, "field", problem.Field, "what", what, "hint", hint,
		"choices", problem.Choices, "min", bound(problem.Min), "max", bound(problem.Max)))
	if problem.Line == 0 || problem.File == "" {
		return reason
	}
	return w.Text("policy.problem.file", "file", problem.File, "line", problem.Line, "column", problem.Column, "reason", reason)
}
