package fieldsync

import (
	"math"

	"caunoi/campaign"
	"caunoi/store"
)

// perDegree is how fine a phone's map is: a step is about a metre.
const perDegree = 100_000

// outlineTolerance is how much a boundary is simplified for a phone, in
// degrees: about 40 metres, which at the width of its screen is less than a
// dot.
const outlineTolerance = 0.0004

// ground is the commune as a phone draws it, in whole steps of 1/100,000 of a
// degree, longitude before latitude. It is part of the snapshot's first line.
type ground struct {
	// Rings are the boundary; the first point as it is, each other one as its
	// difference to the one before.
	Rings [][]int `json:"rings,omitempty"`
	// Villages are places by name, and Houses by village and code, as the people
	// after them have these.
	Villages []groundPoint  `json:"villages,omitempty"`
	Houses   []groundHouses `json:"houses,omitempty"`
}

// groundPoint is a name or code, longitude and latitude.
type groundPoint [3]any

// groundHouses is a village and what of its households has a place.
type groundHouses [2]any

// groundOf is nil where nothing of a commune was imported.
func groundOf(tx store.Tx, commune string) (*ground, error) {
	geometry, err := tx.Boundary(commune)
	if err != nil {
		return nil, err
	}
	points, err := tx.Points(commune)
	if err != nil || geometry == nil && len(points) == 0 {
		return nil, err
	}
	steps := func(degrees float64) int { return int(math.Round(degrees * perDegree)) }
	g := &ground{}
	for _, ring := range campaign.Outline(geometry, outlineTolerance) {
		var line []int
		lon, lat := 0, 0
		for _, at := range ring {
			x, y := steps(at[0]), steps(at[1])
			line = append(line, x-lon, y-lat)
			lon, lat = x, y
		}
		g.Rings = append(g.Rings, line)
	}
	var houses []groundPoint
	for i, p := range points { // by village, the village itself first
		if p.Household == "" {
			g.Villages = append(g.Villages, groundPoint{p.Village, steps(p.Lon), steps(p.Lat)})
		} else {
			houses = append(houses, groundPoint{p.Household, steps(p.Lon), steps(p.Lat)})
		}
		if last := i+1 == len(points) || points[i+1].Village != p.Village; last && len(houses) > 0 {
			g.Houses = append(g.Houses, groundHouses{p.Village, houses})
			houses = nil
		}
	}
	return g, nil
}
