package web

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
	"caunoi/tally"
)

func (s *Server) unitRoutes() {
	const tag, office, commune, populations = "units", "/api/v1/units/offices/{office}", "/api/v1/units/communes/{commune}", "/api/v1/units/populations"
	tried := func(method, path, what string) huma.Operation {
		return fresh(operation(method, path, what+"; on trial it only tells what that would move", tag))
	}
	register(s, access.ManageUnits, namesNobody, operation("GET", "/api/v1/units", "Offices and communes, and what changes on which day", tag), s.units)
	register(s, access.ManageUnits, recordsItself, tried("PUT", office, "Add an office, or change what is said of it"), s.putOffice)
	register(s, access.ManageUnits, recordsItself, tried("POST", office+"/closed", "Let an office work no more from a day on, or work again"), s.closeOffice)
	register(s, access.ManageUnits, recordsItself, tried("PUT", commune, "Add a commune, or change what is said of it"), s.putCommune)
	register(s, access.ManageUnits, recordsItself, tried("POST", commune+"/charge", "Give a commune to another office from a day on"), s.giveCommune)
	register(s, access.ManageUnits, recordsItself, tried("POST", commune+"/merger", "Make a commune part of another from a day on"), s.mergeCommune)
	register(s, access.ManageUnits, namesNobody, operation("GET", populations, "Populations of communes as a spreadsheet, to be filled in", tag), s.populationsFile)
	bring := operation("POST", populations, "Bring populations of communes from a spreadsheet (.xlsx, .csv)", tag)
	bring.MaxBodyBytes = mostPlan
	register(s, access.ManageUnits, recordsItself, bring, s.importPopulations)
	register(s, access.ManageUnits, recordsItself, tried("DELETE", commune+"/changes/{day}", "Take back what changes on a day to come"), s.takeBack)
}

type unitOffice struct {
	ID          string              `json:"id"`
	Parent      string              `json:"parent"`
	Kind        campaign.OfficeKind `json:"kind" enum:"province,grassroots,partner"`
	Name        string              `json:"name"`
	Phone       string              `json:"phone"`
	Order       int                 `json:"order"`
	Closed      journal.Day         `json:"closed" doc:"the day from which on it works no more; empty while it does"`
	Campaigners int                 `json:"campaigners"`
}

type unitCommune struct {
	Code       string                `json:"code"`
	Name       string                `json:"name" doc:"today"`
	Type       string                `json:"type"`
	Office     string                `json:"office" doc:"in charge today"`
	Lat        float64               `json:"lat"`
	Lon        float64               `json:"lon"`
	Market     *campaign.Market      `json:"market,omitempty"`
	People     int                   `json:"people" doc:"whom the registry knows there"`
	Population []campaign.Population `json:"population" nullable:"false" doc:"what was counted, by year"`
	Into       string                `json:"into" doc:"code of the commune of which it is part today; empty for one that stands"`
}

// unitChange is what of a commune is otherwise from a day on.
type unitChange struct {
	Commune placeView   `json:"commune"`
	Day     journal.Day `json:"day"`
	What    string      `json:"what" enum:"office,name,merger"`
	From    string      `json:"from" doc:"by name"`
	To      string      `json:"to" doc:"by name"`
	Ahead   bool        `json:"ahead" doc:"it is still to come, and can be taken back"`
}

type unitsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Today    journal.Day   `json:"today"`
		Offices  []unitOffice  `json:"offices" nullable:"false"`
		Communes []unitCommune `json:"communes" nullable:"false"`
		Changes  []unitChange  `json:"changes" nullable:"false" doc:"the last day first"`
		Roots    bool          `json:"roots" doc:"the caller may add a province"`
	}
}

