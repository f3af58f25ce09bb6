package web

import (
	"bytes"
	"context"
	"errors"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/planning"
	"caunoi/store"
)

type targetsFileInput struct {
	Campaign string `path:"campaign"`
	Format   string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
}

// targetsFile writes the targets that the caller may see, as they are read.
func (s *Server) targetsFile(ctx context.Context, c Caller, in *targetsFileInput) (*bookOutput, error) {
	words, err := messages.For(in.Lang)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = s.view(ctx, func(_ store.Tx, plan *campaign.Plan) error {
		which, err := campaignOf(c, plan, in.Campaign)
		if err != nil {
			return err
		}
		var targets []campaign.Target
		for _, t := range plan.Targets {
			if t.Campaign == which.ID && t.Value > 0 && plan.Under(t.Office, which.Province) && seesTarget(c, plan, &t) {
				targets = append(targets, t)
			}
		}
		return planning.WriteTargets(&out, in.Format, deskText(words), plan, which.Province, targets)
	})
	if err != nil {
		return nil, err
	}
	return bookOf("targets."+in.Format, out.Bytes()), nil
}

// seesTarget: those of offices are on the board; who of its people has which is
// for the office and those above it.
func seesTarget(c Caller, plan *campaign.Plan, t *campaign.Target) bool {
	return t.Campaigner == "" || access.May(c.Actor, access.ViewEntries, t.Office, plan) == nil
}

type importTargetsInput struct {
	Campaign string `path:"campaign"`
	Trial    bool   `query:"trial" doc:"nothing is kept; tells what would become of each row"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

type importedTarget struct {
	Row       int             `json:"row" doc:"from 1, as spreadsheets show it"`
	Became    planning.Became `json:"became" enum:"added,changed,same,refused"`
	Name      string          `json:"name,omitempty" doc:"of the office, or of the campaigner; empty where it was refused"`
	Indicator string          `json:"indicator,omitempty"`
	From      journal.Day     `json:"from,omitempty"`
	To        journal.Day     `json:"to,omitempty"`
	Had       int             `json:"had" doc:"the target before; 0 is none"`
	Value     int             `json:"value" doc:"the target from now on"`
	Code      string          `json:"code,omitempty"`
	Detail    string          `json:"detail,omitempty" doc:"why it was refused, in the caller's language"`
}

type importTargetsOutput struct {
	Body struct {
		Rows []importedTarget `json:"rows" nullable:"false"`
	}
}

// importTargets takes targets from a spreadsheet. A row that is refused keeps
// no other out.
func (s *Server) importTargets(ctx context.Context, c Caller, in *importTargetsInput) (*importTargetsOutput, error) {
	texts, err := deskTexts()
	if err != nil {
		return nil, err
	}
	out := &importTargetsOutput{}
	read := func(plan *campaign.Plan) (*campaign.Campaign, []planning.TargetRow, error) {
		which, err := campaignOf(c, plan, in.Campaign)
		if err != nil {
			return nil, nil, err
		}
		rows, err := planning.ReadTargets(sheetName(in.RawBody), bytes.NewReader(in.RawBody), texts, plan, which.Province)
		return which, rows, err
	}
	if in.Trial {
		err = s.view(ctx, func(_ store.Tx, plan *campaign.Plan) error {
			which, rows, err := read(plan)
			if err == nil {
				out.Body.Rows, _, err = sortTargets(c, plan, which, rows)
			}
			return err
		})
		return out, err
	}
	return out, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		which, rows, err := read(plan)
		if err != nil {
			return err
		}
		return s.putTargets(tx, c, which, func(had *campaign.Plan) (targets []campaign.Target, err error) {
			out.Body.Rows, targets, err = sortTargets(c, had, which, rows)
			return targets, err
		})
	})
}

// sortTargets says what becomes of each row under a plan, and which targets
// that sets.
func sortTargets(c Caller, plan *campaign.Plan, which *campaign.Campaign, rows []planning.TargetRow) (told []importedTarget, set []campaign.Target, err error) {
	told = []importedTarget{}
	first := map[campaign.Target]int{} // rows, by what they set a target of
	for _, r := range rows {
		t := r.Target
		t.Campaign = which.ID
		of := t
		of.Value = 0
		v := importedTarget{Row: r.Number, Indicator: t.Indicator, From: t.From, To: t.To, Value: t.Value}
		refusal := r.Refusal
		if refusal == nil && first[of] > 0 {
			refusal = &journal.Refusal{Code: "target.twice", Params: map[string]any{"first": first[of]}}
		}
		if refusal == nil {
			first[of] = r.Number
			v.Name = officeName(plan, t.Office)
			v.Had, _ = plan.TargetOf(t.Campaign, t.Office, t.Campaigner, t.Indicator, t.From, t.To)
			if w := plan.Campaigners[t.Campaigner]; w != nil {
				v.Name = w.Name
			}
			// What stands already needs no right but to see it.
			if v.Had != t.Value || !seesTarget(c, plan, &t) {
				if err := settable(c, plan, which, &t); err != nil && !errors.As(err, &refusal) {
					return nil, nil, err
				}
			}
		}
		switch {
		case refusal != nil:
			v = importedTarget{Row: r.Number, Became: planning.Refused, Code: refusal.Code, Detail: words(c.Lang, refusal)}
		case v.Had == t.Value:
			v.Became = planning.Same
		case v.Had == 0:
			v.Became = planning.Added
		default:
			v.Became = planning.Changed
		}
		if v.Became == planning.Added || v.Became == planning.Changed {
			set = append(set, t)
		}
		told = append(told, v)
	}
	return told, set, nil
}
