package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/planning"
	"caunoi/store"
)

type populationsFileInput struct {
	Format string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Lang   string `query:"lang" enum:"vi,en,bn" default:"vi"`
}

// populationsFile writes the populations of the communes that the caller may
// change, as they are read.
func (s *Server) populationsFile(ctx context.Context, c Caller, in *populationsFileInput) (*bookOutput, error) {
	words, err := messages.For(in.Lang)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = s.view(ctx, func(_ store.Tx, plan *campaign.Plan) error {
		var mine []*campaign.Commune
		for code, of := range plan.Communes {
			if _, err := s.unitCommune(c, plan, code); err == nil && (of.Stands(journal.DayOf(s.Now())) || len(of.Population) > 0) {
				mine = append(mine, of)
			}
		}
		slices.SortFunc(mine, func(x, y *campaign.Commune) int { return cmp.Compare(x.Code, y.Code) })
		return planning.WritePopulations(&out, in.Format, deskText(words), plan, mine)
	})
	if err != nil {
		return nil, err
	}
	return bookOf("population."+in.Format, out.Bytes()), nil
}

type importPopulationsInput struct {
	Trial   bool   `query:"trial" doc:"nothing is kept; tells what would become of each row"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type importedPopulation struct {
	Row    int             `json:"row" doc:"from 1, as spreadsheets show it"`
	Became planning.Became `json:"became" enum:"added,changed,same,refused"`
	Name   string          `json:"name,omitempty" doc:"of the commune; empty where the row was refused"`
	Year   int             `json:"year,omitempty"`
	Had    int             `json:"had" doc:"people of that year before; 0 if nobody had said"`
	People int             `json:"people" doc:"from now on"`
	Code   string          `json:"code,omitempty"`
	Detail string          `json:"detail,omitempty" doc:"why it was refused, in the caller's language"`
}

type importPopulationsOutput struct {
	Body struct {
		Rows []importedPopulation `json:"rows" nullable:"false"`
	}
}

// importPopulations takes populations from a spreadsheet. A row that is refused
// keeps no other out; other years stay as they are.
func (s *Server) importPopulations(ctx context.Context, c Caller, in *importPopulationsInput) (*importPopulationsOutput, error) {
	texts, err := deskTexts()
	if err != nil {
		return nil, err
	}
	out := &importPopulationsOutput{}
	read := func(plan *campaign.Plan) (items []campaign.Item, err error) {
		rows, err := planning.ReadPopulations(sheetName(in.RawBody), bytes.NewReader(in.RawBody), texts, plan)
		if err == nil {
			out.Body.Rows, items = s.sortPopulations(c, plan, rows)
		}
		return items, err
	}
	if in.Trial {
		return out, s.view(ctx, func(_ store.Tx, plan *campaign.Plan) error {
			_, err := read(plan)
			return err
		})
	}
	return out, s.act(ctx, func(tx store.Tx, _ *campaign.Plan) error {
		n := 0
		err := s.Intake.ChangePlan(tx, func(had *campaign.Plan) ([]campaign.Item, error) {
			items, err := read(had)
			n = len(items)
			return items, err
		})
		if err != nil || n == 0 {
			return err
		}
		return audit.Append(tx, s.Now(), audit.Event{
			Act: "unit.changed", Actor: c.ID, Device: c.Device, Subject: "communes", Details: map[string]string{"populations": strconv.Itoa(n)},
		})
	})
}

// sortPopulations says what becomes of each row under a plan, and which communes
// that changes.
func (s *Server) sortPopulations(c Caller, plan *campaign.Plan, rows []planning.PopulationRow) (told []importedPopulation, items []campaign.Item) {
	told = []importedPopulation{}
	type count struct {
		commune string
		year    int
	}
	first := map[count]int{}
	counted := map[string][]campaign.Population{}
	for _, r := range rows {
		v := importedPopulation{Row: r.Number, Year: r.Year, People: r.People}
		refusal, of := r.Refusal, count{r.Commune, r.Year}
		if refusal == nil {
			commune, err := s.unitCommune(c, plan, r.Commune)
			switch {
			case err != nil:
				errors.As(err, &refusal)
			case first[of] > 0:
				refusal = &journal.Refusal{Code: "population.twice", Params: map[string]any{"first": first[of]}}
			default:
				first[of] = r.Number
				had, _ := commune.CountedIn(r.Year)
				v.Name, v.Had = communeName(plan, r.Commune, journal.DayOf(s.Now())), had.People
				switch {
				case had == r.Population:
					v.Became = planning.Same
				case had.Year == 0:
					v.Became = planning.Added
				default:
					v.Became = planning.Changed
				}
				if v.Became != planning.Same {
					counted[r.Commune] = append(counted[r.Commune], r.Population)
				}
			}
		}
		if refusal != nil {
			v = importedPopulation{Row: r.Number, Became: planning.Refused, Code: refusal.Code, Detail: words(c.Lang, refusal)}
		}
		told = append(told, v)
	}
	for code, counts := range counted {
		items = append(items, campaign.Item{Commune: plan.Communes[code].Counted(counts...)})
	}
	return told, items
}
