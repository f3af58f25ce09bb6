package sqlite

import (
	"database/sql"
	"time"

	"caunoi/access"
)

func (t *tx) Password(user string) (string, error) {
	return one(collect(t.q, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT phc FROM password WHERE user_id = ?`, user))
}

func (t *tx) PutPassword(user, phc string) error {
	return fault("write a password", t.q.exec(`INSERT INTO password (user_id, phc) VALUES (?, ?)
		ON CONFLICT (user_id) DO UPDATE SET phc = excluded.phc`, user, phc))
}

func (t *tx) Failures(key string) (access.Failures, error) {
	got, err := collect(t.q, func(r *sql.Rows) (f access.Failures, err error) {
		var last int64
		err = r.Scan(&f.N, &last)
		f.Last = instant(last)
		return f, err
	}, `SELECT n, last FROM failures WHERE key = ?`, key)
	if err != nil || len(got) == 0 {
		return access.Failures{}, err
	}
	return got[0], nil
}

// PutFailures leaves no row for a counter at zero.
func (t *tx) PutFailures(key string, f access.Failures) error {
	if f.N == 0 {
		return fault("clear failures", t.q.exec(`DELETE FROM failures WHERE key = ?`, key))
	}
	return fault("count a failure", t.q.exec(`INSERT INTO failures (key, n, last) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET n = excluded.n, last = excluded.last`, key, f.N, micros(f.Last)))
}

func (t *tx) SweepFailures(before time.Time) error {
	return fault("forget failures", t.q.exec(`DELETE FROM failures WHERE last < ?`, micros(before)))
}

func (t *tx) PutKnownBrowser(hash []byte, user string, at time.Time) error {
	return fault("remember a browser", t.q.exec(`INSERT INTO known_browser (hash, user_id, at) VALUES (?, ?, ?)`, hash, user, micros(at)))
}

func (t *tx) KnownBrowser(hash []byte, user string, since time.Time) (bool, error) {
	n, err := collect(t.q, scanInt, `SELECT count(*) FROM known_browser WHERE hash = ? AND user_id = ? AND at >= ?`, hash, user, micros(since))
	return err == nil && n[0] > 0, err
}
