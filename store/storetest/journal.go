package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/access/accesstest"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

func testJournal(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("the same entry again is answered and kept once", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		l := NewMaker().Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		statuses := statuses(Import(t, in, l, l), Import(t, in, l))
		if w := []journal.Status{journal.Accepted, journal.Repeated, journal.Repeated}; !slices.Equal(statuses, w) {
			t.Errorf("statuses %v, want %v", statuses, w)
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.Consultations: same(1)})
	})
	t.Run("an id with other content is a conflict and the first stays", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		l := NewMaker().Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		other := l
		other.Entry.Person = Citizen(2)
		if got := statuses(Import(t, in, l, other)); !slices.Equal(got, []journal.Status{journal.Accepted, journal.Conflict}) {
			t.Errorf("statuses %v", got)
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1)})
	})
	t.Run("of two receipts the earlier holds", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		l := NewMaker().Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		early, late := l, l
		early.Received.OffsetMS = -24 * 3600_000
		late.Received.At = l.Received.At.AddDate(0, 0, 1)
		Import(t, in, late)
		Import(t, in, early)
		Check(t, s)
		err := s.View(t.Context(), func(tx store.Tx) error {
			st, ok, err := tx.ByID(l.Entry.ID)
			if !ok || !st.Received.At.Equal(early.Received.At) || st.Received.OffsetMS != early.Received.OffsetMS {
				t.Errorf("receipt %+v, want %+v", st.Received, early.Received)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("superseding is for the author and the office's lead", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		l := m.Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		stranger := m.Withdraw("bob", At(3, 9), l)
		otherLead := m.Withdraw("leb", At(3, 9), l)
		got := statuses(Import(t, in, l, stranger, otherLead))
		if !slices.Equal(got, []journal.Status{journal.Accepted, journal.Refused, journal.Refused}) {
			t.Errorf("statuses %v", got)
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1)})
		Import(t, in, m.Withdraw("lea", At(3, 9), l))
		want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(0)})
	})
	t.Run("a stranger's supersede that came first has no effect either", func(t *testing.T) {
		s := open(t)
		m := NewMaker()
		l := m.Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		got := statuses(Import(t, Intake(t, s), m.Withdraw("bob", At(3, 9), l), l))
		if !slices.Equal(got, []journal.Status{journal.HeldBack, journal.Accepted}) {
			t.Errorf("statuses %v", got)
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(1)})
	})
	t.Run("an entry and what it names are of one campaign and of the right kind", func(t *testing.T) {
		s := open(t)
		m := NewMaker()
		p := m.Plan("ann", campaign.SmallGroup, At(2, 9), journal.ID{})
		other := m.Hold("ann", At(2, 12), p.Entry.ID, 9)
		other.Entry.Campaign = "d"
		talk := m.Consult("ann", At(2, 10), Citizen(1), p.Entry.ID)
		atTalk := m.Consult("ann", At(2, 10), Citizen(1), talk.Entry.ID)
		stage := m.Make("enrolment_stage", "ann", At(2, 11), outreach.StageBody{Enrolment: talk.Entry.ID, Stage: campaign.Paid})
		first, then := open(t), open(t)
		got := statuses(Import(t, Intake(t, s), p, talk, other, atTalk, stage))
		if !slices.Equal(got, []journal.Status{journal.Accepted, journal.Accepted, journal.Refused, journal.Refused, journal.Refused}) {
			t.Errorf("statuses %v", got)
		}
		// What came before the entry that it names has no effect either.
		Import(t, Intake(t, first), p, talk, other, atTalk, stage)
		Import(t, Intake(t, then), other, atTalk, stage, talk, p)
		if a, b := sheet(t, first), sheet(t, then); !slices.Equal(a, b) {
			t.Errorf("figures differ by order: %v and %v", a, b)
		}
		Check(t, then)
	})
	t.Run("another office's work is not undone by a campaigner", func(t *testing.T) {
		s := open(t)
		m := NewMaker()
		e := m.Enrol("ann", At(2, 9), Citizen(1), "household_hi", campaign.Paid)
		p := m.Plan("ann", campaign.SmallGroup, At(2, 9), journal.ID{})
		undo := func(author string) journal.Line {
			return m.Make("enrolment_stage", author, At(3, 9), outreach.StageBody{Enrolment: e.Entry.ID, Stage: campaign.Withdrawn})
		}
		cancel := m.Make("activity_cancelled", "bob", At(1, 9), campaign.Cancelled{Reason: "people"})
		cancel.Entry.Activity = p.Entry.ID
		got := statuses(Import(t, Intake(t, s), e, p, undo("bob"), cancel))
		if !slices.Equal(got, []journal.Status{journal.Accepted, journal.Accepted, journal.Refused, journal.Refused}) {
			t.Errorf("statuses %v", got)
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.EnrolledHI: same(1)})
		if got := statuses(Import(t, Intake(t, s), undo("lea"))); got[0] != journal.Accepted {
			t.Errorf("the lead: %v", got)
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.EnrolledHI: same(0)})
	})
	t.Run("a circle of different references leaves the books clean", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		a := m.Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		x := m.Correct("ann", At(3, 9), a, func(*journal.Entry) {})
		y := m.Correct("ann", At(4, 9), x, func(*journal.Entry) {})
		x.Entry.Activity = y.Entry.ID
		for _, l := range []journal.Line{x, y, a} {
			Import(t, in, l)
			Check(t, s)
		}
	})
	t.Run("entries that supersede each other in a circle are a conflict", func(t *testing.T) {
		s := open(t)
		m := NewMaker()
		a := m.Consult("ann", At(2, 9), Citizen(1), journal.ID{})
		b := m.Correct("ann", At(3, 9), a, func(*journal.Entry) {})
		a.Entry.Supersedes = b.Entry.ID
		got := statuses(Import(t, Intake(t, s), a, b))
		if !slices.Equal(got, []journal.Status{journal.HeldBack, journal.Conflict}) {
			t.Errorf("statuses %v", got)
		}
		Check(t, s)
	})
	t.Run("bad entries are refused with a reason and good ones kept", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		bad := func(change func(*journal.Entry)) journal.Line {
			l := m.Consult("ann", At(2, 9), Citizen(1), journal.ID{})
			change(&l.Entry)
			return l
		}
		end := m.Plan("ann", campaign.SmallGroup, At(2, 9), journal.ID{})
		end.Entry.Body = []byte(strings.Replace(string(end.Entry.Body), "2025-11-02T12", "2025-11-01T12", 1))
		for _, c := range []struct {
			code string
			line journal.Line
		}{
			{"entry.unknown_kind", bad(func(e *journal.Entry) { e.Kind = "song" })},
			{"entry.unknown_commune", bad(func(e *journal.Entry) { e.Commune = "99999" })},
			{"entry.unknown_campaign", bad(func(e *journal.Entry) { e.Campaign = "x" })},
			{"entry.unknown_office", bad(func(e *journal.Entry) { e.Office = "x" })},
			{"entry.control", bad(func(e *journal.Entry) { e.Person.Name = "a\x00b" })},
			{"person.citizen", bad(func(e *journal.Entry) { e.Person.Citizen = "12" })},
			{"entry.too_large", bad(func(e *journal.Entry) { e.Body = encode(map[string]string{"note": strings.Repeat("x", 70_000)}) })},
			{"entry.unknown_field", bad(func(e *journal.Entry) { e.Body = []byte(`{"song":1}`) })},
			{"activity.ends_before_start", end},
		} {
			out := Import(t, in, c.line, m.Consult("ann", At(2, 9), Citizen(1), journal.ID{}))
			if out[0].Status != journal.Refused || out[0].Refusal.Code != c.code {
				t.Errorf("%s: got %s %v", c.code, out[0].Status, out[0].Refusal)
			}
			if out[1].Status != journal.Accepted {
				t.Errorf("%s: the good entry beside it: %s", c.code, out[1].Status)
			}
		}
		Check(t, s)
	})
}

