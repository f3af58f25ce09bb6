package web

import (
	"context"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

type knownOutput struct {
	Body struct {
		People map[string]int `json:"people" nullable:"false" doc:"by code of the commune; those of whom lists may speak"`
	}
}

// known counts the people of the registry, by which figures are compared
// between communes. It is as open as the figures are.
func (s *Server) known(ctx context.Context, c Caller, _ *struct{}) (*knownOutput, error) {
	out := &knownOutput{}
	out.Body.People = map[string]int{}
	return out, s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		counts, err := tx.CountListed(people.Scope{Whole: true})
		for code, n := range counts {
			// Those of a commune that was merged are with what took it in.
			if now := plan.CommuneOn(code, journal.DayOf(s.Now())); now != nil && access.May(c.Actor, access.ViewBoard, now.Office, plan) == nil {
				out.Body.People[now.Code] += n
			}
		}
		return err
	})
}
