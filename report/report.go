// Package report tells what a campaign achieved: as facts that a program
// reads, and as a press text in Vietnamese, English and Bengali.
//
// [Gather] takes the figures from a [tally.Sheet] and counts nothing itself.
// What it takes are the closed figures; what came after the closing stands
// beside them as a signed difference, and never in them. The text is made of
// the facts alone: a sentence stands there because a number does, and where
// the number is 0 the sentence says so or is left out.
//
// An office's figures hold those of people from elsewhere whom it signed up.
// The offices of the league and the others together make the campaign's.
package report

import (
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Facts is everything that a report tells. Numbers are those of the whole
// campaign; places are named in Vietnamese.
type Facts struct {
	Campaign Campaign `json:"campaign"`
	Numbers
	// OfficesNamed are told apart, as the campaign wishes.
	OfficesNamed Named `json:"offices_named"`
	// OfficesWithBadWeather moved sessions because of it, the most first.
	OfficesWithBadWeather []string `json:"offices_with_bad_weather"`
	// CardDonationsIn are the offices where cards were given, the most first.
	CardDonationsIn []string `json:"card_donations_in"`
	Communes        Communes `json:"communes"`
	// Partners are the collection service organisations whose agents take part.
	Partners []string `json:"partners"`
	// Offices are the grass-roots offices in league order.
	Offices []Office `json:"offices"`
	// RankedPer says by what the points of the province's own rule are divided;
	// empty where they stand by the usual one.
	RankedPer campaign.Per `json:"ranked_per,omitzero"`
	// OtherOffices is what is credited to offices outside the league.
	OtherOffices Numbers `json:"other_offices"`
	// Elsewhere is the part of people of other provinces or unknown residence.
	Elsewhere Numbers `json:"elsewhere"`
	// Targets of the whole campaign, in the order of the figures.
	Targets []Target `json:"targets"`
	// Peak is the last stretch of the campaign that has targets of its own.
	Peak *Peak `json:"peak"`
	// Late holds, for each figure that late entries change, by how much.
	Late      map[tally.Indicator]int `json:"late"`
	Synthetic bool                    `json:"synthetic"`
}

// Campaign says which one the report is about.
type Campaign struct {
	ID           string        `json:"id"`
	ProvinceCode string        `json:"province_code"`
	Province     string        `json:"province"`
	Start        journal.Day   `json:"start"`
	End          journal.Day   `json:"end"`
	Published    journal.Day   `json:"published"` // empty if not set
	Name         campaign.Name `json:"name"`
}

// Numbers are the figures of a campaign, or of a part of it.
type Numbers struct {
	Activities      map[campaign.ActivityKind]int `json:"activities"` // all kinds
	ActivitiesTotal int                           `json:"activities_total"`
	PeopleReached   int                           `json:"people_reached"`
	Reached         Reached                       `json:"reached"`
	Enrolments      Enrolments                    `json:"enrolments"`
	Renewals        Renewals                      `json:"renewals"`
	NoncashSwitches int                           `json:"noncash_switches"`
	CardDonations   int                           `json:"card_donations"`
	// CardDonationsToStudents is the part of them that went to students.
	CardDonationsToStudents int       `json:"card_donations_to_students"`
	Sessions                Sessions  `json:"sessions"`
	Consultations           int       `json:"consultations"`
	Questions               Questions `json:"questions"`
}

// Reached are the two parts of the people reached, persons.
type Reached struct {
	Identified int `json:"identified"`
	HeadCount  int `json:"headcount"` // less those identified
}

// Enrolments are new participants, persons by scheme.
type Enrolments struct {
	VoluntarySINew int `json:"voluntary_si_new"`
	SelfPaidHI     int `json:"self_paid_hi"`
	Total          int `json:"total"`
}

// Renewals are participants who went on, and are not new.
type Renewals struct {
	VoluntarySI int `json:"voluntary_si"`
	SelfPaidHI  int `json:"self_paid_hi"`
}

// Sessions are activities, and shifts of standing posts.
type Sessions struct {
	Held           int `json:"held"`
	AfterHours     int `json:"after_hours"`      // begun in the evening, at a weekend or after office hours
	MovedByWeather int `json:"moved_by_weather"` // whether held by now or not
	// MovedByWeatherAfterHours were moved by it and held after hours.
	MovedByWeatherAfterHours int `json:"moved_by_weather_after_hours"`
}

// Questions are those that people asked.
type Questions struct {
	Asked          int `json:"asked"`
	AnsweredAtOnce int `json:"answered_at_once"`
	Satisfied      int `json:"satisfied"` // with the answer, by their own word
}

// Communes says how far the campaign went.
type Communes struct {
	Visited int `json:"visited"` // with a session held
	All     int `json:"all"`
}

// Office is a grass-roots office with its place in the league.
type Office struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Rank int    `json:"rank"`
	Numbers
	Target  *int    `json:"target"`  // of enrolments in the campaign; null if it has none
	Percent *Tenths `json:"percent"` // of that target
	// Score is what the province's own rule gives; absent where it has none.
	Score *Tenths `json:"score,omitzero"`
}

// Target is what was aimed at and what came of it.
type Target struct {
	Indicator tally.Indicator `json:"indicator"`
	Target    int             `json:"target"`
	Actual    int             `json:"actual"`
	Percent   *Tenths         `json:"percent"` // null for a target of 0
}

// Peak is a stretch of days at the end of the campaign with its own targets.
type Peak struct {
	From    journal.Day `json:"from"`
	To      journal.Day `json:"to"`
	Days    int         `json:"days"`
	Targets []Target    `json:"targets"`
}

// Tenths are tenths of a percent; JSON writes the percent, as 83.2.
type Tenths int

func (t Tenths) MarshalJSON() ([]byte, error) {
	b := strconv.AppendInt(nil, int64(t/10), 10)
	if t%10 != 0 {
		b = append(b, '.', byte('0'+t%10))
	}
	return b, nil
}

// Named are offices that are told apart, in their order.
type Named []NamedOffice

// NamedOffice is one of them.
type NamedOffice struct {
	Name            string `json:"-"`
	Enrolments      int    `json:"enrolments"`
	NoncashSwitches int    `json:"noncash_switches"`
}

// MarshalJSONTo writes an object by name, which a map would put in disorder.
func (n Named) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, o := range n {
		if err := enc.WriteToken(jsontext.String(o.Name)); err != nil {
			return err
		}
		if err := json.MarshalEncode(enc, o); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndObject)
}

// WriteJSON writes the facts as indented JSON with a line end.
func (f Facts) WriteJSON(w io.Writer) error {
	b, err := json.Marshal(f, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
