package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/access"
)

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

const userColumns = `id, name, role, office, communes, disabled`

func scanUser(r pgx.Rows) (u access.User, err error) {
	var communes string
	if err := r.Scan(&u.ID, &u.Name, &u.Role, &u.Office, &communes, &u.Disabled); err != nil {
		return u, err
	}
	return u, unpack(communes, &u.Communes)
}

func (t *tx) PutUser(u access.User) error {
	communes, err := pack(u.Communes)
	if err != nil {
		return err
	}
	return fault("write a user", t.exec(`INSERT INTO "user" (`+userColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, office = excluded.office,
			communes = excluded.communes, disabled = excluded.disabled`,
		u.ID, u.Name, u.Role, u.Office, communes, u.Disabled))
}

func (t *tx) User(id string) (access.User, error) {
	return one(collect(t, scanUser, `SELECT `+userColumns+` FROM "user" WHERE id = $1`, id))
}

func (t *tx) Users() ([]access.User, error) {
	return collect(t, scanUser, `SELECT `+userColumns+` FROM "user" ORDER BY id`)
}

func (t *tx) PutLink(l access.Link) error {
	return fault("write a link", t.exec(`INSERT INTO link (hash, "user", role, phone, by, made, expires, used) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.Hash, l.User, l.Role, l.Phone, l.By, l.Made, l.Expires, whenever(l.Used)))
}

// TakeLink locks the row, so that of two who take it the second sees it used.
func (t *tx) TakeLink(hash []byte, at time.Time) (access.Link, error) {
	l, err := one(collect(t, func(r pgx.Rows) (l access.Link, err error) {
		var used *time.Time
		err = r.Scan(&l.Hash, &l.User, &l.Role, &l.Phone, &l.By, &l.Made, &l.Expires, &used)
		l.Made, l.Expires, l.Used = utc(l.Made), utc(l.Expires), maybe(used)
		return l, err
	}, `SELECT hash, "user", role, phone, by, made, expires, used FROM link WHERE hash = $1 FOR UPDATE`, hash))
	if err != nil {
		return l, err
	}
	return l, fault("take a link", t.exec(`UPDATE link SET used = $2 WHERE hash = $1 AND used IS NULL AND expires > $2`, hash, at))
}

const sessionColumns = `hash, "user", role, device, made, seen, proven, ended`

func scanSession(r pgx.Rows) (s access.Session, err error) {
	var ended *time.Time
	err = r.Scan(&s.Hash, &s.User, &s.Role, &s.Device, &s.Made, &s.Seen, &s.Proven, &ended)
	s.Made, s.Seen, s.Proven, s.Ended = utc(s.Made), utc(s.Seen), utc(s.Proven), maybe(ended)
	return s, err
}

func (t *tx) PutSession(s access.Session) error {
	return fault("write a session", t.exec(`INSERT INTO session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.Hash, s.User, s.Role, s.Device, s.Made, s.Seen, s.Proven, whenever(s.Ended)))
}

func (t *tx) Session(hash []byte) (access.Session, error) {
	return one(collect(t, scanSession, `SELECT `+sessionColumns+` FROM session WHERE hash = $1`, hash))
}

func (t *tx) SessionsOf(user string) ([]access.Session, error) {
	return collect(t, scanSession, `SELECT `+sessionColumns+` FROM session WHERE "user" = $1 AND ended IS NULL ORDER BY made, hash`, user)
}

func (t *tx) TouchSession(hash []byte, at time.Time) error {
	return fault("note a session", t.exec(`UPDATE session SET seen = $2 WHERE hash = $1 AND ended IS NULL AND seen < $2`, hash, at))
}

func (t *tx) ProveSession(hash []byte, at time.Time) error {
	return fault("note a proof", t.exec(`UPDATE session SET proven = $2 WHERE hash = $1 AND ended IS NULL`, hash, at))
}

func (t *tx) DropSessions(before time.Time, trial bool) (n int, err error) {
	for _, from := range []string{
		` FROM session WHERE ended < $1 OR ended IS NULL AND device = '' AND seen < $1`,
		` FROM link WHERE expires < $1`,
	} {
		some, err := one(collect(t, scanInt, `SELECT count(*)`+from, before))
		if err == nil && !trial {
			err = t.exec(`DELETE`+from, before)
		}
		if err != nil {
			return n, fault("forget sessions", err)
		}
		n += int(some)
	}
	return n, nil
}

func (t *tx) EndSession(hash []byte, at time.Time) error {
	return fault("end a session", t.exec(`UPDATE session SET ended = $2 WHERE hash = $1 AND ended IS NULL`, hash, at))
}
