package messages

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed vi/*.json en/*.json bn/*.json
var files embed.FS

// Languages are all languages of the catalogues; the first is the default.
var Languages = []string{"vi", "en", "bn"}

// entry is a message: one text, or one by plural category.
type entry struct {
	text  string
	forms map[string]string // nil for a single text
}

func (e *entry) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &e.text)
	}
	if err := json.Unmarshal(raw, &e.forms); err != nil {
		return err
	}
	for form := range e.forms {
		if form != "zero" && !slices.Contains(categories, form) {
			return fmt.Errorf("%q is no plural category", form)
		}
	}
	if e.forms["other"] == "" {
		return fmt.Errorf("the form %q is missing", "other")
	}
	return nil
}

// in picks the text for n; other where the category has none.
func (e *entry) in(tag language.Tag, n int) string {
	if e.forms == nil {
		return e.text
	}
	if text, ok := e.forms["zero"]; ok && n == 0 {
		return text
	}
	if text, ok := e.forms[category(tag, n)]; ok {
		return text
	}
	return e.forms["other"]
}

// categories are the names of [plural.Form], which has none of its own.
var categories = []string{
	plural.Other: "other", plural.Zero: "zero", plural.One: "one",
	plural.Two: "two", plural.Few: "few", plural.Many: "many",
}

func category(tag language.Tag, n int) string {
	return categories[plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)]
}

// catalogues reads all files once.
var catalogues = sync.OnceValues(func() (map[string]map[string]entry, error) {
	out := map[string]map[string]entry{}
	for _, lang := range Languages {
		table, err := read(files, lang)
		if err != nil {
			return nil, err
		}
		out[lang] = table
	}
	return out, nil
})

// read reads a language's files. What stands before a hyphen in a file's name
// begins its keys: refusal-people.json adds to refusal.json.
func read(fsys fs.FS, lang string) (map[string]entry, error) {
	names, err := fs.Glob(fsys, lang+"/*.json")
	if err != nil {
		return nil, err
	}
	table := map[string]entry{}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var entries map[string]entry
		if err := json.Unmarshal(raw, &entries); err != nil {
			return nil, fmt.Errorf("messages: %s: %w", name, err)
		}
		for key, e := range entries {
			about, _, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), "-")
			table[about+"."+key] = e
		}
	}
	return table, nil
}

// Printer writes messages, numbers and days in one language. It is safe for
// use by several goroutines.
type Printer struct {
	lang  string
	tag   language.Tag
	print *message.Printer
	table map[string]entry
}

// For returns the printer of a language of [Languages], or an error for any
// other.
func For(lang string) (*Printer, error) {
	if !slices.Contains(Languages, lang) {
		return nil, fmt.Errorf("messages: no language %q", lang)
	}
	all, err := catalogues()
	if err != nil {
		return nil, err
	}
	tag := language.Make(lang)
	return &Printer{lang: lang, tag: tag, print: message.NewPrinter(tag), table: all[lang]}, nil
}

// InAll is a text without parameters in each of [Languages].
func InAll(key string) (map[string]string, error) {
	out := map[string]string{}
	for _, lang := range Languages {
		p, err := For(lang)
		if err != nil {
			return nil, err
		}
		out[lang] = p.Text(key)
	}
	return out, nil
}

// Lang is the language of the printer.
func (p *Printer) Lang() string { return p.lang }
