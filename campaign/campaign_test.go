package campaign

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/journal"
)

func at(day, hour, minute int) time.Time {
	return time.Date(2025, 11, day, hour, minute, 0, 0, journal.Zone)
}

func TestEveningWorkIsToldByTheWindow(t *testing.T) {
	for _, c := range []struct {
		start time.Time
		hours OfficeHours
		want  bool
	}{
		{at(3, 8, 0), OfficeHours{}, false}, // a Monday
		{at(3, 16, 59), OfficeHours{}, false},
		{at(3, 17, 0), OfficeHours{}, true},
		{at(3, 7, 29), OfficeHours{}, true},
		{at(8, 9, 0), OfficeHours{}, true},         // a Saturday
		{at(3, 19, 30).UTC(), OfficeHours{}, true}, // 12:30 in Greenwich
		{at(3, 16, 30), OfficeHours{From: 7 * 60, To: 16 * 60}, true},
	} {
		if got := c.hours.After(c.start); got != c.want {
			t.Errorf("%s with %+v: %v, want %v", c.start, c.hours, got, c.want)
		}
	}
}

// TestFoldDoesNotDependOnOrder: moves and cancellations apply by corrected
// time, then id, in whatever order they come.
func TestFoldDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var changes []Change
		for i := range rapid.IntRange(0, 6).Draw(t, "changes") {
			c := Change{At: at(rapid.IntRange(1, 3).Draw(t, "day"), 8, 0), ID: journal.ID{15: byte(i)}, Reason: Weather}
			if rapid.Bool().Draw(t, "moved") {
				start := at(rapid.IntRange(4, 9).Draw(t, "to"), 19, 30)
				c.Moved = &Moved{Reason: Weather, Start: start, End: start.Add(time.Hour)}
			}
			changes = append(changes, c)
		}
		planned := Activity{Planned: Planned{Start: at(2, 14, 0), End: at(2, 16, 0)}}
		a := Fold(planned, slices.Clone(changes))
		b := Fold(planned, rapid.Permutation(changes).Draw(t, "shuffled"))
		if a.Start != b.Start || a.Status() != b.Status() || a.MovedFrom != b.MovedFrom {
			t.Fatalf("%+v and %+v", a, b)
		}
		if !a.MovedFrom.IsZero() && !a.MovedFrom.Equal(planned.Start) {
			t.Fatalf("moved from %s, want what was first planned", a.MovedFrom)
		}
	})
}

func TestMoveAfterCancellationRevives(t *testing.T) {
	a := Fold(Activity{Planned: Planned{Start: at(2, 14, 0)}}, []Change{
		{At: at(2, 9, 0), Moved: &Moved{Reason: Weather, Start: at(2, 19, 30), End: at(2, 21, 0)}, Reason: Weather},
		{At: at(2, 8, 0), Reason: "people"},
	})
	if a.Status() != StatusMoved || a.CancelReason != "" {
		t.Errorf("status %s", a.Status())
	}
}

