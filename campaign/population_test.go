package campaign

import (
	"fmt"
	"testing"

	"caunoi/journal"
)

func TestPopulations(t *testing.T) {
	type counts = []Population
	of := func(code string, merged *Merger, counts ...Population) Item {
		return Item{Commune: &Commune{Code: code, Population: counts, Merged: merged}}
	}
	into1 := &Merger{From: "2025-07-01", Into: "1"}
	for _, c := range []struct {
		name  string
		items []Item
		day   string
		want  string
	}{
		{"nobody said", []Item{of("1", nil)}, "2025-11-01", "map[]"},
		{"the last year that is not later", []Item{of("1", nil, Population{2019, 900, "a"}, Population{2024, 1000, "b"}, Population{2026, 1100, "c"})}, "2025-01-01", "map[1:{2024 1000 b}]"},
		{"the first, where all are later", []Item{of("1", nil, Population{2026, 1100, "c"}, Population{2027, 1200, "c"})}, "2025-12-31", "map[1:{2026 1100 c}]"},
		{"before a merger each by itself", []Item{of("1", nil, Population{2024, 1000, "b"}), of("2", into1, Population{2024, 500, "b"})}, "2025-06-30", "map[1:{2024 1000 b} 2:{2024 500 b}]"},
		{"what was merged since is added", []Item{of("1", nil, Population{2024, 1000, "b"}), of("2", into1, Population{2023, 500, "b"})}, "2025-07-01", "map[1:{2024 1500 b}]"},
		{"what was merged by then is within", []Item{of("1", nil, Population{2025, 1000, "b"}), of("2", into1, Population{2024, 500, "b"})}, "2025-07-01", "map[1:{2025 1000 b}]"},
		{"of a part nobody said", []Item{of("1", nil, Population{2024, 1000, "b"}), of("2", into1)}, "2025-07-01", "map[]"},
		{"parts of parts", []Item{of("1", nil, Population{2024, 1000, "b"}), of("2", into1, Population{2022, 500, "b"}), of("3", &Merger{From: "2023-01-01", Into: "2"}, Population{2021, 30, "b"})}, "2025-07-01", "map[1:{2024 1530 b}]"},
		{"a circle ends", []Item{of("1", &Merger{From: "2025-01-01", Into: "2"}, Population{2019, 1, "b"}), of("2", &Merger{From: "2025-02-01", Into: "1"}, Population{2019, 1, "b"})}, "2025-01-15", "map[2:{2019 2 b}]"},
	} {
		if got := fmt.Sprint(NewPlan(c.items).Populations(journal.Day(c.day))); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for _, wrong := range []counts{
		{{1899, 1, "x"}},
		{{2024, 0, "x"}},
		{{2024, MostPopulation + 1, "x"}},
		{{2024, 1, " "}},
		{{2024, 1, "x"}, {2024, 2, "x"}},
		{{2025, 1, "x"}, {2024, 2, "x"}},
	} {
		it := of("1", nil, wrong...)
		if err := it.Validate(); err == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
	had := (&Commune{}).Counted(Population{2024, 1000, "b"})
	if got := fmt.Sprint(had.Counted(Population{2019, 900, "a"}, Population{2024, 1001, "c"}).Population, had.Population); got != "[{2019 900 a} {2024 1001 c}] [{2024 1000 b}]" {
		t.Errorf("beside other years: %s", got)
	}
}
