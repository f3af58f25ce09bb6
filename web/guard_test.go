package web_test

import (
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"
)

// Answers of every sort carry what keeps a browser from misusing them.
func TestAnswersAreGuarded(t *testing.T) {
	h := open(t).server.Handler()
	for _, path := range []string{"/", "/assets/a.js", "/assets/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/api/v1/account", "/api/v1/none", "/api/openapi.json", "/healthz"} {
		for _, secure := range []bool{false, true} {
			r := httptest.NewRequest("GET", path, nil)
			if secure {
				r.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			head := w.Header()
			for _, want := range []string{"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
				if !strings.Contains(head.Get("Content-Security-Policy"), want) {
					t.Errorf("%s: policy %q lacks %s", path, head.Get("Content-Security-Policy"), want)
				}
			}
			if head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: %v", path, head)
			}
			if kept := head.Get("Strict-Transport-Security") != ""; kept != secure {
				t.Errorf("%s, TLS %v: Strict-Transport-Security %q", path, secure, head.Get("Strict-Transport-Security"))
			}
			if strings.HasPrefix(path, "/api/") && head.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: Cache-Control %q", path, head.Get("Cache-Control"))
			}
			if body := w.Body.String(); strings.Contains(body, "root:") || strings.Contains(body, "<pre>") {
				t.Errorf("%s: %s", path, body)
			}
		}
	}
	for path, want := range map[string]string{"/": "GET, HEAD", "/api/v1/account/password": "PUT"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("TRACE", path, nil))
		if w.Code != 405 || w.Header().Get("Allow") != want {
			t.Errorf("TRACE %s: %d, Allow %q, want 405 and %q", path, w.Code, w.Header().Get("Allow"), want)
		}
	}
}
