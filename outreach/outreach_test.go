package outreach_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// TestWhatTheFormsNeed: numbers are taken as they are kept and no other way,
// and what is refused is not quoted.
func TestWhatTheFormsNeed(t *testing.T) {
	whole := outreach.Declaration{
		Phone: "0912000001", Ethnic: "Mông", Nationality: "VN", Address: "Đội 1, Bản Mô Phỏng", Head: "Mô phỏng Giàng A Một",
		Relation: "spouse", Hospital: "Trạm y tế mô phỏng", SI: "0119000001", Card: "GD4010119000001",
	}
	terms := outreach.Terms{Group: "near-poor", Income: 1_500_000, Member: 2, Amount: 198_000, Support: 132_000}
	enrolment := func(change func(*outreach.EnrolmentBody)) error {
		d, m := whole, terms
		b := outreach.EnrolmentBody{
			Scheme: outreach.VoluntarySI, Stage: "paid", Prior: "none", Months: 1, Signed: "paper",
			Declared: &d, Terms: &m, Payment: &outreach.Payment{Method: "cash", Receipt: "BL-001"},
		}
		change(&b)
		return b.Validate()
	}
	if err := enrolment(func(*outreach.EnrolmentBody) {}); err != nil {
		t.Fatal(err)
	}
	if err := enrolment(func(b *outreach.EnrolmentBody) { b.Signed, b.Signature = "glass", "M12 34L15 36M20 20L22 24" }); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*outreach.EnrolmentBody){
		"a phone with a space":      func(b *outreach.EnrolmentBody) { b.Declared.Phone = "0912 000001" },
		"a phone of nine digits":    func(b *outreach.EnrolmentBody) { b.Declared.Phone = "091200000" },
		"an SI number of letters":   func(b *outreach.EnrolmentBody) { b.Declared.SI = "O119000001" },
		"a card that is too short":  func(b *outreach.EnrolmentBody) { b.Declared.Card = "GD401" },
		"a relation nobody knows":   func(b *outreach.EnrolmentBody) { b.Declared.Relation = "friend" },
		"a country in words":        func(b *outreach.EnrolmentBody) { b.Declared.Nationality = "Việt Nam" },
		"two lines":                 func(b *outreach.EnrolmentBody) { b.Declared.Address = "một\nhai" },
		"a negative amount":         func(b *outreach.EnrolmentBody) { b.Terms.Amount = -1 },
		"an amount beyond any":      func(b *outreach.EnrolmentBody) { b.Terms.Income = 1e12 },
		"a payment in kind":         func(b *outreach.EnrolmentBody) { b.Payment.Method = "rice" },
		"a signature by a thumb":    func(b *outreach.EnrolmentBody) { b.Signed = "thumb" },
		"strokes without a glass":   func(b *outreach.EnrolmentBody) { b.Signature = "M1 2L3 4" },
		"strokes that are markup":   func(b *outreach.EnrolmentBody) { b.Signed, b.Signature = "glass", `M1 2"/><script>` },
		"a curve":                   func(b *outreach.EnrolmentBody) { b.Signed, b.Signature = "glass", "M1 2C3 4 5 6 7 8" },
		"strokes without an end":    func(b *outreach.EnrolmentBody) { b.Signed, b.Signature = "glass", "M1 2"+strings.Repeat("L3 4", 2000) },
		"the thirty-first member":   func(b *outreach.EnrolmentBody) { b.Terms.Member = 31 },
		"a receipt beyond any form": func(b *outreach.EnrolmentBody) { b.Payment.Receipt = strings.Repeat("1", 51) },
	} {
		var r *journal.Refusal
		if err := enrolment(change); !errors.As(err, &r) {
			t.Errorf("%s: got %v", name, err)
		} else if r.Code == "people.value" && len(r.Params) != 1 {
			t.Errorf("%s: the refusal quotes what was told: %v", name, r.Params)
		}
	}
	for name, c := range map[string]struct {
		account outreach.Account
		want    bool
	}{
		"a bank and a number":       {outreach.Account{Bank: "970405", Number: "8888000011112222", Holder: "MO PHONG"}, true},
		"a bank by its name":        {outreach.Account{Bank: "AGRIBANK", Number: "8888000011112222"}, false},
		"a number with blanks":      {outreach.Account{Bank: "970405", Number: "8888 0000"}, false},
		"a number that is too long": {outreach.Account{Bank: "970405", Number: strings.Repeat("1", 20)}, false},
	} {
		err := (&outreach.SwitchBody{Benefit: "pension", Method: "bank_account", Account: &c.account}).Validate()
		if (err == nil) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
