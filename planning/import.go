package planning

import (
	"fmt"
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
// change it where they differ, unless it was changed after the file was made
// (planning.exported, where the row says of what version), the others are new.
// Events of other programs are found by their UID: of those that are here already
// the time and the place follow, unless they were changed here since. What is
// cancelled and not here is left out. A row that is refused keeps no other out.
// What was moved moves on, for the reason "other", and what else differs is
// corrected besides.
func (p *Planner) Import(rows []Row) ([]RowDone, error) {
	if len(rows) == 0 || len(rows) > MostAtOnce {
		return nil, journal.Refuse("planning.many", "most", MostAtOnce)
	}
	ids := make([]journal.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	standing, err := p.standing()
	if err != nil {
		return nil, err
	}
	if err := p.recall(rows, ids, standing); err != nil {
		return nil, err
	}
	became := make([]Became, len(rows))
	done, err := p.all(len(rows), func(i int) (id journal.ID, entries []journal.Stored, err error) {
		r, s := rows[i], standing[ids[i]]
		keep := func(st journal.Stored, err error) error {
			entries = append(entries, st)
			return err
		}
		if r.Refusal != nil {
			return r.ID, nil, r.Refusal
		}
		d := r.Draft
		if err := p.settle(&d); err != nil {
			return r.ID, nil, err
		}
		switch {
		case s == nil && !r.ID.IsZero():
			return r.ID, nil, unknown(r.ID)
		case s == nil && r.Cancelled: // nobody has heard of it
			became[i] = Same
			return r.ID, nil, errSame
		case s == nil:
			became[i] = Added
			err = keep(p.entry(campaign.ActivityPlanned, d.Office, &d.Planned, func(e *journal.Entry) {
				e.Commune = d.Commune
				if !ids[i].IsZero() {
					e.ID = ids[i]
				}
			}))
			return entries[0].ID, entries, err
		}
		if err := p.may(s.Office); err != nil {
			return s.ID, nil, err
		}
		if r.UID != "" {
			// Another program knows when and where; who goes, and what else, was said here.
			own := *draftOf(s)
			own.Start, own.End, own.Place, own.Commune = d.Start, d.End, d.Place, d.Commune
			d, r.ID = own, s.ID
			if versionOf(s) != s.ID && !r.Cancelled && !sameWindow(&d, s) {
				return r.ID, nil, p.since("planning.exported", s)
			}
		}
		window, team := sameWindow(&d, s), sameTeam(&d, s)
		cancels := r.Cancelled && s.CancelReason == "" && s.Held == nil
		switch {
		case !cancels && (window && team || s.CancelReason != "" && r.Cancelled):
			became[i] = Same
			return r.ID, nil, errSame
		case !r.Seen.IsZero() && r.Seen != versionOf(s):
			return r.ID, nil, p.since("planning.exported", s)
		case cancels:
			became[i] = Cancelled
			err = keep(p.entry(campaign.ActivityCancelled, s.Office, &campaign.Cancelled{Reason: "other"}, func(e *journal.Entry) { e.Activity = s.ID }))
			return r.ID, entries, err
		case s.Held != nil:
			return r.ID, nil, journal.Refuse("planning.held")
		}
		became[i] = Changed
		if !window && !s.MovedFrom.IsZero() {
			if d.Room != "" && d.Place != s.Place {
				return r.ID, nil, journal.Refuse("planning.room")
			}
			err = keep(p.moved(s, Move{Reason: "other", Start: d.Start, End: d.End, Place: d.Place, Village: d.Village, Commune: d.Commune}))
			if err != nil || team {
				return r.ID, entries, err
			}
			d.Start, d.End, d.Place, d.Village, d.Commune = s.Start, s.End, s.Place, s.Village, s.Commune
		}
		err = keep(p.corrected(s, d))
		return r.ID, entries, err
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

// sameWindow says that a settled draft is when and where a session is.
func sameWindow(d *Draft, s *tally.Session) bool {
	return d.Start.Equal(s.Start) && d.End.Equal(s.End) && d.Commune == s.Commune && d.Place == s.Place && d.Village == s.Village
}

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

// recall gives rows of other programs the ids by which they are planned, the same
// whenever their calendar is brought, and finds those that are. What was planned
// by such an id and taken back is planned anew under the next.
func (p *Planner) recall(rows []Row, ids []journal.ID, standing map[journal.ID]*tally.Session) error {
	for i, r := range rows {
		if r.UID == "" || !r.ID.IsZero() {
			continue
		}
		for n := 0; ; n++ {
			of := fmt.Sprintf("%s\x00event\x00%s\x00%d", p.Campaign.ID, r.UID, n)
			id := journal.DerivedID(p.Campaign.Start.Start(), of)
			st, there, err := p.Tx.ByID(id)
			if err != nil {
				return err
			}
			if ids[i] = id; !there || standing[id] != nil || st.Kind != campaign.ActivityPlanned.Name {
				break
			}
		}
	}
	return nil
}
