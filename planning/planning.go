// Package planning is the plan of activities as an office works on it: many at
// once, in series, from and to spreadsheets and calendars, with what clashes,
// which villages nobody goes to, and what a plan takes.
//
// Each act is entries of the journal, as when a phone plans: what package
// campaign folds into activities. So a phone learns of it at its next contact,
// and every act can be undone by withdrawing its entries.
package planning

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// MostAtOnce is how many activities one act may plan or change.
const MostAtOnce = 500

// Draft is an activity as somebody at the desk plans it.
type Draft struct {
	// Office is whose activity it is; empty: that of the commune.
	Office  string
	Commune string
	campaign.Planned
}

// Done is what became of one activity of an act.
type Done struct {
	Activity journal.ID
	Entries  []journal.ID     // by which the act is undone; none if refused
	Refusal  *journal.Refusal // nil if it was done
}

// Tx is what planning reads, and where it keeps what is no entry.
type Tx interface {
	Settings
	audit.Tx
	OfActivities(campaign string) ([]journal.Stored, error)
	ByID(id journal.ID) (st journal.Stored, ok bool, err error)
	Records(roots []journal.ID) ([]journal.Stored, error)
}

// Appender takes entries into the journal and the figures, within one
// transaction.
type Appender = func([]journal.Stored) ([]journal.Outcome, error)

// Planner acts for somebody in one campaign, within one transaction.
type Planner struct {
	Schema   *journal.Schema
	Tx       Tx
	Plan     *campaign.Plan
	Campaign *campaign.Campaign
	Actor    access.Actor
	Now      time.Time
	Append   Appender

	seq int64
}

// Sessions are the activities and shifts of the campaign as they stand.
func (p *Planner) Sessions() ([]*tally.Session, error) {
	entries, err := p.Tx.OfActivities(p.Campaign.ID)
	return tally.SessionsOf(p.Plan, p.Schema, entries), err
}

// Add plans activities. With shifts, those of a standing post (booth, mobile
// team) that are of one kind, office, commune and place are shifts of the
// first of them. Refusals: planning.many, and for each draft planning.office,
// planning.commune, planning.village, planning.member, planning.days,
// right.missing and those of [campaign.Planned].
func (p *Planner) Add(drafts []Draft, shifts bool) ([]Done, error) {
	if len(drafts) == 0 || len(drafts) > MostAtOnce {
		return nil, journal.Refuse("planning.many", "most", MostAtOnce)
	}
	posts := map[[4]string]journal.ID{}
	return p.each(len(drafts), func(i int) (journal.ID, journal.Stored, error) {
		d := drafts[i]
		if err := p.settle(&d); err != nil {
			return journal.ID{}, journal.Stored{}, err
		}
		post := [4]string{string(d.Kind), d.Office, d.Commune, d.Place}
		if shifts && d.Kind.Post() {
			d.Post = posts[post]
		}
		st, err := p.planned(&d, nil)
		if err == nil && shifts && d.Kind.Post() && d.Post.IsZero() {
			posts[post] = st.ID
		}
		return st.ID, st, err
	})
}

// Seen is which entry had last changed an activity when somebody began to
// change it, by activity; see [tally.Session.LastChange].
type Seen map[journal.ID]journal.ID

// unseen refuses to change what somebody else changed since it was seen; what
// is not in seen may be as it likes. Refusal: planning.changed.
func (p *Planner) unseen(s *tally.Session, seen Seen) error {
	if had, ok := seen[s.ID]; !ok || had == versionOf(s) {
		return nil
	}
	return p.since("planning.changed", s)
}

// since is the refusal that says who last changed an activity, how and when.
func (p *Planner) since(code string, s *tally.Session) error {
	e, at := s.LastChange()
	by, did := e.Author, e.Kind
	if w := p.Plan.Campaigners[e.Author]; w != nil {
		by = w.Name
	}
	if e.Withdrawn != "" {
		did = "undone"
	}
	return journal.Refuse(code, "by", by, "did", did, "at", at.Format(time.RFC3339))
}

// Correct changes what was planned: everything but that an activity was moved,
// which stands. Refusals are those of [Planner.Add], planning.changed, planning.held,
// planning.moved where time or place is changed of what was moved before, and
// planning.room where a room is named that the move left.
func (p *Planner) Correct(id, seen journal.ID, d Draft) ([]Done, error) {
	sessions, err := p.found([]journal.ID{id})
	if err != nil {
		return nil, err
	}
	return p.each(1, func(int) (journal.ID, journal.Stored, error) {
		s := sessions[0]
		if s == nil {
			return id, journal.Stored{}, unknown(id)
		}
		if err := p.may(s.Office); err != nil {
			return id, journal.Stored{}, err
		}
		if s.Held != nil {
			return id, journal.Stored{}, journal.Refuse("planning.held")
		}
		if err := p.unseen(s, Seen{id: seen}); err != nil {
			return id, journal.Stored{}, err
		}
		if err := p.settle(&d); err != nil {
			return id, journal.Stored{}, err
		}
		st, err := p.corrected(s, d)
		return id, st, err
	})
}

