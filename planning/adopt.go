package planning

import (
	"cmp"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
)

// Parting says how the targets of a kit are parted among the offices here.
type Parting string

const (
	// AsIs gives to each office the target of the one whose place it takes.
	AsIs Parting = "as_is"
	// ByShares parts a total as the kit's offices had parted theirs.
	ByShares Parting = "shares"
	// ByPeople and ByUncovered part a total by who lives with the offices.
	ByPeople    Parting = "people"
	ByUncovered Parting = "uncovered"
	Evenly      Parting = "even"
)

// Partings are all of them.
var Partings = []Parting{AsIs, ByShares, ByPeople, ByUncovered, Evenly}

// Adoption says how a province makes the campaign of a kit its own.
type Adoption struct {
	ID       string // of the new campaign
	Province string
	Name     campaign.Name // empty: the kit's
	Start    journal.Day
	// Weekdays keeps each activity on its day of the week, up to three days
	// earlier or later; else the day of the campaign is kept.
	Weekdays bool
	// Offices and Communes say what those of the kit are here; an empty one is
	// left out with all that is planned there. What they do not name is found by
	// id or code, else by name.
	Offices, Communes map[string]string
	// LeaveOut leaves out whatever is not found.
	LeaveOut bool
	Targets  Parting
	// Totals are what is parted instead of the kit's totals, by [KitTarget.Key].
	Totals map[string]int
	// Lived are the villages of the province, for parting by people.
	Lived []people.Village
}

// Lost is an activity of a kit for which there is no place in the campaign.
type Lost struct {
	KitActivity
	On  journal.Day // on which it would be
	Why *journal.Refusal
}

// Stranger is an office or commune of a kit of which nobody has said what it
// is here.
type Stranger struct {
	ID, Name string
	// Activities and Targets are how many hang on it.
	Activities, Targets int
}

// Adopted is what a kit became, or on trial would become.
type Adopted struct {
	Campaign *campaign.Campaign
	Targets  []campaign.Target // new ones
	// Activities are how many are planned anew, shifts included; Same are in the
	// journal since the kit was brought before, and LeftOut are planned where
	// somebody left the office or commune out.
	Activities, Same, LeftOut int
	Lost                      []Lost
	// Offices and Communes are what those of the kit are here.
	Offices, Communes               map[string]string
	UnknownOffices, UnknownCommunes []Stranger
}

// Put changes the plan in the transaction of a [Planner]; it gives the plan as
// it is then, and who takes entries under it.
type Put func(change func(had *campaign.Plan) ([]campaign.Item, error)) (*campaign.Plan, Appender, error)

var idForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// Adopt makes the campaign of a kit in a province, with its targets, its
// assumptions and its plan, of which the actor is the author and which has no
// teams yet. Without put it is a trial: nothing is kept. What the same kit
// brought before under the same id stays as it is now. Refusals: kit.id,
// kit.province, plan.day, kit.parting, kit.taken (another campaign has the id),
// kit.unknown (how many offices and communes nobody has placed; not on trial),
// planning.office, planning.commune.
func (p *Planner) Adopt(k *Kit, how Adoption, put Put) (*Adopted, error) {
	if !idForm.MatchString(how.ID) || how.ID == journal.Practice {
		return nil, journal.Refuse("kit.id", "id", how.ID)
	}
	if _, err := journal.ParseDay(string(how.Start)); err != nil {
		return nil, journal.Refuse("plan.day", "day", string(how.Start))
	}
	if how.Targets = cmp.Or(how.Targets, AsIs); !slices.Contains(Partings, how.Targets) {
		return nil, journal.Refuse("kit.parting", "parting", string(how.Targets))
	}
	trial := put == nil
	if trial {
		put = func(change func(*campaign.Plan) ([]campaign.Item, error)) (*campaign.Plan, Appender, error) {
			items, err := change(p.Plan)
			return campaign.NewPlan(append(p.Plan.Items(), items...)), nil, err
		}
	}
	f := fitting{p: p, kit: k, how: how, out: &Adopted{}}
	plan, appends, err := put(f.items)
	if err != nil {
		return nil, err
	}
	if n := len(f.out.UnknownOffices) + len(f.out.UnknownCommunes); n > 0 && !trial {
		return nil, journal.Refuse("kit.unknown", "n", n)
	}
	p.Plan, p.Campaign, p.Append = plan, plan.Campaigns[how.ID], appends
	entries, err := f.entries()
	if err != nil || trial {
		return f.out, err
	}
	if k.Assumptions != nil && !f.existed {
		if err := SetAssumptions(p.Tx, how.ID, *k.Assumptions); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(entries, MostAtOnce) {
		outcomes, err := p.Append(some)
		if err != nil {
			return nil, err
		}
		for _, o := range outcomes {
			if o.Refusal != nil {
				return nil, o.Refusal
			}
		}
	}
	return f.out, audit.Append(p.Tx, p.Now, audit.Event{
		Act: "campaign.imported", Actor: p.Actor.ID, Office: how.Province, Subject: "campaign:" + how.ID, Details: map[string]string{
			"activities": strconv.Itoa(f.out.Activities), "targets": strconv.Itoa(len(f.out.Targets)),
		},
	})
}

// fitting is a kit on its way into a province.
type fitting struct {
	p       *Planner
	kit     *Kit
	how     Adoption
	out     *Adopted
	existed bool
	here    map[journal.ID]bool // entries of the campaign
	places  *gazetteer
	used    map[string]bool // ids that were given out
}

// items are those of the plan: the campaign and its targets.
func (f *fitting) items(had *campaign.Plan) ([]campaign.Item, error) {
	k, how := f.kit, &f.how
	if o := had.Offices[how.Province]; o == nil || o.Kind != campaign.Province {
		return nil, journal.Refuse("kit.province", "province", how.Province)
	}
	f.places = newGazetteer(had, how.Province)
	if err := f.place(had); err != nil {
		return nil, err
	}
	c := k.Campaign.on(how.ID, how.Province, how.Start)
	if len(how.Name) > 0 {
		c.Name = how.Name
	}
	for _, id := range k.Campaign.NamedOffices {
		if id = f.out.Offices[id]; id != "" && !slices.Contains(c.NamedOffices, id) {
			c.NamedOffices = append(c.NamedOffices, id)
		}
	}
	f.out.Campaign = c
	if err := (&campaign.Item{Campaign: c}).Validate(); err != nil {
		return nil, err
	}
	entries, err := f.p.Tx.OfActivities(how.ID)
	if err != nil {
		return nil, err
	}
	f.here = map[journal.ID]bool{}
	for i := range entries {
		f.here[entries[i].ID] = true
	}
	var items []campaign.Item
	if is := had.Campaigns[how.ID]; is != nil {
		f.existed = true
		if !f.brought() || is.Province != c.Province || is.Start != c.Start {
			return nil, journal.Refuse("kit.taken", "id", how.ID)
		}
		f.out.Campaign = is
	} else {
		items = append(items, campaign.Item{Campaign: c})
	}
	known := map[string]bool{}
	for i := range had.Targets {
		_, key := (&campaign.Item{Target: &had.Targets[i]}).Key()
		known[key] = true
	}
	for _, t := range f.targets(had) {
		it := campaign.Item{Target: &t}
		if _, key := it.Key(); !known[key] { // what somebody set since stands
			f.out.Targets = append(f.out.Targets, t)
			items = append(items, it)
		}
	}
	return items, nil
}

// brought says that the campaign came from this kit: that one of its activities
// is in the journal.
func (f *fitting) brought() bool {
	f.used = map[string]bool{}
	some := false
	for i := range f.kit.Activities {
		a := &f.kit.Activities[i]
		id := f.id(a, "")
		some = some || f.here[id]
		for j := range a.Shifts {
			some = some || f.here[f.id(&a.Shifts[j], id.String())]
		}
	}
	return some
}

// id is always the same for an activity of a kit that is brought under an id
// from a day on; of those that are alike, for each in their order.
func (f *fitting) id(a *KitActivity, under string) journal.ID {
	text := a.text()
	for n := 0; ; n++ {
		of := f.how.ID + "\n" + under + "\n" + strconv.Itoa(n) + "\n" + text
		if !f.used[of] {
			f.used[of] = true
			return journal.DerivedID(f.how.Start.Start(), of)
		}
	}
}

// place finds what the offices and communes of the kit are here.
func (f *fitting) place(plan *campaign.Plan) error {
	k, how := f.kit, &f.how
	f.out.Offices, f.out.Communes = map[string]string{}, map[string]string{}
	offices, communes := k.weights()
	one := func(found []string) string {
		if len(found) == 1 {
			return found[0]
		}
		return ""
	}
	for _, o := range k.Offices {
		id, chosen := how.Offices[o.ID]
		among := f.places.offices
		if o.Kind == campaign.Partner {
			among = f.places.partners
		}
		switch {
		case chosen && id != "" && among.called[id] == nil:
			return journal.Refuse("planning.office", "office", id)
		case chosen:
		case o.Kind == campaign.Province:
			id = how.Province
		case among.called[o.ID] != nil && plan.Offices[o.ID].Kind == o.Kind:
			id = o.ID
		default:
			id = one(among.find(o.Name))
		}
		if id == "" && !chosen && !how.LeaveOut {
			f.out.UnknownOffices = append(f.out.UnknownOffices, *offices.of(o.ID, o.Name))
		}
		f.out.Offices[o.ID] = id
	}
	for _, c := range k.Communes {
		code, chosen := how.Communes[c.Code]
		among := f.places.communes
		switch {
		case chosen && code != "" && among.called[code] == nil:
			return journal.Refuse("planning.commune", "commune", code)
		case chosen:
		case among.called[c.Code] != nil:
			code = c.Code
		default:
			code = cmp.Or(one(among.find(squeeze(c.Type+" "+c.Name))), one(among.find(c.Name)))
		}
		if code == "" && !chosen && !how.LeaveOut {
			f.out.UnknownCommunes = append(f.out.UnknownCommunes, *communes.of(c.Code, c.Name))
		}
		f.out.Communes[c.Code] = code
	}
	return nil
}

// weighed counts what hangs on offices or communes.
type weighed map[string]*Stranger

func (w weighed) of(id, name string) *Stranger {
	if w[id] == nil {
		w[id] = &Stranger{ID: id}
	}
	w[id].Name = cmp.Or(w[id].Name, name)
	return w[id]
}

func (k *Kit) weights() (offices, communes weighed) {
	offices, communes = weighed{}, weighed{}
	k.each(func(a *KitActivity) {
		offices.of(a.Office, "").Activities++
		communes.of(a.Commune, "").Activities++
		for _, id := range a.Partners {
			offices.of(id, "").Activities++
		}
	})
	for _, t := range k.Targets {
		for _, o := range t.Offices {
			offices.of(o.Office, "").Targets++
		}
	}
	return offices, communes
}

// targets are those that the offices here would have.
func (f *fitting) targets(plan *campaign.Plan) []campaign.Target {
	var out []campaign.Target
	for i := range f.kit.Targets {
		t := &f.kit.Targets[i]
		total, asked := f.how.Totals[t.Key()]
		if !asked {
			total = t.Total
		}
		values := map[string]int{}
		for _, o := range t.Offices {
			if id := f.out.Offices[o.Office]; id != "" && f.how.Targets == AsIs {
				values[id] += o.Value
			} else if id != "" {
				values[id] += o.Share
			}
		}
		switch f.how.Targets {
		case AsIs:
			total = t.Total
		case ByShares:
			values = campaign.Spread(total, values)
		default:
			shares, _ := Shares(plan, f.how.Province, f.how.Start, f.how.Targets, f.how.Lived)
			values = campaign.Spread(total, shares)
		}
		if t.Own {
			values[f.how.Province] = total
		}
		for _, office := range slices.Sorted(maps.Keys(values)) {
			if values[office] > 0 {
				out = append(out, campaign.Target{
					Campaign: f.how.ID, Office: office, Indicator: string(t.Indicator),
					From: f.how.Start.Add(t.From - 1), To: f.how.Start.Add(t.To - 1), Value: values[office],
				})
			}
		}
	}
	return out
}

// Shares are by what a total is parted among the offices of a province: who
// lives in their communes, those of them whom nothing covers, or nothing; and
// by what these people are counted.
func Shares(plan *campaign.Plan, province string, day journal.Day, by Parting, lived []people.Village) (shares map[string]int, basis Basis) {
	shares = map[string]int{}
	for _, o := range plan.LeagueOffices(province, day) {
		shares[o.ID] = 0
	}
	living := LivingIn(plan, day, lived)
	for _, c := range plan.CommunesOf(province, day) {
		if _, is := shares[c.Office]; !is {
			continue
		}
		l := living[c.Code]
		basis.Add(l)
		switch by {
		case ByPeople:
			shares[c.Office] += l.People
		case ByUncovered:
			shares[c.Office] += l.Uncovered
		}
	}
	return shares, basis
}

// entries are those that plan the activities.
func (f *fitting) entries() ([]journal.Stored, error) {
	f.used = map[string]bool{}
	var out []journal.Stored
	// plan gives the id if the activity is in the plan then.
	plan := func(a *KitActivity, under, post journal.ID) (id, planned journal.ID, err error) {
		name := ""
		if !under.IsZero() {
			name = under.String()
		}
		id = f.id(a, name)
		if f.here[id] {
			f.out.Same++
			return id, id, nil
		}
		d, ok := f.draft(a)
		if !ok {
			f.out.LeftOut++
			return id, planned, nil
		}
		d.Post = post
		st, err := f.entry(id, &d)
		var refusal *journal.Refusal
		switch {
		case errors.As(err, &refusal):
			f.out.Lost = append(f.out.Lost, Lost{*a, journal.DayOf(d.Start), refusal})
			return id, planned, nil
		case err != nil:
			return id, planned, err
		}
		f.out.Activities++
		out = append(out, st)
		return id, id, nil
	}
	for i := range f.kit.Activities {
		a := &f.kit.Activities[i]
		id, post, err := plan(a, journal.ID{}, journal.ID{})
		if err != nil {
			return nil, err
		}
		for j := range a.Shifts {
			_, planned, err := plan(&a.Shifts[j], id, post)
			if err != nil {
				return nil, err
			}
			if post.IsZero() { // the first that has a place is the post
				post = planned
			}
		}
	}
	return out, nil
}

func (f *fitting) entry(id journal.ID, d *Draft) (journal.Stored, error) {
	p := f.p
	if err := p.settle(d); err != nil {
		return journal.Stored{}, err
	}
	return p.entry(campaign.ActivityPlanned, d.Office, &d.Planned, func(e *journal.Entry) { e.ID, e.Commune = id, d.Commune })
}

// draft is an activity of the kit as it would be here; ok is false where its
// office or commune is left out.
func (f *fitting) draft(a *KitActivity) (d Draft, ok bool) {
	d.Office, d.Commune = f.out.Offices[a.Office], f.out.Communes[a.Commune]
	if d.Office == "" || d.Commune == "" {
		return d, false
	}
	day := f.how.Start.Add(a.Day - 1)
	if f.how.Weekdays {
		off := (a.Weekday - int(day.Start().In(journal.Zone).Weekday()) + 7) % 7
		if off > 3 {
			off -= 7
		}
		day = day.Add(off)
	}
	at, _ := time.Parse(hours, a.Start) // checked when the kit was read
	d.Start = day.Start().Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	d.End = d.Start.Add(time.Duration(a.Minutes) * time.Minute)
	d.Kind, d.SubKind, d.Place, d.Room, d.Topics = a.Kind, a.SubKind, a.Place, a.Room, a.Topics
	for _, c := range f.kit.Communes {
		if c.Code == a.Commune { // places are often called after their commune
			d.Place = strings.ReplaceAll(d.Place, c.Name, f.places.plan.Communes[d.Commune].On(day).Name)
		}
	}
	if found := f.places.villages(d.Commune).find(a.Village); a.Village != "" && len(found) == 1 {
		d.Village = found[0]
	}
	for _, id := range a.Partners {
		if id = f.out.Offices[id]; id != "" {
			d.Partners = append(d.Partners, id)
		}
	}
	return d, true
}
