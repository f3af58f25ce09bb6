package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/vault"
)

type benchCmd struct {
	Push benchPushCmd `cmd:"" help:"Durable pushes through the HTTP handler, beside the bare driver."`
}

type benchPushCmd struct {
	Data    string `required:"" placeholder:"DIR" help:"A folder on the disk to measure; what is written there is removed."`
	Rounds  int    `default:"5" help:"Rounds; medians are printed."`
	Batches int    `default:"40" help:"Batches of 100 entries in a round."`
	Singles int    `default:"1500" help:"Single entries, pushed by 64 clients, in a round."`
	JSON    bool   `help:"Write the result as JSON."`
}

const (
	benchBatch   = 100
	benchClients = 64
)

// rates are entries a second, the pushes against the bare loop.
type rates struct {
	Push  float64 `json:"push_per_second"`
	Bare  float64 `json:"bare_per_second"`
	Ratio float64 `json:"ratio"`
	// Rows are the statements written for one entry.
	Rows         float64 `json:"rows_per_entry"`
	Transactions float64 `json:"entries_per_transaction"`
}

// Run pushes consultations of distinct people, round by round, and after each
// round writes the same rows again with the driver alone, into a store that
// holds what the first held before the round.
func (c *benchPushCmd) Run(ctx context.Context, t terminal) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.Data, "bench-push-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := newBench(ctx, dir)
	if err != nil {
		return err
	}
	defer b.close()
	others := otherCPU()
	var batches, singles []rates
	for i := range c.Rounds {
		fmt.Fprintf(t.err, "\rround %d/%d", i+1, c.Rounds)
		r, err := b.round(ctx, c.Batches*benchBatch, b.pushBatches)
		if err != nil {
			return err
		}
		batches = append(batches, r)
		if r, err = b.round(ctx, c.Singles, b.pushSingles); err != nil {
			return err
		}
		singles = append(singles, r)
	}
	fmt.Fprintln(t.err)
	result := struct {
		CPUs    int     `json:"cpus"`
		Batches rates   `json:"batches_of_100"`
		Singles rates   `json:"single_entries_64_clients"`
		Others  float64 `json:"cpu_of_other_programs_percent"`
	}{runtime.NumCPU(), median(batches), median(singles), others()}
	if c.JSON {
		if err := json.MarshalWrite(t.out, result); err != nil {
			return err
		}
		fmt.Fprintln(t.out)
		return nil
	}
	fmt.Fprintf(t.out, "SQLite, synchronous=FULL, %d CPUs, median of %d rounds\n", result.CPUs, c.Rounds)
	for _, r := range []struct {
		name string
		rates
	}{{"batches of 100", result.Batches}, {"single entries, 64 clients", result.Singles}} {
		fmt.Fprintf(t.out, "%-28s push %7.0f entries/s   bare loop %7.0f entries/s   ratio %.2f   (%.1f rows an entry, %.0f entries a transaction)\n",
			r.name, r.Push, r.Bare, r.Ratio, r.Rows, r.Transactions)
	}
	fmt.Fprintf(t.out, "CPU used by other programs meanwhile: %.0f %% of the machine\n", result.Others)
	return nil
}

func median(all []rates) rates {
	slices.SortFunc(all, func(a, b rates) int {
		switch {
		case a.Ratio < b.Ratio:
			return -1
		case a.Ratio > b.Ratio:
			return 1
		}
		return 0
	})
	return all[len(all)/2]
}

// bench is a store with its handler, and a second store for the bare loop.
type bench struct {
	subject, bare *sqlite.Store
	handler       http.Handler
	token         string
	made          int64
}

func newBench(ctx context.Context, dir string) (b *bench, err error) {
	b = &bench{}
	if b.subject, err = sqlite.Open(ctx, dir+"/subject", vault.New()); err != nil {
		return nil, err
	}
	if b.bare, err = sqlite.Open(ctx, dir+"/bare", vault.New()); err != nil {
		return nil, err
	}
	app := NewApp(b.subject, access.Config{}, os.Stderr)
	b.handler = app.http.Handler
	today := journal.DayOf(time.Now())
	plan := []campaign.Item{
		{Office: &campaign.Office{ID: "p", Kind: campaign.Province, Name: "Bench"}},
		{Commune: &campaign.Commune{Code: "00001", Name: "Bench", Type: "xã", Office: "p", Lat: 22, Lon: 104}},
		{Campaign: &campaign.Campaign{ID: "c", Kind: campaign.Standing, Name: campaign.Name{"vi": "Bench"}, Province: "p", Start: today.Add(-2), End: today.Add(2), Synthetic: true}},
	}
	if err := app.Intake.PutPlan(ctx, plan); err != nil {
		return nil, err
	}
	return b, b.subject.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		link, err := addUser(tx, app.Intake, app.Access, plan, access.User{ID: "bench", Name: "bench", Role: access.Administrator})
		if err != nil {
			return err
		}
		in, err := app.Access.SignIn(tx, link, time.Now())
		b.token = in.Token
		return err
	})
}

