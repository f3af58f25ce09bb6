package report

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/tally"
)

// office is what a league row is made of.
type office struct {
	name           string
	actual, target int
}

func league(offices ...office) []Standing {
	items := []campaign.Item{
		{Campaign: &campaign.Campaign{ID: id, Province: "tinh", Start: "2025-11-01", End: "2025-11-24"}},
		{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province, Name: "Tỉnh"}},
	}
	byOffice := map[string]tally.Total{}
	for _, o := range offices {
		items = append(items, campaign.Item{Office: &campaign.Office{ID: o.name, Parent: "tinh", Kind: campaign.GrassRoots, Name: o.name}})
		// Late entries and targets of other periods have no part in it.
		byOffice[o.name] = tally.Total{tally.Enrolments: {All: o.actual + 1000, Closed: o.actual}}
		items = append(items, campaign.Item{Target: &campaign.Target{Campaign: id, Office: o.name, Indicator: "enrolments", From: "2025-11-10", To: "2025-11-24", Value: 1}})
		if o.target >= 0 {
			items = append(items, campaign.Item{Target: &campaign.Target{Campaign: id, Office: o.name, Indicator: "enrolments", From: "2025-11-01", To: "2025-11-24", Value: o.target}})
		}
	}
	return League(campaign.NewPlan(items), id, byOffice)
}

func TestLeague(t *testing.T) {
	const none = -1
	for _, tt := range []struct {
		name    string
		offices []office
		want    string
	}{
		{"by share of the target", []office{{"a", 10, 100}, {"b", 5, 10}}, "1 b, 2 a"},
		{"exactly, though both print 33.3", []office{{"a", 33_333, 100_000}, {"b", 1, 3}}, "1 b, 2 a"},
		{"then by enrolments", []office{{"a", 5, 10}, {"b", 50, 100}}, "1 b, 2 a"},
		{"equals share a rank, by name", []office{{"c", 1, 10}, {"b", 5, 10}, {"a", 5, 10}}, "1 a, 1 b, 3 c"},
		{"without a target last, and without a rank", []office{{"a", 90, none}, {"b", 0, 10}, {"c", 91, 0}}, "1 b, 0 c, 0 a"},
	} {
		got := ""
		for i, s := range league(tt.offices...) {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%d %s", s.Rank, s.Office.Name)
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := League(campaign.NewPlan(nil), id, nil); got != nil {
		t.Errorf("league of no campaign = %v", got)
	}
}

func TestLeagueDescends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var offices []office
		for i := range rapid.IntRange(0, 6).Draw(t, "offices") {
			offices = append(offices, office{
				string(rune('a' + i)), rapid.IntRange(0, 1_000_000).Draw(t, fmt.Sprint("actual", i)), rapid.IntRange(1, 1_000_000).Draw(t, fmt.Sprint("target", i)),
			})
		}
		table := league(offices...)
		if len(table) != len(offices) {
			t.Fatalf("%d places for %d offices", len(table), len(offices))
		}
		if !slices.IsSortedFunc(table, func(a, b Standing) int {
			return big.NewRat(int64(b.Actual), int64(b.Target)).Cmp(big.NewRat(int64(a.Actual), int64(a.Target)))
		}) {
			t.Errorf("not in order: %v", table)
		}
	})
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		actual, target int
		want           string
	}{
		{0, 10, "0"},
		{832, 1000, "83.2"},
		{1, 3, "33.3"},
		{2, 3, "66.6"},
		{1, 2000, "0"},
		{9_999, 10_000, "99.9"}, // never all of it before it is
		{10_000, 10_000, "100"},
		{150, 278, "53.9"},
		{1795, 1000, "179.5"},
		{5, 0, "null"},
	} {
		got := "null"
		if p := percent(tt.actual, tt.target); p != nil {
			b, err := p.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			got = string(b)
		}
		if got != tt.want {
			t.Errorf("percent(%d, %d) = %s, want %s", tt.actual, tt.target, got, tt.want)
		}
	}
}
