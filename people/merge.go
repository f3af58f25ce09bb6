package people

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/tally"
)

// PairState says what became of two rows that may be one person.
type PairState string

const (
	OpenPair  PairState = "open"
	SamePair  PairState = "same"
	ApartPair PairState = "apart"
)

// Pair is two persons of the registry who may be one.
type Pair struct {
	ID               journal.ID
	A, B             journal.ID // A came into the registry first
	OfficeA, OfficeB string
	CommuneA         string
	CommuneB         string
	Score            int // 0 to 100
	Reasons          []string
	State            PairState
	// Entries are the joins, if they are the same.
	Entries []journal.ID
}

// mostAlike is how many persons may share a number or a likeness before it
// tells nothing: a shop's phone is no evidence.
const mostAlike = 20

// Reasons for which two rows may be one person, and how much each says.
var weights = map[string]int{
	"same_citizen": 100, "same_si": 95, "same_card": 90, "same_phone_like_name": 75, "like_name_birth_village": 60,
}

// pair finds whom persons that were put may be, wherever that other is known.
// list is opened.
func (r Registry) pair(tx Tx, list []Person) error {
	fields := map[string]string{}
	own := map[string][]*Person{}
	for i := range list {
		for index, field := range list[i].numbers(tx) {
			fields[index] = field
			own[index] = append(own[index], &list[i])
		}
	}
	indexes := make([]string, 0, len(fields))
	for index := range fields {
		indexes = append(indexes, index)
	}
	slices.Sort(indexes)
	found, err := tx.PeopleByIndex(everybody, indexes, mostAlike)
	if err != nil {
		return err
	}
	pairs := map[[2]journal.ID]*Pair{}
	var order []*Pair
	var doubt []Person // whose names must be seen
	for _, f := range found {
		if fields[f.Index] == byPhone {
			doubt = append(doubt, f.Person)
		}
	}
	if err := Open(tx, doubt); err != nil {
		return err
	}
	names := map[journal.ID]string{}
	for i := range doubt {
		names[doubt[i].ID] = doubt[i].Name
	}
	for _, f := range found {
		for _, p := range own[f.Index] {
			reason := reasonOf(fields[f.Index], p.Name, names[f.Person.ID])
			if p.ID == f.Person.ID || reason == "" {
				continue
			}
			a, b := *p, f.Person
			if earlier(b, a) < 0 {
				a, b = b, a
			}
			key := [2]journal.ID{a.ID, b.ID}
			had := pairs[key]
			if had == nil {
				had = &Pair{
					ID: journal.NewID(), A: a.ID, B: b.ID, OfficeA: a.Office, OfficeB: b.Office,
					CommuneA: a.Commune, CommuneB: b.Commune, State: OpenPair,
				}
				pairs[key] = had
				order = append(order, had)
			}
			if !slices.Contains(had.Reasons, reason) {
				had.Reasons = append(had.Reasons, reason)
				had.Score = min(100, max(had.Score, weights[reason])+5*(len(had.Reasons)-1))
			}
		}
	}
	for _, p := range order {
		slices.Sort(p.Reasons)
		if err := tx.PutPair(*p); err != nil {
			return err
		}
	}
	return nil
}

func reasonOf(field, name, other string) string {
	switch field {
	case byCitizen:
		return "same_citizen"
	case bySI:
		return "same_si"
	case byCard:
		return "same_card"
	case byLike:
		return "like_name_birth_village"
	case byPhone:
		if other != "" && sortedName(name) == sortedName(other) {
			return "same_phone_like_name"
		}
	}
	return ""
}

// Side is one person of a pair, as the actor may see it; nil Person for one of
// another office, of which nothing is said.
type Side struct{ Person *Person }

// Shown is a pair as the actor may see it.
type Shown struct {
	Pair
	SideA, SideB Side
}

