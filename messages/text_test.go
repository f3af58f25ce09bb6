package messages

import (
	"maps"
	"testing"
	"testing/fstest"
	"time"

	"caunoi/journal"
)

func printer(t *testing.T, lang string) *Printer {
	t.Helper()
	p, err := For(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestForRefusesOtherLanguages(t *testing.T) {
	if _, err := For("fr"); err == nil {
		t.Error("For(fr): no error")
	}
}

func TestNumbersAndDays(t *testing.T) {
	for _, tt := range []struct {
		lang                                                               string
		number, million, up, down, none, percent, date, long, instant, abc string
	}{
		{
			"vi", "2.745", "1.234.567", "+1.000", "−3", "0", "83,2%",
			"05/11/2025", "ngày 5 tháng 11 năm 2025", "00:30 ngày 05/11/2025", "a, b và c",
		},
		{
			"en", "2,745", "1,234,567", "+1,000", "−3", "0", "83.2%",
			"05/11/2025", "5 November 2025", "00:30 on 05/11/2025", "a, b and c",
		},
		{
			"bn", "২,৭৪৫", "১২,৩৪,৫৬৭", "+১,০০০", "−৩", "০", "৮৩.২%",
			"০৫/১১/২০২৫", "৫ নভেম্বর ২০২৫", "০৫/১১/২০২৫ তারিখ ০০:৩০", "a, b এবং c",
		},
	} {
		p := printer(t, tt.lang)
		for _, c := range []struct{ what, got, want string }{
			{"Number(2745)", p.Number(2745), tt.number},
			{"Number(1234567)", p.Number(1234567), tt.million},
			{"Signed(1000)", p.Signed(1000), tt.up},
			{"Signed(-3)", p.Signed(-3), tt.down},
			{"Signed(0)", p.Signed(0), tt.none},
			{"Percent(832)", p.Percent(832), tt.percent},
			{"Date", p.Date("2025-11-05"), tt.date},
			{"LongDate", p.LongDate("2025-11-05"), tt.long},
			{"Instant", p.Instant(time.Date(2025, 11, 4, 17, 30, 0, 0, time.UTC)), tt.instant},
			{"List of 3", p.List([]string{"a", "b", "c"}), tt.abc},
			{"List of 1", p.List([]string{"a"}), "a"},
			{"List of 0", p.List(nil), ""},
			{"Series", p.Series([]string{"a, b", "c", "d"}), "a, b; c; d"},
			{"Date of none", p.Date(""), ""},
		} {
			if c.got != c.want {
				t.Errorf("%s %s = %q, want %q", tt.lang, c.what, c.got, c.want)
			}
		}
	}
}

func TestText(t *testing.T) {
	const catalogue = `{
		"asked": {"zero": "nobody asked", "one": "{n} question from {where}", "other": "{n} questions from {where}"},
		"plain": "{n} of {most}, {day}"}`
	table, err := read(fstest.MapFS{"en/t.json": {Data: []byte(catalogue)}}, "en")
	if err != nil {
		t.Fatal(err)
	}
	p := printer(t, "en")
	maps.Copy(table, p.table)
	p.table = table
	for _, tt := range []struct {
		key   string
		pairs []any
		want  string
	}{
		{"t.asked", []any{"n", 0, "where", "Sa Pa"}, "nobody asked"},
		{"t.asked", []any{"n", 1, "where", "Sa Pa"}, "1 question from Sa Pa"},
		{"t.asked", []any{"n", 2000, "where", "Sa Pa"}, "2,000 questions from Sa Pa"},
		{"t.asked", []any{"n", float64(1), "where", "{n}"}, "1 question from {n}"},
		{"t.asked", []any{"n", 2}, "2 questions from {where}"},
		{"t.plain", []any{"n", int64(1), "most", 5000, "day", journal.Day("2025-11-25")}, "1 of 5,000, 25/11/2025"},
		{"t.unheard_of", []any{"n", 2}, "t.unheard_of"},
	} {
		if got := p.Text(tt.key, tt.pairs...); got != tt.want {
			t.Errorf("Text(%s, %v) = %q, want %q", tt.key, tt.pairs, got, tt.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		lang    string
		refusal journal.Refusal
		want    string
	}{
		{"vi", journal.Refusal{Code: "entry.missing", Params: map[string]any{"field": "place"}}, "Bản ghi còn thiếu mục “địa điểm”. Mở bản ghi, điền mục này rồi gửi lại."},
		{"en", journal.Refusal{Code: "entry.too_large", Params: map[string]any{"bytes": 70000.0, "most": 65536}}, "The record has 70,000 bytes; the most is 65,536. Shorten its notes and send it again."},
		{"en", journal.Refusal{Code: "entry.malformed", Params: map[string]any{"where": ""}}, "The record cannot be read (at: not known). It stays on the phone; update the app and send it again."},
		{
			"en",
			journal.Refusal{Code: "activity.ends_before_start", Params: map[string]any{"start": "2025-11-05T09:00:00+07:00", "end": "2025-11-05T01:00:00Z"}},
			"The activity begins at 09:00 on 05/11/2025 but ends at 08:00 on 05/11/2025. Set an end after the start.",
		},
		{
			"vi",
			journal.Refusal{Code: "planning.days", Params: map[string]any{"from": "2026-10-14", "to": "2027-01-12"}},
			"Hoạt động phải nằm trong đợt, từ 14/10/2026 đến 12/01/2027. Chọn ngày khác.",
		},
		{"vi", journal.Refusal{Code: "planning.cell", Params: map[string]any{"row": 2, "column": "plan.column.date", "value": "32/3"}}, "Cột “Ngày”: không đọc được “32/3”. Sửa ô này rồi nhập lại."},
		{"vi", journal.Refusal{Code: "plan.day", Params: map[string]any{"day": "2026-02-30"}}, "Ngày “2026-02-30” chưa đúng dạng. Viết NĂM-THÁNG-NGÀY, ví dụ 2025-11-01."},
		{"vi", journal.Refusal{Code: "request.invalid", Params: map[string]any{"where": "body.draft.place", "field": "place"}}, "Còn thiếu hoặc chưa đúng: địa điểm. Sửa lại rồi gửi lại."},
		{"en", journal.Refusal{Code: "request.invalid", Params: map[string]any{"where": "body.x", "field": ""}}, "Missing or not right: something that was entered. Mend it and send it again."},
		{"bn", journal.Refusal{Code: "unheard.of"}, "refusal.unheard.of"},
	} {
		if got := printer(t, tt.lang).Refusal(&tt.refusal); got != tt.want {
			t.Errorf("%s %v = %q, want %q", tt.lang, &tt.refusal, got, tt.want)
		}
	}
}
