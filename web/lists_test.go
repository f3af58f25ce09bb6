package web_test

import (
	"fmt"
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/store/storetest"
)

func TestEntriesBehindAFigureAreFoundAndPutInOrder(t *testing.T) {
	s := open(t)
	ann, bob := s.signIn(access.Campaigner, "ann", "a"), s.signIn(access.Campaigner, "bob", "b")
	m := storetest.NewMaker()
	for i, day := range []int{7, 9, 8} {
		l := m.Consult("ann", storetest.At(day, 9), storetest.Citizen(i+1), journal.ID{})
		if r := s.do(ann, "POST", "/api/v1/sync/push", batch(t, l)); r.status != 200 {
			t.Fatalf("push: %d %s", r.status, r.body)
		}
	}
	type page struct {
		Entries []struct{ Day, Author string }
		Next    string
	}
	const path = "/api/v1/campaigns/c/entries?indicator=people_reached&limit=2"
	days := func(query string) string {
		t.Helper()
		var out []string
		for cursor := ""; ; {
			var p page
			s.do(ann, "GET", path+query+"&cursor="+cursor, "").decode(t, &p)
			for _, e := range p.Entries {
				out = append(out, e.Day[len("2025-11-"):])
			}
			if cursor = p.Next; cursor == "" {
				return strings.Join(out, " ")
			}
		}
	}
	for query, want := range map[string]string{
		"":                         "09 08 07",
		"&order=day":               "09 08 07",
		"&order=day&up=true":       "07 08 09",
		"&order=author":            "09 08 07", // alike: as they were
		"&q=ann":                   "09 08 07",
		"&q=ANN&order=day&up=true": "07 08 09",
		"&q=songs":                 "",
	} {
		if got := days(query); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	// Nobody learns of another office's people who wrote what, not by searching either.
	var p page
	s.do(bob, "GET", path+"&q=ann", "").decode(t, &p)
	if len(p.Entries) != 0 {
		t.Errorf("bob finds %+v", p.Entries)
	}
	s.wantCode(s.do(ann, "GET", path+"&q=ann&cursor=x", ""), 400, "cursor.bad")
}

func TestTheAuditIsPutInOrderAndFindsPeopleByName(t *testing.T) {
	s := open(t)
	top := s.signIn(access.Province, "top", "p")
	s.signIn(access.Campaigner, "ann", "a")
	s.do(top, "GET", "/api/v1/people", "")
	type page struct {
		Events []struct {
			Seq        int
			Act, Actor string
		}
		Next string
	}
	seen := func(query string) (out []string) {
		t.Helper()
		for cursor := ""; len(out) < 100; {
			var p page
			s.do(top, "GET", "/api/v1/audit?limit=2&to=2025-12-31"+query+"&cursor="+cursor, "").decode(t, &p)
			for _, e := range p.Events {
				if e.Act != "audit.read" { // each page is one more
					out = append(out, fmt.Sprintf("%d %s %s", e.Seq, e.Act, e.Actor))
				}
			}
			if cursor = p.Next; cursor == "" {
				return out
			}
		}
		return out
	}
	last, first := seen(""), seen("&up=true")
	if len(last) < 3 || len(last) != len(first) || last[0] != first[len(first)-1] {
		t.Errorf("the last first: %v\nthe first first: %v", last, first)
	}
	acts := seen("&order=act&up=true")
	if len(acts) != len(first) {
		t.Errorf("by act: %v, want all of %v", acts, first)
	}
	for i := 1; i < len(acts); i++ {
		if strings.Fields(acts[i-1])[1] > strings.Fields(acts[i])[1] {
			t.Errorf("by act: %v", acts)
		}
	}
	for _, e := range seen("&actor=ANN") {
		if !strings.HasSuffix(e, " ann") {
			t.Errorf("of ann: %v", e)
		}
	}
	if len(seen("&actor=ANN")) == 0 || len(seen("&actor=gone")) != 0 {
		t.Error("ann is not found by name, or somebody who is none is")
	}
}

func TestTheFileOfAListOfPeopleIsRecorded(t *testing.T) {
	s := open(t)
	top := s.signIn(access.Province, "top", "p")
	const body = `{"headings":["Tên"],"rows":[["N*** M***"],["T***"]]}`
	s.do(top, "POST", "/api/v1/table?format=csv", body) // of figures: nobody's
	s.do(top, "POST", "/api/v1/table?format=csv&list=people", body)
	if r := s.do(top, "POST", "/api/v1/table?list=songs", body); r.status != 422 {
		t.Errorf("a list that is none: %d", r.status)
	}
	var seen struct {
		Events []struct {
			Actor   string
			Details map[string]string
		}
	}
	s.do(top, "GET", "/api/v1/audit?act=list.exported", "").decode(t, &seen)
	if len(seen.Events) != 1 || seen.Events[0].Actor != "top" || seen.Events[0].Details["list"] != "people" ||
		seen.Events[0].Details["rows"] != "2" || seen.Events[0].Details["format"] != "csv" {
		t.Errorf("recorded %+v", seen.Events)
	}
}
