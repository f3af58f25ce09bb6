package planning

import (
	"cmp"
	"io"
	"strings"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// lasts is how long an activity is taken to be where nobody says when it ends.
const lasts = 2 * time.Hour

// Row is an activity as a spreadsheet or a calendar has it.
type Row struct {
	Number int // of the row as spreadsheets show it, or of the event, from 1
	Draft  Draft
	// ID is that of an activity that is planned already; zero if there is none.
	ID journal.ID
	// UID is what another program calls the event, each occurrence of a series by
	// its start, so that it is found again when the calendar is brought again.
	UID string
	// Seen is the version of it that the file was made of; see [Seen]. Zero if
	// the file does not say.
	Seen      journal.ID
	Cancelled bool
	// Refusal says why the row cannot be taken; Draft is then what could be read.
	Refusal *journal.Refusal
}

// planColumn is a column of the plan as a spreadsheet.
type planColumn = column[*tally.Session, Row]

// planTable is the plan as a spreadsheet.
var planTable = table[*tally.Session, Row]{heads: "plan.column.", most: MostAtOnce, many: "planning.many", lacks: "planning.columns", columns: []planColumn{
	{name: "id", width: 14, write: func(_ *cells, s *tally.Session) cell { return identified(s.ID) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		return c.id(&r.ID, text)
	}},
	{name: "date", required: true, width: 12, form: asDate, write: func(_ *cells, s *tally.Session) cell { return dated(s.Start) }, read: (*cells).readDate},
	{name: "from", required: true, width: 8, form: asTime, write: func(_ *cells, s *tally.Session) cell { return timed(s.Start) }, read: (*cells).readFrom},
	{name: "to", width: 8, form: asTime, write: func(_ *cells, s *tally.Session) cell {
		if s.End.Sub(s.Start) >= 24*time.Hour { // a time of day would not tell
			return moment(s.End)
		}
		return timed(s.End)
	}, read: (*cells).readTo},
	{name: "kind", required: true, width: 20, write: func(c *cells, s *tally.Session) cell { return said(c.text("activity." + string(s.Kind))) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		kind, known := c.kinds[key(text)]
		if !known {
			return c.bad(text)
		}
		r.Draft.Kind = kind
		return nil
	}},
	free("sub_kind", 20, false, func(d *Draft) *string { return &d.SubKind }),
	named("office", 24, false, func(c *cells, _ *Draft) *names { return c.offices }, func(d *Draft) *string { return &d.Office }),
	named("commune", 18, true, func(c *cells, _ *Draft) *names { return c.communes }, func(d *Draft) *string { return &d.Commune }),
	named("village", 18, false, func(c *cells, d *Draft) *names { return c.villages(d.Commune) }, func(d *Draft) *string { return &d.Village }),
	free("place", 30, true, func(d *Draft) *string { return &d.Place }),
	free("room", 14, false, func(d *Draft) *string { return &d.Room }),
	named("lead", 22, false, func(c *cells, _ *Draft) *names { return c.people }, func(d *Draft) *string { return &d.Lead }),
	list("team", 40, func(c *cells) *names { return c.people }, func(d *Draft) *[]string { return &d.Team }),
	list("partners", 24, func(c *cells) *names { return c.partners }, func(d *Draft) *[]string { return &d.Partners }),
	list("vehicles", 16, nil, func(d *Draft) *[]string { return &d.Vehicles }),
	list("topics", 24, nil, func(d *Draft) *[]string { return &d.Topics }),
	{name: "post", width: 14, write: func(_ *cells, s *tally.Session) cell { return identified(s.Post) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		return c.id(&r.Draft.Post, text)
	}},
	{name: "status", width: 12, write: func(c *cells, s *tally.Session) cell { return said(c.text("status." + string(s.Status()))) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		r.Cancelled = c.cancelled[key(text)]
		return nil
	}},
	{name: "reason", width: 14, write: func(c *cells, s *tally.Session) cell {
		if reason := cmp.Or(s.CancelReason, s.MoveReason); reason != "" {
			return said(c.text("plan.reason." + reason))
		}
		return cell{}
	}, read: func(*cells, *Row, string) *journal.Refusal { return nil }},
	{name: "version", width: 14, write: func(_ *cells, s *tally.Session) cell { return identified(versionOf(s)) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		return c.id(&r.Seen, text)
	}},
}}

// versionOf is what [Row.Seen] is compared with.
func versionOf(s *tally.Session) journal.ID {
	e, _ := s.LastChange()
	return e.ID
}

func free(name string, width float64, required bool, at func(*Draft) *string) planColumn {
	return planColumn{
		name: name, width: width, required: required,
		write: func(_ *cells, s *tally.Session) cell { return said(*at(draftOf(s))) },
		read:  func(_ *cells, r *Row, text string) *journal.Refusal { *at(&r.Draft) = text; return nil },
	}
}

func named(name string, width float64, required bool, among func(*cells, *Draft) *names, at func(*Draft) *string) planColumn {
	return planColumn{
		name: name, width: width, required: required,
		write: func(c *cells, s *tally.Session) cell {
			d := draftOf(s)
			return said(among(c, d).label(*at(d)))
		},
		read: func(c *cells, r *Row, text string) (refusal *journal.Refusal) {
			*at(&r.Draft), refusal = c.find(among(c, &r.Draft), text)
			return refusal
		},
	}
}

// list is a column of several, of the plan or, with among nil, of free text.
func list(name string, width float64, among func(*cells) *names, at func(*Draft) *[]string) planColumn {
	return planColumn{
		name: name, width: width, several: true,
		write: func(c *cells, s *tally.Session) cell {
			var all []string
			for _, v := range *at(draftOf(s)) {
				if among != nil {
					v = among(c).label(v)
				}
				all = append(all, clean(strings.ReplaceAll(v, ";", ",")))
			}
			return said(strings.Join(all, "; "))
		},
		read: func(c *cells, r *Row, text string) *journal.Refusal {
			for v := range strings.SplitSeq(text, ";") {
				if v = clean(v); v != "" && among != nil {
					id, refusal := c.find(among(c), v)
					if refusal != nil {
						return refusal
					}
					v = id
				}
				if v != "" {
					*at(&r.Draft) = append(*at(&r.Draft), v)
				}
			}
			return nil
		},
	}
}

func draftOf(s *tally.Session) *Draft { return &Draft{s.Office, s.Commune, s.Planned} }

func (c *cells) readDate(_ *Row, text string) *journal.Refusal {
	day, ok := c.moment(text)
	if !ok {
		return c.bad(text)
	}
	c.day = journal.DayOf(day).Start()
	return nil
}

func (c *cells) readFrom(r *Row, text string) *journal.Refusal {
	at, ok := clock(text)
	if !ok { // a cell may hold the day as well
		if both, has := c.moment(text); has {
			at, ok = both.Sub(journal.DayOf(both).Start()), true
		}
	}
	if !ok || at >= 24*time.Hour {
		return c.bad(text)
	}
	if !c.day.IsZero() {
		r.Draft.Start = c.day.Add(at)
		r.Draft.End = r.Draft.Start.Add(lasts)
	}
	return nil
}

func (c *cells) readTo(r *Row, text string) *journal.Refusal {
	at, ok := clock(text)
	end := c.day.Add(at)
	if !ok {
		if end, ok = c.moment(text); !ok {
			return c.bad(text)
		}
	} else if end.Before(r.Draft.Start) {
		end = end.AddDate(0, 0, 1) // past midnight
	}
	if !r.Draft.Start.IsZero() {
		r.Draft.End = end
	}
	return nil
}

// WriteSheet writes the plan as a spreadsheet, whose headings and words text
// gives: plan.column.…, activity.…, status.… and reason.…. Refusal: sheet.kind.
func WriteSheet(w io.Writer, format string, text func(key string) string, plan *campaign.Plan, sessions []*tally.Session) error {
	known := map[string]*gazetteer{}
	return planTable.write(w, format, text, sessions, func(s *tally.Session) *cells {
		province := ""
		if c := plan.Campaigns[s.Campaign]; c != nil {
			province = c.Province
		}
		if known[province] == nil {
			known[province] = newGazetteer(plan, province)
		}
		return &cells{gazetteer: known[province], text: text}
	})
}

// ReadSheet reads the plan from a spreadsheet, whose kind its name's ending
// tells, as somebody filled it in: headings and words in any of the languages
// that texts give. Every row is answered for: refusals of a row are
// planning.cell and planning.ambiguous. Refusals of all: sheet.kind,
// sheet.unreadable, sheet.too_big, sheet.encoding, planning.columns (with what
// is missing), planning.many.
func ReadSheet(name string, r io.Reader, texts []func(key string) string, plan *campaign.Plan, province string) ([]Row, error) {
	c := &cells{gazetteer: newGazetteer(plan, province), kinds: map[string]campaign.ActivityKind{}, cancelled: map[string]bool{}}
	for say := range saying(texts) {
		for _, kind := range campaign.ActivityKinds {
			k := key(say("activity.", string(kind)))
			c.kinds[k] = cmp.Or(c.kinds[k], kind)
		}
		c.cancelled[key(say("status.", string(campaign.StatusCancelled)))] = true
	}
	lines, err := planTable.read(name, r, texts, c)
	rows := make([]Row, len(lines))
	for i, l := range lines {
		rows[i] = l.row
		rows[i].Number, rows[i].Refusal = l.number, l.refusal
	}
	return rows, err
}
