package web

import (
	"context"
	"strconv"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

func (s *Server) pairRoutes() {
	const tag = "people"
	register(s, access.JoinPersons, "duplicates.read", operation("GET", "/api/v1/duplicates", "Two who may be one person, likeliest first", tag), s.duplicates)
	register(s, access.JoinPersons, recordsItself, operation("POST", "/api/v1/duplicates/{pair}", "Decide whether they are one", tag), s.decidePair)
	register(s, access.JoinPersons, recordsItself, operation("POST", "/api/v1/duplicates/{pair}/unmerge", "Part two persons again", tag), s.unmerge)
}

type evidenceView struct {
	Field string `json:"field"`
	Value string `json:"value" doc:"masked"`
	Same  bool   `json:"same" doc:"the other side has the same"`
}

type sideView struct {
	Visible  bool           `json:"visible"`
	Person   *PersonRow     `json:"person,omitempty"`
	Evidence []evidenceView `json:"evidence" nullable:"false"`
}

type pairView struct {
	ID      journal.ID `json:"id" format:"uuid"`
	Score   int        `json:"score" minimum:"0" maximum:"100" doc:"0 for who sees one side alone"`
	Reasons []string   `json:"reasons" nullable:"false"`
	A       sideView   `json:"a"`
	B       sideView   `json:"b"`
	State   string     `json:"state" enum:"open,same,apart"`
}

type pairsInput struct {
	State string `query:"state" enum:"open,same,apart" doc:"all without it"`
}

type pairsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Pairs []pairView `json:"pairs" nullable:"false"`
	}
}

func (s *Server) duplicates(ctx context.Context, c Caller, in *pairsInput) (*pairsOutput, error) {
	out := &pairsOutput{CacheControl: "no-store"}
	out.Body.Pairs = []pairView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		list, err := s.Intake.People().Pairs(tx, plan, c.Actor, people.PairState(in.State))
		if err != nil {
			return err
		}
		var shown []people.Person
		for _, p := range list {
			for _, side := range []people.Side{p.SideA, p.SideB} {
				if side.Person != nil {
					shown = append(shown, *side.Person)
				}
			}
		}
		rows, err := s.personRows(tx, c, plan, shown)
		if err != nil {
			return err
		}
		byID := map[journal.ID]*PersonRow{}
		for i := range rows {
			byID[rows[i].ID] = &rows[i]
		}
		for _, p := range list {
			v := pairView{ID: p.ID, Score: p.Score, Reasons: append([]string{}, p.Reasons...), State: string(p.State)}
			v.A, v.B = sideOf(p.SideA.Person, p.SideB.Person, byID), sideOf(p.SideB.Person, p.SideA.Person, byID)
			out.Body.Pairs = append(out.Body.Pairs, v)
		}
		return nil
	})
	c.Read.Details = map[string]string{"pairs": strconv.Itoa(len(out.Body.Pairs))}
	return out, err
}

func sideOf(p, other *people.Person, rows map[journal.ID]*PersonRow) sideView {
	v := sideView{Evidence: []evidenceView{}}
	if p == nil {
		return v
	}
	v.Visible, v.Person = true, rows[p.ID]
	if other == nil {
		return v
	}
	for _, e := range p.Evidence(other) {
		v.Evidence = append(v.Evidence, evidenceView{e.Field, e.Value, e.Same})
	}
	return v
}

// PairInput names a pair. (See [PersonRow].)
type PairInput struct {
	Pair string `path:"pair" maxLength:"100"`
}

func (s *Server) onPair(ctx context.Context, in *PairInput, f func(tx store.Tx, plan *campaign.Plan, id journal.ID) error) error {
	id, err := journal.ParseID(in.Pair)
	if err != nil {
		return notFound(in.Pair)
	}
	return s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error { return f(tx, plan, id) })
}

type decidePairInput struct {
	PairInput
	Body struct {
		Same   bool   `json:"same"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

type pairStateOutput struct {
	Body struct {
		State string `json:"state" enum:"same,apart,waiting" doc:"waiting: for a second person"`
	}
}

func (s *Server) decidePair(ctx context.Context, c Caller, in *decidePairInput) (*pairStateOutput, error) {
	out := &pairStateOutput{}
	err := s.onPair(ctx, &in.PairInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		waits, err := s.Intake.People().Decide(tx, plan, c.Actor, id, in.Body.Same, in.Body.Reason, s.appends(tx, plan))
		switch {
		case waits:
			out.Body.State = "waiting"
		case in.Body.Same:
			out.Body.State = string(people.SamePair)
		default:
			out.Body.State = string(people.ApartPair)
		}
		return err
	})
	return out, err
}

type unmergeInput struct {
	PairInput
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (s *Server) unmerge(ctx context.Context, c Caller, in *unmergeInput) (*struct{}, error) {
	return nil, s.onPair(ctx, &in.PairInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		return s.Intake.People().Unmerge(tx, plan, c.Actor, id, in.Body.Reason, s.appends(tx, plan))
	})
}
