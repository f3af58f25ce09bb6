package campaign

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

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
	// What is the id of the person, else the vehicle or room as A has it typed.
	What     string
	A, B     journal.ID
	From, To time.Time // while both need it
}

// Clashes finds every clash among activities, by time. What is cancelled asks
// for nothing, and a standing post is no rival of its own shifts. A room is one
// within its place, a place within its commune. Names of vehicles, rooms and
// places are compared as people read them: 24A-123.45 is 24a 12345.
func Clashes(all []*Activity) []Clash {
	type need struct {
		kind ClashKind
		what string
	}
	type wants struct {
		*Activity
		as string // as it is typed
	}
	by := map[need][]wants{}
	for _, a := range all {
		if a.CancelReason != "" {
			continue
		}
		needs := map[need]string{}
		for _, id := range append([]string{a.Lead}, a.Team...) {
			needs[need{ClashPerson, id}] = id
		}
		for _, v := range a.Vehicles {
			needs[need{ClashVehicle, plate(v)}] = v
		}
		needs[need{ClashRoom, a.Commune + "\n" + folded(a.Place) + "\n" + folded(a.Room)}] = a.Room
		for n, as := range needs {
			if as != "" {
				by[n] = append(by[n], wants{a, as})
			}
		}
	}
	var out []Clash
	for n, wanting := range by {
		slices.SortFunc(wanting, func(a, b wants) int { return cmp.Or(a.Start.Compare(b.Start), a.ID.Compare(b.ID)) })
		for i, a := range wanting {
			for _, b := range wanting[i+1:] {
				if !b.Start.Before(a.End) {
					break
				}
				if a.Post == b.ID || b.Post == a.ID {
					continue
				}
				c := Clash{Kind: n.kind, What: a.as, A: a.ID, B: b.ID, From: b.Start, To: a.End}
				if b.End.Before(a.End) {
					c.To = b.End
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

// folded is a name without what people write one way or the other: case and
// spaces.
func folded(name string) string {
	return strings.Join(strings.Fields(norm.NFC.String(strings.ToLower(name))), "")
}

// plate is the folded name of a vehicle, without the dots and dashes of plates.
func plate(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) {
			return -1
		}
		return r
	}, folded(name))
}
