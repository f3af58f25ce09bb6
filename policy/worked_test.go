package policy

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ask answers a question; the answer must be JSON.
func ask(t testing.TB, question string) map[string]any {
	t.Helper()
	raw, _ := National().Answer(nil, question)
	if !jsontext.Value(raw).IsValid() {
		t.Fatalf("%s: no JSON: %s", question, raw)
	}
	var a map[string]any
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// at reads a path such as "members.1.premium".
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(x) {
				return nil
			}
			v = x[i]
		}
	}
	return v
}

// TestWorkedAmounts holds the calculators to amounts that were published, each
// with where, and to the amounts of the law's own text.
func TestWorkedAmounts(t *testing.T) {
	voluntary := func(on, income, group, pay, more string) string {
		return `{"quote":"voluntary-si","on":"` + on + `","income":` + income + `,"group":"` + group + `","pay":"` + pay + `"` + more + `}`
	}
	health := func(on, members, months string) string {
		return `{"quote":"household-hi","on":"` + on + `","members":"` + members + `","months":` + months + `}`
	}
	const laodong1568908 = "news.laodong.vn 1568908"
	for _, c := range []struct {
		source, question, path string
		want                   any
	}{
		{laodong1568908, voluntary("2025-07-01", "1500000", "other", "monthly", ""), "contribution", 330000.0},
		{laodong1568908, voluntary("2026-12-31", "1500000", "poor", "monthly", ""), "support", 165000.0},
		{laodong1568908, voluntary("2025-11-20", "1500000", "near-poor", "monthly", ""), "support", 132000.0},
		{laodong1568908, voluntary("2025-11-20", "1500000", "ethnic-minority", "monthly", ""), "support", 99000.0},
		{laodong1568908, voluntary("2025-11-20", "1500000", "other", "monthly", ""), "support", 66000.0},
		{laodong1568908, voluntary("2025-11-20", "1500000", "island", "monthly", ""), "support", 165000.0},
		{laodong1568908, voluntary("2025-11-20", "1500000", "other", "monthly", ""), "income_ceiling", 46800000.0},
		{"en.vietnamplus.vn 201434", voluntary("2019-10-01", "700000", "poor", "monthly", ""), "support", 46200.0},
		{"en.vietnamplus.vn 201434", voluntary("2019-10-01", "700000", "near-poor", "monthly", ""), "support", 38500.0},
		{"en.vietnamplus.vn 201434", voluntary("2019-10-01", "700000", "other", "monthly", ""), "support", 15400.0},
		{"en.tlklawfirm.vn", health("2023-07-01", "self,self", "12"), "members.0.premium", 972000.0},
		{"en.tlklawfirm.vn", health("2023-07-01", "self,self", "12"), "members.1.premium", 680400.0},
		{"en.tlklawfirm.vn", health("2023-07-01", "self", "12"), "monthly.contribution", 81000.0},
		{"ykhoahopnhan.vn", health("2019-07-01", "self,self,self,self,self", "12"), "members.0.premium", 804600.0},
		{"ykhoahopnhan.vn", health("2019-07-01", "self,self,self,self,self", "12"), "members.1.premium", 563220.0},
		{"ykhoahopnhan.vn", health("2019-07-01", "self,self,self,self,self", "12"), "members.2.premium", 482760.0},
		{"ykhoahopnhan.vn", health("2019-07-01", "self,self,self,self,self", "12"), "members.3.premium", 402300.0},
		{"ykhoahopnhan.vn", health("2019-07-01", "self,self,self,self,self", "12"), "members.4.premium", 321840.0},
		{"ko.laodong.vn 1538977", health("2024-07-01", "self", "12"), "monthly.contribution", 105300.0},
		{"vss.gov.vn 12225", health("2024-07-01", "self,self,self,self,self", "12"), "members.0.premium", 1263600.0},
		{"vss.gov.vn 12225", health("2024-07-01", "self,self,self,self,self", "12"), "members.1.premium", 884520.0},
		{"vss.gov.vn 12225", health("2024-07-01", "self,self,self,self,self", "12"), "members.2.premium", 758160.0},
		{"vss.gov.vn 12225", health("2024-07-01", "self,self,self,self,self", "12"), "members.3.premium", 631800.0},
		{"vss.gov.vn 12225", health("2024-07-01", "self,self,self,self,self", "12"), "members.4.premium", 505440.0},
		{"vss.gov.vn 12225", health("2025-06-15", "student", "12"), "monthly.payable", 73710.0},
		{"vss.gov.vn 12225", health("2025-07-15", "student", "12"), "monthly.payable", 52650.0},
		{"ja.laodong.vn 1587864", `{"quote":"pension","on":"2026-01-01","birth":"1960-01-01","sex":"f","paid-months":360,"average-income":1000000}`, "rate_percent", 75.0},
		{"ja.laodong.vn 1587864", `{"quote":"pension","on":"2026-11-01","birth":"1964-01-01","sex":"m","paid-months":360,"average-income":1000000}`, "rate_percent", 65.0},
		{"Law 41/2024 Art. 66: men from 15 to 20 years", `{"quote":"pension","on":"2026-11-01","birth":"1966-01-01","sex":"m","paid-months":222,"average-income":1000000}`, "rate_percent", 43.5},
		{"Law 41/2024 Art. 5(6): 7 odd months are a year", `{"quote":"pension","on":"2026-11-01","birth":"1966-01-01","sex":"m","paid-months":235,"average-income":1000000}`, "rate_percent", 45.0},
		{"Law 41/2024 Art. 5(6): full years decide whether there is a pension", `{"quote":"pension","on":"2026-11-01","birth":"1964-01-01","sex":"m","paid-months":179,"average-income":1000000}`, "first_month", nil},
		{"Decree 135/2020: 58y4m for women of 5/1972", `{"quote":"pension","on":"2026-11-01","birth":"1972-05-01","sex":"f","paid-months":240,"average-income":3000000}`, "first_month", "2030-10"},
		{"45 % and five times 2 %", `{"quote":"pension","on":"2026-11-01","birth":"1972-05-01","sex":"f","paid-months":240,"average-income":3000000}`, "monthly_pension", 1650000.0},
		{"Decree 135/2020 Art. 3: only the year is known", `{"quote":"pension","on":"2026-11-01","birth":"1972","sex":"f","paid-months":240,"average-income":3000000}`, "first_month", "2030-06"},
		{"Decree 135/2020, Appendix I: 56y8m for women of 5/1969", `{"quote":"pension","on":"2026-11-01","birth":"1969-05-20","sex":"f","paid-months":240,"average-income":3000000}`, "pension_age_months", 680.0},
		{"Decree 159/2025: joined before 2021", `{"quote":"pension","on":"2026-11-01","birth":"1972-05-01","sex":"f","paid-months":240,"average-income":3000000,"voluntary-since":"2019-03-01"}`, "first_month", "2027-06"},
		{"Decree 135/2020: women reach 57 in 2026", `{"quote":"pension","on":"2026-11-01","birth":"1969-10-01","sex":"f","paid-months":240,"average-income":3000000}`, "eligible", true},
		{"Law 58/2014: 20 years were needed", `{"quote":"pension","on":"2024-11-01","birth":"1960-01-01","sex":"f","paid-months":200,"average-income":3000000}`, "eligible", false},
		{"Law 41/2024: since then 15", `{"quote":"pension","on":"2024-11-01","birth":"1960-01-01","sex":"f","paid-months":200,"average-income":3000000}`, "first_month", "2025-07"},
		{"Law 41/2024 Art. 68(2): two years beyond 30, half a month each", `{"quote":"pension","on":"2026-11-01","birth":"1966-01-01","sex":"f","paid-months":384,"average-income":4000000}`, "lump_sum", 4000000.0},
		{"Art. 68(2): paid after the age, two months each", `{"quote":"pension","on":"2026-11-01","birth":"1966-01-01","sex":"f","paid-months":384,"average-income":4000000,"months-after-age":60}`, "lump_sum", 16000000.0},
		{"the state supports 120 months", voluntary("2025-11-20", "1500000", "poor", "12", `,"supported-months":115`), "support", 825000.0},
		{"Decree 159/2025: the best group counts", voluntary("2025-11-20", "1500000", "other,ethnic-minority,near-poor", "monthly", ""), "support", 132000.0},
		{"facts: sum of m/(1+r)^(i-1), r = 1 %: 330,000 + 326,732.67", voluntary("2025-11-20", "1500000", "other", "ahead:2", `,"return-rate":"1%"`), "contribution", 656733.0},
		{"facts: sum of m(1+r)^i, r = 1 %: 333,300 + 336,633", voluntary("2025-11-20", "1500000", "other", "missing:2", `,"return-rate":"1%"`), "contribution", 669933.0},
		{"those of other groups take no place", health("2026-08-01", "self,self,student,near-poor,self", "12"), "members.4.order", 3.0},
		{"those of other groups take no place", health("2026-08-01", "self,self,student,near-poor,self", "12"), "members.2.order", nil},
		{"60 % of 2,530,000 x 4.5 % x 12", health("2026-08-01", "self,self,student,near-poor,self", "12"), "members.4.premium", 819720.0},
		{"Art. 102(2): 3 years before 2014, 5 after", `{"quote":"withdrawal","on":"2026-11-01","birth":"1980-01-01","sex":"f","paid-months":96,"months-before-2014":36,"average-income":4000000,"first-paid":"2011-01-01","last-paid":"2024-01-01"}`, "amount", 58000000.0},
		{"Art. 102(2): odd months before 2014 move", `{"quote":"withdrawal","on":"2026-11-01","birth":"1980-01-01","sex":"f","paid-months":96,"months-before-2014":40,"average-income":4000000}`, "amount", 58000000.0},
		{"Art. 102(2): under a year", `{"quote":"withdrawal","on":"2026-11-01","birth":"1980-01-01","sex":"f","paid-months":6,"average-income":4000000}`, "amount", 5280000.0},
		{"Art. 70: joined after July 2025", `{"quote":"withdrawal","on":"2027-11-01","birth":"1980-01-01","sex":"f","paid-months":6,"average-income":4000000,"first-paid":"2025-08-01","last-paid":"2026-01-01"}`, "eligible", false},
		{"Decree 176/2025", `{"quote":"social-pension","on":"2026-01-01","birth":"1950-12-31"}`, "eligible", true},
		{"Decree 176/2025", `{"quote":"social-pension","on":"2026-01-01","birth":"1955-12-31","group":"near-poor"}`, "eligible", true},
		{"Decree 176/2025", `{"quote":"social-pension","on":"2026-01-01","birth":"1955-12-31"}`, "first_month", "2030-12"},
		{"news.laodong.vn 1535136: tops up", `{"quote":"social-pension","on":"2026-01-01","birth":"1950-12-31","pension":320000}`, "monthly_pension", 180000.0},
		{"news.laodong.vn 1519019", `{"quote":"maternity","on":"2026-01-01","children":2,"paid-of-last-12":6}`, "amount", 4000000.0},
		{"lawnet.vn 168743: ten times 2,530,000", `{"quote":"death","on":"2026-08-01","paid-months":60,"average-income":3000000}`, "funeral", 25300000.0},
		{"Law 74/2025 Art. 39", `{"quote":"unemployment","on":"2026-03-01","paid-months":60,"average-salary":10000000,"region":3}`, "monthly_benefit", 6000000.0},
		{"Law 74/2025 Art. 39", `{"quote":"unemployment","on":"2026-03-01","paid-months":60,"average-salary":10000000,"region":3}`, "months", 5.0},
		{"Law 74/2025 Art. 39: at most 5 x 3,700,000", `{"quote":"unemployment","on":"2026-03-01","paid-months":200,"average-salary":90000000,"region":"IV"}`, "total", 222000000.0},
		{"16th working day before 2026", `{"quote":"unemployment","on":"2025-12-01","paid-months":12,"average-salary":10000000,"region":1}`, "from_working_day", 16.0},
	} {
		if got := at(ask(t, c.question), c.path); got != c.want {
			t.Errorf("%s\n%s: %s is %v, want %v", c.source, c.question, c.path, got, c.want)
		}
	}
}

