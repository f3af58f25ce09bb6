package journal

import (
	"fmt"
	"time"
	_ "time/tzdata" // phones and small servers may have no zone files
)

// Zone is where days begin and end: Vietnam has one zone (UTC+7).
var Zone = mustZone("Asia/Ho_Chi_Minh")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // embedded with time/tzdata
	}
	return z
}

// Day is a calendar day in [Zone], written YYYY-MM-DD, so that days order as
// text does. The empty Day means none.
type Day string

// DayOf is the day of an instant.
func DayOf(t time.Time) Day { return Day(t.In(Zone).Format(time.DateOnly)) }

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("day %q is not YYYY-MM-DD", s)
	}
	return Day(s), nil
}

// Start is the instant at which the day begins.
func (d Day) Start() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), Zone)
	return t
}

// Add is the day n days later.
func (d Day) Add(n int) Day { return DayOf(d.Start().AddDate(0, 0, n)) }

// Sub is the number of days from other to d.
func (d Day) Sub(other Day) int {
	return int(d.Start().Sub(other.Start()) / (24 * time.Hour))
}
