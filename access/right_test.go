package access_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
)

var offices = []string{"tinh", "sa-pa", "sa-pa-2", "bac-ha", "doi-tac", "tinh-khac", "sa", ""}

// TestMay is the whole table: for an actor of a role in an office, the offices
// in which each right is held, in the order of offices. "sa" is in no plan.
func TestMay(t *testing.T) {
	const (
		none     = ""
		sapa     = "sa-pa"
		sapaTree = "sa-pa sa-pa-2"
		tree     = "tinh sa-pa sa-pa-2 bac-ha doi-tac"
		all      = "tinh sa-pa sa-pa-2 bac-ha doi-tac tinh-khac sa *"
	)
	for _, c := range []struct {
		right                                                            access.Right
		campaigner, lead, province, leadOfProvince, agent, administrator string
	}{
		{access.ViewBoard, tree, tree, tree, tree, tree, all},
		{access.ViewEntries, sapa, sapaTree, tree, tree, "doi-tac", all},
		{access.Push, tree, tree, tree, tree, tree, all},
		{access.Bring, none, sapaTree, tree, tree, none, all},
		{access.JoinPersons, none, sapaTree, tree, tree, none, none},
		{access.AskBack, none, sapaTree, tree, tree, none, none},
		{access.CloseDay, none, sapaTree, tree, tree, none, none},
		{access.CloseCampaign, none, none, tree, none, none, none},
		{access.Import, none, none, none, none, none, all},
		{access.ManageUsers, none, sapaTree, tree, tree, none, all},
		{access.ManageUnits, none, none, tree, none, none, all},
		{access.ViewAudit, none, none, tree, none, none, all},
		{access.SetPolicy, none, none, tree, none, none, all},
		{access.Approve, none, sapaTree, tree, tree, none, none},
		{access.ViewPeople, sapa, sapaTree, tree, tree, "doi-tac", none},
		{access.Reveal, sapa, sapaTree, tree, tree, "doi-tac", none},
		{access.EditPeople, none, sapaTree, tree, tree, none, none},
		{access.ImportPeople, none, sapaTree, tree, tree, none, all},
		{access.Assign, none, sapaTree, tree, tree, none, none},
		{access.Privacy, none, sapaTree, tree, tree, none, all},
		{access.PlanActivities, none, sapaTree, tree, tree, none, all},
		{access.ReadTalk, none, sapaTree, tree, tree, none, none},
		{access.Talk, none, sapaTree, tree, tree, none, none},
		{"no_such_right", none, none, none, none, none, none},
	} {
		for _, a := range []struct {
			actor access.Actor
			want  string
		}{
			{actor(access.Campaigner, "sa-pa"), c.campaigner},
			{actor(access.Lead, "sa-pa"), c.lead},
			{actor(access.Province, "tinh"), c.province},
			{actor(access.Lead, "tinh"), c.leadOfProvince},
			{actor(access.Campaigner, "doi-tac"), c.agent},
			{actor(access.Administrator, ""), c.administrator},
			{actor(access.Administrator, "sa-pa"), c.administrator},
			{access.Terminal(), c.administrator},
			// Nobody, and those without a place of their own, hold nothing.
			{access.Actor{}, none},
			{actor("", "tinh"), none},
			{actor("boss", "tinh"), none},
			{actor(access.Province, ""), none},
			{actor(access.Province, "sa"), none},
			{disabled(actor(access.Administrator, "")), none},
		} {
			t.Run(fmt.Sprintf("%s/%s@%s", c.right, a.actor.Role, a.actor.Office), func(t *testing.T) {
				var held []string
				for _, o := range offices {
					err := access.May(a.actor, c.right, o, plan)
					if err == nil {
						held = append(held, map[bool]string{true: "*", false: o}[o == ""])
					} else {
						wantCode(t, err, "right.missing")
					}
				}
				if got := strings.Join(held, " "); got != a.want {
					t.Errorf("got %q, want %q", got, a.want)
				}
			})
		}
	}
}

// TestLookersOn: a collection agent has what a campaigner has; an auditor
// sees, and does nothing.
func TestLookersOn(t *testing.T) {
	for _, right := range []access.Right{
		access.ViewBoard, access.ViewEntries, access.Push, access.Bring, access.JoinPersons, access.AskBack, access.CloseDay,
		access.CloseCampaign, access.Import, access.ManageUsers, access.ViewAudit, access.Approve, access.SetPolicy,
		access.ViewPeople, access.Reveal, access.EditPeople, access.ImportPeople, access.Assign, access.Privacy, access.PlanActivities,
		access.ReadTalk, access.Talk,
	} {
		for _, o := range offices {
			agent := access.May(actor(access.PartnerAgent, "doi-tac"), right, o, plan) == nil
			if campaigner := access.May(actor(access.Campaigner, "doi-tac"), right, o, plan) == nil; agent != campaigner {
				t.Errorf("%s in %s: agent %v, campaigner %v", right, o, agent, campaigner)
			}
			looks := right == access.ViewBoard || right == access.ViewEntries || right == access.ViewAudit || right == access.ReadTalk
			if access.May(actor(access.Auditor, "tinh"), right, o, plan) == nil && !looks {
				t.Errorf("an auditor holds %s in %s", right, o)
			}
		}
	}
	wantCode(t, access.May(actor(access.Auditor, "sa-pa"), access.ViewAudit, "sa-pa-2", plan), "")
	wantCode(t, access.May(actor(access.Auditor, "sa-pa"), access.ViewAudit, "bac-ha", plan), "right.missing")
	wantCode(t, access.MayManage(actor(access.Lead, "sa-pa"), user(access.Auditor, "sa-pa"), plan), "right.missing")
}

