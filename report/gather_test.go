package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

func gathered(t testing.TB, plan *campaign.Plan, sheet tally.Sheet) Facts {
	t.Helper()
	f, err := Gather(plan, id, sheet, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The published file is what an agency gave out; ours holds the same, under
// the same names.
func TestJSONHoldsThePublishedFigures(t *testing.T) {
	raw, err := os.ReadFile("testdata/festival-2025.json")
	if err != nil {
		t.Fatal(err)
	}
	var published, ours any
	if err := json.Unmarshal(raw, &published); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := gathered(t, festivalPlan(), festivalSheet()).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &ours); err != nil {
		t.Fatal(err)
	}
	holds(t, "", published, ours)
	golden(t, "festival.json", out.String())
}

func holds(t *testing.T, where string, published, ours any) {
	t.Helper()
	want, ok := published.(map[string]any)
	if !ok {
		if !reflect.DeepEqual(ours, published) {
			t.Errorf("%s = %v, want %v", where, ours, published)
		}
		return
	}
	got, ok := ours.(map[string]any)
	if !ok {
		t.Errorf("%s = %v, want an object", where, ours)
		return
	}
	if where == ".activities" && len(got) != len(want) {
		t.Errorf("%s has %d kinds, want %d", where, len(got), len(want))
	}
	for key := range want {
		holds(t, where+"."+key, want[key], got[key])
	}
}

func TestGather(t *testing.T) {
	f := gathered(t, festivalPlan(), festivalSheet())
	aim := func(i tally.Indicator, target, actual int) Target {
		return Target{i, target, actual, percent(actual, target)}
	}
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"targets", f.Targets, []Target{aim(tally.Enrolments, 3380, 2745), aim(tally.Switches, 400, 380)}},
		{"peak", f.Peak, &Peak{"2025-11-10", "2025-11-24", 15, []Target{aim(tally.Enrolments, 1690, 1885)}}},
		{"late", f.Late, map[tally.Indicator]int{tally.Enrolments: 3, tally.EnrolledHI: 3, tally.Switches: -1}},
		{"communes", f.Communes, Communes{Visited: 8, All: 16}},
		{"partners", f.Partners, []string{"Bưu điện (mô phỏng)"}},
		{"elsewhere", f.Elsewhere.Enrolments, Enrolments{SelfPaidHI: 5, Total: 5}},
		{"first office", f.Offices[0].Name, "Yên Bình"},
		{"last office", f.Offices[7].Name, "Cam Đường"},
		{"its percent", f.Offices[7].Percent, (*Tenths)(nil)},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s = %+v, want %+v", tt.what, tt.got, tt.want)
		}
	}
}

func TestGatherTakesOnlyItsCampaign(t *testing.T) {
	want := gathered(t, festivalPlan(), festivalSheet())
	foreign := figure("sa-pa", "sa-pa-1", "2025-11-20", tally.EnrolledHI, 7, 0)
	foreign.Campaign = "thuong-xuyen"
	dim := figure("sa-pa", "sa-pa-1", "2025-11-20", tally.EnrolledHI, 7, 0)
	dim.Dim = "hour=14"
	sheet := append(tally.Sheet{foreign, dim}, festivalSheet()...)
	given := slices.Clone(sheet)
	if got := gathered(t, festivalPlan(), sheet); !reflect.DeepEqual(got, want) {
		t.Errorf("Gather with foreign figures = %+v, want %+v", got, want)
	}
	if !slices.Equal(sheet, given) {
		t.Error("Gather changed the sheet that it was given")
	}
}

func TestGatherRefusesAnUnknownCampaign(t *testing.T) {
	_, err := Gather(festivalPlan(), "nowhere", nil, nil)
	var refusal *journal.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "entry.unknown_campaign" {
		t.Errorf("Gather = %v, want entry.unknown_campaign", err)
	}
}

// Offices and those outside the league make the whole, closed and without
// what came late.
func TestOfficesAddUp(t *testing.T) {
	plan := festivalPlan()
	rapid.Check(t, func(t *rapid.T) {
		var sheet tally.Sheet
		for n := range rapid.IntRange(0, 30).Draw(t, "figures") {
			office := rapid.SampledFrom([]string{"sa-pa", "yen-binh", "cam-duong", "tinh", "buu-dien"}).Draw(t, fmt.Sprint("office", n))
			i := rapid.SampledFrom(tally.Indicators).Draw(t, fmt.Sprint("indicator", n))
			sheet = append(sheet, figure(office, rapid.SampledFrom([]string{"", office + "-1"}).Draw(t, fmt.Sprint("commune", n)), "2025-11-12", i,
				rapid.IntRange(0, 9).Draw(t, fmt.Sprint("closed", n)), rapid.IntRange(-3, 3).Draw(t, fmt.Sprint("late", n))))
		}
		f, err := Gather(plan, id, sheet, nil)
		if err != nil {
			t.Fatal(err)
		}
		sum := f.OtherOffices
		for _, o := range f.Offices {
			sum = add(sum, o.Numbers)
		}
		if !reflect.DeepEqual(sum, f.Numbers) {
			t.Errorf("offices make %+v, want %+v", sum, f.Numbers)
		}
		for _, lang := range []string{"vi", "en", "bn"} {
			text, err := f.Text(lang)
			if err != nil {
				t.Fatal(err)
			}
			if flaw := flaws.FindString(text); flaw != "" {
				t.Errorf("%s text has %q in:\n%s", lang, flaw, text)
			}
		}
	})
}

// add sums numbers field by field.
func add(a, b Numbers) Numbers {
	kinds := map[campaign.ActivityKind]int{}
	for k := range a.Activities {
		kinds[k] = a.Activities[k] + b.Activities[k]
	}
	var sum func(a, b reflect.Value)
	sum = func(a, b reflect.Value) {
		for i := range a.NumField() {
			switch f := a.Field(i); f.Kind() {
			case reflect.Int:
				f.SetInt(f.Int() + b.Field(i).Int())
			case reflect.Struct:
				sum(f, b.Field(i))
			}
		}
	}
	sum(reflect.ValueOf(&a).Elem(), reflect.ValueOf(b))
	a.Activities = kinds
	return a
}
