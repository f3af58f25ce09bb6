package planning

import (
	"cmp"
	"encoding/csv"
	"io"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
)

// table is something as a spreadsheet: rows are written from W and read into R.
type table[W, R any] struct {
	heads       string // before the names of columns, as keys of texts
	most        int    // rows
	many, lacks string // codes of refusals: of too many rows, of missing columns
	columns     []column[W, R]
}

// column is a column of a table.
type column[W, R any] struct {
	name     string  // stable: a heading in any language
	required bool    // in each row
	must     bool    // be there, though cells may be empty
	width    float64 // in characters
	form     int     // of the cells, for who fills in more of them
	several  bool
	write    func(c *cells, from W) cell
	read     func(c *cells, into *R, text string) *journal.Refusal
}

// taken is a row as it was read.
type taken[R any] struct {
	number  int // as spreadsheets show it
	row     R
	refusal *journal.Refusal // why it cannot be taken; row is then what could be read
}

// cells turns what a table tells into cells and back.
type cells struct {
	*gazetteer
	text func(string) string // for writing

	kinds     map[string]campaign.ActivityKind // by folded name
	cancelled map[string]bool
	figures   *names
	covered   map[string]*names // villages by commune, those that only lists name, too
	workbook  bool              // else text
	from1904  bool              // the workbook counts its days from 1904
	row       int
	column    string    // the key of its heading
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

// risky is what a spreadsheet would work out as a formula, behind any number
// of the apostrophes that keep it from that.
var risky = regexp.MustCompile("^'*[=+@\t\r-]")

// write writes rows, whose headings and words text gives, with the cells of
// each. Refusal: sheet.kind.
func (t *table[W, R]) write(w io.Writer, format string, text func(key string) string, rows []W, of func(W) *cells) error {
	var add func(row []cell) error
	var end func() error
	switch format {
	case "xlsx":
		book, err := newBook()
		if err != nil {
			return err
		}
		defer book.file.Close()
		for i, col := range t.columns {
			if err := book.column(i+1, col.width, col.form); err != nil {
				return err
			}
		}
		if err := book.frame(len(t.columns), len(rows)+1); err != nil {
			return err
		}
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
	row := make([]cell, len(t.columns))
	for i, col := range t.columns {
		row[i] = cell{text: clean(text(t.heads + col.name)), form: asHeading}
	}
	err := add(row)
	for _, from := range rows {
		c := of(from)
		for i, col := range t.columns {
			row[i] = col.write(c, from)
		}
		err = cmp.Or(err, add(row))
	}
	return cmp.Or(err, end())
}

// saying goes through what things are called: by their stable names first,
// then in each language.
func saying(texts []func(key string) string) iter.Seq[func(prefix, name string) string] {
	return func(yield func(func(prefix, name string) string) bool) {
		if !yield(func(_, name string) string { return name }) {
			return
		}
		for _, text := range texts {
			if !yield(func(prefix, name string) string { return clean(text(prefix + name)) }) {
				return
			}
		}
	}
}

// read reads rows from a spreadsheet, whose kind its name's ending tells, with
// headings in any of the languages that texts give.
func (t *table[W, R]) read(name string, r io.Reader, texts []func(key string) string, c *cells) ([]taken[R], error) {
	form := sheetForm{known: map[string]int{}, columns: len(t.columns), most: t.most}
	for say := range saying(texts) {
		for i, col := range t.columns {
			called := say(t.heads, col.name)
			for _, k := range []string{lower(called), key(called)} {
				form.known[k] = cmp.Or(form.known[k], i+1)
			}
		}
	}
	var lines []line
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		c.workbook = true
		lines, c.from1904, err = form.readXLSX(r)
	case ".csv", ".txt", ".tsv":
		lines, err = form.readCSV(r)
	default:
		err = journal.Refuse("sheet.kind")
	}
	if err != nil {
		return nil, err
	}
	head, at := form.headings(lines)
	var missing []string
	for i, col := range t.columns {
		if (col.required || col.must) && at[i] < 0 {
			missing = append(missing, col.name)
		}
	}
	if len(missing) > 0 {
		return nil, journal.Refuse(t.lacks, "missing", strings.Join(missing, ", "))
	}
	if lines = lines[head+1:]; len(lines) > t.most {
		return nil, journal.Refuse(t.many, "most", t.most)
	}
	rows := make([]taken[R], len(lines))
	for k, l := range lines {
		rows[k] = t.row(c, l, at)
	}
	return rows, nil
}

// row reads one row, of which the columns are at some places.
func (t *table[W, R]) row(c *cells, l line, at []int) taken[R] {
	r := taken[R]{number: l.number}
	c.row, c.day = l.number, time.Time{}
	for i, col := range t.columns {
		text := ""
		if at[i] >= 0 && at[i] < len(l.cells) {
			if text = l.cells[at[i]]; col.several {
				text = strings.ReplaceAll(text, "\n", ";")
			}
			if text = clean(text); strings.HasPrefix(text, "'") && risky.MatchString(text) {
				text = text[1:]
			}
		}
		c.column = t.heads + col.name
		var refusal *journal.Refusal
		switch {
		case text != "":
			refusal = col.read(c, &r.row, text)
		case col.required:
			refusal = c.bad("")
		}
		r.refusal = cmp.Or(r.refusal, refusal)
	}
	return r
}
