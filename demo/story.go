package demo

import (
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// regular is how most people are met: once, by one campaigner, who records
// all there is.
func (s *season) regular(p *person) {
	from := p.home
	if s.one(25) {
		from = s.other(p.home)
	}
	who := p.known()
	if s.one(80) {
		from, who = p.home, p.elsewhere()
	}
	m := s.meet(from)
	talk := !p.si && !p.hi && !p.switched && !p.donated
	asked := s.one(5)
	if asked {
		m.ask(p, who)
	}
	if talk && !asked || s.one(2) {
		m.consult(p, who)
	}
	m.enrolAll(p, who)
	if p.switched {
		m.switchOver(p, who)
	}
	if p.donated {
		m.donate(p, who)
	}
}

// elsewhere is what is known of somebody who lives in another province.
func (p *person) elsewhere() *journal.Person {
	card := p.card
	card.Commune, card.Village, card.Household = "", "", ""
	return &card
}

// story is something that happens to people and that the rules of counting
// have an answer for. Whatever it records, each of its people is identified
// once in the closed figures, and has in them what the person is marked with.
type story struct {
	name string
	// people it takes, and how many of a thousand it happens to at least.
	people, permille int
	tell             func(*season, []*person)
}

// tellAll deals people to stories, one of each at least while there are
// people, and returns who is left.
func (s *season) tellAll(stories []story, d *deck) []*person {
	all := len(d.people)
	for _, st := range stories {
		for range max(1, all*st.permille/1000/st.people) {
			if people := d.deal(st.people); people != nil {
				st.tell(s, people)
			}
		}
	}
	return d.people
}

// talked are the stories of people who only talked to a campaigner.
var talked = []story{
	{"met by two offices", 1, 60, func(s *season, p []*person) {
		s.meet(p[0].home).consult(p[0], p[0].known())
		s.meet(s.other(p[0].home)).consult(p[0], p[0].known())
	}},
	{"met at two sessions of an office", 1, 40, func(s *season, p []*person) {
		s.meet(p[0].home).consult(p[0], p[0].known())
		s.meet(p[0].home).ask(p[0], p[0].known())
	}},
	{"recorded from paper", 1, 30, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		e := m.consult(p[0], p[0].known())
		if at := s.later(e.at, 12*time.Hour, 3*24*time.Hour); at.Sub(e.at) > time.Hour {
			s.recordLater(e, at, e.at)
		}
	}},
	{"two become one by a corrected number", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.consult(p[0], p[0].known())
		m = s.meet(p[0].home)
		slip := m.consult(p[0], p[0].numbered(s.census.citizen(p[0])))
		s.correct(slip, m.by, m.on, s.later(slip.at, time.Hour, 30*time.Hour), func(e *draft) { e.who = p[0].known() })
	}},
	{"one becomes two by a corrected number", 2, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.consult(p[0], p[0].known())
		slip := m.consult(p[1], p[1].numbered(p[0].card.Citizen))
		s.correct(slip, m.by, m.on, s.later(slip.at, time.Hour, 30*time.Hour), func(e *draft) { e.who = p[1].known() })
	}},
	{"corrected twice", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		e := m.consult(p[0], p[0].numbered(s.census.citizen(p[0])))
		again := s.correct(e, m.by, m.on, s.later(e.at, time.Hour, 9*time.Hour), func(e *draft) { e.who = p[0].numbered(s.census.citizen(p[0])) })
		s.correct(again, m.by, m.on, s.later(again.at, time.Hour, 9*time.Hour), func(e *draft) { e.who = p[0].known() })
	}},
	{"corrected on two devices", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		e := m.consult(p[0], p[0].known())
		at := s.later(e.at, time.Hour, 5*time.Hour)
		note := func(e *draft) {
			b := e.body.(outreach.ConsultationBody)
			b.Note = pick(s.rng, texts().Notes.Consultation)
			e.body = b
		}
		s.correct(e, m.by, m.on, at, note)
		lead := m.by.office.staff[0]
		s.correct(e, lead, lead.desk, at.Add(4*time.Minute), note)
	}},
	{"corrected before it was here", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.on = s.silent(m.by, m.at)
		e := m.consult(p[0], p[0].numbered(s.census.citizen(p[0])))
		lead := m.by.office.staff[0]
		s.correct(e, lead, lead.desk, e.at.Add(s.between(15*time.Minute, 50*time.Minute)), func(e *draft) { e.who = p[0].known() })
	}},
	{"two records without a number, joined", 1, 10, func(s *season, p []*person) {
		a := s.meet(p[0].home).consult(p[0], p[0].anonymous())
		b := s.meet(p[0].home).consult(p[0], p[0].anonymous())
		s.join(a, b, s.after(a, b), p[0].home.staff[0])
	}},
	{"joined and parted", 2, 5, func(s *season, p []*person) {
		twin := p[0].anonymous()
		a := s.meet(p[0].home).consult(p[0], twin)
		m := s.meet(p[0].home)
		b := m.consult(p[1], twin)
		lead := p[0].home.staff[0]
		j := s.join(a, b, s.after(a, b), lead)
		s.withdraw(j, lead, lead.desk, j.at.Add(20*time.Minute), texts().Notes.Withdrawn["join"])
	}},
	{"possible duplicates", 2, 10, func(s *season, p []*person) {
		twin := p[0].anonymous()
		s.meet(p[0].home).consult(p[0], twin)
		s.meet(p[0].home).ask(p[1], twin)
	}},
	{"registry id and number tied by a later entry", 1, 8, func(s *season, p []*person) {
		registry := "dk-" + p[0].card.Citizen[6:] + p[0].card.Citizen[:6]
		only, both := p[0].numbered(""), p[0].numbered(p[0].card.Citizen)
		only.Registry, both.Registry = registry, registry
		m := s.meet(p[0].home)
		m.consult(p[0], only)
		s.meet(s.other(p[0].home)).consult(p[0], p[0].known())
		s.meet(p[0].home).ask(p[0], both)
	}},
	{"one person with two numbers", 1, 5, func(s *season, p []*person) {
		a := s.meet(p[0].home).consult(p[0], p[0].known())
		b := s.meet(p[0].home).consult(p[0], p[0].numbered(s.census.citizen(p[0])))
		s.join(a, b, s.after(a, b), p[0].home.staff[0])
	}},
	{"without a number", 1, 40, func(s *season, p []*person) {
		s.meet(p[0].home).consult(p[0], p[0].anonymous())
	}},
	{"without a number, joined too late", 2, 5, func(s *season, p []*person) {
		twin := p[0].anonymous()
		a := s.meet(p[0].home).consult(p[0], twin)
		b := s.meet(p[0].home).consult(p[1], twin)
		s.twins = append(s.twins, [2]*draft{a, b})
	}},
	{"recorded twice, one withdrawn", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.consult(p[0], p[0].known())
		e := m.apart().consult(p[0], p[0].known())
		s.withdraw(e, m.by, m.on, s.later(e.at, 10*time.Minute, 5*time.Hour), texts().Notes.Withdrawn["consultation"])
	}},
	{"voluntary SI renewed", 1, 12, func(s *season, p []*person) {
		s.meet(p[0].home).renew(p[0], outreach.VoluntarySI)
	}},
	{"HI renewed", 1, 60, func(s *season, p []*person) {
		s.meet(p[0].home).renew(p[0], s.scheme(p[0]))
	}},
	{"back in voluntary SI within a year", 1, 5, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		b := m.cover(outreach.VoluntarySI, journal.DayOf(m.at), false)
		b.Prior, b.LastMonth = "lapsed", m.at.AddDate(0, 0, -200).Format(month)
		m.fact(p[0], p[0].known(), outreach.Enrolment.Name, b)
	}},
	{"enrolment withdrawn", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.consult(p[0], p[0].known())
		e := m.apart().paidAtOnce(p[0], p[0].known(), s.scheme(p[0]))
		s.withdraw(e, m.by, m.on, s.later(e.at, time.Hour, 40*time.Hour), texts().Notes.Withdrawn["enrolment"])
	}},
	{"stage withdrawn", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		e := m.paidAtOnce(p[0], p[0].known(), s.scheme(p[0]))
		s.stage(e, m.by, m.on, s.later(e.at, time.Hour, 40*time.Hour), campaign.Withdrawn)
	}},
	{"pledged, not paid", 1, 30, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		b := m.cover(s.scheme(p[0]), journal.DayOf(m.at), true)
		b.Stage = campaign.Pledged
		m.fact(p[0], p[0].known(), outreach.Enrolment.Name, b)
	}},
	{"paid after the campaign", 1, 8, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		b := m.cover(outreach.HouseholdHI, journal.DayOf(m.at), true)
		b.Stage = campaign.Declared
		e := m.fact(p[0], p[0].known(), outreach.Enrolment.Name, b)
		s.stage(e, m.by, m.on, moment(s.End.Add(2), 9*60+s.rng.IntN(6*60)), campaign.Paid)
	}},
	{"a phone that booted in 1970, put right", 1, 5, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.on = s.booted(m.by, m.at)
		e := m.consult(p[0], p[0].known())
		lead := m.by.office.staff[0]
		s.correct(e, lead, lead.desk, s.later(m.on.next(e.at), time.Hour, 20*time.Hour), func(c *draft) { c.happened = e.at })
	}},
}

