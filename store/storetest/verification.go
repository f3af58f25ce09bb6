package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

// testVerification: what was proven of a person holds for the values that were
// proven, and goes with the person.
func testVerification(t *testing.T, open func(t testing.TB) store.Store) {
	begin := func(t *testing.T) (r *registry, id journal.ID, clock *time.Time) {
		r = newRegistry(t, open(t))
		at := noon
		r.Now = func() time.Time { return at }
		one := rec("Một", "010182000011", "001")
		one.Phone, one.Birth = "0900000011", "1982-01-02"
		return r, r.list(leadA, one)[0].ID, &at
	}
	held := func(r *registry, id journal.ID) (f people.Verification) {
		r.view(func(tx store.Tx, plan *campaign.Plan) error {
			p, err := people.ByID(tx, people.ScopeOf(leadA, access.EditPeople, plan), id)
			if err != nil {
				return err
			}
			f, err = people.Proven(tx, &p)
			return err
		})
		return f
	}
	code := func(r *registry, actor access.Actor, id journal.ID) (code string, err error) {
		err = r.update(func(tx store.Tx, plan *campaign.Plan) (err error) {
			code, _, err = r.PhoneCode(tx, plan, actor, id)
			return err
		})
		return code, err
	}
	say := func(r *registry, id journal.ID, code string) (err error) {
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			err = r.ProveByCode(tx, plan, leadA, id, code)
			return nil // also what was refused is kept
		})
		return err
	}
	other := func(code string) string { return fmt.Sprintf("%06d", (atoi(code)+1)%1_000_000) }
	t.Run("a code proves the number to which it was sent", func(t *testing.T) {
		r, id, clock := begin(t)
		_, err := code(r, leadB, id)
		wantRefusal(t, err, "not_found")
		first, err := code(r, leadA, id)
		if err != nil || len(first) != 6 {
			t.Fatalf("code %q, %v", first, err)
		}
		second, err := code(r, leadA, id)
		if err != nil {
			t.Fatal(err)
		}
		if first != second {
			wantRefusal(t, say(r, id, first), "people.code")
		}
		*clock = clock.Add(people.CodeTime)
		wantRefusal(t, say(r, id, second), "people.code") // too late
		third, err := code(r, leadA, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := say(r, id, " "+third+" "); err != nil {
			t.Fatal(err)
		}
		if f := held(r, id); f.PhoneHow != "code" || f.PhoneBy != leadA.ID || !f.PhoneAt.Equal(*clock) {
			t.Errorf("held %+v", f)
		}
		wantRefusal(t, say(r, id, third), "people.code") // good for once
	})
	t.Run("guesses are few, and codes a day", func(t *testing.T) {
		r, id, clock := begin(t)
		right, err := code(r, leadA, id)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			wantRefusal(t, say(r, id, other(right)), "people.code")
		}
		wantRefusal(t, say(r, id, right), "people.code")
		for range 4 {
			if _, err := code(r, leadA, id); err != nil {
				t.Fatal(err)
			}
		}
		_, err = code(r, leadA, id)
		wantRefusal(t, err, "people.codes")
		*clock = clock.Add(24 * time.Hour)
		if _, err = code(r, leadA, id); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
	t.Run("with another number nothing is proven", func(t *testing.T) {
		r, id, _ := begin(t)
		call := func(reached string) error {
			return r.update(func(tx store.Tx, plan *campaign.Plan) error { return r.ProveByCall(tx, plan, leadA, id, reached) })
		}
		wantRefusal(t, call(" "), "people.reached")
		if err := call("chị Mô Phỏng"); err != nil {
			t.Fatal(err)
		}
		r.view(func(tx store.Tx, plan *campaign.Plan) error {
			p, err := people.ByID(tx, people.ScopeOf(leadA, access.EditPeople, plan), id)
			if err != nil {
				return err
			}
			f, err := people.Proven(tx, &p)
			if err != nil {
				return err
			}
			reached, err := f.Reached(tx, &p)
			if f.PhoneHow != "callback" || reached != "chị Mô Phỏng" {
				t.Errorf("held %+v, reached %q", f, reached)
			}
			return err
		})
		right, err := code(r, leadA, id)
		if err != nil {
			t.Fatal(err)
		}
		changed := people.Record{Personal: people.Personal{Phone: "0900000099"}}
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			_, err := r.Edit(tx, plan, leadA, id, changed)
			return err
		})
		if f := held(r, id); f.PhoneHow != "" {
			t.Errorf("held %+v of another number", f)
		}
		wantRefusal(t, say(r, id, right), "people.code")
	})
	t.Run("a check holds for the identity that was asked about", func(t *testing.T) {
		r, id, _ := begin(t)
		var who people.Identity
		r.view(func(tx store.Tx, plan *campaign.Plan) (err error) {
			who, err = r.ToCheck(tx, plan, leadA, id)
			return err
		})
		if who != (people.Identity{Citizen: "010182000011", Name: who.Name, Birth: "1982-01-02"}) || who.Name == "" {
			t.Errorf("asked about %+v", who)
		}
		keep := func(about people.Identity) error {
			return r.update(func(tx store.Tx, plan *campaign.Plan) error {
				return r.Checked(tx, plan, leadA, id, about, people.Mismatch, []string{"birth", "secret"})
			})
		}
		changed := who
		changed.Name = "Khác"
		wantRefusal(t, keep(changed), "people.changed")
		if err := keep(who); err != nil {
			t.Fatal(err)
		}
		if f := held(r, id); f.Check != people.Mismatch || len(f.Differs) != 1 || f.Differs[0] != "birth" || !f.CheckAt.Equal(noon) {
			t.Errorf("held %+v", f)
		}
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			_, err := r.Edit(tx, plan, leadA, id, people.Record{Personal: people.Personal{Birth: "1982-01-03"}})
			return err
		})
		if f := held(r, id); f.Check != "" {
			t.Errorf("held %+v of another identity", f)
		}
	})
	t.Run("it goes with the person", func(t *testing.T) {
		r, id, _ := begin(t)
		if _, err := code(r, leadA, id); err != nil {
			t.Fatal(err)
		}
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			return r.Erase(tx, plan, leadA, id, "request", func(keys []string) error { return r.in.Erase(tx, plan, keys) })
		})
		r.view(func(tx store.Tx, _ *campaign.Plan) error {
			f, err := tx.Verification(id)
			if err == nil && f.CodeMAC != "" {
				err = errors.New("it is still there")
			}
			return err
		})
	})
}

func atoi(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
