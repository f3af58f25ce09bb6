package web

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/report"
	"caunoi/store"
	"caunoi/tally"
)

func (s *Server) leagueRoutes() {
	const tag, base = "figures", "/api/v1/campaigns/{campaign}/league"
	register(s, access.ViewBoard, namesNobody, operation("GET", base, "Units and campaigners as they stand, the rule, its arithmetic, and days that look unlikely", tag), s.league)
	register(s, access.SetPolicy, namesNobody, operation("POST", base+"/preview", "How a rule would rank; nothing is kept", tag), s.previewLeague)
	register(s, access.SetPolicy, recordsItself, operation("PUT", base, "Publish a rule", tag), s.publishLeague)
	register(s, access.SetPolicy, recordsItself, operation("POST", base+"/flags", "Let a day that looks unlikely pass, or not", tag), s.passFlag)
	register(s, access.SetPolicy, namesNobody, operation("GET", base+"/certificates.pdf", "Certificates for the first three of a closed campaign", tag), s.certificates)
	register(s, access.PlanActivities, namesNobody, operation("GET", base+"/badges.pdf", "Badges for who goes out by the plan", tag), s.badges)
}

// always is a day after all others.
const always = journal.Day("9999-12-31")

type ruleBody struct {
	Weights        map[string]int `json:"weights" doc:"points for each one of an indicator, 0 to 1000"`
	Per            campaign.Per   `json:"per" enum:"target,people,campaigner,none" doc:"by what the points of a unit are divided"`
	MinSessions    int            `json:"min_sessions" doc:"with fewer a unit is listed without a rank"`
	MinOwnSessions int            `json:"min_own_sessions" doc:"with part in fewer a campaigner is listed without a rank"`
	Ties           []string       `json:"ties" nullable:"false" doc:"indicators that tell equals apart, the first first"`
	HoldFlagged    bool           `json:"hold_flagged" doc:"days that look unlikely give no points until they are let pass"`
}

func viewRule(r *campaign.Rule) ruleBody {
	return ruleBody{r.Weights, r.Per, r.MinSessions, r.MinOwnSessions, append([]string{}, r.Ties...), r.HoldFlagged}
}

// rule is what the body says: without what gives no points.
func (b *ruleBody) rule() *campaign.Rule {
	r := &campaign.Rule{Weights: maps.Clone(b.Weights), Per: b.Per, MinSessions: b.MinSessions, MinOwnSessions: b.MinOwnSessions, HoldFlagged: b.HoldFlagged}
	maps.DeleteFunc(r.Weights, func(_ string, points int) bool { return points == 0 })
	if len(b.Ties) > 0 {
		r.Ties = b.Ties
	}
	return r
}

type partView struct {
	Indicator tally.Indicator `json:"indicator"`
	Figure    int             `json:"figure" doc:"that gives points"`
	Held      int             `json:"held" doc:"counted, but held out of the points"`
	Target    int             `json:"target" doc:"of the unit for the whole campaign; 0 for none"`
	Weight    int             `json:"weight"`
	Points    int             `json:"points"`
}

type standingView struct {
	ID            string     `json:"id" doc:"empty for a campaigner whose name the caller may not see"`
	Name          string     `json:"name" doc:"empty with the id"`
	Office        officeView `json:"office" doc:"the unit, or that of the campaigner"`
	Rank          int        `json:"rank" doc:"equals share one; 0 without one: too few sessions, nothing to divide by, or nothing that gives points"`
	PreviousRank  int        `json:"previous_rank" doc:"by the figures up to the day before; 0 without one"`
	PublishedRank int        `json:"published_rank" doc:"by the published rule; 0 without one"`
	Score         *float64   `json:"score" doc:"to a tenth: percent of the target, points per 1,000 people or per campaigner, or points; null without what it is divided by"`
	Points        int        `json:"points"`
	Divisor       int        `json:"divisor" doc:"points of the targets, people, campaigners, or 1"`
	Sessions      int        `json:"sessions" doc:"held by the unit; or held with the campaigner, of the lead, the team, who came and who closed it"`
	Parts         []partView `json:"parts" nullable:"false"`
}

