package sheet_test

import (
	"archive/zip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/people/sheet"
)

var plan = &campaign.Plan{Communes: map[string]*campaign.Commune{
	"02647": {Code: "02647", Name: "Thử", Type: "xã"}, "02650": {Code: "02650", Name: "Hai", Type: "xã"}, "02651": {Code: "02651", Name: "Hai", Type: "phường"},
}}

func write(t testing.TB, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string, chosen map[string]string) (*sheet.File, error) {
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return sheet.Open(path, r, chosen)
}

// read reads all records; refused rows are nil.
func read(t testing.TB, path string, chosen map[string]string) (out []*people.Record, f *sheet.File) {
	f, err := open(t, path, chosen)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for {
		row, err := f.Next()
		if err == io.EOF {
			return out, f
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Record(row, plan)
		if err != nil {
			out = append(out, nil)
			continue
		}
		out = append(out, &r)
	}
}

// Every usual heading is recognised, however it is written.
func TestHeadings(t *testing.T) {
	for _, f := range sheet.Fields {
		for _, heading := range append([]string{f.Heading}, f.Also...) {
			for _, spelled := range []string{heading, strings.ToUpper(heading), norm.NFD.String(heading), "  " + heading + " (*)"} {
				headings := []string{"Họ và tên", "Mã xã", spelled}
				if f.Name == "name" || f.Name == "commune" {
					headings = map[string][]string{"name": {spelled, "Mã xã"}, "commune": {"Họ và tên", spelled}}[f.Name]
				}
				_, file := read(t, write(t, "a.csv", `"`+strings.Join(headings, `","`)+`"`+"\n"), nil)
				if !slices.ContainsFunc(file.Columns, func(c sheet.Column) bool { return c.Field == f.Name }) {
					t.Errorf("%q is not %s: %v", spelled, f.Name, file.Columns)
				}
			}
		}
	}
}

// The same list reads the same from every kind of file.
func TestKinds(t *testing.T) {
	rows := [][]string{
		{"Danh sách", "", ""},
		{"Họ và tên", "Mã xã", "Số CCCD", "Hạn thẻ BHYT", "Học sinh"},
		{"Mô phỏng Một", "2647", "010182000011", "31/12/2026", "x"},
		{},
		{"Mô phỏng Hai", "xã Thử", "", "sai", ""},
		{"Mô phỏng Ba", "Hai", "", "", "không"},
	}
	lines := func(sep string) string {
		var b strings.Builder
		for _, r := range rows {
			b.WriteString(strings.Join(r, sep) + "\r\n")
		}
		return b.String()
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(lines("\t"))
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	for i, r := range rows {
		for j, cell := range r {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			var v any = cell
			if i == 2 && j == 2 {
				v = 10182000011 // a number: the zero in front is gone
			}
			if err := book.SetCellValue("Sheet1", at, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	xlsx := filepath.Join(t.TempDir(), "a.xlsx")
	if err := book.SaveAs(xlsx); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		write(t, "a.csv", lines(",")), write(t, "b.csv", "\ufeff"+lines(";")), write(t, "c.CSV", utf16), write(t, "d.txt", lines("|")), xlsx,
	} {
		got, _ := read(t, path, nil)
		if len(got) != 3 || got[1] != nil {
			t.Fatalf("%s: %+v", path, got)
		}
		a, c := got[0], got[2]
		if a.Name != "Mô phỏng Một" || a.Commune != "02647" || !strings.HasSuffix(a.Citizen, "10182000011") || len(a.Covers) != 1 || a.Covers[0].End != "2026-12-31" || !*a.Student {
			t.Errorf("%s: %+v", path, a)
		}
		// Two communes are called so: the registry says which it does not know.
		if c.Commune != "Hai" || *c.Student {
			t.Errorf("%s: %+v", path, c)
		}
	}
}

func code(err error) string {
	var r *journal.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}

// What would do harm is refused, and what is only odd is text.
func TestHarm(t *testing.T) {
	bomb := filepath.Join(t.TempDir(), "bomb.xlsx")
	file, err := os.Create(bomb)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 1100 { // more than a gibibyte, in one megabyte
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	head := "Họ và tên,Mã xã\n"
	for path, want := range map[string]string{
		bomb: "sheet.too_big",
		write(t, "quote.csv", head+`"`+strings.Repeat("a\n", 2<<20)): "sheet.too_big",
		write(t, "wide.csv", head+strings.Repeat(",", 300)+"x\n"):    "sheet.too_big",
		write(t, "latin.csv", head+"L\xf2 Th\xf0,02647\n"):           "sheet.encoding",
		write(t, "zero.csv", head+"A\x00,02647\n"):                   "sheet.encoding",
		write(t, "none.csv", "a,b\n1,2\n"):                           "sheet.headings",
		write(t, "empty.csv", ""):                                    "sheet.headings",
		write(t, "not.xlsx", "PK\x03\x04 no"):                        "sheet.unreadable",
		write(t, "a.pdf", "%PDF"):                                    "sheet.kind",
	} {
		f, err := open(t, path, nil)
		for err == nil {
			_, err = f.Next()
		}
		if f != nil {
			f.Close()
		}
		if got := code(err); got != want {
			t.Errorf("%s: %s, want %s", filepath.Base(path), got, want)
		}
	}

	// A formula is never worked out: what the file showed is its text.
	book := excelize.NewFile()
	_ = book.SetSheetRow("Sheet1", "A1", &[]string{"Họ và tên", "Mã xã"})
	_ = book.SetSheetRow("Sheet1", "A2", &[]string{"=1+1", "02647"})
	_ = book.SetCellFormula("Sheet1", "A3", `WEBSERVICE("http://example.org")`)
	_ = book.SetCellStr("Sheet1", "B3", "02647")
	path := filepath.Join(t.TempDir(), "formula.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, path, nil)
	if len(got) != 2 || got[0].Name != "=1+1" || got[1].Name != "" {
		t.Errorf("formulas: %+v", got)
	}
}

// What a book says is text for whoever opens it.
func TestBook(t *testing.T) {
	b, err := sheet.NewBook([]string{"Họ và tên", "Mã xã"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add([]string{`=HYPERLINK("http://example.org")`, "02647"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "b.xlsx")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.WriteTo(file); err != nil {
		t.Fatal(err)
	}
	file.Close()
	got, _ := read(t, path, nil)
	if len(got) != 1 || got[0].Name != `=HYPERLINK("http://example.org")` || got[0].Commune != "02647" {
		t.Errorf("%+v", got)
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if formula, err := book.GetCellFormula(book.GetSheetName(0), "A2"); formula != "" || err != nil {
		t.Errorf("a formula was written: %q, %v", formula, err)
	}
}

// Columns that nobody knows are named; of two the first counts.
func TestChosen(t *testing.T) {
	got, f := read(t, write(t, "a.csv", "Ai,Họ và tên,Nơi,Ghi chú\nMô phỏng Một,Mô phỏng Hai,02647,x\n"), map[string]string{"AI": "name", "nơi": "commune"})
	if len(got) != 1 || got[0].Name != "Mô phỏng Một" || got[0].Commune != "02647" {
		t.Errorf("%+v", got)
	}
	if want := []sheet.Column{{"Ai", "name"}, {"Họ và tên", ""}, {"Nơi", "commune"}, {"Ghi chú", ""}}; !slices.Equal(f.Columns, want) {
		t.Errorf("%v", f.Columns)
	}
}

// The page names every column and every heading.
func TestPageNamesColumns(t *testing.T) {
	page, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sheet.Fields {
		if line := fmt.Sprintf("| `%s` | %s | %s |", f.Name, f.Heading, strings.Join(f.Also, "; ")); !strings.Contains(string(page), line) {
			t.Errorf("docs/import.md lacks\n%s", line)
		}
	}
}

var rowsOf = flag.Int("rows", 20_000, "rows of the long list")

// Memory does not grow with the list.
func TestFlatMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.xlsx")
	b, err := sheet.NewBook([]string{"Họ và tên", "Số CCCD", "Ngày sinh", "Giới tính", "Mã xã", "Thôn", "Số điện thoại"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range *rowsOf {
		err := b.Add([]string{fmt.Sprintf("Mô phỏng Người %d", i), fmt.Sprintf("01018%07d", i), "05/11/1982", "Nữ", "02647", "Thôn Thử", fmt.Sprintf("09%08d", i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.WriteTo(file); err != nil {
		t.Fatal(err)
	}
	file.Close()
	f, err := open(t, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	heap := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc >> 20)
	}
	n, early, late := 0, 0, 0
	for {
		row, err := f.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Record(row, plan); err != nil {
			t.Fatal(err)
		}
		switch n++; n {
		case *rowsOf / 10:
			early = heap()
		case *rowsOf * 9 / 10:
			late = heap()
		}
	}
	t.Logf("%d rows: %d MiB of heap after a tenth, %d MiB after nine tenths", n, early, late)
	if n != *rowsOf || late > early+8 {
		t.Errorf("%d rows of %d; heap from %d to %d MiB", n, *rowsOf, early, late)
	}
}
