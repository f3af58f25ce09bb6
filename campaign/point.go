package campaign

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"caunoi/journal"
)

// Point is where a village lies, or, with Household, one of its households:
// degrees in WGS 84. Village and Household are as the list of people has them.
type Point struct {
	Commune   string // official code
	Village   string
	Household string
	Lat, Lon  float64
}

// farthest is how far a point may lie from the centroid of its commune, in
// kilometres: beyond any commune of Vietnam, so that one with another's code
// or with the axes exchanged is found.
const farthest = 60

// ReadPoints reads where villages and households lie: GeoJSON (RFC 7946), a
// FeatureCollection of points in WGS 84 with the properties commune, village
// and household, or CSV with the columns commune, village, household, lat and
// lon. A household may be left out. It returns the points in order, and the
// codes of communes that the plan does not know, whose points are left out.
// Refusals: points.malformed, points.columns, points.missing, points.position,
// points.far, points.twice, points.none.
func ReadPoints(r io.Reader, plan *Plan) (points []Point, unknown []string, err error) {
	br := bufio.NewReader(r)
	first, err := firstRune(br)
	if err != nil {
		return nil, nil, err
	}
	read := readPointsCSV
	if first == '{' || first == '[' {
		read = readPointsJSON
	}
	all, err := read(br)
	if err != nil {
		return nil, nil, err
	}
	type place struct{ commune, village, household string }
	seen := map[place]bool{}
	for i, p := range all {
		p.Commune, p.Village, p.Household = strings.TrimSpace(p.Commune), strings.TrimSpace(p.Village), strings.TrimSpace(p.Household)
		if err := p.Check(plan, i+1); err != nil {
			return nil, nil, err
		}
		if !plan.HasCommune(p.Commune) {
			unknown = append(unknown, p.Commune)
			continue
		}
		at := place{p.Commune, p.Village, p.Household}
		if seen[at] {
			return nil, nil, journal.Refuse("points.twice", "point", i+1, "village", p.Village, "household", p.Household)
		}
		seen[at] = true
		points = append(points, p)
	}
	slices.Sort(unknown)
	unknown = slices.Compact(unknown)
	if len(points) == 0 {
		return nil, unknown, journal.Refuse("points.none")
	}
	slices.SortFunc(points, func(a, b Point) int {
		return cmp.Or(cmp.Compare(a.Commune, b.Commune), cmp.Compare(a.Village, b.Village), cmp.Compare(a.Household, b.Household))
	})
	return points, unknown, nil
}

// Check refuses a point that cannot be, by its number: points.missing,
// points.position, points.far. One of a commune that the plan does not know may
// lie anywhere.
func (p *Point) Check(plan *Plan, number int) error {
	for _, f := range []struct{ name, value string }{{"commune", p.Commune}, {"village", p.Village}} {
		if f.value == "" || len(f.value) > 200 || strings.ContainsFunc(f.value, unicode.IsControl) {
			return journal.Refuse("points.missing", "point", number, "field", f.name)
		}
	}
	if !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) { // also where it is no number
		return journal.Refuse("points.position", "point", number)
	}
	c := plan.Communes[p.Commune]
	if c == nil || c.Lat == 0 && c.Lon == 0 {
		return nil
	}
	if km := geo.Distance(orb.Point{c.Lon, c.Lat}, orb.Point{p.Lon, p.Lat}) / 1000; km > farthest {
		return journal.Refuse("points.far", "point", number, "commune", c.Name, "km", int(km))
	}
	return nil
}

// CommunesOf are the codes of the communes in which points lie, in order.
func CommunesOf(points []Point) (codes []string) {
	for _, p := range points {
		codes = append(codes, p.Commune)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// firstRune tells a file's form; what comes before it, and a byte order mark,
// is passed over.
func firstRune(r *bufio.Reader) (rune, error) {
	for {
		c, _, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			return 0, journal.Refuse("points.malformed", "where", "")
		}
		if err != nil {
			return 0, err
		}
		if c != '\uFEFF' && !unicode.IsSpace(c) {
			return c, r.UnreadRune()
		}
	}
}

func readPointsJSON(r *bufio.Reader) (out []Point, err error) {
	var file struct {
		Type     string `json:"type"`
		Features []struct {
			Properties struct {
				Commune   string `json:"commune"`
				Village   string `json:"village"`
				Household string `json:"household"`
			} `json:"properties"`
			Geometry struct {
				Type        string    `json:"type"`
				Coordinates []float64 `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.UnmarshalRead(r, &file); err != nil || file.Type != "FeatureCollection" {
		return nil, journal.Refuse("points.malformed", "where", journal.Where(err))
	}
	for i, f := range file.Features {
		if f.Geometry.Type != "Point" || len(f.Geometry.Coordinates) < 2 {
			return nil, journal.Refuse("points.position", "point", i+1)
		}
		out = append(out, Point{f.Properties.Commune, f.Properties.Village, f.Properties.Household, f.Geometry.Coordinates[1], f.Geometry.Coordinates[0]})
	}
	return out, nil
}

func readPointsCSV(r *bufio.Reader) (out []Point, err error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		var at *csv.ParseError
		if errors.As(err, &at) {
			return nil, journal.Refuse("points.malformed", "where", strconv.Itoa(at.Line))
		}
		return nil, err
	}
	if len(rows) == 0 {
		return nil, journal.Refuse("points.malformed", "where", "")
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range []string{"commune", "village", "lat", "lon"} {
		if _, ok := column[name]; !ok {
			return nil, journal.Refuse("points.columns", "column", name)
		}
	}
	for i, row := range rows[1:] {
		p := Point{Commune: row[column["commune"]], Village: row[column["village"]]}
		if at, ok := column["household"]; ok {
			p.Household = row[at]
		}
		var wrong error
		for name, to := range map[string]*float64{"lat": &p.Lat, "lon": &p.Lon} {
			f, err := strconv.ParseFloat(strings.TrimSpace(row[column[name]]), 64)
			*to, wrong = f, errors.Join(wrong, err)
		}
		if wrong != nil {
			return nil, journal.Refuse("points.position", "point", i+1)
		}
		out = append(out, p)
	}
	return out, nil
}