type flagView struct {
	Office     officeView      `json:"office"`
	Campaigner officeView      `json:"campaigner" doc:"whose day it is; empty for the unit"`
	Day        journal.Day     `json:"day"`
	Indicator  tally.Indicator `json:"indicator" enum:"enrolments,reached.headcount"`
	Reason     report.Reason   `json:"reason" enum:"jump,phone" doc:"far above the other days; or many of the people have one phone number in the registry"`
	Value      int             `json:"value" doc:"what was counted, or how many have one number"`
	Usual      int             `json:"usual" doc:"the median of the other days on which anything was counted"`
	Spread     int             `json:"spread" doc:"the median distance from it"`
	Days       int             `json:"days" doc:"how many other days"`
	Passed     bool            `json:"passed" doc:"somebody of the province looked at it and let it pass"`
	Held       bool            `json:"held" doc:"it gives no points now"`
}

type leagueOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Rule        ruleBody       `json:"rule" doc:"by which these stand"`
		Usual       bool           `json:"usual" doc:"the province has published none: it is the share of the target of enrolments"`
		PersonalPer campaign.Per   `json:"personal_per" enum:"target,none" doc:"by what the points of campaigners are divided: by their own targets where the rule goes by targets and somebody has one"`
		Registered  bool           `json:"registered" doc:"points per 1,000 people go by those whom the registry knows, since of some commune the population is not known"`
		May         bool           `json:"may" doc:"the caller may publish a rule and let days pass"`
		Today       journal.Day    `json:"today"`
		Whole       bool           `json:"whole" doc:"campaigners and their days are told, too"`
		Offices     []standingView `json:"offices" nullable:"false"`
		Campaigners []standingView `json:"campaigners" nullable:"false" doc:"who has anything credited"`
		Flags       []flagView     `json:"flags" nullable:"false"`
	}
}

// unlikely are the days of a campaign that look unlikely, and those that were
// let pass.
func (s *Server) unlikely(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, figures, byCampaigner tally.Sheet) ([]report.Flag, report.Passed, error) {
	passed, err := letPass(tx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	flags, err := flagged(tx, plan, c, figures, byCampaigner)
	return flags, passed, err
}

// letPass are the days of a campaign that were let pass.
func letPass(tx store.Tx, campaign string) (report.Passed, error) {
	days, err := passedDays(tx, campaign)
	passed := report.Passed{}
	for _, p := range days {
		passed[p.seen()] = p.Value
	}
	return passed, err
}

// flagged are the days of a campaign that look unlikely, let pass or not.
func flagged(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, figures, byCampaigner tally.Sheet) ([]report.Flag, error) {
	phones, err := tx.SharedPhones(c.ID, tally.Enrolments.Parts(), report.ManyOnePhone)
	shared := map[report.Spot]int{}
	for _, p := range phones {
		shared[report.Spot{Office: p.Office, Day: p.Day, Indicator: tally.Enrolments}] = p.People
	}
	flags := append(report.Flags(plan, c, figures), report.PhoneFlags(shared)...)
	return append(flags, report.CampaignerFlags(plan, c, byCampaigner)...), err
}

// published is a campaign's league by the rule that holds.
func (s *Server) published(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, figures, byCampaigner tally.Sheet) (contest *report.Contest, err error) {
	var flags []report.Flag
	var passed report.Passed
	if c.Rule().HoldFlagged {
		if flags, passed, err = s.unlikely(tx, plan, c, figures, byCampaigner); err != nil {
			return nil, err
		}
	}
	return s.contest(tx, plan, c, c.Rule(), figures, byCampaigner, flags, passed)
}

// contest is a campaign's league by a rule, in which the flagged days that it
// holds out give no points.
func (s *Server) contest(tx store.Tx, plan *campaign.Plan, c *campaign.Campaign, rule *campaign.Rule, figures, byCampaigner tally.Sheet, flags []report.Flag, passed report.Passed) (contest *report.Contest, err error) {
	contest = &report.Contest{Plan: plan, Campaign: c, Rule: rule, Figures: figures, ByCampaigner: byCampaigner, Held: report.Hold(rule, flags, passed)}
	if rule.Per != campaign.PerPeople {
		return contest, nil
	}
	today := journal.DayOf(s.Now())
	if counted, all := plan.OfficePopulations(c.Province, min(c.End, today)); all {
		contest.People = counted
		return contest, nil
	}
	listed, err := tx.CountListed(people.Scope{Whole: true})
	contest.People, contest.Registered = map[string]int{}, true
	for code, n := range listed {
		contest.People[plan.OfficeOf(code, today)] += n
	}
	return contest, err
}

// yesterday is the day up to which earlier figures are told: the one before the
// last day of the campaign that has begun.
func yesterday(c *campaign.Campaign, today journal.Day) journal.Day { return min(c.End, today).Add(-1) }

func ranks(list []report.Standing) map[string]int {
	out := map[string]int{}
	for i := range list {
		out[list[i].ID()] = list[i].Rank
	}
	return out
}

type leagueInput struct {
	Campaign string `path:"campaign"`
	Units    bool   `query:"units" doc:"the units alone, which is soon told; campaigners and their days are left out"`
}

func (s *Server) league(ctx context.Context, caller Caller, in *leagueInput) (*leagueOutput, error) {
	out := &leagueOutput{CacheControl: "no-store"}
	out.Body.Whole = !in.Units
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		c, err := campaignOf(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		return s.drawLeague(tx, plan, caller, c, c.Rule(), out)
	})
	return out, err
}

