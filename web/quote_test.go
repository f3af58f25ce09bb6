package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"caunoi/fieldsync"
	"caunoi/outreach"
	"caunoi/policy/national"
	"caunoi/web"
)

// TestQuoteInWords: who may be anybody asks, and is told in their language what
// is wrong and from where to where.
func TestQuoteInWords(t *testing.T) {
	s := web.New(web.Config{Policy: national.Parameters(), Intake: fieldsync.NewIntake(nil, outreach.Schema(), nil)})
	t.Cleanup(s.Stop)
	ask := func(body, lang string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/quote", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		body, lang string
		status     int
		wants      []string
	}{
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"group":"poor"}`, "vi", 200, []string{`"payable":165000`, `"trace":[{"rule":`}},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1}`, "vi", 422, []string{`"code":"quote.range"`, `"field":"income"`, `"min":1500000`, "phải từ 1.500.000 đồng đến 46.800.000 đồng"}},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1}`, "bn", 422, []string{"৪,৬৮,০০,০০০"}},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"ahead:24"}`, "en", 422, []string{`"code":"quote.return_rate"`, "20/11/2025"}},
		{`{"quote":`, "en", 422, []string{`"code":"quote.syntax"`}},
		{strings.Repeat(" ", 70_000), "en", 413, []string{`"code":"body.too_large"`}},
	} {
		w := ask(c.body, c.lang)
		if w.Code != c.status {
			t.Errorf("%.60s: %d %s", c.body, w.Code, w.Body)
		}
		for _, want := range c.wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%.60s: %s, want %s", c.body, w.Body, want)
			}
		}
		if c.status != 200 && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.60s: %s", c.body, w.Header().Get("Content-Type"))
		}
	}
}

func TestPagesOfTheLaw(t *testing.T) {
	s := web.New(web.Config{
		Policy: national.Parameters(), Intake: fieldsync.NewIntake(nil, outreach.Schema(), nil),
		Calculator: web.Calculator{Files: fstest.MapFS{"index.html": {Data: []byte("x")}}},
	})
	t.Cleanup(s.Stop)
	for _, c := range []struct {
		path, lang string
		status     int
		want       string
	}{
		{"/calculator/law/vi/base_salary", "", 200, "Nghị định 161/2026/NĐ-CP"},
		{"/calculator/law/en/voluntary_support", "", 200, "poverty line × rate × rate of support"},
		{"/calculator/law/bn/", "", 200, "হিসাবের নিয়ম"},
		{"/calculator/law/en/offline", "", 200, "there is no network"},
		{"/calculator/law/en/nothing", "", 404, "not_found"},
		{"/calculator/law/voluntary_support", "bn", 302, "/calculator/law/bn/voluntary_support"},
		{"/calculator/law/", "", 302, "/calculator/law/vi/"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Language", c.lang)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String()+w.Header().Get("Location"), c.want) {
			t.Errorf("%s: %d %s %s, want %d %s", c.path, w.Code, w.Header().Get("Location"), w.Body, c.status, c.want)
		}
	}
}
