package report

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

const last = journal.Day("2025-11-10")

// contest draws offices with figures on some days, and a rule.
func contest(t *rapid.T) *Contest {
	items := []campaign.Item{
		{Campaign: &campaign.Campaign{ID: id, Province: "tinh", Start: "2025-11-01", End: last}},
		{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province, Name: "Tỉnh"}},
	}
	c := &Contest{People: map[string]int{}, Held: map[Spot]bool{}}
	drawn := []tally.Indicator{tally.EnrolledSI, tally.EnrolledHI, tally.Switches, tally.Sessions, tally.ReachedHeadCount}
	for n := range rapid.IntRange(1, 5).Draw(t, "offices") {
		o := string(rune('a' + n))
		items = append(items,
			campaign.Item{Office: &campaign.Office{ID: o, Parent: "tinh", Kind: campaign.GrassRoots, Name: o}},
			campaign.Item{Commune: &campaign.Commune{Code: "x" + o, Office: o}})
		c.People["x"+o] = rapid.IntRange(0, 3).Draw(t, "people")
		for w := range rapid.IntRange(0, 3).Draw(t, "campaigners") {
			items = append(items, campaign.Item{Campaigner: &campaign.Campaigner{ID: fmt.Sprint(o, w), Name: "Mô phỏng", Office: o}})
			who := "campaigner=" + fmt.Sprint(o, w)
			c.ByCampaigner = append(c.ByCampaigner,
				placed(o, "2025-11-02", tally.EnrolledHI, rapid.IntRange(1, 3).Draw(t, "credited"), who),
				placed(o, "2025-11-02", tally.Sessions, rapid.IntRange(0, 2).Draw(t, "own sessions"), who))
		}
		for _, i := range []string{"enrolments", "switches.noncash"} {
			if target := rapid.IntRange(0, 4).Draw(t, "target"); target > 0 {
				items = append(items, campaign.Item{Target: &campaign.Target{Campaign: id, Office: o, Indicator: i, From: "2025-11-01", To: last, Value: target}})
			}
		}
		for _, i := range drawn {
			for d := range 2 {
				c.Figures = append(c.Figures, placed(o, last.Add(-d), i, rapid.IntRange(0, 3).Draw(t, "figure"), ""))
			}
		}
		if i := rapid.SampledFrom(append(Watched, "")).Draw(t, "held"); i != "" {
			c.Held[Spot{Office: o, Day: last, Indicator: i}] = true
		}
	}
	c.Plan = campaign.NewPlan(items)
	c.Campaign = c.Plan.Campaigns[id]
	c.Rule = &campaign.Rule{
		Weights:        map[string]int{string(tally.Enrolments): rapid.IntRange(1, 5).Draw(t, "weight"), string(tally.Switches): rapid.IntRange(0, 2).Draw(t, "weight of switches"), string(tally.ReachedHeadCount): rapid.IntRange(0, 1).Draw(t, "weight of heads")},
		Per:            rapid.SampledFrom(campaign.Pers).Draw(t, "per"),
		MinOwnSessions: rapid.IntRange(0, 2).Draw(t, "sessions of campaigners"),
		MinSessions:    rapid.IntRange(0, 2).Draw(t, "sessions"),
		Ties:           rapid.SampledFrom([][]string{nil, {"enrolments"}, {"switches.noncash", "sessions"}}).Draw(t, "ties"),
	}
	return c
}

func placed(office string, day journal.Day, i tally.Indicator, n int, dim string) tally.Figure {
	return tally.Figure{Key: tally.Key{Campaign: id, Office: office, Day: day, Indicator: i, Dim: dim}, Cell: tally.Cell{All: n + 100, Closed: n}}
}

// table writes standings as one reads them.
func table(list []Standing) (out []string) {
	for i := range list {
		s := &list[i]
		score := "none"
		if s.Score != nil {
			b, _ := s.Score.MarshalJSON()
			score = string(b)
		}
		out = append(out, fmt.Sprint(s.Rank, " ", s.ID(), " ", s.Points, "/", s.Divisor, " ", score, " ", s.Parts))
	}
	return out
}

