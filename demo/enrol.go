package demo

import (
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// enrolled is an enrolment that counts, with whom it came from.
type enrolled struct {
	*draft
	person *person
	by     *worker
	si     bool
}

const month = "2006-01"

// cover draws an enrolment paid on a day that makes a new participant, or a
// renewal.
func (s *season) cover(scheme outreach.Scheme, paid journal.Day, counts bool) outreach.EnrolmentBody {
	b := outreach.EnrolmentBody{Scheme: scheme, Stage: campaign.Paid, Prior: "none", Months: pick(s.rng, []int{3, 6, 12, 12})}
	if scheme == outreach.VoluntarySI {
		b.Months = pick(s.rng, []int{1, 3, 6, 12})
	}
	ago := func(months int) string { return paid.Start().AddDate(0, 0, -30*months-15).Format(month) }
	lapsed := b
	lapsed.Prior = "lapsed"
	if !counts {
		b.Prior = "current"
		lapsed.LastMonth = ago(2 + s.rng.IntN(9))
		if scheme != outreach.VoluntarySI {
			lapsed.LastMonth = paid.Start().Format(month)
		}
		if s.one(3) && !lapsed.New(paid) {
			return lapsed
		}
		return b
	}
	lapsed.LastMonth = ago(1 + s.rng.IntN(8))
	if scheme == outreach.VoluntarySI {
		lapsed.LastMonth = ago(14 + s.rng.IntN(40))
	} else if s.one(3) {
		b.Starts = paid.Add(1 + s.rng.IntN(10))
		lapsed.Starts = b.Starts
	}
	if s.one(3) && lapsed.New(paid) {
		return lapsed
	}
	return b
}

// scheme draws what a person pays for when not voluntary SI.
func (s *season) scheme(p *person) outreach.Scheme {
	switch {
	case p.card.Birth >= "2006":
		return outreach.StudentHI
	case s.one(7):
		return outreach.OtherHI
	default:
		return outreach.HouseholdHI
	}
}

// stage moves an enrolment on.
func (s *season) stage(of *draft, by *worker, on *device, at time.Time, to campaign.Stage) *draft {
	b := outreach.StageBody{Enrolment: of.id, Stage: to}
	if to == campaign.Withdrawn {
		b.Note = texts().Notes.StageWithdrawn
	}
	e := s.add(outreach.EnrolmentStage.Name, by, on, at, b)
	e.commune, e.refs = of.commune, []*draft{of}
	return e
}

// enrol records that a person joins. Some pay at once, some later.
func (m *meeting) enrol(p *person, who *journal.Person, scheme outreach.Scheme) *draft {
	day := journal.DayOf(m.at)
	first, paid := campaign.Paid, time.Time{}
	switch n := m.rng.IntN(100); {
	case n < 7:
		first = campaign.Issued
	case n < 22:
		first = campaign.Pledged
	case n < 32:
		first = campaign.Declared
	}
	if !first.Reaches(campaign.Paid) {
		paid = m.later(m.at.Add(10*time.Minute), 3*time.Hour, 6*24*time.Hour)
		day = journal.DayOf(paid)
	}
	body := m.cover(scheme, day, true)
	body.Stage = first
	e := m.fact(p, who, outreach.Enrolment.Name, body)
	if paid.IsZero() {
		return e
	}
	if first == campaign.Pledged && m.one(2) {
		m.stage(e, m.by, m.on, m.at.Add(3*time.Minute), campaign.Declared)
	}
	m.stage(e, m.by, m.on, paid, campaign.Paid)
	if m.one(2) {
		m.stage(e, m.by, m.on, m.awake(paid.Add(m.between(24*time.Hour, 8*24*time.Hour))), campaign.Issued)
	}
	return e
}

// enrolAll records all enrolments of a person that count.
func (m *meeting) enrolAll(p *person, who *journal.Person) {
	if p.hi {
		e := m.enrol(p, who, m.scheme(p))
		m.enrolled = append(m.enrolled, &enrolled{e, p, m.by, false})
	}
	if p.si {
		e := m.enrol(p, who, outreach.VoluntarySI)
		m.enrolled = append(m.enrolled, &enrolled{e, p, m.by, true})
	}
}

// paidAtOnce is an enrolment that counts on the spot.
func (m *meeting) paidAtOnce(p *person, who *journal.Person, scheme outreach.Scheme) *draft {
	return m.fact(p, who, outreach.Enrolment.Name, m.cover(scheme, journal.DayOf(m.at), true))
}

// counted is a scheme in which the person's enrolment counts.
func (s *season) counted(p *person) outreach.Scheme {
	if p.si {
		return outreach.VoluntarySI
	}
	return s.scheme(p)
}

func (m *meeting) consult(p *person, who *journal.Person) *draft {
	t := texts()
	b := outreach.ConsultationBody{
		Topics:  []string{pick(m.rng, t.Topics)},
		Clarity: pick(m.rng, []string{"clear", "clear", "clear", "partly", "unclear", ""}),
		Outcome: pick(m.rng, []string{"promised", "not_now", "refused", ""}),
	}
	if p.hi || p.si {
		b.Outcome = "joined"
	}
	if m.one(8) {
		b.Note = pick(m.rng, t.Notes.Consultation)
	}
	return m.fact(p, who, outreach.Consultation.Name, b)
}

// ask records a question: mostly answered at once, and to satisfaction.
func (m *meeting) ask(p *person, who *journal.Person) *draft {
	q := pick(m.rng, texts().Questions)
	b := outreach.QuestionBody{Text: q.Text, Topic: q.Topic, Answer: q.Answer, Answered: "at_once", Satisfied: "yes"}
	switch m.rng.IntN(20) {
	case 0:
		b.Answered, b.Answer, b.Satisfied, b.PromiseBy = "pending", "", "", journal.DayOf(m.at).Add(3)
	case 1:
		b.Answered = "later"
	case 2, 3:
		b.Satisfied = "partly"
	case 4:
		b.Satisfied = "no"
	}
	return m.fact(p, who, outreach.Question.Name, b)
}

func (m *meeting) switchOver(p *person, who *journal.Person) *draft {
	return m.fact(p, who, outreach.NoncashSwitch.Name, outreach.SwitchBody{
		Benefit: pick(m.rng, []string{"pension", "pension", "pension", "monthly_si", "one_off", "unemployment"}),
		Method:  pick(m.rng, []string{"bank_account", "bank_account", "card", "wallet"}),
	})
}

func (m *meeting) donate(p *person, who *journal.Person) *draft {
	return m.fact(p, who, outreach.CardDonation.Name, outreach.DonationBody{To: "student", Donor: texts().Donor, Months: 12})
}
