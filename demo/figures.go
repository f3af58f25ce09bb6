package demo

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/campaign"
	"caunoi/journal"
)

// Figures are the published figures of a campaign, which the generated
// records add up to: a file in the form of data/festival-2025.json.
type Figures struct {
	Campaign   FiguresCampaign               `json:"campaign"`
	Activities map[campaign.ActivityKind]int `json:"activities"`
	// PeopleReached is persons: identified, and head counts less these.
	PeopleReached   int               `json:"people_reached"`
	Enrolments      FiguresEnrolments `json:"enrolments"`
	NoncashSwitches int               `json:"noncash_switches"`
	OfficesNamed    NamedOffices      `json:"offices_named"`
	// BadWeather and DonationsIn name offices, in the order of the report.
	BadWeather  []string `json:"offices_with_bad_weather"`
	DonationsIn []string `json:"card_donations_in"`
}

// FiguresCampaign says which campaign the figures are of.
type FiguresCampaign struct {
	ID           string        `json:"id"`
	ProvinceCode string        `json:"province_code"`
	Published    journal.Day   `json:"published"`
	Name         campaign.Name `json:"name"`
}

// FiguresEnrolments are persons who joined.
type FiguresEnrolments struct {
	VoluntarySI int `json:"voluntary_si_new"`
	SelfPaidHI  int `json:"self_paid_hi"`
	Total       int `json:"total"`
}

// NamedOffice is an office whose figures were published apart.
type NamedOffice struct {
	Name            string `json:"-"`
	Enrolments      int    `json:"enrolments"`
	NoncashSwitches int    `json:"noncash_switches"`
}

// NamedOffices keep the order of the file.
type NamedOffices []NamedOffice

// UnmarshalJSONFrom reads an object of offices by name.
func (n *NamedOffices) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*n = nil
	if k := dec.PeekKind(); k != '{' {
		return fmt.Errorf("offices by name: got %s, want an object", k)
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		var o NamedOffice
		if err := json.UnmarshalDecode(dec, &o.Name); err != nil {
			return err
		}
		if err := json.UnmarshalDecode(dec, &o); err != nil {
			return err
		}
		*n = append(*n, o)
	}
	_, err := dec.ReadToken()
	return err
}

//go:embed data/festival-2025.json
var published []byte

// Published are the figures of the festival of November 2025.
func Published() Figures {
	f, err := ReadFigures(bytes.NewReader(published))
	if err != nil {
		panic(err) // embedded, and read by every test
	}
	return f
}

// ReadFigures reads a file of figures. What it does not know and what does not
// add up is an error, a *journal.Refusal.
func ReadFigures(r io.Reader) (Figures, error) {
	var f Figures
	if err := json.UnmarshalRead(r, &f, json.RejectUnknownMembers(true)); err != nil {
		return f, malformed(err)
	}
	return f, f.check()
}

func malformed(err error) error {
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	where := ""
	switch {
	case errors.As(err, &syntax):
		where = fmt.Sprintf("%s (byte %d)", syntax.JSONPointer, syntax.ByteOffset)
	case errors.As(err, &meaning):
		where = string(meaning.JSONPointer)
	}
	return journal.Refuse("figures.malformed", "where", where)
}

func (f *Figures) check() error {
	for _, text := range []struct{ field, value string }{
		{"campaign.id", f.Campaign.ID}, {"campaign.province_code", f.Campaign.ProvinceCode}, {"campaign.name.vi", f.Campaign.Name["vi"]},
	} {
		if text.value == "" {
			return journal.Refuse("figures.missing", "field", text.field)
		}
	}
	if f.Campaign.ID == standingID || utf8.RuneCountInString(f.Campaign.ID) > 100 {
		return journal.Refuse("figures.value", "field", "campaign.id", "value", f.Campaign.ID)
	}
	if _, err := journal.ParseDay(string(f.Campaign.Published)); err != nil {
		return journal.Refuse("figures.value", "field", "campaign.published", "value", string(f.Campaign.Published))
	}
	for kind := range f.Activities {
		if !slices.Contains(campaign.ActivityKinds, kind) {
			return journal.Refuse("figures.value", "field", "activities", "value", string(kind))
		}
	}
	if err := f.checkCounts(); err != nil {
		return err
	}
	return f.checkOffices()
}

func (f *Figures) checkCounts() error {
	type count struct {
		field string
		n     int
	}
	counts := []count{
		{"people_reached", f.PeopleReached},
		{"enrolments.voluntary_si_new", f.Enrolments.VoluntarySI},
		{"enrolments.self_paid_hi", f.Enrolments.SelfPaidHI},
		{"noncash_switches", f.NoncashSwitches},
	}
	for _, k := range campaign.ActivityKinds {
		counts = append(counts, count{"activities." + string(k), f.Activities[k]})
	}
	for _, o := range f.OfficesNamed {
		counts = append(counts, count{"offices_named", o.Enrolments}, count{"offices_named", o.NoncashSwitches})
	}
	for _, c := range counts {
		if c.n < 0 || c.n > mostCounted {
			return journal.Refuse("figures.value", "field", c.field, "value", c.n)
		}
	}
	if sum := f.Enrolments.VoluntarySI + f.Enrolments.SelfPaidHI; sum != f.Enrolments.Total {
		return journal.Refuse("figures.sum", "field", "enrolments.total", "value", f.Enrolments.Total, "sum", sum)
	}
	return nil
}

// mostCounted keeps a slip of the pen from filling a disk.
const mostCounted = 1_000_000

func (f *Figures) checkOffices() error {
	known := map[string]bool{}
	for _, o := range readOffices() {
		known[o.name] = true
	}
	var named []string
	for _, o := range f.OfficesNamed {
		named = append(named, o.Name)
	}
	for _, list := range []struct {
		field string
		names []string
	}{{"offices_named", named}, {"offices_with_bad_weather", f.BadWeather}, {"card_donations_in", f.DonationsIn}} {
		seen := map[string]bool{}
		for _, name := range list.names {
			switch {
			case !known[name]:
				return journal.Refuse("figures.unknown_office", "field", list.field, "office", name)
			case seen[name]:
				return journal.Refuse("figures.office_twice", "field", list.field, "office", name)
			}
			seen[name] = true
		}
	}
	return nil
}

// times multiplies what is counted.
func (f Figures) times(scale int) Figures {
	activities := map[campaign.ActivityKind]int{}
	for k, n := range f.Activities {
		activities[k] = n * scale
	}
	f.Activities = activities
	f.PeopleReached *= scale
	f.Enrolments.VoluntarySI *= scale
	f.Enrolments.SelfPaidHI *= scale
	f.Enrolments.Total *= scale
	f.NoncashSwitches *= scale
	f.OfficesNamed = slices.Clone(f.OfficesNamed)
	for i := range f.OfficesNamed {
		f.OfficesNamed[i].Enrolments *= scale
		f.OfficesNamed[i].NoncashSwitches *= scale
	}
	return f
}
