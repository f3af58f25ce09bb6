package outreach

import (
	"cmp"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
)

// Scheme is what a person joins.
type Scheme string

const (
	VoluntarySI Scheme = "voluntary_si"
	HouseholdHI Scheme = "household_hi"
	StudentHI   Scheme = "student_hi"
	OtherHI     Scheme = "other_hi" // the further groups that pay themselves
)

// Schemes are all schemes.
var Schemes = []string{string(VoluntarySI), string(HouseholdHI), string(StudentHI), string(OtherHI)}

// Enrolment is a person joining a scheme, with the first stage reached.
var Enrolment = journal.Kind{
	Name: "enrolment", Version: 1, New: func() journal.Body { return new(EnrolmentBody) },
	Fact: true, Attaches: true, Person: journal.Required, Activity: journal.Optional, Commune: journal.Required,
	Personal: []string{"note", "declared", "terms", "payment", "signature"},
}

// EnrolmentBody is the body of [Enrolment].
type EnrolmentBody struct {
	noRefs
	Scheme Scheme         `json:"scheme" enum:"voluntary_si,household_hi,student_hi,other_hi"`
	Stage  campaign.Stage `json:"stage" enum:"pledged,declared,paid,issued"`
	// Prior is the cover before: none, lapsed (then LastMonth) or current.
	Prior     string `json:"prior" enum:"none,lapsed,current"`
	LastMonth string `json:"last_month,omitzero" doc:"YYYY-MM, the last month covered, where cover has lapsed"`
	// Starts is the first day of the new cover; empty is the day of payment.
	Starts journal.Day `json:"starts,omitzero"`
	Months int         `json:"months,omitzero" minimum:"0" maximum:"120"`
	Note   string      `json:"note,omitzero"`
	// What the official forms need; older phones say none of it.
	Declared  *Declaration `json:"declared,omitzero"`
	Terms     *Terms       `json:"terms,omitzero"`
	Payment   *Payment     `json:"payment,omitzero"`
	Signed    string       `json:"signed,omitzero" enum:"paper,glass"`
	Signature string       `json:"signature,omitzero" doc:"strokes on the glass, a path of SVG in a field of 600 by 240"`
}

func (b *EnrolmentBody) Validate() error {
	if b.Prior == "lapsed" {
		if _, err := time.Parse("2006-01", b.LastMonth); err != nil {
			return journal.Refuse("enrolment.last_month", "value", b.LastMonth)
		}
	} else if b.LastMonth != "" {
		return journal.Refuse("enrolment.last_month_without_lapse")
	}
	if b.Starts != "" {
		if _, err := journal.ParseDay(string(b.Starts)); err != nil {
			return journal.Refuse("entry.value", "field", "starts", "value", string(b.Starts))
		}
	}
	if b.Months < 0 || b.Months > 120 {
		return journal.Refuse("entry.value", "field", "months", "value", b.Months)
	}
	if b.Stage == campaign.Withdrawn {
		return journal.Refuse("enrolment.begins_withdrawn")
	}
	return cmp.Or(
		one("scheme", string(b.Scheme), Schemes),
		stage(b.Stage),
		one("prior", b.Prior, []string{"none", "lapsed", "current"}),
		text("note", b.Note, 2000),
		b.Declared.validate(), b.Terms.validate(), b.Payment.validate(),
		signed(b.Signed, b.Signature),
	)
}

func stage(s campaign.Stage) error {
	if s.Known() {
		return nil
	}
	return journal.Refuse("entry.value", "field", "stage", "value", string(s))
}

// New says whether a payment on a day makes a participant that the
// indicators of the design's section 3.5 call new: for voluntary SI, after 12
// months outside the scheme or for the first time; for HI, when the card
// starts and nothing covered the day before.
func (b *EnrolmentBody) New(paid journal.Day) bool {
	switch b.Prior {
	case "none":
		return true
	case "lapsed":
		last, err := time.ParseInLocation("2006-01", b.LastMonth, journal.Zone)
		if err != nil {
			return false
		}
		if b.Scheme == VoluntarySI {
			// The first of 12 whole months outside follows the last month.
			return paid >= journal.DayOf(last.AddDate(0, 13, 0))
		}
		starts := cmp.Or(b.Starts, paid)
		// The old card ran to the last day of its last month.
		return starts > journal.DayOf(last.AddDate(0, 1, 0))
	default:
		return false
	}
}

// EnrolmentStage moves an enrolment on; it names the enrolment and never
// supersedes it.
var EnrolmentStage = journal.Kind{
	Name: "enrolment_stage", Version: 1, New: func() journal.Body { return new(StageBody) },
	Fact: true, Attaches: true, Names: Enrolment.Name, Activity: journal.Optional, Commune: journal.Optional,
	Personal: []string{"note"},
}

// StageBody is the body of [EnrolmentStage].
type StageBody struct {
	Enrolment journal.ID     `json:"enrolment"`
	Stage     campaign.Stage `json:"stage" enum:"pledged,declared,paid,issued,withdrawn"`
	Note      string         `json:"note,omitzero"`
}

// Guarded: a campaigner may move on what a colleague began, not undo it.
func (b *StageBody) Guarded() bool { return b.Stage == campaign.Withdrawn }

func (b *StageBody) Refs() []journal.ID { return []journal.ID{b.Enrolment} }

func (b *StageBody) Validate() error {
	if b.Enrolment.IsZero() {
		return journal.Refuse("entry.missing", "field", "enrolment")
	}
	return cmp.Or(stage(b.Stage), text("note", b.Note, 2000))
}
