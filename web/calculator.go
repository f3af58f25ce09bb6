package web

import (
	"bytes"
	"compress/gzip"
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
		compiling(h) // the engine
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
	parameters, err := json.Marshal(s.Calculator.Parameters)
	if err != nil {
		panic(err) // texts cannot fail
	}
	files := map[string]codings{
		"policy.wasm": s.Calculator.Engine, "parameters.json": packedJSON(parameters), "articles.json": packedJSON(knowledge.JSON()),
	}
	tags := map[string]string{}
	for name, file := range files {
		for coding, body := range file {
			tags[name+coding] = tag(body)
		}
	}
	return func(w http.ResponseWriter, r *http.Request, name string) bool {
		file, ok := files[name]
		if !ok {
			return false
		}
		h, coding := w.Header(), file.best(r.Header.Get("Accept-Encoding"))
		if coding != "" {
			h.Set("Content-Encoding", coding)
		}
		h.Set("Vary", "Accept-Encoding")
		h.Set("Content-Type", typeOfFile(name))
		h.Set("ETag", tags[name+coding])
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file[coding]))
		return true
	}
}

// codings are the forms of a file by content coding, "" for the file as it is;
// an empty form is not offered.
type codings map[string][]byte

func packedJSON(text []byte) codings {
	packed, err := packedBy(gzip.BestCompression, text)
	if err != nil {
		panic(err) // a buffer takes all
	}
	return codings{"": text, "gzip": packed}
}

func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// best is the smallest form that a browser takes and that there is.
func (c codings) best(accepted string) string {
	for _, form := range forms {
		if accepts(accepted, form.coding) && len(c[form.coding]) > 0 {
			return form.coding
		}
	}
	return ""
}
