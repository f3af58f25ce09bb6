package planning_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/planning"
	"caunoi/tally"
)

var vi = map[string]string{
	"plan.column.id": "Mã", "plan.column.date": "Ngày", "plan.column.from": "Từ", "plan.column.to": "Đến",
	"plan.column.kind": "Loại", "plan.column.commune": "Xã, phường", "plan.column.place": "Địa điểm", "plan.column.team": "Tổ",
	"activity.opening_ceremony": "lễ ra quân", "activity.small_group": "nhóm nhỏ", "activity.booth": "quầy tư vấn",
	"status.cancelled": "đã huỷ", "status.moved": "đã dời", "plan.reason.weather": "thời tiết",
}

func text(key string) string {
	if s := vi[key]; s != "" {
		return s
	}
	return key
}

var texts = []func(string) string{text, func(key string) string { return "en " + key }}

// nasty are names that spreadsheets and lists trip over.
var nasty = []string{
	"=HYPERLINK(\"http://example.org\")", "'=1+1", "''=2", "'tis", "-3", "@sum", "+84", `Thôn "Một"`, "A; B", "A, B", "Nguyễn (p1)",
	"_x0041_", "<b>&amp;", "Bản Phủ | 2", "12:30", "2026-03-02", "0001", "1e5", "#N/A", "Hoà", "Hòa", "Hoa", "|", "p1", "đ", "漢字", "TRUE",
}

func world() *campaign.Plan {
	p := campaign.NewPlan(nil)
	p.Offices["tinh"] = &campaign.Office{ID: "tinh", Name: "BHXH tỉnh Thử", Kind: campaign.Province}
	p.Offices["khac"] = &campaign.Office{ID: "khac", Name: "BHXH tỉnh Khác", Kind: campaign.Province}
	p.Campaigns["c"] = &campaign.Campaign{ID: "c", Province: "tinh", Start: "2026-03-01", End: "2026-05-31"}
	for i, name := range nasty {
		id := fmt.Sprint("o", i)
		p.Offices[id] = &campaign.Office{ID: id, Parent: "tinh", Name: name, Kind: campaign.GrassRoots}
		id = fmt.Sprint("p", i)
		p.Campaigners[id] = &campaign.Campaigner{ID: id, Name: name, Office: "o1"}
		code := fmt.Sprintf("0%d", 2600+i)
		p.Communes[code] = &campaign.Commune{Code: code, Name: name, Type: []string{"xã", "phường"}[i%2], Office: "o2", Lat: 22.5, Lon: 104}
		id = fmt.Sprint("v", i)
		p.Villages[id] = &campaign.Village{ID: id, Name: nasty[(i+7)%len(nasty)], Commune: fmt.Sprintf("0%d", 2600+i/3)}
	}
	for id, name := range map[string]string{"l1": "Mô phỏng Lan", "l2": "Mô phỏng Lân", "h": "Mô phỏng Hiền"} {
		p.Campaigners[id] = &campaign.Campaigner{ID: id, Name: name, Office: "o1"}
	}
	p.Campaigners["away"] = &campaign.Campaigner{ID: "away", Name: "Mô phỏng Xa", Office: "khac"}
	p.Communes["00100"] = &campaign.Commune{Code: "00100", Name: "Mường Thử", Type: "xã", Office: "o1"}
	p.Communes["00101"] = &campaign.Commune{Code: "00101", Name: "Thử", Type: "xã", Office: "o1"}
	p.Communes["00102"] = &campaign.Commune{Code: "00102", Name: "Hai", Type: "xã", Office: "o1"}
	p.Communes["00103"] = &campaign.Commune{Code: "00103", Name: "Hai", Type: "phường", Office: "o1"}
	p.Villages["w1"] = &campaign.Village{ID: "w1", Name: "Bản Một", Commune: "00100"}
	return p
}

