package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/people"
	"caunoi/planning"
	"caunoi/store"
	"caunoi/tally"
)

// kit is the campaign as one file.
func (s *Server) kit(ctx context.Context, c Caller, in *planInput) (*bookOutput, error) {
	about, err := messages.InAll("cli.kit.about")
	if err != nil {
		return nil, err
	}
	var raw []byte
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		kit, err := p.Kit(about)
		if err != nil {
			return err
		}
		raw, err = kit.Encode()
		return err
	})
	if err != nil {
		return nil, err
	}
	return bookOf(in.Campaign+".caunoi.json", raw), nil
}

type adoptInput struct {
	Body struct {
		File     string            `json:"file" doc:"the text of the file"`
		ID       string            `json:"id" maxLength:"64" doc:"of the new campaign: a to z, digits and hyphens"`
		Province string            `json:"province,omitempty" maxLength:"100" doc:"id of its office; that of the caller without it"`
		Name     campaign.Name     `json:"name,omitempty" doc:"by language; the file's without it"`
		Start    string            `json:"start" doc:"first day, YYYY-MM-DD"`
		Weekdays bool              `json:"weekdays,omitempty" doc:"each activity stays on its day of the week; else on its day of the campaign"`
		Offices  map[string]string `json:"offices,omitempty" doc:"what offices of the file are here; an empty one is left out"`
		Communes map[string]string `json:"communes,omitempty" doc:"the same, by code"`
		LeaveOut bool              `json:"leave_out,omitempty" doc:"leave out whatever is not found here"`
		Targets  planning.Parting  `json:"targets,omitempty" enum:"as_is,shares,people,uncovered,even" doc:"how totals are parted among the offices; as_is without it"`
		Totals   map[string]int    `json:"totals,omitempty" doc:"what is parted, by the key of the total"`
		Trial    bool              `json:"trial,omitempty" doc:"nothing is kept; tells what would be made"`
	}
}

type kitTotal struct {
	Key       string          `json:"key"`
	Indicator tally.Indicator `json:"indicator"`
	From      journal.Day     `json:"from"`
	To        journal.Day     `json:"to"`
	Total     int             `json:"total" doc:"in the file"`
}

type kitStranger struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Activities int    `json:"activities"`
	Targets    int    `json:"targets"`
}

type kitLost struct {
	Kind    campaign.ActivityKind `json:"kind" enum:"opening_ceremony,dialogue_conference,small_group,booth,mobile_team,other"`
	SubKind string                `json:"sub_kind"`
	Place   string                `json:"place"`
	On      journal.Day           `json:"on" doc:"the day on which it would be"`
	Code    string                `json:"code"`
	Detail  string                `json:"detail" doc:"why, in the caller's language"`
}

// mostLost is how many activities without a place are told one by one.
const mostLost = 100

type adoptOutput struct {
	Body struct {
		Campaign        campaignBrief `json:"campaign"`
		Targets         int           `json:"targets" doc:"made"`
		Activities      int           `json:"activities" doc:"planned anew, with shifts"`
		Same            int           `json:"same" doc:"brought by this file before"`
		LeftOut         int           `json:"left_out" doc:"of offices and communes that are left out"`
		LostCount       int           `json:"lost_count" doc:"for which there is no place in the campaign"`
		Lost            []kitLost     `json:"lost" nullable:"false" doc:"the first of them"`
		Totals          []kitTotal    `json:"totals" nullable:"false"`
		League          bool          `json:"league" doc:"the file has a rule of the league"`
		Assumptions     bool          `json:"assumptions" doc:"and what its arithmetic rests on"`
		UnknownOffices  []kitStranger `json:"unknown_offices" nullable:"false" doc:"for which somebody has to choose"`
		UnknownCommunes []kitStranger `json:"unknown_communes" nullable:"false"`
		Offices         []namedPlace  `json:"offices" nullable:"false" doc:"among which to choose"`
		Communes        []namedPlace  `json:"communes" nullable:"false"`
	}
}

