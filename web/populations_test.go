package web_test

import (
	"fmt"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/campaign"
)

// What is told of each row of a file.
type rowsTold struct {
	Rows []struct {
		Row                         int
		Became, Name, Village, Code string
		Had, People                 int
	}
}

func (r rowsTold) String() string {
	var out []string
	for _, row := range r.Rows {
		out = append(out, fmt.Sprint(row.Row, " ", row.Became, " ", row.Name+row.Village, row.Code, " ", row.Had, " ", row.People))
	}
	return strings.Join(out, "; ")
}

func (s *site) brings(as planDesk, path, file string) (told rowsTold) {
	s.t.Helper()
	r := s.do(as.cookie, "POST", "/api/v1/"+path, file, "Content-Type", "application/octet-stream")
	if r.status != 200 {
		s.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	r.decode(s.t, &told)
	return told
}

// Populations come from a file or the form, are kept by year, and are what maps,
// targets and the arithmetic count by from then on; no figure moves.
func TestPopulationOfCommunes(t *testing.T) {
	s := open(t)
	s.donated()
	province, lead := s.planner(access.Province, "pro", "p"), s.planner(access.Lead, "lea", "a")
	const file = "code,commune,year,people,source\n" +
		"001,,2019,3900,Tổng điều tra (mô phỏng)\n" +
		"001,,2024,4100,Thống kê (mô phỏng)\n" +
		"001,,2024,4200,Thống kê (mô phỏng)\n" +
		"009,,2024,4100,Thống kê (mô phỏng)\n" +
		"003,,2024,0,Thống kê (mô phỏng)\n" +
		"002,,,,\n"
	tried := s.brings(province, "units/populations?trial=true", file)
	want := "2 added Commune 001 0 3900; 3 added Commune 001 0 4100; 4 refused population.twice 0 0; 5 refused planning.cell 0 0; 6 refused plan.population 0 0"
	if tried.String() != want {
		t.Errorf("on trial\n%s, want\n%s", tried, want)
	}
	known := func(query string) string {
		var k struct {
			People     map[string]int
			Population map[string]campaign.Population
		}
		s.wants(lead, "GET", "communes/people"+query, "", 200).decode(t, &k)
		return fmt.Sprint(k.People["001"], " ", k.Population)
	}
	if got := known(""); got != "0 map[]" {
		t.Errorf("on trial something is kept: %s", got)
	}
	if done := s.brings(province, "units/populations", file); done.String() != want {
		t.Errorf("done\n%s", done)
	}
	if again := s.brings(province, "units/populations", file); again.Rows[0].Became != "same" || again.Rows[1].Became != "same" {
		t.Errorf("again\n%s", again)
	}
	if got := known(""); got != "4100 map[001:{2024 4100 Thống kê (mô phỏng)}]" {
		t.Errorf("known %s", got)
	}
	if got := known("?day=2023-05-01"); !strings.HasPrefix(got, "3900 ") {
		t.Errorf("known in 2023: %s", got)
	}
	s.refused(lead, "POST", "units/populations", file, "right.missing")

	// The form changes years and leaves them be; each stands in the list.
	s.wants(province, "PUT", "units/communes/001", `{"name":"Commune 001","type":"xã","lat":22.3,"lon":104.1}`, 200)
	s.refused(province, "PUT", "units/communes/001", `{"name":"Commune 001","type":"xã","lat":22.3,"lon":104.1,"population":[{"year":2024,"people":1,"source":"x"},{"year":2024,"people":2,"source":"x"}]}`, "plan.population")
	s.wants(province, "PUT", "units/communes/003", `{"name":"Commune 003","type":"xã","lat":22.3,"lon":104.1,"population":[{"year":2025,"people":900,"source":"Xã (mô phỏng)"},{"year":2020,"people":880,"source":"Xã (mô phỏng)"}]}`, 200)
	var units struct {
		Communes []struct {
			Code       string
			Population []campaign.Population
		}
	}
	s.wants(province, "GET", "units", "", 200).decode(t, &units)
	var listed []string
	for _, c := range units.Communes {
		listed = append(listed, fmt.Sprint(c.Code, len(c.Population)))
	}
	if got := strings.Join(listed, " "); got != "0012 0020 0032" {
		t.Errorf("listed %s", got)
	}
	out := string(s.wants(province, "GET", "units/populations?format=csv&lang=en", "", 200).body)
	if !strings.Contains(out, "001,") || !strings.Contains(out, ",2019,3900,Tổng điều tra (mô phỏng)") || !strings.Contains(out, "002,") {
		t.Errorf("the file\n%s", out)
	}

	// A total is parted by it, 4,100 with office a and 900 with office b.
	var spread struct {
		Parts []struct {
			ID           string
			Share, Value int
		}
		Basis struct{ Population, Registry int }
	}
	s.wants(province, "POST", "campaigns/c/targets/spread", `{"total":50,"by":"people"}`, 200).decode(t, &spread)
	if got := fmt.Sprint(spread); got != "{[{a 4100 41} {b 900 9}] {2 1}}" {
		t.Errorf("spread %s", got)
	}
	// So does what it takes; a lead sees that of the office's own communes.
	var sum struct {
		Basis    struct{ Population, Registry int }
		Communes []struct {
			ID         string
			Uncovered  int
			Population *campaign.Population
		}
	}
	s.wants(lead, "GET", "campaigns/c/arithmetic", "", 200).decode(t, &sum)
	if c := sum.Communes; sum.Basis.Population != 1 || sum.Basis.Registry != 1 || c[0].Uncovered != 4100 || c[0].Population == nil || c[1].Population != nil || c[2].Uncovered != 0 || c[2].Population != nil {
		t.Errorf("arithmetic %+v", sum)
	}
	s.verify()

	// A league by the head measures all by one count: the registry's until each commune has one.
	league := func() string {
		var a struct {
			Registered bool
			Offices    []struct {
				ID      string
				Divisor int
			}
		}
		s.wants(province, "POST", "campaigns/c/league/preview", `{"weights":{"enrolments":1},"per":"people","min_sessions":0,"min_own_sessions":0,"ties":[],"hold_flagged":false}`, 200).decode(t, &a)
		return fmt.Sprint(a)
	}
	if got := league(); got != "{true [{a 0} {b 0}]}" {
		t.Errorf("of some nobody said: %s", got)
	}
	s.wants(province, "PUT", "units/communes/002", `{"name":"Commune 002","type":"xã","lat":22.3,"lon":104.1,"population":[{"year":2025,"people":70,"source":"Xã (mô phỏng)"}]}`, 200)
	if got := league(); got != "{false [{a 4170} {b 900}]}" {
		t.Errorf("of all somebody said: %s", got)
	}
}

// Who plans says where villages lie, one by one or by a file; of others' villages
// nothing is taken.
func TestPlacesOfVillages(t *testing.T) {
	s := open(t)
	err := s.intake.PutPlan(t.Context(), []campaign.Item{
		{Village: &campaign.Village{ID: "v1", Commune: "001", Name: "Bản Một"}},
		{Village: &campaign.Village{ID: "v2", Commune: "001", Name: "Bản Hai"}},
		{Village: &campaign.Village{ID: "v3", Commune: "003", Name: "Bản Ba"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	lead := s.planner(access.Lead, "lea", "a")
	where := func() string {
		var got struct {
			Villages []struct {
				Name     string
				Lat, Lon *float64
			}
		}
		s.wants(lead, "GET", "campaigns/c/coverage", "", 200).decode(t, &got)
		var out []string
		for _, v := range got.Villages {
			at := v.Name + " nowhere"
			if v.Lat != nil && v.Lon != nil {
				at = fmt.Sprint(v.Name, " ", *v.Lat, " ", *v.Lon)
			}
			out = append(out, at)
		}
		return strings.Join(out, ", ")
	}
	const place = "campaigns/c/coverage/place"
	s.wants(lead, "PUT", place, `{"commune":"001","village":"Bản Một","lat":22.31,"lon":104.12}`, 204)
	if got := where(); got != "Bản Hai nowhere, Bản Một 22.31 104.12" {
		t.Errorf("placed: %s", got)
	}
	s.refused(lead, "PUT", place, `{"commune":"003","village":"Bản Ba","lat":22.31,"lon":104.12}`, "not_found")
	s.refused(lead, "PUT", place, `{"commune":"001","village":"Bản Bốn","lat":22.31,"lon":104.12}`, "not_found")
	s.refused(lead, "PUT", place, `{"commune":"002","village":"Bản Một","lat":22.31,"lon":104.12}`, "not_found")
	s.refused(lead, "PUT", place, `{"commune":"001","village":"Bản Một","lat":122.31,"lon":104.12}`, "points.position")

	pattern := string(s.wants(lead, "GET", "campaigns/c/coverage/places?format=csv&lang=en", "", 200).body)
	if !strings.Contains(pattern, "Bản Hai,,\r\n") || !strings.Contains(pattern, "Bản Một,22.31,104.12\r\n") || strings.Contains(pattern, "Bản Ba") {
		t.Errorf("the file\n%s", pattern)
	}
	filled := strings.Replace(pattern, "Bản Hai,,", "Bản Hai,22.32,104.13", 1) + "Commune 003,Bản Ba,22.32,104.13\r\n"
	const want = "2 added Bản Hai 0 0; 3 same Bản Một 0 0; 4 refused planning.cell 0 0"
	if got := s.brings(lead, "campaigns/c/coverage/places?trial=true", filled).String(); got != want || where() != "Bản Hai nowhere, Bản Một 22.31 104.12" {
		t.Errorf("on trial %s; %s", got, where())
	}
	if got := s.brings(lead, "campaigns/c/coverage/places", filled).String(); got != want || where() != "Bản Hai 22.32 104.13, Bản Một 22.31 104.12" {
		t.Errorf("done %s; %s", got, where())
	}
}
