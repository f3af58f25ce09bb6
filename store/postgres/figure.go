package postgres

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/store"
	"caunoi/tally"
)

// Figures are rows that many transactions change: whoever changes one keeps
// the others from it until its commit. So a transaction gathers what it does
// to figures, and does it last, in key order, whatever came in how many steps.

// gathered are deltas by since when they are so, and by figure.
type gathered map[time.Time]map[tally.Key]tally.Cell

// moveFigures gathers deltas.
func (t *tx) moveFigures(deltas []tally.Figure, at time.Time) {
	if t.pending == nil {
		t.pending = gathered{}
	}
	if t.pending[at] == nil {
		t.pending[at] = map[tally.Key]tally.Cell{}
	}
	for _, d := range deltas {
		add(t.pending[at], d.Key, d.Cell)
	}
}

func add[K comparable](to map[K]tally.Cell, key K, c tally.Cell) {
	had := to[key]
	to[key] = tally.Cell{All: had.All + c.All, Closed: had.Closed + c.Closed}
}

// inKeyOrder are the deltas other than 0 in key order.
func inKeyOrder(sums map[tally.Key]tally.Cell) (out []tally.Figure) {
	for key, cell := range sums {
		if cell != (tally.Cell{}) {
			out = append(out, tally.Figure{Key: key, Cell: cell})
		}
	}
	slices.SortFunc(out, func(a, b tally.Figure) int { return a.Key.Compare(b.Key) })
	return out
}

func (t *tx) StandsFrom(at time.Time) {
	if at.After(t.at) {
		t.at = at
	}
}

func (t *tx) standsFrom() time.Time {
	if t.at.IsZero() {
		return store.Micro(time.Now())
	}
	return t.at
}

// finish is the last thing that a transaction does before it commits.
func (t *tx) finish() error {
	if err := t.flush(); err != nil {
		return err
	}
	if t.touched {
		// Nothing but the chain of the audit may be locked after the lane.
		err := t.exec(`UPDATE pulse SET n = n + 1 WHERE lane = pg_backend_pid() % 32`)
		if err != nil {
			return fault("count the commit", err)
		}
	}
	return t.chain()
}

// flush writes the gathered deltas.
func (t *tx) flush() error {
	pending := t.pending
	t.pending = nil
	sums := map[tally.Key]tally.Cell{}
	for _, deltas := range pending {
		for key, cell := range deltas {
			add(sums, key, cell)
		}
	}
	t.touched = t.touched || len(sums) > 0
	for part := range slices.Chunk(inKeyOrder(sums), batch) {
		err := t.exec(`INSERT INTO figure AS f (`+placeColumns+`)
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
			ON CONFLICT (campaign, indicator, dim, office, commune, day)
			DO UPDATE SET n_all = f.n_all + excluded.n_all, n_closed = f.n_closed + excluded.n_closed`, figureColumns(part)...)
		if err != nil {
			return fault("count", err)
		}
	}
	byDay := map[int64]map[tally.Key]tally.Cell{}
	for at, deltas := range pending {
		maps.DeleteFunc(deltas, func(k tally.Key, _ tally.Cell) bool { return !k.HasPast() })
		if shown := inKeyOrder(deltas); len(shown) > 0 {
			if err := t.note(shown, at); err != nil {
				return err
			}
			day := at.Unix() / daySeconds
			if byDay[day] == nil {
				byDay[day] = map[tally.Key]tally.Cell{}
			}
			for _, d := range shown {
				add(byDay[day], d.Key, d.Cell)
			}
		}
	}
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		if err := t.noteDay(day, inKeyOrder(byDay[day])); err != nil {
			return err
		}
	}
	return nil
}

const daySeconds = 86_400

// noteDay adds to what a day did to the figures. Many do so at once: in key order.
func (t *tx) noteDay(day int64, deltas []tally.Figure) error {
	for part := range slices.Chunk(deltas, batch) {
		err := t.exec(`INSERT INTO daily_change AS c (on_day, `+placeColumns+`)
			SELECT $9, d.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS d
			ON CONFLICT (campaign, dim, on_day, indicator, office, commune, day)
			DO UPDATE SET n_all = c.n_all + excluded.n_all, n_closed = c.n_closed + excluded.n_closed`,
			append(figureColumns(part), day)...)
		if err != nil {
			return fault("count", err)
		}
	}
	return nil
}

// note keeps what this commit does to the figures that have a past.
func (t *tx) note(deltas []tally.Figure, at time.Time) error {
	change, err := collect(t, scanInt, `INSERT INTO change (at) VALUES ($1) RETURNING change`, at)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(deltas, batch) {
		err := t.exec(`INSERT INTO figure_change (change, `+placeColumns+`)
			SELECT $9, d.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS d`,
			append(figureColumns(part), change[0])...)
		if err != nil {
			return fault("count", err)
		}
	}
	return nil
}

// figureColumns turns rows into one array per column, for unnest.
func figureColumns(list []tally.Figure) []any {
	n := len(list)
	campaign, indicator, dim := make([]string, n), make([]string, n), make([]string, n)
	office, commune, day := make([]string, n), make([]string, n), make([]string, n)
	all, closed := make([]int64, n), make([]int64, n)
	for i, f := range list {
		campaign[i], indicator[i], dim[i] = f.Campaign, string(f.Indicator), f.Dim
		office[i], commune[i], day[i] = f.Office, f.Commune, string(f.Day)
		all[i], closed[i] = int64(f.All), int64(f.Closed)
	}
	return []any{campaign, indicator, dim, office, commune, day, all, closed}
}

