package outreach

import "caunoi/journal"

// Attendance says that its author was there for a session: at the time of the
// entry, else when it says that it happened. It is about who works, so nobody
// counts as reached by it, and it holds no position: that somebody stood in the
// right place is for the lead to see, not for a satellite.
var Attendance = journal.Kind{
	Name: "attendance", Version: 1, New: func() journal.Body { return new(AttendanceBody) },
	Fact: true, OfActivity: true, Activity: journal.Required, Commune: journal.Required,
}

// AttendanceBody is the body of [Attendance].
type AttendanceBody struct {
	noRefs
	State string `json:"state" enum:"arrived"`
}

func (b *AttendanceBody) Validate() error { return one("state", b.State, []string{"arrived"}) }
