package planning

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people/identity"
)

// clean is a text on one line, without what spreadsheets cannot hold.
func clean(s string) string {
	return squeeze(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= 0xfffd && r <= 0xffff {
			return ' '
		}
		return r
	}, s))
}

// key is a text by which it is found.
func key(s string) string { return strings.Join(identity.Words(s), " ") }

func lower(s string) string { return norm.NFC.String(strings.ToLower(s)) }

// names are things of the plan by what they are called.
type names struct {
	called map[string][]string // of each id; the first is what is written
	by     map[string][]string // ids, by key
}

func (n *names) add(id string, called ...string) {
	if n.called == nil {
		n.called, n.by = map[string][]string{}, map[string][]string{}
	}
	for i, name := range called {
		name = clean(strings.ReplaceAll(name, ";", ",")) // lists have semicolons between
		called[i] = name
		if k := cmp.Or(key(name), name); !slices.Contains(n.by[k], id) {
			n.by[k] = append(n.by[k], id)
		}
	}
	n.called[id] = called
}

// find gives the ids of what is called so: by id, as "Name (id)", or by name,
// where case and marks count only among those that are else alike.
func (n *names) find(text string) []string {
	if n.called[text] != nil {
		return []string{text}
	}
	if i := strings.LastIndexByte(text, '('); i >= 0 && strings.HasSuffix(text, ")") {
		if id := text[i+1 : len(text)-1]; n.called[id] != nil {
			return []string{id}
		}
	}
	ids := n.by[cmp.Or(key(text), text)]
	if len(ids) > 1 {
		var same []string
		for _, id := range ids {
			if slices.ContainsFunc(n.called[id], func(s string) bool { return lower(s) == lower(text) }) {
				same = append(same, id)
			}
		}
		if len(same) == 1 {
			return same
		}
	}
	return ids
}

// label is what is written for an id: what [names.find] finds it by.
func (n *names) label(id string) string {
	if n.called[id] == nil {
		return id
	}
	name := n.called[id][0]
	if found := n.find(name); len(found) != 1 || found[0] != id {
		return clean(name + " (" + id + ")")
	}
	return name
}

// gazetteer is what a plan calls the offices, places and people of a province.
type gazetteer struct {
	offices, partners, communes, people *names

	plan     *campaign.Plan
	province string              // how it is called, as a key; empty for the whole plan
	within   map[string][]string // villages, by commune
	village  map[string]*names   // by commune, once they are asked for
}

// always is after every day that a plan names.
const always journal.Day = "9999-12-31"

// newGazetteer is that of the whole plan where the province is empty. Partners
// may be anywhere.
func newGazetteer(plan *campaign.Plan, province string) *gazetteer {
	g := &gazetteer{
		offices: &names{}, partners: &names{}, communes: &names{}, people: &names{},
		plan: plan, within: map[string][]string{}, village: map[string]*names{},
	}
	if o := plan.Offices[province]; o != nil {
		g.province = key(o.Name)
	}
	in := func(office string) bool { return province == "" || plan.Under(office, province) }
	for id, o := range plan.Offices {
		g.partners.add(id, o.Name)
		if in(id) {
			g.offices.add(id, o.Name)
		}
	}
	var merged []*campaign.Commune
	for code, c := range plan.Communes {
		if !c.Ever(in) {
			continue
		}
		now := c.On(always)
		if c.Merged != nil {
			merged = append(merged, now)
			continue
		}
		calls := []string{strings.TrimSpace(now.Type + " " + now.Name), now.Name, strings.TrimLeft(code, "0")} // spreadsheets drop the zeros in front of a code
		if now.Name != c.Name {
			calls = append(calls, strings.TrimSpace(c.Type+" "+c.Name), c.Name)
		}
		g.communes.add(code, calls...)
	}
	for _, c := range merged { // often what took them in has their name
		calls := []string{c.Name + " (" + c.Code + ")", strings.TrimLeft(c.Code, "0")}
		if len(g.communes.by[key(c.Name)]) == 0 {
			calls = append(calls, c.Name)
		}
		g.communes.add(c.Code, calls...)
	}
	for id, v := range plan.Villages {
		if g.communes.called[v.Commune] != nil {
			g.within[v.Commune] = append(g.within[v.Commune], id)
		}
	}
	for id, w := range plan.Campaigners {
		if in(w.Office) {
			g.people.add(id, w.Name)
		}
	}
	return g
}

// villages are those of a commune.
func (g *gazetteer) villages(commune string) *names {
	n := g.village[commune]
	if n == nil {
		n = &names{}
		for _, id := range g.within[commune] {
			n.add(id, g.plan.Villages[id].Name)
		}
		g.village[commune] = n
	}
	return n
}

// commune finds the one whose name stands in a text. Of names that lie within
// each other the longest counts; that of the province only where no other
// stands, and not after the word for it. Empty if there is none, or several.
func (g *gazetteer) commune(text string) string {
	type mention struct {
		id, name string
		at       int
	}
	among := " " + key(text) + " "
	var all []mention
	for id, called := range g.communes.called {
		for _, name := range called {
			k := key(name)
			if k == "" || strings.Trim(k, "0123456789") == "" {
				continue
			}
			for at := 0; ; at++ {
				i := strings.Index(among[at:], " "+k+" ")
				if i < 0 {
					break
				}
				at += i
				if !strings.HasSuffix(among[:at], " tinh") {
					all = append(all, mention{id, k, at})
				}
			}
		}
	}
	within := func(a, b mention) bool {
		return len(a.name) < len(b.name) && b.at <= a.at && a.at+len(a.name) <= b.at+len(b.name)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(a mention) bool {
		return slices.ContainsFunc(all, func(b mention) bool { return within(a, b) })
	})
	province := func(m mention) bool { return strings.HasSuffix(" "+g.province, " "+m.name) }
	if slices.ContainsFunc(all, func(m mention) bool { return !province(m) }) {
		all = slices.DeleteFunc(all, province)
	}
	var found []string
	for _, m := range all {
		if !slices.Contains(found, m.id) {
			found = append(found, m.id)
		}
	}
	if len(found) > 1 { // marks tell those that are else alike
		found = slices.DeleteFunc(found, func(id string) bool {
			return !slices.ContainsFunc(g.communes.called[id], func(name string) bool {
				return slices.ContainsFunc(all, func(m mention) bool { return m.id == id && m.name == key(name) }) &&
					strings.Contains(lower(text), lower(name))
			})
		})
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