// Pairs lists the pairs of whom the actor answers for. Who answers for both
// sees both side by side. Who answers for one sees that one alone, without the
// reasons, which would tell of the other.
func (r Registry) Pairs(tx Tx, plan *campaign.Plan, actor access.Actor, state PairState) ([]Shown, error) {
	scope := ScopeOf(actor, access.JoinPersons, plan)
	list, err := tx.Pairs(scope, state, 500)
	if err != nil {
		return nil, err
	}
	var ids []journal.ID
	for _, p := range list {
		ids = append(ids, p.A, p.B)
	}
	seen, err := tx.PeopleByID(scope, ids)
	if err != nil {
		return nil, err
	}
	if err := Open(tx, seen); err != nil {
		return nil, err
	}
	by := map[journal.ID]*Person{}
	for i := range seen {
		by[seen[i].ID] = &seen[i]
	}
	var out []Shown
	for _, p := range list {
		s := Shown{p, Side{by[p.A]}, Side{by[p.B]}}
		if s.SideA.Person == nil && s.SideB.Person == nil {
			continue
		}
		if s.SideA.Person == nil || s.SideB.Person == nil {
			s.Reasons, s.Score, s.Entries = nil, 0, nil
		}
		out = append(out, s)
	}
	return out, nil
}

// Appender appends entries and counts them, in the caller's transaction.
type Appender func(entries []journal.Stored) ([]journal.Outcome, error)

// decision is by which to do it again, once it is approved.
type decision struct {
	Pair   journal.ID `json:"pair,omitzero"`
	Reason string     `json:"reason,omitzero"`
	// A and B are two records instead of a pair of the registry.
	A journal.ID `json:"a,omitzero"`
	B journal.ID `json:"b,omitzero"`
}

// Decide says of a pair that it is one person, or that it is two. It is for
// who answers for both; to anybody else there is no such pair. Merging waits
// for a second person where the agency wants that: approval.needed is then not
// an error, and the pair stays open.
func (r Registry) Decide(tx ApprovalTx, plan *campaign.Plan, actor access.Actor, id journal.ID, same bool, reason string, add Appender) (waits bool, err error) {
	p, err := r.both(tx, plan, actor, id)
	if err != nil {
		return false, err
	}
	if p.State != OpenPair {
		return false, journal.Refuse("duplicate.decided", "state", string(p.State))
	}
	office := above(plan, p.OfficeA, p.OfficeB)
	if !same {
		p.State = ApartPair
		if err := tx.SetPair(p); err != nil {
			return false, err
		}
		return false, r.audit(tx, event("persons.kept_apart", actor, office, "pair:"+p.ID.String(), p.details()))
	}
	needed, err := approval.Needed(tx, plan, approval.MergePersons, office)
	if err != nil || !needed {
		return false, firstError(err, func() error { return r.join(tx, plan, actor, p, office, reason, add) })
	}
	return true, r.ask(tx, plan, actor, office, "pair:"+p.ID.String(), p.details(), decision{Pair: p.ID, Reason: reason})
}

// ask leaves a decision to a second person, once.
func (r Registry) ask(tx ApprovalTx, plan *campaign.Plan, actor access.Actor, office, subject string, details map[string]string, d decision) error {
	last, found, err := approval.Last(tx, r.Now(), subject)
	if err != nil || found && last.State == approval.Waiting {
		return err
	}
	change, err := json.Marshal(details, json.Deterministic(true))
	if err != nil {
		return err
	}
	input, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = approval.Ask(tx, plan, r.Now(), actor, approval.MergePersons, office, subject, change, input)
	return err
}

// JoinRecords says that two records speak of one person, whom the registry may
// not know. It is for who answers for both; merging may wait for a second person.
func (r Registry) JoinRecords(tx ApprovalTx, plan *campaign.Plan, actor access.Actor, a, b *journal.Stored, add Appender) (made journal.ID, waits bool, err error) {
	office := above(plan, a.Office, b.Office)
	needed, err := approval.Needed(tx, plan, approval.MergePersons, office)
	switch {
	case err != nil:
		return made, false, err
	case needed:
		details := map[string]string{"entry": a.Root.String(), "other": b.Root.String(), "campaign": a.Campaign}
		return made, true, r.ask(tx, plan, actor, office, "entry:"+a.Root.String(), details, decision{A: a.Root, B: b.Root})
	}
	made, err = r.joinRecords(plan, actor, a, b, office, add)
	return made, false, err
}

