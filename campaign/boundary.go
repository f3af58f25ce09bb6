package campaign

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
		var shape struct {
			Type        string         `json:"type"`
			Coordinates jsontext.Value `json:"coordinates"`
		}
		if err := json.Unmarshal(f.Geometry, &shape); err != nil || shape.Type != "Polygon" && shape.Type != "MultiPolygon" || !polygons(shape.Type, shape.Coordinates) {
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

// polygons says that coordinates have the depth and the range of their type.
func polygons(kind string, raw jsontext.Value) bool {
	var many [][][][]float64
	if kind == "Polygon" {
		var one [][][]float64
		if json.Unmarshal(raw, &one) != nil {
			return false
		}
		many = append(many, one)
	} else if json.Unmarshal(raw, &many) != nil {
		return false
	}
	for _, polygon := range many {
		for _, ring := range polygon {
			for _, at := range ring {
				if len(at) < 2 || at[0] < -180 || at[0] > 180 || at[1] < -90 || at[1] > 90 {
					return false
				}
			}
		}
	}
	return len(many) > 0
}
