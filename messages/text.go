package messages

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"caunoi/journal"
)

var parameter = regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9_]*)\}`)

// Text writes the message of a key, as NAME.KEY, with its parameters given as
// pairs of name and value; the whole number n picks the plural form. A key
// that is missing is shown itself and a parameter that is missing stays in
// braces, so that a mistake is seen and nothing else is lost.
func (p *Printer) Text(key string, pairs ...any) string {
	params := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		params[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return p.fill(key, params)
}

func (p *Printer) fill(key string, params map[string]any) string {
	e, ok := p.table[key]
	if !ok {
		return key
	}
	n, _ := whole(params["n"])
	return parameter.ReplaceAllStringFunc(e.in(p.tag, n), func(braced string) string {
		v, ok := params[braced[1:len(braced)-1]]
		if !ok {
			return braced
		}
		return p.value(v)
	})
}

// value writes a parameter as the language does.
func (p *Printer) value(v any) string {
	if n, ok := whole(v); ok {
		return p.Number(n)
	}
	switch v := v.(type) {
	case journal.Day:
		return p.Date(v)
	case time.Time:
		return p.Instant(v)
	default:
		return fmt.Sprint(v)
	}
}

// whole reads a whole number, also one that has been through JSON.
func whole(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case float64:
		return int(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	default:
		return 0, false
	}
}

// Has says whether there is a message of that key.
func (p *Printer) Has(key string) bool {
	_, ok := p.table[key]
	return ok
}

// Refusal says what happened, where, and what to do next.
func (p *Printer) Refusal(r *journal.Refusal) string {
	params := make(map[string]any, len(r.Params))
	for name, v := range r.Params {
		if s, ok := v.(string); ok {
			if words := "refusal." + name + "." + s; p.Has(words) {
				v = p.Text(words)
			} else if name == "column" && p.Has("desk."+s) { // as the table heads it
				v = p.Text("desk." + s)
			} else if at, err := time.Parse(time.RFC3339, s); err == nil {
				v = at
			} else if day, err := journal.ParseDay(s); err == nil {
				v = day
			}
		}
		params[name] = v
	}
	return strings.TrimSpace(p.fill("refusal."+r.Code, params))
}
