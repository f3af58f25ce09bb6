// Package campaign is the plan: who works where, what a campaign is, which
// activities are planned and what is aimed at.
//
// Offices, communes, villages, campaigners, campaigns and targets are plan
// items: data that an agency imports and edits. Activities are not: planning,
// moving and cancelling one are entries of the journal (a phone does them
// offline), and [Fold] turns them into an [Activity].
//
// Figures are a function of the plan and the entries, so a change of the plan
// that could move a figure (a commune given to another office, the dates of a
// campaign) makes the store recount; see [MovesFigures].
package campaign

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/journal"
)

// Name is a name by language: vi, en, bn. Vietnamese is the one that counts.
type Name map[string]string

// In gives the name in a language, else in Vietnamese.
func (n Name) In(lang string) string { return cmp.Or(n[lang], n["vi"]) }

// OfficeKind says what an office is.
type OfficeKind string

const (
	Province   OfficeKind = "province"   // BHXH tỉnh
	GrassRoots OfficeKind = "grassroots" // BHXH cơ sở
	Partner    OfficeKind = "partner"    // tổ chức dịch vụ thu
)

var dialled = regexp.MustCompile(`^\+?[0-9](?:[ .]?[0-9]){2,19}$`)

// Office is a node of the tree of offices.
type Office struct {
	ID     string     `json:"id"`
	Parent string     `json:"parent,omitzero"`
	Kind   OfficeKind `json:"kind"`
	Name   string     `json:"name"`
	// ProvinceCode is the official code of the province, on its office alone.
	ProvinceCode string `json:"province_code,omitzero"`
	// Phone is where its workers get help, as one dials it: digits, with spaces
	// and dots between, and perhaps a plus sign before.
	Phone string `json:"phone,omitzero"`
	Order int    `json:"order,omitzero"`
	// Closed is the day from which on it works no more; empty while it does. What
	// it did before stays its own.
	Closed journal.Day `json:"closed,omitzero"`
}

// Works says whether the office works on a day.
func (o *Office) Works(day journal.Day) bool { return o.Closed == "" || day < o.Closed }

// Village is a thôn, bản or tổ dân phố.
type Village struct {
	ID      string `json:"id"`
	Commune string `json:"commune"`
	Name    string `json:"name"`
}

// Campaigner is somebody who records entries. Partner is set for an agent of
// a collection service organisation.
type Campaigner struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Office  string `json:"office"`
	Partner string `json:"partner,omitzero"`
	// Lead may correct the entries of the office and of those below it.
	Lead bool `json:"lead,omitzero"`
}

// Kind says what sort of campaign it is.
type Kind string

const (
	Festival Kind = "festival"
	Sprint   Kind = "sprint"
	Standing Kind = "standing"
)

// Campaign (đợt) is a period of work with its rules.
type Campaign struct {
	ID       string      `json:"id"`
	Kind     Kind        `json:"kind"`
	Name     Name        `json:"name"`
	Province string      `json:"province"` // id of the office that runs it
	Start    journal.Day `json:"start"`
	End      journal.Day `json:"end"` // its last day
	// Published is the day on which the report goes out.
	Published journal.Day `json:"published,omitzero"`
	// CountingStage is the stage at which an enrolment counts; empty is paid.
	CountingStage Stage `json:"counting_stage,omitzero"`
	// Hours are the office hours, against which evening work is told.
	Hours OfficeHours `json:"hours,omitzero"`
	// NamedOffices are told apart in the report, in this order.
	NamedOffices []string `json:"named_offices,omitzero"`
	// League is the rule by which the league ranks; nil is [UsualRule].
	League *Rule `json:"league,omitzero"`
	// Synthetic data is marked on every screen and export.
	Synthetic bool `json:"synthetic,omitzero"`
}

// Counts is the stage at which an enrolment counts.
func (c *Campaign) Counts() Stage { return cmp.Or(c.CountingStage, Paid) }

// Has says whether the day lies in the campaign.
func (c *Campaign) Has(d journal.Day) bool { return c.Start <= d && d <= c.End }

// Stage is how far an enrolment has come.
type Stage string

