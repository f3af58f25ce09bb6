// Package sheet reads lists of people from spreadsheets (.xlsx) and from text
// with separators (.csv), as agencies keep them: headings that vary, a title
// above, numbers that lost their zeros. Rows come one at a time, so that a
// list of any length needs the same memory. Formulas are never worked out:
// what a file last showed for one is its text.
package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
)

// Limits of what is read.
const (
	mostUnpacked  = 1 << 30 // bytes that an .xlsx may unfold to
	mostInMemory  = 8 << 20 // of which more than this lie in temporary files
	mostColumns   = 200
	mostLine      = 1 << 20 // bytes of a row
	headingWithin = 20      // rows among which the headings stand
)

// Column is a column of a file and what it is read as.
type Column struct {
	Heading string `json:"heading"`
	Field   string `json:"field"` // name of a [Field]; empty: not read
}

// File is a list that is open.
type File struct {
	Columns []Column
	fields  []int // of each column, -1 if none
	number  int   // of the row read last
	rows    source
}

// source gives rows; io.EOF at the end.
type source interface {
	next() ([]string, error)
	close() error
}

// Open opens a list, whose kind its name's ending tells, and finds its
// headings. chosen says what further headings mean ("" is for one not to be
// read), and wins over what is recognised. Refusals: sheet.kind, sheet.unreadable, sheet.too_big,
// sheet.encoding, sheet.headings, sheet.field.
func Open(name string, r io.Reader, chosen map[string]string) (*File, error) {
	var rows source
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		rows, err = openXLSX(r)
	case ".csv", ".txt", ".tsv":
		rows, err = openCSV(r)
	default:
		return nil, journal.Refuse("sheet.kind")
	}
	if err != nil {
		return nil, err
	}
	f := &File{rows: rows}
	if err := f.head(chosen); err != nil {
		return nil, errors.Join(err, rows.close())
	}
	return f, nil
}

// Setting is the name under which is remembered what headings mean, as JSON.
const Setting = "people.columns"

// Close lets go of the list and removes what was unpacked of it.
func (f *File) Close() error { return f.rows.close() }

// head finds the row of headings: the first in which a name is among two or
// more that are known.
func (f *File) head(chosen map[string]string) error {
	by := map[string]int{}
	for heading, field := range chosen {
		i := fieldNamed(field)
		if i < 0 && field != "" {
			return journal.Refuse("sheet.field", "field", field)
		}
		by[fold(heading)] = i
	}
	for range headingWithin {
		row, err := f.rows.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		f.number++
		if f.recognise(row, by) {
			return nil
		}
	}
	return journal.Refuse("sheet.headings")
}

func (f *File) recognise(row []string, chosen map[string]int) bool {
	fields, taken := make([]int, len(row)), map[int]bool{}
	for i, heading := range row {
		field, ok := chosen[fold(heading)]
		if !ok {
			if field, ok = known[fold(heading)]; !ok {
				field = -1
			}
		}
		if taken[field] {
			field = -1 // the first of two columns counts
		}
		fields[i] = field
		taken[field] = field >= 0
	}
	if !taken[fieldNamed("name")] || !taken[fieldNamed("commune")] {
		return false
	}
	f.fields = fields
	for i, heading := range row {
		c := Column{Heading: strings.TrimSpace(heading)}
		if fields[i] >= 0 {
			c.Field = Fields[fields[i]].Name
		}
		f.Columns = append(f.Columns, c)
	}
	return true
}

// Row is a row below the headings.
type Row struct {
	Number int // from 1, as spreadsheets show it
	Cells  []string
}

// Next returns the next row that is not empty; io.EOF at the end.
func (f *File) Next() (Row, error) {
	for {
		cells, err := f.rows.next()
		if err != nil {
			return Row{}, err
		}
		f.number++
		if slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			return Row{f.number, cells}, nil
		}
	}
}

// Masked is the name in a row as lists show it.
func (f *File) Masked(row Row) string {
	i := slices.Index(f.fields, fieldNamed("name"))
	if i < 0 || i >= len(row.Cells) {
		return ""
	}
	p := people.Person{Personal: people.Personal{Name: row.Cells[i]}}
	return p.Mask().Name
}

// Record is what a row says of a person. A refusal is people.value.
func (f *File) Record(row Row, plan *campaign.Plan) (people.Record, error) {
	r := record{plan: plan}
	for i, cell := range row.Cells {
		if i >= len(f.fields) || f.fields[i] < 0 || strings.TrimSpace(cell) == "" {
			continue
		}
		if err := Fields[f.fields[i]].set(&r, cell); err != nil {
			return r.Record, err
		}
	}
	if r.hi.End != "" || r.hi.Start != "" {
		if r.hi.Scheme == "" {
			r.hi.Scheme = schemes["khac"]
		}
		r.Covers = []people.Cover{r.hi}
	}
	return r.Record, nil
}

