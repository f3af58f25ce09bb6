package people

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/tally"
)

// Learn brings the registry up to date after entries have landed and were
// counted, in the same transaction. What a person's row says then depends on
// which entries there are, and not on their order.
func (r Registry) Learn(tx Tx, plan *campaign.Plan, landed []journal.Stored) error {
	named, err := r.named(tx, landed)
	if err != nil || len(named) == 0 {
		return err
	}
	return r.settle(tx, plan, named)
}

// named are the persons of the registry on whom entries bear.
func (r Registry) named(tx Tx, landed []journal.Stored) ([]journal.ID, error) {
	var roots []journal.ID // records of which more must be known
	n := names{ids: map[journal.ID]bool{}, keys: map[string]bool{}, households: map[Household]bool{}}
	for i := range landed {
		st := &landed[i]
		n.add(r.Schema, st)
		if !st.Supersedes.IsZero() {
			roots = append(roots, st.Root)
		}
		if st.Kind == outreach.EnrolmentStage.Name {
			roots = append(roots, st.Refs...)
		}
	}
	if len(roots) > 0 {
		more, err := tx.Records(roots)
		if err != nil {
			return nil, err
		}
		for i := range more {
			n.add(r.Schema, &more[i])
			if more[i].Kind == outreach.EnrolmentStage.Name { // a stage was corrected or withdrawn
				of, err := tx.Records(more[i].Refs)
				if err != nil {
					return nil, err
				}
				for k := range of {
					n.add(r.Schema, &of[k])
				}
			}
		}
	}
	if len(n.ids)+len(n.keys)+len(n.households) == 0 {
		return nil, nil
	}
	under, err := tx.PeopleByKey(everybody, slices.Collect(maps.Keys(n.keys)))
	if err != nil {
		return nil, err
	}
	for i := range under {
		n.ids[under[i].ID] = true
	}
	living, err := tx.PeopleOfHouseholds(everybody, slices.Collect(maps.Keys(n.households)))
	if err != nil {
		return nil, err
	}
	for _, id := range living {
		n.ids[id] = true
	}
	return slices.SortedFunc(maps.Keys(n.ids), journal.ID.Compare), nil
}

// names is whom entries speak of.
type names struct {
	ids        map[journal.ID]bool
	keys       map[string]bool
	households map[Household]bool
}

func (n *names) add(schema *journal.Schema, st *journal.Stored) {
	if s := st.Subject; s != nil {
		n.registry(s.Registry)
		if s.Citizen != "" {
			n.keys[s.Citizen] = true
		}
	}
	if st.Withdrawn != "" || st.Kind != outreach.PersonsJoined.Name && st.Kind != outreach.Visit.Name {
		return
	}
	body, err := schema.Kind(st.Kind).Decode(&st.Entry)
	if err != nil {
		return // checked when it was taken
	}
	switch b := body.(type) {
	case *outreach.JoinedBody:
		n.registry(b.A.Registry)
		n.registry(b.B.Registry)
	case *outreach.VisitBody:
		if b.Household != "" {
			n.households[Household{st.Commune, b.Household}] = true
		}
	}
}

func (n *names) registry(id string) {
	if id, err := journal.ParseID(id); err == nil {
		n.ids[id] = true
	}
}

// settle derives anew what the journal tells of persons, and of those with
// whom they are or were joined.
func (r Registry) settle(tx Tx, plan *campaign.Plan, ids []journal.ID) error {
	all, placed, err := r.circle(tx, plan, ids)
	if err != nil || len(all) == 0 {
		return err
	}
	lead := leads(all, placed)
	byToken := map[string][]tally.Placed{}
	stages := map[journal.ID][]tally.Placed{}
	for _, p := range placed {
		if !p.Holds || p.Future || p.Body == nil {
			continue
		}
		switch b := p.Body.(type) {
		case *outreach.StageBody:
			stages[p.Refs[0]] = append(stages[p.Refs[0]], p)
			continue
		case *outreach.VisitBody:
			if b.Household != "" {
				token := tally.HouseholdTie(p.Commune, b.Household)
				byToken[token] = append(byToken[token], p)
			}
		}
		if s := p.Subject; s != nil {
			if s.Citizen != "" {
				byToken[tally.CitizenTie(s.Citizen)] = append(byToken[tally.CitizenTie(s.Citizen)], p)
			}
			if s.Registry != "" {
				byToken[tally.RegistryTie(s.Registry)] = append(byToken[tally.RegistryTie(s.Registry)], p)
			}
		}
	}
	members := map[journal.ID][]*Person{}
	for i := range all {
		top := cmp.Or(lead[all[i].ID], all[i].ID)
		members[top] = append(members[top], &all[i])
	}
	var changed []Person
	for i := range all {
		p := &all[i]
		group := []*Person{p}
		if lead[p.ID].IsZero() {
			group = members[p.ID]
		}
		told := derive(group, byToken, stages)
		told.Lead = lead[p.ID]
		if !sameLearnt(&p.Learnt, &told) {
			p.Learnt, p.Indexes = told, nil
			changed = append(changed, *p)
		}
	}
	return tx.PutPeople(changed)
}