const (
	Pledged   Stage = "pledged"
	Declared  Stage = "declared"
	Paid      Stage = "paid"
	Issued    Stage = "issued"
	Withdrawn Stage = "withdrawn"
)

var stages = []Stage{Pledged, Declared, Paid, Issued}

// Reaches says that s is at least as far as other. Withdrawn reaches nothing.
func (s Stage) Reaches(other Stage) bool {
	i := slices.Index(stages, s)
	return i >= 0 && i >= slices.Index(stages, other)
}

// Known says that s is a stage.
func (s Stage) Known() bool { return s == Withdrawn || slices.Contains(stages, s) }

// OfficeHours are the minutes after midnight between which an office works,
// Monday to Friday.
type OfficeHours struct {
	From int `json:"from" doc:"minutes after midnight"`
	To   int `json:"to"`
}

// OrUsual are the hours, 7:30 to 17:00 where nobody set any.
func (h OfficeHours) OrUsual() OfficeHours {
	return cmp.Or(h, OfficeHours{From: 7*60 + 30, To: 17 * 60})
}

// After says whether a session that starts then is evening work, or work
// after office hours: it begins outside them, or at a weekend.
func (h OfficeHours) After(start time.Time) bool {
	h = h.OrUsual()
	t := start.In(journal.Zone)
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return true
	}
	m := t.Hour()*60 + t.Minute()
	return m < h.From || m >= h.To
}

// Target is what an office, or one of its campaigners, aims at in a period of
// a campaign. A value of 0 is none.
type Target struct {
	// Campaign is empty for a target of a calendar year, to which all campaigns
	// of the office's province count.
	Campaign string `json:"campaign,omitzero"`
	Office   string `json:"office"`
	// Campaigner is empty for the whole office.
	Campaigner string `json:"campaigner,omitzero"`
	// Indicator is a figure or a sum of package tally, such as enrolments.
	Indicator string      `json:"indicator"`
	From      journal.Day `json:"from"`
	To        journal.Day `json:"to"`
	Value     int         `json:"value"`
}

// Item is one line of a plan file: exactly one field is set.
type Item struct {
	Office     *Office     `json:"office,omitempty"`
	Commune    *Commune    `json:"commune,omitempty"`
	Village    *Village    `json:"village,omitempty"`
	Campaigner *Campaigner `json:"campaigner,omitempty"`
	Campaign   *Campaign   `json:"campaign,omitempty"`
	Target     *Target     `json:"target,omitempty"`
}

// Key names the item for ever: importing it again replaces it.
func (it *Item) Key() (kind, id string) {
	switch {
	case it.Office != nil:
		return "office", it.Office.ID
	case it.Commune != nil:
		return "commune", it.Commune.Code
	case it.Village != nil:
		return "village", it.Village.ID
	case it.Campaigner != nil:
		return "campaigner", it.Campaigner.ID
	case it.Campaign != nil:
		return "campaign", it.Campaign.ID
	case it.Target != nil:
		t := it.Target
		id := strings.Join([]string{t.Campaign, t.Office, t.Indicator, string(t.From), string(t.To)}, "/")
		if t.Campaigner != "" {
			id += "/" + t.Campaigner
		}
		return "target", id
	}
	return "", ""
}

// DecodeItem reads one line of a plan file. Errors are *journal.Refusal.
func DecodeItem(line []byte) (Item, error) {
	var it Item
	if err := json.Unmarshal(line, &it, json.RejectUnknownMembers(true)); err != nil {
		return it, journal.Refuse("plan.malformed", "where", err.Error())
	}
	set := 0
	for _, there := range []bool{it.Office != nil, it.Commune != nil, it.Village != nil, it.Campaigner != nil, it.Campaign != nil, it.Target != nil} {
		if there {
			set++
		}
	}
	if _, id := it.Key(); set != 1 || strings.Trim(id, "/") == "" {
		return it, journal.Refuse("plan.one_item")
	}
	return it, it.Validate()
}

