package web

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// forms are the content codings in which files may lie beside themselves, the
// best first.
var forms = []struct{ coding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// serveFile sends a built file in the best form that there is and that the
// browser takes. The caller knows that the file is there.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	for _, form := range forms {
		if !accepts(r.Header.Get("Accept-Encoding"), form.coding) {
			continue
		}
		body, err := fs.ReadFile(files, name+form.suffix)
		if err != nil {
			continue
		}
		h.Set("Content-Encoding", form.coding)
		h.Set("Content-Type", typeOfFile(name))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		return
	}
	body, err := fs.ReadFile(files, name)
	if err != nil {
		refuse(w, r, notFound(name))
		return
	}
	h.Set("Content-Type", typeOfFile(name))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// typeOfFile does not hang on what the machine says about endings.
func typeOfFile(name string) string {
	switch ending := path.Ext(name); ending {
	case ".webmanifest":
		return "application/manifest+json"
	case ".json":
		return "application/json"
	case ".wasm":
		return "application/wasm"
	case ".woff2":
		return "font/woff2"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		if kind := mime.TypeByExtension(ending); kind != "" {
			return kind
		}
		return "application/octet-stream"
	}
}

// packedForm says that a path names a form of a file, which is no file itself.
func packedForm(name string) bool {
	for _, form := range forms {
		if strings.HasSuffix(name, form.suffix) {
			return true
		}
	}
	return false
}
