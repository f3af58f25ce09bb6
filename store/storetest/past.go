package storetest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// stood is what a board shows of a campaign at a moment: figures, hours, what
// they open to, and the entries that have come.
type stood struct {
	figures map[tally.Key]tally.Cell
	hours   map[string]tally.Cell
	behind  []tally.Contribution
	came    []journal.ID
}

// asOf reads it as it stood at an instant, zero for now.
func asOf(t testing.TB, s store.Store, at time.Time) (out stood) {
	t.Helper()
	out.figures = map[tally.Key]tally.Cell{}
	err := s.View(context.Background(), func(tx store.Tx) error {
		for _, q := range []tally.Query{{Campaign: "c", AsOf: at}, {Campaign: "c", Indicator: tally.ReachedIdentified, Dim: "hour", AsOf: at}} {
			sheet, err := tx.Sheet(q)
			if err != nil {
				return err
			}
			for _, f := range sheet {
				out.figures[f.Key] = f.Cell
			}
			for cursor, more := "", true; more; more = cursor != "" {
				var page []tally.Contribution
				if page, cursor, err = tx.Behind(q, cursor, 7); err != nil {
					return err
				}
				out.behind = append(out.behind, page...)
			}
		}
		var err error
		if out.hours, err = tx.SumByDim(tally.Query{Campaign: "c", Indicator: tally.ReachedIdentified, Dim: "hour", AsOf: at}); err != nil {
			return err
		}
		recent, err := tx.Recent("c", at, 1000)
		for _, st := range recent {
			out.came = append(out.came, st.ID)
		}
		slices.SortFunc(out.came, journal.ID.Compare)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sums adds up what is behind the figures.
func (w stood) sums() map[tally.Key]tally.Cell {
	out := map[tally.Key]tally.Cell{}
	for _, c := range w.behind {
		had := out[c.Key]
		out[c.Key] = tally.Cell{All: had.All + c.All, Closed: had.Closed + c.Closed}
	}
	maps.DeleteFunc(out, func(_ tally.Key, c tally.Cell) bool { return c == tally.Cell{} })
	return out
}

// byHour adds up the figures of hours.
func (w stood) byHour() map[string]tally.Cell {
	out := map[string]tally.Cell{}
	for k, c := range w.figures {
		if k.Dim != "" {
			out[k.Dim] = tally.Cell{All: out[k.Dim].All + c.All, Closed: out[k.Dim].Closed + c.Closed}
		}
	}
	maps.DeleteFunc(out, func(_ string, c tally.Cell) bool { return c == tally.Cell{} })
	return out
}

// testPast: figures, hours, what they open to and what had come are shown as
// they stood at any moment, whatever came after: other entries, corrections of
// entries, a closing. So it is, too, where the entries come from another server
// with their receipts.
func testPast(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		lines := World(rt)
		slices.SortStableFunc(lines, func(a, b journal.Line) int { return a.Received.At.Compare(b.Received.At) })
		type moment struct {
			at time.Time
			stood
		}
		var past []moment
		for len(lines) > 0 {
			n := rapid.IntRange(1, len(lines)).Draw(rt, "batch")
			for n < len(lines) && lines[n].Received.At.Equal(lines[n-1].Received.At) {
				n++
			}
			Import(t, in, lines[:n]...)
			last, next := lines[n-1].Received.At, noon.AddDate(1, 0, 0)
			if lines = lines[n:]; len(lines) > 0 {
				next = lines[0].Received.At
			}
			after := time.Duration(rapid.Int64Range(0, next.Sub(last).Microseconds()-1).Draw(rt, "after")) * time.Microsecond
			past = append(past, moment{last.Add(after), asOf(t, s, time.Time{})})
		}
		for i, m := range past {
			got := asOf(t, s, m.at)
			if !maps.Equal(got.figures, m.figures) {
				rt.Errorf("moment %d of %d: %v, it was %v", i+1, len(past), got.figures, m.figures)
			}
			if !maps.Equal(got.hours, m.hours) || !maps.Equal(got.hours, got.byHour()) {
				rt.Errorf("moment %d of %d: hours %v, they were %v", i+1, len(past), got.hours, m.hours)
			}
			if !slices.Equal(got.behind, m.behind) {
				rt.Errorf("moment %d of %d opens to %v, it opened to %v", i+1, len(past), got.behind, m.behind)
			}
			if !slices.Equal(got.came, m.came) {
				rt.Errorf("moment %d of %d: entries %v, there were %v", i+1, len(past), got.came, m.came)
			}
			contributedAt(rt, s, m.at, got.behind)
			sessionsAt(rt, s, in, m.at)
		}
		if early := asOf(t, s, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)); len(early.figures)+len(early.behind)+len(early.came) != 0 {
			rt.Errorf("before anything was counted: %v", early)
		}
	})
}

