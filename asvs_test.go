package caunoi

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestASVS holds asvs.csv: every requirement of OWASP ASVS 5.0.0, levels 1 and
// 2, once, with how it is met, and only tests that exist.
func TestASVS(t *testing.T) {
	raw, err := os.ReadFile("asvs.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range checkASVS(string(raw)) {
		t.Error(wrong)
	}
}

// TestASVSCheckCanFail spoils the table in every way that the check is for.
func TestASVSCheckCanFail(t *testing.T) {
	raw, err := os.ReadFile("asvs.csv")
	if err != nil {
		t.Fatal(err)
	}
	table := string(raw)
	first := strings.SplitAfter(table, "\n")[1]
	for what, spoilt := range map[string]string{
		"a line is missing":       strings.Replace(table, first, "", 1),
		"a line stands twice":     strings.Replace(table, first, first+first, 1),
		"another level":           strings.Replace(table, "\nV1.1.1,2,", "\nV1.1.1,1,", 1),
		"an empty cell":           strings.Replace(table, ",LDAP,", ",,", 1),
		"a Go test is not there":  strings.ReplaceAll(table, "web:TestSweep", "web:TestSwept"),
		"a folder is not there":   strings.ReplaceAll(table, "vault:", "vaults:"),
		"a title is not there":    strings.ReplaceAll(table, "never named in the address", "named in the address"),
		"nothing instead of test": strings.ReplaceAll(table, "Decided: ", ""),
	} {
		if spoilt == table || len(checkASVS(spoilt)) == 0 {
			t.Errorf("%s: nothing is found wrong", what)
		}
	}
}

func checkASVS(table string) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		return []string{err.Error()}
	}
	if got := strings.Join(rows[0], ","); got != "id,level,applies,means,decision,test" {
		say("columns %s", got)
	}
	levels, had := map[string]int{}, map[string]bool{}
	tests := map[string][]string{}
	for _, row := range rows[1:] {
		id, level, applies, decision, test := row[0], row[1], row[2], row[4], row[5]
		levels[level]++
		if had[id] {
			say("%s stands twice", id)
		}
		had[id] = true
		if slices.Contains(row[:5], "") || applies != "yes" && applies != "no" {
			say("%s: an empty cell, or neither yes nor no", id)
		}
		written := strings.HasPrefix(decision, "Decided: ") || strings.HasPrefix(decision, "Not yet: ")
		if applies == "yes" && test == "" && !written {
			say("%s: neither a test nor a written decision", id)
		}
		for name := range strings.SplitSeq(test, ";") {
			if name != "" && !testExists(tests, name) {
				say("%s: there is no test %s", id, name)
			}
		}
	}
	if levels["1"] != 70 || levels["2"] != 183 || len(had) != 253 {
		say("%d lines of level 1 and %d of level 2, want 70 and 183", levels["1"], levels["2"])
	}
	return wrong
}

// testExists finds folder:TestName, or path:"title" of a browser test.
func testExists(known map[string][]string, name string) bool {
	where, what, _ := strings.Cut(name, ":")
	if strings.HasSuffix(where, ".ts") {
		raw, err := os.ReadFile(where)
		return err == nil && len(what) > 2 && strings.Contains(string(raw), "it("+what)
	}
	if _, read := known[where]; !read {
		known[where] = testsIn(where)
	}
	return slices.Contains(known[where], what)
}

func testsIn(dir string) []string {
	names := []string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			continue // it does not build, which other tests tell
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}
