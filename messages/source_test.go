package messages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"caunoi/outreach"
)

// call is a call in the source that names a message: journal.Refuse with its
// code, or Text with its key.
type call struct {
	at     token.Position
	name   string
	params map[string]ast.Expr
	// whole is false where the key is put together at run time from a prefix;
	// open where parameters are given that cannot be read here.
	whole, open bool
}

// calls finds what the module's code, tests aside, says of messages.
func calls(t *testing.T) (refusals, texts []call) {
	t.Helper()
	fset := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == "testdata" || len(name) > 2 && name[0] == '.') {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				switch called(n) {
				case "Refuse":
					refusals = append(refusals, reads(fset, n))
				case "Text":
					texts = append(texts, reads(fset, n))
				}
			case *ast.CompositeLit:
				refusals = append(refusals, literal(fset, n)...)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return refusals, texts
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// reads takes a call of the form f("name", "parameter", value, …).
func reads(fset *token.FileSet, c *ast.CallExpr) call {
	out := call{at: fset.Position(c.Pos()), params: map[string]ast.Expr{}, open: c.Ellipsis.IsValid()}
	if len(c.Args) == 0 {
		return out
	}
	out.name, out.whole = text(c.Args[0])
	if sum, ok := c.Args[0].(*ast.BinaryExpr); ok {
		for ok && sum != nil { // the left end of a sum
			out.name, _ = text(sum.X)
			sum, ok = sum.X.(*ast.BinaryExpr)
		}
	}
	for i := 1; i+1 < len(c.Args); i += 2 {
		if name, ok := text(c.Args[i]); ok {
			out.params[name] = c.Args[i+1]
		} else {
			out.open = true
		}
	}
	return out
}

// literal takes Refusal{Code: "name"}.
func literal(fset *token.FileSet, lit *ast.CompositeLit) (out []call) {
	switch typ := lit.Type.(type) {
	case *ast.Ident:
		if typ.Name != "Refusal" {
			return nil
		}
	case *ast.SelectorExpr:
		if typ.Sel.Name != "Refusal" {
			return nil
		}
	default:
		return nil
	}
	for _, e := range lit.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Code" {
			if code, ok := text(pair.Value); ok {
				out = append(out, call{at: fset.Position(lit.Pos()), name: code, whole: true, open: len(lit.Elts) > 1})
			}
		}
	}
	return out
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// check holds that the message of a call is there and that each of its
// parameters is given.
func check(t *testing.T, table map[string]entry, key string, c call) {
	t.Helper()
	e, ok := table[key]
	if !ok {
		t.Errorf("%s: no message %s", c.at, key)
		return
	}
	for name := range parameters(e.texts()...) {
		if _, ok := c.params[name]; !ok && !c.open {
			t.Errorf("%s: message %s wants {%s}, which is not given", c.at, key, name)
		}
	}
}

func TestEveryRefusalHasItsWords(t *testing.T) {
	table := printer(t, Languages[0]).table
	refusals, _ := calls(t)
	if len(refusals) < 60 {
		t.Fatalf("found %d refusals in the source; the search is broken", len(refusals))
	}
	for _, c := range refusals {
		if !c.whole {
			continue
		}
		check(t, table, "refusal."+c.name, c)
		family, _, _ := strings.Cut(c.name, ".")
		if field, ok := text(c.params["field"]); ok && (family == "entry" || family == "user") { // others name a part of a file
			check(t, table, "refusal.field."+field, call{at: c.at})
		}
	}
	for _, code := range []string{
		"link.used", "link.expired", "link.unknown", "session.none", "right.missing", "body.too_large", "body.malformed",
		"batch.size", "not_found", "store.newer", "store.full", "store.readonly", "internal",
	} {
		if _, ok := table["refusal."+code]; !ok {
			t.Errorf("no message refusal.%s", code)
		}
	}
}

// A refusal may name any field of any entry, and any kind.
func TestEveryFieldAndKindHasItsWords(t *testing.T) {
	p := printer(t, Languages[0])
	for _, k := range outreach.Schema().Kinds() {
		if !p.Has("refusal.kind." + k.Name) {
			t.Errorf("no message refusal.kind.%s", k.Name)
		}
		for f := range reflect.TypeOf(k.New()).Elem().Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && !p.Has("refusal.field."+name) {
				t.Errorf("no message refusal.field.%s, of %s", name, k.Name)
			}
		}
	}
}

func TestEveryTextHasItsMessage(t *testing.T) {
	table := printer(t, Languages[0]).table
	catalogues := map[string]bool{}
	for key := range table {
		name, _, _ := strings.Cut(key, ".")
		catalogues[name] = true
	}
	_, texts := calls(t)
	known := 0
	for _, c := range texts {
		name, _, dotted := strings.Cut(c.name, ".")
		if !dotted || !catalogues[name] {
			continue // another method of that name
		}
		known++
		if c.whole {
			check(t, table, c.name, c)
			continue
		}
		found := false
		for key := range table {
			found = found || strings.HasPrefix(key, c.name)
		}
		if !found {
			t.Errorf("%s: no message begins with %s", c.at, c.name)
		}
	}
	if known == 0 {
		t.Fatal("found no text in the source; the search is broken")
	}
}
