package web

import (
	"cmp"
	"context"
	stdjson "encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

type activitiesInput struct {
	Campaign string `path:"campaign"`
	Day      string `query:"day" doc:"those that begin on this day"`
	From     string `query:"from" doc:"first day, YYYY-MM-DD"`
	To       string `query:"to" doc:"last day"`
	Office   string `query:"office"`
}

// has says whether a session is among those asked for.
func (in *activitiesInput) has(a *tally.Session) bool {
	from, to := journal.DayOf(a.Start), journal.DayOf(a.End)
	return (in.Day == "" || from == journal.Day(in.Day)) && (in.From == "" || to >= journal.Day(in.From)) &&
		(in.To == "" || from <= journal.Day(in.To)) && (in.Office == "" || a.Office == in.Office)
}

type activityView struct {
	ID         journal.ID            `json:"id" format:"uuid"`
	Kind       campaign.ActivityKind `json:"kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	SubKind    string                `json:"sub_kind"`
	Office     officeView            `json:"office"`
	Commune    placeView             `json:"commune"`
	Village    namedPlace            `json:"village" doc:"empty where none is named"`
	Place      string                `json:"place"`
	Room       string                `json:"room"`
	Vehicles   []string              `json:"vehicles" nullable:"false"`
	Start      time.Time             `json:"start"`
	End        time.Time             `json:"end"`
	Status     campaign.Status       `json:"status" enum:"planned,moved,held,cancelled"`
	Reason     string                `json:"reason" doc:"why it was moved or cancelled"`
	MovedFrom  *time.Time            `json:"moved_from"`
	AfterHours bool                  `json:"after_hours"`
	Lead       string                `json:"lead" doc:"id of who leads it; one of the team"`
	Team       []personView          `json:"team" nullable:"false"`
	Partners   []officeView          `json:"partners" nullable:"false"`
	Topics     []string              `json:"topics" nullable:"false"`
	HeadCount  *int                  `json:"head_count"`
	Present    []arrivalView         `json:"present" nullable:"false" doc:"who said that they are there, the first first"`
	Post       string                `json:"post" doc:"the standing post of which this is a shift"`
	May        bool                  `json:"may" doc:"the caller may move, change and cancel it"`
	Version    journal.ID            `json:"version" format:"uuid" doc:"of what is planned; who changes it says which one was seen"`
}

type arrivalView struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

type activitiesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Activities []activityView `json:"activities" nullable:"false"`
		Clashes    []clashView    `json:"clashes" nullable:"false" doc:"those in which one of these takes part"`
	}
}

func (s *Server) activities(ctx context.Context, caller Caller, in *activitiesInput) (*activitiesOutput, error) {
	if _, err := dayIn("day", in.Day); err != nil {
		return nil, err
	}
	if _, _, err := periodOf(in.From, in.To); err != nil {
		return nil, err
	}
	out := &activitiesOutput{CacheControl: "no-store"}
	out.Body.Activities = []activityView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, caller, in.Campaign)
		if err != nil {
			return err
		}
		sessions, err := s.Intake.Sessions(tx, plan, p.Campaign.ID)
		if err != nil {
			return err
		}
		ids := []journal.ID{}
		for _, a := range sessions {
			if in.has(a) {
				ids = append(ids, a.ID)
				out.Body.Activities = append(out.Body.Activities, viewActivity(caller, plan, p.Campaign, a))
			}
		}
		out.Body.Clashes, err = s.clashes(tx, plan, p.Campaign, sessions, ids)
		return err
	})
	slices.SortFunc(out.Body.Activities, func(a, b activityView) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Commune.Name, b.Commune.Name), a.ID.Compare(b.ID))
	})
	return out, err
}

func viewActivity(caller Caller, plan *campaign.Plan, c *campaign.Campaign, a *tally.Session) activityView {
	v := activityView{
		ID: a.ID, Kind: a.Kind, SubKind: a.SubKind, Office: officeView{a.Office, officeName(plan, a.Office)},
		Commune: placeView{a.Commune, communeName(plan, a.Commune, journal.DayOf(a.Start))}, Village: namedPlace{a.Village, a.Village},
		Place: a.Place, Room: a.Room, Vehicles: append([]string{}, a.Vehicles...), Start: a.Start, End: a.End, Status: a.Status(),
		Reason: cmp.Or(a.CancelReason, a.MoveReason), AfterHours: c.Hours.After(a.Start), Lead: a.Lead,
		Team: []personView{}, Partners: []officeView{}, Topics: append([]string{}, a.Topics...), Present: []arrivalView{},
		May: a.Held == nil && access.May(caller.Actor, access.PlanActivities, a.Office, plan) == nil,
	}
	last, _ := a.LastChange()
	v.Version = last.ID
	if village := plan.Villages[a.Village]; village != nil {
		v.Village.Name = village.Name
	}
	if !a.MovedFrom.IsZero() {
		from := a.MovedFrom
		v.MovedFrom = &from
	}
	for _, id := range a.Team {
		v.Team = append(v.Team, personView{id, authorName(plan, id)})
	}
	for _, id := range a.Partners {
		v.Partners = append(v.Partners, officeView{id, officeName(plan, id)})
	}
	for _, came := range a.Present {
		v.Present = append(v.Present, arrivalView{authorName(plan, came.Author), came.At.UTC()})
	}
	if n, held := a.HeadCount(); held {
		v.HeadCount = &n
	}
	if !a.Post.IsZero() {
		v.Post = a.Post.String()
	}
	return v
}

type reportInput struct {
	Campaign string `path:"campaign"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
	Format   string `query:"format" enum:"text,json" default:"text"`
}

func (s *Server) report(ctx context.Context, c Caller, in *reportInput) (*huma.StreamResponse, error) {
	var facts report.Facts
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err == nil {
			facts, err = s.facts(tx, plan, which)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := facts.Text(in.Lang)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", "application/json")
		hctx.SetHeader("Cache-Control", "no-store")
		if in.Format == "json" {
			_ = facts.WriteJSON(hctx.BodyWriter())
			return
		}
		_ = stdjson.NewEncoder(hctx.BodyWriter()).Encode(map[string]string{"text": text})
	}}, nil
}

