// Package national holds the parameters of national law: parameters.json, with
// the article, the source and the day of the last look for each value.
//
// A new decree is a new row there. An agency that cannot wait for a release
// lays a file of its own over it, in the same form (caunoi policy check).
package national

import (
	_ "embed"
	"sync"

	"caunoi/policy"
)

//go:embed parameters.json
var file string

// File is the name and the text of the file.
func File() (name, text string) { return "parameters.json", file }

// Parameters are the parameters of national law as this version knows them.
var Parameters = sync.OnceValue(func() *policy.Parameters {
	p, problems := new(policy.Parameters).With(File())
	if len(problems) > 0 {
		panic(problems[0].Error()) // a fault of the file, which the tests of policy find
	}
	return p
})
