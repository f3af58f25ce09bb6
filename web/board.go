package web

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

type campaignView struct {
	ID        string        `json:"id"`
	Kind      campaign.Kind `json:"kind" enum:"festival,sprint,standing"`
	Name      campaign.Name `json:"name"`
	Start     journal.Day   `json:"start"`
	End       journal.Day   `json:"end"`
	Synthetic bool          `json:"synthetic"`
	ClosedAt  *time.Time    `json:"closed_at"`
	PeakFrom  *journal.Day  `json:"peak_from" doc:"first day of the final stretch that has targets of its own"`
}

func viewCampaign(plan *campaign.Plan, c *campaign.Campaign, closed tally.Closings) campaignView {
	v := campaignView{ID: c.ID, Kind: c.Kind, Name: c.Name, Start: c.Start, End: c.End, Synthetic: c.Synthetic}
	if at := closed.Campaign(c.ID); !at.IsZero() {
		v.ClosedAt = &at
	}
	if from, ok := plan.Peak(c); ok {
		v.PeakFrom = &from
	}
	return v
}

type campaignsOutput struct {
	Body struct {
		Campaigns []campaignView `json:"campaigns" nullable:"false"`
		Default   string         `json:"default" doc:"the campaign to show first"`
	}
}

func (s *Server) campaigns(ctx context.Context, caller Caller, _ *struct{}) (*campaignsOutput, error) {
	out := &campaignsOutput{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		acts, err := tx.EveryAct()
		if err != nil {
			return err
		}
		closed := tally.FoldActs(acts)
		for _, c := range plan.Campaigns {
			if _, err := campaignOf(caller, plan, c.ID); err != nil {
				continue
			}
			out.Body.Campaigns = append(out.Body.Campaigns, viewCampaign(plan, c, closed))
		}
		return nil
	})
	// Festivals before what always runs, the latest first.
	slices.SortFunc(out.Body.Campaigns, func(a, b campaignView) int {
		if sa, sb := a.Kind == campaign.Standing, b.Kind == campaign.Standing; sa != sb {
			if sa {
				return 1
			}
			return -1
		}
		if a.Start != b.Start {
			return strings.Compare(string(b.Start), string(a.Start))
		}
		return strings.Compare(a.ID, b.ID)
	})
	if len(out.Body.Campaigns) > 0 {
		out.Body.Default = out.Body.Campaigns[0].ID
	}
	return out, err
}

// counts are figures as plain numbers: the closed ones, which are all of them
// until a closing.
type counts map[tally.Indicator]int

func closedCounts(t tally.Total) counts {
	out := counts{}
	for i, c := range t {
		if c.Closed != 0 {
			out[i] = c.Closed
		}
	}
	return out
}

// shares are figures in percent of what they are measured by, to a tenth.
type shares map[tally.Indicator]float64

type figureView struct {
	Value int `json:"value"`
	Late  int `json:"late" doc:"what late entries would add or take away"`
}

type dayView struct {
	Day     journal.Day `json:"day"`
	Figures counts      `json:"figures"`
}

type officeRow struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Figures      counts   `json:"figures"`
	Target       int      `json:"target"`
	Percent      *float64 `json:"percent"`
	Rank         int      `json:"rank"`
	PreviousRank int      `json:"previous_rank"`
	Days         []int    `json:"days" nullable:"false" doc:"enrolments by day of the campaign"`
}

type communeRow struct {
	Code         string       `json:"code"`
	Name         string       `json:"name"`
	Type         string       `json:"type"`
	Office       string       `json:"office"`
	Lat          float64      `json:"lat"`
	Lon          float64      `json:"lon"`
	Figures      counts       `json:"figures"`
	Targets      counts       `json:"targets" doc:"of each indicator of which the office has a target for the whole campaign, an even share, as a measure for the map"`
	Percents     shares       `json:"percents" doc:"of these shares, by the figures of the whole campaign"`
	LastSession  *journal.Day `json:"last_session"`
	MovedWeather int          `json:"moved_weather"`
}

