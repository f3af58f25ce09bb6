package web

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/people"
	"caunoi/planning"
	"caunoi/store"
	"caunoi/tally"
)

// mostPlan is how large a plan that is sent may be, bytes.
const mostPlan = 16 << 20

// planningRoutes leave no act in the audit: what is planned is entries, which
// name who recorded them.
func (s *Server) planningRoutes() {
	const tag, base = "plan", "/api/v1/campaigns/{campaign}"
	register(s, access.ViewBoard, namesNobody, operation("GET", base+"/activities", "Activities and shifts as they stand, with what clashes", tag), s.activities)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/planning", "What a plan is made of: offices, communes, villages, people, rooms, vehicles", tag), s.planningMaterial)
	register(s, access.PlanActivities, namesNobody, operation("POST", base+"/activities", "Plan an activity, once or as a series", tag), s.planActivities)
	register(s, access.PlanActivities, namesNobody, operation("PUT", base+"/activities/{activity}", "Change what is planned", tag), s.correctActivity)
	register(s, access.PlanActivities, namesNobody, operation("POST", base+"/activities/move", "Move activities", tag), s.moveActivities)
	register(s, access.PlanActivities, namesNobody, operation("POST", base+"/activities/cancel", "Call activities off", tag), s.cancelActivities)
	register(s, access.PlanActivities, namesNobody, operation("POST", base+"/activities/undo", "Take back what was done to the plan at the desk", tag), s.undoPlanning)
	register(s, access.ViewBoard, namesNobody, operation("GET", base+"/activities/file", "The plan as a spreadsheet or a calendar", tag), s.planFile)
	bring := operation("POST", base+"/activities/file", "Bring a plan from a spreadsheet (.xlsx, .csv) or a calendar (.ics)", tag)
	bring.MaxBodyBytes = mostPlan
	register(s, access.PlanActivities, namesNobody, bring, s.importPlan)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/coverage", "Villages, and what is held and planned there", tag), s.coverage)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/arithmetic", "What covering the uncovered takes", tag), s.arithmetic)
	register(s, access.SetPolicy, recordsItself, operation("PUT", base+"/arithmetic", "Set what the arithmetic of a plan rests on", tag), s.setArithmetic)
}

// planner acts for the caller in a campaign that the caller may see.
func (s *Server) planner(tx store.Tx, plan *campaign.Plan, c Caller, id string) (*planning.Planner, error) {
	which, err := campaignOf(c, plan, id)
	return &planning.Planner{
		Schema: s.Intake.Schema(), Tx: tx, Plan: plan, Campaign: which, Actor: c.Actor, Now: store.Micro(s.Now()),
		Append: planning.Appender(s.appends(tx, plan)),
	}, err
}

type clashView struct {
	Kind campaign.ClashKind `json:"kind" enum:"person,vehicle,room"`
	What string             `json:"what" doc:"the name of the person, vehicle or room"`
	A    clashSide          `json:"a"`
	B    clashSide          `json:"b"`
	From time.Time          `json:"from"`
	To   time.Time          `json:"to"`
}

