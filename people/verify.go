package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// Verification is what is known of a person beyond what somebody said: that a phone
// number reaches them, and what a national service made of their identity. It
// is of the values that were proven: with others in their place it holds no
// more.
type Verification struct {
	Person journal.ID

	PhoneHow string // code or callback; empty: not proven
	PhoneOf  string // blind index of the number
	PhoneAt  time.Time
	PhoneBy  string
	Sealed   []byte // who was reached by a call-back, under the person's key

	Check   CheckResult
	CheckOf string   // blind index of number, name and birth
	Differs []string // of name, birth
	CheckAt time.Time
	CheckBy string

	// The code that is out; no MAC: none.
	CodeMAC   string
	CodeOf    string // blind index of the number to which it belongs
	CodeUntil time.Time
	CodeTries int
	CodesOn   journal.Day
	Codes     int // on that day
}

// The limits of a code by which a phone number is proven.
const (
	CodeTime = 10 * time.Minute
	// codeTries of a million: an officer who guesses is told from one who was told.
	codeTries = 5
	codesADay = 5
)

// Proven returns the proof of an opened person as far as it still holds.
func Proven(tx Tx, p *Person) (Verification, error) {
	f, err := tx.Verification(p.ID)
	if err != nil {
		return Verification{}, err
	}
	f.Person = p.ID
	if f.PhoneOf != phoneIndex(tx, p) || p.Phone == "" {
		f.PhoneHow, f.PhoneBy, f.PhoneAt, f.PhoneOf, f.Sealed = "", "", time.Time{}, "", nil
	}
	if f.CheckOf != checkIndex(tx, p) {
		f.Check, f.Differs, f.CheckBy, f.CheckAt, f.CheckOf = "", nil, "", time.Time{}, ""
	}
	return f, nil
}

func phoneIndex(tx Tx, p *Person) string { return tx.Blind("phone.proof", p.Phone) }

func checkIndex(tx Tx, p *Person) string {
	return tx.Blind("check", strings.Join([]string{p.Citizen, p.Name, p.Birth}, "\x1f"))
}

// PhoneCode makes a code of six digits that the agency sends to the person's
// number, or reads out in a call to it. It is told this once, holds for
// [CodeTime], and replaces the one before. Refusals: not_found,
// people.no_phone, people.codes.
func (r Registry) PhoneCode(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID) (code string, until time.Time, err error) {
	p, f, err := r.provable(tx, plan, actor, id)
	if err != nil {
		return "", until, err
	}
	at := now(r.Now())
	today := journal.DayOf(at)
	if f.CodesOn != today {
		f.CodesOn, f.Codes = today, 0
	}
	if f.Codes++; f.Codes > codesADay {
		return "", until, journal.Refuse("people.codes", "most", codesADay)
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", until, err
	}
	code = fmt.Sprintf("%06d", n)
	f.CodeMAC, f.CodeOf, f.CodeUntil, f.CodeTries = codeMAC(tx, id, code), phoneIndex(tx, &p), at.Add(CodeTime), 0
	if err := tx.PutVerification(f); err != nil {
		return "", until, err
	}
	return code, f.CodeUntil, r.audit(tx, event("phone.code_made", actor, p.Office, subjectOf(id), nil))
}

func codeMAC(tx Tx, id journal.ID, code string) string {
	return tx.Blind("phone.code", id.String()+code)
}

// ProveByCode takes the code that the person says back. Refusals: not_found,
// people.no_phone, people.code, of which the caller commits the transaction all
// the same, since it counts.
func (r Registry) ProveByCode(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, code string) error {
	p, f, err := r.provable(tx, plan, actor, id)
	if err != nil {
		return err
	}
	f.CodeTries++
	late := f.CodeMAC == "" || f.CodeTries > codeTries || !f.CodeUntil.After(r.Now()) || f.CodeOf != phoneIndex(tx, &p)
	if late || f.CodeMAC != codeMAC(tx, id, strings.TrimSpace(code)) {
		e := event("phone.proven", actor, p.Office, subjectOf(id), map[string]string{"how": "code"})
		e.Outcome = audit.Refused
		return errors.Join(tx.PutVerification(f), r.audit(tx, e), journal.Refuse("people.code", "left", max(0, codeTries-f.CodeTries)))
	}
	f.CodeMAC, f.CodeOf, f.CodeUntil, f.CodeTries = "", "", time.Time{}, 0
	return r.proven(tx, actor, &p, f, "code", nil)
}

