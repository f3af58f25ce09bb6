package web_test

import (
	"testing"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/store"
)

func (s *site) campaigner(id string) *campaign.Campaigner {
	s.t.Helper()
	var c *campaign.Campaigner
	err := s.store.View(s.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err == nil {
			c = plan.Campaigners[id]
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// asks wants a status of a request by the province, and the code of a refusal.
func (s *site) wants(as planDesk, method, path, body string, status int) reply {
	s.t.Helper()
	r := s.do(as.cookie, method, "/api/v1/"+path, body)
	if r.status != status {
		s.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return r
}

// Who is added at the desk to lead is a lead of the plan, too: what another has
// planned may be moved by the new one.
func TestANewLeadMovesWhatAnotherPlanned(t *testing.T) {
	s := open(t)
	admin := s.planner(access.Administrator, "adm", "")
	planned := s.planner(access.Lead, "lea", "a").asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", "")+`}`, 200)
	for role, office := range map[access.Role]string{access.Lead: "a", access.Province: "p"} {
		id := "new-" + string(role)
		s.wants(admin, "POST", "users", `{"id":"`+id+`","name":"Mô phỏng Mới","role":"`+string(role)+`","office":"`+office+`","communes":[]}`, 204)
		moved := s.planner(role, id, office).asks("POST", "activities/move", `{"activities":["`+planned.Done[0].Activity+`"],"reason":"weather","days":1}`, 200)
		if d := moved.Done[0]; d.Code != "" {
			t.Errorf("the move by a new %s: %s %s", role, d.Code, d.Detail)
		}
		planned = s.planner(access.Lead, "lea", "a").asks("POST", "activities", `{"draft":`+draftAt("09", "09:00", "10:00", "")+`}`, 200)
	}
}

func TestUsersAreCampaignersOfThePlan(t *testing.T) {
	s := open(t)
	province := s.planner(access.Province, "pro", "p")
	body := func(role, office string) string {
		return `{"name":"Mô phỏng Mới","role":"` + role + `","office":"` + office + `","communes":[]}`
	}
	add := func(id, role, office string, status int) reply {
		return s.wants(province, "POST", "users", `{"id":"`+id+`",`+body(role, office)[1:], status)
	}
	want := func(id string, c campaign.Campaigner) {
		t.Helper()
		c.ID, c.Name = id, "Mô phỏng Mới"
		if got := s.campaigner(id); got == nil || *got != c {
			t.Errorf("the plan has %+v, want %+v", got, c)
		}
	}
	add("neu", "campaigner", "a", 204)
	want("neu", campaign.Campaigner{Office: "a"})
	s.wants(province, "PUT", "users/neu", body("lead", "b"), 204)
	want("neu", campaign.Campaigner{Office: "b", Lead: true})
	s.wants(province, "PUT", "users/neu", body("auditor", "b"), 204)
	want("neu", campaign.Campaigner{Office: "b"})
	add("aud", "auditor", "a", 204)
	if c := s.campaigner("aud"); c != nil {
		t.Errorf("an auditor is a campaigner: %+v", c)
	}
}

// Nobody takes a campaigner over by adding a user of that id.
func TestACampaignerOfOthersIsNotTaken(t *testing.T) {
	s := open(t)
	lead := s.planner(access.Lead, "lea", "a")
	for _, id := range []string{"bob", "lea2"} {
		before := s.campaigner(id)
		if id == "lea2" { // leads the office, too
			before = &campaign.Campaigner{ID: id, Name: "Mô phỏng", Office: "a", Lead: true}
			if err := s.intake.PutPlan(t.Context(), []campaign.Item{{Campaigner: before}}); err != nil {
				t.Fatal(err)
			}
		}
		s.wants(lead, "POST", "users", `{"id":"`+id+`","name":"Khác","role":"campaigner","office":"a","communes":[]}`, 403)
		if got := s.campaigner(id); got == nil || *got != *before {
			t.Errorf("%s was taken: %+v", id, got)
		}
	}
}
