package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/quarantine"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

type reviewsWaitingOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Waiting int `json:"waiting" doc:"as many as the list has for the caller"`
	}
}

func (s *Server) reviewsWaiting(ctx context.Context, c Caller, in *campaignInput) (*reviewsWaitingOutput, error) {
	out := &reviewsWaitingOutput{CacheControl: "no-store"}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err != nil {
			return err
		}
		out.Body.Waiting, err = s.waiting(tx, plan, c, which)
		return err
	})
	return out, err
}

// waiting is how many items wait for somebody to look at them, as far as the
// caller may see them: as many as the list has.
func (s *Server) waiting(tx store.Tx, plan *campaign.Plan, c Caller, which *campaign.Campaign) (n int, err error) {
	reviews, err := tx.ReviewsOfCampaign(which.ID)
	if err != nil {
		return 0, err
	}
	if len(c.Communes) > 0 {
		seen, err := s.viewReviews(tx, plan, c, reviews)
		if err != nil {
			return 0, err
		}
		n = len(seen)
	} else {
		offices, err := s.offices.of(tx, reviews)
		if err != nil {
			return 0, err
		}
		for _, r := range reviews {
			if office, ok := offices[r.Root]; ok && c.sees(plan, office, "") {
				n++
			}
		}
	}
	beside, err := s.besideReviews(tx, plan, c, which)
	return n + beside.count(), err
}

// reviewed keeps of which office an entry in question is, which no entry
// changes: a board asks for all of them after every commit.
type reviewed struct {
	mu      sync.Mutex
	offices map[journal.ID]string
}

func (o *reviewed) of(tx store.Tx, reviews []tally.Review) (map[journal.ID]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var unknown []journal.ID
	kept := make(map[journal.ID]string, len(reviews))
	for _, r := range reviews {
		if office, ok := o.offices[r.Root]; ok {
			kept[r.Root] = office
		} else {
			unknown = append(unknown, r.Root)
		}
	}
	heads, err := tx.Headers(unknown)
	if err != nil {
		return nil, err
	}
	if o.offices == nil || len(o.offices) > 100_000 {
		o.offices = map[journal.ID]string{}
	}
	for id, st := range heads {
		o.offices[id], kept[id] = st.Office, st.Office
	}
	return kept, nil
}

// beside is what waits beside the reviews, as far as the caller may see it.
type beside struct {
	records  int // due questions and records sent back
	unlikely []report.Flag
	held     []quarantine.Row // on which the caller may decide
}

func (b *beside) count() int { return b.records + len(b.unlikely) + len(b.held) }

func (s *Server) besideReviews(tx store.Tx, plan *campaign.Plan, c Caller, which *campaign.Campaign) (out beside, err error) {
	items, err := s.waits.get(tx, plan, which.ID, s)
	if err != nil {
		return out, err
	}
	if len(items) > 0 {
		left, err := leftAnswers(tx, which.ID)
		if err != nil {
			return out, err
		}
		for _, it := range items {
			if !left[it.asks] && c.sees(plan, it.office, it.commune) {
				out.records++
			}
		}
	}
	flags, err := s.flags.get(tx, plan, which, s)
	if err != nil {
		return out, err
	}
	if len(flags) > 0 {
		passed, err := letPass(tx, which.ID)
		if err != nil {
			return out, err
		}
		for _, f := range flags {
			if !passed.Lets(f) && access.May(c.Actor, access.ViewEntries, f.Office, plan) == nil {
				out.unlikely = append(out.unlikely, f)
			}
		}
	}
	out.held, err = quarantine.List(tx, c.Actor, plan)
	out.held = slices.DeleteFunc(out.held, func(r quarantine.Row) bool {
		return r.Campaign != which.ID && plan.Campaigns[r.Campaign] != nil
	})
	return out, err
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

// manyQuestions of a campaign are too many to look through after every commit.
const manyQuestions = 5_000

// waitCache keeps what waits beside the reviews until the next commit, since a
// board is drawn for many; of a campaign with very many questions, for a minute.
type waitCache struct {
	mu sync.Mutex
	of map[string]keptWaits
}

// forget has the next who asks look again: somebody has just settled something.
func (w *waitCache) forget(campaignID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.of, campaignID)
}

type keptWaits struct {
	position, plan, minute int64
	many                   bool
	items                  []waitingItem
}

func (w *waitCache) get(tx store.Tx, plan *campaign.Plan, campaignID string, s *Server) ([]waitingItem, error) {
	position, err := tx.Position()
	if err != nil {
		return nil, err
	}
	minute := s.Now().Unix() / 60
	w.mu.Lock()
	defer w.mu.Unlock()
	had, ok := w.of[campaignID]
	if ok && had.plan == plan.Version && had.minute == minute && (had.many || had.position == position) {
		return had.items, nil
	}
	figures, err := s.figures.Sheet(tx, campaignID)
	if err != nil {
		return nil, err
	}
	questions := 0
	for _, f := range figures {
		if f.Indicator == tally.Questions {
			questions += f.All
		}
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
	if w.of == nil {
		w.of = map[string]keptWaits{}
	}
	w.of[campaignID] = keptWaits{position, plan.Version, minute, questions > manyQuestions, items}
	return items, nil
}
