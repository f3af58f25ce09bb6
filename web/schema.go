package web

import (
	"fmt"
	"reflect"
	"strings"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

func reflectType(v any) reflect.Type { return reflect.TypeOf(v).Elem() }

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// kindsText tells which schema belongs to which kind, and its version.
func kindsText(names []string, versions map[string]int, refs map[string]string) string {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s v%d (%s)", n, versions[n], refs[n][strings.LastIndex(refs[n], "/")+1:])
	}
	return b.String()
}
