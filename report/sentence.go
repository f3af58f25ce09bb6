package report

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"caunoi/campaign"
	"caunoi/messages"
	"caunoi/tally"
)

// Sentence is a rule of the league in words, as the desk says it
// (ui/desk/league/words.ts); testdata/rules.json holds both to the same.
func Sentence(p *messages.Printer, rule *campaign.Rule) string {
	type weight struct {
		indicator tally.Indicator
		n         int
	}
	var weights []weight
	for name, n := range rule.Weights {
		if n > 0 {
			weights = append(weights, weight{tally.Indicator(name), n})
		}
	}
	slices.SortFunc(weights, func(a, b weight) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.indicator, b.indicator))
	})
	list := ""
	for i, w := range weights {
		if i > 0 {
			list += ", "
		}
		list += p.Text("desk.league.rule.weight", "figure", within(nameOf(p, w.indicator)), "n", w.n)
	}
	out := p.Text("desk.league.rule."+string(rule.Per), "weights", list)
	add := func(text string) { out += " " + text }
	if len(rule.Ties) == 0 {
		add(p.Text("desk.league.rule.shared"))
	} else {
		figures := ""
		for i, name := range rule.Ties {
			figure := within(nameOf(p, tally.Indicator(name)))
			if i > 0 {
				figure = p.Text("desk.league.rule.then", "a", figures, "b", figure)
			}
			figures = figure
		}
		add(p.Text("desk.league.rule.ties", "figures", figures))
	}
	if rule.MinSessions > 0 {
		add(p.Text("desk.league.rule.sessions", "n", rule.MinSessions))
	}
	if rule.MinOwnSessions > 0 {
		add(p.Text("desk.league.rule.own_sessions", "n", rule.MinOwnSessions))
	}
	if rule.HoldFlagged {
		add(p.Text("desk.league.rule.hold"))
	}
	return out
}

// nameOf is what an indicator is called where it stands alone.
func nameOf(p *messages.Printer, i tally.Indicator) string {
	if key := "desk.league.figure." + string(i); p.Has(key) {
		return p.Text(key)
	}
	return p.Text("desk.figure." + string(i))
}

// within is a name within a sentence; what begins with an abbreviation keeps
// its capitals.
func within(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	second, _ := utf8.DecodeRuneInString(name[size:])
	if unicode.ToUpper(second) == second && second != ' ' {
		return name
	}
	return string(unicode.ToLower(first)) + name[size:]
}
