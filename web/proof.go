package web

import (
	"context"
	"errors"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
)

func (s *Server) proofRoutes() {
	const tag = "people"
	register(s, access.EditPeople, recordsItself, operation("POST", "/api/v1/people/{person}/phone/code", "A code to send to a person's phone number, told this once", tag), s.phoneCode)
	register(s, access.EditPeople, recordsItself, operation("POST", "/api/v1/people/{person}/phone/proof", "The person said the code, or answered a call to the number", tag), s.provePhone)
	register(s, access.EditPeople, recordsItself, operation("POST", "/api/v1/people/{person}/check", "Ask the national service; see docs/national-check.md", tag), s.checkPerson)
}

type proofView struct {
	Phone   string      `json:"phone" enum:"code,callback," doc:"how the phone number was proven; empty: not"`
	PhoneAt *time.Time  `json:"phone_at,omitempty"`
	PhoneBy *personView `json:"phone_by,omitempty"`
	Check   string      `json:"check" enum:"match,mismatch,unknown,unverified," doc:"what the national service answered; empty: not asked"`
	Differs []string    `json:"differs" nullable:"false" doc:"of name, birth"`
	CheckAt *time.Time  `json:"check_at,omitempty"`
	Offered bool        `json:"check_offered" doc:"there is a national service to ask"`
}

func (s *Server) viewProof(tx store.Tx, c Caller, plan *campaign.Plan, p *people.Person) (proofView, error) {
	v := proofView{Differs: []string{}, Offered: s.National != nil}
	f, err := people.Proven(tx, p)
	if err != nil {
		return v, err
	}
	name, err := namesOf(tx, c.Actor, plan)
	v.Phone, v.Check, v.Differs = f.PhoneHow, string(f.Check), append(v.Differs, f.Differs...)
	if !f.PhoneAt.IsZero() {
		v.PhoneAt, v.PhoneBy = &f.PhoneAt, &personView{f.PhoneBy, name(f.PhoneBy)}
	}
	if !f.CheckAt.IsZero() {
		v.CheckAt = &f.CheckAt
	}
	return v, err
}

type codeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Code  string    `json:"code" doc:"six digits"`
		Until time.Time `json:"until"`
	}
}

func (s *Server) phoneCode(ctx context.Context, c Caller, in *PersonInput) (*codeOutput, error) {
	out := &codeOutput{CacheControl: "no-store"}
	return out, s.onPerson(ctx, in, func(tx store.Tx, plan *campaign.Plan, id journal.ID) (err error) {
		out.Body.Code, out.Body.Until, err = s.Intake.People().PhoneCode(tx, plan, c.Actor, id)
		return err
	})
}

type provePhoneInput struct {
	PersonInput
	Body struct {
		Code    string `json:"code,omitempty" maxLength:"20" doc:"what the person said; empty: they were called"`
		Reached string `json:"reached,omitempty" maxLength:"200" doc:"who answered the call"`
	}
}

func (s *Server) provePhone(ctx context.Context, c Caller, in *provePhoneInput) (*nothing, error) {
	var wrong *journal.Refusal
	err := s.onPerson(ctx, &in.PersonInput, func(tx store.Tx, plan *campaign.Plan, id journal.ID) error {
		wrong = nil
		if in.Body.Code == "" {
			return s.Intake.People().ProveByCall(tx, plan, c.Actor, id, in.Body.Reached)
		}
		err := s.Intake.People().ProveByCode(tx, plan, c.Actor, id, in.Body.Code)
		if errors.As(err, &wrong) && wrong.Code == "people.code" {
			return nil // that it was tried is kept
		}
		wrong = nil
		return err
	})
	if err == nil && wrong != nil {
		err = wrong
	}
	return nil, err
}

type checkOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Result  string   `json:"result" enum:"match,mismatch,unknown,unverified"`
		Differs []string `json:"differs" nullable:"false" doc:"of name, birth"`
	}
}

// checkPerson asks outside of any transaction: the service may take its time.
func (s *Server) checkPerson(ctx context.Context, c Caller, in *PersonInput) (*checkOutput, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	var who people.Identity
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) (err error) {
		who, err = s.Intake.People().ToCheck(tx, plan, c.Actor, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	result, differs := people.Unverified, []string(nil)
	if s.National != nil {
		result, differs = s.National.Check(ctx, who)
	}
	out := &checkOutput{CacheControl: "no-store"}
	out.Body.Result, out.Body.Differs = string(result), append([]string{}, differs...)
	return out, s.act(context.WithoutCancel(ctx), func(tx store.Tx, plan *campaign.Plan) error {
		return s.Intake.People().Checked(tx, plan, c.Actor, id, who, result, differs)
	})
}