func TestRankingDoesNotDependOnTheOrderOfItsInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contest(t)
		units, people := table(c.Offices(last)), table(c.Campaigners(last))
		other := *c
		other.Figures = rapid.Permutation(c.Figures).Draw(t, "figures")
		other.ByCampaigner = rapid.Permutation(c.ByCampaigner).Draw(t, "by campaigner")
		other.Plan = campaign.NewPlan(rapid.Permutation(c.Plan.Items()).Draw(t, "items"))
		if got := table(other.Offices(last)); !slices.Equal(got, units) {
			t.Errorf("units %v, want %v", got, units)
		}
		if got := table(other.Campaigners(last)); !slices.Equal(got, people) {
			t.Errorf("campaigners %v, want %v", got, people)
		}
	})
}

func rankOf(list []Standing, id string) int {
	for i := range list {
		if list[i].ID() == id {
			return list[i].Rank
		}
	}
	return -1
}

// Divided by what does not move, more of what gives points never ranks lower.
func TestMoreOfAWeightedFigureNeverRanksLower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contest(t)
		c.Rule.Per = rapid.SampledFrom([]campaign.Per{campaign.PerNone, campaign.PerCampaigner}).Draw(t, "by")
		c.Rule.Ties = nil
		who := rapid.SampledFrom(c.Figures).Draw(t, "which")
		before := rankOf(c.Offices(last), who.Office)
		who.Indicator = rapid.SampledFrom([]tally.Indicator{tally.EnrolledSI, tally.Switches, tally.ReachedHeadCount}).Draw(t, "of")
		who.Closed = rapid.IntRange(1, 20).Draw(t, "more")
		c.Figures = append(c.Figures, who)
		if after := rankOf(c.Offices(last), who.Office); after > before {
			t.Errorf("%s with %d more of %s fell from %d to %d", who.Office, who.Closed, who.Indicator, before, after)
		}
	})
}

func TestPlacesAreSharedByEqualsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contest(t)
		for _, list := range [][]Standing{c.Offices(last), c.Campaigners(last)} {
			for i := 1; i < len(list); i++ {
				a, b := &list[i-1], &list[i]
				if a.Rank == 0 && b.Rank != 0 {
					t.Fatalf("one without a rank stands before one with: %v", table(list))
				}
				if a.Rank == 0 || b.Rank == 0 {
					continue
				}
				score := func(s *Standing) *big.Rat {
					if s.Divisor == 0 {
						return big.NewRat(int64(s.Points), 1)
					}
					return big.NewRat(int64(s.Points), int64(s.Divisor))
				}
				equal := (a.Divisor == 0) == (b.Divisor == 0) && score(a).Cmp(score(b)) == 0 && reflect.DeepEqual(a.ties, b.ties)
				want := i + 1
				if equal {
					want = a.Rank
				}
				if b.Rank != want {
					t.Errorf("place %d, want %d: %v", b.Rank, want, table(list))
				}
			}
		}
	})
}

func TestHeldDaysTakeTheirPointsAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contest(t)
		for _, s := range c.Offices(last) {
			points := 0
			for _, p := range s.Parts {
				figure, held := 0, 0
				for _, f := range c.Figures {
					if f.Office == s.Office.ID && slices.Contains(p.Indicator.Parts(), f.Indicator) {
						enrolled := f.Indicator == tally.EnrolledSI || f.Indicator == tally.EnrolledHI
						heads := f.Indicator == tally.ReachedHeadCount
						if enrolled && c.Held[Spot{Office: f.Office, Day: f.Day, Indicator: tally.Enrolments}] || heads && c.Held[Spot{Office: f.Office, Day: f.Day, Indicator: tally.ReachedHeadCount}] {
							held += f.Closed
						} else {
							figure += f.Closed
						}
					}
				}
				if p.Figure != figure || p.Held != held || p.Points != figure*c.Rule.Weights[string(p.Indicator)] {
					t.Errorf("%s: %+v, want %d counted, %d held", s.Office.ID, p, figure, held)
				}
				points += p.Points
			}
			if s.Points != points {
				t.Errorf("%s: %d points, want %d", s.Office.ID, s.Points, points)
			}
		}
	})
}

