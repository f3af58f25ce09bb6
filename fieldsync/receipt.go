package fieldsync

import (
	"caunoi/access"
	"caunoi/journal"
	"caunoi/store"
)

// MostGaps is how many gaps a receipt tells at most.
const MostGaps = 100

// DayReceipt is what the server has of one worker's phone, for the phone to
// compare with what it knows to have recorded.
type DayReceipt struct {
	Entries int        // in the journal, those held back among them
	Last    int64      // the highest number of the phone's own count
	Missing [][2]int64 // numbers below Last that are not in the journal: first and last of each gap
	Today   int        // arrived today
	Apart   int        // kept apart; their numbers are missing, too
}

// ReceiptOf is that of the actor's phone.
func (in *Intake) ReceiptOf(tx store.Tx, actor access.Actor) (DayReceipt, error) {
	r := DayReceipt{}
	list, err := tx.Arrivals([]string{actor.ID}, journal.DayOf(in.now()).Start())
	if err != nil {
		return r, err
	}
	for _, a := range list {
		if a.Device == actor.Device {
			r.Entries, r.Last, r.Today = a.Entries, a.Last, a.Since
		}
	}
	if r.Missing, err = tx.Gaps(actor.ID, actor.Device, MostGaps); err != nil {
		return r, err
	}
	r.Apart, err = tx.CountQuarantined(actor.ID, actor.Device)
	return r, err
}
