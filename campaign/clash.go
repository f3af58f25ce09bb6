package campaign

import (
	"cmp"
	"slices"
	"time"

	"caunoi/journal"
)

// ClashKind is of what two activities ask at the same time.
type ClashKind string

const (
	ClashPerson  ClashKind = "person"
	ClashVehicle ClashKind = "vehicle"
	ClashRoom    ClashKind = "room"
)

// Clash is two activities that ask for the same person, vehicle or room at the
// same time. A begins first.
type Clash struct {
	Kind ClashKind
	// What is the id of the person, else the name of the vehicle or room.
	What     string
	A, B     journal.ID
	From, To time.Time // while both need it
}

// Clashes finds every clash among activities, by time. What is cancelled asks
// for nothing, and a standing post is no rival of its own shifts. A room is one
// within its commune.
func Clashes(all []*Activity) []Clash {
	type need struct {
		kind ClashKind
		what string
	}
	by := map[need][]*Activity{}
	for _, a := range all {
		if a.CancelReason != "" {
			continue
		}
		needs := map[need]bool{}
		for _, id := range append([]string{a.Lead}, a.Team...) {
			needs[need{ClashPerson, id}] = id != ""
		}
		for _, v := range a.Vehicles {
			needs[need{ClashVehicle, v}] = v != ""
		}
		needs[need{ClashRoom, a.Commune + "\n" + a.Room}] = a.Room != ""
		for n, is := range needs {
			if is {
				by[n] = append(by[n], a)
			}
		}
	}
	var out []Clash
	for n, wanting := range by {
		slices.SortFunc(wanting, func(a, b *Activity) int { return cmp.Or(a.Start.Compare(b.Start), a.ID.Compare(b.ID)) })
		for i, a := range wanting {
			for _, b := range wanting[i+1:] {
				if !b.Start.Before(a.End) {
					break
				}
				if a.Post == b.ID || b.Post == a.ID {
					continue
				}
				c := Clash{Kind: n.kind, What: n.what, A: a.ID, B: b.ID, From: b.Start, To: a.End}
				if b.End.Before(a.End) {
					c.To = b.End
				}
				if n.kind == ClashRoom {
					c.What = a.Room
				}
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(x, y Clash) int {
		return cmp.Or(x.From.Compare(y.From), x.A.Compare(y.A), x.B.Compare(y.B), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.What, y.What))
	})
	return out
}
