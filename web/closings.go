package web

import (
	"context"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

func (s *Server) closingRoutes() {
	const tag, base = "figures", "/api/v1/campaigns/{campaign}"
	register(s, access.ViewBoard, namesNobody, operation("GET", base+"/closings", "Which days are confirmed, what came late, and what waits", tag), s.closings)
	register(s, access.CloseDay, recordsItself, operation("POST", base+"/closings", "Confirm days or a campaign, or open them again", tag), s.closeDays)
}

// checked are the figures that whoever confirms a day looks at first.
var checked = []tally.Indicator{tally.PeopleReached, tally.Enrolments, tally.Switches, tally.Sessions}

type closedView struct {
	At     time.Time  `json:"at"`
	By     string     `json:"by" doc:"name of who confirmed; empty where the caller may not know"`
	Office officeView `json:"office" doc:"that confirmed: this one, or one above it"`
	Above  bool       `json:"above" doc:"it was one above"`
}

type standView struct {
	Closed    *closedView                    `json:"closed" doc:"null while it is open"`
	Figures   map[tally.Indicator]figureView `json:"figures" doc:"what is checked before confirming"`
	Late      counts                         `json:"late" doc:"signed differences by all that came late; what makes none is not there"`
	Unclosed  int                            `json:"unclosed" doc:"sessions that are over and wait for their head count"`
	Reviews   int                            `json:"reviews" doc:"review items that the caller may see"`
	MayClose  bool                           `json:"may_close"`
	MayReopen bool                           `json:"may_reopen"`
	Waiting   bool                           `json:"waiting" doc:"its re-opening waits for a second person, as far as the caller may know"`
}

type closingDay struct {
	Day journal.Day `json:"day"`
	standView
	Running bool `json:"running" doc:"it is not over: an activity of it still goes on, or it is before 17:00"`
}

type closingOffice struct {
	ID    string       `json:"id"`
	Name  string       `json:"name"`
	Whole bool         `json:"whole" doc:"the province: its figures are those of all offices"`
	May   bool         `json:"may" doc:"the caller may confirm its days"`
	Days  []closingDay `json:"days" nullable:"false"`
}

type closingsInput struct {
	Campaign string `path:"campaign"`
	From     string `query:"from" doc:"first day, YYYY-MM-DD; the last 100 days without it"`
	To       string `query:"to" doc:"last day; today, or the end of the campaign, without it"`
}

type closingsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Today    journal.Day     `json:"today"`
		From     journal.Day     `json:"from"`
		To       journal.Day     `json:"to"`
		Campaign standView       `json:"campaign"`
		Offices  []closingOffice `json:"offices" nullable:"false"`
	}
}

// closingTable reads, in one transaction, how the days of a campaign stand.
type closingTable struct {
	*Server
	tx       store.Tx
	plan     *campaign.Plan
	caller   Caller
	which    *campaign.Campaign
	today    journal.Day
	closings tally.Closings
	sheet    tally.Sheet
	sessions []*tally.Session
	unclosed []*tally.Session
	reviews  []placeOfReview
	listed   int // all that waits for a look, as the list of reviews shows it
	waiting  map[string]map[journal.Day]bool
	by       map[journal.ID]journal.Stored // of the closings
	name     func(string) string
}

// placeOfReview is where an item for review bears on the figures.
type placeOfReview struct {
	office string
	day    journal.Day
}

func (s *Server) closingTable(tx store.Tx, plan *campaign.Plan, c Caller, id string) (t *closingTable, err error) {
	t = &closingTable{Server: s, tx: tx, plan: plan, caller: c, today: journal.DayOf(s.Now())}
	if t.which, err = campaignOf(c, plan, id); err != nil {
		return nil, err
	}
	acts, err := tx.Acts([]string{id})
	if err != nil {
		return nil, err
	}
	t.closings = tally.FoldActs(acts)
	var ids []journal.ID
	for _, act := range t.closings {
		ids = append(ids, act.ID)
	}
	if t.by, err = tx.Headers(ids); err != nil {
		return nil, err
	}
	if t.sheet, err = s.figures.Sheet(tx, id); err != nil {
		return nil, err
	}
	sessions, err := s.Intake.Sessions(tx, plan, id)
	if err != nil {
		return nil, err
	}
	t.sessions, t.unclosed = sessions, tally.Unclosed(sessions, s.Now())
	if err := t.readReviews(); err != nil {
		return nil, err
	}
	if t.listed, err = s.waiting(tx, plan, c, t.which); err != nil {
		return nil, err
	}
	var offices []string
	for id := range plan.Offices {
		if access.May(c.Actor, access.CloseDay, id, plan) == nil {
			offices = append(offices, id)
		}
	}
	if t.waiting, err = fieldsync.WaitingReopenings(tx, s.Now(), id, offices); err != nil {
		return nil, err
	}
	t.name, err = namesOf(tx, c.Actor, plan)
	return t, err
}