// drawLeague fills in how a rule ranks, campaigners where the whole is asked for.
func (s *Server) drawLeague(tx store.Tx, plan *campaign.Plan, caller Caller, c *campaign.Campaign, rule *campaign.Rule, out *leagueOutput) error {
	figures, err := s.figures.Sheet(tx, c.ID)
	if err != nil {
		return err
	}
	var byCampaigner tally.Sheet
	if out.Body.Whole {
		if byCampaigner, err = tx.Sheet(tally.Query{Campaign: c.ID, Dim: "campaigner"}); err != nil {
			return err
		}
	}
	flags, passed, err := s.unlikely(tx, plan, c, figures, byCampaigner)
	if err != nil {
		return err
	}
	contest, err := s.contest(tx, plan, c, rule, figures, byCampaigner, flags, passed)
	if err != nil {
		return err
	}
	published := contest
	if !equalRules(rule, c.Rule()) {
		if published, err = s.contest(tx, plan, c, c.Rule(), figures, byCampaigner, flags, passed); err != nil {
			return err
		}
	}
	b := &out.Body
	b.Rule, b.Usual, b.Today = viewRule(rule), c.League == nil, journal.DayOf(s.Now())
	b.May = access.May(caller.Actor, access.SetPolicy, c.Province, plan) == nil
	b.PersonalPer, b.Registered = contest.CampaignersPer(), contest.Registered
	before := yesterday(c, b.Today)
	b.Offices = viewStandings((*report.Contest).Offices, contest, published, before)
	b.Campaigners = viewStandings((*report.Contest).Campaigners, contest, published, before)
	for i := range b.Campaigners {
		if p := &b.Campaigners[i]; access.May(caller.Actor, access.ViewEntries, p.Office.ID, plan) != nil {
			p.ID, p.Name = "", ""
		}
	}
	b.Flags = []flagView{}
	for _, f := range flags {
		if f.Campaigner == "" || access.May(caller.Actor, access.ViewEntries, f.Office, plan) == nil { // else the caller may not see the name
			b.Flags = append(b.Flags, viewFlag(plan, f, passed.Lets(f), contest.Held[f.Spot]))
		}
	}
	return nil
}

