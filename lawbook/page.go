package lawbook

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var layout string

var pages = template.Must(template.New("").Parse(layout))

// Offline is the name of the page that a browser keeps and shows for those
// that it has not.
const Offline = "offline"

// language is one that a page is to be had in, by its own name.
type language struct{ Lang, Own string }

var languages = []language{{"vi", "Tiếng Việt"}, {"en", "English"}, {"bn", "বাংলা"}}

// WriteHTML writes the page of a name, or of all names for the empty one. It
// links to others below /calculator/law/.
func (b *Book) WriteHTML(to io.Writer, name string) error {
	return pages.ExecuteTemplate(to, "page", struct {
		Book      *Book
		Page      *Page
		Name      string
		Offline   bool
		Languages []language
	}{b, b.pages[name], name, name == Offline, languages})
}

// Text is the page for a terminal.
func (b *Book) Text(p *Page) string {
	var t strings.Builder
	t.WriteString(p.Title + " [" + p.Name + "]\n")
	if p.Formula != "" {
		t.WriteString("\n" + b.Say("formula") + "\n  " + p.Formula)
		if p.Rounding != "" {
			t.WriteString(" (" + p.Rounding + ")")
		}
		t.WriteString("\n")
	}
	if len(p.Values) > 0 {
		t.WriteString("\n" + b.Say("values") + "\n")
	}
	for _, v := range p.Values {
		t.WriteString("  " + v.Value + " [" + v.Said + "]\n    " + b.Say("checked", "checked", v.Checked))
		if v.Source != "" {
			t.WriteString("; " + b.Say("source", "source", v.Source))
		}
		t.WriteString("\n")
	}
	if len(p.Others) > 0 {
		heading := "used_by"
		if p.Formula != "" {
			heading = "uses"
		}
		t.WriteString("\n" + b.Say(heading) + "\n")
	}
	for _, o := range p.Others {
		t.WriteString("  " + o.Title + " [" + o.Name + "]\n")
	}
	if len(p.Examples) > 0 {
		t.WriteString("\n" + b.Say("examples") + "\n")
	}
	for _, e := range p.Examples {
		t.WriteString("  " + e.Quote + " (" + e.Source + ")\n    " + e.Ask + "\n")
		for _, line := range e.Lines {
			t.WriteString("      " + line + "\n")
		}
		t.WriteString("      = " + e.Value + "\n")
	}
	t.WriteString("\n" + b.Edition() + "\n")
	return t.String()
}

// Contents are the names of all pages, for a terminal.
func (b *Book) Contents() string {
	var t strings.Builder
	t.WriteString(b.Say("list") + "\n")
	for _, part := range []struct {
		heading string
		pages   []*Page
	}{{"rules", b.rules}, {"parameters", b.known}} {
		t.WriteString("\n" + b.Say(part.heading) + "\n")
		for _, p := range part.pages {
			t.WriteString("  " + p.Name + strings.Repeat(" ", max(1, 40-len(p.Name))) + p.Title + "\n")
		}
	}
	return t.String()
}
