package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/tally"
	"caunoi/vault"
)

// tx is a store.Tx.
type tx struct {
	*vault.Box
	ctx context.Context
	q   querier
	at  time.Time // since when figures are as they are made now; zero for now
}

func (t *tx) StandsFrom(at time.Time) {
	if at.After(t.at) {
		t.at = at
	}
}

func (t *tx) standsFrom() time.Time {
	if t.at.IsZero() {
		return time.Now()
	}
	return t.at
}

func (s *Store) tx(ctx context.Context, q querier) *tx {
	t := &tx{ctx: ctx, q: q}
	t.Box = s.keys.In(t)
	return t
}

const headerColumns = `position, id, kind, campaign, office, author, supersedes, rest, digest, erased,
	received_at, offset_ms, received_by, root, session, refs, arrived, waiting`

func scanHeader(rows *sql.Rows, more ...any) (st journal.Stored, err error) {
	var rest, digest, refs []byte
	var received, arrived int64
	dest := append([]any{
		&st.Position, &st.ID, &st.Kind, &st.Campaign, &st.Office, &st.Author, &st.Supersedes, &rest, &digest, &st.Erased,
		&received, &st.Received.OffsetMS, &st.Received.By, &st.Root, &st.Session, &refs, &arrived, &st.Waiting,
	}, more...)
	if err := rows.Scan(dest...); err != nil {
		return st, err
	}
	copy(st.Rest[:], rest)
	copy(st.Digest[:], digest)
	st.Received.At, st.Arrived = instant(received), instant(arrived)
	for ; len(refs) >= 16; refs = refs[16:] {
		st.Refs = append(st.Refs, journal.ID(refs[:16]))
	}
	return st, nil
}

// wholeColumns are those of an entry with its text and its sealed part.
const wholeColumns = headerColumns + `, text, sealed, key, subject`

func scanWhole(rows *sql.Rows) (journal.Stored, error) {
	var text, sealed, subject []byte
	var key string
	st, err := scanHeader(rows, &text, &sealed, &key, &subject)
	if err != nil {
		return st, err
	}
	st.Text, st.Sealed, st.Key = text, sealed, key
	if err := json.Unmarshal(text, &st.Entry); err != nil {
		return st, fmt.Errorf("entry %s cannot be read: %w", st.ID, err)
	}
	if len(subject) > 0 {
		if err := json.Unmarshal(subject, &st.Subject); err != nil {
			return st, fmt.Errorf("entry %s cannot be read: %w", st.ID, err)
		}
	}
	return st, nil
}

// subject is stored as JSON; nil for an entry that names nobody.
func subject(st *journal.Stored) ([]byte, error) {
	if st.Subject == nil {
		return nil, nil
	}
	return json.Marshal(st.Subject)
}

// digest is NULL where there is no personal part.
func digest(st *journal.Stored) []byte {
	if st.Digest == [32]byte{} {
		return nil
	}
	return st.Digest[:]
}

func refs(st *journal.Stored) []byte {
	var b []byte
	for _, id := range st.Refs {
		b = append(b, id[:]...)
	}
	return b
}

func (t *tx) Headers(list []journal.ID) (map[journal.ID]journal.Stored, error) {
	found, err := collect(t.q, func(r *sql.Rows) (journal.Stored, error) { return scanHeader(r) },
		`SELECT `+headerColumns+` FROM entry WHERE id IN (SELECT unhex(value) FROM json_each(?))`, ids(list))
	out := make(map[journal.ID]journal.Stored, len(found))
	for _, st := range found {
		out[st.ID] = st
	}
	return out, err
}