// ruled ranks two offices: a with 30 enrolments and 2 switches, b with 20 and 5.
func ruled(rule campaign.Rule) []string {
	c := &Contest{
		Plan: campaign.NewPlan([]campaign.Item{
			{Campaign: &campaign.Campaign{ID: id, Province: "tinh", Start: "2025-11-01", End: last}},
			{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province, Name: "Tỉnh"}},
			{Office: &campaign.Office{ID: "a", Parent: "tinh", Kind: campaign.GrassRoots, Name: "a"}},
			{Office: &campaign.Office{ID: "b", Parent: "tinh", Kind: campaign.GrassRoots, Name: "b"}},
			{Commune: &campaign.Commune{Code: "1", Office: "a"}},
			{Commune: &campaign.Commune{Code: "2", Office: "b"}},
			{Campaigner: &campaign.Campaigner{ID: "x", Office: "a"}},
			{Campaigner: &campaign.Campaigner{ID: "y", Office: "a"}},
			{Campaigner: &campaign.Campaigner{ID: "z", Office: "b"}},
			{Target: &campaign.Target{Campaign: id, Office: "a", Indicator: "enrolments", From: "2025-11-01", To: last, Value: 60}},
			{Target: &campaign.Target{Campaign: id, Office: "b", Indicator: "enrolments", From: "2025-11-01", To: last, Value: 80}},
		}),
		People: map[string]int{"a": 3000, "b": 700},
		Figures: tally.Sheet{
			placed("a", "2025-11-02", tally.EnrolledHI, 30, ""), placed("b", "2025-11-03", tally.EnrolledHI, 20, ""),
			placed("a", "2025-11-02", tally.Switches, 2, ""), placed("b", "2025-11-03", tally.Switches, 5, ""),
			placed("a", "2025-11-02", tally.Sessions, 1, ""), placed("b", "2025-11-03", tally.Sessions, 4, ""),
		},
		Rule: &rule,
	}
	c.Campaign = c.Plan.Campaigns[id]
	var out []string
	for _, s := range c.Offices(last) {
		score := "none"
		if s.Score != nil {
			b, _ := s.Score.MarshalJSON()
			score = string(b)
		}
		out = append(out, fmt.Sprint(s.Rank, " ", s.Office.ID, " ", s.Points, "/", s.Divisor, " = ", score))
	}
	return out
}

