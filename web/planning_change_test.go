package web_test

import (
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store/storetest"
)

// TestImportMovesAndChanges: a row that changes both the time and the team of
// what was moved before does both, and the import is undone as one.
func TestImportMovesAndChanges(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	id := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"team":["ann"],"vehicles":["24A-1"],"room":"P1"`)+`}`, 200).Done[0].Activity
	lead.asks("POST", "activities/move", `{"activities":["`+id+`"],"reason":"weather","days":1}`, 200)
	bring := func(row string) (got struct {
		Rows    []struct{ Became, Code string }
		Entries []string
	},
	) {
		t.Helper()
		r := s.do(lead.cookie, "POST", "/api/v1/campaigns/c/activities/file", "id,date,from,to,kind,sub_kind,commune,place,room,team,vehicles\n"+id+","+row+"\n", "Content-Type", "application/octet-stream")
		if r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		r.decode(t, &got)
		return got
	}
	got := bring("2025-11-10,08:00,10:00,other,livestream,001,Nhà văn hóa,P1,Worker lea,24A-2")
	a := lead.plan()[id]
	if got.Rows[0].Became != "changed" || len(got.Entries) != 2 || a.Start.Hour() != 8 || a.Status != "moved" ||
		a.Team[0].ID != "lea" || a.Vehicles[0] != "24A-2" || a.SubKind != "livestream" || a.Room != "P1" {
		t.Errorf("%+v: %+v", got, a)
	}
	lead.asks("POST", "activities/undo", `{"entries":`+quoted(got.Entries)+`}`, 200)
	if a := lead.plan()[id]; a.Start.Hour() != 14 || a.Team[0].ID != "ann" || a.Vehicles[0] != "24A-1" || a.SubKind != "" {
		t.Errorf("undone: %+v", a)
	}
	// A move takes no room along: the row says so rather than lose it.
	if got := bring("2025-11-10,14:00,16:00,small_group,,001,Chợ,P1,Worker ann,24A-1"); got.Rows[0].Became != "refused" || got.Rows[0].Code != "planning.room" {
		t.Errorf("a room in another place: %+v", got)
	}
	bring("2025-11-10,14:00,16:00,small_group,,001,Chợ,,Worker ann,24A-1")
	if a := lead.plan()[id]; a.Place != "Chợ" || a.Room != "" {
		t.Errorf("moved to another place: %+v", a)
	}
	if got := bring("2025-11-10,14:00,16:00,small_group,,001,Chợ,P2,Worker ann,24A-1"); got.Rows[0].Code != "planning.room" {
		t.Errorf("a room where it was moved to: %+v", got)
	}
	s.verify()
}

// TestHeldStands: what was held is no longer changed.
func TestHeldStands(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	m := storetest.NewMaker()
	p := m.Plan("lea", campaign.SmallGroup, storetest.At(9, 8), journal.ID{})
	storetest.Import(t, s.intake, p, m.Hold("lea", storetest.At(9, 9), p.Entry.ID, 12))
	id := p.Entry.ID.String()
	r := s.do(lead.cookie, "PUT", "/api/v1/campaigns/c/activities/"+id, `{"draft":`+draftAt("09", "08:00", "10:00", "")+`}`)
	if r.status != 422 || !strings.Contains(string(r.body), `"planning.held"`) || lead.plan()[id].Place == "Nhà văn hóa" {
		t.Errorf("%d %s", r.status, r.body)
	}
}
