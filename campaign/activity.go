package campaign

import (
	"slices"
	"time"
	"unicode/utf8"

	"caunoi/journal"
)

// ActivityKind is the form of an activity.
type ActivityKind string

const (
	OpeningCeremony    ActivityKind = "opening_ceremony"
	DialogueConference ActivityKind = "dialogue_conference"
	SmallGroup         ActivityKind = "small_group"
	Booth              ActivityKind = "booth"
	MobileTeam         ActivityKind = "mobile_team"
	Other              ActivityKind = "other"
)

// ActivityKinds are all kinds, in the order in which they are reported.
var ActivityKinds = []ActivityKind{OpeningCeremony, DialogueConference, SmallGroup, Booth, MobileTeam, Other}

// Post says that the kind is a standing post: it counts once, however many
// shifts it works.
func (k ActivityKind) Post() bool { return k == Booth || k == MobileTeam }

// Planned is the body of an entry that plans an activity; the id of the entry
// is the id of the activity.
type Planned struct {
	Kind ActivityKind `json:"activity_kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	// SubKind is free: loudspeaker, livestream, leaflet, home visit …
	SubKind  string    `json:"sub_kind,omitzero"`
	Place    string    `json:"place"`
	Village  string    `json:"village,omitzero"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Lead     string    `json:"lead,omitzero" doc:"the campaigner whose head count holds"`
	Team     []string  `json:"team,omitzero"`
	Partners []string  `json:"partners,omitzero"`
	Topics   []string  `json:"topics,omitzero"`
	// Room and Vehicles are what only one activity can have at a time.
	Room     string   `json:"room,omitzero" doc:"a hall or meeting room that only one activity can have at a time"`
	Vehicles []string `json:"vehicles,omitzero" doc:"cars and boats, by plate or name"`
	// Post makes it a shift of the standing post of that id.
	Post journal.ID `json:"post,omitzero" doc:"the standing post (booth, mobile team) of which this is a shift"`
}

func (b *Planned) Validate() error {
	if !slices.Contains(ActivityKinds, b.Kind) {
		return journal.Refuse("activity.kind", "kind", string(b.Kind))
	}
	if err := window(b.Start, b.End); err != nil {
		return err
	}
	if !b.Post.IsZero() && !b.Kind.Post() {
		return journal.Refuse("activity.shift_of_no_post", "kind", string(b.Kind))
	}
	if b.Place == "" {
		return journal.Refuse("entry.missing", "field", "place")
	}
	if utf8.RuneCountInString(b.Place) > 300 || utf8.RuneCountInString(b.SubKind) > 100 {
		return journal.Refuse("entry.too_long", "field", "place")
	}
	for _, thing := range append([]string{b.Room}, b.Vehicles...) {
		if utf8.RuneCountInString(thing) > 100 {
			return journal.Refuse("entry.too_long", "field", "room")
		}
	}
	return nil
}

func (b *Planned) Refs() []journal.ID { return some(b.Post) }

