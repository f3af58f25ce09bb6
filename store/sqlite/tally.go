package sqlite

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"caunoi/journal"
	"caunoi/tally"
)

// Lock does nothing: there is one writer.
func (t *tx) Lock([]string) error { return nil }

func scanTie(r *sql.Rows) (tie tally.Tie, err error) { return tie, r.Scan(&tie.Token, &tie.Root) }

func (t *tx) TiesOf(roots []journal.ID) ([]tally.Tie, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return collect(t.q, scanTie, `SELECT token, root FROM tie WHERE root IN (SELECT unhex(value) FROM json_each(?))`, ids(roots))
}

func (t *tx) TiedTo(tokens []string) ([]tally.Tie, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	return collect(t.q, scanTie, `SELECT token, root FROM tie WHERE token IN (SELECT value FROM json_each(?))`, texts(tokens))
}

func (t *tx) Tie(ties []tally.Tie) error {
	for _, tie := range ties {
		if err := t.q.exec(`INSERT INTO tie (token, root) VALUES (?,?) ON CONFLICT DO NOTHING`, tie.Token, tie.Root); err != nil {
			return fault("tie records", err)
		}
	}
	return nil
}

const actColumns = `id, campaign, office, day, at, reopen`

func scanAct(r *sql.Rows) (a tally.Act, err error) {
	var at int64
	err = r.Scan(&a.ID, &a.Campaign, &a.Office, &a.Day, &at, &a.Reopen)
	a.At = instant(at)
	return a, err
}

func (t *tx) AddActs(acts []tally.Act) error {
	for _, a := range acts {
		err := t.q.exec(`INSERT INTO act (`+actColumns+`) VALUES (?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET at = excluded.at`,
			a.ID, a.Campaign, a.Office, a.Day, micros(a.At), a.Reopen)
		if err != nil {
			return fault("keep a closing", err)
		}
	}
	return nil
}

func (t *tx) Acts(campaigns []string) ([]tally.Act, error) {
	return collect(t.q, scanAct, `SELECT `+actColumns+` FROM act WHERE campaign IN (SELECT value FROM json_each(?))`, texts(campaigns))
}

func (t *tx) EveryAct() ([]tally.Act, error) {
	return collect(t.q, scanAct, `SELECT `+actColumns+` FROM act`)
}

func (t *tx) ArrivedAfter(campaign string, at time.Time) ([]journal.ID, error) {
	return collect(t.q, func(r *sql.Rows) (id journal.ID, err error) { return id, r.Scan(&id) },
		`SELECT DISTINCT root FROM entry WHERE (campaign = ?1 OR ?1 = '') AND arrived > ?2 AND waiting IS NULL
			AND kind NOT IN ('closing', 'reopening')`, campaign, micros(at))
}

const placeColumns = `campaign, indicator, dim, office, commune, day, n_all, n_closed`

func scanContribution(r *sql.Rows) (c tally.Contribution, err error) {
	return c, r.Scan(&c.Root, &c.Campaign, &c.Indicator, &c.Dim, &c.Office, &c.Commune, &c.Day, &c.All, &c.Closed)
}

func (t *tx) contributions(where string, args ...any) ([]tally.Contribution, error) {
	return collect(t.q, scanContribution, `SELECT root, `+placeColumns+` FROM contribution `+where, args...)
}

func (t *tx) ContributionsOf(roots []journal.ID) ([]tally.Contribution, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return t.contributions(`WHERE root IN (SELECT unhex(value) FROM json_each(?))`, ids(roots))
}

func (t *tx) EveryContribution() ([]tally.Contribution, error) { return t.contributions(``) }

func (t *tx) InDim(campaign string, i tally.Indicator, dims []string) ([]tally.Contribution, error) {
	return t.contributions(`WHERE campaign = ? AND indicator = ? AND dim IN (SELECT value FROM json_each(?))`,
		campaign, i, texts(dims))
}

func (t *tx) SumInDim(campaign string, i tally.Indicator, dims []string) (map[string]tally.Cell, error) {
	return t.byDim(`SELECT dim, sum(n_all), sum(n_closed) FROM figure
			WHERE campaign = ? AND indicator = ? AND dim IN (SELECT value FROM json_each(?)) GROUP BY dim`,
		campaign, i, texts(dims))
}

func (t *tx) byDim(query string, args ...any) (map[string]tally.Cell, error) {
	type row struct {
		dim string
		tally.Cell
	}
	rows, err := collect(t.q, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.dim, &x.All, &x.Closed) }, query, args...)
	out := make(map[string]tally.Cell, len(rows))
	for _, x := range rows {
		out[x.dim] = x.Cell
	}
	return out, err
}

