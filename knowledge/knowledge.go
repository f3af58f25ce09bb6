// Package knowledge holds the articles with which a campaigner answers what
// people in villages ask, in three languages.
//
// An article states no amount. It asks questions of policy ("asks"), and its
// texts name what the answers hold: {near.support} is the support in the answer
// to the question "near". So a new decree changes what is read without anybody
// writing an article anew, and every number has its article of law in the
// trace. Phones ask, with the engine that they have.
//
// What no parameter knows has its text of law and where it was seen beside it,
// as parameters have; what nobody has read in the law is marked unconfirmed.
package knowledge

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

//go:embed articles/*.json
var files embed.FS

// Text is a text in the three languages.
type Text struct {
	Vi string `json:"vi"`
	En string `json:"en"`
	Bn string `json:"bn"`
}

// Words are other ways to ask, in the three languages.
type Words struct {
	Vi []string `json:"vi"`
	En []string `json:"en"`
	Bn []string `json:"bn"`
}

// In is each text by its language.
func (t Text) In() map[string]string { return map[string]string{"vi": t.Vi, "en": t.En, "bn": t.Bn} }

// Article answers one question.
type Article struct {
	// ID is the name of its file.
	ID string `json:"id,omitzero"`
	// Topic is one of those of a consultation.
	Topic string `json:"topic"`
	// Quote is what the calculator is opened with: voluntary or household.
	Quote string `json:"quote,omitzero"`
	Title Text   `json:"title"`
	Also  Words  `json:"also"`
	// Asks are asked in their order: a value may name what an earlier one found.
	Asks []Ask `json:"asks,omitempty"`
	// Parts are its paragraphs; the first alone answers in short.
	Parts []Part `json:"parts"`
	// Pages name the rules and parameters whose pages of law it rests on.
	Pages []string `json:"pages,omitempty"`
}

// Ask is a question to policy, without its day.
type Ask struct {
	As       string         `json:"as"`
	Question jsontext.Value `json:"question"`
}

// Part is a paragraph.
type Part struct {
	Text
	// Law is the article of law of what no parameter knows, Source where it was
	// seen.
	Law    string `json:"law,omitzero"`
	Source string `json:"source,omitzero"`
	// Unconfirmed is what nobody has compared with the law.
	Unconfirmed bool `json:"unconfirmed,omitzero"`
}

// Articles are all articles, by topic, then by id.
var Articles = sync.OnceValue(func() []Article {
	all, err := read(files)
	if err != nil {
		panic(err) // a fault of a file, which the tests find
	}
	return all
})

// JSON is all articles as phones take them.
var JSON = sync.OnceValue(func() []byte {
	text, err := json.Marshal(Articles(), json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return text
})

func read(from fs.FS) (all []Article, err error) {
	names, err := fs.Glob(from, "articles/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		var a Article
		if err := json.Unmarshal(text, &a, json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		a.ID = strings.TrimSuffix(path.Base(name), ".json")
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b Article) int {
		return cmp.Compare(slices.Index(topics, a.Topic), slices.Index(topics, b.Topic))
	})
	return all, nil
}

// topics are those of a consultation, in the order in which articles stand.
var topics = []string{"contribution", "pension", "support", "card", "withdrawal", "unemployment", "other"}

var named = regexp.MustCompile(`\{([a-z]+)\.([a-z0-9_.]+)\}`)

// Names are what a text names: the question and the name within its answer.
func Names(text string) (names [][2]string) {
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		names = append(names, [2]string{m[1], m[2]})
	}
	return names
}

// Put writes values in the place of what a text names.
func Put(text string, value func(ask, name string) (string, error)) (out string, err error) {
	out = named.ReplaceAllStringFunc(text, func(found string) string {
		m := named.FindStringSubmatch(found)
		v, wrong := value(m[1], m[2])
		if wrong != nil && err == nil {
			err = fmt.Errorf("%s: %w", found, wrong)
		}
		return v
	})
	return out, err
}