// corrected is the entry by which a settled draft replaces what is planned.
func (p *Planner) corrected(s *tally.Session, d Draft) (journal.Stored, error) {
	d.Post = s.Post
	had := s.PlanEntry()
	if !s.MovedFrom.IsZero() {
		if !sameWindow(&d, s) {
			return journal.Stored{}, journal.Refuse("planning.moved")
		}
		body, err := campaign.ActivityPlanned.Decode(&had)
		if err != nil {
			return journal.Stored{}, err
		}
		first := body.(*campaign.Planned) // the move goes on from there
		if d.Room != "" && d.Place != first.Place {
			return journal.Stored{}, journal.Refuse("planning.room")
		}
		d.Start, d.End, d.Place, d.Village, d.Commune = first.Start, first.End, first.Place, first.Village, had.Commune
	}
	return p.planned(&d, &had)
}

// Move is how activities move: to a window, or by days and to a time of day.
type Move struct {
	Reason string // one of [campaign.Reasons]
	Note   string
	// Start and End, for one activity alone; zero: see Days.
	Start, End time.Time
	// Days later, -365 to 365.
	Days int
	// At is the minute of the day at which they begin then; nil: as before.
	At *int
	// Place, Village and Commune are the new ones; empty: as before.
	Place, Village, Commune string
}

// of is the window to which an activity moves, which lasts as long as before
// unless the window is given.
func (m *Move) of(s *tally.Session) (start, end time.Time) {
	if !m.Start.IsZero() {
		return m.Start, m.End
	}
	start = s.Start.In(journal.Zone).AddDate(0, 0, m.Days)
	if m.At != nil {
		start = journal.DayOf(start).Start().Add(time.Duration(*m.At) * time.Minute)
	}
	return start, start.Add(s.End.Sub(s.Start))
}

// Move moves activities. Refusals: planning.many, and for each activity
// planning.unknown, planning.held, planning.changed, planning.days,
// planning.still and those of [campaign.Moved].
func (p *Planner) Move(ids []journal.ID, seen Seen, m Move) ([]Done, error) {
	return p.change(ids, seen, func(s *tally.Session) (journal.Stored, error) { return p.moved(s, m) })
}

// moved is the entry by which a session moves.
func (p *Planner) moved(s *tally.Session, m Move) (journal.Stored, error) {
	start, end := m.of(s)
	body := campaign.Moved{Reason: m.Reason, Note: m.Note, Start: start, End: end}
	if m.Place != s.Place {
		body.Place = m.Place
	}
	if m.Village != s.Village {
		body.Village = m.Village
	}
	commune := ""
	if m.Commune != s.Commune {
		commune = m.Commune
	}
	if err := p.within(start, end); err != nil {
		return journal.Stored{}, err
	}
	if start.Equal(s.Start) && end.Equal(s.End) && body.Place == "" && body.Village == "" && commune == "" && s.CancelReason == "" {
		return journal.Stored{}, journal.Refuse("planning.still")
	}
	return p.entry(campaign.ActivityMoved, s.Office, &body, func(e *journal.Entry) { e.Activity, e.Commune = s.ID, commune })
}

// Cancel calls activities off. Refusals are as of [Planner.Move].
func (p *Planner) Cancel(ids []journal.ID, seen Seen, reason, note string) ([]Done, error) {
	return p.change(ids, seen, func(s *tally.Session) (journal.Stored, error) {
		if s.CancelReason != "" {
			return journal.Stored{}, journal.Refuse("planning.still")
		}
		return p.entry(campaign.ActivityCancelled, s.Office, &campaign.Cancelled{Reason: reason, Note: note},
			func(e *journal.Entry) { e.Activity = s.ID })
	})
}