func scanReview(r *sql.Rows) (v tally.Review, err error) {
	return v, r.Scan(&v.Root, &v.Reason, &v.Other, &v.Campaign)
}

func (t *tx) reviews(where string, args ...any) ([]tally.Review, error) {
	return collect(t.q, scanReview, `SELECT root, reason, other, campaign FROM review `+where, args...)
}

func (t *tx) ReviewsOf(roots []journal.ID) ([]tally.Review, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return t.reviews(`WHERE root IN (SELECT unhex(value) FROM json_each(?))`, ids(roots))
}

func (t *tx) EveryReview() ([]tally.Review, error) { return t.reviews(``) }

func (t *tx) ReviewsOfCampaign(campaign string) ([]tally.Review, error) {
	return t.reviews(`WHERE campaign = ? AND (root, reason, other) NOT IN (SELECT root, reason, other FROM look WHERE campaign = ?)
		ORDER BY root DESC, reason`, campaign, campaign)
}

func (t *tx) Looks(campaign string) ([]tally.Look, error) {
	return collect(t.q, func(r *sql.Rows) (l tally.Look, err error) {
		var at int64
		err = r.Scan(&l.Root, &l.Reason, &l.Other, &l.Campaign, &l.By, &at)
		l.At = instant(at)
		return l, err
	}, `SELECT root, reason, other, campaign, by, at FROM look WHERE campaign = ? ORDER BY root, reason, other`, campaign)
}

func (t *tx) Unsettled(campaign string) (looks, apart int64, err error) {
	if looks, err = one(collect(t.q, scanInt, `SELECT count(*) FROM look WHERE campaign = ?`, campaign)); err == nil {
		apart, err = one(collect(t.q, scanInt, `SELECT count(*) FROM quarantine WHERE state = 'waiting'`))
	}
	return looks, apart, err
}

func (t *tx) PutLook(l tally.Look) error {
	return fault("keep a look", t.q.exec(`INSERT INTO look (root, reason, other, campaign, by, at) VALUES (?,?,?,?,?,?)
		ON CONFLICT (root, reason, other) DO UPDATE SET by = excluded.by, at = excluded.at`,
		l.Root, l.Reason, blob(l.Other), l.Campaign, l.By, micros(l.At)))
}

func (t *tx) DropLook(r tally.Review) error {
	return fault("end a look", t.q.exec(`DELETE FROM look WHERE root = ? AND reason = ? AND other = ?`, r.Root, r.Reason, blob(r.Other)))
}

func (t *tx) Change(c tally.Change) error {
	at, err := t.changesAt(c.Gone)
	if err != nil {
		return err
	}
	for _, g := range c.Gone {
		if err := t.keepPast(g, at); err != nil {
			return fault("count", err)
		}
		if err := t.q.exec(`DELETE FROM contribution WHERE root = ? AND campaign = ? AND indicator = ? AND dim = ?
			AND office = ? AND commune = ? AND day = ?`, g.Root, g.Campaign, g.Indicator, g.Dim, g.Office, g.Commune, g.Day); err != nil {
			return fault("count", err)
		}
	}
	for _, n := range c.New {
		if err := t.q.exec(`INSERT INTO contribution (root, `+placeColumns+`, since) VALUES (?,?,?,?,?,?,?,?,?,?)`,
			n.Root, n.Campaign, n.Indicator, n.Dim, n.Office, n.Commune, n.Day, n.All, n.Closed, at); err != nil {
			return fault("count", err)
		}
	}
	for _, g := range c.ReviewsGone {
		if err := t.q.exec(`DELETE FROM review WHERE root = ? AND reason = ? AND other = ?`, g.Root, g.Reason, blob(g.Other)); err != nil {
			return fault("review", err)
		}
		if err := t.DropLook(g); err != nil {
			return err
		}
	}
	for _, n := range c.ReviewsNew {
		if err := t.q.exec(`INSERT INTO review (root, reason, other, campaign) VALUES (?,?,?,?)`,
			n.Root, n.Reason, blob(n.Other), n.Campaign); err != nil {
			return fault("review", err)
		}
	}
	return t.moveFigures(c.Deltas, at)
}

// changesAt is since when a change is so that takes these away.
func (t *tx) changesAt(gone []tally.Contribution) (int64, error) {
	at := t.standsFrom().UnixMicro()
	if len(gone) == 0 {
		return at, nil
	}
	roots := make([]journal.ID, len(gone))
	for i, g := range gone {
		roots[i] = g.Root
	}
	began, err := collect(t.q, scanInt, `SELECT coalesce(max(since), 0) FROM contribution WHERE root IN (SELECT unhex(value) FROM json_each(?))`, ids(roots))
	if err != nil {
		return 0, err
	}
	return max(at, began[0]), nil
}

