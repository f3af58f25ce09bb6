package postgres

import (
	"github.com/jackc/pgx/v5"
)

// LockKeys waits for all who write, since each may make a key.
func (t *tx) LockKeys() error { return t.takeAll() }

// LockIndexes locks blind indexes as it does tokens.
func (t *tx) LockIndexes(indexes []string) error {
	if err := t.share(); err != nil {
		return err
	}
	keys := make([]lockKey, len(indexes))
	for i, index := range indexes {
		keys[i] = t.store.key(rankToken, "i:"+index)
	}
	return t.take(keys)
}

func (t *tx) IndexedKeys(indexes []string) (map[string]string, error) {
	type row struct{ blind, key string }
	rows, err := collect(t, func(r pgx.Rows) (x row, err error) { return x, r.Scan(&x.blind, &x.key) },
		`SELECT blind, key FROM person_index WHERE blind = ANY($1)`, indexes)
	out := make(map[string]string, len(rows))
	for _, x := range rows {
		out[x.blind] = x.key
	}
	return out, err
}

func (t *tx) PutIndex(index, key string) error {
	return fault("index a person", t.exec(`INSERT INTO person_index (blind, key) VALUES ($1, $2)`, index, key))
}

type wrappedKey struct {
	key     string
	wrapped []byte
}

func scanKey(r pgx.Rows) (k wrappedKey, err error) { return k, r.Scan(&k.key, &k.wrapped) }

func (t *tx) WrappedKeys(keys []string) (map[string][]byte, error) {
	rows, err := collect(t, scanKey, `SELECT key, wrapped FROM person_key WHERE key = ANY($1)`, keys)
	out := make(map[string][]byte, len(rows))
	for _, k := range rows {
		out[k.key] = k.wrapped
	}
	return out, err
}

func (t *tx) PutWrapped(key string, wrapped []byte) error {
	return fault("keep a key", t.exec(`INSERT INTO person_key (key, wrapped) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET wrapped = excluded.wrapped`, key, wrapped))
}

func (t *tx) DropKeys(keys []string) error {
	err := t.exec(`DELETE FROM person_index WHERE key = ANY($1)`, keys)
	if err == nil {
		err = t.exec(`DELETE FROM attachment WHERE key = ANY($1)`, keys)
	}
	if err == nil {
		err = t.exec(`DELETE FROM person_key WHERE key = ANY($1)`, keys)
	}
	return fault("destroy keys", err)
}

func (t *tx) EveryKey(f func(key string, wrapped []byte) error) error {
	rows, err := collect(t, scanKey, `SELECT key, wrapped FROM person_key`)
	for i := 0; err == nil && i < len(rows); i++ {
		err = f(rows[i].key, rows[i].wrapped)
	}
	return err
}
