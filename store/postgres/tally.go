package postgres

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"caunoi/journal"
	"caunoi/tally"
)

func scanTie(r pgx.Rows) (tie tally.Tie, err error) {
	return tie, r.Scan(&tie.Token, (*uid)(&tie.Root))
}

func (t *tx) TiesOf(roots []journal.ID) ([]tally.Tie, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return collect(t, scanTie, `SELECT token, root FROM tie WHERE root = ANY($1)`, ids(roots))
}

func (t *tx) TiedTo(tokens []string) ([]tally.Tie, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	return collect(t, scanTie, `SELECT token, root FROM tie WHERE token = ANY($1)`, shorts(tokens))
}

func (t *tx) Tie(ties []tally.Tie) error {
	for part := range slices.Chunk(ties, batch) {
		tokens, roots := make([]string, len(part)), make([]uid, len(part))
		for i, tie := range part {
			tokens[i], roots[i] = short(tie.Token), uid(tie.Root)
		}
		if err := t.exec(`INSERT INTO tie (token, root) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING`, tokens, roots); err != nil {
			return fault("tie records", err)
		}
	}
	return nil
}

const actColumns = `id, campaign, office, day, at, reopen`

func scanAct(r pgx.Rows) (a tally.Act, err error) {
	err = r.Scan((*uid)(&a.ID), &a.Campaign, &a.Office, &a.Day, &a.At, &a.Reopen)
	a.At = utc(a.At)
	return a, err
}

// AddActs takes the whole journal: a closing bears on every entry of its
// campaign, also on those that others are appending.
func (t *tx) AddActs(acts []tally.Act) error {
	if len(acts) == 0 {
		return nil
	}
	if err := t.takeAll(); err != nil {
		return err
	}
	for _, a := range acts {
		err := t.exec(`INSERT INTO act (`+actColumns+`) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET at = excluded.at`,
			uid(a.ID), a.Campaign, a.Office, a.Day, a.At, a.Reopen)
		if err != nil {
			return fault("keep a closing", err)
		}
	}
	return nil
}

func (t *tx) Acts(campaigns []string) ([]tally.Act, error) {
	return collect(t, scanAct, `SELECT `+actColumns+` FROM act WHERE campaign = ANY($1)`, campaigns)
}

func (t *tx) EveryAct() ([]tally.Act, error) {
	return collect(t, scanAct, `SELECT `+actColumns+` FROM act`)
}

func (t *tx) ArrivedAfter(campaign string, at time.Time) ([]journal.ID, error) {
	return collect(t, scanID, `SELECT DISTINCT root FROM entry WHERE (campaign = $1 OR $1 = '') AND arrived > $2 AND waiting IS NULL
		AND kind NOT IN ('closing', 'reopening')`, campaign, at)
}

const placeColumns = `campaign, indicator, dim, office, commune, day, n_all, n_closed`

func scanContribution(r pgx.Rows) (c tally.Contribution, err error) {
	return c, r.Scan((*uid)(&c.Root), &c.Campaign, &c.Indicator, &c.Dim, &c.Office, &c.Commune, &c.Day, &c.All, &c.Closed)
}

func (t *tx) contributions(where string, args ...any) ([]tally.Contribution, error) {
	return collect(t, scanContribution, `SELECT root, `+placeColumns+` FROM contribution `+where, args...)
}

func (t *tx) ContributionsOf(roots []journal.ID) ([]tally.Contribution, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return t.contributions(`WHERE root = ANY($1)`, ids(roots))
}

func (t *tx) EveryContribution() ([]tally.Contribution, error) { return t.contributions(``) }

// InDim also locks these dimensions, in an Update: what is counted from the
// figure of a session (its head count less who was identified there) must see
// what every other transaction did to that session.
func (t *tx) InDim(campaign string, i tally.Indicator, dims []string) ([]tally.Contribution, error) {
	keys := make([]lockKey, len(dims))
	for n, dim := range dims {
		keys[n] = t.store.key(rankSession, campaign+"\x00"+dim)
	}
	if err := t.take(keys); err != nil {
		return nil, err
	}
	return t.contributions(`WHERE campaign = $1 AND indicator = $2 AND dim = ANY($3)`, campaign, i, dims)
}

func scanReview(r pgx.Rows) (v tally.Review, err error) {
	return v, r.Scan((*uid)(&v.Root), &v.Reason, (*uid)(&v.Other), &v.Campaign)
}

func (t *tx) reviews(where string, args ...any) ([]tally.Review, error) {
	return collect(t, scanReview, `SELECT root, reason, other, campaign FROM review `+where, args...)
}

