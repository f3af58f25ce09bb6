// Package quarantine keeps entries apart that a phone brings which may no
// longer bring them: one that is lost, or that of a worker who left. They are
// on disk and count for nothing until somebody above the worker decides.
//
// An entry lies sealed under a key of its own, which the decision destroys.
package quarantine

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// State of an entry that is kept apart.
type State string

// The states.
const (
	Waiting State = "waiting"
	Taken   State = "taken"
	Dropped State = "dropped"
)

// Most is how many entries of one phone wait at most: a phone in strange hands
// must not fill the disk.
const Most = 5000

// Row is an entry that is kept apart. What tells of persons is in Sealed
// alone.
type Row struct {
	Entry    journal.ID
	Hash     []byte // of the entry: one id may have come with several contents
	User     string // whose phone brought it
	Device   string
	Office   string
	Campaign string
	Kind     string
	Day      journal.Day // of the fact, as the phone says
	Received journal.Receipt
	Reason   string // code of a refusal
	State    State
	Decided  time.Time // zero while it waits
	By       string
	Key      string
	Sealed   []byte
}

// Tx is what quarantine needs of a store's transaction.
type Tx interface {
	access.Tx

	// PutQuarantined adds a row, or replaces that of this entry and hash.
	PutQuarantined(r Row) error
	// Quarantined lists what waits from a user, of all users if empty, by
	// user, device and the order of arrival.
	Quarantined(user string) ([]Row, error)
	// CountQuarantined is how many wait from a phone.
	CountQuarantined(user, device string) (int, error)
	// IsQuarantined says whether this entry with this hash came before.
	IsQuarantined(entry journal.ID, hash []byte) (bool, error)

	NewKey() (string, error)
	SealUnder(key, place string, plain []byte) ([]byte, error)
	OpenUnder(key, place string, sealed []byte) ([]byte, error)
	Destroy(keys []string) error
}

const place = "quarantine"

// Hold keeps an entry of the actor's phone apart, with its text. What came
// before is kept once. Refusal: quarantine.full.
func Hold(tx Tx, actor access.Actor, st *journal.Stored, text []byte, reason string) error {
	hash := st.Hash()
	had, err := tx.IsQuarantined(st.ID, hash[:])
	if err != nil || had {
		return err
	}
	n, err := tx.CountQuarantined(actor.ID, actor.Device)
	if err != nil {
		return err
	}
	if n >= Most {
		return journal.Refuse("quarantine.full", "most", Most)
	}
	r := Row{
		Entry: st.ID, Hash: hash[:], User: actor.ID, Device: actor.Device, Office: st.Office, Campaign: st.Campaign, Kind: st.Kind,
		Day: journal.DayOf(Fact(st)), Received: st.Received, Reason: reason, State: Waiting,
	}
	if r.Key, err = tx.NewKey(); err != nil {
		return err
	}
	if r.Sealed, err = tx.SealUnder(r.Key, place, text); err != nil {
		return err
	}
	return tx.PutQuarantined(r)
}

// Fact is when the fact of an entry was, as the phone says.
func Fact(st *journal.Stored) time.Time {
	if !st.HappenedAt.IsZero() {
		return st.HappenedAt
	}
	return st.Recorded()
}

// List is what waits from users whom the actor may manage.
func List(tx Tx, actor access.Actor, plan *campaign.Plan) ([]Row, error) {
	all, err := tx.Quarantined("")
	if err != nil || len(all) == 0 {
		return nil, err
	}
	users, err := access.Users(tx, actor, plan)
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for _, u := range users {
		mine[u.ID] = u.ID != actor.ID
	}
	var out []Row
	for _, r := range all {
		if mine[r.User] {
			out = append(out, r)
		}
	}
	return out, nil
}

// Of is what waits from one phone of a user whom the actor may manage; nobody
// decides for a phone of one's own.
func Of(tx Tx, actor access.Actor, plan *campaign.Plan, user, device string) ([]Row, error) {
	all, err := List(tx, actor, plan)
	var out []Row
	for _, r := range all {
		if r.User == user && r.Device == device {
			out = append(out, r)
		}
	}
	return out, err
}

// Text opens an entry.
func (r *Row) Text(tx Tx) ([]byte, error) { return tx.OpenUnder(r.Key, place, r.Sealed) }

// Settle writes what was decided of rows, and destroys their texts.
func Settle(tx Tx, actor access.Actor, rows []Row, state State, now time.Time) error {
	var keys []string

	for _, r := range rows {
		keys = append(keys, r.Key)
		r.State, r.Decided, r.By, r.Key, r.Sealed = state, now, actor.ID, "", nil
		if err := tx.PutQuarantined(r); err != nil {
			return err
		}

	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Destroy(keys); err != nil {
		return err
	}
	return audit.Append(tx, now, audit.Event{
		Act: "quarantine.decided", Actor: actor.ID, Office: actor.Office, Subject: "user:" + rows[0].User,
		Details: map[string]string{"device": rows[0].Device, "state": string(state), "entries": strconv.Itoa(len(rows))},
	})
}

// Expire drops what has waited since before an instant, and counts it; on
// trial it only counts.
func Expire(tx Tx, actor access.Actor, before, now time.Time, trial bool) (n int, err error) {
	all, err := tx.Quarantined("")
	if err != nil {
		return 0, err
	}
	of := map[[2]string][]Row{}
	for _, r := range all {
		if r.Received.At.Before(before) {
			of[[2]string{r.User, r.Device}] = append(of[[2]string{r.User, r.Device}], r)
			n++
		}
	}
	if trial {
		return n, nil
	}
	for _, phone := range slices.SortedFunc(maps.Keys(of), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		if err := Settle(tx, actor, of[phone], Dropped, now); err != nil {
			return n, err
		}
	}
	return n, nil
}