// Batch returns the next rows, at most [BatchRows]; none at the end.
func (f *File) Batch() (rows []Row, err error) {
	for len(rows) < BatchRows {
		row, err := f.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// BatchRows is how many rows are one transaction.
const BatchRows = 500

// Take hands the records of rows to take, and answers for every row: one that
// cannot be read is refused here.
func (f *File) Take(rows []Row, plan *campaign.Plan, take func([]people.Record) ([]people.RowOutcome, error)) ([]people.RowOutcome, error) {
	outcomes := make([]people.RowOutcome, len(rows))
	var records []people.Record
	var at []int // the row of each record
	for i, row := range rows {
		record, err := f.Record(row, plan)
		if err != nil {
			var refusal *journal.Refusal
			if !errors.As(err, &refusal) {
				return nil, err
			}
			outcomes[i] = people.RowOutcome{Status: people.Refused, Refusal: refusal}
			continue
		}
		records, at = append(records, record), append(at, i)
	}
	done, err := take(records)
	for k, o := range done {
		outcomes[at[k]] = o
	}
	return outcomes, err
}

// Counts is what became of the rows of a list.
type Counts struct {
	Read     int `json:"read"`
	Added    int `json:"added"`
	Changed  int `json:"changed"`
	Same     int `json:"same"`
	Refused  int `json:"refused"`
	Doubtful int `json:"doubtful"` // taken, with something to look at
}

// Add counts one more row.
func (c *Counts) Add(o people.RowOutcome) {
	c.Read++
	switch o.Status {
	case people.Added:
		c.Added++
	case people.Changed:
		c.Changed++
	case people.Same:
		c.Same++
	case people.Refused:
		c.Refused++
		return
	}
	if len(o.Doubts) > 0 {
		c.Doubtful++
	}
}

// Details are the counts for the audit.
func (c *Counts) Details() map[string]string {
	return map[string]string{
		"read": strconv.Itoa(c.Read), "added": strconv.Itoa(c.Added), "changed": strconv.Itoa(c.Changed), "refused": strconv.Itoa(c.Refused),
	}
}

// csvRows are the rows of a text.
type csvRows struct {
	r    *csv.Reader
	left *limited
}

// limited refuses a row without end: a quote that is never closed would take
// the rest of the file into memory.
type limited struct {
	r io.Reader
	n int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.n <= 0 {
		return 0, journal.Refuse("sheet.too_big")
	}
	n, err := l.r.Read(p)
	l.n -= n
	return n, err
}

func openCSV(file io.Reader) (source, error) {
	// A byte-order mark tells UTF-16; without one it is UTF-8.
	text := bufio.NewReaderSize(transform.NewReader(file, unicode.BOMOverride(unicode.UTF8.NewDecoder())), 64<<10)
	start, err := text.Peek(16 << 10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	c := &csvRows{left: &limited{text, mostLine}}
	c.r = csv.NewReader(c.left)
	c.r.Comma, c.r.FieldsPerRecord, c.r.LazyQuotes = separator(start), -1, true
	return c, nil
}

// separator is the one of which the first lines have most.
func separator(start []byte) rune {
	best, most := ',', 0
	for _, r := range ",;\t|" {
		if n := bytes.Count(start, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

func (c *csvRows) next() ([]string, error) {
	c.left.n = mostLine
	row, err := c.r.Read()
	var r *journal.Refusal
	switch {
	case err == io.EOF || errors.As(err, &r):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", journal.Refuse("sheet.unreadable"), err)
	case len(row) > mostColumns:
		return nil, journal.Refuse("sheet.too_big")
	}
	for _, cell := range row {
		if !utf8.ValidString(cell) || strings.ContainsRune(cell, utf8.RuneError) || strings.ContainsRune(cell, 0) {
			return nil, journal.Refuse("sheet.encoding")
		}
	}
	return row, nil
}

func (c *csvRows) close() error { return nil }

// xlsxRows are the rows of a workbook's first sheet.
type xlsxRows struct {
	file *excelize.File
	rows *excelize.Rows
}

func openXLSX(r io.Reader) (source, error) {
	file, err := excelize.OpenReader(r, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostInMemory,
	})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size exceeds") {
			return nil, journal.Refuse("sheet.too_big")
		}
		return nil, fmt.Errorf("%w: %w", journal.Refuse("sheet.unreadable"), err)
	}
	sheets := file.GetSheetList()
	if len(sheets) == 0 {
		return nil, errors.Join(journal.Refuse("sheet.unreadable"), file.Close())
	}
	rows, err := file.Rows(sheets[0])
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", journal.Refuse("sheet.unreadable"), err), file.Close())
	}
	return &xlsxRows{file, rows}, nil
}

func (x *xlsxRows) next() ([]string, error) {
	if !x.rows.Next() {
		if err := x.rows.Error(); err != nil {
			return nil, fmt.Errorf("%w: %w", journal.Refuse("sheet.unreadable"), err)
		}
		return nil, io.EOF
	}
	row, err := x.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", journal.Refuse("sheet.unreadable"), err)
	}
	if len(row) > mostColumns {
		return nil, journal.Refuse("sheet.too_big")
	}
	return row, nil
}

func (x *xlsxRows) close() error { return errors.Join(x.rows.Close(), x.file.Close()) }