func viewFlag(plan *campaign.Plan, f report.Flag, passed, held bool) flagView {
	v := flagView{
		Office: officeView{f.Office, officeName(plan, f.Office)}, Day: f.Day, Indicator: f.Indicator, Reason: f.Reason,
		Value: f.Value, Usual: f.Usual, Spread: f.Spread, Days: f.Days, Passed: passed, Held: held,
	}
	if f.Campaigner != "" {
		v.Campaigner = officeView{f.Campaigner, authorName(plan, f.Campaigner)}
	}
	return v
}

// viewStandings shows those of a contest beside what they were before a day, and
// by the published rule.
func viewStandings(of func(*report.Contest, journal.Day) []report.Standing, contest, published *report.Contest, before journal.Day) []standingView {
	list := of(contest, always)
	was, by := ranks(of(contest, before)), ranks(list)
	if published != contest {
		by = ranks(of(published, always))
	}
	out := []standingView{}
	for i := range list {
		st := &list[i]
		v := standingView{
			ID: st.ID(), Name: st.Office.Name, Office: officeView{st.Office.ID, st.Office.Name},
			Rank: st.Rank, PreviousRank: was[st.ID()], PublishedRank: by[st.ID()],
			Points: st.Points, Divisor: st.Divisor, Sessions: st.Sessions, Parts: []partView{},
		}
		if st.Campaigner != nil {
			v.Name = st.Campaigner.Name
		}
		if st.Score != nil {
			score := float64(*st.Score) / 10
			v.Score = &score
		}
		for _, p := range st.Parts {
			v.Parts = append(v.Parts, partView(p))
		}
		out = append(out, v)
	}
	return out
}

type ruleInput struct {
	Campaign string `path:"campaign"`
	Body     ruleBody
}

// ruled finds the campaign for which the caller may set a rule.
func ruled(caller Caller, plan *campaign.Plan, id string) (*campaign.Campaign, error) {
	c, err := campaignOf(caller, plan, id)
	if err == nil {
		err = access.May(caller.Actor, access.SetPolicy, c.Province, plan)
	}
	return c, err
}

func (s *Server) previewLeague(ctx context.Context, caller Caller, in *ruleInput) (*leagueOutput, error) {
	rule := in.Body.rule()
	if err := tally.CheckRule(rule); err != nil {
		return nil, err
	}
	out := &leagueOutput{CacheControl: "no-store"}
	out.Body.Whole = true
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		c, err := ruled(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		return s.drawLeague(tx, plan, caller, c, rule, out)
	})
	return out, err
}

// publishLeague makes a rule part of the campaign. The usual rule is none of its
// own.
func (s *Server) publishLeague(ctx context.Context, caller Caller, in *ruleInput) (*leagueOutput, error) {
	rule := in.Body.rule()
	if err := tally.CheckRule(rule); err != nil {
		return nil, err
	}
	if equalRules(rule, campaign.UsualRule()) {
		rule = nil
	}
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, err := ruled(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		err = s.Intake.ChangePlan(tx, func(had *campaign.Plan) ([]campaign.Item, error) {
			c := *had.Campaigns[which.ID] // campaigns stay
			c.League = rule
			return []campaign.Item{{Campaign: &c}}, nil
		})
		if err != nil {
			return err
		}
		return s.settingChanged(tx, caller, which, in.Body.rule())
	})
	if err != nil {
		return nil, err
	}
	return s.league(ctx, caller, &leagueInput{Campaign: in.Campaign})
}

func equalRules(a, b *campaign.Rule) bool {
	return maps.Equal(a.Weights, b.Weights) && a.Per == b.Per && a.MinSessions == b.MinSessions && a.MinOwnSessions == b.MinOwnSessions && slices.Equal(a.Ties, b.Ties) && a.HoldFlagged == b.HoldFlagged
}