func (s *Server) units(ctx context.Context, c Caller, _ *struct{}) (*unitsOutput, error) {
	out := &unitsOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Offices, b.Communes, b.Changes, b.Today = []unitOffice{}, []unitCommune{}, []unitChange{}, journal.DayOf(s.Now())
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		b.Roots = access.May(c.Actor, access.ManageUnits, "", plan) == nil
		mine := func(office string) bool { return access.May(c.Actor, access.ManageUnits, office, plan) == nil }
		workers := map[string]int{}
		for _, w := range plan.Campaigners {
			workers[w.Office]++
		}
		for id, o := range plan.Offices {
			if mine(id) {
				b.Offices = append(b.Offices, unitOffice{id, o.Parent, o.Kind, o.Name, o.Phone, o.Order, o.Closed, workers[id]})
			}
		}
		listed, err := tx.CountListed(people.Scope{Whole: true})
		if err != nil {
			return err
		}
		for code, raw := range plan.Communes {
			if mine(plan.OfficeOf(code, b.Today)) {
				now := raw.On(b.Today)
				v := unitCommune{code, now.Name, now.Type, now.Office, now.Lat, now.Lon, now.Market, listed[code], append([]campaign.Population{}, raw.Population...), ""}
				if !raw.Stands(b.Today) {
					v.Into, v.Office = plan.CodeOn(code, b.Today), plan.OfficeOf(code, b.Today)
				}
				b.Communes = append(b.Communes, v)
			}
			if raw.Ever(mine) {
				b.Changes = append(b.Changes, changesOf(plan, raw, b.Today)...)
			}
		}
		return nil
	})
	slices.SortFunc(b.Offices, func(x, y unitOffice) int {
		return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	slices.SortFunc(b.Communes, func(x, y unitCommune) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Code, y.Code)) })
	slices.SortFunc(b.Changes, func(x, y unitChange) int {
		return cmp.Or(cmp.Compare(y.Day, x.Day), cmp.Compare(x.Commune.Code, y.Commune.Code), cmp.Compare(x.What, y.What))
	})
	return out, err
}

func changesOf(plan *campaign.Plan, c *campaign.Commune, today journal.Day) (out []unitChange) {
	add := func(day journal.Day, what, from, to string) {
		out = append(out, unitChange{placeView{c.Code, c.On(day).Name}, day, what, from, to, day > today})
	}
	called := func(c *campaign.Commune) string { return strings.TrimSpace(c.Type + " " + c.Name) }
	for _, t := range c.Since {
		before, after := c.On(t.From.Add(-1)), c.On(t.From)
		if before.Office != after.Office {
			add(t.From, "office", officeName(plan, before.Office), officeName(plan, after.Office))
		}
		if called(before) != called(after) {
			add(t.From, "name", called(before), called(after))
		}
	}
	if m := c.Merged; m != nil {
		add(m.From, "merger", called(c.On(m.From)), communeName(plan, m.Into, m.From))
	}
	return out
}

// unitMoves is what an act on units moves.
type unitMoves struct {
	fieldsync.Moves
	People      int `json:"people" doc:"of the registry, whom another office has from that day on"`
	Campaigners int `json:"campaigners" doc:"users who are narrowed to what another office has from that day on"`
}

type movesOutput struct {
	Body unitMoves
}

// unitAct is one act: the items that it puts into the plan, the day from which
// on it holds, and what the audit keeps.
type unitAct struct {
	items  []campaign.Item
	day    journal.Day
	office string
	set    any
}

var errTried = errors.New("web: on trial nothing is kept")