type EventView struct {
	ID           journal.ID `json:"id" format:"uuid"`
	At           time.Time  `json:"at"`
	Kind         string     `json:"kind"`
	Office       string     `json:"office"`
	Commune      string     `json:"commune"`
	Place        string     `json:"place"`
	ActivityKind string     `json:"activity_kind"`
	Scheme       string     `json:"scheme"`
	Stage        string     `json:"stage"`
	Count        int        `json:"count"`
	Reason       string     `json:"reason"`
	Late         bool       `json:"late"`
	Superseding  bool       `json:"superseding"`
	Withdrawn    bool       `json:"withdrawn"`
}

// Board is everything that the live board shows.
type Board struct {
	AsOf time.Time `json:"as_of"`
	DrawnBoard
}

// DrawnBoard is what is the same for all who look at the same time.
type DrawnBoard struct {
	encoded []byte // as JSON, once for all of them

	Campaign    campaignView `json:"campaign"`
	Province    provinceView `json:"province"`
	Position    int64        `json:"position"`
	LastEntryAt *time.Time   `json:"last_entry_at"`
	Today       journal.Day  `json:"today"`
	// From and To are the period of the figures.
	From      journal.Day                    `json:"from"`
	To        journal.Day                    `json:"to"`
	Figures   map[tally.Indicator]figureView `json:"figures"`
	Days      []dayView                      `json:"days" nullable:"false"`
	Hours     []int                          `json:"hours" nullable:"false" doc:"people identified by hour of the first meeting, 24 of them"`
	Office    campaign.OfficeHours           `json:"office_hours"`
	Ruled     bool                           `json:"ruled" doc:"the offices stand by a rule that the province has published, else by their share of the target"`
	Offices   []officeRow                    `json:"offices" nullable:"false"`
	Communes  []communeRow                   `json:"communes" nullable:"false"`
	Elsewhere counts                         `json:"elsewhere"`
	Pace      paceView                       `json:"pace"`
	UnderWay  int                            `json:"under_way"`
	Planned   int                            `json:"planned"`
	Moved     int                            `json:"moved"`
	Cancelled int                            `json:"cancelled"`
	Unvisited []string                       `json:"unvisited" nullable:"false" doc:"communes without a session in the last three days"`
	Events    []EventView                    `json:"events" nullable:"false"`
}

// MarshalJSON puts the clock of this answer before what is encoded already.
func (b Board) MarshalJSON() ([]byte, error) {
	out := append(b.AsOf.AppendFormat([]byte(`{"as_of":"`), time.RFC3339Nano), `",`...)
	return append(out, b.encoded[1:]...), nil
}

// encode ends the drawing.
func (b *DrawnBoard) encode() (err error) {
	b.encoded, err = json.Marshal(b)
	return err
}

type provinceView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Communes int    `json:"communes"`
}

type paceView struct {
	Indicator tally.Indicator `json:"indicator"`
	campaign.Pace
}

type boardInput struct {
	Campaign string `path:"campaign"`
	From     string `query:"from" doc:"first day, YYYY-MM-DD; empty for the whole campaign"`
	To       string `query:"to" doc:"last day"`
	At       string `query:"at" doc:"as the figures stood at this instant of the past, RFC 3339, by the plan of now; hours are empty where it is before they were kept"`
}

type boardOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         *Board
}

func (s *Server) board(ctx context.Context, caller Caller, in *boardInput) (*boardOutput, error) {
	from, to, err := periodOf(in.From, in.To)
	if err != nil {
		return nil, err
	}
	at, err := s.momentOf(in.At)
	if err != nil {
		return nil, err
	}
	out := &boardOutput{CacheControl: "no-store"}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		c, err := campaignOf(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		if !at.IsZero() {
			out.Body, err = s.pastBoard(tx, plan, c, from, to, at)
			return err
		}
		out.Body, err = s.boards.get(tx, plan, c, from, to, s.Now(), s.drawBoard)
		return err
	})
	return out, err
}

// periodOf reads the days "from" and "to" of a request; see [dayIn].
func periodOf(from, to string) (a, b journal.Day, err error) {
	if a, err = dayIn("from", from); err == nil {
		b, err = dayIn("to", to)
	}
	return a, b, err
}