func (t *tx) ReviewsOf(roots []journal.ID) ([]tally.Review, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return t.reviews(`WHERE root = ANY($1)`, ids(roots))
}

func (t *tx) EveryReview() ([]tally.Review, error) { return t.reviews(``) }

func (t *tx) ReviewsOfCampaign(campaign string) ([]tally.Review, error) {
	return t.reviews(`WHERE campaign = $1 AND (root, reason, other) NOT IN (SELECT root, reason, other FROM look WHERE campaign = $1)
		ORDER BY root DESC, reason`, campaign)
}

func (t *tx) Looks(campaign string) ([]tally.Look, error) {
	return collect(t, func(r pgx.Rows) (l tally.Look, err error) {
		err = r.Scan((*uid)(&l.Root), &l.Reason, (*uid)(&l.Other), &l.Campaign, &l.By, &l.At)
		l.At = utc(l.At)
		return l, err
	}, `SELECT root, reason, other, campaign, by, at FROM look WHERE campaign = $1 ORDER BY root, reason, other`, campaign)
}

func (t *tx) Unsettled(campaign string) (looks, apart int64, err error) {
	if looks, err = one(collect(t, scanInt, `SELECT count(*) FROM look WHERE campaign = $1`, campaign)); err == nil {
		apart, err = one(collect(t, scanInt, `SELECT count(*) FROM quarantine WHERE state = 'waiting'`))
	}
	return looks, apart, err
}

func (t *tx) PutLook(l tally.Look) error {
	return fault("keep a look", t.exec(`INSERT INTO look (root, reason, other, campaign, by, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (root, reason, other) DO UPDATE SET by = excluded.by, at = excluded.at`,
		uid(l.Root), l.Reason, plain(l.Other), l.Campaign, l.By, l.At))
}

func (t *tx) DropLook(r tally.Review) error {
	return fault("end a look", t.dropLooks([]tally.Review{r}))
}

func (t *tx) dropLooks(list []tally.Review) error {
	return t.exec(`DELETE FROM look AS l USING unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) AS g (root, reason, other, campaign)
		WHERE l.root = g.root AND l.reason = g.reason AND l.other = g.other`, reviewColumns(list)...)
}

// Change writes all but the figures, which wait for the end of the
// transaction (figure.go).
func (t *tx) Change(c tally.Change) error {
	at, err := t.changesAt(c.Gone)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(c.Gone, batch) {
		err := t.keepPast(part, at)
		if err != nil {
			return fault("count", err)
		}
		err = t.exec(`DELETE FROM contribution AS c
			USING unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[])
				AS g (root, `+placeColumns+`)
			WHERE c.root = g.root AND c.campaign = g.campaign AND c.indicator = g.indicator AND c.dim = g.dim
				AND c.office = g.office AND c.commune = g.commune AND c.day = g.day`, contributionColumns(part)...)
		if err != nil {
			return fault("count", err)
		}
	}
	for part := range slices.Chunk(c.New, batch) {
		err := t.exec(`INSERT INTO contribution (root, `+placeColumns+`, since)
			SELECT n.*, $10::timestamptz FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[]) AS n`,
			append(contributionColumns(part), at)...)
		if err != nil {
			return fault("count", err)
		}
	}
	if err := t.changeReviews(c.ReviewsGone, c.ReviewsNew); err != nil {
		return fault("review", err)
	}
	t.moveFigures(c.Deltas, at)
	return nil
}

// changesAt is since when a change is so that takes these away.
func (t *tx) changesAt(gone []tally.Contribution) (time.Time, error) {
	at := t.standsFrom()
	if len(gone) == 0 {
		return at, nil
	}
	roots := make([]journal.ID, len(gone))
	for i, g := range gone {
		roots[i] = g.Root
	}
	began, err := collect(t, func(r pgx.Rows) (at time.Time, err error) { return at, r.Scan(&at) },
		`SELECT coalesce(max(since), 'epoch') FROM contribution WHERE root = ANY($1)`, ids(roots))
	if err == nil && began[0].After(at) {
		at = utc(began[0])
	}
	return at, err
}

// keepPast keeps from when until when contributions stood.
func (t *tx) keepPast(list []tally.Contribution, until time.Time) error {
	list = slices.DeleteFunc(slices.Clone(list), func(c tally.Contribution) bool { return !c.HasPast() })
	return t.exec(`INSERT INTO contribution_past (root, `+placeColumns+`, since, until)
		SELECT c.root, c.campaign, c.indicator, c.dim, c.office, c.commune, c.day, c.n_all, c.n_closed, c.since, $10::timestamptz FROM contribution AS c
		JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[])
			AS g (root, `+placeColumns+`)
			ON c.root = g.root AND c.campaign = g.campaign AND c.indicator = g.indicator AND c.dim = g.dim
			AND c.office = g.office AND c.commune = g.commune AND c.day = g.day AND c.since < $10`, append(contributionColumns(list), until)...)
}

