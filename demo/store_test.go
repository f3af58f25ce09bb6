package demo_test

import (
	"bytes"
	"testing"
	"time"

	"caunoi/campaign"
	"caunoi/demo"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/tally"
)

var today = time.Date(2026, 11, 24, 15, 30, 0, 0, journal.Zone)

func generate(t testing.TB, cfg demo.Config) *demo.World {
	t.Helper()
	w, err := demo.Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// load puts a world into a new store, as an import does.
func load(t testing.TB, w *demo.World) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	in := fieldsync.NewIntake(s, outreach.Schema(), time.Now)
	if err := in.PutPlan(t.Context(), w.Plan); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	for l := range w.Entries {
		text, _, err := journal.Canonical(&l.Entry)
		if err != nil {
			t.Fatal(err)
		}
		line, err := journal.EncodeLine(&journal.Stored{Text: text, Received: l.Received})
		if err != nil {
			t.Fatal(err)
		}
		file.Write(append(line, '\n'))
	}
	err = in.ImportEntries(t.Context(), &file, "test", func(o fieldsync.LineOutcome) {
		if o.Status != journal.Accepted && o.Status != journal.HeldBack {
			t.Errorf("line %d: %s %v", o.Line, o.Status, o.Refusal)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sheetOf(t testing.TB, s store.Store, campaignID string) (sheet tally.Sheet) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		sheet, err = tx.Sheet(tally.Query{Campaign: campaignID})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func TestTotals(t *testing.T) {
	w := generate(t, demo.Config{Figures: demo.Published(), Scale: 1, Seed: 1, Today: today})
	s := load(t, w)
	storetest.Check(t, s)
	total := sheetOf(t, s, "lao-cai-2025").Total()
	for _, k := range campaign.ActivityKinds {
		t.Log(k, total[tally.ActivityIndicator(k)])
	}
	for k, c := range total {
		t.Log(k, c)
	}
	for k, c := range sheetOf(t, s, "thuong-xuyen").Total() {
		t.Log("standing", k, c)
	}
	t.Log(w.Count)
}
