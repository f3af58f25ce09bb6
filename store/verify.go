package store

import (
	"caunoi/attachment"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Verify recounts everything from the journal and opens every picture, and
// returns what differs from what is stored; nothing, if all is well.
func Verify(tx Tx, plan *campaign.Plan, schema *journal.Schema) ([]tally.Difference, error) {
	diff, err := tally.Verify(tx, plan, schema)
	if err != nil {
		return nil, err
	}
	faults, err := attachment.Verify(tx)
	for _, f := range faults {
		diff = append(diff, tally.Difference{What: "attachment", Where: f.Entry.String(), Stored: "a picture", Found: f.What})
	}
	return diff, err
}
