package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"caunoi/journal"
)

// Rows is what a vault needs of a store's transaction.
type Rows interface {
	// LockIndexes keeps other transactions from giving keys to these indexes
	// until this one ends.
	LockIndexes(indexes []string) error
	// IndexedKeys returns the person keys of these indexes, where there are.
	IndexedKeys(indexes []string) (map[string]string, error)
	PutIndex(index, key string) error
	// WrappedKeys returns these data keys, where there are.
	WrappedKeys(keys []string) (map[string][]byte, error)
	PutWrapped(key string, wrapped []byte) error
	// DropKeys removes data keys, the indexes that lead to them, and the
	// pictures that they seal.
	DropKeys(keys []string) error
	// LockKeys keeps others from making keys until this transaction ends.
	LockKeys() error
	// Setting and PutSetting keep the generation of the master key, so that a
	// process learns that another one renewed it.
	Setting(name string) (string, error)
	PutSetting(name, value string) error
	// EveryKey calls f with each data key.
	EveryKey(f func(key string, wrapped []byte) error) error
}

// Box seals and opens in one transaction.
type Box struct {
	*Keys
	rows Rows
	had  map[string][]byte // data keys, unwrapped
	// current says that the master key is known to be the newest.
	current bool
}

// In makes the box of a transaction.
func (k *Keys) In(rows Rows) *Box { return &Box{Keys: k, rows: rows, had: map[string][]byte{}} }

// KeyOf returns the person key of an identity number, and gives it one if it
// is new.
func (b *Box) KeyOf(field, value string) (string, error) {
	index := b.Blind(field, value)
	keys, err := b.keysOf([]string{index})
	return keys[index], err
}

// KeysOf is [Box.KeyOf] for many numbers of one field.
func (b *Box) KeysOf(field string, values []string) (map[string]string, error) {
	indexes := make([]string, len(values))
	for i, v := range values {
		indexes[i] = b.Blind(field, v)
	}
	keys, err := b.keysOf(slices.Clone(indexes))
	out := make(map[string]string, len(values))
	for i, v := range values {
		out[v] = keys[indexes[i]]
	}
	return out, err
}

// keysOf returns the keys of blind indexes; those without get one.
func (b *Box) keysOf(indexes []string) (map[string]string, error) {
	slices.Sort(indexes)
	indexes = slices.Compact(indexes)
	if len(indexes) == 0 {
		return nil, nil
	}
	keys, err := b.rows.IndexedKeys(indexes)
	if err != nil || len(keys) == len(indexes) {
		return keys, err
	}
	if err := b.rows.LockIndexes(indexes); err != nil {
		return nil, err
	}
	if keys, err = b.rows.IndexedKeys(indexes); err != nil {
		return nil, err
	}
	for _, index := range indexes {
		if keys[index] != "" {
			continue
		}
		key, err := b.NewKey()
		if err != nil {
			return nil, err
		}
		if err := b.rows.PutIndex(index, key); err != nil {
			return nil, err
		}
		keys[index] = key
	}
	return keys, nil
}

// NewKey makes a person key with its data key.
func (b *Box) NewKey() (string, error) {
	if err := b.renewed(); err != nil {
		return "", err
	}
	// Ids in order of time fall into few pages of an index: random ones halved
	// the speed of a push.
	id, key := journal.NewID().String(), make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	b.had[id] = key
	return id, b.rows.PutWrapped(id, b.wrap(id, key))
}

const generation = "keys.generation"

// renewed reads the key file again if another process renewed the master key.
func (b *Box) renewed() error {
	if b.current {
		return nil
	}
	if err := b.rows.LockIndexes(nil); err != nil { // a rotation waits for us from here on
		return err
	}
	text, err := b.rows.Setting(generation)
	if err != nil {
		return err
	}
	had, _ := strconv.ParseUint(text, 10, 32) // 0 before the first rotation
	if uint32(had) > b.newest() {
		if err := b.reload(); err != nil {
			return err
		}
		if uint32(had) > b.newest() {
			return fmt.Errorf("%w: the master key was renewed elsewhere", ErrOtherKeys)
		}
	}
	b.current = true
	return nil
}

// load unwraps the data keys that are there.
func (b *Box) load(ids []string) error {
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" || b.had[id] != nil })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	wrapped, err := b.rows.WrappedKeys(ids)
	if err != nil {
		return err
	}
	for id, w := range wrapped {
		key, err := b.unwrap(id, w)
		if errors.Is(err, ErrErased) && b.reload() == nil { // renewed by another process
			key, err = b.unwrap(id, w)
		}
		if errors.Is(err, ErrErased) {
			continue
		}
		if err != nil {
			return fmt.Errorf("open the key of a person: %w", err)
		}
		b.had[id] = key
	}
	return nil
}

// SealUnder encrypts by the data key of a person. place says where it will be
// stored ("person/ID"); it opens nowhere else.
func (b *Box) SealUnder(key, place string, plain []byte) ([]byte, error) {
	if err := b.load([]string{key}); err != nil {
		return nil, err
	}
	if b.had[key] == nil {
		return nil, ErrErased
	}
	return seal(b.had[key], place, plain), nil
}