func (t *tx) Insert(entries []journal.Stored) error {
	if len(entries) == 0 {
		return nil
	}
	last, err := collect(t.q, scanInt, `SELECT coalesce(max(position), 0) FROM entry`)
	if err != nil {
		return err
	}
	for i := range entries {
		st := &entries[i]
		st.Position = last[0] + int64(i) + 1
		who, err := subject(st)
		if err != nil {
			return err
		}
		err = t.q.exec(`INSERT INTO entry (`+wholeColumns+`, device, seq) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
			st.Position, st.ID, st.Kind, st.Campaign, st.Office, st.Author, st.Supersedes, st.Rest[:], digest(st), st.Erased,
			micros(st.Received.At), st.Received.OffsetMS, st.Received.By, st.Root, st.Session, refs(st),
			micros(st.Arrived), st.Waiting, st.Text, st.Sealed, st.Key, who, st.Device, st.Seq)
		if err != nil {
			return fault("append an entry", err)
		}
	}
	return nil
}

func scanInt(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }

func (t *tx) whole(where string, args ...any) ([]journal.Stored, error) {
	return collect(t.q, scanWhole, `SELECT `+wholeColumns+` FROM entry `+where, args...)
}

func (t *tx) Waiting(list []journal.ID) ([]journal.Stored, error) {
	return t.whole(`WHERE waiting IN (SELECT unhex(value) FROM json_each(?))`, ids(list))
}

func (t *tx) Resolve(entries []journal.Stored) error {
	for i := range entries {
		st := &entries[i]
		err := t.q.exec(`UPDATE entry SET root = ?, session = ?, refs = ?, arrived = ?, waiting = ? WHERE id = ?`,
			st.Root, st.Session, refs(st), micros(st.Arrived), st.Waiting, st.ID)
		if err != nil {
			return fault("resolve an entry", err)
		}
	}
	return nil
}

func (t *tx) Receive(id journal.ID, r journal.Receipt) error {
	return fault("keep a receipt", t.q.exec(`UPDATE entry SET received_at = ?, offset_ms = ?, received_by = ? WHERE id = ?`,
		micros(r.At), r.OffsetMS, r.By, id))
}

func (t *tx) Incident(st journal.Stored) error {
	key, err := t.NewKey()
	if err != nil {
		return err
	}
	sealed, err := t.SealUnder(key, "incident/"+st.ID.String(), slices.Concat(st.Text, []byte{'\n'}, st.Part))
	if err != nil {
		return err
	}
	return fault("keep an incident", t.q.exec(`INSERT INTO incident (id, received_at, received_by, key, sealed) VALUES (?,?,?,?,?)`,
		st.ID, micros(st.Received.At), st.Received.By, key, sealed))
}

func (t *tx) UnderKeys(keys []string) ([]journal.Stored, error) {
	return t.whole(`WHERE key IN (SELECT value FROM json_each(?)) AND key <> '' ORDER BY position`, texts(keys))
}

// Erase writes what is left of entries that were erased.
func (t *tx) Erase(entries []journal.Stored) error {
	for i := range entries {
		st := &entries[i]
		who, err := subject(st)
		if err != nil {
			return err
		}
		err = t.q.exec(`UPDATE entry SET digest = NULL, erased = 1, sealed = NULL, key = '', subject = ? WHERE id = ?`, who, st.ID)
		if err == nil {
			err = t.q.exec(`DELETE FROM person_key WHERE key IN (SELECT key FROM incident WHERE id = ?)`, st.ID)
		}
		if err == nil {
			err = t.q.exec(`DELETE FROM incident WHERE id = ?`, st.ID)
		}
		if err != nil {
			return fault("erase an entry", err)
		}
	}
	return nil
}

func (t *tx) Records(roots []journal.ID) ([]journal.Stored, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return t.whole(`WHERE root IN (SELECT unhex(value) FROM json_each(?)) ORDER BY position`, ids(roots))
}

func (t *tx) Every() ([]journal.Stored, error) { return t.whole(`ORDER BY position`) }

func (t *tx) Scan(f func(journal.Stored) error) error {
	rows, err := t.q.query(`SELECT ` + wholeColumns + ` FROM entry ORDER BY position`)
	if err != nil {
		return fault("read", err)
	}
	defer rows.Close()
	for rows.Next() {
		st, err := scanWhole(rows)
		if err != nil {
			return fault("read", err)
		}
		if err := f(st); err != nil {
			return err
		}
	}
	return fault("read", rows.Err())
}

func (t *tx) ByID(id journal.ID) (journal.Stored, bool, error) {
	found, err := t.whole(`WHERE id = ?`, id)
	if err != nil || len(found) == 0 {
		return journal.Stored{}, false, err
	}
	return found[0], true, nil
}

func (t *tx) Recent(campaign string, asOf time.Time, limit int) ([]journal.Stored, error) {
	if !asOf.IsZero() {
		return t.whole(`WHERE campaign = ? AND waiting IS NULL AND arrived <= ? ORDER BY arrived DESC, position DESC LIMIT ?`,
			campaign, micros(asOf), limit)
	}
	return t.whole(`WHERE campaign = ? AND waiting IS NULL ORDER BY position DESC LIMIT ?`, campaign, limit)
}

func (t *tx) OfActivities(campaign string) ([]journal.Stored, error) {
	return t.whole(`WHERE `+ofActivities, campaign)
}

const ofActivities = `campaign = ?1 AND waiting IS NULL
	AND kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held', 'attendance', 'confirmation')`

func (t *tx) MarkOfActivities(campaign string) (tally.Mark, error) {
	got, err := collect(t.q, func(r *sql.Rows) (m tally.Mark, err error) { return m, r.Scan(&m.Count, &m.Sum, &m.Last) },
		`SELECT count(*), coalesce(sum(position), 0), coalesce(max(position), 0) FROM entry WHERE `+ofActivities, campaign)
	if err != nil {
		return tally.Mark{}, err
	}
	return got[0], nil
}

func (t *tx) ActivitiesAfter(campaign string, position int64) ([]journal.Stored, error) {
	return t.whole(`WHERE `+ofActivities+` AND root IN (
		WITH touched AS (SELECT iif(kind = 'activity_planned', root, session) AS id FROM entry
			WHERE root IN (SELECT root FROM entry WHERE `+ofActivities+` AND position > ?2) AND `+ofActivities+`)
		SELECT root FROM entry WHERE session IN touched AND `+ofActivities+`
		UNION SELECT id FROM touched)`, campaign, position)
}

func (t *tx) SentBack(campaign, author string) ([]journal.ID, error) {
	return collect(t.q, func(r *sql.Rows) (id journal.ID, err error) { return id, r.Scan(&id) },
		`SELECT DISTINCT root FROM entry AS asks INDEXED BY entry_sent_back WHERE kind = 'sent_back' AND waiting IS NULL
			AND (campaign = ?1 OR ?1 = '') AND (?2 = '' OR EXISTS (
				SELECT 1 FROM entry AS asked WHERE asked.root = substr(asks.refs, 1, 16) AND asked.author = ?2))
			ORDER BY root`, campaign, author)
}

func (t *tx) Epoch() (string, error) { return t.meta("epoch") }

func (t *tx) Renew() error {
	return t.q.exec(`UPDATE meta SET value = lower(hex(randomblob(8))) WHERE key = 'epoch'`)
}

func (t *tx) meta(key string) (string, error) {
	got, err := collect(t.q, func(r *sql.Rows) (v string, err error) { return v, r.Scan(&v) },
		`SELECT value FROM meta WHERE key = ?`, key)
	if err != nil {
		return "", err
	}
	if len(got) == 0 {
		return "", fault("read "+key, errors.New("not there"))
	}
	return got[0], nil
}

func (t *tx) Setting(name string) (string, error) {
	got, err := collect(t.q, func(r *sql.Rows) (v string, err error) { return v, r.Scan(&v) },
		`SELECT value FROM meta WHERE key = ?`, "setting."+name)
	if err != nil || len(got) == 0 {
		return "", err
	}
	return got[0], nil
}

func (t *tx) PutSetting(name, value string) error {
	return fault("write a setting", t.q.exec(`INSERT INTO meta (key, value) VALUES (?,?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, "setting."+name, value))
}

// Position counts entries and changes together, so that it moves with both.
func (t *tx) Position() (int64, error) {
	n, err := collect(t.q, scanInt, `SELECT (SELECT coalesce(max(position), 0) FROM entry) + (SELECT coalesce(max(change), 0) FROM change)`)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}