func (r Registry) joinRecords(plan *campaign.Plan, actor access.Actor, a, b *journal.Stored, office string, add Appender) (journal.ID, error) {
	body, err := json.Marshal(outreach.JoinedBody{A: outreach.PersonRef{Entry: a.Root}, B: outreach.PersonRef{Entry: b.Root}})
	if err != nil {
		return journal.ID{}, err
	}
	st, err := r.entry(plan, actor, outreach.PersonsJoined, office, func(e *journal.Entry) { e.Campaign, e.Body = a.Campaign, body })
	if err == nil {
		err = r.append(add, st)
	}
	return st.ID, err
}

// ApprovalTx is a transaction in which an act may have to wait.
type ApprovalTx interface {
	approval.Tx
	Tx
}

func firstError(err error, f func() error) error {
	if err != nil {
		return err
	}
	return f()
}

// Merge does what a second person approved.
func (r Registry) Merge(tx ApprovalTx, plan *campaign.Plan, req approval.Request, add Appender) error {
	var d decision
	if err := json.Unmarshal(req.Input, &d); err != nil {
		return err
	}
	u, err := tx.User(req.By)
	if err != nil {
		return err
	}
	actor := access.Actor{User: u}
	if d.Pair.IsZero() {
		list, err := tx.Records([]journal.ID{d.A, d.B})
		if err != nil {
			return err
		}
		by := map[journal.ID]*journal.Stored{}
		for i := range list {
			by[list[i].ID] = &list[i]
		}
		_, err = r.joinRecords(plan, actor, by[d.A], by[d.B], req.Office, add)
		return err
	}
	p, err := r.both(tx, plan, actor, d.Pair)
	if err != nil {
		return err
	}
	if p.State != OpenPair {
		return journal.Refuse("duplicate.decided", "state", string(p.State))
	}
	return r.join(tx, plan, actor, p, req.Office, d.Reason, add)
}

// both finds a pair for whose two sides the actor answers.
func (r Registry) both(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID) (Pair, error) {
	p, err := tx.Pair(ScopeOf(actor, access.JoinPersons, plan), id)
	if err == ErrNotFound {
		return p, notFound(id)
	}
	if err != nil {
		return p, err
	}
	for _, office := range []string{p.OfficeA, p.OfficeB} {
		if access.May(actor, access.JoinPersons, office, plan) != nil {
			return p, notFound(id)
		}
	}
	return p, nil
}

func (p *Pair) details() map[string]string {
	return map[string]string{"a": p.A.String(), "b": p.B.String(), "score": strconv.Itoa(p.Score)}
}

// join appends the entries that make one person of two: one for the registry,
// and one for each side whose entries name the citizen number alone. Figures
// and the registry follow by them, and by nothing else.
func (r Registry) join(tx Tx, plan *campaign.Plan, actor access.Actor, p Pair, office, reason string, add Appender) error {
	joins := []outreach.JoinedBody{{
		A: outreach.PersonRef{Registry: p.A.String()}, B: outreach.PersonRef{Registry: p.B.String()}, Reason: reason,
	}}
	sides, err := tx.PeopleByID(everybody, []journal.ID{p.A, p.B})
	if err != nil {
		return err
	}
	for _, side := range sides {
		ties, err := tx.TiedTo([]string{tally.CitizenTie(side.Key)})
		if err != nil {
			return err
		}
		if len(ties) > 0 {
			root := slices.MinFunc(ties, func(a, b tally.Tie) int { return a.Root.Compare(b.Root) }).Root
			joins = append(joins, outreach.JoinedBody{
				A: outreach.PersonRef{Registry: side.ID.String()}, B: outreach.PersonRef{Entry: root}, Reason: reason,
			})
		}
	}
	for _, j := range joins {
		body, err := json.Marshal(j)
		if err != nil {
			return err
		}
		st, err := r.entry(plan, actor, outreach.PersonsJoined, office, func(e *journal.Entry) { e.Body = body })
		if err == nil {
			err = r.append(add, st)
		}
		if err != nil {
			return err
		}
		p.Entries = append(p.Entries, st.ID)
	}
	p.State = SamePair
	if err := tx.SetPair(p); err != nil {
		return err
	}
	return r.audit(tx, event("persons.merged", actor, office, "pair:"+p.ID.String(), p.details()))
}

