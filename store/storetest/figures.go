package storetest

import (
	"maps"
	"testing"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

// want compares the closed figures and the late difference of some indicators.
func want(t *testing.T, s store.Store, figures map[tally.Indicator]tally.Cell) {
	t.Helper()
	total := Total(t, s, "c")
	for i, w := range figures {
		if got := total[i]; got != w {
			t.Errorf("%s = %+v, want %+v", i, got, w)
		}
	}
	Check(t, s)
}

func same(n int) tally.Cell { return tally.Cell{All: n, Closed: n} }

func testFigures(t *testing.T, open func(t testing.TB) store.Store) {
	none := journal.ID{}
	for _, c := range []struct {
		name  string
		lines func(m *Maker) []journal.Line
		want  map[tally.Indicator]tally.Cell
	}{
		{"one person met twice by two offices counts once", func(m *Maker) []journal.Line {
			return []journal.Line{m.Consult("ann", At(2, 9), Citizen(1), none), m.Consult("bob", At(3, 9), Citizen(1), none)}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1), tally.Consultations: same(2)}},
		{"a visit reaches nobody, but says who is who", func(m *Maker) []journal.Line {
			promised := outreach.VisitBody{Outcome: outreach.Promised, Date: "2025-11-20"}
			only, both := m.Make("visit", "ann", At(2, 9), promised), m.Make("visit", "bob", At(4, 9), promised)
			only.Entry.Person = Citizen(7)
			both.Entry.Person = &journal.Person{Registry: "r1", Citizen: "000000000001"}
			reg := &journal.Person{Registry: "r1", Name: "Mô phỏng"}
			return []journal.Line{only, m.Consult("ann", At(2, 9), Citizen(1), none), m.Consult("bob", At(3, 9), reg, none), both}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1), tally.Consultations: same(2)}},
		{"who will come to a session, or will not, moves nothing", func(m *Maker) []journal.Line {
			p := m.Plan("ann", campaign.SmallGroup, At(2, 9), none)
			lines := []journal.Line{p, m.Hold("ann", At(2, 12), p.Entry.ID, 2)}
			for _, b := range []outreach.ConfirmationBody{{Coming: true, For: At(2, 9)}, {For: At(3, 9), Reason: "work"}} {
				said := m.Make("confirmation", "ann", At(1, 9), b)
				said.Entry.Activity = p.Entry.ID
				lines = append(lines, said)
			}
			return lines
		}, map[tally.Indicator]tally.Cell{tally.PeopleReached: same(2), tally.Sessions: same(1), "activities.small_group": same(1)}},
		{"who came to work at a session is not reached by it", func(m *Maker) []journal.Line {
			p := m.Plan("ann", campaign.SmallGroup, At(2, 9), none)
			came := m.Make("attendance", "ann", At(2, 9), outreach.AttendanceBody{State: "arrived"})
			came.Entry.Activity = p.Entry.ID
			return []journal.Line{p, came, m.Hold("ann", At(2, 12), p.Entry.ID, 2)}
		}, map[tally.Indicator]tally.Cell{tally.PeopleReached: same(2), tally.Sessions: same(1), "activities.small_group": same(1)}},
		{"a later entry ties two persons into one", func(m *Maker) []journal.Line {
			reg := &journal.Person{Registry: "r1", Name: "Mô phỏng"}
			both := &journal.Person{Registry: "r1", Citizen: "000000000001"}
			return []journal.Line{m.Consult("ann", At(2, 9), Citizen(1), none), m.Consult("bob", At(3, 9), reg, none), m.Consult("bob", At(4, 9), both, none)}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1)}},
		{"withdrawing the entry that tied them parts them", func(m *Maker) []journal.Line {
			reg := &journal.Person{Registry: "r1", Name: "Mô phỏng"}
			tie := m.Consult("bob", At(4, 9), &journal.Person{Registry: "r1", Citizen: "000000000001"}, none)
			return []journal.Line{m.Consult("ann", At(2, 9), Citizen(1), none), m.Consult("bob", At(3, 9), reg, none), tie, m.Withdraw("bob", At(5, 9), tie)}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(2)}},
		{"a head count loses who was identified there, and is never below zero", func(m *Maker) []journal.Line {
			p := m.Plan("ann", campaign.SmallGroup, At(2, 9), none)
			return []journal.Line{
				p, m.Hold("ann", At(2, 12), p.Entry.ID, 2), m.Consult("ann", At(2, 10), Citizen(1), p.Entry.ID),
				m.Consult("ann", At(2, 10), Citizen(2), p.Entry.ID), m.Consult("ann", At(2, 11), Citizen(3), p.Entry.ID),
			}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(3), tally.ReachedHeadCount: same(0), tally.PeopleReached: same(3)}},
		{"somebody identified at two sessions is taken off both head counts", func(m *Maker) []journal.Line {
			p, q := m.Plan("ann", campaign.SmallGroup, At(2, 9), none), m.Plan("bob", campaign.Other, At(3, 9), none)
			return []journal.Line{
				p, q, m.Hold("ann", At(2, 12), p.Entry.ID, 10), m.Hold("bob", At(3, 12), q.Entry.ID, 20),
				m.Consult("ann", At(2, 10), Citizen(1), p.Entry.ID), m.Consult("bob", At(3, 10), Citizen(1), q.Entry.ID),
			}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1), tally.ReachedHeadCount: same(28), "activities.small_group": same(1), "activities.other": same(1)}},
		{"a booth counts once however many shifts it works", func(m *Maker) []journal.Line {
			post := m.Plan("ann", campaign.Booth, At(2, 8), none)
			a, b := m.Plan("ann", campaign.Booth, At(2, 8), post.Entry.ID), m.Plan("ann", campaign.Booth, At(3, 8), post.Entry.ID)
			return []journal.Line{post, a, b, m.Hold("ann", At(2, 12), a.Entry.ID, 5), m.Hold("ann", At(3, 12), b.Entry.ID, 6)}
		}, map[tally.Indicator]tally.Cell{"activities.booth": same(1), tally.Sessions: same(2), tally.ReachedHeadCount: same(11)}},
		{"of two held entries the lead's counts", func(m *Maker) []journal.Line {
			p := m.Plan("lea", campaign.SmallGroup, At(2, 9), none)
			return []journal.Line{p, m.Hold("ann", At(2, 11), p.Entry.ID, 30), m.Hold("lea", At(2, 12), p.Entry.ID, 25)}
		}, map[tally.Indicator]tally.Cell{tally.ReachedHeadCount: same(25), tally.Activities: same(1)}},
		{"an enrolment counts at the stage paid, once for two devices", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(2, 9), Citizen(1), outreach.HouseholdHI, campaign.Pledged)
			stage := m.Make("enrolment_stage", "ann", At(4, 9), outreach.StageBody{Enrolment: e.Entry.ID, Stage: campaign.Paid})
			return []journal.Line{
				e, stage, m.Enrol("bob", At(5, 9), Citizen(1), outreach.StudentHI, campaign.Paid),
				m.Enrol("bob", At(5, 9), Citizen(1), outreach.VoluntarySI, campaign.Paid), m.Enrol("bob", At(6, 9), Citizen(2), outreach.VoluntarySI, campaign.Declared),
			}
		}, map[tally.Indicator]tally.Cell{tally.EnrolledHI: same(1), tally.EnrolledSI: same(1), tally.Enrolments: same(2)}},
		{"an enrolment withdrawn at a stage does not count", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(2, 9), Citizen(1), outreach.HouseholdHI, campaign.Paid)
			return []journal.Line{e, m.Make("enrolment_stage", "ann", At(4, 9), outreach.StageBody{Enrolment: e.Entry.ID, Stage: campaign.Withdrawn})}
		}, map[tally.Indicator]tally.Cell{tally.EnrolledHI: same(0), tally.ReachedIdentified: same(1)}},
		{"an enrolment withdrawn after the campaign does not count either", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(2, 9), Citizen(1), outreach.HouseholdHI, campaign.Paid)
			return []journal.Line{e, m.Make("enrolment_stage", "ann", At(14, 9), outreach.StageBody{Enrolment: e.Entry.ID, Stage: campaign.Withdrawn})}
		}, map[tally.Indicator]tally.Cell{tally.EnrolledHI: same(0)}},
		{"what holds is the last correction, also of a correction", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(2, 9), Citizen(1), outreach.HouseholdHI, campaign.Paid)
			si := m.Correct("ann", At(3, 9), e, func(n *journal.Entry) {
				n.Body = encode(outreach.EnrolmentBody{Scheme: outreach.VoluntarySI, Stage: campaign.Paid, Prior: "none"})
			})
			back := m.Correct("lea", At(4, 9), si, func(n *journal.Entry) { n.Body = e.Entry.Body })
			return []journal.Line{e, si, back}
		}, map[tally.Indicator]tally.Cell{tally.EnrolledHI: same(1), tally.EnrolledSI: same(0)}},
		{"a clock put right by its offset counts, one in 1970 does not", func(m *Maker) []journal.Line {
			slow := m.Consult("ann", At(2, 9).AddDate(-1, 0, 0), Citizen(1), none)
			slow.Received.At, slow.Received.OffsetMS = At(2, 9).UTC(), int64(365*24*time.Hour/time.Millisecond)
			booted := m.Consult("ann", time.Unix(1000, 0), Citizen(2), none)
			booted.Received.At = At(2, 10).UTC()
			ahead := m.Consult("ann", At(9, 9), Citizen(3), none)
			ahead.Received.At = At(2, 10).UTC()
			return []journal.Line{slow, booted, ahead}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1)}},
		{"a clock that was set between recording and sending counts by what the phone had heard", func(m *Maker) []journal.Line {
			made := func(n int, device, heard, here time.Time, offset time.Duration) journal.Line {
				l := m.Consult("ann", device, Citizen(n), none)
				l.Entry.Clock = &journal.Clock{Heard: heard}
				l.Received.At, l.Received.OffsetMS = here.UTC(), offset.Milliseconds()
				return l
			}
			year := 365 * 24 * time.Hour
			return []journal.Line{
				// The clock was right when it was recorded, and is a year behind since.
				made(1, At(2, 9), At(1, 9), At(3, 9), year),
				// It booted in 1970, and the network has set it: nobody knows the day.
				made(2, time.Unix(1000, 0), At(1, 9), At(3, 9), 0),
			}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(2)}},
		{"a join of two records makes one person, withdrawn it parts them", func(m *Maker) []journal.Line {
			a := m.Consult("ann", At(2, 9), &journal.Person{Name: "Mô phỏng Một"}, none)
			b := m.Consult("bob", At(2, 9), &journal.Person{Name: "Mô phỏng Hai"}, none)
			c := m.Consult("bob", At(2, 9), &journal.Person{Name: "Mô phỏng Ba"}, none)
			ref := func(l journal.Line) outreach.PersonRef { return outreach.PersonRef{Entry: l.Entry.ID} }
			ab := m.Make("persons_joined", "top", At(3, 9), outreach.JoinedBody{A: ref(a), B: ref(b)})
			bc := m.Make("persons_joined", "top", At(3, 9), outreach.JoinedBody{A: ref(b), B: ref(c)})
			return []journal.Line{a, b, c, ab, bc, m.Withdraw("top", At(4, 9), bc)}
		}, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(2)}},
		{"a correction of an early move does not make it the last", func(m *Maker) []journal.Line {
			p := m.Plan("ann", campaign.SmallGroup, At(3, 9), none)
			move := func(at time.Time, reason string, start time.Time) journal.Line {
				l := m.Make("activity_moved", "ann", at, campaign.Moved{Reason: reason, Start: start, End: start.Add(time.Hour)})
				l.Entry.Activity = p.Entry.ID
				return l
			}
			first := move(At(1, 9), campaign.Weather, At(4, 19))
			second := move(At(2, 9), "people", At(5, 9))
			typo := m.Correct("ann", At(6, 9), first, func(e *journal.Entry) {
				e.Body = encode(campaign.Moved{Reason: campaign.Weather, Note: "mưa", Start: At(4, 19), End: At(4, 20)})
			})
			return []journal.Line{p, first, second, m.Hold("ann", At(5, 10), p.Entry.ID, 3), typo}
		}, map[tally.Indicator]tally.Cell{tally.Sessions: same(1), tally.SessionsMovedWeather: same(0), tally.SessionsEvening: same(0)}},
		{"a shift of a shift, or of what is no post, is a session but no activity", func(m *Maker) []journal.Line {
			post := m.Plan("ann", campaign.Booth, At(2, 8), none)
			shift := m.Plan("ann", campaign.Booth, At(2, 8), post.Entry.ID)
			below := m.Plan("ann", campaign.Booth, At(3, 8), shift.Entry.ID)
			group := m.Plan("ann", campaign.SmallGroup, At(3, 8), none)
			odd := m.Plan("ann", campaign.Booth, At(3, 8), group.Entry.ID)
			return []journal.Line{
				post, shift, below, group, odd, m.Hold("ann", At(2, 12), shift.Entry.ID, 0), m.Hold("ann", At(3, 12), below.Entry.ID, 0), m.Hold("ann", At(3, 12), odd.Entry.ID, 0),
			}
		}, map[tally.Indicator]tally.Cell{tally.Activities: same(1), tally.Sessions: same(3)}},
		{"entries held back count once what they name is here", func(m *Maker) []journal.Line {
			p := m.Plan("ann", campaign.SmallGroup, At(2, 9), none)
			held := m.Hold("ann", At(2, 12), p.Entry.ID, 9)
			fix := m.Correct("ann", At(2, 13), held, func(e *journal.Entry) { e.Body = encode(outreach.HeldBody{HeadCount: 7}) })
			return []journal.Line{fix, held, p}
		}, map[tally.Indicator]tally.Cell{tally.ReachedHeadCount: same(7), tally.Activities: same(1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			Import(t, Intake(t, s), c.lines(NewMaker())...)
			want(t, s, c.want)
		})
	}
}

