package planning

import (
	"cmp"
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/people"
	"caunoi/tally"
)

// VillageCover is how a plan covers a village.
type VillageCover struct {
	Commune string
	ID      string // in the plan; empty for one that only lists name
	Name    string
	// Listed is the name as lists of people write it; empty where none does.
	Listed string
	// At is where it lies; nil while nobody has said.
	At *campaign.Point
	// People of the registry who live there, and how many of them nothing
	// covers, as far as the actor may know.
	People, Uncovered int
	LastVisit         time.Time
	// Held and Planned count sessions; what was cancelled is neither.
	Held, Planned int
	Next          time.Time // the next planned one; zero if there is none
}

// Nobody says that the village was not visited and nobody plans to.
func (v *VillageCover) Nobody() bool { return v.Held == 0 && v.Planned == 0 }

// Coverage lists the villages of some communes, those of the plan and those
// that only the registry names, with what is held and planned there. A session
// that names no village covers none; a point of a village that nothing else
// names shows nothing. The order is by commune, then by name.
func Coverage(plan *campaign.Plan, communes map[string]bool, sessions []*tally.Session, lived []people.Village, points []campaign.Point, now time.Time) []VillageCover {
	type place struct{ commune, name string }
	by := map[place]*VillageCover{}
	at := func(commune, name string) *VillageCover {
		p := place{commune, key(name)}
		if by[p] == nil {
			by[p] = &VillageCover{Commune: commune, Name: name}
		}
		return by[p]
	}
	for id, v := range plan.Villages {
		if communes[v.Commune] {
			at(v.Commune, v.Name).ID = id
		}
	}
	for _, l := range lived {
		if communes[l.Commune] && l.Name != "" {
			v := at(l.Commune, l.Name)
			v.Listed = cmp.Or(v.Listed, l.Name)
			v.People, v.Uncovered, v.LastVisit = v.People+l.People, v.Uncovered+l.Uncovered, later(v.LastVisit, l.LastVisit)
		}
	}
	for _, s := range sessions {
		commune, name := s.Commune, s.Village
		if v := plan.Villages[s.Village]; v != nil {
			commune, name = v.Commune, v.Name // which may have been merged since
		}
		if name == "" || !communes[commune] || s.CancelReason != "" && s.Held == nil {
			continue
		}
		v := at(commune, name)
		switch {
		case s.Held != nil:
			v.Held, v.LastVisit = v.Held+1, later(v.LastVisit, s.Start)
		case s.End.After(now):
			v.Planned++
			if v.Next.IsZero() || s.Start.Before(v.Next) {
				v.Next = s.Start
			}
		}
	}
	for i := range points {
		at := &points[i]
		if v := by[place{at.Commune, key(at.Village)}]; v != nil && (v.At == nil || at.Village == v.Listed) {
			v.At = at
		}
	}
	out := make([]VillageCover, 0, len(by))
	for _, v := range by {
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b VillageCover) int {
		return cmp.Or(cmp.Compare(a.Commune, b.Commune), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
