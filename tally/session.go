package tally

import (
	"maps"
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Session is an activity, or a shift of a standing post, with what became of
// it.
type Session struct {
	campaign.Activity
	Held      *record // the held entry that counts; nil if none
	withdrawn bool
	plan      *record
	last      *record   // of the plan, the moves and cancellations: what came last
	others    []*record // held entries that do not count
	// Present are who came to work there, by when they came. It is no figure.
	Present []Arrival
	// Answers are what was last said by each who was asked to come, by author.
	// They are no figure either.
	Answers []Answer
	past    []Stood // by since when
}

// Stood is how a session stood from an instant on.
type Stood struct {
	Since      time.Time
	Status     campaign.Status
	Start, End time.Time
	// Withdrawn says that its plan was taken back.
	Withdrawn bool
}

// At is how a session of [SessionsEver] stood at an instant; ok is false if it
// was not planned yet.
func (s *Session) At(at time.Time) (stood Stood, ok bool) {
	i, found := slices.BinarySearchFunc(s.past, at, func(x Stood, at time.Time) int { return x.Since.Compare(at) })
	if found {
		i++
	}
	if i == 0 {
		return Stood{}, false
	}
	return s.past[i-1], true
}

// Withdrawn says that the plan of the session was taken back.
func (s *Session) Withdrawn() bool { return s.withdrawn }

func (s Stood) since(at time.Time) Stood {
	s.Since = at
	return s
}

// stands is how it stands, since an instant.
func (s *Session) stands(since time.Time) Stood {
	return Stood{since, s.Status(), s.Start, s.End, s.withdrawn}
}

// Arrival is somebody of a team who came to a session.
type Arrival struct {
	Author string
	At     time.Time
}

// Answer is whether somebody will come to a session.
type Answer struct {
	Author string
	At     time.Time
	Coming bool
	Reason string // why not; see [outreach.Absences]
	// Stale says that it was given for another start than that of the session
	// now.
	Stale bool
}

// Status tells held from the other states, which the plan's entries give.
func (s *Session) Status() campaign.Status {
	if s.Held != nil {
		return campaign.StatusHeld
	}
	return s.Activity.Status()
}

// HeadCount is how many people were there, of the held entry that counts.
func (s *Session) HeadCount() (persons int, held bool) {
	if s.Held == nil {
		return 0, false
	}
	return s.Held.body.(*outreach.HeldBody).HeadCount, true
}

// PlanEntry is the entry that plans it, as it stands: what a correction of the
// plan has to supersede.
func (s *Session) PlanEntry() journal.Entry { return s.plan.Entry }

// LastChange is the entry that came last of those that plan, move or cancel it
// or take such a thing back, and when it was recorded: as long as it is the
// same, nobody changed what is planned. Both are zero for a session that no
// entry made.
func (s *Session) LastChange() (e journal.Entry, at time.Time) {
	if s.last == nil {
		return e, at
	}
	return s.last.Entry, s.last.occurred
}

// HeldEntry is the entry whose head count stands: what a correction has to
// supersede. author is who recorded it first, by whose right it stands.
func (s *Session) HeldEntry() (standing journal.Entry, author string, held bool) {
	if s.Held == nil {
		return journal.Entry{}, "", false
	}
	return s.Held.Entry, s.Held.first.Author, true
}

// sessions folds the plan's entries into activities and finds the held entry
// of each: the lead's, else the earlier; and who was there.
func (c *count) sessions(records []*record) map[journal.ID]*Session {
	out := map[journal.ID]*Session{}
	changes := map[journal.ID][]campaign.Change{}
	held := map[journal.ID][]*record{}
	present, answers := map[journal.ID][]*record{}, map[journal.ID][]*record{}
	last := map[journal.ID]*record{}
	for _, r := range records {
		if r.kind.Name == campaign.ActivityPlanned.Name {
			s := &Session{plan: r, withdrawn: r.gone()}
			s.ID, s.Campaign, s.Office, s.Commune = r.Root, r.Campaign, r.Office, r.Commune
			if b, ok := r.body.(*campaign.Planned); ok {
				s.Planned = *b
				if len(r.Refs) > 0 {
					s.Post = r.Refs[0]
				}
			}
			out[r.Root] = s
			last[r.Root] = r.later(last[r.Root])
			continue
		}
		if r.kind.Name == campaign.ActivityMoved.Name || r.kind.Name == campaign.ActivityCancelled.Name {
			last[r.Session] = r.later(last[r.Session])
		}
		if r.gone() || !r.counts {
			continue
		}
		switch b := r.body.(type) {
		case *outreach.AttendanceBody:
			present[r.Session] = append(present[r.Session], r)
		case *outreach.ConfirmationBody:
			answers[r.Session] = append(answers[r.Session], r)
		case *campaign.Moved:
			changes[r.Session] = append(changes[r.Session], campaign.Change{At: r.occurred, ID: r.Root, Commune: r.Commune, Moved: b, Reason: b.Reason})
		case *campaign.Cancelled:
			changes[r.Session] = append(changes[r.Session], campaign.Change{At: r.occurred, ID: r.Root, Reason: b.Reason})
		case *outreach.HeldBody:
			held[r.Session] = append(held[r.Session], r)
		}
	}
	for id, s := range out {
		s.Activity, s.last = campaign.Fold(s.Activity, changes[id]), last[id]
		all := held[id]
		slices.SortFunc(all, func(a, b *record) int {
			if la, lb := a.first.Author == s.Lead, b.first.Author == s.Lead; la != lb {
				if la {
					return -1
				}
				return 1
			}
			return a.before(b)
		})
		if len(all) > 0 {
			s.Held, s.others = all[0], all[1:]
		}
		came := map[string]bool{}
		for _, r := range slices.SortedFunc(slices.Values(present[id]), (*record).before) {
			if !came[r.first.Author] { // who says so twice came once
				came[r.first.Author] = true
				s.Present = append(s.Present, Arrival{r.first.Author, r.occurred})
			}
		}
		s.answer(answers[id])
	}
	return out
}

// answer keeps the last answer of each author.
func (s *Session) answer(records []*record) {
	last := map[string]*record{}
	for _, r := range records {
		if had := last[r.first.Author]; had == nil || had.before(r) < 0 {
			last[r.first.Author] = r
		}
	}
	for _, author := range slices.Sorted(maps.Keys(last)) {
		r := last[author]
		b := r.body.(*outreach.ConfirmationBody)
		s.Answers = append(s.Answers, Answer{author, r.occurred, b.Coming, b.Reason, !b.For.Equal(s.Start)})
	}
}

// countSession counts a held session, and that weather moved one.
func (t *sheetBuilder) countSession(s *Session) {
	if s.withdrawn {
		if s.Held != nil {
			t.review("activity_withdrawn", s.Held, s.ID)
		}
		return
	}
	weather := s.MoveReason == campaign.Weather
	if s.Held == nil {
		if weather && s.CancelReason == "" {
			t.at(SessionsMovedWeather, s.plan, s.Office, s.Commune, journal.DayOf(s.Start))
		}
		return
	}
	h := s.Held
	for _, other := range s.others {
		t.review("second_held", other, h.Root)
	}
	if s.CancelReason != "" {
		t.review("cancelled_but_held", h, s.ID)
	}
	evening := t.plan.Campaigns[s.Campaign].Hours.After(s.Start)
	for _, c := range []struct {
		i  Indicator
		is bool
	}{
		{Sessions, true}, {SessionsEvening, evening}, {SessionsMovedWeather, weather}, {MovedWeatherEvening, weather && evening},
	} {
		if c.is {
			t.at(c.i, h, s.Office, h.Commune, h.day)
		}
	}
	for _, who := range s.workers() {
		t.by(who, Sessions, h, s.Office, h.Commune, h.day)
	}
	if n, _ := s.HeadCount(); n > 0 {
		t.session(sessionHeadCount, h, s.ID, s.Office, h.Commune, h.day, n)
	}
}

// workers are who takes part in a held session: its lead and team by the plan,
// who came, and who closed it.
func (s *Session) workers() []string {
	who := append([]string{s.Lead, s.Held.first.Author}, s.Team...)
	for _, a := range s.Present {
		who = append(who, a.Author)
	}
	slices.Sort(who)
	return slices.DeleteFunc(slices.Compact(who), func(id string) bool { return id == "" })
}

// countActivities counts each activity once: on the day it was held, and a
// standing post on the day of its first held shift.
func (t *sheetBuilder) countActivities(sessions map[journal.ID]*Session) {
	first := map[journal.ID]*Session{}
	for _, s := range sessions {
		if s.withdrawn || s.Held == nil || s.Campaign != t.campaign {
			continue
		}
		post := s
		if !s.Post.IsZero() {
			post = sessions[s.Post]
		}
		if post == nil || post.withdrawn || post != s && (!post.Kind.Post() || !post.Post.IsZero()) {
			continue
		}
		if had := first[post.ID]; had == nil || s.Held.before(had.Held) < 0 {
			first[post.ID] = s
		}
	}
	for id, s := range first {
		t.at(ActivityIndicator(sessions[id].Kind), s.Held, sessions[id].Office, s.Held.Commune, s.Held.day)
	}
}
