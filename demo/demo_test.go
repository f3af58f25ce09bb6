package demo_test

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/campaign"
	"caunoi/demo"
	"caunoi/journal"
	"caunoi/outreach"
)

// today is an afternoon a year after the festival.
var today = time.Date(2026, 11, 24, 15, 30, 0, 0, journal.Zone)

func generate(t testing.TB, cfg demo.Config) *demo.World {
	t.Helper()
	cfg.Scale = max(1, cfg.Scale)
	w, err := demo.Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func lines(w *demo.World) []journal.Line { return slices.Collect(w.Entries) }

func of(all []journal.Line, campaignID string) []journal.Line {
	return slices.DeleteFunc(slices.Clone(all), func(l journal.Line) bool { return l.Entry.Campaign != campaignID })
}

// bytesOf is a digest of all that a world writes.
func bytesOf(t testing.TB, w *demo.World) [32]byte {
	h := sha256.New()
	for i := range w.Plan {
		b, err := w.Plan[i].Encode()
		if err != nil {
			t.Fatal(err)
		}
		h.Write(b)
	}
	for l := range w.Entries {
		b, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(b)
	}
	return [32]byte(h.Sum(nil))
}

func TestTheSameConfigGivesTheSameBytes(t *testing.T) {
	cfg := demo.Config{Figures: demo.Published(), Scale: 1, Seed: 7, Today: today}
	one := generate(t, cfg)
	if a, b := bytesOf(t, one), bytesOf(t, generate(t, cfg)); a != b {
		t.Error("two worlds of one config differ")
	}
	if a, b := bytesOf(t, one), bytesOf(t, one); a != b {
		t.Error("a world read twice differs")
	}
	cfg.Seed = 8
	if bytesOf(t, one) == bytesOf(t, generate(t, cfg)) {
		t.Error("another seed gives the same bytes")
	}
}

// An earlier moment of the day sees less of the same records.
func TestTheDayGivesTheEntriesAndTheMomentHowMany(t *testing.T) {
	cfg := demo.Config{Figures: demo.Published(), Seed: 7, Today: today}
	late := lines(generate(t, cfg))
	cfg.Today = today.Add(-5 * time.Hour)
	early := lines(generate(t, cfg))
	if len(early) >= len(late) {
		t.Fatalf("at 10:30 %d entries, at 15:30 %d", len(early), len(late))
	}
	for i := range early {
		if early[i].Entry.ID != late[i].Entry.ID {
			t.Fatalf("entry %d: at 10:30 %s, at 15:30 %s", i, early[i].Entry.ID, late[i].Entry.ID)
		}
	}
}

func TestEveryEntryIsWellFormed(t *testing.T) {
	w := generate(t, demo.Config{Figures: demo.Published(), Scale: 2, Seed: 3, Today: today})
	plan := campaign.NewPlan(w.Plan)
	if err := plan.Check(); err != nil {
		t.Fatal(err)
	}
	for i := range w.Plan {
		b, err := w.Plan[i].Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := campaign.DecodeItem(b); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
	schema := outreach.Schema()
	seq := map[string]int64{}
	ids := map[journal.ID]bool{}
	n := 0
	var last time.Time
	for l := range w.Entries {
		n++
		raw, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		st, err := schema.DecodeLine(raw, plan, journal.Receipt{})
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if ids[st.ID] {
			t.Fatalf("%s: id twice", st.ID)
		}
		ids[st.ID] = true
		if seq[st.Device]++; st.Seq != seq[st.Device] {
			t.Fatalf("%s: device %s: got seq %d, want %d", st.ID, st.Device, st.Seq, seq[st.Device])
		}
		if st.Received.At.Before(last) {
			t.Fatalf("%s: received at %s, after one at %s", st.ID, st.Received.At, last)
		}
		last = st.Received.At
		if c := plan.Campaigners[st.Author]; c == nil || c.Office != st.Office && !plan.MayCorrect(st.Author, st.Office) {
			t.Errorf("%s: author %s, office %s", st.ID, st.Author, st.Office)
		}
	}
	if n != w.Count {
		t.Errorf("Count: got %d, want %d", w.Count, n)
	}
}

// People are made up and say so. Their citizen numbers have the official
// format, end in 99… and fit the person, slips of the pen aside.
func TestPeopleAreVisiblySynthetic(t *testing.T) {
	w := generate(t, demo.Config{Figures: demo.Published(), Seed: 3, Today: today})
	fits, numbers := 0, 0
	for l := range w.Entries {
		p := l.Entry.Person
		if p == nil {
			continue
		}
		if !strings.HasPrefix(p.Name, "Mô phỏng ") {
			t.Fatalf("name %q", p.Name)
		}
		if p.Citizen == "" {
			continue
		}
		if p.Citizen[6:8] != "99" {
			t.Fatalf("citizen number %s", p.Citizen)
		}
		want := map[string]string{"m1": "0", "f1": "1", "m2": "2", "f2": "3"}[p.Sex+p.Birth[:1]] + p.Birth[2:4]
		numbers++
		if p.Citizen[3:6] == want {
			fits++
		}
	}
	if fits < numbers*99/100 || numbers == 0 {
		t.Errorf("%d of %d citizen numbers fit the person", fits, numbers)
	}
	for _, it := range w.Plan {
		if c := it.Campaigner; c != nil && !strings.Contains(c.Name, "mô phỏng") {
			t.Errorf("campaigner %q", c.Name)
		}
	}
}

// Every office has somebody to visit for each reason, and nobody of its list
// is in an entry.
func TestOfficesKnowWhomToVisit(t *testing.T) {
	w := generate(t, demo.Config{Figures: demo.Published(), Seed: 3, Today: today})
	met := map[string]bool{}
	for l := range w.Entries {
		if p := l.Entry.Person; p != nil {
			met[p.Citizen] = true
		}
	}
	day := journal.DayOf(today)
	seen := map[string]bool{}
	reasons := map[string]map[string]bool{} // by commune
	for _, r := range w.Lists {
		if seen[r.Citizen] || met[r.Citizen] || r.Citizen[6:8] != "99" || !strings.HasPrefix(r.Name, "Mô phỏng ") || r.Village == "" {
			t.Fatalf("%+v", r)
		}
		seen[r.Citizen] = true
		if reasons[r.Commune] == nil {
			reasons[r.Commune] = map[string]bool{}
		}
		why := "none"
		if len(r.Covers) > 0 {
			switch end := r.Covers[0].End; {
			case end < day:
				why = "lapsed"
			case end <= day.Add(30):
				why = "ends"
			default:
				why = "covered"
			}
		}
		reasons[r.Commune][why] = true
		reasons[r.Commune]["cash"] = reasons[r.Commune]["cash"] || r.Cash != nil
	}
	if len(reasons) != 19 {
		t.Errorf("lists of %d communes", len(reasons))
	}
	for commune, all := range reasons {
		if len(all) != 5 || !all["cash"] {
			t.Errorf("%s: %v", commune, all)
		}
	}
}

func TestTheStandingCampaignLivesToday(t *testing.T) {
	w := generate(t, demo.Config{Figures: demo.Published(), Seed: 3, Today: today})
	day := journal.DayOf(today)
	perDay := map[journal.Day]int{}
	ahead := map[journal.Day]int{}
	for _, l := range of(lines(w), "thuong-xuyen") {
		if l.Entry.DeviceTime.After(today) || l.Received.At.After(today) {
			t.Fatalf("%s: recorded %s, received %s, today is %s", l.Entry.ID, l.Entry.DeviceTime, l.Received.At, today)
		}
		perDay[journal.DayOf(l.Entry.DeviceTime)]++
		if l.Entry.Kind == campaign.ActivityPlanned.Name {
			var p campaign.Planned
			if err := json.Unmarshal(l.Entry.Body, &p); err != nil {
				t.Fatal(err)
			}
			ahead[journal.DayOf(p.Start)]++
		}
	}
	for n := range 46 {
		if d := day.Add(-n); perDay[d] < 10 {
			t.Errorf("%s: %d entries", d, perDay[d])
		}
	}
	for n := range 14 {
		if d := day.Add(n); ahead[d] == 0 {
			t.Errorf("%s: nothing planned", d)
		}
	}
	last := slices.MaxFunc(lines(w), func(a, b journal.Line) int { return cmp.Compare(a.Received.At.Unix(), b.Received.At.Unix()) })
	if today.Sub(last.Received.At) > 2*time.Hour {
		t.Errorf("the last entry came at %s, today is %s", last.Received.At, today)
	}
}

func TestZeroTodayLeavesTheStandingCampaignOut(t *testing.T) {
	w := generate(t, demo.Config{Figures: demo.Published()})
	if all := of(lines(w), "thuong-xuyen"); len(all) != 0 {
		t.Errorf("got %d standing entries", len(all))
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		for range generate(b, demo.Config{Figures: demo.Published(), Scale: 10, Today: today}).Entries {
			continue
		}
	}
}
