package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestScanningAtTheDesk: the console may ask for the camera, and the worker
// that looks for codes in its pictures may compile WebAssembly; nothing else may.
func TestScanningAtTheDesk(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		path             string
		camera, compiles bool
	}{
		{"/", true, false},
		{"/phones", true, false},
		{"/assets/a.js", false, false},
		{"/assets/worker-b.js", false, true},
		{"/api/none", false, false},
	} {
		w := httptest.NewRecorder()
		s.server.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
		h := w.Header()
		if got := h.Get("Permissions-Policy") == "camera=(self)"; got != c.camera {
			t.Errorf("%s: camera %t, want %t", c.path, got, c.camera)
		}
		if got := strings.Contains(h.Get("Content-Security-Policy"), "wasm-unsafe-eval"); got != c.compiles {
			t.Errorf("%s: may compile %t, want %t", c.path, got, c.compiles)
		}
	}
}
