package sqlite

import (
	"database/sql"
)

// LockIndexes does nothing: there is one writer.
func (t *tx) LockIndexes([]string) error { return nil }

// LockKeys does nothing: there is one writer.
func (t *tx) LockKeys() error { return nil }

func (t *tx) IndexedKeys(indexes []string) (map[string]string, error) {
	type row struct{ blind, key string }
	rows, err := collect(t.q, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.blind, &x.key) },
		`SELECT blind, key FROM person_index WHERE blind IN (SELECT value FROM json_each(?))`, texts(indexes))
	out := make(map[string]string, len(rows))
	for _, x := range rows {
		out[x.blind] = x.key
	}
	return out, err
}

func (t *tx) PutIndex(index, key string) error {
	return fault("index a person", t.q.exec(`INSERT INTO person_index (blind, key) VALUES (?,?)`, index, key))
}

type wrappedKey struct {
	key     string
	wrapped []byte
}

func scanKey(r *sql.Rows) (k wrappedKey, err error) { return k, r.Scan(&k.key, &k.wrapped) }

func (t *tx) WrappedKeys(keys []string) (map[string][]byte, error) {
	rows, err := collect(t.q, scanKey, `SELECT key, wrapped FROM person_key WHERE key IN (SELECT value FROM json_each(?))`, texts(keys))
	out := make(map[string][]byte, len(rows))
	for _, k := range rows {
		out[k.key] = k.wrapped
	}
	return out, err
}

func (t *tx) PutWrapped(key string, wrapped []byte) error {
	return fault("keep a key", t.q.exec(`INSERT INTO person_key (key, wrapped) VALUES (?,?)
		ON CONFLICT (key) DO UPDATE SET wrapped = excluded.wrapped`, key, wrapped))
}

func (t *tx) DropKeys(keys []string) error {
	list := texts(keys)
	err := t.q.exec(`DELETE FROM person_index WHERE key IN (SELECT value FROM json_each(?))`, list)
	if err == nil {
		err = t.q.exec(`DELETE FROM attachment WHERE key IN (SELECT value FROM json_each(?))`, list)
	}
	if err == nil {
		err = t.q.exec(`DELETE FROM person_key WHERE key IN (SELECT value FROM json_each(?))`, list)
	}
	return fault("destroy keys", err)
}

func (t *tx) EveryKey(f func(key string, wrapped []byte) error) error {
	rows, err := collect(t.q, scanKey, `SELECT key, wrapped FROM person_key`)
	for i := 0; err == nil && i < len(rows); i++ {
		err = f(rows[i].key, rows[i].wrapped)
	}
	return err
}
