package storetest

import (
	"testing"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
)

// testRetention: who is needed no more goes when the time is over; statutory
// records, and those of whom something is asked, stay.
func testRetention(t *testing.T, open func(t testing.TB) store.Store) {
	begin := func(t *testing.T, rules people.Retention) (r *registry, clock *time.Time) {
		r = newRegistry(t, open(t))
		at := noon
		r.Now = func() time.Time { return at }
		r.do(func(tx store.Tx, _ *campaign.Plan) error { return people.SetRetention(tx, province, rules, noon) })
		return r, &at
	}
	run := func(r *registry, trial bool) (n people.Retention) {
		r.do(func(tx store.Tx, plan *campaign.Plan) (err error) {
			n, _, err = r.Retain(tx, plan, province, trial, func(keys []string) error { return r.in.Erase(tx, plan, keys) })
			return err
		})
		return n
	}
	day := 24 * time.Hour
	t.Run("people whom nobody insured, changed or visited", func(t *testing.T) {
		r, clock := begin(t, people.Retention{Persons: 100})
		insured, months, pension := rec("Có thẻ", "010182000012", "001"), rec("Có tháng", "010182000013", "001"), rec("Hưu", "010182000014", "001")
		insured.Covers = []people.Cover{{Scheme: outreach.HouseholdHI, Start: "2020-01-01", End: "2020-12-31", Source: "list"}}
		twelve, yes := 12, true
		months.SIMonths, pension.Cash = &twelve, &yes
		ids := r.list(leadA, rec("Đi", "010182000011", "001"), insured, months, pension, rec("Hỏi", "010182000015", "001"), rec("Thăm", "010182000016", "001"))
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			_, err := r.Ask(tx, plan, leadA, ids[4].ID, "access", false)
			return err
		})
		*clock = noon.Add(99 * day)
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			return r.Visited(tx, plan, leadA, ids[5].ID, people.Mark{Outcome: outreach.NotHome}, r.adds(tx, plan))
		})
		if n := run(r, true); n != (people.Retention{}) {
			t.Errorf("before its time: %+v", n)
		}
		*clock = noon.Add(101 * day)
		for _, trial := range []bool{true, false} {
			if n := run(r, trial); n != (people.Retention{Persons: 1}) {
				t.Errorf("on trial %v: %+v, want one person", trial, n)
			}
		}
		if n := run(r, false); n != (people.Retention{}) {
			t.Errorf("again: %+v", n)
		}
		if got := namesIn(r.find(province, people.Query{})); got != "Có thẻ Có tháng Hưu Hỏi Thăm" && len(got) != len("Có thẻ Có tháng Hưu Hỏi Thăm") {
			t.Errorf("left: %s", got)
		}
		Check(t, r.s)
	})
	t.Run("people who withdrew every consent", func(t *testing.T) {
		r, clock := begin(t, people.Retention{Withdrawn: 30})
		ids := r.list(leadA, rec("Rút", "010182000011", "001"), rec("Còn", "010182000012", "001"), rec("Chưa", "010182000013", "001"))
		agree := func(id journal.ID, purpose string) (c people.Consent) {
			r.do(func(tx store.Tx, plan *campaign.Plan) (err error) {
				c, err = r.Agree(tx, plan, leadA, people.Consent{Person: id, Purpose: purpose, TextVersion: "1", Channel: "paper", Proof: "x"})
				return err
			})
			return c
		}
		for _, c := range []people.Consent{agree(ids[0].ID, people.Outreach), agree(ids[1].ID, people.Outreach)} {
			r.do(func(tx store.Tx, plan *campaign.Plan) error { return r.Withdraw(tx, plan, leadA, c.Person, c.ID) })
		}
		agree(ids[1].ID, people.Calls)
		*clock = noon.Add(31 * day)
		if n := run(r, false); n != (people.Retention{Withdrawn: 1}) {
			t.Errorf("%+v, want one person", n)
		}
		Check(t, r.s)
	})
	t.Run("a rule out of range is refused", func(t *testing.T) {
		r, _ := begin(t, people.Retention{})
		err := r.update(func(tx store.Tx, _ *campaign.Plan) error {
			return people.SetRetention(tx, province, people.Retention{Persons: -1}, noon)
		})
		wantRefusal(t, err, "retention.days")
	})
}
