package report

import (
	"caunoi/campaign"
	"caunoi/tally"
)

func (t *teller) results() []string {
	var list []string
	if n := t.Enrolments.VoluntarySINew; n > 0 {
		list = append(list, t.p.Text("report.results.si", "n", n))
	}
	if n := t.Enrolments.SelfPaidHI; n > 0 {
		list = append(list, t.p.Text("report.results.hi", "n", n))
	}
	out := []string{t.p.Text("report.results", "n", t.Enrolments.Total, "list", t.p.List(list))}
	if n := t.Elsewhere.Enrolments.Total; n > 0 {
		out = append(out, t.p.Text("report.results.elsewhere", "n", n))
	}
	if n := t.NoncashSwitches; n > 0 {
		out = append(out, t.p.Text("report.switches", "n", n))
	}
	var renewals []string
	if n := t.Renewals.VoluntarySI; n > 0 {
		renewals = append(renewals, t.p.Text("report.renewals.si", "n", n))
	}
	if n := t.Renewals.SelfPaidHI; n > 0 {
		renewals = append(renewals, t.p.Text("report.renewals.hi", "n", n))
	}
	if len(renewals) > 0 {
		out = append(out, t.p.Text("report.renewals", "list", t.p.List(renewals)))
	}
	return out
}

func (t *teller) named() (out []string) {
	for _, o := range t.OfficesNamed {
		var list []string
		if o.Enrolments > 0 {
			list = append(list, t.p.Text("report.named.joined", "n", o.Enrolments))
		}
		if o.NoncashSwitches > 0 {
			list = append(list, t.p.Text("report.named.switched", "n", o.NoncashSwitches))
		}
		if len(list) == 0 {
			out = append(out, t.p.Text("report.named.none", "place", o.Name))
			continue
		}
		out = append(out, t.p.Text("report.named", "place", o.Name, "list", t.p.List(list)))
	}
	return out
}

func (t *teller) donations() []string {
	n, students := t.CardDonations, t.CardDonationsToStudents
	switch where := t.where(cardDonations); {
	case n <= 0:
		return nil
	case students == n:
		return []string{t.p.Text("report.donations.students", "n", n, "where", where)}
	case students > 0:
		return []string{t.p.Text("report.donations", "n", n, "where", where), t.p.Text("report.donations.part", "n", students)}
	default:
		return []string{t.p.Text("report.donations", "n", n, "where", where)}
	}
}

// leaders is how many offices the league tells.
const leaders = 3

func (t *teller) league() []string {
	var list []string
	if t.RankedPer != "" {
		for _, o := range t.Offices {
			if o.Rank > 0 && o.Score != nil && *o.Score > 0 && len(list) < leaders {
				score := t.p.Percent(int(*o.Score))
				if t.RankedPer != campaign.PerTarget {
					score = t.p.Tenths(int(*o.Score))
				}
				list = append(list, t.p.Text("report.league.by."+string(t.RankedPer), "place", o.Name, "score", score))
			}
		}
		if len(list) == 0 {
			return nil
		}
		return []string{t.p.Text("report.league.ruled", "list", t.p.List(list))}
	}
	for _, o := range t.Offices {
		if o.Percent != nil && o.Enrolments.Total > 0 && len(list) < leaders {
			list = append(list, t.p.Text("report.league.place", "place", o.Name, "percent", t.p.Percent(int(*o.Percent))))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return []string{t.p.Text("report.league", "list", t.p.List(list))}
}

func (t *teller) targets() (out []string) {
	if list := t.against(t.Targets); list != "" {
		out = append(out, t.p.Text("report.targets", "list", list))
	}
	for _, aim := range t.Targets {
		switch {
		case aim.Indicator != tally.Enrolments || aim.Target == 0:
		case aim.Actual >= aim.Target:
			out = append(out, t.p.Text("report.targets.reached"))
		default:
			out = append(out, t.p.Text("report.targets.left", "n", aim.Target-aim.Actual))
		}
	}
	return out
}

func (t *teller) peak() []string {
	if t.Peak == nil {
		return nil
	}
	list := t.against(t.Peak.Targets)
	if list == "" {
		return nil
	}
	return []string{t.p.Text("report.peak", "n", t.Peak.Days, "from", t.p.LongDate(t.Peak.From), "to", t.p.LongDate(t.Peak.To), "list", list)}
}

// against lists what came of targets, those of 0 left out.
func (t *teller) against(targets []Target) string {
	var list []string
	for _, aim := range targets {
		if aim.Percent != nil {
			list = append(list, t.p.Text("report.target", "figure", t.figure(aim.Indicator),
				"actual", aim.Actual, "target", aim.Target, "percent", t.p.Percent(int(*aim.Percent))))
		}
	}
	return t.p.Series(list)
}

func (t *teller) figure(i tally.Indicator) string { return t.p.Text("report.figure." + string(i)) }

// late tells each difference; of a sum and its parts the sum alone.
func (t *teller) late() []string {
	told := map[tally.Indicator]bool{}
	var list []string
	for _, i := range shown() {
		n := t.Late[i]
		if n == 0 || told[i] {
			continue
		}
		for _, part := range i.Parts() {
			told[part] = true
		}
		list = append(list, t.p.Text("report.late.figure", "figure", t.figure(i), "difference", t.p.Signed(n)))
	}
	if len(list) == 0 {
		return nil
	}
	return []string{t.p.Text("report.late", "list", t.p.Series(list))}
}

func (t *teller) synthetic() []string {
	if !t.Synthetic {
		return nil
	}
	return []string{t.p.Text("report.synthetic")}
}
