package postgres

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
)

// Every writing transaction that touches the journal, the figures or the plan
// holds the lock of the whole journal, shared. Whoever moves the ground under
// the others (a change of the plan, a closing, a rebuild) holds it alone.
//
// Beside it a transaction locks what it counts: ids, then tokens, then
// sessions. It waits for a lock only if all that it holds come before it;
// another one it merely tries, and if it is not free the transaction begins
// again and takes all of them in order. So nobody waits in a circle.
//
// A statement does not see what was committed after it began, so what a lock
// guards is read by a later statement than the one that waited for it.

// rank is the order in which a transaction comes to lock things.
type rank uint64

const (
	rankID      rank = iota // entries that are missing, or for which others wait
	rankToken               // persons and records (tally's tokens)
	rankSession             // head counts of sessions
	rankWhole               // not ordered with the others
)

// lockKey is the key of an advisory lock; keys order by rank.
type lockKey uint64

func (k lockKey) sql() int64 { return int64(k) }

// key hashes a name. Two names of one hash only wait for each other needlessly.
func (s *Store) key(r rank, name string) lockKey {
	h := sha256.Sum256([]byte(s.schema + "\x00" + name))
	return lockKey(uint64(r)<<62 | binary.BigEndian.Uint64(h[:])>>2)
}

// mostLocks of one transaction; one that needs more takes the whole journal.
// A server keeps 6400 of all in its default configuration.
const mostLocks = 400

// demand is what an attempt found that the next one must lock at its start.
type demand struct {
	alone bool
	keys  []lockKey
}

// errAgain ends an attempt whose demand could not be met in order.
var errAgain = errors.New("begin again with the locks that are needed")

// locks are those that a writing transaction holds.
type locks struct {
	demand *demand
	shared bool
	alone  bool
	held   map[lockKey]bool
	top    lockKey // highest held
	again  bool    // the transaction must not commit
}

// begin takes what an earlier attempt asked for.
func (t *tx) begin() error {
	if t.locks.demand.alone {
		return t.takeAll()
	}
	return t.take(t.locks.demand.keys)
}

// share takes the lock of the whole journal, shared.
func (t *tx) share() error {
	if t.locks == nil || t.locks.shared || t.locks.alone {
		return nil
	}
	t.locks.shared = true
	return fault("lock the journal", t.exec(`SELECT pg_advisory_xact_lock_shared($1)`, t.store.key(rankWhole, "*").sql()))
}

// takeAll takes the lock of the whole journal for this transaction alone.
func (t *tx) takeAll() error {
	l := t.locks
	if l == nil || l.alone {
		return nil
	}
	key := t.store.key(rankWhole, "*").sql()
	if !l.shared {
		l.alone = true
		return fault("lock the journal", t.exec(`SELECT pg_advisory_xact_lock($1)`, key))
	}
	free, err := collect(t, scanBool, `SELECT pg_try_advisory_xact_lock($1)`, key)
	if err != nil {
		return err
	}
	if !free[0] {
		l.demand.alone, l.again = true, true
		return errAgain
	}
	l.alone = true
	return nil
}

// take locks keys of whatever rank.
func (t *tx) take(keys []lockKey) error {
	l := t.locks
	if l == nil || l.alone || len(keys) == 0 {
		return nil
	}
	if err := t.share(); err != nil {
		return err
	}
	slices.Sort(keys)
	var above, below []int64
	for _, k := range slices.Compact(keys) {
		switch {
		case l.held[k]:
		case k > l.top:
			above = append(above, k.sql())
		default:
			below = append(below, k.sql())
		}
	}
	if len(l.held)+len(above)+len(below) > mostLocks {
		return t.takeAll()
	}
	if len(below) > 0 {
		free, err := collect(t, scanBool, `SELECT bool_and(pg_try_advisory_xact_lock(k)) FROM unnest($1::bigint[]) AS k`, below)
		if err != nil {
			return err
		}
		if !free[0] {
			l.demand.keys, l.again = append(slices.Collect(maps.Keys(l.held)), keys...), true
			return errAgain
		}
	}
	if len(above) > 0 {
		if err := t.exec(`SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k`, above); err != nil {
			return fault("lock", err)
		}
	}
	for _, k := range keys {
		l.held[k] = true
		l.top = max(l.top, k)
	}
	return nil
}

// Lock locks what has these tokens; "*" stands for the whole journal.
func (t *tx) Lock(tokens []string) error {
	keys := make([]lockKey, len(tokens))
	for i, token := range tokens {
		if token == "*" {
			return t.takeAll()
		}
		keys[i] = t.store.key(rankToken, short(token))
	}
	return t.take(keys)
}
