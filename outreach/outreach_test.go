package outreach_test

import (
	"os"
	"path/filepath"
	"testing"

	"caunoi/journal"
	"caunoi/outreach"
)

// everywhere is a plan that knows every place.
type everywhere struct{}

func (everywhere) HasCampaign(string) bool { return true }
func (everywhere) HasOffice(string) bool   { return true }
func (everywhere) HasCommune(string) bool  { return true }

// TestEntriesOfEveryReleaseRead: what an earlier release wrote is read for
// ever, and means the same bytes.
func TestEntriesOfEveryReleaseRead(t *testing.T) {
	files, err := filepath.Glob("../journal/testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no entries of earlier releases", err)
	}
	schema := outreach.Schema()
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		seen := map[string]bool{}
		err = journal.Lines(f, func(n int, line []byte) error {
			st, err := schema.DecodeLine(line, everywhere{}, journal.Receipt{})
			if err != nil {
				t.Errorf("%s:%d: %v", name, n, err)
				return nil
			}
			seen[st.Kind] = true
			again, err := journal.EncodeLine(&st)
			if err != nil || string(again) != string(line) {
				t.Errorf("%s:%d: written again as %s", name, n, again)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range schema.Kinds() {
			if !seen[k.Name] && k.Version == 1 {
				t.Errorf("%s has no %s", name, k.Name)
			}
		}
	}
}

// FuzzDecode: whatever comes, decoding ends in an entry that encodes to itself
// or in a refusal.
func FuzzDecode(f *testing.F) {
	raw, err := os.ReadFile("../journal/testdata/1.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"id":"019a6c22-a080-7000-8000-000000000001","kind":"closing","v":1}`))
	schema := outreach.Schema()
	f.Fuzz(func(t *testing.T, line []byte) {
		st, err := schema.DecodeLine(line, everywhere{}, journal.Receipt{})
		if err != nil {
			return
		}
		line, err = journal.EncodeLine(&st)
		if err != nil {
			t.Fatal(err)
		}
		again, err := schema.DecodeLine(line, everywhere{}, journal.Receipt{})
		if err != nil || again.Hash() != st.Hash() {
			t.Errorf("canonical form %s: %v", line, err)
		}
	})
}

// TestNewParticipants holds the design's section 3.5 at its edges.
func TestNewParticipants(t *testing.T) {
	for _, c := range []struct {
		name string
		body outreach.EnrolmentBody
		paid journal.Day
		want bool
	}{
		{"never in the scheme", outreach.EnrolmentBody{Scheme: outreach.VoluntarySI, Prior: "none"}, "2025-11-10", true},
		{"still in it", outreach.EnrolmentBody{Scheme: outreach.VoluntarySI, Prior: "current"}, "2025-11-10", false},
		{"12 whole months outside", outreach.EnrolmentBody{Scheme: outreach.VoluntarySI, Prior: "lapsed", LastMonth: "2024-10"}, "2025-11-01", true},
		{"a day less", outreach.EnrolmentBody{Scheme: outreach.VoluntarySI, Prior: "lapsed", LastMonth: "2024-10"}, "2025-10-31", false},
		{"a month less", outreach.EnrolmentBody{Scheme: outreach.VoluntarySI, Prior: "lapsed", LastMonth: "2024-11"}, "2025-11-10", false},
		{"a card that follows at once", outreach.EnrolmentBody{Scheme: outreach.HouseholdHI, Prior: "lapsed", LastMonth: "2025-10", Starts: "2025-11-01"}, "2025-10-20", false},
		{"a day without a card", outreach.EnrolmentBody{Scheme: outreach.HouseholdHI, Prior: "lapsed", LastMonth: "2025-10", Starts: "2025-11-02"}, "2025-10-20", true},
		{"no start stated: from the day of payment", outreach.EnrolmentBody{Scheme: outreach.HouseholdHI, Prior: "lapsed", LastMonth: "2025-10"}, "2025-11-10", true},
	} {
		if got := c.body.New(c.paid); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
