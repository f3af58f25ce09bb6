package access_test

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/access/accesstest"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// memory is a store in memory. Rows are values, so a copy of the maps is what
// a failed transaction goes back to.
type memory struct {
	mu       sync.Mutex
	users    map[string]access.User
	links    map[string]access.Link
	sessions map[string]access.Session
	secrets
}

// secrets are passwords and what guards them.
type secrets struct {
	passwords map[string]string
	failures  map[string]access.Failures
	browsers  map[string]time.Time
	passkeys  map[string]access.Passkey
	devices   map[[2]string]access.Device
	standings map[string][]access.Standing
	events    []audit.Row
}

func (s secrets) clone() secrets {
	return secrets{maps.Clone(s.passwords), maps.Clone(s.failures), maps.Clone(s.browsers), maps.Clone(s.passkeys), maps.Clone(s.devices), maps.Clone(s.standings), slices.Clone(s.events)}
}

func (m *memoryTx) PutStanding(s access.Standing) error {
	list := slices.DeleteFunc(slices.Clone(m.standings[s.ID]), func(had access.Standing) bool { return had.Since.Equal(s.Since) })
	m.standings[s.ID] = append(list, s)
	slices.SortFunc(m.standings[s.ID], func(a, b access.Standing) int { return a.Since.Compare(b.Since) })
	return nil
}

func (m *memoryTx) Standings(user string) ([]access.Standing, error) { return m.standings[user], nil }

func (m *memoryTx) PutDevice(d access.Device) error {
	if had, ok := m.devices[[2]string{d.User, d.ID}]; ok {
		d.Made = had.Made
	}
	m.devices[[2]string{d.User, d.ID}] = d
	return nil
}

func (m *memoryTx) Device(user, id string) (access.Device, error) {
	d, err := found(m.devices, [2]string{user, id})
	return m.seen(d), err
}

func (m *memoryTx) seen(d access.Device) access.Device {
	d.Seen = time.Time{}
	for _, s := range m.sessions {
		if s.User == d.User && s.Device == d.ID && s.Seen.After(d.Seen) {
			d.Seen = s.Seen
		}
	}
	return d
}

