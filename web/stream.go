package web

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/talk"
)

// heartbeat keeps proxies from closing a quiet stream, and shows a client that
// it is still there.
const heartbeat = 10 * time.Second

type campaignInput struct {
	Campaign string `path:"campaign"`
}

// stream tells when something changed that a screen of the campaign shows:
// entries, the plan with its targets and rules, days of the league that were
// let pass, what somebody looked at and left, what phones brought that is kept
// apart; and when a day begins, by which more is due. What changed, each screen
// reads where it reads the rest.
// Whoever takes part in talks is told of these, too, by an event of their own,
// since a word moves no figure.
func (s *Server) stream(ctx context.Context, c Caller, in *campaignInput) (*huma.StreamResponse, error) {
	err := s.view(ctx, func(_ store.Tx, plan *campaign.Plan) error {
		_, err := campaignOf(c, plan, in.Campaign)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !s.streams.enter(c.ID) {
		return nil, journal.Refuse("stream.many", "most", mostStreams)
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer s.streams.leave(c.ID)
		hctx.SetHeader("Content-Type", "text/event-stream")
		hctx.SetHeader("Cache-Control", "no-store")
		hctx.SetHeader("X-Accel-Buffering", "no")
		s.follow(hctx, c, in.Campaign)
	}}, nil
}

// mostStreams is how many one user may keep open: screens of an office share a
// user now and then.
const mostStreams = 100

// streams are those open, by user.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

func (o *streams) enter(user string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open == nil {
		o.open = map[string]int{}
	}
	if o.open[user] >= mostStreams {
		return false
	}
	o.open[user]++
	return true
}

func (o *streams) leave(user string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open[user]--; o.open[user] == 0 {
		delete(o.open, user)
	}
}

func (s *Server) follow(hctx huma.Context, c Caller, campaignID string) {
	w := hctx.BodyWriter()
	flush := func() {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	type state struct {
		position, plan, looks, apart int64
		passed                       string
		today                        journal.Day
	}
	last, said := state{position: -1}, int64(0)
	for {
		changed := s.Store.Changed() // before reading, so that no commit falls between
		if err := s.authenticate(hctx.Context(), &c); err != nil {
			return // signed out meanwhile
		}
		if access.May(c.Actor, access.ViewBoard, c.Office, c.plan) != nil {
			return // a phone that is to be wiped
		}
		is, talked := state{plan: c.plan.Version, today: journal.DayOf(s.Now())}, int64(0)
		err := s.Store.View(hctx.Context(), func(tx store.Tx) (err error) {
			if offices := talk.Offices(c.Actor, c.plan); len(offices) > 0 {
				if talked, err = tx.TalkChanges(campaignID, offices); err != nil {
					return err
				}
			}
			if is.passed, err = tx.Setting(passedSetting(campaignID)); err != nil {
				return err
			}
			if is.looks, is.apart, err = tx.Unsettled(campaignID); err != nil {
				return err
			}
			is.position, err = tx.Position()
			return err
		})
		if err != nil {
			return
		}
		if is != last {
			last = is
			if _, err := fmt.Fprintf(w, "event: changed\ndata: {\"position\":%d,\"at\":%q}\n\n", is.position, s.Now().UTC().Format(time.RFC3339Nano)); err != nil {
				return
			}
			flush()
		}
		if talked != said {
			said = talked
			if _, err := fmt.Fprintf(w, "event: talk\ndata: {\"changes\":%d}\n\n", talked); err != nil {
				return
			}
			flush()
		}
		select {
		case <-changed:
		case <-beat.C:
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return
			}
			flush()
		case <-hctx.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}
