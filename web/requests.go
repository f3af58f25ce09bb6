package web

import (
	"context"
	"strconv"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

func (s *Server) requestRoutes() {
	const tag = "privacy"
	register(s, access.Privacy, "requests.read", operation("GET", "/api/v1/requests", "What persons ask about their data, the last first", tag), s.requests)
	register(s, access.Privacy, recordsItself, operation("POST", "/api/v1/requests", "Take a person's request", tag), s.addRequest)
	register(s, access.Privacy, recordsItself, operation("POST", "/api/v1/requests/{request}", "Take a request on", tag), s.moveRequest)
}

type requestView struct {
	ID         journal.ID    `json:"id" format:"uuid"`
	Person     journal.ID    `json:"person" format:"uuid"`
	PersonName string        `json:"person_name" doc:"masked; empty once erased"`
	Kind       string        `json:"kind" enum:"access,correct,erase,restrict,object,withdraw"`
	Received   time.Time     `json:"received"`
	AnswerDue  journal.Day   `json:"answer_due"`
	FinishDue  journal.Day   `json:"finish_due"`
	Overdue    bool          `json:"overdue"`
	State      string        `json:"state" enum:"open,answered,extended,done,refused"`
	Steps      []people.Step `json:"steps" nullable:"false"`
}

func (s *Server) viewRequest(q people.Request, name string) requestView {
	return requestView{
		q.ID, q.Person, name, q.Kind, q.Received, q.AnswerDue, q.FinishDue, q.Overdue(journal.DayOf(s.Now())), q.State, append([]people.Step{}, q.Steps...),
	}
}

type requestsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Requests []requestView `json:"requests" nullable:"false"`
	}
}

// mostRequests bounds the list.
const mostRequests = 1000

func (s *Server) requests(ctx context.Context, c Caller, _ *struct{}) (*requestsOutput, error) {
	out := &requestsOutput{CacheControl: "no-store"}
	out.Body.Requests = []requestView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		scope := people.ScopeOf(c.Actor, access.Privacy, plan)
		list, err := tx.Requests(scope, mostRequests)
		if err != nil {
			return err
		}
		var ids []journal.ID
		for _, q := range list {
			ids = append(ids, q.Person)
		}
		asking, err := tx.PeopleByID(scope, ids)
		if err == nil {
			err = people.Open(tx, asking)
		}
		names := map[journal.ID]string{}
		for i := range asking {
			names[asking[i].ID] = asking[i].Mask().Name
		}
		for _, q := range list {
			out.Body.Requests = append(out.Body.Requests, s.viewRequest(q, names[q.Person]))
		}
		return err
	})
	c.Read.Details = map[string]string{"requests": strconv.Itoa(len(out.Body.Requests))}
	return out, err
}

type requestOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         requestView
}

type addRequestInput struct {
	Body struct {
		Person    string `json:"person" maxLength:"100"`
		Kind      string `json:"kind" enum:"access,correct,erase,restrict,object,withdraw"`
		Processor bool   `json:"processor,omitempty" doc:"somebody else works on the data, too"`
	}
}

func (s *Server) addRequest(ctx context.Context, c Caller, in *addRequestInput) (*requestOutput, error) {
	out := &requestOutput{CacheControl: "no-store"}
	err := s.onPerson(ctx, &PersonInput{in.Body.Person}, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		q, err := s.Intake.People().Ask(tx, plan, c.Actor, id, in.Body.Kind, in.Body.Processor)
		out.Body = s.viewRequest(q, "")
		return err
	})
	return out, err
}

type moveRequestInput struct {
	Request string `path:"request" maxLength:"100"`
	Body    struct {
		State  string `json:"state" enum:"answered,extended,done,refused"`
		Reason string `json:"reason,omitempty" enum:"complex,processor,not_identified,law_requires_keeping,unfounded,person_withdrew"`
	}
}

func (s *Server) moveRequest(ctx context.Context, c Caller, in *moveRequestInput) (*requestOutput, error) {
	id, err := journal.ParseID(in.Request)
	if err != nil {
		return nil, notFound(in.Request)
	}
	out := &requestOutput{CacheControl: "no-store"}
	err = s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		q, err := s.Intake.People().Move(tx, plan, c.Actor, id, in.Body.State, in.Body.Reason)
		out.Body = s.viewRequest(q, "")
		return err
	})
	return out, err
}
