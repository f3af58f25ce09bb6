package people

import (
	"slices"
	"strconv"
	"time"

	"caunoi/access"
	"caunoi/attachment"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Consent is what a person agreed to, for one purpose (Law 91/2025/QH15; the
// form is free as long as it can be shown: paper, a call, a message).
type Consent struct {
	ID          journal.ID
	Person      journal.ID
	Purpose     string
	TextVersion string // hash of the text that was shown
	Channel     string
	Proof       string // reference of the paper or recording; sealed in the store
	By          string
	Given       time.Time
	Withdrawn   time.Time // zero while it holds
	WithdrawnBy string
	Key         string
	Sealed      []byte
}

// Purposes for which consent is asked.
const (
	Outreach = "outreach" // visits
	Calls    = "calls"    // being called by phone
)

// Purposes and Channels are those that are known.
var (
	Purposes = []string{Outreach, Calls, "messages", "national_check"}
	Channels = []string{"paper", "call", "sms", "email", "app", "desk"}
)

// Agree records consent of a person in the actor's scope.
func (r Registry) Agree(tx Tx, plan *campaign.Plan, actor access.Actor, c Consent) (Consent, error) {
	p, err := ByID(tx, ScopeOf(actor, access.EditPeople, plan), c.Person)
	if err != nil {
		return c, err
	}
	for _, f := range []struct {
		name, value string
		ok          bool
	}{
		{"purpose", c.Purpose, slices.Contains(Purposes, c.Purpose)},
		{"channel", c.Channel, slices.Contains(Channels, c.Channel)},
		{"text_version", c.TextVersion, c.TextVersion != "" && len(c.TextVersion) <= 100},
		{"proof", c.Proof, len(c.Proof) <= 500},
	} {
		if !f.ok {
			return c, journal.Refuse("people.value", "field", f.name)
		}
	}
	c.ID, c.By, c.Given, c.Withdrawn = journal.NewID(), actor.ID, now(r.Now()), time.Time{}
	c.Key = p.Key
	if c.Sealed, err = tx.SealUnder(p.Key, "consent/"+c.ID.String(), []byte(c.Proof)); err != nil {
		return c, err
	}
	if err := tx.PutConsent(c); err != nil {
		return c, err
	}
	if err := r.callable(tx, p); err != nil {
		return c, err
	}
	return c, r.audit(tx, event("consent.given", actor, p.Office, subjectOf(p.ID), map[string]string{
		"consent": c.ID.String(), "purpose": c.Purpose, "text": c.TextVersion, "channel": c.Channel,
	}))
}

// Withdraw ends a consent; from then on nobody is called by it.
func (r Registry) Withdraw(tx Tx, plan *campaign.Plan, actor access.Actor, person, id journal.ID) error {
	p, err := ByID(tx, ScopeOf(actor, access.EditPeople, plan), person)
	if err != nil {
		return err
	}
	list, err := tx.ConsentsOf(everybody, person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c Consent) bool { return c.ID == id })
	if i < 0 {
		return notFound(id)
	}
	if !list[i].Withdrawn.IsZero() {
		return nil
	}
	list[i].Withdrawn, list[i].WithdrawnBy = now(r.Now()), actor.ID
	if err := tx.PutConsent(list[i]); err != nil {
		return err
	}
	if err := r.callable(tx, p); err != nil {
		return err
	}
	return r.audit(tx, event("consent.withdrawn", actor, p.Office, subjectOf(p.ID), map[string]string{"consent": id.String(), "purpose": list[i].Purpose}))
}

// callable brings up to date whether an opened person may be called.
func (r Registry) callable(tx Tx, p Person) error {
	list, err := tx.ConsentsOf(everybody, p.ID)
	if err != nil {
		return err
	}
	agreed := slices.ContainsFunc(list, func(c Consent) bool { return c.Purpose == Calls && c.Withdrawn.IsZero() })
	if may := agreed && p.Phone != ""; may != p.Callable {
		p.Callable, p.Indexes = may, nil
		return tx.PutPeople([]Person{p})
	}
	return nil
}

// ConsentsOf lists the consents of a person in scope, with their proofs.
func ConsentsOf(tx Tx, s Scope, person journal.ID) ([]Consent, error) {
	list, err := tx.ConsentsOf(s, person)
	if err != nil {
		return nil, err
	}
	for i := range list {
		proof, err := tx.OpenUnder(list[i].Key, "consent/"+list[i].ID.String(), list[i].Sealed)
		if err != nil {
			return nil, err
		}
		list[i].Proof = string(proof)
	}
	return list, nil
}

// Revealed opens a person in clear for a purpose, which the audit keeps.
func (r Registry) Revealed(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, purpose string) (Person, error) {
	p, err := ByID(tx, ScopeOf(actor, access.Reveal, plan), id)
	if err != nil {
		return p, err
	}
	if !slices.Contains(RevealPurposes, purpose) {
		return p, journal.Refuse("people.purpose")
	}
	return p, r.audit(tx, event("person.revealed", actor, p.Office, subjectOf(id), map[string]string{"purpose": purpose}))
}

// RevealPurposes are for what personal fields may be opened.
var RevealPurposes = []string{"visit", "call", "enrol", "correct", "duplicate", "request"}

// Eraser destroys data keys with all that they seal, and leaves every figure.
type Eraser func(keys []string) error

// Erase removes a person for good: the row and those shown as one with it,
// indexes, consents, and what is personal in every entry about them. What was
// counted stays counted; who returns is somebody new. Reasons stay in the audit
// as a code.
func (r Registry) Erase(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, reason string, erase Eraser) error {
	p, err := ByID(tx, ScopeOf(actor, access.Privacy, plan), id)
	if err != nil {
		return err
	}
	if !slices.Contains(EraseReasons, reason) {
		return journal.Refuse("people.reason")
	}
	all, placed, err := r.circle(tx, plan, []journal.ID{p.ID})
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(all, func(o Person) bool {
		return o.ID != p.ID && o.Lead != p.ID && (p.Lead.IsZero() || o.ID != p.Lead && o.Lead != p.Lead)
	})
	keys, ids := map[string]bool{}, map[journal.ID]bool{}
	for _, o := range gone {
		keys[o.Key], ids[o.ID] = true, true
	}
	// A citizen number may stand in several offices' rows: it is one person.
	twins, err := tx.PeopleByKey(everybody, sorted(keys))
	if err != nil {
		return err
	}
	for _, o := range twins {
		ids[o.ID] = true
	}
	tokens := map[string]bool{}
	for id := range ids {
		tokens[tally.RegistryTie(id.String())] = true
	}
	for key := range keys {
		tokens[tally.CitizenTie(key)] = true
	}
	told := about(placed, tokens)
	said, err := remarks(tx, told)
	if err != nil {
		return err
	}
	for _, st := range append(told, said...) {
		if st.Key != "" {
			keys[st.Key] = true
		}
	}
	// A key of somebody else in the registry stays: an entry named both.
	others, err := tx.PeopleByKey(everybody, sorted(keys))
	if err != nil {
		return err
	}
	for _, o := range others {
		if !ids[o.ID] {
			delete(keys, o.Key)
		}
	}
	var list []journal.ID
	for id := range ids {
		list = append(list, id)
	}
	slices.SortFunc(list, journal.ID.Compare)
	if err := tx.DropPeople(list); err != nil {
		return err
	}
	if err := erase(sorted(keys)); err != nil {
		return err
	}
	for _, id := range list {
		if err := r.audit(tx, event("person.erased", actor, p.Office, subjectOf(id), map[string]string{"reason": reason})); err != nil {
			return err
		}
	}
	return nil
}

// about are the entries that name somebody of these tokens.
func about(placed []tally.Placed, tokens map[string]bool) (out []journal.Stored) {
	for _, f := range placed {
		if f.Subject != nil && (tokens[tally.RegistryTie(f.Subject.Registry)] || tokens[tally.CitizenTie(f.Subject.Citizen)]) {
			out = append(out, f.Stored)
		}
	}
	return out
}

// remarks are the entries that name nobody themselves and speak of these
// records alone: stages with their notes, questions to the author.
func remarks(tx Tx, told []journal.Stored) (out []journal.Stored, err error) {
	of := map[journal.ID]bool{}
	var tokens []string
	for i := range told {
		if root := told[i].Root; !of[root] {
			of[root] = true
			tokens = append(tokens, tally.RecordTie(root))
		}
	}
	ties, err := tx.TiedTo(tokens)
	if err != nil {
		return nil, err
	}
	var roots []journal.ID
	for _, t := range ties {
		if !of[t.Root] {
			roots = append(roots, t.Root)
		}
	}
	slices.SortFunc(roots, journal.ID.Compare)
	records, err := tx.Records(slices.Compact(roots))
	if err != nil {
		return nil, err
	}
	others := map[journal.ID]bool{} // records that speak of others, too
	for i := range records {
		st := &records[i]
		if st.Subject != nil || slices.ContainsFunc(st.Refs, func(id journal.ID) bool { return !of[id] }) {
			others[st.Root] = true
		}
	}
	return slices.DeleteFunc(records, func(st journal.Stored) bool { return others[st.Root] }), nil
}

// EraseReasons are why somebody is erased (Law 91/2025/QH15, Art. 14).
var EraseReasons = []string{"request", "consent_withdrawn", "purpose_done", "retention"}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Held is all that is held of one person.
type Held struct {
	Person   Person
	Covers   []Cover
	Consents []Consent
	Proof    Verification
	Reached  string // by a call-back
	Requests []Request
	Entries  []journal.Stored // opened
	Pictures map[journal.ID][][]byte
	Seen     []audit.Row // who read and changed it
}

// Export gathers what is held of a person, for the person to have.
func (r Registry) Export(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID) (Held, error) {
	scope := ScopeOf(actor, access.Privacy, plan)
	p, err := ByID(tx, scope, id)
	if err != nil {
		return Held{}, err
	}
	h := Held{Person: p}
	covers, err := CoversOf(tx, []Person{p})
	if err != nil {
		return h, err
	}
	h.Covers = covers[p.ID]
	if h.Consents, err = ConsentsOf(tx, scope, id); err != nil {
		return h, err
	}
	if h.Proof, err = Proven(tx, &p); err != nil {
		return h, err
	}
	if h.Reached, err = h.Proof.Reached(tx, &p); err != nil {
		return h, err
	}
	if h.Requests, err = tx.RequestsOf(scope, id); err != nil {
		return h, err
	}
	all, placed, err := r.circle(tx, plan, []journal.ID{p.ID})
	if err != nil {
		return h, err
	}
	own := map[string]bool{}
	for _, o := range all {
		if o.ID == p.ID || o.Lead == p.ID {
			own[tally.RegistryTie(o.ID.String())], own[tally.CitizenTie(o.Key)] = true, true
		}
	}
	told := about(placed, own)
	said, err := remarks(tx, told)
	if err != nil {
		return h, err
	}
	h.Entries = append(told, said...)
	if err := tx.Open(h.Entries); err != nil {
		return h, err
	}
	h.Pictures = map[journal.ID][][]byte{}
	for i := range h.Entries {
		st := &h.Entries[i]
		if h.Pictures[st.ID], err = attachment.Whole(tx, st); err != nil {
			return h, err
		}
	}
	if h.Seen, err = tx.Audit(audit.Query{Subject: subjectOf(id), Limit: 1000}); err != nil {
		return h, err
	}
	return h, r.audit(tx, event("person.exported", actor, p.Office, subjectOf(id), map[string]string{"entries": strconv.Itoa(len(h.Entries))}))
}

// HeldAll is what is held, as it is given out at a terminal.
type HeldAll struct {
	Person struct {
		ID journal.ID `json:"id"`
		Personal
		Sex       string    `json:"sex,omitzero"`
		BirthYear int       `json:"birth_year,omitzero"`
		Commune   string    `json:"commune"`
		Village   string    `json:"village,omitzero"`
		Household string    `json:"household,omitzero"`
		Student   bool      `json:"student,omitzero"`
		NoSchool  bool      `json:"no_school,omitzero"`
		SIMonths  int       `json:"si_months,omitzero"`
		Cash      bool      `json:"pension_cash,omitzero"`
		Assigned  string    `json:"assigned_to,omitzero"`
		Added     time.Time `json:"added"`
		Changed   time.Time `json:"changed"`
	} `json:"person"`
	Coverage []Cover     `json:"coverage"`
	Consents []HeldAgree `json:"consents"`
	Proof    HeldProof   `json:"proof"`
	Requests []HeldAsked `json:"requests"`
	Entries  []HeldLine  `json:"entries"`
	Seen     []HeldSeen  `json:"seen"`
}

// HeldAgree is a consent, as it is given out.
type HeldAgree struct {
	Purpose     string    `json:"purpose"`
	TextVersion string    `json:"text_version"`
	Channel     string    `json:"channel"`
	Proof       string    `json:"proof,omitzero"`
	Given       time.Time `json:"given"`
	Withdrawn   time.Time `json:"withdrawn,omitzero"`
}

// HeldProof is what was proven of a person, as it is given out.
type HeldProof struct {
	Phone   string      `json:"phone,omitzero"`
	PhoneAt time.Time   `json:"phone_at,omitzero"`
	Reached string      `json:"reached,omitzero"`
	Check   CheckResult `json:"check,omitzero"`
	Differs []string    `json:"differs,omitzero"`
	CheckAt time.Time   `json:"check_at,omitzero"`
}

// HeldAsked is what a person asked of us, as it is given out.
type HeldAsked struct {
	Kind      string      `json:"kind"`
	Received  time.Time   `json:"received"`
	FinishDue journal.Day `json:"finish_due"`
	State     string      `json:"state"`
}

// All is what is held, in the form in which it is given out.
func (h *Held) All() HeldAll {
	p := &h.Person
	var out HeldAll
	o := &out.Person
	o.ID, o.Personal, o.Sex, o.BirthYear, o.Commune, o.Village, o.Household = p.ID, p.Personal, p.Sex, p.BirthYear, p.Commune, p.Village, p.Household
	o.Student, o.NoSchool, o.SIMonths, o.Cash, o.Assigned, o.Added, o.Changed = p.Student, p.NoSchool, p.SIMonths, p.Cash, p.Assigned, p.Added, p.Changed
	out.Coverage = append([]Cover{}, h.Covers...)
	out.Consents = []HeldAgree{}
	for _, c := range h.Consents {
		out.Consents = append(out.Consents, HeldAgree{c.Purpose, c.TextVersion, c.Channel, c.Proof, c.Given, c.Withdrawn})
	}
	f := &h.Proof
	out.Proof = HeldProof{f.PhoneHow, f.PhoneAt, h.Reached, f.Check, f.Differs, f.CheckAt}
	out.Requests = []HeldAsked{}
	for _, q := range h.Requests {
		out.Requests = append(out.Requests, HeldAsked{q.Kind, q.Received, q.FinishDue, q.State})
	}
	out.Entries, out.Seen = h.Lines()
	return out
}

// HeldLine is an entry about a person, as it was recorded.
type HeldLine struct {
	Entry    journal.Entry   `json:"entry"`
	Received journal.Receipt `json:"received"`
	Pictures [][]byte        `json:"pictures,omitempty" doc:"that belong to it, in base64"`
}

// HeldSeen is one reading or change of a person.
type HeldSeen struct {
	At      time.Time `json:"at"`
	Act     string    `json:"act"`
	Actor   string    `json:"actor"`
	Purpose string    `json:"purpose,omitempty"`
}

// Lines are the entries and the readings, as they are given out.
func (h *Held) Lines() ([]HeldLine, []HeldSeen) {
	entries, seen := []HeldLine{}, []HeldSeen{}
	for i := range h.Entries {
		st := &h.Entries[i]
		entries = append(entries, HeldLine{st.Entry, st.Received, h.Pictures[st.ID]})
	}
	for _, row := range h.Seen {
		seen = append(seen, HeldSeen{row.At, string(row.Act), row.Actor, row.Details["purpose"]})
	}
	return entries, seen
}
