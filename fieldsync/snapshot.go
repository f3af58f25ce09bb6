package fieldsync

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

// SnapshotKept is how long a snapshot stays in memory: long enough to be
// taken over a slow link, in parts.
const SnapshotKept = 10 * time.Minute

// snapshotPage is how many people are read at a time.
const snapshotPage = 500

// Snapshot is the people of a commune as one file, the same for everybody who
// may see them: JSON Lines in gzip. The first line says what follows
// ([snapshotHead]); then comes a line a person, village by village, so that
// the first one is of use while the rest is under way.
type Snapshot struct {
	Commune string
	People  int
	Data    []byte
	Tag     string // names these bytes
}

type snapshotHead struct {
	Version  int      `json:"v"`
	Commune  string   `json:"commune"`
	Name     string   `json:"name"`
	Salt     []byte   `json:"salt"`
	Villages [][2]any `json:"villages"` // name, people
	Ground   *ground  `json:"ground,omitempty"`
}

// The flags of a person in a snapshot.
const (
	flagStudent = 1 << iota
	flagNoSchool
	flagCash
	flagCallable
)

// snapshots are those in memory, by commune, and those being built.
type snapshots struct {
	mu sync.Mutex
	by map[string]*building
}

type building struct {
	done     chan struct{}
	snapshot *Snapshot
	err      error
}

// MaySnapshot says whether the actor may take the people of a commune today; a
// commune of others is as one that is not there.
func MaySnapshot(actor access.Actor, plan *campaign.Plan, commune string, today journal.Day) error {
	if !plan.HasCommune(commune) || access.May(actor, access.ViewPeople, plan.OfficeOf(commune, today), plan) != nil || !actor.Sees(commune) {
		return journal.Refuse("not_found", "what", commune)
	}
	return nil
}

// Snapshot is that of a commune, which is built once for all who ask while it
// is in memory. Whoever asks has been let through by [MaySnapshot].
func (in *Intake) Snapshot(ctx context.Context, commune string) (*Snapshot, error) {
	s := &in.snapshots
	s.mu.Lock()
	b := s.by[commune]
	if b == nil {
		b = &building{done: make(chan struct{})}
		if s.by == nil {
			s.by = map[string]*building{}
		}
		s.by[commune] = b
		go func() {
			b.snapshot, b.err = in.build(context.WithoutCancel(ctx), commune)
			if b.err != nil {
				s.forget(commune)
			} else {
				time.AfterFunc(SnapshotKept, func() { s.forget(commune) })
			}
			close(b.done)
		}()
	}
	s.mu.Unlock()
	select {
	case <-b.done:
		return b.snapshot, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *snapshots) forget(commune string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.by, commune)
}

func (in *Intake) build(ctx context.Context, commune string) (*Snapshot, error) {
	// Nothing in it depends on when it is built: a phone that has it is told so.
	head := snapshotHead{Version: 1, Commune: commune, Villages: [][2]any{}}
	var lines bytes.Buffer
	village, n, total := "", 0, 0
	ended := func() {
		if n > 0 {
			head.Villages = append(head.Villages, [2]any{village, n})
		}
	}
	err := in.store.View(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		c := plan.Communes[commune]
		if c == nil {
			return journal.Refuse("not_found", "what", commune)
		}
		today := journal.DayOf(in.now())
		head.Name = c.On(today).Name
		if head.Ground, err = groundOf(tx, commune); err != nil {
			return err
		}
		head.Salt = []byte(tx.Blind("snapshot", commune))[:16]
		scope := people.Scope{Offices: []string{plan.OfficeOf(commune, today)}, Communes: []string{commune}}
		for q := (people.Query{Commune: commune, Limit: snapshotPage}); ; {
			page, next, err := people.Find(tx, scope, q)
			if err != nil {
				return err
			}
			for i := range page {
				p := &page[i]
				if p.Restricted || p.Name == "" { // who asked to be left alone, or was erased
					continue
				}
				if p.Village != village {
					ended()
					village, n = p.Village, 0
				}
				line, err := json.Marshal(snapshotLine(p, len(head.Villages), head.Salt))
				if err != nil {
					return err
				}
				lines.Write(append(line, '\n'))
				n, total = n+1, total+1
			}
			if q.Cursor = next; next == "" {
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	ended()
	first, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	for _, part := range [][]byte{first, {'\n'}, lines.Bytes()} {
		if _, err := z.Write(part); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(out.Bytes())
	return &Snapshot{Commune: commune, People: total, Data: out.Bytes(), Tag: hex.EncodeToString(sum[:16])}, nil
}

// snapshotLine is a person: id, place of the village in the first line,
// household, name, sex, birth, last days of health and of social insurance,
// months paid, flags, last visit and what came of it, when to come again, whose
// it is, and by what a scanned card is found: citizen number, SI number.
func snapshotLine(p *people.Person, village int, salt []byte) []any {
	birth, visited := p.Birth, journal.Day("")
	if birth == "" && p.BirthYear > 0 {
		birth = strconv.Itoa(p.BirthYear)
	}
	if !p.LastVisit.IsZero() {
		visited = journal.DayOf(p.LastVisit)
	}
	flags := 0
	for flag, is := range map[int]bool{flagStudent: p.Student, flagNoSchool: p.NoSchool, flagCash: p.InCash, flagCallable: p.Callable} {
		if is {
			flags |= flag
		}
	}
	return []any{
		p.ID, village, p.Household, p.Name, p.Sex, birth, p.HIUntil, p.SIUntil, p.SIMonths, flags,
		visited, p.Outcome, p.FollowUp, p.Assigned, numberHash(salt, p.Citizen), numberHash(salt, insured(p)),
	}
}

// insured is the SI number of 10 digits, with which the code of a
// health-insurance card ends as well; empty where neither is known.
func insured(p *people.Person) string {
	if p.SI == "" && (len(p.Card) == 10 || len(p.Card) == 15) {
		return p.Card[len(p.Card)-10:]
	}
	return p.SI
}

// numberHash finds a person whose card is scanned, while the number itself
// stays here. Who has the file and time tries all numbers: it keeps them from a
// glance, and the phone's own encryption from the rest.
func numberHash(salt []byte, number string) string {
	if number == "" {
		return ""
	}
	sum := sha256.Sum256(append(salt[:len(salt):len(salt)], number...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
