package messages

import (
	"math/big"
	"time"

	"golang.org/x/text/number"

	"caunoi/journal"
)

// Number writes a whole number: 2.745 in Vietnamese, 2,745 in English, ২,৭৪৫ in
// Bengali (which groups 12,34,567).
func (p *Printer) Number(n int) string { return p.print.Sprint(number.Decimal(n)) }

// Decimal writes a number with at most one decimal: 18,5 in Vietnamese.
func (p *Printer) Decimal(n float64) string {
	return p.print.Sprint(number.Decimal(n, number.MaxFractionDigits(1)))
}

// Exact writes a rate or another small number, with at most six decimals.
func (p *Printer) Exact(r *big.Rat) string {
	n, _ := r.Float64()
	return p.print.Sprint(number.Decimal(n, number.MaxFractionDigits(6)))
}

// Year writes a year: 2026, without the marks of thousands.
func (p *Printer) Year(year int) string {
	return p.print.Sprint(number.Decimal(year, number.NoSeparator()))
}

// Month writes the month of a day in digits: 10/2030.
func (p *Printer) Month(d journal.Day) string { return p.date("format.date.month", d) }

// Signed writes a difference, with its sign unless it is 0.
func (p *Printer) Signed(n int) string {
	switch {
	case n > 0:
		return "+" + p.Number(n)
	case n < 0:
		return "−" + p.Number(-n) // a true minus sign, not a hyphen
	default:
		return p.Number(0)
	}
}

// Percent writes tenths of a percent: 832 as 83,2% in Vietnamese.
func (p *Printer) Percent(tenths int) string {
	return p.print.Sprint(number.Percent(float64(tenths)/1000, number.MaxFractionDigits(1)))
}

// Tenths writes a number of tenths: 832 as 83,2 in Vietnamese.
func (p *Printer) Tenths(tenths int) string {
	return p.print.Sprint(number.Decimal(float64(tenths)/10, number.MaxFractionDigits(1)))
}

// Date writes a day in digits: 25/11/2025. The empty day is the empty text.
func (p *Printer) Date(d journal.Day) string { return p.date("format.date.short", d) }

// LongDate writes a day in words: ngày 25 tháng 11 năm 2025.
func (p *Printer) LongDate(d journal.Day) string { return p.date("format.date.long", d) }

func (p *Printer) date(key string, d journal.Day) string {
	if d == "" {
		return ""
	}
	t := d.Start()
	return p.Text(key, "day", t.Day(), "month", p.Text("format.month."+t.Format("01")),
		"mm", p.two(int(t.Month())), "dd", p.two(t.Day()),
		"year", p.Year(t.Year()))
}

// Instant writes the time of day in [journal.Zone] and the day.
func (p *Printer) Instant(t time.Time) string {
	t = t.In(journal.Zone)
	return p.Text("format.instant", "hour", p.two(t.Hour()), "minute", p.two(t.Minute()), "day", journal.DayOf(t))
}

func (p *Printer) two(n int) string {
	return p.print.Sprint(number.Decimal(n, number.MinIntegerDigits(2)))
}

// List joins items as a sentence does: a, b và c.
func (p *Printer) List(items []string) string {
	if len(items) < 2 {
		return p.chain("format.list.comma", items)
	}
	last := len(items) - 1
	return p.Text("format.list.and", "head", p.chain("format.list.comma", items[:last]), "tail", items[last])
}

// Series joins items that may hold commas themselves: a, b; c; d.
func (p *Printer) Series(items []string) string { return p.chain("format.list.semicolon", items) }

func (p *Printer) chain(key string, items []string) (text string) {
	for i, item := range items {
		if i == 0 {
			text = item
			continue
		}
		text = p.Text(key, "head", text, "tail", item)
	}
	return text
}
