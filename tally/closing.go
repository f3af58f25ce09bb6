package tally

import (
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Act is one closing or re-opening as it bears on lateness.
type Act struct {
	ID       journal.ID
	Campaign string
	// Office and Day are empty for the whole campaign.
	Office string
	Day    journal.Day
	At     time.Time // of the receipt
	Reopen bool
}

// actOf reads the act out of a closing entry.
func actOf(st *journal.Stored) (Act, bool) {
	if st.Kind != outreach.Closing.Name && st.Kind != outreach.Reopening.Name {
		return Act{}, false
	}
	body, err := outreach.Closing.Decode(&st.Entry)
	if err != nil {
		return Act{}, false
	}
	b := body.(*outreach.ClosingBody)
	a := Act{ID: st.ID, Campaign: st.Campaign, At: st.Received.At, Reopen: st.Kind == outreach.Reopening.Name}
	if b.Scope == "day" {
		a.Office, a.Day = st.Office, b.Day
	}
	return a, true
}

type scope struct {
	campaign, office string
	day              journal.Day
}

// Closings says what is closed, and by which act.
type Closings map[scope]Act

// FoldActs applies acts in the order of their receipts: a closing holds from
// its first act on until it is re-opened.
func FoldActs(acts []Act) Closings {
	slices.SortFunc(acts, func(a, b Act) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return a.ID.Compare(b.ID)
	})
	c := Closings{}
	for _, a := range acts {
		s := scope{a.Campaign, a.Office, a.Day}
		_, closed := c[s]
		switch {
		case a.Reopen:
			delete(c, s)
		case !closed:
			c[s] = a
		}
	}
	return c
}

// Campaign is when a campaign was closed; zero if it is open.
func (c Closings) Campaign(id string) time.Time { return c[scope{campaign: id}].At }

// Whole is the act that closed a campaign; ok is false if it is open.
func (c Closings) Whole(id string) (act Act, ok bool) {
	act, ok = c[scope{campaign: id}]
	return act, ok
}

// Day is the act of an office itself that closed a day; ok is false if there
// is none.
func (c Closings) Day(id, office string, day journal.Day) (act Act, ok bool) {
	act, ok = c[scope{id, office, day}]
	return act, ok
}

// Above is the act of the nearest office above that closed a day for this one
// too; ok is false if there is none.
func (c Closings) Above(plan *campaign.Plan, id, office string, day journal.Day) (act Act, ok bool) {
	for range plan.Offices { // a plan that was not checked may run in a circle
		o := plan.Offices[office]
		if o == nil {
			break
		}
		office = o.Parent
		if act, ok = c.Day(id, office, day); ok && office != "" {
			return act, true
		}
	}
	return Act{}, false
}

// late says whether an entry came too late for the closed figures of a
// campaign. An entry of another campaign matters there only for who is who.
func (c Closings) late(plan *campaign.Plan, v *version, campaignID string) bool {
	if act, closed := c.Whole(campaignID); closed && v.Arrived.After(act.At) {
		return true
	}
	if v.Campaign != campaignID || !v.kind.Fact {
		return false
	}
	// A correction that states another day also changes the day that it leaves.
	for at := v; at != nil; at = at.target {
		if c.dayClosed(plan, at, v.Arrived) {
			return true
		}
	}
	return false
}

// dayClosed says whether the day of an entry was closed before an instant, by
// its office or one above.
func (c Closings) dayClosed(plan *campaign.Plan, v *version, arrived time.Time) bool {
	for office := v.Office; office != ""; {
		if act, closed := c.Day(v.Campaign, office, v.day); closed && arrived.After(act.At) {
			return true
		}
		o := plan.Offices[office]
		if o == nil {
			return false
		}
		office = o.Parent
	}
	return false
}
