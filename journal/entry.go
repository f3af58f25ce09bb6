package journal

import (
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// ID names an entry for ever: a UUIDv7 (RFC 9562, section 5.7) made on the
// device. The zero ID means none.
type ID uuid.UUID

// NewID makes an ID from the current time and a random part.
func NewID() ID { return ID(uuid.Must(uuid.NewV7())) }

// DerivedID is an id that is the same whenever and wherever it is made of the
// same: it lies among those made at an instant, told apart by a text.
func DerivedID(at time.Time, of string) ID {
	var id ID
	sum := sha256.Sum256([]byte(of))
	copy(id[6:], sum[:])
	for i, ms := 5, uint64(at.UnixMilli()); i >= 0; i, ms = i-1, ms>>8 {
		id[i] = byte(ms)
	}
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80 // version 7, variant of RFC 9562
	return id
}

// ParseID reads the usual 36-character form. It accepts version 7 alone,
// because the time in it lets stores keep recent entries together.
func ParseID(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 || u.Version() != 7 {
		return ID{}, errors.New("not a UUIDv7")
	}
	return ID(u), nil
}

func (id ID) String() string { return uuid.UUID(id).String() }

// IsZero says that there is no id.
func (id ID) IsZero() bool { return id == ID{} }

// Compare orders ids by their bytes, which is by time of making.
func (id ID) Compare(other ID) int {
	for i := range id {
		if id[i] != other[i] {
			return int(id[i]) - int(other[i])
		}
	}
	return 0
}

func (id ID) MarshalText() ([]byte, error) { return uuid.UUID(id).MarshalText() }

func (id *ID) UnmarshalText(b []byte) error {
	got, err := ParseID(string(b))
	*id = got
	return err
}

// Value stores the zero ID as NULL and any other as its 16 bytes.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id[:], nil
}

// Scan reads what Value wrote.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
		return nil
	case []byte:
		return (*uuid.UUID)(id).UnmarshalBinary(v)
	default:
		return (*uuid.UUID)(id).Scan(src)
	}
}

// Entry is one field record. It never changes once it is in the journal.
type Entry struct {
	ID       ID     `json:"id" doc:"UUIDv7, made on the device"`
	Kind     string `json:"kind" doc:"what was recorded"`
	Version  int    `json:"v" doc:"version of the body's schema"`
	Campaign string `json:"campaign"`
	// Office is where the author worked, not where the entry is credited.
	Office string `json:"office"`
	// Commune is where it happened.
	Commune  string `json:"commune,omitzero" doc:"official code of the commune where it happened"`
	Activity ID     `json:"activity,omitzero" doc:"id of the entry that planned the activity"`
	Author   string `json:"author" doc:"who recorded it"`
	Device   string `json:"device"`
	// Seq counts the author's entries on the device from 1, so that a gap shows
	// a loss.
	Seq        int64     `json:"seq" doc:"the author's own count on the device, from 1"`
	DeviceTime time.Time `json:"device_time" doc:"the device's clock when it was recorded"`
	Clock      *Clock    `json:"clock,omitzero" doc:"what the device knew of the right time"`
	// HappenedAt is stated for what is recorded afterwards (paper, SMS).
	HappenedAt time.Time      `json:"happened_at,omitzero" doc:"when it happened, if that was not when it was recorded"`
	Supersedes ID             `json:"supersedes,omitzero" doc:"the entry that this one corrects or withdraws"`
	Withdrawn  string         `json:"withdrawn,omitzero" doc:"reason; makes a superseding entry a withdrawal"`
	Person     *Person        `json:"person,omitzero" doc:"what was known of the person at that moment"`
	Body       jsontext.Value `json:"body,omitzero" doc:"the facts, by kind"`
	// Attachments come after the entry; see package attachment.
	Attachments []Attachment `json:"attachments,omitempty" doc:"pictures that belong to it, such as the photo of a paper receipt: at most 3"`
}

// Attachment is a picture that an entry names.
type Attachment struct {
	Digest string `json:"digest" doc:"SHA-256 of the picture, 64 hexadecimal digits in lower case"`
	Bytes  int    `json:"bytes" minimum:"1" maximum:"1048576"`
	Type   string `json:"type" enum:"image/webp,image/jpeg"`
}

// The limits of the pictures of an entry.
const (
	MaxAttachments = 3
	MaxAttachment  = 1 << 20 // bytes
)

// Clock is what a device knew of the right time when it recorded. A browser has
// no clock that runs through sleep and that nobody sets, so a device's clock may
// be set between recording and sending without being seen to be.
type Clock struct {
	Heard    time.Time `json:"heard" doc:"the last time that the server told the device"`
	OffsetMS int64     `json:"offset_ms" doc:"server clock less device clock when it was told, milliseconds"`
	SinceMS  int64     `json:"since_ms,omitzero" doc:"at least so long after it the entry was made, by a clock that nobody sets, milliseconds"`
}

// Person is what an entry knew of the person when it was made. Two entries
// speak of the same person only by citizen number, registry id or a join.
type Person struct {
	Registry  string `json:"registry,omitzero" doc:"id in the agency's registry"`
	Citizen   string `json:"citizen,omitzero" doc:"citizen number, 12 digits"`
	Name      string `json:"name,omitzero"`
	Sex       string `json:"sex,omitzero" enum:"f,m"`
	Birth     string `json:"birth,omitzero" doc:"YYYY-MM-DD, or YYYY where only the year is known"`
	Commune   string `json:"commune,omitzero" doc:"code of the commune of residence; empty if unknown or elsewhere"`
	Village   string `json:"village,omitzero"`
	Household string `json:"household,omitzero"`
	// Salt keeps the content hash from betraying a person after erasure.
	Salt string `json:"salt,omitzero" doc:"random text that blinds the hash of this part"`
}

