package readiness

import "time"

// The limits by which a phone is judged.
const (
	// ListsFresh is how old a list may be although the office knows of more or
	// fewer people by now: phones take what is new whenever they are opened.
	ListsFresh = 24 * time.Hour
	// ListsOld is how old a list may be at all.
	ListsOld = 3 * 24 * time.Hour
	// RoomLow is how many bytes free give warning: the photos of about a week.
	RoomLow = 200 << 20
	// RoomLeast is how many a day's records, photos and a new list may need.
	RoomLeast = 50 << 20
	// ClockRight is by how much a clock may differ; the server tells its own to
	// a second.
	ClockRight = 5 * time.Second
	// ClockWrong is by how much it may differ at most: beyond it the order of
	// records made on two phones says nothing any more.
	ClockWrong = 60 * time.Second
	// HeardLately is how long ago a phone may have been in touch.
	HeardLately = 24 * time.Hour
	// HeardLost is after how long nobody knows any more how it stands.
	HeardLost = 3 * 24 * time.Hour
	// RehearsedLately is how old a rehearsal may be that nobody asked for anew.
	RehearsedLately = 3 * 24 * time.Hour
)

// Grade is how something stands.
type Grade string

// The grades. With a warning one can go out; without knowing, or with what is
// bad, one is not ready.
const (
	OK      Grade = "ok"
	Warn    Grade = "warn"
	Bad     Grade = "bad"
	Unknown Grade = "unknown"
)

// Aspect is what of a phone is judged.
type Aspect string

// The aspects, in the order in which they are told.
const (
	Heard     Aspect = "heard"
	App       Aspect = "app"
	Lists     Aspect = "lists"
	Room      Aspect = "room"
	Clock     Aspect = "clock"
	Records   Aspect = "records"
	Rehearsal Aspect = "rehearsal"
)

// Finding is how a phone stands in one aspect.
type Finding struct {
	Aspect Aspect `json:"aspect" enum:"heard,app,lists,room,clock,records,rehearsal"`
	Grade  Grade  `json:"grade" enum:"ok,warn,bad,unknown"`
	// Code has its words in the catalogues, of how it is and what to do.
	Code string `json:"code"`
	// N is what the code's words count: lists, days, hours, MB, seconds, records.
	N int64 `json:"n"`
	// Reason is the code of a refusal, of a rehearsal that failed.
	Reason string `json:"reason,omitempty"`
}

// Phone is a phone as the server knows it.
type Phone struct {
	State *PhoneState // as it last told; nil if it never did
	Told  time.Time   // when
	Seen  time.Time   // when it last called, for whatever; zero if never
}

// Last is when it was last heard of; zero if never.
func (p Phone) Last() time.Time {
	if p.Told.After(p.Seen) {
		return p.Told
	}
	return p.Seen
}

// Against is what a phone is held against.
type Against struct {
	Now time.Time
	// App is the build that the server serves; empty if it serves none.
	App string
	// Lists are the communes whose people the worker may see, each with how many.
	Lists map[string]int
	// Asked is when a rehearsal was asked for; zero if it was not.
	Asked time.Time
}

// Judge gives a finding for each aspect, in their order. A phone that never
// told how it stands has those that need no telling known, and the others not.
func Judge(p Phone, a Against) []Finding {
	out := []Finding{judgeHeard(p.Last(), a.Now)}
	s := p.State
	if s == nil {
		for _, aspect := range []Aspect{App, Lists, Room, Clock, Records, Rehearsal} {
			out = append(out, Finding{Aspect: aspect, Grade: Unknown, Code: "untold"})
		}
		return out
	}
	return append(out, judgeApp(s, a.App), judgeLists(s.Lists, a), judgeRoom(s), judgeClock(s.OffsetMS), judgeRecords(s.Records), judgeRehearsal(s.Rehearsed, a))
}

// GradeOf is the grade of all findings together: bad before unknown before a
// warning.
func GradeOf(findings []Finding) Grade {
	worst := OK
	for _, f := range findings {
		if weight[f.Grade] > weight[worst] {
			worst = f.Grade
		}
	}
	return worst
}

var weight = map[Grade]int{OK: 0, Warn: 1, Unknown: 2, Bad: 3}

// Ready says that one can go out with it.
func (g Grade) Ready() bool { return g == OK || g == Warn }

