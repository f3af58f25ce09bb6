package sqlite

import (
	"database/sql"

	"caunoi/journal"
	"caunoi/readiness"
)

func (t *tx) PutAsked(a readiness.Asked) error {
	return fault("ask for a rehearsal", t.q.exec(`INSERT INTO rehearsal (office, day, asked, by) VALUES (?,?,?,?)
		ON CONFLICT (office, day) DO UPDATE SET asked = excluded.asked, by = excluded.by`, a.Office, string(a.Day), micros(a.At), a.By))
}

func (t *tx) AskedFrom(day journal.Day) ([]readiness.Asked, error) {
	return collect(t.q, func(r *sql.Rows) (a readiness.Asked, err error) {
		var at int64
		err = r.Scan(&a.Office, &a.Day, &at, &a.By)
		a.At = instant(at)
		return a, err
	}, `SELECT office, day, asked, by FROM rehearsal WHERE day >= ? ORDER BY office, day`, string(day))
}
