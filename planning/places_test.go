package planning_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/planning"
)

// covered is a village of the plan, one that only lists name, and one of which
// plan and lists write the name differently; the last has a point.
func covered(plan *campaign.Plan, points ...campaign.Point) []planning.VillageCover {
	here := map[string]bool{"00100": true, "00102": true}
	lived := []people.Village{{Commune: "00100", Name: "bản  một", People: 5}, {Commune: "00102", Name: "Thôn; Hai", People: 7}}
	plan.Villages["w2"] = &campaign.Village{ID: "w2", Name: "Bản Ba", Commune: "00102"}
	return planning.Coverage(plan, here, nil, lived, points, time.Now())
}

func TestPlacesOfVillages(t *testing.T) {
	plan := world()
	// By the name that lists write before any other; a point of nothing is no village.
	villages := covered(plan,
		campaign.Point{Commune: "00100", Village: "BẢN MỘT", Lat: 1, Lon: 2}, campaign.Point{Commune: "00100", Village: "bản  một", Lat: 22.51234567, Lon: 104.25},
		campaign.Point{Commune: "00102", Village: "Bản Không", Lat: 1, Lon: 2})
	var told []string
	for _, v := range villages {
		at := "nowhere"
		if v.At != nil {
			at = fmt.Sprint(v.At.Lat, " ", v.At.Lon)
		}
		told = append(told, v.Name+": "+at)
	}
	if want := []string{"Bản Một: 22.51234567 104.25", "Bản Ba: nowhere", "Thôn; Hai: nowhere"}; !slices.Equal(told, want) {
		t.Fatalf("got %q", told)
	}
	for _, format := range []string{"csv", "xlsx"} {
		var b bytes.Buffer
		if err := planning.WritePlaces(&b, format, text, plan, "tinh", villages); err != nil {
			t.Fatal(err)
		}
		rows, err := planning.ReadPlaces("v."+format, &b, texts, plan, "tinh", villages)
		if err != nil || len(rows) != 1 || rows[0].Refusal != nil || rows[0].Point != *villages[0].At {
			t.Errorf("%s: read %+v, %v", format, rows, err)
		}
	}
	plan.Communes["00102"].Lat, plan.Communes["00102"].Lon = 22.5, 104.2
	file := strings.Join([]string{
		"lat;lon;village;commune",
		"22,51;104,25;Thôn Hai;00102",
		"22.4;104.2;ban ba;102",
		"22.5;;Bản Ba;00102",
		"104.2;22.5;Bản Ba;00102",
		"21.0;105.8;Bản Ba;00102",
		"22.4;104.2;Bản Ba;00102",
		"22.4;104.2;Bản Bốn;00102",
		"x;104.2;Bản Một;00100",
		";;Bản Một;00100",
		"22.4;104.2;Bản Một;nowhere",
	}, "\n")
	rows, err := planning.ReadPlaces("v.csv", strings.NewReader(file), texts, plan, "tinh", villages)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		if r.Refusal != nil {
			got = append(got, fmt.Sprint(r.Number, " ", r.Refusal.Code))
		} else {
			got = append(got, fmt.Sprint(r.Number, " ", r.Point))
		}
	}
	want := []string{
		"2 {00102 Thôn; Hai  22.51 104.25}", "3 {00102 Bản Ba  22.4 104.2}", "4 points.position", "5 points.position", "6 points.far",
		"7 points.twice", "8 planning.cell", "9 planning.cell", "11 planning.cell",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestPopulationsAsASheet(t *testing.T) {
	plan := world()
	communes := []*campaign.Commune{
		plan.Communes["00102"].Counted(campaign.Population{Year: 2019, People: 3900, Source: "=điều tra"}, campaign.Population{Year: 2024, People: 4100, Source: "Thống kê"}),
		plan.Communes["00103"],
	}
	for _, format := range []string{"csv", "xlsx"} {
		var b bytes.Buffer
		if err := planning.WritePopulations(&b, format, text, plan, communes); err != nil {
			t.Fatal(err)
		}
		rows, err := planning.ReadPopulations("p."+format, &b, texts, plan)
		if err != nil || len(rows) != 2 || rows[0].Refusal != nil || rows[0].Commune != "00102" || !reflect.DeepEqual(rows[1].Population, communes[0].Population[1]) {
			t.Errorf("%s: read %+v, %v", format, rows, err)
		}
	}
	file := strings.Join([]string{
		"commune,year,people,source", "Mường Thử,2024,4.100,Thống kê", "Hai,2024,4100,Thống kê", "102,2024,0,Thống kê", "Thử,2024,4100,", "Thử,,,",
		"nowhere,2024,1,x", ",2024,1,x", "Thử,2024,nhiều,x",
	}, "\n")
	rows, err := planning.ReadPopulations("p.csv", strings.NewReader(file), texts, plan)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		if r.Refusal != nil {
			got = append(got, fmt.Sprint(r.Number, " ", r.Refusal.Code))
		} else {
			got = append(got, fmt.Sprint(r.Number, " ", r.Commune, " ", r.Population))
		}
	}
	want := []string{
		"2 00100 {2024 4100 Thống kê}", "3 planning.ambiguous", "4 plan.population", "5 plan.population", "7 planning.cell", "8 planning.cell", "9 planning.cell",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestLivingIn: where a population is given it counts, and everybody of it whom
// nothing is known to cover; elsewhere the registry.
func TestLivingIn(t *testing.T) {
	given := campaign.Population{Year: 2024, People: 1000, Source: "x"}
	small := campaign.Population{Year: 2024, People: 10, Source: "x"}
	commune := func(code, office string, counts ...campaign.Population) campaign.Item {
		return campaign.Item{Commune: &campaign.Commune{Code: code, Office: office, Population: counts}}
	}
	plan := campaign.NewPlan([]campaign.Item{
		{Office: &campaign.Office{ID: "p", Kind: campaign.Province}},
		{Office: &campaign.Office{ID: "a", Parent: "p", Kind: campaign.GrassRoots}},
		{Office: &campaign.Office{ID: "b", Parent: "p", Kind: campaign.GrassRoots}},
		commune("1", "a", given), commune("2", "a"), commune("3", "b", small), commune("4", "b", given),
	})
	lived := []people.Village{
		{Commune: "1", Name: "x", People: 300, Uncovered: 100}, {Commune: "1", People: 20}, {Commune: "2", Name: "y", People: 50, Uncovered: 9}, {Commune: "3", People: 40, Uncovered: 15},
	}
	const day = journal.Day("2025-11-01")
	got := planning.LivingIn(plan, day, lived)
	want := map[string]planning.Living{
		"1": {1000, 1000 - 220, given}, "2": {50, 9, campaign.Population{}},
		"3": {10, 15, small}, // lists may know more than were counted
		"4": {1000, 1000, given},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for by, want := range map[planning.Parting]string{
		planning.ByPeople: "map[a:1050 b:1010] {3 1}", planning.ByUncovered: "map[a:789 b:1015] {3 1}", planning.Evenly: "map[a:0 b:0] {3 1}",
	} {
		shares, basis := planning.Shares(plan, "p", day, by, lived)
		if got := fmt.Sprint(shares, basis); got != want {
			t.Errorf("by %s: %s, want %s", by, got, want)
		}
	}
}
