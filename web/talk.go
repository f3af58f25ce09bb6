package web

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/talk"
	"caunoi/tally"
)

func (s *Server) talkRoutes() {
	const tag, base = "talk", "/api/v1/campaigns/{campaign}/talk"
	register(s, access.ReadTalk, "talk.read", operation("GET", base, "What was asked and answered at figures, the last word first", tag), s.talkThreads)
	register(s, access.ReadTalk, namesNobody, operation("GET", base+"/waiting", "How many threads wait for the caller, or have something new", tag), s.talkWaiting)
	register(s, access.ReadTalk, "talk.read", operation("GET", base+"/at", "The thread at a figure, a day or an activity, if there is one", tag), s.talkAt)
	register(s, access.ReadTalk, "talk.read", operation("GET", base+"/threads/{thread}", "One thread with its messages", tag), s.talkThread)
	register(s, access.Talk, recordsItself, operation("POST", base, "Say something; the same id is said once", tag), s.say)
	register(s, access.ReadTalk, namesNobody, huma.Operation{Method: "PUT", Path: base + "/threads/{thread}/read", Summary: "Up to which message the caller has read", Tags: []string{tag}, DefaultStatus: 204}, s.talkRead)
	register(s, access.Talk, recordsItself, operation("POST", base+"/threads/{thread}/settled", "Settle a thread; what is said next opens it again", tag), s.talkSettle)
	register(s, access.Talk, recordsItself, operation("DELETE", base+"/threads/{thread}/messages/{message}", "Take back the text of one's own message", tag), s.talkTakeBack)
}

// AnchorInput is an anchor as an address names it. (See [PersonRow].)
type AnchorInput struct {
	Figure    string `query:"figure" json:"figure,omitempty" maxLength:"100" doc:"an indicator or a sum; none for a day of an office, or an activity"`
	Office    string `query:"office" json:"office,omitempty" maxLength:"100" doc:"none for the figure of all offices together"`
	Commune   string `query:"commune" json:"commune,omitempty" maxLength:"100"`
	Elsewhere bool   `query:"elsewhere" json:"elsewhere,omitempty" doc:"people from elsewhere alone"`
	Day       string `query:"day" json:"day,omitempty" maxLength:"10"`
	Activity  string `query:"activity" json:"activity,omitempty" maxLength:"36"`
}

func (in AnchorInput) anchor() (talk.Anchor, error) {
	a := talk.Anchor{
		Figure: tally.Indicator(in.Figure), Office: in.Office, Commune: in.Commune, Elsewhere: in.Elsewhere, Day: journal.Day(in.Day),
	}
	if in.Activity == "" {
		return a, nil
	}
	id, err := journal.ParseID(in.Activity)
	if err != nil {
		return a, notFound(in.Activity)
	}
	a.Activity = id
	return a, nil
}

type anchorView struct {
	Kind      talk.Kind       `json:"kind" enum:"figure,day,activity"`
	Figure    tally.Indicator `json:"figure" doc:"empty where it is none"`
	Office    officeView      `json:"office" doc:"of a figure or a day; empty for all offices together"`
	Commune   placeView       `json:"commune" doc:"empty where there is none"`
	Elsewhere bool            `json:"elsewhere"`
	Day       journal.Day     `json:"day" doc:"empty for all days"`
	// Of an activity.
	Activity     string     `json:"activity" doc:"its id"`
	ActivityKind string     `json:"activity_kind"`
	Place        string     `json:"place"`
	Start        *time.Time `json:"start"`
}

type wordView struct {
	N         int        `json:"n" doc:"its place in the thread, from 1"`
	ID        journal.ID `json:"id" format:"uuid"`
	At        time.Time  `json:"at"`
	Name      string     `json:"name" doc:"of who said it; empty where the caller may not know"`
	Office    officeView `json:"office" doc:"for which it was said"`
	Mine      bool       `json:"mine"`
	Text      string     `json:"text"`
	TakenBack bool       `json:"taken_back"`
	Value     *int       `json:"value" doc:"what the figure was then, late entries with it"`
}