type clashSide struct {
	ID      journal.ID            `json:"id" format:"uuid"`
	Kind    campaign.ActivityKind `json:"kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	Commune string                `json:"commune"`
	Office  string                `json:"office"`
	Start   time.Time             `json:"start"`
}

func viewClashes(plan *campaign.Plan, sessions []*tally.Session, ids []journal.ID) []clashView {
	by := map[journal.ID]*tally.Session{}
	for _, s := range sessions {
		by[s.ID] = s
	}
	side := func(id journal.ID) clashSide {
		a := by[id]
		return clashSide{id, a.Kind, communeName(plan, a.Commune), officeName(plan, a.Office), a.Start}
	}
	out := []clashView{}
	for _, c := range planning.Clashes(sessions, ids) {
		v := clashView{Kind: c.Kind, What: c.What, A: side(c.A), B: side(c.B), From: c.From, To: c.To}
		if c.Kind == campaign.ClashPerson {
			v.What = authorName(plan, c.What)
		}
		out = append(out, v)
	}
	return out
}

type namedPlace struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type communeMaterial struct {
	Code     string           `json:"code"`
	Name     string           `json:"name"`
	Office   string           `json:"office"`
	Lat      float64          `json:"lat"`
	Lon      float64          `json:"lon"`
	Market   *campaign.Market `json:"market" doc:"null where nobody said when the market is"`
	Villages []namedPlace     `json:"villages" nullable:"false"`
}

type memberMaterial struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Office  string `json:"office"`
	Partner string `json:"partner" doc:"the organisation of an agent"`
}

type materialOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Offices  []officeView      `json:"offices" nullable:"false" doc:"for which the caller may plan"`
		Communes []communeMaterial `json:"communes" nullable:"false" doc:"of those offices"`
		Members  []memberMaterial  `json:"members" nullable:"false" doc:"of the whole province, since people are lent"`
		Partners []officeView      `json:"partners" nullable:"false"`
		Rooms    []string          `json:"rooms" nullable:"false" doc:"that this campaign's plan names"`
		Vehicles []string          `json:"vehicles" nullable:"false"`
		Topics   []string          `json:"topics" nullable:"false"`
	}
}

type planInput struct {
	Campaign string `path:"campaign"`
}

func (s *Server) planningMaterial(ctx context.Context, c Caller, in *planInput) (*materialOutput, error) {
	out := &materialOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Offices, b.Communes, b.Members, b.Partners = []officeView{}, []communeMaterial{}, []memberMaterial{}, []officeView{}
	b.Rooms, b.Vehicles, b.Topics = []string{}, []string{}, []string{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		sessions, err := p.Sessions()
		if err != nil {
			return err
		}
		for _, a := range sessions {
			b.Rooms, b.Vehicles, b.Topics = append(b.Rooms, a.Room), append(b.Vehicles, a.Vehicles...), append(b.Topics, a.Topics...)
		}
		b.Rooms, b.Vehicles, b.Topics = once(b.Rooms), once(b.Vehicles), once(b.Topics)
		villages := map[string][]namedPlace{}
		for id, v := range plan.Villages {
			villages[v.Commune] = append(villages[v.Commune], namedPlace{id, v.Name})
		}
		for _, o := range plan.Offices {
			if o.Kind == campaign.Partner {
				b.Partners = append(b.Partners, officeView{o.ID, o.Name})
			} else if plan.Under(o.ID, p.Campaign.Province) && access.May(c.Actor, access.PlanActivities, o.ID, plan) == nil {
				b.Offices = append(b.Offices, officeView{o.ID, o.Name})
			}
		}
		for _, commune := range plan.CommunesOf(p.Campaign.Province) {
			if access.May(c.Actor, access.PlanActivities, commune.Office, plan) != nil {
				continue
			}
			v := villages[commune.Code]
			slices.SortFunc(v, func(a, b namedPlace) int { return strings.Compare(a.Name, b.Name) })
			b.Communes = append(b.Communes, communeMaterial{
				commune.Code, commune.Name, commune.Office, commune.Lat, commune.Lon, commune.Market, append([]namedPlace{}, v...),
			})
		}
		for _, w := range plan.Campaigners {
			if plan.Under(w.Office, p.Campaign.Province) {
				b.Members = append(b.Members, memberMaterial{w.ID, w.Name, w.Office, w.Partner})
			}
		}
		return nil
	})
	slices.SortFunc(b.Offices, func(x, y officeView) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.Partners, func(x, y officeView) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.Members, func(x, y memberMaterial) int { return strings.Compare(x.Name+x.ID, y.Name+y.ID) })
	return out, err
}

// once sorts a list and drops what is empty or there twice.
func once(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}

// ActivityDraft is an activity as it is planned. (See [PersonRow].)
type ActivityDraft struct {
	Kind     campaign.ActivityKind `json:"kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	SubKind  string                `json:"sub_kind,omitempty" maxLength:"100"`
	Office   string                `json:"office,omitempty" maxLength:"100" doc:"whose it is; that of the commune without it"`
	Commune  string                `json:"commune" maxLength:"100" doc:"its code"`
	Village  string                `json:"village,omitempty" maxLength:"100" doc:"its id"`
	Place    string                `json:"place" maxLength:"300" doc:"in a series, {commune} stands for the name of each commune"`
	Room     string                `json:"room,omitempty" maxLength:"100"`
	Start    time.Time             `json:"start"`
	End      time.Time             `json:"end"`
	Lead     string                `json:"lead,omitempty" maxLength:"100"`
	Team     []string              `json:"team,omitempty" maxItems:"100"`
	Partners []string              `json:"partners,omitempty" maxItems:"20"`
	Vehicles []string              `json:"vehicles,omitempty" maxItems:"20"`
	Topics   []string              `json:"topics,omitempty" maxItems:"20"`
	Post     string                `json:"post,omitempty" maxLength:"36" doc:"the standing post of which it is a shift"`
}

