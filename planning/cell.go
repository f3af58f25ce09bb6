package planning

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"caunoi/journal"
)

// Forms of cells.
const (
	asText = iota
	asDate
	asTime
	asBoth
	asNumber
	asHeading
)

// cell is a cell as text and, of a number, date or time, as spreadsheets count
// it.
type cell struct {
	text string
	n    float64
	form int
}

var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

const (
	year2000, year2100 = 36526, 73051 // in days since epoch
	days1904           = 1462         // from epoch to that of some workbooks
)

func said(text string) cell { return cell{text: clean(text)} }

func identified(id journal.ID) cell {
	if id.IsZero() {
		return cell{}
	}
	return cell{text: id.String()}
}

func dated(t time.Time) cell {
	return cell{string(journal.DayOf(t)), float64(journal.DayOf(t).Sub("1899-12-30")), asDate}
}

func timed(t time.Time) cell {
	t = t.In(journal.Zone)
	layout := "15:04"
	if t.Second() != 0 {
		layout = "15:04:05"
	}
	return cell{t.Format(layout), float64(t.Hour()*3600+t.Minute()*60+t.Second()) / 86400, asTime}
}

func moment(t time.Time) cell {
	d, c := dated(t), timed(t)
	return cell{d.text + " " + c.text, d.n + c.n, asBoth}
}

var layouts = []string{"2006-1-2", "2006-1-2 15:04", "2006-1-2 15:04:05", "2006-1-2T15:04:05", "2/1/2006", "2/1/2006 15:04", "2/1/2006 15:04:05", "2-1-2006", "2.1.2006"}

// moment reads a day, perhaps with a time.
func (c *cells) moment(text string) (time.Time, bool) {
	if days, err := strconv.ParseFloat(text, 64); err == nil {
		if c.from1904 {
			days += days1904
		}
		if !(days >= year2000 && days < year2100) {
			return time.Time{}, false
		}
		t := epoch.Add(time.Duration(math.Round(days*86400)) * time.Second)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, journal.Zone), true
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, journal.Zone); err == nil {
			return t, t.Year() >= 2000 && t.Year() < 2100
		}
	}
	return time.Time{}, false
}

var clockForm = regexp.MustCompile(`^(\d{1,2}) ?(?:[:hg]|giờ) ?(\d{2})?(?:[:m](\d{2}))? ?(am|pm|sa|ch)?$`)

// clock reads a time of day, 24:00 included.
func clock(text string) (time.Duration, bool) {
	if days, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(math.Round(days*86400)) * time.Second, days >= 0 && days < 1
	}
	m := clockForm.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return 0, false
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // digits or nothing
	}
	if m[4] != "" { // sa and ch are how Vietnamese spreadsheets say am and pm
		if n[0] < 1 || n[0] > 12 {
			return 0, false
		}
		n[0] %= 12
		if m[4] == "pm" || m[4] == "ch" {
			n[0] += 12
		}
	}
	at := time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second
	return at, n[1] < 60 && n[2] < 60 && at <= 24*time.Hour
}
