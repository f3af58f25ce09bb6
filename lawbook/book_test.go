package lawbook

import (
	"bytes"
	"strings"
	"testing"

	"caunoi/messages"
	"caunoi/policy"
	"caunoi/policy/national"
)

func book(t *testing.T, lang string, p *policy.Parameters) *Book {
	t.Helper()
	w, err := messages.For(lang)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(w, p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEveryNameHasItsPage: a rule without a worked example, or a parameter that
// no example uses, has no page worth reading, and is perhaps never reckoned
// with.
func TestEveryNameHasItsPage(t *testing.T) {
	b := book(t, "vi", national.Parameters())
	for _, name := range policy.RuleNames() {
		page := b.Page(name)
		if page == nil || page.Formula == "" || len(page.Examples) == 0 || len(page.Quotes) == 0 {
			t.Errorf("the rule %s: %+v", name, page)
		}
	}
	for _, d := range policy.Definitions[1:] {
		page := b.Page(d.Name)
		switch {
		case page == nil:
			t.Errorf("the parameter %s has no page", d.Name)
		case len(page.Values) == 0 && !d.Optional:
			t.Errorf("the parameter %s has no value", d.Name)
		case len(page.Values) > 0 && len(page.Examples) == 0:
			t.Errorf("no example uses %s", d.Name)
		}
	}
}

// TestPagesAreInWords reads every page in each language, for a terminal and
// for a browser: no key of a catalogue may be seen, and every link leads to a
// page.
func TestPagesAreInWords(t *testing.T) {
	for _, lang := range messages.Languages {
		b := book(t, lang, national.Parameters())
		names := []string{"", Offline}
		for _, p := range append(b.Rules(), b.Parameters()...) {
			names = append(names, p.Name)
			if text := b.Text(p); strings.Contains(text, "policy.") || strings.Contains(text, "law.") || strings.Contains(text, "{") {
				t.Fatalf("%s, %s: %s", lang, p.Name, text)
			}
		}
		for _, name := range names {
			var html bytes.Buffer
			if err := b.WriteHTML(&html, name); err != nil {
				t.Fatal(err)
			}
			text := html.String()
			if strings.Contains(text, "policy.") || strings.Contains(text, "law.offline") || strings.Contains(text, "{") || !strings.Contains(text, "<h1>") {
				t.Fatalf("%s, %q: %s", lang, name, text)
			}
			for _, part := range strings.Split(text, `href="/calculator/law/`+lang+`/`)[1:] {
				to, _, _ := strings.Cut(part, `"`)
				if to != "" && to != Offline && b.Page(to) == nil {
					t.Fatalf("%s, %q: a link to %q, which is not there", lang, name, to)
				}
			}
		}
	}
}

// TestAgencyIsInTheBook: what an agency's own file says is on the pages.
func TestAgencyIsInTheBook(t *testing.T) {
	p, problems := national.Parameters().With("own.json", `{"edition":"2026-11-24","parameters":{"health_extra_near_poor":[
		{"value":"30%","from":"2019-07-10","citation":"Nghị quyết 09/2019/NQ-HĐND","confirmed":false,"checked":"2026-11-24"}]}}`)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	page := book(t, "vi", p).Page("health_extra_near_poor")
	if len(page.Values) != 1 || !strings.Contains(page.Values[0].Said, "09/2019") || len(page.Examples) == 0 {
		t.Errorf("%+v", page)
	}
	if without := book(t, "vi", national.Parameters()).Page("health_extra_near_poor"); len(without.Values) != 0 {
		t.Errorf("%+v", without)
	}
}