// dayIn reads a day of a request, or none: plan.day with the day and its field.
func dayIn(field, text string) (journal.Day, error) {
	if text == "" {
		return "", nil
	}
	day, err := journal.ParseDay(text)
	if err != nil {
		return "", journal.Refuse("plan.day", "day", text, "field", field)
	}
	return day, nil
}

// boardCache keeps boards until the next commit, so that a hundred viewers
// cost one.
type boardCache struct {
	mu       sync.Mutex
	position int64
	minute   int64
	boards   map[string]*DrawnBoard
}

func (bc *boardCache) get(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, from, to journal.Day, now time.Time,
	draw func(store.Tx, *campaign.Plan, *campaign.Campaign, journal.Day, journal.Day, time.Time) (*DrawnBoard, error),
) (*Board, error) {
	position, err := tx.Position()
	if err != nil {
		return nil, err
	}
	key := c.ID + " " + string(from) + " " + string(to) + " " + strconv.FormatInt(plan.Version, 10)
	bc.mu.Lock()
	defer bc.mu.Unlock()
	if minute := now.Unix() / 60; bc.position != position || bc.minute != minute || bc.boards == nil {
		bc.position, bc.minute, bc.boards = position, minute, map[string]*DrawnBoard{}
	}
	b := bc.boards[key]
	if b == nil {
		if b, err = draw(tx, plan, c, from, to, now); err != nil {
			return nil, err
		}
		b.Position = position
		if err := b.encode(); err != nil {
			return nil, err
		}
		bc.boards[key] = b
	}
	return &Board{now.UTC(), *b}, nil
}

