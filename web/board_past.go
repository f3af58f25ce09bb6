package web

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

// momentOf reads an instant of the past; zero for an empty text, which is now.
func (s *Server) momentOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.After(s.Now()) {
		return time.Time{}, journal.Refuse("board.at", "at", text)
	}
	return at, nil
}

// opensAt says whether figures of an instant open to their entries, and have
// hours: a database from before these were kept has them since it was brought
// up to date alone.
func opensAt(tx store.Tx, at time.Time) (since time.Time, opens bool, err error) {
	text, err := tx.Setting("past")
	if err != nil || text == "" || at.IsZero() {
		return time.Time{}, err == nil, err
	}
	since, err = time.Parse(time.RFC3339, text)
	return since, !at.Before(since), err
}

// openedAt refuses with entries.past what does not open.
func openedAt(tx store.Tx, at time.Time) error {
	since, opens, err := opensAt(tx, at)
	if err == nil && !opens {
		err = journal.Refuse("entries.past", "since", since.Format(time.RFC3339))
	}
	return err
}

// pastBoard is the board as it stood.
func (s *Server) pastBoard(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, from, to journal.Day, at time.Time) (*Board, error) {
	whole, err := tx.Sheet(tally.Query{Campaign: c.ID, AsOf: at})
	if err != nil {
		return nil, err
	}
	b, closings, err := s.drawFigures(tx, plan, c, whole, from, to, at)
	if err != nil {
		return nil, err
	}
	b.Hours = []int{}
	_, opens, err := opensAt(tx, at)
	if err == nil && opens {
		err = b.hours(tx, c, b.From, b.To, at)
	}
	if err != nil {
		return nil, err
	}
	sessions, err := s.Intake.SessionsEver(tx, plan, c.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range sessions {
		if then, ok := a.At(at); ok && !then.Withdrawn {
			b.session(then.Status, then.Start, then.End, at)
		}
	}
	if err := b.events(tx, plan, s, c, closings, at); err != nil {
		return nil, err
	}
	if b.Position, err = tx.Position(); err != nil {
		return nil, err
	}
	if err := b.encode(); err != nil {
		return nil, err
	}
	return &Board{at.UTC(), *b}, nil
}

// standing leaves of records the versions that were here at an instant; all if
// it is zero. Where receipts came out of order, a record may count before it was
// here: it is shown as it is.
func standing(at time.Time, records []journal.Stored) []journal.Stored {
	if at.IsZero() {
		return records
	}
	here := map[journal.ID]bool{}
	for i := range records {
		here[records[i].Root] = here[records[i].Root] || !records[i].Arrived.After(at)
	}
	return slices.DeleteFunc(records, func(st journal.Stored) bool { return st.Arrived.After(at) && here[st.Root] })
}

// closingsAt are those of a campaign that held at an instant; zero for now.
func closingsAt(tx store.Tx, campaignID string, at time.Time) (tally.Closings, error) {
	acts, err := tx.Acts([]string{campaignID})
	if !at.IsZero() {
		acts = slices.DeleteFunc(acts, func(a tally.Act) bool { return a.At.After(at) })
	}
	return tally.FoldActs(acts), err
}