type campaignBrief struct {
	ID        string        `json:"id"`
	Kind      campaign.Kind `json:"kind" enum:"festival,sprint,standing"`
	Name      campaign.Name `json:"name"`
	Start     journal.Day   `json:"start"`
	End       journal.Day   `json:"end"`
	Published journal.Day   `json:"published" doc:"empty if nobody said"`
}

// adoptKit makes a campaign from a file: the caller's own province alone, save
// for administrators.
func (s *Server) adoptKit(ctx context.Context, c Caller, in *adoptInput) (*adoptOutput, error) {
	b := &in.Body
	kit, err := planning.ReadKit([]byte(b.File))
	if err != nil {
		return nil, err
	}
	out := &adoptOutput{}
	run := s.act
	if b.Trial {
		run = s.view
	}
	err = run(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		province := cmp.Or(b.Province, access.ProvinceOf(c.Office, plan))
		for _, right := range []access.Right{access.SetPolicy, access.PlanActivities} {
			if err := access.May(c.Actor, right, province, plan); err != nil {
				return err
			}
		}
		now := store.Micro(s.Now())
		lived, err := tx.Villages(people.Scope{Whole: true}, "", journal.DayOf(now))
		if err != nil {
			return err
		}
		var put planning.Put
		if !b.Trial {
			put = s.Intake.Changing(tx)
		}
		p := &planning.Planner{Schema: s.Intake.Schema(), Tx: tx, Plan: plan, Actor: c.Actor, Now: now}
		made, err := p.Adopt(kit, planning.Adoption{
			ID: b.ID, Province: province, Name: b.Name, Start: journal.Day(b.Start), Weekdays: b.Weekdays,
			Offices: b.Offices, Communes: b.Communes, LeaveOut: b.LeaveOut, Targets: b.Targets, Totals: b.Totals, Lived: lived,
		}, put)
		if err != nil {
			return err
		}
		viewAdopted(c, plan, kit, province, journal.Day(b.Start), made, out)
		return nil
	})
	return out, err
}

func viewAdopted(c Caller, plan *campaign.Plan, kit *planning.Kit, province string, start journal.Day, made *planning.Adopted, out *adoptOutput) {
	b := &out.Body
	is := made.Campaign
	b.Campaign = campaignBrief{is.ID, is.Kind, is.Name, is.Start, is.End, is.Published}
	b.Targets, b.Activities, b.Same, b.LeftOut, b.LostCount = len(made.Targets), made.Activities, made.Same, made.LeftOut, len(made.Lost)
	b.League, b.Assumptions = kit.Campaign.League != nil, kit.Assumptions != nil
	b.Lost, b.Totals, b.Offices, b.Communes = []kitLost{}, []kitTotal{}, []namedPlace{}, []namedPlace{}
	for _, l := range made.Lost[:min(len(made.Lost), mostLost)] {
		b.Lost = append(b.Lost, kitLost{l.Kind, l.SubKind, l.Place, l.On, l.Why.Code, words(c.Lang, l.Why)})
	}
	for _, t := range kit.Targets {
		b.Totals = append(b.Totals, kitTotal{t.Key(), t.Indicator, start.Add(t.From - 1), start.Add(t.To - 1), t.Total})
	}
	b.UnknownOffices, b.UnknownCommunes = strangers(made.UnknownOffices), strangers(made.UnknownCommunes)
	for _, o := range plan.Offices {
		if o.Kind == campaign.Partner || plan.Under(o.ID, province) {
			b.Offices = append(b.Offices, namedPlace{o.ID, o.Name})
		}
	}
	for _, o := range plan.CommunesOf(province, start) {
		b.Communes = append(b.Communes, namedPlace{o.Code, o.Name})
	}
	for _, list := range [][]namedPlace{b.Offices, b.Communes} {
		slices.SortFunc(list, func(x, y namedPlace) int { return strings.Compare(x.Name+x.ID, y.Name+y.ID) })
	}
}

func strangers(all []planning.Stranger) []kitStranger {
	out := []kitStranger{}
	for _, s := range all {
		out = append(out, kitStranger(s))
	}
	return out
}
