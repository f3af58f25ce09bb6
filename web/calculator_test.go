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

func TestCalculatorFiles(t *testing.T) {
	s := web.New(web.Config{Policy: national.Parameters(), Intake: fieldsync.NewIntake(nil, outreach.Schema(), nil), Calculator: web.Calculator{
		Files:      fstest.MapFS{"index.html": {Data: []byte("<title>Caunoi</title>")}, "assets/a.js": {Data: []byte("1")}},
		Engine:     map[string][]byte{"": []byte("plain"), "br": []byte("small"), "gzip": []byte("zipped")},
		Parameters: []string{"{}", "[]"},
	}})
	t.Cleanup(s.Stop)
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		path, accepts, body, encoding, cache string
		status                               int
	}{
		{"/calculator/", "", "<title>Caunoi</title>", "", "no-cache", 200},
		{"/calculator/assets/a.js", "", "1", "", "public, max-age=31536000, immutable", 200},
		{"/calculator/assets/b.js", "", "", "", "", 404},
		{"/calculator/policy.wasm", "", "plain", "", "no-cache", 200},
		{"/calculator/policy.wasm", "gzip, deflate, br", "small", "br", "no-cache", 200},
		{"/calculator/policy.wasm", "gzip;q=0.5, br;q=0", "zipped", "gzip", "no-cache", 200},
		{"/calculator/parameters.json", "", `["{}","[]"]`, "", "no-cache", 200},
	} {
		w := get(c.path, "Accept-Encoding", c.accepts)
		if w.Code != c.status || c.status == 200 && (w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.encoding || w.Header().Get("Cache-Control") != c.cache) {
			t.Errorf("%s, %s: %d %q, %v", c.path, c.accepts, w.Code, w.Body, w.Header())
		}
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'self' 'wasm-unsafe-eval';") {
			t.Errorf("%s: policy %q", c.path, csp)
		}
	}
	if w := get("/calculator/articles.json"); w.Code != 200 || !strings.Contains(w.Body.String(), "{other.payable}") {
		t.Errorf("articles: %d %.100s", w.Code, w.Body)
	}
	first := get("/calculator/policy.wasm")
	if w := get("/calculator/policy.wasm", "If-None-Match", first.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("an engine that is known is sent again: %d", w.Code)
	}
	w := get("/api/none")
	if strings.Contains(w.Header().Get("Content-Security-Policy"), "wasm") {
		t.Error("other pages may compile, too")
	}
	for _, h := range []http.Header{first.Header(), w.Header()} {
		if got := h.Get("Permissions-Policy"); got != "camera=()" {
			t.Errorf("permissions %q, want no camera", got)
		}
	}
}
