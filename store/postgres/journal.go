package postgres

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"caunoi/journal"
	"caunoi/tally"
)

const headerColumns = `position, id, kind, campaign, office, author, supersedes, rest, digest, erased,
	received_at, offset_ms, received_by, root, session, refs, arrived, waiting`

// inOrder is the order of commit.
const inOrder = ` ORDER BY xact, position`

func scanHeader(r pgx.Rows, more ...any) (st journal.Stored, err error) {
	var rest, digest []byte
	var refs []uid
	dest := append([]any{
		&st.Position, (*uid)(&st.ID), &st.Kind, &st.Campaign, &st.Office, &st.Author, (*uid)(&st.Supersedes), &rest, &digest, &st.Erased,
		&st.Received.At, &st.Received.OffsetMS, &st.Received.By, (*uid)(&st.Root), (*uid)(&st.Session), &refs, &st.Arrived, (*uid)(&st.Waiting),
	}, more...)
	if err := r.Scan(dest...); err != nil {
		return st, err
	}
	copy(st.Rest[:], rest)
	copy(st.Digest[:], digest)
	st.Received.At, st.Arrived = utc(st.Received.At), utc(st.Arrived)
	for _, ref := range refs {
		st.Refs = append(st.Refs, journal.ID(ref))
	}
	return st, nil
}

// wholeColumns are those of an entry with its text and its sealed part.
const wholeColumns = headerColumns + `, text, sealed, key, subject`

func scanWhole(r pgx.Rows) (journal.Stored, error) { return scanMore(r) }

