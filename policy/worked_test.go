package policy

import (
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ask answers a question; the answer must be JSON.
func ask(t testing.TB, question string) map[string]any {
	t.Helper()
	raw, _ := National().Answer(nil, question)
	if !jsontext.Value(raw).IsValid() {
		t.Fatalf("%s: no JSON: %s", question, raw)
	}
	var a map[string]any
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// at reads a path such as "members.1.premium".
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(x) {
				return nil
			}
			v = x[i]
		}
	}
	return v
}

// TestWorkedAmounts holds the calculators to amounts that were published, each
// with where, and to the amounts of the law's own text. The pages of the rules
// show the same examples.
func TestWorkedAmounts(t *testing.T) {
	raw, err := os.ReadFile("../lawbook/worked.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Source, Note, Path string
		Question           jsontext.Value
		Want               any
	}
	if err := json.Unmarshal(raw, &examples, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if len(examples) < 90 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, e := range examples {
		if got := at(ask(t, string(e.Question)), e.Path); got != e.Want {
			t.Errorf("%s, %s\n%s: %s is %v, want %v", e.Source, e.Note, e.Question, e.Path, got, e.Want)
		}
	}
}

func TestWhatCannotBeAnswered(t *testing.T) {
	const f = `,"sex":"f","paid-months":240,"average-income":3000000}`
	for _, c := range []struct{ question, code, field string }{
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1499999}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":46800001}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1000000000000000000}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":99999999999999999999999}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":-1}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1.5e6}`, "value", "income"},
		{`{"quote":"voluntary-si","on":"2017-11-20","income":1500000}`, "before", "on"},
		{`{"quote":"voluntary-si","on":"2025-13-20","income":1500000}`, "value", "on"},
		{`{"quote":"voluntary-si","on":"2025-02-29","income":1500000}`, "value", "on"},
		{`{"quote":"voluntary-si","income":1500000}`, "missing", "on"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"7"}`, "value", "pay"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"ahead:61","return-rate":"1%"}`, "range", "pay"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"missing:0","return-rate":"1%"}`, "range", "pay"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"ahead:24"}`, "return_rate", "return-rate"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"group":"rich"}`, "value", "group"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"incom":1}`, "unknown", "incom"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"sex":"f"}`, "unfit", "sex"},
		{`{"quote":"household-hi","on":"2026-08-01","members":""}`, "range", "members"},
		{`{"quote":"household-hi","on":"2026-08-01","members":[]}`, "range", "members"},
		{`{"quote":"household-hi","on":"2026-08-01","members":"island"}`, "value", "members"},
		{`{"quote":"household-hi","on":"2026-08-01","members":"self","months":5}`, "value", "months"},
		{`{"quote":"household-hi","on":"2025-06-30","members":"artisan"}`, "before", "members"},
		{`{"quote":"pension","on":"2026-11-01","birth":"2026-11-02"` + f, "range", "birth"},
		{`{"quote":"pension","on":"2026-11-01","birth":"1802-11-02"` + f, "range", "birth"},
		{`{"quote":"pension","on":"2026-11-01","birth":"2000-11-02"` + f, "range", "paid-months"},
		{`{"quote":"paths","on":"2026-11-01","birth":"1980-05-01","sex":"f","paid-months":24}`, "missing", "average-income"},
		{`{"quote":"pensoin"}`, "value", "quote"},
		{`{"quote":"pension"`, "syntax", ""},
		{`{"quote":"pension","on":"2026-11-01","on":"2026-11-01"}`, "twice", ""},
		{`{"quote":"death","on":"2026-11-01","paid-months":1,"paid_months":2}`, "twice", ""},
		{`{"quote":"pension","on":"2026-11-01","birth":"1980-11-02","months-after-age":100` + f, "range", "months-after-age"},
		{`{"quote":"paths","on":"2026-11-01","birth":"2020-11-02","sex":"f"}`, "range", "birth"},
		{`{"quote":"` + strings.Repeat("_", 70_000) + `"}`, "long", ""},
	} {
		a := ask(t, c.question)
		if got := at(a, "error.code"); got != c.code {
			t.Errorf("%s: code %v, want %s (%v)", c.question, got, c.code, a)
		}
		if got := at(a, "error.field"); c.field != "" && got != c.field {
			t.Errorf("%s: field %v, want %s", c.question, got, c.field)
		}
	}
	if a := ask(t, `{"quote":"voluntary-si","on":"2027-01-01"}`); at(a, "contribution") != 484000.0 {
		t.Errorf("without an income the lowest one is asked about: %v", a)
	}
	a := ask(t, `{"quote":"voluntary-si","on":"2025-11-20","income":1}`)
	if at(a, "error.min") != 1500000.0 || at(a, "error.max") != 46800000.0 {
		t.Errorf("the range is not told: %v", a)
	}
}

func TestAnswersSayWhatIsNotCertain(t *testing.T) {
	notices := func(question string) string {
		raw, _ := json.Marshal(ask(t, question)["notices"], json.Deterministic(true))
		return string(raw)
	}
	for _, c := range []struct{ question, want string }{
		// A day after the parameters were last looked at.
		{`{"quote":"household-hi","on":"2031-01-01","members":"self"}`, `"checked":"2026-11-24","code":"beyond","on":"2031-01-01"`},
		// The first pension lies there, though the day of the question does not.
		{`{"quote":"pension","on":"2026-11-01","birth":"1990-05-01","sex":"f","paid-months":180,"average-income":3000000}`, `"code":"beyond"`},
		// A number whose text of law nobody has read.
		{`{"quote":"pension","on":"2026-11-01","birth":"1962-05-01","sex":"m","paid-months":240,"average-income":3000000}`, `"code":"unconfirmed","from":"1961-10-01","parameter":"retirement_age_men"`},
		// A pension of a time whose rates are not known.
		{`{"quote":"pension","on":"2026-11-01","birth":"1955-01-01","sex":"m","paid-months":300,"average-income":3000000}`, `"code":"not_known","on":"2018-01-01"`},
		// Every change inside the time, not the one at its end alone.
		{`{"quote":"household-hi","on":"2025-06-30","members":"student"}`, `"code":"changes","from":"2025-07-01"`},
		// What the question leaves out, and the answer hangs on.
		{`{"quote":"withdrawal","on":"2026-11-01","birth":"1985-01-01","sex":"m","paid-months":96,"average-income":4000000}`, `"code":"not_told","field":"last-paid"`},
		{`{"quote":"withdrawal","on":"2026-11-01","birth":"1985-01-01","sex":"m","paid-months":96,"average-income":4000000}`, `"code":"state_share"`},
		// The poverty line rises in the middle of what is paid.
		{`{"quote":"voluntary-si","on":"2026-10-01","income":1500000,"pay":"6"}`, `"code":"changes","from":"2027-01-01"`},
	} {
		if got := notices(c.question); !strings.Contains(got, c.want) {
			t.Errorf("%s: notices %s, want %s", c.question, got, c.want)
		}
	}
	if got := notices(`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"6"}`); got != "[]" {
		t.Errorf("a certain answer has notices: %s", got)
	}
}
