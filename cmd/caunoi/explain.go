package main

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/messages"
	"caunoi/policy"
)

// reply is an answer of policy, as far as the terminal shows it.
type reply struct {
	Quote   string           `json:"quote"`
	On      journal.Day      `json:"on"`
	Version string           `json:"version"`
	Members []map[string]any `json:"members"`
	Paths   []map[string]any `json:"paths"`
	Notices []struct {
		Code, Rule, Parameter string
		From, Checked, On     journal.Day
	} `json:"notices"`
	Trace []struct {
		Rule     string `json:"rule"`
		Operands []struct {
			Name, Unit string
			Value      any
			Parameter  *cited
		} `json:"operands"`
		Result   any    `json:"result"`
		Unit     string `json:"unit"`
		Rounding string `json:"rounding"`
	} `json:"trace"`
	Rest map[string]any `json:"-"`
}

// cited is the value of a parameter with its text of law.
type cited struct {
	Name, Citation string
	From           journal.Day
	To             *journal.Day
	Confirmed      bool
}

// explained is an answer for a person: the amounts large and first, then why.
func explained(answer []byte) (string, error) {
	var a reply
	if err := json.Unmarshal(answer, &a, json.MatchCaseInsensitiveNames(true)); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if err := json.Unmarshal(answer, &a.Rest); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	w := words()
	var b strings.Builder
	line := func(indent int, label, value string) {
		fmt.Fprintf(&b, "%s%-*s %s\n", strings.Repeat(" ", indent), 44-indent, label, value)
	}
	b.WriteString(w.Text("policy.about", "quote", w.Text("policy.quote."+a.Quote), "on", a.On) + "\n\n")
	a.amounts(w, a.Rest, line, 2)
	if lost, ok := a.Rest["lost"].(map[string]any); ok {
		b.WriteString("  " + w.Text("policy.answer.lost") + "\n")
		a.amounts(w, lost, line, 4)
	}
	for i, m := range a.Members {
		line(2, w.Text("policy.member", "n", i+1)+", "+w.Text("policy.group."+fmt.Sprint(m["group"])), dong(w, m["payable"]))
	}
	for _, m := range a.Paths {
		b.WriteString("\n  " + w.Text("policy.path."+fmt.Sprint(m["path"])) + "\n")
		if lacks, ok := m["lacks"].(string); ok {
			b.WriteString("    " + w.Text("policy.lacks."+lacks) + "\n")
			continue
		}
		a.amounts(w, m, line, 4)
		if year, ok := m["paid_back"].(float64); ok {
			b.WriteString("    " + w.Text("policy.paid_back", "year", strconv.Itoa(int(year))) + "\n")
		}
	}
	b.WriteString("\n" + w.Text("policy.why") + "\n")
	for i, s := range a.Trace {
		result := sayValue(w, s.Unit, s.Result)
		if s.Rounding != "none" {
			exact := w.Text("policy.rounding." + s.Rounding)
			result += " (" + exact + ")"
		}
		fmt.Fprintf(&b, "%3d. %s: %s = %s\n", i+1, w.Text("policy.name."+s.Rule), w.Text("policy.rule."+s.Rule), result)
		for _, o := range s.Operands {
			text := "     " + w.Text("policy.name."+o.Name) + ": " + sayValue(w, o.Unit, o.Value)
			if p := o.Parameter; p != nil {
				text += " [" + sayCited(w, p) + "]"
			}
			b.WriteString(text + "\n")
		}
	}
	if len(a.Notices) > 0 {
		b.WriteString("\n")
	}
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
		b.WriteString("! " + w.Text("policy.notice."+n.Code, "name", w.Text("policy.name."+name),
			"citation", citation[n.Parameter+string(n.From)], "checked", n.Checked, "on", n.On) + "\n")
	}
	b.WriteString("\n" + w.Text("policy.version", "version", a.Version) + "\n")
	return b.String(), nil
}

