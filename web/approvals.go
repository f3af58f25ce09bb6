package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	stdjson "encoding/json"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

// carry does what a request asked for, in the transaction that approves it.
type carry func(s *Server, tx store.Tx, plan *campaign.Plan, r approval.Request) error

// carries says how each act is done once it is approved.
var carries = map[approval.Act]carry{
	approval.ReopenDay: func(s *Server, tx store.Tx, plan *campaign.Plan, r approval.Request) error {
		return s.Intake.Reopen(tx, plan, r)
	},
	approval.ChangePolicy: (*Server).carryPolicy,
	approval.MergePersons: func(s *Server, tx store.Tx, plan *campaign.Plan, r approval.Request) error {
		return s.Intake.People().Merge(tx, plan, r, s.appends(tx, plan))
	},
	approval.ImportPeople: (*Server).carryImport,
	approval.ChangeBankAccount: func(s *Server, tx store.Tx, plan *campaign.Plan, r approval.Request) error {
		return s.Intake.People().ChangeBank(tx, plan, r)
	},
}

type personView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type approvalView struct {
	ID        string             `json:"id"`
	Act       string             `json:"act"`
	Office    officeView         `json:"office"`
	Subject   string             `json:"subject"`
	By        personView         `json:"by"`
	At        time.Time          `json:"at"`
	Change    stdjson.RawMessage `json:"change" doc:"what will change"`
	State     string             `json:"state" enum:"waiting,approved,refused,expired"`
	DecidedBy personView         `json:"decided_by"`
	DecidedAt *time.Time         `json:"decided_at,omitempty"`
	Reason    string             `json:"reason"`
	Mine      bool               `json:"mine" doc:"the caller asked, and does not decide"`
}

func viewApproval(r approval.Request, c Caller, plan *campaign.Plan, name func(string) string) approvalView {
	v := approvalView{
		ID: r.ID, Act: string(r.Act), Office: officeView{r.Office, officeName(plan, r.Office)}, Subject: r.Subject,
		By: personView{r.By, name(r.By)}, At: r.At, Change: r.Change, State: string(r.State),
		DecidedBy: personView{r.DecidedBy, name(r.DecidedBy)}, Reason: r.Reason, Mine: r.By == c.ID,
	}
	if !r.DecidedAt.IsZero() {
		v.DecidedAt = &r.DecidedAt
	}
	return v
}

type approvalsInput struct {
	State string `query:"state" enum:"waiting,approved,refused,expired" doc:"all without it"`
}

type approvalsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Requests []approvalView `json:"requests" nullable:"false"`
	}
}

func (s *Server) approvals(ctx context.Context, c Caller, in *approvalsInput) (*approvalsOutput, error) {
	out := &approvalsOutput{CacheControl: "no-store"}
	out.Body.Requests = []approvalView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		list, err := approval.List(tx, plan, s.Now(), c.Actor, approval.State(in.State))
		if err != nil {
			return err
		}
		name, err := namesOf(tx, c.Actor, plan)
		for _, r := range list {
			if r.Act == approval.ChangeBankAccount && r.State == approval.Waiting {
				if r.Change, err = s.bankShown(tx, plan, c, r); err != nil {
					return err
				}
			}
			out.Body.Requests = append(out.Body.Requests, viewApproval(r, c, plan, name))
		}
		return err
	})
	return out, err
}

// bankShown is a change of a bank account with the ends of both accounts, for
// who may see the person.
func (s *Server) bankShown(tx store.Tx, plan *campaign.Plan, c Caller, r approval.Request) ([]byte, error) {
	whole, err := approval.Read(tx, plan, s.Now(), c.Actor, r.ID)
	if err != nil {
		return nil, err
	}
	change, err := s.Intake.People().BankShown(tx, plan, c.Actor, whole)
	var refusal *journal.Refusal
	if errors.As(err, &refusal) { // gone meanwhile, or of another commune
		return r.Change, nil
	}
	return change, err
}

type decideInput struct {
	Approval string `path:"approval" maxLength:"100"`
	Body     struct {
		Approve bool   `json:"approve"`
		Reason  string `json:"reason,omitempty" maxLength:"1000"`
	}
}

type decideOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         approvalView
}

func (s *Server) decide(ctx context.Context, c Caller, in *decideInput) (*decideOutput, error) {
	out := &decideOutput{CacheControl: "no-store"}
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := s.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		r, err := approval.Decide(tx, plan, s.Now(), c.Actor, in.Approval, in.Body.Approve, in.Body.Reason)
		if err != nil {
			return err
		}
		if r.State == approval.Approved {
			do := carries[r.Act]
			if do == nil {
				return fmt.Errorf("nothing carries out %s", r.Act)
			}
			if err := do(s, tx, plan, r); err != nil {
				return err
			}
		}
		name, err := namesOf(tx, c.Actor, plan)
		out.Body = viewApproval(r, c, plan, name)
		return err
	})
	return out, err
}

// SettingsOf names whose settings. (A name that is not exported would hide its
// fields.)
type SettingsOf struct {
	Province string `query:"province" doc:"id of the province's office; the caller's own without it"`
}

// province is the one asked for or the caller's own.
func (in *SettingsOf) province(c Caller, plan *campaign.Plan) (string, error) {
	own := access.ProvinceOf(c.Office, plan)
	if in.Province == "" {
		in.Province = own
	}
	if in.Province == "" {
		return "", journal.Refuse("approval.province")
	}
	if in.Province != own && access.May(c.Actor, access.SetPolicy, in.Province, plan) != nil || access.ProvinceOf(in.Province, plan) != in.Province {
		return "", notFound(in.Province)
	}
	return in.Province, nil
}

type approvalActs struct {
	Acts map[string]bool `json:"acts" doc:"whether each act waits for a second person"`
}

type approvalSettingsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         approvalActs
}

func (s *Server) approvalSettings(ctx context.Context, c Caller, in *SettingsOf) (*approvalSettingsOutput, error) {
	out := &approvalSettingsOutput{CacheControl: "no-store", Body: approvalActs{map[string]bool{}}}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		province, err := in.province(c, plan)
		for i := 0; err == nil && i < len(approval.Acts); i++ {
			act := approval.Acts[i]
			out.Body.Acts[string(act)], err = approval.Needed(tx, plan, act, province)
		}
		return err
	})
	return out, err
}

type setApprovalsInput struct {
	SettingsOf
	Body approvalActs
}

// setApprovals is itself a change of policy, and waits where these do.
func (s *Server) setApprovals(ctx context.Context, c Caller, in *setApprovalsInput) (*approvalSettingsOutput, error) {
	for act := range in.Body.Acts { // what waits is kept as it was written
		if !slices.Contains(approval.Acts, approval.Act(act)) {
			return nil, journal.Refuse("approval.act", "act", act)
		}
	}
	asked := false
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		plan, err := s.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		province, err := in.province(c, plan)
		if err != nil {
			return err
		}
		needed, err := approval.Needed(tx, plan, approval.ChangePolicy, province)
		if err != nil {
			return err
		}
		if asked = needed; !needed {
			return approval.Set(tx, plan, s.Now(), c.Actor, province, actsOf(in.Body))
		}
		change, err := json.Marshal(in.Body, json.Deterministic(true))
		if err == nil {
			_, err = approval.Ask(tx, plan, s.Now(), c.Actor, approval.ChangePolicy, province, "setting:approvals", change, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if asked {
		return nil, journal.Refuse("approval.needed")
	}
	return s.approvalSettings(ctx, c, &in.SettingsOf)
}

func actsOf(b approvalActs) map[approval.Act]bool {
	acts := map[approval.Act]bool{}
	for act, on := range b.Acts {
		acts[approval.Act(act)] = on
	}
	return acts
}

// carryPolicy sets what was asked for, in the name of who asked; the second
// name is in the audit of the decision.
func (s *Server) carryPolicy(tx store.Tx, plan *campaign.Plan, r approval.Request) error {
	var change approvalActs
	if err := json.Unmarshal(r.Change, &change); err != nil {
		return err
	}
	u, err := tx.User(r.By)
	if err != nil {
		return err
	}
	return approval.Set(tx, plan, s.Now(), access.Actor{User: u}, r.Office, actsOf(change))
}