func TestPace(t *testing.T) {
	start, end := journal.Day("2025-11-01"), journal.Day("2025-11-30")
	steady := func(days, n int) []int { return slices.Repeat([]int{n}, days) }
	p := PaceOf(3300, start, end, "2025-11-22", steady(22, 100))
	// 21 days are over; the 22nd is one of the nine left, whatever it has brought.
	if p.Actual != 2200 || p.Expected != 2310 || p.DaysLeft != 9 || p.NeededPerDay != 134 {
		t.Errorf("%+v", p)
	}
	for _, so := range []int{0, 100, 1199} {
		p := PaceOf(3300, start, end, "2025-11-22", append(steady(21, 100), so))
		if p.Expected != 2310 || p.DaysLeft != 9 || p.NeededPerDay != 134 {
			t.Errorf("with %d today: %+v", so, p)
		}
	}
	if p := PaceOf(3300, start, end, "2025-11-22", append(steady(21, 100), 1200)); p.NeededPerDay != 0 {
		t.Errorf("reached today: %+v", p)
	}
	if p := PaceOf(3300, start, end, end, append(steady(29, 100), 40)); p.Expected != 3190 || p.DaysLeft != 1 || p.NeededPerDay != 400 || p.Low == nil {
		t.Errorf("on the last day: %+v", p)
	}
	if p := PaceOf(3300, start, end, start, []int{0}); p.Expected != 0 || p.DaysLeft != 30 || p.NeededPerDay != 110 || p.Low != nil {
		t.Errorf("on the first day: %+v", p)
	}
	// Counts of people scatter, even if these do not.
	if p.Low == nil {
		t.Error("no forecast with 21 days over")
	} else if *p.Low < 2850 || *p.Low >= 3000 || *p.High <= 3000 || *p.High > 3150 {
		t.Errorf("a steady pace leads to about 3000, got %v to %v", *p.Low, *p.High)
	}
	if p := PaceOf(3300, start, end, "2025-11-03", steady(3, 100)); p.Low != nil {
		t.Errorf("two days are over, and it says %d to %d", *p.Low, *p.High)
	}
	if p := PaceOf(3300, start, end, "2025-12-05", steady(30, 100)); p.Expected != 3300 || p.DaysLeft != 0 || p.NeededPerDay != 0 || p.Low != nil {
		t.Errorf("after the end: %+v", p)
	}
	if p := PaceOf(3300, start, end, "2025-10-05", nil); p.Expected != 0 || p.DaysLeft != 30 || p.Low != nil {
		t.Errorf("before the start: %+v", p)
	}
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(1, 30).Draw(t, "days")
		daily := rapid.SliceOfN(rapid.IntRange(0, 500), days, days).Draw(t, "daily")
		p := PaceOf(rapid.IntRange(0, 10000).Draw(t, "target"), start, end, start.Add(days-1), daily)
		if p.Low != nil && (*p.Low > *p.High || *p.Low < p.Actual) {
			t.Fatalf("band %d to %d with %d there", *p.Low, *p.High, p.Actual)
		}
		if before := p.Actual - daily[days-1]; p.Target > p.Actual && before+p.NeededPerDay*p.DaysLeft < p.Target {
			t.Fatalf("%d a day for %d days does not reach %d from %d", p.NeededPerDay, p.DaysLeft, p.Target, before)
		}
	})
}

