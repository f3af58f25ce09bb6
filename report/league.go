package report

import (
	"cmp"
	"slices"

	"caunoi/campaign"
	"caunoi/tally"
)

// Standing is the place of an office in the league.
type Standing struct {
	Office *campaign.Office
	// Rank is counted from 1; offices with equal results share it.
	Rank int
	// Actual are the new participants, Target those aimed at in the whole
	// campaign, persons; no target is 0.
	Actual, Target int
	Percent        *Tenths // nil without a target
}

// League ranks the grass-roots offices of a campaign's province by how much of
// their target of enrolments they have reached, in closed figures; then by
// enrolments, then by name. Offices without a target come last.
func League(plan *campaign.Plan, campaignID string, byOffice map[string]tally.Total) []Standing {
	c := plan.Campaigns[campaignID]
	if c == nil {
		return nil
	}
	var out []Standing
	for _, o := range plan.LeagueOffices(c.Province) {
		s := Standing{Office: o, Actual: byOffice[o.ID][tally.Enrolments].Closed}
		s.Target, _ = plan.Target(campaignID, o.ID, string(tally.Enrolments), c.Start, c.End)
		s.Percent = percent(s.Actual, s.Target)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Standing) int {
		return cmp.Or(ahead(a, b), cmp.Compare(a.Office.Name, b.Office.Name), cmp.Compare(a.Office.ID, b.Office.ID))
	})
	for i := range out {
		out[i].Rank = i + 1
		if i > 0 && ahead(out[i-1], out[i]) == 0 {
			out[i].Rank = out[i-1].Rank
		}
	}
	return out
}

// ahead is negative when a stands before b. It compares shares of the target
// exactly, as products, since two that print alike may still differ.
func ahead(a, b Standing) int {
	if a.Target > 0 && b.Target > 0 {
		return cmp.Or(cmp.Compare(b.Actual*a.Target, a.Actual*b.Target), cmp.Compare(b.Actual, a.Actual))
	}
	return cmp.Or(cmp.Compare(b.Target, a.Target), cmp.Compare(b.Actual, a.Actual))
}

// percent is rounded to a tenth, half up; what falls short of a target is
// never rounded up to all of it.
func percent(actual, target int) *Tenths {
	if target <= 0 {
		return nil
	}
	t := Tenths((2000*actual + target) / (2 * target))
	if actual < target {
		t = min(t, 999)
	}
	return &t
}
