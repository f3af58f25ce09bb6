package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/readiness"
	"caunoi/store"
)

// testRehearsal: whatever is rehearsed, nothing of it is anywhere afterwards,
// and the answers are those of the same push after it.
func testRehearsal(t *testing.T, open func(t testing.TB) store.Store) {
	actor := access.Actor{User: access.User{ID: "root", Role: access.Administrator}}
	rapid.Check(t, func(rt *rapid.T) {
		lines := World(rt)
		if len(lines) == 0 {
			rt.Skip()
		}
		s := open(t)
		defer s.Close()
		in := Intake(t, s)
		plan, err := in.Plan(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		k := rapid.IntRange(0, len(lines)-1).Draw(rt, "there before")
		if k > 0 {
			Import(t, in, lines[:k]...)
		}
		b := fieldsync.Batch{}
		var numbers []string
		for i := range lines {
			if i >= k || rapid.IntRange(0, 3).Draw(rt, "again") == 0 {
				b.Entries = append(b.Entries, encode(lines[i].Entry))
			}
			if p := lines[i].Entry.Person; p != nil && p.Citizen != "" {
				numbers = append(numbers, p.Citizen)
			}
		}
		bad := lines[len(lines)-1].Entry
		bad.Kind = "consultation"
		bad.Body = []byte(`{"topics":7}`)
		bad.ID = NewMaker().ID()
		b.Entries = append(b.Entries, encode(bad))

		before := traces(t, s, numbers)
		changed := s.Changed()
		rehearsed, err := in.Rehearse(t.Context(), actor, plan, b)
		if err != nil {
			rt.Fatal(err)
		}
		if after := traces(t, s, numbers); !reflect.DeepEqual(before, after) {
			rt.Fatalf("a rehearsal left something:\n before %v\n after  %v", before, after)
		}
		select {
		case <-changed:
			rt.Fatal("a rehearsal was told as a change")
		default:
		}
		if diff := Verify(t, s); len(diff) > 0 {
			rt.Fatalf("verify: %v", diff)
		}
		pushed, err := in.Push(t.Context(), actor, plan, b)
		if err != nil {
			rt.Fatal(err)
		}
		if a, b := answers(rehearsed), answers(pushed); a != b {
			rt.Fatalf("answered otherwise:\n rehearsed %s\n pushed    %s", a, b)
		}
		if diff := Verify(t, s); len(diff) > 0 {
			rt.Fatalf("verify after the push: %v", diff)
		}
	})
}

func answers(outcomes []journal.Outcome) string {
	var out strings.Builder
	for _, o := range outcomes {
		fmt.Fprintf(&out, "%s %s", o.ID, o.Status)
		if o.Refusal != nil {
			fmt.Fprintf(&out, " %s", o.Refusal)
		}
		out.WriteString("; ")
	}
	return out.String()
}

// traces are what anything that came would have changed: entries, figures and
// what is counted of them, positions, people, what phones brought, the audit,
// what waits for somebody, and which citizen numbers have a key.
func traces(t testing.TB, s store.Store, numbers []string) map[string]any {
	t.Helper()
	out := map[string]any{"figures": sheet(t, s)}
	put := func(name string, v any, err error) error {
		out[name] = v
		return err
	}
	err := s.View(t.Context(), func(tx store.Tx) error {
		var lines strings.Builder
		err := fieldsync.ExportEntries(tx, &lines)
		out["entries"] = lines.String()
		position, err1 := tx.Position()
		epoch, err2 := tx.Epoch()
		version, err3 := tx.PlanVersion()
		arrivals, err4 := tx.Arrivals([]string{"ann", "bob", "lea", "leb", "top"}, time.Time{})
		audited, err5 := tx.Audit(audit.Query{Limit: 1000})
		apart, err6 := tx.Quarantined("")
		listed, err7 := tx.CountListed(people.Scope{Whole: true})
		acts, err8 := tx.Acts([]string{"c", "d"})
		return errors.Join(err, put("position", position, err1), put("epoch", epoch, err2), put("plan", version, err3),
			put("arrivals", arrivals, err4), put("audit", audited, err5), put("apart", apart, err6), put("people", listed, err7),
			put("closings", acts, err8))
	})
	if err != nil {
		t.Fatal(err)
	}
	// A number without a key is given another one each time that this is undone.
	keys, again := keysOf(t, s, numbers), keysOf(t, s, numbers)
	for number, key := range keys {
		out["key of "+number] = key == again[number]
	}
	return out
}

func keysOf(t testing.TB, s store.Store, numbers []string) map[string]string {
	t.Helper()
	undone, keys := errors.New("undone"), map[string]string{}
	err := s.Update(t.Context(), func(tx store.Tx) (err error) {
		for _, number := range numbers {
			if keys[number], err = tx.KeyOf("citizen", number); err != nil {
				return err
			}
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	return keys
}

// testAsked: of each office and day the last asking stands.
func testAsked(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	ask := func(office string, day journal.Day, after time.Duration, by string) readiness.Asked {
		t.Helper()
		a := readiness.Asked{Office: office, Day: day, At: noon.UTC().Add(after), By: by}
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.PutAsked(a) }); err != nil {
			t.Fatal(err)
		}
		return a
	}
	ask("a", "2025-11-10", 0, "lea")
	ask("a", "2025-11-08", 0, "lea")
	b := ask("b", "2025-11-09", time.Hour, "leb")
	next := ask("a", "2025-11-11", 0, "lea")
	again := ask("a", "2025-11-10", 2*time.Hour, "top")
	err := s.View(t.Context(), func(tx store.Tx) error {
		got, err := tx.AskedFrom("2025-11-09")
		if want := []readiness.Asked{again, next, b}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