func testClosing(t *testing.T, open func(t testing.TB) store.Store) {
	none := journal.ID{}
	closing := func(m *Maker, kind, author string, at time.Time, day journal.Day) journal.Line {
		body := outreach.ClosingBody{Scope: "campaign"}
		if day != "" {
			body = outreach.ClosingBody{Scope: "day", Day: day}
		}
		return m.Make(kind, author, at, body)
	}
	late := func(l journal.Line, at time.Time) journal.Line {
		l.Received.At = at.UTC()
		return l
	}
	for _, c := range []struct {
		name  string
		lines func(m *Maker) []journal.Line
		want  tally.Cell // people identified
	}{
		{"what comes after the campaign is closed is late", func(m *Maker) []journal.Line {
			return []journal.Line{
				m.Consult("ann", At(2, 9), Citizen(1), none), closing(m, "closing", "top", At(5, 9), ""),
				late(m.Consult("ann", At(3, 9), Citizen(2), none), At(6, 9)),
			}
		}, tally.Cell{All: 2, Closed: 1}},
		{"a late withdrawal is a negative difference", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			return []journal.Line{e, closing(m, "closing", "top", At(5, 9), ""), late(m.Withdraw("ann", At(4, 9), e), At(6, 9))}
		}, tally.Cell{All: 0, Closed: 1}},
		{"a day closed by its office leaves other offices and days alone", func(m *Maker) []journal.Line {
			return []journal.Line{
				closing(m, "closing", "lea", At(4, 9), "2025-11-03"),
				late(m.Consult("ann", At(3, 9), Citizen(1), none), At(6, 9)), late(m.Consult("bob", At(3, 9), Citizen(2), none), At(6, 9)),
				late(m.Consult("ann", At(2, 9), Citizen(3), none), At(6, 9)),
			}
		}, tally.Cell{All: 3, Closed: 2}},
		{"re-opening takes late entries in, closing again keeps them", func(m *Maker) []journal.Line {
			return []journal.Line{
				closing(m, "closing", "top", At(5, 9), ""), late(m.Consult("ann", At(3, 9), Citizen(1), none), At(6, 9)),
				closing(m, "reopening", "top", At(7, 9), ""), closing(m, "closing", "top", At(8, 9), ""),
				late(m.Consult("ann", At(3, 9), Citizen(2), none), At(9, 9)),
			}
		}, tally.Cell{All: 2, Closed: 1}},
		{"a late correction to another day is late for the day that it leaves", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(3, 9), Citizen(1), none)
			fix := late(m.Correct("ann", At(6, 8), e, func(n *journal.Entry) { n.HappenedAt = At(5, 9); n.Withdrawn = "nhầm"; n.Body, n.Person = nil, nil }), At(6, 9))
			return []journal.Line{e, closing(m, "closing", "lea", At(4, 9), "2025-11-03"), fix}
		}, tally.Cell{All: 0, Closed: 1}},
		{"a late entry of another campaign that ties two persons is late here", func(m *Maker) []journal.Line {
			reg := &journal.Person{Registry: "r1", Name: "Mô phỏng"}
			tie := late(m.Consult("bob", At(6, 8), &journal.Person{Registry: "r1", Citizen: "000000000001"}, none), At(6, 9))
			tie.Entry.Campaign = "d"
			return []journal.Line{m.Consult("ann", At(2, 9), Citizen(1), none), m.Consult("ann", At(2, 9), reg, none), tie, closing(m, "closing", "top", At(5, 9), "")}
		}, tally.Cell{All: 1, Closed: 2}},
		{"a plan that comes late makes what waited for it late", func(m *Maker) []journal.Line {
			p := late(m.Plan("ann", campaign.SmallGroup, At(2, 9), none), At(6, 9))
			return []journal.Line{m.Consult("ann", At(2, 10), Citizen(1), p.Entry.ID), closing(m, "closing", "top", At(5, 9), ""), p}
		}, tally.Cell{All: 1, Closed: 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			in := Intake(t, s)
			for _, l := range c.lines(NewMaker()) { // each on its own, so that a closing meets what is counted
				Import(t, in, l)
			}
			want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: c.want})
		})
	}
}