func TestPlanGoesThroughItsLines(t *testing.T) {
	items := []Item{
		{Target: &Target{Campaign: "c", Office: "a", Indicator: "enrolments", From: "2025-11-01", To: "2025-11-10", Value: 7}},
		{Target: &Target{Office: "a", Indicator: "enrolments", From: "2025-01-01", To: "2025-12-31", Value: 90}},
		{Campaign: &Campaign{ID: "c", Kind: Festival, Name: Name{"vi": "Đợt", "bn": "উৎসব"}, Province: "p", Start: "2025-11-01", End: "2025-11-10", Synthetic: true}},
		{Office: &Office{ID: "a", Parent: "p", Kind: GrassRoots, Name: "A"}},
		{Office: &Office{ID: "p", Kind: Province, Name: "P", ProvinceCode: "15"}},
	}
	plan := NewPlan(items)
	if err := plan.Check(); err != nil {
		t.Fatal(err)
	}
	var again []Item
	for _, it := range plan.Items() {
		line, err := it.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeItem(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		again = append(again, back)
	}
	for i, it := range NewPlan(again).Items() {
		a, _ := it.Encode()
		if b, _ := plan.Items()[i].Encode(); string(a) != string(b) {
			t.Errorf("line %d: %s became %s", i, b, a)
		}
	}
	if first, _ := plan.Items()[0].Key(); first != "office" || plan.Items()[0].Office.ID != "p" {
		t.Error("the province does not come before its office")
	}
}

func code(err error) string {
	var r *journal.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// A target of no campaign is a province's for a whole calendar year.
func TestTargetsOfNoCampaign(t *testing.T) {
	year := func(office, from, to string) Item {
		return Item{Target: &Target{Office: office, Indicator: "enrolments", From: journal.Day(from), To: journal.Day(to), Value: 9}}
	}
	for _, c := range []struct{ name, from, to, code string }{
		{"a year", "2025-01-01", "2025-12-31", ""},
		{"half of one", "2025-01-01", "2025-06-30", "plan.target_year"},
		{"two", "2025-01-01", "2026-12-31", "plan.target_year"},
	} {
		it := year("a", c.from, c.to)
		if err := it.Validate(); code(err) != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for office, want := range map[string]string{"a": "", "p": "", "nowhere": "plan.target_nowhere", "alone": "plan.target_nowhere"} {
		plan := NewPlan([]Item{
			{Office: &Office{ID: "p", Kind: Province}},
			{Office: &Office{ID: "a", Parent: "p", Kind: GrassRoots}},
			{Office: &Office{ID: "alone", Kind: Partner}},
			year(office, "2025-01-01", "2025-12-31"),
		})
		if err := plan.Check(); code(err) != want {
			t.Errorf("of %s: %v", office, err)
		}
	}
}

// In a year something comes on the days with a campaign alone: those before the
// first are no days without entries, and after the last nothing comes.
func TestPaceWithin(t *testing.T) {
	year, busy := Period{"2025-01-01", "2025-12-31"}, Period{"2025-11-01", "2025-11-30"}
	days := slices.Concat(make([]int, 304), slices.Repeat([]int{100}, 22)) // to November 22nd
	p := PaceWithin(3650, year, busy, "2025-11-22", days)
	// 21 of 30 days are over, which brought 2100; nine are left.
	if p.Actual != 2200 || p.Expected != 2555 || p.DaysLeft != 9 || p.NeededPerDay != 173 {
		t.Errorf("%+v", p)
	}
	if p.Low == nil || *p.Low < 2850 || *p.Low >= 3000 || *p.High <= 3000 || *p.High > 3150 {
		t.Errorf("to the end of November about 3000: %+v", p)
	}
	p = PaceWithin(3650, year, busy, "2025-12-10", slices.Concat(make([]int, 304), slices.Repeat([]int{100}, 30), make([]int, 10)))
	if v, short := p.Verdict(); v != Behind || short != 650 {
		t.Errorf("no campaign is left: %s by %d, %+v", v, short, p)
	}
	if p.Expected != 3650 || p.DaysLeft != 22 || p.NeededPerDay != 30 {
		t.Errorf("what is missing falls to the days of the year: %+v", p)
	}
	p = PaceWithin(3650, year, busy, "2026-01-01", slices.Concat(make([]int, 304), slices.Repeat([]int{100}, 30), make([]int, 31)))
	if v, short := p.Verdict(); v != Missed || short != 650 || p.DaysLeft != 0 {
		t.Errorf("the year is over: %s by %d, %+v", v, short, p)
	}
	p = PaceWithin(3650, year, busy, "2025-06-10", make([]int, 161))
	if v, _ := p.Verdict(); p.Low != nil || p.Expected != 0 || p.DaysLeft != 30 || p.NeededPerDay != 122 || v != OnCourse {
		t.Errorf("none has begun: %+v", p)
	}
}

func TestBoundaries(t *testing.T) {
	plan := NewPlan([]Item{{Commune: &Commune{Code: "1"}}})
	feature := func(code, geometry string) string {
		return `{"type":"Feature","properties":{"code":"` + code + `"},"geometry":` + geometry + `}`
	}
	square := `{"type":"Polygon","coordinates":[[[104,22],[105,22],[105,23],[104,22]]]}`
	for _, c := range []struct{ name, file, code string }{
		{"good", `{"type":"FeatureCollection","features":[` + feature("1", square) + `,` + feature("9", square) + `]}`, ""},
		{"no map", `[]`, "boundary.malformed"},
		{"a point", `{"type":"FeatureCollection","features":[` + feature("1", `{"type":"Point","coordinates":[104,22]}`) + `]}`, "boundary.geometry"},
		{"metres, not degrees", `{"type":"FeatureCollection","features":[` + feature("1", `{"type":"Polygon","coordinates":[[[500000,2400000]]]}`) + `]}`, "boundary.geometry"},
		{"other codes", `{"type":"FeatureCollection","features":[` + feature("9", square) + `]}`, "boundary.none"},
	} {
		geometry, _, err := ReadBoundaries(strings.NewReader(c.file), "code", plan)
		switch {
		case c.code == "" && (err != nil || len(geometry) != 1):
			t.Errorf("%s: %v", c.name, err)
		case c.code != "" && (err == nil || !strings.HasPrefix(err.Error(), c.code)):
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
}

// TestSharesAddUp: what communes share is what their office aims at.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := []Item{{Office: &Office{ID: "p", Kind: Province}}, {Office: &Office{ID: "a", Parent: "p", Kind: GrassRoots}}}
		n := rapid.IntRange(1, 12).Draw(t, "communes")
		for i := range n {
			items = append(items, Item{Commune: &Commune{Code: string(rune('a' + i)), Office: "a"}})
		}
		c := &Campaign{ID: "c", Province: "p", Start: "2025-11-01", End: "2025-11-10"}
		total := rapid.IntRange(0, 1000).Draw(t, "target")
		items = append(items, Item{Campaign: c}, Item{Target: &Target{Campaign: "c", Office: "a", Indicator: "enrolments", From: c.Start, To: c.End, Value: total}})
		sum := 0
		for _, share := range NewPlan(items).CommuneShares(c, "enrolments", c.End) {
			if share < total/n || share > total/n+1 {
				t.Fatalf("a share of %d of %d among %d", share, total, n)
			}
			sum += share
		}
		if sum != total {
			t.Fatalf("shares add up to %d, want %d", sum, total)
		}
	})
}

// TestClashesReadNamesAsPeopleDo: a plate or a room is the same however it is
// typed, and is told as it is typed.
func TestClashesReadNamesAsPeopleDo(t *testing.T) {
	for _, c := range []struct {
		vehicles, rooms, places [2]string
		want                    string
	}{
		{[2]string{"24A-123.45", "24a 12345"}, [2]string{}, [2]string{}, "vehicle 24A-123.45"},
		{[2]string{"24A12345", "24A–12345"}, [2]string{}, [2]string{}, "vehicle 24A12345"},
		{[2]string{"24A-12345", "24A-12346"}, [2]string{}, [2]string{}, ""},
		{[2]string{"Ca nô 1", "ca  nô 1"}, [2]string{}, [2]string{}, "vehicle Ca nô 1"},
		{[2]string{}, [2]string{"phòng a", "Phòng  A"}, [2]string{}, "room phòng a"},
		{[2]string{}, [2]string{"PHO\u0300NG A", "phòng A"}, [2]string{}, "room PHO\u0300NG A"},
		{[2]string{}, [2]string{"Phòng 1.2", "Phòng 12"}, [2]string{}, ""},
		{[2]string{}, [2]string{"Hội trường", "hội trường"}, [2]string{"Nhà văn hoá  thôn 1", "nhà văn hoá thôn 1"}, "room Hội trường"},
		{[2]string{}, [2]string{"Hội trường", "Hội trường"}, [2]string{"Nhà văn hoá thôn 1", "UBND xã"}, ""},
	} {
		var all []*Activity
		for i := range 2 {
			a := &Activity{ID: journal.ID{15: byte(i + 1)}, Commune: "001"}
			a.Start, a.End = at(3, 8+i, 0), at(3, 11, 0)
			a.Vehicles, a.Room, a.Place = []string{c.vehicles[i]}, c.rooms[i], c.places[i]
			all = append(all, a)
		}
		got := ""
		for _, clash := range Clashes(all) {
			got += string(clash.Kind) + " " + clash.What
		}
		if got != c.want {
			t.Errorf("%q %q: %q, want %q", c.vehicles, c.rooms, got, c.want)
		}
	}
}

// TestClashesAreAllPairsThatOverlap compares with looking at every pair.
func TestClashesAreAllPairsThatOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []*Activity
		for i := range rapid.IntRange(0, 12).Draw(t, "activities") {
			a := &Activity{ID: journal.ID{15: byte(i + 1)}, Commune: rapid.SampledFrom([]string{"001", "002"}).Draw(t, "commune")}
			a.Start = at(3, 8, 0).Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "start")) * time.Hour)
			a.End = a.Start.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "hours")) * time.Hour)
			a.Team = rapid.SliceOfN(rapid.SampledFrom([]string{"ann", "bob"}), 0, 3).Draw(t, "team")
			a.Vehicles = rapid.SliceOfN(rapid.SampledFrom([]string{"24A-1", "24A-2"}), 0, 2).Draw(t, "vehicles")
			a.Room = rapid.SampledFrom([]string{"", "hall"}).Draw(t, "room")
			a.Place = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "place")
			if rapid.IntRange(0, 5).Draw(t, "cancelled") == 0 {
				a.CancelReason = "people"
			}
			if i > 0 && rapid.IntRange(0, 3).Draw(t, "shift") == 0 {
				a.Post = all[0].ID
			}
			all = append(all, a)
		}
		type found struct {
			kind ClashKind
			what string
			a, b journal.ID
		}
		want := map[found]bool{}
		for i, a := range all {
			for _, b := range all[i+1:] {
				first, second := a, b
				if second.Start.Before(first.Start) {
					first, second = second, first
				}
				if a.CancelReason != "" || b.CancelReason != "" || !second.Start.Before(first.End) || a.Post == b.ID || b.Post == a.ID {
					continue
				}
				for _, who := range first.Team {
					if slices.Contains(second.Team, who) {
						want[found{ClashPerson, who, first.ID, second.ID}] = true
					}
				}
				for _, v := range first.Vehicles {
					if slices.Contains(second.Vehicles, v) {
						want[found{ClashVehicle, v, first.ID, second.ID}] = true
					}
				}
				if a.Room != "" && a.Room == b.Room && a.Place == b.Place && a.Commune == b.Commune {
					want[found{ClashRoom, a.Room, first.ID, second.ID}] = true
				}
			}
		}
		got := Clashes(all)
		for _, c := range got {
			if !want[found{c.Kind, c.What, c.A, c.B}] {
				t.Errorf("a clash that is none: %+v", c)
			}
			if c.To.Before(c.From) {
				t.Errorf("it ends before it begins: %+v", c)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d clashes, want %d", len(got), len(want))
		}
	})
}

