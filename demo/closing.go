package demo

import (
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// act closes or opens again.
func (s *season) act(kind journal.Kind, by *worker, at time.Time, day journal.Day, reason string) {
	b := outreach.ClosingBody{Scope: "campaign", Day: day, Reason: reason}
	if day != "" {
		b.Scope = "day"
	}
	s.add(kind.Name, by, by.desk, at, b)
}

// confirm has leads close days of their offices, each after all that is meant
// to count there was received; and the province closes the campaign. Some
// days are closed too early and opened again, and for some a phone comes
// after the closing, which makes its entries late.
func (s *season) confirm() {
	type officeDay struct {
		office string
		day    journal.Day
	}
	complete := map[officeDay]time.Time{}
	schema := outreach.Schema()
	for _, e := range s.drafts {
		if e.late || !schema.Kind(e.kind).Fact {
			continue
		}
		k := officeDay{e.office, journal.DayOf(e.occurred())}
		if e.arrived.After(complete[k]) {
			complete[k] = e.arrived
		}
	}
	b := s.books()
	note := texts().Notes
	for i, o := range s.offices {
		lead := o.staff[0]
		for n := range s.days() {
			day := s.Start.Add(n)
			done, ok := complete[officeDay{o.id, day}]
			if !ok || (i+n)%3 == 0 {
				continue
			}
			at := slot(done.Add(time.Minute))
			if at.After(b.closed.Add(-time.Hour)) {
				continue
			}
			if early := moment(day, 21*60+45); done.After(early.Add(2*time.Hour)) && (i+n)%5 == 0 {
				s.act(outreach.Closing, lead, early, day, "")
				s.act(outreach.Reopening, lead, at, day, note.ReopeningDay)
				at = at.Add(30 * time.Minute)
			}
			s.act(outreach.Closing, lead, at, day, "")
			if (i*7+n)%53 == 0 && at.Before(b.closed.Add(-30*time.Hour)) {
				s.forgotten(o, day, at.Add(6*time.Hour))
			}
		}
	}
	province := s.province[0]
	s.act(outreach.Closing, province, b.closed, "", "")
	s.act(outreach.Reopening, province, b.reopened, "", note.ReopeningAll)
	s.act(outreach.Closing, province, b.closedAgain, "", "")
}

// forgotten is a phone that brings a day's work after the day was closed.
func (s *season) forgotten(o *office, day journal.Day, at time.Time) {
	w := o.staff[1]
	d := s.device(w, "q"+string(day))
	d.syncs = []time.Time{at}
	m := &meeting{s, nil, w, d, pick(s.rng, o.communes).Code, moment(day, 9*60)}
	from := len(s.drafts)
	for range 1 + s.rng.IntN(4) {
		p := s.census.person(o, adult)
		m.consult(p, p.known())
		if s.one(3) {
			m.paidAtOnce(p, p.known(), outreach.HouseholdHI)
		}
	}
	s.markLate(from)
}

// markLate marks the entries made since as meant to be late.
func (s *season) markLate(from int) {
	for _, e := range s.drafts[from:] {
		e.late = true
	}
}

// afterwards is what comes after the books are closed: new entries from phones
// that were found, withdrawals and corrections. Some add, some take away.
func (s *season) afterwards(scale int) {
	from := len(s.drafts)
	closed := s.books().closedAgain
	when := func() time.Time { return closed.Add(s.between(3*time.Hour, 70*time.Hour)) }
	for n := range scale {
		o := s.offices[(3+5*n)%len(s.offices)]
		d := s.found(o.staff[1])
		for i := range 5 {
			p := s.census.person(o, adult)
			m := s.meet(o)
			m.by, m.on = o.staff[1], d
			switch i {
			case 0:
				m.consult(p, p.known())
			case 1:
				m.switchOver(p, p.known())
			default:
				m.paidAtOnce(p, p.known(), outreach.HouseholdHI)
			}
		}
	}
	si, hi := scale, 2*scale
	for _, e := range s.enrolled {
		left := &hi
		if e.si {
			left = &si
		}
		if *left == 0 || e.person.si && e.person.hi {
			continue
		}
		*left--
		if !e.si && *left%2 == 0 {
			s.stage(e.draft, e.by, e.by.phone, when(), campaign.Withdrawn)
		} else {
			s.withdraw(e.draft, e.by, e.by.phone, when(), texts().Notes.Withdrawn["enrolment"])
		}
	}
	for n := range min(scale, len(s.held)) {
		v := s.held[n]
		fewer := outreach.HeldBody{HeadCount: max(0, v.heads.HeadCount-8)}
		s.correct(v.last, v.lead, v.lead.phone, when(), func(e *draft) { e.body = fewer })
	}
	for _, pair := range s.twins[:min(len(s.twins), scale)] {
		s.join(pair[0], pair[1], when(), s.province[1])
	}
	s.markLate(from)
}