func (s *Server) drawBoard(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, from, to journal.Day, now time.Time) (*DrawnBoard, error) {
	whole, err := s.figures.Sheet(tx, c.ID)
	if err != nil {
		return nil, err
	}
	b, closings, err := s.drawFigures(tx, plan, c, whole, from, to, now)
	if err != nil {
		return nil, err
	}
	if err := b.hours(tx, c, b.From, b.To, time.Time{}); err != nil {
		return nil, err
	}
	sessions, err := s.Intake.Sessions(tx, plan, c.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range sessions {
		b.session(a.Status(), a.Start, a.End, now)
	}
	return b, b.events(tx, plan, s, c, closings, time.Time{})
}

// drawFigures draws what a sheet of figures tells.
func (s *Server) drawFigures(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, whole tally.Sheet, from, to journal.Day, now time.Time) (*DrawnBoard, tally.Closings, error) {
	acts, err := tx.Acts([]string{c.ID})
	if err != nil {
		return nil, nil, err
	}
	acts = slices.DeleteFunc(acts, func(a tally.Act) bool { return a.At.After(now) })
	closings := tally.FoldActs(acts)
	if from == "" {
		from = c.Start
	}
	if to == "" {
		to = c.End
	}
	period := slices.DeleteFunc(slices.Clone(whole), func(f tally.Figure) bool { return f.Day < from || f.Day > to })
	b := &DrawnBoard{
		Campaign: viewCampaign(plan, c, closings), Today: journal.DayOf(now), From: from, To: to,
		Figures: map[tally.Indicator]figureView{}, Province: provinceView{ID: c.Province},
		Unvisited: []string{}, Events: []EventView{}, Ruled: c.League != nil, Office: c.Hours.OrUsual(),
	}
	for i, cell := range period.Total() {
		b.Figures[i] = figureView{cell.Closed, cell.Late()}
	}
	day := min(b.Today, to) // as the communes are at its end
	communes := plan.CommunesOf(c.Province, day)
	b.Province.Communes = len(communes)
	if o := plan.Offices[c.Province]; o != nil {
		b.Province.Name = o.Name
	}
	byDay := whole.ByDay()
	b.days(c, byDay)
	contest, err := s.published(tx, plan, c, whole, nil) // units alone
	if err != nil {
		return nil, nil, err
	}
	b.offices(contest, period)
	b.communes(plan, c, day, communes, whole, period)
	b.pace(plan, c, byDay)
	return b, closings, nil
}

func (b *DrawnBoard) days(c *campaign.Campaign, byDay map[journal.Day]tally.Total) {
	for d := c.Start; d <= c.End; d = d.Add(1) {
		b.Days = append(b.Days, dayView{d, closedCounts(byDay[d])})
	}
}

// hours are those of a moment of the past; zero for now, as for the events.
func (b *DrawnBoard) hours(tx store.Tx, c *campaign.Campaign, from, to journal.Day, asOf time.Time) error {
	b.Hours = make([]int, 24)
	sums, err := tx.SumByDim(tally.Query{Campaign: c.ID, Indicator: tally.ReachedIdentified, Dim: "hour", From: from, To: to, AsOf: asOf})
	for hour, cell := range sums {
		if h, err := strconv.Atoi(strings.TrimPrefix(hour, "hour=")); err == nil && h >= 0 && h < 24 {
			b.Hours[h] += cell.Closed
		}
	}
	return err
}

func (b *DrawnBoard) offices(league *report.Contest, period tally.Sheet) {
	c := league.Campaign
	was := ranks(league.Offices(yesterday(c, b.Today)))
	byOffice := period.ByOffice()
	byDay := tally.By(league.Figures, func(k tally.Key) [2]string { return [2]string{k.Office, string(k.Day)} })
	for _, st := range league.Offices(always) {
		row := officeRow{
			ID: st.Office.ID, Name: st.Office.Name, Figures: closedCounts(byOffice[st.Office.ID]),
			Target: st.Target, Rank: st.Rank, PreviousRank: was[st.Office.ID],
		}
		if st.Percent != nil {
			p := float64(*st.Percent) / 10
			row.Percent = &p
		}
		for d := c.Start; d <= c.End; d = d.Add(1) {
			row.Days = append(row.Days, byDay[[2]string{st.Office.ID, string(d)}][tally.Enrolments].Closed)
		}
		b.Offices = append(b.Offices, row)
	}
}

// communes shows those that stand on a day, and of those merged by then the ones
// that have figures in the period, with the office that they had. How far a
// commune has come is told with what it took in.
func (b *DrawnBoard) communes(plan *campaign.Plan, c *campaign.Campaign, day journal.Day, communes []*campaign.Commune, whole, period tally.Sheet) {
	byCommune, wholeCommune := period.ByCommune(), tally.By(whole, func(k tally.Key) string { return plan.CodeOn(k.Commune, day) })
	for code := range byCommune {
		was := plan.Communes[code]
		if was == nil || was.Stands(day) || !slices.ContainsFunc(slices.Collect(maps.Values(byCommune[code])), func(c tally.Cell) bool { return c.Closed != 0 }) {
			continue
		}
		if was = was.On(was.Merged.From.Add(-1)); plan.Under(was.Office, c.Province) {
			communes = append(communes, was)
		}
	}
	slices.SortFunc(communes, func(a, b *campaign.Commune) int { return cmp.Compare(a.Code, b.Code) })
	targets := map[string]counts{}
	for _, indicator := range plan.Aims(c) {
		for code, share := range plan.CommuneShares(c, indicator, day) {
			if share > 0 {
				if targets[code] == nil {
					targets[code] = counts{}
				}
				targets[code][tally.Indicator(indicator)] = share
			}
		}
	}
	b.Elsewhere = closedCounts(byCommune[""])
	last := map[string]journal.Day{}
	for _, f := range whole {
		if f.Indicator == tally.Sessions && f.Closed > 0 && f.Day <= b.To && f.Day > last[plan.CodeOn(f.Commune, day)] {
			last[plan.CodeOn(f.Commune, day)] = f.Day
		}
	}
	until := b.To
	if b.Today < until {
		until = b.Today
	}
	since := until.Add(-2)
	for _, c := range communes {
		row := communeRow{
			Code: c.Code, Name: c.Name, Type: c.Type, Office: c.Office, Lat: c.Lat, Lon: c.Lon, Targets: targets[c.Code], Percents: shares{},
			Figures: closedCounts(byCommune[c.Code]), MovedWeather: byCommune[c.Code][tally.SessionsMovedWeather].Closed,
		}
		for i, target := range row.Targets {
			row.Percents[i] = float64(wholeCommune[c.Code][i].Closed*1000/target) / 10
		}
		if d, ok := last[c.Code]; ok {
			row.LastSession = &d
		}
		if last[c.Code] < since && c.Stands(day) {
			b.Unvisited = append(b.Unvisited, c.Code)
		}
		b.Communes = append(b.Communes, row)
	}
}

func (b *DrawnBoard) pace(plan *campaign.Plan, c *campaign.Campaign, byDay map[journal.Day]tally.Total) {
	target, _ := plan.ProvinceTarget(c, string(tally.Enrolments), c.Start, c.End)
	var daily []int
	for d := c.Start; d <= c.End && d <= b.Today; d = d.Add(1) {
		daily = append(daily, byDay[d][tally.Enrolments].Closed)
	}
	b.Pace = paceView{tally.Enrolments, campaign.PaceOf(target, c.Start, c.End, b.Today, daily)}
}

// session counts a session as it stands at an instant.
func (b *DrawnBoard) session(status campaign.Status, start, end, now time.Time) {
	if status != campaign.StatusCancelled && !start.After(now) && end.After(now) {
		b.UnderWay++
	}
	switch status {
	case campaign.StatusPlanned:
		b.Planned++
	case campaign.StatusMoved:
		b.Moved++
	case campaign.StatusCancelled:
		b.Cancelled++
	}
}

func (b *DrawnBoard) events(tx store.Tx, plan *campaign.Plan, s *Server, c *campaign.Campaign, closings tally.Closings, asOf time.Time) error {
	recent, err := tx.Recent(c.ID, asOf, 30)
	if err != nil {
		return err
	}
	// What a lead asks of somebody is not for the whole province.
	recent = slices.DeleteFunc(recent, func(st journal.Stored) bool { return st.Kind == outreach.SentBack.Name })
	if len(recent) > 0 {
		at := recent[0].Received.At
		b.LastEntryAt = &at
	}
	placed, err := s.place(tx, plan, closings, recent, asOf)
	if err != nil {
		return err
	}
	for _, p := range placed {
		b.Events = append(b.Events, viewEvent(plan, p))
	}
	return nil
}

// place reads entries with the records that they belong to, their sessions and
// the enrolments of which they are stages, as they stood at a moment of the past;
// zero for now.
func (s *Server) place(tx store.Tx, plan *campaign.Plan, closings tally.Closings, entries []journal.Stored, asOf time.Time) ([]placedEntry, error) {
	var roots []journal.ID
	for _, st := range entries {
		roots = append(roots, st.Root)
		if !st.Session.IsZero() {
			roots = append(roots, st.Session)
		}
		roots = append(roots, st.Refs...)
	}
	slices.SortFunc(roots, journal.ID.Compare)
	records, err := tx.Records(slices.Compact(roots))
	if err != nil {
		return nil, err
	}
	by := map[journal.ID]tally.Placed{}
	plans := map[journal.ID]*campaign.Planned{}
	enrolments := map[journal.ID]*outreach.EnrolmentBody{}
	for _, p := range tally.Place(plan, s.Intake.Schema(), closings, standing(asOf, records)) {
		by[p.ID] = p
		switch b := p.Body.(type) {
		case *campaign.Planned:
			if p.Holds || plans[p.Root] == nil {
				plans[p.Root] = b
			}
		case *outreach.EnrolmentBody:
			if p.Holds || enrolments[p.Root] == nil {
				enrolments[p.Root] = b
			}
		}
	}
	var out []placedEntry
	for _, st := range entries {
		e := placedEntry{Placed: by[st.ID], session: plans[st.Session]}
		if len(st.Refs) > 0 {
			e.enrolment = enrolments[st.Refs[0]]
		}
		out = append(out, e)
	}
	return out, nil
}

type placedEntry struct {
	tally.Placed
	session   *campaign.Planned       // nil if it was at none
	enrolment *outreach.EnrolmentBody // of which it is a stage
}

// MarshalJSON keeps an empty set of counts an object.
func (c counts) MarshalJSON() ([]byte, error) {
	if c == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[tally.Indicator]int(c))
}
