package policy

// Date is a calendar day as the number yyyymmdd: 20251120. Dates compare as
// numbers do. The zero Date is none.
type Date int32

// The dates that a question or a parameter may hold.
const (
	firstDate Date = 19000101
	lastDate  Date = 21991231
)

func (d Date) year() int  { return int(d / 10000) }
func (d Date) month() int { return int(d / 100 % 100) }
func (d Date) day() int   { return int(d % 100) }

// Month is the month of the day.
func (d Date) Month() Month { return Month(d.year()*12 + d.month() - 1) }

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// before is the day before d.
func (d Date) before() Date {
	switch {
	case d.day() > 1:
		return d - 1
	case d.month() > 1:
		m := d.month() - 1
		return Date(d.year()*10000 + m*100 + daysIn(d.year(), m))
	default:
		return Date((d.year()-1)*10000 + 1231)
	}
}

// yearsBefore is the same day so many years before; 28 February for a leap day.
func yearsBefore(d Date, years int) Date {
	d -= Date(years * 1_0000)
	return min(d, d.Month().first()+Date(daysIn(d.year(), d.month())-1))
}

// after is the day after d.
func (d Date) after() Date {
	if d.day() < daysIn(d.year(), d.month()) {
		return d + 1
	}
	return (d.Month() + 1).first()
}

func (d Date) append(b []byte) []byte {
	b = d.Month().append(b)
	return append(b, '-', byte('0'+d.day()/10), byte('0'+d.day()%10))
}

// String is the date as RFC 3339 writes it: 2025-11-20.
func (d Date) String() string { return string(d.append(nil)) }

// ParseDate reads a date as String writes it; ok is false for any other text,
// for days that no calendar has, and outside 1900 to 2199.
func ParseDate(text string) (d Date, ok bool) {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	n := 0
	for i := range 10 {
		if i == 4 || i == 7 {
			continue
		}
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		n = n*10 + int(text[i]-'0')
	}
	d = Date(n)
	m := d.month()
	if d < firstDate || d > lastDate || m < 1 || m > 12 || d.day() < 1 || d.day() > daysIn(d.year(), m) {
		return 0, false
	}
	return d, true
}

// Month is a month, counted from the year 0: 12 times the year and 0 to 11.
type Month int32

func (m Month) year() int { return int(m / 12) }

// first is the first day of the month.
func (m Month) first() Date { return Date(m.year()*10000 + int(m%12+1)*100 + 1) }

func (m Month) append(b []byte) []byte {
	y, n := m.year(), int(m%12+1)
	return append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10),
		'-', byte('0'+n/10), byte('0'+n%10))
}

// String is the month as 2025-11.
func (m Month) String() string { return string(m.append(nil)) }
