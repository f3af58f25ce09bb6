package planning_test

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/planning"
	"caunoi/tally"
)

func TestCalendarRoundTrip(t *testing.T) {
	plan := world()
	rapid.Check(t, func(t *rapid.T) {
		all := sessions(t, plan)
		var b bytes.Buffer
		if err := planning.WriteCalendar(&b, "Kế hoạch", time.Now(), text, plan, all); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		rows, err := planning.ReadCalendar(&b, plan, "tinh", "2026-03-01", "2026-06-30")
		if err != nil {
			t.Fatal(err)
		}
		same(t, rows, all, 1)
	})
}

func TestCalendarWords(t *testing.T) {
	s := one()
	s.Topics, s.Room, s.Place, s.Village, s.CancelReason = []string{"BHYT; hộ"}, "Phòng 1", "Nhà văn hoá", "w1", "people"
	plan := world()
	plan.Communes["00100"].Lat, plan.Communes["00100"].Lon = 22.25, 104.5
	var b bytes.Buffer
	if err := planning.WriteCalendar(&b, "Kế hoạch, tháng 3", clock(7, 0), text, plan, []*tally.Session{s}); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(b.String(), "\r\n ", "")
	for _, want := range []string{
		"X-WR-CALNAME:Kế hoạch\\, tháng 3", "X-WR-TIMEZONE:Asia/Ho_Chi_Minh", "UID:" + s.ID.String() + "@caunoi", "DTSTAMP:20260302T000000Z",
		"DTSTART:20260302T003000Z", "DTEND:20260302T023000Z", "SUMMARY:quầy tư vấn – xã Mường Thử", "LOCATION:Nhà văn hoá\\, Phòng 1\\, Bản Một\\, xã Mường Thử",
		"GEO:22.25;104.5", "CATEGORIES:booth", "STATUS:CANCELLED", "DESCRIPTION:Tổ: Mô phỏng Lan\\; Mô phỏng Hiền\\nplan.column.topics: BHYT\\; hộ", "X-CAUNOI-COMMUNE:00100", "X-CAUNOI-TEAM:h",
	} {
		if !strings.Contains(got, "\r\n"+want+"\r\n") {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "SEQUENCE") {
		t.Error("there is a SEQUENCE")
	}
}

// A calendar of somebody's phone: repeats, whole days, zones, folds.
func TestForeignCalendar(t *testing.T) {
	raw, err := os.ReadFile("testdata/foreign.ics")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := planning.ReadCalendar(bytes.NewReader(raw), world(), "tinh", "2026-03-01", "2026-03-31")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 3, day, hour, minute, 0, 0, journal.Zone)
	}
	market := "Họp chợ phiên"
	want := []struct {
		number       int
		start, end   time.Time
		kind         campaign.ActivityKind
		sub, commune string
		place        string
		column       string // that is refused
		cancelled    bool
	}{
		{1, at(1, 7, 0), at(1, 10, 30), campaign.Other, market, "00100", "Chợ xã Mường Thử", "", false},
		{1, at(15, 7, 0), at(15, 10, 30), campaign.Other, market, "00100", "Chợ xã Mường Thử", "", false},
		{1, at(29, 7, 0), at(29, 10, 30), campaign.Other, market, "00100", "Chợ xã Mường Thử", "", false},
		{2, at(23, 8, 0), at(23, 11, 30), campaign.Other, market, "00100", "Chợ xã Mường Thử", "", true},
		{3, at(9, 8, 0), at(10, 17, 0), campaign.DialogueConference, "", "00103", "Hội trường; phường Hai", "", false},
		{4, at(4, 14, 0), at(4, 16, 0), campaign.Other, "Họp", "", "Phòng họp", "commune", false},
		{5, at(5, 1, 0), at(5, 2, 0), campaign.Other, "Nói chuyện ở xã Thử", "00101", "", "place", false},
		{6, at(6, 9, 0), at(6, 11, 0), campaign.Other, "Chợ", "", "chợ hai", "commune", false},
		{8, time.Time{}, time.Time{}, campaign.Other, "Giờ lạ", "00101", "xã Thử", "date", false},
		{9, at(7, 9, 0), at(7, 11, 0), campaign.Other, strings.Repeat("Dài ", 24) + "Dài", "00101", "Sân\\xã Thử", "", false},
	}
	if len(rows) != len(want) {
		t.Errorf("%d rows, not %d", len(rows), len(want))
	}
	for i, r := range rows[:min(len(rows), len(want))] {
		w, d := want[i], r.Draft
		column := ""
		if r.Refusal != nil && r.Refusal.Code == "planning.cell" && r.Refusal.Params["row"] == w.number {
			column = strings.TrimPrefix(r.Refusal.Params["column"].(string), "plan.column.")
		}
		if r.Number != w.number || !d.Start.Equal(w.start) || !d.End.Equal(w.end) || d.Kind != w.kind || d.SubKind != w.sub ||
			d.Commune != w.commune || d.Place != w.place || column != w.column || r.Cancelled != w.cancelled || !r.ID.IsZero() {
			t.Errorf("%+v\nnot %+v (%v)", r, w, r.Refusal)
		}
	}
}