// SumInDim adds what this transaction has gathered.
func (t *tx) SumInDim(campaign string, i tally.Indicator, dims []string) (map[string]tally.Cell, error) {
	out, err := t.byDim(`SELECT dim, sum(n_all)::bigint, sum(n_closed)::bigint FROM figure
			WHERE campaign = $1 AND indicator = $2 AND dim = ANY($3) GROUP BY dim`, campaign, i, dims)
	if err != nil {
		return nil, err
	}
	for _, deltas := range t.pending {
		for key, cell := range deltas {
			if key.Campaign == campaign && key.Indicator == i && slices.Contains(dims, key.Dim) {
				add(out, key.Dim, cell)
			}
		}
	}
	return out, nil
}

func (t *tx) byDim(query string, args ...any) (map[string]tally.Cell, error) {
	type row struct {
		dim string
		tally.Cell
	}
	rows, err := collect(t, func(r pgx.Rows) (x row, err error) { return x, r.Scan(&x.dim, &x.All, &x.Closed) }, query, args...)
	out := make(map[string]tally.Cell, len(rows))
	for _, x := range rows {
		out[x.dim] = x.Cell
	}
	return out, err
}

// SumByDim reads this transaction's own figures among them, as Sheet does.
func (t *tx) SumByDim(q tally.Query) (map[string]tally.Cell, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	cond, args := where(q)
	from := `SELECT dim, n_all, n_closed FROM figure ` + cond
	if !q.AsOf.IsZero() {
		changed, all := since(cond, args, q.AsOf)
		from, args = from+` UNION ALL SELECT dim, -n_all, -n_closed FROM `+changed, all
	}
	return t.byDim(`SELECT dim, sum(n_all)::bigint, sum(n_closed)::bigint FROM (`+from+`) AS f
		GROUP BY dim HAVING sum(n_all) <> 0 OR sum(n_closed) <> 0`, args...)
}

// Sheet reads the figures, this transaction's own among them.
func (t *tx) Sheet(q tally.Query) (tally.Sheet, error) {
	if len(t.pending) > 0 {
		if err := t.flush(); err != nil {
			return nil, err
		}
	}
	cond, args := where(q)
	figures := func(sign, query string, args ...any) (tally.Sheet, error) {
		if q.Campaign != "" && q.Dim == "" { // what all have in common is not read of each
			return collect(t, func(r pgx.Rows) (f tally.Figure, err error) {
				f.Campaign = q.Campaign
				return f, r.Scan(&f.Indicator, &f.Office, &f.Commune, &f.Day, &f.All, &f.Closed)
			}, `SELECT indicator, office, commune, day, `+sign+`n_all, `+sign+`n_closed FROM `+query, args...)
		}
		return collect(t, func(r pgx.Rows) (f tally.Figure, err error) {
			return f, r.Scan(&f.Campaign, &f.Indicator, &f.Dim, &f.Office, &f.Commune, &f.Day, &f.All, &f.Closed)
		}, `SELECT campaign, indicator, dim, office, commune, day, `+sign+`n_all, `+sign+`n_closed FROM `+query, args...)
	}
	now, err := figures("", `figure `+cond+` AND (n_all <> 0 OR n_closed <> 0)`, args...)
	if err != nil || q.AsOf.IsZero() {
		return now, err
	}
	from, args := since(cond, args, q.AsOf)
	less, err := figures("-", from, args...)
	return append(now, less...).Compact(), err
}

// since is what changed after an instant: what is left of its day change by
// change, later days as wholes.
func since(cond string, args []any, at time.Time) (from string, all []any) {
	n, today := len(args), at.Unix()/daySeconds
	from = fmt.Sprintf(`(SELECT `+placeColumns+` FROM daily_change %[1]s AND on_day > $%[2]d UNION ALL SELECT `+placeColumns+` FROM figure_change %[1]s
		AND change IN (SELECT change FROM change WHERE at > $%[3]d AND at < $%[4]d)) AS changed`, cond, n+1, n+2, n+3)
	return from, append(slices.Clone(args), today, at, time.Unix((today+1)*daySeconds, 0))
}

// FiguresSince knows a point by the snapshot of the transaction that saw it:
// changes are numbered when they are written, and seen when they are committed.
func (t *tx) FiguresSince(campaign, point string) (moves []tally.Figure, now string, ok bool, err error) {
	type moment struct {
		now    string
		before bool
	}
	at, err := collect(t, func(r pgx.Rows) (m moment, err error) { return m, r.Scan(&m.now, &m.before) },
		`SELECT pg_current_snapshot()::text, $1 <> '' AND pg_snapshot_xmax(was) <= pg_snapshot_xmax(pg_current_snapshot())
				AND NOT EXISTS (SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS open WHERE pg_visible_in_snapshot(open, was))
			FROM (SELECT nullif($1, '')::pg_snapshot AS was) AS point`, point)
	if err != nil {
		return nil, "", false, err
	}
	if now = at[0].now; !at[0].before {
		return nil, now, false, nil
	}
	changes, err := collect(t, scanInt, `SELECT change FROM change
		WHERE xact >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xact, $1::pg_snapshot) LIMIT $2`, point, tally.MostMoves+1)
	if err != nil || len(changes) > tally.MostMoves {
		return nil, now, false, err
	}
	moves, err = collect(t, func(r pgx.Rows) (f tally.Figure, err error) {
		f.Campaign = campaign
		return f, r.Scan(&f.Indicator, &f.Office, &f.Commune, &f.Day, &f.All, &f.Closed)
	}, `SELECT indicator, office, commune, day, n_all, n_closed FROM figure_change WHERE change = ANY($1) AND campaign = $2 AND dim = ''`, changes, campaign)
	return moves, now, err == nil, err
}