// Moved is the body of an entry that moves an activity in time or place. The
// commune of the entry, if it has one, is the new commune.
type Moved struct {
	Reason  string    `json:"reason" enum:"weather,people,place,other"`
	Note    string    `json:"note,omitzero"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Place   string    `json:"place,omitzero"`
	Village string    `json:"village,omitzero"`
}

// Weather is the reason of what cold and rain moved.
const Weather = "weather"

// Reasons are why an activity is moved or cancelled.
var Reasons = []string{Weather, "people", "place", "other"}

func (b *Moved) Validate() error {
	if !slices.Contains(Reasons, b.Reason) {
		return journal.Refuse("activity.reason", "reason", b.Reason)
	}
	return window(b.Start, b.End)
}

func (b *Moved) Refs() []journal.ID { return nil }

func (b *Moved) Guarded() bool { return true }

// Cancelled is the body of an entry that cancels an activity.
type Cancelled struct {
	Reason string `json:"reason" enum:"weather,people,place,other"`
	Note   string `json:"note,omitzero"`
}

func (b *Cancelled) Validate() error {
	if !slices.Contains(Reasons, b.Reason) {
		return journal.Refuse("activity.reason", "reason", b.Reason)
	}
	return nil
}

func (b *Cancelled) Refs() []journal.ID { return nil }

func (b *Cancelled) Guarded() bool { return true }

func window(start, end time.Time) error {
	if start.IsZero() || end.IsZero() {
		return journal.Refuse("entry.missing", "field", "start")
	}
	if end.Before(start) {
		return journal.Refuse("activity.ends_before_start", "start", start.Format(time.RFC3339), "end", end.Format(time.RFC3339))
	}
	if end.Sub(start) > 31*24*time.Hour {
		return journal.Refuse("activity.too_long")
	}
	return nil
}

func some(id journal.ID) []journal.ID {
	if id.IsZero() {
		return nil
	}
	return []journal.ID{id}
}

// The kinds of entry that make the plan of activities.
var (
	ActivityPlanned = journal.Kind{
		Name: "activity_planned", Version: 1, New: func() journal.Body { return new(Planned) },
		Plans: true, Names: "activity_planned", Commune: journal.Required,
	}
	ActivityMoved = journal.Kind{
		Name: "activity_moved", Version: 1, New: func() journal.Body { return new(Moved) },
		OfActivity: true, Activity: journal.Required, Commune: journal.Optional,
		Personal: []string{"note"},
	}
	ActivityCancelled = journal.Kind{
		Name: "activity_cancelled", Version: 1, New: func() journal.Body { return new(Cancelled) },
		OfActivity: true, Activity: journal.Required, Commune: journal.Optional,
		Personal: []string{"note"},
	}
)

// Status is where an activity stands. Held is derived from entries.
type Status string

const (
	StatusPlanned   Status = "planned"
	StatusMoved     Status = "moved"
	StatusHeld      Status = "held"
	StatusCancelled Status = "cancelled"
)

// Activity is an activity as its entries leave it.
type Activity struct {
	ID       journal.ID
	Campaign string
	Office   string
	Commune  string // after the last move
	Planned         // with place and window after the last move
	// MovedFrom is the first planned start; zero if never moved.
	MovedFrom time.Time
	// MoveReason and CancelReason are empty where it was not.
	MoveReason   string
	CancelReason string
}

// Change is one effective move or cancellation of an activity.
type Change struct {
	At      time.Time // corrected time of the entry
	ID      journal.ID
	Commune string
	Moved   *Moved // nil for a cancellation
	Reason  string
}

// Fold applies the changes to an activity as planned, in order of their
// corrected time, then id. A move after a cancellation revives the activity.
func Fold(a Activity, changes []Change) Activity {
	slices.SortFunc(changes, func(x, y Change) int {
		if c := x.At.Compare(y.At); c != 0 {
			return c
		}
		return x.ID.Compare(y.ID)
	})
	for _, c := range changes {
		if c.Moved == nil {
			a.CancelReason = c.Reason
			continue
		}
		if a.MovedFrom.IsZero() {
			a.MovedFrom = a.Start
		}
		a.CancelReason, a.MoveReason = "", c.Reason
		a.Start, a.End = c.Moved.Start, c.Moved.End
		if c.Moved.Place != "" && c.Moved.Place != a.Place {
			a.Place, a.Room = c.Moved.Place, "" // its room was in the old place
		}
		if c.Moved.Village != "" {
			a.Village = c.Moved.Village
		}
		if c.Commune != "" {
			a.Commune = c.Commune
		}
	}
	return a
}

// Status without regard to whether it was held, which package tally knows.
func (a *Activity) Status() Status {
	switch {
	case a.CancelReason != "":
		return StatusCancelled
	case a.MoveReason != "":
		return StatusMoved
	default:
		return StatusPlanned
	}
}
