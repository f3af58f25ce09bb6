package planning

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// What a campaign as one file may hold at most.
const (
	MostKit           = 4 << 20 // bytes
	MostKitActivities = 5000    // with their shifts
)

// kitVersion is that of the format, which is docs/data.md.
const kitVersion = 1

// Kit is a campaign as one file, by which another province, or the next year,
// holds it again: its rules, targets, names and plan, with days counted from
// its first. It names nobody: of a team it holds the size alone.
type Kit struct {
	Version int `json:"caunoi_campaign"`
	// About says to whoever opens the file what it is; nothing reads it.
	About       campaign.Name `json:"about,omitzero"`
	Campaign    KitCampaign   `json:"campaign"`
	Assumptions *Assumptions  `json:"assumptions,omitzero"`
	// Offices and Communes are those that the rest names.
	Offices    []KitOffice   `json:"offices,omitzero"`
	Communes   []KitCommune  `json:"communes,omitzero"`
	Targets    []KitTarget   `json:"targets,omitzero"`
	Activities []KitActivity `json:"activities,omitzero"`
}

// KitCampaign is the campaign itself.
type KitCampaign struct {
	ID       string        `json:"id"`
	Kind     campaign.Kind `json:"kind"`
	Name     campaign.Name `json:"name"`
	Province string        `json:"province"`
	Start    journal.Day   `json:"start"`
	Days     int           `json:"days"`
	// Published is the day on which the report goes out; 0 if nobody said.
	Published     int                  `json:"published,omitzero"`
	CountingStage campaign.Stage       `json:"counting_stage,omitzero"`
	Hours         campaign.OfficeHours `json:"hours,omitzero"`
	NamedOffices  []string             `json:"named_offices,omitzero"`
	League        *campaign.Rule       `json:"league,omitzero"`
	Synthetic     bool                 `json:"synthetic,omitzero"`
}

// KitOffice is an office that the file names.
type KitOffice struct {
	ID   string              `json:"id"`
	Name string              `json:"name"`
	Kind campaign.OfficeKind `json:"kind"`
}

// KitCommune is a commune that the file names.
type KitCommune struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// KitTarget is what a province aims at for an indicator from one day of the
// campaign to another, and how it is parted.
type KitTarget struct {
	Indicator tally.Indicator `json:"indicator"`
	From      int             `json:"from"`
	To        int             `json:"to"`
	Total     int             `json:"total"`
	// Own says that the total is a target of the province itself, not the sum of
	// its offices'.
	Own     bool       `json:"own,omitzero"`
	Offices []KitShare `json:"offices,omitzero"`
}

// KitShare is the part of one office.
type KitShare struct {
	Office string `json:"office"`
	Value  int    `json:"value"`
	// Share of all offices' targets, hundredths of a percent.
	Share int `json:"share"`
}

// KitActivity is an activity as it was planned, whatever moved it later.
type KitActivity struct {
	// Day of the campaign, from 1, and its weekday, 0 for Sunday.
	Day     int                   `json:"day"`
	Weekday int                   `json:"weekday"`
	Start   string                `json:"start"` // HH:MM
	Minutes int                   `json:"minutes"`
	Kind    campaign.ActivityKind `json:"kind"`
	SubKind string                `json:"sub_kind,omitzero"`
	Office  string                `json:"office"`
	Commune string                `json:"commune"`
	// Village by its name in the commune; its id too where two are called so.
	Village  string   `json:"village,omitzero"`
	Place    string   `json:"place"`
	Room     string   `json:"room,omitzero"`
	Partners []string `json:"partners,omitzero"`
	Topics   []string `json:"topics,omitzero"`
	// Team is how many people went, with who led them.
	Team int `json:"team,omitzero"`
	// Shifts are those of a standing post, of which this is the first.
	Shifts []KitActivity `json:"shifts,omitzero"`
}

// Kit is the campaign as one file. What about says stands in it.
func (p *Planner) Kit(about campaign.Name) (*Kit, error) {
	c := p.Campaign
	k := &Kit{Version: kitVersion, About: about, Campaign: KitCampaign{
		ID: c.ID, Kind: c.Kind, Name: c.Name, Province: c.Province, Start: c.Start, Days: c.End.Sub(c.Start) + 1,
		CountingStage: c.CountingStage, Hours: c.Hours, NamedOffices: c.NamedOffices, League: c.League, Synthetic: c.Synthetic,
	}}
	if c.Published != "" {
		k.Campaign.Published = c.Published.Sub(c.Start) + 1
	}
	set, is, err := AssumptionsOf(p.Tx, c.ID)
	if err != nil {
		return nil, err
	}
	if is {
		k.Assumptions = &set
	}
	k.Targets = p.kitTargets()
	sessions, err := p.Sessions()
	if err != nil {
		return nil, err
	}
	if k.Activities, err = p.kitActivities(sessions); err != nil {
		return nil, err
	}
	k.name(p.Plan)
	return k, nil
}