// ThreadView is a thread in a list. (See [PersonRow].)
type ThreadView struct {
	ID      journal.ID `json:"id" format:"uuid"`
	Anchor  anchorView `json:"anchor"`
	Office  officeView `json:"office" doc:"whose thread it is"`
	N       int        `json:"n" doc:"messages, those taken back with them"`
	At      time.Time  `json:"at" doc:"of the last word"`
	Last    *wordView  `json:"last" doc:"the last word; null where all were taken back"`
	Settled bool       `json:"settled"`
	// SettledBy is empty where the caller may not know.
	SettledBy string     `json:"settled_by"`
	SettledAt *time.Time `json:"settled_at"`
	Waits     bool       `json:"waits" doc:"it waits for an answer of the caller's side"`
	Unread    int        `json:"unread" doc:"messages that the caller has not read"`
	May       bool       `json:"may" doc:"the caller may write and settle"`
}

type threadDetail struct {
	ThreadView
	Messages []wordView `json:"messages" nullable:"false" doc:"the first first"`
	Value    *int       `json:"value" doc:"what the figure is now, late entries with it"`
}

// talker reads threads for a caller in one transaction.
type talker struct {
	*talk.Table
	caller Caller
	name   func(string) string
	read   map[journal.ID]int
}

func (s *Server) talker(tx store.Tx, plan *campaign.Plan, c Caller, id string) (*talker, error) {
	which, err := campaignOf(c, plan, id)
	if err != nil {
		return nil, err
	}
	t := &talker{caller: c, Table: &talk.Table{
		Tx: tx, Plan: plan, Campaign: which, Actor: c.Actor, Now: store.Micro(s.Now()),
		Sessions: sync.OnceValues(func() ([]*tally.Session, error) { return s.Intake.Sessions(tx, plan, which.ID) }),
	}}
	if t.read, err = tx.ReadUpTo(c.ID); err != nil {
		return nil, err
	}
	t.name, err = namesOf(tx, c.Actor, plan)
	return t, err
}

func (t *talker) office(id string) officeView { return officeView{id, officeName(t.Plan, id)} }

func (t *talker) anchor(a talk.Anchor, commune string) (anchorView, error) {
	v := anchorView{Kind: a.Kind(), Figure: a.Figure, Elsewhere: a.Elsewhere, Day: a.Day}
	if a.Office != "" {
		v.Office = t.office(a.Office)
	}
	if commune != "" {
		v.Commune = placeView{commune, communeName(t.Plan, commune, cmp.Or(a.Day, journal.DayOf(t.Now)))}
	}
	if v.Kind != talk.Activity {
		return v, nil
	}
	v.Activity = a.Activity.String()
	s, err := t.Session(a.Activity)
	if s == nil || err != nil { // it was withdrawn; what was said of it stays
		return v, err
	}
	v.ActivityKind, v.Place, v.Start, v.Office = string(s.Kind), s.Place, &s.Start, t.office(s.Office)
	return v, nil
}

func (t *talker) word(m *talk.Message) wordView {
	return wordView{
		m.N, m.ID, m.At, t.name(m.By), t.office(m.Office), m.By == t.caller.ID, m.Text, !m.TakenBack.IsZero(), m.Value,
	}
}

func (t *talker) thread(th *talk.Thread) (v ThreadView, err error) {
	v = ThreadView{
		ID: th.ID, Office: t.office(th.Office), N: th.N, At: th.LastAt, Settled: th.Settled(),
		Waits: t.Waits(th), Unread: th.N - t.read[th.ID], May: t.MayWrite(th.Office, th.Commune) == nil,
	}
	if v.Settled {
		v.SettledBy, v.SettledAt = t.name(th.SettledBy), &th.SettledAt
	}
	v.Anchor, err = t.anchor(th.Anchor, th.Commune)
	return v, err
}