// Undo takes back entries that the actor recorded at the desk: what was
// planned, moved or cancelled by them is as before, and what was corrected is
// corrected back. Refusals of each: planning.not_yours, also where a later entry
// changed it since, and planning.held.
func (p *Planner) Undo(entries []journal.ID) ([]Done, error) {
	if len(entries) == 0 || len(entries) > MostAtOnce {
		return nil, journal.Refuse("planning.many", "most", MostAtOnce)
	}
	sessions, err := p.Sessions()
	if err != nil {
		return nil, err
	}
	held := map[journal.ID]bool{}
	for _, s := range sessions {
		held[s.ID] = s.Held != nil
	}
	return p.each(len(entries), func(i int) (journal.ID, journal.Stored, error) {
		had, ok, err := p.Tx.ByID(entries[i])
		if err != nil {
			return journal.ID{}, journal.Stored{}, err
		}
		activity := had.Session
		kind := p.Schema.Kind(had.Kind)
		if kind.Name == campaign.ActivityPlanned.Name {
			activity = had.Root
		}
		if !ok || had.Author != p.Actor.ID || had.Device != journal.Desk || had.Campaign != p.Campaign.ID || activity.IsZero() ||
			!slices.Contains([]string{campaign.ActivityPlanned.Name, campaign.ActivityMoved.Name, campaign.ActivityCancelled.Name}, kind.Name) {
			return entries[i], journal.Stored{}, journal.Refuse("planning.not_yours")
		}
		versions, err := p.Tx.Records([]journal.ID{had.Root})
		if err != nil {
			return journal.ID{}, journal.Stored{}, err
		}
		if slices.ContainsFunc(versions, func(v journal.Stored) bool { return v.Supersedes == had.ID }) {
			return entries[i], journal.Stored{}, journal.Refuse("planning.not_yours")
		}
		if held[activity] {
			return activity, journal.Stored{}, journal.Refuse("planning.held")
		}
		if had.Supersedes.IsZero() {
			st, err := p.entry(kind, had.Office, nil, func(e *journal.Entry) {
				e.Supersedes, e.Withdrawn, e.Activity, e.Commune = had.ID, "undo", had.Activity, had.Commune
			})
			return activity, st, err
		}
		before, ok, err := p.Tx.ByID(had.Supersedes)
		if err != nil || !ok || before.Withdrawn != "" {
			return entries[i], journal.Stored{}, errors.Join(err, journal.Refuse("planning.not_yours"))
		}
		st, err := p.record(kind, before.Office, func(e *journal.Entry) {
			e.Supersedes, e.Activity, e.Commune, e.Body = had.ID, before.Activity, before.Commune, before.Body
		})
		return activity, st, err
	})
}

// change does something with each of some activities that are still to come.
func (p *Planner) change(ids []journal.ID, seen Seen, do func(*tally.Session) (journal.Stored, error)) ([]Done, error) {
	if len(ids) == 0 || len(ids) > MostAtOnce {
		return nil, journal.Refuse("planning.many", "most", MostAtOnce)
	}
	sessions, err := p.found(ids)
	if err != nil {
		return nil, err
	}
	return p.each(len(ids), func(i int) (journal.ID, journal.Stored, error) {
		s := sessions[i]
		if s == nil {
			return ids[i], journal.Stored{}, unknown(ids[i])
		}
		if err := p.may(s.Office); err != nil {
			return ids[i], journal.Stored{}, err
		}
		if s.Held != nil {
			return ids[i], journal.Stored{}, journal.Refuse("planning.held")
		}
		if err := p.unseen(s, seen); err != nil {
			return ids[i], journal.Stored{}, err
		}
		st, err := do(s)
		return ids[i], st, err
	})
}

// found are the sessions of these ids, nil for one that is not there.
func (p *Planner) found(ids []journal.ID) ([]*tally.Session, error) {
	by, err := p.standing()
	out := make([]*tally.Session, len(ids))
	for i, id := range ids {
		out[i] = by[id]
	}
	return out, err
}

// standing are the sessions by id.
func (p *Planner) standing() (map[journal.ID]*tally.Session, error) {
	all, err := p.Sessions()
	by := map[journal.ID]*tally.Session{}
	for _, s := range all {
		by[s.ID] = s
	}
	return by, err
}

// each makes the entry of each of n acts; see [Planner.all].
func (p *Planner) each(n int, make1 func(i int) (journal.ID, journal.Stored, error)) ([]Done, error) {
	return p.all(n, func(i int) (journal.ID, []journal.Stored, error) {
		id, st, err := make1(i)
		return id, []journal.Stored{st}, err
	})
}

