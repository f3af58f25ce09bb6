package planning

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"caunoi/campaign"
	"caunoi/journal"
)

// MostPlaces is how many villages a file of places may hold.
const MostPlaces = 20_000

// PlaceRow is where a village lies as a spreadsheet has it.
type PlaceRow struct {
	Number int // of the row as spreadsheets show it, from 1
	campaign.Point
	// Refusal says why the row cannot be taken; Point is then what could be read.
	Refusal *journal.Refusal

	placed int // how many of its coordinates are there
}

var placeTable = table[VillageCover, PlaceRow]{heads: "place.column.", most: MostPlaces, many: "place.many", lacks: "place.columns", columns: []column[VillageCover, PlaceRow]{
	{
		name: "commune", required: true, width: 24,
		write: func(c *cells, v VillageCover) cell { return said(c.communes.label(v.Commune)) },
		read: func(c *cells, r *PlaceRow, text string) (refusal *journal.Refusal) {
			r.Commune, refusal = c.find(c.communes, text)
			return refusal
		},
	},
	{
		name: "village", required: true, width: 28,
		write: func(c *cells, v VillageCover) cell { return said(c.covered[v.Commune].label(v.Called())) },
		read: func(c *cells, r *PlaceRow, text string) (refusal *journal.Refusal) {
			of := c.covered[r.Commune]
			if of == nil && r.Commune != "" { // a commune of others is as one that is not there
				c.column = "place.column.commune"
				return c.bad(r.Commune)
			}
			r.Village, refusal = c.find(cmp.Or(of, &names{}), text)
			return refusal
		},
	},
	degrees("lat", func(p *campaign.Point) *float64 { return &p.Lat }),
	degrees("lon", func(p *campaign.Point) *float64 { return &p.Lon }),
}}

// degrees is a column of coordinates, as text, so that no spreadsheet rounds them.
func degrees(name string, at func(*campaign.Point) *float64) column[VillageCover, PlaceRow] {
	return column[VillageCover, PlaceRow]{
		name: name, width: 14, must: true,
		write: func(_ *cells, v VillageCover) cell {
			if v.At == nil {
				return cell{}
			}
			return said(strconv.FormatFloat(*at(v.At), 'f', -1, 64))
		},
		read: func(c *cells, r *PlaceRow, text string) *journal.Refusal {
			n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
			if err != nil {
				return c.bad(text)
			}
			*at(&r.Point) = n
			r.placed++
			return nil
		},
	}
}

// Called is the name under which the village has its point: as the lists of
// people write it, by which phones find it on their map, else as the plan does.
func (v *VillageCover) Called() string { return cmp.Or(v.Listed, v.Name) }

func (c *cells) cover(villages []VillageCover) *cells {
	c.covered = map[string]*names{}
	for i := range villages {
		v := &villages[i]
		if c.covered[v.Commune] == nil {
			c.covered[v.Commune] = &names{}
		}
		c.covered[v.Commune].add(v.Called(), v.Called(), v.Name)
	}
	return c
}

// WritePlaces writes where villages lie as a spreadsheet, whose headings text
// gives (place.column.…); those of which nobody has said it have empty cells to
// be filled in. Refusal: sheet.kind.
func WritePlaces(w io.Writer, format string, text func(key string) string, plan *campaign.Plan, province string, villages []VillageCover) error {
	c := (&cells{gazetteer: newGazetteer(plan, province)}).cover(villages)
	return placeTable.write(w, format, text, villages, func(VillageCover) *cells { return c })
}

// ReadPlaces reads where villages lie from a spreadsheet, as [ReadSheet] does a
// plan; rows without coordinates are left out. Refusals of a row are
// planning.cell, planning.ambiguous, points.position, points.far and
// points.twice; of all: sheet.kind, sheet.unreadable, sheet.too_big,
// sheet.encoding, place.columns (with what is missing), place.many.
func ReadPlaces(name string, r io.Reader, texts []func(key string) string, plan *campaign.Plan, province string, villages []VillageCover) ([]PlaceRow, error) {
	c := (&cells{gazetteer: newGazetteer(plan, province)}).cover(villages)
	lines, err := placeTable.read(name, r, texts, c)
	if err != nil {
		return nil, err
	}
	var rows []PlaceRow
	type place struct{ commune, village string }
	seen := map[place]bool{}
	for _, l := range lines {
		row := l.row
		row.Number, row.Refusal = l.number, l.refusal
		if row.Refusal == nil && row.placed == 0 {
			continue
		}
		if row.Refusal == nil {
			at := place{row.Commune, row.Village}
			wrong := row.Check(plan, row.Number)
			switch {
			case row.placed == 1:
				wrong = journal.Refuse("points.position", "point", row.Number)
			case wrong == nil && seen[at]:
				wrong = journal.Refuse("points.twice", "point", row.Number, "village", row.Village, "household", "")
			}
			row.Refusal, _ = wrong.(*journal.Refusal)
			seen[at] = true
		}
		rows = append(rows, row)
	}
	return rows, nil
}
