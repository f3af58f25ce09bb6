package report_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/report"
	"caunoi/tally"
)

func printer(t testing.TB, lang string) *messages.Printer {
	t.Helper()
	p, err := messages.For(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSentence holds the certificate's words of a rule to those of the desk,
// whose test reads the same file.
func TestSentence(t *testing.T) {
	raw, err := os.ReadFile("testdata/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Rule campaign.Rule
		VI   string
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, tt := range cases {
		if got := report.Sentence(printer(t, "vi"), &tt.Rule); got != tt.VI {
			t.Errorf("%s\nwant\n%s", got, tt.VI)
		}
	}
}

var closedAt = time.Date(2025, 11, 12, 10, 0, 0, 0, journal.Zone)

// contest has offices that stand 1, 2, 3, 4 by 40, 30, 20 and 10 enrolments, and
// a campaigner in the first.
func paperContest() *report.Contest {
	items := []campaign.Item{
		{Office: &campaign.Office{ID: "p", Kind: campaign.Province, Name: "Mô Phỏng"}},
		{Campaign: &campaign.Campaign{ID: "c", Kind: campaign.Festival, Name: campaign.Name{"vi": "Ngày hội thử, đợt “đầu”", "en": "Test festival"}, Province: "p", Start: "2025-11-01", End: "2025-11-10", Synthetic: true}},
		{Campaigner: &campaign.Campaigner{ID: "cb-1", Name: "Nguyễn Thị Mô Phỏng Ưởng", Office: "o1"}},
		{Campaigner: &campaign.Campaigner{ID: "nv-2", Name: "Đặng Ỷ Thử", Office: "o2", Partner: "post"}},
		{Office: &campaign.Office{ID: "post", Kind: campaign.Partner, Name: "Bưu điện thử"}},
	}
	c := &report.Contest{Rule: &campaign.Rule{Weights: map[string]int{"enrolments": 1}, Per: campaign.PerNone}}
	figure := func(office, dim string, n int) tally.Figure {
		return tally.Figure{Key: tally.Key{Campaign: "c", Office: office, Day: "2025-11-05", Indicator: tally.EnrolledHI, Dim: dim}, Cell: tally.Cell{All: n, Closed: n}}
	}
	for i, id := range []string{"o1", "o2", "o3", "o4"} {
		items = append(items, campaign.Item{Office: &campaign.Office{ID: id, Parent: "p", Kind: campaign.GrassRoots, Name: "Cơ sở thứ " + id}})
		c.Figures = append(c.Figures, figure(id, "", 40-10*i))
	}
	c.ByCampaigner = tally.Sheet{figure("o1", "campaigner=cb-1", 7)}
	c.Plan = campaign.NewPlan(items)
	c.Campaign = c.Plan.Campaigns["c"]
	return c
}

func TestCertificates(t *testing.T) {
	c := paperContest()
	write := func(lang string, campaigners bool) []byte {
		var out bytes.Buffer
		if err := c.Certificates(&out, printer(t, lang), campaigners, closedAt); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	raw := write("vi", false)
	if dir := os.Getenv("CAUNOI_SHOTS"); dir != "" {
		os.WriteFile(dir+"/certificates.pdf", raw, 0o644)
	}
	for range 5 {
		if !bytes.Equal(raw, write("vi", false)) {
			t.Fatal("the same certificates are other bytes")
		}
	}
	pages := pagesOf(t, raw)
	if len(pages) != 3 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, want := range []string{"Cơ sở thứ o1", "Cơ sở thứ o2", "Cơ sở thứ o3"} {
		text := pages[i]
		for _, want := range []string{
			want, "GIẤY CHỨNG NHẬN", "BẢO HIỂM XÃ HỘI TỈNH MÔ PHỎNG", "Hạng " + string(rune('1'+i)), "Ngày hội thử, đợt “đầu”, từ 01/11/2025 đến 10/11/2025",
			"Người tham gia mới: " + []string{"40", "30", "20"}[i], "ngày 12 tháng 11 năm 2025", "Xếp theo tổng điểm", "(ký, ghi rõ họ tên, đóng dấu)", "MÔ PHỎNG: NGƯỜI",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("page %d has no %q:\n%s", i+1, want, text)
			}
		}
	}
	if !bytes.Contains(raw, []byte("/MediaBox [0 0 841.89 595.28]")) {
		t.Errorf("the page is not A4 across: %q", regexp.MustCompile(`/MediaBox \[[^\]]*\]`).FindAll(raw, -1))
	}
	own := pagesOf(t, write("en", true))
	if len(own) != 1 || !strings.Contains(own[0], "Nguyễn Thị Mô Phỏng Ưởng") || !strings.Contains(own[0], "Test festival, from") || !strings.Contains(own[0], "place 1 in the league of campaigners") {
		t.Errorf("campaigners: %q", own)
	}
	// Who stands by a target of their own is told a share of it, not points.
	who := c.Campaigners("9999-12-31")[0]
	rule := c.Rule
	c.Rule = campaign.UsualRule()
	c.Plan.Targets = append(c.Plan.Targets, campaign.Target{
		Campaign: c.Campaign.ID, Office: who.Office.ID, Campaigner: who.ID(), Indicator: "enrolments", From: c.Campaign.Start, To: c.Campaign.End, Value: 2 * who.Actual,
	})
	if text := pagesOf(t, write("en", true))[0]; !strings.Contains(text, "50%") || strings.Contains(text, "50 points") {
		t.Errorf("by a target: %q", text)
	}
	c.Rule = rule
	c.Campaign.Synthetic = false
	if text := pagesOf(t, write("vi", false))[0]; strings.Contains(text, "NGƯỜI VÀ SỐ LIỆU") {
		t.Error("a real campaign is marked as synthetic")
	}
	c.Figures, c.ByCampaigner = nil, nil
	if err := c.Certificates(io.Discard, printer(t, "vi"), false, closedAt); err == nil {
		t.Error("nobody has any points, and is certified")
	}
}

func TestBadges(t *testing.T) {
	c := paperContest()
	var out bytes.Buffer
	if err := report.Badges(&out, printer(t, "vi"), c.Plan, c.Campaign, []string{"nv-2", "cb-1", "gone"}); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CAUNOI_SHOTS"); dir != "" {
		os.WriteFile(dir+"/badges.pdf", out.Bytes(), 0o644)
	}
	pages := pagesOf(t, out.Bytes())
	if len(pages) != 2 || !bytes.Contains(out.Bytes(), []byte("/MediaBox [0 0 297.64 419.53]")) {
		t.Fatalf("%d pages, %q", len(pages), regexp.MustCompile(`/MediaBox \[[^\]]*\]`).FindAll(out.Bytes(), -1))
	}
	for i, want := range [][]string{{"Nguyễn Thị Mô Phỏng Ưởng", "Cơ sở thứ o1", "Tuyên truyền viên", "01/11/2025 – 10/11/2025"}, {"Đặng Ỷ Thử", "Cơ sở thứ o2", "Nhân viên thu, Bưu điện thử"}} {
		for _, want := range want {
			if !strings.Contains(pages[i], want) {
				t.Errorf("badge %d has no %q:\n%s", i+1, want, pages[i])
			}
		}
	}
	if err := report.Badges(io.Discard, printer(t, "vi"), c.Plan, c.Campaign, nil); err == nil {
		t.Error("badges of nobody")
	}
}

// Bengali is drawn, so that its letters join: no text is in the file, and a
// page has the outlines of all of it.
func TestPapersInBengali(t *testing.T) {
	c := paperContest()
	c.Campaign.Name["bn"] = "পরীক্ষামূলক উৎসব"
	write := func() []byte {
		var out bytes.Buffer
		if err := c.Certificates(&out, printer(t, "bn"), false, closedAt); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	raw := write()
	if dir := os.Getenv("CAUNOI_SHOTS"); dir != "" {
		os.WriteFile(dir+"/certificates-bn.pdf", raw, 0o644)
		var badges bytes.Buffer
		if err := report.Badges(&badges, printer(t, "bn"), c.Plan, c.Campaign, []string{"cb-1"}); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(dir+"/badges-bn.pdf", badges.Bytes(), 0o644)
	}
	if !bytes.Equal(raw, write()) {
		t.Fatal("the same certificates are other bytes")
	}
	if n := bytes.Count(raw, []byte("/Type /Page\n")); n != 3 || len(pagesOf(t, raw)) != 0 {
		t.Errorf("%d pages, texts %q", n, pagesOf(t, raw))
	}
	drawn := 0
	for _, m := range stream.FindAllSubmatch(raw, -1) {
		if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
			content, _ := io.ReadAll(r)
			drawn += len(regexp.MustCompile(`(?m)(^|\s)[fB]\s*$`).FindAll(content, -1))
		}
	}
	if drawn < 600 {
		t.Errorf("%d glyphs on three pages", drawn)
	}
}

var (
	stream = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	shown  = regexp.MustCompile(`(?s)\(((?:\\.|[^\\()])*)\)\s*(?:Tj|\])`)
)

// pagesOf are the texts of a document's pages, whose letters are UTF-16 in its
// content and map to themselves.
func pagesOf(t *testing.T, raw []byte) (out []string) {
	t.Helper()
	for _, m := range stream.FindAllSubmatch(raw, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		content, _ := io.ReadAll(r)
		if !bytes.Contains(content, []byte("BT ")) {
			continue
		}
		text := ""
		for _, part := range shown.FindAllSubmatch(content, -1) {
			var plain []byte
			for i := 0; i < len(part[1]); i++ {
				if b := part[1][i]; b == '\\' {
					i++
					b = part[1][i]
					if at := strings.IndexByte("nrtbf", b); at >= 0 {
						b = "\n\r\t\b\f"[at]
					}
					plain = append(plain, b)
				} else {
					plain = append(plain, b)
				}
			}
			units := make([]uint16, len(plain)/2)
			for i := range units {
				units[i] = uint16(plain[2*i])<<8 | uint16(plain[2*i+1])
			}
			text += string(utf16.Decode(units)) + " "
		}
		out = append(out, strings.Join(strings.Fields(text), " "))
	}
	return out
}
