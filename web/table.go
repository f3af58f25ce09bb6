package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"caunoi/access"
	"caunoi/journal"
)

// mostTable is how large a table that is sent to become a file may be, bytes.
const mostTable = 16 << 20

func (s *Server) tableRoutes() {
	op := operation("POST", "/api/v1/table", "A table as it stands on a screen, as a file; nothing of it is kept, of lists of people that it was made", "figures")
	op.MaxBodyBytes = mostTable
	register(s, access.ViewBoard, "list.exported", op, s.table)
}

type tableInput struct {
	Format string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	List   string `query:"list" enum:"people,worklist,calls,entries,duplicates,requests,audit,users,phones,approvals" doc:"the list of people that it shows, which the audit keeps"`
	Body   struct {
		Headings []string `json:"headings" minItems:"1" maxItems:"100"`
		Rows     [][]any  `json:"rows" maxItems:"100000" doc:"texts, numbers and nulls"`
	}
}

func (s *Server) table(_ context.Context, c Caller, in *tableInput) (*bookOutput, error) {
	c.Read.Details = map[string]string{"list": in.List, "rows": strconv.Itoa(len(in.Body.Rows)), "format": in.Format}
	if in.List == "" {
		c.Read.Act = namesNobody
	}
	var out bytes.Buffer
	write := writeXLSX
	if in.Format == "csv" {
		write = writeCSV
	}
	if err := write(&out, in.Body.Headings, in.Body.Rows); err != nil {
		return nil, err
	}
	return bookOf("table."+in.Format, out.Bytes()), nil
}

func writeXLSX(out *bytes.Buffer, headings []string, rows [][]any) error {
	file := excelize.NewFile()
	defer file.Close()
	w, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, len(headings), 18); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(headings))
	for i, h := range headings {
		head[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	for i, row := range append([][]any{head}, rows...) {
		for _, v := range row {
			if text, ok := v.(string); ok && len(text) > excelize.TotalCellChars {
				return journal.Refuse("sheet.too_big")
			}
		}
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = w.SetRow(cell, row) // a text stays a text, whatever it begins with
		}
		if err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Write(out)
}

// writeCSV writes UTF-8 with a byte-order mark, which spreadsheets need, and
// keeps texts from being taken for formulas.
func writeCSV(out *bytes.Buffer, headings []string, rows [][]any) error {
	out.WriteString("\ufeff")
	w := csv.NewWriter(out)
	if err := w.Write(headings); err != nil {
		return err
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case float64:
				cells[i] = strconv.FormatFloat(v, 'f', -1, 64)
			case string:
				if cells[i] = v; strings.ContainsAny(v[:min(1, len(v))], "=+-@\t\r") {
					cells[i] = "'" + v
				}
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
