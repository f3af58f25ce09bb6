package sqlite

import (
	"database/sql"
	"time"

	"caunoi/access"
)

// whenever stores an instant that may be none.
func whenever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

func maybe(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return instant(micro)
}

func one[T any](list []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(list) == 0 {
		return none, access.ErrNotFound
	}
	return list[0], nil
}

func scanUser(r *sql.Rows) (u access.User, err error) {
	var communes string
	if err := r.Scan(&u.ID, &u.Name, &u.Role, &u.Office, &communes, &u.Disabled); err != nil {
		return u, err
	}
	return u, unpack(communes, &u.Communes)
}

const userColumns = `id, name, role, office, communes, disabled`

func (t *tx) PutUser(u access.User) error {
	communes, err := pack(u.Communes)
	if err != nil {
		return err
	}
	return fault("write a user", t.q.exec(`INSERT INTO user (`+userColumns+`) VALUES (?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, office = excluded.office,
			communes = excluded.communes, disabled = excluded.disabled`,
		u.ID, u.Name, string(u.Role), u.Office, communes, u.Disabled))
}

func (t *tx) User(id string) (access.User, error) {
	return one(collect(t.q, scanUser, `SELECT `+userColumns+` FROM user WHERE id = ?`, id))
}

func (t *tx) Users() ([]access.User, error) {
	return collect(t.q, scanUser, `SELECT `+userColumns+` FROM user ORDER BY id`)
}

func (t *tx) PutLink(l access.Link) error {
	return fault("write a link", t.q.exec(`INSERT INTO link (hash, user, role, phone, by, made, expires, used) VALUES (?,?,?,?,?,?,?,?)`,
		l.Hash, l.User, string(l.Role), l.Phone, l.By, micros(l.Made), micros(l.Expires), whenever(l.Used)))
}

func (t *tx) TakeLink(hash []byte, at time.Time) (access.Link, error) {
	l, err := one(collect(t.q, func(r *sql.Rows) (l access.Link, err error) {
		var made, expires, used int64
		err = r.Scan(&l.Hash, &l.User, &l.Role, &l.Phone, &l.By, &made, &expires, &used)
		l.Made, l.Expires, l.Used = instant(made), instant(expires), maybe(used)
		return l, err
	}, `SELECT hash, user, role, phone, by, made, expires, used FROM link WHERE hash = ?`, hash))
	if err != nil {
		return l, err
	}
	return l, fault("take a link", t.q.exec(`UPDATE link SET used = ? WHERE hash = ? AND used = 0 AND expires > ?`, micros(at), hash, micros(at)))
}

const sessionColumns = `hash, user, role, device, made, seen, proven, ended`

func scanSession(r *sql.Rows) (s access.Session, err error) {
	var made, seen, proven, ended int64
	err = r.Scan(&s.Hash, &s.User, &s.Role, &s.Device, &made, &seen, &proven, &ended)
	s.Made, s.Seen, s.Proven, s.Ended = instant(made), instant(seen), maybe(proven), maybe(ended)
	return s, err
}

func (t *tx) PutSession(s access.Session) error {
	return fault("write a session", t.q.exec(`INSERT INTO session (`+sessionColumns+`) VALUES (?,?,?,?,?,?,?,?)`,
		s.Hash, s.User, string(s.Role), s.Device, micros(s.Made), micros(s.Seen), whenever(s.Proven), whenever(s.Ended)))
}

func (t *tx) Session(hash []byte) (access.Session, error) {
	return one(collect(t.q, scanSession, `SELECT `+sessionColumns+` FROM session WHERE hash = ?`, hash))
}

func (t *tx) SessionsOf(user string) ([]access.Session, error) {
	return collect(t.q, scanSession, `SELECT `+sessionColumns+` FROM session WHERE user = ? AND ended = 0 ORDER BY made, hash`, user)
}

func (t *tx) TouchSession(hash []byte, at time.Time) error {
	return fault("note a session", t.q.exec(`UPDATE session SET seen = ? WHERE hash = ? AND ended = 0 AND seen < ?`, micros(at), hash, micros(at)))
}

func (t *tx) ProveSession(hash []byte, at time.Time) error {
	return fault("note a proof", t.q.exec(`UPDATE session SET proven = ? WHERE hash = ? AND ended = 0`, micros(at), hash))
}

func (t *tx) DropSessions(before time.Time, trial bool) (n int, err error) {
	for _, from := range []string{
		` FROM session WHERE ended <> 0 AND ended < ?1 OR ended = 0 AND device = '' AND seen < ?1`,
		` FROM link WHERE expires < ?1`,
	} {
		some, err := one(collect(t.q, scanInt, `SELECT count(*)`+from, micros(before)))
		if err == nil && !trial {
			err = t.q.exec(`DELETE`+from, micros(before))
		}
		if err != nil {
			return n, fault("forget sessions", err)
		}
		n += int(some)
	}
	return n, nil
}

func (t *tx) EndSession(hash []byte, at time.Time) error {
	return fault("end a session", t.q.exec(`UPDATE session SET ended = ? WHERE hash = ? AND ended = 0`, micros(at), hash))
}
