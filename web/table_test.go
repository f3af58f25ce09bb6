package web_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"caunoi/access"
)

func TestTableAsAFile(t *testing.T) {
	s := open(t)
	who := s.signIn(access.Campaigner, "ann", "a")
	const body = `{"headings":["Thôn, bản","Người"],"rows":[["Bản \"Một\"",12],["=1+1",-3.5],[null,0]]}`
	csv := s.do(who, "POST", "/api/v1/table?format=csv", body)
	if want := "\ufeff\"Thôn, bản\",Người\n\"Bản \"\"Một\"\"\",12\n'=1+1,-3.5\n,0\n"; csv.status != 200 || string(csv.body) != want {
		t.Errorf("csv: %d %q", csv.status, csv.body)
	}
	xlsx := s.do(who, "POST", "/api/v1/table", body)
	file, err := excelize.OpenReader(bytes.NewReader(xlsx.body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := file.GetRows("Sheet1")
	if err != nil || len(rows) != 4 || rows[2][0] != "=1+1" || rows[1][1] != "12" {
		t.Errorf("xlsx: %v %q", err, rows)
	}
	if formula, _ := file.GetCellFormula("Sheet1", "A3"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
	for body, status := range map[string]int{
		`{"headings":[],"rows":[]}`: 422, `{"headings":["a"],"rows":[["` + strings.Repeat("x", 40_000) + `"]]}`: 422,
	} {
		if r := s.do(who, "POST", "/api/v1/table", body); r.status != status {
			t.Errorf("%.40s: %d", body, r.status)
		}
	}
}