func scanMore(r pgx.Rows, more ...any) (journal.Stored, error) {
	var text, sealed, subject []byte
	var key string
	st, err := scanHeader(r, append([]any{&text, &sealed, &key, &subject}, more...)...)
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

func (t *tx) whole(where string, args ...any) ([]journal.Stored, error) {
	return collect(t, scanWhole, `SELECT `+wholeColumns+` FROM entry `+where, args...)
}

// Headers also locks, in an Update, whatever decides what becomes of entries
// that name these ids: the ids that are missing, and those for which held
// entries wait. Without that an entry and what it waits for, appended by two
// transactions at once, would not see each other, and it would wait for ever.
// What is here and not held changes no more but for its receipt.
func (t *tx) Headers(list []journal.ID) (map[journal.ID]journal.Stored, error) {
	if err := t.share(); err != nil {
		return nil, err
	}
	for {
		found, err := collect(t, func(r pgx.Rows) (journal.Stored, error) { return scanHeader(r) },
			`SELECT `+headerColumns+` FROM entry WHERE id = ANY($1)`, ids(list))
		if err != nil {
			return nil, err
		}
		out := make(map[journal.ID]journal.Stored, len(found))
		for _, st := range found {
			out[st.ID] = st
		}
		locked, err := t.lockOpen(list, out)
		if err != nil || !locked {
			return out, err
		}
	}
}

// lockOpen locks the open ends of what Headers found, and says whether it was
// not so before, so that they have to be read again.
func (t *tx) lockOpen(list []journal.ID, found map[journal.ID]journal.Stored) (bool, error) {
	if t.locks == nil || t.locks.alone {
		return false, nil
	}
	var keys []lockKey
	need := func(id journal.ID) {
		if k := t.store.key(rankID, id.String()); !t.locks.held[k] {
			keys = append(keys, k)
		}
	}
	for _, id := range list {
		if st, ok := found[id]; !ok {
			need(id)
		} else if st.Held() {
			need(st.Waiting)
		}
	}
	return len(keys) > 0, t.take(keys)
}

// Insert numbers entries in their order: the sequence is drawn as the rows
// come, which ORDER BY settles.
func (t *tx) Insert(entries []journal.Stored) error {
	for part := range slices.Chunk(entries, 500) {
		if err := t.insert(part); err != nil {
			return fault("append entries", err)
		}
	}
	return nil
}

func (t *tx) insert(entries []journal.Stored) error {
	n := len(entries)
	id, supersedes, root, session, waiting := make([]uid, n), make([]uid, n), make([]uid, n), make([]uid, n), make([]uid, n)
	kind, campaign, office, author, by, refs := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	rest, digests, text, sealed, subjects := make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
	erased, key := make([]bool, n), make([]string, n)
	received, arrived := make([]time.Time, n), make([]time.Time, n)
	offset, seq, device := make([]int64, n), make([]int64, n), make([]string, n)
	at := make(map[journal.ID]int, n)
	for i := range entries {
		st := &entries[i]
		at[st.ID] = i
		id[i], supersedes[i], root[i], session[i], waiting[i] = uid(st.ID), uid(st.Supersedes), uid(st.Root), uid(st.Session), uid(st.Waiting)
		kind[i], campaign[i], office[i], author[i] = st.Kind, st.Campaign, st.Office, st.Author
		rest[i], digests[i], erased[i], text[i], refs[i] = st.Rest[:], digest(st), st.Erased, st.Text, literal(st.Refs)
		sealed[i], key[i], device[i], seq[i] = st.Sealed, st.Key, st.Device, st.Seq
		var err error
		if subjects[i], err = subject(st); err != nil {
			return err
		}
		received[i], offset[i], by[i], arrived[i] = st.Received.At, st.Received.OffsetMS, st.Received.By, st.Arrived
	}
	type number struct {
		id       journal.ID
		position int64
	}
	numbers, err := collect(t, func(r pgx.Rows) (x number, err error) { return x, r.Scan((*uid)(&x.id), &x.position) },
		`INSERT INTO entry (id, kind, campaign, office, author, supersedes, rest, digest, erased,
			received_at, offset_ms, received_by, root, session, refs, arrived, waiting, text, sealed, key, subject, device, seq)
		SELECT id, kind, campaign, office, author, supersedes, rest, digest, erased,
			received_at, offset_ms, received_by, root, session, refs::uuid[], arrived, waiting, text, sealed, key, subject, device, seq
		FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bytea[], $8::bytea[], $9::boolean[],
			$10::timestamptz[], $11::bigint[], $12::text[], $13::uuid[], $14::uuid[], $15::text[], $16::timestamptz[], $17::uuid[],
			$18::bytea[], $19::bytea[], $20::text[], $21::bytea[], $22::text[], $23::bigint[])
			WITH ORDINALITY AS e (id, kind, campaign, office, author, supersedes, rest, digest, erased,
			received_at, offset_ms, received_by, root, session, refs, arrived, waiting, text, sealed, key, subject, device, seq, n)
		ORDER BY n RETURNING id, position`,
		id, kind, campaign, office, author, supersedes, rest, digests, erased, received, offset, by, root, session, refs, arrived, waiting,
		text, sealed, key, subjects, device, seq)
	for _, x := range numbers {
		entries[at[x.id]].Position = x.position
	}
	t.touched = true
	return err
}

// literal writes a uuid[] as PostgreSQL reads it, since arrays of arrays must
// be of one length.
func literal(refs []journal.ID) string {
	parts := make([]string, len(refs))
	for i, id := range refs {
		parts[i] = id.String()
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (t *tx) Waiting(list []journal.ID) ([]journal.Stored, error) {
	return t.whole(`WHERE waiting = ANY($1)`+inOrder, ids(list))
}

func (t *tx) Resolve(entries []journal.Stored) error {
	for part := range slices.Chunk(entries, batch) {
		n := len(part)
		id, root, session, waiting := make([]uid, n), make([]uid, n), make([]uid, n), make([]uid, n)
		refs, arrived := make([]string, n), make([]time.Time, n)
		for i := range part {
			st := &part[i]
			id[i], root[i], session[i], waiting[i] = uid(st.ID), uid(st.Root), uid(st.Session), uid(st.Waiting)
			refs[i], arrived[i] = literal(st.Refs), st.Arrived
		}
		err := t.exec(`UPDATE entry SET root = u.root, session = u.session, refs = u.refs::uuid[], arrived = u.arrived, waiting = u.waiting
			FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::uuid[]) AS u (id, root, session, refs, arrived, waiting)
			WHERE entry.id = u.id`, id, root, session, refs, arrived, waiting)
		if err != nil {
			return fault("resolve entries", err)
		}
		t.touched = true
	}
	return nil
}

// Receive leaves a receipt that another transaction has made earlier still.
func (t *tx) Receive(id journal.ID, r journal.Receipt) error {
	t.touched = true
	return fault("keep a receipt", t.exec(`UPDATE entry SET received_at = $2, offset_ms = $3, received_by = $4
		WHERE id = $1 AND (received_at, offset_ms, received_by) > ($2, $3, $4)`, uid(id), r.At, r.OffsetMS, r.By))
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
	return fault("keep an incident", t.exec(`INSERT INTO incident (id, received_at, received_by, key, sealed) VALUES ($1, $2, $3, $4, $5)`,
		uid(st.ID), st.Received.At, st.Received.By, key, sealed))
}

func (t *tx) UnderKeys(keys []string) ([]journal.Stored, error) {
	return t.whole(`WHERE key = ANY($1) AND key <> ''`+inOrder, keys)
}

// Erase writes what is left of entries that were erased.
func (t *tx) Erase(entries []journal.Stored) error {
	if err := t.share(); err != nil {
		return err
	}
	for i := range entries {
		st := &entries[i]
		who, err := subject(st)
		if err != nil {
			return err
		}
		err = t.exec(`UPDATE entry SET digest = NULL, erased = true, sealed = NULL, key = '', subject = $2 WHERE id = $1`, uid(st.ID), who)
		if err == nil {
			err = t.exec(`DELETE FROM person_key WHERE key IN (SELECT key FROM incident WHERE id = $1)`, uid(st.ID))
		}
		if err == nil {
			err = t.exec(`DELETE FROM incident WHERE id = $1`, uid(st.ID))
		}
		if err != nil {
			return fault("erase an entry", err)
		}
		t.touched = true
	}
	return nil
}

func (t *tx) Records(roots []journal.ID) ([]journal.Stored, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	return t.whole(`WHERE root = ANY($1)`+inOrder, ids(roots))
}

func (t *tx) Every() ([]journal.Stored, error) { return t.whole(inOrder) }

// Scan reads page by page, so that f may read too. The text of xact has a name
// of its own, since ORDER BY takes the name of a result before that of a column.
func (t *tx) Scan(f func(journal.Stored) error) error {
	type place struct {
		xact     string
		position int64
	}
	last := place{"0", 0}
	for {
		page, err := collect(t, func(r pgx.Rows) (st journal.Stored, err error) {
			st, err = scanMore(r, &last.xact)
			last.position = st.Position
			return st, err
		}, `SELECT `+wholeColumns+`, xact::text AS page FROM entry WHERE (xact, position) > ($1::text::xid8, $2)`+inOrder+` LIMIT 1000`,
			last.xact, last.position)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, st := range page {
			if err := f(st); err != nil {
				return err
			}
		}
	}
}

func (t *tx) ByID(id journal.ID) (journal.Stored, bool, error) {
	found, err := t.whole(`WHERE id = $1`, uid(id))
	if err != nil || len(found) == 0 {
		return journal.Stored{}, false, err
	}
	return found[0], true, nil
}

func (t *tx) Recent(campaign string, asOf time.Time, limit int) ([]journal.Stored, error) {
	if !asOf.IsZero() {
		return t.whole(`WHERE campaign = $1 AND waiting IS NULL AND arrived <= $2 ORDER BY arrived DESC, xact DESC, position DESC LIMIT $3`,
			campaign, asOf, limit)
	}
	return t.whole(`WHERE campaign = $1 AND waiting IS NULL ORDER BY xact DESC, position DESC LIMIT $2`, campaign, limit)
}

func (t *tx) OfActivities(campaign string) ([]journal.Stored, error) {
	return t.whole(`WHERE `+ofActivities+inOrder, campaign)
}

const ofActivities = `campaign = $1 AND waiting IS NULL
	AND kind IN ('activity_planned', 'activity_moved', 'activity_cancelled', 'activity_held', 'attendance', 'confirmation')`

func (t *tx) MarkOfActivities(campaign string) (tally.Mark, error) {
	got, err := collect(t, func(r pgx.Rows) (m tally.Mark, err error) { return m, r.Scan(&m.Count, &m.Sum, &m.Last) },
		`SELECT count(*), coalesce(sum(position), 0)::bigint, coalesce(max(position), 0) FROM entry WHERE `+ofActivities, campaign)
	if err != nil {
		return tally.Mark{}, err
	}
	return got[0], nil
}

func (t *tx) ActivitiesAfter(campaign string, position int64) ([]journal.Stored, error) {
	return t.whole(`WHERE `+ofActivities+` AND root IN (
		WITH touched AS (SELECT CASE kind WHEN 'activity_planned' THEN root ELSE session END AS id FROM entry
			WHERE root IN (SELECT root FROM entry WHERE `+ofActivities+` AND position > $2) AND `+ofActivities+`)
		SELECT root FROM entry WHERE session IN (SELECT id FROM touched) AND `+ofActivities+`
		UNION SELECT id FROM touched)`+inOrder, campaign, position)
}

func (t *tx) SentBack(campaign, author string) ([]journal.ID, error) {
	return collect(t, scanID, `SELECT DISTINCT root FROM entry AS asks WHERE kind = 'sent_back' AND waiting IS NULL
		AND (campaign = $1 OR $1 = '') AND ($2 = '' OR EXISTS (
			SELECT 1 FROM entry AS asked WHERE asked.root = asks.refs[1] AND asked.author = $2))
		ORDER BY root`, campaign, author)
}

func (t *tx) Epoch() (string, error) { return t.meta("epoch") }

func (t *tx) Renew() error {
	return t.exec(`UPDATE meta SET value = left(md5(gen_random_uuid()::text), 16) WHERE key = 'epoch'`)
}

func (t *tx) meta(key string) (string, error) {
	got, err := collect(t, scanText, `SELECT value FROM meta WHERE key = $1`, key)
	if err != nil {
		return "", err
	}
	if len(got) == 0 {
		return "", fmt.Errorf("read %s: not there", key)
	}
	return got[0], nil
}

// Position counts the commits that changed the journal or a figure.
func (t *tx) Position() (int64, error) {
	n, err := collect(t, scanInt, `SELECT coalesce(sum(n), 0)::bigint FROM pulse`)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

func (t *tx) Setting(name string) (string, error) {
	got, err := collect(t, scanText, `SELECT value FROM meta WHERE key = $1`, "setting."+name)
	if err != nil || len(got) == 0 {
		return "", err
	}
	return got[0], nil
}

func (t *tx) PutSetting(name, value string) error {
	return fault("write a setting", t.exec(`INSERT INTO meta (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, "setting."+name, value))
}
