package planning

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"caunoi/campaign"
	"caunoi/journal"
)

// MostPopulations is how many rows a file of populations may hold.
const MostPopulations = 20_000

// PopulationRow is the population of a commune as a spreadsheet has it.
type PopulationRow struct {
	Number  int    // of the row as spreadsheets show it, from 1
	Commune string // its code; empty where nobody can tell which it is
	campaign.Population
	// Refusal says why the row cannot be taken; the rest is then what could be read.
	Refusal *journal.Refusal
}

var populationTable = table[PopulationRow, PopulationRow]{heads: "population.column.", most: MostPopulations, many: "population.many", lacks: "population.columns", columns: []column[PopulationRow, PopulationRow]{
	{name: "code", width: 12, write: func(_ *cells, r PopulationRow) cell { return said(r.Commune) }, read: readCommune},
	{name: "commune", width: 28, write: func(c *cells, r PopulationRow) cell { return said(c.communes.label(r.Commune)) }, read: func(c *cells, r *PopulationRow, text string) *journal.Refusal {
		if r.Commune != "" { // the code says it already
			return nil
		}
		return readCommune(c, r, text)
	}},
	{name: "year", must: true, width: 8, write: func(_ *cells, r PopulationRow) cell { return said(orNone(r.Year)) }, read: func(c *cells, r *PopulationRow, text string) *journal.Refusal {
		return c.count(&r.Year, text)
	}},
	{name: "people", must: true, width: 12, write: func(_ *cells, r PopulationRow) cell {
		if r.People == 0 {
			return cell{}
		}
		return cell{text: strconv.Itoa(r.People), n: float64(r.People), form: asNumber}
	}, read: func(c *cells, r *PopulationRow, text string) *journal.Refusal { return c.count(&r.People, text) }},
	{name: "source", must: true, width: 40, write: func(_ *cells, r PopulationRow) cell { return said(r.Source) }, read: func(_ *cells, r *PopulationRow, text string) *journal.Refusal {
		r.Source = text
		return nil
	}},
}}

func readCommune(c *cells, r *PopulationRow, text string) (refusal *journal.Refusal) {
	r.Commune, refusal = c.find(c.communes, text)
	return refusal
}

// count reads a number of people, or a year.
func (c *cells) count(into *int, text string) *journal.Refusal {
	n, ok := c.whole(text)
	if !ok {
		return c.bad(text)
	}
	*into = n
	return nil
}

func orNone(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// WritePopulations writes the populations of communes as a spreadsheet, whose
// headings text gives (population.column.…): every year of each, and an empty row
// to be filled in for one that has none. Refusal: sheet.kind.
func WritePopulations(w io.Writer, format string, text func(key string) string, plan *campaign.Plan, communes []*campaign.Commune) error {
	c := &cells{gazetteer: newGazetteer(plan, "")}
	var rows []PopulationRow
	for _, of := range communes {
		if len(of.Population) == 0 {
			rows = append(rows, PopulationRow{Commune: of.Code})
		}
		for _, one := range of.Population {
			rows = append(rows, PopulationRow{Commune: of.Code, Population: one})
		}
	}
	return populationTable.write(w, format, text, rows, func(PopulationRow) *cells { return c })
}

// ReadPopulations reads populations from a spreadsheet, as [ReadSheet] does a
// plan; a row that tells of a commune and nothing else is left out. Refusals of a
// row are planning.cell, planning.ambiguous and plan.population; of all:
// sheet.kind, sheet.unreadable, sheet.too_big, sheet.encoding,
// population.columns (with what is missing), population.many.
func ReadPopulations(name string, r io.Reader, texts []func(key string) string, plan *campaign.Plan) ([]PopulationRow, error) {
	lines, err := populationTable.read(name, r, texts, &cells{gazetteer: newGazetteer(plan, "")})
	rows := make([]PopulationRow, len(lines))
	for i, l := range lines {
		row := &rows[i]
		*row = l.row
		row.Number, row.Refusal = l.number, l.refusal
		wrong := row.Check(row.Commune)
		if row.Commune == "" {
			wrong = journal.Refuse("planning.cell", "row", l.number, "column", populationTable.heads+"code", "value", "")
		}
		if row.Refusal == nil {
			row.Refusal, _ = wrong.(*journal.Refusal)
		}
	}
	return slices.DeleteFunc(rows, func(r PopulationRow) bool {
		return r.Year == 0 && r.People == 0 && strings.TrimSpace(r.Source) == ""
	}), err
}
