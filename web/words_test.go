package web_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"caunoi/audit"
	"caunoi/messages"
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
