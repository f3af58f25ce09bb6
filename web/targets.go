package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/planning"
	"caunoi/store"
	"caunoi/tally"
)

func (s *Server) targetRoutes() {
	const tag, base = "plan", "/api/v1/campaigns/{campaign}/targets"
	register(s, access.ViewBoard, namesNobody, operation("GET", base, "Targets of offices or campaigners, and how each stands", tag), s.targets)
	register(s, access.PlanActivities, recordsItself, operation("PUT", base, "Set targets; 0 is none", tag), s.setTargets)
	register(s, access.ViewBoard, namesNobody, operation("GET", base+"/file", "Targets as a spreadsheet: of the offices, and of the people whose figures the caller may see", tag), s.targetsFile)
	bring := operation("POST", base+"/file", "Bring targets from a spreadsheet (.xlsx, .csv)", tag)
	bring.MaxBodyBytes = mostPlan
	register(s, access.PlanActivities, recordsItself, bring, s.importTargets)
	register(s, access.PlanActivities, namesNobody, operation("POST", base+"/spread", "Part a total by people, by the uncovered, or evenly; nothing is set", tag), s.spreadTargets)
}

type targetsInput struct {
	Campaign  string `path:"campaign"`
	Indicator string `query:"indicator" default:"enrolments" maxLength:"100"`
	From      string `query:"from" doc:"first day, YYYY-MM-DD; that of the campaign without it"`
	To        string `query:"to" doc:"last day"`
	Year      int    `query:"year" minimum:"2000" maximum:"2100" doc:"a calendar year instead of days: what all campaigns of the province count in it, each person once"`
	Office    string `query:"office" maxLength:"100" doc:"its campaigners; the offices of the province without it"`
}

type targetRow struct {
	ID   string `json:"id" doc:"of the office, or of the campaigner"`
	Name string `json:"name"`
	campaign.Pace
	Verdict campaign.Verdict `json:"verdict" enum:"none,reached,on_course,open,behind,missed"`
	Short   int              `json:"short" doc:"how much is missing at the end, by the middle of the forecast; 0 if nothing is"`
	Days    []int            `json:"days" nullable:"false" doc:"by day of the period, as far as it has come"`
	Own     bool             `json:"own" doc:"the target is its own, not the sum of others"`
}

type targetsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Indicator  tally.Indicator   `json:"indicator"`
		From       journal.Day       `json:"from"`
		To         journal.Day       `json:"to"`
		Year       int               `json:"year,omitempty" doc:"the targets and figures are those of this year, of all campaigns of the province"`
		Today      journal.Day       `json:"today"`
		Busy       campaign.Period   `json:"busy" doc:"the days, within these, on which something is awaited"`
		Periods    []campaign.Period `json:"periods" nullable:"false" doc:"those with targets, the longest first"`
		Indicators []tally.Indicator `json:"indicators" nullable:"false" doc:"those for which there can be targets"`
		Total      targetRow         `json:"total"`
		Rows       []targetRow       `json:"rows" nullable:"false"`
		May        bool              `json:"may" doc:"the caller may set these targets"`
	}
}

// aims are the indicators for which there can be targets: of people, those that
// are credited to them.
func aims(campaigners bool) []tally.Indicator {
	out := []tally.Indicator{
		tally.Enrolments, tally.EnrolledSI, tally.EnrolledHI, tally.RenewedSI, tally.RenewedHI, tally.Switches, tally.Donations,
		tally.PeopleReached, tally.Consultations, tally.Activities, tally.Sessions,
	}
	return slices.DeleteFunc(out, func(i tally.Indicator) bool { return campaigners && !i.OfCampaigners() })
}

func (in *targetsInput) period(c *campaign.Campaign) (from, to journal.Day, err error) {
	from, to, err = periodOf(in.From, in.To)
	from, to = cmp.Or(from, c.Start), cmp.Or(to, c.End)
	switch {
	case err != nil:
	case to < from:
		err = journal.Refuse("plan.ends_before_start", "start", string(from), "end", string(to))
	case from < c.Start || to > c.End:
		err = journal.Refuse("target.days", "from", string(c.Start), "to", string(c.End))
	}
	return from, to, err
}