func event(lines ...string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nSUMMARY:Chợ xã Thử\nLOCATION:Chợ\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

func TestCalendarRefusals(t *testing.T) {
	all := func(body string) ([]planning.Row, error) {
		return planning.ReadCalendar(strings.NewReader(body), world(), "tinh", "2026-03-01", "2027-12-31")
	}
	for _, body := range []string{
		"", "x", "date,from\n", "BEGIN:VCARD\nEND:VCARD\n", "BEGIN:VEVENT\nEND:VEVENT\n", "BEGIN:VCALENDAR\n", "BEGIN:VCALENDAR\nEND:VEVENT\n",
		"END:VCALENDAR\n", strings.TrimSuffix(event("DTSTART:20260302"), "END:VCALENDAR\n"), "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 1000), "\x00\xff",
	} {
		_, err := all(body)
		refused(t, err, "planning.calendar", nil)
	}
	_, err := all(event(strings.Repeat("X", 4<<20)))
	refused(t, err, "sheet.too_big", nil)
	_, err = all(event("DTSTART:20260302", "RRULE:FREQ=DAILY"))
	refused(t, err, "planning.many", map[string]any{"most": 500})
	for _, lines := range [][]string{
		{"DTSTART:2026"},
		{"DTSTART;TZID=Nowhere/At_All:20260302T070000"},
		{"DTSTART;TZID=Local:20260302T070000"},
		{"DTSTART"},
		{"DTSTART:20260302T070000", "DTEND:20260302T060000"},
		{"DTSTART:20260302T070000", "DURATION:P9999D"},
		{"DTSTART:20260302T070000", "RRULE:FREQ=SECONDLY"},
		{"DTSTART:20260302T070000", "RRULE:FREQ=DAILY;BYHOUR=1,2"},
		{"DTSTART:20260302T070000", "RRULE:x"},
		{"DTSTART:20260302T070000", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:x"},
		{"DTSTART:20260302T070000", "RRULE:FREQ=DAILY;INTERVAL=99999999999"},
	} {
		rows, err := all(event(lines...))
		if err != nil || len(rows) != 1 || rows[0].Refusal == nil || rows[0].Refusal.Code != "planning.cell" {
			t.Errorf("%v: %+v, %v", lines, rows, err)
		}
	}
	for _, c := range []struct {
		lines []string
		days  string
	}{
		{[]string{"DTSTART:20260302T070000", "RRULE:FREQ=DAILY;COUNT=4", "EXDATE;VALUE=DATE:20260303", "RDATE:20260302T000000Z,20260310T070000"}, "2 4 5 10"},
		{[]string{"DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260313", "EXDATE;VALUE=DATE:20260306,20260309"}, "2 13"},
		{[]string{"DTSTART:20260302T070000", "RRULE:FREQ=DAILY;UNTIL=20260304"}, "2 3 4"},
		{[]string{"DTSTART:20260131T070000", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4"}, "31 30"},
	} {
		rows, err := planning.ReadCalendar(strings.NewReader(event(c.lines...)), world(), "tinh", "2026-03-01", "2026-04-30")
		var days []string
		for _, r := range rows {
			days = append(days, strconv.Itoa(r.Draft.Start.Day()))
		}
		if got := strings.Join(days, " "); got != c.days || err != nil {
			t.Errorf("%v: %s, %v", c.lines, got, err)
		}
	}
	// A rule that is never met comes to an end.
	_, err = all(event("DTSTART:20260302T070000", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))
	refused(t, err, "planning.elsewhen", map[string]any{"from": "2026-03-01", "to": "2027-12-31"})
}

// Where an event is, as others write it: with the province behind, and with
// lines that are folded within a letter.
func TestCalendarPlaces(t *testing.T) {
	for location, commune := range map[string]string{
		"Chợ Mường Thử, Thử, Việt Nam":             "00100",
		"Chợ, xã Mường Thử, tỉnh Thử":              "00100",
		"Chợ, phường Hai, tỉnh Thử":                "00103",
		"Chợ xã Thử, tỉnh Thử":                     "00101",
		"Chợ Thử":                                  "00101",
		"Nhà văn hoá, tỉnh Thử":                    "",
		"Từ xã Mường Thử đến phường Hai, tỉnh Thử": "",
	} {
		line := "LOCATION:" + location
		for fold := len("LOCATION:"); fold < len(line); fold++ {
			body := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260302T070000\nSUMMARY:Họp\n" + line[:fold] + "\r\n " + line[fold:] + "\nEND:VEVENT\nEND:VCALENDAR\n"
			rows, err := planning.ReadCalendar(strings.NewReader(body), world(), "tinh", "2026-03-01", "2026-03-31")
			if err != nil || len(rows) != 1 || rows[0].Draft.Commune != commune || rows[0].Draft.Place != location {
				t.Fatalf("%q folded at %d: %+v, %v", location, fold, rows, err)
			}
		}
	}
}

// Whatever a file holds, reading it ends with rows or a refusal.
func TestCalendarOfAnything(t *testing.T) {
	plan := world()
	parts := []string{
		"DTSTART", "DTEND", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "TZID", "UID", "SUMMARY", "X-CAUNOI-POST", "DURATION", ";", ":", "=", ",", "\"", "\\", "\n", "\r\n ", "\t",
		"BEGIN:VEVENT\n", "END:VEVENT\n", "BEGIN:VTIMEZONE\n", "END:VTIMEZONE\n", "BEGIN:STANDARD\n", "END:STANDARD\n", "TZOFFSETTO:+0700", "VALUE=DATE", "20260302", "20260302T070000", "Z",
		"FREQ=WEEKLY", "FREQ=MONTHLY", "BYDAY=", "-1MO", "COUNT=3", "BYSETPOS=-1", "UNTIL=", "P1D", "PT2H", "Asia/Bangkok", "đ",
	}
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(parts), rapid.String()), 0, 60).Draw(t, "parts"), "")
		if rapid.Bool().Draw(t, "whole") {
			body = event(body)
		}
		_, _ = planning.ReadCalendar(strings.NewReader(body), plan, "tinh", "2026-03-01", "2026-05-31")
		_, _ = planning.ReadSheet("k.csv", strings.NewReader(head+body), texts, plan, "tinh")
	})
}
