package fieldsync

import (
	"context"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

// MostDays is how many days one act at the desk may close or open again.
const MostDays = 100

// ClosingAct is what somebody at the desk does to the days of an office, or to
// a whole campaign.
type ClosingAct struct {
	Campaign string
	// Office whose days they are; empty for the campaign.
	Office string
	// Days, 1 to [MostDays]; none for the campaign.
	Days   []journal.Day
	Reopen bool
	Reason string // of a re-opening, 1 to 1000 characters
}

// ClosingDone is what became of one day, or of the campaign.
type ClosingDone struct {
	Day   journal.Day
	Entry journal.ID
	// Waits says that nothing has changed yet: a second person has to agree.
	Waits bool
}

// Close closes or opens again, all that is asked or nothing. Entries and
// rights are those of a push. Refusals: closing.many, closing.day,
// closing.reason, closing.outside, closing.future, closing.closed,
// closing.covered, closing.open, closing.above, closing.waiting,
// closing.campaign_closed, closing.campaign_open, right.missing and those of
// the kind.
func (in *Intake) Close(ctx context.Context, actor access.Actor, act ClosingAct) (done []ClosingDone, err error) {
	err = in.store.Update(ctx, func(tx store.Tx) (err error) {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		acts, err := tx.Acts([]string{act.Campaign})
		if err != nil {
			return err
		}
		c := closer{in, tx, plan, actor, act, store.Micro(in.now()), tally.FoldActs(acts)}
		done, err = c.close()
		return err
	})
	return done, err
}

// closer acts within one transaction.
type closer struct {
	in       *Intake
	tx       store.Tx
	plan     *campaign.Plan
	actor    access.Actor
	act      ClosingAct
	now      time.Time
	closings tally.Closings
}

func (c *closer) close() ([]ClosingDone, error) {
	which := c.plan.Campaigns[c.act.Campaign]
	if which == nil {
		return nil, journal.Refuse("entry.unknown_campaign", "campaign", c.act.Campaign)
	}
	days := slices.Clone(c.act.Days)
	slices.Sort(days)
	days = slices.Compact(days)
	body := outreach.ClosingBody{Scope: "day", Reason: c.act.Reason}
	switch {
	case c.act.Office == "" && len(days) > 0:
		return nil, journal.Refuse("closing.day")
	case c.act.Office == "":
		body.Scope, days = "campaign", []journal.Day{""}
	case len(days) == 0 || len(days) > MostDays:
		return nil, journal.Refuse("closing.many", "most", MostDays)
	}
	if c.act.Reopen && c.act.Reason == "" {
		return nil, journal.Refuse("closing.reason")
	}
	asks, asked, err := c.second()
	if err != nil {
		return nil, err
	}
	var done []ClosingDone
	var batch []journal.Stored
	for i, day := range days {
		body.Day = day
		st, err := c.entry(which, &body, c.now.Add(time.Duration(i)*time.Microsecond))
		if err != nil {
			return nil, err
		}
		if err := c.sense(which, day); err != nil {
			return nil, err
		}
		done = append(done, ClosingDone{day, st.ID, asks})
		if !asks {
			batch = append(batch, st)
			continue
		}
		if asked[day] {
			return nil, journal.Refuse("closing.waiting", "day", day)
		}
		raw, err := json.Marshal(&st.Entry)
		if err == nil {
			err = askToReopen(c.tx, c.plan, c.now, c.actor, &st, &body, raw)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(batch) == 0 {
		return done, nil
	}
	outcomes, err := c.in.Append(c.tx, c.plan, batch)
	for _, o := range outcomes {
		if o.Refusal != nil {
			return nil, o.Refusal
		}
	}
	return done, err
}

// second says whether what is asked waits for a second person, and for which
// days of the office that waits already.
func (c *closer) second() (asks bool, asked map[journal.Day]bool, err error) {
	if !c.act.Reopen || c.act.Office == "" {
		return false, nil, nil
	}
	asks, err = approval.Needed(c.tx, c.plan, approval.ReopenDay, c.act.Office)
	if err != nil || !asks {
		return false, nil, err
	}
	waiting, err := WaitingReopenings(c.tx, c.now, c.act.Campaign, []string{c.act.Office})
	return true, waiting[c.act.Office], err
}

// entry is the closing or re-opening of one scope, which the actor may make.
func (c *closer) entry(which *campaign.Campaign, body *outreach.ClosingBody, at time.Time) (journal.Stored, error) {
	kind, office := outreach.Closing, c.act.Office
	if c.act.Reopen {
		kind = outreach.Reopening
	}
	if office == "" {
		office = which.Province
	}
	st, err := c.in.schema.AtDesk(kind, at, c.actor.ID, c.plan, func(e *journal.Entry) {
		e.Campaign, e.Office = which.ID, office
		e.Body, _ = json.Marshal(body) // of our own type: cannot fail
	})
	if err == nil {
		err = access.MayAuthor(c.actor, c.actor.User, &st.Entry, c.plan)
	}
	return st, err
}

// sense refuses what would change nothing, or what is not over yet.
func (c *closer) sense(which *campaign.Campaign, day journal.Day) error {
	today := journal.DayOf(c.now)
	if _, closed := c.closings.Whole(which.ID); day == "" {
		switch {
		case c.act.Reopen && !closed:
			return journal.Refuse("closing.campaign_open")
		case !c.act.Reopen && closed:
			return journal.Refuse("closing.campaign_closed")
		case !c.act.Reopen && which.Start > today:
			return journal.Refuse("closing.future", "day", which.Start)
		}
		return nil
	} else if closed {
		return journal.Refuse("closing.campaign_closed")
	}
	if !which.Has(day) || !c.plan.Under(c.act.Office, which.Province) {
		return journal.Refuse("closing.outside", "day", day, "from", which.Start, "to", which.End)
	}
	_, closed := c.closings.Day(which.ID, c.act.Office, day)
	above, covered := c.closings.Above(c.plan, which.ID, c.act.Office, day)
	name := above.Office
	if o := c.plan.Offices[name]; o != nil {
		name = o.Name
	}
	switch {
	case c.act.Reopen && closed:
		return nil
	case c.act.Reopen && covered:
		return journal.Refuse("closing.above", "day", day, "office", name)
	case c.act.Reopen:
		return journal.Refuse("closing.open", "day", day)
	case day > today:
		return journal.Refuse("closing.future", "day", day)
	case closed:
		return journal.Refuse("closing.closed", "day", day)
	case covered:
		return journal.Refuse("closing.covered", "day", day, "office", name)
	}
	return nil
}

// WaitingReopenings are the days of a campaign, by office, whose re-opening
// waits for a second person.
func WaitingReopenings(tx store.Tx, now time.Time, campaignID string, offices []string) (map[string]map[journal.Day]bool, error) {
	waiting, err := approval.Pending(tx, now, approval.ReopenDay, offices)
	if err != nil {
		return nil, err
	}
	out := map[string]map[journal.Day]bool{}
	for _, r := range waiting {
		var a asked
		if err := json.Unmarshal(r.Change, &a); err != nil || a.Campaign != campaignID {
			continue // of another campaign
		}
		if out[r.Office] == nil {
			out[r.Office] = map[journal.Day]bool{}
		}
		out[r.Office][a.Day] = true
	}
	return out, nil
}

// recordClosings tells the audit of each closing and re-opening that takes
// effect, however it came.
func recordClosings(tx store.Tx, now time.Time, landed []journal.Stored) error {
	for i := range landed {
		st := &landed[i]
		what, ok := map[string]string{outreach.Closing.Name: "closed", outreach.Reopening.Name: "reopened"}[st.Kind]
		if !ok {
			continue
		}
		body, err := outreach.Closing.Decode(&st.Entry) // re-openings have the same body
		if err != nil {
			return err
		}
		b := body.(*outreach.ClosingBody)
		e := audit.Event{
			Act: audit.Act(b.Scope + "." + what), Actor: st.Author, Office: st.Office, Subject: "entry:" + st.ID.String(),
			Details: map[string]string{"campaign": st.Campaign},
		}
		if b.Day != "" {
			e.Details["day"] = string(b.Day)
		}
		if st.Device != journal.Desk {
			e.Device = st.Device
		}
		if by := st.Received.By; by != st.Author {
			e.Details["by"] = by
		}
		if err := audit.Append(tx, now, e); err != nil {
			return err
		}
	}
	return nil
}
