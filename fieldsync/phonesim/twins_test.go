package phonesim

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// Flaws of the phone.
const (
	trustsAny200  flaw = "takes any answer of status 200 for a receipt"
	forgetsOnSend flaw = "forgets a record when it sends it"
	renumbers     flaw = "counts from 1 again after a crash"
	numbersFirst  flaw = "writes the number before the record"
	ignoresEpochs flaw = "does not hear that the server was restored"
	tidiesEarly   flaw = "forgets what was sent by its own clock"
	hearsItself   flaw = "takes its own clock for the server's"
	remakes       flaw = "makes a record anew when no answer comes"
)

// halvesNever is one that only a trace shows.
const halvesNever flaw = "sends as much at once after a request that did not come back"

// Flaws of the server.
const (
	acksBeforeCommit flaw = "answers before it commits"
	takesTwice       flaw = "takes the same entry twice"
)

// TestTwins shows that each flaw is found within few worlds.
func TestTwins(t *testing.T) {
	l := newLand(t)
	for _, f := range []flaw{trustsAny200, forgetsOnSend, renumbers, numbersFirst, ignoresEpochs, tidiesEarly, hearsItself, remakes, acksBeforeCommit, takesTwice} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			h := newHands(t)
			const most = 12
			for seed := uint64(1); seed <= most; seed++ {
				if out := simulate(t, l, h, seed, f); len(out.faults) > 0 {
					t.Logf("seed %d: %d faults, such as: %.300s", seed, len(out.faults), out.faults[0])
					return
				}
			}
			t.Errorf("not found in %d worlds", most)
		})
	}
}

// credulous is what a phone makes of an answer that it does not read.
func credulous(batch []record, epoch, now string) (r reply) {
	r.Epoch, r.Received = epoch, now
	for _, record := range batch {
		accepted := "accepted"
		r.Results = append(r.Results, result{ID: &record.id, Status: &accepted})
	}
	return r
}

// remake gives records another id, as if they were made just now.
func (o *outbox) remake(batch []record) {
	for _, r := range batch {
		old := r.id
		r.id = uuid.NewSHA1(uuid.Nil, []byte(old)).String()
		r.id = old[:19] + r.id[19:]
		r.text = strings.ReplaceAll(r.text, old, r.id)
		delete(o.disk.outbox, old)
		o.disk.outbox[r.id] = r
		for i := range o.all {
			if o.all[i].id == old {
				o.all[i] = r
			}
		}
	}
}

// fresh gives entries that the server was brought before another id on their
// way in, and their own on the way out.
func (w *world) fresh(s sending) (body []byte, undo func([]byte) []byte) {
	body = s.body
	if s.zipped {
		if raw, err := unpacked(body); err == nil {
			body = raw
		}
	}
	other := map[string]string{}
	for _, id := range s.ids {
		if w.seen[id] {
			other[id] = id[:19] + uuid.NewSHA1(uuid.Nil, []byte(id+now().String())).String()[19:]
		}
		w.seen[id] = true
	}
	text := string(body)
	for id, o := range other {
		text = strings.ReplaceAll(text, id, o)
	}
	out := []byte(text)
	if s.zipped {
		out = packed(out)
	}
	return out, func(answer []byte) []byte {
		if !json.Valid(answer) {
			return answer
		}
		text := string(answer)
		for id, o := range other {
			text = strings.ReplaceAll(text, o, id)
		}
		return []byte(text)
	}
}
