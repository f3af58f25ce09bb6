package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
)

// testArrivals: what a phone's own count tells, whatever the order in which
// its entries came, of each worker of a shared phone apart.
func testArrivals(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	in := Intake(t, s)
	m := NewMaker()
	entry := func(author, device string, seq int64, received time.Time) journal.Line {
		l := m.Consult(author, At(8, 9), Citizen(int(seq)), journal.ID{})
		l.Entry.Device, l.Entry.Seq, l.Received.At = device, seq, received.UTC()
		return l
	}
	midnight := At(9, 0)
	held := entry("ann", "máy", 11, At(9, 1)) // it names what is not here
	held.Entry.Supersedes = m.ID()
	lines := []journal.Line{
		entry("ann", "máy", 10, midnight), entry("ann", "máy", 4, midnight.Add(-time.Microsecond)), entry("ann", "máy", 3, At(8, 12)),
		entry("ann", "máy", 14, At(9, 1)), entry("ann", "máy", 14, At(9, 1)), // a count that began anew
		held,
		entry("ann", "máy-2", 1, At(8, 12)), entry("bob", "máy", 2, At(8, 12)), entry("lea", "máy", 1, At(8, 12)),
	}
	for _, o := range Import(t, in, lines...) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	Import(t, in, lines[0]) // again, which is no other entry
	err := s.View(t.Context(), func(tx store.Tx) error {
		got, err := tx.Arrivals([]string{"bob", "ann", "nobody"}, midnight)
		want := []store.Arrivals{
			{Author: "ann", Device: "máy", Entries: 6, Last: 14, Missing: 2 + 5 + 2, Since: 4},
			{Author: "ann", Device: "máy-2", Entries: 1, Last: 1},
			{Author: "bob", Device: "máy", Entries: 1, Last: 2, Missing: 1},
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("arrivals %+v, %v; want %+v", got, err, want)
		}
		if got, err := tx.Arrivals(nil, midnight); err != nil || len(got) != 0 {
			t.Errorf("of nobody: %+v, %v", got, err)
		}
		for most, want := range map[int]string{100: "[[1 2] [5 9] [12 13]]", 2: "[[1 2] [5 9]]"} {
			if got, err := tx.Gaps("ann", "máy", most); err != nil || fmt.Sprint(got) != want {
				t.Errorf("gaps %v, %v; want %s", got, err, want)
			}
		}
		for _, whole := range []string{"máy-2", "máy-3"} {
			if got, err := tx.Gaps("ann", whole, 100); err != nil || len(got) != 0 {
				t.Errorf("gaps of %s: %v, %v", whole, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testCountListed: those who asked to be left alone, and those shown as
// another, are not among whom a phone is told of.
func testCountListed(t *testing.T, open func(t testing.TB) store.Store) {
	r := newRegistry(t, open(t))
	out := r.list(leadA, rec("Một", "000000000001", "001"), rec("Hai", "000000000002", "001"), rec("Ba", "", "002"))
	r.list(leadB, rec("Bốn", "", "003"))
	counts := func(actor access.Actor) (got map[string]int) {
		r.view(func(tx store.Tx, plan *campaign.Plan) (err error) {
			got, err = tx.CountListed(people.ScopeOf(actor, access.ViewPeople, plan))
			return err
		})
		return got
	}
	narrow := leadA
	narrow.Communes = []string{"002"}
	for _, c := range []struct {
		name  string
		actor access.Actor
		want  map[string]int
	}{
		{"a lead", leadA, map[string]int{"001": 2, "002": 1}},
		{"one of some communes", narrow, map[string]int{"002": 1}},
		{"the province", province, map[string]int{"001": 2, "002": 1, "003": 1}},
		{"an auditor", somebody(access.Auditor, "eye", "p"), map[string]int{}},
	} {
		if got := counts(c.actor); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	m := NewMaker()
	join := m.Make("persons_joined", "lea", At(9, 9), outreach.JoinedBody{
		A: outreach.PersonRef{Registry: out[0].ID.String()}, B: outreach.PersonRef{Registry: out[1].ID.String()},
	})
	if o := Import(t, r.in, join); o[0].Refusal != nil {
		t.Fatal(o[0].Refusal)
	}
	if got := counts(leadA); got["001"] != 1 {
		t.Errorf("after two were joined: %v", got)
	}
	r.do(func(tx store.Tx, plan *campaign.Plan) error {
		list, err := tx.PeopleByID(people.ScopeOf(leadA, access.ViewPeople, plan), []journal.ID{out[2].ID})
		if err != nil {
			return err
		}
		list[0].Restricted = true
		return tx.PutPeople(list)
	})
	if got := counts(leadA); got["002"] != 0 {
		t.Errorf("after a restriction: %v", got)
	}
}
