package campaign

import (
	"cmp"
	"slices"

	"caunoi/journal"
)

// Commune is a commune or ward. What it is called and which office is in charge
// of it may change on a day, and on a day it may become part of another: facts
// of the days before stay where they were. So whoever asks whose a commune is
// asks for the day of the fact: [Plan.CommuneOn], [Plan.OfficeOf].
type Commune struct {
	Code string `json:"code"`
	// Name, Type and Office are those of the beginning; see Since.
	Name   string  `json:"name"`
	Type   string  `json:"type"`
	Office string  `json:"office"`
	Lat    float64 `json:"lat"`
	Lon    float64 `json:"lon"`
	// Market says when there is a market; nil if nobody said.
	Market *Market `json:"market,omitzero"`
	// Population is what was counted, by year; see [Plan.Populations].
	Population []Population `json:"population,omitzero"`
	// Since are later changes, by their day.
	Since []Tenure `json:"since,omitzero"`
	// Merged is nil for a commune that stands.
	Merged *Merger `json:"merged,omitzero"`
}

// Tenure is what holds of a commune from a day on. What is empty stays as it
// was.
type Tenure struct {
	From   journal.Day `json:"from"`
	Office string      `json:"office,omitzero"`
	Name   string      `json:"name,omitzero"`
	Type   string      `json:"type,omitzero"`
}

// Merger makes a commune part of another from a day on. Its code goes on to be
// taken, and means the other one.
type Merger struct {
	From journal.Day `json:"from"`
	Into string      `json:"into"`
}

// On is the commune as it is on a day, for itself: what it was merged into is
// for [Plan.CommuneOn].
func (c *Commune) On(day journal.Day) *Commune {
	if len(c.Since) == 0 || c.Since[0].From > day {
		return c
	}
	then := *c
	for _, t := range c.Since {
		if t.From > day {
			break
		}
		then.Name, then.Type, then.Office = cmp.Or(t.Name, then.Name), cmp.Or(t.Type, then.Type), cmp.Or(t.Office, then.Office)
	}
	return &then
}

// Stands says that the commune is not part of another one on a day.
func (c *Commune) Stands(day journal.Day) bool { return c.Merged == nil || day < c.Merged.From }

// Ever says whether the commune was, is or will be of an office for which f
// holds.
func (c *Commune) Ever(f func(office string) bool) bool {
	return f(c.Office) || slices.ContainsFunc(c.Since, func(t Tenure) bool { return t.Office != "" && f(t.Office) })
}

func (c *Commune) validate() error {
	if c.Lat < -90 || c.Lat > 90 || c.Lon < -180 || c.Lon > 180 {
		return journal.Refuse("plan.centroid", "commune", c.Code)
	}
	last := journal.Day("")
	for _, t := range c.Since {
		if _, err := journal.ParseDay(string(t.From)); err != nil {
			return journal.Refuse("plan.day", "day", string(t.From))
		}
		if t.From <= last || t.Office == "" && t.Name == "" && t.Type == "" {
			return journal.Refuse("plan.since", "commune", c.Code, "day", string(t.From))
		}
		last = t.From
	}
	if m := c.Merged; m != nil {
		if _, err := journal.ParseDay(string(m.From)); err != nil {
			return journal.Refuse("plan.day", "day", string(m.From))
		}
		if m.Into == "" || m.Into == c.Code || m.From <= last {
			return journal.Refuse("plan.merger", "commune", c.Code, "into", m.Into)
		}
	}
	if err := c.checkPopulation(); err != nil {
		return err
	}
	if c.Market != nil {
		return c.Market.validate(c.Code)
	}
	return nil
}

// CommuneOn is the commune that a code means on a day, as it is on that day:
// from the day of a merger on the one that took the place in. It is nil for a
// code that the plan does not know. The result is read-only.
func (p *Plan) CommuneOn(code string, day journal.Day) *Commune {
	c := p.Communes[code]
	for range p.Communes { // a plan that was not checked may run in a circle
		if c == nil || c.Stands(day) {
			break
		}
		c = p.Communes[c.Merged.Into]
	}
	if c == nil {
		return nil
	}
	return c.On(day)
}

// CodeOn is the code of [Plan.CommuneOn]; the code itself where the plan does
// not know it.
func (p *Plan) CodeOn(code string, day journal.Day) string {
	if c := p.CommuneOn(code, day); c != nil {
		return c.Code
	}
	return code
}

