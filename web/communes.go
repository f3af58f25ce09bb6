package web

import (
	"cmp"
	"context"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

type knownInput struct {
	Day string `query:"day" doc:"as the communes were on this day, and with the populations of its year, YYYY-MM-DD; today without it"`
}

type knownOutput struct {
	Body struct {
		People     map[string]int                 `json:"people" nullable:"false" doc:"by code of the commune: its population where somebody gave it, else how many the registry knows of whom lists may speak"`
		Population map[string]campaign.Population `json:"population" nullable:"false" doc:"the populations among these"`
	}
}

// known counts the people of communes, by which figures are compared between
// these. It is as open as the figures are.
func (s *Server) known(ctx context.Context, c Caller, in *knownInput) (*knownOutput, error) {
	day, err := dayIn("day", cmp.Or(in.Day, string(journal.DayOf(s.Now()))))
	if err != nil {
		return nil, err
	}
	out := &knownOutput{}
	out.Body.People, out.Body.Population = map[string]int{}, map[string]campaign.Population{}
	return out, s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		sees := func(commune *campaign.Commune) bool {
			return commune != nil && access.May(c.Actor, access.ViewBoard, commune.Office, plan) == nil
		}
		counts, err := tx.CountListed(people.Scope{Whole: true})
		for code, n := range counts {
			// Those of a commune that was merged are with what took it in.
			if now := plan.CommuneOn(code, day); sees(now) {
				out.Body.People[now.Code] += n
			}
		}
		for code, of := range plan.Populations(day) {
			if sees(plan.CommuneOn(code, day)) {
				out.Body.People[code], out.Body.Population[code] = of.People, of
			}
		}
		return err
	})
}
