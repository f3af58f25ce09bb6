package lawbook

import (
	"math/big"

	"caunoi/journal"
	"caunoi/messages"
)

// say writes a value of an answer, by its unit.
func say(w *messages.Printer, unit string, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return w.Text("policy.yes")
		}
		return w.Text("policy.no")
	case int64:
		return whole(w, unit, v)
	case decimal:
		return fraction(w, unit, string(v))
	case string:
		switch unit {
		case "date":
			return w.Date(journal.Day(v))
		case "month":
			return w.Month(journal.Day(v + "-01"))
		}
		return fraction(w, unit, v)
	}
	return w.Text("policy.none")
}

func whole(w *messages.Printer, unit string, n int64) string {
	switch unit {
	case "dong":
		return w.Text("policy.unit.dong", "amount", n)
	case "months", "years", "days":
		return w.Text("policy.unit."+unit, "n", n)
	case "percent":
		return w.Exact(big.NewRat(n, 1)) + "%"
	case "age":
		if n%12 == 0 {
			return w.Text("policy.unit.age_years", "years", n/12)
		}
		return w.Text("policy.unit.age", "years", n/12, "months", n%12)
	}
	return w.Number(int(n))
}

// fraction writes a text such as 9/200 or 43.5.
func fraction(w *messages.Printer, unit, text string) string {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	switch unit {
	case "rate", "return":
		return w.Exact(r.Mul(r, big.NewRat(100, 1))) + "%"
	case "percent":
		return w.Exact(r) + "%"
	case "years":
		return w.Text("policy.unit.decimal_years", "amount", w.Exact(r))
	}
	return w.Exact(r)
}
