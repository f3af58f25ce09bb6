package planning

import (
	"math"
	"slices"

	"github.com/go-json-experiment/json"

	"caunoi/campaign"
	"caunoi/journal"
)

// Assumptions are what the arithmetic of a plan rests on; a province sets them.
type Assumptions struct {
	// Reach is how many of a hundred uncovered people are to be spoken with.
	Reach int `json:"reach" minimum:"1" maximum:"100"`
	// PerSession is how many people one session speaks with, one by one.
	PerSession int `json:"per_session" minimum:"1" maximum:"1000"`
	// Session is how long one lasts, and Day how long a team works, minutes.
	Session int `json:"session_minutes" minimum:"10" maximum:"1440"`
	Day     int `json:"day_minutes" minimum:"60" maximum:"1440"`
	// Speed on the road, km an hour; Winding is how much longer the road is
	// than the straight line, in hundredths.
	Speed   int `json:"speed" minimum:"5" maximum:"120"`
	Winding int `json:"winding" minimum:"100" maximum:"400"`
	// Weekdays is on how many days of a week teams go out.
	Weekdays int `json:"weekdays" minimum:"1" maximum:"7"`
	// TeamDay and Kilometre are what a team costs a day and on the road, đồng.
	TeamDay   int `json:"team_day" minimum:"0" maximum:"100000000"`
	Kilometre int `json:"kilometre" minimum:"0" maximum:"1000000"`
}

// Usual are assumptions to begin with. They are round numbers to be replaced by
// an agency's own, not figures of any source.
var Usual = Assumptions{
	Reach: 60, PerSession: 20, Session: 120, Day: 480, Speed: 30, Winding: 160, Weekdays: 6, TeamDay: 900_000, Kilometre: 4_000,
}

// Check refuses what is out of range: planning.assumption, with its name.
func (a *Assumptions) Check() error {
	for _, f := range []struct {
		name           string
		is, least, max int
	}{
		{"reach", a.Reach, 1, 100},
		{"per_session", a.PerSession, 1, 1000},
		{"session_minutes", a.Session, 10, 1440},
		{"day_minutes", a.Day, 60, 1440},
		{"speed", a.Speed, 5, 120},
		{"winding", a.Winding, 100, 400},
		{"weekdays", a.Weekdays, 1, 7},
		{"team_day", a.TeamDay, 0, 100_000_000},
		{"kilometre", a.Kilometre, 0, 1_000_000},
	} {
		if f.is < f.least || f.is > f.max {
			return journal.Refuse("planning.assumption", "field", f.name, "least", f.least, "most", f.max)
		}
	}
	return nil
}

// Settings keep what a province has set, as text.
type Settings interface {
	Setting(name string) (string, error)
	PutSetting(name, value string) error
}

func assumptionsSetting(campaign string) string { return "arithmetic/" + campaign }

// AssumptionsOf are those of a campaign; set is false where nobody has set them
// and they are [Usual].
func AssumptionsOf(tx Settings, campaign string) (a Assumptions, set bool, err error) {
	text, err := tx.Setting(assumptionsSetting(campaign))
	if err != nil || text == "" {
		return Usual, false, err
	}
	return a, true, json.Unmarshal([]byte(text), &a)
}

// SetAssumptions sets those of a campaign.
func SetAssumptions(tx Settings, campaign string, a Assumptions) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return tx.PutSetting(assumptionsSetting(campaign), string(text))
}

// Need is what a commune, an office or a province takes.
type Need struct {
	Uncovered int     `json:"uncovered" doc:"people"`
	Sessions  int     `json:"sessions" doc:"needed"`
	Planned   int     `json:"planned" doc:"sessions still to come by the plan"`
	Distance  int     `json:"distance" doc:"one way by road, km"`
	TeamDays  float64 `json:"team_days" doc:"to a tenth"`
	Teams     int     `json:"teams" doc:"at work at once, for all of it in the days left"`
	Cost      int     `json:"cost" doc:"đồng"`
}

// CommuneNeed is that of one commune.
type CommuneNeed struct {
	Commune string
	Office  string
	Need
}

// OfficeNeed is that of one office, in whose communes its own teams go out.
type OfficeNeed struct {
	Office string
	Need
}

// Reckoning is what covering the uncovered takes.
type Reckoning struct {
	Days     int // of work left, from today to the last day of the campaign
	Total    Need
	Offices  []OfficeNeed
	Communes []CommuneNeed
}

