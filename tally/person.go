package tally

import (
	"slices"
	"strconv"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// A tie is a token that records share: a citizen number, a registry id, or
// the record that they name. Ties make neighbourhoods; who is one person is
// decided within one.
func citizenTie(number string) string    { return "c:" + number }
func registryTie(id string) string       { return "r:" + id }
func recordTie(root journal.ID) string   { return "x:" + root.String() }
func likenessTie(likeness string) string { return "n:" + likeness }

// CitizenTie, RegistryTie, RecordTie and HouseholdTie are the tokens by which the records
// about a person or a household are found. The citizen number is its key.
func CitizenTie(key string) string                  { return citizenTie(key) }
func RegistryTie(id string) string                  { return registryTie(id) }
func RecordTie(root journal.ID) string              { return recordTie(root) }
func HouseholdTie(commune, household string) string { return "h:" + commune + "|" + household }

// ties lists the tokens of a version.
func (v *version) ties() []string {
	var out []string
	if p := v.Subject; p != nil {
		if p.Citizen != "" {
			out = append(out, citizenTie(p.Citizen))
		}
		if p.Registry != "" {
			out = append(out, registryTie(p.Registry))
		}
		if p.Likeness != "" {
			out = append(out, likenessTie(p.Likeness))
		}
	}
	if v.kind.OfActivity {
		out = append(out, recordTie(v.Session))
	}
	for _, ref := range v.Refs {
		out = append(out, recordTie(ref))
	}
	if b, ok := v.body.(*outreach.VisitBody); ok && b.Household != "" {
		out = append(out, HouseholdTie(v.Commune, b.Household))
	}
	if b, ok := v.body.(*outreach.JoinedBody); ok {
		for _, r := range []outreach.PersonRef{b.A, b.B} {
			if r.Entry.IsZero() {
				out = append(out, refTie(r, nil))
			}
		}
	}
	return out
}

// refTie is the token of a person named by a join; root resolves an entry.
func refTie(r outreach.PersonRef, root func(journal.ID) journal.ID) string {
	if r.Registry != "" {
		return registryTie(r.Registry)
	}
	return recordTie(root(r.Entry))
}

// sets joins tokens into persons.
type sets map[string]string

func (s sets) find(t string) string {
	for {
		up, ok := s[t]
		if !ok || up == t {
			return t
		}
		t = up
	}
}

func (s sets) join(a, b string) {
	a, b = s.find(a), s.find(b)
	switch {
	case a < b:
		s[b] = a
	case b < a:
		s[a] = b
	}
}

// persons groups the facts about people by who they are about (the design's
// section 3.3): the same citizen number, the same registry id, or joined by a
// human's decision.
func (c *count) persons(records []*record) [][]*record {
	s := sets{}
	root := func(id journal.ID) journal.ID {
		if v := c.versions[id]; v != nil {
			return v.Root
		}
		return id
	}
	for _, r := range records {
		if r.gone() || !r.counts {
			continue
		}
		if p := r.Subject; p != nil {
			if p.Citizen != "" {
				s.join(recordTie(r.Root), citizenTie(p.Citizen))
			}
			if p.Registry != "" {
				s.join(recordTie(r.Root), registryTie(p.Registry))
			}
		}
		if b, ok := r.body.(*outreach.JoinedBody); ok {
			s.join(refTie(b.A, root), refTie(b.B, root))
		}
	}
	byPerson := map[string][]*record{}
	for _, r := range records {
		if _, visit := r.body.(*outreach.VisitBody); visit {
			continue // it says who is who, and reaches nobody
		}
		if r.Subject != nil && !r.gone() && r.counts {
			who := s.find(recordTie(r.Root))
			byPerson[who] = append(byPerson[who], r)
		}
	}
	out := make([][]*record, 0, len(byPerson))
	for _, facts := range byPerson {
		slices.SortFunc(facts, (*record).before)
		out = append(out, facts)
	}
	return out
}

// countPerson counts what one campaign gains by one person; facts are in the
// order in which they happened, all of that campaign.
func (t *sheetBuilder) countPerson(facts []*record, stages map[journal.ID][]*record) {
	first := facts[0]
	t.at(ReachedIdentified, first, first.Office, first.Commune, first.day)
	t.dim(ReachedIdentified, first, "hour", strconv.Itoa(first.occurred.In(journal.Zone).Hour()))
	sessions := map[journal.ID]bool{}
	var enrolled []enrolment
	once := map[Indicator]*record{}
	for _, r := range facts {
		if !r.Session.IsZero() && !sessions[r.Session] {
			sessions[r.Session] = true
			t.session(sessionIdentified, r, r.Session, "", "", "", 1)
		}
		switch body := r.body.(type) {
		case *outreach.ConsultationBody:
			t.at(Consultations, r, r.Office, r.Commune, r.day)
		case *outreach.EnrolmentBody:
			if e, ok := t.enrolment(r, body, stages[r.Root]); ok {
				enrolled = append(enrolled, e)
			}
		case *outreach.SwitchBody:
			t.once(once, Switches, r, "duplicate_switch")
		case *outreach.DonationBody:
			if t.once(once, Donations, r, "duplicate_donation") && body.To == "student" {
				t.credit(StudentDonations, r, r.day)
			}
		}
	}
	t.countEnrolments(enrolled)
}

// once credits an indicator for the first of a person's records of a kind; the
// others go to review. It says whether r is the first.
func (t *sheetBuilder) once(had map[Indicator]*record, i Indicator, r *record, reason string) bool {
	if first := had[i]; first != nil {
		t.review(reason, r, first.Root)
		return false
	}
	had[i] = r
	t.credit(i, r, r.day)
	return true
}

// enrolment is an enrolment that reached the counting stage.
type enrolment struct {
	*record
	body *outreach.EnrolmentBody
	at   time.Time
}

// enrolment finds when an enrolment reached the campaign's counting stage. A
// stage withdrawn, at whatever time, undoes it; withdrawing that entry brings
// it back.
func (t *sheetBuilder) enrolment(r *record, body *outreach.EnrolmentBody, stages []*record) (enrolment, bool) {
	counts := t.plan.Campaigns[r.Campaign].Counts()
	e := enrolment{record: r, body: body}
	if body.Stage.Reaches(counts) {
		e.at = r.occurred
	}
	for _, s := range stages {
		b, ok := s.body.(*outreach.StageBody)
		if !ok || s.gone() {
			continue
		}
		if b.Stage == campaign.Withdrawn {
			return e, false
		}
		if s.counts && b.Stage.Reaches(counts) && (e.at.IsZero() || s.occurred.Before(e.at)) {
			e.at = s.occurred
		}
	}
	return e, !e.at.IsZero()
}

// countEnrolments counts a person once per scheme: the earlier enrolment by
// corrected time, then by id.
func (t *sheetBuilder) countEnrolments(all []enrolment) {
	slices.SortFunc(all, func(a, b enrolment) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.Root.Compare(b.Root)
	})
	had := map[bool]journal.ID{}
	for _, e := range all {
		si := e.body.Scheme == outreach.VoluntarySI
		if first, ok := had[si]; ok {
			t.review("duplicate_enrolment", e.record, first)
			continue
		}
		had[si] = e.Root
		day := journal.DayOf(e.at)
		isNew := e.body.New(day)
		switch {
		case si && isNew:
			t.credit(EnrolledSI, e.record, day)
		case si:
			t.credit(RenewedSI, e.record, day)
		case isNew:
			t.credit(EnrolledHI, e.record, day)
		default:
			t.credit(RenewedHI, e.record, day)
		}
	}
}

