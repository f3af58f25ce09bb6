package policy

import (
	"os"
	"sync"
	"testing"
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
