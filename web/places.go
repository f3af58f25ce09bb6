package web

import (
	"bytes"
	"context"
	"slices"
	"strconv"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/messages"
	"caunoi/planning"
	"caunoi/store"
)

type placeInput struct {
	Campaign string `path:"campaign"`
	Body     struct {
		Commune string  `json:"commune" maxLength:"100" doc:"its code"`
		Village string  `json:"village" maxLength:"200" doc:"its name, as the list of villages has it"`
		Lat     float64 `json:"lat" doc:"degrees in WGS 84"`
		Lon     float64 `json:"lon"`
	}
}

// placeVillage says where one village lies.
func (s *Server) placeVillage(ctx context.Context, c Caller, in *placeInput) (*nothing, error) {
	b := &in.Body
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		r, err := s.reach(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		if !r.communes[b.Commune] { // one of others is as one that is not there
			return notFound(b.Commune)
		}
		at := slices.IndexFunc(r.villages, func(v planning.VillageCover) bool { return v.Commune == b.Commune && v.Name == b.Village })
		if at < 0 {
			return notFound(b.Village)
		}
		p := campaign.Point{Commune: b.Commune, Village: r.villages[at].Called(), Lat: b.Lat, Lon: b.Lon}
		if err := p.Check(plan, 1); err != nil {
			return err
		}
		return s.placed(tx, c, r, []campaign.Point{p})
	})
}

// placed keeps points, and who said them.
func (s *Server) placed(tx store.Tx, c Caller, r *reach, points []campaign.Point) error {
	if err := tx.AddPoints(points); err != nil {
		return err
	}
	return audit.Append(tx, s.Now(), audit.Event{
		Act: "points.imported", Actor: c.ID, Device: c.Device, Office: r.Campaign.Province, Subject: "campaign:" + r.Campaign.ID,
		Details: map[string]string{"points": strconv.Itoa(len(points)), "communes": strconv.Itoa(len(campaign.CommunesOf(points)))},
	})
}

type placesFileInput struct {
	Campaign string `path:"campaign"`
	Format   string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Lang     string `query:"lang" enum:"vi,en,bn" default:"vi"`
}

// placesFile writes the villages of the caller's communes and where they lie, as
// they are read.
func (s *Server) placesFile(ctx context.Context, c Caller, in *placesFileInput) (*bookOutput, error) {
	words, err := messages.For(in.Lang)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		r, err := s.reach(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		return planning.WritePlaces(&out, in.Format, deskText(words), plan, r.Campaign.Province, r.villages)
	})
	if err != nil {
		return nil, err
	}
	return bookOf("villages."+in.Format, out.Bytes()), nil
}

type importPlacesInput struct {
	Campaign string `path:"campaign"`
	Trial    bool   `query:"trial" doc:"nothing is kept; tells what would become of each row"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

type importedPlace struct {
	Row     int             `json:"row" doc:"from 1, as spreadsheets show it"`
	Became  planning.Became `json:"became" enum:"added,changed,same,refused"`
	Village string          `json:"village,omitempty" doc:"empty where the row was refused"`
	Code    string          `json:"code,omitempty"`
	Detail  string          `json:"detail,omitempty" doc:"why it was refused, in the caller's language"`
}

type importPlacesOutput struct {
	Body struct {
		Rows []importedPlace `json:"rows" nullable:"false"`
	}
}

// importPlaces takes from a spreadsheet where villages lie. A row that is refused
// keeps no other out.
func (s *Server) importPlaces(ctx context.Context, c Caller, in *importPlacesInput) (*importPlacesOutput, error) {
	texts, err := deskTexts()
	if err != nil {
		return nil, err
	}
	out := &importPlacesOutput{}
	run := s.act
	if in.Trial {
		run = s.view
	}
	return out, run(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		r, err := s.reach(tx, plan, c, in.Campaign)
		if err != nil {
			return err
		}
		rows, err := planning.ReadPlaces(sheetName(in.RawBody), bytes.NewReader(in.RawBody), texts, plan, r.Campaign.Province, r.villages)
		if err != nil {
			return err
		}
		out.Body.Rows = []importedPlace{}
		had, points := map[campaign.Point]*campaign.Point{}, []campaign.Point(nil)
		for i := range r.villages {
			v := &r.villages[i]
			had[campaign.Point{Commune: v.Commune, Village: v.Called()}] = v.At
		}
		for _, row := range rows {
			v := importedPlace{Row: row.Number, Became: planning.Changed, Village: row.Village}
			was := had[campaign.Point{Commune: row.Commune, Village: row.Village}]
			switch {
			case row.Refusal != nil:
				v = importedPlace{Row: row.Number, Became: planning.Refused, Code: row.Refusal.Code, Detail: words(c.Lang, row.Refusal)}
			case was == nil:
				v.Became = planning.Added
			case was.Lat == row.Lat && was.Lon == row.Lon:
				v.Became = planning.Same
			}
			if v.Became == planning.Added || v.Became == planning.Changed {
				points = append(points, row.Point)
			}
			out.Body.Rows = append(out.Body.Rows, v)
		}
		if in.Trial || len(points) == 0 {
			return nil
		}
		return s.placed(tx, c, r, points)
	})
}