// keepPast keeps from when until when a contribution stood.
func (t *tx) keepPast(c tally.Contribution, until int64) error {
	if !c.HasPast() {
		return nil
	}
	return t.q.exec(`INSERT INTO contribution_past (root, `+placeColumns+`, since, until)
		SELECT root, `+placeColumns+`, since, ?1 FROM contribution WHERE root = ?2 AND campaign = ?3 AND indicator = ?4 AND dim = ?5
			AND office = ?6 AND commune = ?7 AND day = ?8 AND since < ?1`, until, c.Root, c.Campaign, c.Indicator, c.Dim, c.Office, c.Commune, c.Day)
}

func (t *tx) moveFigures(deltas []tally.Figure, at int64) error {
	if len(deltas) == 0 {
		return nil
	}
	last, err := collect(t.q, scanInt, `SELECT coalesce(max(change), 0) FROM change`)
	if err != nil {
		return err
	}
	change := last[0] + 1
	if err := t.q.exec(`INSERT INTO change (change, at) VALUES (?,?)`, change, at); err != nil {
		return fault("count", err)
	}
	for _, d := range deltas {
		err := t.q.exec(`INSERT INTO figure (`+placeColumns+`) VALUES (?,?,?,?,?,?,?,?)
			ON CONFLICT DO UPDATE SET n_all = n_all + excluded.n_all, n_closed = n_closed + excluded.n_closed`,
			d.Campaign, d.Indicator, d.Dim, d.Office, d.Commune, d.Day, d.All, d.Closed)
		if err != nil {
			return fault("count", err)
		}
		if !d.HasPast() {
			continue
		}
		err = t.q.exec(`INSERT INTO figure_change (change, `+placeColumns+`) VALUES (?,?,?,?,?,?,?,?,?)`,
			change, d.Campaign, d.Indicator, d.Dim, d.Office, d.Commune, d.Day, d.All, d.Closed)
		if err != nil {
			return fault("count", err)
		}
		err = t.q.exec(`INSERT INTO daily_change (on_day, `+placeColumns+`) VALUES (?,?,?,?,?,?,?,?,?)
			ON CONFLICT DO UPDATE SET n_all = n_all + excluded.n_all, n_closed = n_closed + excluded.n_closed`,
			at/dayMicros, d.Campaign, d.Indicator, d.Dim, d.Office, d.Commune, d.Day, d.All, d.Closed)
		if err != nil {
			return fault("count", err)
		}
	}
	return nil
}