func (p *Planner) kitTargets() []KitTarget {
	c := p.Campaign
	var out []KitTarget
	for _, t := range p.Plan.Targets {
		if t.Campaign != c.ID || t.Campaigner != "" || t.Value == 0 || !p.Plan.Under(t.Office, c.Province) {
			continue
		}
		k := KitTarget{Indicator: tally.Indicator(t.Indicator), From: t.From.Sub(c.Start) + 1, To: t.To.Sub(c.Start) + 1}
		at := slices.IndexFunc(out, func(o KitTarget) bool { return o.Key() == k.Key() })
		if at < 0 {
			at, out = len(out), append(out, k)
		}
		if t.Office == c.Province {
			out[at].Total, out[at].Own = t.Value, true
		} else {
			out[at].Offices = append(out[at].Offices, KitShare{Office: t.Office, Value: t.Value})
		}
	}
	for i := range out {
		t := &out[i]
		sum := 0
		for _, o := range t.Offices {
			sum += o.Value
		}
		for j := range t.Offices {
			t.Offices[j].Share = (t.Offices[j].Value*10_000 + sum/2) / sum
		}
		if !t.Own {
			t.Total = sum
		}
	}
	slices.SortFunc(out, func(a, b KitTarget) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// Key tells the targets of a kit apart.
func (t *KitTarget) Key() string { return fmt.Sprint(t.Indicator, "/", t.From, "/", t.To) }

// kitActivities lists what was planned by when it was to begin, shifts under
// their standing post.
func (p *Planner) kitActivities(sessions []*tally.Session) ([]KitActivity, error) {
	type planned struct {
		*tally.Session
		kit   KitActivity
		start time.Time
		text  string // of kit: tells apart what begins together
	}
	places, mask := newGazetteer(p.Plan, p.Campaign.Province), newMask(p.Plan)
	all := make([]planned, len(sessions))
	first := map[journal.ID]bool{} // of standing posts and of what stands alone
	for i, s := range sessions {
		had := s.PlanEntry()
		body, err := campaign.ActivityPlanned.Decode(&had)
		if err != nil {
			return nil, err
		}
		b := body.(*campaign.Planned)
		kit := p.kitActivity(b, &had, places, mask)
		all[i] = planned{s, kit, b.Start, kit.text()}
		first[s.ID] = s.Post.IsZero()
	}
	slices.SortFunc(all, func(a, b planned) int {
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.text, b.text), a.ID.Compare(b.ID))
	})
	shifts := map[journal.ID][]KitActivity{}
	for _, s := range all {
		if first[s.Post] {
			shifts[s.Post] = append(shifts[s.Post], s.kit)
		}
	}
	var out []KitActivity
	for _, s := range all {
		if first[s.Post] {
			continue
		}
		s.kit.Shifts = shifts[s.ID]
		out = append(out, s.kit)
	}
	return out, nil
}

func (p *Planner) kitActivity(b *campaign.Planned, e *journal.Entry, places *gazetteer, mask mask) KitActivity {
	day := journal.DayOf(b.Start)
	team := map[string]bool{}
	for _, id := range append([]string{b.Lead}, b.Team...) {
		if id != "" {
			team[id] = true
		}
	}
	a := KitActivity{
		Day: day.Sub(p.Campaign.Start) + 1, Weekday: int(day.Start().In(journal.Zone).Weekday()),
		Start: b.Start.In(journal.Zone).Format(hours), Minutes: int(b.End.Sub(b.Start.Truncate(time.Minute)) / time.Minute),
		Kind: b.Kind, SubKind: mask.text(b.SubKind), Office: e.Office, Commune: e.Commune, Place: mask.text(b.Place), Room: mask.text(b.Room),
		Partners: b.Partners, Team: len(team),
	}
	if b.Village != "" {
		a.Village = places.villages(e.Commune).label(b.Village)
	}
	if a.Place == "" { // it told of somebody
		a.Place = p.Plan.Communes[e.Commune].On(day).Name
	}
	for _, t := range b.Topics {
		if t = mask.text(t); t != "" {
			a.Topics = append(a.Topics, t)
		}
	}
	return a
}

