package web

import (
	"context"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/outreach"
	"caunoi/store"
)

// CollectingOf names whose account. (A name that is not exported would hide
// its fields.)
type CollectingOf struct {
	Office string `query:"office" doc:"id of the office; the caller's own without it"`
}

// office is the one asked for or the caller's own, where the caller may set it.
func (in *CollectingOf) office(c Caller, plan *campaign.Plan) (string, error) {
	if in.Office == "" {
		in.Office = c.Office
	}
	return in.Office, access.May(c.Actor, access.SetPolicy, in.Office, plan)
}

type collectingOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Account *outreach.Account `json:"account" doc:"the office's own, else that of the nearest office above; null where none is set"`
	}
}

func (s *Server) collecting(ctx context.Context, c Caller, in *CollectingOf) (*collectingOutput, error) {
	out := &collectingOutput{CacheControl: "no-store"}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		office, err := in.office(c, plan)
		if err == nil {
			out.Body.Account, err = fieldsync.CollectingAccount(tx, plan, office)
		}
		return err
	})
	return out, err
}

type setCollectingInput struct {
	CollectingOf
	Body struct {
		Account *outreach.Account `json:"account,omitempty" doc:"none takes it away"`
	}
}

func (s *Server) setCollecting(ctx context.Context, c Caller, in *setCollectingInput) (*collectingOutput, error) {
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		office, err := in.office(c, plan)
		if err != nil {
			return err
		}
		return fieldsync.SetCollectingAccount(tx, plan, s.Now(), c.Actor, office, in.Body.Account)
	})
	if err != nil {
		return nil, err
	}
	return s.collecting(ctx, c, &in.CollectingOf)
}
