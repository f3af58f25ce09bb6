package messages

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/language"
)

// formsOf are the categories of a language, and for each how many numbers it
// has, as far as anybody counts here.
func formsOf(lang string) map[string]int {
	out := map[string]int{}
	for n := range 1201 {
		out[category(language.Make(lang), n)]++
	}
	out[category(language.Make(lang), 1_000_000)]++
	return out
}

func parameters(texts ...string) map[string]bool {
	out := map[string]bool{}
	for _, text := range texts {
		for _, found := range parameter.FindAllStringSubmatch(text, -1) {
			out[found[1]] = true
		}
	}
	return out
}

func (e entry) texts() []string {
	if e.forms == nil {
		return []string{e.text}
	}
	return slices.Collect(maps.Values(e.forms))
}

// faults compares the tables of all languages with that of the first.
func faults(tables map[string]map[string]entry) (out []string) {
	fault := func(parts ...string) { out = append(out, strings.Join(parts, " ")) }
	keys := map[string]bool{}
	for _, table := range tables {
		for key := range table {
			keys[key] = true
		}
	}
	for _, lang := range Languages {
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			e, ok := tables[lang][key]
			if !ok {
				fault(lang, key, "is missing")
				continue
			}
			if slices.Contains(e.texts(), "") {
				fault(lang, key, "is empty")
			}
			if first, ok := tables[Languages[0]][key]; ok && !maps.Equal(parameters(e.texts()...), parameters(first.texts()...)) {
				fault(lang, key, "has other parameters")
			}
			if e.forms == nil {
				continue
			}
			has := formsOf(lang)
			for form := range has {
				if e.forms[form] == "" {
					fault(lang, key, "lacks the form", form)
				}
			}
			for form, text := range e.forms {
				if has[form] == 0 && form != "zero" {
					fault(lang, key, "has the form", form, "which the language has not")
				}
				numbers := has[form]
				if _, ok := e.forms["zero"]; ok && form == category(language.Make(lang), 0) {
					numbers--
				}
				if numbers > 1 && parameters(e.texts()...)["n"] && !parameters(text)["n"] {
					fault(lang, key, "does not show n in the form", form, "of several numbers")
				}
			}
		}
	}
	return out
}

func TestCatalogues(t *testing.T) {
	tables, err := catalogues()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults(tables) {
		t.Error(f)
	}
}

func TestFaultsAreFound(t *testing.T) {
	for _, tt := range []struct{ name, vi, en, bn, want string }{
		{"missing", `{"a": "x"}`, `{}`, `{"a": "x"}`, "en t.a is missing"},
		{"empty", `{"a": "x"}`, `{"a": ""}`, `{"a": "x"}`, "en t.a is empty"},
		{"parameter", `{"a": "{x}"}`, `{"a": "{y}"}`, `{"a": "{x}"}`, "en t.a has other parameters"},
		{"form", `{"a": "{n}"}`, `{"a": {"other": "{n}"}}`, `{"a": "{n}"}`, "en t.a lacks the form one"},
		{"foreign form", `{"a": {"one": "{n}", "other": "{n}"}}`, `{"a": "{n}"}`, `{"a": "{n}"}`, "vi t.a has the form one which the language has not"},
		{"0 told as 1", `{"a": "{n}"}`, `{"a": "{n}"}`, `{"a": {"one": "x", "other": "{n}"}}`, "bn t.a does not show n in the form one of several numbers"},
		{"0 apart", `{"a": "{n}"}`, `{"a": "{n}"}`, `{"a": {"zero": "-", "one": "x", "other": "{n}"}}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tables := map[string]map[string]entry{}
			for lang, raw := range map[string]string{"vi": tt.vi, "en": tt.en, "bn": tt.bn} {
				table, err := read(fstest.MapFS{lang + "/t.json": {Data: []byte(raw)}}, lang)
				if err != nil {
					t.Fatal(err)
				}
				tables[lang] = table
			}
			if got := strings.Join(faults(tables), "; "); got != tt.want {
				t.Errorf("faults = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReadRefusesWhatIsNoCatalogue(t *testing.T) {
	for _, raw := range []string{`{"a": 1}`, `{"a": {"several": "x", "other": "y"}}`, `{"a": {"one": "x"}}`, `{"a": "x", "a": "y"}`, `[]`} {
		if _, err := read(fstest.MapFS{"vi/t.json": {Data: []byte(raw)}}, "vi"); err == nil {
			t.Errorf("read(%s): no error", raw)
		}
	}
}
