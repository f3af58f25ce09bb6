package planning

import (
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Became is what a row of a file became.
type Became string

const (
	Added     Became = "added"
	Changed   Became = "changed"
	Cancelled Became = "cancelled"
	Same      Became = "same"
	Refused   Became = "refused"
)

// RowDone is what became of a row.
type RowDone struct {
	Row    int
	Became Became
	Done
}

// Import takes rows of a spreadsheet or calendar: those that name an activity
// change it where they differ, the others are new. A row that is refused keeps
// no other out. What was moved moves on, for the reason "other".
func (p *Planner) Import(rows []Row) ([]RowDone, error) {
	if len(rows) == 0 || len(rows) > MostAtOnce {
		return nil, journal.Refuse("planning.many", "most", MostAtOnce)
	}
	ids := make([]journal.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	sessions, err := p.found(ids)
	if err != nil {
		return nil, err
	}
	became := make([]Became, len(rows))
	done, err := p.each(len(rows), func(i int) (journal.ID, journal.Stored, error) {
		r, s := rows[i], sessions[i]
		if r.Refusal != nil {
			return r.ID, journal.Stored{}, r.Refusal
		}
		d := r.Draft
		if err := p.settle(&d); err != nil {
			return r.ID, journal.Stored{}, err
		}
		if r.ID.IsZero() {
			became[i] = Added
			st, err := p.planned(&d, nil)
			return st.ID, st, err
		}
		if s == nil {
			return r.ID, journal.Stored{}, unknown(r.ID)
		}
		if err := p.may(s.Office); err != nil {
			return r.ID, journal.Stored{}, err
		}
		window := d.Start.Equal(s.Start) && d.End.Equal(s.End) && d.Commune == s.Commune && d.Place == s.Place && d.Village == s.Village
		switch {
		case r.Cancelled && s.CancelReason == "" && s.Held == nil:
			became[i] = Cancelled
			st, err := p.entry(campaign.ActivityCancelled, s.Office, &campaign.Cancelled{Reason: "other"}, func(e *journal.Entry) { e.Activity = s.ID })
			return r.ID, st, err
		case window && sameTeam(&d, s), s.CancelReason != "" && r.Cancelled:
			became[i] = Same
			return r.ID, journal.Stored{}, errSame
		case s.Held != nil:
			return r.ID, journal.Stored{}, journal.Refuse("planning.held")
		case !window && !s.MovedFrom.IsZero():
			became[i] = Changed
			st, err := p.moved(s, Move{Reason: "other", Start: d.Start, End: d.End, Place: d.Place, Village: d.Village, Commune: d.Commune})
			return r.ID, st, err
		}
		became[i] = Changed
		st, err := p.corrected(s, d)
		return r.ID, st, err
	})
	if err != nil {
		return nil, err
	}
	out := make([]RowDone, len(rows))
	for i, d := range done {
		out[i] = RowDone{rows[i].Number, became[i], d}
		switch {
		case d.Refusal == errSame:
			out[i].Refusal = nil
		case d.Refusal != nil:
			out[i].Became = Refused
		}
	}
	return out, nil
}

// errSame keeps a row that says nothing new from becoming an entry.
var errSame = &journal.Refusal{Code: "planning.still"}

// sameTeam says that a settled draft differs from a session in its window at
// most.
func sameTeam(d *Draft, s *tally.Session) bool {
	a, b := d.Planned, s.Planned
	return d.Office == s.Office && a.Kind == b.Kind && a.SubKind == b.SubKind && a.Room == b.Room && a.Lead == b.Lead &&
		sameSet(a.Team, b.Team) && sameSet(a.Partners, b.Partners) && sameSet(a.Vehicles, b.Vehicles) && sameSet(a.Topics, b.Topics)
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
