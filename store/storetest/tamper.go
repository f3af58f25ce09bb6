package storetest

import (
	"bytes"
	"crypto/rand"
	mrand "math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"caunoi/audit"
	"caunoi/store"
)

// Tampering changes the audit of a store 1,000 times at random, by a way in
// that is not ours, and wants each change found. rewrite replaces the rows of
// the table as they are, without regard to what guards it.
func Tampering(t *testing.T, s store.Store, rewrite func(rows []audit.Row)) {
	const events, times = 24, 1000
	for i := range events {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return audit.Append(tx, noon.Add(time.Duration(i)*time.Second), audit.Event{
				Act: "person.read", Actor: "ann", Device: "d", Office: "a", Subject: "person:" + strconv.Itoa(i),
				Details: map[string]string{"n": "1"},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var rows []audit.Row
	var head audit.Checkpoint
	var key []byte
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		key = tx.Derive(audit.Purpose)
		if rows, err = tx.AuditAfter(0, events); err == nil {
			head, err = audit.Head(tx)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rng := mrand.New(mrand.NewPCG(3, 14))
	blindly := 0 // what is found neither without the key nor without the head
	for n := range times {
		kind := n % len(tamperings)
		changed := tamperings[kind].change(rng, slices.Clone(rows), key)
		rewrite(changed)
		if len(faultsOf(t, s, head)) == 0 {
			t.Errorf("%s (number %d) was not found", tamperings[kind].name, n)
		}
		if len(faultsOf(t, s)) == 0 {
			blindly++
		}
	}
	if blindly == 0 {
		t.Error("every change was found without the head: the end was never cut off, nor an old copy put in place")
	}
	rewrite(rows)
	if faults := faultsOf(t, s, head); len(faults) > 0 {
		t.Errorf("the rows as they were: %v", faults)
	}
	// The key is what makes it so: who has it rewrites the past, and only a
	// head that was kept elsewhere tells.
	forged := slices.Clone(rows)
	forged[3].Actor = "bob"
	rewrite(chained(forged, 3, key))
	if faults := faultsOf(t, s); len(faults) > 0 {
		t.Errorf("a chain made anew with the key: %v", faults)
	}
	if faults := faultsOf(t, s, head); !slices.Contains(faults, audit.Fault{Seq: events, What: audit.Forked}) {
		t.Errorf("a chain made anew with the key, and the head from before: %v", faults)
	}
}

func faultsOf(t *testing.T, s store.Store, marks ...audit.Checkpoint) (faults []audit.Fault) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		_, faults, err = audit.Verify(tx, marks...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

// chained computes the chain anew from a place on.
func chained(rows []audit.Row, from int, key []byte) []audit.Row {
	for i := from; i < len(rows); i++ {
		var last audit.Row
		if i > 0 {
			last = rows[i-1]
		}
		rows[i] = rows[i].After(last, key)
	}
	return rows
}

// renumbered makes the numbers run on, as they would for who looks.
func renumbered(rows []audit.Row) []audit.Row {
	for i := range rows {
		rows[i].Seq = int64(i + 1)
	}
	return rows
}

var tamperings = []struct {
	name   string
	change func(rng *mrand.Rand, rows []audit.Row, key []byte) []audit.Row
}{
	{"a field edited", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		r := &rows[rng.IntN(len(rows))]
		switch rng.IntN(9) {
		case 0:
			r.At = r.At.Add(time.Duration(1+rng.IntN(9)) * time.Microsecond)
		case 1:
			r.Act = "person.revealed"
		case 2:
			r.Actor = "bob"
		case 3:
			r.Device = ""
		case 4:
			r.Office += "b"
		case 5:
			r.Subject = "person:x"
		case 6:
			r.Outcome = audit.Refused
		case 7:
			r.Text = []string{"", `{"n":"2"}`, `{"n": "1"}`, `{"n":"1","n":"1"}`, `{`}[rng.IntN(5)]
		case 8:
			// A letter moved from one field to the next.
			r.Device, r.Actor = r.Actor[len(r.Actor)-1:]+r.Device, r.Actor[:len(r.Actor)-1]
		}
		return rows
	}},
	{"a hash edited", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		r := &rows[rng.IntN(len(rows))]
		r.Hash = bytes.Clone(r.Hash)
		if rng.IntN(4) == 0 {
			r.Hash = []byte{}
			return rows
		}
		r.Hash[rng.IntN(len(r.Hash))] ^= 1 << rng.IntN(8)
		return rows
	}},
	{"rows deleted", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		from := rng.IntN(len(rows))
		rows = slices.Delete(rows, from, min(len(rows), from+1+rng.IntN(5)))
		if rng.IntN(2) == 0 {
			return renumbered(rows)
		}
		return rows
	}},
	{"the end cut off", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row { return rows[:rng.IntN(len(rows))] }},
	{"a row put in", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		return renumbered(slices.Insert(rows, rng.IntN(len(rows)), rows[rng.IntN(len(rows))]))
	}},
	{"a row put at the end", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		return renumbered(append(rows, rows[rng.IntN(len(rows))]))
	}},
	{"rows in another order", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		i := rng.IntN(len(rows) - 1)
		j := i + 1 + rng.IntN(len(rows)-i-1)
		rows[i], rows[j] = rows[j], rows[i]
		return renumbered(rows)
	}},
	{"a fork with a key of one's own", func(rng *mrand.Rand, rows []audit.Row, _ []byte) []audit.Row {
		own := make([]byte, 32)
		_, _ = rand.Read(own)
		from := rng.IntN(len(rows))
		rows[from].Actor = "bob"
		return chained(rows, from, own)
	}},
	{"an older copy put in place, which went on from there", func(rng *mrand.Rand, rows []audit.Row, key []byte) []audit.Row {
		from := rng.IntN(len(rows))
		for i := from; i < len(rows); i++ { // the server itself wrote these
			rows[i].Subject = "person:later"
		}
		return chained(rows, from, key)
	}},
}
