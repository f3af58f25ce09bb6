package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// Calculator is the public page that says what somebody would pay and get. It
// asks the server for nothing but files: policy runs in the browser, by the
// parameters that this server goes by.
type Calculator struct {
	// Files are the built page, index.html at its root.
	Files fs.FS
	// Engine is policy.wasm, as it is and compressed; an empty form is not
	// offered.
	Engine map[string][]byte // by content coding: "", "br", "gzip"
	// Parameters are the files of which Policy was read, in their order.
	Parameters []string
}

// calculator serves the page below /calculator/.
func (s *Server) calculator() http.Handler {
	tags := map[string]string{}
	for coding, body := range s.Calculator.Engine {
		tags[coding] = tag(body)
	}
	files := http.StripPrefix("/calculator/", http.FileServerFS(s.Calculator.Files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			notAllowed(w, r, "GET, HEAD")
			return
		}
		h := w.Header()
		// The engine is compiled from a file of this host.
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1))
		h.Set("Cache-Control", "no-cache")
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/calculator")
		name = strings.TrimPrefix(name, "/")
		if rest, ok := strings.CutPrefix(name+"/", "law/"); ok {
			s.law(w, r, strings.TrimSuffix(rest, "/"))
			return
		}
		switch name {
		case "policy.wasm":
			coding := s.Calculator.coding(r.Header.Get("Accept-Encoding"))
			if coding != "" {
				h.Set("Content-Encoding", coding)
			}
			h.Set("Vary", "Accept-Encoding")
			h.Set("Content-Type", "application/wasm")
			h.Set("ETag", tags[coding])
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.Calculator.Engine[coding]))
		case "parameters.json":
			parameters, err := json.Marshal(s.Calculator.Parameters)
			if err != nil {
				panic(err) // texts cannot fail
			}
			h.Set("Content-Type", "application/json")
			h.Set("ETag", tag(parameters))
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(parameters))
		default:
			if name != "" {
				if info, err := fs.Stat(s.Calculator.Files, name); err != nil || info.IsDir() {
					refuse(w, r, notFound(r.URL.Path))
					return
				}
			}
			if strings.HasPrefix(name, "assets/") {
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			files.ServeHTTP(w, r)
		}
	})
}

func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// coding is the best form that a browser takes and that there is.
func (c Calculator) coding(accepted string) string {
	for _, coding := range []string{"br", "gzip"} {
		for _, one := range strings.Split(accepted, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(one), ";")
			refused := strings.Trim(strings.TrimPrefix(strings.TrimSpace(weight), "q="), "0.") == "" && weight != ""
			if name == coding && !refused && len(c.Engine[coding]) > 0 {
				return coding
			}
		}
	}
	return ""
}
