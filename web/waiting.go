package web

import (
	"context"
	"sync"
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
	return nil, s.Intake.Unsettle(ctx, c.Actor, act, made)
}

// waiting is how many items wait for somebody to look at them, as far as the
// caller may see them: as many as the list has.
func (s *Server) waiting(tx store.Tx, plan *campaign.Plan, c Caller, campaignID string) (int, error) {
	reviews, err := tx.ReviewsOfCampaign(campaignID)
	if err != nil {
		return 0, err
	}
	seen, err := s.viewReviews(tx, plan, c, reviews)
	if err != nil {
		return 0, err
	}
	beside, err := s.besideReviews(tx, plan, c, campaignID)
	return len(seen) + beside, err
}

// besideReviews is how many due questions and records sent back the caller may see.
func (s *Server) besideReviews(tx store.Tx, plan *campaign.Plan, c Caller, campaignID string) (n int, err error) {
	items, err := s.waits.get(tx, plan, campaignID, s)
	if err != nil || len(items) == 0 {
		return 0, err
	}
	left, err := leftAnswers(tx, campaignID)
	for _, it := range items {
		if !left[it.asks] && c.sees(plan, it.office, it.commune) {
			n++
		}
	}
	return n, err
}

// leftAnswers are the questions whose answers somebody has looked at.
func leftAnswers(tx store.Tx, campaignID string) (map[journal.ID]bool, error) {
	looks, err := tx.Looks(campaignID)
	out := map[journal.ID]bool{}
	for _, l := range looks {
		if l.Reason == fieldsync.AuthorAnswer {
			out[l.Root] = true
		}
	}
	return out, err
}

// freshAnswer is how long an author's answer stands in the list to be looked at.
const freshAnswer = 7 * 24 * time.Hour

// listed are, of what authors were asked, what waits for an answer or for a look
// at it. Where the answer is asked about in its turn it was looked at.
func listed(all []tally.SentBack, left map[journal.ID]bool, now time.Time) map[journal.ID]bool {
	about := map[journal.ID]bool{}
	for _, q := range all {
		about[q.About.ID] = true
	}
	out := map[journal.ID]bool{}
	for _, q := range all {
		a := q.Answer
		out[q.ID] = a == nil || now.Sub(a.Received.At) <= freshAnswer && !about[a.ID] && !left[q.Root]
	}
	return out
}

// waitingItem is a due question or a record sent back.
type waitingItem struct {
	office, commune string
	asks            journal.ID // of a record sent back; else zero
}

// waitCache keeps what waits beside the reviews until the next commit, since a
// board is drawn for many.
type waitCache struct {
	mu       sync.Mutex
	position int64
	minute   int64
	plan     int64
	items    map[string][]waitingItem
}

func (w *waitCache) get(tx store.Tx, plan *campaign.Plan, campaignID string, s *Server) ([]waitingItem, error) {
	position, err := tx.Position()
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if minute := s.Now().Unix() / 60; w.position != position || w.minute != minute || w.plan != plan.Version || w.items == nil {
		w.position, w.minute, w.plan, w.items = position, minute, plan.Version, map[string][]waitingItem{}
	}
	had, ok := w.items[campaignID]
	if ok {
		return had, nil
	}
	items := []waitingItem{}
	err = s.due(tx, plan, campaignID, func(p tally.Promise) { items = append(items, waitingItem{p.Office, p.Commune, journal.ID{}}) })
	if err != nil {
		return nil, err
	}
	all, err := s.Intake.SentBackIn(tx, plan, campaignID)
	if err != nil {
		return nil, err
	}
	stand := listed(all, nil, s.Now())
	for i := range all {
		if a := &all[i].About; stand[all[i].ID] {
			items = append(items, waitingItem{a.Office, a.Commune, all[i].Root})
		}
	}
	w.items[campaignID] = items
	return items, nil
}
