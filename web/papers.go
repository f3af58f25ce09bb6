package web

import (
	"bytes"
	"context"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

type certificatesInput struct {
	Campaign string `path:"campaign"`
	Who      string `query:"who" enum:"offices,campaigners" default:"offices"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
}

// certificates are those of the first three of a campaign that is closed:
// league.not_closed.
func (s *Server) certificates(ctx context.Context, caller Caller, in *certificatesInput) (*bookOutput, error) {
	var out bytes.Buffer
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		c, err := ruled(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		acts, err := tx.Acts([]string{c.ID})
		if err != nil {
			return err
		}
		closed := tally.FoldActs(acts).Campaign(c.ID)
		if closed.IsZero() {
			return journal.Refuse("league.not_closed")
		}
		figures, err := s.figures.Sheet(tx, c.ID)
		if err != nil {
			return err
		}
		byCampaigner, err := tx.Sheet(tally.Query{Campaign: c.ID, Dim: "campaigner"})
		if err != nil {
			return err
		}
		contest, err := s.published(tx, plan, c, figures, byCampaigner)
		if err != nil {
			return err
		}
		words, err := messages.For(in.Lang)
		if err != nil {
			return err
		}
		return contest.Certificates(&out, words, in.Who == "campaigners", closed)
	})
	return bookOf("certificates.pdf", out.Bytes()), err
}

type badgesInput struct {
	Campaign string `path:"campaign"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
}

// badges are for who goes out by the plan, of the offices for which the caller
// plans.
func (s *Server) badges(ctx context.Context, caller Caller, in *badgesInput) (*bookOutput, error) {
	var out bytes.Buffer
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, caller, in.Campaign)
		if err != nil {
			return err
		}
		sessions, err := s.Intake.Sessions(tx, plan, p.Campaign.ID)
		if err != nil {
			return err
		}
		var ids []string
		for _, a := range sessions {
			if a.CancelReason == "" {
				ids = append(append(ids, a.Lead), a.Team...)
			}
		}
		var own []string
		for _, id := range once(ids) {
			if w := plan.Campaigners[id]; w != nil && access.May(caller.Actor, access.PlanActivities, w.Office, plan) == nil {
				own = append(own, id)
			}
		}
		words, err := messages.For(in.Lang)
		if err != nil {
			return err
		}
		return report.Badges(&out, words, plan, p.Campaign, own)
	})
	return bookOf("badges.pdf", out.Bytes()), err
}
