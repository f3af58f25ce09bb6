package web_test

import (
	"strings"
	"testing"

	"caunoi/access"
	"caunoi/tally"
)

type indicatorsAnswer struct {
	May        bool
	Indicators []struct {
		Indicator string
		Unit      string
		Parts     []string
		Note      map[string]string
	}
}

func (s *site) noteOf(as planDesk, indicator string) string {
	s.t.Helper()
	var a indicatorsAnswer
	s.wants(as, "GET", "indicators", "", 200).decode(s.t, &a)
	for _, i := range a.Indicators {
		if i.Indicator == indicator {
			return i.Note["vi"]
		}
	}
	s.t.Fatalf("no %s", indicator)
	return ""
}

func TestAProvinceSaysSomethingOfAnIndicator(t *testing.T) {
	s := open(t)
	province, worker := s.planner(access.Province, "pro", "p"), s.planner(access.Campaigner, "ann", "a")
	const about = "indicators/people_reached"
	s.wants(province, "PUT", about, `{"note":{"vi":" Kể cả hộ kinh doanh. ","en":""}}`, 204)
	if got := s.noteOf(worker, "people_reached"); got != "Kể cả hộ kinh doanh." {
		t.Errorf("a campaigner reads %q", got)
	}
	s.refused(worker, "PUT", about, `{"note":{}}`, "right.missing")
	s.refused(province, "PUT", about, `{"note":{"fr":"x"}}`, "indicator.language")
	s.refused(province, "PUT", about, `{"note":{"vi":"`+strings.Repeat("ă", 1001)+`"}}`, "indicator.too_long")
	s.refused(province, "PUT", "indicators/nothing", `{"note":{"vi":"x"}}`, "not_found")
	s.wants(province, "PUT", about, `{"note":{}}`, 204)
	if got := s.noteOf(worker, "people_reached"); got != "" {
		t.Errorf("taken away, and there is %q", got)
	}
}

func TestEveryIndicatorIsTold(t *testing.T) {
	s := open(t)
	var a indicatorsAnswer
	s.wants(s.planner(access.Campaigner, "ann", "a"), "GET", "indicators", "", 200).decode(t, &a)
	told := map[string]bool{}
	for _, i := range a.Indicators {
		if told[i.Indicator] || i.Unit == "" {
			t.Errorf("%+v", i)
		}
		told[i.Indicator] = true
	}
	for _, i := range append(tally.Indicators, tally.Activities, tally.PeopleReached, tally.Enrolments) {
		if !told[string(i)] {
			t.Errorf("nothing is said of %s", i)
		}
	}
	if a.May {
		t.Error("a campaigner may say something of them")
	}
}