func TestWhatCannotBeAnswered(t *testing.T) {
	const f = `,"sex":"f","paid-months":240,"average-income":3000000}`
	for _, c := range []struct{ question, code, field string }{
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1499999}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":46800001}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1000000000000000000}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":99999999999999999999999}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":-1}`, "range", "income"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1.5e6}`, "value", "income"},
		{`{"quote":"voluntary-si","on":"2017-11-20","income":1500000}`, "before", "on"},
		{`{"quote":"voluntary-si","on":"2025-13-20","income":1500000}`, "value", "on"},
		{`{"quote":"voluntary-si","on":"2025-02-29","income":1500000}`, "value", "on"},
		{`{"quote":"voluntary-si","income":1500000}`, "missing", "on"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"7"}`, "value", "pay"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"ahead:61","return-rate":"1%"}`, "range", "pay"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"missing:0","return-rate":"1%"}`, "range", "pay"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"ahead:24"}`, "return_rate", "return-rate"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"group":"rich"}`, "value", "group"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"incom":1}`, "unknown", "incom"},
		{`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"sex":"f"}`, "unfit", "sex"},
		{`{"quote":"household-hi","on":"2026-08-01","members":""}`, "range", "members"},
		{`{"quote":"household-hi","on":"2026-08-01","members":[]}`, "range", "members"},
		{`{"quote":"household-hi","on":"2026-08-01","members":"island"}`, "value", "members"},
		{`{"quote":"household-hi","on":"2026-08-01","members":"self","months":5}`, "value", "months"},
		{`{"quote":"household-hi","on":"2025-06-30","members":"artisan"}`, "before", "members"},
		{`{"quote":"pension","on":"2026-11-01","birth":"2026-11-02"` + f, "range", "birth"},
		{`{"quote":"pension","on":"2026-11-01","birth":"1802-11-02"` + f, "value", "birth"},
		{`{"quote":"pension","on":"2026-11-01","birth":"2000-11-02"` + f, "range", "paid-months"},
		{`{"quote":"paths","on":"2026-11-01","birth":"1980-05-01","sex":"f","paid-months":24}`, "missing", "average-income"},
		{`{"quote":"pensoin"}`, "value", "quote"},
		{`{"quote":"pension"`, "syntax", ""},
		{`{"quote":"pension","on":"2026-11-01","on":"2026-11-01"}`, "twice", ""},
	} {
		a := ask(t, c.question)
		if got := at(a, "error.code"); got != c.code {
			t.Errorf("%s: code %v, want %s (%v)", c.question, got, c.code, a)
		}
		if got := at(a, "error.field"); c.field != "" && got != c.field {
			t.Errorf("%s: field %v, want %s", c.question, got, c.field)
		}
	}
	a := ask(t, `{"quote":"voluntary-si","on":"2025-11-20","income":1}`)
	if at(a, "error.min") != 1500000.0 || at(a, "error.max") != 46800000.0 {
		t.Errorf("the range is not told: %v", a)
	}
}

