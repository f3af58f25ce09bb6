package demo_test

import (
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

type enrolment = *outreach.EnrolmentBody

func si(r *read) bool {
	b, ok := body[enrolment](r)
	return ok && b.Scheme == outreach.VoluntarySI
}

// carries says that a record that was not corrected carries a number.
func (f *field) carries(number string, but *read) bool {
	for _, r := range f.byCitizen[number] {
		if r != but && r.target != but && r.target == nil {
			return true
		}
	}
	return false
}

// renumbered finds a correction of a citizen number.
func (f *field) renumbered(is func(old, mended *read) bool) bool {
	return f.any("", func(r *read) bool {
		return r.target != nil && r.Entry.Person != nil && r.target.Entry.Person != nil &&
			r.Entry.Person.Citizen != r.target.Entry.Person.Citizen && is(r.target, r)
	})
}

func (f *field) acts(scope string, kinds ...string) bool {
	days := map[string]int{}
	for _, r := range f.all {
		b, ok := body[*outreach.ClosingBody](r)
		if !ok || b.Scope != scope {
			continue
		}
		k := r.Entry.Office + string(b.Day)
		if n := days[k]; n < len(kinds) && kinds[n] == r.Entry.Kind {
			days[k]++
		}
		if days[k] == len(kinds) {
			return true
		}
	}
	return false
}

func lapsedSI(months int, isNew bool) func(*field) bool {
	return func(f *field) bool {
		return f.any("enrolment", func(r *read) bool {
			b, ok := body[enrolment](r)
			if !ok || b.Prior != "lapsed" || b.Scheme != outreach.VoluntarySI {
				return false
			}
			day := journal.DayOf(r.occurred())
			last, _ := time.ParseInLocation("2006-01", b.LastMonth, journal.Zone)
			return b.New(day) == isNew && (day >= journal.DayOf(last.AddDate(0, months+1, 0))) == isNew
		})
	}
}

// situations are what the rules of counting are for; each must occur.
var situations = []struct {
	name   string
	occurs func(*field) bool
}{
	{"met by two offices on two devices", func(f *field) bool {
		return f.pair(func(a, b *read) bool {
			return a.Entry.Kind == "consultation" && b.Entry.Kind == "consultation" && a.Entry.Office != b.Entry.Office && a.Entry.Device != b.Entry.Device
		})
	}},
	{"identified at two sessions", func(f *field) bool {
		return f.pair(func(a, b *read) bool { return a.activity != nil && b.activity != nil && a.activity != b.activity })
	}},
	{"fewer counted than identified", func(f *field) bool {
		named := map[journal.ID]map[string]bool{}
		for number, rs := range f.byCitizen {
			for _, r := range rs {
				if named[r.Entry.Activity] == nil {
					named[r.Entry.Activity] = map[string]bool{}
				}
				named[r.Entry.Activity][number] = true
			}
		}
		return f.any("activity_held", func(r *read) bool {
			b, ok := body[*outreach.HeldBody](r)
			return ok && b.HeadCount > 0 && len(named[r.Entry.Activity]) > b.HeadCount
		})
	}},
	{"enrolled on two devices", func(f *field) bool {
		return f.pair(func(a, b *read) bool {
			_, one := body[enrolment](a)
			_, two := body[enrolment](b)
			return one && two && a.target == nil && b.target == nil && si(a) == si(b) && a.Entry.Device != b.Entry.Device
		})
	}},
	{"wrong scheme corrected", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool { return r.target != nil && r.body != nil && si(r) != si(r.target) })
	}},
	{"two become one by a corrected number", func(f *field) bool {
		return f.renumbered(func(old, mended *read) bool {
			return f.carries(mended.Entry.Person.Citizen, mended) && !f.carries(old.Entry.Person.Citizen, old)
		})
	}},
	{"one becomes two by a corrected number", func(f *field) bool {
		return f.renumbered(func(old, mended *read) bool {
			return f.carries(old.Entry.Person.Citizen, old) && !f.carries(mended.Entry.Person.Citizen, mended)
		})
	}},
	{"head count corrected", func(f *field) bool {
		return f.any("activity_held", func(r *read) bool {
			was, ok := body[*outreach.HeldBody](r.target)
			is, holds := body[*outreach.HeldBody](r)
			return ok && holds && was.HeadCount != is.HeadCount
		})
	}},
	{"a correction corrected", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.target != nil && r.target.target != nil })
	}},
	{"one entry corrected on two devices", func(f *field) bool {
		by := map[journal.ID]string{}
		return f.any("", func(r *read) bool {
			had, ok := by[r.Entry.Supersedes]
			by[r.Entry.Supersedes] = r.Entry.Device
			return r.target != nil && ok && had != r.Entry.Device
		})
	}},
	{"enrolment withdrawn", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool { return r.Entry.Withdrawn != "" })
	}},
	{"stage withdrawn", func(f *field) bool {
		return f.any("enrolment_stage", func(r *read) bool {
			b, ok := body[*outreach.StageBody](r)
			return ok && b.Stage == campaign.Withdrawn
		})
	}},
	{"withdrawal of a stage withdrawn", func(f *field) bool {
		return f.any("enrolment_stage", func(r *read) bool {
			b, ok := body[*outreach.StageBody](r.target)
			return ok && b.Stage == campaign.Withdrawn && r.Entry.Withdrawn != ""
		})
	}},
	{"paid some days after the pledge", func(f *field) bool {
		return f.any("enrolment_stage", func(r *read) bool {
			b, ok := body[*outreach.StageBody](r)
			if !ok || b.Stage != campaign.Paid {
				return false
			}
			e, ok := body[enrolment](f.byID[b.Enrolment])
			return ok && e.Stage == campaign.Pledged && journal.DayOf(r.occurred()) > journal.DayOf(f.byID[b.Enrolment].occurred())
		})
	}},
	{"renewal", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool {
			b, ok := body[enrolment](r)
			return ok && b.Prior == "current"
		})
	}},
	{"back after more than 12 months", lapsedSI(12, true)},
	{"back within 12 months", lapsedSI(12, false)},
	{"persons joined", func(f *field) bool {
		return f.any("persons_joined", func(r *read) bool { return r.Entry.Withdrawn == "" })
	}},
	{"persons parted", func(f *field) bool {
		return f.any("persons_joined", func(r *read) bool { return r.Entry.Withdrawn != "" })
	}},
	{"two alike without a number", func(f *field) bool {
		by := map[string]int{}
		return f.any("", func(r *read) bool {
			p := r.Entry.Person
			if p == nil || p.Citizen != "" || p.Registry != "" {
				return false
			}
			by[p.Name]++
			return by[p.Name] == 2
		})
	}},
	{"registry id and number tied later", func(f *field) bool {
		alone := map[string]bool{}
		return f.any("", func(r *read) bool {
			p := r.Entry.Person
			if p == nil || p.Registry == "" {
				return false
			}
			if p.Citizen == "" {
				alone[p.Registry] = true
			}
			return p.Citizen != "" && (alone[p.Registry] || len(f.byCitizen[p.Citizen]) > 1)
		})
	}},
	{"late for its day, in time for the campaign", func(f *field) bool {
		closed := map[string]time.Time{}
		var books time.Time
		for _, r := range f.all {
			b, ok := body[*outreach.ClosingBody](r)
			switch {
			case ok && b.Scope == "campaign" && books.IsZero():
				books = r.Received.At
			case ok && r.Entry.Kind == "closing":
				closed[r.Entry.Office+string(b.Day)] = r.Received.At
			}
		}
		return f.any("consultation", func(r *read) bool {
			at, ok := closed[r.Entry.Office+string(journal.DayOf(r.occurred()))]
			return ok && r.Received.At.After(at) && r.Received.At.Before(books)
		})
	}},
	{"a day closed, opened and closed again", func(f *field) bool { return f.acts("day", "closing", "reopening", "closing") }},
	{"the campaign closed, opened and closed again", func(f *field) bool { return f.acts("campaign", "closing", "reopening", "closing") }},
	{"wrong clock that the receipt mends", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.Received.OffsetMS > 24*3600_000 || r.Received.OffsetMS < -24*3600_000 })
	}},
	{"a phone in 1970", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.Entry.DeviceTime.Year() == 1970 && r.Received.OffsetMS == 0 })
	}},
	{"a clock in the future", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.occurred().After(r.Received.At.Add(24 * time.Hour)) })
	}},
	{"recorded from paper days later", func(f *field) bool {
		return f.any("consultation", func(r *read) bool {
			return !r.Entry.HappenedAt.IsZero() && r.target == nil && r.Entry.DeviceTime.Sub(r.Entry.HappenedAt) > 24*time.Hour
		})
	}},
	{"session closed after midnight", func(f *field) bool {
		return f.any("activity_held", func(r *read) bool {
			return !r.Entry.HappenedAt.IsZero() && journal.DayOf(r.Entry.DeviceTime) > journal.DayOf(r.Entry.HappenedAt)
		})
	}},
	{"shifts of a post over days", func(f *field) bool {
		days := map[journal.ID]journal.Day{}
		return f.any("activity_held", func(r *read) bool {
			b, ok := body[*campaign.Planned](r.activity)
			if !ok || b.Post.IsZero() {
				return false
			}
			had, ok := days[b.Post]
			days[b.Post] = journal.DayOf(r.occurred())
			return ok && had != days[b.Post]
		})
	}},
	{"held entry that names the post", func(f *field) bool {
		return f.any("activity_held", func(r *read) bool {
			b, ok := body[*campaign.Planned](r.activity)
			return ok && b.Kind.Post() && b.Post.IsZero()
		})
	}},
	{"two held entries of a session", func(f *field) bool {
		by := map[journal.ID]string{}
		return f.any("activity_held", func(r *read) bool {
			had := by[r.Entry.Activity]
			by[r.Entry.Activity] = r.Entry.Author
			return r.target == nil && had != "" && had != r.Entry.Author
		})
	}},
	{"activity called off", func(f *field) bool { return f.any("activity_cancelled", func(*read) bool { return true }) }},
	{"activity moved by the weather", func(f *field) bool {
		return f.any("activity_moved", func(r *read) bool { b, ok := body[*campaign.Moved](r); return ok && b.Reason == campaign.Weather })
	}},
	{"activity moved otherwise", func(f *field) bool {
		return f.any("activity_moved", func(r *read) bool { b, ok := body[*campaign.Moved](r); return ok && b.Reason != campaign.Weather })
	}},
	{"before the campaign", func(f *field) bool {
		return f.any("consultation", func(r *read) bool {
			return r.occurred().Year() > 1970 && journal.DayOf(r.occurred()) < f.plan.Campaigns[r.Entry.Campaign].Start
		})
	}},
	{"after the campaign", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool { return journal.DayOf(r.occurred()) > f.plan.Campaigns[r.Entry.Campaign].End })
	}},
	{"from elsewhere", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool { return r.Entry.Person != nil && r.Entry.Person.Commune == "" })
	}},
	{"of another office's commune", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool {
			p := r.Entry.Person
			return p != nil && p.Commune != "" && f.plan.Communes[p.Commune].Office != r.Entry.Office
		})
	}},
	{"recorded by a partner's agent", func(f *field) bool {
		return f.any("enrolment", func(r *read) bool { return f.plan.Campaigners[r.Entry.Author].Partner != "" })
	}},
	{"brought by another", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.Received.By != r.Entry.Author })
	}},
	{"question answered at once, to satisfaction", func(f *field) bool {
		return f.any("question", func(r *read) bool {
			b, ok := body[*outreach.QuestionBody](r)
			return ok && b.Answered == "at_once" && b.Satisfied == "yes"
		})
	}},
	{"question with a promise", func(f *field) bool {
		return f.any("question", func(r *read) bool {
			b, ok := body[*outreach.QuestionBody](r)
			return ok && b.Answered == "pending" && b.PromiseBy != ""
		})
	}},
	{"question of nobody in particular", func(f *field) bool {
		return f.any("question", func(r *read) bool { return r.Entry.Person == nil })
	}},
	{"correction received before what it corrects", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.target != nil && r.at < r.target.at })
	}},
	{"received before the plan of its activity", func(f *field) bool {
		return f.any("", func(r *read) bool { return r.activity != nil && r.at < r.activity.at })
	}},
	{"days offline, then all at once", func(f *field) bool {
		first := map[string]time.Time{}
		return f.any("", func(r *read) bool {
			k := r.Entry.Device + r.Received.At.String()
			if _, ok := first[k]; !ok {
				first[k] = r.occurred()
			}
			return r.occurred().Sub(first[k]) > 48*time.Hour && r.Entry.HappenedAt.IsZero()
		})
	}},
}
