package planning

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"caunoi/journal"
)

// Limits of a spreadsheet that is read.
const (
	mostUnpacked  = 64 << 20 // bytes of a file, and of an .xlsx unfolded
	mostInMemory  = 8 << 20  // of which more than this lie in temporary files
	mostColumns   = 200
	headingWithin = 20 // rows that are not empty, among which the headings stand
)

// book is a workbook that is written row by row.
type book struct {
	file   *excelize.File
	w      *excelize.StreamWriter
	styles [asHeading + 1]int
	row    int
}

func newBook() (*book, error) {
	b := &book{file: excelize.NewFile()}
	date, hour, both := "yyyy-mm-dd", "hh:mm", "yyyy-mm-dd hh:mm"
	var err error
	for i, style := range []excelize.Style{
		{NumFmt: 49}, // text: zeros in front stay
		{CustomNumFmt: &date},
		{CustomNumFmt: &hour},
		{CustomNumFmt: &both},
		{NumFmt: 3}, // with groups of three
		{NumFmt: 49, Font: &excelize.Font{Bold: true}},
	} {
		if b.styles[i], err = b.file.NewStyle(&style); err != nil {
			return nil, err
		}
	}
	if b.w, err = b.file.NewStreamWriter(b.file.GetSheetName(0)); err != nil {
		return nil, err
	}
	return b, nil
}

// column says how a column looks, before any row is written.
func (b *book) column(n int, width float64, form int) error {
	return cmp.Or(b.w.SetColWidth(n, n, width), b.w.SetColStyle(n, n, b.styles[form]))
}

// frame keeps the headings in sight, and has them filter the rows.
func (b *book) frame(columns, rows int) error {
	last, err := excelize.CoordinatesToCellName(columns, rows)
	return cmp.Or(err,
		b.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		b.file.AutoFilter(b.file.GetSheetName(0), "A1:"+last, nil))
}

func (b *book) add(row []cell) error {
	b.row++
	values := make([]any, len(row))
	for i, c := range row {
		out := excelize.Cell{StyleID: b.styles[c.form]}
		switch {
		case c.form != asText && c.form != asHeading:
			out.Value = c.n
		case strings.HasPrefix(c.text, "'") && risky.MatchString(c.text):
			out.Value = "'" + c.text // since reading takes one away
		case c.text != "":
			out.Value = c.text // a text whatever it begins with
		}
		values[i] = out
	}
	return b.w.SetRow("A"+strconv.Itoa(b.row), values)
}

func (b *book) writeTo(w io.Writer) error {
	if err := b.w.Flush(); err != nil {
		return err
	}
	_, err := b.file.WriteTo(w)
	return err
}

// line is a row of a file that is not empty.
type line struct {
	number int
	cells  []string
}

// sheetForm is what is known of a table before its rows are read.
type sheetForm struct {
	known   map[string]int // columns, from 1, by what they may be called
	columns int
	most    int // rows
}

// headings finds the row of headings, which has most of the columns, and where
// each of them is; -1 where it is not.
func (f *sheetForm) headings(lines []line) (head int, at []int) {
	most := -1
	for n, l := range lines[:min(len(lines), headingWithin)] {
		here := slices.Repeat([]int{-1}, f.columns)
		found := 0
		for i, heading := range l.cells {
			heading = clean(heading) // marks tell Tổ from to
			col := cmp.Or(f.known[lower(heading)], f.known[key(heading)]) - 1
			if heading != "" && col >= 0 && here[col] < 0 { // the first of two counts
				here[col] = i
				found++
			}
		}
		if found > most {
			head, at, most = n, here, found
		}
	}
	if at == nil {
		return -1, slices.Repeat([]int{-1}, f.columns)
	}
	return head, at
}

// gather keeps the rows that are not empty, one more than may be read.
func (f *sheetForm) gather(next func() (line, error)) (out []line, err error) {
	for len(out) <= headingWithin+f.most {
		l, err := next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(l.cells) > mostColumns {
			return nil, journal.Refuse("sheet.too_big")
		}
		if slices.ContainsFunc(l.cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			out = append(out, l)
		}
	}
	return out, nil
}

func (f *sheetForm) readXLSX(r io.Reader) (lines []line, from1904 bool, err error) {
	raw, err := readAll(r, mostUnpacked)
	if err != nil {
		return nil, false, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostInMemory,
	})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size exceeds") {
			return nil, false, journal.Refuse("sheet.too_big")
		}
		return nil, false, unreadable(err)
	}
	defer file.Close()
	props, err := file.GetWorkbookProps()
	sheets := file.GetSheetList()
	if err != nil || len(sheets) == 0 {
		return nil, false, unreadable(err)
	}
	rows, err := file.Rows(sheets[0])
	if err != nil {
		return nil, false, unreadable(err)
	}
	defer rows.Close()
	number := 0
	lines, err = f.gather(func() (line, error) {
		if !rows.Next() {
			if err := rows.Error(); err != nil {
				return line{}, unreadable(err)
			}
			return line{}, io.EOF
		}
		number++
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return line{}, unreadable(err)
		}
		return line{number, cells}, nil
	})
	return lines, props.Date1904 != nil && *props.Date1904, err
}

func unreadable(err error) error {
	return errors.Join(journal.Refuse("sheet.unreadable"), err)
}

func readAll(r io.Reader, most int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(raw)) > most {
		return nil, journal.Refuse("sheet.too_big")
	}
	return raw, err
}

// readCSV takes for separator the one by which most headings are known: lists
// within the cells have separators of their own.
func (f *sheetForm) readCSV(r io.Reader) (best []line, err error) {
	// A byte-order mark tells UTF-16; without one it is UTF-8.
	raw, err := readAll(transform.NewReader(bufio.NewReader(r), unicode.BOMOverride(unicode.UTF8.NewDecoder())), mostUnpacked)
	if err != nil {
		return nil, err
	}
	if bytes.ContainsRune(raw, '\ufffd') || bytes.IndexByte(raw, 0) >= 0 {
		return nil, journal.Refuse("sheet.encoding")
	}
	most := -1
	for _, comma := range ",;\t|" {
		in := csv.NewReader(bytes.NewReader(raw))
		in.Comma, in.FieldsPerRecord, in.LazyQuotes = comma, -1, true
		within := 0 // line ends within cells, which make no row
		lines, err2 := f.gather(func() (line, error) {
			cells, err := in.Read()
			if err == io.EOF {
				return line{}, err
			}
			if err != nil {
				return line{}, unreadable(err)
			}
			at, _ := in.FieldPos(0)
			l := line{at - within, cells}
			for _, c := range cells {
				within += strings.Count(c, "\n")
			}
			return l, nil
		})
		_, at := f.headings(lines)
		found := len(slices.DeleteFunc(at, func(i int) bool { return i < 0 }))
		if err = cmp.Or(err, err2); err2 == nil && found > most {
			best, most = lines, found
		}
	}
	if most <= 0 && err != nil {
		return nil, err
	}
	return best, nil
}
