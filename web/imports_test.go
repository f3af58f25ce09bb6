package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/store/storetest"
)

type importView struct {
	State, Reason                                 string
	RowsRead, RowsTotal                           int `json:"-"`
	Read, Added, Changed, Same, Refused, Doubtful int
	Preview                                       []struct{ Kind, Text string }
	Columns                                       []struct {
		Heading, Field string
		Recognised     bool
	}
}

// send sends a list, and waits until it was read on trial.
func (s *site) send(who *http.Cookie, text string) string {
	s.t.Helper()
	var out struct{ ID string }
	r := s.do(who, "POST", "/api/v1/imports/people", text, "Content-Type", "application/octet-stream")
	if r.status != 200 {
		s.t.Fatalf("send: %d %s", r.status, r.body)
	}
	r.decode(s.t, &out)
	s.server.Settle()
	return "/api/v1/imports/" + out.ID
}

func (s *site) importOf(who *http.Cookie, path string) (v importView) {
	s.t.Helper()
	s.do(who, "GET", path, "").decode(s.t, &v)
	return v
}

func (s *site) peopleCount(who *http.Cookie) int {
	s.t.Helper()
	var out struct{ Total int }
	s.do(who, "GET", "/api/v1/people?limit=1", "").decode(s.t, &out)
	return out.Total
}

// listOf is a list of so many people of office a.
func listOf(n int) string {
	var b strings.Builder
	b.WriteString("Họ và tên,Số CCCD,Mã xã\n")
	for i := range n {
		fmt.Fprintf(&b, "Mô phỏng Người %d,01018%07d,001\n", i, i)
	}
	return b.String()
}