func (t *talker) detail(th *talk.Thread) (*threadDetail, error) {
	v, err := t.thread(th)
	if err != nil {
		return nil, err
	}
	out := &threadDetail{ThreadView: v, Messages: []wordView{}}
	messages, err := t.Messages(th)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		w := t.word(&messages[i])
		out.Messages = append(out.Messages, w)
		if w.N == th.Last {
			out.Last = &w
		}
	}
	out.Value, err = t.Value(th.Anchor)
	return out, err
}

type threadsInput struct {
	Campaign string `path:"campaign"`
	State    string `query:"state" enum:"all,open,waiting,settled" default:"all" doc:"waiting: for the caller's side"`
	Office   string `query:"office" doc:"whose they are"`
}

type threadsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Threads []ThreadView `json:"threads" nullable:"false"`
	}
}

func (in *threadsInput) has(v *ThreadView) bool {
	state := map[string]bool{"open": !v.Settled, "waiting": v.Waits, "settled": v.Settled}
	return (in.State == "all" || state[in.State]) && (in.Office == "" || v.Office.ID == in.Office)
}

func (s *Server) talkThreads(ctx context.Context, c Caller, in *threadsInput) (*threadsOutput, error) {
	out := &threadsOutput{CacheControl: "no-store"}
	out.Body.Threads = []ThreadView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		t, err := s.talker(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		all, err := t.Threads()
		if err != nil {
			return err
		}
		last, err := t.LastWords()
		if err != nil {
			return err
		}
		for i := range all {
			v, err := t.thread(&all[i])
			if err != nil {
				return err
			}
			if m, ok := last[v.ID]; ok {
				w := t.word(&m)
				v.Last = &w
			}
			if in.has(&v) {
				out.Body.Threads = append(out.Body.Threads, v)
			}
		}
		return nil
	})
	return out, err
}

type talkWaitingOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Waiting int `json:"waiting" doc:"threads that wait for the caller's side"`
		Unread  int `json:"unread" doc:"threads with something that the caller has not read"`
	}
}

func (s *Server) talkWaiting(ctx context.Context, c Caller, in *campaignInput) (*talkWaitingOutput, error) {
	out := &talkWaitingOutput{CacheControl: "no-store"}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		t, err := s.talker(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		all, err := t.Threads()
		for i := range all {
			if t.Waits(&all[i]) {
				out.Body.Waiting++
			}
			if t.read[all[i].ID] < all[i].N {
				out.Body.Unread++
			}
		}
		return err
	})
	return out, err
}

type talkAtInput struct {
	Campaign string `path:"campaign"`
	AnchorInput
}

type talkAtOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		May    bool          `json:"may" doc:"the caller may ask here"`
		Value  *int          `json:"value" doc:"what the figure is now, late entries with it"`
		Thread *threadDetail `json:"thread" doc:"null where nothing was said, or nothing that the caller may read"`
	}
}

func (s *Server) talkAt(ctx context.Context, c Caller, in *talkAtInput) (*talkAtOutput, error) {
	a, err := in.anchor()
	if err != nil {
		return nil, err
	}
	out := &talkAtOutput{CacheControl: "no-store"}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		t, err := s.talker(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		office, commune, err := t.Whose(a)
		if err != nil {
			return err
		}
		out.Body.May = t.MayWrite(office, commune) == nil
		if out.Body.Value, err = t.Value(a); err != nil {
			return err
		}
		th, found, err := t.At(a)
		if err != nil {
			return err
		}
		if !found {
			c.Read.Act = namesNobody
			return nil
		}
		c.Read.Office, c.Read.Subject = th.Office, subjectOf(th.ID)
		out.Body.Thread, err = t.detail(&th)
		return err
	})
	return out, err
}

func subjectOf(thread journal.ID) string { return "talk:" + thread.String() }

