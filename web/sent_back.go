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

func (s *Server) sentBackRoutes() {
	const tag = "figures"
	register(s, access.ViewEntries, "reviews.read", operation("GET", "/api/v1/campaigns/{campaign}/sent-back", "Records sent back to their authors with a question", tag), s.sentBack)
	ask := operation("POST", "/api/v1/campaigns/{campaign}/entries/{entry}/sent-back", "Send a record back to its author with a question", tag)
	ask.Description = "It is about the version that holds, and moves no figure: the record counts as it is until its author corrects or confirms it."
	register(s, access.AskBack, recordsItself, ask, s.sendBack)
	register(s, access.AskBack, recordsItself, operation("DELETE", "/api/v1/campaigns/{campaign}/sent-back/{entry}", "Take a question to an author back", tag), s.unask)
}

type sentBackView struct {
	ID       journal.ID         `json:"id" format:"uuid" doc:"of the entry that asks"`
	At       time.Time          `json:"at"`
	By       string             `json:"by" doc:"who asks"`
	Entry    journal.ID         `json:"entry" format:"uuid" doc:"the version that is asked about"`
	Kind     string             `json:"kind"`
	Author   string             `json:"author" doc:"who is asked"`
	Office   string             `json:"office"`
	OfficeID string             `json:"office_id"`
	Commune  string             `json:"commune"`
	Question string             `json:"question,omitempty" doc:"where the entry is opened; absent, too, once it was erased with the person"`
	Answer   *authorsAnswerView `json:"answer,omitempty" doc:"absent while it waits"`
	Listed   bool               `json:"listed" doc:"it waits for its author, or its answer for a look"`
	Settles  bool               `json:"may_settle" doc:"the caller may say that the answer was looked at, or take the question back"`
}

// authorsAnswerView is what holds in the place of what was asked about.
type authorsAnswerView struct {
	Entry     journal.ID `json:"entry" format:"uuid"`
	At        time.Time  `json:"at"`
	By        string     `json:"by"`
	Withdrawn bool       `json:"withdrawn" doc:"the record was taken back"`
}

func viewSentBack(plan *campaign.Plan, q *tally.SentBack) sentBackView {
	a := &q.About
	v := sentBackView{
		ID: q.ID, At: q.Received.At, By: authorName(plan, q.Author), Entry: a.ID, Kind: a.Kind, Author: authorName(plan, a.Author),
		Office: officeName(plan, a.Office), OfficeID: a.Office, Commune: communeName(plan, a.Commune, a.Day),
	}
	if by := q.Answer; by != nil {
		v.Answer = &authorsAnswerView{by.ID, by.Received.At, authorName(plan, by.Author), by.Withdrawn != ""}
	}
	return v
}

type sentBackOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		SentBack []sentBackView `json:"sent_back" nullable:"false" doc:"the oldest first"`
	}
}

// sentBack lists what was asked about records that the caller may see, without
// the questions, which may tell of somebody.
func (s *Server) sentBack(ctx context.Context, c Caller, in *campaignInput) (*sentBackOutput, error) {
	out := &sentBackOutput{CacheControl: "no-store"}
	out.Body.SentBack = []sentBackView{}
	return out, s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		if _, err := campaignOf(c, plan, in.Campaign); err != nil {
			return err
		}
		all, err := s.Intake.SentBackIn(tx, plan, in.Campaign)
		if err != nil {
			return err
		}
		left, err := leftAnswers(tx, in.Campaign)
		stand := listed(all, left, s.Now())
		for i := range all {
			a := &all[i].About
			if !c.sees(plan, a.Office, a.Commune) {
				continue
			}
			v := viewSentBack(plan, &all[i])
			v.Listed = stand[v.ID]
			v.Settles = access.May(c.Actor, access.AskBack, a.Office, plan) == nil
			out.Body.SentBack = append(out.Body.SentBack, v)
		}
		return err
	})
}

// askedAbout shows what was asked about a record that the caller may open, and
// whether the caller may ask now.
func (s *Server) askedAbout(tx store.Tx, plan *campaign.Plan, c Caller, holds *tally.Placed) (out []sentBackView, may bool, err error) {
	out = []sentBackView{}
	all, err := s.Intake.SentBackAbout(tx, plan, holds.Root)
	if err != nil {
		return out, false, err
	}
	may = s.Intake.Schema().Kind(holds.Kind).Fact && holds.Withdrawn == "" && holds.Author != c.ID &&
		access.May(c.Actor, access.AskBack, holds.Office, plan) == nil
	texts := make([]journal.Stored, len(all))
	for i := range all {
		texts[i] = all[i].Stored
		may = may && all[i].Answer != nil
	}
	if err := tx.Open(texts); err != nil {
		return out, false, err
	}
	for i := range all {
		v := viewSentBack(plan, &all[i])
		v.Question = fieldsync.Question(&texts[i])
		out = append(out, v)
	}
	return out, may, nil
}

type sendBackInput struct {
	Campaign string `path:"campaign"`
	Entry    string `path:"entry"`
	Body     struct {
		Question string `json:"question" minLength:"5" maxLength:"300" doc:"what the author is to say or put right"`
	}
}

type sendBackOutput struct {
	Body struct {
		ID journal.ID `json:"id" format:"uuid" doc:"of the entry that asks"`
	}
}

func (s *Server) sendBack(ctx context.Context, c Caller, in *sendBackInput) (out *sendBackOutput, err error) {
	id, err := journal.ParseID(in.Entry)
	if err != nil {
		return nil, notFound(in.Entry)
	}
	out = &sendBackOutput{}
	out.Body.ID, err = s.Intake.SendBack(ctx, c.Actor, in.Campaign, id, in.Body.Question)
	return out, err
}

func (s *Server) unask(ctx context.Context, c Caller, in *entryInput) (*struct{}, error) {
	id, err := journal.ParseID(in.Entry)
	if err != nil {
		return nil, notFound(in.Entry)
	}
	return nil, s.Intake.Unask(ctx, c.Actor, in.Campaign, id)
}
