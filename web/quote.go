package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/lawbook"
	"caunoi/messages"
	"caunoi/policy"
)

// mostQuestion is how many bytes a question may have; policy takes no more.
const mostQuestion = 64 << 10

type quoteInput struct {
	RawBody []byte `contentType:"application/json"`
}

type quoteOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *Server) quoteRoutes() {
	register(s, public, namesNobody, huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/quote", Summary: "What somebody would pay and get, with the article of law", Tags: []string{"policy"},
		Description: "A question as `caunoi quote --batch` reads it, `{\"quote\": \"voluntary-si\", \"on\": \"2025-11-20\", \"income\": 1500000}`; the answer is the same, byte by byte. Nothing of it is kept. " +
			"A rule or a parameter that the trace names has a page at /calculator/law/LANGUAGE/NAME. What is wrong with a question is `quote.CODE`, with the field and the range in `params`.",
		MaxBodyBytes: mostQuestion, SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: true, Required: []string{"quote"},
			Properties: map[string]*huma.Schema{"quote": {Type: huma.TypeString, Enum: texts(policy.KindNames())}},
		}}}},
		Responses: map[string]*huma.Response{"200": {Description: "The answer", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}}}}},
	}, s.quote)
}

func texts(of []string) (out []any) {
	for _, text := range of {
		out = append(out, text)
	}
	return out
}

func (s *Server) quote(_ context.Context, c Caller, in *quoteInput) (*quoteOutput, error) {
	answer, problem := s.Policy.Answer(nil, string(in.RawBody))
	if problem == nil {
		return &quoteOutput{ContentType: "application/json", Body: answer}, nil
	}
	var told struct {
		Error map[string]any `json:"error"`
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return nil, err
	}
	w, err := messages.For(c.Lang)
	if err != nil {
		return nil, err
	}
	delete(told.Error, "code")
	told.Error["reason"] = lawbook.Refused(w, problem)
	return nil, &journal.Refusal{Code: "quote." + problem.Code, Params: told.Error}
}
