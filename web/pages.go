package web

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"caunoi/journal"
)

// pages serves the built console. A path that names no file is a screen of
// the console, which finds its way itself.
func (s *Server) pages() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			s.noRoute(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			notAllowed(w, r, "GET, HEAD")
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(s.Desk, name); name != "" && err == nil && !info.IsDir() && !packedForm(name) {
			if strings.HasPrefix(name, "assets/") { // named by their content
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			if strings.HasPrefix(name, "assets/worker-") { // looks for codes in pictures, beside the pages
				compiling(w.Header())
			}
			serveFile(w, r, s.Desk, name)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		seeing(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			serveFile(w, r, s.Desk, "index.html")
		})).ServeHTTP(w, r)
	})
}

// compiling lets a script compile WebAssembly, from a file of this host.
func compiling(h http.Header) {
	const policy = "Content-Security-Policy"
	h.Set(policy, strings.Replace(h.Get(policy), "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1))
}

// noRoute answers for a path of the API that has no such method, or that is
// none.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "/" {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		refuse(w, r, notFound(r.URL.Path))
		return
	}
	notAllowed(w, r, strings.Join(allow, ", "))
}

func notAllowed(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	refuse(w, r, journal.Refuse("method.not_allowed", "method", r.Method, "allow", allow))
}
