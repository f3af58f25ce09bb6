package fieldsync

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
)

// secondPerson keeps the re-opening of a day, where the agency wants four
// eyes, for a second person instead of taking it: approval.needed. Brought
// again, it is answered by what was decided, and goes on once it was approved.
func (in *Intake) secondPerson(ctx context.Context, actor access.Actor, plan *campaign.Plan, st *journal.Stored, raw []byte) error {
	if st.Kind != outreach.Reopening.Name {
		return nil
	}
	body, err := outreach.Reopening.Decode(&st.Entry)
	if err != nil {
		return err
	}
	day := body.(*outreach.ClosingBody)
	if day.Scope != "day" {
		return nil
	}
	var state approval.State
	err = in.store.Update(ctx, func(tx store.Tx) error {
		state = ""
		needed, err := approval.Needed(tx, plan, approval.ReopenDay, st.Office)
		if err != nil || !needed {
			return err
		}
		last, found, err := approval.Last(tx, in.now(), "entry:"+st.ID.String())
		if err != nil || found && last.State != approval.Expired {
			state = last.State
			return err
		}
		state = approval.Waiting
		return askToReopen(tx, plan, in.now(), actor, st, day, raw)
	})
	switch {
	case err != nil:
		return err
	case state == approval.Waiting:
		return journal.Refuse("approval.needed")
	case state == approval.Refused:
		return journal.Refuse("approval.refused")
	}
	return nil
}

// askToReopen opens the request by which a re-opening waits.
func askToReopen(tx store.Tx, plan *campaign.Plan, now time.Time, actor access.Actor, st *journal.Stored, day *outreach.ClosingBody, raw []byte) error {
	change, err := json.Marshal(asked{st.Campaign, st.Office, day.Day, day.Reason, st.ID}, json.Deterministic(true))
	if err == nil {
		_, err = approval.Ask(tx, plan, now, actor, approval.ReopenDay, st.Office, "entry:"+st.ID.String(), change, raw)
	}
	return err
}

// asked is what the second person is shown of a re-opening.
type asked struct {
	Campaign string      `json:"campaign"`
	Office   string      `json:"office"`
	Day      journal.Day `json:"day"`
	Reason   string      `json:"reason"`
	Entry    journal.ID  `json:"entry"`
}

// Reopen takes the re-opening of a day that a second person approved.
func (in *Intake) Reopen(tx store.Tx, plan *campaign.Plan, r approval.Request) error {
	st, err := in.schema.Decode(r.Input, plan)
	if err != nil {
		return err
	}
	st.Received = journal.Receipt{At: store.Micro(in.now()), By: r.By}
	outcomes, err := in.Append(tx, plan, []journal.Stored{st})
	if err == nil && outcomes[0].Refusal != nil {
		return outcomes[0].Refusal
	}
	return err
}