func (b *bench) close() { _ = errors.Join(b.subject.Close(), b.bare.Close()) }

// round pushes n entries and replays what that wrote.
func (b *bench) round(ctx context.Context, n int, push func([]jsontext.Value) error) (rates, error) {
	entries := make([]jsontext.Value, n)
	for i := range entries {
		entries[i] = b.entry()
	}
	tape := &sqlite.Tape{}
	b.subject.Record(tape)
	begun := time.Now()
	err := push(entries)
	took := time.Since(begun)
	b.subject.Record(nil)
	if err != nil {
		return rates{}, err
	}
	bare, err := tape.Replay(ctx, b.bare)
	transactions, statements := tape.Writes()
	return rates{
		Push: float64(n) / took.Seconds(), Bare: float64(n) / bare.Seconds(), Ratio: bare.Seconds() / took.Seconds(),
		Rows: float64(statements) / float64(n), Transactions: float64(n) / float64(transactions),
	}, err
}

// entry is a consultation of a person not met before, about 600 bytes.
func (b *bench) entry() jsontext.Value {
	b.made++
	body, err := json.Marshal(outreach.ConsultationBody{Topics: []string{"household_hi", "voluntary_si"}, Outcome: "promised", Clarity: "clear", Note: strings.Repeat("x", 120)})
	if err != nil {
		panic(err)
	}
	raw, err := json.Marshal(journal.Entry{
		ID: journal.NewID(), Kind: "consultation", Version: 1, Campaign: "c", Office: "p", Commune: "00001",
		Author: "bench", Device: "bench", Seq: b.made, DeviceTime: time.Now(),
		Person: &journal.Person{Citizen: fmt.Sprintf("%012d", b.made), Name: "Mô phỏng", Commune: "00001", Salt: strings.Repeat("s", 22)},
		Body:   body,
	})
	if err != nil {
		panic(err)
	}
	return raw
}

func (b *bench) pushBatches(entries []jsontext.Value) error {
	for part := range slices.Chunk(entries, benchBatch) {
		if err := b.push(part); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) pushSingles(entries []jsontext.Value) error {
	work := make(chan jsontext.Value)
	errs := make([]error, benchClients)
	var wg sync.WaitGroup
	for i := range benchClients {
		wg.Go(func() {
			for e := range work {
				errs[i] = errors.Join(errs[i], b.push([]jsontext.Value{e}))
			}
		})
	}
	for _, e := range entries {
		work <- e
	}
	close(work)
	wg.Wait()
	return errors.Join(errs...)
}

// push sends one request through the handler, as the network would bring it.
func (b *bench) push(entries []jsontext.Value) error {
	body, err := json.Marshal(struct {
		Device  string           `json:"device"`
		Entries []jsontext.Value `json:"entries"`
	}{"bench", entries})
	if err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/api/v1/sync/push", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.RequestURI = r.URL.RequestURI()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+b.token)
	w := &answer{header: http.Header{}}
	b.handler.ServeHTTP(w, r)
	if n := strings.Count(w.body.String(), `"accepted"`); w.status != http.StatusOK || n != len(entries) {
		return fmt.Errorf("push of %d: status %d: %.300s", len(entries), w.status, w.body.String())
	}
	return nil
}

// answer is the least http.ResponseWriter.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.body.Write(b)
}

// otherCPU begins to watch; what it returns says, in percent of the machine,
// what other programs have used since. -1 where the system does not tell.
func otherCPU() func() float64 {
	busy0, all0 := machineTicks()
	mine0 := ownTicks()
	return func() float64 {
		busy1, all1 := machineTicks()
		if all1 <= all0 {
			return -1
		}
		return max(0, 100*(busy1-busy0-(ownTicks()-mine0))/(all1-all0))
	}
}

// machineTicks reads /proc/stat, in hundredths of a second of one CPU.
func machineTicks() (busy, all float64) {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	for i, field := range strings.Fields(line)[1:] {
		var n float64
		if _, err := fmt.Sscan(field, &n); err != nil || i > 7 {
			break
		}
		all += n
		if i != 3 && i != 4 { // idle, waiting for disks
			busy += n
		}
	}
	return busy, all
}

func ownTicks() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e7
}