// Validate checks an item by itself. Errors are *journal.Refusal.
func (it *Item) Validate() error {
	switch {
	case it.Office != nil:
		if !slices.Contains([]OfficeKind{Province, GrassRoots, Partner}, it.Office.Kind) {
			return journal.Refuse("plan.office_kind", "kind", string(it.Office.Kind))
		}
		if p := it.Office.Phone; p != "" && !dialled.MatchString(p) {
			return journal.Refuse("plan.phone", "office", it.Office.ID, "phone", p)
		}
		if d := it.Office.Closed; d != "" {
			if _, err := journal.ParseDay(string(d)); err != nil {
				return journal.Refuse("plan.day", "day", string(d))
			}
		}
	case it.Commune != nil:
		return it.Commune.validate()
	case it.Campaign != nil:
		c := it.Campaign
		if c.ID == journal.Practice {
			return journal.Refuse("plan.practice")
		}
		if c.Name["vi"] == "" {
			return journal.Refuse("plan.name", "campaign", c.ID)
		}
		if !slices.Contains([]Kind{Festival, Sprint, Standing}, c.Kind) {
			return journal.Refuse("plan.campaign_kind", "kind", string(c.Kind))
		}
		if c.CountingStage != "" && !slices.Contains(stages, c.CountingStage) {
			return journal.Refuse("plan.stage", "stage", string(c.CountingStage))
		}
		if c.League != nil {
			if err := c.League.Check(); err != nil {
				return err
			}
		}
		return period(c.Start, c.End)
	case it.Target != nil:
		if it.Target.Value < 0 {
			return journal.Refuse("plan.target_negative")
		}
		if err := period(it.Target.From, it.Target.To); err != nil || it.Target.Campaign != "" {
			return err
		}
		if is := (Period{it.Target.From, it.Target.To}); is != YearOf(is.From.Start().Year()) {
			return journal.Refuse("plan.target_year", "from", string(is.From), "to", string(is.To))
		}
	}
	return nil
}

func period(from, to journal.Day) error {
	for _, d := range []journal.Day{from, to} {
		if _, err := journal.ParseDay(string(d)); err != nil {
			return journal.Refuse("plan.day", "day", string(d))
		}
	}
	if to < from {
		return journal.Refuse("plan.ends_before_start", "start", string(from), "end", string(to))
	}
	return nil
}

// Encode writes the item as a line of a plan file, without the line end.
func (it *Item) Encode() ([]byte, error) {
	b, err := json.Marshal(it, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	v := jsontext.Value(b)
	return v, v.Canonicalize()
}

// Plan is the whole plan in memory, read-only once built.
type Plan struct {
	Offices     map[string]*Office
	Communes    map[string]*Commune
	Villages    map[string]*Village
	Campaigners map[string]*Campaigner
	Campaigns   map[string]*Campaign
	Targets     []Target
	// Version changes with every change of the plan.
	Version int64
}

// NewPlan builds a plan from items; a later item replaces an earlier one of
// the same key.
func NewPlan(items []Item) *Plan {
	p := &Plan{
		Offices: map[string]*Office{}, Communes: map[string]*Commune{}, Villages: map[string]*Village{},
		Campaigners: map[string]*Campaigner{}, Campaigns: map[string]*Campaign{},
	}
	targets := map[string]Target{}
	for i := range items {
		it := items[i]
		_, key := it.Key()
		switch {
		case it.Office != nil:
			p.Offices[key] = it.Office
		case it.Commune != nil:
			p.Communes[key] = it.Commune
		case it.Village != nil:
			p.Villages[key] = it.Village
		case it.Campaigner != nil:
			p.Campaigners[key] = it.Campaigner
		case it.Campaign != nil:
			p.Campaigns[key] = it.Campaign
		case it.Target != nil:
			targets[key] = *it.Target
		}
	}
	for _, t := range targets {
		p.Targets = append(p.Targets, t)
	}
	slices.SortFunc(p.Targets, func(a, b Target) int {
		return cmp.Or(cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Office, b.Office),
			cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Campaigner, b.Campaigner))
	})
	return p
}