func TestRules(t *testing.T) {
	weights := map[string]int{"enrolments": 3, "switches.noncash": 2}
	for _, tt := range []struct {
		name string
		rule campaign.Rule
		want []string
	}{
		{"usual", *campaign.UsualRule(), []string{"1 a 30/60 = 50", "2 b 20/80 = 25"}},
		{"points alone", campaign.Rule{Weights: weights, Per: campaign.PerNone}, []string{"1 a 94/1 = 94", "2 b 70/1 = 70"}},
		{"by target", campaign.Rule{Weights: weights, Per: campaign.PerTarget}, []string{"1 a 94/180 = 52.2", "2 b 70/240 = 29.1"}},
		{"per 1,000 people", campaign.Rule{Weights: weights, Per: campaign.PerPeople}, []string{"1 b 70/700 = 100", "2 a 94/3000 = 31.3"}},
		{"per campaigner", campaign.Rule{Weights: weights, Per: campaign.PerCampaigner}, []string{"1 b 70/1 = 70", "2 a 94/2 = 47"}},
		{"too few sessions", campaign.Rule{Weights: weights, Per: campaign.PerNone, MinSessions: 4}, []string{"1 b 70/1 = 70", "0 a 94/1 = 94"}},
		{"ties", campaign.Rule{Weights: map[string]int{"questions": 1}, Per: campaign.PerNone, Ties: []string{"switches.noncash"}}, []string{"1 b 0/1 = 0", "2 a 0/1 = 0"}},
		{"no ties", campaign.Rule{Weights: map[string]int{"questions": 1}, Per: campaign.PerNone}, []string{"1 a 0/1 = 0", "1 b 0/1 = 0"}},
	} {
		if got := ruled(tt.rule); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Who took part in too few sessions stands last, without a rank; who has
// nothing credited does not stand at all.
func TestCampaignersAreRankedFromSomeSessionsOn(t *testing.T) {
	c := &Contest{
		Plan: campaign.NewPlan([]campaign.Item{
			{Campaign: &campaign.Campaign{ID: id, Province: "tinh", Start: "2025-11-01", End: last}},
			{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province}},
			{Campaigner: &campaign.Campaigner{ID: "x", Office: "tinh"}},
			{Campaigner: &campaign.Campaigner{ID: "y", Office: "tinh"}},
			{Campaigner: &campaign.Campaigner{ID: "z", Office: "tinh"}},
		}),
		ByCampaigner: tally.Sheet{
			placed("tinh", "2025-11-02", tally.EnrolledHI, 9, "campaigner=x"), placed("tinh", "2025-11-02", tally.Sessions, 1, "campaigner=x"),
			placed("tinh", "2025-11-02", tally.EnrolledHI, 4, "campaigner=y"), placed("tinh", "2025-11-03", tally.Sessions, 2, "campaigner=y"),
			placed("tinh", "2025-11-02", tally.Sessions, 5, "campaigner=z"),
		},
		Rule: &campaign.Rule{Weights: map[string]int{"enrolments": 1, "sessions": 100}, Per: campaign.PerNone, MinSessions: 9, MinOwnSessions: 2},
	}
	c.Campaign = c.Plan.Campaigns[id]
	var got []string
	for _, s := range c.Campaigners(last) {
		got = append(got, fmt.Sprint(s.Rank, s.ID(), " ", s.Points, " of ", s.Sessions))
	}
	if want := []string{"1y 4 of 2", "0x 9 of 1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	c.Rule.MinOwnSessions = 0
	if list := c.Campaigners(last); list[0].ID() != "x" || list[0].Rank != 1 {
		t.Errorf("without it %+v", list)
	}
}

// flagsOf tells which days of a series of enrolments, from 1 November, are
// flagged.
func flagsOf(days ...int) []Flag {
	plan := campaign.NewPlan([]campaign.Item{
		{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province}},
		{Office: &campaign.Office{ID: "a", Parent: "tinh", Kind: campaign.GrassRoots}},
	})
	var s tally.Sheet
	for i, n := range days {
		// The two parts of enrolments are looked at together.
		s = append(s, placed("a", journal.Day("2025-11-01").Add(i), tally.EnrolledHI, n/2, ""), placed("a", journal.Day("2025-11-01").Add(i), tally.EnrolledSI, n-n/2, ""))
	}
	return Flags(plan, &campaign.Campaign{ID: id, Province: "tinh"}, s)
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		name string
		days []int
		want string
	}{
		{"a jump", []int{20, 22, 18, 21, 19, 200}, "[{{a 2025-11-06 enrolments } jump 200 20 1 5}]"},
		{"too few other days", []int{20, 22, 18, 21, 200}, "[]"},
		{"days without anything say nothing of the usual", []int{0, 0, 0, 0, 20, 0, 22}, "[]"},
		{"a busy day is no jump", []int{20, 22, 18, 21, 19, 50}, "[]"},
		{"an office whose days differ much", []int{5, 60, 20, 90, 40, 155}, "[]"},
		{"small numbers", []int{1, 1, 1, 1, 1, 11}, "[]"},
		{"just above", []int{1, 1, 1, 1, 1, 12}, "[{{a 2025-11-06 enrolments } jump 12 1 0 5}]"},
		{"two jumps do not hide each other", []int{20, 22, 300, 18, 21, 19, 20, 280}, "[{{a 2025-11-03 enrolments } jump 300 20 1 7} {{a 2025-11-08 enrolments } jump 280 20 1 7}]"},
	} {
		if got := fmt.Sprint(flagsOf(tt.days...)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A hall full of people is no jump; a hall full beyond what anybody saw is.
func TestHeadCountsMayDifferMore(t *testing.T) {
	plan := campaign.NewPlan([]campaign.Item{
		{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province}},
		{Office: &campaign.Office{ID: "a", Parent: "tinh", Kind: campaign.GrassRoots}},
	})
	for heads, want := range map[int]int{54: 0, 55: 1} {
		var s tally.Sheet
		for i, n := range []int{4, 5, 4, 3, 6, heads} {
			s = append(s, placed("a", journal.Day("2025-11-01").Add(i), tally.ReachedHeadCount, n, ""))
		}
		if got := Flags(plan, &campaign.Campaign{ID: id, Province: "tinh"}, s); len(got) != want {
			t.Errorf("%d heads: %v", heads, got)
		}
	}
}

func TestAPassedDayIsFlaggedAgainWhenItGrows(t *testing.T) {
	flags := flagsOf(20, 22, 18, 21, 19, 200)
	rule := campaign.UsualRule()
	if held := Hold(rule, flags, nil); len(held) != 0 {
		t.Errorf("held by a rule that holds nothing: %v", held)
	}
	rule.HoldFlagged = true
	spot := flags[0].Spot
	for seen, want := range map[int]bool{199: true, 200: false, 300: false} {
		if got := Hold(rule, flags, Passed{Seen{spot, Jump}: seen})[spot]; got != want {
			t.Errorf("let pass at %d: held %v, want %v", seen, got, want)
		}
	}
}

// A campaigner's jump is one beside the own days, and takes only the own points
// away.
func TestCampaignersAreFlaggedBesideTheirOwnDays(t *testing.T) {
	plan := campaign.NewPlan([]campaign.Item{
		{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province}},
		{Office: &campaign.Office{ID: "a", Parent: "tinh", Kind: campaign.GrassRoots}},
		{Office: &campaign.Office{ID: "b", Parent: "tinh", Kind: campaign.GrassRoots}},
		{Campaigner: &campaign.Campaigner{ID: "ann", Office: "a"}},
		{Campaigner: &campaign.Campaigner{ID: "bob", Office: "a"}},
	})
	c := Contest{Plan: plan, Campaign: &campaign.Campaign{ID: id, Province: "tinh"}, Rule: &campaign.Rule{Weights: map[string]int{"enrolments": 1}, Per: campaign.PerNone, HoldFlagged: true}}
	for i, n := range []int{2, 3, 2, 3, 2, 40} {
		day := journal.Day("2025-11-01").Add(i)
		// People of both offices: the campaigner is of one.
		c.ByCampaigner = append(c.ByCampaigner, placed("a", day, tally.EnrolledHI, n/2, "campaigner=ann"), placed("b", day, tally.EnrolledHI, n-n/2, "campaigner=ann"), placed("a", day, tally.EnrolledHI, 20, "campaigner=bob"))
		c.Figures = append(c.Figures, placed("a", day, tally.EnrolledHI, n/2+20, ""), placed("b", day, tally.EnrolledHI, n-n/2, ""))
	}
	flags := CampaignerFlags(plan, c.Campaign, c.ByCampaigner)
	if got := fmt.Sprint(flags); got != "[{{a 2025-11-06 enrolments ann} jump 40 2 0 5}]" {
		t.Fatalf("flags: %s", got)
	}
	before := table(c.Offices(always))
	c.Held = Hold(c.Rule, flags, nil)
	own := map[string]int{}
	for _, s := range c.Campaigners(always) {
		own[s.ID()] = s.Points
	}
	if own["ann"] != 12 || own["bob"] != 120 || !reflect.DeepEqual(table(c.Offices(always)), before) {
		t.Errorf("points %v, offices %v, before %v", own, table(c.Offices(always)), before)
	}
}

func TestManyWithOnePhone(t *testing.T) {
	spot := Spot{Office: "a", Day: "2025-11-06", Indicator: tally.Enrolments}
	few := Spot{Office: "b", Day: "2025-11-06", Indicator: tally.Enrolments}
	flags := PhoneFlags(map[Spot]int{spot: ManyOnePhone, few: ManyOnePhone - 1})
	if len(flags) != 1 || flags[0].Spot != spot || flags[0].Reason != OnePhone || flags[0].Value != ManyOnePhone {
		t.Fatalf("%+v", flags)
	}
	rule := campaign.UsualRule()
	rule.HoldFlagged = true
	// That somebody let a jump of the day pass says nothing of the phone.
	if !Hold(rule, flags, Passed{Seen{spot, Jump}: 1000})[spot] || Hold(rule, flags, Passed{Seen{spot, OnePhone}: ManyOnePhone})[spot] {
		t.Error("what was let pass for one reason is let pass for another")
	}
}

// Where campaigners have targets of their own and the rule goes by targets, they
// stand by what of these they have reached; who has none comes last.
func TestCampaignersStandByTheirOwnTargets(t *testing.T) {
	plan := campaign.NewPlan([]campaign.Item{
		{Office: &campaign.Office{ID: "p", Name: "P"}},
		{Office: &campaign.Office{ID: "a", Name: "A", Parent: "p"}},
		{Campaigner: &campaign.Campaigner{ID: "x", Name: "X", Office: "a"}},
		{Campaigner: &campaign.Campaigner{ID: "y", Name: "Y", Office: "a"}},
		{Campaigner: &campaign.Campaigner{ID: "z", Name: "Z", Office: "a"}},
		{Campaign: &campaign.Campaign{ID: id, Province: "p", Start: "2025-11-01", End: "2025-11-24"}},
		{Target: &campaign.Target{Campaign: id, Office: "a", Campaigner: "x", Indicator: "enrolments", From: "2025-11-01", To: "2025-11-24", Value: 40}},
		{Target: &campaign.Target{Campaign: id, Office: "a", Campaigner: "y", Indicator: "enrolments", From: "2025-11-01", To: "2025-11-24", Value: 10}},
		{Target: &campaign.Target{Campaign: id, Office: "a", Campaigner: "y", Indicator: "enrolments", From: "2025-11-10", To: "2025-11-24", Value: 1}},
	})
	c := &Contest{Plan: plan, Campaign: plan.Campaigns[id], Rule: campaign.UsualRule()}
	for who, n := range map[string]int{"x": 20, "y": 6, "z": 90} {
		c.ByCampaigner = append(c.ByCampaigner, placed("a", "2025-11-05", tally.EnrolledSI, n, "campaigner="+who))
	}
	var got []string
	for _, s := range c.Campaigners(always) {
		got = append(got, fmt.Sprint(s.Rank, s.ID(), " ", s.Points, "/", s.Divisor))
	}
	if want := []string{"1y 6/10", "2x 20/40", "0z 90/0"}; !slices.Equal(got, want) {
		t.Errorf("by their targets %v, want %v", got, want)
	}
	c.Rule = &campaign.Rule{Per: campaign.PerNone, Weights: c.Rule.Weights}
	if got := c.Campaigners(always)[0].ID(); got != "z" || c.CampaignersPer() != campaign.PerNone {
		t.Errorf("by points first is %s, per %s", got, c.CampaignersPer())
	}
	// What is credited to nobody in person ranks nobody, not even by what tells equals apart.
	c.Rule = &campaign.Rule{Per: campaign.PerNone, Weights: map[string]int{string(tally.ReachedHeadCount): 1}, Ties: []string{"enrolments"}}
	for _, s := range c.Campaigners(always) {
		if s.Rank != 0 {
			t.Errorf("%s has rank %d for nothing", s.ID(), s.Rank)
		}
	}
}
