package web_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"caunoi/audit"
	"caunoi/messages"
	"caunoi/tally"
)

// The desk tells each act of the audit in words, and none that there is not.
func TestEveryActHasWords(t *testing.T) {
	for _, lang := range messages.Languages {
		raw, err := os.ReadFile("../messages/" + lang + "/desk-office.json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for act := range audit.Acts {
			if words["act."+string(act)] == nil {
				t.Errorf("%s: no words for act.%s", lang, act)
			}
		}
		for key := range words {
			if act, ok := strings.CutPrefix(key, "act."); ok && !audit.Act(act).Known() {
				t.Errorf("%s: %s is no act", lang, key)
			}
		}
	}
}

// The desk opens an entry at each figure that it adds to.
func TestEveryIndicatorHasWords(t *testing.T) {
	for _, lang := range messages.Languages {
		raw, err := os.ReadFile("../messages/" + lang + "/desk.json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for _, i := range append(slices.Clone(tally.Indicators), tally.Activities, tally.PeopleReached, tally.Enrolments) {
			if words["figure."+string(i)] == nil {
				t.Errorf("%s: no words for figure.%s", lang, i)
			}
		}
	}
}

// Each indicator is told in words, with all that its definition names.
func TestEveryIndicatorIsDefinedInWords(t *testing.T) {
	for _, lang := range messages.Languages {
		raw, err := os.ReadFile("../messages/" + lang + "/desk-indicators.json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for _, i := range append(slices.Clone(tally.Indicators), tally.Activities, tally.PeopleReached, tally.Enrolments) {
			d := i.Definition()
			for kind, name := range map[string]string{"how": string(i), "unit": d.Unit, "where": d.Where, "day": d.Day} {
				if name != "" && words["indicator."+kind+"."+name] == nil {
					t.Errorf("%s: no words for indicator.%s.%s", lang, kind, name)
				}
			}
		}
		for key := range words {
			if name, ok := strings.CutPrefix(key, "indicator.how."); ok && !tally.Indicator(name).Known() {
				t.Errorf("%s: %s is no indicator", lang, key)
			}
		}
	}
}
