package fieldsync

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"caunoi/campaign"
	"caunoi/store"
	"caunoi/tally"
)

// sessionCache keeps what the activities of a campaign became until another
// entry of them is here, or the plan is another. What was read in a transaction
// that may be undone must not come in.
type sessionCache struct {
	mu sync.Mutex
	of map[string]standing
}

// forget is for what changes since when something was so, and adds no entry.
func (c *sessionCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = nil
}

type standing struct {
	plan     int64
	mark     tally.Mark
	sessions []*tally.Session
}

// Warm reads the activities of all campaigns, the latest first, so that nobody
// has to wait for them after a start.
func (in *Intake) Warm(ctx context.Context) error {
	plan, err := in.Plan(ctx)
	if err != nil {
		return err
	}
	for _, c := range slices.SortedFunc(maps.Values(plan.Campaigns), func(a, b *campaign.Campaign) int { return cmp.Compare(b.End, a.End) }) {
		err := in.store.View(ctx, func(tx store.Tx) error {
			_, err := in.Sessions(tx, plan, c.ID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sessions are the activities and shifts of a campaign as they stand, for a
// transaction that has appended no entry. The list is the caller's, what is in
// it everybody's.
func (in *Intake) Sessions(tx store.Tx, plan *campaign.Plan, campaign string) ([]*tally.Session, error) {
	ever, err := in.SessionsEver(tx, plan, campaign)
	return slices.DeleteFunc(ever, (*tally.Session).Withdrawn), err
}

// SessionsEver are [Intake.Sessions] with those that were withdrawn, and with
// how each stood before; see [tally.SessionsEver].
func (in *Intake) SessionsEver(tx store.Tx, plan *campaign.Plan, campaign string) ([]*tally.Session, error) {
	mark, err := tx.MarkOfActivities(campaign)
	if err != nil {
		return nil, err
	}
	c := &in.sessions
	c.mu.Lock() // many ask at once after a commit, and it is read once
	defer c.mu.Unlock()
	had, ok := c.of[campaign]
	if ok && had.plan == plan.Version && had.mark == mark {
		return slices.Clone(had.sessions), nil
	}
	now := standing{plan: plan.Version, mark: mark}
	if ok = ok && had.plan == plan.Version && mark.Count > had.mark.Count; ok {
		entries, err := tx.ActivitiesAfter(campaign, had.mark.Last)
		if err != nil {
			return nil, err
		}
		now.sessions, ok = tally.Refold(plan, in.schema, had.sessions, had.mark, mark, entries)
	}
	if !ok {
		entries, err := tx.OfActivities(campaign)
		if err != nil {
			return nil, err
		}
		now.sessions = tally.SessionsEver(plan, in.schema, entries)
	}
	if c.of == nil {
		c.of = map[string]standing{}
	}
	c.of[campaign] = now
	return slices.Clone(now.sessions), nil
}
