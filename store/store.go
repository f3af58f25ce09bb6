// Package store joins the small interfaces of the domain packages into one
// transaction. It holds no SQL: store/sqlite and store/postgres do, and
// store/storetest is the one suite that both must pass.
package store

import (
	"context"
	"crypto/ecdh"
	"errors"
	"time"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/attachment"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/quarantine"
	"caunoi/readiness"
	"caunoi/talk"
	"caunoi/tally"
	"caunoi/vault"
)

// Store keeps the journal and all that is derived from it.
type Store interface {
	// View runs f on one unchanging state.
	View(ctx context.Context, f func(Tx) error) error
	// Update runs f and makes what it wrote durable before it returns: on disk,
	// not only handed to the system. f may run again after a conflict with
	// another transaction, so it touches nothing but tx. An error means that
	// nothing was written, unless it is ErrUnknown.
	Update(ctx context.Context, f func(Tx) error) error
	// Changed returns a channel that is closed at the next commit that this
	// process hears of, by whichever process.
	Changed() <-chan struct{}
	// Name says where the data is, for messages, without secrets.
	Name() string
	Close() error
}

// Tx is one transaction.
type Tx interface {
	journal.Tx
	tally.Keeper
	tally.Opener
	tally.Mover
	access.Tx
	approval.Tx
	attachment.Tx
	audit.Tx
	people.Tx
	quarantine.Tx
	readiness.Tx
	talk.Tx

	// Plan returns all items of the plan, and its version, which changes with
	// every change of the plan.
	Plan() (*campaign.Plan, error)
	PlanVersion() (int64, error)
	// PutPlan adds or replaces items.
	PutPlan(items []campaign.Item) error

	// Epoch names this life of the data: a restore from a backup begins a new
	// one.
	Epoch() (string, error)
	// Renew begins a new life of the data.
	Renew() error
	// Position is that of the last commit that changed a figure or the
	// journal; 0 in an empty store.
	Position() (int64, error)

	// Setting returns what was put under a name; empty if nothing was.
	Setting(name string) (string, error)
	PutSetting(name, value string) error

	// What seals and opens personal data; see [vault.Box].
	Open(entries []journal.Stored) error
	KeyOf(field, value string) (key string, err error)
	NewKey() (key string, err error)
	SealUnder(key, place string, plain []byte) ([]byte, error)
	OpenUnder(key, place string, sealed []byte) ([]byte, error)
	Preload(keys []string) error
	Blind(field, value string) string
	Destroy(keys []string) error
	Rotate() (keys int, err error)
	Forget() error

	// RescueKey opens what phones sealed to this server; see [vault.Keys].
	RescueKey() *ecdh.PrivateKey

	// Arrivals sums up what each phone of these authors has brought, by author
	// and device, and how much of it since an instant.
	Arrivals(authors []string, since time.Time) ([]Arrivals, error)
	// Gaps are the numbers of a phone's own count below the highest that are
	// not in the journal, as the first and the last of each run: at most so many
	// runs, the lowest first.
	Gaps(author, device string, most int) ([][2]int64, error)
	// CountListed counts, by commune, the people whom lists may name: neither
	// restricted nor shown as another.
	CountListed(s people.Scope) (map[string]int, error)

	// UnderKeys returns every entry whose personal part these data keys seal.
	UnderKeys(keys []string) ([]journal.Stored, error)
	// Erase writes what [journal.Stored.Erase] left of entries.
	Erase(entries []journal.Stored) error

	// PutBoundaries replaces the map: GeoJSON geometry by commune code.
	PutBoundaries(geometry map[string][]byte) error
	// Boundaries returns the map; empty if none was imported.
	Boundaries() (map[string][]byte, error)
	// Boundary is that of one commune; nil if there is none.
	Boundary(commune string) ([]byte, error)
	// PutPoints replaces the points of the communes that are among these.
	PutPoints(points []campaign.Point) error
	// AddPoints puts points beside those of their communes, each instead of that
	// of the same village and household.
	AddPoints(points []campaign.Point) error
	// Unsettled are how many looks stand in a campaign, and how many entries
	// wait apart, of any: what waits for somebody changes with these two or with
	// an entry.
	Unsettled(campaign string) (looks, apart int64, err error)
	// VillagePoints are those of villages themselves, of all communes, in order.
	VillagePoints() ([]campaign.Point, error)
	// Points are those of a commune, by village and household.
	Points(commune string) ([]campaign.Point, error)
}

// Arrivals is what the journal has of one author's phone.
type Arrivals struct {
	Author, Device string
	Entries        int
	Last           int64 // the highest number of the phone's own count
	Missing        int64 // numbers below it that never came
	Since          int   // entries that came since the instant asked for
}

// Errors that both stores return, wrapped with what was being done.
var (
	// ErrNewer: the database was written by a newer version of Caunoi.
	ErrNewer = errors.New("database is from a newer version")
	// ErrOlder: the database holds entries from before personal data were
	// sealed. Export them with the version that wrote it and import them anew.
	ErrOlder = errors.New("database is from before personal data were sealed")
	// ErrFull: the disk is full, or a quota is reached.
	ErrFull = errors.New("disk is full")
	// ErrReadOnly: the disk or the database cannot be written.
	ErrReadOnly = errors.New("database is read-only")
	// ErrUnknown: the commit may or may not have happened. Asking again is
	// safe, since an entry is appended once.
	ErrUnknown = errors.New("the outcome of the commit is unknown")
	// ErrUnfit: the engine or its settings cannot keep what we promise.
	ErrUnfit = errors.New("database engine is not fit")
)

// Micro brings an instant to the precision that both stores keep.
func Micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// TakeKeys binds an empty database to its keys, whose file is on disk before
// anything is sealed, and refuses others from then on.
func TakeKeys(tx Tx, keys *vault.Keys) error {
	const name = "keys"
	had, err := tx.Setting(name)
	if err != nil || had == keys.Fingerprint() {
		return err
	}
	if had != "" {
		return vault.ErrOtherKeys
	}
	if err := keys.Save(); err != nil {
		return err
	}
	return tx.PutSetting(name, keys.Fingerprint())
}
