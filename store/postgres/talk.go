package postgres

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"caunoi/journal"
	"caunoi/people"
	"caunoi/talk"
)

const threadColumns = `id, campaign, office, commune, place, n, last, last_by, last_office, last_at, settled_by, settled_at, changes`

func scanThread(r pgx.Rows) (t talk.Thread, err error) {
	var settled *time.Time
	err = r.Scan((*uid)(&t.ID), &t.Campaign, &t.Office, &t.Commune, &t.Place, &t.N, &t.Last, &t.LastBy, &t.LastOffice, &t.LastAt, &t.SettledBy, &settled, &t.Changes)
	if err == nil {
		err = json.Unmarshal([]byte(t.Place), &t.Anchor)
	}
	t.LastAt, t.SettledAt = utc(t.LastAt), maybe(settled)
	return t, err
}

func threadsOf(q talk.Query) (string, []any) {
	where, args := `office = ANY(?)`, []any{q.Offices}
	if q.Campaign != "" {
		where += ` AND campaign = ?`
		args = append(args, q.Campaign)
	}
	if q.Place != "" {
		where += ` AND place = ?`
		args = append(args, q.Place)
	}
	if !q.ID.IsZero() {
		where += ` AND id = ?`
		args = append(args, uid(q.ID))
	}
	return where, args
}

// Threads locks the rows in an update, so that of two who speak at once the
// second sees the thread as the first left it.
func (t *tx) Threads(q talk.Query) ([]talk.Thread, error) {
	lock := ` FOR UPDATE`
	if t.locks == nil { // a View changes nothing
		lock = ``
	}
	where, args := threadsOf(q)
	return ask(t, people.Scope{Offices: q.Offices}, scanThread,
		`SELECT `+threadColumns+` FROM talk WHERE `+where+` ORDER BY last_at DESC, id DESC`+lock, args...)
}

// PutThread fails for a thread that another transaction began there meanwhile,
// and the update runs again, which sees it.
func (t *tx) PutThread(th talk.Thread) error {
	return fault("keep a thread", t.run(people.Scope{Offices: []string{th.Office}}, `INSERT INTO talk (`+threadColumns+`)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET n = excluded.n, last = excluded.last, last_by = excluded.last_by, last_office = excluded.last_office,
			last_at = excluded.last_at, settled_by = excluded.settled_by, settled_at = excluded.settled_at, changes = excluded.changes`,
		uid(th.ID), th.Campaign, th.Office, th.Commune, th.Place, th.N, th.Last, th.LastBy, th.LastOffice, th.LastAt,
		th.SettledBy, whenever(th.SettledAt), th.Changes))
}

const messageColumns = `thread, id, n, by, office, at, value, taken_back, key, sealed`

func scanMessage(r pgx.Rows) (m talk.Row, err error) {
	var back *time.Time
	err = r.Scan((*uid)(&m.Thread), (*uid)(&m.ID), &m.N, &m.By, &m.Office, &m.At, &m.Value, &back, &m.Key, &m.Sealed)
	m.At, m.TakenBack = utc(m.At), maybe(back)
	return m, err
}

func (t *tx) Messages(offices []string, thread journal.ID) ([]talk.Row, error) {
	return ask(t, people.Scope{Offices: offices}, scanMessage, `SELECT `+messageColumns+` FROM talk_message WHERE thread = ?
		AND thread IN (SELECT id FROM talk WHERE office = ANY(?)) ORDER BY n`, uid(thread), offices)
}

func (t *tx) LastWords(q talk.Query) ([]talk.Row, error) {
	where, args := threadsOf(q)
	return ask(t, people.Scope{Offices: q.Offices}, scanMessage, `SELECT `+messageColumns+` FROM talk_message
		WHERE (thread, n) IN (SELECT id, last FROM talk WHERE `+where+`)`, args...)
}

func (t *tx) PutMessage(office string, m talk.Row) error {
	return fault("keep a message", t.run(people.Scope{Offices: []string{office}}, `INSERT INTO talk_message (`+messageColumns+`)
		VALUES (?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (thread, id) DO UPDATE SET taken_back = excluded.taken_back, key = excluded.key, sealed = excluded.sealed`,
		uid(m.Thread), uid(m.ID), m.N, m.By, m.Office, m.At, m.Value, whenever(m.TakenBack), m.Key, m.Sealed))
}

func (t *tx) ReadUpTo(user string) (map[journal.ID]int, error) {
	out := map[journal.ID]int{}
	_, err := collect(t, func(r pgx.Rows) (id journal.ID, err error) {
		n := 0
		err = r.Scan((*uid)(&id), &n)
		out[id] = n
		return id, err
	}, `SELECT thread, n FROM talk_read WHERE "user" = $1`, user)
	return out, err
}

func (t *tx) PutRead(user string, thread journal.ID, n int) error {
	return fault("keep what was read", t.exec(`INSERT INTO talk_read ("user", thread, n) VALUES ($1, $2, $3)
		ON CONFLICT ("user", thread) DO UPDATE SET n = greatest(talk_read.n, excluded.n)`, user, uid(thread), n))
}

func (t *tx) TalkChanges(campaign string, offices []string) (int64, error) {
	return one(ask(t, people.Scope{Offices: offices}, scanInt, `SELECT coalesce(sum(changes), 0)::bigint FROM talk
		WHERE campaign = ? AND office = ANY(?)`, campaign, offices))
}