// settingChanged tells the audit what was set for a campaign.
func (s *Server) settingChanged(tx store.Tx, caller Caller, c *campaign.Campaign, set any) error {
	text, err := json.Marshal(set, json.Deterministic(true))
	if err != nil {
		return err
	}
	return audit.Append(tx, s.Now(), audit.Event{
		Act: "setting.changed", Actor: caller.ID, Office: c.Province, Subject: "campaign:" + c.ID, Details: map[string]string{"set": string(text)},
	})
}

// passedDay is a day that was let pass, with the value that was seen.
type passedDay struct {
	Office    string          `json:"office"`
	Day       journal.Day     `json:"day"`
	Indicator tally.Indicator `json:"indicator"`
	// Campaigner is empty for the unit, Reason for a jump.
	Campaigner string        `json:"campaigner,omitzero"`
	Reason     report.Reason `json:"reason,omitzero"`
	Value      int           `json:"value"`
	By         string        `json:"by"`
	At         time.Time     `json:"at"`
}

func (p *passedDay) seen() report.Seen {
	return report.Seen{
		Spot:   report.Spot{Office: p.Office, Day: p.Day, Indicator: p.Indicator, Campaigner: p.Campaigner},
		Reason: cmp.Or(p.Reason, report.Jump),
	}
}

func passedSetting(campaign string) string { return "league/" + campaign + "/passed" }

func passedDays(tx store.Tx, campaign string) (list []passedDay, err error) {
	text, err := tx.Setting(passedSetting(campaign))
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &list)
	}
	return list, err
}

type passInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Office     string          `json:"office" maxLength:"100"`
		Day        string          `json:"day" doc:"YYYY-MM-DD"`
		Indicator  tally.Indicator `json:"indicator" enum:"enrolments,reached.headcount"`
		Campaigner string          `json:"campaigner,omitempty" maxLength:"100" doc:"whose day it is; the unit's without it"`
		Reason     report.Reason   `json:"reason,omitempty" enum:"jump,phone" doc:"jump without it"`
		Value      int             `json:"value" doc:"as it was looked at; one that grows is flagged again"`
		Pass       bool            `json:"pass"`
	}
}

// passFlag lets a day pass, or takes that back. A day that is not flagged is
// refused: league.no_flag.
func (s *Server) passFlag(ctx context.Context, caller Caller, in *passInput) (*leagueOutput, error) {
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		c, err := ruled(caller, plan, in.Campaign)
		if err != nil {
			return err
		}
		it := passedDay{
			Office: in.Body.Office, Day: journal.Day(in.Body.Day), Indicator: in.Body.Indicator, Campaigner: in.Body.Campaigner, Reason: in.Body.Reason,
			Value: in.Body.Value, By: caller.ID, At: store.Micro(s.Now()),
		}
		if err := tally.Alone(tx); err != nil { // two who let days pass at once would lose one
			return err
		}
		if in.Body.Pass {
			figures, err := tx.Sheet(tally.Query{Campaign: c.ID})
			if err != nil {
				return err
			}
			byCampaigner, err := tx.Sheet(tally.Query{Campaign: c.ID, Dim: "campaigner"})
			if err != nil {
				return err
			}
			flags, _, err := s.unlikely(tx, plan, c, figures, byCampaigner)
			if err != nil {
				return err
			}
			flagged := func(f report.Flag) bool {
				return report.Seen{Spot: f.Spot, Reason: f.Reason} == it.seen() && it.Value <= f.Value
			}
			if !slices.ContainsFunc(flags, flagged) {
				return journal.Refuse("league.no_flag")
			}
		}
		list, err := passedDays(tx, c.ID)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(p passedDay) bool { return p.seen() == it.seen() })
		if in.Body.Pass {
			list = append(list, it)
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if err := tx.PutSetting(passedSetting(c.ID), string(text)); err != nil {
			return err
		}
		return s.settingChanged(tx, caller, c, in.Body)
	})
	if err != nil {
		return nil, err
	}
	return s.league(ctx, caller, &leagueInput{Campaign: in.Campaign})
}