// OpenUnder decrypts what SealUnder sealed; ErrErased if the key is gone.
func (b *Box) OpenUnder(key, place string, sealed []byte) ([]byte, error) {
	if err := b.load([]string{key}); err != nil {
		return nil, err
	}
	if b.had[key] == nil {
		return nil, ErrErased
	}
	plain, err := open(b.had[key], place, sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", place, err)
	}
	return plain, nil
}

// Preload fetches data keys in one go, before many are used.
func (b *Box) Preload(keys []string) error { return b.load(slices.Clone(keys)) }

// Destroy destroys data keys, and with them all that they seal.
func (b *Box) Destroy(keys []string) error {
	for _, key := range keys {
		delete(b.had, key)
	}
	return b.rows.DropKeys(keys)
}

// Rotate wraps every data key anew by a new generation of the master key, and
// returns how many there were. Until [Keys.Forget] the old generations stay
// in the key file, so that a transaction that fails loses nothing.
func (b *Box) Rotate() (int, error) {
	if err := b.rows.LockKeys(); err != nil {
		return 0, err
	}
	if err := b.renewed(); err != nil {
		return 0, err
	}
	if err := b.renew(); err != nil {
		return 0, err
	}
	type row struct {
		id      string
		wrapped []byte
	}
	var all []row
	err := b.rows.EveryKey(func(id string, wrapped []byte) error {
		key, err := b.unwrap(id, wrapped)
		if errors.Is(err, ErrErased) {
			return nil
		}
		if err == nil {
			all = append(all, row{id, b.wrap(id, key)})
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		if err := b.rows.PutWrapped(r.id, r.wrapped); err != nil {
			return 0, err
		}
	}
	return len(all), b.rows.PutSetting(generation, strconv.FormatUint(uint64(b.newest()), 10))
}

func (k *Keys) renew() error {
	k.mu.Lock()
	k.file.Newest++
	k.file.Wrapping[k.file.Newest] = fresh()
	k.mu.Unlock()
	return k.Save()
}

// Forget destroys the older generations of the master key. Copies of the
// database from before the last [Box.Rotate] tell nobody's data any more. Call
// it once that is committed.
func (k *Keys) Forget() error {
	k.mu.Lock()
	for g := range k.file.Wrapping {
		if g != k.file.Newest {
			delete(k.file.Wrapping, g)
		}
	}
	k.mu.Unlock()
	return k.Save()
}

// Seal takes the personal part out of entries that are about to be stored: it
// is sealed by the data key of the person, and what counting needs of it is
// put into keys. Entries without a personal part stay as they are.
func (b *Box) Seal(entries []journal.Stored) error {
	var indexes []string
	for i := range entries {
		if index := b.indexOf(entries[i].Person); index != "" {
			indexes = append(indexes, index)
		}
	}
	keys, err := b.keysOf(slices.Clone(indexes))
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(keys))
	for _, id := range keys {
		ids = append(ids, id)
	}
	if err := b.load(ids); err != nil {
		return err
	}
	for i := range entries {
		if err := b.sealEntry(&entries[i], keys); err != nil {
			return err
		}
	}
	return nil
}

// indexOf is the blind index by which a person's key is found: of the citizen
// number, else of the registry id; empty for somebody with neither.
func (b *Box) indexOf(p *journal.Person) string {
	switch {
	case p == nil:
		return ""
	case p.Citizen != "":
		return b.Blind("citizen", p.Citizen)
	case p.Registry != "":
		return b.Blind("registry", p.Registry)
	}
	return ""
}

func (b *Box) sealEntry(st *journal.Stored, keys map[string]string) error {
	if len(st.Part) == 0 {
		return nil
	}
	if p := st.Person; p != nil {
		s := *st.Subject
		st.Key = keys[b.indexOf(p)]
		if p.Citizen != "" {
			s.Citizen = st.Key
		}
		if s.Likeness != "" {
			s.Likeness = b.Blind("likeness", s.Likeness)
		}
		st.Subject = &s
	}
	var err error
	if st.Key == "" {
		if st.Key, err = b.NewKey(); err != nil {
			return err
		}
	}
	if st.Sealed, err = b.SealUnder(st.Key, "entry/"+st.ID.String(), st.Part); err != nil {
		return err
	}
	st.Conceal()
	return nil
}

// Open puts the personal part back into entries; erased ones stay without.
func (b *Box) Open(entries []journal.Stored) error {
	var ids []string
	for i := range entries {
		ids = append(ids, entries[i].Key)
	}
	if err := b.load(ids); err != nil {
		return err
	}
	for i := range entries {
		st := &entries[i]
		key := b.had[st.Key]
		if len(st.Sealed) == 0 || key == nil {
			continue
		}
		part, err := open(key, "entry/"+st.ID.String(), st.Sealed)
		if err != nil || sha256.Sum256(part) != st.Digest {
			return fmt.Errorf("open entry %s: %w", st.ID, ErrSealed)
		}
		if err := st.Reveal(part); err != nil {
			return fmt.Errorf("open entry %s: %w", st.ID, err)
		}
	}
	return nil
}