// readReviews finds the office and the day of each item that the caller may see.
func (t *closingTable) readReviews() error {
	all, err := t.tx.ReviewsOfCampaign(t.which.ID)
	if err != nil {
		return err
	}
	var roots []journal.ID
	for _, r := range all {
		roots = append(roots, r.Root)
	}
	placed, err := t.placedRoots(t.tx, t.plan, roots)
	for _, r := range all {
		p, ok := placed[r.Root]
		if ok && t.caller.sees(t.plan, p.Office, p.Commune) {
			t.reviews = append(t.reviews, placeOfReview{p.Office, p.Day})
		}
	}
	return err
}

// placedRoots gives of each record the version that holds, else any.
func (s *Server) placedRoots(tx store.Tx, plan *campaign.Plan, roots []journal.ID) (map[journal.ID]tally.Placed, error) {
	records, err := tx.Records(roots)
	out := map[journal.ID]tally.Placed{}
	for _, p := range tally.Place(plan, s.Intake.Schema(), nil, records) {
		if _, ok := out[p.Root]; p.Holds || !ok {
			out[p.Root] = p
		}
	}
	return out, err
}

// stand is how some figures stand, with what of them came late.
func stand(total tally.Total) standView {
	v := standView{Figures: map[tally.Indicator]figureView{}, Late: counts{}}
	for _, i := range checked {
		v.Figures[i] = figureView{total[i].Closed, total[i].Late()}
	}
	for i, cell := range total {
		if cell.Late() != 0 {
			v.Late[i] = cell.Late()
		}
	}
	return v
}

func (t *closingTable) closed(act tally.Act, above bool) *closedView {
	st := t.by[act.ID]
	v := &closedView{At: act.At, Office: officeView{st.Office, officeName(t.plan, st.Office)}, Above: above}
	if access.May(t.caller.Actor, access.ViewEntries, st.Office, t.plan) == nil {
		v.By = t.name(st.Author)
		if w := t.plan.Campaigners[st.Author]; v.By == "" && w != nil {
			v.By = w.Name
		}
	}
	return v
}

// whole is how the campaign stands.
func (t *closingTable) whole() standView {
	v := stand(t.sheet.Total())
	v.Unclosed, v.Reviews = len(t.unclosed), t.listed
	act, closed := t.closings.Whole(t.which.ID)
	if closed {
		v.Closed = t.closed(act, false)
	}
	may := access.May(t.caller.Actor, access.CloseCampaign, t.which.Province, t.plan) == nil
	v.MayClose, v.MayReopen = may && !closed && t.which.Start <= t.today, may && closed
	return v
}

// workday is when a day ends on which nothing is planned for later.
const workday = 17 * time.Hour

