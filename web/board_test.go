package web_test

import (
	"fmt"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
)

// The map measures each figure that has targets, and no other.
func TestCommunesHaveTheTargetsOfEachFigure(t *testing.T) {
	s := open(t)
	s.donated()
	province := s.planner(access.Province, "pro", "p")
	s.wants(province, "PUT", "campaigns/c/targets", `{"indicator":"donations.hi_card","from":"2025-11-01","to":"2025-11-10","targets":[{"office":"a","value":9}]}`, 204)
	var b struct {
		Communes []struct {
			Code     string
			Targets  map[string]int
			Percents map[string]float64
		}
	}
	s.wants(province, "GET", "campaigns/c/board?from=2025-11-08", "", 200).decode(t, &b)
	sum := 0
	for _, c := range b.Communes {
		target, has := c.Targets["donations.hi_card"]
		percent, measured := c.Percents["donations.hi_card"]
		if len(c.Targets) > 1 || has != measured {
			t.Errorf("%+v", c)
		}
		if c.Code == "001" && (!has || percent != float64(3000/target)/10) {
			t.Errorf("of the whole campaign: %+v", c)
		}
		sum += target
	}
	if sum != 9 {
		t.Errorf("shares add up to %d: %+v", sum, b.Communes)
	}
}

// Office hours are those of the plan, as the count of evening work knows them.
func TestBoardTellsTheOfficeHoursOfThePlan(t *testing.T) {
	s := open(t)
	province := s.planner(access.Province, "pro", "p")
	told := func() campaign.OfficeHours {
		t.Helper()
		var b struct {
			Hours campaign.OfficeHours `json:"office_hours"`
		}
		s.wants(province, "GET", "campaigns/c/board", "", 200).decode(t, &b)
		return b.Hours
	}
	if got := told(); got != (campaign.OfficeHours{From: 450, To: 1020}) {
		t.Errorf("where nobody set any: %+v", got)
	}
	plan, err := s.intake.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := *plan.Campaigns["c"]
	c.Hours = campaign.OfficeHours{From: 480, To: 990}
	if err := s.intake.PutPlan(t.Context(), []campaign.Item{{Campaign: &c}}); err != nil {
		t.Fatal(err)
	}
	if got := told(); got != c.Hours {
		t.Errorf("set: %+v", got)
	}
}

// A bar of the board's hours opens to those who were first met in that hour.
func TestAnHourOpensToItsEntries(t *testing.T) {
	s := open(t)
	s.donated()
	province := s.planner(access.Province, "pro", "p")
	var b struct{ Hours []int }
	s.wants(province, "GET", "campaigns/c/board", "", 200).decode(t, &b)
	for hour, n := range b.Hours {
		var e struct {
			Figure  struct{ Value int }
			Entries []struct{ Kind string }
		}
		s.wants(province, "GET", fmt.Sprintf("campaigns/c/entries?indicator=reached.identified&hour=%d", hour), "", 200).decode(t, &e)
		if e.Figure.Value != n || len(e.Entries) != n {
			t.Errorf("%d o'clock: %d on the board, %+v behind it", hour, n, e)
		}
	}
	if b.Hours[9] != 3 {
		t.Errorf("hours %v", b.Hours)
	}
}