// Reckon works out what it takes to speak with the uncovered people of the
// communes until a campaign ends:
//
//	sessions  = uncovered × reach ÷ people at a session, rounded up
//	team days = sessions × (session + share of the way there and back) ÷ day,
//	            where one way there and back serves as many sessions as fit a day
//	teams     = team days ÷ days of work left, rounded up, office by office
//	cost      = team days × cost of a day + days on the road × way × cost of a km
//
// The way is the straight line from the middle of the office's communes, made
// longer by [Assumptions.Winding]. An hour on the road takes from the day; a
// session is held each day at least, however far it is.
func Reckon(plan *campaign.Plan, c *campaign.Campaign, a Assumptions, uncovered, planned map[string]int, today journal.Day) Reckoning {
	from := max(today, c.Start)
	r := Reckoning{}
	if c.End >= from {
		span := c.End.Sub(from) + 1
		r.Days = max(1, span*a.Weekdays/7)
	}
	seats := seatsOf(plan, c.Province, today)
	offices := map[string]*OfficeNeed{}
	var order []string
	for _, commune := range plan.CommunesOf(c.Province, today) {
		n := CommuneNeed{Commune: commune.Code, Office: commune.Office, Need: Need{Uncovered: uncovered[commune.Code], Planned: planned[commune.Code]}}
		n.Distance = int(math.Round(kilometres(seats[commune.Office], [2]float64{commune.Lat, commune.Lon}) * float64(a.Winding) / 100))
		n.Sessions = ceil(n.Uncovered*a.Reach, 100*a.PerSession)
		road := 2 * n.Distance * 60 / a.Speed // minutes there and back
		perDay := max(1, (a.Day-road)/a.Session)
		outings := ceil(n.Sessions, perDay)
		n.TeamDays = tenth(float64(n.Sessions) / float64(perDay))
		n.Cost = int(math.Round(n.TeamDays*float64(a.TeamDay))) + outings*2*n.Distance*a.Kilometre
		n.Teams = teams(n.TeamDays, r.Days)
		r.Communes = append(r.Communes, n)
		o := offices[commune.Office]
		if o == nil {
			o = &OfficeNeed{Office: commune.Office}
			offices[commune.Office] = o
			order = append(order, commune.Office)
		}
		o.add(n.Need)
	}
	slices.Sort(order)
	for _, id := range order {
		o := offices[id]
		o.Teams = teams(o.TeamDays, r.Days)
		r.Offices = append(r.Offices, *o)
		r.Total.add(o.Need)
		r.Total.Teams += o.Teams
	}
	return r
}

// add sums up; distances and teams do not add.
func (n *Need) add(o Need) {
	n.Uncovered += o.Uncovered
	n.Sessions += o.Sessions
	n.Planned += o.Planned
	n.TeamDays = tenth(n.TeamDays + o.TeamDays)
	n.Cost += o.Cost
}

func teams(days float64, left int) int {
	if left == 0 {
		return 0
	}
	return int(math.Ceil(days / float64(left)))
}

func ceil(a, b int) int { return (a + b - 1) / b }

func tenth(f float64) float64 { return math.Round(f*10) / 10 }

// seatsOf is the middle of each office's communes, degrees.
func seatsOf(plan *campaign.Plan, province string, today journal.Day) map[string][2]float64 {
	sums, n := map[string][2]float64{}, map[string]float64{}
	for _, c := range plan.CommunesOf(province, today) {
		s := sums[c.Office]
		sums[c.Office] = [2]float64{s[0] + c.Lat, s[1] + c.Lon}
		n[c.Office]++
	}
	for id, s := range sums {
		sums[id] = [2]float64{s[0] / n[id], s[1] / n[id]}
	}
	return sums
}

// kilometres is the straight line between two places in degrees, on a sphere.
func kilometres(a, b [2]float64) float64 {
	const radius, rad = 6371.0, math.Pi / 180
	lat, lon := (b[0]-a[0])*rad, (b[1]-a[1])*rad
	h := math.Sin(lat/2)*math.Sin(lat/2) + math.Cos(a[0]*rad)*math.Cos(b[0]*rad)*math.Sin(lon/2)*math.Sin(lon/2)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Waiting counts, by commune of a day, the sessions that a plan still holds there.
func Waiting(plan *campaign.Plan, cover []VillageCover, day journal.Day) (planned map[string]int) {
	planned = map[string]int{}
	for i := range cover {
		planned[plan.CodeOn(cover[i].Commune, day)] += cover[i].Planned
	}
	return planned
}
