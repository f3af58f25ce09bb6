package demo

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// session is an activity that is held, or a shift of a standing post.
type session struct {
	office     *office
	commune    *commune
	village    campaign.Village
	kind       campaign.ActivityKind
	plan       *draft
	start, end time.Time // as held
	lead       *worker
	team       []*worker
	met        map[*person]bool // identified there, in the closed figures
	// heads is the head count that holds; offs are counts that do not, by how
	// much they differ from it.
	heads *outreach.HeldBody
	offs  map[*outreach.HeldBody]int
	last  *draft // the held entry that holds
}

// venue draws where something of a kind takes place.
func (s *season) venue(o *office, kind campaign.ActivityKind) *session {
	c := pick(s.rng, o.communes)
	v := &session{office: o, commune: c, village: pick(s.rng, c.villages), kind: kind, met: map[*person]bool{}, offs: map[*outreach.HeldBody]int{}}
	officer := 1 + s.rng.IntN(o.officers-1)
	v.lead = o.staff[officer]
	v.team = []*worker{v.lead}
	for n := len(o.staff); len(v.team) < 2 || len(v.team) < 3 && s.one(2); {
		if w := o.staff[1+s.rng.IntN(n-1)]; !slices.Contains(v.team, w) {
			v.team = append(v.team, w)
		}
	}
	if kind == campaign.OpeningCeremony || kind == campaign.DialogueConference {
		v.lead = o.staff[0]
		v.team = append([]*worker{v.lead}, v.team...)
	}
	return v
}

// hours draws when a session of a kind takes place.
func (s *season) hours(kind campaign.ActivityKind, day journal.Day) (start, end time.Time) {
	switch {
	case kind == campaign.OpeningCeremony:
		start = moment(day, 8*60)
	case kind.Post():
		start = moment(day, 6*60+15*s.rng.IntN(8))
		return start, start.Add(5 * time.Hour)
	case s.one(4):
		start = moment(day, 18*60+15*s.rng.IntN(7))
	default:
		start = moment(day, 8*60+30*s.rng.IntN(15))
	}
	return start, start.Add(2 * time.Hour)
}

// write plans an activity on a device, some days ahead.
func (s *season) write(v *session, start, end time.Time, on *device, by *worker, post *draft) *draft {
	t := texts()
	places := t.Places[v.kind]
	body := campaign.Planned{Kind: v.kind, Village: v.village.ID, Start: start, End: end, Lead: v.lead.ID}
	if v.kind == campaign.Other {
		sub := pick(s.rng, t.SubKinds)
		body.SubKind, places = sub.Name, sub.Places
	}
	body.Place = fill(pick(s.rng, places), "{village}", v.village.Name, "{commune}", v.commune.Name)
	for _, w := range v.team {
		body.Team = append(body.Team, w.ID)
		if w.Partner != "" && !slices.Contains(body.Partners, w.Partner) {
			body.Partners = append(body.Partners, w.Partner)
		}
	}
	for range 1 + s.rng.IntN(2) {
		if topic := pick(s.rng, t.Topics); !slices.Contains(body.Topics, topic) {
			body.Topics = append(body.Topics, topic)
		}
	}
	at := moment(journal.DayOf(start).Add(-s.ahead-s.rng.IntN(4)), 8*60+s.rng.IntN(8*60))
	e := s.add(campaign.ActivityPlanned.Name, by, on, at, &body)
	e.commune = v.commune.Code
	if post != nil {
		body.Post = post.id
		e.refs = []*draft{post}
	}
	return e
}

// schedule plans and holds an activity that is no standing post.
func (s *season) schedule(v *session, day journal.Day) {
	v.start, v.end = s.hours(v.kind, day)
	lead := v.office.staff[0]
	v.plan = s.write(v, v.start, v.end, lead.desk, lead, nil)
	s.hold(v)
}

// move records that an activity takes place at another time.
func (s *season) move(v *session, reason string, at, start, end time.Time) *draft {
	by := v.office.staff[0]
	on := by.desk
	if s.one(3) {
		by, on = v.lead, v.lead.phone
	}
	e := s.add(campaign.ActivityMoved.Name, by, on, at, campaign.Moved{
		Reason: reason, Note: pick(s.rng, texts().Notes.Moved[reason]), Start: start, End: end,
	})
	e.activity = v.plan
	return e
}

// cancel records that an activity is called off.
func (s *season) cancel(v *session, by *worker, at time.Time) *draft {
	e := s.add(campaign.ActivityCancelled.Name, by, by.desk, at, campaign.Cancelled{
		Reason: pick(s.rng, []string{"people", "place", "other"}), Note: pick(s.rng, texts().Notes.Cancelled),
	})
	e.activity = v.plan
	return e
}

