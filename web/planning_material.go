package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/planning"
	"caunoi/store"
	"caunoi/tally"
)

type clashView struct {
	Kind campaign.ClashKind `json:"kind" enum:"person,vehicle,room"`
	What string             `json:"what" doc:"the name of the person, vehicle or room"`
	A    clashSide          `json:"a"`
	B    clashSide          `json:"b"`
	From time.Time          `json:"from"`
	To   time.Time          `json:"to"`
}

type clashSide struct {
	ID      journal.ID            `json:"id" format:"uuid"`
	Kind    campaign.ActivityKind `json:"kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	Commune string                `json:"commune"`
	Office  string                `json:"office"`
	Start   time.Time             `json:"start"`
	Other   *otherCampaign        `json:"other" doc:"the campaign of which it is; null where it is the one asked for"`
}

type otherCampaign struct {
	ID   string        `json:"id"`
	Name campaign.Name `json:"name"`
}

// clashes are those in which these activities of a campaign take part, also
// with what other campaigns of the province plan. Who sees one campaign of a
// province sees all of them: [campaignOf] asks for a right in the province.
func (s *Server) clashes(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, sessions []*tally.Session, ids []journal.ID) ([]clashView, error) {
	sessions = slices.Clip(sessions)
	for _, o := range planning.Beside(plan, c) {
		more, err := s.Intake.Sessions(tx, plan, o.ID)
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, more...)
	}
	by := map[journal.ID]*tally.Session{}
	for _, s := range sessions {
		by[s.ID] = s
	}
	side := func(id journal.ID) clashSide {
		a := by[id]
		v := clashSide{id, a.Kind, communeName(plan, a.Commune, journal.DayOf(a.Start)), officeName(plan, a.Office), a.Start, nil}
		if a.Campaign != c.ID {
			v.Other = &otherCampaign{a.Campaign, plan.Campaigns[a.Campaign].Name}
		}
		return v
	}
	out := []clashView{}
	for _, c := range planning.Clashes(sessions, ids) {
		v := clashView{Kind: c.Kind, What: c.What, A: side(c.A), B: side(c.B), From: c.From, To: c.To}
		if c.Kind == campaign.ClashPerson {
			v.What = authorName(plan, c.What)
		}
		out = append(out, v)
	}
	return out, nil
}

type namedPlace struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type communeMaterial struct {
	Code     string           `json:"code"`
	Name     string           `json:"name"`
	Office   string           `json:"office"`
	Lat      float64          `json:"lat"`
	Lon      float64          `json:"lon"`
	Market   *campaign.Market `json:"market" doc:"null where nobody said when the market is"`
	Villages []namedPlace     `json:"villages" nullable:"false"`
}

type memberMaterial struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Office  string `json:"office"`
	Partner string `json:"partner" doc:"the organisation of an agent"`
}

type materialOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Offices  []officeView      `json:"offices" nullable:"false" doc:"for which the caller may plan"`
		Communes []communeMaterial `json:"communes" nullable:"false" doc:"of those offices"`
		Homes    []namedPlace      `json:"homes" nullable:"false" doc:"all communes of the province, where people may live"`
		Members  []memberMaterial  `json:"members" nullable:"false" doc:"of the whole province, since people are lent"`
		Partners []officeView      `json:"partners" nullable:"false"`
		Rooms    []string          `json:"rooms" nullable:"false" doc:"that this campaign's plan names"`
		Vehicles []string          `json:"vehicles" nullable:"false"`
		Topics   []string          `json:"topics" nullable:"false"`
	}
}

type planInput struct {
	Campaign string `path:"campaign"`
}

func (s *Server) planningMaterial(ctx context.Context, c Caller, in *planInput) (*materialOutput, error) {
	out := &materialOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Offices, b.Communes, b.Members, b.Partners = []officeView{}, []communeMaterial{}, []memberMaterial{}, []officeView{}
	b.Homes = []namedPlace{}
	b.Rooms, b.Vehicles, b.Topics = []string{}, []string{}, []string{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		sessions, err := s.Intake.Sessions(tx, plan, p.Campaign.ID)
		if err != nil {
			return err
		}
		for _, a := range sessions {
			b.Rooms, b.Vehicles, b.Topics = append(b.Rooms, a.Room), append(b.Vehicles, a.Vehicles...), append(b.Topics, a.Topics...)
		}
		b.Rooms, b.Vehicles, b.Topics = once(b.Rooms), once(b.Vehicles), once(b.Topics)
		today := journal.DayOf(p.Now)
		villages := map[string][]namedPlace{}
		for id, v := range plan.Villages {
			code := plan.CodeOn(v.Commune, today)
			villages[code] = append(villages[code], namedPlace{id, v.Name})
		}
		for _, o := range plan.Offices {
			if o.Kind == campaign.Partner {
				b.Partners = append(b.Partners, officeView{o.ID, o.Name})
			} else if o.Works(today) && plan.Under(o.ID, p.Campaign.Province) && access.May(c.Actor, access.PlanActivities, o.ID, plan) == nil {
				b.Offices = append(b.Offices, officeView{o.ID, o.Name})
			}
		}
		for _, commune := range plan.CommunesOf(p.Campaign.Province, today) {
			b.Homes = append(b.Homes, namedPlace{commune.Code, commune.Name})
			if access.May(c.Actor, access.PlanActivities, commune.Office, plan) != nil {
				continue
			}
			v := villages[commune.Code]
			slices.SortFunc(v, func(a, b namedPlace) int { return strings.Compare(a.Name, b.Name) })
			b.Communes = append(b.Communes, communeMaterial{
				commune.Code, commune.Name, commune.Office, commune.Lat, commune.Lon, commune.Market, append([]namedPlace{}, v...),
			})
		}
		for _, w := range plan.Campaigners {
			if plan.Under(w.Office, p.Campaign.Province) {
				b.Members = append(b.Members, memberMaterial{w.ID, w.Name, w.Office, w.Partner})
			}
		}
		return nil
	})
	slices.SortFunc(b.Homes, func(x, y namedPlace) int { return strings.Compare(x.Name+x.ID, y.Name+y.ID) })
	slices.SortFunc(b.Offices, func(x, y officeView) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.Partners, func(x, y officeView) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.Members, func(x, y memberMaterial) int { return strings.Compare(x.Name+x.ID, y.Name+y.ID) })
	return out, err
}

// once sorts a list and drops what is empty or there twice.
func once(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}
