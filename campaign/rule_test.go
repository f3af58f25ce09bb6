package campaign

import (
	"errors"
	"testing"

	"caunoi/journal"
)

func TestRulesAreRefused(t *testing.T) {
	some := map[string]int{"enrolments": 1}
	for _, tt := range []struct {
		want string
		rule Rule
	}{
		{"", *UsualRule()},
		{"", Rule{Weights: map[string]int{"enrolments": MostPoints, "sessions": 0}, Per: PerNone, MinSessions: 1000, Ties: []string{"a", "b"}}},
		{"league.weights", Rule{Per: PerNone}},
		{"league.weights", Rule{Weights: map[string]int{"enrolments": 0}, Per: PerNone}},
		{"league.weight", Rule{Weights: map[string]int{"enrolments": -1}, Per: PerNone}},
		{"league.weight", Rule{Weights: map[string]int{"enrolments": MostPoints + 1}, Per: PerNone}},
		{"league.per", Rule{Weights: some, Per: "head"}},
		{"league.sessions", Rule{Weights: some, Per: PerNone, MinSessions: -1}},
		{"league.sessions", Rule{Weights: some, Per: PerNone, MinOwnSessions: 1001}},
		{"league.ties", Rule{Weights: some, Per: PerNone, Ties: []string{"a", "a"}}},
	} {
		code := ""
		if r := (*journal.Refusal)(nil); errors.As(tt.rule.Check(), &r) {
			code = r.Code
		}
		if code != tt.want {
			t.Errorf("%+v: %q, want %q", tt.rule, code, tt.want)
		}
	}
}

func TestARuleIsPartOfAPlanFile(t *testing.T) {
	line := `{"campaign":{"end":"2025-11-10","id":"c","kind":"festival","league":{"per":"none","weights":{"enrolments":3}},"name":{"vi":"x"},"province":"p","start":"2025-11-01"}}`
	it, err := DecodeItem([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := it.Encode(); err != nil || string(got) != line {
		t.Errorf("came back as %s, %v", got, err)
	}
	if _, err := DecodeItem([]byte(`{"campaign":{"id":"c","kind":"festival","league":{"per":"none","weights":{}},"name":{"vi":"x"},"province":"p","start":"2025-11-01","end":"2025-11-10"}}`)); err == nil {
		t.Error("a rule without points was taken")
	}
}

func TestWhatMovesFigures(t *testing.T) {
	base := func() []Item {
		return []Item{
			{Office: &Office{ID: "p", Kind: Province, Name: "P"}},
			{Office: &Office{ID: "a", Parent: "p", Kind: GrassRoots, Name: "A"}},
			{Commune: &Commune{Code: "1", Name: "x", Office: "a"}},
			{Village: &Village{ID: "v", Commune: "1", Name: "v"}},
			{Campaigner: &Campaigner{ID: "w", Name: "w", Office: "a"}},
			{Campaign: &Campaign{ID: "c", Kind: Festival, Name: Name{"vi": "x"}, Province: "p", Start: "2025-11-01", End: "2025-11-10"}},
			{Target: &Target{Campaign: "c", Office: "a", Indicator: "enrolments", From: "2025-11-01", To: "2025-11-10", Value: 1}},
		}
	}
	for _, tt := range []struct {
		name   string
		change func(items []Item)
		moves  bool
	}{
		{"nothing", func([]Item) {}, false},
		{"an office's parent", func(i []Item) { i[1].Office.Parent = "" }, true},
		{"an office's kind", func(i []Item) { i[1].Office.Kind = Partner }, true},
		{"an office's name, phone and order", func(i []Item) { i[1].Office.Name, i[1].Office.Phone, i[1].Office.Order = "B", "0214", 2 }, false},
		{"a commune's office", func(i []Item) { i[2].Commune.Office = "p" }, true},
		{"a new commune", func(i []Item) { i[2].Commune.Code = "2" }, true},
		{"a commune's market and place", func(i []Item) { i[2].Commune.Market, i[2].Commune.Lat = &Market{Every: 5}, 22 }, false},
		{"a commune's population", func(i []Item) { i[2].Commune.Population = []Population{{2024, 4000, "x"}} }, false},
		{"who is in charge from a day on", func(i []Item) { i[2].Commune.Since = []Tenure{{From: "2025-11-05", Office: "p"}} }, true},
		{"what a commune is called from a day on", func(i []Item) { i[2].Commune.Since = []Tenure{{From: "2025-11-05", Name: "y"}} }, false},
		{"a merger", func(i []Item) { i[2].Commune.Merged = &Merger{"2025-11-05", "2"} }, true},
		{"the day on which an office closed", func(i []Item) { i[1].Office.Closed = "2025-11-05" }, false},
		{"a village", func(i []Item) { i[3].Village.Name = "w" }, false},
		{"a campaigner's office", func(i []Item) { i[4].Campaigner.Office = "p" }, false},
		{"a campaigner's organisation", func(i []Item) { i[4].Campaigner.Partner = "a" }, true},
		{"a lead", func(i []Item) { i[4].Campaigner.Lead = true }, false},
		{"a new campaigner", func(i []Item) { i[4].Campaigner.ID = "v" }, false},
		{"a campaigner's name", func(i []Item) { i[4].Campaigner.Name = "u" }, false},
		{"the end of a campaign", func(i []Item) { i[5].Campaign.End = "2025-11-11" }, true},
		{"the counting stage", func(i []Item) { i[5].Campaign.CountingStage = Issued }, true},
		{"office hours", func(i []Item) { i[5].Campaign.Hours.To = 900 }, true},
		{"a campaign's name, report and rule", func(i []Item) {
			c := i[5].Campaign
			c.Name, c.Published, c.NamedOffices, c.League = Name{"vi": "y"}, "2025-11-11", []string{"a"}, UsualRule()
		}, false},
		{"a target", func(i []Item) { i[6].Target.Value = 2 }, false},
	} {
		items := base()
		tt.change(items)
		if got := MovesFigures(NewPlan(base()), NewPlan(items)); got != tt.moves {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.moves)
		}
	}
	more := append(base(), Item{Campaign: &Campaign{ID: "d", Kind: Sprint, Name: Name{"vi": "y"}, Province: "p", Start: "2026-01-01", End: "2026-01-10"}})
	if MovesFigures(NewPlan(base()), NewPlan(more)) || !MovesFigures(NewPlan(more), NewPlan(base())) {
		t.Error("a campaign that is new moves figures, or one that goes does not")
	}
	if !MovesFigures(NewPlan(nil), NewPlan(base())) {
		t.Error("a first plan moves no figure")
	}
}