func judgeHeard(last, now time.Time) Finding {
	since := now.Sub(last)
	switch {
	case last.IsZero():
		return Finding{Aspect: Heard, Grade: Bad, Code: "heard.never"}
	case since <= HeardLately:
		return Finding{Aspect: Heard, Grade: OK, Code: "heard.lately", N: hours(since)}
	case since <= HeardLost:
		return Finding{Aspect: Heard, Grade: Warn, Code: "heard.quiet", N: hours(since)}
	}
	return Finding{Aspect: Heard, Grade: Bad, Code: "heard.lost", N: days(since)}
}

func judgeApp(s *PhoneState, served string) Finding {
	switch {
	case !s.Offline:
		return Finding{Aspect: App, Grade: Bad, Code: "app.partial"}
	case s.App == "" || served == "":
		return Finding{Aspect: App, Grade: Unknown, Code: "app.unknown"}
	case s.App != served:
		return Finding{Aspect: App, Grade: Bad, Code: "app.other"}
	}
	return Finding{Aspect: App, Grade: OK, Code: "app.current"}
}

func judgeLists(held []HeldList, a Against) Finding {
	if held == nil {
		return Finding{Aspect: Lists, Grade: Unknown, Code: "untold"}
	}
	by := make(map[string]HeldList, len(held))
	for _, l := range held {
		by[l.Commune] = l
	}
	var missing, old, behind, needed int64
	var age time.Duration
	for commune, people := range a.Lists {
		if people == 0 {
			continue
		}
		needed++
		l, here := by[commune]
		since := a.Now.Sub(l.At)
		switch {
		case !here:
			missing++
		case since > ListsOld:
			old++
			age = max(age, since)
		case since > ListsFresh && l.People != people:
			behind++
		}
	}
	switch {
	case missing > 0:
		return Finding{Aspect: Lists, Grade: Bad, Code: "lists.missing", N: missing}
	case old > 0:
		return Finding{Aspect: Lists, Grade: Bad, Code: "lists.old", N: days(age)}
	case behind > 0:
		return Finding{Aspect: Lists, Grade: Warn, Code: "lists.behind", N: behind}
	case needed == 0:
		return Finding{Aspect: Lists, Grade: OK, Code: "lists.none"}
	}
	return Finding{Aspect: Lists, Grade: OK, Code: "lists.whole", N: needed}
}

func judgeRoom(s *PhoneState) Finding {
	free := max(0, s.Room-s.Used)
	f := Finding{Aspect: Room, Grade: OK, Code: "room.enough", N: free / 1e6}
	switch {
	case s.Room == 0:
		f.Grade, f.Code = Unknown, "room.unknown"
	case free < RoomLeast:
		f.Grade, f.Code = Bad, "room.least"
	case free < RoomLow:
		f.Grade, f.Code = Warn, "room.low"
	case !s.Lasting:
		f.Grade, f.Code = Warn, "room.fleeting"
	}
	return f
}

func judgeClock(offset *int64) Finding {
	if offset == nil {
		return Finding{Aspect: Clock, Grade: Unknown, Code: "clock.unknown"}
	}
	by := (time.Duration(*offset) * time.Millisecond).Abs()
	f := Finding{Aspect: Clock, Grade: OK, Code: "clock.right", N: int64(by.Round(time.Second) / time.Second)}
	switch {
	case by > ClockWrong:
		f.Grade, f.Code = Bad, "clock.wrong"
	case by > ClockRight:
		f.Grade, f.Code = Warn, "clock.off"
	}
	return f
}

func judgeRecords(r RecordsState) Finding {
	switch back := r.Refused + r.Conflict; {
	case r.Waiting > 0:
		return Finding{Aspect: Records, Grade: Warn, Code: "records.waiting", N: int64(r.Waiting)}
	case back > 0:
		return Finding{Aspect: Records, Grade: Warn, Code: "records.back", N: int64(back)}
	}
	return Finding{Aspect: Records, Grade: OK, Code: "records.sent"}
}

func judgeRehearsal(r *Rehearsed, a Against) Finding {
	f := Finding{Aspect: Rehearsal, Grade: Warn}
	switch asked := !a.Asked.IsZero(); {
	case asked && (r == nil || r.At.Before(a.Asked)):
		f.Code = "rehearsal.asked"
	case r == nil:
		f.Code = "rehearsal.none"
	case !r.OK:
		f.Grade, f.Code, f.Reason = Bad, "rehearsal.failed", r.Code
	case !asked && a.Now.Sub(r.At) > RehearsedLately:
		f.Code, f.N = "rehearsal.old", days(a.Now.Sub(r.At))
	default:
		f.Grade, f.Code = OK, "rehearsal.done"
	}
	return f
}

func hours(d time.Duration) int64 { return int64(max(0, d) / time.Hour) }

func days(d time.Duration) int64 { return int64(max(0, d) / (24 * time.Hour)) }