// where turns a query into SQL; every value is a parameter.
func where(q tally.Query) (string, []any) {
	var parts []string
	var args []any
	add := func(sql string, values ...any) {
		parts = append(parts, sql)
		args = append(args, values...)
	}
	if q.Campaign != "" {
		add(`campaign = ?`, q.Campaign)
	}
	if q.Indicator != "" {
		if parts := q.Indicator.Parts(); len(parts) == 1 { // along the index
			add(`indicator = ?`, parts[0])
		} else {
			var names []string
			for _, i := range parts {
				names = append(names, string(i))
			}
			add(`indicator IN (SELECT value FROM json_each(?))`, texts(names))
		}
	}
	switch q.Dim {
	case "":
		add(`dim = ''`)
	case "*":
	default:
		if strings.Contains(q.Dim, "=") {
			add(`dim = ?`, q.Dim)
		} else {
			add(`dim >= ? AND dim < ?`, q.Dim+"=", q.Dim+">")
		}
	}
	if q.Office != "" {
		add(`office = ?`, q.Office)
	}
	if q.Commune != "" {
		add(`commune = ?`, q.Commune)
	}
	if q.Elsewhere {
		add(`commune = ''`)
	}
	if q.From != "" {
		add(`day >= ?`, q.From)
	}
	if q.To != "" {
		add(`day <= ?`, q.To)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return `WHERE ` + strings.Join(parts, ` AND `), args
}

func (t *tx) Sheet(q tally.Query) (tally.Sheet, error) {
	cond, args := where(q)
	if cond == "" {
		cond = `WHERE true`
	}
	figures := func(sign, query string, args ...any) (tally.Sheet, error) {
		if q.Campaign != "" && q.Dim == "" { // what all have in common is not read of each
			return collect(t.q, func(r *sql.Rows) (f tally.Figure, err error) {
				f.Campaign = q.Campaign
				return f, r.Scan(&f.Indicator, &f.Office, &f.Commune, &f.Day, &f.All, &f.Closed)
			}, `SELECT indicator, office, commune, day, `+sign+`n_all, `+sign+`n_closed FROM `+query, args...)
		}
		return collect(t.q, func(r *sql.Rows) (f tally.Figure, err error) {
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

const dayMicros = 86_400_000_000

// since is what changed after an instant: what is left of its day change by
// change, later days as wholes.
func since(cond string, args []any, at time.Time) (from string, all []any) {
	from = `(SELECT ` + placeColumns + ` FROM daily_change ` + cond + ` AND on_day > ? UNION ALL SELECT ` + placeColumns + ` FROM figure_change ` + cond + `
		AND change IN (SELECT change FROM change WHERE at > ? AND at < ?))`
	today := micros(at) / dayMicros
	return from, slices.Concat(args, []any{today}, args, []any{micros(at), (today + 1) * dayMicros})
}

func (t *tx) SumByDim(q tally.Query) (map[string]tally.Cell, error) {
	cond, args := where(q)
	from := `SELECT dim, n_all, n_closed FROM figure ` + cond
	if !q.AsOf.IsZero() {
		changed, more := since(cond, args, q.AsOf)
		from += ` UNION ALL SELECT dim, -n_all, -n_closed FROM ` + changed
		args = append(args, more...)
	}
	return t.byDim(`SELECT dim, sum(n_all), sum(n_closed) FROM (`+from+`) GROUP BY dim HAVING sum(n_all) <> 0 OR sum(n_closed) <> 0`, args...)
}

// FiguresSince knows a point by the number of the last change.
func (t *tx) FiguresSince(campaign, point string) (moves []tally.Figure, now string, ok bool, err error) {
	last, err := collect(t.q, scanInt, `SELECT coalesce(max(change), 0) FROM change`)
	if err != nil {
		return nil, "", false, err
	}
	now = strconv.FormatInt(last[0], 10)
	since, err := strconv.ParseInt(point, 10, 64)
	if err != nil || since > last[0] || since < last[0]-tally.MostMoves {
		return nil, now, false, nil
	}
	moves, err = collect(t.q, func(r *sql.Rows) (f tally.Figure, err error) {
		f.Campaign = campaign
		return f, r.Scan(&f.Indicator, &f.Office, &f.Commune, &f.Day, &f.All, &f.Closed)
	}, `SELECT indicator, office, commune, day, n_all, n_closed FROM figure_change WHERE change > ? AND +campaign = ? AND dim = ''`, since, campaign)
	return moves, now, err == nil, err
}

// Behind pages by offset, since what is behind a figure fits the eye of one
// person; the cursor is the offset. The parts of a sum are read one by one, each
// along the index from its last day on.
func (t *tx) Behind(q tally.Query, cursor string, limit int) ([]tally.Contribution, string, error) {
	offset := 0
	if cursor != "" {
		var err error
		if offset, err = strconv.Atoi(cursor); err != nil || offset < 0 {
			return nil, "", journal.Refuse("cursor.bad", "cursor", cursor)
		}
	}
	var all []tally.Contribution
	for _, q.Indicator = range q.Indicator.Parts() {
		cond, args := where(q)
		if !q.AsOf.IsZero() {
			cond, args = stood(cond, args, q.AsOf)
		}
		part, err := t.contributions(cond+` ORDER BY day DESC, root DESC, indicator LIMIT ?`, append(args, offset+limit+1)...)
		if err != nil {
			return nil, "", err
		}
		all = append(all, part...)
	}
	slices.SortFunc(all, tally.NewestFirst)
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	if len(all) <= offset+limit {
		return page, "", nil
	}
	return page, strconv.Itoa(offset + limit), nil
}

// stood is a condition on contributions with what met it at an instant of the
// past and is no more.
func stood(cond string, args []any, at time.Time) (string, []any) {
	return cond + ` AND since <= ? UNION ALL SELECT root, ` + placeColumns + ` FROM contribution_past ` + cond + ` AND since <= ? AND until > ?`,
		slices.Concat(args, []any{micros(at)}, args, []any{micros(at), micros(at)})
}

func (t *tx) ContributedAt(root journal.ID, at time.Time) ([]tally.Contribution, error) {
	cond, args := stood(`WHERE root = ?`, []any{root}, at)
	return t.contributions(cond, args...)
}

func (t *tx) Lacking(campaign string, figure, other tally.Indicator) ([]journal.ID, error) {
	return collect(t.q, func(r *sql.Rows) (id journal.ID, err error) { return id, r.Scan(&id) },
		`SELECT DISTINCT root FROM contribution AS c WHERE campaign = ? AND indicator = ? AND dim = '' AND NOT EXISTS (
			SELECT 1 FROM contribution AS o WHERE o.root = c.root AND o.campaign = c.campaign AND o.indicator = ? AND o.dim = '')`,
		campaign, figure, other)
}
