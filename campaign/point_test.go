package campaign

import (
	"fmt"
	"strings"
	"testing"
)

func TestPoints(t *testing.T) {
	plan := NewPlan([]Item{{Commune: &Commune{Code: "1", Name: "Xã Một", Lat: 22.5, Lon: 104.3}}, {Commune: &Commune{Code: "2"}}})
	feature := func(properties, geometry string) string {
		return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
	}
	collection := func(features ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	}
	const at = `{"type":"Point","coordinates":[104.31,22.52]}`
	for _, c := range []struct{ name, file, want string }{
		{"villages and households", collection(
			feature(`{"commune":"1","village":"Bản Hai","household":"h2","note":1}`, at),
			feature(`{"commune":"1","village":"Bản Hai"}`, at),
			feature(`{"commune":"9","village":"Bản Ba"}`, at),
			feature(`{"commune":"2","village":"Bản Bốn"}`, `{"type":"Point","coordinates":[105,21,300]}`),
		), "[{1 Bản Hai  22.52 104.31} {1 Bản Hai h2 22.52 104.31} {2 Bản Bốn  21 105}] [9]"},
		{"the same as a table", "\uFEFFVillage,lat,lon,commune,household\nBản Hai,22.52,104.31,1,h2\nBản Hai, 22.52 ,104.31,1,\n", "[{1 Bản Hai  22.52 104.31} {1 Bản Hai h2 22.52 104.31}] []"},
		{"nothing", " ", "points.malformed where="},
		{"no map", `[]`, "points.malformed where="},
		{"a broken table", "commune,village,lat,lon\n1,\"Bản,1,2\n", "points.malformed where=2"},
		{"no latitude", "commune,village,lon\n", "points.columns column=lat"},
		{"no village", "commune,village,lat,lon\n1,,22.5,104.3\n", "points.missing field=village point=1"},
		{"a polygon", collection(feature(`{"commune":"1","village":"A"}`, `{"type":"Polygon","coordinates":[[[104,22]]]}`)), "points.malformed where=/features/0/geometry/coordinates/0"},
		{"no number", "commune,village,lat,lon\n1,A,x,104.3\n", "points.position point=1"},
		{"not a number", "commune,village,lat,lon\n1,A,NaN,104.3\n", "points.position point=1"},
		{"axes exchanged", "commune,village,lat,lon\n1,A,104.3,22.5\n", "points.position point=1"},
		{"another's code", "commune,village,lat,lon\n1,A,21.0,105.8\n", "points.far commune=Xã Một km=227 point=1"},
		{"twice", "commune,village,lat,lon\n1,A,22.5,104.3\n1,A,22.5,104.3\n", "points.twice household= point=2 village=A"},
		{"other codes", "commune,village,lat,lon\n9,A,22.5,104.3\n", "points.none"},
	} {
		points, unknown, err := ReadPoints(strings.NewReader(c.file), plan)
		got := fmt.Sprint(points, unknown)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOutlineLosesWhatIsSmall(t *testing.T) {
	const geometry = `{"type":"MultiPolygon","coordinates":[
		[[[104,22],[104.05,22.0001],[104.1,22],[104.1,22.1],[104,22.1],[104,22]]],
		[[[104.2,22],[104.2001,22],[104.2001,22.0001],[104.2,22]]]]}`
	if got, want := fmt.Sprint(Outline([]byte(geometry), 0.0004)), "[[[104 22] [104.1 22] [104.1 22.1] [104 22.1] [104 22]]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := Outline(nil, 0.0004); got != nil {
		t.Errorf("of none: %v", got)
	}
}
