// Package approval is the rule of four eyes: acts that an agency never leaves
// to one person wait until a second one, who holds the same right, has seen
// what will change and agrees.
//
// Whoever owns an act asks [Needed] before doing it, opens a request with
// [Ask] instead, and does it when [Decide] says that it was approved, in the
// same transaction. Both names are in the audit.
package approval

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// Act is what may wait for a second person.
type Act string

// The acts.
const (
	MergePersons      Act = "persons.merge"
	ImportPeople      Act = "people.import" // of more than [ManyRows]
	ChangeBankAccount Act = "bank_account.change"
	ReopenDay         Act = "day.reopen"
	ChangePolicy      Act = "policy.change"
)

// ManyRows is how many rows one person alone may import within 24 hours.
const ManyRows = 1000

// Acts are all acts, in the order in which a screen shows them.
var Acts = []Act{MergePersons, ImportPeople, ChangeBankAccount, ReopenDay, ChangePolicy}

// rules say which right the act takes, and whether it waits where the agency
// has not said.
var rules = map[Act]struct {
	right access.Right
	waits bool
}{
	MergePersons:      {access.JoinPersons, false},
	ImportPeople:      {access.ImportPeople, true},
	ChangeBankAccount: {access.EditPeople, true},
	ReopenDay:         {access.CloseDay, false},
	ChangePolicy:      {access.SetPolicy, false},
}

// Lasts is how long a request waits before it lapses.
const Lasts = 7 * 24 * time.Hour

// State of a request.
type State string

const (
	Waiting  State = "waiting"
	Approved State = "approved"
	Refused  State = "refused"
	Expired  State = "expired"
)

// Request waits for a second person.
type Request struct {
	ID      string
	Act     Act
	Office  string // where the act takes effect
	Subject string // ids only, as in the audit
	By      string
	At      time.Time
	// Change is what will change, for the second person to see: a JSON object
	// of ids, counts and days, without personal data.
	Change []byte
	// Input is by which to do it; it may hold personal data, and is stored
	// sealed. Requests that are listed come without it.
	Input     []byte
	State     State
	DecidedBy string
	DecidedAt time.Time
	Reason    string // of the decision; stored sealed
}

// Row is a request as it is stored.
type Row struct {
	Request        // without Input and Reason
	Key     string // of what is sealed
	Sealed  []byte
}

// secret is what of a request is sealed.
type secret struct {
	Input  []byte `json:"input,omitempty"`
	Reason string `json:"reason,omitzero"`
}

// Tx is what approvals need of a store's transaction.
type Tx interface {
	access.Tx
	audit.Tx
	// PutApproval adds a request, or replaces the one with this id.
	PutApproval(r Row) error
	// Approval returns a request, which no other transaction changes until
	// this one ends; access.ErrNotFound if there is none.
	Approval(id string) (Row, error)
	// ApprovalsOf lists requests about a subject, the last first.
	ApprovalsOf(subject string) ([]Row, error)
	// Approvals lists requests that somebody asked for, or of these offices,
	// the last first, at most so many.
	Approvals(by string, offices []string, limit int) ([]Row, error)

	Setting(name string) (string, error)
	PutSetting(name, value string) error
	NewKey() (string, error)
	SealUnder(key, place string, plain []byte) ([]byte, error)
	OpenUnder(key, place string, sealed []byte) ([]byte, error)
}

func settingOf(act Act, office string, plan *campaign.Plan) string {
	return "approval/" + access.ProvinceOf(office, plan) + "/" + string(act)
}

// Needed says whether an act in an office waits for a second person: by the
// setting of the office's province.
func Needed(tx Tx, plan *campaign.Plan, act Act, office string) (bool, error) {
	had, err := tx.Setting(settingOf(act, office, plan))
	if err != nil || had == "" {
		return rules[act].waits, err
	}
	return had == "on", nil
}

// Set says which acts wait in a province. It takes [access.SetPolicy] there.
func Set(tx Tx, plan *campaign.Plan, now time.Time, actor access.Actor, province string, acts map[Act]bool) error {
	if err := access.May(actor, access.SetPolicy, province, plan); err != nil {
		return err
	}
	details := map[string]string{}
	for act, on := range acts {
		if !slices.Contains(Acts, act) {
			return journal.Refuse("approval.act", "act", string(act))
		}
		value := map[bool]string{true: "on", false: "off"}[on]
		details[string(act)] = value
		if err := tx.PutSetting(settingOf(act, province, plan), value); err != nil {
			return err
		}
	}
	return audit.Append(tx, now, audit.Event{
		Act: "approval.set", Actor: actor.ID, Device: actor.Device, Office: province, Details: details,
	})
}

// Ask opens a request. The actor must hold the act's right. Input may be nil.
func Ask(tx Tx, plan *campaign.Plan, now time.Time, actor access.Actor, act Act, office, subject string, change, input []byte) (Request, error) {
	if err := access.May(actor, rules[act].right, office, plan); err != nil {
		return Request{}, err
	}
	r := Request{
		ID: journal.NewID().String(), Act: act, Office: office, Subject: subject, By: actor.ID,
		At: now.UTC().Truncate(time.Microsecond), Change: change, Input: input, State: Waiting,
	}
	key, err := tx.NewKey()
	if err == nil {
		err = put(tx, r, key)
	}
	if err == nil {
		err = audit.Append(tx, now, r.event("approval.asked", actor))
	}
	return r, err
}

func (r *Request) event(act audit.Act, actor access.Actor) audit.Event {
	return audit.Event{
		Act: act, Actor: actor.ID, Device: actor.Device, Office: r.Office, Subject: "approval:" + r.ID,
		Details: map[string]string{"act": string(r.Act), "subject": r.Subject, "asked_by": r.By, "state": string(r.State)},
	}
}