// A list is tried, explained and written; what is refused comes back as a
// workbook, which is a list in turn.
func TestImport(t *testing.T) {
	s := open(t)
	lea, leb := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	text := "Ai,Số CCCD,Mã xã,Giới tính\n" +
		"Mô phỏng Một,010182000011,001,Nam\n" + // the number says a woman
		"Mô phỏng Hai,123,001,\n" +
		"Mô phỏng Nơi khác,010190000013,003,\n"
	path := s.send(lea, text)
	if v := s.importOf(lea, path); v.State != "failed" || !strings.Contains(v.Reason, "tiêu đề") {
		t.Fatalf("a heading that nobody knows: %+v", v)
	}
	s.wantCode(s.do(lea, "PUT", path+"/columns", `{"map":{"Ai":"song"}}`), 422, "sheet.field")
	if r := s.do(lea, "PUT", path+"/columns", `{"map":{"Ai":"name"}}`); r.status != 204 {
		t.Fatalf("map: %d %s", r.status, r.body)
	}
	s.server.Settle()
	v := s.importOf(lea, path)
	if v.State != "checked" || v.Read != 3 || v.Added != 1 || v.Refused != 2 || v.Doubtful != 1 || len(v.Preview) != 3 {
		t.Fatalf("on trial: %+v", v)
	}
	if n := s.peopleCount(lea); n != 0 {
		t.Errorf("the trial wrote %d people", n)
	}
	s.wantCode(s.do(leb, "GET", path, ""), 404, "not_found")
	s.wantCode(s.do(leb, "POST", path+"/run", ""), 404, "not_found")
	s.wantCode(s.do(leb, "GET", path+"/errors.xlsx", ""), 404, "not_found")

	book := s.do(lea, "GET", path+"/errors.xlsx", "")
	f, err := excelize.OpenReader(bytes.NewReader(book.body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) != 4 || rows[2][1] != "123" || rows[2][4] != "3" || rows[2][5] == "" {
		t.Errorf("%q, %v", rows, err)
	}
	if r := s.do(lea, "POST", path+"/run", ""); !bytes.Contains(r.body, []byte("done")) {
		t.Fatalf("run: %d %s", r.status, r.body)
	}
	s.server.Settle()
	if v := s.importOf(lea, path); v.State != "done" || v.Added != 1 {
		t.Errorf("written: %+v", v)
	}
	if n := s.peopleCount(lea); n != 1 {
		t.Errorf("%d people", n)
	}
	s.wantCode(s.do(lea, "POST", path+"/run", ""), 409, "import.state")

	// What was explained is remembered, and the refused rows are a list.
	again := s.send(lea, string(book.body))
	if v := s.importOf(lea, again); v.State != "checked" || v.Same != 1 || v.Refused != 2 {
		t.Errorf("the workbook: %+v", v)
	}
	if acts := strings.Join(s.acts(), "\n"); !strings.Contains(acts, "people.imported lea done") || !strings.Contains(acts, "import.mapped lea done") {
		t.Errorf("the audit lacks the import:\n%s", acts)
	}
	storetest.Check(t, s.store)
}

// More than one person may import alone waits for a second one.
func TestImportOfManyTakesTwo(t *testing.T) {
	s := open(t)
	lea, second := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "second", "a")
	path := s.send(lea, listOf(approval.ManyRows+1))
	ask := func() requestView {
		t.Helper()
		if r := s.do(lea, "POST", path+"/run", ""); r.status != 200 || !bytes.Contains(r.body, []byte("waiting")) {
			t.Fatalf("run: %d %s", r.status, r.body)
		}
		waiting := s.requests(second, "waiting")
		if len(waiting) != 1 {
			t.Fatalf("waiting: %+v", waiting)
		}
		return waiting[0]
	}
	first := ask()
	s.server.Settle()
	if v := s.importOf(lea, path); v.State != "waiting" || s.peopleCount(lea) != 0 {
		t.Fatalf("before anybody agreed: %+v", v)
	}
	s.wantCode(s.do(lea, "POST", "/api/v1/approvals/"+first.ID, `{"approve":true}`), 403, "approval.own")
	if r := s.do(second, "POST", "/api/v1/approvals/"+first.ID, `{"approve":false,"reason":"Mô phỏng chưa"}`); r.status != 200 {
		t.Fatalf("refuse: %d %s", r.status, r.body)
	}
	if v := s.importOf(lea, path); v.State != "checked" {
		t.Errorf("after a refusal: %+v", v)
	}
	if r := s.do(second, "POST", "/api/v1/approvals/"+ask().ID, `{"approve":true}`); r.status != 200 {
		t.Fatalf("approve: %d %s", r.status, r.body)
	}
	s.server.Settle()
	if v := s.importOf(lea, path); v.State != "done" || v.Added != approval.ManyRows+1 || s.peopleCount(lea) != approval.ManyRows+1 {
		t.Errorf("after both agreed: %+v, %d people", v, s.peopleCount(lea))
	}
	acts := strings.Join(s.acts(), "\n")
	for _, want := range []string{"approval.asked lea done", "approval.decided second done", "people.imported lea done"} {
		if !strings.Contains(acts, want) {
			t.Errorf("the audit lacks %q", want)
		}
	}
}

// A long list cut in parts is still one.
func TestImportInPartsTakesTwo(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	part := func(from, n int) string {
		var text strings.Builder
		text.WriteString("Họ và tên,Mã xã,Thôn\n")
		for i := range n {
			fmt.Fprintf(&text, "Mô phỏng %d,001,Thôn\n", from+i)
		}
		return text.String()
	}
	run := func(text string) string {
		t.Helper()
		r := s.do(lea, "POST", s.send(lea, text)+"/run", "")
		s.server.Settle()
		var out struct{ State string }
		r.decode(t, &out)
		return out.State
	}
	want(t, "the first part", run(part(0, 600)), "done")
	want(t, "what fits", run(part(600, 400)), "done")
	want(t, "one more", run(part(1000, 1)), "waiting")
	want(t, "people", s.peopleCount(lea), 1000)
}

// Of too many lists none is lost that waits; who sends one more is told.
func TestTooManyLists(t *testing.T) {
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	for range 8 {
		path := s.send(lea, listOf(approval.ManyRows+1))
		if r := s.do(lea, "POST", path+"/run", ""); r.status != 200 {
			t.Fatalf("run: %d %s", r.status, r.body)
		}
	}
	r := s.do(lea, "POST", "/api/v1/imports/people", listOf(1), "Content-Type", "application/octet-stream")
	s.wantCode(r, 429, "import.busy")
}