// joined are the stories of people with one enrolment that counts.
var joined = []story{
	{"enrolled twice offline", 1, 14, func(s *season, p []*person) {
		scheme := s.counted(p[0])
		m := s.meet(p[0].home)
		m.paidAtOnce(p[0], p[0].known(), scheme)
		from := p[0].home
		if s.one(3) {
			from = s.other(from)
		}
		s.meet(from).paidAtOnce(p[0], p[0].known(), scheme)
	}},
	{"wrong scheme", 1, 10, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		right := s.counted(p[0])
		e := m.paidAtOnce(p[0], p[0].known(), right)
		b := e.body.(outreach.EnrolmentBody)
		wrong := b
		wrong.Scheme, wrong.Prior, wrong.LastMonth = outreach.VoluntarySI, "none", ""
		if right == outreach.VoluntarySI {
			wrong.Scheme = outreach.HouseholdHI
		}
		e.body = wrong
		s.correct(e, m.by, m.on, s.later(e.at, time.Hour, 30*time.Hour), func(e *draft) { e.body = b })
	}},
	{"wrong number", 1, 10, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		m.consult(p[0], p[0].known())
		e := m.paidAtOnce(p[0], p[0].numbered(s.census.citizen(p[0])), s.counted(p[0]))
		s.correct(e, m.by, m.on, s.later(e.at, time.Hour, 30*time.Hour), func(e *draft) { e.who = p[0].known() })
	}},
	{"withdrawn and enrolled anew", 1, 5, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		e := m.apart().paidAtOnce(p[0], p[0].known(), s.counted(p[0]))
		s.withdraw(e, m.by, m.on, m.at.Add(9*time.Minute), texts().Notes.Withdrawn["enrolment"])
		m.at = m.at.Add(11 * time.Minute)
		m.paidAtOnce(p[0], p[0].known(), s.counted(p[0]))
	}},
	{"withdrawn by mistake", 1, 4, func(s *season, p []*person) {
		m := s.meet(p[0].home)
		e := m.paidAtOnce(p[0], p[0].known(), s.counted(p[0]))
		w := s.stage(e, m.by, m.on, s.later(e.at, 10*time.Minute, 20*time.Hour), campaign.Withdrawn)
		s.withdraw(w, m.by, m.on, s.later(w.at, 5*time.Minute, 20*time.Hour), texts().Notes.Withdrawn["consultation"])
	}},
	{"enrolled without a number", 1, 15, func(s *season, p []*person) {
		s.meet(p[0].home).paidAtOnce(p[0], p[0].anonymous(), s.counted(p[0]))
	}},
	{"from elsewhere", 1, 4, func(s *season, p []*person) {
		s.meet(p[0].home).paidAtOnce(p[0], p[0].elsewhere(), s.counted(p[0]))
	}},
	{"of another office's commune", 1, 20, func(s *season, p []*person) {
		s.meet(s.other(p[0].home)).paidAtOnce(p[0], p[0].known(), s.counted(p[0]))
	}},
}

// given are the stories of people with a switch or a donation that counts.
var given = []story{
	{"recorded on two devices", 1, 25, func(s *season, p []*person) {
		for range 2 {
			if m := s.meet(p[0].home); p[0].switched {
				m.switchOver(p[0], p[0].known())
			} else {
				m.donate(p[0], p[0].known())
			}
		}
	}},
}

// renew is an enrolment that makes no new participant.
func (m *meeting) renew(p *person, scheme outreach.Scheme) *draft {
	return m.fact(p, p.known(), outreach.Enrolment.Name, m.cover(scheme, journal.DayOf(m.at), false))
}

// after is a moment at which a lead has seen both entries.
func (s *season) after(a, b *draft) time.Time {
	at := a.at
	if b.at.After(at) {
		at = b.at
	}
	return s.later(at, time.Hour, 48*time.Hour)
}