func place(id string) string { return "approval/" + id }

func put(tx Tx, r Request, key string) error {
	plain, err := json.Marshal(secret{r.Input, r.Reason})
	if err != nil {
		return err
	}
	sealed, err := tx.SealUnder(key, place(r.ID), plain)
	if err != nil {
		return fmt.Errorf("keep a request for approval: %w", err)
	}
	r.Input, r.Reason = nil, ""
	return tx.PutApproval(Row{r, key, sealed})
}

func open(tx Tx, row Row, now time.Time) (Request, error) {
	r := row.Request
	plain, err := tx.OpenUnder(row.Key, place(r.ID), row.Sealed)
	if err != nil {
		return r, err
	}
	var s secret
	if err := json.Unmarshal(plain, &s); err != nil {
		return r, fmt.Errorf("read a request for approval: %w", err)
	}
	r.Input, r.Reason = s.Input, s.Reason
	if r.State == Waiting && !now.Before(r.At.Add(Lasts)) {
		r.State = Expired
	}
	return r, nil
}

// Decide approves or refuses a request. Refusals: not_found, also for who may
// not see it; approval.decided, approval.expired; approval.own: whoever asked
// does not decide; approval.asker: whoever asked may not do it any more;
// right.missing: it takes [access.Approve] and the act's own right.
func Decide(tx Tx, plan *campaign.Plan, now time.Time, actor access.Actor, id string, approve bool, reason string) (Request, error) {
	row, err := tx.Approval(id)
	if errors.Is(err, access.ErrNotFound) || err == nil && !mayView(actor, &row.Request, plan) {
		return Request{}, journal.Refuse("not_found", "what", id)
	}
	if err != nil {
		return Request{}, err
	}
	r, err := open(tx, row, now)
	switch {
	case err != nil:
		return Request{}, err
	case r.State == Expired:
		return Request{}, journal.Refuse("approval.expired")
	case r.State != Waiting:
		return Request{}, journal.Refuse("approval.decided", "state", string(r.State))
	case r.By == actor.ID:
		return Request{}, journal.Refuse("approval.own")
	case !approve && strings.TrimSpace(reason) == "":
		return Request{}, journal.Refuse("approval.reason")
	}
	for _, right := range []access.Right{access.Approve, rules[r.Act].right} {
		if err := access.May(actor, right, r.Office, plan); err != nil {
			return Request{}, err
		}
	}
	r.State = Refused
	if approve {
		if err := asker(tx, plan, &r); err != nil {
			return Request{}, err
		}
		r.State = Approved
	}
	r.DecidedBy, r.DecidedAt, r.Reason = actor.ID, now.UTC().Truncate(time.Microsecond), reason
	kept := r
	kept.Input = nil
	if err := put(tx, kept, row.Key); err != nil {
		return Request{}, err
	}
	return r, audit.Append(tx, now, r.event("approval.decided", actor))
}

// asker makes sure that who asked may still do it.
func asker(tx Tx, plan *campaign.Plan, r *Request) error {
	if r.By == access.Terminal().ID {
		return nil
	}
	u, err := tx.User(r.By)
	if errors.Is(err, access.ErrNotFound) || err == nil && access.May(access.Actor{User: u}, rules[r.Act].right, r.Office, plan) != nil {
		return journal.Refuse("approval.asker")
	}
	return err
}

// mayView: who asked, and who may approve there.
func mayView(actor access.Actor, r *Request, plan *campaign.Plan) bool {
	return r.By == actor.ID || access.May(actor, access.Approve, r.Office, plan) == nil
}

// mostListed bounds a list of requests.
const mostListed = 1000

// List gives the requests that the actor may see, the last first; those in one
// state, if it is named.
func List(tx Tx, plan *campaign.Plan, now time.Time, actor access.Actor, state State) ([]Request, error) {
	var offices []string
	for id := range plan.Offices {
		if access.May(actor, access.Approve, id, plan) == nil {
			offices = append(offices, id)
		}
	}
	rows, err := tx.Approvals(actor.ID, offices, mostListed)
	if err != nil {
		return nil, err
	}
	var out []Request
	for _, row := range rows {
		if !mayView(actor, &row.Request, plan) {
			continue
		}
		r, err := open(tx, row, now)
		if err != nil {
			return nil, err
		}
		r.Input = nil
		if state == "" || r.State == state {
			out = append(out, r)
		}
	}
	return out, nil
}

// Pending are the requests for an act in these offices that wait for a second
// person, without input, the last first. Who may know of them, the caller says.
func Pending(tx Tx, now time.Time, act Act, offices []string) ([]Request, error) {
	rows, err := tx.Approvals("", offices, mostListed)
	var out []Request
	for _, row := range rows {
		if row.Act == act && row.State == Waiting && slices.Contains(offices, row.Office) && now.Before(row.At.Add(Lasts)) {
			out = append(out, row.Request)
		}
	}
	return out, err
}

// Read gives a request with its input, to who may decide it.
func Read(tx Tx, plan *campaign.Plan, now time.Time, actor access.Actor, id string) (Request, error) {
	row, err := tx.Approval(id)
	if err == nil && !mayView(actor, &row.Request, plan) {
		err = access.ErrNotFound
	}
	if err != nil {
		return Request{}, err
	}
	return open(tx, row, now)
}

// Last is the last request about a subject, if there is one.
func Last(tx Tx, now time.Time, subject string) (r Request, found bool, err error) {
	rows, err := tx.ApprovalsOf(subject)
	if err != nil || len(rows) == 0 {
		return r, false, err
	}
	r, err = open(tx, rows[0], now)
	return r, true, err
}