func (s *Server) targets(ctx context.Context, c Caller, in *targetsInput) (*targetsOutput, error) {
	out := &targetsOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Rows, b.Indicators, b.Indicator = []targetRow{}, aims(in.Office != ""), tally.Indicator(in.Indicator)
	if !slices.Contains(b.Indicators, b.Indicator) {
		return nil, journal.Refuse("target.indicator", "indicator", in.Indicator)
	}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) (err error) {
		which, err := campaignOf(c, plan, in.Campaign)
		if err != nil {
			return err
		}
		b.Periods, b.Today, b.Year = plan.Periods(which), journal.DayOf(s.Now()), in.Year
		if in.Year != 0 {
			which = which.Year(in.Year)
			in.From, in.To = "", ""
		}
		if b.From, b.To, err = in.period(which); err != nil {
			return err
		}
		b.Busy = campaign.Period{From: b.From, To: b.To}
		b.May = maySetTargets(c, plan, which, in.Office) == nil
		if in.Office == "" {
			return s.officeTargets(tx, plan, which, out)
		}
		// Who has done how much is for the office and those above it.
		if err := access.May(c.Actor, access.ViewEntries, in.Office, plan); err != nil {
			return err
		}
		return s.campaignerTargets(tx, plan, which, in.Office, out)
	})
	return out, err
}

// figures are those of a campaign, or of all that count in a year.
func (out *targetsOutput) figures(tx store.Tx, plan *campaign.Plan, which *campaign.Campaign, q tally.Query) (sheet tally.Sheet, err error) {
	q.Indicator, q.From, q.To = out.Body.Indicator, out.Body.From, out.Body.To
	all := []*campaign.Campaign{which}
	if which.ID == "" {
		var busy campaign.Period
		if all, busy = plan.CountedIn(which); len(all) > 0 {
			out.Body.Busy = busy
		}
	}
	for _, c := range all {
		q.Campaign = c.ID
		of, err := tx.Sheet(q)
		if err != nil {
			return nil, err
		}
		sheet = append(sheet, of...)
		if which.ID == "" { // who counted in an earlier campaign of the year
			repeats, err := tx.Sheet(q.Once())
			if err != nil {
				return nil, err
			}
			sheet = sheet.Less(repeats)
		}
	}
	return sheet, nil
}

// maySetTargets: a province sets those of offices, a lead those of people.
func maySetTargets(c Caller, plan *campaign.Plan, which *campaign.Campaign, office string) error {
	if office == "" {
		return access.May(c.Actor, access.SetPolicy, which.Province, plan)
	}
	return access.May(c.Actor, access.PlanActivities, office, plan)
}

func (s *Server) officeTargets(tx store.Tx, plan *campaign.Plan, which *campaign.Campaign, out *targetsOutput) error {
	b := &out.Body
	sheet, err := out.figures(tx, plan, which, tally.Query{})
	if err != nil {
		return err
	}
	type cell struct {
		office string
		day    journal.Day
	}
	by := tally.By(sheet, func(k tally.Key) cell { return cell{k.Office, k.Day} })
	for _, o := range plan.LeagueOffices(which.Province, which.Start) {
		target, own := plan.Target(which.ID, o.ID, string(b.Indicator), b.From, b.To)
		b.Rows = append(b.Rows, out.row(o.ID, o.Name, target, own, func(d journal.Day) int { return by[cell{o.ID, d}][b.Indicator].Closed }))
	}
	target, _ := plan.ProvinceTarget(which, string(b.Indicator), b.From, b.To)
	_, own := plan.Target(which.ID, which.Province, string(b.Indicator), b.From, b.To)
	byDay := sheet.ByDay()
	b.Total = out.row(which.Province, officeName(plan, which.Province), target, own, func(d journal.Day) int { return byDay[d][b.Indicator].Closed })
	return nil
}

