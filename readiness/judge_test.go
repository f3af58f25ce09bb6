package readiness_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/readiness"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

func ms(d time.Duration) *int64 {
	n := d.Milliseconds()
	return &n
}

// good is a phone with which one can go out, and what it is held against.
func good() (readiness.Phone, readiness.Against) {
	return readiness.Phone{Seen: ago(time.Hour), Told: ago(2 * time.Hour), State: &readiness.PhoneState{
		App: "index-A", Offline: true, Room: 6 << 30, Used: 1 << 20, Lasting: true, OffsetMS: ms(-2 * time.Second),
		Lists:     []readiness.HeldList{{Commune: "001", People: 800, At: ago(2 * time.Hour)}},
		Rehearsed: &readiness.Rehearsed{At: ago(time.Hour), OK: true},
	}}, readiness.Against{
		Now: now, App: "index-A", Lists: map[string]int{"001": 800, "002": 0}, Asked: ago(2 * time.Hour),
	}
}

func TestJudge(t *testing.T) {
	type phone = readiness.Phone
	type against = readiness.Against
	for name, c := range map[string]struct {
		change func(p *phone, a *against)
		aspect readiness.Aspect
		code   string
		n      int64
		grade  readiness.Grade
	}{
		"heard an hour ago":   {func(*phone, *against) {}, readiness.Heard, "heard.lately", 1, readiness.OK},
		"told after it asked": {func(p *phone, _ *against) { p.Seen = time.Time{} }, readiness.Heard, "heard.lately", 2, readiness.OK},
		"at the limit":        {func(p *phone, _ *against) { p.Seen, p.Told = ago(24*time.Hour), ago(24*time.Hour) }, readiness.Heard, "heard.lately", 24, readiness.OK},
		"quiet for a day":     {func(p *phone, _ *against) { p.Seen, p.Told = ago(25*time.Hour), ago(25*time.Hour) }, readiness.Heard, "heard.quiet", 25, readiness.Warn},
		"quiet for days":      {func(p *phone, _ *against) { p.Seen, p.Told = ago(99*time.Hour), ago(99*time.Hour) }, readiness.Heard, "heard.lost", 4, readiness.Bad},
		"never heard of":      {func(p *phone, _ *against) { *p = phone{} }, readiness.Heard, "heard.never", 0, readiness.Bad},

		"today's app":         {func(*phone, *against) {}, readiness.App, "app.current", 0, readiness.OK},
		"another app":         {func(p *phone, _ *against) { p.State.App = "index-B" }, readiness.App, "app.other", 0, readiness.Bad},
		"half an app":         {func(p *phone, _ *against) { p.State.Offline = false }, readiness.App, "app.partial", 0, readiness.Bad},
		"a server without it": {func(_ *phone, a *against) { a.App = "" }, readiness.App, "app.unknown", 0, readiness.Unknown},

		"all lists":             {func(*phone, *against) {}, readiness.Lists, "lists.whole", 1, readiness.OK},
		"no list needed":        {func(_ *phone, a *against) { a.Lists = nil }, readiness.Lists, "lists.none", 0, readiness.OK},
		"a list is missing":     {func(_ *phone, a *against) { a.Lists["003"] = 1 }, readiness.Lists, "lists.missing", 1, readiness.Bad},
		"none is there":         {func(p *phone, _ *against) { p.State.Lists = []readiness.HeldList{} }, readiness.Lists, "lists.missing", 1, readiness.Bad},
		"an app that tells not": {func(p *phone, _ *against) { p.State.Lists = nil }, readiness.Lists, "untold", 0, readiness.Unknown},
		"grown since, but new":  {func(_ *phone, a *against) { a.Lists["001"] = 900 }, readiness.Lists, "lists.whole", 1, readiness.OK},
		"grown since":           {func(p *phone, a *against) { a.Lists["001"] = 900; p.State.Lists[0].At = ago(25 * time.Hour) }, readiness.Lists, "lists.behind", 1, readiness.Warn},
		"a day old and right":   {func(p *phone, _ *against) { p.State.Lists[0].At = ago(25 * time.Hour) }, readiness.Lists, "lists.whole", 1, readiness.OK},
		"too old":               {func(p *phone, _ *against) { p.State.Lists[0].At = ago(97 * time.Hour) }, readiness.Lists, "lists.old", 4, readiness.Bad},

		"room enough":     {func(*phone, *against) {}, readiness.Room, "room.enough", 6441, readiness.OK},
		"little room":     {func(p *phone, _ *against) { p.State.Room = 101 << 20 }, readiness.Room, "room.low", 104, readiness.Warn},
		"no room":         {func(p *phone, _ *against) { p.State.Room = 40 << 20 }, readiness.Room, "room.least", 40, readiness.Bad},
		"over its room":   {func(p *phone, _ *against) { p.State.Room = 1 }, readiness.Room, "room.least", 0, readiness.Bad},
		"room not told":   {func(p *phone, _ *against) { p.State.Room = 0 }, readiness.Room, "room.unknown", 0, readiness.Unknown},
		"may be emptied":  {func(p *phone, _ *against) { p.State.Lasting = false }, readiness.Room, "room.fleeting", 6441, readiness.Warn},
		"a right clock":   {func(*phone, *against) {}, readiness.Clock, "clock.right", 2, readiness.OK},
		"five seconds":    {func(p *phone, _ *against) { p.State.OffsetMS = ms(5 * time.Second) }, readiness.Clock, "clock.right", 5, readiness.OK},
		"somewhat wrong":  {func(p *phone, _ *against) { p.State.OffsetMS = ms(-60 * time.Second) }, readiness.Clock, "clock.off", 60, readiness.Warn},
		"a wrong clock":   {func(p *phone, _ *against) { p.State.OffsetMS = ms(-72 * time.Hour) }, readiness.Clock, "clock.wrong", 259200, readiness.Bad},
		"an unheard one":  {func(p *phone, _ *against) { p.State.OffsetMS = nil }, readiness.Clock, "clock.unknown", 0, readiness.Unknown},
		"all is sent":     {func(*phone, *against) {}, readiness.Records, "records.sent", 0, readiness.OK},
		"records wait":    {func(p *phone, _ *against) { p.State.Records.Waiting = 7 }, readiness.Records, "records.waiting", 7, readiness.Warn},
		"records back":    {func(p *phone, _ *against) { p.State.Records.Refused, p.State.Records.Conflict = 1, 1 }, readiness.Records, "records.back", 2, readiness.Warn},
		"rehearsed":       {func(*phone, *against) {}, readiness.Rehearsal, "rehearsal.done", 0, readiness.OK},
		"asked anew":      {func(_ *phone, a *against) { a.Asked = ago(time.Minute) }, readiness.Rehearsal, "rehearsal.asked", 0, readiness.Warn},
		"not yet":         {func(p *phone, _ *against) { p.State.Rehearsed = nil }, readiness.Rehearsal, "rehearsal.asked", 0, readiness.Warn},
		"nobody asked":    {func(p *phone, a *against) { p.State.Rehearsed, a.Asked = nil, time.Time{} }, readiness.Rehearsal, "rehearsal.none", 0, readiness.Warn},
		"long ago":        {func(p *phone, a *against) { p.State.Rehearsed.At, a.Asked = ago(100*time.Hour), time.Time{} }, readiness.Rehearsal, "rehearsal.old", 4, readiness.Warn},
		"it went wrong":   {func(p *phone, _ *against) { p.State.Rehearsed.OK = false }, readiness.Rehearsal, "rehearsal.failed", 0, readiness.Bad},
		"never told":      {func(p *phone, _ *against) { p.State = nil }, readiness.Clock, "untold", 0, readiness.Unknown},
		"told, and heard": {func(p *phone, _ *against) { p.State = nil }, readiness.Heard, "heard.lately", 1, readiness.OK},
	} {
		t.Run(name, func(t *testing.T) {
			p, a := good()
			c.change(&p, &a)
			for _, f := range readiness.Judge(p, a) {
				if f.Aspect == c.aspect && (f.Code != c.code || f.Grade != c.grade || f.N != c.n) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestJudgeWhole: each aspect is judged once, in the same order, whatever a phone
// tells; a good phone is ready, and one bad thing makes it not.
func TestJudgeWhole(t *testing.T) {
	p, a := good()
	if g := readiness.GradeOf(readiness.Judge(p, a)); g != readiness.OK || !g.Ready() {
		t.Errorf("a good phone: %s", g)
	}
	p.State.Records.Waiting = 1
	if g := readiness.GradeOf(readiness.Judge(p, a)); g != readiness.Warn || !g.Ready() {
		t.Errorf("with a record that waits: %s", g)
	}
	if g := readiness.GradeOf(readiness.Judge(readiness.Phone{Seen: now}, a)); g != readiness.Unknown || g.Ready() {
		t.Errorf("one that never told: %s", g)
	}
	if g := readiness.GradeOf(readiness.Judge(readiness.Phone{}, a)); g != readiness.Bad || g.Ready() {
		t.Errorf("one that nobody heard of: %s", g)
	}
	rapid.Check(t, func(t *rapid.T) {
		p, a := good()
		if rapid.Bool().Draw(t, "told") {
			s := p.State
			s.Used, s.Room = rapid.Int64Min(0).Draw(t, "used"), rapid.Int64Min(0).Draw(t, "room")
			s.Records.Waiting = rapid.IntMin(0).Draw(t, "waiting")
			s.OffsetMS = ms(time.Duration(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "offset")))
			s.Lists[0].At = now.Add(time.Duration(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "at")))
		} else {
			p.State = nil
		}
		var aspects []readiness.Aspect
		worst := readiness.OK
		for _, f := range readiness.Judge(p, a) {
			if f.Code == "" || f.N < 0 {
				t.Errorf("%+v", f)
			}
			aspects = append(aspects, f.Aspect)
			if f.Grade == readiness.Bad {
				worst = readiness.Bad
			}
		}
		want := []readiness.Aspect{readiness.Heard, readiness.App, readiness.Lists, readiness.Room, readiness.Clock, readiness.Records, readiness.Rehearsal}
		if len(aspects) != len(want) {
			t.Fatalf("judged %v", aspects)
		}
		for i := range want {
			if aspects[i] != want[i] {
				t.Fatalf("judged %v", aspects)
			}
		}
		if got := readiness.GradeOf(readiness.Judge(p, a)); (got == readiness.Bad) != (worst == readiness.Bad) {
			t.Errorf("worst %s, told %s", worst, got)
		}
	})
}
