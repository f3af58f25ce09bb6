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
	Lat       *float64   `json:"lat" doc:"where it lies, degrees in WGS 84; null while nobody has said"`
	Lon       *float64   `json:"lon"`
}

type coverageOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Villages []villageCoverView `json:"villages" nullable:"false"`
	}
}

// reach is how far a plan reaches within the communes that the caller plans.
type reach struct {
	*planning.Planner
	communes map[string]bool // by code, those merged, too: their villages are where they were
	lived    []people.Village
	villages []planning.VillageCover
}

// reach reads how the plan covers the villages of the caller's communes.
func (s *Server) reach(tx store.Tx, plan *campaign.Plan, c Caller, id string) (*reach, error) {
	p, err := s.planner(tx, plan, c, id)
	if err != nil {
		return nil, err
	}
	sessions, err := s.Intake.Sessions(tx, plan, p.Campaign.ID)
	if err != nil {
		return nil, err
	}
	today := journal.DayOf(p.Now)
	r := &reach{Planner: p, communes: map[string]bool{}}
	if r.lived, err = tx.Villages(people.Scope{Whole: true}, "", today); err != nil {
		return nil, err
	}
	for code := range plan.Communes {
		office := plan.OfficeOf(code, today)
		r.communes[code] = plan.Under(office, p.Campaign.Province) && access.May(c.Actor, access.PlanActivities, office, plan) == nil
	}
	points, err := tx.VillagePoints()
	r.villages = planning.Coverage(plan, r.communes, sessions, r.lived, points, p.Now)
	return r, err
}

func (s *Server) coverage(ctx context.Context, c Caller, in *planInput) (*coverageOutput, error) {
	out := &coverageOutput{CacheControl: "no-store"}
	out.Body.Villages = []villageCoverView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		today := journal.DayOf(s.Now())
		r, err := s.reach(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		for _, v := range r.villages {
			office := plan.OfficeOf(v.Commune, today)
			row := villageCoverView{
				Commune: placeView{v.Commune, communeName(plan, v.Commune, today)},
				Office:  officeView{office, officeName(plan, office)},
				ID:      v.ID, Name: v.Name, People: v.People, Uncovered: v.Uncovered,
				LastVisit: maybe(v.LastVisit), Held: v.Held, Planned: v.Planned, Next: maybe(v.Next),
			}
			if v.At != nil {
				row.Lat, row.Lon = &v.At.Lat, &v.At.Lon
			}
			out.Body.Villages = append(out.Body.Villages, row)
		}
		return nil
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
	Population *campaign.Population `json:"population,omitempty" doc:"of a commune, by which its uncovered are counted; without it the registry has to do"`
}

type arithmeticOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Assumptions planning.Assumptions `json:"assumptions"`
		Usual       bool                 `json:"usual" doc:"nobody has set them: they are round numbers to begin with"`
		May         bool                 `json:"may" doc:"the caller may set them"`
		Days        int                  `json:"days" doc:"of work left in the campaign"`
		Basis       planning.Basis       `json:"basis"`
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
		p, err := s.reach(tx, plan, c, in.Campaign)
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
		living, uncovered := planning.LivingIn(plan, today, p.lived), map[string]int{}
		for code := range p.communes {
			if p.communes[code] {
				uncovered[code] = living[code].Uncovered
			}
		}
		r := planning.Reckon(plan, p.Campaign, b.Assumptions, uncovered, planning.Waiting(plan, p.villages, today), today)
		b.Days, b.Total = r.Days, r.Total
		for _, o := range r.Offices {
			b.Offices = append(b.Offices, needRow{ID: o.Office, Name: officeName(plan, o.Office), Need: o.Need})
		}
		for _, n := range r.Communes {
			row := needRow{ID: n.Commune, Name: communeName(plan, n.Commune, today), Need: n.Need}
			if p.communes[n.Commune] {
				l := living[n.Commune]
				if b.Basis.Add(l); l.Population.Year != 0 {
					row.Population = &l.Population
				}
			}
			b.Communes = append(b.Communes, row)
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
