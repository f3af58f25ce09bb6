package web

import (
	"context"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/planning"
	"caunoi/store"
)

type villageCoverView struct {
	Commune   placeView  `json:"commune"`
	Office    officeView `json:"office"`
	ID        string     `json:"id" doc:"in the plan; empty for one that only lists of people name"`
	Name      string     `json:"name"`
	People    int        `json:"people" doc:"of the registry, as far as the caller may know"`
	Uncovered int        `json:"uncovered"`
	LastVisit *time.Time `json:"last_visit"`
	Held      int        `json:"held" doc:"sessions"`
	Planned   int        `json:"planned" doc:"sessions still to come"`
	Next      *time.Time `json:"next"`
}

type coverageOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Villages []villageCoverView `json:"villages" nullable:"false"`
	}
}

// covers reads how the plan covers the villages of the caller's communes.
func (s *Server) covers(tx store.Tx, plan *campaign.Plan, c Caller, id string) (*planning.Planner, []planning.VillageCover, error) {
	p, err := s.planner(tx, plan, c, id)
	if err != nil {
		return nil, nil, err
	}
	sessions, err := p.Sessions()
	if err != nil {
		return nil, nil, err
	}
	lived, err := tx.Villages(people.ScopeOf(c.Actor, access.ViewPeople, plan), "", journal.DayOf(p.Now))
	if err != nil {
		return nil, nil, err
	}
	communes := map[string]bool{}
	today := journal.DayOf(p.Now)
	for code := range plan.Communes { // those merged, too: their villages are where they were
		office := plan.OfficeOf(code, today)
		communes[code] = plan.Under(office, p.Campaign.Province) && access.May(c.Actor, access.PlanActivities, office, plan) == nil
	}
	return p, planning.Coverage(plan, communes, sessions, lived, p.Now), nil
}

func (s *Server) coverage(ctx context.Context, c Caller, in *planInput) (*coverageOutput, error) {
	out := &coverageOutput{CacheControl: "no-store"}
	out.Body.Villages = []villageCoverView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		today := journal.DayOf(s.Now())
		_, cover, err := s.covers(tx, plan, c, in.Campaign)
		for _, v := range cover {
			office := plan.OfficeOf(v.Commune, today)
			out.Body.Villages = append(out.Body.Villages, villageCoverView{
				placeView{v.Commune, communeName(plan, v.Commune, today)},
				officeView{office, officeName(plan, office)},
				v.ID, v.Name, v.People, v.Uncovered, maybe(v.LastVisit), v.Held, v.Planned, maybe(v.Next),
			})
		}
		return err
	})
	return out, err
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type needRow struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	planning.Need
}

type arithmeticOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Assumptions planning.Assumptions `json:"assumptions"`
		Usual       bool                 `json:"usual" doc:"nobody has set them: they are round numbers to begin with"`
		May         bool                 `json:"may" doc:"the caller may set them"`
		Days        int                  `json:"days" doc:"of work left in the campaign"`
		Total       planning.Need        `json:"total"`
		Offices     []needRow            `json:"offices" nullable:"false"`
		Communes    []needRow            `json:"communes" nullable:"false"`
	}
}

func (s *Server) arithmetic(ctx context.Context, c Caller, in *planInput) (*arithmeticOutput, error) {
	out := &arithmeticOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Offices, b.Communes = []needRow{}, []needRow{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, cover, err := s.covers(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		set, is, err := planning.AssumptionsOf(tx, in.Campaign)
		if err != nil {
			return err
		}
		b.Assumptions, b.Usual = set, !is
		b.May = access.May(c.Actor, access.SetPolicy, p.Campaign.Province, plan) == nil
		today := journal.DayOf(p.Now)
		uncovered, planned := planning.Waiting(plan, cover, today)
		r := planning.Reckon(plan, p.Campaign, b.Assumptions, uncovered, planned, today)
		b.Days, b.Total = r.Days, r.Total
		for _, o := range r.Offices {
			b.Offices = append(b.Offices, needRow{o.Office, officeName(plan, o.Office), o.Need})
		}
		for _, n := range r.Communes {
			b.Communes = append(b.Communes, needRow{n.Commune, communeName(plan, n.Commune, today), n.Need})
		}
		return nil
	})
	return out, err
}

type setArithmeticInput struct {
	Campaign string `path:"campaign"`
	Body     planning.Assumptions
}

func (s *Server) setArithmetic(ctx context.Context, c Caller, in *setArithmeticInput) (*arithmeticOutput, error) {
	if err := in.Body.Check(); err != nil {
		return nil, err
	}
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err == nil {
			err = access.May(c.Actor, access.SetPolicy, which.Province, plan)
		}
		if err != nil {
			return err
		}
		if err := planning.SetAssumptions(tx, which.ID, in.Body); err != nil {
			return err
		}
		return s.settingChanged(tx, c, which, in.Body)
	})
	if err != nil {
		return nil, err
	}
	return s.arithmetic(ctx, c, &planInput{in.Campaign})
}
