// Package accesstest is the behaviour that package access needs of a store,
// as tests that every store must pass.
package accesstest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
)

// Update runs f in a transaction that writes: an error of f undoes all that f
// wrote and comes back, wrapped or not. It may be called by several goroutines
// at once and may run f again.
type Update = func(f func(access.Tx) error) error

// Run tests a store. open opens an empty one, which ends with t.
func Run(t *testing.T, open func(t *testing.T) func(func(access.Tx) error) error) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Update)
	}{
		{"users come back as they were put", usersComeBack},
		{"users are listed by id in byte order", usersInOrder},
		{"putting a user again replaces it and keeps its sessions", userReplaced},
		{"what is not there is not found", notFound},
		{"an error undoes the transaction", undone},
		{"a link is taken once", linkTakenOnce},
		{"an expired link is not taken", linkExpired},
		{"of many who open a link at once one gets in", linkRace},
		{"sessions come back as they were put", sessionsComeBack},
		{"sessions of a user are listed while they last", sessionsListed},
		{"seen moves forward alone", seenForward},
		{"a proof is kept while the session lasts", proofKept},
		{"an end holds", endHolds},
		{"sessions and links are forgotten when they are long over", sessionsForgotten},
		{"passkeys are kept", passkeysKept},
		{"phones are kept", phonesKept},
		{"what a user was is kept", standingsKept},
		{"sign in, call, sign out", signInAndOut},
		{"a new token of a phone ends the old one", phoneRenewed},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// start is an instant to the microsecond, with no zeros to hide rounding.
var start = time.Date(2025, 11, 8, 7, 30, 15, 123456000, time.UTC)

var plan = campaign.NewPlan([]campaign.Item{
	{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province, Name: "Tỉnh mô phỏng"}},
	{Office: &campaign.Office{ID: "sa-pa", Parent: "tinh", Kind: campaign.GrassRoots, Name: "Sa Pa"}},
})

var worker = access.User{ID: "cb-sa-pa-01", Name: "Cán bộ mô phỏng 01 (Sa Pa)", Role: access.Campaigner, Office: "sa-pa"}

func hash(name string) []byte {
	h := sha256.Sum256([]byte(name))
	return h[:]
}

// do runs f and fails the test with its error.
func do(t *testing.T, update Update, f func(access.Tx) error) {
	t.Helper()
	if err := update(f); err != nil {
		t.Fatal(err)
	}
}

// with puts the worker.
func with(t *testing.T, update Update) {
	t.Helper()
	do(t, update, func(tx access.Tx) error { return tx.PutUser(worker) })
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	var r *journal.Refusal
	if !errors.As(err, &r) || r.Code != want {
		t.Errorf("got %v, want a refusal %s", err, want)
	}
}

func sameInstant(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) || got.IsZero() != want.IsZero() || got.Location() != time.UTC {
		t.Errorf("%s: got %v, want %v in UTC", what, got, want)
	}
}

func sameSession(t *testing.T, got, want access.Session) {
	t.Helper()
	if !bytes.Equal(got.Hash, want.Hash) || got.User != want.User || got.Role != want.Role || got.Device != want.Device {
		t.Errorf("session: got %+v, want %+v", got, want)
	}
	sameInstant(t, "made", got.Made, want.Made)
	sameInstant(t, "seen", got.Seen, want.Seen)
	sameInstant(t, "proven", got.Proven, want.Proven)
	sameInstant(t, "ended", got.Ended, want.Ended)
}