func ids[V any](m map[string]V, keep func(V) bool) []string {
	var out []string
	for id, v := range m {
		if keep(v) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// sessions draws activities; semicolons in free texts are lists' own.
func sessions(t *rapid.T, plan *campaign.Plan) []*tally.Session {
	offices := ids(plan.Offices, func(o *campaign.Office) bool { return plan.Under(o.ID, "tinh") })
	people := ids(plan.Campaigners, func(c *campaign.Campaigner) bool { return plan.Under(c.Office, "tinh") })
	communes := ids(plan.Communes, func(*campaign.Commune) bool { return true })
	some := func(of []string) *rapid.Generator[[]string] {
		return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(of), 0, 4), func(s []string) []string {
			if len(s) == 0 {
				return nil
			}
			return s
		})
	}
	free := rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(rapid.SampledFrom(nasty), rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("=+-@'\"\t\r\n,;|x_ 0đ")))).Draw(t, "text")
		return planning.Clean(strings.ReplaceAll(s, ";", ","))
	})
	lists := rapid.Map(rapid.SliceOfN(free.Filter(func(s string) bool { return s != "" }), 0, 3), func(s []string) []string {
		if len(s) == 0 {
			return nil
		}
		return s
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *tally.Session {
		s := &tally.Session{}
		s.ID, s.Campaign = journal.NewID(), "c"
		s.Office = rapid.SampledFrom(offices).Draw(t, "office")
		s.Commune = rapid.SampledFrom(communes).Draw(t, "commune")
		s.Kind = rapid.SampledFrom(campaign.ActivityKinds).Draw(t, "kind")
		s.SubKind, s.Room = free.Draw(t, "sub"), free.Draw(t, "room")
		s.Place = "N" + free.Draw(t, "place")
		if rapid.Bool().Draw(t, "as it is") {
			s.Place = rapid.SampledFrom(nasty).Draw(t, "nasty place")
		}
		villages := ids(plan.Villages, func(v *campaign.Village) bool { return v.Commune == s.Commune })
		s.Village = rapid.SampledFrom(append(villages, "")).Draw(t, "village")
		unit := rapid.SampledFrom([]int{1, 60, 1800}).Draw(t, "unit")
		s.Start = time.Date(2026, 3, rapid.IntRange(1, 60).Draw(t, "day"), 0, 0, rapid.IntRange(0, 86399/unit).Draw(t, "at")*unit, 0, journal.Zone)
		s.End = s.Start.Add(time.Duration(rapid.OneOf(rapid.IntRange(0, 86400/unit), rapid.IntRange(0, 31*86400/unit)).Draw(t, "for")*unit) * time.Second)
		s.Lead = rapid.SampledFrom(append(people, "")).Draw(t, "lead")
		s.Team, s.Partners = some(people).Draw(t, "team"), some(append(offices, "khac")).Draw(t, "partners")
		s.Vehicles, s.Topics = lists.Draw(t, "vehicles"), lists.Draw(t, "topics")
		if rapid.Bool().Draw(t, "shift") {
			s.Post = journal.NewID()
		}
		if rapid.Bool().Draw(t, "cancelled") {
			s.CancelReason = campaign.Weather
		}
		return s
	}), 1, 5).Draw(t, "sessions")
}

// same says that rows are the sessions.
func same(t interface{ Fatalf(string, ...any) }, rows []planning.Row, all []*tally.Session, firstRow int) {
	if len(rows) != len(all) {
		t.Fatalf("%d rows of %d: %+v", len(rows), len(all), rows)
	}
	for i, r := range rows {
		s := all[i]
		if want := (planning.Draft{Office: s.Office, Commune: s.Commune, Planned: s.Planned}); r.Refusal != nil || !reflect.DeepEqual(r.Draft, want) {
			t.Fatalf("row %d: %v\n%+v\n%+v", r.Number, r.Refusal, r.Draft, want)
		}
		if r.ID != s.ID || r.Cancelled != (s.CancelReason != "") || r.Number != firstRow+i {
			t.Fatalf("row %d: %+v of %v", firstRow+i, r, s.ID)
		}
	}
}