func (d *ActivityDraft) draft() (planning.Draft, error) {
	out := planning.Draft{Office: d.Office, Commune: d.Commune, Planned: campaign.Planned{
		Kind: d.Kind, SubKind: d.SubKind, Place: d.Place, Village: d.Village, Room: d.Room, Start: d.Start, End: d.End,
		Lead: d.Lead, Team: d.Team, Partners: d.Partners, Vehicles: d.Vehicles, Topics: d.Topics,
	}}
	if d.Post != "" {
		id, err := journal.ParseID(d.Post)
		if err != nil {
			return out, notFound(d.Post)
		}
		out.Post = id
	}
	return out, nil
}

type seriesBody struct {
	From     string   `json:"from" doc:"first day, YYYY-MM-DD"`
	To       string   `json:"to" doc:"last day"`
	Communes []string `json:"communes,omitempty" maxItems:"500" doc:"codes; the draft's own without any"`
	Market   bool     `json:"market,omitempty" doc:"on each commune's market days"`
	Weekdays []int    `json:"weekdays,omitempty" maxItems:"7" doc:"0, Sunday, to 6"`
	Every    int      `json:"every,omitempty" minimum:"0" maximum:"60" doc:"every so many days from the first on"`
}

func (b *seriesBody) series() (planning.Series, error) {
	s := planning.Series{Communes: b.Communes, Market: b.Market, Every: b.Every}
	for _, w := range b.Weekdays {
		s.Weekdays = append(s.Weekdays, time.Weekday(w))
	}
	var err error
	s.From, s.To, err = periodOf(b.From, b.To)
	if s.From == "" || s.To == "" {
		err = errors.Join(err, journal.Refuse("planning.series"))
	}
	return s, err
}

type doneView struct {
	Activity string `json:"activity" doc:"its id; empty where there is none yet"`
	Entry    string `json:"entry" doc:"by which it is undone; empty if it was refused"`
	Start    string `json:"start" doc:"of a draft that was refused, RFC 3339"`
	Code     string `json:"code,omitempty" doc:"why it was refused, stable"`
	Detail   string `json:"detail,omitempty" doc:"the reason in the caller's language"`
}

type doneOutput struct {
	Body struct {
		Done    []doneView  `json:"done" nullable:"false" doc:"one for each activity, in order"`
		Clashes []clashView `json:"clashes" nullable:"false" doc:"in which these take part now, or would"`
	}
}

