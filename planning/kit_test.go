package planning_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/planning"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/vault"
)

var ctx = context.Background()

var kitNow = time.Date(2025, 9, 1, 9, 0, 0, 0, journal.Zone)

// kitDesk is a store in which somebody plans.
type kitDesk struct {
	store store.Store
	in    *fieldsync.Intake
}

// newKitDesk holds two provinces: p with the offices a and b, and q, where the
// offices qa and qb have the same names, and communes are called the same save
// for 003, which has no like there.
func newKitDesk(t *testing.T) kitDesk {
	s, err := sqlite.Open(t.Context(), t.TempDir(), vault.New())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	in := storetest.Intake(t, s)
	office := func(id, parent, name string, kind campaign.OfficeKind) campaign.Item {
		return campaign.Item{Office: &campaign.Office{ID: id, Parent: parent, Name: name, Kind: kind}}
	}
	err = in.PutPlan(ctx, []campaign.Item{
		office("q", "", "Office q", campaign.Province), office("qa", "q", "office  A", campaign.GrassRoots), office("qb", "q", "Office b", campaign.GrassRoots),
		office("post", "p", "Bưu điện", campaign.Partner),
		{Commune: &campaign.Commune{Code: "901", Name: "Commune 001", Type: "xã", Office: "qa"}},
		{Commune: &campaign.Commune{Code: "902", Name: "Commune 002", Type: "xã", Office: "qb"}},
		{Commune: &campaign.Commune{Code: "903", Name: "Mường Khác", Type: "xã", Office: "qb"}},
		{Village: &campaign.Village{ID: "v1", Commune: "001", Name: "Bản Một"}},
		{Village: &campaign.Village{ID: "v2", Commune: "001", Name: "Bản Hai"}},
		{Village: &campaign.Village{ID: "v3", Commune: "001", Name: "Bản Hai"}},
		{Village: &campaign.Village{ID: "w1", Commune: "901", Name: "bản một"}},
		{Campaigner: &campaign.Campaigner{ID: "nguyen-thu", Name: "Nguyễn Thử Mô Phỏng", Office: "a"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return kitDesk{s, in}
}

type testing1 interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// plans runs f as a planner in a campaign; it is kept unless f fails.
func (d kitDesk) plans(id string, f func(p *planning.Planner, put planning.Put) error) error {
	return d.store.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		return f(&planning.Planner{
			Schema: outreach.Schema(), Tx: tx, Plan: plan, Campaign: plan.Campaigns[id], Actor: access.Terminal(), Now: kitNow,
			Append: func(e []journal.Stored) ([]journal.Outcome, error) { return d.in.Append(tx, plan, e) },
		}, d.in.Changing(tx))
	})
}

// kit is a campaign as the bytes of its file.
func (d kitDesk) kit(t testing1, id string) []byte {
	t.Helper()
	var raw []byte
	err := d.plans(id, func(p *planning.Planner, _ planning.Put) error {
		kit, err := p.Kit(campaign.Name{"vi": "thử"})
		if err != nil {
			return err
		}
		raw, err = kit.Encode()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (d kitDesk) adopt(t testing1, raw []byte, how planning.Adoption, trial bool) (*planning.Adopted, error) {
	t.Helper()
	kit, err := planning.ReadKit(raw)
	if err != nil {
		t.Fatal(err)
	}
	var out *planning.Adopted
	err = d.plans(how.ID, func(p *planning.Planner, put planning.Put) (err error) {
		if trial {
			put = nil
		}
		out, err = p.Adopt(kit, how, put)
		return err
	})
	return out, err
}

// told is a campaign's plan as far as a kit holds it: activities as planned, as
// text, with the shifts of each; and targets.
func (d kitDesk) told(t testing1, id string) (c campaign.Campaign, activities, targets []string) {
	t.Helper()
	err := d.plans(id, func(p *planning.Planner, _ planning.Put) error {
		c = *p.Campaign
		sessions, err := p.Sessions()
		if err != nil {
			return err
		}
		text, shifts := map[journal.ID]string{}, map[journal.ID][]string{}
		for _, s := range sessions {
			e := s.PlanEntry()
			body, err := campaign.ActivityPlanned.Decode(&e)
			if err != nil {
				return err
			}
			b := body.(*campaign.Planned)
			text[s.ID] = fmt.Sprintf("%s %s %s %s %s %s %q %q %q %q %v %v", b.Start, b.End, b.Kind, e.Office, e.Commune, b.Village, b.Place, b.Room, b.SubKind, b.Topics, b.Partners, s.Post.IsZero())
			shifts[s.Post] = append(shifts[s.Post], text[s.ID])
		}
		for _, s := range sessions {
			if s.Post.IsZero() {
				slices.Sort(shifts[s.ID])
				activities = append(activities, text[s.ID]+"\n"+strings.Join(shifts[s.ID], "\n"))
			}
		}
		for _, x := range p.Plan.Targets {
			if x.Campaign == id && x.Campaigner == "" {
				x.Campaign = ""
				targets = append(targets, fmt.Sprint(x))
			}
		}
		slices.Sort(activities)
		slices.Sort(targets)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, activities, targets
}

func kitDraft(t *rapid.T, c *campaign.Campaign) planning.Draft {
	d := planning.Draft{Commune: rapid.SampledFrom([]string{"001", "002", "003"}).Draw(t, "commune")}
	d.Office = rapid.SampledFrom([]string{"", "a", "b", "p"}).Draw(t, "office")
	d.Kind = rapid.SampledFrom(campaign.ActivityKinds).Draw(t, "kind")
	d.Place = rapid.SampledFrom([]string{"Chợ", "Nhà văn hóa", `"{" \`, "=1+1"}).Draw(t, "place")
	d.Room = rapid.SampledFrom([]string{"", "Phòng 1"}).Draw(t, "room")
	d.SubKind = rapid.SampledFrom([]string{"", "Loa"}).Draw(t, "sub")
	if d.Commune == "001" {
		d.Village = rapid.SampledFrom([]string{"", "v1", "v2", "v3"}).Draw(t, "village")
	}
	d.Topics = rapid.SampledFrom([][]string{nil, {"bhyt"}, {"bhyt", "bhxh"}}).Draw(t, "topics")
	d.Partners = rapid.SampledFrom([][]string{nil, {"post"}}).Draw(t, "partners")
	d.Team = rapid.SampledFrom([][]string{nil, {"ann"}, {"ann", "nguyen-thu"}}).Draw(t, "team")
	d.Lead = rapid.SampledFrom([]string{"", "lea"}).Draw(t, "lead")
	d.Vehicles = rapid.SampledFrom([][]string{nil, {"24A-000.01"}}).Draw(t, "vehicles")
	day := c.Start.Add(rapid.IntRange(0, c.End.Sub(c.Start)).Draw(t, "day"))
	d.Start = day.Start().Add(time.Duration(rapid.IntRange(0, 20*60).Draw(t, "at")) * time.Minute)
	d.End = d.Start.Add(time.Duration(rapid.IntRange(0, 3*60).Draw(t, "for")) * time.Minute)
	return d
}

// TestKitRoundTrip: out and in under the same province and start is the same
// plan, but for people; twice is once; and the file names nobody.
func TestKitRoundTrip(t *testing.T) {
	d, n := newKitDesk(t), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		from, to := fmt.Sprint("from-", n), fmt.Sprint("to-", n)
		c := &campaign.Campaign{
			ID: from, Kind: campaign.Festival, Name: campaign.Name{"vi": "Đợt", "bn": "অভিযান"}, Province: "p", Start: "2026-02-10", Synthetic: true,
			CountingStage: rapid.SampledFrom([]campaign.Stage{"", campaign.Issued}).Draw(t, "stage"),
			NamedOffices:  rapid.SampledFrom([][]string{nil, {"b", "a"}}).Draw(t, "named"),
			League:        rapid.SampledFrom([]*campaign.Rule{nil, {Weights: map[string]int{"enrolments": 3}, Per: campaign.PerPeople, HoldFlagged: true}}).Draw(t, "rule"),
			Hours:         rapid.SampledFrom([]campaign.OfficeHours{{}, {From: 400, To: 900}}).Draw(t, "hours"),
		}
		c.End = c.Start.Add(rapid.IntRange(0, 60).Draw(t, "days"))
		if rapid.Bool().Draw(t, "published") {
			c.Published = c.End.Add(rapid.IntRange(0, 5).Draw(t, "later"))
		}
		items := []campaign.Item{{Campaign: c}}
		for _, indicator := range []string{"enrolments", "people_reached"} {
			for _, whose := range [][2]string{{"a"}, {"b"}, {"p"}, {"a", "nguyen-thu"}} {
				first := rapid.IntRange(0, c.End.Sub(c.Start)).Draw(t, "first")
				items = append(items, campaign.Item{Target: &campaign.Target{
					Campaign: from, Office: whose[0], Campaigner: whose[1], Indicator: indicator,
					From: c.Start.Add(first), To: c.End, Value: rapid.IntRange(1, 5).Draw(t, "value"),
				}})
			}
		}
		if err := d.in.PutPlan(ctx, items); err != nil {
			t.Fatal(err)
		}
		drafts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) planning.Draft { return kitDraft(t, c) }), 1, 12).Draw(t, "drafts")
		shifts := rapid.Bool().Draw(t, "shifts")
		err := d.plans(from, func(p *planning.Planner, _ planning.Put) error {
			done, err := p.Add(slices.Clone(drafts), shifts)
			if err != nil {
				return err
			}
			var ids []journal.ID
			for _, x := range done {
				if x.Refusal == nil { // past the campaign's last day
					ids = append(ids, x.Activity)
				}
			}
			if len(ids) == 0 {
				return nil
			}
			// What became of them that year is not what was planned.
			if _, err := p.Move(ids[:1], nil, planning.Move{Reason: campaign.Weather, Days: rapid.IntRange(-2, 2).Draw(t, "by"), Place: "Nơi khác"}); err != nil {
				return err
			}
			if _, err := p.Cancel(ids[len(ids)-1:], nil, "people", ""); err != nil {
				return err
			}
			return planning.SetAssumptions(p.Tx, from, planning.Assumptions{Reach: 7, PerSession: 9, Session: 60, Day: 60, Speed: 5, Winding: 100, Weekdays: 1})
		})
		if err != nil {
			t.Fatal(err)
		}

		raw := d.kit(t, from)
		for _, who := range []string{"ann", "lea", "nguyen-thu", "Worker ann", "Nguyễn Thử", "24A-000.01"} {
			if bytes.Contains(raw, []byte(`"`+who+`"`)) || strings.ContainsAny(who, " -") && bytes.Contains(raw, []byte(who)) {
				t.Fatalf("%q is in the file:\n%s", who, raw)
			}
		}
		how := planning.Adoption{ID: to, Province: "p", Start: c.Start, Weekdays: rapid.Bool().Draw(t, "weekdays")}
		tried, err := d.adopt(t, raw, how, true)
		if err != nil {
			t.Fatal(err)
		}
		made, err := d.adopt(t, raw, how, false)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(tried, made) || len(made.Lost) > 0 || made.LeftOut+made.Same > 0 {
			t.Fatalf("tried %+v, made %+v", tried, made)
		}
		c1, a1, t1 := d.told(t, from)
		c2, a2, t2 := d.told(t, to)
		if c1.ID = to; !reflect.DeepEqual(c1, c2) {
			t.Fatalf("campaign %+v, want %+v", c2, c1)
		}
		if !slices.Equal(a1, a2) {
			t.Fatalf("activities\n%s\nwant\n%s", strings.Join(a2, "\n"), strings.Join(a1, "\n"))
		}
		if !slices.Equal(t1, t2) {
			t.Fatalf("targets %v, want %v", t2, t1)
		}
		// The file of the copy is the same, but for its id and the teams.
		a, _ := planning.ReadKit(raw)
		b, _ := planning.ReadKit(d.kit(t, to))
		a.Campaign.ID = b.Campaign.ID
		for i := range a.Activities {
			a.Activities[i].Team = 0
			for j := range a.Activities[i].Shifts {
				a.Activities[i].Shifts[j].Team = 0
			}
		}
		if !reflect.DeepEqual(a.Campaign, b.Campaign) || !reflect.DeepEqual(a.Assumptions, b.Assumptions) || !reflect.DeepEqual(a.Targets, b.Targets) {
			t.Fatalf("the copy's file:\n%+v\n%+v", b, a)
		}

		again, err := d.adopt(t, raw, how, false)
		if err != nil || again.Activities+len(again.Targets) > 0 || again.Same != made.Activities {
			t.Fatalf("again: %+v, %v", again, err)
		}
		if _, a3, t3 := d.told(t, to); !slices.Equal(a2, a3) || !slices.Equal(t2, t3) {
			t.Fatal("the second time changed something")
		}
	})
	if diff := storetest.Verify(t, d.store); len(diff) > 0 {
		t.Errorf("a recount differs: %v", diff)
	}
}

// festival has a post with a shift, an activity in each commune, and a place
// that tells of a campaigner.
func festival(t *testing.T, d kitDesk) []byte {
	t.Helper()
	at := func(day, hour int) (time.Time, time.Time) {
		start := time.Date(2025, 11, day, hour, 0, 0, 0, journal.Zone)
		return start, start.Add(2 * time.Hour)
	}
	draft := func(kind campaign.ActivityKind, commune, place string, day int) planning.Draft {
		out := planning.Draft{Commune: commune, Planned: campaign.Planned{Kind: kind, Place: place, Team: []string{"ann"}, Topics: []string{"hỏi Nguyễn Thử Mô Phỏng", "bhyt"}}}
		out.Start, out.End = at(day, 8)
		return out
	}
	first := draft(campaign.Booth, "001", "Chợ", 1)
	first.Village = "v1"
	err := d.plans("c", func(p *planning.Planner, _ planning.Put) error {
		_, err := p.Add([]planning.Draft{
			first, draft(campaign.Booth, "001", "Chợ", 8), draft(campaign.SmallGroup, "002", "Nhà ông nguyễn thử mô phỏng", 10), draft(campaign.Other, "003", "Sân Commune 003", 5),
		}, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	target := func(office string, value int) campaign.Item {
		return campaign.Item{Target: &campaign.Target{Campaign: "c", Office: office, Indicator: "enrolments", From: "2025-11-01", To: "2025-11-10", Value: value}}
	}
	if err := d.in.PutPlan(ctx, []campaign.Item{target("a", 30), target("b", 70)}); err != nil {
		t.Fatal(err)
	}
	return d.kit(t, "c")
}

func TestKitNamesNobodyInTexts(t *testing.T) {
	d := newKitDesk(t)
	kit, err := planning.ReadKit(festival(t, d))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range kit.Activities {
		if strings.Contains(a.Place, "nguyễn") || len(a.Topics) != 1 || a.Commune == "002" && a.Place != "Commune 002" || a.Commune != "002" && a.Place == "" {
			t.Errorf("%+v", a)
		}
	}
}

// TestKitElsewhere: another province finds what is called the same, and is
// asked for the rest.
func TestKitElsewhere(t *testing.T) {
	d := newKitDesk(t)
	raw := festival(t, d)
	// 2026-11-03 is a Tuesday, 2025-11-01 was a Saturday: three days earlier.
	how := planning.Adoption{ID: "dot-moi", Province: "q", Start: "2026-11-03", Weekdays: true}
	got, err := d.adopt(t, raw, how, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.UnknownOffices) != 0 || len(got.UnknownCommunes) != 1 || got.UnknownCommunes[0] != (planning.Stranger{ID: "003", Name: "Commune 003", Activities: 1}) {
		t.Errorf("unknown: %+v %+v", got.UnknownOffices, got.UnknownCommunes)
	}
	if want := map[string]string{"001": "901", "002": "902", "003": ""}; !reflect.DeepEqual(got.Communes, want) {
		t.Errorf("communes: %v", got.Communes)
	}
	// The post's first day, a Saturday, would be before the campaign.
	if len(got.Lost) != 1 || got.Lost[0].On != "2026-10-31" || got.Lost[0].Why.Code != "planning.days" {
		t.Errorf("lost: %+v", got.Lost)
	}
	if _, err := d.adopt(t, raw, how, false); code(err) != "kit.unknown" {
		t.Errorf("with an unknown commune: %v", err)
	}
	how.Communes = map[string]string{"003": "001"}
	if _, err := d.adopt(t, raw, how, true); code(err) != "planning.commune" {
		t.Errorf("a commune of elsewhere: %v", err)
	}
	how.Communes["003"] = "903"
	if got, err = d.adopt(t, raw, how, false); err != nil || got.Activities != 3 {
		t.Fatalf("%+v %v", got, err)
	}
	c, activities, targets := d.told(t, "dot-moi")
	if c.End != "2026-11-12" || len(activities) != 3 || !strings.Contains(activities[1], "2026-11-07 08:00:00 +0700") || !strings.Contains(activities[0], "Sân Mường Khác") || !strings.Contains(activities[1], "booth qa 901  \"Chợ\"") {
		t.Errorf("%v: %s", c.End, strings.Join(activities, "\n"))
	}
	if want := []string{"{ qa  enrolments 2026-11-03 2026-11-12 30}", "{ qb  enrolments 2026-11-03 2026-11-12 70}"}; !slices.Equal(targets, want) {
		t.Errorf("targets: %v", targets)
	}
	for _, taken := range []planning.Adoption{
		{ID: "dot-moi", Province: "q", Start: "2026-11-04", LeaveOut: true},
		{ID: "c", Province: "p", Start: "2025-11-01"}, // where the file is from
	} {
		if _, err := d.adopt(t, raw, taken, false); code(err) != "kit.taken" {
			t.Errorf("the id of another campaign: %v", err)
		}
	}
}

func TestKitTargetsAreParted(t *testing.T) {
	d := newKitDesk(t)
	raw := festival(t, d)
	lived := []people.Village{{Commune: "901", People: 10, Uncovered: 4}, {Commune: "902", People: 20, Uncovered: 1}, {Commune: "903", People: 10}}
	for i, tt := range []struct {
		by     planning.Parting
		totals map[string]int
		qa, qb int
	}{
		{planning.AsIs, nil, 30, 70},
		{planning.ByShares, map[string]int{"enrolments/1/10": 1000}, 300, 700},
		{planning.ByPeople, nil, 25, 75},
		{planning.ByUncovered, map[string]int{"enrolments/1/10": 10}, 8, 2},
		{planning.Evenly, nil, 50, 50},
	} {
		got, err := d.adopt(t, raw, planning.Adoption{
			ID: fmt.Sprint("dot-", i), Province: "q", Start: "2026-11-07", LeaveOut: true, Targets: tt.by, Totals: tt.totals, Lived: lived,
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]int{}
		for _, x := range got.Targets {
			parts[x.Office] = x.Value
		}
		if want := map[string]int{"qa": tt.qa, "qb": tt.qb}; !reflect.DeepEqual(parts, want) {
			t.Errorf("%s: %v, want %v", tt.by, parts, want)
		}
	}
}

// TestHostileKits are refused in words, whatever stands in them.
func TestHostileKits(t *testing.T) {
	d := newKitDesk(t)
	good := string(festival(t, d))
	if _, err := planning.ReadKit([]byte("\ufeff" + good)); err != nil {
		t.Fatal(err)
	}
	set := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in\n%s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, tt := range []struct{ name, text, code string }{
		{"nothing", "", "kit.malformed"},
		{"another file", `{"office":{"id":"p"}}`, "kit.version"},
		{"a later version", set(`"caunoi_campaign": 1`, `"caunoi_campaign": 2`), "kit.version"},
		{"an unknown member", set(`"kind": "festival"`, `"people": [], "kind": "festival"`), "kit.malformed"},
		{"a name twice", set(`"kind": "festival"`, `"kind": "sprint", "kind": "festival"`), "kit.malformed"},
		{"another type", set(`"days": 10`, `"days": "10"`), "kit.malformed"},
		{"a negative length", set(`"days": 10`, `"days": -10`), "kit.field"},
		{"an endless length", set(`"days": 10`, `"days": 1000000000`), "kit.field"},
		{"a negative duration", set(`"minutes": 120`, `"minutes": -120`), "kit.field"},
		{"a day out of the world", set(`"day": 1`, `"day": 999999999`), "kit.field"},
		{"no time", set(`"start": "08:00"`, `"start": "8 giờ"`), "kit.field"},
		{"an unknown kind", set(`"kind": "booth"`, `"kind": "raid"`), "kit.field"},
		{"a kind of campaign", set(`"kind": "festival"`, `"kind": "war"`), "plan.campaign_kind"},
		{"an office that is not listed", set(`"office": "a"`, `"office": "z"`), "kit.field"},
		{"an indicator of nobody", set(`"indicator": "enrolments"`, `"indicator": "bribes"`), "kit.field"},
		{"a negative target", set(`"value": 30`, `"value": -30`), "kit.field"},
		{"a rule without points", set(`"kind": "festival"`, `"kind": "festival", "league": {"weights": {}, "per": "none"}`), "league.weights"},
		{"assumptions out of range", set(`"campaign": {`, `"assumptions": {"reach": 0}, "campaign": {`), "planning.assumption"},
		{"a million activities", set(`"activities": [`, `"activities": [`+strings.Repeat("{},", 1_000_000)), "kit.many"},
		{"more than fit", set(`"activities": [`, `"activities": [`+strings.Repeat(`{"day":1,"weekday":6,"start":"08:00","minutes":1,"kind":"other","office":"a","commune":"001","place":"x"},`, planning.MostKitActivities)), "kit.many"},
		{"too large", good + strings.Repeat(" ", planning.MostKit), "kit.too_big"},
	} {
		if _, err := planning.ReadKit([]byte(tt.text)); code(err) != tt.code {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.code)
		}
	}
	for _, id := range []string{"", "Đợt", "a b", "../x", "practice", strings.Repeat("a", 65)} {
		if _, err := d.adopt(t, []byte(good), planning.Adoption{ID: id, Province: "q", Start: "2026-11-07", LeaveOut: true}, false); code(err) != "kit.id" {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

func code(err error) string {
	var r *journal.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}