// text is the activity without its shifts.
func (a KitActivity) text() string {
	a.Shifts = nil
	raw, _ := json.Marshal(&a, json.Deterministic(true)) // of our own types: cannot fail
	return string(raw)
}

// hours is how a kit writes the time of day.
const hours = "15:04"

// mask keeps texts to itself in which somebody of the plan is named: the full
// names of campaigners, as [key] reads them.
type mask []string

func newMask(plan *campaign.Plan) mask {
	var m mask
	for _, w := range plan.Campaigners {
		if k := key(w.Name); strings.Contains(k, " ") { // one word may be a place, too
			m = append(m, " "+k+" ")
		}
	}
	return m
}

func (m mask) text(s string) string {
	among := " " + key(s) + " "
	if slices.ContainsFunc(m, func(name string) bool { return strings.Contains(among, name) }) {
		return ""
	}
	return s
}

// name adds the offices and communes that the rest of the kit names.
func (k *Kit) name(plan *campaign.Plan) {
	offices, communes := map[string]bool{k.Campaign.Province: true}, map[string]bool{}
	for _, id := range k.Campaign.NamedOffices {
		offices[id] = true
	}
	for _, t := range k.Targets {
		for _, o := range t.Offices {
			offices[o.Office] = true
		}
	}
	k.each(func(a *KitActivity) {
		offices[a.Office], communes[a.Commune] = true, true
		for _, id := range a.Partners {
			offices[id] = true
		}
	})
	for id := range offices {
		if o := plan.Offices[id]; o != nil {
			k.Offices = append(k.Offices, KitOffice{o.ID, o.Name, o.Kind})
		}
	}
	for code := range communes {
		if c := plan.Communes[code]; c != nil {
			c = c.On(k.Campaign.Start)
			k.Communes = append(k.Communes, KitCommune{c.Code, c.Name, c.Type})
		}
	}
	slices.SortFunc(k.Offices, func(a, b KitOffice) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(k.Communes, func(a, b KitCommune) int { return cmp.Compare(a.Code, b.Code) })
}

// each calls f for every activity, shifts after their post.
func (k *Kit) each(f func(a *KitActivity)) {
	for i := range k.Activities {
		f(&k.Activities[i])
		for j := range k.Activities[i].Shifts {
			f(&k.Activities[i].Shifts[j])
		}
	}
}

// Encode writes the kit in lines for people to read, its members in the order
// of RFC 8785, so that the same campaign is the same bytes.
func (k *Kit) Encode() ([]byte, error) {
	raw, err := json.Marshal(k, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	v := jsontext.Value(raw)
	if err := v.Canonicalize(); err != nil {
		return nil, err
	}
	if err := v.Indent(jsontext.WithIndent(" ")); err != nil {
		return nil, err
	}
	return append(v, '\n'), nil
}

// ReadKit reads what [Kit.Encode] wrote, or somebody by hand. Refusals:
// kit.too_big, kit.version, kit.malformed, kit.many, kit.field (where, in
// which member), and those of a campaign, its rule and its assumptions.
func ReadKit(raw []byte) (*Kit, error) {
	if len(raw) > MostKit {
		return nil, journal.Refuse("kit.too_big", "most", MostKit>>20)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	// Before anything is made of them: an empty activity is two bytes.
	if n := bytes.Count(raw, []byte("{")); n > 4*MostKitActivities {
		return nil, journal.Refuse("kit.many", "most", MostKitActivities)
	}
	var version struct {
		Version int `json:"caunoi_campaign"`
	}
	if err := json.Unmarshal(raw, &version); err != nil {
		return nil, malformed(err)
	}
	if version.Version != kitVersion {
		return nil, journal.Refuse("kit.version", "version", version.Version, "known", kitVersion)
	}
	k := &Kit{}
	if err := json.Unmarshal(raw, k, json.RejectUnknownMembers(true)); err != nil {
		return nil, malformed(err)
	}
	return k, k.check()
}

func malformed(err error) error {
	where := ""
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &semantic):
		where = string(semantic.JSONPointer)
	case errors.As(err, &syntactic):
		where = string(syntactic.JSONPointer)
	}
	return journal.Refuse("kit.malformed", "where", cmp.Or(where, "/"))
}

// The ranges of a kit's numbers: days reach past a standing campaign's years.
const (
	mostDays    = 3660
	mostMinutes = 31 * 24 * 60
	mostValue   = 100_000_000
)

func (k *Kit) check() error {
	c := &k.Campaign
	if _, err := journal.ParseDay(string(c.Start)); err != nil {
		return journal.Refuse("plan.day", "day", string(c.Start))
	}
	if c.Days < 1 || c.Days > mostDays {
		return bad("/campaign/days")
	}
	if c.Published < 0 || c.Published > 2*mostDays {
		return bad("/campaign/published")
	}
	if err := (&campaign.Item{Campaign: c.on(c.ID, c.Province, c.Start)}).Validate(); err != nil {
		return err
	}
	if c.League != nil {
		if err := tally.CheckRule(c.League); err != nil {
			return err
		}
	}
	if k.Assumptions != nil {
		if err := k.Assumptions.Check(); err != nil {
			return err
		}
	}
	offices, communes := map[string]bool{}, map[string]bool{}
	for i, o := range k.Offices {
		if at := fmt.Sprint("/offices/", i); o.ID == "" || offices[o.ID] {
			return bad(at + "/id")
		}
		offices[o.ID] = true
	}
	for i, c := range k.Communes {
		if at := fmt.Sprint("/communes/", i); c.Code == "" || communes[c.Code] {
			return bad(at + "/code")
		}
		communes[c.Code] = true
	}
	targets := map[string]bool{}
	for i, t := range k.Targets {
		at := fmt.Sprint("/targets/", i)
		switch {
		case targets[t.Key()]:
			return bad(at)
		case !t.Indicator.Known():
			return bad(at + "/indicator")
		case t.From < 1 || t.From > c.Days:
			return bad(at + "/from")
		case t.To < t.From || t.To > c.Days:
			return bad(at + "/to")
		case t.Total < 0 || t.Total > mostValue:
			return bad(at + "/total")
		}
		for j, o := range t.Offices {
			switch at := fmt.Sprint(at, "/offices/", j); {
			case !offices[o.Office]:
				return bad(at + "/office")
			case o.Value < 0 || o.Value > mostValue:
				return bad(at + "/value")
			case o.Share < 0 || o.Share > 10_000:
				return bad(at + "/share")
			}
		}
		targets[t.Key()] = true
	}
	n := 0
	k.each(func(*KitActivity) { n++ })
	if n > MostKitActivities {
		return journal.Refuse("kit.many", "most", MostKitActivities)
	}
	for i := range k.Activities {
		at := fmt.Sprint("/activities/", i)
		a := &k.Activities[i]
		if err := a.check(at, offices, communes); err != nil {
			return err
		}
		if len(a.Shifts) > 0 && !a.Kind.Post() {
			return bad(at + "/shifts")
		}
		for j := range a.Shifts {
			at := fmt.Sprint(at, "/shifts/", j)
			if err := a.Shifts[j].check(at, offices, communes); err != nil {
				return err
			}
			if len(a.Shifts[j].Shifts) > 0 || !a.Shifts[j].Kind.Post() {
				return bad(at + "/shifts")
			}
		}
	}
	return nil
}

func (a *KitActivity) check(at string, offices, communes map[string]bool) error {
	_, err := time.Parse(hours, a.Start)
	switch {
	case a.Day < -mostDays || a.Day > 2*mostDays:
		return bad(at + "/day")
	case a.Weekday < 0 || a.Weekday > 6:
		return bad(at + "/weekday")
	case err != nil || len(a.Start) != len(hours):
		return bad(at + "/start")
	case a.Minutes < 0 || a.Minutes > mostMinutes:
		return bad(at + "/minutes")
	case !slices.Contains(campaign.ActivityKinds, a.Kind):
		return bad(at + "/kind")
	case !offices[a.Office]:
		return bad(at + "/office")
	case !communes[a.Commune]:
		return bad(at + "/commune")
	case slices.ContainsFunc(a.Partners, func(id string) bool { return !offices[id] }):
		return bad(at + "/partners")
	case a.Team < 0 || a.Team > 1000:
		return bad(at + "/team")
	}
	return nil
}

func bad(where string) error { return journal.Refuse("kit.field", "where", where) }

// on is the campaign of the kit in a province, from a day on.
func (c *KitCampaign) on(id, province string, start journal.Day) *campaign.Campaign {
	out := &campaign.Campaign{
		ID: id, Kind: c.Kind, Name: c.Name, Province: province, Start: start, End: start.Add(c.Days - 1),
		CountingStage: c.CountingStage, Hours: c.Hours, League: c.League, Synthetic: c.Synthetic,
	}
	if c.Published > 0 {
		out.Published = start.Add(c.Published - 1)
	}
	return out
}