// planned runs an act of planning in one transaction; on trial nothing of it is
// kept. What refuses a single activity refuses the request.
func (s *Server) planned(ctx context.Context, c Caller, id string, trial bool, act func(*planning.Planner) ([]planning.Done, error)) (*doneOutput, error) {
	out := &doneOutput{}
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, c, id)
		if err != nil {
			return err
		}
		done, err := act(p)
		if err != nil {
			return err
		}
		if len(done) == 1 && done[0].Refusal != nil {
			return done[0].Refusal
		}
		ids := []journal.ID{}
		out.Body.Done = []doneView{}
		for _, d := range done {
			v := doneView{}
			if !d.Activity.IsZero() {
				v.Activity = d.Activity.String()
			}
			if d.Refusal != nil {
				v.Code, v.Detail = d.Refusal.Code, words(c.Lang, d.Refusal)
			} else {
				v.Entry = d.Entry.String()
				ids = append(ids, d.Activity)
			}
			out.Body.Done = append(out.Body.Done, v)
		}
		sessions, err := p.Sessions()
		if err != nil {
			return err
		}
		out.Body.Clashes = viewClashes(plan, sessions, ids)
		if trial {
			return errTrial
		}
		return nil
	})
	if errors.Is(err, errTrial) {
		err = nil
	}
	return out, err
}

type planActivitiesInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Draft  ActivityDraft `json:"draft"`
		Series *seriesBody   `json:"series,omitempty"`
		Shifts bool          `json:"shifts,omitempty" doc:"in each commune, one standing post with shifts"`
		Trial  bool          `json:"trial,omitempty" doc:"nothing is kept; tells what would be refused and what would clash"`
	}
}

func (s *Server) planActivities(ctx context.Context, c Caller, in *planActivitiesInput) (*doneOutput, error) {
	d, err := in.Body.Draft.draft()
	if err != nil {
		return nil, err
	}
	drafts := []planning.Draft{d}
	out, err := s.planned(ctx, c, in.Campaign, in.Body.Trial, func(p *planning.Planner) ([]planning.Done, error) {
		if in.Body.Series != nil {
			series, err := in.Body.Series.series()
			if err != nil {
				return nil, err
			}
			if drafts, err = series.Drafts(p.Plan, d); err != nil {
				return nil, err
			}
		}
		return p.Add(drafts, in.Body.Shifts)
	})
	if err != nil {
		return nil, err
	}
	for i := range out.Body.Done {
		out.Body.Done[i].Start = drafts[i].Start.Format(time.RFC3339)
	}
	return out, nil
}

type correctActivityInput struct {
	Campaign string `path:"campaign"`
	Activity string `path:"activity" maxLength:"36"`
	Body     struct {
		Draft ActivityDraft `json:"draft"`
		Trial bool          `json:"trial,omitempty"`
	}
}

func (s *Server) correctActivity(ctx context.Context, c Caller, in *correctActivityInput) (*doneOutput, error) {
	id, err := journal.ParseID(in.Activity)
	if err != nil {
		return nil, notFound(in.Activity)
	}
	d, err := in.Body.Draft.draft()
	if err != nil {
		return nil, err
	}
	return s.planned(ctx, c, in.Campaign, in.Body.Trial, func(p *planning.Planner) ([]planning.Done, error) {
		done, err := p.Correct(id, d)
		if len(done) == 1 && done[0].Refusal != nil && done[0].Refusal.Code == "planning.unknown" {
			return nil, notFound(in.Activity)
		}
		return done, err
	})
}

type moveActivitiesInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Activities []string   `json:"activities" maxItems:"500"`
		Reason     string     `json:"reason" enum:"weather,people,place,other"`
		Note       string     `json:"note,omitempty" maxLength:"1000"`
		Start      *time.Time `json:"start,omitempty" doc:"with end: the new window of a single activity"`
		End        *time.Time `json:"end,omitempty"`
		Days       int        `json:"days,omitempty" minimum:"-365" maximum:"365" doc:"later by so many days"`
		At         string     `json:"at,omitempty" doc:"new time of day at which each begins, HH:MM"`
		Place      string     `json:"place,omitempty" maxLength:"300"`
		Village    string     `json:"village,omitempty" maxLength:"100"`
		Commune    string     `json:"commune,omitempty" maxLength:"100"`
		Trial      bool       `json:"trial,omitempty"`
	}
}

