package demo

import (
	"math/rand/v2"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/tally"
)

// The standing campaign lies around today.
const (
	standingID    = "thuong-xuyen"
	standingDays  = 45 // on either side of today
	standingAhead = 14 // days planned after today
)

func standingOf(today journal.Day) campaign.Campaign {
	return campaign.Campaign{
		ID: standingID, Kind: campaign.Standing, Name: texts().Standing, Province: provinceID(),
		Start: today.Add(-standingDays), End: today.Add(standingDays), Synthetic: true,
	}
}

// makeStanding records what goes on every day up to the end of today, and
// plans on from there.
func (s *season) makeStanding(today journal.Day, scale int) {
	for _, o := range s.offices {
		for i, w := range o.staff {
			w.desk, w.phone = s.device(w, "m"), s.device(w, "a")
			w.phone.every = pick(s.rng, []time.Duration{10 * time.Minute, 20 * time.Minute, 45 * time.Minute})
			if o.highland && i%2 == 1 {
				w.phone.every = 24 * time.Hour
			}
			w.phone.phase = s.between(0, w.phone.every).Truncate(time.Second)
			// No clock is fast, so that nothing seems to come from the future.
			w.desk.skew, w.phone.skew = w.desk.skew.Abs(), w.phone.skew.Abs()
		}
	}
	s.ahead = standingAhead + 1
	for n := range standingDays + 1 + standingAhead {
		day := s.Start.Add(n)
		for _, o := range s.offices {
			s.standingDay(o, day, day <= today, scale)
		}
	}
	for _, v := range s.held {
		for _, w := range v.team {
			if !s.one(6) { // some forget to say so
				s.arrive(v, w)
			}
		}
	}
	s.setHeads(len(s.held) * 6)
	s.send()
}

// arrive records that somebody came to work at a session.
func (s *season) arrive(v *session, w *worker) {
	e := s.add(outreach.Attendance.Name, w, w.phone, v.start.Add(-s.between(0, 25*time.Minute)), outreach.AttendanceBody{State: "arrived"})
	e.commune, e.activity = v.commune.Code, v.plan
}

// standingDay is a day of an office: now and then a session, and people met in
// the market before work begins and at their homes.
func (s *season) standingDay(o *office, day journal.Day, past bool, scale int) {
	var today []*session
	for range scale {
		if !s.one(3) {
			continue
		}
		v := s.venue(o, pick(s.rng, []campaign.ActivityKind{campaign.SmallGroup, campaign.SmallGroup, campaign.Other, campaign.DialogueConference}))
		v.start, v.end = s.hours(v.kind, day)
		lead := o.staff[0]
		planned := v.start
		wet := s.one(7)
		if wet {
			planned = moment(day, 7*60+30)
			v.start = moment(day, 18*60)
			v.end = v.start.Add(2 * time.Hour)
		}
		v.plan = s.write(v, planned, planned.Add(2*time.Hour), lead.desk, lead, nil)
		switch {
		case wet && past:
			s.move(v, campaign.Weather, planned.Add(-40*time.Minute), v.start, v.end)
		case s.one(20):
			s.cancel(v, lead, v.plan.at.Add(9*time.Hour))
			continue
		}
		if past {
			s.hold(v)
			today = append(today, v)
		}
	}
	if !past {
		return
	}
	for range (1 + s.rng.IntN(2)) * scale {
		s.standingPerson(o, day, today)
	}
	for _, v := range today {
		for range 2 + s.rng.IntN(4) {
			s.standingPerson(o, day, []*session{v})
		}
	}
}

func (s *season) standingPerson(o *office, day journal.Day, at []*session) {
	by := pick(s.rng, o.staff[1:])
	m := &meeting{s, nil, by, by.phone, pick(s.rng, o.communes).Code, moment(day, 5*60+s.rng.IntN(14*60))}
	if len(at) > 0 && !s.one(3) {
		m = s.joinAt(pick(s.rng, at))
	}
	p := s.census.person(o, pick(s.rng, []age{adult, adult, retired}))
	switch n := s.rng.IntN(100); {
	case n < 30:
		p.hi = true
	case n < 36:
		p.si = true
	case n < 44:
		p.switched = true
	}
	m.consult(p, p.known())
	if s.one(5) {
		m.ask(p, p.known())
	}
	m.enrolToday(p)
	if p.switched {
		m.switchOver(p, p.known())
	}
	if s.one(60) {
		by := pick(s.rng, o.staff[1:])
		twice := &meeting{s, nil, by, by.phone, m.commune, m.at.Add(m.between(10*time.Minute, time.Hour))}
		twice.consult(p, p.known())
		twice.enrolToday(p)
	}
}

// enrolToday records an enrolment that is paid on the spot.
func (m *meeting) enrolToday(p *person) {
	if p.hi || p.si {
		m.paidAtOnce(p, p.known(), m.counted(p))
	}
}

// standingTargets aim a little above what the first half brings.
func standingTargets(c campaign.Campaign, rng *rand.Rand, offices []*office, scale int) []campaign.Item {
	var out []campaign.Item
	for _, o := range offices {
		for _, aim := range []struct {
			indicator tally.Indicator
			value     int
		}{
			{tally.Enrolments, 80}, {tally.EnrolledSI, 15}, {tally.EnrolledHI, 65},
		} {
			out = append(out, campaign.Item{Target: &campaign.Target{
				Campaign: c.ID, Office: o.id, Indicator: string(aim.indicator), From: c.Start, To: c.End,
				Value: scale * aim.value * (85 + rng.IntN(40)) / 100,
			}})
		}
	}
	return out
}

// until keeps what was received by a moment.
func until(drafts []*draft, now time.Time) []*draft {
	var out []*draft
	for _, e := range drafts {
		if !e.received.After(now) {
			out = append(out, e)
		}
	}
	return out
}