func (t *tx) changeReviews(gone, added []tally.Review) error {
	for part := range slices.Chunk(gone, batch) {
		err := t.exec(`DELETE FROM review AS r USING unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) AS g (root, reason, other, campaign)
			WHERE r.root = g.root AND r.reason = g.reason AND r.other = g.other`, reviewColumns(part)...)
		if err == nil {
			err = t.dropLooks(part)
		}
		if err != nil {
			return err
		}
	}
	for part := range slices.Chunk(added, batch) {
		err := t.exec(`INSERT INTO review (root, reason, other, campaign)
			SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[])`, reviewColumns(part)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// contributionColumns and reviewColumns turn rows into one array per column,
// for unnest.
func contributionColumns(list []tally.Contribution) []any {
	roots := make([]uid, len(list))
	figures := make([]tally.Figure, len(list))
	for i, c := range list {
		roots[i], figures[i] = uid(c.Root), tally.Figure{Key: c.Key, Cell: c.Cell}
	}
	return append([]any{roots}, figureColumns(figures)...)
}

func reviewColumns(list []tally.Review) []any {
	n := len(list)
	roots, others := make([]uid, n), make([]pgtype.UUID, n)
	reasons, campaigns := make([]string, n), make([]string, n)
	for i, v := range list {
		roots[i], reasons[i], others[i], campaigns[i] = uid(v.Root), v.Reason, plain(v.Other), v.Campaign
	}
	return []any{roots, reasons, others, campaigns}
}

// where turns a query into SQL; every value is a parameter.
func where(q tally.Query) (string, []any) {
	parts := []string{`true`}
	var args []any
	add := func(column, op string, value any) {
		args = append(args, value)
		parts = append(parts, fmt.Sprintf(`%s %s $%d`, column, op, len(args)))
	}
	if q.Campaign != "" {
		add(`campaign`, `=`, q.Campaign)
	}
	if q.Indicator != "" {
		if only := q.Indicator.Parts(); len(only) == 1 { // along the index
			add(`indicator`, `=`, only[0])
		} else {
			var names []string
			for _, i := range only {
				names = append(names, string(i))
			}
			args = append(args, names)
			parts = append(parts, fmt.Sprintf(`indicator = ANY($%d)`, len(args)))
		}
	}
	switch q.Dim {
	case "":
		parts = append(parts, `dim = ''`)
	case "*":
	default:
		if strings.Contains(q.Dim, "=") {
			add(`dim`, `=`, q.Dim)
		} else {
			add(`dim`, `>=`, q.Dim+"=")
			add(`dim`, `<`, q.Dim+">")
		}
	}
	if q.Office != "" {
		add(`office`, `=`, q.Office)
	}
	if q.Commune != "" {
		add(`commune`, `=`, q.Commune)
	}
	if q.Elsewhere {
		parts = append(parts, `commune = ''`)
	}
	if q.From != "" {
		add(`day`, `>=`, q.From)
	}
	if q.To != "" {
		add(`day`, `<=`, q.To)
	}
	return `WHERE ` + strings.Join(parts, ` AND `), args
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
		args = append(args, offset+limit+1)
		part, err := t.contributions(fmt.Sprintf(`%s ORDER BY day DESC, root DESC, indicator LIMIT $%d`, cond, len(args)), args...)
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
	args = append(args, at)
	return fmt.Sprintf(`%[1]s AND since <= $%[2]d UNION ALL SELECT root, `+placeColumns+` FROM contribution_past %[1]s AND since <= $%[2]d AND until > $%[2]d`,
		cond, len(args)), args
}

func (t *tx) ContributedAt(root journal.ID, at time.Time) ([]tally.Contribution, error) {
	cond, args := stood(`WHERE root = $1`, []any{uid(root)}, at)
	return t.contributions(cond, args...)
}

func (t *tx) Lacking(campaign string, figure, other tally.Indicator) ([]journal.ID, error) {
	return collect(t, func(r pgx.Rows) (id journal.ID, err error) { return id, r.Scan((*uid)(&id)) },
		`SELECT DISTINCT root FROM contribution AS c WHERE campaign = $1 AND indicator = $2 AND dim = '' AND NOT EXISTS (
			SELECT 1 FROM contribution AS o WHERE o.root = c.root AND o.campaign = c.campaign AND o.indicator = $3 AND o.dim = '')`,
		campaign, figure, other)
}