// circle returns persons, all who are or were joined to them, and the records
// about any of these.
func (r Registry) circle(tx Tx, plan *campaign.Plan, ids []journal.ID) ([]Person, []tally.Placed, error) {
	persons := map[journal.ID]Person{}
	asked, sought := map[string]bool{}, map[journal.ID]bool{}
	for _, id := range ids {
		sought[id] = true
	}
	records := map[journal.ID]bool{}
	var entries []journal.Stored
	for next := ids; len(next) > 0; {
		locks := make([]string, len(next))
		for i, id := range next {
			locks[i] = tally.RegistryTie(id.String())
		}
		slices.Sort(locks)
		if err := tx.Lock(slices.Compact(locks)); err != nil {
			return nil, nil, err
		}
		found, err := tx.PeopleByID(everybody, next)
		if err != nil {
			return nil, nil, err
		}
		var tokens []string
		ask := func(token string) {
			if !asked[token] {
				asked[token] = true
				tokens = append(tokens, token)
			}
		}
		for _, p := range found {
			persons[p.ID] = p
			for _, t := range p.tokens() {
				ask(t)
			}
		}
		got, err := gather(tx, tokens, records)
		if err != nil {
			return nil, nil, err
		}
		entries = append(entries, got...)
		n := names{ids: map[journal.ID]bool{}, keys: map[string]bool{}, households: map[Household]bool{}}
		for i := range got {
			if got[i].Kind == outreach.PersonsJoined.Name {
				n.add(r.Schema, &got[i])
			}
		}
		next = next[:0:0]
		for id := range n.ids {
			if !sought[id] {
				sought[id] = true
				next = append(next, id)
			}
		}
		slices.SortFunc(next, journal.ID.Compare)
	}
	return slices.SortedFunc(maps.Values(persons), earlier), tally.Place(plan, r.Schema, nil, entries), nil
}

// gather returns the records with these tokens, and those that name them, but
// for the ones that are had already.
func gather(tx Tx, tokens []string, had map[journal.ID]bool) ([]journal.Stored, error) {
	var out []journal.Stored
	for len(tokens) > 0 {
		ties, err := tx.TiedTo(tokens)
		if err != nil {
			return nil, err
		}
		var fresh []journal.ID
		for _, t := range ties {
			if !had[t.Root] {
				had[t.Root] = true
				fresh = append(fresh, t.Root)
			}
		}
		got, err := tx.Records(fresh)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
		tokens = tokens[:0:0]
		for i := range got {
			if got[i].Kind == outreach.Enrolment.Name {
				tokens = append(tokens, tally.RecordTie(got[i].Root))
			}
		}
	}
	return out, nil
}

// tokens are those by which the records about a person are found.
func (p *Person) tokens() []string {
	out := []string{tally.CitizenTie(p.Key), tally.RegistryTie(p.ID.String())}
	if p.Household != "" {
		out = append(out, tally.HouseholdTie(p.Commune, p.Household))
	}
	return out
}

// leads says as whom persons are shown: of those joined by decisions that
// hold, the one who came into the registry first.
func leads(all []Person, placed []tally.Placed) map[journal.ID]journal.ID {
	here := map[journal.ID]bool{}
	for i := range all {
		here[all[i].ID] = true
	}
	top := map[journal.ID]journal.ID{}
	find := func(id journal.ID) journal.ID {
		for !top[id].IsZero() {
			id = top[id]
		}
		return id
	}
	for _, p := range placed {
		b, ok := p.Body.(*outreach.JoinedBody)
		if !ok || !p.Holds {
			continue
		}
		x, errX := journal.ParseID(b.A.Registry)
		y, errY := journal.ParseID(b.B.Registry)
		if errX != nil || errY != nil || !here[x] || !here[y] {
			continue
		}
		x, y = find(x), find(y)
		switch c := x.Compare(y); {
		case c < 0:
			top[y] = x
		case c > 0:
			top[x] = y
		}
	}
	out := map[journal.ID]journal.ID{}
	for id := range top {
		out[id] = find(id)
	}
	return out
}

// comeAgain is after how many days to come again to who was not at home.
const comeAgain = 2

