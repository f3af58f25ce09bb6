package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/fieldsync"
	"caunoi/journal"
)

// pushRequest is read by hand, entry by entry, since one bad entry must not
// keep the others out.
type pushRequest struct {
	Device  string           `json:"device" doc:"the device that sends"`
	SentAt  time.Time        `json:"sent_at,omitzero" doc:"the device's clock at sending, by which its offset is measured"`
	Entries []jsontext.Value `json:"entries" nullable:"false"`
}

type pushInput struct {
	Encoding string `header:"Content-Encoding" doc:"gzip, or none"`
	RawBody  []byte `contentType:"application/json"`
}

// unpacked is the body of a push; refusals body.too_large, and body.malformed
// for what is no gzip, or packed in another way.
func (in *pushInput) unpacked() ([]byte, error) {
	switch strings.ToLower(in.Encoding) {
	case "", "identity":
		return in.RawBody, nil
	case "gzip":
	default:
		return nil, journal.Refuse("body.malformed", "where", "Content-Encoding")
	}
	z, err := gzip.NewReader(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, journal.Refuse("body.malformed", "where", "gzip")
	}
	raw, err := io.ReadAll(io.LimitReader(z, fieldsync.MaxBody+1))
	switch {
	case len(raw) > fieldsync.MaxBody:
		return nil, journal.Refuse("body.too_large")
	case err != nil:
		return nil, journal.Refuse("body.malformed", "where", "gzip")
	}
	return raw, nil
}

type pushResult struct {
	ID     string         `json:"id" doc:"the entry's id; empty if it could not be read"`
	Status journal.Status `json:"status" enum:"accepted,repeated,held-back,quarantined,refused,conflict"`
	Code   string         `json:"code,omitempty" doc:"why it was refused, stable"`
	Params map[string]any `json:"params,omitempty"`
	Detail string         `json:"detail,omitempty" doc:"the reason in the caller's language"`
}

type pushOutput struct {
	Body struct {
		Epoch    string       `json:"epoch" doc:"this life of the server's data; after a new one, push again what you hold"`
		Received time.Time    `json:"received" doc:"the server's clock"`
		Results  []pushResult `json:"results" nullable:"false" doc:"one for each entry, in order"`
		Device   string       `json:"device_state,omitempty" enum:"in_use,leaving,lost" doc:"of the phone that pushes; see GET /api/v1/device"`
		// Rehearsed tells a phone, whoever answers it, that nothing was taken.
		Rehearsed bool `json:"rehearsed,omitempty" doc:"these are the answers of a push, but nothing was kept"`
	}
}

// batch reads the entries that came.
func (in *pushInput) batch() (fieldsync.Batch, error) {
	raw, err := in.unpacked()
	if err != nil {
		return fieldsync.Batch{}, err
	}
	var req pushRequest
	// Not strict about the entries: each is, on its own, when it is decoded.
	err = json.Unmarshal(raw, &req, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if err != nil {
		return fieldsync.Batch{}, journal.Refuse("body.malformed", "where", journal.Where(err))
	}
	return fieldsync.Batch{SentAt: req.SentAt, Entries: req.Entries}, nil
}

func (s *Server) push(ctx context.Context, c Caller, in *pushInput) (*pushOutput, error) {
	batch, err := in.batch()
	if err != nil {
		return nil, err
	}
	outcomes, err := s.Intake.Push(ctx, c.Actor, c.plan, batch)
	if err != nil {
		return nil, err
	}
	return s.pushed(c, outcomes), nil
}

func (s *Server) rehearse(ctx context.Context, c Caller, in *pushInput) (*pushOutput, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	batch, err := in.batch()
	if err != nil {
		return nil, err
	}
	outcomes, err := s.Intake.Rehearse(ctx, c.Actor, c.plan, batch)
	if err != nil {
		return nil, err
	}
	out := s.pushed(c, outcomes)
	out.Body.Rehearsed = true
	return out, nil
}

// pushed answers for entries that were brought.
func (s *Server) pushed(c Caller, outcomes []journal.Outcome) *pushOutput {
	out := &pushOutput{}
	out.Body.Epoch, out.Body.Received, out.Body.Device = c.epoch, s.Now().UTC(), string(c.State)
	for _, o := range outcomes {
		r := pushResult{Status: o.Status}
		if !o.ID.IsZero() {
			r.ID = o.ID.String()
		}
		if o.Refusal != nil {
			r.Code, r.Params, r.Detail = o.Refusal.Code, o.Refusal.Params, words(c.Lang, o.Refusal)
		}
		out.Body.Results = append(out.Body.Results, r)
	}
	return out
}

// pushBody describes the request, with the schema of each kind's body.
func (s *Server) pushBody() *huma.RequestBody {
	reg := s.api.OpenAPI().Components.Schemas
	entry := huma.SchemaFromType(reg, typeOf[journal.Entry]())
	var bodies []*huma.Schema
	mapping, versions := map[string]string{}, map[string]int{}
	for _, k := range s.Intake.Schema().Kinds() {
		ref := reg.Schema(reflectType(k.New()), true, k.Name)
		bodies = append(bodies, ref)
		mapping[k.Name], versions[k.Name] = ref.Ref, k.Version
	}
	names := slices.Sorted(maps.Keys(mapping))
	entry.Properties["kind"].Enum = anys(names)
	entry.Properties["body"] = &huma.Schema{AnyOf: bodies, Description: "the schema of the entry's kind: " + kindsText(names, versions, mapping)}
	for _, name := range []string{"id", "activity", "supersedes"} {
		entry.Properties[name] = &huma.Schema{Type: huma.TypeString, Format: "uuid", Description: entry.Properties[name].Description}
	}
	reg.Map()["Entry"] = entry
	one, most := 1, fieldsync.MaxBatch
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"entries"},
		Properties: map[string]*huma.Schema{
			"device":  {Type: huma.TypeString},
			"sent_at": {Type: huma.TypeString, Format: "date-time", Description: "the device's clock at sending"},
			"entries": {Type: huma.TypeArray, MinItems: &one, MaxItems: &most, Items: &huma.Schema{Ref: "#/components/schemas/Entry"}},
		},
	}}}}
}
