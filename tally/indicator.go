package tally

import (
	"slices"
	"strings"

	"caunoi/campaign"
	"caunoi/journal"
)

// Indicator names what is counted. All are whole numbers of persons, sessions
// or acts.
type Indicator string

// Indicators that are counted entry by entry.
const (
	Sessions             Indicator = "sessions"                       // held, shifts of posts included
	SessionsEvening      Indicator = "sessions.evening"               // begun in the evening or after office hours
	SessionsMovedWeather Indicator = "sessions.moved_weather"         // moved by the weather
	MovedWeatherEvening  Indicator = "sessions.moved_weather_evening" // and held in the evening
	ReachedIdentified    Indicator = "reached.identified"             // persons named in an entry
	ReachedHeadCount     Indicator = "reached.headcount"              // head counts less who was named there
	Consultations        Indicator = "consultations"
	Questions            Indicator = "questions"
	QuestionsAnswered    Indicator = "questions.answered"  // at once
	QuestionsSatisfied   Indicator = "questions.satisfied" // to the person's satisfaction
	EnrolledSI           Indicator = "enrolments.voluntary_si_new"
	EnrolledHI           Indicator = "enrolments.self_paid_hi"
	RenewedSI            Indicator = "renewals.voluntary_si"
	RenewedHI            Indicator = "renewals.self_paid_hi"
	Switches             Indicator = "switches.noncash"
	Donations            Indicator = "donations.hi_card"
	StudentDonations     Indicator = "donations.hi_card_student" // of these, to students
)

// ActivityIndicator counts the activities of a kind.
func ActivityIndicator(k campaign.ActivityKind) Indicator {
	return Indicator("activities." + string(k))
}

// Sums of indicators, which are figures too.
const (
	Activities    Indicator = "activities"
	PeopleReached Indicator = "people_reached"
	Enrolments    Indicator = "enrolments"
)

// Steps of the count that are kept as figures by session ([Key.Dim]) and
// shown nowhere.
const (
	sessionIdentified Indicator = "session.identified"
	sessionHeadCount  Indicator = "session.headcount"
)

// Indicators are all that are counted, in the order in which they are shown.
var Indicators = func() (out []Indicator) {
	for _, k := range campaign.ActivityKinds {
		out = append(out, ActivityIndicator(k))
	}
	return append(out, Sessions, SessionsEvening, SessionsMovedWeather, MovedWeatherEvening,
		ReachedIdentified, ReachedHeadCount, Consultations, Questions, QuestionsAnswered, QuestionsSatisfied,
		EnrolledSI, EnrolledHI, RenewedSI, RenewedHI, Switches, Donations, StudentDonations)
}()

// Parts are the indicators of which a figure is the sum: itself, unless it is
// one of the sums.
func (i Indicator) Parts() []Indicator {
	switch i {
	case Activities:
		var out []Indicator
		for _, k := range campaign.ActivityKinds {
			out = append(out, ActivityIndicator(k))
		}
		return out
	case PeopleReached:
		return []Indicator{ReachedIdentified, ReachedHeadCount}
	case Enrolments:
		return []Indicator{EnrolledSI, EnrolledHI}
	default:
		return []Indicator{i}
	}
}

// Known says that i is an indicator or a sum.
func (i Indicator) Known() bool {
	switch i {
	case Activities, PeopleReached, Enrolments:
		return true
	}
	for _, k := range Indicators {
		if i == k {
			return true
		}
	}
	return false
}

// Credited are the indicators that are counted for whoever recorded them, too,
// in the dimension "campaigner" ([Key.Dim]). [Sessions] are there besides, for
// each who took part: what one of several did is nobody's own, so it gives no
// points and has no target, but says how active somebody was.
var Credited = []Indicator{EnrolledSI, EnrolledHI, RenewedSI, RenewedHI, Switches, Donations, StudentDonations}

// OfCampaigners says that i is credited to campaigners, in all its parts.
func (i Indicator) OfCampaigners() bool {
	for _, part := range i.Parts() {
		if !slices.Contains(Credited, part) {
			return false
		}
	}
	return true
}

// CheckRule refuses a rule of the league: league.indicator where it names what
// nobody counts, else as [campaign.Rule.Check] does.
func CheckRule(r *campaign.Rule) error {
	for _, name := range r.Indicators() {
		if !Indicator(name).Known() {
			return journal.Refuse("league.indicator", "indicator", name)
		}
	}
	return r.Check()
}

// sums lists, for an indicator, the sums in which it takes part.
func (i Indicator) sums() []Indicator {
	switch {
	case strings.HasPrefix(string(i), "activities."):
		return []Indicator{Activities}
	case i == ReachedIdentified || i == ReachedHeadCount:
		return []Indicator{PeopleReached}
	case i == EnrolledSI || i == EnrolledHI:
		return []Indicator{Enrolments}
	}
	return nil
}