func statuses(all ...[]fieldsync.LineOutcome) (out []journal.Status) {
	for _, part := range all {
		for _, o := range part {
			out = append(out, o.Status)
		}
	}
	return out
}

func testPlan(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("a commune given to another office moves what is credited", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		Import(t, in, NewMaker().Enrol("ann", At(2, 9), Citizen(1), "household_hi", campaign.Paid))
		moved := campaign.Item{Commune: &campaign.Commune{Code: "001", Name: "Commune 001", Type: "xã", Office: "b", Lat: 22, Lon: 104}}
		if err := in.PutPlan(t.Context(), []campaign.Item{moved}); err != nil {
			t.Fatal(err)
		}
		for _, f := range sheet(t, s) {
			if f.Indicator == tally.EnrolledHI && f.Dim == "" && f.Office != "b" {
				t.Errorf("credited to %s, want b", f.Office)
			}
		}
		Check(t, s)
	})
	t.Run("a moved end date recounts, a rule of the league does not", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		Import(t, in, NewMaker().Enrol("ann", At(9, 9), Citizen(1), "household_hi", campaign.Paid))
		// A figure that no entry made: a recount puts it right, and so tells of itself.
		odd := tally.Figure{Key: tally.Key{Campaign: "c", Office: "a", Commune: "001", Day: "2025-11-02", Indicator: tally.Switches}, Cell: tally.Cell{All: 7, Closed: 7}}
		root := journal.NewID()
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return tx.Change(tally.Change{New: []tally.Contribution{{Key: odd.Key, Root: root, Cell: odd.Cell}}, Deltas: []tally.Figure{odd}})
		})
		if err != nil {
			t.Fatal(err)
		}
		recounted := func(change func(c *campaign.Campaign)) bool {
			for _, it := range SamplePlan() {
				if c := it.Campaign; c != nil && c.ID == "c" {
					change(c)
					if err := in.PutPlan(t.Context(), []campaign.Item{it}); err != nil {
						t.Fatal(err)
					}
				}
			}
			return !slices.ContainsFunc(sheet(t, s), func(f tally.Figure) bool { return f.Key == odd.Key })
		}
		if recounted(func(c *campaign.Campaign) { c.League = campaign.UsualRule() }) {
			t.Error("a rule of the league recounted the journal")
		}
		if !recounted(func(c *campaign.Campaign) { c.End = "2025-11-08" }) {
			t.Error("a moved end date did not recount the journal")
		}
		for _, f := range sheet(t, s) {
			if f.Campaign == "c" && f.Indicator == tally.EnrolledHI {
				t.Errorf("counted after the end: %+v", f)
			}
		}
	})
	t.Run("a rule that names what nobody counts is refused", func(t *testing.T) {
		in := Intake(t, open(t))
		for _, it := range SamplePlan() {
			if it.Campaign != nil {
				it.Campaign.League = &campaign.Rule{Weights: map[string]int{"songs": 1}, Per: campaign.PerNone}
				err := in.PutPlan(t.Context(), []campaign.Item{it})
				if r := (*journal.Refusal)(nil); !errors.As(err, &r) || r.Code != "league.indicator" {
					t.Errorf("got %v", err)
				}
			}
		}
	})
	t.Run("points of a commune are replaced together, and no others", func(t *testing.T) {
		s := open(t)
		at := func(commune, village, household string, lat float64) campaign.Point {
			return campaign.Point{Commune: commune, Village: village, Household: household, Lat: lat, Lon: 104.25}
		}
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(
				tx.PutPoints([]campaign.Point{at("001", "Bản Hai", "", 22), at("001", "Bản Ba", "h1", 22.1), at("002", "Bản Hai", "", 22.2)}),
				tx.PutPoints([]campaign.Point{at("001", "Bản Hai", "h2", 22.5), at("001", "Bản Hai", "", 22.4)}),
				tx.PutBoundaries(map[string][]byte{"001": []byte(`{}`)}),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.View(t.Context(), func(tx store.Tx) error {
			one, err1 := tx.Points("001")
			two, err2 := tx.Points("002")
			none, err3 := tx.Points("003")
			line, err4 := tx.Boundary("001")
			no, err5 := tx.Boundary("002")
			got := fmt.Sprint(one, two, none, string(line), no == nil)
			if want := "[{001 Bản Hai  22.4 104.25} {001 Bản Hai h2 22.5 104.25}] [{002 Bản Hai  22.2 104.25}] []{}true"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			return errors.Join(err1, err2, err3, err4, err5)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("points are added beside others, and those of villages read by themselves", func(t *testing.T) {
		s := open(t)
		at := func(commune, village, household string, lat float64) campaign.Point {
			return campaign.Point{Commune: commune, Village: village, Household: household, Lat: lat, Lon: 104.25}
		}
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(
				tx.PutPoints([]campaign.Point{at("002", "Bản Hai", "", 22.2), at("001", "Bản Hai", "", 22), at("001", "Bản Ba", "h1", 22.1)}),
				tx.AddPoints([]campaign.Point{at("001", "Bản Hai", "", 22.4), at("001", "Bản Ba", "", 22.3)}),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.View(t.Context(), func(tx store.Tx) error {
			villages, err1 := tx.VillagePoints()
			one, err2 := tx.Points("001")
			got := fmt.Sprint(villages, one)
			want := "[{001 Bản Ba  22.3 104.25} {001 Bản Hai  22.4 104.25} {002 Bản Hai  22.2 104.25}] [{001 Bản Ba  22.3 104.25} {001 Bản Ba h1 22.1 104.25} {001 Bản Hai  22.4 104.25}]"
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			return errors.Join(err1, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("the population of a commune is kept by year", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		plan, err := in.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		counted := plan.Communes["001"].Counted(campaign.Population{Year: 2019, People: 3900, Source: "Tổng điều tra (mô phỏng)"}, campaign.Population{Year: 2024, People: 4100, Source: "Thống kê xã (mô phỏng)"})
		if err := in.PutPlan(t.Context(), []campaign.Item{{Commune: counted}}); err != nil {
			t.Fatal(err)
		}
		if plan, err = in.Plan(t.Context()); err != nil || !reflect.DeepEqual(plan.Communes["001"], counted) {
			t.Errorf("got %+v, %v", plan.Communes["001"], err)
		}
	})
	t.Run("a plan that leads nowhere is refused whole", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		err := in.PutPlan(t.Context(), []campaign.Item{{Commune: &campaign.Commune{Code: "009", Name: "x", Office: "nowhere"}}})
		if err == nil {
			t.Fatal("accepted")
		}
		plan, err := in.Plan(t.Context())
		if err != nil || plan.HasCommune("009") {
			t.Errorf("kept: %v", err)
		}
	})
}

func testSettings(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	for _, want := range []string{"", "một", "hai"} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			got, err := tx.Setting("x")
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if err != nil {
				return err
			}
			return tx.PutSetting("x", map[string]string{"": "một", "một": "hai", "hai": ""}[want])
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A life goes on until it is renewed, and no two are the same.
func testLife(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	seen := map[string]bool{}
	for range 3 {
		for range 2 {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				epoch, err := tx.Epoch()
				if epoch == "" {
					t.Error("no name")
				}
				seen[epoch] = true
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Update(t.Context(), store.Tx.Renew); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("three lives had %d names", len(seen))
	}
}

func testAccess(t *testing.T, open func(t testing.TB) store.Store) {
	accesstest.Run(t, func(t *testing.T) func(func(access.Tx) error) error {
		s := open(t)
		return func(f func(access.Tx) error) error {
			return s.Update(t.Context(), func(tx store.Tx) error { return f(tx) })
		}
	})
}