func (s *Server) moveActivities(ctx context.Context, c Caller, in *moveActivitiesInput) (*doneOutput, error) {
	b := &in.Body
	m := planning.Move{Reason: b.Reason, Note: b.Note, Days: b.Days, Place: b.Place, Village: b.Village, Commune: b.Commune}
	if b.At != "" {
		t, err := time.Parse("15:04", b.At)
		if err != nil {
			return nil, journal.Refuse("entry.value", "field", "at", "value", b.At)
		}
		at := t.Hour()*60 + t.Minute()
		m.At = &at
	}
	ids, err := idsOf(b.Activities)
	if err != nil {
		return nil, err
	}
	if b.Start != nil && b.End != nil {
		if len(ids) != 1 {
			return nil, journal.Refuse("entry.value", "field", "start", "value", b.Start.Format(time.RFC3339))
		}
		m.Start, m.End = *b.Start, *b.End
	}
	return s.planned(ctx, c, in.Campaign, b.Trial, func(p *planning.Planner) ([]planning.Done, error) { return p.Move(ids, m) })
}

func idsOf(texts []string) ([]journal.ID, error) {
	ids := make([]journal.ID, len(texts))
	for i, text := range texts {
		id, err := journal.ParseID(text)
		if err != nil {
			return nil, notFound(text)
		}
		ids[i] = id
	}
	return ids, nil
}

type cancelActivitiesInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Activities []string `json:"activities" maxItems:"500"`
		Reason     string   `json:"reason" enum:"weather,people,place,other"`
		Note       string   `json:"note,omitempty" maxLength:"1000"`
	}
}

func (s *Server) cancelActivities(ctx context.Context, c Caller, in *cancelActivitiesInput) (*doneOutput, error) {
	ids, err := idsOf(in.Body.Activities)
	if err != nil {
		return nil, err
	}
	return s.planned(ctx, c, in.Campaign, false, func(p *planning.Planner) ([]planning.Done, error) {
		return p.Cancel(ids, in.Body.Reason, in.Body.Note)
	})
}

type undoPlanningInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Entries []string `json:"entries" maxItems:"500" doc:"as the act named them"`
	}
}

func (s *Server) undoPlanning(ctx context.Context, c Caller, in *undoPlanningInput) (*doneOutput, error) {
	ids, err := idsOf(in.Body.Entries)
	if err != nil {
		return nil, err
	}
	return s.planned(ctx, c, in.Campaign, false, func(p *planning.Planner) ([]planning.Done, error) { return p.Undo(ids) })
}