// office is how the days of an office and of those below it stand.
func (t *closingTable) office(o *campaign.Office, from, to journal.Day) closingOffice {
	out := closingOffice{ID: o.ID, Name: o.Name, Whole: o.ID == t.which.Province, Days: []closingDay{}}
	out.May = access.May(t.caller.Actor, access.CloseDay, o.ID, t.plan) == nil
	var own tally.Sheet
	for _, f := range t.sheet {
		if t.plan.Under(f.Office, o.ID) {
			own = append(own, f)
		}
	}
	unclosed, reviews := map[journal.Day]int{}, map[journal.Day]int{}
	for _, a := range t.unclosed {
		if t.plan.Under(a.Office, o.ID) {
			unclosed[journal.DayOf(a.Start)]++
		}
	}
	for _, r := range t.reviews {
		if t.plan.Under(r.office, o.ID) {
			reviews[r.day]++
		}
	}
	ends := t.today.Start().Add(workday)
	for _, a := range t.sessions {
		if journal.DayOf(a.Start) == t.today && t.plan.Under(a.Office, o.ID) && a.Status() != campaign.StatusCancelled && a.End.After(ends) {
			ends = a.End
		}
	}
	_, over := t.closings.Whole(t.which.ID)
	byDay := own.ByDay()
	for day := from; day <= to; day = day.Add(1) {
		v := closingDay{day, stand(byDay[day]), day == t.today && t.Now().Before(ends)}
		v.Unclosed, v.Reviews, v.Waiting = unclosed[day], reviews[day], t.waiting[o.ID][day]
		act, closed := t.closings.Day(t.which.ID, o.ID, day)
		if closed {
			v.Closed = t.closed(act, false)
		} else if act, covered := t.closings.Above(t.plan, t.which.ID, o.ID, day); covered {
			v.Closed = t.closed(act, true)
		}
		v.MayClose = out.May && !over && v.Closed == nil && day <= t.today
		v.MayReopen = out.May && !over && closed && !v.Waiting
		out.Days = append(out.Days, v)
	}
	return out
}

func (s *Server) closings(ctx context.Context, c Caller, in *closingsInput) (*closingsOutput, error) {
	from, to, err := periodOf(in.From, in.To)
	if err != nil {
		return nil, err
	}
	out := &closingsOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Offices = []closingOffice{}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		t, err := s.closingTable(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		if to == "" {
			to = t.today
		}
		to = min(to, t.which.End)
		from = max(from, t.which.Start, to.Add(1-fieldsync.MostDays))
		b.Today, b.From, b.To, b.Campaign = t.today, from, to, t.whole()
		offices := plan.LeagueOffices(t.which.Province, t.which.Start)
		if o := plan.Offices[t.which.Province]; o != nil && o.Kind != campaign.GrassRoots {
			offices = append([]*campaign.Office{o}, offices...)
		}
		for _, o := range offices {
			if access.May(c.Actor, access.ViewBoard, o.ID, plan) == nil {
				b.Offices = append(b.Offices, t.office(o, from, to))
			}
		}
		return nil
	})
	return out, err
}

type closeInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Scope  string        `json:"scope" enum:"day,campaign"`
		Office string        `json:"office,omitempty" maxLength:"100" doc:"whose days they are; none for the campaign"`
		Days   []journal.Day `json:"days,omitempty" maxItems:"366"`
		Reopen bool          `json:"reopen,omitempty"`
		Reason string        `json:"reason,omitempty" maxLength:"1000" doc:"of a re-opening"`
	}
}

type closeDone struct {
	Day   journal.Day `json:"day" doc:"empty for the campaign"`
	Entry journal.ID  `json:"entry" format:"uuid"`
	State string      `json:"state" enum:"closed,reopened,waiting" doc:"waiting: a second person has to agree"`
}

type closeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Done []closeDone `json:"done" nullable:"false"`
	}
}

func (s *Server) closeDays(ctx context.Context, c Caller, in *closeInput) (*closeOutput, error) {
	if _, err := campaignOf(c, c.plan, in.Campaign); err != nil {
		return nil, err
	}
	act := fieldsync.ClosingAct{Campaign: in.Campaign, Office: in.Body.Office, Days: in.Body.Days, Reopen: in.Body.Reopen, Reason: in.Body.Reason}
	if day := in.Body.Scope == "day"; day != (act.Office != "") || !day && len(act.Days) > 0 {
		return nil, journal.Refuse("closing.day")
	}
	done, err := s.Intake.Close(ctx, c.Actor, act)
	if err != nil {
		return nil, err
	}
	out := &closeOutput{CacheControl: "no-store"}
	out.Body.Done = []closeDone{}
	for _, d := range done {
		state := map[bool]string{true: "reopened", false: "closed"}[act.Reopen]
		if d.Waits {
			state = "waiting"
		}
		out.Body.Done = append(out.Body.Done, closeDone{d.Day, d.Entry, state})
	}
	return out, nil
}
