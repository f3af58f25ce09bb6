package campaign

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"caunoi/journal"
)

// ReadBoundaries reads a map of communes, a GeoJSON FeatureCollection (RFC
// 7946) in WGS 84 whose features carry the commune's code in a property. It
// returns the geometry by code, and the codes that the plan does not know,
// which are left out. Geometries are polygons or sets of them.
func ReadBoundaries(r io.Reader, property string, plan *Plan) (geometry map[string][]byte, unknown []string, err error) {
	var file struct {
		Type     string `json:"type"`
		Features []struct {
			Properties map[string]any `json:"properties"`
			Geometry   jsontext.Value `json:"geometry"`
		} `json:"features"`
	}
	if err := json.UnmarshalRead(r, &file); err != nil || file.Type != "FeatureCollection" {
		return nil, nil, journal.Refuse("boundary.malformed")
	}
	geometry = map[string][]byte{}
	for i, f := range file.Features {
		code := fmt.Sprint(f.Properties[property])
		if f.Properties[property] == nil {
			return nil, nil, journal.Refuse("boundary.no_code", "feature", i+1, "property", property)
		}
		if _, ok := polygonsOf(f.Geometry); !ok {
			return nil, nil, journal.Refuse("boundary.geometry", "feature", i+1)
		}
		if !plan.HasCommune(code) {
			unknown = append(unknown, code)
			continue
		}
		geometry[code] = f.Geometry
	}
	slices.Sort(unknown)
	if len(geometry) == 0 {
		return nil, unknown, journal.Refuse("boundary.none", "property", property)
	}
	return geometry, unknown, nil
}

// polygonsOf reads a geometry of polygons; ok says that its coordinates have
// the depth and the range of their type.
func polygonsOf(geometry []byte) (many orb.MultiPolygon, ok bool) {
	var shape struct {
		Type        string         `json:"type"`
		Coordinates jsontext.Value `json:"coordinates"`
	}
	if json.Unmarshal(geometry, &shape) != nil {
		return nil, false
	}
	var raw [][][][]float64
	switch shape.Type {
	case "Polygon":
		raw = make([][][][]float64, 1)
		if json.Unmarshal(shape.Coordinates, &raw[0]) != nil {
			return nil, false
		}
	case "MultiPolygon":
		if json.Unmarshal(shape.Coordinates, &raw) != nil {
			return nil, false
		}
	}
	for _, polygon := range raw {
		var p orb.Polygon
		for _, ring := range polygon {
			var r orb.Ring
			for _, at := range ring {
				if len(at) < 2 || at[0] < -180 || at[0] > 180 || at[1] < -90 || at[1] > 90 {
					return nil, false
				}
				r = append(r, orb.Point{at[0], at[1]})
			}
			p = append(p, r)
		}
		many = append(many, p)
	}
	return many, len(many) > 0
}

// Outline is a boundary that [ReadBoundaries] took, without what is smaller
// than so many degrees: rings of longitude and latitude.
func Outline(geometry []byte, tolerance float64) (rings []orb.Ring) {
	polygons, _ := polygonsOf(geometry)
	for _, polygon := range polygons {
		for _, ring := range polygon {
			if ring = simplify.DouglasPeucker(tolerance).Ring(ring); len(ring) > 3 { // less is no area
				rings = append(rings, ring)
			}
		}
	}
	return rings
}
