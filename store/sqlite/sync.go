package sqlite

import (
	"database/sql"
	"time"

	"caunoi/people"
	"caunoi/store"
)

func (t *tx) Arrivals(authors []string, since time.Time) ([]store.Arrivals, error) {
	return collect(t.q, func(r *sql.Rows) (a store.Arrivals, err error) {
		return a, r.Scan(&a.Author, &a.Device, &a.Entries, &a.Last, &a.Missing, &a.Since)
	}, `SELECT author, device, count(*), max(seq), sum(max(gap, 0)), count(*) FILTER (WHERE received_at >= ?)
		FROM (SELECT author, device, seq, received_at, seq - 1 - lag(seq, 1, 0) OVER (PARTITION BY author, device ORDER BY seq) AS gap
			FROM entry WHERE author IN (SELECT value FROM json_each(?)))
		GROUP BY author, device ORDER BY author, device`, micros(since), texts(authors))
}

func (t *tx) Gaps(author, device string, most int) ([][2]int64, error) {
	return collect(t.q, func(r *sql.Rows) (gap [2]int64, err error) { return gap, r.Scan(&gap[0], &gap[1]) },
		`SELECT last + 1, seq - 1 FROM (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS last FROM entry WHERE author = ? AND device = ?)
		WHERE seq > last + 1 ORDER BY seq LIMIT ?`, author, device, most)
}

func (t *tx) CountListed(s people.Scope) (map[string]int, error) {
	var w clauses
	w.within(s)
	out := map[string]int{}
	_, err := collect(t.q, func(r *sql.Rows) (commune string, err error) {
		var n int
		err = r.Scan(&commune, &n)
		out[commune] = n
		return commune, err
	}, `SELECT p.commune, count(*) FROM person AS p WHERE p.lead IS NULL AND NOT p.restricted`+w.text.String()+` GROUP BY p.commune`, w.args...)
	return out, err
}
