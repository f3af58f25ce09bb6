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

	"caunoi/knowledge"
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

// calculator serves the page below /calculator/, and the pages of the law.
func (s *Server) calculator() http.Handler {
	return s.offline("/calculator/", s.Calculator.Files, func(w http.ResponseWriter, r *http.Request, name string) bool {
		rest, ok := strings.CutPrefix(name+"/", "law/")
		if ok {
			s.law(w, r, strings.TrimSuffix(rest, "/"))
		}
		return ok
	})
}

// offline serves an app that works without network once it was opened: its
// files, the policy engine, and what else answers for a name.
func (s *Server) offline(prefix string, files fs.FS, also func(w http.ResponseWriter, r *http.Request, name string) bool) http.Handler {
	engine := s.engine()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			notAllowed(w, r, "GET, HEAD")
			return
		}
		h := w.Header()
		// The engine is compiled from a file of this host.
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1))
		h.Set("Cache-Control", "no-cache")
		name := strings.TrimPrefix(path.Clean(r.URL.Path), strings.TrimSuffix(prefix, "/"))
		name = strings.TrimPrefix(name, "/")
		if also(w, r, name) || engine(w, r, name) {
			return
		}
		if name == "" {
			name = "index.html"
		}
		if info, err := fs.Stat(files, name); err != nil || info.IsDir() || packedForm(name) {
			refuse(w, r, notFound(r.URL.Path))
			return
		}
		if strings.HasPrefix(name, "assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		serveFile(w, r, files, name)
	})
}

// engine serves what an app without network reckons and answers with:
// policy.wasm, parameters.json and articles.json.
func (s *Server) engine() func(w http.ResponseWriter, r *http.Request, name string) bool {
	tags := map[string]string{}
	for coding, body := range s.Calculator.Engine {
		tags[coding] = tag(body)
	}
	return func(w http.ResponseWriter, r *http.Request, name string) bool {
		h, c := w.Header(), &s.Calculator
		switch name {
		case "policy.wasm":
			coding := c.coding(r.Header.Get("Accept-Encoding"))
			if coding != "" {
				h.Set("Content-Encoding", coding)
			}
			h.Set("Vary", "Accept-Encoding")
			h.Set("Content-Type", "application/wasm")
			h.Set("ETag", tags[coding])
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.Engine[coding]))
		case "parameters.json":
			parameters, err := json.Marshal(c.Parameters)
			if err != nil {
				panic(err) // texts cannot fail
			}
			h.Set("Content-Type", "application/json")
			h.Set("ETag", tag(parameters))
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(parameters))
		case "articles.json":
			h.Set("Content-Type", "application/json")
			h.Set("ETag", tag(knowledge.JSON()))
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(knowledge.JSON()))
		default:
			return false
		}
		return true
	}
}

func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// coding is the best form that a browser takes and that there is.
func (c Calculator) coding(accepted string) string {
	for _, form := range forms {
		if accepts(accepted, form.coding) && len(c.Engine[form.coding]) > 0 {
			return form.coding
		}
	}
	return ""
}