// credit counts for the office of the commune where the person lives,
// as it is on that day (the design's section 3.6), and for whoever recorded the first stage.
func (t *sheetBuilder) credit(i Indicator, r *record, day journal.Day) {
	office, commune := r.Office, ""
	if home := t.plan.CommuneOn(r.Subject.Commune, day); home != nil && t.plan.Under(home.Office, t.plan.Campaigns[r.Campaign].Province) {
		office, commune = home.Office, home.Code
	}
	t.at(i, r, office, commune, day)
	author := r.first.Author
	t.by(author, i, r, office, commune, day)
	if c := t.plan.Campaigners[author]; c != nil && c.Partner != "" {
		t.add(Contribution{Key: Key{r.Campaign, office, commune, day, i, "partner=" + c.Partner}, Root: r.Root}, 1)
	}
}

// countQuestion counts a question, whoever asked it.
func (t *sheetBuilder) countQuestion(r *record, b *outreach.QuestionBody) {
	t.at(Questions, r, r.Office, r.Commune, r.day)
	if b.Answered == "at_once" {
		t.at(QuestionsAnswered, r, r.Office, r.Commune, r.day)
	}
	if b.Satisfied == "yes" {
		t.at(QuestionsSatisfied, r, r.Office, r.Commune, r.day)
	}
}
