package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/access"
)

func (t *tx) Password(user string) (string, error) {
	return one(collect(t, scanText,
		`SELECT phc FROM password WHERE user_id = $1`, user))
}

func (t *tx) PutPassword(user, phc string) error {
	return fault("write a password", t.exec(`INSERT INTO password (user_id, phc) VALUES ($1, $2)
		ON CONFLICT (user_id) DO UPDATE SET phc = excluded.phc`, user, phc))
}

// Failures keeps others from counting until the transaction ends.
func (t *tx) Failures(key string) (access.Failures, error) {
	if err := t.take([]lockKey{t.store.key(rankToken, "f:"+key)}); err != nil {
		return access.Failures{}, err
	}
	got, err := collect(t, func(r pgx.Rows) (f access.Failures, err error) {
		var last time.Time
		err = r.Scan(&f.N, &last)
		f.Last = utc(last)
		return f, err
	}, `SELECT n, last FROM failures WHERE key = $1`, key)
	if err != nil || len(got) == 0 {
		return access.Failures{}, err
	}
	return got[0], nil
}

// PutFailures leaves no row for a counter at zero.
func (t *tx) PutFailures(key string, f access.Failures) error {
	if f.N == 0 {
		return fault("clear failures", t.exec(`DELETE FROM failures WHERE key = $1`, key))
	}
	return fault("count a failure", t.exec(`INSERT INTO failures (key, n, last) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET n = excluded.n, last = excluded.last`, key, f.N, f.Last))
}

func (t *tx) SweepFailures(before time.Time) error {
	return fault("forget failures", t.exec(`DELETE FROM failures WHERE last < $1`, before))
}

func (t *tx) PutKnownBrowser(hash []byte, user string, at time.Time) error {
	return fault("remember a browser", t.exec(`INSERT INTO known_browser (hash, user_id, at) VALUES ($1, $2, $3)`, hash, user, at))
}

func (t *tx) KnownBrowser(hash []byte, user string, since time.Time) (bool, error) {
	n, err := collect(t, scanInt, `SELECT count(*) FROM known_browser WHERE hash = $1 AND user_id = $2 AND at >= $3`, hash, user, since)
	return err == nil && n[0] > 0, err
}
