package lawbook

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/messages"
	"caunoi/policy"
)

//go:embed worked.json
var worked []byte

// Book is every page in one language, for the parameters of one agency. It
// never changes.
type Book struct {
	words *messages.Printer
	pages map[string]*Page
	rules []*Page
	known []*Page
	// Version of the parameters of which it is made.
	Version string
}

// Page is what is known of a rule, or of a parameter.
type Page struct {
	Name, Title string
	// Formula of a rule, in words; empty for a parameter.
	Formula string
	// Rounding of a rule's results; empty where they are exact.
	Rounding string
	// Values of a parameter, the latest first; none of a rule, nor where only a
	// province may set one.
	Values []Value
	// Others are the parameters that go into a rule, or the rules that a
	// parameter goes into.
	Others []Link
	// Quotes are the kinds of quote that use it.
	Quotes   []string
	Examples []Example
}

// Link names another page.
type Link struct{ Name, Title string }

// Value is what a parameter is worth over a time.
type Value struct {
	Value, Said, Checked, Source string
	Birth                        bool // the time is that of a date of birth
	Confirmed                    bool
}

// Example is a rule at work in the answer to a question.
type Example struct {
	Quote string // the kind, in words
	Ask   string // the command that asks it
	Lines []string
	Row   string // the operands beside each other; empty if they do not stand so
	Value string // the result
	// Source is where the amount was published, or the article.
	Source string
}

// mostExamples stand on one page.
const mostExamples = 3

// New makes the book of these parameters.
func New(w *messages.Printer, p *policy.Parameters) (*Book, error) {
	b := &Book{words: w, pages: map[string]*Page{}, Version: p.Version}
	for _, name := range policy.RuleNames() {
		page := &Page{Name: name, Title: w.Text("policy.name." + name), Formula: w.Text("policy.rule." + name)}
		b.rules = append(b.rules, page)
		b.pages[name] = page
	}
	var all struct{ Parameters []cited }
	if err := json.Unmarshal(p.Append(nil), &all, exactly); err != nil {
		return nil, fmt.Errorf("read the parameters: %w", err)
	}
	for _, d := range policy.Definitions[1:] {
		page := &Page{Name: d.Name, Title: w.Text("policy.name." + d.Name)}
		if rule := b.pages[d.Name]; rule != nil {
			// A rule and its parameter that share a name share the page.
			page = rule
		} else {
			b.pages[d.Name] = page
		}
		b.known = append(b.known, page)
	}
	for i := range all.Parameters {
		v := &all.Parameters[i]
		page := b.pages[v.Name]
		page.Values = slices.Insert(page.Values, 0, Value{
			Value: say(w, v.Unit, v.Value), Said: v.said(w), Checked: w.Date(v.Checked), Source: v.Source,
			Birth: v.By == "birth", Confirmed: v.Confirmed,
		})
	}
	return b, b.work(p)
}

// work asks the questions of the examples, and reads off their traces what
// goes into what.
func (b *Book) work(p *policy.Parameters) error {
	var examples []struct {
		Source, Note, Path string
		Question           jsontext.Value
		Want               any
	}
	if err := json.Unmarshal(worked, &examples, exactly); err != nil {
		return fmt.Errorf("read the examples: %w", err)
	}
	asked := map[string]bool{}
	for _, e := range examples {
		if asked[string(e.Question)] {
			continue
		}
		asked[string(e.Question)] = true
		raw, problem := p.Answer(nil, string(e.Question))
		if problem != nil {
			continue // an agency's own parameters may leave no room for it
		}
		a, err := readAnswer(raw)
		if err != nil {
			return err
		}
		ask, err := command(e.Question)
		if err != nil {
			return err
		}
		for i := range a.Trace {
			b.put(&a.Trace[i], Example{Quote: b.words.Text("policy.quote." + a.Quote), Ask: ask, Source: e.Source})
		}
	}
	return nil
}

// put adds a step to the pages that it is about.
func (b *Book) put(s *step, e Example) {
	w := b.words
	rule := b.pages[s.Rule]
	if s.Rounding != "none" {
		rule.Rounding = w.Text("policy.rounding." + s.Rounding)
	}
	var values []string
	for _, o := range s.Operands {
		value := say(w, o.Unit, o.Value)
		values = append(values, value)
		line := w.Text("policy.name."+o.Name) + ": " + value
		if o.Parameter != nil {
			line += " (" + o.Parameter.said(w) + ")"
		}
		e.Lines = append(e.Lines, line)
	}
	e.Value = s.result(w)
	if sign := policy.Sign(s.Rule); sign != "" {
		e.Row = strings.Join(values, " "+sign+" ")
	}
	rule.add(e)
	for _, o := range s.Operands {
		page := b.pages[o.Name]
		if o.Parameter == nil || page == nil || page == rule {
			continue
		}
		rule.refer(page)
		page.refer(rule)
		page.add(e)
	}
}

func (p *Page) refer(to *Page) {
	if link := (Link{to.Name, to.Title}); !slices.Contains(p.Others, link) {
		p.Others = append(p.Others, link)
	}
}

func (p *Page) add(e Example) {
	if !slices.Contains(p.Quotes, e.Quote) {
		p.Quotes = append(p.Quotes, e.Quote)
	}
	if len(p.Examples) < mostExamples && !slices.ContainsFunc(p.Examples, func(o Example) bool { return o.Value == e.Value && o.Row == e.Row }) {
		p.Examples = append(p.Examples, e)
	}
}

// command is a question as one types it.
func command(question []byte) (string, error) {
	var of map[string]any
	if err := json.Unmarshal(question, &of, exactly); err != nil {
		return "", fmt.Errorf("read a question: %w", err)
	}
	line := "caunoi quote " + fmt.Sprint(of["quote"])
	for _, name := range policy.FieldNames() {
		if v, ok := of[name]; ok {
			line += fmt.Sprintf(" --%s %v", name, v)
		}
	}
	return line, nil
}

// Page is the page of a name, or nil.
func (b *Book) Page(name string) *Page { return b.pages[name] }

// Rules are the pages of the rules, in the order in which they are defined.
func (b *Book) Rules() []*Page { return b.rules }

// Parameters are the pages of the parameters, in that order.
func (b *Book) Parameters() []*Page { return b.known }

// Lang is the language of the book.
func (b *Book) Lang() string { return b.words.Lang() }

// Say is a text of the pages themselves.
func (b *Book) Say(key string, pairs ...any) string { return b.words.Text("law."+key, pairs...) }

// Edition names the parameters.
func (b *Book) Edition() string { return b.words.Text("policy.version", "version", b.Version) }