type threadInput struct {
	Campaign string `path:"campaign"`
	Thread   string `path:"thread"`
}

type threadOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         *threadDetail
}

func (s *Server) talkThread(ctx context.Context, c Caller, in *threadInput) (*threadOutput, error) {
	id, err := journal.ParseID(in.Thread)
	if err != nil {
		return nil, notFound(in.Thread)
	}
	out := &threadOutput{CacheControl: "no-store"}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		t, err := s.talker(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		th, err := t.Thread(id)
		if err != nil {
			return err
		}
		c.Read.Office, c.Read.Subject = th.Office, subjectOf(th.ID)
		out.Body, err = t.detail(&th)
		return err
	})
	return out, err
}

type sayInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		ID   journal.ID  `json:"id" format:"uuid" doc:"a UUIDv7 that the caller makes, so that a retry says nothing twice"`
		At   AnchorInput `json:"at"`
		Text string      `json:"text" maxLength:"4000" doc:"1 to 1,000 characters"`
	}
}

func (s *Server) say(ctx context.Context, c Caller, in *sayInput) (*threadOutput, error) {
	a, err := in.Body.At.anchor()
	if err != nil {
		return nil, err
	}
	return s.atTable(ctx, c, in.Campaign, func(t *talker) (talk.Thread, error) { return t.Say(a, in.Body.ID, in.Body.Text) })
}

// atTable changes a thread and answers with it as it then is.
func (s *Server) atTable(ctx context.Context, c Caller, id string, f func(t *talker) (talk.Thread, error)) (*threadOutput, error) {
	out := &threadOutput{CacheControl: "no-store"}
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := s.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		t, err := s.talker(tx, plan, c, id)
		if err != nil {
			return err
		}
		th, err := f(t)
		if err != nil {
			return err
		}
		if th.LastBy == c.ID { // whoever speaks has read what was said
			t.read[th.ID] = max(t.read[th.ID], th.Last)
		}
		out.Body, err = t.detail(&th)
		return err
	})
	return out, err
}

type talkReadInput struct {
	Campaign string `path:"campaign"`
	Thread   string `path:"thread"`
	Body     struct {
		N int `json:"n" minimum:"1" doc:"number of the last message that was read"`
	}
}

func (s *Server) talkRead(ctx context.Context, c Caller, in *talkReadInput) (*struct{}, error) {
	id, err := journal.ParseID(in.Thread)
	if err != nil {
		return nil, notFound(in.Thread)
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := s.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		t, err := s.talker(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		return t.Table.Read(id, in.Body.N)
	})
}

type talkSettleInput struct {
	Campaign string `path:"campaign"`
	Thread   string `path:"thread"`
	Body     struct {
		N int `json:"n" minimum:"1" doc:"number of the last message that was seen; it is refused where there is a newer one"`
	}
}

func (s *Server) talkSettle(ctx context.Context, c Caller, in *talkSettleInput) (*threadOutput, error) {
	id, err := journal.ParseID(in.Thread)
	if err != nil {
		return nil, notFound(in.Thread)
	}
	return s.atTable(ctx, c, in.Campaign, func(t *talker) (talk.Thread, error) { return t.Settle(id, in.Body.N) })
}

type takeBackInput struct {
	Campaign string `path:"campaign"`
	Thread   string `path:"thread"`
	Message  string `path:"message"`
}

func (s *Server) talkTakeBack(ctx context.Context, c Caller, in *takeBackInput) (*threadOutput, error) {
	id, err := journal.ParseID(in.Thread)
	if err != nil {
		return nil, notFound(in.Thread)
	}
	message, err := journal.ParseID(in.Message)
	if err != nil {
		return nil, notFound(in.Message)
	}
	return s.atTable(ctx, c, in.Campaign, func(t *talker) (talk.Thread, error) { return t.TakeBack(id, message) })
}