type planFileInput struct {
	Campaign string `path:"campaign"`
	Format   string `query:"format" enum:"xlsx,csv,ics" default:"xlsx"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
	Office   string `query:"office" maxLength:"100" doc:"its activities alone"`
}

// planFile writes the plan as a spreadsheet or a calendar.
func (s *Server) planFile(ctx context.Context, c Caller, in *planFileInput) (*bookOutput, error) {
	words, err := messages.For(in.Lang)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		sessions, err := p.Sessions()
		if err != nil {
			return err
		}
		sessions = slices.DeleteFunc(sessions, func(a *tally.Session) bool { return in.Office != "" && a.Office != in.Office })
		if in.Format == "ics" {
			return planning.WriteCalendar(&out, p.Campaign.Name.In(in.Lang), p.Now, deskText(words), plan, sessions)
		}
		return planning.WriteSheet(&out, in.Format, deskText(words), plan, sessions)
	})
	if err != nil {
		return nil, err
	}
	book := bookOf("plan."+in.Format, out.Bytes())
	switch in.Format {
	case "csv":
		book.ContentType = "text/csv; charset=utf-8"
	case "ics":
		book.ContentType = "text/calendar; charset=utf-8"
	}
	return book, nil
}

// deskText reads the catalogues of the desk.
func deskText(p *messages.Printer) func(string) string {
	return func(key string) string { return p.Text("desk." + key) }
}

type importPlanInput struct {
	Campaign string `path:"campaign"`
	Trial    bool   `query:"trial" doc:"nothing is kept; tells what would become of each row"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

type importedRow struct {
	Row    int             `json:"row" doc:"from 1, as spreadsheets show it; of a calendar the number of the event"`
	Became planning.Became `json:"became" enum:"added,changed,cancelled,same,refused"`
	Code   string          `json:"code,omitempty"`
	Detail string          `json:"detail,omitempty" doc:"why it was refused, in the caller's language"`
}

type importPlanOutput struct {
	Body struct {
		Rows    []importedRow `json:"rows" nullable:"false"`
		Entries []string      `json:"entries" nullable:"false" doc:"by which the import is undone"`
		Clashes []clashView   `json:"clashes" nullable:"false"`
	}
}

// importPlan takes a plan from a spreadsheet or a calendar: what it is, its
// first bytes tell.
func (s *Server) importPlan(ctx context.Context, c Caller, in *importPlanInput) (*importPlanOutput, error) {
	var texts []func(string) string
	for _, lang := range messages.Languages {
		words, err := messages.For(lang)
		if err != nil {
			return nil, err
		}
		texts = append(texts, deskText(words))
	}
	out := &importPlanOutput{}
	var rows []planning.RowDone
	done, err := s.planned(ctx, c, in.Campaign, in.Trial, func(p *planning.Planner) ([]planning.Done, error) {
		read, err := readPlan(in.RawBody, texts, p)
		if err != nil {
			return nil, err
		}
		if rows, err = p.Import(read); err != nil {
			return nil, err
		}
		var done []planning.Done
		for _, r := range rows {
			if r.Became != planning.Same && r.Became != planning.Refused {
				done = append(done, r.Done)
			}
		}
		return done, nil
	})
	if err != nil {
		return nil, err
	}
	out.Body.Rows, out.Body.Entries, out.Body.Clashes = []importedRow{}, []string{}, done.Body.Clashes
	for _, r := range rows {
		v := importedRow{Row: r.Row, Became: r.Became}
		if r.Refusal != nil {
			v.Code, v.Detail = r.Refusal.Code, words(c.Lang, r.Refusal)
		}
		out.Body.Rows = append(out.Body.Rows, v)
	}
	for _, d := range done.Body.Done {
		out.Body.Entries = append(out.Body.Entries, d.Entry)
	}
	return out, nil
}

func readPlan(raw []byte, texts []func(string) string, p *planning.Planner) ([]planning.Row, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")): // a workbook is a zip file
		return planning.ReadSheet("plan.xlsx", bytes.NewReader(raw), texts, p.Plan, p.Campaign.Province)
	case bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), " \r\n\t"), []byte("BEGIN:VCALENDAR")):
		return planning.ReadCalendar(bytes.NewReader(raw), p.Plan, p.Campaign.Province, p.Campaign.Start, p.Campaign.End)
	default:
		return planning.ReadSheet("plan.csv", bytes.NewReader(raw), texts, p.Plan, p.Campaign.Province)
	}
}

type villageCoverView struct {
	Commune   placeView  `json:"commune"`
	Office    officeView `json:"office"`
	ID        string     `json:"id" doc:"in the plan; empty for one that only lists of people name"`
	Name      string     `json:"name"`
	People    int        `json:"people" doc:"of the registry, as far as the caller may know"`
	Uncovered int        `json:"uncovered"`
	LastVisit *time.Time `json:"last_visit"`
	Held      int        `json:"held" doc:"sessions"`
	Planned   int        `json:"planned" doc:"sessions still to come"`
	Next      *time.Time `json:"next"`
}

type coverageOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Villages []villageCoverView `json:"villages" nullable:"false"`
	}
}

// covers reads how the plan covers the villages of the caller's communes.
func (s *Server) covers(tx store.Tx, plan *campaign.Plan, c Caller, id string) (*planning.Planner, []planning.VillageCover, error) {
	p, err := s.planner(tx, plan, c, id)
	if err != nil {
		return nil, nil, err
	}
	sessions, err := p.Sessions()
	if err != nil {
		return nil, nil, err
	}
	lived, err := tx.Villages(people.ScopeOf(c.Actor, access.ViewPeople, plan), "", journal.DayOf(p.Now))
	if err != nil {
		return nil, nil, err
	}
	communes := map[string]bool{}
	for _, commune := range plan.CommunesOf(p.Campaign.Province) {
		communes[commune.Code] = access.May(c.Actor, access.PlanActivities, commune.Office, plan) == nil
	}
	return p, planning.Coverage(plan, communes, sessions, lived, p.Now), nil
}

