package fieldsync

import (
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// Moves is what a change of the plan moves: how many figures, of how many
// entries, stand elsewhere after it.
type Moves struct {
	Figures int `json:"figures"`
	Entries int `json:"entries"`
}

// MovePlan is [Intake.ChangePlan], and tells what it moved. It refuses what would
// move a figure of a campaign whose books are closed: units.closed; or of a day
// that its office, or one above it, has confirmed: units.confirmed.
func (in *Intake) MovePlan(tx store.Tx, change func(had *campaign.Plan) ([]campaign.Item, error)) (m Moves, err error) {
	var before []tally.Contribution
	counts := false
	var plan *campaign.Plan
	err = in.ChangePlan(tx, func(had *campaign.Plan) ([]campaign.Item, error) {
		items, err := change(had)
		if err != nil {
			return nil, err
		}
		plan = campaign.NewPlan(append(had.Items(), items...))
		if counts = campaign.MovesFigures(had, plan); counts {
			before, err = tx.EveryContribution()
		}
		return items, err
	})
	if err != nil || !counts {
		return m, err
	}
	after, err := tx.EveryContribution()
	if err != nil {
		return m, err
	}
	had := make(map[tally.Contribution]bool, len(before))
	for _, c := range before {
		had[c] = true
	}
	figures, entries, campaigns := map[tally.Key]bool{}, map[journal.ID]bool{}, map[string]bool{}
	confirmed := map[tally.Key]bool{} // where closed figures move
	moved := func(c tally.Contribution) {
		if c.Closed != 0 {
			confirmed[c.Key] = true
		}
		campaigns[c.Campaign], entries[c.Root] = true, true
		if c.Dim == "" {
			figures[c.Key] = true
		}
	}
	for _, c := range after {
		if had[c] {
			delete(had, c)
		} else {
			moved(c)
		}
	}
	m.Figures = len(figures) // those that grew: what they have came from others
	for c := range had {
		moved(c)
	}
	m.Entries = len(entries)
	for id := range campaigns {
		acts, err := tx.Acts([]string{id})
		if err != nil {
			return m, err
		}
		closings := tally.FoldActs(acts)
		if _, closed := closings.Whole(id); closed {
			return m, ClosedBooks(plan.Campaigns[id])
		}
		if err := confirmedDay(plan, closings, id, confirmed); err != nil {
			return m, err
		}
	}
	return m, nil
}

// confirmedDay refuses what would move a confirmed figure; it names the last such
// day, so that the one after it does.
func confirmedDay(plan *campaign.Plan, closings tally.Closings, id string, moved map[tally.Key]bool) error {
	var last tally.Key
	for k := range moved {
		_, closed := closings.Day(id, k.Office, k.Day)
		if !closed {
			_, closed = closings.Above(plan, id, k.Office, k.Day)
		}
		if closed && k.Campaign == id && (k.Day > last.Day || k.Day == last.Day && k.Office < last.Office) {
			last = k
		}
	}
	if last.Day == "" {
		return nil
	}
	name := last.Office
	if o := plan.Offices[name]; o != nil {
		name = o.Name
	}
	return journal.Refuse("units.confirmed", "office", name, "day", string(last.Day))
}

// ClosedBooks is the refusal of what would move figures of a closed campaign.
func ClosedBooks(c *campaign.Campaign) error {
	return journal.Refuse("units.closed", "campaign", c.Name.In("vi"), "until", string(c.End))
}
