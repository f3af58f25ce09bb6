package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/unicode/norm"

	"caunoi/campaign"
)

//go:embed data/*.csv data/texts.json
var files embed.FS

// textData are the words of the generated records.
type textData struct {
	CampaignBN map[string]string `json:"campaign_bn"`
	Standing   campaign.Name     `json:"standing"`
	Province   string            `json:"province"`
	Officer    string            `json:"officer"`
	Agent      string            `json:"agent"`
	Partners   []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"partners"`
	Villages   map[string][]string `json:"villages"`
	Counted    string              `json:"counted"`
	PlaceCodes []struct {
		From string `json:"from"`
		Code string `json:"code"`
	} `json:"place_codes"`
	Person   string                             `json:"person"`
	Surnames []string                           `json:"surnames"`
	MiddleF  []string                           `json:"middle_f"`
	MiddleM  []string                           `json:"middle_m"`
	Places   map[campaign.ActivityKind][]string `json:"places"`
	// SubKinds are of activities of the kind other.
	SubKinds []struct {
		Name   string   `json:"name"`
		Places []string `json:"places"`
	} `json:"sub_kinds"`
	Topics []string `json:"topics"`
	Notes  struct {
		Consultation   []string            `json:"consultation"`
		Moved          map[string][]string `json:"moved"`
		Cancelled      []string            `json:"cancelled"`
		Withdrawn      map[string]string   `json:"withdrawn"`
		Held           []string            `json:"held"`
		StageWithdrawn string              `json:"stage_withdrawn"`
		Join           string              `json:"join"`
		ReopeningDay   string              `json:"reopening_day"`
		ReopeningAll   string              `json:"reopening_campaign"`
	} `json:"notes"`
	Donor     string `json:"donor"`
	Questions []struct {
		Topic  string `json:"topic"`
		Text   string `json:"text"`
		Answer string `json:"answer"`
	} `json:"questions"`
}

var texts = sync.OnceValue(func() *textData {
	var t textData
	if err := json.Unmarshal(mustRead("data/texts.json"), &t, json.RejectUnknownMembers(true)); err != nil {
		panic(err)
	}
	return &t
})

// fill puts values into the braces of a pattern.
func fill(pattern string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(pattern)
}

func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

func mustCSV(name string) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(mustRead(name))).ReadAll()
	if err != nil {
		panic(err)
	}
	return rows[1:]
}

// office is a grass-roots office with the people and places it works with.
type office struct {
	id, name string
	communes []*commune
	// staff: the lead first, then the other officers, then agents of partners.
	staff    []*worker
	officers int // the lead among them
	// highland offices have little network, and the weather against them.
	highland bool
	quota    quota
}

type commune struct {
	campaign.Commune
	villages []campaign.Village
}

// readOffices reads offices and their communes, in the order of the file.
func readOffices() []*office {
	places := map[string]campaign.Commune{}
	for _, row := range mustCSV("data/lao-cai-communes.csv") {
		places[row[0]] = campaign.Commune{Code: row[0], Name: row[1], Type: row[2], Lat: degrees(row[3]), Lon: degrees(row[4])}
	}
	var out []*office
	for _, row := range mustCSV("data/lao-cai-offices.csv") {
		i := slices.IndexFunc(out, func(o *office) bool { return o.name == row[2] })
		if i < 0 {
			i = len(out)
			out = append(out, &office{id: slug(row[2]), name: row[2]})
		}
		c := &commune{Commune: places[row[0]]}
		c.Office = out[i].id
		// Small and round, which nobody takes for a census, and of the size of the demo's lists.
		c.Population = []campaign.Population{{Year: 2025, People: 20 * (6 + (7*len(row[1])+len(out[i].communes))%17), Source: texts().Counted}}
		for n := range 3 + (len(row[1])+i)%4 {
			patterns := texts().Villages[c.Type]
			c.villages = append(c.villages, campaign.Village{
				ID: c.Code + "-" + strconv.Itoa(n+1), Commune: c.Code,
				Name: fill(patterns[n%len(patterns)], "{n}", strconv.Itoa(n/len(patterns)+1)),
			})
		}
		out[i].communes = append(out[i].communes, c)
	}
	return out
}

func degrees(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return f
}

// slug is a name in ASCII: "Yên Bình" is yen-binh.
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case unicode.IsSpace(r):
			b.WriteByte('-')
		case r < unicode.MaxASCII:
			b.WriteRune(r)
		}
	}
	return b.String()
}
