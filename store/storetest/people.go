package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
)

// registry is a store with the sample plan, and what acts on people in it.
type registry struct {
	people.Registry
	t  testing.TB
	s  store.Store
	in *fieldsync.Intake
}

func newRegistry(t testing.TB, s store.Store) *registry {
	in := Intake(t, s)
	return &registry{in.People(), t, s, in}
}

func somebody(role access.Role, id, office string) access.Actor {
	return access.Actor{User: access.User{ID: id, Name: id, Role: role, Office: office}}
}

var (
	leadA    = somebody(access.Lead, "lea", "a")
	leadB    = somebody(access.Lead, "leb", "b")
	province = somebody(access.Province, "top", "p")
)

func (r *registry) update(f func(tx store.Tx, plan *campaign.Plan) error) error {
	r.t.Helper()
	return r.s.Update(r.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		return f(tx, plan)
	})
}

func (r *registry) do(f func(tx store.Tx, plan *campaign.Plan) error) {
	r.t.Helper()
	if err := r.update(f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *registry) view(f func(tx store.Tx, plan *campaign.Plan) error) {
	r.t.Helper()
	err := r.s.View(r.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		return f(tx, plan)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *registry) list(actor access.Actor, rows ...people.Record) (out []people.RowOutcome) {
	r.t.Helper()
	r.do(func(tx store.Tx, plan *campaign.Plan) (err error) {
		out, err = r.Import(tx, plan, actor, rows)
		return err
	})
	return out
}

// find returns the people of an actor's scope whom a query selects, opened.
func (r *registry) find(actor access.Actor, q people.Query) (out []people.Person) {
	r.t.Helper()
	r.view(func(tx store.Tx, plan *campaign.Plan) error {
		q.Today, q.Limit = "2025-11-10", 2
		scope := people.ScopeOf(actor, access.ViewPeople, plan)
		for {
			page, next, err := people.Find(tx, scope, q)
			if err != nil {
				return err
			}
			out = append(out, page...)
			if q.Cursor = next; next == "" {
				break
			}
		}
		n, err := tx.CountPeople(scope, q)
		if n != len(out) {
			r.t.Errorf("counted %d, found %d", n, len(out))
		}
		if q.List != "" {
			counts, err := tx.CountLists(scope, q)
			if err != nil || counts[q.List] != n {
				r.t.Errorf("list %s counts %d, want %d, %v", q.List, counts[q.List], n, err)
			}
		}
		return err
	})
	return out
}

func namesIn(list []people.Person) string {
	var out []string
	for _, p := range list {
		out = append(out, strings.TrimPrefix(p.Name, "Mô phỏng "))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (r *registry) search(actor access.Actor, typed string) string {
	var q people.Query
	r.view(func(tx store.Tx, _ *campaign.Plan) error { q.SearchFor(tx, typed); return nil })
	return namesIn(r.find(actor, q))
}

func rec(name, citizen, commune string) people.Record {
	return people.Record{Personal: people.Personal{Name: "Mô phỏng " + name, Citizen: citizen}, Commune: commune, Village: "Thôn Thử", Household: "h1"}
}

func statusesOf(out []people.RowOutcome) string {
	var s []string
	for _, o := range out {
		s = append(s, string(o.Status))
	}
	return strings.Join(s, " ")
}

func testPeople(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("Import", func(t *testing.T) { testPeopleImport(t, open) })
	t.Run("Learn", func(t *testing.T) { testPeopleLearn(t, open) })
	t.Run("Merge", func(t *testing.T) { testPeopleMerge(t, open) })
	t.Run("Worklists", func(t *testing.T) { testWorklists(t, open) })
	t.Run("Privacy", func(t *testing.T) { testPrivacy(t, open) })
}

func testPeopleImport(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("a list is taken once, and what is said anew is changed", func(t *testing.T) {
		r := newRegistry(t, open(t))
		one, two := rec("Lò Thị Hoà", "010182000011", "001"), rec("Vàng A Thử", "", "001")
		two.SI = "1234567890"
		cover := people.Cover{Scheme: outreach.HouseholdHI, Start: "2025-01-01", End: "2025-12-31"}
		one.Covers, one.Birth = []people.Cover{cover}, "1982-11-05"
		if got := statusesOf(r.list(leadA, one, two)); got != "added added" {
			t.Fatal(got)
		}
		if got := statusesOf(r.list(leadA, one, two)); got != "same same" {
			t.Errorf("again: %s", got)
		}
		two.Phone, two.Citizen = "0900000012", "010190000012"
		if got := statusesOf(r.list(leadA, two, two)); got != "changed same" {
			t.Errorf("a phone and a citizen number: %s", got)
		}
		// A like name is never the same person; a number is.
		twin := rec("Lò Thị Hoà", "", "001")
		twin.Birth = "1982-11-05"
		if got := statusesOf(r.list(leadA, twin)); got != "added" {
			t.Errorf("a like name: %s", got)
		}
		list := r.find(leadA, people.Query{})
		i := slices.IndexFunc(list, func(p people.Person) bool { return p.Citizen == "010182000011" })
		if p := list[i]; len(list) != 3 || p.BirthYear != 1982 || p.HIUntil != "2025-12-31" || p.Covers[0].Source != "list" {
			t.Errorf("%d people, %+v", len(list), p)
		}
	})
	t.Run("who is refused keeps nobody out", func(t *testing.T) {
		r := newRegistry(t, open(t))
		bad := rec("Sai", "123", "001")
		got := r.list(leadA, rec("", "", "001"), rec("Khác xã", "", "003"), rec("Không xã", "", "999"), bad, rec("Được", "", "002"))
		var codes []string
		for _, o := range got {
			if o.Refusal != nil {
				codes = append(codes, o.Refusal.Code)
			}
		}
		if want := []string{"people.commune", "people.commune", "people.value"}; !slices.Equal(codes, want) {
			t.Errorf("codes %v, statuses %s", codes, statusesOf(got))
		}
	})
	t.Run("people are found by words without tone marks and by number, within the scope alone", func(t *testing.T) {
		r := newRegistry(t, open(t))
		h, v := rec("Lò Thị Hoà", "010182000011", "001"), rec("Vàng A Thử", "010190000013", "003")
		v.Phone = "0900000013"
		r.list(province, h, v)
		for _, c := range []struct {
			who   access.Actor
			typed string
			want  string
		}{
			{province, "vang a thu", "Vàng A Thử"},
			{province, "thử vàng", "Vàng A Thử"},
			{province, "mo phong", "Lò Thị Hoà Vàng A Thử"},
			{province, "010190000013", "Vàng A Thử"},
			{province, "0900 000 013", "Vàng A Thử"},
			{province, "nobody", ""},
			{leadA, "vang", ""},
			{leadA, "010190000013", ""},
			{leadA, "hoa", "Lò Thị Hoà"},
			{leadB, "mo phong", "Vàng A Thử"},
			{somebody(access.Campaigner, "ann", "a"), "mo phong", "Lò Thị Hoà"},
			{somebody(access.Auditor, "aud", "p"), "mo phong", ""},
		} {
			if got := r.search(c.who, c.typed); got != c.want {
				t.Errorf("%s finds %q by %q, want %q", c.who.ID, got, c.typed, c.want)
			}
		}
	})
	t.Run("whoever is known to another office is added as anybody would be", func(t *testing.T) {
		r := newRegistry(t, open(t))
		r.list(leadA, rec("Đã có", "010182000011", "001"))
		out := r.list(leadB, rec("Đã có", "010182000011", "003"), rec("Chưa có", "010182000012", "003"))
		for i := range out {
			out[i].ID = journal.ID{}
		}
		if !reflect.DeepEqual(out[0], out[1]) {
			t.Errorf("known elsewhere: %+v, new: %+v", out[0], out[1])
		}
		if got := namesIn(r.find(leadB, people.Query{})); got != "Chưa có Đã có" {
			t.Errorf("sees %s", got)
		}
	})
	t.Run("people follow the plan to another office", func(t *testing.T) {
		r := newRegistry(t, open(t))
		r.list(leadA, rec("Dời", "", "002"))
		err := r.in.PutPlan(t.Context(), []campaign.Item{{Commune: &campaign.Commune{Code: "002", Name: "Commune 002", Type: "xã", Office: "b", Lat: 22, Lon: 104}}})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := len(r.find(leadA, people.Query{})), len(r.find(leadB, people.Query{})); a != 0 || b != 1 {
			t.Errorf("office a sees %d, b %d", a, b)
		}
	})
	t.Run("nothing personal is kept in clear", func(t *testing.T) {
		r := newRegistry(t, open(t))
		one := rec("Canari", "010182000011", "001")
		one.SI, one.Card, one.Phone, one.Address, one.Bank = "1234567890", "HC4010123456789", "0900000011", "Số 1 Mô phỏng", "VCB 123 canari"
		one.Birth = "1982-11-05"
		r.list(leadA, one)
		r.view(func(tx store.Tx, plan *campaign.Plan) error {
			list, _, err := tx.FindPeople(people.ScopeOf(leadA, access.ViewPeople, plan), people.Query{Limit: 9})
			if err != nil || len(list) != 1 || !reflect.ValueOf(list[0].Personal).IsZero() {
				t.Errorf("%+v, %v", list, err)
			}
			for _, secret := range []string{"Canari", one.Citizen, one.SI, one.Card, one.Phone, one.Address, one.Bank, one.Birth} {
				if bytes.Contains(list[0].Sealed, []byte(secret)) {
					t.Errorf("%s is in clear", secret)
				}
			}
			return nil
		})
	})
}

func testPeopleLearn(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("entries tell the registry, in whatever order they come", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			s := open(t)
			defer s.Close()
			r := newRegistry(t, s)
			one, two := rec("Một", "010182000011", "001"), rec("Hai", "", "001")
			two.SI, two.Household = "1234567890", "h2"
			yes := true
			one.Cash, two.Cash = &yes, &yes
			ids := r.list(leadA, one, two)
			byNumber := &journal.Person{Citizen: "010182000011", Name: "Mô phỏng Một", Commune: "001"}
			byID := &journal.Person{Registry: ids[1].ID.String(), Commune: "001"}
			m := NewMaker()
			visit := func(who *journal.Person, day int, b outreach.VisitBody) journal.Line {
				l := m.Make("visit", "ann", At(day, 9), b)
				l.Entry.Person = who
				return l
			}
			enrol := m.Enrol("ann", At(3, 10), byNumber, outreach.HouseholdHI, campaign.Pledged)
			pay := m.Make("enrolment_stage", "ann", At(4, 10), outreach.StageBody{Enrolment: enrol.Entry.ID, Stage: campaign.Paid})
			gone := visit(byID, 8, outreach.VisitBody{Outcome: outreach.Moved})
			away := visit(byNumber, 5, outreach.VisitBody{Outcome: outreach.NotHome, ByPhone: true})
			cash := m.Make("noncash_switch", "ann", At(2, 9), outreach.SwitchBody{Benefit: "pension", Method: "wallet"})
			cash.Entry.Person = byID
			lines := []journal.Line{
				enrol, pay, cash, visit(byNumber, 2, outreach.VisitBody{Outcome: outreach.NotHome}), away,
				visit(byID, 6, outreach.VisitBody{Outcome: outreach.Promised, Date: "2025-11-20"}),
				gone, m.Withdraw("ann", At(9, 9), gone),
				visit(nil, 7, outreach.VisitBody{Outcome: outreach.Declined, Reason: "thử", Household: "h2"}),
			}
			rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
			rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			for len(lines) > 0 {
				n := rapid.IntRange(1, len(lines)).Draw(rt, "batch")
				Import(t, r.in, lines[:n]...)
				lines = lines[n:]
			}
			for _, p := range r.find(leadA, people.Query{}) {
				got := fmt.Sprintf("%s until %s, cash %v, %s %s by %s, again %q, calls %d",
					p.Name, p.HIUntil, p.InCash, p.Outcome, journal.DayOf(p.LastVisit), p.VisitBy, p.FollowUp, p.Attempts)
				want := map[journal.ID]string{
					ids[0].ID: `Mô phỏng Một until 2026-11-03, cash true, not_home 2025-11-05 by ann, again "2025-11-07", calls 1`,
					ids[1].ID: `Mô phỏng Hai until , cash false, refused 2025-11-07 by ann, again "", calls 0`,
				}[p.ID]
				if got != want {
					rt.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	})
	t.Run("who comes into the registry later has the visits of before", func(t *testing.T) {
		r := newRegistry(t, open(t))
		l := NewMaker().Make("visit", "ann", At(2, 9), outreach.VisitBody{Outcome: outreach.Joined})
		l.Entry.Person = Citizen(7)
		Import(t, r.in, l)
		r.list(leadA, rec("Bảy", Citizen(7).Citizen, "001"))
		if p := r.find(leadA, people.Query{})[0]; p.Outcome != outreach.Joined {
			t.Errorf("outcome %q", p.Outcome)
		}
	})
	t.Run("a correction to somebody else takes the visit along", func(t *testing.T) {
		r := newRegistry(t, open(t))
		r.list(leadA, rec("Bảy", Citizen(7).Citizen, "001"), rec("Tám", Citizen(8).Citizen, "001"))
		m := NewMaker()
		l := m.Make("visit", "ann", At(2, 9), outreach.VisitBody{Outcome: outreach.Joined})
		l.Entry.Person = Citizen(7)
		Import(t, r.in, l)
		Import(t, r.in, m.Correct("ann", At(3, 9), l, func(e *journal.Entry) { e.Person = Citizen(8) }))
		for _, p := range r.find(leadA, people.Query{}) {
			if visited := p.Outcome == outreach.Joined; visited != (p.Citizen == Citizen(8).Citizen) {
				t.Errorf("%s: %q", p.Name, p.Outcome)
			}
		}
	})
}

// adds gives the appender of a transaction.
func (r *registry) adds(tx store.Tx, plan *campaign.Plan) people.Appender {
	return func(entries []journal.Stored) ([]journal.Outcome, error) { return r.in.Append(tx, plan, entries) }
}

func (r *registry) pairs(actor access.Actor, state people.PairState) (out []people.Shown) {
	r.t.Helper()
	r.view(func(tx store.Tx, plan *campaign.Plan) (err error) {
		out, err = r.Pairs(tx, plan, actor, state)
		return err
	})
	return out
}

func (r *registry) decide(actor access.Actor, id journal.ID, same bool) error {
	return r.update(func(tx store.Tx, plan *campaign.Plan) error {
		_, err := r.Decide(tx, plan, actor, id, same, "thử", r.adds(tx, plan))
		return err
	})
}

func (r *registry) unmerge(actor access.Actor, id journal.ID) error {
	return r.update(func(tx store.Tx, plan *campaign.Plan) error {
		return r.Unmerge(tx, plan, actor, id, "thử", r.adds(tx, plan))
	})
}

func wantRefusal(t testing.TB, err error, code string) {
	t.Helper()
	var refusal *journal.Refusal
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("got %v, want refusal %s", err, code)
	}
}

func testPeopleMerge(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("two who may be one are seen by the office above both, and each side by its own", func(t *testing.T) {
		r := newRegistry(t, open(t))
		a, b := rec("Lò Thị Hoà", "010182000011", "001"), rec("Lo Thi Hòa", "", "003")
		a.Phone, b.Phone = "0900000011", "0900000011"
		r.list(leadA, a)
		r.list(leadB, b)
		both, own := r.pairs(province, people.OpenPair), r.pairs(leadA, people.OpenPair)
		if len(both) != 1 || both[0].SideA.Person == nil || both[0].SideB.Person == nil || both[0].Reasons[0] != "same_phone_like_name" {
			t.Fatalf("the province sees %+v", both)
		}
		if len(own) != 1 || own[0].SideA.Person == nil || own[0].SideB.Person != nil || len(own[0].Reasons) > 0 {
			t.Errorf("office a sees %+v", own)
		}
		wantRefusal(t, r.decide(leadA, both[0].ID, true), "not_found")
		if err := r.decide(province, both[0].ID, true); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, r.decide(province, both[0].ID, true), "duplicate.decided")
		if got := namesIn(r.find(province, people.Query{})); got != "Lò Thị Hoà" {
			t.Errorf("after merging: %s", got)
		}
		if err := r.unmerge(province, both[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := len(r.find(province, people.Query{})); got != 2 {
			t.Errorf("after parting: %d", got)
		}
		acts := map[audit.Act]int{}
		r.view(func(tx store.Tx, _ *campaign.Plan) error {
			rows, err := tx.Audit(audit.Query{Limit: 50})
			for _, row := range rows {
				acts[row.Act]++
			}
			return err
		})
		if acts["persons.merged"] != 1 || acts["persons.parted"] != 1 {
			t.Errorf("audit: %v", acts)
		}
	})
	t.Run("figures follow at once", func(t *testing.T) {
		r := newRegistry(t, open(t))
		a, b := rec("Lò Thị Hoà", Citizen(1).Citizen, "001"), rec("Lo Thi Hoa", "", "001")
		a.BirthYear, b.BirthYear = 1982, 1982
		ids := r.list(leadA, a, b)
		m := NewMaker()
		Import(t, r.in, m.Consult("ann", At(2, 9), Citizen(1), journal.ID{}),
			m.Consult("ann", At(3, 9), &journal.Person{Registry: ids[1].ID.String()}, journal.ID{}))
		reached := func() int { return Total(t, r.s, "c")["people_reached"].All }
		pair := r.pairs(leadA, people.OpenPair)[0].ID
		before := reached()
		if err := r.decide(leadA, pair, true); err != nil {
			t.Fatal(err)
		}
		merged := reached()
		if err := r.unmerge(leadA, pair); err != nil {
			t.Fatal(err)
		}
		if before != 2 || merged != 1 || reached() != 2 {
			t.Errorf("reached %d, merged %d, parted %d; want 2, 1, 2", before, merged, reached())
		}
		Check(t, r.s)
	})
	t.Run("merging and parting in any order leaves the registry and the figures as before", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			s := open(t)
			defer s.Close()
			r := newRegistry(t, s)
			m := NewMaker()
			for i := range 4 {
				one := rec("Lò Thị Hoà", map[bool]string{true: Citizen(i).Citizen}[i%2 == 1], []string{"001", "003"}[i/2])
				one.Phone = "0900000011"
				one.Covers = []people.Cover{{Scheme: outreach.HouseholdHI, Start: "2025-01-01", End: journal.Day(fmt.Sprintf("2025-0%d-28", i+1))}}
				out := r.list(province, one)
				who := &journal.Person{Registry: out[0].ID.String(), Commune: "001"}
				if i%2 == 1 && rapid.Bool().Draw(rt, "by number") {
					who = Citizen(i)
				}
				v := m.Make("visit", "ann", At(i+1, 9), outreach.VisitBody{Outcome: outreach.NotHome})
				v.Entry.Person = who
				Import(t, r.in, v, m.Consult("ann", At(i+1, 10), who, journal.ID{}))
			}
			everyone := func() (out []people.Person) {
				r.view(func(tx store.Tx, plan *campaign.Plan) (err error) {
					out, _, err = people.Find(tx, people.ScopeOf(province, access.ViewPeople, plan), people.Query{Limit: 99})
					return err
				})
				return out
			}
			before, figures := everyone(), sheet(t, s)
			pairs := r.pairs(province, "")
			if len(pairs) != 6 {
				rt.Fatalf("%d pairs, want 6", len(pairs))
			}
			merged := map[journal.ID]bool{}
			for range rapid.IntRange(1, 8).Draw(rt, "acts") {
				p := rapid.SampledFrom(pairs).Draw(rt, "pair").ID
				var err error
				if merged[p] {
					err = r.unmerge(province, p)
				} else {
					err = r.decide(province, p, true)
				}
				if err != nil {
					rt.Fatal(err)
				}
				merged[p] = !merged[p]
			}
			if diff := Verify(t, s); len(diff) > 0 {
				rt.Fatalf("verify: %v", diff)
			}
			for _, p := range pairs {
				if merged[p.ID] {
					if err := r.unmerge(province, p.ID); err != nil {
						rt.Fatal(err)
					}
				}
			}
			if after := everyone(); !reflect.DeepEqual(before, after) {
				rt.Fatalf("registry %+v\nbefore %+v", after, before)
			}
			if after := sheet(t, s); !slices.Equal(figures, after) {
				rt.Fatalf("figures %v, before %v", after, figures)
			}
			if diff := Verify(t, s); len(diff) > 0 {
				rt.Fatalf("verify: %v", diff)
			}
		})
	})
}
