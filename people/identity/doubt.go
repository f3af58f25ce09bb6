package identity

import (
	"strconv"
	"strings"
)

// Facts are what is said of a person, to be held against the numbers.
type Facts struct {
	Citizen, SI, Card string
	Sex               string // "f", "m"
	BirthYear         int
}

// Doubt is a disagreement that a person should look at.
type Doubt struct {
	Code   string         // citizen.sex, citizen.birth, citizen.place, card.si
	Params map[string]any // what the number says; never the number
}

// Said is what a citizen number tells by itself (Circular 59/2021/TT-BCA,
// Art. 7): three digits of the place, one of century and sex, two of the year.
func Said(citizen string) (place, sex string, year int) {
	if len(citizen) != 12 || !numeric(citizen) {
		return "", "", 0
	}
	century := int(citizen[3] - '0')
	year, _ = strconv.Atoi(citizen[4:6])
	return citizen[:3], map[int]string{0: "m", 1: "f"}[century%2], 1900 + 100*(century/2) + year
}

// Doubts compares what is said with what the numbers tell.
func Doubts(f Facts) (out []Doubt) {
	if place, sex, year := Said(f.Citizen); place != "" {
		if f.Sex != "" && f.Sex != sex {
			out = append(out, Doubt{"citizen.sex", map[string]any{"sex": sex}})
		}
		if f.BirthYear != 0 && f.BirthYear != year {
			out = append(out, Doubt{"citizen.birth", map[string]any{"year": year}})
		}
		// The codes run from 001 to 096; those of provinces from before the
		// mergers of 2025 stay valid.
		if n, _ := strconv.Atoi(place); n < 1 || n > 96 {
			out = append(out, Doubt{"citizen.place", map[string]any{}})
		}
	}
	if f.SI != "" && f.Card != "" && f.Card != f.Citizen && !strings.HasSuffix(f.Card, f.SI) && len(f.SI) == 10 {
		out = append(out, Doubt{"card.si", map[string]any{}})
	}
	return out
}
