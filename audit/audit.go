// Package audit remembers who did and who saw what.
//
// Events form a chain: each carries an HMAC over itself and the one before,
// under a key that is not in the database ([vault.Keys.Derive]). Who can write
// the database but lacks the key can neither change, insert, reorder nor take
// out an event without [Verify] finding it. Cutting off the end is found by a
// [Checkpoint], a copy of the head kept elsewhere: beside the keys, or by anybody.
//
// An event is appended in the transaction of the act itself: both happen, or
// neither. It names people by ids alone, so that erasing somebody leaves the
// chain whole and tells nothing.
package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Outcome says whether an act was done or refused.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
)

// Act is what was done or seen; a stable word.
type Act string

// Event is one thing that somebody did, saw, or was refused.
type Event struct {
	Act     Act     `json:"act"`
	Actor   string  `json:"actor"`            // user id; empty for somebody unknown
	Device  string  `json:"device,omitzero"`  // of a phone
	Office  string  `json:"office,omitzero"`  // whom it concerns; says who may read it
	Subject string  `json:"subject,omitzero"` // "person:ID", "user:ID"; ids only
	Outcome Outcome `json:"outcome"`
	// Details never hold personal data: counts, codes, ids.
	Details map[string]string `json:"details,omitempty"`
}

// Row is an event in the chain.
type Row struct {
	Seq int64     `json:"seq"` // from 1, without gaps
	At  time.Time `json:"at"`
	Event
	// Text is what is stored of Details, to the byte.
	Text string `json:"-"`
	Hash []byte `json:"-"`
}

// Read sets the details from their text; none if it is not what [Append] wrote.
func (r *Row) Read(text string) {
	r.Text, r.Details = text, nil
	_ = json.Unmarshal([]byte(text), &r.Details) // Verify finds it
}

// Checkpoint is the end that the chain had at a time.
type Checkpoint struct {
	Seq  int64 `json:"seq"`
	Hash Hash  `json:"hash"`
}

// Hash is written in hexadecimal.
type Hash []byte

func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

func (h *Hash) UnmarshalText(b []byte) (err error) {
	*h, err = hex.AppendDecode(nil, b)
	return err
}

// Checkpoint is the end of the chain as of this row.
func (r *Row) Checkpoint() Checkpoint { return Checkpoint{r.Seq, r.Hash} }

// Query selects events.
type Query struct {
	From, To            time.Time // [From, To); zero is open
	Act, Actor, Subject string
	Actors              []string // any of these; nil for all
	Offices             []string // nil for all
	Order               Order
	Up                  bool  // the first first
	After               int64 // what comes after this event in the order; 0 for the beginning
	Limit               int
}

// Order is by what events are listed; of the same, by their number.
type Order string

// What events are listed by.
const (
	ByTime    Order = ""
	ByAct     Order = "act"
	ByActor   Order = "actor"
	BySubject Order = "subject"
)

// Tx is what the audit needs of a store's transaction.
type Tx interface {
	// Chain adds a row to the end of the chain, as [Row.After] does, when the
	// transaction commits at the latest.
	Chain(r Row) error
	// LastAudit returns the last row; the zero Row if there is none.
	LastAudit() (Row, error)
	// Audit returns events in the order of the query.
	Audit(q Query) ([]Row, error)
	// AuditAfter returns at most so many rows after a number, in order.
	AuditAfter(seq int64, limit int) ([]Row, error)
	// Derive makes a key for a purpose; see package vault.
	Derive(purpose string) []byte
}

// Append adds an event in the transaction of the act; its error undoes the
// act. What it finds wrong with an event is a fault of the program.
func Append(tx Tx, now time.Time, e Event) error {
	if !e.Act.Known() {
		return fmt.Errorf("record %q: it is not among audit.Acts", e.Act)
	}
	for name, value := range e.Details {
		if len(name)+len(value) > mostDetail {
			return fmt.Errorf("record %s: its detail %s is longer than %d bytes", e.Act, name, mostDetail)
		}
	}
	if e.Outcome == "" {
		e.Outcome = Done
	}
	r := Row{At: now.UTC().Truncate(time.Microsecond), Event: e}
	if len(e.Details) > 0 {
		text, err := json.Marshal(e.Details, json.Deterministic(true))
		if err != nil {
			return fmt.Errorf("record %s: %w", e.Act, err)
		}
		r.Text = string(text)
	}
	return tx.Chain(r)
}

// mostDetail bounds one detail, bytes: ids, counts and codes are short.
const mostDetail = 500

// After is the row with its place in the chain.
func (r Row) After(last Row, key []byte) Row {
	r.Seq = last.Seq + 1
	r.Hash = r.mac(key, last.Hash)
	return r
}

// Purpose is that of the key of the chain; see [vault.Keys.Derive].
const Purpose = "audit"

// mac is the hash of a row after another.
func (r *Row) mac(key, before []byte) []byte {
	bare := *r
	bare.Details = nil
	b, err := json.Marshal(&bare)
	text := jsontext.Value(b)
	if err == nil {
		err = text.Canonicalize()
	}
	if err != nil {
		return nil // a text that is no UTF-8 was not written by Append
	}
	h := hmac.New(sha256.New, key)
	for _, part := range [][]byte{before, text, []byte(r.Text)} {
		h.Write(binary.AppendUvarint(nil, uint64(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}

// Head is the end of the chain; zero for an empty one.
func Head(tx Tx) (Checkpoint, error) {
	last, err := tx.LastAudit()
	return last.Checkpoint(), err
}

// Holds says that a query, but for its page, picks a row.
func (q *Query) Holds(r *Row) bool {
	return (q.From.IsZero() || !r.At.Before(q.From)) && (q.To.IsZero() || r.At.Before(q.To)) &&
		(q.Act == "" || q.Act == string(r.Act)) && (q.Actor == "" || q.Actor == r.Actor) && (q.Actors == nil || slices.Contains(q.Actors, r.Actor)) &&
		(q.Subject == "" || q.Subject == r.Subject) && (q.Offices == nil || slices.Contains(q.Offices, r.Office))
}

// Holds says that the chain has come to a checkpoint, or past it; every one
// holds the zero Checkpoint.
func Holds(tx Tx, c Checkpoint) (bool, error) {
	if c.Seq == 0 {
		return true, nil
	}
	rows, err := tx.AuditAfter(c.Seq-1, 1)
	return err == nil && len(rows) == 1 && bytes.Equal(rows[0].Hash, c.Hash), err
}