// Unmerge parts two persons again, by withdrawing the entries that joined them.
func (r Registry) Unmerge(tx Tx, plan *campaign.Plan, actor access.Actor, id journal.ID, reason string, add Appender) error {
	p, err := r.both(tx, plan, actor, id)
	if err != nil {
		return err
	}
	if p.State != SamePair {
		return journal.Refuse("duplicate.not_merged")
	}
	joins, err := tx.Records(p.Entries)
	if err != nil {
		return err
	}
	office := above(plan, p.OfficeA, p.OfficeB)
	for _, old := range joins {
		st, err := r.entry(plan, actor, outreach.PersonsJoined, old.Office, func(e *journal.Entry) {
			e.Campaign, e.Supersedes, e.Withdrawn = old.Campaign, old.ID, cmp.Or(reason, "*")
			// It stands under the name of who joined them, since the journal takes
			// a withdrawal from the author; the receipt and the audit name the actor.
			e.Author = old.Author
		})
		if err == nil {
			err = r.append(add, st)
		}
		if err != nil {
			return err
		}
	}
	p.State, p.Entries = OpenPair, nil
	if err := tx.SetPair(p); err != nil {
		return err
	}
	return r.audit(tx, event("persons.parted", actor, office, "pair:"+p.ID.String(), p.details()))
}

// append takes an entry of the registry's own; whatever refuses it undoes the act.
func (r Registry) append(add Appender, st journal.Stored) error {
	outcomes, err := add([]journal.Stored{st})
	if err == nil && outcomes[0].Refusal != nil {
		return outcomes[0].Refusal
	}
	return err
}

// entry makes an entry that the actor records at the desk.
func (r Registry) entry(plan *campaign.Plan, actor access.Actor, kind journal.Kind, office string, set func(e *journal.Entry)) (journal.Stored, error) {
	at := now(r.Now())
	running := campaignOn(plan, office, journal.DayOf(at))
	if running == "" {
		return journal.Stored{}, journal.Refuse("people.no_campaign")
	}
	return r.Schema.AtDesk(kind, at, actor.ID, plan, func(e *journal.Entry) {
		e.Campaign, e.Office, e.Device = running, office, cmp.Or(actor.Device, e.Device)
		set(e)
	})
}

// campaignOn is the campaign of a province that runs on a day, the one that
// ends last; else the one that began last.
func campaignOn(plan *campaign.Plan, office string, day journal.Day) string {
	var best *campaign.Campaign
	for _, c := range plan.Campaigns {
		if !plan.Under(office, c.Province) {
			continue
		}
		if best == nil || cmp.Or(cmpBool(c.Has(day), best.Has(day)), cmp.Compare(c.End, best.End), cmp.Compare(c.ID, best.ID)) > 0 {
			best = c
		}
	}
	if best == nil {
		return ""
	}
	return best.ID
}

func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// above is the lowest office that is, or stands over, both.
func above(plan *campaign.Plan, a, b string) string {
	for range len(plan.Offices) + 1 {
		if plan.Under(b, a) {
			return a
		}
		o := plan.Offices[a]
		if o == nil || o.Parent == "" {
			break
		}
		a = o.Parent
	}
	return a
}

func (r Registry) audit(tx Tx, e audit.Event) error { return audit.Append(tx, r.Now(), e) }

// Evidence is one field of a person beside that of another, masked.
type Evidence struct {
	Field, Value string
	Same         bool
}

// Evidence sets an opened person beside another one.
func (p *Person) Evidence(o *Person) []Evidence {
	m := p.Mask()
	out := []Evidence{
		{"name", m.Name, p.Name != "" && sortedName(p.Name) == sortedName(o.Name)},
		{"citizen", m.Citizen, p.Citizen != "" && p.Citizen == o.Citizen},
		{"si", tail(p.SI), p.SI != "" && p.SI == o.SI},
		{"card", tail(p.Card), p.Card != "" && p.Card == o.Card},
		{"phone", m.Phone, p.Phone != "" && p.Phone == o.Phone},
		{"birth_year", strconv.Itoa(p.BirthYear), p.BirthYear != 0 && p.BirthYear == o.BirthYear},
		{"village", p.Village, p.Village != "" && p.Commune == o.Commune && sortedName(p.Village) == sortedName(o.Village)},
	}
	return slices.DeleteFunc(out, func(e Evidence) bool { return e.Value == "" || e.Value == "0" })
}
