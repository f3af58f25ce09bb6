package report

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"caunoi/campaign"
	"caunoi/messages"
	"caunoi/tally"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (see -update); got:\n%s", name, got)
	}
}

// flaws are what no text may have: a key or a parameter shown bare, an empty
// list, English nouns and verbs that do not go with 1.
var flaws = regexp.MustCompile(`report\.|format\.|[{}]|  | [,.;:]|[:(] *[.।)]|\b1 (people|participants|beneficiaries|were|more people|\w+ activities|localities|questions|cases|cards|\w+ sessions|sessions (to|held in))\b`)

// all is a campaign of which every figure is n.
func all(n int) (*campaign.Plan, tally.Sheet) {
	plan := festivalPlan()
	var sheet tally.Sheet
	for _, i := range tally.Indicators {
		sheet = append(sheet, figure("sa-pa", "sa-pa-1", "2025-11-20", i, n, 0))
	}
	return plan, sheet
}

func TestTexts(t *testing.T) {
	nothing, noSheet := all(0)
	one, oneSheet := all(1)
	// No day was lost to the weather, nothing was given, nothing is told apart.
	few, fewSheet := all(2)
	c := *few.Campaigns[id]
	c.NamedOffices, c.Synthetic, c.Published, c.Start = nil, false, "", c.End
	few.Campaigns = map[string]*campaign.Campaign{id: &c}
	few.Targets, few.Campaigners = nil, nil
	fewSheet = only(fewSheet, func(k tally.Key) bool {
		return k.Indicator != tally.Donations && k.Indicator != tally.StudentDonations &&
			k.Indicator != tally.SessionsMovedWeather && k.Indicator != tally.MovedWeatherEvening
	})
	for _, tt := range []struct {
		name  string
		plan  *campaign.Plan
		sheet tally.Sheet
	}{
		{"festival", festivalPlan(), festivalSheet()},
		{"nothing", nothing, noSheet},
		{"one", one, oneSheet},
		{"few", few, fewSheet},
	} {
		for _, lang := range messages.Languages {
			t.Run(tt.name+"/"+lang, func(t *testing.T) {
				var b strings.Builder
				if err := WriteText(&b, gathered(t, tt.plan, tt.sheet), lang); err != nil {
					t.Fatal(err)
				}
				if flaw := flaws.FindString(b.String()); flaw != "" {
					t.Errorf("text has %q", flaw)
				}
				for paragraph := range strings.SplitSeq(b.String(), "\n\n") {
					if first, _ := utf8.DecodeRuneInString(paragraph); unicode.IsLower(first) {
						t.Errorf("a paragraph begins small: %s", paragraph)
					}
				}
				golden(t, tt.name+"."+lang+".txt", b.String())
			})
		}
	}
}

func TestTextRefusesOtherLanguages(t *testing.T) {
	if _, err := gathered(t, festivalPlan(), nil).Text("fr"); err == nil {
		t.Error("Text(fr): no error")
	}
}

func TestEveryFigureHasAName(t *testing.T) {
	p, err := messages.For("vi")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range shown() {
		if !p.Has("report.figure." + string(i)) {
			t.Errorf("no name for the figure %s", i)
		}
	}
	for _, k := range campaign.ActivityKinds {
		if !p.Has("report.activity." + string(k)) {
			t.Errorf("no words for activities of kind %s", k)
		}
		if k != campaign.Other && !p.Has("report.form."+string(k)) {
			t.Errorf("no words for the form %s", k)
		}
	}
}

func TestDonationsSayToWhom(t *testing.T) {
	plan := festivalPlan()
	for _, tt := range []struct {
		cards, students int
		want            string
	}{
		{0, 0, ""},
		{1, 0, "As a humanitarian activity, 1 HI card was given away in Sa Pa (1)."},
		{2, 1, "As a humanitarian activity, 2 HI cards were given away in Sa Pa (2). Of these, 1 went to a student."},
		{2, 2, "As a humanitarian activity, 2 HI cards were given to students in Sa Pa (2)."},
	} {
		text, err := gathered(t, plan, tally.Sheet{
			figure("sa-pa", "sa-pa-1", "2025-11-20", tally.Donations, tt.cards, 0),
			figure("sa-pa", "sa-pa-1", "2025-11-20", tally.StudentDonations, tt.students, 0),
		}).Text("en")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for paragraph := range strings.SplitSeq(text, "\n\n") {
			if strings.HasPrefix(paragraph, "As a humanitarian") {
				got = paragraph
			}
		}
		if got != tt.want {
			t.Errorf("%d cards, %d to students: %q, want %q", tt.cards, tt.students, got, tt.want)
		}
	}
}
