package web

import (
	"context"
	"sync"

	"caunoi/campaign"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

// flagCache keeps the days of each campaign that look unlikely, let pass or not,
// until the next commit. In a campaign of very many figures that takes longer
// than a board may wait: there they are looked for at most once a minute, behind
// what is answered meanwhile.
type flagCache struct {
	mu sync.Mutex
	of map[string]*keptFlags
}

// manyFigures of campaigners are too many to be looked through after every commit.
const manyFigures = 10_000

type keptFlags struct {
	position, plan, minute int64
	many                   bool
	looking                bool // somebody is at it
	flags                  []report.Flag
}

func (fc *flagCache) get(tx store.Tx, plan *campaign.Plan, which *campaign.Campaign, s *Server) ([]report.Flag, error) {
	position, err := tx.Position()
	if err != nil {
		return nil, err
	}
	minute := s.Now().Unix() / 60
	fc.mu.Lock()
	defer fc.mu.Unlock()
	had := fc.of[which.ID]
	switch {
	case had != nil && had.position == position && had.plan == plan.Version:
		return had.flags, nil
	case had != nil && had.many:
		if had.minute != minute && !had.looking {
			had.looking = true
			go fc.look(which.ID, s)
		}
		return had.flags, nil
	}
	now, err := watchedFlags(tx, plan, which)
	if err != nil {
		return nil, err
	}
	now.position, now.plan, now.minute = position, plan.Version, minute
	fc.keep(which.ID, now)
	return now.flags, nil
}

func (fc *flagCache) keep(campaignID string, now *keptFlags) {
	if fc.of == nil {
		fc.of = map[string]*keptFlags{}
	}
	fc.of[campaignID] = now
}

// look looks again, while others are answered by what was found before.
func (fc *flagCache) look(campaignID string, s *Server) {
	var now *keptFlags
	err := s.view(context.Background(), func(tx store.Tx, plan *campaign.Plan) (err error) {
		which := plan.Campaigns[campaignID] // campaigns stay
		if now, err = watchedFlags(tx, plan, which); err != nil {
			return err
		}
		now.plan, now.minute = plan.Version, s.Now().Unix()/60
		now.position, err = tx.Position()
		return err
	})
	fc.mu.Lock()
	defer fc.mu.Unlock()
	if err != nil { // told to whoever asks after the next minute
		s.Log.Error("unlikely days", "campaign", campaignID, "error", err)
		fc.of[campaignID].looking = false
		return
	}
	fc.keep(campaignID, now)
}

// watchedFlags looks for the days of a campaign that look unlikely in the figures
// that are watched alone.
func watchedFlags(tx store.Tx, plan *campaign.Plan, which *campaign.Campaign) (*keptFlags, error) {
	var sheets [2]tally.Sheet // of units, of campaigners
	for i, dim := range []string{"", "campaigner"} {
		for _, watched := range report.Watched {
			if dim != "" && !watched.OfCampaigners() {
				continue
			}
			sheet, err := tx.Sheet(tally.Query{Campaign: which.ID, Indicator: watched, Dim: dim})
			if err != nil {
				return nil, err
			}
			sheets[i] = append(sheets[i], sheet...)
		}
	}
	flags, err := flagged(tx, plan, which, sheets[0], sheets[1])
	return &keptFlags{many: len(sheets[1]) > manyFigures, flags: flags}, err
}
