// Package identity reads who somebody is from papers, QR codes and lists:
// numbers, phones, dates and names, as people and spreadsheets write them.
//
// What cannot be read is a *journal.Refusal that names no value. What reads
// well but disagrees with something else is a [Doubt], which stops nobody.
package identity

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"caunoi/journal"
)

func refuse(field string) error { return journal.Refuse("people.value", "field", field) }

// digits strips what people put between digits, and undoes what spreadsheets
// do to a long number (1.0182000011E+10).
func digits(text string) string {
	text = strings.TrimSpace(norm.NFKC.String(text))
	text = strings.TrimPrefix(text, "'")
	if strings.ContainsAny(text, "eE") || strings.HasSuffix(text, ".0") {
		if f, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64); err == nil && f > 0 && f < 1e15 && f == float64(int64(f)) {
			return strconv.FormatInt(int64(f), 10)
		}
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' || r == '\u200b' {
			return -1
		}
		return r
	}, text)
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Citizen reads a citizen number of 12 digits. Of one with 11 digits a
// spreadsheet has taken the zero in front, which place codes have. The old
// number of 9 digits is not one.
func Citizen(text string) (string, error) {
	n := digits(text)
	if len(n) == 11 && numeric(n) {
		n = "0" + n
	}
	if len(n) != 12 || !numeric(n) {
		return "", refuse("citizen")
	}
	return n, nil
}

// SI reads a social-insurance number of 10 digits, or the citizen number that
// takes its place since 2025-08-01. Of one with 9 digits a spreadsheet has
// taken the zero in front.
func SI(text string) (string, error) {
	n := digits(text)
	if len(n) == 9 {
		n = "0" + n
	}
	if (len(n) != 10 && len(n) != 12) || !numeric(n) {
		return "", refuse("si")
	}
	return n, nil
}

// Card reads the code of a health-insurance card: 15 characters in the old
// form (two letters of the group, a digit of the benefit, two of the place,
// the SI number), 10 digits in the form since 2021-04-01, or the citizen
// number of 12.
func Card(text string) (string, error) {
	c := strings.ToUpper(digits(text))
	switch len(c) {
	case 10, 12:
		if numeric(c) {
			return c, nil
		}
	case 15:
		if c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z' && numeric(c[2:]) {
			return c, nil
		}
	}
	return "", refuse("card")
}

// moved are the mobile prefixes of 11-digit numbers, which became shorter in
// 2018.
var moved = map[string]string{
	"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
	"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
	"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
	"0186": "056", "0188": "058", "0199": "059",
}

// Phone reads a Vietnamese telephone number as it is dialled in the country:
// ten digits for a mobile, eleven for a fixed line, with a zero in front.
func Phone(text string) (string, error) {
	n := strings.NewReplacer("(", "", ")", "", "/", "").Replace(digits(text))
	switch {
	case strings.HasPrefix(n, "+84"):
		n = "0" + n[3:]
	case strings.HasPrefix(n, "0084"):
		n = "0" + n[4:]
	case strings.HasPrefix(n, "84") && len(n) >= 11:
		n = "0" + n[2:]
	case len(n) == 9 && n[0] != '0': // a spreadsheet took the zero
		n = "0" + n
	}
	if len(n) == 11 && moved[n[:4]] != "" {
		n = moved[n[:4]] + n[4:]
	}
	if !numeric(n) || n[0] != '0' || !(len(n) == 10 || len(n) == 11 && n[1] == '2') {
		return "", refuse("phone")
	}
	return n, nil
}

// serial is the day before the first of a spreadsheet's count of days.
var serial = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// Birth reads a date of birth, or only its year, which is then all that is
// known: day/month/year, year-month-day, a spreadsheet's number of days, or a
// year from 1880 on.
func Birth(text string) (day journal.Day, year int, err error) {
	t := strings.TrimSpace(norm.NFKC.String(text))
	t = strings.TrimPrefix(t, "'")
	if i := strings.IndexAny(t, "T "); i >= 8 {
		t = t[:i] // a time of day
	}
	parts := strings.FieldsFunc(t, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == ' ' })
	var n []int
	for _, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 {
			return "", 0, refuse("birth")
		}
		n = append(n, v)
	}
	switch {
	case len(n) == 3 && len(parts[0]) == 4:
		return asDay(n[0], n[1], n[2])
	case len(n) == 3 && len(parts[2]) == 4:
		return asDay(n[2], n[1], n[0])
	case len(n) == 2 && len(parts[1]) == 4 && n[0] >= 1 && n[0] <= 12: // month and year
		return "", n[1], years(n[1])
	case len(n) == 1 && len(t) == 4:
		return "", n[0], years(n[0])
	case len(n) == 1 && len(t) == 8: // ddmmyyyy, as on the chip card
		return asDay(n[0]%10000, n[0]/10000%100, n[0]/1000000)
	case len(parts) >= 1 && n[0] > 9999 && n[0] < 80000 && (len(n) == 1 || len(n) == 2 && n[1] == 0): // 1927 to 2119
		d := serial.AddDate(0, 0, n[0])
		return asDay(d.Year(), int(d.Month()), d.Day())
	}
	return "", 0, refuse("birth")
}

func years(y int) error {
	if y < 1880 || y > 2200 {
		return refuse("birth")
	}
	return nil
}

func asDay(y, m, d int) (journal.Day, int, error) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d || years(y) != nil {
		return "", 0, refuse("birth")
	}
	return journal.Day(t.Format(time.DateOnly)), y, nil
}

// Sex reads "f" or "m".
func Sex(text string) (string, error) {
	switch strings.Join(Words(text), " ") {
	case "nu", "f", "female", "gai", "0", "2": // 2 on the HI card
		return "f", nil
	case "nam", "m", "male", "trai", "1":
		return "m", nil
	}
	return "", refuse("sex")
}

// Name is a name as it is kept: composed (NFC), with single spaces.
func Name(text string) string {
	return strings.Join(strings.Fields(norm.NFC.String(text)), " ")
}

// Words are the words of a text by which it is found and compared: without
// case, tone marks and the marks of letters, with đ as d and y as i. Hoà and
// hòa, composed or not, are one word, and so are Lý and Lí. That Lan and Lân are
// one as well makes them alike, never the same: a human tells.
func Words(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r == 'y':
			b.WriteByte('i')
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}
