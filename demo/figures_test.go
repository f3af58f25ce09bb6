package demo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caunoi/demo"
	"caunoi/journal"
)

const small = `{
  "campaign": {"id": "c", "province_code": "15", "published": "2026-03-10", "name": {"vi": "Đợt thử", "en": "A trial"}},
  "activities": {"opening_ceremony": 1, "small_group": 4},
  "people_reached": 90,
  "enrolments": {"voluntary_si_new": 5, "self_paid_hi": 25, "total": 30},
  "noncash_switches": 6,
  "offices_named": {"Sa Pa": {"enrolments": 12, "noncash_switches": 2}, "Bảo Yên": {"enrolments": 9, "noncash_switches": 3}},
  "offices_with_bad_weather": ["Bắc Hà"],
  "card_donations_in": ["Lục Yên"]
}`

func TestPublished(t *testing.T) {
	f := demo.Published()
	if f.Campaign.ID != "lao-cai-2025" || f.Enrolments.Total != 2745 || f.OfficesNamed[0].Name != "Yên Bình" {
		t.Errorf("published figures: got %+v", f)
	}
}

func TestNamedOfficesKeepTheirOrder(t *testing.T) {
	f, err := demo.ReadFigures(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.OfficesNamed; len(got) != 2 || got[0].Name != "Sa Pa" || got[1].Name != "Bảo Yên" || got[1].NoncashSwitches != 3 {
		t.Errorf("offices named: got %+v", got)
	}
}

// Each change of a good file makes figures that no records can have, or that
// nobody can have meant.
func TestImpossibleFigures(t *testing.T) {
	for _, c := range []struct{ name, old, new, code string }{
		{"not JSON", `"campaign":`, `campaign:`, "figures.malformed"},
		{"unknown field", `"people_reached": 90`, `"people_reachd": 90`, "figures.malformed"},
		{"text for a number", `"noncash_switches": 6`, `"noncash_switches": "6"`, "figures.malformed"},
		{"offices as a list", `"offices_named": {"Sa Pa": {"enrolments": 12, "noncash_switches": 2}, "Bảo Yên": {"enrolments": 9, "noncash_switches": 3}}`, `"offices_named": []`, "figures.malformed"},
		{"something after the end", `"card_donations_in": ["Lục Yên"]` + "\n}", `"card_donations_in": []} {}`, "figures.malformed"},
		{"office named twice", `"Bảo Yên": {`, `"Sa Pa": {`, "figures.malformed"},
		{"no id", `"id": "c"`, `"id": ""`, "figures.missing"},
		{"no Vietnamese name", `"vi": "Đợt thử", `, ``, "figures.missing"},
		{"no such day", `2026-03-10`, `2026-02-30`, "figures.value"},
		{"the standing campaign's id", `"id": "c"`, `"id": "thuong-xuyen"`, "figures.value"},
		{"negative", `"small_group": 4`, `"small_group": -4`, "figures.value"},
		{"unknown kind of activity", `"small_group"`, `"smal_group"`, "figures.value"},
		{"total that is no sum", `"total": 30`, `"total": 31`, "figures.sum"},
		{"more in offices than in all", `"enrolments": 12`, `"enrolments": 22`, "figures.sum"},
		{"more switches in offices than in all", `"noncash_switches": 6`, `"noncash_switches": 4`, "figures.sum"},
		{"unknown office", `"Sa Pa": {`, `"Sapa": {`, "figures.unknown_office"},
		{"unknown office in the rain", `["Bắc Hà"]`, `["Hà Bắc"]`, "figures.unknown_office"},
		{"unknown office with donations", `["Lục Yên"]`, `["Lục"]`, "figures.unknown_office"},
		{"rain twice", `["Bắc Hà"]`, `["Bắc Hà", "Bắc Hà"]`, "figures.office_twice"},
		{"fewer reached than enrolled", `"people_reached": 90`, `"people_reached": 25`, "figures.too_few_people"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if text == small {
				t.Fatal("the change changes nothing")
			}
			f, err := demo.ReadFigures(strings.NewReader(text))
			if err == nil {
				_, err = demo.Generate(demo.Config{Figures: f, Scale: 1})
			}
			var refusal *journal.Refusal
			if !errors.As(err, &refusal) || refusal.Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestScaleIsOneOrMore(t *testing.T) {
	if _, err := demo.Generate(demo.Config{Figures: demo.Published(), Scale: 0, Today: time.Now()}); err == nil {
		t.Error("scale 0: got no error")
	}
}