// What is written is read as it was, whatever it holds.
func TestSheetRoundTrip(t *testing.T) {
	plan := world()
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, rapid.MakeCheck(func(t *rapid.T) {
			all := sessions(t, plan)
			var b bytes.Buffer
			if err := planning.WriteSheet(&b, format, text, plan, all); err != nil {
				t.Fatal(err)
			}
			rows, err := planning.ReadSheet("plan."+format, &b, texts, plan, "tinh")
			if err != nil {
				t.Fatal(err)
			}
			same(t, rows, all, 2)
		}))
	}
}

func one() *tally.Session {
	s := &tally.Session{}
	s.ID, s.Campaign, s.Office, s.Commune = journal.NewID(), "c", "o1", "00100"
	s.Kind, s.Place = campaign.Booth, "=1+1"
	s.Start = time.Date(2026, 3, 2, 7, 30, 0, 0, journal.Zone)
	s.End = s.Start.Add(2 * time.Hour)
	s.Team = []string{"l1", "h"}
	s.MoveReason = campaign.Weather
	return s
}

func TestCSVIsDefused(t *testing.T) {
	var b bytes.Buffer
	if err := planning.WriteSheet(&b, "csv", text, world(), []*tally.Session{one()}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"\ufeffMã,Ngày,Từ,Đến,Loại", ",2026-03-02,07:30,09:30,quầy tư vấn,", ",xã Mường Thử,", ",'=1+1,", ",Mô phỏng Lan; Mô phỏng Hiền,", ",đã dời,thời tiết,\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// Two who are called the same are told apart by id; marks tell too.
func TestNamesakes(t *testing.T) {
	plan, s := world(), one()
	plan.Campaigners["l2"].Name = "Mô phỏng Lan"
	var b bytes.Buffer
	if err := planning.WriteSheet(&b, "csv", text, plan, []*tally.Session{s}); err != nil || !strings.Contains(b.String(), "Mô phỏng Lan (l1); Mô phỏng Hiền,") {
		t.Errorf("%v in\n%s", err, b.String())
	}
}

func TestXLSXForms(t *testing.T) {
	var b bytes.Buffer
	if err := planning.WriteSheet(&b, "xlsx", text, world(), []*tally.Session{one()}); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	for at, want := range map[string]string{"B1": "Ngày", "B2": "2026-03-02", "C2": "07:30", "D2": "09:30", "J2": "=1+1"} {
		if got, err := book.GetCellValue(sheet, at); got != want || err != nil {
			t.Errorf("%s: %q, %v", at, got, err)
		}
	}
	if raw, _ := book.GetCellValue(sheet, "B2", excelize.Options{RawCellValue: true}); raw != "46083" {
		t.Errorf("the date is %q", raw)
	}
	if formula, err := book.GetCellFormula(sheet, "J2"); formula != "" || err != nil {
		t.Errorf("a formula: %q, %v", formula, err)
	}
	if panes, err := book.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("%+v, %v", panes, err)
	}
	if names := book.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'Sheet1'!$A$1:$T$2" {
		t.Errorf("the filter: %+v", names)
	}
}