// OfficeOf is the office in charge of a commune on a day, empty for a code that
// the plan does not know. What was merged has that of what it is part of.
func (p *Plan) OfficeOf(code string, day journal.Day) string {
	if c := p.CommuneOn(code, day); c != nil {
		return c.Office
	}
	return ""
}

// CommunesOf are the communes that stand on a day under offices of a province,
// as they are then, by code.
func (p *Plan) CommunesOf(province string, day journal.Day) []*Commune {
	var out []*Commune
	for _, c := range p.Communes {
		if then := c.On(day); c.Stands(day) && p.Under(then.Office, province) {
			out = append(out, then)
		}
	}
	slices.SortFunc(out, func(a, b *Commune) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// PartsOf are the codes that mean a commune on a day, its own first: those of
// the communes that it took in follow, in order.
func (p *Plan) PartsOf(code string, day journal.Day) []string {
	var parts []string
	for other, c := range p.Communes {
		if other != code && !c.Stands(day) && p.CodeOn(other, day) == code {
			parts = append(parts, other)
		}
	}
	slices.Sort(parts)
	return append([]string{code}, parts...)
}

func (p *Plan) checkCommunes() error {
	for code, c := range p.Communes {
		offices := []string{c.Office}
		for _, t := range c.Since {
			if t.Office != "" {
				offices = append(offices, t.Office)
			}
		}
		for _, office := range offices {
			if !p.HasOffice(office) {
				return journal.Refuse("plan.unknown_office", "office", office, "by", code)
			}
		}
		seen := map[string]bool{code: true}
		for at := c; at.Merged != nil; {
			into := p.Communes[at.Merged.Into]
			if into == nil {
				return journal.Refuse("plan.unknown_commune", "commune", at.Merged.Into, "by", code)
			}
			if seen[into.Code] {
				return journal.Refuse("plan.merger_loop", "commune", into.Name, "into", p.Communes[into.Merged.Into].Name)
			}
			seen[into.Code] = true
			at = into
		}
	}
	return nil
}

// From is the commune with a change from a day on, beside what changes on other
// days. Refusal: units.merged where it is part of another by then.
func (c *Commune) From(t Tenure) (*Commune, error) {
	if !c.Stands(t.From) {
		return nil, journal.Refuse("units.merged", "commune", c.On(t.From).Name, "day", string(c.Merged.From))
	}
	then := *c
	then.Since = slices.Clone(c.Since)
	at, there := slices.BinarySearchFunc(then.Since, t.From, func(had Tenure, day journal.Day) int { return cmp.Compare(had.From, day) })
	if !there {
		then.Since = slices.Insert(then.Since, at, t)
		return &then, nil
	}
	had := &then.Since[at]
	had.Office, had.Name, had.Type = cmp.Or(t.Office, had.Office), cmp.Or(t.Name, had.Name), cmp.Or(t.Type, had.Type)
	return &then, nil
}

// Corrected is the commune with the name that it has on a day written otherwise,
// for as long as it has had it.
func (c *Commune) Corrected(day journal.Day, name, kind string) *Commune {
	then := *c
	then.Since = slices.Clone(c.Since)
	toName, toType := &then.Name, &then.Type
	for i := range then.Since {
		t := &then.Since[i]
		if t.From > day {
			break
		}
		if t.Name != "" {
			toName = &t.Name
		}
		if t.Type != "" {
			toType = &t.Type
		}
	}
	*toName, *toType = name, kind
	return &then
}

// MergedInto is the commune as part of another from a day on. Refusals:
// units.merged where it is already; units.later where something else of it
// changes on that day or later.
func (c *Commune) MergedInto(into string, from journal.Day) (*Commune, error) {
	if c.Merged != nil {
		return nil, journal.Refuse("units.merged", "commune", c.On(from).Name, "day", string(c.Merged.From))
	}
	if n := len(c.Since); n > 0 && c.Since[n-1].From >= from {
		return nil, journal.Refuse("units.later", "commune", c.On(from).Name, "day", string(c.Since[n-1].From))
	}
	then := *c
	then.Merged = &Merger{From: from, Into: into}
	return &then, nil
}

// Without is the commune without what changes on a day; ok is false where nothing
// does.
func (c *Commune) Without(day journal.Day) (then *Commune, ok bool) {
	left := *c
	left.Since = slices.DeleteFunc(slices.Clone(c.Since), func(t Tenure) bool { return t.From == day })
	if c.Merged != nil && c.Merged.From == day {
		left.Merged = nil
	}
	return &left, len(left.Since) < len(c.Since) || left.Merged != c.Merged
}
