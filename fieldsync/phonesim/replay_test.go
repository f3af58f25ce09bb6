package phonesim

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

var traces = flag.String("traces", "", "a folder with fresh traces to replay; see ui/field/tape.ts")

// step is a line of a trace.
type step struct {
	Do      string     `json:"do"`
	Worker  string     `json:"worker"`
	Device  string     `json:"device"`
	Now     string     `json:"now"`
	Texts   []string   `json:"texts"`
	Mends   string     `json:"mends"`
	ID      string     `json:"id"`
	Why     string     `json:"why"`
	Wait    int64      `json:"wait"` // milliseconds
	Packed  bool       `json:"packed"`
	Hash    string     `json:"hash"` // of the request before packing
	Status  int        `json:"status"`
	Ours    bool       `json:"ours"`
	After   string     `json:"after"`
	Body    string     `json:"body"`
	Changed [][]string `json:"changed"` // id, number, standing, answered, standing on disk
	Records []int      `json:"records"` // how many in memory, how many on disk
	Epoch   string     `json:"epoch"`
	Forgot  int        `json:"forgotten"`
}

// player has the model do what the phone did; a line that does not fit is an
// error.
type player struct {
	steps   []step
	at      int
	disk    *disk
	outbox  *outbox
	courier *courier
	worker  string
	device  string
	stood   map[string][]string
	flaw    flaw
}

func (p *player) next() (step, error) {
	if p.at == len(p.steps) {
		return step{}, errors.New("the trace ends here")
	}
	p.at++
	return p.steps[p.at-1], nil
}

func (p *player) open() {
	p.outbox = openOutbox(p.disk, func(change func()) error { change(); return nil }, p.flaw)
	p.courier = &courier{outbox: p.outbox, batch: firstBatch, zipped: true}
}

// now is when the next request goes out.
func (p *player) now() time.Time {
	t, _ := time.Parse(time.RFC3339, p.steps[min(p.at, len(p.steps)-1)].Now)
	return t
}

// push checks a request of the model and answers as the server did.
func (p *player) push(_ []record, body []byte, zipped bool) (response, error) {
	s, err := p.next()
	if err != nil {
		return response{}, errors.Join(errDied, err)
	}
	if zipped {
		if body, err = unpacked(body); err != nil {
			return response{}, errors.Join(errDied, err)
		}
	}
	hash := sha256.Sum256(body)
	if s.Do != "request" || s.Packed != zipped || s.Hash != hex.EncodeToString(hash[:]) {
		return response{}, fmt.Errorf("%w: the model sends %.400s, packed %v; the phone: %s, packed %v, %s", errDied, body, zipped, s.Do, s.Packed, s.Hash)
	}
	a, err := p.next()
	switch {
	case err != nil:
		return response{}, errors.Join(errDied, err)
	case a.Do == "lost":
		return response{}, errCut
	}
	return response{status: a.Status, ours: a.Ours, after: a.After, body: []byte(a.Body)}, nil
}

func (p *player) play() error {
	p.disk, p.stood = newDisk(), map[string][]string{}
	p.open()
	for p.at < len(p.steps) {
		s, _ := p.next()
		if err := p.do(s); err != nil {
			return fmt.Errorf("line %d, %s: %w", p.at, s.Do, err)
		}
	}
	return nil
}

func (p *player) do(s step) error {
	switch s.Do {
	case "phone":
		p.worker, p.device = s.Worker, s.Device
	case "open":
		p.open()
	case "save":
		var drafts []draft
		for _, text := range s.Texts {
			var e struct {
				ID  string `json:"id"`
				Seq int64  `json:"seq"`
			}
			if err := json.Unmarshal([]byte(text), &e); err != nil {
				return err
			}
			drafts = append(drafts, draft{make: func(seq int64) (string, string) {
				if seq != e.Seq {
					return e.ID, fmt.Sprintf("the model counts %d: %s", seq, text)
				}
				return e.ID, text
			}})
		}
		_, err := p.outbox.saveAll(p.worker, s.Now, drafts, s.Mends)
		return err
	case "again":
		return p.outbox.again(s.ID)
	case "tidy":
		now, err := time.Parse(time.RFC3339, s.Now)
		if err != nil {
			return err
		}
		return p.outbox.tidy(now)
	case "run":
		e, err := p.courier.run(p.worker, p.device, p)
		if err != nil {
			return err
		}
		end, err := p.next()
		if err != nil {
			return err
		}
		if end.Do != "end" || end.Why != e.why || end.Wait != e.wait.Milliseconds() {
			return fmt.Errorf("the model ends with %v, the phone: %s %s %d", e, end.Do, end.Why, end.Wait)
		}
	case "state":
		return p.compare(s)
	default:
		return errors.New("what is this")
	}
	return nil
}

func (p *player) compare(s step) error {
	for _, r := range s.Changed {
		p.stood[r[0]] = r
	}
	if len(s.Records) != 2 || len(p.outbox.all) != s.Records[0] || len(p.disk.outbox) != s.Records[1] {
		return fmt.Errorf("the model has %d records, %d on disk; the phone %v", len(p.outbox.all), len(p.disk.outbox), s.Records)
	}
	for _, r := range p.outbox.all {
		model := []string{r.id, strconv.FormatInt(r.seq, 10), string(r.standing), r.answered, string(p.disk.outbox[r.id].standing)}
		if phone := p.stood[r.id]; fmt.Sprint(phone) != fmt.Sprint(model) {
			return fmt.Errorf("the model has %v, the phone %v", model, phone)
		}
	}
	if p.disk.epoch != s.Epoch || p.disk.forgotten[p.worker] != s.Forgot {
		return fmt.Errorf("the model is of epoch %q and forgot %d, the phone %q and %d", p.disk.epoch, p.disk.forgotten[p.worker], s.Epoch, s.Forgot)
	}
	return nil
}

func readTraces(t *testing.T, folder string) map[string][]step {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces in %s: %v", folder, err)
	}
	out := map[string][]step{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var s step
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out[name] = append(out[name], s)
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestReplay holds the model to the phone's own code: of what that was seen to
// save, send and hear, the model makes the same requests, byte for byte, and the
// same standings. `make traces` writes the traces here anew.
func TestReplay(t *testing.T) {
	folders := []string{"testdata"}
	if *traces != "" {
		folders = append(folders, *traces)
	}
	for _, folder := range folders {
		all := readTraces(t, folder)
		requests := 0
		for name, steps := range all {
			if err := (&player{steps: steps}).play(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, s := range steps {
				if s.Do == "request" {
					requests++
				}
			}
		}
		t.Logf("%s: %d traces, %d requests", folder, len(all), requests)
	}
}

// TestReplayTwins shows that a model that is not as the phone is found out.
func TestReplayTwins(t *testing.T) {
	for _, f := range []flaw{trustsAny200, forgetsOnSend, ignoresEpochs, remakes, renumbers, halvesNever} {
		found := false
		for _, steps := range readTraces(t, "testdata") {
			found = found || (&player{steps: steps, flaw: f}).play() != nil
		}
		if !found {
			t.Errorf("the model that %s is not found out", f)
		}
	}
}