func disabled(a access.Actor) access.Actor {
	a.Disabled = true
	return a
}

func TestMayOnPhone(t *testing.T) {
	for _, a := range []access.Actor{actor(access.Administrator, ""), actor(access.Province, "tinh"), actor(access.Lead, "sa-pa")} {
		a.Device = "máy-01"
		for _, r := range []access.Right{access.Import, access.ManageUsers, access.ReadTalk, access.Talk} {
			wantCode(t, access.May(a, r, "sa-pa", plan), "right.missing")
		}
		for _, r := range []access.Right{access.Push, access.Bring, access.ViewEntries} {
			wantCode(t, access.May(a, r, "sa-pa", plan), "")
		}
	}
	lead := actor(access.Lead, "sa-pa")
	lead.Device = "máy-01"
	wantCode(t, access.May(lead, access.CloseDay, "sa-pa", plan), "")
}

func TestMayTellsWhat(t *testing.T) {
	err := access.May(actor(access.Lead, "sa-pa"), access.CloseDay, "bac-ha", plan)
	var r *journal.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal", err)
	}
	want := "right.missing office=bac-ha office_name=Bắc Hà right=close_day role=lead"
	if r.Error() != want {
		t.Errorf("got %s, want %s", r, want)
	}
}

// A plan whose offices run in a circle is refused on import, yet asking about
// it must end, and grant nothing beyond the office.
func TestMayInACircle(t *testing.T) {
	circle := campaign.NewPlan([]campaign.Item{
		{Office: &campaign.Office{ID: "a", Parent: "b", Kind: campaign.GrassRoots}},
		{Office: &campaign.Office{ID: "b", Parent: "a", Kind: campaign.GrassRoots}},
		{Office: &campaign.Office{ID: "c", Kind: campaign.GrassRoots}},
	})
	wantCode(t, access.May(actor(access.Lead, "a"), access.ViewBoard, "a", circle), "right.missing")
	wantCode(t, access.May(actor(access.Lead, "a"), access.CloseDay, "c", circle), "right.missing")
}

