package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

type promiseView struct {
	Entry    journal.ID  `json:"entry" format:"uuid"`
	By       journal.Day `json:"by" doc:"the day on which the answer was promised"`
	Asked    journal.Day `json:"asked"`
	Topic    string      `json:"topic"`
	Office   string      `json:"office"`
	OfficeID string      `json:"office_id"`
	Commune  string      `json:"commune"`
	// Acts that settle it, for this caller.
	Acts []fieldsync.ReviewAct `json:"acts" nullable:"false" enum:"answer"`
}

type questionsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Questions []promiseView `json:"questions" nullable:"false"`
	}
}

// questionPart is how many records are read at a time.
const questionPart = 2000

// questions lists what people of the caller's offices asked and nobody has
// answered though the promised day has come, the longest overdue first.
func (s *Server) questions(ctx context.Context, c Caller, in *campaignInput) (*questionsOutput, error) {
	out := &questionsOutput{CacheControl: "no-store"}
	out.Body.Questions = []promiseView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		if _, err := campaignOf(c, plan, in.Campaign); err != nil {
			return err
		}
		return s.due(tx, plan, in.Campaign, func(p tally.Promise) {
			if c.sees(plan, p.Office, p.Commune) {
				item := tally.Review{Reason: fieldsync.DueQuestion, Campaign: p.Campaign, Root: p.Root}
				out.Body.Questions = append(out.Body.Questions, promiseView{
					p.ID, p.By, p.Day, p.Body.(*outreach.QuestionBody).Topic, officeName(plan, p.Office), p.Office, communeName(plan, p.Commune, p.Day),
					fieldsync.ReviewActs(c.Actor, plan, item, &p.Stored, nil),
				})
			}
		})
	})
	slices.SortFunc(out.Body.Questions, func(a, b promiseView) int {
		return cmp.Or(strings.Compare(string(a.By), string(b.By)), a.Entry.Compare(b.Entry))
	})
	return out, err
}

// due calls f with every question of a campaign whose promised day has come.
func (s *Server) due(tx store.Tx, plan *campaign.Plan, campaignID string, f func(tally.Promise)) error {
	roots, err := tx.Lacking(campaignID, tally.Questions, tally.QuestionsAnswered)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(roots, questionPart) {
		records, err := tx.Records(part)
		if err != nil {
			return err
		}
		for _, p := range tally.Promises(plan, s.Intake.Schema(), records, journal.DayOf(s.Now())) {
			f(p)
		}
	}
	return nil
}