// ProveByCall takes an officer's word that the person answered at the number,
// with whom they reached. Refusals: not_found, people.no_phone, people.reached.
func (r Registry) ProveByCall(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, reached string) error {
	p, f, err := r.provable(tx, plan, actor, id)
	if err != nil {
		return err
	}
	if reached = strings.TrimSpace(reached); reached == "" {
		return journal.Refuse("people.reached")
	}
	sealed, err := tx.SealUnder(p.Key, "proof/"+id.String(), []byte(reached))
	if err != nil {
		return err
	}
	return r.proven(tx, actor, &p, f, "callback", sealed)
}

func (r Registry) provable(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID) (p Person, f Verification, err error) {
	if p, err = ByID(tx, ScopeOf(actor, access.EditPeople, plan), id); err != nil {
		return p, f, err
	}
	if p.Phone == "" {
		return p, f, journal.Refuse("people.no_phone")
	}
	f, err = Proven(tx, &p)
	return p, f, err
}

func (r Registry) proven(tx Tx, actor access.Actor, p *Person, f Verification, how string, sealed []byte) error {
	f.PhoneHow, f.PhoneOf, f.PhoneAt, f.PhoneBy, f.Sealed = how, phoneIndex(tx, p), now(r.Now()), actor.ID, sealed
	if err := tx.PutVerification(f); err != nil {
		return err
	}
	return r.audit(tx, event("phone.proven", actor, p.Office, subjectOf(p.ID), map[string]string{"how": how}))
}

// Reached is whom a call-back reached.
func (f *Verification) Reached(tx Tx, p *Person) (string, error) {
	if len(f.Sealed) == 0 {
		return "", nil
	}
	text, err := tx.OpenUnder(p.Key, "proof/"+p.ID.String(), f.Sealed)
	return string(text), err
}

// CheckResult is what a national service makes of a person's identity.
type CheckResult string

// The results. What was not answered in time, or not understood, is
// Unverified: a check never stops anybody.
const (
	Match      CheckResult = "match"
	Mismatch   CheckResult = "mismatch"
	Unknown    CheckResult = "unknown"
	Unverified CheckResult = "unverified"
)

// Identity is what is checked. Dates are as people.Personal keeps them:
// YYYY-MM-DD, or less of it where less is known.
type Identity struct {
	Citizen string `json:"citizen"`
	Name    string `json:"name"`
	Birth   string `json:"birth"`
}

// Checker asks a national service. It answers Unverified instead of failing.
type Checker interface {
	Check(ctx context.Context, who Identity) (result CheckResult, differs []string)
}

// ToCheck is what to ask a national service about a person. Refusals:
// not_found, people.no_citizen.
func (r Registry) ToCheck(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID) (Identity, error) {
	p, err := ByID(tx, ScopeOf(actor, access.EditPeople, plan), id)
	if err != nil {
		return Identity{}, err
	}
	if p.Citizen == "" {
		return Identity{}, journal.Refuse("people.no_citizen")
	}
	return Identity{p.Citizen, p.Name, p.Birth}, nil
}

// Checked keeps what a national service answered, unless the person is another
// by now. Refusals: not_found, people.changed.
func (r Registry) Checked(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, asked Identity, result CheckResult, differs []string) error {
	p, err := ByID(tx, ScopeOf(actor, access.EditPeople, plan), id)
	if err != nil {
		return err
	}
	if (Identity{p.Citizen, p.Name, p.Birth}) != asked {
		return journal.Refuse("people.changed")
	}
	f, err := Proven(tx, &p)
	if err != nil {
		return err
	}
	differs = slices.DeleteFunc(slices.Clone(differs), func(d string) bool { return d != "name" && d != "birth" })
	f.Check, f.Differs, f.CheckOf, f.CheckAt, f.CheckBy = result, differs, checkIndex(tx, &p), now(r.Now()), actor.ID
	if err := tx.PutVerification(f); err != nil {
		return err
	}
	return r.audit(tx, event("person.checked", actor, p.Office, subjectOf(id), map[string]string{"result": string(result), "differs": strings.Join(differs, " ")}))
}
