package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"caunoi/access"
	"caunoi/campaign"
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
}

type questionsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Questions []promiseView `json:"questions" nullable:"false"`
	}
}

// questionPage is how many contributions are read at a time.
const questionPage = 2000

// questions lists what people of the caller's offices asked and nobody has
// answered though the promised day has come, the longest overdue first.
func (s *Server) questions(ctx context.Context, c Caller, in *campaignInput) (*questionsOutput, error) {
	out := &questionsOutput{CacheControl: "no-store"}
	out.Body.Questions = []promiseView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		if _, err := campaignOf(c, plan, in.Campaign); err != nil {
			return err
		}
		for cursor := ""; ; {
			page, next, err := tx.Behind(tally.Query{Campaign: in.Campaign, Indicator: tally.Questions}, cursor, questionPage)
			if err != nil {
				return err
			}
			var roots []journal.ID
			for _, k := range page {
				roots = append(roots, k.Root)
			}
			records, err := tx.Records(roots)
			if err != nil {
				return err
			}
			for _, p := range tally.Promises(plan, s.Intake.Schema(), records, journal.DayOf(s.Now())) {
				if access.May(c.Actor, access.ViewEntries, p.Office, plan) != nil || !c.Sees(p.Commune) {
					continue
				}
				out.Body.Questions = append(out.Body.Questions, promiseView{
					p.ID, p.By, p.Day, p.Body.(*outreach.QuestionBody).Topic, officeName(plan, p.Office), p.Office, communeName(plan, p.Commune, p.Day),
				})
			}
			if cursor = next; next == "" {
				return nil
			}
		}
	})
	slices.SortFunc(out.Body.Questions, func(a, b promiseView) int {
		return cmp.Or(strings.Compare(string(a.By), string(b.By)), a.Entry.Compare(b.Entry))
	})
	return out, err
}