func read(t *testing.T, name, body string) []planning.Row {
	t.Helper()
	rows, err := planning.ReadSheet(name, strings.NewReader(body), texts, world(), "tinh")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func clock(hour, minute int) time.Time {
	return time.Date(2026, 3, 2, hour, minute, 0, 0, journal.Zone)
}

// People write as they write.
func TestReadsWhatPeopleWrite(t *testing.T) {
	rows := read(t, "k.csv", "Kế hoạch tháng 3;;;;;;;;\n\n"+
		"NGÀY;Từ;đến;loai;Xã phường;Địa điểm;Tổ;Ghi chú;Trạng thái;partners;village\n"+
		"02/03/2026;7h30;11:30;Quầy tư vấn;mường thử;Chợ;\"Mô phỏng Hiền\nh; p3\";x;;;ban mot\n"+
		"2026-03-02;7 giờ;;small group;100;Sân;;;;khac;\n"+
		";;;;;;;;;;\n"+
		"2-3-2026;9:05 CH;1h;nhóm nhỏ;Phường Hai;Sân;mô phỏng lan (l2);;;;\n"+
		"46083;0.3125;24:00;NHOM NHO;00101;'=Sân;;;;;\n")
	want := []struct {
		number         int
		from, to       time.Time
		kind           campaign.ActivityKind
		commune, place string
		team           string
	}{
		{4, clock(7, 30), clock(11, 30), campaign.Booth, "00100", "Chợ", "[h h p3]"},
		{6, clock(7, 0), clock(9, 0), campaign.SmallGroup, "00100", "Sân", "[]"},
		{8, clock(21, 5), clock(25, 0), campaign.SmallGroup, "00103", "Sân", "[l2]"},
		{9, clock(7, 30), clock(24, 0), campaign.SmallGroup, "00101", "=Sân", "[]"},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows: %+v", len(rows), rows)
	}
	for i, w := range want {
		r := rows[i]
		d := r.Draft
		if r.Refusal != nil || !d.Start.Equal(w.from) || !d.End.Equal(w.to) || d.Kind != w.kind || d.Commune != w.commune || d.Place != w.place || fmt.Sprint(d.Team) != w.team {
			t.Errorf("row %d is not %+v: %v %+v", r.Number, w, r.Refusal, d)
		}
	}
	if rows[0].Number != 4 {
		t.Errorf("the first is row %d", rows[0].Number)
	}
	if rows[0].Draft.Village != "w1" || fmt.Sprint(rows[1].Draft.Partners) != "[khac]" {
		t.Errorf("%+v %+v", rows[0].Draft, rows[1].Draft)
	}
}

const head = "date,from,to,kind,commune,village,place,team,id,post,status\n"

// A cell that cannot be read is named; the other rows are read.
func TestSheetCells(t *testing.T) {
	for _, c := range []struct{ row, code, column, value string }{
		{"32/03/2026,7:00,,booth,Thử,,Chợ,,,,", "planning.cell", "date", "32/03/2026"},
		{"1999-03-02,7:00,,booth,Thử,,Chợ,,,,", "planning.cell", "date", "1999-03-02"},
		{"NaN,7:00,,booth,Thử,,Chợ,,,,", "planning.cell", "date", "NaN"},
		{",7:00,,booth,Thử,,Chợ,,,,", "planning.cell", "date", ""},
		{"2026-03-02,25:00,,booth,Thử,,Chợ,,,,", "planning.cell", "from", "25:00"},
		{"2026-03-02,24:00,,booth,Thử,,Chợ,,,,", "planning.cell", "from", "24:00"},
		{"2026-03-02,7,,booth,Thử,,Chợ,,,,", "planning.cell", "from", "7"},
		{"2026-03-02,7:00,sớm,booth,Thử,,Chợ,,,,", "planning.cell", "to", "sớm"},
		{"2026-03-02,7:00,,picnic,Thử,,Chợ,,,,", "planning.cell", "kind", "picnic"},
		{"2026-03-02,7:00,,booth,Không đâu,,Chợ,,,,", "planning.cell", "commune", "Không đâu"},
		{"2026-03-02,7:00,,booth,hai,,Chợ,,,,", "planning.ambiguous", "commune", "hai"},
		{"2026-03-02,7:00,,booth,Thử,Bản Một,Chợ,,,,", "planning.cell", "village", "Bản Một"},
		{"2026-03-02,7:00,,booth,Thử,,,,,,", "planning.cell", "place", ""},
		{"2026-03-02,7:00,,booth,Thử,,Chợ,Mô phỏng Hiền; Mo phong Lan,,,", "planning.ambiguous", "team", "Mo phong Lan"},
		{"2026-03-02,7:00,,booth,Thử,,Chợ,Mô phỏng Xa,,,", "planning.cell", "team", "Mô phỏng Xa"},
		{"2026-03-02,7:00,,booth,Thử,,Chợ,,abc,,", "planning.cell", "id", "abc"},
		{"2026-03-02,7:00,,booth,Thử,,Chợ,,,abc,", "planning.cell", "post", "abc"},
	} {
		rows := read(t, "k.csv", head+c.row+"\n2026-03-02,7:00,,booth,Thử,,Chợ,,,,en status.cancelled\n")
		want := &journal.Refusal{Code: c.code, Params: map[string]any{"row": 2, "column": "plan.column." + c.column, "value": c.value}}
		if len(rows) != 2 || !reflect.DeepEqual(rows[0].Refusal, want) || rows[1].Refusal != nil || !rows[1].Cancelled {
			t.Errorf("%s: %+v", c.row, rows)
		}
	}
}

func refused(t *testing.T, err error, code string, params map[string]any) {
	t.Helper()
	var r *journal.Refusal
	if !errors.As(err, &r) || r.Code != code || !reflect.DeepEqual(r.Params, params) {
		t.Errorf("%v, not %s %v", err, code, params)
	}
}

func TestSheetRefusals(t *testing.T) {
	for _, c := range []struct {
		name, body, code string
		params           map[string]any
	}{
		{"k.pdf", head, "sheet.kind", nil},
		{"k.xlsx", head, "sheet.unreadable", nil},
		{"k.csv", "", "planning.columns", map[string]any{"missing": "date, from, kind, commune, place"}},
		{"k.csv", "Ngày,kind,commune,x\n", "planning.columns", map[string]any{"missing": "from, place"}},
		{"k.csv", head + strings.Repeat("x\n", 501), "planning.many", map[string]any{"most": 500}},
		{"k.csv", head + "\xff\xfe\xfd", "sheet.encoding", nil},
		{"k.csv", strings.Repeat(",;\t|", 200) + "\n", "sheet.too_big", nil},
	} {
		_, err := planning.ReadSheet(c.name, strings.NewReader(c.body), texts, world(), "tinh")
		refused(t, err, c.code, c.params)
	}
	refused(t, planning.WriteSheet(io.Discard, "ods", text, world(), nil), "sheet.kind", nil)
	if rows := read(t, "k.csv", head+strings.Repeat("x\n", 500)); len(rows) != 500 {
		t.Errorf("%d rows", len(rows))
	}
}

// A file that unfolds to more than it may is not read.
func TestSheetBomb(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	for range 65 {
		_, _ = w.Write(make([]byte, 1<<20))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = planning.ReadSheet("k.xlsx", &b, texts, world(), "tinh")
	refused(t, err, "sheet.too_big", nil)
}

// As Excel's Unicode text, and as a workbook that counts from 1904.
func TestOtherForms(t *testing.T) {
	body, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("date\tfrom\tkind\tcommune\tplace\n2026-03-02\t7:30\tbooth\tThử\tChợ\n")
	if err != nil {
		t.Fatal(err)
	}
	if rows := read(t, "k.txt", body); len(rows) != 1 || rows[0].Refusal != nil || !rows[0].Draft.Start.Equal(clock(7, 30)) {
		t.Errorf("UTF-16: %+v", rows)
	}
	book := excelize.NewFile()
	defer book.Close()
	yes := true
	_ = book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
	_ = book.SetSheetRow("Sheet1", "A1", &[]string{"date", "from", "to", "kind", "commune", "place"})
	_ = book.SetSheetRow("Sheet1", "A3", &[]any{46083 - 1462, 46083 - 1462 + 0.3125, 0.25, "booth", 101, "Chợ"})
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows := read(t, "k.xlsx", b.String())
	if len(rows) != 1 || rows[0].Refusal != nil || rows[0].Number != 3 || !rows[0].Draft.Start.Equal(clock(7, 30)) || !rows[0].Draft.End.Equal(clock(30, 0)) || rows[0].Draft.Commune != "00101" {
		t.Errorf("1904: %+v", rows)
	}
}

// workbook is one of these rows.
func workbook(t *testing.T, rows ...[]any) io.Reader {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return &b
}