func TestMayAuthor(t *testing.T) {
	self := func(a access.Actor) string { return a.ID }
	other := func(access.Actor) string { return "somebody" }
	entry := func(kind, office, body string) journal.Entry {
		return journal.Entry{Kind: kind, Campaign: "dot", Office: office, Body: []byte(body)}
	}
	day := func(office string) journal.Entry {
		return entry("closing", office, `{"scope":"day","day":"2025-11-08"}`)
	}
	books := entry("closing", "tinh", `{"scope":"campaign"}`)
	reopened := entry("reopening", "tinh", `{"scope":"campaign","reason":"mô phỏng"}`)
	reopenedDay := entry("reopening", "sa-pa", `{"scope":"day","day":"2025-11-08"}`)
	foreign := books
	foreign.Campaign = "dot-khac"
	nowhere := books
	nowhere.Campaign = "dot-nao"
	broken := entry("closing", "sa-pa", `{"scope":7}`)
	consultation := entry("consultation", "sa-pa", `{}`)
	joined := entry("persons_joined", "sa-pa", `{}`)
	parted := joined
	parted.Body, parted.Withdrawn = nil, "mô phỏng"
	away := consultation
	away.Office = "bac-ha"
	abroad := consultation
	abroad.Office = "tinh-khac"

	var (
		worker   = actor(access.Campaigner, "sa-pa")
		lead     = actor(access.Lead, "sa-pa")
		top      = actor(access.Lead, "tinh")
		province = actor(access.Province, "tinh")
		admin    = actor(access.Administrator, "")
	)
	const no = "right.missing"
	for _, c := range []struct {
		name   string
		actor  access.Actor
		author func(access.Actor) string
		entry  journal.Entry
		want   string
	}{
		{"one's own", worker, self, consultation, ""},
		{"one's own, lent to another office", worker, self, away, ""},
		{"one's own, in another province", worker, self, abroad, no},
		{"a colleague's", worker, other, consultation, no},
		{"brought by the lead", lead, other, consultation, ""},
		{"brought by the lead of another office", lead, other, away, no},
		{"brought by the lead above", top, other, away, ""},
		{"brought by the province", province, other, away, ""},
		{"brought from another province", province, other, abroad, no},
		{"brought by an administrator", admin, other, abroad, ""},

		{"a day closed by a campaigner", worker, self, day("sa-pa"), no},
		{"a day closed by the lead", lead, self, day("sa-pa"), ""},
		{"a day closed below", lead, self, day("sa-pa-2"), ""},
		{"a day closed elsewhere", lead, self, day("bac-ha"), no},
		{"a day closed above", lead, self, day("tinh"), no},
		{"a day closed by the province", province, self, day("sa-pa"), ""},
		{"a day closed by an administrator", admin, self, day("sa-pa"), no},
		{"another lead's closing, brought by a lead", lead, other, day("sa-pa"), ""},
		{"a lead's closing, brought by a campaigner", worker, other, day("sa-pa"), no},
		{"a day opened again by a campaigner", worker, self, reopenedDay, no},
		{"a day opened again by the lead", lead, self, reopenedDay, ""},

		{"books closed by the province", province, self, books, ""},
		{"books closed by a lead", lead, self, books, no},
		{"books closed by a lead of the province office", top, self, books, no},
		{"books closed by an administrator", admin, self, books, no},
		{"books opened again by the province", province, self, reopened, ""},
		{"books opened again by a lead of the province office", top, self, reopened, no},
		{"another province's books, under one's own office", province, self, foreign, no},
		{"books of no campaign", province, self, nowhere, "entry.unknown_campaign"},
		{"a closing that cannot be read", lead, self, broken, "entry.malformed"},

		{"persons joined by a campaigner", worker, self, joined, no},
		{"persons joined by the lead", lead, self, joined, ""},
		{"persons joined by the province", province, self, joined, ""},
		{"persons joined by an administrator", admin, self, joined, no},
		{"persons parted by a campaigner", worker, self, parted, no},
		{"persons parted by the lead", lead, self, parted, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.entry.Author = c.author(c.actor)
			wantCode(t, access.MayAuthor(c.actor, c.actor.User, &c.entry, plan), c.want)
		})
	}
}

// A day of the past is easily claimed: what bears on the work of others takes
// the right on the day of the fact and now.
func TestMayAuthorThenAndNow(t *testing.T) {
	const no = "right.missing"
	record := journal.Entry{Kind: "consultation", Campaign: "dot", Office: "sa-pa"}
	closed := journal.Entry{Kind: "closing", Version: 1, Campaign: "dot", Office: "sa-pa", Body: []byte(`{"scope":"day","day":"2025-11-08"}`)}
	lead, worker, gone := user(access.Lead, "sa-pa"), user(access.Campaigner, "sa-pa"), user(access.Campaigner, "tinh-khac")
	off := worker
	off.Disabled = true
	for _, c := range []struct {
		name      string
		then, now access.User
		entry     journal.Entry
		want      string
	}{
		{"recorded before the worker moved away", worker, gone, record, ""},
		{"recorded after the worker was disabled", off, worker, record, no},
		{"closed while lead, brought as campaigner", lead, worker, closed, no},
		{"closed as campaigner, brought as lead", worker, lead, closed, no},
		{"closed and brought as lead", lead, lead, closed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.now.ID, c.then.ID, c.entry.Author = "x", "x", "x"
			wantCode(t, access.MayAuthor(access.Actor{User: c.now}, c.then, &c.entry, plan), c.want)
		})
	}
}

func TestMayManage(t *testing.T) {
	const no = "right.missing"
	for _, c := range []struct {
		actor access.Actor
		user  access.User
		want  string
	}{
		{actor(access.Administrator, ""), user(access.Administrator, ""), ""},
		{actor(access.Administrator, ""), user(access.Province, "tinh"), ""},
		{actor(access.Province, "tinh"), user(access.Lead, "sa-pa"), ""},
		{actor(access.Province, "tinh"), user(access.Campaigner, "doi-tac"), ""},
		{actor(access.Province, "tinh"), user(access.Province, "tinh"), no},
		{actor(access.Province, "tinh"), user(access.Administrator, "sa-pa"), no},
		{actor(access.Province, "tinh"), user(access.Administrator, ""), no},
		{actor(access.Province, "tinh"), user(access.Lead, "tinh-khac"), no},
		{actor(access.Lead, "sa-pa"), user(access.Campaigner, "sa-pa-2"), ""},
		{actor(access.Lead, "sa-pa"), user(access.Campaigner, "bac-ha"), no},
		{actor(access.Lead, "sa-pa"), user(access.Lead, "sa-pa"), no},
		{actor(access.Campaigner, "sa-pa"), user(access.Campaigner, "sa-pa"), no},
	} {
		t.Run(c.actor.ID+"/"+c.user.ID, func(t *testing.T) {
			wantCode(t, access.MayManage(c.actor, c.user, plan), c.want)
		})
	}
}
