package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// National are the parameters of the package national, which imports this one.
var National = sync.OnceValue(func() *Parameters {
	raw, err := os.ReadFile("national/parameters.json")
	if err != nil {
		panic(err)
	}
	p, problems := new(Parameters).With("parameters.json", string(raw))
	if len(problems) > 0 {
		panic(problems[0].Error())
	}
	return p
})

func TestNationalParametersAreWhole(t *testing.T) {
	p := National()
	for i, d := range Definitions {
		if i == 0 {
			continue
		}
		if d.Name == "" || d.Unit == 0 {
			t.Errorf("parameter %d has no definition", i)
		}
		if !d.Optional && len(p.Values(Parameter(i))) == 0 {
			t.Errorf("%s has no value", d.Name)
		}
	}
}

// TestFilesOfAgencies holds what a file may say and what is told of a wrong
// one, each with its place.
func TestFilesOfAgencies(t *testing.T) {
	const rest = `"citation":"x","confirmed":true,"checked":"2026-11-24"`
	for _, c := range []struct {
		name, text, code, what string
		line, column           int
	}{
		{"no JSON", `{"edition":"2026-11-24"`, "syntax", ",", 1, 24},
		{"no edition", `{"parameters":{}}`, "missing", "edition", 1, 1},
		{"unknown member", "{\"edition\":\"2026-11-24\",\n \"parametres\":{}}", "unknown", "parametres", 2, 2},
		{"misspelt name", `{"edition":"2026-11-24","parameters":{"base_salery":[]}}`, "unknown", "base_salery", 1, 39},
		{"misspelt key", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-01-01","form":1,` + rest + `}]}}`, "unknown", "form", 1, 85},
		{"swapped", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-31-12",` + rest + `}]}}`, "swapped", "2027-31-12", 1, 72},
		{"another form", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"31/12/2027",` + rest + `}]}}`, "value", "31/12/2027", 1, 72},
		{"no such day", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-02-29",` + rest + `}]}}`, "value", "2027-02-29", 1, 72},
		{"from after to", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-02-01","to":"2027-01-01",` + rest + `}]}}`, "order", "", 1, 72},
		{"a float of money", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1.5,"from":"2027-02-01",` + rest + `}]}}`, "value", "1.5", 1, 63},
		{"too much money", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1000000001,"from":"2027-02-01",` + rest + `}]}}`, "value", "1000000001", 1, 63},
		{"a rate without %", `{"edition":"2026-11-24","parameters":{"voluntary_rate":[{"value":"22","from":"2027-02-01",` + rest + `}]}}`, "value", "22", 1, 66},
		{"no citation", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-02-01","citation":" ","confirmed":true,"checked":"2026-11-24"}]}}`, "missing", "citation", 1, 54},
		{"confirmed in words", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-02-01","citation":"x","confirmed":"true","checked":"2026-11-24"}]}}`, "value", "true", 1, 112},
		{"nothing to divide by", `{"edition":"2026-11-24","parameters":{"unemployment_step":[{"value":0,"from":"2026-01-01",` + rest + `}]}}`, "range", "", 1, 69},
		{"a step too long", `{"edition":"2026-11-24","parameters":{"voluntary_missing_months":[{"value":1440,"from":"2026-01-01",` + rest + `}]}}`, "range", "", 1, 76},
		{"two from one day", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-01-01","to":"2027-01-31",` + rest + `},{"value":2,"from":"2027-01-01",` + rest + `}]}}`, "overlap", "base_salary", 1, 177},
		{"a gap", `{"edition":"2026-11-24","parameters":{"base_salary":[{"value":1,"from":"2027-01-01","to":"2027-01-31",` + rest + `},{"value":2,"from":"2027-03-01",` + rest + `}]}}`, "gap", "base_salary", 1, 177},
		{"twice", `{"edition":"2026-11-24","parameters":{"base_salary":[],"base_salary":[]}}`, "twice", "base_salary", 1, 56},
	} {
		p, problems := National().With("f.json", c.text)
		if p != nil || len(problems) != 1 {
			t.Errorf("%s: %v", c.name, problems)
			continue
		}
		got := problems[0]
		if got.Code != c.code || got.What != c.what || got.Line != c.line || got.Column != c.column || got.File != "f.json" {
			t.Errorf("%s: %s, %q at %d:%d, want %s, %q at %d:%d", c.name, got.Code, got.What, got.Line, got.Column, c.code, c.what, c.line, c.column)
		}
	}
}

// TestFaultsAreToldTogether: one fault hides no other, and a file of nothing
// but faults ends.
func TestFaultsAreToldTogether(t *testing.T) {
	const value = `{"value":1,"from":"2027-01-01","citation":"x","confirmed":true,"checked":"2026-11-24"}`
	_, problems := National().With("f.json", `{"edition":"2026-11-24","parameters":{"zzz":[],"base_salary":[`+value+`,`+value+`]}}`)
	if len(problems) != 2 || problems[0].Code != "unknown" || problems[1].Code != "overlap" {
		t.Errorf("%v", problems)
	}
	_, problems = National().With("f.json", `{"edition":"2026-11-24","parameters":{"base_salary":[`+strings.Repeat(`{"a":1},`, 10_000)+`{}]}}`)
	if len(problems) != mostProblems+1 || problems[mostProblems].Code != "many" {
		t.Errorf("%d faults", len(problems))
	}
}

// TestDecreeIsLaidOver: a new value holds from its day, what was known before
// holds until then, and the version says that these are other parameters.
func TestDecreeIsLaidOver(t *testing.T) {
	p, problems := National().With("decree.json", `{"edition":"2027-01-01","parameters":{"base_salary":[
		{"value":2800000,"from":"2027-07-01","citation":"Decree","confirmed":true,"checked":"2027-01-01"}]}}`)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	for on, want := range map[Date]int64{20270630: 2_530_000, 20270701: 2_800_000, 20990101: 2_800_000} {
		if v := p.at(BaseSalary, on); v == nil || v.N != want {
			t.Errorf("base salary on %s is %v, want %d", on, v, want)
		}
	}
	if v := p.at(BaseSalary, 20270630); v.To != 20270630 {
		t.Errorf("the value before ends on %s", v.To)
	}
	if p.Version == National().Version || p.Version[:10] != "2027-01-01" {
		t.Errorf("version %s after %s", p.Version, National().Version)
	}
	if v := National().at(BaseSalary, 20270701); v.N != 2_530_000 {
		t.Error("the national parameters have changed")
	}
}

// FuzzScanner compares with a well-kept reader: what is JSON for the one is JSON
// for the other.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0.5e+3,true,null,"\u00e9\ud83d\ude00\n"]}`, `{"a":1,"a":2}`, `[01]`, `"` + "\x01" + `"`, `"\ud800"`, ` {} x`, "\"\xff\"", `[1,]`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := scanner{text: text}
		s.skip()
		s.end()
		err := jsontext.Value(text).IsValid()
		deep := strings.Count(text, "[")+strings.Count(text, "{") > deepest
		if (s.fault == nil) != err && !deep {
			t.Errorf("%q: fault %v, the other reader finds it valid: %t", text, s.fault, err)
		}
	})
}

// TestNoFloats: rates are pairs of whole numbers, and nothing that is money
// passes through a float.
func TestNoFloats(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if strings.HasPrefix(n.Name, "float") {
					t.Errorf("%s uses %s", name, n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					t.Errorf("%s uses %s", name, n.Value)
				}
			}
			return true
		})
	}
}
