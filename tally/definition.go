package tally

import "strings"

// Definition says of an indicator what it counts, for whom and on which day. It is
// told to people; the sentences are in messages/*/desk-indicators.json.
type Definition struct {
	// Unit is what one of it is: person, activity, session, talk, question.
	Unit string `json:"unit" enum:"person,activity,session,talk,question"`
	// Where is the office and commune for which it counts: home, that in charge
	// of where the person lives; work, that of the record; met, that of the first
	// meeting; planned, the office that planned and the commune of the session.
	// Empty for a sum whose parts differ.
	Where string `json:"where" enum:"home,work,met,planned,"`
	// Day is the day on which it counts: stage, when the stage that counts was
	// reached; happened; met, the first meeting; held; first_shift, for a standing
	// post; held_or_planned. Empty for a sum whose parts differ.
	Day string `json:"day" enum:"stage,happened,met,held,first_shift,held_or_planned,"`
}

// Definition of an indicator or a sum.
func (i Indicator) Definition() Definition {
	switch i {
	case PeopleReached:
		return Definition{Unit: "person"}
	case Activities:
		return Definition{Unit: "activity", Where: "planned"}
	case ReachedIdentified:
		return Definition{"person", "met", "met"}
	case ReachedHeadCount:
		return Definition{"person", "planned", "held"}
	case Consultations:
		return Definition{"talk", "work", "happened"}
	case Questions, QuestionsAnswered, QuestionsSatisfied:
		return Definition{"question", "work", "happened"}
	case Sessions, SessionsEvening, MovedWeatherEvening:
		return Definition{"session", "planned", "held"}
	case SessionsMovedWeather:
		return Definition{"session", "planned", "held_or_planned"}
	case Switches, Donations, StudentDonations:
		return Definition{"person", "home", "happened"}
	case ActivityIndicator("booth"), ActivityIndicator("mobile_team"):
		return Definition{"activity", "planned", "first_shift"}
	}
	if strings.HasPrefix(string(i), "activities.") {
		return Definition{"activity", "planned", "held"}
	}
	return Definition{"person", "home", "stage"} // enrolments and renewals
}

// Shown are all that people are told of, sums before their parts.
func Shown() []Indicator {
	out := []Indicator{}
	said := map[Indicator]bool{}
	add := func(i Indicator) {
		if !said[i] {
			said[i] = true
			out = append(out, i)
		}
	}
	for _, i := range append([]Indicator{PeopleReached, Enrolments, Activities}, Indicators...) {
		add(i)
		for _, part := range i.Parts() {
			add(part)
		}
	}
	return out
}
