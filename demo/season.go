package demo

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// season is one campaign in the making.
type season struct {
	campaign.Campaign
	mark     string // of its devices
	ahead    int    // days that activities are planned ahead, at least
	rng      *rand.Rand
	census   *census
	offices  []*office
	province []*worker
	devices  []*device
	drafts   []*draft // what is named before what names it
	sessions map[*office][]*session
	held     []*session // in the order of making
	// Whom the late entries of a festival may still change.
	enrolled []*enrolled
	twins    [][2]*draft
}

func newSeason(c campaign.Campaign, mark string, rng *rand.Rand, people *census, offices []*office, province []*worker) *season {
	return &season{Campaign: c, mark: mark, ahead: 2, rng: rng, census: people, offices: offices, province: province, sessions: map[*office][]*session{}}
}

// days is how many days the season has.
func (s *season) days() int { return s.End.Sub(s.Start) + 1 }

// moment is a minute of a day.
func moment(d journal.Day, minute int) time.Time {
	return d.Start().Add(time.Duration(minute) * time.Minute)
}

// between draws a duration.
func (s *season) between(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(s.rng.Int64N(int64(hi-lo)+1))
}

// one says yes once in n times.
func (s *season) one(n int) bool { return s.rng.IntN(n) == 0 }

// later is a moment some time after another, still in the season and, unless
// nothing else is left, not at night.
func (s *season) later(t time.Time, lo, hi time.Duration) time.Time {
	if x := s.awake(t.Add(s.between(lo, hi))); x.Before(moment(s.End, 22*60+30)) {
		return x
	}
	return t.Add(s.between(5*time.Minute, 25*time.Minute))
}

// awake puts off to the morning what would fall into the night.
func (s *season) awake(t time.Time) time.Time {
	day := journal.DayOf(t)
	switch m := int(t.Sub(day.Start()) / time.Minute); {
	case m < 6*60:
		return moment(day, 6*60+s.rng.IntN(3*60))
	case m > 21*60+30:
		return moment(day.Add(1), 6*60+s.rng.IntN(3*60))
	default:
		return t
	}
}

// id makes a UUIDv7 for a moment of the device's clock.
func (s *season) id(clock time.Time) (id journal.ID) {
	binary.BigEndian.PutUint64(id[:8], uint64(clock.UnixMilli())<<16|0x7000|uint64(s.rng.IntN(1<<12)))
	binary.BigEndian.PutUint64(id[8:], 1<<63|s.rng.Uint64()>>2)
	return id
}

// add records an entry on a device, within the minute.
func (s *season) add(kind string, by *worker, on *device, at time.Time, body any) *draft {
	at = at.Truncate(time.Millisecond).Add(time.Duration(s.rng.IntN(50_000)) * time.Millisecond)
	e := &draft{
		id: s.id(on.clock(at)), kind: kind, office: by.Office, author: by.ID, dev: on, at: at, body: body, salt: s.rng.Uint64(),
	}
	on.drafts = append(on.drafts, e)
	s.drafts = append(s.drafts, e)
	return e
}

// correct supersedes an entry by a copy that change puts right.
func (s *season) correct(old *draft, by *worker, on *device, at time.Time, change func(*draft)) *draft {
	e := s.add(old.kind, by, on, at, old.body)
	e.office, e.commune, e.activity, e.refs, e.who = old.office, old.commune, old.activity, old.refs, old.who
	e.supersedes = old
	change(e)
	return e
}

// withdraw supersedes an entry by nothing.
func (s *season) withdraw(old *draft, by *worker, on *device, at time.Time, reason string) *draft {
	return s.correct(old, by, on, at, func(e *draft) { e.withdrawn, e.refs = reason, nil })
}

// device makes a device for somebody.
func (s *season) device(w *worker, mark string) *device {
	d := &device{
		id:   fmt.Sprintf("%s-%s%s", w.ID, s.mark, mark),
		skew: s.between(-90*time.Second, 90*time.Second).Truncate(time.Millisecond),
	}
	s.devices = append(s.devices, d)
	return d
}

// send settles what each device sent when, and what had to wait for what.
func (s *season) send() {
	for _, d := range s.devices {
		d.send()
	}
	for _, e := range s.drafts {
		e.arrive()
	}
}

// inOrder are the entries in the order in which they were received.
func inOrder(drafts []*draft) {
	slices.SortFunc(drafts, func(a, b *draft) int {
		if c := a.received.Compare(b.received); c != 0 {
			return c
		}
		if a.dev != b.dev {
			if a.dev.id < b.dev.id {
				return -1
			}
			return 1
		}
		return int(a.seq - b.seq)
	})
}

// meeting is where a campaigner and somebody are talking.
type meeting struct {
	*season
	session *session // nil where they met outside of any activity
	by      *worker
	on      *device
	commune string
	at      time.Time
}

// meet finds a time and a place for a person in an office: mostly at one of
// its sessions.
func (s *season) meet(o *office) *meeting {
	if all := s.sessions[o]; len(all) > 0 && s.rng.IntN(3) > 0 {
		return s.joinAt(pick(s.rng, all))
	}
	by := pick(s.rng, o.staff[1:])
	day := s.Start.Add(s.busyDay())
	return &meeting{s, nil, by, by.phone, pick(s.rng, o.communes).Code, moment(day, 7*60+s.rng.IntN(13*60))}
}

// joinAt is a meeting at a session, early enough that it can end there.
func (s *season) joinAt(where *session) *meeting {
	by := pick(s.rng, where.team)
	room := max(5*time.Minute, where.end.Sub(where.start)-25*time.Minute)
	return &meeting{s, where, by, by.phone, where.commune.Code, where.start.Add(s.between(time.Minute, room))}
}

// busyDay draws a day of the season; towards the end there is more to do.
func (s *season) busyDay() int {
	n := s.days()
	return max(s.rng.IntN(n), s.rng.IntN(n+n/2)-n/2)
}

// other is an office that is not this one.
func (s *season) other(o *office) *office {
	i := slices.Index(s.offices, o)
	return s.offices[(i+1+s.rng.IntN(len(s.offices)-1))%len(s.offices)]
}

// fact records something about a person at a meeting.
func (m *meeting) fact(p *person, who *journal.Person, kind string, body any) *draft {
	m.at = m.at.Add(m.between(2*time.Minute, 4*time.Minute))
	e := m.add(kind, m.by, m.on, m.at, body)
	e.commune, e.who = m.commune, who
	if m.session != nil {
		e.activity = m.session.plan
		if p != nil {
			m.session.met[p] = true
		}
	}
	return e
}

// apart is the meeting without its session, for records that will be gone.
func (m *meeting) apart() *meeting {
	alone := *m
	alone.session = nil
	return &alone
}

// join is a lead's decision that two entries are about one person.
func (s *season) join(a, b *draft, at time.Time, by *worker) *draft {
	e := s.add(outreach.PersonsJoined.Name, by, by.desk, at, outreach.JoinedBody{
		A: outreach.PersonRef{Entry: a.id}, B: outreach.PersonRef{Entry: b.id}, Reason: texts().Notes.Join,
	})
	e.refs = []*draft{a, b}
	return e
}

func salted(n uint64) string { return fmt.Sprintf("%016x", n) }

func encode(body any) []byte {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // our own types
	}
	return b
}