// derive tells of one person, stated by several rows, what entries tell.
func derive(group []*Person, byToken map[string][]tally.Placed, stages map[journal.ID][]tally.Placed) (out Learnt) {
	had := map[journal.ID]bool{}
	var facts []tally.Placed
	covers := []Cover{}
	for _, p := range group {
		out.InCash = out.InCash || p.Cash
		covers = append(covers, p.Covers...)
		for _, token := range p.tokens() {
			for _, f := range byToken[token] {
				if !had[f.ID] {
					had[f.ID] = true
					facts = append(facts, f)
				}
			}
		}
	}
	slices.SortFunc(facts, func(a, b tally.Placed) int { return cmp.Or(a.At.Compare(b.At), a.ID.Compare(b.ID)) })
	for _, f := range facts {
		switch b := f.Body.(type) {
		case *outreach.VisitBody:
			out.visited(&f, b)
		case *outreach.EnrolmentBody:
			if c, ok := paid(&f, b, stages[f.Root]); ok {
				out.Paid = append(out.Paid, c)
			}
		case *outreach.DonationBody:
			scheme := outreach.OtherHI
			if b.To == "student" {
				scheme = outreach.StudentHI
			}
			out.Paid = append(out.Paid, span(scheme, f.Day, b.Months, &f))
		case *outreach.SwitchBody:
			if b.Benefit == "pension" || b.Benefit == "monthly_si" {
				out.InCash = false
			}
		}
	}
	for _, c := range append(covers, out.Paid...) {
		to := &out.HIUntil
		if c.Scheme == outreach.VoluntarySI {
			to = &out.SIUntil
		}
		*to = max(*to, c.until())
	}
	return out
}

func (l *Learnt) visited(f *tally.Placed, b *outreach.VisitBody) {
	l.LastVisit, l.Outcome, l.VisitBy, l.FollowUp = f.At.UTC(), b.Outcome, f.Author, b.Date
	if b.ByPhone {
		l.Attempts++
	}
	if b.Outcome == outreach.NotHome && b.Date == "" {
		l.FollowUp = journal.DayOf(f.At.AddDate(0, 0, comeAgain))
	}
}

// paid is the cover of an enrolment that was paid.
func paid(f *tally.Placed, b *outreach.EnrolmentBody, stages []tally.Placed) (Cover, bool) {
	day := journal.Day("")
	if b.Stage.Reaches(campaign.Paid) {
		day = f.Day
	}
	for _, s := range stages {
		switch stage := s.Body.(*outreach.StageBody).Stage; {
		case stage == campaign.Withdrawn:
			return Cover{}, false
		case stage.Reaches(campaign.Paid) && (day == "" || s.Day < day):
			day = s.Day
		}
	}
	return span(b.Scheme, cmp.Or(b.Starts, day), b.Months, f), day != ""
}

// span is the cover from a day on; without a number of months a card is for a
// year and voluntary SI for one month.
func span(scheme outreach.Scheme, start journal.Day, months int, f *tally.Placed) Cover {
	if months == 0 {
		months = 12
		if scheme == outreach.VoluntarySI {
			months = 1
		}
	}
	c := Cover{Scheme: scheme, Start: start, Source: "entry:" + f.Root.String()}
	if from, err := time.ParseInLocation(time.DateOnly, string(start), journal.Zone); err == nil {
		c.End = journal.DayOf(from.AddDate(0, months, -1))
	}
	return c
}

func sameLearnt(a, b *Learnt) bool {
	return a.Lead == b.Lead && slices.Equal(a.Paid, b.Paid) && a.HIUntil == b.HIUntil && a.SIUntil == b.SIUntil && a.InCash == b.InCash &&
		now(a.LastVisit).Equal(now(b.LastVisit)) && a.Outcome == b.Outcome && a.VisitBy == b.VisitBy && a.FollowUp == b.FollowUp &&
		a.Attempts == b.Attempts
}

func (c Cover) valid() bool {
	for _, d := range []journal.Day{c.Start, c.End} {
		if d != "" {
			if _, err := journal.ParseDay(string(d)); err != nil {
				return false
			}
		}
	}
	return slices.Contains(outreach.Schemes, string(c.Scheme)) && (c.End == "" || c.Start <= c.End)
}

// FollowPlan gives people to the offices to which a new plan gives their
// communes on a day.
func FollowPlan(tx Tx, had, plan *campaign.Plan, today journal.Day) error {
	moved := map[string]string{}
	for code := range plan.Communes {
		if office := plan.OfficeOf(code, today); had.HasCommune(code) && had.OfficeOf(code, today) != office {
			moved[code] = office
		}
	}
	return tx.MoveOffices(moved)
}

// FollowDay gives people to the offices that are in charge of their communes
// today, where the plan says that this changes on some day.
func FollowDay(tx Tx, plan *campaign.Plan, today journal.Day) error {
	moved := map[string]string{}
	for code, c := range plan.Communes {
		if len(c.Since) > 0 || c.Merged != nil {
			moved[code] = plan.OfficeOf(code, today)
		}
	}
	return tx.MoveOffices(moved)
}
