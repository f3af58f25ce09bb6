package knowledge

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-json-experiment/json"

	"caunoi/lawbook"
	"caunoi/messages"
	"caunoi/policy/national"
)

// days on which an article must have its numbers: before and after the values
// that are known to change.
var days = []string{"2025-11-20", "2026-06-30", "2026-11-25", "2027-01-01", "2030-06-01"}

// asked asks an article's questions on a day.
func asked(t *testing.T, a *Article, on string) map[string]map[string]any {
	t.Helper()
	answers := map[string]map[string]any{}
	for _, ask := range a.Asks {
		question, err := Put(strings.TrimSuffix(string(ask.Question), "}")+`,"on":"`+on+`"}`, func(of, name string) (string, error) {
			return look(answers[of], name)
		})
		if err != nil {
			t.Errorf("%s, %s: %v", a.ID, ask.As, err)
		}
		raw, problem := national.Parameters().Answer(nil, question)
		if problem != nil {
			t.Errorf("%s, %s on %s: %v", a.ID, ask.As, on, problem)
			continue
		}
		var answer map[string]any
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		answers[ask.As] = answer
	}
	return answers
}

// look finds a name as phones do (ui/shared/policy/articles.ts): with a dot, a
// path in the answer; else the result of the last step of that rule; else what
// went into a step.
func look(answer map[string]any, name string) (string, error) {
	var found any
	if strings.Contains(name, ".") {
		found = answer
		for part := range strings.SplitSeq(name, ".") {
			switch of := found.(type) {
			case map[string]any:
				found = of[part]
			case []any:
				i, err := strconv.Atoi(part)
				if err != nil || i >= len(of) {
					return "", fmt.Errorf("no %s", part)
				}
				found = of[i]
			default:
				return "", fmt.Errorf("no %s", part)
			}
		}
	} else {
		steps, _ := answer["trace"].([]any)
		for _, s := range slices.Backward(steps) {
			step := s.(map[string]any)
			if step["rule"] == name {
				found = step["result"]
				break
			}
			for _, o := range step["operands"].([]any) {
				if operand := o.(map[string]any); operand["name"] == name && found == nil {
					found = operand["value"]
				}
			}
		}
	}
	switch v := found.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case string:
		return v, nil
	}
	return "", fmt.Errorf("found %v", found)
}

// TestEveryNumberIsReckoned asks every article's questions, and looks up every
// name in every language on each of the days.
func TestEveryNumberIsReckoned(t *testing.T) {
	all := Articles()
	if len(all) < 12 {
		t.Fatalf("%d articles", len(all))
	}
	for i := range all {
		a := &all[i]
		for _, on := range days {
			answers := asked(t, a, on)
			for _, part := range a.Parts {
				for lang, text := range part.In() {
					if _, err := Put(text, func(of, name string) (string, error) { return look(answers[of], name) }); err != nil {
						t.Errorf("%s in %s on %s: %v", a.ID, lang, on, err)
					}
				}
			}
		}
	}
}

// TestArticlesFollowTheLaw: the same article says another amount once the
// poverty line of 2027 holds.
func TestArticlesFollowTheLaw(t *testing.T) {
	all := Articles()
	a := &all[slices.IndexFunc(all, func(a Article) bool { return a.ID == "voluntary-support" })]
	for on, want := range map[string]string{"2026-11-25": "132000", "2027-01-01": "193600"} {
		if got, err := look(asked(t, a, on)["near"], "support"); err != nil || got != want {
			t.Errorf("on %s the support is %s (%v), want %s", on, got, err, want)
		}
	}
}

// faults is what is wrong with an article, whatever the law says.
func faults(a *Article, page func(string) bool) (out []string) {
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if !slices.Contains(topics, a.Topic) {
		fault("topic %q", a.Topic)
	}
	if a.Quote != "" && a.Quote != "voluntary" && a.Quote != "household" {
		fault("quote %q", a.Quote)
	}
	whole := func(what string, t Text) {
		first := Names(t.Vi)
		for lang, text := range t.In() {
			if strings.TrimSpace(text) == "" {
				fault("%s has no %s", what, lang)
			}
			count := func(names [][2]string) map[[2]string]bool {
				set := map[[2]string]bool{}
				for _, n := range names {
					set[n] = true
				}
				return set
			}
			if !maps.Equal(count(Names(text)), count(first)) {
				fault("%s in %s does not name what the Vietnamese one does", what, lang)
			}
			if typed.MatchString(text) {
				fault("%s in %s states an amount: %s", what, lang, typed.FindString(text))
			}
			if strings.ContainsAny(named.ReplaceAllString(text, ""), "{}") {
				fault("%s in %s has a name that is none", what, lang)
			}
		}
	}
	whole("the title", a.Title)
	for lang, also := range map[string][]string{"vi": a.Also.Vi, "en": a.Also.En, "bn": a.Also.Bn} {
		if len(also) == 0 || slices.Contains(also, "") {
			fault("no other way to ask in %s", lang)
		}
	}
	cited := len(a.Pages) > 0
	for i, p := range a.Parts {
		what := fmt.Sprintf("part %d", i+1)
		whole(what, p.Text)
		cited = cited || p.Law != ""
		if p.Law != "" && p.Source == "" && !p.Unconfirmed {
			fault("%s names a law that nobody has seen, and is not marked so", what)
		}
	}
	if !cited {
		fault("no article of law")
	}
	for _, name := range a.Pages {
		if !page(name) {
			fault("the law has no page %s", name)
		}
	}
	return out
}

// typed is an amount of đồng that somebody wrote down.
var typed = regexp.MustCompile(`[0-9০-৯]{1,3}(?:[.,][0-9০-৯]{3})+|[0-9০-৯]+ ?(?:đồng|VND|টাকা|ডং)`)

func TestArticlesAreWhole(t *testing.T) {
	w, err := messages.For("vi")
	if err != nil {
		t.Fatal(err)
	}
	book, err := lawbook.New(w, national.Parameters())
	if err != nil {
		t.Fatal(err)
	}
	page := func(name string) bool { return book.Page(name) != nil }
	all := Articles()
	for i := range all {
		for _, fault := range faults(&all[i], page) {
			t.Errorf("%s: %s", all[i].ID, fault)
		}
	}
	// What the check must see.
	bad := all[0]
	bad.Topic, bad.Pages = "weather", []string{"no_such_rule"}
	bad.Parts = []Part{{Text: Text{Vi: "{a.b} 330.000", En: "costs", Bn: ""}, Law: "Luật"}}
	if got := faults(&bad, page); len(got) < 6 {
		t.Errorf("a bad article passes: %q", got)
	}
	if _, err := read(fstest.MapFS{"articles/a.json": {Data: []byte(`{"topics":"card"}`)}}); err == nil {
		t.Error("a member that is none is read over")
	}
	var again []Article
	if err := json.Unmarshal(JSON(), &again); err != nil || len(again) != len(all) {
		t.Errorf("%d articles in the file: %v", len(again), err)
	}
}
