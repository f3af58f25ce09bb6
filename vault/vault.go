// Package vault keeps personal data from whoever reads the disk.
//
// Every person has a data key of their own, by which all that is personal of
// theirs is sealed (AES-256-GCM), wherever it is stored. Data keys lie in the
// database, wrapped by a master key that does not: it is in a file of its own
// ([Keys]). Destroying one data key erases a person in every copy; destroying
// a generation of the master key ([Box.Rotate]) does so in every copy of the
// database that is older.
//
// Who is the same person is found by a blind index: an HMAC of the identity
// number, which leads to a random person key. Counting uses person keys and
// never decrypts. A 12-digit number is guessed in seconds from a plain hash;
// from an HMAC only by who has the key file.
//
// Nothing here protects from who holds both the database and the key file, or
// from who works on the running server as its owner.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
)

// Errors of this package, wrapped with what was being done.
var (
	// ErrErased: the key was destroyed, and with it what it sealed.
	ErrErased = errors.New("erased: the key was destroyed")
	// ErrSealed: what was sealed was changed, or belongs elsewhere.
	ErrSealed = errors.New("sealed data does not open")
	// ErrOtherKeys: the key file is not the one of this database.
	ErrOtherKeys = errors.New("the key file does not belong to this database")
	// ErrOpenFile: others than the owner may read the key file.
	ErrOpenFile = errors.New("the key file is open to others: its mode must be 0600")
)

// keySize is that of AES-256, bytes.
const keySize = 32

// Keys are the master keys of a database. They are safe for use by several
// goroutines.
type Keys struct {
	path    string // empty: in memory alone
	derived sync.Map
	mu      sync.RWMutex
	file    keyFile
}

// keyFile is what the file holds.
type keyFile struct {
	// Root is what blind indexes and other keys derive from; it never changes.
	Root string `json:"root"`
	// Wrapping are the keys that wrap data keys, by generation.
	Wrapping map[uint32]string `json:"wrapping"`
	Newest   uint32            `json:"newest"`
}

// New makes keys that live in memory alone.
func New() *Keys {
	return &Keys{file: keyFile{Root: fresh(), Wrapping: map[uint32]string{1: fresh()}, Newest: 1}}
}

func fresh() string {
	b := make([]byte, keySize)
	_, _ = rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// Open reads a key file. If there is none, the keys are new, and are written
// by [Keys.Save] once a database takes them.
func Open(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		k := New()
		k.path = path
		return k, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s", ErrOpenFile, path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	k := &Keys{path: path}
	if err := json.Unmarshal(raw, &k.file); err != nil {
		return nil, fmt.Errorf("read the keys: %s is not a key file", path) // err would quote it
	}
	for _, key := range append([]string{k.file.Root}, k.file.Wrapping[k.file.Newest]) {
		if b, err := base64.StdEncoding.DecodeString(key); err != nil || len(b) != keySize {
			return nil, fmt.Errorf("read the keys: %s is not a key file", path)
		}
	}
	return k, nil
}

// Save writes the file, durably, before anything is sealed by its keys.
func (k *Keys) Save() error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.path == "" {
		return nil
	}
	raw, err := json.Marshal(k.file)
	if err != nil {
		return err
	}
	dir := filepath.Dir(k.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write the keys: %w", err)
	}
	f, err := os.CreateTemp(dir, ".keys-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write the keys: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), k.path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write the keys: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (k *Keys) newest() uint32 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.file.Newest
}

// reload reads the file again.
func (k *Keys) reload() error {
	if k.path == "" {
		return nil
	}
	now, err := Open(k.path)
	if err != nil {
		return err
	}
	if now.Fingerprint() != k.Fingerprint() {
		return ErrOtherKeys
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.file = now.file
	return nil
}

// Dir is the folder of the key file, where what must lie outside the database
// lies too; empty for keys in memory.
func (k *Keys) Dir() string {
	if k.path == "" {
		return ""
	}
	return filepath.Dir(k.path)
}

// Fingerprint tells these keys from others and betrays nothing of them.
func (k *Keys) Fingerprint() string {
	return base64.RawURLEncoding.EncodeToString(k.Derive("fingerprint"))
}

// Derive makes a key of 32 bytes for a purpose (HKDF-SHA-256, RFC 5869).
func (k *Keys) Derive(purpose string) []byte {
	if key, ok := k.derived.Load(purpose); ok { // the root never changes
		return key.([]byte)
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	root, _ := base64.StdEncoding.DecodeString(k.file.Root)
	key, err := hkdf.Key(sha256.New, root, nil, "caunoi/"+purpose, keySize)
	if err != nil {
		panic(err) // only for lengths beyond what SHA-256 gives
	}
	k.derived.Store(purpose, key)
	return key
}

// RescueKey is the P-256 key to which phones seal what a rescue must open, a
// forgotten PIN notwithstanding. It is the same as long as the root is.
func (k *Keys) RescueKey() *ecdh.PrivateKey {
	for n := 0; ; n++ {
		// Nearly every 32 bytes are a scalar below the group's order; else the
		// next ones are taken, so that none is likelier than another.
		key, err := ecdh.P256().NewPrivateKey(k.Derive("rescue/" + strconv.Itoa(n)))
		if err == nil {
			return key
		}
	}
}

// Blind is the blind index of a value: the same for the same field and value,
// and no way back without the key.
func (k *Keys) Blind(field, value string) string {
	mac := hmac.New(sha256.New, k.Derive("index/"+field))
	mac.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// wrap seals a data key by the newest master key; the generation stands
// before it.
func (k *Keys) wrap(id string, key []byte) []byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	master, _ := base64.StdEncoding.DecodeString(k.file.Wrapping[k.file.Newest])
	out := binary.BigEndian.AppendUint32(nil, k.file.Newest)
	return append(out, seal(master, "key/"+id, key)...)
}

func (k *Keys) unwrap(id string, wrapped []byte) ([]byte, error) {
	if len(wrapped) < 4 {
		return nil, ErrSealed
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	master, ok := k.file.Wrapping[binary.BigEndian.Uint32(wrapped)]
	if !ok {
		return nil, ErrErased
	}
	key, _ := base64.StdEncoding.DecodeString(master)
	return open(key, "key/"+id, wrapped[4:])
}

// seal encrypts with AES-256-GCM under a random nonce, which stands first.
// place is bound: what is sealed for one place opens at no other.
func seal(key []byte, place string, plain []byte) []byte {
	return gcm(key).Seal(nil, nil, plain, []byte(place))
}

func open(key []byte, place string, sealed []byte) ([]byte, error) {
	plain, err := gcm(key).Open(nil, nil, sealed, []byte(place))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // keys have the right size
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}
