package access

import (
	"errors"
	"time"

	"caunoi/audit"
)

// ErrNotFound is what a store returns for a row that is not there.
var ErrNotFound = errors.New("access: not found")

// Link is a one-time link to sign in.
type Link struct {
	Hash    []byte // SHA-256 of the token
	User    string
	Role    Role   // of the user when it was made, for which alone it holds
	Phone   bool   // a phone alone opens it
	By      string // who made it
	Made    time.Time
	Expires time.Time
	Used    time.Time // zero until it is opened
}

// Session is one sign-in: of a browser, or of a phone if Device is set.
type Session struct {
	Hash   []byte // SHA-256 of the token
	User   string
	Role   Role // of the user at sign-in, for which alone it holds
	Device string
	Made   time.Time
	Seen   time.Time // about when it was last used
	Proven time.Time // when the user last proved who they are
	Ended  time.Time // zero while it lasts
}

// Tx is what access needs of a store's transaction. Instants are kept in UTC,
// to the microsecond, and the zero time comes back as zero. What is not there
// is [ErrNotFound].
type Tx interface {
	audit.Tx

	// PutUser adds a user, or replaces the one with this id.
	PutUser(u User) error
	User(id string) (User, error)
	// Users lists all, by id in byte order.
	Users() ([]User, error)

	// PutStanding keeps what a user is from an instant on.
	PutStanding(s Standing) error
	// Standings lists those of a user, by Since.
	Standings(user string) ([]Standing, error)

	// PutDevice adds a phone of a user, or replaces it; Seen is not kept.
	PutDevice(d Device) error
	Device(user, id string) (Device, error)
	// Devices lists the phones of a user, of all if it is empty, by user, then
	// by id, in byte order. Seen is that of the phone's last session.
	Devices(user string) ([]Device, error)

	// PutLink adds a link; its hash is new and its user exists.
	PutLink(l Link) error
	// TakeLink returns the link as it was before, and sets Used to at unless
	// it has been used or Expires is not after at. Of transactions that take
	// one link at the same time a single one gets it unused.
	TakeLink(hash []byte, at time.Time) (Link, error)

	// PutSession adds a session; its hash is new and its user exists.
	PutSession(s Session) error
	Session(hash []byte) (Session, error)
	// SessionsOf lists the sessions of a user that have not ended, by Made,
	// then by hash.
	SessionsOf(user string) ([]Session, error)
	// TouchSession moves Seen forward to at. It never moves it back, and does
	// nothing to a session that has ended or is not there.
	TouchSession(hash []byte, at time.Time) error
	// ProveSession sets Proven, unless the session has ended or is not there.
	ProveSession(hash []byte, at time.Time) error
	// EndSession sets Ended, once: a later call changes nothing, nor does one
	// for a session that is not there. An ended row stays, so that a phone
	// taken out of use is told so.
	EndSession(hash []byte, at time.Time) error

	// DropSessions forgets what ended before an instant, links included, and
	// counts it; browsers that ran out end at their last use. On trial it only
	// counts. Phones that have not ended stay.
	DropSessions(before time.Time, trial bool) (int, error)

	// Password returns the PHC string of a user's password.
	Password(user string) (string, error)
	PutPassword(user, phc string) error
	// PutPasskey adds a passkey, or replaces what its use changes.
	PutPasskey(p Passkey) error
	Passkey(id []byte) (Passkey, error)
	// PasskeysOf lists a user's, by Made, then by id.
	PasskeysOf(user string) ([]Passkey, error)
	DropPasskey(id []byte) error

	// Failures returns a counter; the zero one if there is none.
	Failures(key string) (Failures, error)
	PutFailures(key string, f Failures) error
	// SweepFailures forgets counters that were last moved before an instant.
	SweepFailures(before time.Time) error
	// PutKnownBrowser remembers a browser in which a user has signed in.
	PutKnownBrowser(hash []byte, user string, at time.Time) error
	// KnownBrowser says whether a browser was remembered for a user since.
	KnownBrowser(hash []byte, user string, since time.Time) (bool, error)
}
