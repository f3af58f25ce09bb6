package planning

import (
	"cmp"
	"encoding/csv"
	"io"
	"path/filepath"
	"regexp"
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
	ID        journal.ID
	Cancelled bool
	// Refusal says why the row cannot be taken; Draft is then what could be read.
	Refusal *journal.Refusal
}

// Column is a column of the plan as a spreadsheet.
type Column struct {
	Name     string // stable: a heading in any language
	Required bool

	width   float64 // in characters
	form    int     // of the cells, for who fills in more of them
	several bool
	write   func(c *cells, s *tally.Session) cell
	read    func(c *cells, r *Row, text string) *journal.Refusal
}

// Columns are the columns, in the order in which they are written.
var Columns = []Column{
	{Name: "id", width: 14, write: func(_ *cells, s *tally.Session) cell { return identified(s.ID) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		return c.id(&r.ID, text)
	}},
	{Name: "date", Required: true, width: 12, form: asDate, write: func(_ *cells, s *tally.Session) cell { return dated(s.Start) }, read: (*cells).readDate},
	{Name: "from", Required: true, width: 8, form: asTime, write: func(_ *cells, s *tally.Session) cell { return timed(s.Start) }, read: (*cells).readFrom},
	{Name: "to", width: 8, form: asTime, write: func(_ *cells, s *tally.Session) cell {
		if s.End.Sub(s.Start) >= 24*time.Hour { // a time of day would not tell
			return moment(s.End)
		}
		return timed(s.End)
	}, read: (*cells).readTo},
	{Name: "kind", Required: true, width: 20, write: func(c *cells, s *tally.Session) cell { return said(c.text("activity." + string(s.Kind))) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
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
	{Name: "post", width: 14, write: func(_ *cells, s *tally.Session) cell { return identified(s.Post) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		return c.id(&r.Draft.Post, text)
	}},
	{Name: "status", width: 12, write: func(c *cells, s *tally.Session) cell { return said(c.text("status." + string(s.Status()))) }, read: func(c *cells, r *Row, text string) *journal.Refusal {
		r.Cancelled = c.cancelled[key(text)]
		return nil
	}},
	{Name: "reason", width: 14, write: func(c *cells, s *tally.Session) cell {
		if reason := cmp.Or(s.CancelReason, s.MoveReason); reason != "" {
			return said(c.text("plan.reason." + reason))
		}
		return cell{}
	}, read: func(*cells, *Row, string) *journal.Refusal { return nil }},
}

func free(name string, width float64, required bool, at func(*Draft) *string) Column {
	return Column{
		Name: name, width: width, Required: required,
		write: func(_ *cells, s *tally.Session) cell { return said(*at(draftOf(s))) },
		read:  func(_ *cells, r *Row, text string) *journal.Refusal { *at(&r.Draft) = text; return nil },
	}
}

func named(name string, width float64, required bool, among func(*cells, *Draft) *names, at func(*Draft) *string) Column {
	return Column{
		Name: name, width: width, Required: required,
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
func list(name string, width float64, among func(*cells) *names, at func(*Draft) *[]string) Column {
	return Column{
		Name: name, width: width, several: true,
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

// cells turns activities into cells and back.
type cells struct {
	*gazetteer
	text func(string) string // for writing

	kinds     map[string]campaign.ActivityKind // by folded name
	cancelled map[string]bool
	from1904  bool // the workbook counts its days from 1904
	row       int
	column    string
	day       time.Time // of the row; zero if it has none
}

func (c *cells) refuse(code, value string) *journal.Refusal {
	return &journal.Refusal{Code: code, Params: map[string]any{"row": c.row, "column": c.column, "value": value}}
}

func (c *cells) bad(value string) *journal.Refusal { return c.refuse("planning.cell", value) }

func (c *cells) find(among *names, text string) (string, *journal.Refusal) {
	switch ids := among.find(text); len(ids) {
	case 0:
		return "", c.bad(text)
	case 1:
		return ids[0], nil
	default:
		return "", c.refuse("planning.ambiguous", text)
	}
}

func (c *cells) id(at *journal.ID, text string) *journal.Refusal {
	id, err := journal.ParseID(text)
	if err != nil {
		return c.bad(text)
	}
	*at = id
	return nil
}

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

// risky is what a spreadsheet would work out as a formula, behind any number
// of the apostrophes that keep it from that.
var risky = regexp.MustCompile("^'*[=+@\t\r-]")

// WriteSheet writes the plan as a spreadsheet, whose headings and words text
// gives: plan.column.… of each of [Columns], activity.…, status.… and
// reason.…. Refusal: sheet.kind.
func WriteSheet(w io.Writer, format string, text func(key string) string, plan *campaign.Plan, sessions []*tally.Session) error {
	var add func(row []cell) error
	var end func() error
	switch format {
	case "xlsx":
		book, err := newBook(len(sessions) + 1)
		if err != nil {
			return err
		}
		defer book.file.Close()
		add, end = book.add, func() error { return book.writeTo(w) }
	case "csv":
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
		out := csv.NewWriter(w)
		out.UseCRLF = true
		add = func(row []cell) error {
			texts := make([]string, len(row))
			for i, c := range row {
				if texts[i] = c.text; risky.MatchString(c.text) {
					texts[i] = "'" + c.text
				}
			}
			return out.Write(texts)
		}
		end = func() error { out.Flush(); return out.Error() }
	default:
		return journal.Refuse("sheet.kind")
	}
	row := make([]cell, len(Columns))
	for i, col := range Columns {
		row[i] = cell{text: clean(text("plan.column." + col.Name)), form: asHeading}
	}
	err := add(row)
	known := map[string]*gazetteer{}
	for _, s := range sessions {
		province := ""
		if c := plan.Campaigns[s.Campaign]; c != nil {
			province = c.Province
		}
		if known[province] == nil {
			known[province] = newGazetteer(plan, province)
		}
		c := &cells{gazetteer: known[province], text: text}
		for i, col := range Columns {
			row[i] = col.write(c, s)
		}
		err = cmp.Or(err, add(row))
	}
	return cmp.Or(err, end())
}

// ReadSheet reads the plan from a spreadsheet, whose kind its name's ending
// tells, as somebody filled it in: headings and words in any of the languages
// that texts give. Every row is answered for: refusals of a row are
// planning.cell and planning.ambiguous. Refusals of all: sheet.kind,
// sheet.unreadable, sheet.too_big, sheet.encoding, planning.columns (with what
// is missing), planning.many.
func ReadSheet(name string, r io.Reader, texts []func(key string) string, plan *campaign.Plan, province string) ([]Row, error) {
	known := map[string]int{}
	c := &cells{gazetteer: newGazetteer(plan, province), kinds: map[string]campaign.ActivityKind{}, cancelled: map[string]bool{}}
	for _, text := range append([]func(string) string{nil}, texts...) {
		say := func(prefix, name string) string {
			if text == nil {
				return name // the stable names come first
			}
			return clean(text(prefix + name))
		}
		for i, col := range Columns {
			for _, k := range []string{lower(say("plan.column.", col.Name)), key(say("plan.column.", col.Name))} {
				known[k] = cmp.Or(known[k], i+1)
			}
		}
		for _, kind := range campaign.ActivityKinds {
			k := key(say("activity.", string(kind)))
			c.kinds[k] = cmp.Or(c.kinds[k], kind)
		}
		c.cancelled[key(say("status.", string(campaign.StatusCancelled)))] = true
	}
	var lines []line
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		lines, c.from1904, err = readXLSX(r)
	case ".csv", ".txt", ".tsv":
		lines, err = readCSV(r, known)
	default:
		err = journal.Refuse("sheet.kind")
	}
	if err != nil {
		return nil, err
	}
	head, at := headings(lines, known)
	var missing []string
	for i, col := range Columns {
		if col.Required && at[i] < 0 {
			missing = append(missing, col.Name)
		}
	}
	if len(missing) > 0 {
		return nil, journal.Refuse("planning.columns", "missing", strings.Join(missing, ", "))
	}
	if lines = lines[head+1:]; len(lines) > MostAtOnce {
		return nil, journal.Refuse("planning.many", "most", MostAtOnce)
	}
	rows := make([]Row, len(lines))
	for k, l := range lines {
		rows[k] = c.read(l, at)
	}
	return rows, nil
}

// read reads one row, of which the columns are at some places.
func (c *cells) read(l line, at []int) Row {
	r := Row{Number: l.number}
	c.row, c.day = l.number, time.Time{}
	for i, col := range Columns {
		text := ""
		if at[i] >= 0 && at[i] < len(l.cells) {
			if text = l.cells[at[i]]; col.several {
				text = strings.ReplaceAll(text, "\n", ";")
			}
			if text = clean(text); strings.HasPrefix(text, "'") && risky.MatchString(text) {
				text = text[1:]
			}
		}
		c.column = col.Name
		var refusal *journal.Refusal
		switch {
		case text != "":
			refusal = col.read(c, &r, text)
		case col.Required:
			refusal = c.bad("")
		}
		r.Refusal = cmp.Or(r.Refusal, refusal)
	}
	return r
}
