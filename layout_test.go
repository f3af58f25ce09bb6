// Package caunoi holds the test of the project's layout; its code is in the
// folders.
package caunoi

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mayImport is the dependency direction: the packages of ours that each may
// import, tests aside.
var mayImport = map[string][]string{
	"journal":           nil,
	"policy":            nil, // and no package that would make its WebAssembly large
	"policy/national":   {"policy"},
	"policy/wasm":       {"policy"},
	"lawbook":           {"policy", "journal", "messages"},
	"knowledge":         nil,
	"campaign":          {"journal"},
	"audit":             nil,
	"vault":             {"journal"},
	"attachment":        {"vault", "journal"},
	"readiness":         {"journal"},
	"quarantine":        {"audit", "access", "campaign", "journal"},
	"approval":          {"audit", "access", "campaign", "journal"},
	"outreach":          {"people/identity", "campaign", "journal"},
	"people/identity":   {"journal"},
	"people/national":   {"people"},
	"people/sheet":      {"people/identity", "people", "outreach", "campaign", "journal"},
	"people":            {"attachment", "quarantine", "people/identity", "approval", "vault", "audit", "tally", "access", "outreach", "campaign", "journal"},
	"talk":              {"vault", "audit", "tally", "access", "campaign", "journal"},
	"tally":             {"outreach", "campaign", "journal"},
	"access":            {"audit", "outreach", "campaign", "journal"},
	"messages":          {"journal"},
	"store":             {"talk", "readiness", "attachment", "quarantine", "people", "approval", "vault", "audit", "tally", "access", "campaign", "journal"},
	"store/sqlite":      {"talk", "readiness", "attachment", "quarantine", "people", "approval", "vault", "audit", "store", "tally", "access", "campaign", "journal"},
	"store/postgres":    {"talk", "readiness", "attachment", "quarantine", "people", "approval", "vault", "audit", "store", "tally", "access", "campaign", "journal"},
	"fieldsync":         {"readiness", "attachment", "quarantine", "people", "approval", "outreach", "audit", "store", "tally", "access", "campaign", "journal"},
	"planning":          {"audit", "people", "people/identity", "tally", "access", "campaign", "journal"},
	"report":            {"tally", "campaign", "journal", "messages"},
	"demo":              {"people", "tally", "outreach", "campaign", "journal"},
	"ui":                nil,
	"web":               {"talk", "readiness", "attachment", "knowledge", "lawbook", "planning", "policy", "quarantine", "people/identity", "people/sheet", "people", "approval", "audit", "fieldsync", "report", "store", "tally", "access", "outreach", "campaign", "journal", "messages"},
	"store/storetest":   {"talk", "readiness", "attachment", "quarantine", "people", "approval", "vault", "audit", "fieldsync", "store", "tally", "access", "access/accesstest", "outreach", "campaign", "journal"},
	"store/pgtest":      nil,
	"access/accesstest": {"audit", "access", "outreach", "campaign", "journal"},
	"cmd/caunoi":        nil, // joins everything
}

func TestDependencyDirection(t *testing.T) {
	for dir, imports := range packages(t) {
		allowed, known := mayImport[dir]
		if !known {
			t.Errorf("package %s is not in the layout: say here what it may import, and in ARCHITECTURE.md what it is for", dir)
			continue
		}
		for _, imp := range imports {
			if dir != "cmd/caunoi" && !slices.Contains(allowed, imp) {
				t.Errorf("%s imports %s", dir, imp)
			}
		}
	}
}

// TestSQLStaysInStores finds statements outside the packages that know SQL.
func TestSQLStaysInStores(t *testing.T) {
	statement := regexp.MustCompile("(?m)[\"`](SELECT|INSERT INTO|UPDATE|DELETE FROM) [a-z(]")
	each(t, func(path, dir string) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(dir, "store/") && statement.Match(raw) {
			t.Errorf("%s holds SQL", path)
		}
	})
}

// TestArchitectureNamesWhatIsThere holds the page to the folders.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`([a-z]+(?:/[a-z]+)*/[a-z_]+\\.(?:go|css|json))`").FindAllStringSubmatch(string(page), -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Errorf("ARCHITECTURE.md names %s: %v", m[1], err)
		}
	}
	for dir := range packages(t) {
		if !strings.Contains(string(page), strings.Split(dir, "/")[0]) {
			t.Errorf("ARCHITECTURE.md does not name %s", dir)
		}
	}
}

func packages(t *testing.T) map[string][]string {
	out := map[string][]string{}
	each(t, func(path, dir string) {
		if strings.HasSuffix(path, "_test.go") || dir == "." {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		out[dir] = append(out[dir], []string{}...)
		for _, imp := range f.Imports {
			if p, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), "caunoi/"); ours {
				out[dir] = append(out[dir], p)
			}
		}
	})
	return out
}

func each(t *testing.T, f func(path, dir string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			f(path, filepath.ToSlash(filepath.Dir(path)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
