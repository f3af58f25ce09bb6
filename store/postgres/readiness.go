package postgres

import (
	"github.com/jackc/pgx/v5"

	"caunoi/journal"
	"caunoi/readiness"
)

func (t *tx) PutAsked(a readiness.Asked) error {
	return fault("ask for a rehearsal", t.exec(`INSERT INTO rehearsal (office, day, asked, by) VALUES ($1,$2,$3,$4)
		ON CONFLICT (office, day) DO UPDATE SET asked = excluded.asked, by = excluded.by`, a.Office, a.Day, a.At, a.By))
}

func (t *tx) AskedFrom(day journal.Day) ([]readiness.Asked, error) {
	return collect(t, func(r pgx.Rows) (a readiness.Asked, err error) {
		err = r.Scan(&a.Office, &a.Day, &a.At, &a.By)
		a.At = utc(a.At)
		return a, err
	}, `SELECT office, day, asked, by FROM rehearsal WHERE day >= $1 ORDER BY office, day`, day)
}
