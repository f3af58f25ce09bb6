package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"

	"caunoi/lawbook"
	"caunoi/messages"
	"caunoi/policy"
)

// books are the pages of the law, a book for each language, made when somebody
// first asks.
type books struct {
	once sync.Once
	of   map[string]*lawbook.Book
	err  error
}

func (b *books) in(lang string, p *policy.Parameters) (*lawbook.Book, error) {
	b.once.Do(func() {
		b.of = map[string]*lawbook.Book{}
		for _, lang := range messages.Languages {
			var w *messages.Printer
			if w, b.err = messages.For(lang); b.err != nil {
				return
			}
			if b.of[lang], b.err = lawbook.New(w, p); b.err != nil {
				return
			}
		}
	})
	return b.of[lang], b.err
}

// law serves LANGUAGE/NAME below /calculator/law/, and sends whoever names no
// language to one.
func (s *Server) law(w http.ResponseWriter, r *http.Request, rest string) {
	lang, name, _ := strings.Cut(rest, "/")
	if !slices.Contains(messages.Languages, lang) {
		http.Redirect(w, r, "/calculator/law/"+language(r.Header.Get("Accept-Language"))+"/"+rest, http.StatusFound)
		return
	}
	book, err := s.books.in(lang, s.Policy)
	if err != nil {
		s.Log.Error("no pages of the law", "err", err)
		refuse(w, r, err)
		return
	}
	if name != "" && name != lawbook.Offline && book.Page(name) == nil {
		refuse(w, r, notFound(name))
		return
	}
	var page bytes.Buffer
	if err := book.WriteHTML(&page, name); err != nil {
		s.Log.Error("no page of the law", "name", name, "err", err)
		refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	_, _ = w.Write(page.Bytes())
}