// amounts writes the numbers of an answer that a person wants, in the order in
// which one asks for them.
func (a *reply) amounts(w *messages.Printer, of map[string]any, line func(int, string, string), indent int) {
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
			text = sayValue(w, unit, v)
		}
		line(indent, label(name), text)
	}
	for _, name := range []string{"payable", "contribution", "support"} {
		show(name, "dong")
	}
	if monthly, ok := of["monthly"].(map[string]any); ok {
		line(indent, "", w.Text("policy.monthly", "amount", dong(w, monthly["payable"])))
	}
	if group, ok := of["group"].(string); ok {
		line(indent, w.Text("policy.answer.group"), w.Text("policy.group."+group))
	}
	show("amount", "dong")
	show("funeral", "dong")
	show("survivors", "dong")
	show("monthly_benefit", "dong")
	if a.Quote == "unemployment" || a.Quote == "paths" {
		show("months", "months")
	}
	if total, ok := of["total"]; ok {
		line(indent, w.Text("policy.answer.total_amount"), dong(w, total))
	}
	show("from_working_day", "days")
	show("last_paid", "month")
	show("monthly_pension", "dong")
	show("first_month", "month")
	if v, ok := of["rate_percent"].(float64); ok {
		line(indent, label("rate_percent"), w.Percent(int(v*10+0.5)))
	}
	if v, ok := of["lump_sum"].(float64); ok && v > 0 {
		show("lump_sum", "dong")
	}
	show("pension_age_months", "age")
	if v, ok := of["eligible"]; ok {
		line(indent, label("eligible"), sayValue(w, "yes_no", v))
	}
	if v, ok := of["months_lacking"].(float64); ok && v > 0 {
		show("months_lacking", "months")
	}
	if of["months_to_same_amount"] != nil {
		show("months_to_same_amount", "months")
	}
}

func dong(w *messages.Printer, v any) string { return sayValue(w, "dong", v) }

func sayCited(w *messages.Printer, p *cited) string {
	text := w.Text("policy.cited", "citation", p.Citation, "from", p.From)
	if p.To != nil {
		text = w.Text("policy.cited_until", "citation", p.Citation, "from", p.From, "to", *p.To)
	}
	if !p.Confirmed {
		text += "; " + w.Text("policy.unconfirmed")
	}
	return text
}

// valueOf is a number of a problem as answers hold it.
func valueOf(u policy.Unit, n int64) any {
	if u == policy.UnitDate {
		return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
	}
	return float64(n)
}

// sayValue writes a value of an answer, by its unit.
func sayValue(w *messages.Printer, unit string, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return w.Text("policy.yes")
		}
		return w.Text("policy.no")
	case float64:
		n := int(v)
		switch unit {
		case "dong":
			return w.Text("policy.unit.dong", "amount", n)
		case "months":
			return w.Text("policy.unit.months", "n", n)
		case "years":
			return w.Text("policy.unit.years", "n", n)
		case "days":
			return w.Text("policy.unit.days", "n", n)
		case "age":
			if n%12 == 0 {
				return w.Text("policy.unit.age_years", "years", n/12)
			}
			return w.Text("policy.unit.age", "years", n/12, "months", n%12)
		}
		return w.Number(n)
	case string:
		switch unit {
		case "date":
			return w.Date(journal.Day(v))
		case "month":
			return w.Month(journal.Day(v + "-01"))
		}
		r, ok := new(big.Rat).SetString(v)
		if !ok {
			return v
		}
		if unit == "rate" || unit == "return" {
			percent, _ := new(big.Rat).Mul(r, big.NewRat(1000, 1)).Float64()
			if unit == "rate" && percent == float64(int(percent)) {
				return w.Percent(int(percent))
			}
			return strings.TrimRight(strings.TrimRight(new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(4), "0"), ".") + "%"
		}
		half, _ := r.Float64()
		if unit == "years" {
			return w.Text("policy.unit.decimal_years", "amount", w.Decimal(half))
		}
		return w.Decimal(half)
	}
	return w.Text("policy.none")
}
