package demo_test

import (
	"slices"
	"testing"
	"time"

	"caunoi/campaign"
	"caunoi/demo"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/storetest"
	"caunoi/tally"
)

// TestFestival holds the demo to what it is for: published figures, counted by
// the real rules from records that are anything but simple.
func TestFestival(t *testing.T) {
	figures := demo.Published()
	w := generate(t, demo.Config{Figures: figures, Scale: 1, Seed: 1, Today: today})
	plan := campaign.NewPlan(w.Plan)
	s := load(t, t.TempDir(), w)
	defer s.Close()
	sheet := sheetOf(t, s, figures.Campaign.ID)
	total := sheet.Total()

	t.Run("figures", func(t *testing.T) {
		for _, d := range differ(figures, 1, plan, sheet) {
			t.Error(d)
		}
	})
	t.Run("recount", func(t *testing.T) { storetest.Check(t, s) })
	t.Run("size", func(t *testing.T) {
		if w.Count < 12_000 || w.Count > 16_000 {
			t.Errorf("got %d entries", w.Count)
		}
	})
	t.Run("other offices", func(t *testing.T) {
		byOffice := sheet.ByOffice()
		for _, o := range plan.LeagueOffices("lao-cai-tinh", "") {
			got := byOffice[o.ID]
			if got[tally.Activities].Closed == 0 || got[tally.Enrolments].Closed == 0 {
				t.Errorf("%s: %d activities, %d enrolments", o.Name, got[tally.Activities].Closed, got[tally.Enrolments].Closed)
			}
			if n := got[tally.Enrolments].Closed; n >= 1077 && o.Name != "Yên Bình" {
				t.Errorf("%s, which nobody named, has %d enrolments, as many as the first", o.Name, n)
			}
		}
	})
	t.Run("targets", func(t *testing.T) {
		above, below, sum := 0, 0, 0
		c := plan.Campaigns[figures.Campaign.ID]
		for _, target := range plan.Targets {
			if target.Campaign != c.ID || target.Indicator != string(tally.Enrolments) || target.From != c.Start {
				continue
			}
			sum += target.Value
			if sheet.ByOffice()[target.Office][tally.Enrolments].Closed >= target.Value {
				above++
			} else {
				below++
			}
		}
		if above < 2 || below < 2 || sum*10 < figures.Enrolments.Total*11 {
			t.Errorf("%d offices at their target, %d below, %d in all", above, below, sum)
		}
	})
	t.Run("targets of a year", func(t *testing.T) {
		for _, y := range []int{2025, 2026} {
			year, sum := campaign.YearOf(y), 0
			for _, target := range plan.Targets {
				if target.Campaign == "" && target.Indicator == string(tally.Enrolments) && target.From == year.From && target.To == year.To {
					sum += target.Value
				}
			}
			if sum < 1000 {
				t.Errorf("%d aims at %d", y, sum)
			}
		}
	})
	t.Run("late", func(t *testing.T) {
		if d := total[tally.EnrolledHI].Late(); d <= 0 || d > 40 {
			t.Errorf("late HI enrolments: got %+d", d)
		}
		for _, i := range []tally.Indicator{tally.EnrolledSI, tally.ReachedHeadCount} {
			if d := total[i].Late(); d >= 0 || d < -40 {
				t.Errorf("late %s: got %+d", i, d)
			}
		}
	})
	t.Run("evening", func(t *testing.T) {
		moved, evening := total[tally.SessionsMovedWeather].Closed, total[tally.MovedWeatherEvening].Closed
		if evening*2 <= moved || evening == moved {
			t.Errorf("of %d sessions moved by the weather %d were held in the evening", moved, evening)
		}
	})
	t.Run("reviews", func(t *testing.T) { checkReviews(t, s, figures.Campaign.ID) })
	f := readField(t, plan, of(lines(w), figures.Campaign.ID))
	for _, c := range situations {
		t.Run(c.name, func(t *testing.T) {
			if !c.occurs(f) {
				t.Error("does not occur")
			}
		})
	}
}

func checkReviews(t *testing.T, s store.Store, campaignID string) {
	found := map[string]int{}
	err := s.View(t.Context(), func(tx store.Tx) error {
		reviews, err := tx.ReviewsOfCampaign(campaignID)
		for _, r := range reviews {
			found[r.Reason]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range []string{
		"activity_withdrawn", "cancelled_but_held", "duplicate_donation", "duplicate_enrolment", "duplicate_switch",
		"future", "outside_campaign", "possible_duplicate", "second_held", "two_citizen_numbers", "two_corrections",
	} {
		if found[reason] == 0 {
			t.Errorf("no review of %s", reason)
		}
	}
	if len(found) > 11 {
		t.Errorf("other reviews: %v", found)
	}
}

// read is a line with what it says.
type read struct {
	journal.Line
	at       int // place in the order of receipt
	body     journal.Body
	target   *read // that it supersedes
	activity *read
}

// occurred is when the fact happened: as stated, or by the mended clock.
func (r *read) occurred() time.Time {
	switch {
	case !r.Entry.HappenedAt.IsZero():
		return r.Entry.HappenedAt
	case r.target != nil:
		return r.target.occurred()
	default:
		return r.Entry.DeviceTime.Add(time.Duration(r.Received.OffsetMS) * time.Millisecond)
	}
}

// field is a campaign's entries as the situations look at them.
type field struct {
	plan      *campaign.Plan
	all       []*read
	byID      map[journal.ID]*read
	byCitizen map[string][]*read
}

func readField(t *testing.T, plan *campaign.Plan, lines []journal.Line) *field {
	f := &field{plan: plan, byID: map[journal.ID]*read{}, byCitizen: map[string][]*read{}}
	schema := outreach.Schema()
	for i, l := range lines {
		r := &read{Line: l, at: i}
		if l.Entry.Withdrawn == "" {
			var err error
			if r.body, err = schema.Kind(l.Entry.Kind).Decode(&l.Entry); err != nil {
				t.Fatal(err)
			}
		}
		f.all = append(f.all, r)
		f.byID[l.Entry.ID] = r
		if p := l.Entry.Person; p != nil && p.Citizen != "" {
			f.byCitizen[p.Citizen] = append(f.byCitizen[p.Citizen], r)
		}
	}
	for _, r := range f.all {
		r.target, r.activity = f.byID[r.Entry.Supersedes], f.byID[r.Entry.Activity]
	}
	return f
}

// any says whether an entry of a kind is so; an empty kind is all.
func (f *field) any(kind string, is func(*read) bool) bool {
	return slices.ContainsFunc(f.all, func(r *read) bool { return (kind == "" || r.Entry.Kind == kind) && is(r) })
}

// pair says whether two entries under one citizen number are so.
func (f *field) pair(is func(a, b *read) bool) bool {
	for _, rs := range f.byCitizen {
		for i, a := range rs {
			for _, b := range rs[i+1:] {
				if is(a, b) {
					return true
				}
			}
		}
	}
	return false
}

// body is an entry's body of a kind, if it is of that kind and not withdrawn.
func body[B journal.Body](r *read) (b B, ok bool) {
	if r == nil {
		return b, false
	}
	b, ok = r.body.(B)
	return b, ok
}
