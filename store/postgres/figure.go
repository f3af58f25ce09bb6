package postgres

import (
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/tally"
)

// Figures are rows that many transactions change: whoever changes one keeps
// the others from it until its commit. So a transaction gathers what it does
// to figures, and does it last, in key order, whatever came in how many steps.

// moveFigures gathers deltas.
func (t *tx) moveFigures(deltas []tally.Figure) {
	if t.pending == nil {
		t.pending = map[tally.Key]tally.Cell{}
	}
	for _, d := range deltas {
		had := t.pending[d.Key]
		t.pending[d.Key] = tally.Cell{All: had.All + d.All, Closed: had.Closed + d.Closed}
	}
}

func (t *tx) StandsFrom(at time.Time) {
	if at.After(t.at) {
		t.at = at
	}
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
	var deltas, shown []tally.Figure
	for key, cell := range t.pending {
		if cell != (tally.Cell{}) {
			deltas = append(deltas, tally.Figure{Key: key, Cell: cell})
		}
	}
	t.pending = nil
	if len(deltas) == 0 {
		return nil
	}
	t.touched = true
	slices.SortFunc(deltas, func(a, b tally.Figure) int { return a.Key.Compare(b.Key) })
	for part := range slices.Chunk(deltas, batch) {
		err := t.exec(`INSERT INTO figure AS f (`+placeColumns+`)
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
			ON CONFLICT (campaign, indicator, dim, office, commune, day)
			DO UPDATE SET n_all = f.n_all + excluded.n_all, n_closed = f.n_closed + excluded.n_closed`, figureColumns(part)...)
		if err != nil {
			return fault("count", err)
		}
	}
	for _, d := range deltas {
		if d.Dim == "" {
			shown = append(shown, d)
		}
	}
	return t.note(shown)
}

// note keeps what this commit does to the figures that are shown.
func (t *tx) note(deltas []tally.Figure) error {
	var at *time.Time
	if !t.at.IsZero() {
		at = &t.at
	}
	change, err := collect(t, scanInt, `INSERT INTO change (at) VALUES (coalesce($1, clock_timestamp())) RETURNING change`, at)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(deltas, batch) {
		err := t.exec(`INSERT INTO figure_change (change, campaign, indicator, office, commune, day, n_all, n_closed)
			SELECT $9, campaign, indicator, office, commune, day, n_all, n_closed
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
				AS d (`+placeColumns+`)`, append(figureColumns(part), change[0])...)
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
	type row struct {
		dim string
		tally.Cell
	}
	rows, err := collect(t, func(r pgx.Rows) (x row, err error) { return x, r.Scan(&x.dim, &x.All, &x.Closed) },
		`SELECT dim, sum(n_all)::bigint, sum(n_closed)::bigint FROM figure
			WHERE campaign = $1 AND indicator = $2 AND dim = ANY($3) GROUP BY dim`, campaign, i, dims)
	out := make(map[string]tally.Cell, len(rows))
	for _, x := range rows {
		out[x.dim] = x.Cell
	}
	for key, cell := range t.pending {
		if key.Campaign == campaign && key.Indicator == i && slices.Contains(dims, key.Dim) {
			had := out[key.Dim]
			out[key.Dim] = tally.Cell{All: had.All + cell.All, Closed: had.Closed + cell.Closed}
		}
	}
	return out, err
}

// Sheet reads the figures, this transaction's own among them.
func (t *tx) Sheet(q tally.Query) (tally.Sheet, error) {
	if len(t.pending) > 0 {
		if err := t.flush(); err != nil {
			return nil, err
		}
	}
	cond, args := where(q)
	from := `SELECT ` + placeColumns + ` FROM figure ` + cond + ` AND (n_all <> 0 OR n_closed <> 0)`
	if !q.AsOf.IsZero() {
		// What changed since is taken away: less than what there is, unless one
		// looks far back.
		args = append(args, q.AsOf)
		from = fmt.Sprintf(`SELECT campaign, indicator, dim, office, commune, day, sum(n_all)::bigint, sum(n_closed)::bigint FROM (
				SELECT `+placeColumns+` FROM figure %[1]s
				UNION ALL
				SELECT campaign, indicator, dim, office, commune, day, -n_all, -n_closed FROM (SELECT *, '' AS dim FROM figure_change
					WHERE change IN (SELECT change FROM change WHERE at > $%[2]d)) AS later %[1]s) AS both_of_them
			GROUP BY campaign, indicator, dim, office, commune, day HAVING sum(n_all) <> 0 OR sum(n_closed) <> 0`, cond, len(args))
	}
	return collect(t, func(r pgx.Rows) (f tally.Figure, err error) {
		return f, r.Scan(&f.Campaign, &f.Indicator, &f.Dim, &f.Office, &f.Commune, &f.Day, &f.All, &f.Closed)
	}, from, args...)
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
	}, `SELECT indicator, office, commune, day, n_all, n_closed FROM figure_change WHERE change = ANY($1) AND campaign = $2`, changes, campaign)
	return moves, now, err == nil, err
}
