package web

import (
	"context"
	"errors"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/planning"
	"caunoi/store"
)

// mostPlan is how large a plan that is sent may be, bytes.
const mostPlan = 16 << 20

// planningRoutes leave no act in the audit for what is planned: that is entries,
// which name who recorded them.
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
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/kit", "The campaign as one file, by which another province holds it again", tag), s.kit)
	adopt := operation("POST", "/api/v1/kits", "Make a campaign from such a file", tag)
	adopt.MaxBodyBytes = mostPlan
	register(s, access.SetPolicy, recordsItself, adopt, s.adoptKit)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/coverage", "Villages, and what is held and planned there", tag), s.coverage)
	register(s, access.PlanActivities, recordsItself, operation("PUT", base+"/coverage/place", "Say where a village lies", tag), s.placeVillage)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/coverage/places", "Villages and where they lie as a spreadsheet, to be filled in", tag), s.placesFile)
	places := operation("POST", base+"/coverage/places", "Bring from a spreadsheet (.xlsx, .csv) where villages lie", tag)
	places.MaxBodyBytes = mostPlan
	register(s, access.PlanActivities, recordsItself, places, s.importPlaces)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/arithmetic", "What covering the uncovered takes", tag), s.arithmetic)
	register(s, access.SetPolicy, recordsItself, operation("PUT", base+"/arithmetic", "Set what the arithmetic of a plan rests on", tag), s.setArithmetic)
}

// planner acts for the caller in a campaign that the caller may see.
func (s *Server) planner(tx store.Tx, plan *campaign.Plan, c Caller, id string) (*planning.Planner, error) {
	which, err := campaignOf(c, plan, id)
	return &planning.Planner{
		Schema: s.Intake.Schema(), Tx: tx, Plan: plan, Campaign: which, Actor: c.Actor, Now: store.Micro(s.Now()),
		Append: s.appends(tx, plan),
	}, err
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
				v.Entry = d.Entries[0].String()
				ids = append(ids, d.Activity)
			}
			out.Body.Done = append(out.Body.Done, v)
		}
		sessions, err := p.Sessions()
		if err != nil {
			return err
		}
		if out.Body.Clashes, err = s.clashes(tx, plan, p.Campaign, sessions, ids); err != nil {
			return err
		}
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
		Seen  journal.ID    `json:"seen" format:"uuid" doc:"version of the activity that the caller saw; refused where there is a newer one"`
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
		done, err := p.Correct(id, in.Body.Seen, d)
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
		Seen       seenBody   `json:"seen,omitempty" doc:"versions that the caller saw, by activity; one that has a newer one is refused"`
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
	seen, err := b.Seen.seen()
	if err != nil {
		return nil, err
	}
	if b.Start != nil && b.End != nil {
		if len(ids) != 1 {
			return nil, journal.Refuse("entry.value", "field", "start", "value", b.Start.Format(time.RFC3339))
		}
		m.Start, m.End = *b.Start, *b.End
	}
	return s.planned(ctx, c, in.Campaign, b.Trial, func(p *planning.Planner) ([]planning.Done, error) { return p.Move(ids, seen, m) })
}

type seenBody map[string]string

func (b seenBody) seen() (planning.Seen, error) {
	out := planning.Seen{}
	for activity, version := range b {
		ids, err := idsOf([]string{activity, version})
		if err != nil {
			return nil, err
		}
		out[ids[0]] = ids[1]
	}
	return out, nil
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
		Seen       seenBody `json:"seen,omitempty" doc:"versions that the caller saw, by activity; one that has a newer one is refused"`
		Reason     string   `json:"reason" enum:"weather,people,place,other"`
		Note       string   `json:"note,omitempty" maxLength:"1000"`
	}
}

func (s *Server) cancelActivities(ctx context.Context, c Caller, in *cancelActivitiesInput) (*doneOutput, error) {
	ids, err := idsOf(in.Body.Activities)
	if err != nil {
		return nil, err
	}
	seen, err := in.Body.Seen.seen()
	if err != nil {
		return nil, err
	}
	return s.planned(ctx, c, in.Campaign, false, func(p *planning.Planner) ([]planning.Done, error) {
		return p.Cancel(ids, seen, in.Body.Reason, in.Body.Note)
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
