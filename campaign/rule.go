package campaign

import (
	"reflect"
	"slices"

	"caunoi/journal"
)

// Per says by what the points of a unit are divided.
type Per string

const (
	// PerTarget gives the points as a share of those that the unit's targets
	// for the whole campaign would give.
	PerTarget Per = "target"
	// PerPeople gives the points per 1,000 people of the unit's communes; see
	// [Plan.OfficePopulations].
	PerPeople Per = "people"
	// PerCampaigner gives the points per campaigner of the unit.
	PerCampaigner Per = "campaigner"
	// PerNone gives the points themselves.
	PerNone Per = "none"
)

// Pers are all of them.
var Pers = []Per{PerTarget, PerPeople, PerCampaigner, PerNone}

// MostPoints is the most that one of an indicator may give.
const MostPoints = 1000

// Rule says how a campaign ranks its units and campaigners.
type Rule struct {
	// Weights are points for each one of an indicator of package tally, 0 to
	// [MostPoints]; at least one is above 0.
	Weights map[string]int `json:"weights"`
	Per     Per            `json:"per"`
	// MinSessions is how many sessions a unit must have held to be ranked; with
	// fewer it is listed without a rank.
	MinSessions int `json:"min_sessions,omitzero"`
	// MinOwnSessions is in how many held sessions a campaigner must have taken
	// part to be ranked, in the same way.
	MinOwnSessions int `json:"min_own_sessions,omitzero"`
	// Ties are the indicators that tell equals apart, the first first. Who is
	// equal in all of them, too, shares a place.
	Ties []string `json:"ties,omitzero"`
	// HoldFlagged keeps days that look unlikely out of the points until somebody
	// of the province has let them pass.
	HoldFlagged bool `json:"hold_flagged,omitzero"`
}

// UsualRule holds where nobody has published another: the share of the target
// of enrolments, then enrolments.
func UsualRule() *Rule {
	return &Rule{Weights: map[string]int{"enrolments": 1}, Per: PerTarget, Ties: []string{"enrolments"}}
}

// Rule is what the campaign ranks by.
func (c *Campaign) Rule() *Rule {
	if c.League == nil {
		return UsualRule()
	}
	return c.League
}

// Indicators are those that the rule names, each once, by name.
func (r *Rule) Indicators() []string {
	out := slices.Clone(r.Ties)
	for name := range r.Weights {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Check refuses a rule by which nobody can rank: league.weight, league.weights,
// league.per, league.sessions, league.ties. Whether an indicator is there, tally
// knows.
func (r *Rule) Check() error {
	sum := 0
	for name, points := range r.Weights {
		if points < 0 || points > MostPoints {
			return journal.Refuse("league.weight", "indicator", name, "most", MostPoints)
		}
		sum += points
	}
	switch {
	case sum == 0:
		return journal.Refuse("league.weights")
	case !slices.Contains(Pers, r.Per):
		return journal.Refuse("league.per", "per", string(r.Per))
	case min(r.MinSessions, r.MinOwnSessions) < 0 || max(r.MinSessions, r.MinOwnSessions) > 1000:
		return journal.Refuse("league.sessions", "most", 1000)
	}
	seen := map[string]bool{}
	for _, name := range r.Ties {
		if seen[name] {
			return journal.Refuse("league.ties", "indicator", name)
		}
		seen[name] = true
	}
	return nil
}

// MovesFigures says whether a change from one plan to another can move a
// figure. What offices lie under which and of what kind they are, who is in
// charge of a commune from when on, what it was merged into, for which
// organisation a campaigner works, and when and how a campaign counts can.
// Targets, villages, markets, populations, names, where something lies, who
// leads an office, and by what rule the league ranks cannot. Nor can a campaign
// that was not there: nothing is recorded in one that the plan does not know.
func MovesFigures(had, have *Plan) bool {
	before, after := countedBy(had), countedBy(have)
	for id := range after.campaigns {
		if _, was := before.campaigns[id]; !was {
			delete(after.campaigns, id)
		}
	}
	return !reflect.DeepEqual(before, after)
}

// countedPlan is all of a plan that counting may read.
type countedPlan struct {
	offices   map[string]Office
	communes  map[string]charge
	partners  map[string]string // of the campaigners who have one
	campaigns map[string]Campaign
}

// charge is who is in charge of a commune, and when.
type charge struct {
	office string
	since  []Tenure
	merged *Merger
}

func countedBy(p *Plan) countedPlan {
	out := countedPlan{map[string]Office{}, map[string]charge{}, map[string]string{}, map[string]Campaign{}}
	for id, o := range p.Offices {
		out.offices[id] = Office{Parent: o.Parent, Kind: o.Kind}
	}
	for code, c := range p.Communes {
		of := charge{c.Office, nil, c.Merged}
		for _, t := range c.Since {
			if t.Office != "" {
				of.since = append(of.since, Tenure{From: t.From, Office: t.Office})
			}
		}
		out.communes[code] = of
	}
	// Who leads whom matters when an entry is taken, and never again.
	for id, c := range p.Campaigners {
		if c.Partner != "" {
			out.partners[id] = c.Partner
		}
	}
	for id, c := range p.Campaigns {
		counted := *c // what is new in a campaign moves figures until it is named here
		counted.Name, counted.Published, counted.NamedOffices, counted.League = nil, "", nil, nil
		out.campaigns[id] = counted
	}
	return out
}
