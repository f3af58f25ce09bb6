package demo

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// makeFestival records a festival whose closed figures come to the quotas of
// the offices and to a sum of heads that were counted and not named.
func (s *season) makeFestival(heads, scale int) {
	s.equip()
	for _, o := range s.offices {
		s.activities(o)
	}
	s.mishaps(scale)
	var talk, single, gifts, rest []*person
	for _, o := range s.offices {
		core, talking := s.census.settlers(o)
		talk = append(talk, talking...)
		for _, p := range core {
			switch {
			case !p.single():
				rest = append(rest, p)
			case p.si || p.hi:
				single = append(single, p)
			default:
				gifts = append(gifts, p)
			}
		}
	}
	for _, told := range []struct {
		stories []story
		people  []*person
	}{{talked, talk}, {joined, single}, {given, gifts}} {
		s.rng.Shuffle(len(told.people), func(i, j int) { told.people[i], told.people[j] = told.people[j], told.people[i] })
		rest = append(rest, s.tellAll(told.stories, &deck{told.people})...)
	}
	for _, p := range rest {
		s.regular(p)
	}
	for _, v := range s.held {
		if s.one(2) {
			s.joinAt(v).ask(nil, nil) // from the crowd
		}
	}
	s.outsiders(scale)
	s.setHeads(heads)
	s.afterwards(scale)
	s.send()
	s.confirm()
	s.send()
}

// activities plans and holds the activities of an office.
func (s *season) activities(o *office) {
	moved := o.quota.moved
	for _, kind := range campaign.ActivityKinds {
		for n := range o.quota.activities[kind] {
			if kind.Post() {
				s.post(o, kind, n == 0 && kind == campaign.MobileTeam)
				continue
			}
			day := s.Start.Add(s.busyDay())
			switch kind {
			case campaign.OpeningCeremony:
				day = s.Start.Add(s.rng.IntN(3))
			case campaign.DialogueConference:
				day = s.Start.Add(3 + s.rng.IntN(s.days()-3))
			}
			v := s.venue(o, kind)
			if moved > 0 && (kind == campaign.SmallGroup || kind == campaign.Other) {
				moved--
				s.rain(v, day)
				s.hold(v)
				continue
			}
			s.schedule(v, day)
		}
	}
	for range moved { // more rain than sessions: these were not held after all
		s.rain(s.venue(o, campaign.SmallGroup), s.Start.Add(s.busyDay()))
	}
}

// mishaps are what goes wrong with activities and must not move a figure.
func (s *season) mishaps(scale int) {
	if len(s.held) == 0 {
		return
	}
	some := func(n int) []*session {
		var out []*session
		for range n {
			if v := pick(s.rng, s.held); !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	for _, v := range some(3 * scale) { // counted twice: by the lead, and by another a little earlier
		other := v.team[1]
		e := s.report(v, other, other.phone, v.end.Add(time.Minute))
		v.offs[e.body.(*outreach.HeldBody)] = 2 + s.rng.IntN(5)
	}
	for _, v := range some(4 * scale) { // a head count put right
		wrong := v.last.body.(*outreach.HeldBody)
		v.heads = &outreach.HeldBody{}
		v.offs[wrong] = s.rng.IntN(21) - 10
		v.last = s.correct(v.last, v.lead, v.lead.phone, v.last.at.Add(s.between(10*time.Minute, 40*time.Minute)), func(e *draft) { e.body = v.heads })
	}
	for _, v := range some(2 * scale) { // moved for another reason, at the wrong time first
		if b := v.plan.body.(*campaign.Planned); b.Start.Equal(v.start) && !v.kind.Post() {
			b.Start, b.End = b.Start.Add(-time.Hour), b.End.Add(-time.Hour)
			at := v.start.Add(-s.between(20*time.Hour, 30*time.Hour))
			s.move(v, pick(s.rng, []string{"people", "place"}), at, v.start.Add(time.Hour), v.end.Add(time.Hour))
			s.move(v, "people", at.Add(90*time.Minute), v.start, v.end)
		}
	}
	for _, v := range some(scale) { // called off, and held all the same
		lead := v.office.staff[0]
		s.cancel(v, lead, v.start.Add(-s.between(2*time.Hour, 20*time.Hour)))
	}
	for range scale { // the plan withdrawn after all: what was held under it counts no more
		o := pick(s.rng, s.offices)
		v := s.venue(o, campaign.SmallGroup)
		v.start, v.end = s.hours(v.kind, s.Start.Add(s.busyDay()))
		lead := o.staff[0]
		v.plan = s.write(v, v.start, v.end, lead.desk, lead, nil)
		e := s.report(v, v.lead, v.lead.phone, v.end)
		e.body.(*outreach.HeldBody).HeadCount = 12
		s.withdraw(v.plan, lead, lead.desk, v.end.Add(40*time.Minute), texts().Notes.Withdrawn["activity"])
	}
	for _, v := range some(3 * scale) { // planned on a phone without network
		plan := v.plan
		plan.dev.drafts = slices.DeleteFunc(plan.dev.drafts, func(e *draft) bool { return e == plan })
		plan.dev = s.silent(v.office.staff[0], v.end)
		plan.dev.drafts = append(plan.dev.drafts, plan)
	}
	for range 8 * scale { // called off
		o := pick(s.rng, s.offices)
		v := s.venue(o, campaign.SmallGroup)
		start, end := s.hours(v.kind, s.Start.Add(s.busyDay()))
		lead := o.staff[0]
		v.plan = s.write(v, start, end, lead.desk, lead, nil)
		e := s.cancel(v, lead, start.Add(-s.between(2*time.Hour, 20*time.Hour)))
		if s.one(4) { // planned twice: the plan itself is withdrawn
			s.withdraw(v.plan, lead, lead.desk, e.at.Add(5*time.Minute), texts().Notes.Withdrawn["activity"])
		}
	}
}

// outsiders are entries about people that count nowhere: before and after the
// campaign, and by clocks that nobody could put right.
func (s *season) outsiders(scale int) {
	for n := range 2 * scale {
		o := pick(s.rng, s.offices)
		w := o.staff[1+n%(len(o.staff)-1)]
		p := func() *person { return s.census.person(o, adult) }
		at := func(t time.Time, on *device) *meeting {
			return &meeting{s, nil, w, on, pick(s.rng, o.communes).Code, t}
		}
		early := p()
		at(moment(s.Start.Add(-1), 15*60), w.phone).consult(early, early.known())
		late := p()
		at(moment(s.End.Add(1), 4*60+45), w.phone).paidAtOnce(late, late.known(), outreach.HouseholdHI)
		then := moment(s.Start.Add(5+n%10), 16*60)
		booted := p()
		at(then, s.booted(w, then)).consult(booted, booted.known())
		ahead := p()
		d := s.silent(w, then.Add(time.Hour))
		d.unmeasured, d.skew = true, -400*24*time.Hour
		at(then.Add(time.Hour), d).consult(ahead, ahead.known())
	}
}

// slot is the next moment at which an office confirms figures.
func slot(t time.Time) time.Time {
	day := journal.DayOf(t)
	switch m := int(t.Sub(day.Start()) / time.Minute); {
	case m < 7*60+30:
		return moment(day, 7*60+30)
	case m < 16*60:
		return t.Add(20 * time.Minute)
	default:
		return moment(day.Add(1), 7*60+30)
	}
}
