package web

import (
	"context"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

func (s *Server) worklistRoutes() {
	const tag = "worklists"
	register(s, access.ViewPeople, "worklist.read", operation("GET", "/api/v1/worklists", "Whom to visit, and how many in each list", tag), s.worklist)
	register(s, access.ViewPeople, namesNobody, operation("GET", "/api/v1/worklists/villages", "Villages, with how many people and who goes there", tag), s.villages)
	register(s, access.ViewPeople, "calls.read", operation("GET", "/api/v1/calls", "Who gave a number and agreed to be called", tag), s.calls)
	register(s, access.Assign, recordsItself, operation("POST", "/api/v1/assignments", "Give villages or households to a campaigner", tag), s.assign)
	register(s, access.Assign, recordsItself, operation("POST", "/api/v1/assignments/balance", "Share a commune's villages out by number of people", tag), s.balance)
}

type worklistInput struct {
	PeopleFilter
	List     string `query:"list" enum:"uncovered,hi_30,hi_60,hi_lapsed,si_missing_15,pension_cash,student_no_card,follow_up" default:"uncovered"`
	Assigned string `query:"assigned" maxLength:"100" doc:"a campaigner's id; me; or - for nobody"`
}

type workRow struct {
	PersonRow
	Why string `json:"why" doc:"the day or the number that brings the person into the list"`
}

type worklistOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		List   string         `json:"list"`
		Counts map[string]int `json:"counts"`
		Rows   []workRow      `json:"rows" nullable:"false"`
		Next   string         `json:"next"`
	}
}

// me stands for the caller's own.
const me = "me"

func (s *Server) worklist(ctx context.Context, c Caller, in *worklistInput) (*worklistOutput, error) {
	out := &worklistOutput{CacheControl: "no-store"}
	out.Body.List, out.Body.Counts, out.Body.Rows = in.List, map[string]int{}, []workRow{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		scope := people.ScopeOf(c.Actor, access.ViewPeople, plan)
		q := s.query(&in.PeopleFilter)
		q.List, q.Assigned = people.List(in.List), in.Assigned
		if q.Assigned == me {
			q.Assigned = c.ID
		}
		counts, err := tx.CountLists(scope, q)
		if err != nil {
			return err
		}
		for list, n := range counts {
			out.Body.Counts[string(list)] = n
		}
		page, next, err := people.Find(tx, scope, q)
		if err != nil {
			return err
		}
		out.Body.Next = next
		rows, err := s.personRows(tx, c, plan, page)
		for i, row := range rows {
			out.Body.Rows = append(out.Body.Rows, workRow{row, page[i].Why(q.List)})
		}
		return err
	})
	c.Read.Details = in.counted(len(out.Body.Rows))
	c.Read.Details["list"] = in.List
	return out, err
}

type villagesInput struct {
	Commune string `query:"commune" maxLength:"100"`
}

type villageView struct {
	Commune   placeView   `json:"commune"`
	Village   string      `json:"village"`
	People    int         `json:"people"`
	Uncovered int         `json:"uncovered"`
	Assigned  *personView `json:"assigned_to,omitempty"`
	LastVisit *time.Time  `json:"last_visit,omitempty"`
}

type villagesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Villages []villageView `json:"villages" nullable:"false"`
	}
}

func (s *Server) villages(ctx context.Context, c Caller, in *villagesInput) (*villagesOutput, error) {
	out := &villagesOutput{CacheControl: "no-store"}
	out.Body.Villages = []villageView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		list, err := tx.Villages(people.ScopeOf(c.Actor, access.ViewPeople, plan), in.Commune, journal.DayOf(s.Now()))
		if err != nil {
			return err
		}
		name, err := namesOf(tx, c.Actor, plan)
		for _, v := range list {
			view := villageView{Commune: placeView{v.Commune, communeName(plan, v.Commune, journal.DayOf(s.Now()))}, Village: v.Name, People: v.People, Uncovered: v.Uncovered}
			if v.Assigned != "" {
				view.Assigned = &personView{v.Assigned, name(v.Assigned)}
			}
			if !v.LastVisit.IsZero() {
				view.LastVisit = &v.LastVisit
			}
			out.Body.Villages = append(out.Body.Villages, view)
		}
		return err
	})
	return out, err
}

