package storetest

import (
	"reflect"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
	"caunoi/tally"
)

func testWorklists(t *testing.T, open func(t testing.TB) store.Store) {
	yes := true
	months := func(n int) *int { return &n }
	hi := func(end journal.Day) []people.Cover {
		return []people.Cover{{Scheme: outreach.HouseholdHI, Start: "2024-01-01", End: end}}
	}
	row := func(name string, set func(p *people.Record)) people.Record {
		p := rec(name, "", "001")
		p.Covers = hi("2026-06-30")
		set(&p)
		return p
	}
	t.Run("who stands in which list", func(t *testing.T) {
		r := newRegistry(t, open(t))
		r.list(leadA, // the lists are those of 2025-11-10
			row("Không thẻ", func(p *people.Record) { p.Covers = nil }),
			row("Hết hôm qua", func(p *people.Record) { p.Covers = hi("2025-11-09") }),
			row("Hết hôm nay", func(p *people.Record) { p.Covers = hi("2025-11-10") }),
			row("Còn 30", func(p *people.Record) { p.Covers = hi("2025-12-10") }),
			row("Còn 31", func(p *people.Record) { p.Covers = hi("2025-12-11") }),
			row("Còn 60", func(p *people.Record) { p.Covers = hi("2026-01-09") }),
			row("Còn 61", func(p *people.Record) { p.Covers = hi("2026-01-10") }),
			row("Mở", func(p *people.Record) { p.Covers = hi("") }),
			row("119", func(p *people.Record) { p.SIMonths = months(119) }),
			row("120", func(p *people.Record) { p.SIMonths = months(120) }),
			row("179", func(p *people.Record) { p.SIMonths = months(179) }),
			row("180", func(p *people.Record) { p.SIMonths = months(180) }),
			row("Tiền mặt", func(p *people.Record) { p.Cash = &yes }),
			row("Học sinh có thẻ", func(p *people.Record) { p.Student = &yes }),
			row("Học sinh", func(p *people.Record) { p.Student, p.Covers = &yes, nil }),
		)
		for list, want := range map[people.List]string{
			people.Uncovered:  "Hết hôm qua Học sinh Không thẻ",
			people.Ends30:     "Còn 30 Hết hôm nay",
			people.Ends60:     "Còn 30 Còn 31 Còn 60 Hết hôm nay",
			people.Lapsed:     "Hết hôm qua",
			people.Missing15:  "120 179",
			people.PensionDue: "Tiền mặt",
			people.NoCard:     "Học sinh",
			people.FollowUps:  "",
		} {
			if got := namesIn(r.find(leadA, people.Query{List: list})); got != want {
				t.Errorf("%s: %q, want %q", list, got, want)
			}
		}
	})
	t.Run("in the order that is asked for, page by page, who lacks it last", func(t *testing.T) {
		r := newRegistry(t, open(t))
		year := func(name string, birth int, commune string) people.Record {
			p := row(name, func(p *people.Record) { p.BirthYear, p.Commune = birth, commune })
			return p
		}
		none := year("Không", 0, "003")
		none.Covers = nil
		late := year("Muộn", 1990, "002")
		late.Covers = hi("2027-01-01")
		out := r.list(province, year("Già", 1950, "002"), none, year("Trẻ", 2001, "001"), late, year("Cũng", 1990, "001"))
		for i, date := range map[int]journal.Day{1: "2025-12-01", 2: "2025-11-20"} {
			r.do(func(tx store.Tx, plan *campaign.Plan) error {
				return r.Visited(tx, plan, province, out[i].ID, people.Mark{Outcome: outreach.Promised, Date: date}, r.adds(tx, plan))
			})
		}
		for want, q := range map[string]people.Query{
			"Già Muộn Cũng Trẻ Không": {Order: people.ByBirth},
			"Trẻ Cũng Muộn Già Không": {Order: people.ByBirth, Down: true},
			"Già Trẻ Cũng Muộn Không": {Order: people.ByCard},
			"Muộn Cũng Trẻ Già Không": {Order: people.ByCard, Down: true},
			"Trẻ Không Già Muộn Cũng": {Order: people.ByFollowUp},
			"Không Trẻ Cũng Muộn Già": {Order: people.ByFollowUp, Down: true},
			"Không":                   {Order: people.ByCard, List: people.Uncovered},
		} {
			var got []string
			for _, p := range r.find(province, q) {
				got = append(got, strings.TrimPrefix(p.Name, "Mô phỏng "))
			}
			if got := strings.Join(got, " "); got != want {
				t.Errorf("%s, down %v: %q, want %q", q.Order, q.Down, got, want)
			}
		}
		visited := r.find(province, people.Query{Order: people.ByVisit})
		if len(visited) != 5 || visited[0].LastVisit.IsZero() || visited[1].LastVisit.IsZero() || visited[1].LastVisit.Before(visited[0].LastVisit) {
			t.Errorf("by visit: %v", namesIn(visited))
		}
		down := r.find(province, people.Query{Order: people.ByVisit, Down: true})
		if len(down) != 5 || down[0].ID != visited[1].ID || down[1].ID != visited[0].ID {
			t.Errorf("by visit, the last first: %v", namesIn(down))
		}
	})
	t.Run("a visit drives when to come again", func(t *testing.T) {
		r := newRegistry(t, open(t))
		out := r.list(leadA, rec("Hẹn", "", "001"), rec("Chưa đến ngày", "", "001"))
		for i, date := range []journal.Day{"2025-11-10", "2025-11-11"} {
			r.do(func(tx store.Tx, plan *campaign.Plan) error {
				return r.Visited(tx, plan, leadA, out[i].ID, people.Mark{Outcome: outreach.Promised, Date: date}, r.adds(tx, plan))
			})
		}
		if got := namesIn(r.find(leadA, people.Query{List: people.FollowUps})); got != "Hẹn" {
			t.Errorf("got %q", got)
		}
		err := r.update(func(tx store.Tx, plan *campaign.Plan) error {
			return r.Visited(tx, plan, leadB, out[0].ID, people.Mark{Outcome: outreach.NotHome}, r.adds(tx, plan))
		})
		wantRefusal(t, err, "not_found")
		r.view(func(tx store.Tx, plan *campaign.Plan) error {
			p, err := people.ByID(tx, people.ScopeOf(leadA, access.ViewPeople, plan), out[0].ID)
			if err != nil {
				return err
			}
			history, err := r.History(tx, plan, &p)
			if len(history) != 1 || history[0].Date != "2025-11-10" || history[0].By != "lea" {
				t.Errorf("history %+v", history)
			}
			return err
		})
		Check(t, r.s)
	})
	t.Run("villages and households are assigned, with who comes to live there", func(t *testing.T) {
		r := newRegistry(t, open(t))
		r.list(leadA, row("Một", func(p *people.Record) {}), row("Hai", func(p *people.Record) { p.Household = "h2" }))
		give := func(actor access.Actor, to string, places ...people.Assignment) error {
			return r.update(func(tx store.Tx, plan *campaign.Plan) error { return r.AssignTo(tx, plan, actor, "001", places, to) })
		}
		village, house := people.Assignment{Village: "Thôn Thử"}, people.Assignment{Village: "Thôn Thử", Household: "h2"}
		wantRefusal(t, give(leadB, "bob", village), "people.commune")
		if err := give(leadA, "lea", house); err != nil {
			t.Fatal(err)
		}
		if err := give(leadA, "ann", village); err != nil {
			t.Fatal(err)
		}
		r.list(leadA, row("Ba", func(p *people.Record) {}), row("Bốn", func(p *people.Record) { p.Household = "h2" }),
			row("Nơi khác", func(p *people.Record) { p.Village = "Bản Khác" }))
		for to, want := range map[string]string{"ann": "Ba Một", "lea": "Bốn Hai", people.Nobody: "Nơi khác"} {
			if got := namesIn(r.find(leadA, people.Query{Assigned: to})); got != want {
				t.Errorf("%s has %q, want %q", to, got, want)
			}
		}
		if err := give(leadA, "", house); err != nil {
			t.Fatal(err)
		}
		if got := namesIn(r.find(leadA, people.Query{Assigned: "ann"})); got != "Ba Bốn Hai Một" {
			t.Errorf("taken back: %q", got)
		}
		r.view(func(tx store.Tx, plan *campaign.Plan) error {
			list, err := tx.Villages(people.ScopeOf(leadA, access.ViewPeople, plan), "", "2025-11-10")
			if len(list) != 2 || list[1].Name != "Thôn Thử" || list[1].People != 4 || list[1].Assigned != "ann" || list[0].Assigned != "" {
				t.Errorf("villages %+v", list)
			}
			return err
		})
	})
	t.Run("nobody is called who did not agree to it", func(t *testing.T) {
		r := newRegistry(t, open(t))
		with := row("Có số", func(p *people.Record) { p.Phone = "0900000011" })
		out := r.list(leadA, with, row("Không số", func(p *people.Record) {}))
		calls := func() string { return namesIn(r.find(leadA, people.Query{Callable: true})) }
		var consents []people.Consent
		for _, o := range out {
			r.do(func(tx store.Tx, plan *campaign.Plan) error {
				c, err := r.Agree(tx, plan, leadA, people.Consent{Person: o.ID, Purpose: people.Calls, TextVersion: "v1", Channel: "paper", Proof: "tờ 7"})
				consents = append(consents, c)
				return err
			})
		}
		if got := calls(); got != "Có số" {
			t.Errorf("callable: %q", got)
		}
		with.Citizen, with.Address = "", "Số 2"
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			return r.Withdraw(tx, plan, leadA, consents[0].Person, consents[0].ID)
		})
		if got := calls(); got != "" {
			t.Errorf("after withdrawal: %q", got)
		}
	})
}