func TestAnswersSayWhatIsNotCertain(t *testing.T) {
	notices := func(question string) string {
		raw, _ := json.Marshal(ask(t, question)["notices"], json.Deterministic(true))
		return string(raw)
	}
	for _, c := range []struct{ question, want string }{
		// A day after the parameters were last looked at.
		{`{"quote":"household-hi","on":"2031-01-01","members":"self"}`, `"checked":"2026-11-24","code":"beyond","on":"2031-01-01"`},
		// The first pension lies there, though the day of the question does not.
		{`{"quote":"pension","on":"2026-11-01","birth":"1990-05-01","sex":"f","paid-months":180,"average-income":3000000}`, `"code":"beyond"`},
		// A number whose text of law nobody has read.
		{`{"quote":"household-hi","on":"2026-08-01","members":"self"}`, `"code":"unconfirmed","from":"2026-07-01","parameter":"base_salary"`},
		// The poverty line rises in the middle of what is paid.
		{`{"quote":"voluntary-si","on":"2026-10-01","income":1500000,"pay":"6"}`, `"code":"changes","from":"2027-01-01"`},
	} {
		if got := notices(c.question); !strings.Contains(got, c.want) {
			t.Errorf("%s: notices %s, want %s", c.question, got, c.want)
		}
	}
	if got := notices(`{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"pay":"6"}`); got != "[]" {
		t.Errorf("a certain answer has notices: %s", got)
	}
}
