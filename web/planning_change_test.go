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

// TestImportOverwritesNothingUnseen: a row of an activity that was changed after
// the file was made is left out, on trial too, until its version is emptied; one
// that says what stands is no matter.
func TestImportOverwritesNothingUnseen(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	moved := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", "")+`}`, 200).Done[0].Activity
	still := lead.asks("POST", "activities", `{"draft":`+draftAt("10", "14:00", "16:00", "")+`}`, 200).Done[0].Activity
	const path = "/api/v1/campaigns/c/activities/file"
	bring := func(file, query string) (told string) {
		t.Helper()
		r := s.do(lead.cookie, "POST", path+query, file, "Content-Type", "application/octet-stream")
		var got struct {
			Rows []struct{ Became, Code, Detail string }
		}
		if r.decode(t, &got); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		for _, row := range got.Rows {
			told += row.Became + row.Code + " "
			if row.Code != "" && !strings.Contains(row.Detail, "Worker lea") {
				t.Errorf("it does not say who: %s", row.Detail)
			}
		}
		return told
	}
	sheet, calendar := string(s.do(lead.cookie, "GET", path+"?format=csv", "").body), string(s.do(lead.cookie, "GET", path+"?format=ics", "").body)
	lead.asks("POST", "activities/move", `{"activities":["`+moved+`"],"reason":"weather","days":1}`, 200)
	sheet = strings.ReplaceAll(sheet, "Nhà văn hóa", "Chợ")
	for _, query := range []string{"?trial=true", ""} {
		if got := bring(sheet, query); got != "refusedplanning.exported changed " {
			t.Errorf("%s%q", query, got)
		}
	}
	if got := bring(calendar, "?trial=true"); got != "refusedplanning.exported refusedplanning.exported " {
		t.Errorf("a calendar: %q", got)
	}
	if plan := lead.plan(); plan[moved].Status != "moved" || plan[moved].Place != "Nhà văn hóa" || plan[still].Place != "Chợ" {
		t.Errorf("written over: %+v", plan)
	}
	if got := bring(sheet, ""); got != "refusedplanning.exported same " {
		t.Errorf("once more: %q", got)
	}
	var bare []string
	for line := range strings.Lines(sheet) { // the version stands last
		bare = append(bare, line[:strings.LastIndex(line, ",")+1]+"\r\n")
	}
	bare[0] = sheet[:strings.Index(sheet, "\r\n")+2]
	if got := bring(strings.Join(bare, ""), ""); got != "changed same " {
		t.Errorf("of no version: %q", got)
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
	r := s.do(lead.cookie, "PUT", "/api/v1/campaigns/c/activities/"+id, `{"draft":`+draftAt("09", "08:00", "10:00", "")+`,"seen":"`+id+`"}`)
	if r.status != 422 || !strings.Contains(string(r.body), `"planning.held"`) || lead.plan()[id].Place == "Nhà văn hóa" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestTwoWhoPlan: nobody overwrites what somebody else changed meanwhile; who
// is told may do so knowingly.
func TestTwoWhoPlan(t *testing.T) {
	s := open(t)
	lead, top := s.planner(access.Lead, "lea", "a"), s.planner(access.Province, "top", "p")
	id := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", "")+`}`, 200).Done[0].Activity
	refused := func(method, path, body string, told ...string) {
		t.Helper()
		r := s.do(lead.cookie, method, "/api/v1/campaigns/c/"+path, body)
		for _, want := range append(told, `"code":"planning.changed"`) {
			if r.status != 409 || !strings.Contains(string(r.body), want) {
				t.Errorf("%s %s: %d %s, want %s", method, path, r.status, r.body, want)
			}
		}
	}
	change := func(seen, more string) string {
		return `{"draft":` + draftAt("09", "14:00", "16:00", more) + `,"seen":"` + seen + `"}`
	}
	first := lead.plan()[id].Version
	undo := top.asks("PUT", "activities/"+id, change(first, `,"team":["ann"]`), 200)
	second := lead.plan()[id].Version
	refused("PUT", "activities/"+id, change(first, `,"team":["bob"]`), "top", "đã sửa")
	refused("POST", "activities/cancel", `{"activities":["`+id+`"],"reason":"weather","seen":{"`+id+`":"`+first+`"}}`)
	if a := lead.plan()[id]; len(a.Team) != 1 || a.Team[0].ID != "ann" || a.Status != "planned" || first == second {
		t.Errorf("overwritten: %+v", a)
	}
	top.asks("POST", "activities/undo", `{"entries":`+quoted(undo.entries())+`}`, 200)
	refused("PUT", "activities/"+id, change(second, ""), "top")
	moved := top.asks("POST", "activities/move", `{"activities":["`+id+`"],"reason":"weather","days":1,"seen":{"`+id+`":"`+lead.plan()[id].Version+`"}}`, 200)
	refused("POST", "activities/move", `{"activities":["`+id+`"],"reason":"weather","days":1,"seen":{"`+id+`":"`+second+`"}}`, "top", "đã dời")
	third := lead.plan()[id].Version
	top.asks("POST", "activities/undo", `{"entries":`+quoted(moved.entries())+`}`, 200)
	refused("POST", "activities/move", `{"activities":["`+id+`"],"reason":"weather","days":1,"seen":{"`+id+`":"`+third+`"}}`, "đã hoàn tác")
	// Of many, those that nobody changed are moved.
	other := lead.asks("POST", "activities", `{"draft":`+draftAt("08", "14:00", "16:00", "")+`}`, 200).Done[0].Activity
	got := lead.asks("POST", "activities/move", `{"activities":["`+id+`","`+other+`"],"reason":"weather","days":1,"seen":{"`+id+`":"`+third+`","`+other+`":"`+other+`"}}`, 200)
	if got.Done[0].Code != "planning.changed" || got.Done[1].Code != "" || lead.plan()[other].Status != "moved" {
		t.Errorf("%+v", got.Done)
	}
	lead.asks("PUT", "activities/"+id, change(lead.plan()[id].Version, `,"team":["bob"]`), 200)
	if r := s.do(lead.cookie, "PUT", "/api/v1/campaigns/c/activities/"+id, `{"draft":`+draftAt("09", "14:00", "16:00", "")+`}`); r.status != 422 {
		t.Errorf("without what was seen: %d %s", r.status, r.body)
	}
	s.verify()
}

// TestClashesAcrossCampaigns: people who are planned twice at a time are told,
// also where it is by two campaigns of the province.
func TestClashesAcrossCampaigns(t *testing.T) {
	s := open(t)
	beside := func(id, province, start, end string) campaign.Item {
		return campaign.Item{Campaign: &campaign.Campaign{
			ID: id, Kind: campaign.Sprint, Name: campaign.Name{"vi": "Đợt " + id, "en": "Campaign " + id}, Province: province,
			Start: journal.Day(start), End: journal.Day(end), CountingStage: campaign.Paid,
		}}
	}
	if err := s.intake.PutPlan(t.Context(), []campaign.Item{beside("d", "p", "2025-11-09", "2025-11-20")}); err != nil {
		t.Fatal(err)
	}
	lead := s.planner(access.Lead, "lea", "a")
	mine := lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"team":["ann"],"vehicles":["24A-12345"]`)+`}`, 200).Done[0].Activity
	var theirs plannedAnswer
	r := s.do(lead.cookie, "POST", "/api/v1/campaigns/d/activities", `{"draft":`+draftAt("09", "15:00", "17:00", `,"team":["ann"],"vehicles":["24A 12345"]`)+`}`)
	if r.decode(t, &theirs); r.status != 200 || len(theirs.Clashes) != 2 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	for _, c := range theirs.Clashes {
		if c.A.ID != mine || c.A.Other == nil || c.A.Other.ID != "c" || c.B.Other != nil {
			t.Errorf("seen from the other campaign: %+v", c)
		}
	}
	var got struct{ Clashes []clash }
	s.do(lead.cookie, "GET", "/api/v1/campaigns/c/activities", "").decode(t, &got)
	if len(got.Clashes) != 2 || got.Clashes[0].B.Other == nil || got.Clashes[0].B.Other.ID != "d" || got.Clashes[0].B.Other.Name["vi"] != "Đợt d" || got.Clashes[0].A.Other != nil {
		t.Errorf("seen from the campaign: %+v", got.Clashes)
	}
	s.do(lead.cookie, "GET", "/api/v1/campaigns/c/activities?day=2025-11-08", "").decode(t, &got)
	if len(got.Clashes) != 0 {
		t.Errorf("of another day: %+v", got.Clashes)
	}
}