// testSharedPhones: who was enrolled on one day and has one phone number is
// counted together, however the entry named them, and once.
func testSharedPhones(t *testing.T, open func(t testing.TB) store.Store) {
	r, m := newRegistry(t, open(t)), NewMaker()
	var rows []people.Record
	for i := range 6 {
		row := rec("Người "+string(rune('A'+i)), Citizen(i).Citizen, "001")
		if row.Phone = "0900000001"; i == 5 {
			row.Phone = "0900000002"
		}
		rows = append(rows, row)
	}
	unnumbered := rec("Không số", "", "001")
	unnumbered.Phone = "0900000001"
	out := r.list(leadA, append(rows, unnumbered)...)
	var lines []journal.Line
	for i := range 6 {
		day := 8
		if i == 4 {
			day = 9
		}
		lines = append(lines, m.Enrol("ann", At(day, 9+i), Citizen(i), outreach.HouseholdHI, campaign.Paid))
	}
	byID := m.Enrol("ann", At(8, 16), &journal.Person{Registry: out[6].ID.String(), Commune: "001"}, outreach.HouseholdHI, campaign.Paid)
	twice := m.Enrol("ann", At(8, 17), Citizen(0), outreach.VoluntarySI, campaign.Paid)
	odd := m.Enrol("ann", At(8, 18), &journal.Person{Registry: "không phải mã", Commune: "001"}, outreach.HouseholdHI, campaign.Paid)
	for _, o := range Import(t, r.in, append(lines, byID, twice, odd)...) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	shared := func(least int) (got []people.SharedPhone) {
		r.view(func(tx store.Tx, _ *campaign.Plan) (err error) {
			got, err = tx.SharedPhones("c", tally.Enrolments.Parts(), least)
			return err
		})
		return got
	}
	if got := shared(2); !reflect.DeepEqual(got, []people.SharedPhone{{Office: "a", Day: "2025-11-08", People: 5}}) {
		t.Errorf("two or more: %v", got)
	}
	if got := shared(6); len(got) != 0 {
		t.Errorf("six or more: %v", got)
	}
	join := m.Make("persons_joined", "lea", At(9, 9), outreach.JoinedBody{
		A: outreach.PersonRef{Registry: out[0].ID.String()}, B: outreach.PersonRef{Registry: out[6].ID.String()},
	})
	if o := Import(t, r.in, join); o[0].Refusal != nil {
		t.Fatal(o[0].Refusal)
	}
	if got := shared(2); len(got) != 1 || got[0].People != 4 {
		t.Errorf("after two were found to be one: %v", got)
	}
}