// actOnUnits makes an act on the plan as it stands, and tells what it moves.
func (s *Server) actOnUnits(ctx context.Context, c Caller, trial bool, subject string, act func(tx store.Tx, plan *campaign.Plan) (unitAct, error)) (*movesOutput, error) {
	out := &movesOutput{}
	err := s.act(ctx, func(tx store.Tx, _ *campaign.Plan) error {
		var a unitAct
		var had *campaign.Plan
		m, err := s.Intake.MovePlan(tx, func(plan *campaign.Plan) (_ []campaign.Item, err error) {
			had = plan
			a, err = act(tx, plan)
			return a.items, err
		})
		if err != nil {
			return err
		}
		out.Body = unitMoves{Moves: m}
		if err := out.Body.whom(tx, had, campaign.NewPlan(append(had.Items(), a.items...)), a.day); err != nil {
			return err
		}
		if trial {
			return errTried
		}
		text, err := json.Marshal(a.set, json.Deterministic(true))
		if err != nil {
			return err
		}
		return audit.Append(tx, s.Now(), audit.Event{
			Act: "unit.changed", Actor: c.ID, Device: c.Device, Office: a.office, Subject: subject, Details: map[string]string{"set": string(text)},
		})
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	return out, err
}

// whom counts the people and users of communes that another office has on a day.
func (m *unitMoves) whom(tx store.Tx, had, plan *campaign.Plan, day journal.Day) error {
	moved := map[string]bool{}
	for code := range had.Communes {
		if had.OfficeOf(code, day) != plan.OfficeOf(code, day) {
			moved[code] = true
		}
	}
	if len(moved) == 0 {
		return nil
	}
	listed, err := tx.CountListed(people.Scope{Whole: true})
	if err != nil {
		return err
	}
	for code := range moved {
		m.People += listed[code]
	}
	users, err := tx.Users()
	for _, u := range users {
		if !u.Disabled && slices.ContainsFunc(u.Communes, func(code string) bool { return moved[code] }) {
			m.Campaigners++
		}
	}
	return err
}

// OfTrial says that nothing is to be kept.
type OfTrial struct {
	Trial bool `query:"trial" doc:"only tell what this would move"`
}

type putOfficeInput struct {
	OfTrial
	Office string `path:"office" maxLength:"100" doc:"its id"`
	Body   struct {
		New    bool                `json:"new,omitempty" doc:"there is none of this id yet"`
		Parent *string             `json:"parent,omitempty" maxLength:"100" doc:"stays as it is without it"`
		Kind   campaign.OfficeKind `json:"kind,omitempty" enum:"province,grassroots,partner" doc:"stays as it is without it"`
		Name   string              `json:"name,omitempty" maxLength:"200" doc:"stays as it is without it"`
		Phone  string              `json:"phone" maxLength:"40" doc:"where its workers get help"`
		Order  int                 `json:"order" minimum:"0" maximum:"100000"`
	}
}

var unitID = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$`)

func (s *Server) putOffice(ctx context.Context, c Caller, in *putOfficeInput) (*movesOutput, error) {
	b := &in.Body
	return s.actOnUnits(ctx, c, in.Trial, "office:"+in.Office, func(_ store.Tx, plan *campaign.Plan) (a unitAct, err error) {
		had := plan.Offices[in.Office]
		o := campaign.Office{ID: in.Office}
		switch {
		case b.New && !unitID.MatchString(in.Office):
			return a, journal.Refuse("units.id", "id", in.Office)
		case !b.New || had != nil:
			if err := s.mayUnit(c, plan, in.Office); err != nil {
				return a, err
			}
			if had == nil {
				return a, notFound(in.Office)
			}
			if b.New {
				return a, journal.Refuse("units.exists", "id", in.Office)
			}
			o = *had
		}
		parent := o.Parent
		if b.Parent != nil {
			parent = *b.Parent
		}
		// What stands above is asked for where it changes: the top of one's own reach
		// lies under somebody else's.
		if had == nil || had.Parent != parent {
			if err := s.mayUnit(c, plan, parent); err != nil {
				return a, err
			}
		}
		o.Parent, o.Kind, o.Name, o.Phone, o.Order = parent, cmp.Or(b.Kind, o.Kind), squeezed(cmp.Or(b.Name, o.Name)), strings.TrimSpace(b.Phone), b.Order
		if o.Name == "" {
			return a, journal.Refuse("units.name")
		}
		it := campaign.Item{Office: &o}
		if had == nil {
			had = &campaign.Office{}
		}
		a = unitAct{[]campaign.Item{it}, journal.DayOf(s.Now()), in.Office, changed(*had, o)}
		return a, it.Validate()
	})
}

// mayUnit says whether the caller may change an office, and give it communes.
func (s *Server) mayUnit(c Caller, plan *campaign.Plan, office string) error {
	return access.May(c.Actor, access.ManageUnits, office, plan)
}

// unitCommune finds a commune that the caller may change; one of others is as one
// that is not there.
func (s *Server) unitCommune(c Caller, plan *campaign.Plan, code string) (*campaign.Commune, error) {
	if !plan.HasCommune(code) || s.mayUnit(c, plan, plan.OfficeOf(code, journal.DayOf(s.Now()))) != nil {
		return nil, notFound(code)
	}
	return plan.Communes[code], nil
}

type closeOfficeInput struct {
	OfTrial
	Office string `path:"office" maxLength:"100"`
	Body   struct {
		From string `json:"from" doc:"the first day on which it works no more; empty: it works again"`
	}
}

func (s *Server) closeOffice(ctx context.Context, c Caller, in *closeOfficeInput) (*movesOutput, error) {
	return s.actOnUnits(ctx, c, in.Trial, "office:"+in.Office, func(tx store.Tx, plan *campaign.Plan) (a unitAct, err error) {
		if err := s.mayUnit(c, plan, in.Office); err != nil {
			return a, err
		}
		had := plan.Offices[in.Office]
		if had == nil {
			return a, notFound(in.Office)
		}
		o := *had
		o.Closed = journal.Day(in.Body.From)
		it := campaign.Item{Office: &o}
		if err := it.Validate(); err != nil {
			return a, err
		}
		if o.Closed != "" {
			if err := emptied(tx, plan, o.ID, o.Closed); err != nil {
				return a, err
			}
		}
		return unitAct{[]campaign.Item{it}, o.Closed, in.Office, in.Body}, nil
	})
}

// emptied refuses to close an office that has communes, offices or users from a
// day on.
func emptied(tx store.Tx, plan *campaign.Plan, office string, from journal.Day) error {
	communes, offices := 0, 0
	for code, c := range plan.Communes {
		later := slices.ContainsFunc(c.Since, func(t campaign.Tenure) bool { return t.From >= from && t.Office == office })
		if c.Stands(from) && (plan.OfficeOf(code, from) == office || later) {
			communes++
		}
	}
	for _, o := range plan.Offices {
		if o.Parent == office && o.Works(from) {
			offices++
		}
	}
	users, err := tx.Users()
	if err != nil {
		return err
	}
	users = slices.DeleteFunc(users, func(u access.User) bool { return u.Disabled || u.Office != office })
	name := officeName(plan, office)
	switch {
	case communes > 0:
		return journal.Refuse("units.has_communes", "office", name, "n", communes)
	case offices > 0:
		return journal.Refuse("units.has_offices", "office", name, "n", offices)
	case len(users) > 0:
		return journal.Refuse("units.has_users", "office", name, "n", len(users))
	}
	return nil
}

type putCommuneInput struct {
	OfTrial
	Commune string `path:"commune" maxLength:"100" doc:"its code"`
	Body    struct {
		New        bool                  `json:"new,omitempty" doc:"there is none of this code yet"`
		Office     string                `json:"office,omitempty" maxLength:"100" doc:"of a new one; else see charge"`
		Name       string                `json:"name" maxLength:"200"`
		Type       string                `json:"type" maxLength:"50"`
		From       string                `json:"from,omitempty" doc:"the day from which on it is called so; without it the name that it has is written otherwise"`
		Lat        float64               `json:"lat"`
		Lon        float64               `json:"lon"`
		Market     *campaign.Market      `json:"market,omitempty" doc:"none: nobody knows of one"`
		Population []campaign.Population `json:"population,omitempty" maxItems:"300" doc:"what was counted, each year once; stays as it is without it"`
	}
}

func (s *Server) putCommune(ctx context.Context, c Caller, in *putCommuneInput) (*movesOutput, error) {
	b := &in.Body
	today := journal.DayOf(s.Now())
	return s.actOnUnits(ctx, c, in.Trial, "commune:"+in.Commune, func(_ store.Tx, plan *campaign.Plan) (a unitAct, err error) {
		name, kind := squeezed(b.Name), squeezed(b.Type)
		if name == "" {
			return a, journal.Refuse("units.name")
		}
		office := b.Office
		had, known := s.unitCommune(c, plan, in.Commune)
		if known != nil && !b.New {
			return a, known
		}
		if had != nil {
			office = plan.OfficeOf(in.Commune, today)
		}
		if err := s.mayUnit(c, plan, office); err != nil {
			return a, err
		}
		var then *campaign.Commune
		switch {
		case b.New && plan.HasCommune(in.Commune):
			return a, journal.Refuse("units.exists", "id", in.Commune)
		case b.New && !unitID.MatchString(in.Commune):
			return a, journal.Refuse("units.id", "id", in.Commune)
		case b.New:
			if err := works(plan, office, today); err != nil {
				return a, err
			}
			then = &campaign.Commune{Code: in.Commune, Name: name, Type: kind, Office: office}
		default:
			one := *had
			then = &one
			if now := had.On(today); now.Name != name || now.Type != kind {
				if b.From == "" {
					then = had.Corrected(today, name, kind)
				} else if then, err = had.From(campaign.Tenure{From: journal.Day(b.From), Name: name, Type: kind}); err != nil {
					return a, err
				}
			}
		}
		then.Lat, then.Lon, then.Market = b.Lat, b.Lon, b.Market
		if b.Population != nil {
			then.Population = slices.SortedFunc(slices.Values(b.Population), func(x, y campaign.Population) int { return cmp.Compare(x.Year, y.Year) })
		}
		it := campaign.Item{Commune: then}
		if had == nil {
			had = &campaign.Commune{}
		}
		return unitAct{[]campaign.Item{it}, today, office, changed(*had, *then)}, it.Validate()
	})
}

// works refuses an office that is closed on a day.
func works(plan *campaign.Plan, office string, day journal.Day) error {
	if o := plan.Offices[office]; o == nil || !o.Works(day) {
		return journal.Refuse("units.office_closed", "office", officeName(plan, office), "day", string(day))
	}
	return nil
}

// onDay finds a commune that the caller may change, and reads from when on: a day
// that lies in no campaign of its province whose books are closed.
func (s *Server) onDay(tx store.Tx, c Caller, plan *campaign.Plan, code, day string) (*campaign.Commune, journal.Day, error) {
	had, err := s.unitCommune(c, plan, code)
	if err != nil {
		return nil, "", err
	}
	from, err := journal.ParseDay(day)
	if err != nil {
		return nil, "", journal.Refuse("plan.day", "day", day, "field", "from")
	}
	for id, which := range plan.Campaigns {
		if from > which.End || !had.Ever(func(office string) bool { return plan.Under(office, which.Province) }) {
			continue
		}
		acts, err := tx.Acts([]string{id})
		if err != nil {
			return nil, "", err
		}
		if _, closed := tally.FoldActs(acts).Whole(id); closed {
			return nil, "", fieldsync.ClosedBooks(which)
		}
	}
	return had, from, nil
}

type giveCommuneInput struct {
	OfTrial
	Commune string `path:"commune" maxLength:"100"`
	Body    struct {
		From   string `json:"from" doc:"the first day on which the other office is in charge"`
		Office string `json:"office" maxLength:"100"`
	}
}

func (s *Server) giveCommune(ctx context.Context, c Caller, in *giveCommuneInput) (*movesOutput, error) {
	return s.actOnUnits(ctx, c, in.Trial, "commune:"+in.Commune, func(tx store.Tx, plan *campaign.Plan) (a unitAct, err error) {
		had, from, err := s.onDay(tx, c, plan, in.Commune, in.Body.From)
		if err == nil {
			err = s.mayUnit(c, plan, in.Body.Office)
		}
		if err == nil {
			err = works(plan, in.Body.Office, from)
		}
		if err != nil {
			return a, err
		}
		if now := had.On(from); now.Office == in.Body.Office {
			return a, journal.Refuse("units.same", "commune", now.Name, "office", officeName(plan, now.Office), "day", string(from))
		}
		then, err := had.From(campaign.Tenure{From: from, Office: in.Body.Office})
		return unitAct{[]campaign.Item{{Commune: then}}, from, had.On(from).Office, in.Body}, err
	})
}

type mergeCommuneInput struct {
	OfTrial
	Commune string `path:"commune" maxLength:"100"`
	Body    struct {
		From string `json:"from" doc:"the first day on which it is part of the other"`
		Into string `json:"into" maxLength:"100" doc:"code of the other"`
	}
}

func (s *Server) mergeCommune(ctx context.Context, c Caller, in *mergeCommuneInput) (*movesOutput, error) {
	return s.actOnUnits(ctx, c, in.Trial, "commune:"+in.Commune, func(tx store.Tx, plan *campaign.Plan) (a unitAct, err error) {
		had, from, err := s.onDay(tx, c, plan, in.Commune, in.Body.From)
		if err != nil {
			return a, err
		}
		into, err := s.unitCommune(c, plan, in.Body.Into)
		if err != nil {
			return a, err
		}
		// A loop is told by the two that were named, wherever it runs.
		for at := into; at != nil && at.Merged != nil; at = plan.Communes[at.Merged.Into] {
			if at.Merged.Into == in.Commune {
				return a, journal.Refuse("plan.merger_loop", "commune", had.On(from).Name, "into", into.On(from).Name)
			}
		}
		then, err := had.MergedInto(in.Body.Into, from)
		if err != nil {
			return a, err
		}
		it := campaign.Item{Commune: then}
		return unitAct{[]campaign.Item{it}, from, had.On(from).Office, in.Body}, it.Validate()
	})
}

type takeBackChangeInput struct {
	OfTrial
	Commune string `path:"commune" maxLength:"100"`
	Day     string `path:"day" maxLength:"10" doc:"YYYY-MM-DD"`
}

func (s *Server) takeBack(ctx context.Context, c Caller, in *takeBackChangeInput) (*movesOutput, error) {
	return s.actOnUnits(ctx, c, in.Trial, "commune:"+in.Commune, func(tx store.Tx, plan *campaign.Plan) (a unitAct, err error) {
		had, day, err := s.onDay(tx, c, plan, in.Commune, in.Day)
		if err != nil {
			return a, err
		}
		if day <= journal.DayOf(s.Now()) {
			return a, journal.Refuse("units.past", "day", in.Day)
		}
		then, ok := had.Without(day)
		if !ok {
			return a, notFound(in.Day)
		}
		return unitAct{[]campaign.Item{{Commune: then}}, day, had.On(day).Office, map[string]string{"taken_back": in.Day}}, nil
	})
}

// changed are the members of an item that are otherwise than before.
func changed(before, after any) map[string]any {
	out := map[string]any{}
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range b.NumField() {
		if v := b.Field(i).Interface(); !reflect.DeepEqual(a.Field(i).Interface(), v) {
			name, _, _ := strings.Cut(b.Type().Field(i).Tag.Get("json"), ",")
			out[name] = v
		}
	}
	return out
}

// squeezed is a text without spaces at its ends and with single ones within.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }
