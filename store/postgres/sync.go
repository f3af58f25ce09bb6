package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/people"
	"caunoi/store"
)

func (t *tx) Arrivals(authors []string, since time.Time) ([]store.Arrivals, error) {
	return collect(t, func(r pgx.Rows) (a store.Arrivals, err error) {
		return a, r.Scan(&a.Author, &a.Device, &a.Entries, &a.Last, &a.Missing, &a.Since)
	}, `SELECT author, device, count(*), max(seq), sum(greatest(gap, 0))::bigint, count(*) FILTER (WHERE received_at >= $1)
		FROM (SELECT author, device, seq, received_at, seq - 1 - lag(seq, 1, 0::bigint) OVER (PARTITION BY author, device ORDER BY seq) AS gap
			FROM entry WHERE author = ANY($2)) AS e
		GROUP BY author, device ORDER BY author, device`, since, authors)
}

func (t *tx) Gaps(author, device string, most int) ([][2]int64, error) {
	return collect(t, func(r pgx.Rows) (gap [2]int64, err error) { return gap, r.Scan(&gap[0], &gap[1]) },
		`SELECT last + 1, seq - 1 FROM (SELECT seq, lag(seq, 1, 0::bigint) OVER (ORDER BY seq) AS last FROM entry WHERE author = $1 AND device = $2) AS e
		WHERE seq > last + 1 ORDER BY seq LIMIT $3`, author, device, most)
}

func (t *tx) CountListed(s people.Scope) (map[string]int, error) {
	var w clauses
	w.within(s)
	out := map[string]int{}
	_, err := ask(t, s, func(r pgx.Rows) (commune string, err error) {
		var n int
		err = r.Scan(&commune, &n)
		out[commune] = n
		return commune, err
	}, `SELECT p.commune, count(*) FROM person AS p WHERE p.lead IS NULL AND NOT p.restricted`+w.text.String()+` GROUP BY p.commune`, w.args...)
	return out, err
}
