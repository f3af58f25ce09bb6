package report

import (
	"io"
	"strings"

	"caunoi/campaign"
	"caunoi/messages"
)

// Text tells the facts as a press text: paragraphs in plain text, parted by
// empty lines, the headline first. The language is one of
// [messages.Languages]; any other is an error.
func (f Facts) Text(lang string) (string, error) {
	p, err := messages.For(lang)
	if err != nil {
		return "", err
	}
	t := teller{f, p}
	var paragraphs []string
	for _, sentences := range [][]string{
		{t.headline()},
		t.lead(),
		t.activities(),
		t.people(),
		t.weather(),
		t.results(),
		t.named(),
		t.donations(),
		t.league(),
		t.targets(),
		t.peak(),
		t.late(),
		t.synthetic(),
	} {
		if len(sentences) > 0 {
			paragraphs = append(paragraphs, strings.Join(sentences, " "))
		}
	}
	return strings.Join(paragraphs, "\n\n") + "\n", nil
}

// WriteText writes the text of the facts in a language.
func WriteText(w io.Writer, f Facts, lang string) error {
	text, err := f.Text(lang)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// teller writes the paragraphs, each as its sentences; none where there is
// nothing to tell.
type teller struct {
	Facts
	p *messages.Printer
}

func (t *teller) headline() string {
	return t.p.Text("report.headline", "n", t.Enrolments.Total, "province", t.Campaign.Province, "campaign", t.Campaign.Name.In(t.p.Lang()))
}

func (t *teller) lead() []string {
	c := t.Campaign
	name := c.Name.In(t.p.Lang())
	start, end := t.p.LongDate(c.Start), t.p.LongDate(c.End)
	var when string
	if c.Start == c.End {
		when = t.p.Text("report.lead.day", "start", start, "province", c.Province, "campaign", name)
	} else {
		when = t.p.Text("report.lead.period", "start", start, "end", end, "province", c.Province, "campaign", name)
	}
	if c.Published != "" {
		when = t.p.Text("report.dateline", "province", c.Province, "date", t.p.LongDate(c.Published), "text", when)
	}
	return []string{when, t.p.Text("report.lead.reached", "n", t.PeopleReached)}
}

func (t *teller) activities() []string {
	var list []string
	for _, k := range campaign.ActivityKinds {
		if n := t.Activities[k]; n > 0 {
			list = append(list, t.p.Text("report.activity."+string(k), "n", n))
		}
	}
	out := []string{t.p.Text("report.activities", "n", t.ActivitiesTotal, "list", t.p.List(list))}
	switch c := t.Communes; {
	case c.Visited > 0 && c.Visited == c.All:
		out = append(out, t.p.Text("report.communes.all", "n", c.All))
	case c.Visited > 0:
		out = append(out, t.p.Text("report.communes.some", "n", c.Visited, "all", c.All))
	}
	if forms := t.forms(); len(forms) > 0 {
		out = append(out, t.p.Text("report.forms", "list", t.p.Series(forms)))
	}
	return out
}

// few localities are told by name, more by their number.
const few = 3

// forms tells where each form was used; nothing where all were used alike.
func (t *teller) forms() (list []string) {
	spread := map[int]bool{}
	for _, k := range campaign.ActivityKinds {
		offices := most(t.Offices, func(o Office) int { return o.Activities[k] })
		if k == campaign.Other || len(offices) == 0 {
			continue
		}
		spread[len(offices)] = true
		where := t.p.Text("report.localities", "n", len(offices))
		if len(offices) <= few {
			where = t.p.List(names(offices))
		}
		list = append(list, t.p.Text("report.form."+string(k), "where", where))
	}
	if len(spread) < 2 {
		return nil
	}
	return list
}

func (t *teller) people() (out []string) {
	switch n := t.PeopleReached; {
	case n == 0:
	case t.Reached.HeadCount == 0:
		out = append(out, t.p.Text("report.reached.named", "n", n))
	case t.Reached.Identified == 0:
		out = append(out, t.p.Text("report.reached.heads", "n", n))
	default:
		out = append(out, t.p.Text("report.reached", "n", n, "identified", t.Reached.Identified, "heads", t.Reached.HeadCount))
	}
	switch n := t.Consultations; {
	case n > 0 && len(t.Partners) > 0:
		out = append(out, t.p.Text("report.consultations.with_partners", "n", n, "partners", t.p.List(t.Partners)))
	case n > 0:
		out = append(out, t.p.Text("report.consultations", "n", n))
	}
	q := t.Questions
	if q.Asked == 0 {
		return out
	}
	out = append(out, t.p.Text("report.questions.asked", "n", q.Asked))
	if q.AnsweredAtOnce == q.Asked {
		out = append(out, t.p.Text("report.questions.all_at_once", "n", q.Asked))
	} else {
		out = append(out, t.p.Text("report.questions.at_once", "n", q.AnsweredAtOnce))
	}
	if q.Satisfied > 0 {
		out = append(out, t.p.Text("report.questions.satisfied", "n", q.Satisfied))
	}
	return out
}

func (t *teller) weather() (out []string) {
	s := t.Sessions
	if s.MovedByWeather > 0 {
		out = append(out, t.p.Text("report.weather", "n", s.MovedByWeather, "where", t.where(movedByWeather)))
	}
	switch n := s.MovedByWeatherAfterHours; {
	case n > 0 && n == s.MovedByWeather:
		out = append(out, t.p.Text("report.weather.all_after_hours", "n", n))
	case n > 0:
		out = append(out, t.p.Text("report.weather.after_hours", "n", n))
	}
	switch n := s.AfterHours; {
	case n > 0 && n == s.Held:
		out = append(out, t.p.Text("report.after_hours.all", "n", n))
	case n > 0:
		out = append(out, t.p.Text("report.after_hours", "n", n, "held", s.Held))
	}
	return out
}

// where lists the offices that have some of a figure, with its number; empty
// if no office of the league has any.
func (t *teller) where(of func(Office) int) string {
	var list []string
	for _, o := range most(t.Offices, of) {
		list = append(list, t.p.Text("report.place", "place", o.Name, "n", of(o)))
	}
	if len(list) == 0 {
		return ""
	}
	return t.p.Text("report.where", "list", t.p.List(list))
}