// TestSpread: the parts are the total, near their shares, and in the order of
// the shares.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 100_000).Draw(t, "total")
		shares := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,3}`), rapid.IntRange(0, 50_000), 1, 40).Draw(t, "shares")
		parts, sum, all := Spread(total, shares), 0, 0
		for _, n := range shares {
			all += n
		}
		for k, n := range shares {
			sum += parts[k]
			if exact := float64(total) * float64(n) / float64(all); all > 0 && (float64(parts[k]) < exact-1 || float64(parts[k]) > exact+1) {
				t.Errorf("%s has %d of an exact %f", k, parts[k], exact)
			}
			for o, m := range shares {
				if n > m && parts[k] < parts[o] {
					t.Errorf("%s, with more people, has less than %s", k, o)
				}
			}
		}
		if sum != total {
			t.Errorf("the parts add up to %d of %d", sum, total)
		}
	})
}

func TestVerdict(t *testing.T) {
	n := func(n int) *int { return &n }
	for _, c := range []struct {
		pace  Pace
		want  Verdict
		short int
	}{
		{Pace{}, NoTarget, 0},
		{Pace{Target: 10, Actual: 10, DaysLeft: 3}, Reached, 0},
		{Pace{Target: 10, Actual: 4}, Missed, 6},
		{Pace{Target: 10, Actual: 4, Expected: 5, DaysLeft: 3}, Open, 6},
		{Pace{Target: 10, Actual: 5, Expected: 5, DaysLeft: 3}, OnCourse, 0},
		{Pace{Target: 10, Actual: 4, DaysLeft: 3, Low: n(10), High: n(14)}, OnCourse, 0},
		{Pace{Target: 10, Actual: 4, DaysLeft: 3, Low: n(6), High: n(10)}, Open, 2},
		{Pace{Target: 10, Actual: 4, DaysLeft: 3, Low: n(5), High: n(9)}, Behind, 3},
	} {
		if v, short := c.pace.Verdict(); v != c.want || short != c.short {
			t.Errorf("%+v: %s, short by %d; want %s, %d", c.pace, v, short, c.want, c.short)
		}
	}
}