func (s *Server) campaignerTargets(tx store.Tx, plan *campaign.Plan, which *campaign.Campaign, office string, out *targetsOutput) error {
	b := &out.Body
	sheet, err := out.figures(tx, plan, which, tally.Query{Dim: "campaigner"})
	if err != nil {
		return err
	}
	type cell struct {
		who string
		day journal.Day
	}
	by := tally.By(sheet, func(k tally.Key) cell { return cell{strings.TrimPrefix(k.Dim, "campaigner="), k.Day} })
	total := 0
	var all []string
	for id, w := range plan.Campaigners {
		if w.Office == office {
			all = append(all, id)
		}
	}
	slices.SortFunc(all, func(x, y string) int {
		return cmp.Or(cmp.Compare(plan.Campaigners[x].Name, plan.Campaigners[y].Name), cmp.Compare(x, y))
	})
	for _, id := range all {
		target, own := plan.TargetOf(which.ID, office, id, string(b.Indicator), b.From, b.To)
		total += target
		b.Rows = append(b.Rows, out.row(id, plan.Campaigners[id].Name, target, own, func(d journal.Day) int { return by[cell{id, d}][b.Indicator].Closed }))
	}
	target, own := plan.Target(which.ID, office, string(b.Indicator), b.From, b.To)
	if !own {
		target = total
	}
	whole, err := out.figures(tx, plan, which, tally.Query{Office: office})
	byDay := whole.ByDay()
	b.Total = out.row(office, officeName(plan, office), target, own, func(d journal.Day) int { return byDay[d][b.Indicator].Closed })
	return err
}

func (out *targetsOutput) row(id, name string, target int, own bool, of func(journal.Day) int) targetRow {
	b := &out.Body
	days := []int{}
	for d := b.From; d <= b.To && d <= b.Today; d = d.Add(1) {
		days = append(days, of(d))
	}
	r := targetRow{ID: id, Name: name, Pace: campaign.PaceWithin(target, campaign.Period{From: b.From, To: b.To}, b.Busy, b.Today, days), Days: days, Own: own}
	r.Verdict, r.Short = r.Pace.Verdict()
	return r
}

type targetBody struct {
	Office     string `json:"office" maxLength:"100"`
	Campaigner string `json:"campaigner,omitempty" maxLength:"100"`
	Value      int    `json:"value" minimum:"0" maximum:"100000000"`
}

type setTargetsInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Indicator string       `json:"indicator" maxLength:"100"`
		From      string       `json:"from,omitempty"`
		To        string       `json:"to,omitempty"`
		Year      int          `json:"year,omitempty" minimum:"2000" maximum:"2100" doc:"instead of days: of the province's calendar year, of whatever campaign"`
		Targets   []targetBody `json:"targets" minItems:"1" maxItems:"2000"`
	}
}

func (s *Server) setTargets(ctx context.Context, c Caller, in *setTargetsInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err != nil {
			return err
		}
		of := which
		from, to := journal.Day(in.Body.From), journal.Day(in.Body.To)
		if in.Body.Year != 0 {
			of = which.Year(in.Body.Year)
			from, to = of.Start, of.End
		}
		var targets []campaign.Target
		for _, t := range in.Body.Targets {
			target := campaign.Target{
				Campaign: of.ID, Office: t.Office, Campaigner: t.Campaigner, Indicator: in.Body.Indicator,
				From: from, To: to, Value: t.Value,
			}
			if err := settable(c, plan, of, &target); err != nil {
				return err
			}
			targets = append(targets, target)
		}
		return s.putTargets(tx, c, which, func(*campaign.Plan) ([]campaign.Target, error) { return targets, nil })
	})
}

