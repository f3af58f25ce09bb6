package web

import (
	"cmp"
	"context"
	stdjson "encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

type activitiesInput struct {
	Campaign string `path:"campaign"`
	Day      string `query:"day"`
	Office   string `query:"office"`
}

type activityView struct {
	ID         journal.ID            `json:"id" format:"uuid"`
	Kind       campaign.ActivityKind `json:"kind"`
	SubKind    string                `json:"sub_kind"`
	Office     officeView            `json:"office"`
	Commune    string                `json:"commune"`
	Place      string                `json:"place"`
	Start      time.Time             `json:"start"`
	End        time.Time             `json:"end"`
	Status     campaign.Status       `json:"status" enum:"planned,moved,held,cancelled"`
	Reason     string                `json:"reason" doc:"why it was moved or cancelled"`
	MovedFrom  *time.Time            `json:"moved_from"`
	AfterHours bool                  `json:"after_hours"`
	Team       []string              `json:"team" nullable:"false"`
	Partners   []string              `json:"partners" nullable:"false"`
	Topics     []string              `json:"topics" nullable:"false"`
	HeadCount  *int                  `json:"head_count"`
	Present    []arrivalView         `json:"present" nullable:"false" doc:"who said that they are there, the first first"`
	Post       string                `json:"post" doc:"the standing post of which this is a shift"`
}

type arrivalView struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

type activitiesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Activities []activityView `json:"activities" nullable:"false"`
	}
}

func (s *Server) activities(ctx context.Context, caller Caller, in *activitiesInput) (*activitiesOutput, error) {
	if _, _, err := periodOf(in.Day, ""); err != nil {
		return nil, err
	}
	out := &activitiesOutput{CacheControl: "no-store"}
	out.Body.Activities = []activityView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		c, err := campaignOf(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		entries, err := tx.OfActivities(c.ID)
		if err != nil {
			return err
		}
		for _, a := range tally.SessionsOf(plan, s.Intake.Schema(), entries) {
			if in.Day != "" && journal.DayOf(a.Start) != journal.Day(in.Day) || in.Office != "" && a.Office != in.Office {
				continue
			}
			out.Body.Activities = append(out.Body.Activities, viewActivity(plan, c, a))
		}
		return nil
	})
	slices.SortFunc(out.Body.Activities, func(a, b activityView) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Commune, b.Commune), a.ID.Compare(b.ID))
	})
	return out, err
}

func viewActivity(plan *campaign.Plan, c *campaign.Campaign, a *tally.Session) activityView {
	v := activityView{
		ID: a.ID, Kind: a.Kind, SubKind: a.SubKind, Office: officeView{a.Office, officeName(plan, a.Office)},
		Commune: communeName(plan, a.Commune), Place: a.Place, Start: a.Start, End: a.End, Status: a.Status(),
		Reason: cmp.Or(a.CancelReason, a.MoveReason), AfterHours: c.Hours.After(a.Start),
		Team: []string{}, Partners: []string{}, Topics: append([]string{}, a.Topics...),
	}
	if !a.MovedFrom.IsZero() {
		from := a.MovedFrom
		v.MovedFrom = &from
	}
	for _, id := range a.Team {
		v.Team = append(v.Team, authorName(plan, id))
	}
	for _, id := range a.Partners {
		v.Partners = append(v.Partners, officeName(plan, id))
	}
	v.Present = []arrivalView{}
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
		if _, err := campaignOf(c, plan, in.Campaign); err != nil {
			return err
		}
		sheet, err := tx.Sheet(tally.Query{Campaign: in.Campaign})
		if err != nil {
			return err
		}
		facts, err = report.Gather(plan, in.Campaign, sheet)
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
