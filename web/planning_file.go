package web

import (
	"bytes"
	"context"
	"slices"

	"caunoi/campaign"
	"caunoi/messages"
	"caunoi/planning"
	"caunoi/store"
	"caunoi/tally"
)

type planFileInput struct {
	Campaign string `path:"campaign"`
	Format   string `query:"format" enum:"xlsx,csv,ics" default:"xlsx"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
	Office   string `query:"office" maxLength:"100" doc:"its activities alone"`
}

// planFile writes the plan as a spreadsheet or a calendar.
func (s *Server) planFile(ctx context.Context, c Caller, in *planFileInput) (*bookOutput, error) {
	words, err := messages.For(in.Lang)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		p, err := s.planner(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		sessions, err := s.Intake.Sessions(tx, plan, p.Campaign.ID)
		if err != nil {
			return err
		}
		sessions = slices.DeleteFunc(sessions, func(a *tally.Session) bool { return in.Office != "" && a.Office != in.Office })
		if in.Format == "ics" {
			return planning.WriteCalendar(&out, p.Campaign.Name.In(in.Lang), p.Now, deskText(words), plan, sessions)
		}
		return planning.WriteSheet(&out, in.Format, deskText(words), plan, sessions)
	})
	if err != nil {
		return nil, err
	}
	return bookOf("plan."+in.Format, out.Bytes()), nil
}

// deskText reads the catalogues of the desk.
func deskText(p *messages.Printer) func(string) string {
	return func(key string) string { return p.Text("desk." + key) }
}

// deskTexts are those of all languages, since files are filled in by anybody.
func deskTexts() (out []func(string) string, err error) {
	for _, lang := range messages.Languages {
		words, err := messages.For(lang)
		if err != nil {
			return nil, err
		}
		out = append(out, deskText(words))
	}
	return out, nil
}

// sheetName is a name for a spreadsheet whose first bytes tell what it is.
func sheetName(raw []byte) string {
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) { // a workbook is a zip file
		return "sheet.xlsx"
	}
	return "sheet.csv"
}

type importPlanInput struct {
	Campaign string `path:"campaign"`
	Trial    bool   `query:"trial" doc:"nothing is kept; tells what would become of each row"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

type importedRow struct {
	Row    int             `json:"row" doc:"from 1, as spreadsheets show it; of a calendar the number of the event"`
	Became planning.Became `json:"became" enum:"added,changed,cancelled,same,refused"`
	Code   string          `json:"code,omitempty"`
	Detail string          `json:"detail,omitempty" doc:"why it was refused, in the caller's language"`
}

type importPlanOutput struct {
	Body struct {
		Rows    []importedRow `json:"rows" nullable:"false"`
		Entries []string      `json:"entries" nullable:"false" doc:"by which the import is undone"`
		Clashes []clashView   `json:"clashes" nullable:"false"`
	}
}

// importPlan takes a plan from a spreadsheet or a calendar: what it is, its
// first bytes tell.
func (s *Server) importPlan(ctx context.Context, c Caller, in *importPlanInput) (*importPlanOutput, error) {
	texts, err := deskTexts()
	if err != nil {
		return nil, err
	}
	out := &importPlanOutput{}
	var rows []planning.RowDone
	done, err := s.planned(ctx, c, in.Campaign, in.Trial, func(p *planning.Planner) ([]planning.Done, error) {
		read, err := readPlan(in.RawBody, texts, p)
		if err != nil {
			return nil, err
		}
		if rows, err = p.Import(read); err != nil {
			return nil, err
		}
		var done []planning.Done
		for _, r := range rows {
			if r.Became != planning.Same && r.Became != planning.Refused {
				done = append(done, r.Done)
			}
		}
		return done, nil
	})
	if err != nil {
		return nil, err
	}
	out.Body.Rows, out.Body.Entries, out.Body.Clashes = []importedRow{}, []string{}, done.Body.Clashes
	for _, r := range rows {
		v := importedRow{Row: r.Row, Became: r.Became}
		if r.Refusal != nil {
			v.Code, v.Detail = r.Refusal.Code, words(c.Lang, r.Refusal)
		}
		out.Body.Rows = append(out.Body.Rows, v)
		for _, id := range r.Entries {
			out.Body.Entries = append(out.Body.Entries, id.String())
		}
	}
	return out, nil
}

func readPlan(raw []byte, texts []func(string) string, p *planning.Planner) ([]planning.Row, error) {
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), " \r\n\t"), []byte("BEGIN:VCALENDAR")) {
		return planning.ReadCalendar(bytes.NewReader(raw), p.Plan, p.Campaign.Province, p.Campaign.Start, p.Campaign.End)
	}
	return planning.ReadSheet(sheetName(raw), bytes.NewReader(raw), texts, p.Plan, p.Campaign.Province)
}
