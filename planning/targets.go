package planning

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// MostTargets is how many targets a file may hold, MostTarget how high one is.
const (
	MostTargets = 5000
	MostTarget  = 100_000_000
)

// TargetRow is a target as a spreadsheet has it, of no campaign yet.
type TargetRow struct {
	Number int // of the row as spreadsheets show it, from 1
	campaign.Target
	// Refusal says why the row cannot be taken; Target is then what could be read.
	Refusal *journal.Refusal
}

var targetTable = table[campaign.Target, campaign.Target]{heads: "target.column.", most: MostTargets, many: "target.many", lacks: "target.columns", columns: []column[campaign.Target, campaign.Target]{
	{
		name: "office", required: true, width: 26,
		write: func(c *cells, t campaign.Target) cell { return said(c.offices.label(t.Office)) },
		read: func(c *cells, t *campaign.Target, text string) (refusal *journal.Refusal) {
			t.Office, refusal = c.find(c.offices, text)
			return refusal
		},
	},
	{
		name: "campaigner", width: 26,
		write: func(c *cells, t campaign.Target) cell {
			if t.Campaigner == "" {
				return cell{}
			}
			return said(c.people.label(t.Campaigner))
		},
		read: (*cells).readCampaigner,
	},
	{
		name: "indicator", required: true, width: 34,
		write: func(c *cells, t campaign.Target) cell { return said(c.figures.label(t.Indicator)) },
		read: func(c *cells, t *campaign.Target, text string) (refusal *journal.Refusal) {
			t.Indicator, refusal = c.find(c.figures, text)
			return refusal
		},
	},
	day("from", func(t *campaign.Target) *journal.Day { return &t.From }),
	day("to", func(t *campaign.Target) *journal.Day { return &t.To }),
	{
		name: "target", required: true, width: 12, form: asNumber,
		write: func(_ *cells, t campaign.Target) cell {
			return cell{text: strconv.Itoa(t.Value), n: float64(t.Value), form: asNumber}
		},
		read: func(c *cells, t *campaign.Target, text string) *journal.Refusal {
			n, ok := c.whole(text)
			if !ok || n > MostTarget {
				return c.bad(text)
			}
			t.Value = n
			return nil
		},
	},
}}

func day(name string, at func(*campaign.Target) *journal.Day) column[campaign.Target, campaign.Target] {
	return column[campaign.Target, campaign.Target]{
		name: name, required: true, width: 12, form: asDate,
		write: func(_ *cells, t campaign.Target) cell { return dated(at(&t).Start()) },
		read: func(c *cells, t *campaign.Target, text string) *journal.Refusal {
			moment, ok := c.moment(text)
			if !ok {
				return c.bad(text)
			}
			*at(t) = journal.DayOf(moment)
			return nil
		},
	}
}

// readCampaigner reads somebody of the row's office; of namesakes that one.
func (c *cells) readCampaigner(t *campaign.Target, text string) *journal.Refusal {
	ids := c.people.find(text)
	if len(ids) > 1 {
		here := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return c.plan.Campaigners[id].Office != t.Office })
		if len(here) != 1 {
			return c.refuse("planning.ambiguous", text)
		}
		ids = here
	}
	if len(ids) == 0 {
		return c.bad(text)
	}
	t.Campaigner = ids[0]
	return nil
}

var grouped = regexp.MustCompile(`^\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:\.\d{3})+)$`)

// whole reads a whole number, in any of our digits. In a workbook a point is a
// decimal point, and a part of one is no target; in a text it groups, as it
// does in Vietnamese.
func (c *cells) whole(text string) (n int, ok bool) {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= '০' && r <= '৯':
			return r - '০' + '0'
		case r == '\u00a0' || r == '\u202f':
			return ' '
		}
		return r
	}, text)
	if grouped.MatchString(text) && !(c.workbook && strings.Contains(text, ".")) {
		text = strings.NewReplacer(",", "", ".", "", " ", "").Replace(text)
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

// figuresIn are the indicators by what they are called, the stable names first.
func figuresIn(texts []func(key string) string) *names {
	called := map[tally.Indicator][]string{}
	all := append([]tally.Indicator{tally.Enrolments, tally.PeopleReached, tally.Activities}, tally.Indicators...)
	for _, i := range all {
		for _, text := range texts {
			called[i] = append(called[i], text("figure."+string(i)))
		}
	}
	n := &names{}
	for _, i := range all {
		n.add(string(i), called[i]...)
	}
	return n
}

// WriteTargets writes targets as a spreadsheet, whose headings and words text
// gives: target.column.… and figure.…. Refusal: sheet.kind.
func WriteTargets(w io.Writer, format string, text func(key string) string, plan *campaign.Plan, province string, targets []campaign.Target) error {
	c := &cells{gazetteer: newGazetteer(plan, province), figures: figuresIn([]func(string) string{text})}
	return targetTable.write(w, format, text, targets, func(campaign.Target) *cells { return c })
}

// ReadTargets reads targets from a spreadsheet, as [ReadSheet] does a plan.
// Refusals of a row are planning.cell and planning.ambiguous; of all:
// sheet.kind, sheet.unreadable, sheet.too_big, sheet.encoding, target.columns
// (with what is missing), target.many.
func ReadTargets(name string, r io.Reader, texts []func(key string) string, plan *campaign.Plan, province string) ([]TargetRow, error) {
	c := &cells{gazetteer: newGazetteer(plan, province), figures: figuresIn(texts)}
	lines, err := targetTable.read(name, r, texts, c)
	rows := make([]TargetRow, len(lines))
	for i, l := range lines {
		rows[i] = TargetRow{l.number, l.row, l.refusal}
	}
	return rows, err
}