// settable refuses a target that the caller may not set, or nobody.
func settable(c Caller, plan *campaign.Plan, which *campaign.Campaign, t *campaign.Target) error {
	office := ""
	if t.Campaigner != "" {
		office = t.Office
		if w := plan.Campaigners[t.Campaigner]; w == nil || w.Office != t.Office {
			return journal.Refuse("target.member", "member", t.Campaigner, "office", officeName(plan, t.Office))
		}
	}
	if err := maySetTargets(c, plan, which, office); err != nil {
		return err
	}
	if !plan.HasOffice(t.Office) || !plan.Under(t.Office, which.Province) {
		return journal.Refuse("planning.office", "office", t.Office)
	}
	if !slices.Contains(aims(t.Campaigner != ""), tally.Indicator(t.Indicator)) {
		return journal.Refuse("target.indicator", "indicator", t.Indicator)
	}
	if err := (&campaign.Item{Target: t}).Validate(); err != nil {
		return err
	}
	if t.From < which.Start || t.To > which.End {
		return journal.Refuse("target.days", "from", string(which.Start), "to", string(which.End))
	}
	return nil
}

// putTargets puts settable targets into the plan as it is then; the audit
// keeps how many of each figure and period.
func (s *Server) putTargets(tx store.Tx, c Caller, which *campaign.Campaign, of func(had *campaign.Plan) ([]campaign.Target, error)) error {
	type kind struct {
		indicator string
		from, to  journal.Day
	}
	var kinds []kind
	set := map[kind]int{}
	err := s.Intake.ChangePlan(tx, func(had *campaign.Plan) ([]campaign.Item, error) {
		targets, err := of(had)
		var items []campaign.Item
		for _, t := range targets {
			items = append(items, campaign.Item{Target: &t})
			k := kind{t.Indicator, t.From, t.To}
			if set[k]++; set[k] == 1 {
				kinds = append(kinds, k)
			}
		}
		return items, err
	})
	for _, k := range kinds {
		if err == nil {
			err = s.settingChanged(tx, c, which, map[string]any{"indicator": k.indicator, "from": k.from, "to": k.to, "targets": set[k]})
		}
	}
	return err
}

type spreadInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Total  int    `json:"total" minimum:"0" maximum:"100000000"`
		By     string `json:"by" enum:"people,uncovered,even" doc:"who lives in the communes, those of them whom nothing covers, or equal parts"`
		Office string `json:"office,omitempty" maxLength:"100" doc:"among its campaigners, evenly; the offices of the province without it"`
	}
}

type spreadPart struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Share int    `json:"share" doc:"people"`
	Value int    `json:"value"`
}

type spreadOutput struct {
	Body struct {
		Parts []spreadPart   `json:"parts" nullable:"false"`
		Basis planning.Basis `json:"basis" doc:"by what the people were counted; none where there is no need to"`
	}
}

func (s *Server) spreadTargets(ctx context.Context, c Caller, in *spreadInput) (*spreadOutput, error) {
	out := &spreadOutput{}
	out.Body.Parts = []spreadPart{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err == nil {
			err = maySetTargets(c, plan, which, in.Body.Office)
		}
		if err != nil {
			return err
		}
		shares, names := map[string]int{}, map[string]string{}
		if in.Body.Office != "" {
			for id, w := range plan.Campaigners {
				if w.Office == in.Body.Office && !w.Lead {
					shares[id], names[id] = 0, w.Name
				}
			}
		} else {
			today := journal.DayOf(s.Now())
			for _, o := range plan.LeagueOffices(which.Province, today) {
				names[o.ID] = o.Name
			}
			lived, err := tx.Villages(people.Scope{Whole: true}, "", today)
			if err != nil {
				return err
			}
			basis := planning.Basis{}
			if shares, basis = planning.Shares(plan, which.Province, today, planning.Parting(in.Body.By), lived); in.Body.By != string(planning.Evenly) {
				out.Body.Basis = basis
			}
		}
		for id, value := range campaign.Spread(in.Body.Total, shares) {
			out.Body.Parts = append(out.Body.Parts, spreadPart{id, names[id], shares[id], value})
		}
		slices.SortFunc(out.Body.Parts, func(a, b spreadPart) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		return nil
	})
	return out, err
}