// Check names the first reference of the plan that leads nowhere.
func (p *Plan) Check() error {
	for id, o := range p.Offices {
		seen := map[string]bool{}
		for up := o; up.Parent != ""; {
			if seen[up.ID] {
				return journal.Refuse("plan.office_loop", "office", id)
			}
			seen[up.ID] = true
			next, ok := p.Offices[up.Parent]
			if !ok {
				return journal.Refuse("plan.unknown_office", "office", up.Parent, "by", id)
			}
			up = next
		}
	}
	if err := p.checkCommunes(); err != nil {
		return err
	}
	for id, v := range p.Villages {
		if !p.HasCommune(v.Commune) {
			return journal.Refuse("plan.unknown_commune", "commune", v.Commune, "by", id)
		}
	}
	for id, c := range p.Campaigners {
		if !p.HasOffice(c.Office) {
			return journal.Refuse("plan.unknown_office", "office", c.Office, "by", id)
		}
	}
	for id, c := range p.Campaigns {
		if !p.HasOffice(c.Province) {
			return journal.Refuse("plan.unknown_office", "office", c.Province, "by", id)
		}
	}
	for _, t := range p.Targets {
		if t.Campaign == "" && !p.inProvince(t.Office) || t.Campaign != "" && !p.HasCampaign(t.Campaign) || !p.HasOffice(t.Office) {
			return journal.Refuse("plan.target_nowhere", "campaign", t.Campaign, "office", t.Office)
		}
		if t.Campaigner != "" && p.Campaigners[t.Campaigner] == nil {
			return journal.Refuse("planning.member", "member", t.Campaigner)
		}
	}
	return nil
}

func (p *Plan) HasCampaign(id string) bool  { return p.Campaigns[id] != nil }
func (p *Plan) HasOffice(id string) bool    { return p.Offices[id] != nil }
func (p *Plan) HasCommune(code string) bool { return p.Communes[code] != nil }

// Under says whether an office is another one or lies below it.
func (p *Plan) Under(office, top string) bool {
	for range len(p.Offices) + 1 {
		if office == top {
			return true
		}
		o := p.Offices[office]
		if o == nil || o.Parent == "" {
			return false
		}
		office = o.Parent
	}
	return false
}

// inProvince says whether an office is a province or lies below one.
func (p *Plan) inProvince(office string) bool {
	for _, o := range p.Offices {
		if o.Kind == Province && p.Under(office, o.ID) {
			return true
		}
	}
	return false
}

// MayCorrect says whether a person may supersede an entry of somebody else
// made in an office: the leads of that office and of those above it may.
func (p *Plan) MayCorrect(campaigner, office string) bool {
	c := p.Campaigners[campaigner]
	return c != nil && c.Lead && p.Under(office, c.Office)
}

// WorksIn says whether an office is that of a campaigner.
func (p *Plan) WorksIn(campaigner, office string) bool {
	c := p.Campaigners[campaigner]
	return c != nil && c.Office == office
}

// LeagueOffices are the grass-roots offices under a province that worked on a day
// or have worked later, in the province's own order, then by name.
func (p *Plan) LeagueOffices(province string, on journal.Day) []*Office {
	var out []*Office
	for _, o := range p.Offices {
		if o.Kind == GrassRoots && o.Works(on) && p.Under(o.ID, province) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b *Office) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Items lists the plan as lines of a plan file, what is named before what
// names it.
func (p *Plan) Items() []Item {
	var out []Item
	add := func(it Item) { out = append(out, it) }
	for _, o := range p.officesTopDown() {
		add(Item{Office: o})
	}
	for _, k := range sortedKeys(p.Communes) {
		add(Item{Commune: p.Communes[k]})
	}
	for _, k := range sortedKeys(p.Villages) {
		add(Item{Village: p.Villages[k]})
	}
	for _, k := range sortedKeys(p.Campaigners) {
		add(Item{Campaigner: p.Campaigners[k]})
	}
	for _, k := range sortedKeys(p.Campaigns) {
		add(Item{Campaign: p.Campaigns[k]})
	}
	for i := range p.Targets {
		add(Item{Target: &p.Targets[i]})
	}
	return out
}

func (p *Plan) officesTopDown() []*Office {
	depth := func(o *Office) (n int) {
		for o.Parent != "" && p.Offices[o.Parent] != nil && n < len(p.Offices) {
			o, n = p.Offices[o.Parent], n+1
		}
		return n
	}
	var out []*Office
	for _, k := range sortedKeys(p.Offices) {
		out = append(out, p.Offices[k])
	}
	slices.SortStableFunc(out, func(a, b *Office) int { return cmp.Compare(depth(a), depth(b)) })
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
