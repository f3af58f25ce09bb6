package web

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// pages serves the built console. A path that names no file is a screen of
// the console, which finds its way itself.
func (s *Server) pages() http.Handler {
	files := http.FileServerFS(s.Desk)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			writeProblem(w, problemOf(notFound(r.URL.Path), language(r.Header.Get("Accept-Language"))))
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(s.Desk, name); name != "" && err == nil && !info.IsDir() {
			if strings.HasPrefix(name, "assets/") { // named by their content
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			files.ServeHTTP(w, r)
			return
		}
		page, err := fs.ReadFile(s.Desk, "index.html")
		if err != nil {
			writeProblem(w, problemOf(notFound("index.html"), language(r.Header.Get("Accept-Language"))))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(page)
	})
}
