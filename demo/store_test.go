package demo_test

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/demo"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/tally"
	"caunoi/vault"
)

// load puts a world into a new store, as an import does.
func load(t testing.TB, dir string, w *demo.World) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, vault.New())
	if err != nil {
		t.Fatal(err)
	}
	in := fieldsync.NewIntake(s, outreach.Schema(), time.Now)
	if err := in.PutPlan(t.Context(), w.Plan); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	for l := range w.Entries {
		line, err := journal.EncodeLine(&journal.Stored{Entry: l.Entry, Received: l.Received})
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

// differ says where closed figures are not those of a file, times scale.
func differ(f demo.Figures, scale int, plan *campaign.Plan, sheet tally.Sheet) (out []string) {
	total, byOffice := sheet.Total(), sheet.ByOffice()
	same := func(what string, got, want int) {
		if got != want {
			out = append(out, fmt.Sprintf("%s: got %d, want %d", what, got, want))
		}
	}
	for _, k := range campaign.ActivityKinds {
		same(string(k), total[tally.ActivityIndicator(k)].Closed, f.Activities[k]*scale)
	}
	same("people reached", total[tally.PeopleReached].Closed, f.PeopleReached*scale)
	same("voluntary SI", total[tally.EnrolledSI].Closed, f.Enrolments.VoluntarySI*scale)
	same("self-paid HI", total[tally.EnrolledHI].Closed, f.Enrolments.SelfPaidHI*scale)
	same("enrolments", total[tally.Enrolments].Closed, f.Enrolments.Total*scale)
	same("switches", total[tally.Switches].Closed, f.NoncashSwitches*scale)
	id := map[string]string{}
	for _, o := range plan.Offices {
		if o.Kind == campaign.GrassRoots {
			id[o.Name] = o.ID
		}
	}
	for _, n := range f.OfficesNamed {
		same(n.Name+" enrolments", byOffice[id[n.Name]][tally.Enrolments].Closed, n.Enrolments*scale)
		same(n.Name+" switches", byOffice[id[n.Name]][tally.Switches].Closed, n.NoncashSwitches*scale)
	}
	for _, told := range []struct {
		i    tally.Indicator
		want []string
	}{{tally.SessionsMovedWeather, f.BadWeather}, {tally.Donations, f.DonationsIn}} {
		if got := ranked(plan, byOffice, told.i); !slices.Equal(got, told.want) && len(got)+len(told.want) > 0 {
			out = append(out, fmt.Sprintf("%s: got %q, want %q", told.i, got, told.want))
		}
	}
	return out
}

// ranked lists offices as the report does: by descending number, then name.
func ranked(plan *campaign.Plan, byOffice map[string]tally.Total, i tally.Indicator) (names []string) {
	offices := slices.SortedFunc(maps.Keys(byOffice), func(a, b string) int {
		return cmp.Or(byOffice[b][i].Closed-byOffice[a][i].Closed, cmp.Compare(plan.Offices[a].Name, plan.Offices[b].Name))
	})
	for _, o := range offices {
		if byOffice[o][i].Closed > 0 {
			names = append(names, plan.Offices[o].Name)
		}
	}
	return names
}

func TestTwiceTheFestival(t *testing.T) {
	t.Parallel()
	w := generate(t, demo.Config{Figures: demo.Published(), Scale: 2, Seed: 5})
	s := load(t, t.TempDir(), w)
	defer s.Close()
	for _, d := range differ(demo.Published(), 2, campaign.NewPlan(w.Plan), sheetOf(t, s, "lao-cai-2025")) {
		t.Error(d)
	}
}

// drawFigures draws files of figures, the possible and the impossible.
func drawFigures(t *rapid.T) demo.Figures {
	names := []string{"Sa Pa", "Yên Bái", "Mường Khương", "Văn Chấn", "Lào Cai", "Trạm Tấu"}
	few := func(label string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID[string]).Draw(t, label)
	}
	n := func(label string, most int) int { return rapid.IntRange(0, most).Draw(t, label) }
	f := demo.Figures{
		Campaign: demo.FiguresCampaign{
			ID: "c", ProvinceCode: "15", Name: campaign.Name{"vi": "Đợt thử"},
			Published: journal.Day("2026-01-01").Add(n("day", 400)),
		},
		Activities: map[campaign.ActivityKind]int{},
		BadWeather: few("rain"), DonationsIn: few("donations"),
		NoncashSwitches: n("switches", 20),
	}
	for _, k := range campaign.ActivityKinds {
		f.Activities[k] = n(string(k), 9) * n("any", 1)
	}
	f.Enrolments.VoluntarySI, f.Enrolments.SelfPaidHI = n("SI", 20), n("HI", 60)
	f.Enrolments.Total = f.Enrolments.VoluntarySI + f.Enrolments.SelfPaidHI
	enrolled, switched := f.Enrolments.Total, f.NoncashSwitches
	for _, name := range few("named") {
		o := demo.NamedOffice{Name: name, Enrolments: n("enrolled", enrolled), NoncashSwitches: n("switched", switched)}
		enrolled -= o.Enrolments
		switched -= o.NoncashSwitches
		f.OfficesNamed = append(f.OfficesNamed, o)
	}
	f.PeopleReached = n("reached", 250)
	return f
}

func TestAnyFigures(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // each loads a store
		defer func() { _ = f.Value.Set(f.DefValue) }()
		if err := f.Value.Set("15"); err != nil {
			t.Fatal(err)
		}
	}
	made := 0
	rapid.Check(t, func(rt *rapid.T) {
		f := drawFigures(rt)
		w, err := demo.Generate(demo.Config{Figures: f, Scale: 1, Seed: rapid.Uint64().Draw(rt, "seed")})
		if err != nil {
			var refusal *journal.Refusal
			k := len(f.DonationsIn)
			if most := f.Enrolments.Total + f.NoncashSwitches + k*(k+1)/2; !errors.As(err, &refusal) ||
				refusal.Code != "figures.too_few_people" || f.PeopleReached >= most {
				rt.Fatalf("%d reached, %d at most needed: %v", f.PeopleReached, most, err)
			}
			return
		}
		made++
		s := load(t, t.TempDir(), w)
		defer s.Close()
		if diff := differ(f, 1, campaign.NewPlan(w.Plan), sheetOf(t, s, "c")); diff != nil {
			rt.Fatal(diff)
		}
		if diff := storetest.Verify(t, s); diff != nil {
			rt.Fatal(diff)
		}
	})
	if made == 0 {
		t.Error("no figures were possible")
	}
}
