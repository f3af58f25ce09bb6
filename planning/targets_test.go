package planning_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/planning"
	"caunoi/tally"
)

// What is written is read as it was, whatever offices and people are called.
func TestTargetsRoundTrip(t *testing.T) {
	plan := world()
	offices := ids(plan.Offices, func(o *campaign.Office) bool { return plan.Under(o.ID, "tinh") })
	people := ids(plan.Campaigners, func(c *campaign.Campaigner) bool { return plan.Under(c.Office, "tinh") })
	figures := append([]tally.Indicator{tally.Enrolments, tally.Activities}, tally.Indicators...)
	one := rapid.Custom(func(t *rapid.T) campaign.Target {
		from := rapid.IntRange(0, 60).Draw(t, "from")
		return campaign.Target{
			Office: rapid.SampledFrom(offices).Draw(t, "office"), Campaigner: rapid.SampledFrom(append(people, "")).Draw(t, "campaigner"),
			Indicator: string(rapid.SampledFrom(figures).Draw(t, "indicator")),
			From:      journal.Day("2026-03-01").Add(from), To: journal.Day("2026-03-01").Add(from + rapid.IntRange(0, 90).Draw(t, "for")),
			Value: rapid.IntRange(0, planning.MostTarget).Draw(t, "value"),
		}
	})
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, rapid.MakeCheck(func(t *rapid.T) {
			all := rapid.SliceOfN(one, 1, 6).Draw(t, "targets")
			var b bytes.Buffer
			if err := planning.WriteTargets(&b, format, text, plan, "tinh", all); err != nil {
				t.Fatal(err)
			}
			rows, err := planning.ReadTargets("t."+format, &b, texts, plan, "tinh")
			if err != nil || len(rows) != len(all) {
				t.Fatalf("%v: %d rows of %d", err, len(rows), len(all))
			}
			for i, r := range rows {
				if r.Refusal != nil || r.Target != all[i] || r.Number != i+2 {
					t.Fatalf("row %d: %v\n%+v\n%+v", r.Number, r.Refusal, r.Target, all[i])
				}
			}
		}))
	}
}

func readTargets(t *testing.T, body string) []planning.TargetRow {
	t.Helper()
	plan := world()
	plan.Offices["sp"] = &campaign.Office{ID: "sp", Parent: "tinh", Name: "Mô phỏng Sa Pa", Kind: campaign.GrassRoots}
	plan.Campaigners["l3"] = &campaign.Campaigner{ID: "l3", Name: "Mô phỏng Lan", Office: "sp"}
	rows, err := planning.ReadTargets("t.csv", strings.NewReader(body), texts, plan, "tinh")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestReadsTargetsAsPeopleWriteThem(t *testing.T) {
	rows := readTargets(t, "target;to;from;indicator;campaigner;office\n"+
		"1.234;31/3/2026;01/03/2026;en figure.enrolments;;MO PHONG SA PA\n"+
		"৫০;2026-03-31;2026-03-01;switches.noncash;mo phong lan;sp\n"+ // hers, of this office
		"1 234 567;46112;46082;enrolments;Mô phỏng Lan (l3);sp\n"+
		"1,234;46112;46082;enrolments;;tinh\n")
	want := []campaign.Target{
		{Office: "sp", Indicator: "enrolments", Value: 1234},
		{Office: "sp", Campaigner: "l3", Indicator: "switches.noncash", Value: 50},
		{Office: "sp", Campaigner: "l3", Indicator: "enrolments", Value: 1234567},
		{Office: "tinh", Indicator: "enrolments", Value: 1234},
	}
	if len(rows) != len(want) {
		t.Fatalf("%+v", rows)
	}
	for i, w := range want {
		if w.From, w.To = "2026-03-01", "2026-03-31"; rows[i].Refusal != nil || rows[i].Target != w {
			t.Errorf("%v\n%+v\n%+v", rows[i].Refusal, rows[i].Target, w)
		}
	}
}

// A cell that cannot be read is named; the other rows are read.
func TestTargetCells(t *testing.T) {
	for _, c := range []struct{ row, code, column, value string }{
		{"Không đâu,,enrolments,2026-03-01,2026-03-31,5", "planning.cell", "office", "Không đâu"},
		{",,enrolments,2026-03-01,2026-03-31,5", "planning.cell", "office", ""},
		{"sp,Mô phỏng Xa,enrolments,2026-03-01,2026-03-31,5", "planning.cell", "campaigner", "Mô phỏng Xa"},
		{"o1,Mo phong Lan,enrolments,2026-03-01,2026-03-31,5", "planning.ambiguous", "campaigner", "Mo phong Lan"},
		{"sp,,songs,2026-03-01,2026-03-31,5", "planning.cell", "indicator", "songs"},
		{"sp,,enrolments,32/03/2026,2026-03-31,5", "planning.cell", "from", "32/03/2026"},
		{"sp,,enrolments,2026-03-01,,5", "planning.cell", "to", ""},
		{"sp,,enrolments,2026-03-01,2026-03-31,-5", "planning.cell", "target", "-5"},
		{"sp,,enrolments,2026-03-01,2026-03-31,1.5", "planning.cell", "target", "1.5"},
		{"sp,,enrolments,2026-03-01,2026-03-31,100000001", "planning.cell", "target", "100000001"},
		{"sp,,enrolments,2026-03-01,2026-03-31,", "planning.cell", "target", ""},
	} {
		rows := readTargets(t, "office,campaigner,indicator,from,to,target\n"+c.row+"\nsp,,enrolments,2026-03-01,2026-03-31,0\n")
		want := &journal.Refusal{Code: c.code, Params: map[string]any{"row": 2, "column": "target.column." + c.column, "value": c.value}}
		if len(rows) != 2 || !reflect.DeepEqual(rows[0].Refusal, want) || rows[1].Refusal != nil {
			t.Errorf("%s: %v", c.row, rows[0].Refusal)
		}
	}
}

func TestTargetRefusals(t *testing.T) {
	const head = "office,indicator,from,to,target\n"
	for body, want := range map[string]journal.Refusal{
		"office,to\n":                      {Code: "target.columns", Params: map[string]any{"missing": "indicator, from, target"}},
		head + strings.Repeat("x\n", 5001): {Code: "target.many", Params: map[string]any{"most": 5000}},
	} {
		_, err := planning.ReadTargets("t.csv", strings.NewReader(body), texts, world(), "tinh")
		refused(t, err, want.Code, want.Params)
	}
}

// In a workbook a point parts a number; 12.125 people are no target of 12,125.
func TestWorkbookPoint(t *testing.T) {
	for value, want := range map[any]int{12.125: -1, 1e8: 100_000_000, "1,234": 1234, "1.234": -1} {
		raw := workbook(t, []any{"office", "indicator", "from", "to", "target"}, []any{"o2", "enrolments", 46082, 46112, value})
		rows, err := planning.ReadTargets("t.xlsx", raw, texts, world(), "tinh")
		if err != nil || len(rows) != 1 || (rows[0].Refusal == nil) != (want >= 0) || want >= 0 && rows[0].Value != want {
			t.Errorf("%v: %v %s", value, err, fmt.Sprint(rows))
		}
	}
}
