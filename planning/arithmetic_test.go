package planning

import (
	"testing"

	"pgregory.net/rapid"

	"caunoi/campaign"
)

func threeCommunes() (*campaign.Plan, *campaign.Campaign) {
	c := &campaign.Campaign{ID: "c", Province: "p", Start: "2025-11-01", End: "2025-11-14"}
	commune := func(code, office string, lon float64) campaign.Item {
		return campaign.Item{Commune: &campaign.Commune{Code: code, Office: office, Lat: 0, Lon: lon}}
	}
	return campaign.NewPlan([]campaign.Item{
		{Campaign: c},
		{Office: &campaign.Office{ID: "p", Kind: campaign.Province}},
		{Office: &campaign.Office{ID: "a", Parent: "p", Kind: campaign.GrassRoots}},
		{Office: &campaign.Office{ID: "b", Parent: "p", Kind: campaign.GrassRoots}},
		commune("1", "a", 0), commune("2", "a", 1), commune("3", "b", 5),
	}), c
}

// TestReckon works two communes out by hand. A degree on the equator is 111.19
// km, so the middle of the office's two communes lies 55.6 km from each.
func TestReckon(t *testing.T) {
	plan, c := threeCommunes()
	a := Assumptions{Reach: 50, PerSession: 10, Session: 120, Day: 480, Speed: 60, Winding: 100, Weekdays: 7, TeamDay: 1_000_000, Kilometre: 5_000}
	r := Reckon(plan, c, a, map[string]int{"1": 190, "3": 1}, map[string]int{"1": 4}, "2025-11-05")
	if r.Days != 10 {
		t.Errorf("days %d", r.Days)
	}
	// 95 of 190 people at 10 a session; 112 minutes on the road leave 3 sessions a day.
	want := Need{Uncovered: 190, Sessions: 10, Planned: 4, Distance: 56, TeamDays: 3.3, Teams: 1, Cost: 3_300_000 + 4*2*56*5_000}
	if r.Communes[0].Need != want {
		t.Errorf("commune 1: %+v, want %+v", r.Communes[0].Need, want)
	}
	// One of one person, in the office's only commune: one session of four.
	if got := r.Communes[2].Need; got != (Need{Uncovered: 1, Sessions: 1, TeamDays: 0.3, Teams: 1, Cost: 300_000}) {
		t.Errorf("commune 3: %+v", got)
	}
	if r.Total.Sessions != 11 || r.Total.Teams != 2 || r.Offices[0].Office != "a" {
		t.Errorf("total %+v of %+v", r.Total, r.Offices)
	}
	if over := Reckon(plan, c, a, nil, nil, "2025-12-01"); over.Days != 0 || over.Total.Teams != 0 {
		t.Errorf("after the campaign: %+v", over)
	}
}

// TestReckonGrows: more people never take less, and totals are sums.
func TestReckonGrows(t *testing.T) {
	plan, c := threeCommunes()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, least, most int) int { return rapid.IntRange(least, most).Draw(t, name) }
		a := Assumptions{
			n("reach", 1, 100), n("per", 1, 1000), n("session", 10, 1440), n("day", 60, 1440), n("speed", 5, 120),
			n("winding", 100, 400), n("weekdays", 1, 7), n("team day", 0, 1e8), n("km", 0, 1e6),
		}
		if err := a.Check(); err != nil {
			t.Fatal(err)
		}
		people := map[string]int{"1": n("1", 0, 5000), "2": n("2", 0, 5000), "3": n("3", 0, 5000)}
		before := Reckon(plan, c, a, people, nil, "2025-11-05")
		people["2"] += n("more", 0, 500)
		after := Reckon(plan, c, a, people, nil, "2025-11-05")
		if after.Total.Sessions < before.Total.Sessions || after.Total.Cost < before.Total.Cost || after.Total.Teams < before.Total.Teams {
			t.Errorf("more people take less: %+v, then %+v", before.Total, after.Total)
		}
		sessions, cost := 0, 0
		for _, c := range after.Communes {
			sessions, cost = sessions+c.Sessions, cost+c.Cost
		}
		if sessions != after.Total.Sessions || cost != after.Total.Cost {
			t.Errorf("the parts are %d sessions and %d đồng, the whole %+v", sessions, cost, after.Total)
		}
	})
}