func (m *memoryTx) Devices(user string) (list []access.Device, err error) {
	for _, d := range m.devices {
		if user == "" || d.User == user {
			list = append(list, m.seen(d))
		}
	}
	slices.SortFunc(list, func(a, b access.Device) int { return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

func (m *memoryTx) Password(user string) (string, error) { return found(m.passwords, user) }

func (m *memoryTx) PutPassword(user, phc string) error { m.passwords[user] = phc; return nil }

func (m *memoryTx) Failures(key string) (access.Failures, error) { return m.failures[key], nil }

func (m *memoryTx) PutFailures(key string, f access.Failures) error { m.failures[key] = f; return nil }

func (m *memoryTx) SweepFailures(before time.Time) error {
	maps.DeleteFunc(m.failures, func(_ string, f access.Failures) bool { return f.Last.Before(before) })
	return nil
}

func (m *memoryTx) PutKnownBrowser(hash []byte, user string, at time.Time) error {
	m.browsers[string(hash)+user] = at
	return nil
}

func (m *memoryTx) KnownBrowser(hash []byte, user string, since time.Time) (bool, error) {
	at, ok := m.browsers[string(hash)+user]
	return ok && !at.Before(since), nil
}

func (m *memoryTx) PutPasskey(p access.Passkey) error {
	if had, ok := m.passkeys[string(p.ID)]; ok {
		p.Name, p.User, p.Made = had.Name, had.User, had.Made
	}
	m.passkeys[string(p.ID)] = p
	return nil
}

func (m *memoryTx) Passkey(id []byte) (access.Passkey, error) { return found(m.passkeys, string(id)) }

func (m *memoryTx) PasskeysOf(user string) (list []access.Passkey, err error) {
	for _, p := range m.passkeys {
		if p.User == user {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b access.Passkey) int { return cmp.Or(a.Made.Compare(b.Made), bytes.Compare(a.ID, b.ID)) })
	return list, nil
}

func (m *memoryTx) DropPasskey(id []byte) error { delete(m.passkeys, string(id)); return nil }

func (m *memoryTx) Chain(r audit.Row) error { m.events = append(m.events, r); return nil }

func (m *memoryTx) LastAudit() (audit.Row, error) { return audit.Row{}, nil }

func (m *memoryTx) Audit(audit.Query) ([]audit.Row, error) { return m.events, nil }

func (m *memoryTx) AuditAfter(int64, int) ([]audit.Row, error) { return nil, nil }

func (m *memoryTx) Derive(string) []byte { return nil }

func newMemory() *memory {
	return &memory{
		users: map[string]access.User{}, links: map[string]access.Link{}, sessions: map[string]access.Session{},
		secrets: secrets{passwords: map[string]string{}, failures: map[string]access.Failures{}, browsers: map[string]time.Time{}, passkeys: map[string]access.Passkey{}, devices: map[[2]string]access.Device{}, standings: map[string][]access.Standing{}},
	}
}

func (m *memory) update(f func(access.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	users, links, sessions, kept := maps.Clone(m.users), maps.Clone(m.links), maps.Clone(m.sessions), m.secrets.clone()
	err := f((*memoryTx)(m))
	if err != nil {
		m.users, m.links, m.sessions, m.secrets = users, links, sessions, kept
	}
	return err
}

type memoryTx memory

func (m *memoryTx) PutUser(u access.User) error { m.users[u.ID] = u; return nil }

func (m *memoryTx) User(id string) (access.User, error) { return found(m.users, id) }

func (m *memoryTx) Users() ([]access.User, error) {
	return slices.SortedFunc(maps.Values(m.users), func(a, b access.User) int { return cmp.Compare(a.ID, b.ID) }), nil
}

func (m *memoryTx) PutLink(l access.Link) error { m.links[string(l.Hash)] = l; return nil }

func (m *memoryTx) TakeLink(hash []byte, at time.Time) (access.Link, error) {
	was, err := found(m.links, string(hash))
	if err == nil && was.Used.IsZero() && was.Expires.After(at) {
		now := was
		now.Used = at
		m.links[string(hash)] = now
	}
	return was, err
}

func (m *memoryTx) PutSession(s access.Session) error { m.sessions[string(s.Hash)] = s; return nil }

func (m *memoryTx) Session(hash []byte) (access.Session, error) {
	return found(m.sessions, string(hash))
}

func (m *memoryTx) SessionsOf(user string) ([]access.Session, error) {
	var out []access.Session
	for _, s := range m.sessions {
		if s.User == user && s.Ended.IsZero() {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b access.Session) int {
		return cmp.Or(a.Made.Compare(b.Made), bytes.Compare(a.Hash, b.Hash))
	})
	return out, nil
}

func (m *memoryTx) TouchSession(hash []byte, at time.Time) error {
	s, ok := m.sessions[string(hash)]
	if ok && s.Ended.IsZero() && at.After(s.Seen) {
		s.Seen = at
		m.sessions[string(hash)] = s
	}
	return nil
}

func (m *memoryTx) ProveSession(hash []byte, at time.Time) error {
	s, ok := m.sessions[string(hash)]
	if ok && s.Ended.IsZero() {
		s.Proven = at
		m.sessions[string(hash)] = s
	}
	return nil
}

func (m *memoryTx) DropSessions(before time.Time, trial bool) (n int, err error) {
	for key, s := range m.sessions {
		if !s.Ended.IsZero() && s.Ended.Before(before) || s.Ended.IsZero() && s.Device == "" && s.Seen.Before(before) {
			if n++; !trial {
				delete(m.sessions, key)
			}
		}
	}
	for key, l := range m.links {
		if l.Expires.Before(before) {
			if n++; !trial {
				delete(m.links, key)
			}
		}
	}
	return n, nil
}

func (m *memoryTx) EndSession(hash []byte, at time.Time) error {
	s, ok := m.sessions[string(hash)]
	if ok && s.Ended.IsZero() {
		s.Ended = at
		m.sessions[string(hash)] = s
	}
	return nil
}

func found[K comparable, V any](m map[K]V, k K) (V, error) {
	v, ok := m[k]
	if !ok {
		return v, access.ErrNotFound
	}
	return v, nil
}

func TestMemory(t *testing.T) {
	accesstest.Run(t, func(*testing.T) func(func(access.Tx) error) error { return newMemory().update })
}

// plan: two provinces; in one of them offices, a sub-office and a partner.
var plan = campaign.NewPlan([]campaign.Item{
	{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province, Name: "Tỉnh mô phỏng"}},
	{Office: &campaign.Office{ID: "sa-pa", Parent: "tinh", Kind: campaign.GrassRoots, Name: "Sa Pa"}},
	{Office: &campaign.Office{ID: "sa-pa-2", Parent: "sa-pa", Kind: campaign.GrassRoots, Name: "Sa Pa 2"}},
	{Office: &campaign.Office{ID: "bac-ha", Parent: "tinh", Kind: campaign.GrassRoots, Name: "Bắc Hà"}},
	{Office: &campaign.Office{ID: "doi-tac", Parent: "tinh", Kind: campaign.Partner, Name: "Đối tác mô phỏng"}},
	{Office: &campaign.Office{ID: "tinh-khac", Kind: campaign.Province, Name: "Tỉnh khác mô phỏng"}},
	{Campaign: &campaign.Campaign{ID: "dot", Province: "tinh", Start: "2025-11-01", End: "2025-11-24"}},
	{Campaign: &campaign.Campaign{ID: "dot-khac", Province: "tinh-khac", Start: "2025-11-01", End: "2025-11-24"}},
})

func user(role access.Role, office string) access.User {
	return access.User{ID: string(role) + "@" + office, Name: "Mô phỏng", Role: role, Office: office}
}

func actor(role access.Role, office string) access.Actor {
	return access.Actor{User: user(role, office)}
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

// code is that of a refusal; empty without an error.
func code(err error) string {
	var r *journal.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return "not a refusal"
	}
	return ""
}