func (s *Server) coverage(ctx context.Context, c Caller, in *planInput) (*coverageOutput, error) {
	out := &coverageOutput{CacheControl: "no-store"}
	out.Body.Villages = []villageCoverView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		_, cover, err := s.covers(tx, plan, c, in.Campaign)
		for _, v := range cover {
			office := ""
			if commune := plan.Communes[v.Commune]; commune != nil {
				office = commune.Office
			}
			out.Body.Villages = append(out.Body.Villages, villageCoverView{
				placeView{v.Commune, communeName(plan, v.Commune)},
				officeView{office, officeName(plan, office)},
				v.ID, v.Name, v.People, v.Uncovered, maybe(v.LastVisit), v.Held, v.Planned, maybe(v.Next),
			})
		}
		return err
	})
	return out, err
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type needRow struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	planning.Need
}

type arithmeticOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Assumptions planning.Assumptions `json:"assumptions"`
		Usual       bool                 `json:"usual" doc:"nobody has set them: they are round numbers to begin with"`
		May         bool                 `json:"may" doc:"the caller may set them"`
		Days        int                  `json:"days" doc:"of work left in the campaign"`
		Total       planning.Need        `json:"total"`
		Offices     []needRow            `json:"offices" nullable:"false"`
		Communes    []needRow            `json:"communes" nullable:"false"`
	}
}

func arithmeticSetting(campaign string) string { return "arithmetic/" + campaign }

func (s *Server) arithmetic(ctx context.Context, c Caller, in *planInput) (*arithmeticOutput, error) {
	out := &arithmeticOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Offices, b.Communes = []needRow{}, []needRow{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, cover, err := s.covers(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		b.Assumptions, b.Usual = planning.Usual, true
		set, err := tx.Setting(arithmeticSetting(in.Campaign))
		if err != nil {
			return err
		}
		if set != "" {
			b.Usual = false
			if err := json.Unmarshal([]byte(set), &b.Assumptions); err != nil {
				return err
			}
		}
		b.May = access.May(c.Actor, access.SetPolicy, p.Campaign.Province, plan) == nil
		uncovered := map[string]int{}
		for i := range cover {
			uncovered[cover[i].Commune] += cover[i].Uncovered
		}
		r := planning.Reckon(plan, p.Campaign, b.Assumptions, uncovered, planning.ToCome(cover), journal.DayOf(p.Now))
		b.Days, b.Total = r.Days, r.Total
		for _, o := range r.Offices {
			b.Offices = append(b.Offices, needRow{o.Office, officeName(plan, o.Office), o.Need})
		}
		for _, n := range r.Communes {
			b.Communes = append(b.Communes, needRow{n.Commune, communeName(plan, n.Commune), n.Need})
		}
		return nil
	})
	return out, err
}

type setArithmeticInput struct {
	Campaign string `path:"campaign"`
	Body     planning.Assumptions
}

func (s *Server) setArithmetic(ctx context.Context, c Caller, in *setArithmeticInput) (*arithmeticOutput, error) {
	if err := in.Body.Check(); err != nil {
		return nil, err
	}
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err == nil {
			err = access.May(c.Actor, access.SetPolicy, which.Province, plan)
		}
		if err != nil {
			return err
		}
		text, err := json.Marshal(in.Body)
		if err != nil {
			return err
		}
		if err := tx.PutSetting(arithmeticSetting(in.Campaign), string(text)); err != nil {
			return err
		}
		return s.settingChanged(tx, c, which, string(text))
	})
	if err != nil {
		return nil, err
	}
	return s.arithmetic(ctx, c, &planInput{in.Campaign})
}
