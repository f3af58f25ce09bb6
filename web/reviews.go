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

func (s *Server) reviewRoutes() {
	const tag, base = "figures", "/api/v1/campaigns/{campaign}/reviews"
	register(s, access.ViewEntries, "reviews.read", operation("GET", base, "What a person should look at", tag), s.reviews)
	register(s, access.ViewEntries, namesNobody, operation("GET", base+"/waiting", "How many there are", tag), s.reviewsWaiting)
	settle := operation("POST", base, "Settle one of them", tag)
	settle.Description = "By an entry that corrects, withdraws or joins, or by keeping that somebody looked and left it as it is."
	register(s, access.AskBack, recordsItself, settle, s.settle)
	register(s, access.AskBack, recordsItself, operation("POST", base+"/undo", "Take that back: what was left, withdrawn or joined", tag), s.unsettle)
}

// SettleBody names one act on one item.
type SettleBody struct {
	Reason string              `json:"reason" maxLength:"50" doc:"of the review; or question, answered"`
	Entry  string              `json:"entry" maxLength:"36" doc:"the record in question; of what is answered the entry that asks"`
	Other  string              `json:"other,omitempty" maxLength:"36" doc:"the one beside it, if it was named"`
	Act    fieldsync.ReviewAct `json:"act" enum:"day,withdraw,withdraw_other,take_other,number,number_other,join,answer,leave"`
}

func (b *SettleBody) settling(campaignID string) (a fieldsync.Settling, err error) {
	a = fieldsync.Settling{Campaign: campaignID, Reason: b.Reason, Act: b.Act}
	if a.Entry, err = journal.ParseID(b.Entry); err != nil {
		return a, notFound(b.Entry)
	}
	if b.Other != "" {
		if a.Other, err = journal.ParseID(b.Other); err != nil {
			return a, notFound(b.Other)
		}
	}
	return a, nil
}

type settleInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		SettleBody
		Day    string `json:"day,omitempty" doc:"on which it happened"`
		Number string `json:"number,omitempty" maxLength:"20" doc:"the right citizen number"`
		Answer string `json:"answer,omitempty" maxLength:"4000" doc:"what was answered"`
	}
}

type settleOutput struct {
	Body struct {
		Made  string `json:"made" doc:"the entry by which it was settled; empty where it was left as it is"`
		Waits bool   `json:"waits" doc:"nothing has changed yet: a second person has to agree"`
	}
}

func (s *Server) settle(ctx context.Context, c Caller, in *settleInput) (*settleOutput, error) {
	act, err := in.Body.settling(in.Campaign)
	if err != nil {
		return nil, err
	}
	act.Day, act.Number, act.Answer = journal.Day(in.Body.Day), in.Body.Number, in.Body.Answer
	done, err := s.Intake.Settle(ctx, c.Actor, act)
	s.waits.forget(in.Campaign)
	out := &settleOutput{}
	if out.Body.Waits = done.Waits; !done.Made.IsZero() {
		out.Body.Made = done.Made.String()
	}
	return out, err
}

type unsettleInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		SettleBody
		Made string `json:"made,omitempty" maxLength:"36" doc:"the entry by which it was settled"`
	}
}

func (s *Server) unsettle(ctx context.Context, c Caller, in *unsettleInput) (*struct{}, error) {
	act, err := in.Body.settling(in.Campaign)
	if err != nil {
		return nil, err
	}
	var made journal.ID
	if in.Body.Made != "" {
		if made, err = journal.ParseID(in.Body.Made); err != nil {
			return nil, notFound(in.Body.Made)
		}
	}
	err = s.Intake.Unsettle(ctx, c.Actor, act, made)
	s.waits.forget(in.Campaign)
	return nil, err
}