// testManyLate: a closing may come after thousands of entries that it makes
// late, together with new ones about the same people.
func testManyLate(t *testing.T, open func(t testing.TB) store.Store) {
	const people = 2300
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	var late []journal.Line
	for n := range people {
		l := m.Consult("ann", At(3, 9), Citizen(n), journal.ID{})
		l.Received.At = At(8, 9).UTC()
		late = append(late, l)
	}
	Import(t, in, late...)
	last := []journal.Line{m.Make("closing", "top", At(5, 9), outreach.ClosingBody{Scope: "campaign"})}
	for n := 0; n < people; n += 10 {
		last = append(last, m.Consult("bob", At(2, 9), Citizen(n), journal.ID{}))
	}
	Import(t, in, last...)
	want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: {All: people, Closed: people / 10}})
}

// testTakingPart: a held session counts once for each who took part in it.
func testTakingPart(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	led := m.Make("activity_planned", "lea", At(1, 8), campaign.Planned{Kind: campaign.SmallGroup, Start: At(2, 9), End: At(2, 11), Place: "Nhà văn hoá", Lead: "lea", Team: []string{"ann", "lea"}})
	came := m.Make("attendance", "bob", At(2, 9), outreach.AttendanceBody{State: "arrived"})
	came.Entry.Activity = led.Entry.ID
	other := m.Plan("ann", campaign.Other, At(3, 9), journal.ID{}) // whose lead nobody named
	planned := m.Make("activity_planned", "lea", At(1, 8), campaign.Planned{Kind: campaign.Other, Start: At(4, 9), End: At(4, 11), Place: "Chợ", Lead: "bob"})
	late := m.Hold("ann", At(3, 12), other.Entry.ID, 3)
	late.Received.At = At(6, 9).UTC()
	for _, l := range []journal.Line{ // each on its own, so that who came is met by what is counted
		led, planned, other, m.Hold("lea", At(2, 12), led.Entry.ID, 5), came,
		m.Make("closing", "top", At(5, 9), outreach.ClosingBody{Scope: "campaign"}), late,
	} {
		for _, o := range Import(t, in, l) {
			if o.Refusal != nil {
				t.Fatal(o.Refusal)
			}
		}
	}
	var sheet tally.Sheet
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		sheet, err = tx.Sheet(tally.Query{Campaign: "c", Indicator: tally.Sessions, Dim: "campaigner"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]tally.Cell{}
	for who, total := range tally.By(sheet, func(k tally.Key) string { return k.Dim }) {
		got[who] = total[tally.Sessions]
	}
	want := map[string]tally.Cell{"campaigner=lea": same(1), "campaigner=ann": {All: 2, Closed: 1}, "campaigner=bob": same(1)}
	if !maps.Equal(got, want) {
		t.Errorf("sessions of campaigners: %v, want %v", got, want)
	}
	Check(t, s)
}

// testYear: what somebody counts for in a campaign who counted for the same
// earlier, in another campaign of that year, is known, so that the year can count
// persons once.
func testYear(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	of := func(campaign string, l journal.Line) journal.Line {
		l.Entry.Campaign = campaign
		return l
	}
	enrol := func(campaign, author string, day, who int) journal.Line {
		return of(campaign, m.Enrol(author, At(day, 9), Citizen(who), outreach.HouseholdHI, "paid"))
	}
	late := enrol("c", "ann", 3, 2) // counts late in c, so d's is the first of the closed figures
	late.Received.At = At(6, 9).UTC()
	reg := &journal.Person{Registry: "r1", Name: "Mô phỏng"}
	tied := of("d", m.Consult("bob", At(7, 9), &journal.Person{Registry: "r1", Citizen: "000000000003"}, journal.ID{}))
	for _, l := range []journal.Line{
		enrol("d", "bob", 5, 1), enrol("c", "ann", 2, 1), enrol("d", "bob", 4, 2),
		m.Consult("ann", At(2, 10), Citizen(3), journal.ID{}), of("d", m.Consult("bob", At(4, 9), reg, journal.ID{})), tied,
		m.Make("closing", "top", At(5, 9), outreach.ClosingBody{Scope: "campaign"}), late,
	} {
		for _, o := range Import(t, in, l) {
			if o.Refusal != nil {
				t.Fatal(o.Refusal)
			}
		}
	}
	year := func(q tally.Query) tally.Total {
		var sheet tally.Sheet
		for _, id := range []string{"c", "d"} {
			q.Campaign = id
			err := s.View(t.Context(), func(tx store.Tx) error {
				counted, err := tx.Sheet(q)
				if err != nil {
					return err
				}
				repeats, err := tx.Sheet(q.Once())
				sheet = append(sheet, counted.Less(repeats)...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return sheet.Total()
	}
	total, bob := year(tally.Query{}), year(tally.Query{Dim: "campaigner=bob"})
	if total[tally.Enrolments] != same(2) || bob[tally.Enrolments] != (tally.Cell{All: 0, Closed: 1}) {
		t.Errorf("enrolled in the year: %+v, by bob %+v", total[tally.Enrolments], bob[tally.Enrolments])
	}
	if total[tally.ReachedIdentified] != same(3) {
		t.Errorf("reached in the year: %+v", total[tally.ReachedIdentified])
	}
	Check(t, s)
}

// testCredit says for which office and commune something counts.
func testCredit(t *testing.T, open func(t testing.TB) store.Store) {
	living := func(n int, commune string) *journal.Person {
		p := Citizen(n)
		p.Commune = commune
		return p
	}
	place := func(office, commune string, day journal.Day) tally.Key {
		return tally.Key{Campaign: "c", Office: office, Commune: commune, Day: day, Indicator: tally.EnrolledHI}
	}
	for _, c := range []struct {
		name  string
		lines func(m *Maker) []journal.Line
		want  tally.Key
	}{
		{"an enrolment counts where the person lives", func(m *Maker) []journal.Line {
			return []journal.Line{m.Enrol("ann", At(2, 9), living(1, "003"), outreach.HouseholdHI, campaign.Paid)}
		}, place("b", "003", "2025-11-02")},
		{"somebody from elsewhere counts for the campaigner's office, apart", func(m *Maker) []journal.Line {
			return []journal.Line{m.Enrol("ann", At(2, 9), living(1, ""), outreach.HouseholdHI, campaign.Paid)}
		}, place("a", "", "2025-11-02")},
		{"the day is that of the counting stage", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(2, 9), living(1, "001"), outreach.HouseholdHI, campaign.Declared)
			return []journal.Line{e, m.Make("enrolment_stage", "ann", At(5, 9), outreach.StageBody{Enrolment: e.Entry.ID, Stage: campaign.Issued})}
		}, place("a", "001", "2025-11-05")},
		{"of two enrolments the earlier counts", func(m *Maker) []journal.Line {
			return []journal.Line{
				m.Enrol("ann", At(3, 9), living(1, "001"), outreach.HouseholdHI, campaign.Paid),
				m.Enrol("bob", At(2, 9), living(1, "003"), outreach.StudentHI, campaign.Paid),
			}
		}, place("b", "003", "2025-11-02")},
		{"of two at one moment the smaller id counts", func(m *Maker) []journal.Line {
			a := m.Enrol("ann", At(2, 9), living(1, "001"), outreach.HouseholdHI, campaign.Paid)
			b := m.Enrol("bob", At(2, 9), living(1, "003"), outreach.HouseholdHI, campaign.Paid)
			return []journal.Line{b, a}
		}, place("a", "001", "2025-11-02")},
		{"a correction keeps the day of what it corrects", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(2, 9), living(1, "001"), outreach.HouseholdHI, campaign.Paid)
			return []journal.Line{e, m.Correct("ann", At(4, 9), e, func(n *journal.Entry) { n.Person = living(1, "003") })}
		}, place("b", "003", "2025-11-02")},
		{"a correction that states a time moves the day", func(m *Maker) []journal.Line {
			e := m.Enrol("ann", At(3, 9), living(1, "001"), outreach.HouseholdHI, campaign.Paid)
			return []journal.Line{e, m.Correct("ann", At(4, 9), e, func(n *journal.Entry) { n.HappenedAt = At(2, 20) })}
		}, place("a", "001", "2025-11-02")},
		{"a day ends at midnight in Vietnam", func(m *Maker) []journal.Line {
			return []journal.Line{m.Enrol("ann", time.Date(2025, 11, 2, 17, 30, 0, 0, time.UTC), living(1, "001"), outreach.HouseholdHI, campaign.Paid)}
		}, place("a", "001", "2025-11-03")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			Import(t, Intake(t, s), c.lines(NewMaker())...)
			var got []tally.Key
			for _, f := range sheet(t, s) {
				if f.Indicator == tally.EnrolledHI && f.Dim == "" {
					got = append(got, f.Key)
				}
			}
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("counted at %v, want %v", got, c.want)
			}
			Check(t, s)
		})
	}
}