type callRow struct {
	PersonRow
	Attempts int         `json:"attempts"`
	NextCall journal.Day `json:"next_call"`
}

type callsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Rows []callRow `json:"rows" nullable:"false"`
		Next string    `json:"next"`
	}
}

func (s *Server) calls(ctx context.Context, c Caller, in *PeopleFilter) (*callsOutput, error) {
	out := &callsOutput{CacheControl: "no-store"}
	out.Body.Rows = []callRow{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		q := s.query(in)
		q.Callable = true
		page, next, err := people.Find(tx, people.ScopeOf(c.Actor, access.ViewPeople, plan), q)
		if err != nil {
			return err
		}
		out.Body.Next = next
		rows, err := s.personRows(tx, c, plan, page)
		for i, row := range rows {
			out.Body.Rows = append(out.Body.Rows, callRow{row, page[i].Attempts, page[i].FollowUp})
		}
		return err
	})
	c.Read.Details = in.counted(len(out.Body.Rows))
	return out, err
}

type householdName struct {
	Village   string `json:"village" maxLength:"200"`
	Household string `json:"household" minLength:"1" maxLength:"200"`
}

type assignInput struct {
	Body struct {
		Commune    string          `json:"commune" maxLength:"100"`
		Villages   []string        `json:"villages,omitempty" maxItems:"1000"`
		Households []householdName `json:"households,omitempty" maxItems:"1000"`
		To         string          `json:"to" maxLength:"100" doc:"empty takes them back"`
	}
}

func (s *Server) assign(ctx context.Context, c Caller, in *assignInput) (*struct{}, error) {
	b := in.Body
	var places []people.Assignment
	for _, v := range b.Villages {
		places = append(places, people.Assignment{Village: v})
	}
	for _, h := range b.Households {
		places = append(places, people.Assignment{Village: h.Village, Household: h.Household})
	}
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		if err := knownTo(tx, c, plan, b.To); err != nil {
			return err
		}
		return s.Intake.People().AssignTo(tx, plan, c.Actor, b.Commune, places, b.To)
	})
}

// knownTo makes sure that places are given to a user of the caller's offices.
func knownTo(tx store.Tx, c Caller, plan *campaign.Plan, user string) error {
	if user == "" {
		return nil
	}
	u, err := tx.User(user)
	if err != nil || u.Disabled || access.May(c.Actor, access.Assign, u.Office, plan) != nil {
		return notFound(user)
	}
	return nil
}

type balanceInput struct {
	Body struct {
		Commune string   `json:"commune" maxLength:"100"`
		To      []string `json:"to" minItems:"1" maxItems:"200"`
		Apply   bool     `json:"apply,omitempty" doc:"without it nothing is changed"`
	}
}

type shareView struct {
	To       personView `json:"to"`
	Villages []string   `json:"villages" nullable:"false"`
	People   int        `json:"people"`
}

type balanceOutput struct {
	Body struct {
		Shares []shareView `json:"shares" nullable:"false"`
	}
}

func (s *Server) balance(ctx context.Context, c Caller, in *balanceInput) (*balanceOutput, error) {
	out := &balanceOutput{}
	b := in.Body
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		out.Body.Shares = []shareView{}
		name, err := namesOf(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		for _, to := range b.To {
			if err := knownTo(tx, c, plan, to); err != nil {
				return err
			}
		}
		list, err := tx.Villages(people.ScopeOf(c.Actor, access.Assign, plan), b.Commune, journal.DayOf(s.Now()))
		if err != nil {
			return err
		}
		for _, share := range people.Balance(list, b.To) {
			out.Body.Shares = append(out.Body.Shares, shareView{personView{share.To, name(share.To)}, append([]string{}, share.Villages...), share.People})
			if !b.Apply {
				continue
			}
			var places []people.Assignment
			for _, v := range share.Villages {
				places = append(places, people.Assignment{Village: v})
			}
			if err := s.Intake.People().AssignTo(tx, plan, c.Actor, b.Commune, places, share.To); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
