package storetest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

func testPrivacy(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("who was erased is nowhere, stays counted, and returns as somebody new", func(t *testing.T) {
		r := newRegistry(t, open(t))
		one, two := rec("Canari", "010182000011", "001"), rec("Ở lại", "010182000012", "001")
		one.Phone = "0900000011"
		ids := r.list(leadA, one, two)
		r.list(leadB, rec("Canari", "010182000011", "003")) // known to another office, too
		m := NewMaker()
		byNumber := &journal.Person{Citizen: "010182000011", Name: "Mô phỏng Canari", Commune: "001"}
		byID := &journal.Person{Registry: ids[0].ID.String(), Name: "Mô phỏng Canari", Commune: "001"}
		other := &journal.Person{Citizen: "010182000012", Name: "Mô phỏng Ở lại", Commune: "001"}
		Import(t, r.in, m.Consult("ann", At(2, 9), byNumber, journal.ID{}), m.Consult("ann", At(3, 9), byID, journal.ID{}),
			m.Consult("ann", At(3, 9), other, journal.ID{}))
		before := sheet(t, r.s)
		erase := func(actor access.Actor, reason string) error {
			return r.update(func(tx store.Tx, plan *campaign.Plan) error {
				return r.Erase(tx, plan, actor, ids[0].ID, reason, func(keys []string) error { return r.in.Erase(tx, plan, keys) })
			})
		}
		wantRefusal(t, erase(leadB, "request"), "not_found")
		wantRefusal(t, erase(leadA, "because"), "people.reason")
		if err := erase(leadA, "request"); err != nil {
			t.Fatal(err)
		}
		if after := sheet(t, r.s); !slices.Equal(before, after) {
			t.Errorf("figures %v, before %v", after, before)
		}
		Check(t, r.s)
		if got := namesIn(r.find(province, people.Query{})); got != "Ở lại" {
			t.Errorf("left: %s", got)
		}
		for _, typed := range []string{"canari", "010182000011", "0900000011"} {
			if got := r.search(province, typed); got != "" {
				t.Errorf("%s finds %s", typed, got)
			}
		}
		var lines bytes.Buffer
		r.view(func(tx store.Tx, _ *campaign.Plan) error { return fieldsync.ExportEntries(tx, &lines) })
		if bytes.Contains(lines.Bytes(), []byte("Canari")) || bytes.Contains(lines.Bytes(), []byte("010182000011")) || !bytes.Contains(lines.Bytes(), []byte("Ở lại")) {
			t.Error("the export holds whom it should not, or not whom it should")
		}
		if got := statusesOf(r.list(leadA, one)); got != "added" {
			t.Errorf("who returns: %s", got)
		}
		if p := r.find(leadA, people.Query{}); len(p) != 2 || p[1].ID == ids[0].ID || p[0].ID == ids[0].ID {
			t.Errorf("who returns is %+v", p)
		}
		Check(t, r.s)
	})
	t.Run("one entry that names two does not erase the other", func(t *testing.T) {
		r := newRegistry(t, open(t))
		ids := r.list(leadA, rec("Xoá", "", "001"), rec("Ở lại", "010182000012", "001"))
		both := &journal.Person{Registry: ids[0].ID.String(), Citizen: "010182000012", Name: "Mô phỏng", Commune: "001"}
		Import(t, r.in, NewMaker().Consult("ann", At(2, 9), both, journal.ID{}))
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			return r.Erase(tx, plan, leadA, ids[0].ID, "request", func(keys []string) error { return r.in.Erase(tx, plan, keys) })
		})
		if got := namesIn(r.find(leadA, people.Query{})); got != "Ở lại" {
			t.Errorf("left: %q", got)
		}
		Check(t, r.s)
	})
	t.Run("a person's data are given out whole, with who saw them", func(t *testing.T) {
		r := newRegistry(t, open(t))
		ids := r.list(leadA, rec("Xin bản sao", "010182000011", "001"))
		Import(t, r.in, NewMaker().Consult("ann", At(2, 9), &journal.Person{Citizen: "010182000011", Name: "Mô phỏng", Commune: "001"}, journal.ID{}))
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			if _, err := r.Revealed(tx, plan, leadA, ids[0].ID, "because"); err == nil {
				t.Error("a purpose that is none was taken")
			}
			_, err := r.Revealed(tx, plan, leadA, ids[0].ID, "visit")
			return err
		})
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			h, err := r.Export(tx, plan, leadA, ids[0].ID)
			if h.Person.Citizen != "010182000011" || len(h.Entries) != 1 || h.Entries[0].Person == nil ||
				!slices.ContainsFunc(h.Seen, func(row audit.Row) bool { return row.Act == "person.revealed" && row.Details["purpose"] == "visit" }) {
				t.Errorf("held: %+v", h)
			}
			return err
		})
	})
	t.Run("requests have the days of the decree, over weekends and holidays", func(t *testing.T) {
		r := newRegistry(t, open(t))
		ids := r.list(leadA, rec("Yêu cầu", "", "001"))
		ask := func(at time.Time, kind string, processor bool) (q people.Request) {
			r.Now = func() time.Time { return at }
			r.do(func(tx store.Tx, plan *campaign.Plan) (err error) {
				q, err = r.Ask(tx, plan, leadA, ids[0].ID, kind, processor)
				return err
			})
			return q
		}
		friday := time.Date(2026, 4, 24, 15, 0, 0, 0, journal.Zone) // 26 and 30 April and 1 May are holidays, 27 April in lieu
		for _, c := range []struct {
			kind      string
			processor bool
			finish    journal.Day
		}{
			{"access", false, "2026-05-04"},
			{"erase", false, "2026-05-14"},
			{"restrict", false, "2026-05-11"},
			{"restrict", true, "2026-05-14"},
		} {
			if q := ask(friday, c.kind, c.processor); q.AnswerDue != "2026-04-29" || q.FinishDue != c.finish {
				t.Errorf("%s: answer by %s, done by %s, want 2026-04-29 and %s", c.kind, q.AnswerDue, q.FinishDue, c.finish)
			}
		}
		q := ask(friday, "restrict", false)
		if q.Overdue("2026-04-29") || !q.Overdue("2026-04-30") {
			t.Error("overdue on the wrong day")
		}
		move := func(actor access.Actor, state, reason string) error {
			return r.update(func(tx store.Tx, plan *campaign.Plan) (err error) {
				q, err = r.Move(tx, plan, actor, q.ID, state, reason)
				return err
			})
		}
		wantRefusal(t, move(leadB, "answered", ""), "not_found")
		id := ask(friday, "restrict", false).ID
		q.ID = id
		if err := move(leadA, "extended", "complex"); err != nil || q.FinishDue != "2026-05-26" {
			t.Errorf("extended to %s, %v", q.FinishDue, err)
		}
		wantRefusal(t, move(leadA, "extended", "complex"), "request.extended_before")
		q.ID = id
		if err := move(leadA, "done", ""); err != nil {
			t.Fatal(err)
		}
		if got := r.find(leadA, people.Query{List: people.Uncovered}); len(got) != 0 {
			t.Error("who restricted the use of their data is still in a worklist")
		}
		wantRefusal(t, move(leadA, "answered", ""), "request.closed")
	})
}