// sessionsAt: each session is kept with how it stood, which is what the entries
// say that had come.
func sessionsAt(t rapid.TB, s store.Store, in *fieldsync.Intake, at time.Time) {
	err := s.View(context.Background(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		entries, err := tx.OfActivities("c")
		if err != nil {
			return err
		}
		came := slices.DeleteFunc(entries, func(st journal.Stored) bool { return st.Arrived.After(at) })
		want, got := map[journal.ID]tally.Stood{}, map[journal.ID]tally.Stood{}
		for _, a := range tally.SessionsOf(plan, in.Schema(), came) {
			want[a.ID] = tally.Stood{Status: a.Status(), Start: a.Start, End: a.End}
		}
		ever, err := in.SessionsEver(tx, plan, "c")
		for _, a := range ever {
			if then, ok := a.At(at); ok && !then.Withdrawn {
				then.Since = time.Time{}
				got[a.ID] = then
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("sessions at %s: %v, by the entries %v", at, got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// contributedAt: one record tells what it contributed then.
func contributedAt(t rapid.TB, s store.Store, at time.Time, behind []tally.Contribution) {
	err := s.View(context.Background(), func(tx store.Tx) error {
		for _, c := range behind {
			got, err := tx.ContributedAt(c.Root, at)
			if err != nil {
				return err
			}
			if !slices.Contains(got, c) {
				t.Errorf("%v at %s: %v lacks %v", c.Root, at, got, c)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testPastAddsUp: in whatever order entries come and receipts become known, a
// figure of any moment is the sum of what it opens to.
func testPastAddsUp(t *testing.T, open func(t testing.TB) store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		lines := rapid.Permutation(World(rt)).Draw(rt, "order")
		cut := rapid.IntRange(0, len(lines)).Draw(rt, "cut")
		Import(t, in, lines[:cut]...)
		sessionsAt(rt, s, in, noon) // which is kept from here on
		Import(t, in, lines[cut:]...)
		if len(lines) > 0 && rapid.Bool().Draw(rt, "known earlier") {
			l := rapid.SampledFrom(lines).Draw(rt, "line")
			l.Received.At = l.Received.At.Add(-time.Duration(rapid.IntRange(1, 48).Draw(rt, "hours")) * time.Hour)
			Import(t, in, l)
		}
		for range 5 {
			at := At(1, rapid.IntRange(-200, 24*30).Draw(rt, "moment"))
			if got := asOf(t, s, at); !maps.Equal(got.figures, got.sums()) {
				rt.Errorf("at %s: %v opens to %v", at, got.figures, got.behind)
			}
			sessionsAt(rt, s, in, at)
		}
		if now, then := asOf(t, s, time.Time{}), asOf(t, s, time.Now().Add(time.Hour)); !maps.Equal(now.figures, then.figures) {
			rt.Errorf("now %v, as of now %v", now.figures, then.figures)
		}
	})
}

// testPastInHours: a file of entries from another server stands as they came,
// hour by hour.
func testPastInHours(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	var lines []journal.Line
	for hour := 8; hour < 12; hour++ {
		l := m.Consult("ann", At(8, hour), Citizen(hour), journal.ID{})
		l.Received.At = At(8, hour)
		lines = append(lines, l)
	}
	Import(t, in, lines...)
	for hour, want := range map[int]int{7: 0, 8: 1, 10: 3, 23: 4} {
		err := s.View(t.Context(), func(tx store.Tx) error {
			sheet, err := tx.Sheet(tally.Query{Campaign: "c", AsOf: At(8, hour)})
			if got := sheet.Total()[tally.Consultations].All; got != want {
				t.Errorf("at %d h: %d, want %d", hour, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