// Receipt is the server's note of an entry's first arrival.
type Receipt struct {
	At time.Time `json:"at" doc:"when the server took it"`
	// OffsetMS is server clock less device clock at that push, in milliseconds.
	OffsetMS int64  `json:"offset_ms" doc:"server clock less device clock, milliseconds"`
	By       string `json:"by" doc:"who brought it"`
}

// Earlier says whether r holds against other: of two receipts the earlier
// one, then the smaller offset and name, so that the order of arrival of two
// exports does not matter.
func (r Receipt) Earlier(other Receipt) bool {
	if c := r.At.Compare(other.At); c != 0 {
		return c < 0
	}
	if r.OffsetMS != other.OffsetMS {
		return r.OffsetMS < other.OffsetMS
	}
	return r.By < other.By
}

// Stored is an entry as the journal keeps it: with its receipt and with what
// it refers to, resolved.
type Stored struct {
	Entry
	Received Receipt
	// Position counts entries in order of commit, from 1; gaps are allowed.
	Position int64
	// Text is the canonical JSON of Entry without its personal part, and Rest
	// its SHA-256.
	Text []byte
	Rest [32]byte
	// Part is the canonical JSON of the personal part, where it is at hand;
	// Digest is its SHA-256, zero if there is none or it was erased.
	Part   []byte
	Digest [32]byte
	// Sealed is Part, encrypted by the data key that Key names.
	Sealed []byte
	Key    string
	// Erased says that there was a personal part, and that it is no more.
	Erased bool
	// Subject is what counting knows of the person; nil if the entry has none.
	Subject *Subject
	// Root is the first entry of the record; its own id unless it supersedes.
	// Zero while the entry waits.
	Root ID
	// Session is the root of the planned activity that Activity names.
	Session ID
	// Refs are the roots of the records that the body names.
	Refs []ID
	// Arrived is when the entry and all that it depends on were here.
	Arrived time.Time
	// Waiting is the missing id for which the entry is held back.
	Waiting ID
}

// Subject is what counting knows of a person: which records may speak of the
// same one, and where the person lives. In a store, Citizen and Likeness are
// keys that mean nothing elsewhere.
type Subject struct {
	Citizen  string `json:"citizen,omitzero"`
	Registry string `json:"registry,omitzero"`
	// Likeness is set for who has neither; see [Person.Likeness].
	Likeness string `json:"likeness,omitzero"`
	Commune  string `json:"commune,omitzero"`
}

// Hash is the content hash of an entry: SHA-256 over the SHA-256 of its text
// and that of its personal part, so that it can be checked without that part.
func (s *Stored) Hash() [32]byte { return sha256.Sum256(append(s.Rest[:], s.Digest[:]...)) }

// sameContent says that two entries of one id say the same. Of an erased one
// nobody can tell what the personal part was.
func (s *Stored) sameContent(o *Stored) bool {
	return s.Rest == o.Rest && (s.Digest == o.Digest || s.Erased || o.Erased)
}

// Recorded is when the entry was made: the device time put right by the clock
// offset measured when it was first brought. Where that cannot be, since the
// clock was set in between, it is put right by the offset that the device knew
// of; and where that cannot be either, it is the nearest moment that can.
func (s *Stored) Recorded() time.Time {
	at := s.DeviceTime.Add(milliseconds(s.Received.OffsetMS))
	earliest, latest, ok := s.between()
	if !ok || possible(at, earliest, latest) {
		return at
	}
	if known := s.DeviceTime.Add(milliseconds(s.Clock.OffsetMS)); possible(known, earliest, latest) {
		return known
	}
	if at.Before(earliest) {
		return earliest
	}
	return latest
}

// Unsure says that the device's clock was set, and that nobody can tell by it
// on which day the entry was made.
func (s *Stored) Unsure() bool {
	earliest, latest, ok := s.between()
	if !ok || DayOf(earliest) == DayOf(latest) {
		return false
	}
	measured, known := s.DeviceTime.Add(milliseconds(s.Received.OffsetMS)), s.DeviceTime.Add(milliseconds(s.Clock.OffsetMS))
	switch a, b := possible(measured, earliest, latest), possible(known, earliest, latest); {
	case a && b:
		return measured.Sub(known).Abs() > clockSlack && DayOf(measured) != DayOf(known)
	default:
		return !a && !b
	}
}

// between is when the entry can have been made, whatever the device's clock
// says: after what it had heard, before it was here.
func (s *Stored) between() (earliest, latest time.Time, ok bool) {
	if s.Clock == nil {
		return earliest, latest, false
	}
	earliest, latest = s.Clock.Heard.Add(milliseconds(s.Clock.SinceMS)), s.Received.At
	return earliest, latest, !latest.Before(earliest) // else the server's clock was set
}

// clockSlack is what a phone's clock drifts and a network delays in two weeks.
const clockSlack = 5 * time.Minute

func possible(at, earliest, latest time.Time) bool {
	return !at.Before(earliest.Add(-clockSlack)) && !at.After(latest.Add(clockSlack))
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// Held says that the entry waits for another one.
func (s *Stored) Held() bool { return !s.Waiting.IsZero() }
