package identity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"caunoi/journal"
	"caunoi/people/identity"
)

func TestRead(t *testing.T) {
	birth := func(s string) (string, error) {
		day, year, err := identity.Birth(s)
		if day == "" && err == nil {
			return fmt.Sprint(year), nil
		}
		return string(day), err
	}
	readers := map[string]func(string) (string, error){
		"citizen": identity.Citizen, "si": identity.SI, "card": identity.Card, "phone": identity.Phone, "birth": birth, "sex": identity.Sex,
	}
	for _, c := range []struct{ what, text, want string }{
		{"citizen", "010182000011", "010182000011"},
		{"citizen", " 010 182.000-011 ", "010182000011"},
		{"citizen", "10182000011", "010182000011"},
		{"citizen", "1.0182000011E+10", "010182000011"},
		{"citizen", "'010182000011", "010182000011"},
		{"citizen", "０１０１８２００００１１", "010182000011"},
		{"citizen", "063123456", ""},
		{"citizen", "0101820000111", ""},
		{"citizen", "01018200001a", ""},
		{"citizen", "", ""},
		{"si", "0110123456", "0110123456"},
		{"si", "110123456", "0110123456"},
		{"si", "010182000011", "010182000011"},
		{"si", "12345", ""},
		{"card", "gd4100110123456", "GD4100110123456"},
		{"card", "GD 4 10 0110123456", "GD4100110123456"},
		{"card", "0110123456", "0110123456"},
		{"card", "G14100110123456", ""},
		{"phone", "0912 345 678", "0912345678"},
		{"phone", "+84 912.345.678", "0912345678"},
		{"phone", "84912345678", "0912345678"},
		{"phone", "912345678", "0912345678"},
		{"phone", "0084912345678", "0912345678"},
		{"phone", "01681234567", "0381234567"},
		{"phone", "0214 3840 123", "02143840123"},
		{"phone", "12", ""},
		{"phone", "", ""},
		{"birth", "05/11/1982", "1982-11-05"},
		{"birth", "5-11-1982", "1982-11-05"},
		{"birth", "1982-11-05", "1982-11-05"},
		{"birth", "1982-11-05T00:00:00Z", "1982-11-05"},
		{"birth", "05111982", "1982-11-05"},
		{"birth", "30260", "1982-11-05"},
		{"birth", "11/1982", "1982"},
		{"birth", "1982", "1982"},
		{"birth", "31/02/1982", ""},
		{"birth", "05/11/82", ""},
		{"birth", "hôm qua", ""},
		{"sex", "Nữ", "f"},
		{"sex", "NAM", "m"},
		{"sex", norm.NFD.String("nữ"), "f"},
		{"sex", "khác", ""},
	} {
		got, err := readers[c.what](c.text)
		var r *journal.Refusal
		if got != c.want || (err == nil) != (c.want != "") || err != nil && !errors.As(err, &r) {
			t.Errorf("%s %q: %q, %v; want %q", c.what, c.text, got, err, c.want)
		}
	}
}

// Every spelling of a day is that day.
func TestBirthProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 35000).Draw(t, "days"))
		days := int(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		for _, text := range []string{day.Format("2/1/2006"), day.Format("02.01.2006"), day.Format("2006-01-02"), day.Format("02012006"), fmt.Sprint(days)} {
			got, year, err := identity.Birth(text)
			if err != nil || string(got) != day.Format(time.DateOnly) || year != day.Year() {
				t.Fatalf("%q: %s, %d, %v", text, got, year, err)
			}
		}
	})
}

func TestWords(t *testing.T) {
	same := [][]string{
		{"Lò Thị Hoà", "LÒ THỊ HÒA", "lò  thị hòa", norm.NFD.String("Lò Thị Hoà"), "Lo Thi Hoa"},
		{"Lý Thuý", "Lí Thúy", "ly thuy"},
		{"Đặng Văn A", "dang van a"},
	}
	for _, list := range same {
		for _, name := range list {
			if got, want := identity.Words(name), identity.Words(list[0]); !slices.Equal(got, want) {
				t.Errorf("%q: %v, want %v", name, got, want)
			}
		}
	}
	if slices.Equal(identity.Words("Hoa"), identity.Words("Huệ")) {
		t.Error("two names are one")
	}
	letters := rapid.StringOf(rapid.SampledFrom([]rune("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ ABCĐ")))
	rapid.Check(t, func(t *rapid.T) {
		name := letters.Draw(t, "name")
		for _, other := range []string{norm.NFD.String(name), norm.NFC.String(name), strings.ToUpper(name), "  " + name} {
			if got, want := identity.Words(other), identity.Words(name); !slices.Equal(got, want) {
				t.Fatalf("%q: %v, want %v", other, got, want)
			}
		}
	})
}

func TestDoubts(t *testing.T) {
	whole := identity.Facts{Citizen: "010182000011", SI: "0110123456", Card: "GD4100110123456", Sex: "f", BirthYear: 1982}
	for _, c := range []struct {
		change func(f *identity.Facts)
		want   string
	}{
		{func(*identity.Facts) {}, ""},
		{func(f *identity.Facts) { f.Sex = "m" }, "citizen.sex"},
		{func(f *identity.Facts) { f.BirthYear = 1983 }, "citizen.birth"},
		{func(f *identity.Facts) { f.Citizen = "099182000011" }, "citizen.place"},
		{func(f *identity.Facts) { f.SI = "0110123457" }, "card.si"},
		{func(f *identity.Facts) { f.Sex, f.BirthYear, f.SI = "", 0, "" }, ""},
		{func(f *identity.Facts) { f.Citizen, f.BirthYear = "010302000011", 2002 }, ""},
	} {
		f := whole
		c.change(&f)
		var got []string
		for _, d := range identity.Doubts(f) {
			got = append(got, d.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %q", f, got, c.want)
		}
	}
}

// The cases are read by the phone's own reading as well: ui/field/scan/paper.test.ts.
func TestReadQR(t *testing.T) {
	raw, err := os.ReadFile("testdata/qr.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		What, Text string
		Paper      *struct{ Citizen, Old, Card, Name, Birth, Sex, Address string }
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		got, err := identity.ReadQR(c.Text)
		if c.Paper == nil {
			if err == nil {
				t.Errorf("%s: read as %+v", c.What, got)
			}
			continue
		}
		want := identity.Paper{
			Citizen: c.Paper.Citizen, Old: c.Paper.Old, Card: c.Paper.Card, Name: c.Paper.Name, Sex: c.Paper.Sex, Address: c.Paper.Address,
		}
		if c.Paper.Birth != "" {
			want.BirthYear, _ = strconv.Atoi(c.Paper.Birth[:4])
			if len(c.Paper.Birth) > 4 {
				want.Birth = journal.Day(c.Paper.Birth)
			}
		}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", c.What, got, err, want)
		}
	}
}

func FuzzReadQR(f *testing.F) {
	f.Add("010182000011||A|05111982|Nữ|B|01012024")
	f.Add("GD4100110123456|4d|05/11/1982|2|4e|")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := identity.ReadQR(text)
		if err == nil && p.Citizen == "" && p.Card == "" {
			t.Errorf("%q reads as nobody", text)
		}
	})
}
