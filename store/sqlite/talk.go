package sqlite

import (
	"database/sql"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/talk"
)

const threadColumns = `id, campaign, office, commune, place, n, last, last_by, last_office, last_at, settled_by, settled_at, changes`

func scanThread(r *sql.Rows) (t talk.Thread, err error) {
	var last, settled int64
	err = r.Scan(&t.ID, &t.Campaign, &t.Office, &t.Commune, &t.Place, &t.N, &t.Last, &t.LastBy, &t.LastOffice, &last, &t.SettledBy, &settled, &t.Changes)
	if err == nil {
		err = json.Unmarshal([]byte(t.Place), &t.Anchor)
	}
	t.LastAt, t.SettledAt = instant(last), maybe(settled)
	return t, err
}

func threadsOf(q talk.Query) (string, []any) {
	where, args := `office IN (SELECT value FROM json_each(?))`, []any{texts(q.Offices)}
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
		args = append(args, q.ID)
	}
	return where, args
}

func (t *tx) Threads(q talk.Query) ([]talk.Thread, error) {
	where, args := threadsOf(q)
	return collect(t.q, scanThread, `SELECT `+threadColumns+` FROM talk WHERE `+where+` ORDER BY last_at DESC, id DESC`, args...)
}

func (t *tx) PutThread(th talk.Thread) error {
	return fault("keep a thread", t.q.exec(`INSERT INTO talk (`+threadColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET n = excluded.n, last = excluded.last, last_by = excluded.last_by, last_office = excluded.last_office,
			last_at = excluded.last_at, settled_by = excluded.settled_by, settled_at = excluded.settled_at, changes = excluded.changes`,
		th.ID, th.Campaign, th.Office, th.Commune, th.Place, th.N, th.Last, th.LastBy, th.LastOffice, micros(th.LastAt),
		th.SettledBy, whenever(th.SettledAt), th.Changes))
}

const messageColumns = `thread, id, n, by, office, at, value, taken_back, key, sealed`

func scanMessage(r *sql.Rows) (m talk.Row, err error) {
	var at, back int64
	err = r.Scan(&m.Thread, &m.ID, &m.N, &m.By, &m.Office, &at, &m.Value, &back, &m.Key, &m.Sealed)
	m.At, m.TakenBack = instant(at), maybe(back)
	return m, err
}

func (t *tx) Messages(offices []string, thread journal.ID) ([]talk.Row, error) {
	return collect(t.q, scanMessage, `SELECT `+messageColumns+` FROM talk_message WHERE thread = ?
		AND thread IN (SELECT id FROM talk WHERE office IN (SELECT value FROM json_each(?))) ORDER BY n`, thread, texts(offices))
}

func (t *tx) LastWords(q talk.Query) ([]talk.Row, error) {
	where, args := threadsOf(q)
	return collect(t.q, scanMessage, `SELECT `+messageColumns+` FROM talk_message
		WHERE (thread, n) IN (SELECT id, last FROM talk WHERE `+where+`)`, args...)
}

func (t *tx) PutMessage(_ string, m talk.Row) error {
	return fault("keep a message", t.q.exec(`INSERT INTO talk_message (`+messageColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (thread, id) DO UPDATE SET taken_back = excluded.taken_back, key = excluded.key, sealed = excluded.sealed`,
		m.Thread, m.ID, m.N, m.By, m.Office, micros(m.At), m.Value, whenever(m.TakenBack), m.Key, m.Sealed))
}

func (t *tx) ReadUpTo(user string) (map[journal.ID]int, error) {
	out := map[journal.ID]int{}
	_, err := collect(t.q, func(r *sql.Rows) (id journal.ID, err error) {
		n := 0
		err = r.Scan(&id, &n)
		out[id] = n
		return id, err
	}, `SELECT thread, n FROM talk_read WHERE user = ?`, user)
	return out, err
}

func (t *tx) PutRead(user string, thread journal.ID, n int) error {
	return fault("keep what was read", t.q.exec(`INSERT INTO talk_read (user, thread, n) VALUES (?,?,?)
		ON CONFLICT (user, thread) DO UPDATE SET n = max(n, excluded.n)`, user, thread, n))
}

func (t *tx) TalkChanges(campaign string, offices []string) (int64, error) {
	return one(collect(t.q, scanInt, `SELECT coalesce(sum(changes), 0) FROM talk
		WHERE campaign = ? AND office IN (SELECT value FROM json_each(?))`, campaign, texts(offices)))
}