// all makes the entries of n acts one by one and appends those that nothing
// refuses.
func (p *Planner) all(n int, make1 func(i int) (journal.ID, []journal.Stored, error)) ([]Done, error) {
	done := make([]Done, n)
	var batch []journal.Stored
	var at []int
	for i := range n {
		id, entries, err := make1(i)
		done[i].Activity = id
		if err != nil {
			if !errors.As(err, &done[i].Refusal) {
				return nil, err
			}
			continue
		}
		for _, st := range entries {
			batch, at = append(batch, st), append(at, i)
		}
	}
	if len(batch) == 0 {
		return done, nil
	}
	outcomes, err := p.Append(batch)
	for k, o := range outcomes {
		d := &done[at[k]]
		if o.Refusal != nil {
			d.Refusal = o.Refusal
			continue
		}
		d.Entries = append(d.Entries, o.ID)
	}
	return done, err
}

func unknown(id journal.ID) error { return journal.Refuse("planning.unknown", "activity", id.String()) }

func (p *Planner) may(office string) error {
	return access.May(p.Actor, access.PlanActivities, office, p.Plan)
}

// settle fills in the office of a draft, tidies what was typed, and checks it
// against the plan.
func (p *Planner) settle(d *Draft) error {
	d.Place, d.SubKind, d.Room = squeeze(d.Place), squeeze(d.SubKind), squeeze(d.Room)
	d.Vehicles, d.Topics = tidy(d.Vehicles, strings.ToUpper), tidy(d.Topics, nil)
	d.Team, d.Partners = tidy(d.Team, nil), tidy(d.Partners, nil)
	if d.Lead != "" && !slices.Contains(d.Team, d.Lead) {
		d.Team = append([]string{d.Lead}, d.Team...)
	}
	day := journal.DayOf(d.Start)
	c := p.Plan.CommuneOn(d.Commune, day)
	if c == nil || !p.Plan.Under(c.Office, p.Campaign.Province) {
		return journal.Refuse("planning.commune", "commune", d.Commune)
	}
	d.Commune = c.Code // who names one that was merged by then means the other
	if d.Office == "" {
		d.Office = c.Office
	}
	if !p.Plan.HasOffice(d.Office) || !p.Plan.Under(d.Office, p.Campaign.Province) {
		return journal.Refuse("planning.office", "office", d.Office)
	}
	if err := p.may(d.Office); err != nil {
		return err
	}
	if v := p.Plan.Villages[d.Village]; d.Village != "" && (v == nil || p.Plan.CodeOn(v.Commune, day) != d.Commune) {
		return journal.Refuse("planning.village", "village", d.Village, "commune", c.Name)
	}
	for _, id := range d.Team {
		if w := p.Plan.Campaigners[id]; w == nil || !p.Plan.Under(w.Office, p.Campaign.Province) {
			return journal.Refuse("planning.member", "member", id)
		}
	}
	for _, id := range d.Partners {
		if !p.Plan.HasOffice(id) {
			return journal.Refuse("planning.office", "office", id)
		}
	}
	return p.within(d.Start, d.End)
}

func (p *Planner) within(start, end time.Time) error {
	if !p.Campaign.Has(journal.DayOf(start)) || !p.Campaign.Has(journal.DayOf(end)) {
		return journal.Refuse("planning.days", "from", string(p.Campaign.Start), "to", string(p.Campaign.End))
	}
	return nil
}

func squeeze(s string) string { return strings.Join(strings.Fields(journal.Legible(s)), " ") }

// tidy drops what is empty or there twice.
func tidy(list []string, form func(string) string) []string {
	var out []string
	for _, s := range list {
		s = squeeze(s)
		if form != nil {
			s = form(s)
		}
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// planned is the entry that plans a settled draft, or corrects an earlier one.
func (p *Planner) planned(d *Draft, corrects *journal.Entry) (journal.Stored, error) {
	return p.entry(campaign.ActivityPlanned, d.Office, &d.Planned, func(e *journal.Entry) {
		e.Commune = d.Commune
		if corrects != nil {
			e.Supersedes = corrects.ID
		}
	})
}

// entry is one with a body; nil for a withdrawal.
func (p *Planner) entry(kind journal.Kind, office string, body journal.Body, set func(*journal.Entry)) (journal.Stored, error) {
	return p.record(kind, office, func(e *journal.Entry) {
		if body != nil {
			e.Body, _ = json.Marshal(body) // of our own types: cannot fail
		}
		set(e)
	})
}

func (p *Planner) record(kind journal.Kind, office string, set func(*journal.Entry)) (journal.Stored, error) {
	p.seq++
	st, err := p.Schema.AtDesk(kind, p.Now, p.Actor.ID, p.Plan, func(e *journal.Entry) {
		e.Campaign, e.Office, e.Seq = p.Campaign.ID, office, e.Seq+p.seq
		set(e)
	})
	if err != nil {
		return st, err
	}
	return st, access.MayAuthor(p.Actor, p.Actor.User, &st.Entry, p.Plan)
}
