package storetest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
	"caunoi/vault"
)

// testVault: what is personal is not in what the store keeps in clear, comes
// back when it is opened, and is gone for good once it was erased, while what
// was counted stays.
func testVault(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("an entry comes back whole, and is sealed until then", func(t *testing.T) {
		s := open(t)
		l := NewMaker().Consult("ann", At(2, 9), &journal.Person{Citizen: "001099000001", Name: "Mô phỏng Sa", Commune: "003"}, journal.ID{})
		l.Entry.Body = []byte(`{"note":"nhà mô phỏng","outcome":"promised"}`)
		Import(t, Intake(t, s), l)
		err := s.View(t.Context(), func(tx store.Tx) error {
			st, _, err := tx.ByID(l.Entry.ID)
			if err != nil {
				return err
			}
			for _, secret := range []string{"001099000001", "Mô phỏng Sa", "nhà mô phỏng"} {
				if bytes.Contains(slices.Concat(st.Text, st.Sealed, []byte(st.Subject.Citizen)), []byte(secret)) {
					t.Errorf("%s is in clear", secret)
				}
			}
			if st.Person != nil || st.Subject.Commune != "003" {
				t.Errorf("person %v, subject %+v", st.Person, st.Subject)
			}
			all := []journal.Stored{st}
			if err := tx.Open(all); err != nil {
				return err
			}
			if all[0].Person == nil || all[0].Person.Name != "Mô phỏng Sa" || !strings.Contains(string(all[0].Body), "nhà mô phỏng") {
				t.Errorf("opened: %+v %s", all[0].Person, all[0].Body)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("who was erased stays counted, is not to be read, and returns as somebody new", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		one, two := Citizen(1), Citizen(2)
		one.Citizen, two.Citizen = "001099123451", "001099123452" // no part of any id
		first, second, other := m.Consult("ann", At(2, 9), one, journal.ID{}), m.Consult("bob", At(3, 9), one, journal.ID{}), m.Consult("ann", At(2, 9), two, journal.ID{})
		Import(t, in, first, second, other)
		conflict := first
		conflict.Entry.Person = Citizen(3)
		Import(t, in, conflict)
		before := sheet(t, s)
		erase(t, s, in, first.Entry.ID, second.Entry.ID)
		if after := sheet(t, s); !slices.Equal(before, after) {
			t.Errorf("figures %v, before %v", after, before)
		}
		Check(t, s)
		var lines bytes.Buffer
		err := s.View(t.Context(), func(tx store.Tx) error {
			st, _, err := tx.ByID(first.Entry.ID)
			all := []journal.Stored{st}
			if err = errors.Join(err, tx.Open(all)); err != nil || !all[0].Erased || all[0].Person != nil {
				t.Errorf("still there: %+v, %v", all[0].Person, err)
			}
			return errors.Join(err, fieldsync.ExportEntries(tx, &lines))
		})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(lines.Bytes(), []byte(first.Entry.Person.Citizen)) || !bytes.Contains(lines.Bytes(), []byte(other.Entry.Person.Citizen)) {
			t.Error("the export holds whom it should not, or not whom it should")
		}
		if got := statuses(Import(t, in, first)); got[0] != journal.Repeated {
			t.Errorf("an old phone brings it again: %s", got[0])
		}
		want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(2)})
		back := m.Consult("ann", At(4, 9), one, journal.ID{})
		Import(t, in, back)
		want(t, s, map[tally.Indicator]tally.Cell{tally.ReachedIdentified: same(3)})

		// Another server that takes the export counts the same.
		twin := open(t)
		err = Intake(t, twin).ImportEntries(t.Context(), bytes.NewReader(lines.Bytes()), "test", func(o fieldsync.LineOutcome) {
			if o.Status != journal.Accepted {
				t.Errorf("line %d: %s %v", o.Line, o.Status, o.Refusal)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := sheet(t, twin); !slices.Equal(got, before) {
			t.Errorf("another server counts %v, want %v", got, before)
		}
		Check(t, twin)
	})
	t.Run("whoever is erased, whenever, no figure moves", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			lines := World(rt)
			s := open(t)
			defer s.Close()
			in := Intake(t, s)
			Import(t, in, lines...)
			before := sheet(t, s)
			var gone []journal.ID
			for _, l := range lines {
				if rapid.IntRange(0, 2).Draw(rt, "erase") == 0 {
					gone = append(gone, l.Entry.ID)
				}
			}
			erase(t, s, in, gone...)
			if after := sheet(t, s); !slices.Equal(before, after) {
				rt.Fatalf("figures %v, before %v", after, before)
			}
			if diff := Verify(t, s); len(diff) > 0 {
				rt.Fatalf("verify: %v", diff)
			}
		})
	})
	t.Run("the keys are renewed and all opens as before", func(t *testing.T) {
		s := open(t)
		Import(t, Intake(t, s), NewMaker().Consult("ann", At(2, 9), Citizen(1), journal.ID{}))
		err := s.Update(t.Context(), func(tx store.Tx) error {
			n, err := tx.Rotate()
			if n == 0 {
				t.Error("no key was renewed")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		Check(t, s)
	})
	t.Run("a key belongs to its number, also for two who come at once", func(t *testing.T) {
		s := open(t)
		keys := make(chan string, 8)
		for range cap(keys) {
			go func() {
				var key string
				err := s.Update(t.Context(), func(tx store.Tx) (err error) {
					key, err = tx.KeyOf("citizen", "001099000009")
					return err
				})
				if err != nil {
					t.Error(err)
				}
				keys <- key
			}()
		}
		one := <-keys
		for range cap(keys) - 1 {
			if k := <-keys; k != one {
				t.Errorf("keys %s and %s", one, k)
			}
		}
		err := s.View(t.Context(), func(tx store.Tx) error {
			_, err := tx.OpenUnder("nobody", "x", []byte("x"))
			return err
		})
		if !errors.Is(err, vault.ErrErased) {
			t.Errorf("a key that is not there: %v", err)
		}
	})
}

// erase erases the persons whom these entries are about.
func erase(t *testing.T, s store.Store, in *fieldsync.Intake, ids ...journal.ID) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		var keys []string
		for _, id := range ids {
			st, _, err := tx.ByID(id)
			if err != nil {
				return err
			}
			keys = append(keys, st.Key)
		}
		return in.Erase(tx, plan, keys)
	})
	if err != nil {
		t.Fatal(err)
	}
}
