package sheet

import (
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// asText is the number format with which a spreadsheet leaves what is typed as
// it is: zeros in front stay, and nothing is taken for a formula.
const asText = 49

// Book writes a workbook row by row.
type Book struct {
	file  *excelize.File
	w     *excelize.StreamWriter
	style int
	row   int
}

// NewBook begins a workbook with headings.
func NewBook(headings []string) (*Book, error) {
	b := &Book{file: excelize.NewFile()}
	var err error
	if b.style, err = b.file.NewStyle(&excelize.Style{NumFmt: asText}); err != nil {
		return nil, err
	}
	bold, err := b.file.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	if b.w, err = b.file.NewStreamWriter(b.file.GetSheetName(0)); err != nil {
		return nil, err
	}
	if err := errors.Join(
		b.w.SetColWidth(1, max(1, len(headings)), 18),
		b.w.SetColStyle(1, max(1, len(headings)), b.style),
		b.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
	); err != nil {
		return nil, err
	}
	return b, b.add(headings, bold)
}

// Add adds a row of texts. They are texts whatever they begin with: no
// spreadsheet works them out.
func (b *Book) Add(cells []string) error { return b.add(cells, b.style) }

func (b *Book) add(cells []string, style int) error {
	b.row++
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		if runes := []rune(c); len(runes) > 2000 {
			c = string(runes[:2000])
		}
		values[i] = excelize.Cell{StyleID: style, Value: c}
	}
	return b.w.SetRow(at, values)
}

// NewErrors begins a workbook of rows that were refused or are doubtful.
func (f *File) NewErrors(row, reason string) (*Book, error) {
	var headings []string
	for _, c := range f.Columns {
		headings = append(headings, c.Heading)
	}
	return NewBook(append(headings, row, reason))
}

// AddError adds a row of f with the reason.
func (b *Book) AddError(f *File, row Row, reason string) error {
	cells := make([]string, len(f.Columns)+2)
	copy(cells[:len(f.Columns)], row.Cells)
	cells[len(cells)-2], cells[len(cells)-1] = strconv.Itoa(row.Number), reason
	return b.Add(cells)
}

// WriteTo ends the workbook and writes it.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	if err := b.w.Flush(); err != nil {
		return 0, err
	}
	n, err := b.file.WriteTo(w)
	return n, errors.Join(err, b.file.Close())
}

// Template writes an empty sheet with all columns, and one row in a second
// sheet that shows how each is filled in.
func Template(w io.Writer, example string) error {
	var headings, samples []string
	for _, f := range Fields {
		headings, samples = append(headings, f.Heading), append(samples, f.Example)
	}
	b, err := NewBook(headings)
	if err != nil {
		return err
	}
	if _, err := b.file.NewSheet(example); err != nil {
		return err
	}
	for i, row := range [][]string{headings, samples} {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := errors.Join(b.file.SetCellStr(example, at, cell), b.file.SetCellStyle(example, at, at, b.style)); err != nil {
				return err
			}
		}
	}
	_, err = b.WriteTo(w)
	return err
}