// facts are those of a campaign's report, in which its offices stand as on the board.
func (s *Server) facts(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign) (report.Facts, error) {
	sheet, err := s.figures.Sheet(tx, c.ID)
	if err != nil {
		return report.Facts{}, err
	}
	contest, err := s.published(tx, plan, c, sheet, nil)
	if err != nil {
		return report.Facts{}, err
	}
	return report.Gather(plan, c.ID, sheet, contest.Offices(always))
}

// Facts are those of a campaign's report, as the API gives them.
func Facts(tx store.Tx, plan *campaign.Plan, campaignID string, now func() time.Time) (report.Facts, error) {
	c := plan.Campaigns[campaignID]
	if c == nil {
		return report.Facts{}, journal.Refuse("entry.unknown_campaign", "campaign", campaignID)
	}
	return (&Server{Config: Config{Now: now}}).facts(tx, plan, c)
}

func (s *Server) boundaries(ctx context.Context, _ Caller, _ *struct{}) (*huma.StreamResponse, error) {
	features := []any{} // none until a map is imported
	err := s.Store.View(ctx, func(tx store.Tx) error {
		geometry, err := tx.Boundaries()
		for code, g := range geometry {
			features = append(features, map[string]any{
				"type": "Feature", "properties": map[string]string{"code": code}, "geometry": stdjson.RawMessage(g),
			})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", "application/geo+json")
		hctx.SetHeader("Cache-Control", "private, max-age=300")
		_ = stdjson.NewEncoder(hctx.BodyWriter()).Encode(map[string]any{"type": "FeatureCollection", "features": features})
	}}, nil
}