type reviewView struct {
	Reason string     `json:"reason"`
	Entry  journal.ID `json:"entry" format:"uuid"`
	Other  string     `json:"other"`
	Kind   string     `json:"kind"`
	At     time.Time  `json:"at"`
	Office string     `json:"office"`
	// OfficeID by which a list is narrowed.
	OfficeID string `json:"office_id"`
	Commune  string `json:"commune"`
	// Acts that settle it, for this caller.
	Acts []fieldsync.ReviewAct `json:"acts" nullable:"false" enum:"day,withdraw,withdraw_other,take_other,number,number_other,join,answer,leave"`
	Left bool                  `json:"left" doc:"somebody looked at it and left it as it is"`
}

type reviewsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Reviews  []reviewView `json:"reviews" nullable:"false"`
		Unlikely []flagView   `json:"unlikely" nullable:"false" doc:"days that look unlikely and that nobody has let pass, of offices whose entries the caller may see"`
		MayPass  bool         `json:"may_pass" doc:"the caller may let such days pass"`
		Held     []apartView  `json:"held" nullable:"false" doc:"what phones brought that they may not, on which the caller may decide: of this campaign, or of none that is known"`
		Waiting  int          `json:"waiting" doc:"all these, due questions, and what authors were asked: all that waits for somebody to look at it"`
	}
}

func (s *Server) reviews(ctx context.Context, c Caller, in *campaignInput) (*reviewsOutput, error) {
	out := &reviewsOutput{CacheControl: "no-store"}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err != nil {
			return err
		}
		reviews, err := tx.ReviewsOfCampaign(in.Campaign)
		if err != nil {
			return err
		}
		if out.Body.Reviews, err = s.viewReviews(tx, plan, c, reviews); err != nil {
			return err
		}
		var roots []journal.ID
		for _, v := range out.Body.Reviews {
			roots = append(roots, v.Entry)
		}
		placed, err := s.placedRoots(tx, plan, roots)
		for i := range out.Body.Reviews {
			v := &out.Body.Reviews[i]
			v.Commune = communeName(plan, placed[v.Entry].Commune, placed[v.Entry].Day)
		}
		if err != nil {
			return err
		}
		beside, err := s.besideReviews(tx, plan, c, which)
		if err != nil {
			return err
		}
		out.Body.MayPass = access.May(c.Actor, access.SetPolicy, which.Province, plan) == nil
		out.Body.Unlikely = []flagView{}
		for _, f := range beside.unlikely {
			out.Body.Unlikely = append(out.Body.Unlikely, viewFlag(plan, f, false, which.Rule().HoldFlagged))
		}
		out.Body.Held, err = viewApart(tx, plan, c, beside.held)
		out.Body.Waiting = len(out.Body.Reviews) + beside.count()
		return err
	})
	return out, err
}

// viewReviews shows review items of entries that the caller may see. The
// other entry is named only where the caller may see it too, so that no office
// learns whom another one met.
func (s *Server) viewReviews(tx store.Tx, plan *campaign.Plan, c Caller, reviews []tally.Review) ([]reviewView, error) {
	var ids []journal.ID
	for _, r := range reviews {
		ids = append(ids, r.Root, r.Other)
	}
	heads, err := tx.Headers(ids)
	if err != nil {
		return nil, err
	}
	if len(c.Communes) > 0 { // headers do not tell the commune
		records, err := tx.Records(ids)
		if err != nil {
			return nil, err
		}
		for _, st := range records {
			heads[st.ID] = st
		}
	}
	sees := func(id journal.ID) bool {
		st, ok := heads[id]
		return ok && c.sees(plan, st.Office, st.Commune)
	}
	out := []reviewView{}
	for _, r := range reviews {
		if !sees(r.Root) {
			continue
		}
		st := heads[r.Root]
		v := reviewView{Reason: r.Reason, Entry: r.Root, Kind: st.Kind, At: st.Received.At, Office: officeName(plan, st.Office), OfficeID: st.Office}
		var other *journal.Stored
		if o, ok := heads[r.Other]; ok && sees(r.Other) {
			v.Other, other = r.Other.String(), &o
		}
		v.Acts = fieldsync.ReviewActs(c.Actor, plan, r, &st, other)
		out = append(out, v)
	}
	return out, nil
}