// rain plans an activity that the weather then moves, mostly into an evening
// of the same day or of one soon after.
func (s *season) rain(v *session, day journal.Day) {
	evening := s.rng.IntN(5) > 0
	from := day.Add(-s.rng.IntN(3))
	if from < s.Start {
		from = s.Start
	}
	planned := moment(from, 8*60+15*s.rng.IntN(6))
	v.start = moment(day, 14*60)
	if evening {
		v.start = moment(day, 18*60+15*s.rng.IntN(6))
	}
	v.end = v.start.Add(2 * time.Hour)
	lead := v.office.staff[0]
	v.plan = s.write(v, planned, planned.Add(2*time.Hour), lead.desk, lead, nil)
	s.move(v, campaign.Weather, planned.Add(-s.between(20*time.Minute, 90*time.Minute)), v.start, v.end)
}

// hold records that a session took place. Its head count is filled in once it
// is known who was identified there.
func (s *season) hold(v *session) {
	e := s.report(v, v.lead, v.lead.phone, v.end.Add(s.between(3*time.Minute, 15*time.Minute)))
	if s.one(15) && journal.DayOf(v.end) < s.End && v.end.Hour() > 18 {
		// Back home after midnight.
		s.recordLater(e, moment(journal.DayOf(v.end).Add(1), 10+s.rng.IntN(70)), v.end)
	}
	v.heads, v.last = e.body.(*outreach.HeldBody), e
	s.sessions[v.office] = append(s.sessions[v.office], v)
	s.held = append(s.held, v)
}

// report is a held entry by somebody.
func (s *season) report(v *session, by *worker, on *device, at time.Time) *draft {
	e := s.add(outreach.ActivityHeld.Name, by, on, at, &outreach.HeldBody{Note: pick(s.rng, texts().Notes.Held)})
	e.commune, e.activity = v.commune.Code, v.plan
	return e
}

// recordLater moves the recording of an entry after the fact. Its id is made
// then.
func (s *season) recordLater(e *draft, at, happened time.Time) {
	e.at, e.happened = at, happened
	e.id = s.id(e.dev.clock(at))
}

// post plans a standing post and holds its shifts; the figures count the post.
func (s *season) post(o *office, kind campaign.ActivityKind, itself bool) {
	lead := o.staff[0]
	base := s.venue(o, kind)
	n := 3 + s.rng.IntN(3)
	first := s.rng.IntN(s.days() - n)
	starts := make([]time.Time, n)
	for i := range starts {
		starts[i], _ = s.hours(kind, s.Start.Add(first+i))
	}
	last := starts[n-1].Add(5 * time.Hour)
	post := s.write(base, starts[0], last, lead.desk, lead, nil)
	for _, start := range starts {
		v := s.venue(o, kind)
		if kind == campaign.Booth {
			v.commune, v.village = base.commune, base.village
		}
		v.start, v.end = start, start.Add(5*time.Hour)
		v.plan = s.write(v, v.start, v.end, lead.desk, lead, post)
		s.hold(v)
	}
	if itself {
		// A day more than planned: the entry names the post.
		base.plan = post
		base.start = starts[n-1].Add(24 * time.Hour)
		base.end = base.start.Add(5 * time.Hour)
		s.hold(base)
	}
}

// setHeads gives sessions their head counts: who was identified there and a
// share of the rest. Where the share is none, fewer were counted than named.
func (s *season) setHeads(rest int) {
	weights := make([]int, len(s.held))
	for i, v := range s.held {
		weights[i] = s.rng.IntN(9)
		switch {
		case v.kind == campaign.OpeningCeremony:
			weights[i] = 60 + s.rng.IntN(60)
		case v.kind == campaign.DialogueConference:
			weights[i] = 30 + s.rng.IntN(30)
		case v.kind.Post():
			weights[i] = 8 + s.rng.IntN(10)
		}
	}
	if len(s.held) > 0 && slices.Max(weights) == 0 {
		weights[0] = 1
	}
	for i, n := range spread(rest, weights, nil) {
		v := s.held[i]
		named := len(v.met)
		v.heads.HeadCount = named + n
		if n == 0 && named > 0 {
			v.heads.HeadCount = named - s.rng.IntN(min(named, 3))
		}
		for body, off := range v.offs {
			body.HeadCount = max(0, v.heads.HeadCount+off)
		}
	}
}
