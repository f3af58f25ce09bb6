package web_test

import (
	"context"
	"crypto/ecdh"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"caunoi/journal"
	"caunoi/store"
	"caunoi/web"
)

// value is a value for a parameter: of an office's own, of all its province,
// or of nobody.
type value struct {
	text   string
	office string
	open   bool
}

// values provides for the parameters of routes, by their names. Every new
// name needs values here.
func (w *world) values(name string) []value {
	var out []value
	each := func(open bool, text func(office string) string) []value {
		for _, p := range places {
			out = append(out, value{text(p.id), p.id, open})
		}
		return out
	}
	switch name {
	case "campaign":
		return []value{{"cp", "p", true}, {"cq", "q", true}, {"no-campaign", "", false}}
	case "entry":
		each(false, func(o string) string { return w.entry[o] })
		for _, o := range []string{"a", "qa"} {
			out = append(out, value{w.pictured[o], o, false})
		}
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
	case "activity":
		each(true, func(o string) string { return w.activity[o] })
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
	case "thread":
		each(false, func(o string) string { return w.thread[o] })
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
	case "message":
		return []value{{text: w.word}}
	case "?figure":
		return []value{{text: "sessions"}}
	case "?activity":
		return []value{{}} // it would be beside a figure
	case "digest": // it is that of the entry in the path
		return []value{{text: digestOf(picture)}}
	case "approval":
		each(false, func(o string) string { return w.request[o] })
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
	case "person", "consent", "request", "pair":
		ids := map[string]map[string]string{"person": w.person, "consent": w.consent, "request": w.asked, "pair": w.pair}[name]
		each(false, func(o string) string { return ids[o] })
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
	case "import":
		each(false, w.send)
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
	case "office":
		each(true, func(o string) string { return o })
		return append(out, value{"no-office", "", false})
	case "day":
		return []value{{text: unitDay}}
	case "indicator":
		return []value{{text: "people_reached"}}
	case "device":
		return []value{{text: phoneID}}
	case "passkey":
		return []value{{"missing", "", false}}
	case "?code", "?error":
		return []value{{text: "guess"}, {}}
	case "?list":
		return []value{{text: "follow_up"}, {}}
	case "?assigned":
		return []value{{text: "me"}, {}}
	case "?coverage", "?village", "?household":
		return []value{{}}
	case "user":
		each(false, func(o string) string { return "campaigner-" + o })
		return append(out, value{"nobody", "", false})
	case "?office":
		each(true, func(o string) string { return o })
		return append(out, value{"missing", "", false}, value{})
	case "?province":
		return []value{{"p", "p", true}, {"q", "q", true}, {"a", "", false}, {"missing", "", false}, {}}
	case "commune":
		each(false, communeOf)
		return append(out, value{"999", "", false})
	case "?commune":
		for i, p := range places {
			out = append(out, value{fmt.Sprintf("00%d", i+1), p.id, true})
		}
		return append(out, value{})
	case "?actor":
		return []value{{text: "campaigner-a"}, {text: "campaigner-qa"}, {}}
	case "?subject":
		return []value{{text: "entry:" + w.entry["a"]}, {text: "entry:" + w.entry["qa"]}, {}}
	case "?trial":
		return []value{{}} // on trial less is done, not more
	case "?indicator":
		return []value{{text: "people_reached"}, {text: "consultations"}, {text: "activities_held"}}
	case "?state":
		return []value{{text: "waiting"}, {text: "approved"}, {}}
	case "?act":
		return []value{{text: "access.denied"}, {}}
	case "?who":
		return []value{{text: "offices"}, {text: "campaigners"}}
	case "?lang":
		return []value{{text: "vi"}, {text: "en"}}
	case "?day", "?from", "?to", "?at", "?as_of", "?cursor", "?limit", "?reason", "?late", "?closed", "?dim", "?scope", "?format", "?stage", "?scheme", "?kind", "?elsewhere",
		"?hour", "?q", "?order", "?up", "?down", "?year", "?units":
		return []value{{}} // they narrow what is seen
	}
	return nil
}

// bodies provides for requests that have one, by method and path.
func (w *world) bodies(rule web.Rule) []string {
	switch rule.Method + " " + rule.Path {
	case "POST /api/v1/quote":
		return []string{`{"quote":"maternity","on":"2026-11-25","paid-of-last-12":6}`}
	case "POST /api/v1/session":
		return []string{`{"token":"guess"}`}
	case "POST /api/v1/session/password":
		return []string{`{"user":"campaigner-b","password":"Mô phỏng sai"}`}
	case "POST /api/v1/session/stepup":
		return []string{`{"password":"Mô phỏng sai"}`}
	case "POST /api/v1/session/stepup/passkey":
		return []string{`{"id":"guess","credential":{}}`}
	case "PUT /api/v1/account/password":
		return []string{`{"password":"x"}`}
	case "POST /api/v1/users":
		return w.each(`{"id":"{id}","name":"Mô phỏng","role":"campaigner","office":"{office}","communes":["{commune}"]}`)
	case "PUT /api/v1/users/{user}":
		return w.each(`{"name":"Mô phỏng","role":"campaigner","office":"{office}","communes":[]}`)
	case "POST /api/v1/users/{user}/disabled":
		return []string{`{"disabled":true}`, `{"disabled":true,"lost":true}`}
	case "POST /api/v1/users/{user}/links":
		return []string{`{"phone":true}`, `{"phone":false}`}
	case "POST /api/v1/devices":
		return []string{`{"token":"guess","device":"d","name":"Mô phỏng"}`}
	case "POST /api/v1/readiness/rehearsals":
		return w.each(`{"day":"2025-11-10","office":"{office}"}`)
	case "POST /api/v1/help", "POST /api/v1/device/state":
		return []string{`{"app":"abc","signal":"idle","epoch":"","records":{"waiting":1,"sent":0,"refused":0,"conflict":0,"apart":0,"mended":0},"refused":[],"used":0,"room":0,"lasting":true,"browser":"","language":"vi","installed":false,"offline":true}`}
	case "POST /api/v1/device/wiped":
		return []string{`{"unsent":0}`}
	case "PUT /api/v1/users/{user}/devices/{device}", "PUT /api/v1/account/devices/{device}":
		return []string{`{"state":"leaving"}`, `{"state":"lost"}`}
	case "POST /api/v1/users/{user}/devices/{device}/quarantine":
		return []string{`{"take":false}`, `{"take":true}`}
	case "POST /api/v1/approvals/{approval}":
		return []string{`{"approve":false,"reason":"Mô phỏng"}`, `{"approve":true}`}
	case "PUT /api/v1/settings/approvals":
		return []string{`{"acts":{"persons.merge":false}}`, `{"acts":{"songs":true}}`}
	case "PUT /api/v1/settings/account":
		return []string{`{"account":{"bank":"970405","number":"MOPHONG0009"}}`, `{}`}
	case "POST /api/v1/campaigns/{campaign}/activities":
		return w.each(`{"draft":` + plannedAt + `,"trial":true}`)
	case "PUT /api/v1/campaigns/{campaign}/activities/{activity}":
		return w.each(`{"draft":` + plannedAt + `,"seen":"{activity}","trial":true}`) // with each activity in the path; none was changed
	case "POST /api/v1/campaigns/{campaign}/activities/move":
		return w.each(`{"activities":["{activity}"],"reason":"weather","days":1,"trial":true}`)
	case "POST /api/v1/campaigns/{campaign}/activities/cancel":
		return w.each(`{"activities":["{activity}"],"reason":"people"}`)
	case "POST /api/v1/campaigns/{campaign}/activities/undo":
		return w.each(`{"entries":["{activity}"]}`)
	case "POST /api/v1/campaigns/{campaign}/activities/file":
		return w.each("date,from,kind,commune,office,place\n2025-11-09,08:00,booth,{commune},{office},Mô phỏng\n")
	case "POST /api/v1/kits":
		file := `{\"caunoi_campaign\":1,\"campaign\":{\"id\":\"x\",\"kind\":\"sprint\",\"name\":{\"vi\":\"Mô phỏng\"},\"province\":\"{office}\",\"start\":\"2025-11-01\",\"days\":5}}`
		return w.each(`{"file":"` + file + `","id":"moi-{office}","province":"{office}","start":"2026-01-01"}`)
	case "PUT /api/v1/campaigns/{campaign}/targets":
		return w.each(`{"indicator":"enrolments","from":"2025-11-01","to":"2025-11-10","targets":[{"office":"{office}","value":10}]}`)
	case "POST /api/v1/campaigns/{campaign}/targets/file":
		return w.each("office,campaigner,indicator,from,to,target\n{office},,enrolments,2025-11-01,2025-11-10,10\n{office},campaigner-{office},enrolments,2025-11-01,2025-11-10,10\n")
	case "PUT /api/v1/campaigns/{campaign}/coverage/place":
		return w.each(`{"commune":"{commune}","village":"{inner}","lat":22,"lon":104}`)
	case "POST /api/v1/campaigns/{campaign}/coverage/places":
		return w.each("commune,village,lat,lon\n{commune},{inner},22,104\n")
	case "POST /api/v1/units/populations":
		return w.each("code,commune,year,people,source\n{commune},,2024,1000,Mô phỏng\n")
	case "POST /api/v1/campaigns/{campaign}/targets/spread":
		return append(w.each(`{"total":10,"by":"even","office":"{office}"}`), `{"total":10,"by":"people"}`)
	case "POST /api/v1/campaigns/{campaign}/entries/{entry}/sent-back":
		return []string{`{"question":"Mô phỏng?"}`}
	case "POST /api/v1/campaigns/{campaign}/reviews":
		return w.each(`{"reason":"outside_campaign","entry":"{outside}","act":"leave"}`)
	case "POST /api/v1/campaigns/{campaign}/reviews/undo":
		return w.each(`{"reason":"outside_campaign","entry":"{outside}","act":"leave"}`)
	case "POST /api/v1/campaigns/{campaign}/closings":
		return append(w.each(`{"scope":"day","office":"{office}","days":["2025-11-08"]}`),
			append(w.each(`{"scope":"day","office":"{office}","days":["2025-11-08"],"reopen":true,"reason":"Mô phỏng"}`),
				`{"scope":"campaign"}`, `{"scope":"campaign","reopen":true,"reason":"Mô phỏng"}`)...)
	case "PUT /api/v1/units/offices/{office}":
		return []string{`{"phone":"","order":1}`}
	case "POST /api/v1/units/offices/{office}/closed":
		return []string{`{"from":""}`}
	case "PUT /api/v1/units/communes/{commune}":
		return []string{`{"name":"Mô phỏng","type":"xã","lat":22,"lon":104}`}
	case "POST /api/v1/units/communes/{commune}/charge":
		return w.each(`{"from":"` + unitDay + `","office":"{office}"}`)
	case "POST /api/v1/units/communes/{commune}/merger":
		return w.each(`{"from":"2099-01-02","into":"{commune}"}`)
	case "PUT /api/v1/indicators/{indicator}":
		return []string{`{"note":{"vi":"Mô phỏng"}}`}
	case "POST /api/v1/campaigns/{campaign}/talk":
		return w.each(`{"id":"{id}","at":{"figure":"enrolments","office":"{office}"},"text":"{inner}"}`)
	case "PUT /api/v1/campaigns/{campaign}/talk/threads/{thread}/read", "POST /api/v1/campaigns/{campaign}/talk/threads/{thread}/settled":
		return []string{`{"n":2}`}
	case "POST /api/v1/table":
		return []string{`{"headings":["a"],"rows":[["Mô phỏng",1]]}`}
	case "PUT /api/v1/campaigns/{campaign}/arithmetic":
		return []string{`{"reach":60,"per_session":20,"session_minutes":120,"day_minutes":480,"speed":30,"winding":160,"weekdays":6,"team_day":900000,"kilometre":4000}`}
	case "PUT /api/v1/campaigns/{campaign}/league", "POST /api/v1/campaigns/{campaign}/league/preview":
		return []string{`{"weights":{"enrolments":3,"donations.hi_card":1},"per":"people","min_sessions":0,"min_own_sessions":0,"ties":["enrolments"],"hold_flagged":true}`}
	case "POST /api/v1/campaigns/{campaign}/league/flags":
		return w.each(`{"office":"{office}","day":"2025-11-05","indicator":"enrolments","value":1,"pass":true}`)
	case "POST /api/v1/people":
		return w.each(`{"name":"Mô phỏng Thêm {id}","commune":"{commune}","village":"{inner}"}`)
	case "POST /api/v1/session/passkey/finish":
		return []string{`{"id":"guess","credential":{}}`}
	case "POST /api/v1/account/passkeys/finish":
		return []string{`{"id":"guess","name":"Mô phỏng","credential":{}}`}
	case "POST /api/v1/imports/people":
		return []string{"Họ và tên,Mã xã\nMô phỏng {id},001\n"}
	case "PUT /api/v1/imports/{import}/columns":
		return []string{`{"map":{"Ghi chú":""}}`}
	case "POST /api/v1/people/search":
		return []string{`{"q":"` + inner("a") + `"}`, `{"q":"` + citizenOf("qa") + `"}`}
	case "PUT /api/v1/people/{person}":
		return []string{`{"household":"{id}"}`}
	case "POST /api/v1/people/{person}/reveal":
		return []string{`{"purpose":"visit"}`}
	case "POST /api/v1/people/{person}/phone/proof":
		return []string{`{"reached":"Mô phỏng"}`, `{"code":"000000"}`}
	case "POST /api/v1/people/{person}/erase":
		return []string{`{"reason":"request"}`}
	case "POST /api/v1/people/{person}/consents":
		return []string{`{"purpose":"calls","text_version":"1","channel":"paper","proof":"Mô phỏng"}`}
	case "POST /api/v1/people/{person}/visits":
		return []string{`{"outcome":"not_home"}`}
	case "POST /api/v1/duplicates/{pair}":
		return []string{`{"same":true,"reason":"Mô phỏng"}`, `{"same":false}`}
	case "POST /api/v1/duplicates/{pair}/unmerge":
		return []string{`{"reason":"Mô phỏng"}`}
	case "POST /api/v1/assignments":
		return w.each(`{"commune":"{commune}","villages":["{inner}"],"to":"campaigner-{office}"}`)
	case "POST /api/v1/assignments/balance":
		return w.each(`{"commune":"{commune}","to":["campaigner-{office}"],"apply":true}`)
	case "POST /api/v1/requests":
		return w.each(`{"person":"{person}","kind":"access"}`)
	case "POST /api/v1/requests/{request}":
		return []string{`{"state":"extended","reason":"complex"}`, `{"state":"answered"}`}
	case "POST /api/v1/sync/fates":
		return []string{`{"entries":["{id}"]}`}
	case "PATCH /api/v1/sync/attachments/{entry}/{digest}":
		return []string{picture}
	case "POST /api/v1/sync/rescue/picture":
		var out []string
		for _, p := range places {
			out = append(out, sealedPicture(w.t, w.rescueKey(), "campaigner-"+p.id, phoneID, w.pictured[p.id], picture))
		}
		return out
	case "POST /api/v1/sync/rescue":
		var out []string
		for _, p := range places {
			out = append(out, w.outbox(p.id))
		}
		return out
	case "POST /api/v1/sync/push", "POST /api/v1/sync/rehearse": // one's own and a colleague's
		var out []string
		for i, p := range places {
			for _, author := range []string{"campaigner-" + p.id, "{me}"} {
				for _, kind := range []string{
					`"kind":"closing","body":{"scope":"day","day":"2025-11-08"}`, `"kind":"closing","body":{"scope":"campaign"}`,
					fmt.Sprintf(`"kind":"consultation","commune":"00%d","person":{"name":"%s"},"body":{"topics":["hi"]}`, i+1, inner(p.id)),
				} {
					out = append(out, fmt.Sprintf(`{"device":"d","entries":[{"id":"{id}","v":1,"campaign":"c%s","office":"%s","author":"%s","device":"d","seq":1,"device_time":"2025-11-09T09:00:00+07:00",%s}]}`,
						provinceOf(p.id), p.id, author, kind))
				}
			}
		}
		return out
	}
	return nil
}

// outbox is what the phone of an office's campaigner could not push, sealed.
func (w *world) outbox(office string) string {
	entry := journal.Entry{
		ID: journal.NewID(), Version: 1, Kind: "consultation", Campaign: "c" + provinceOf(office), Office: office, Commune: communeOf(office),
		Author: "campaigner-" + office, Device: phoneID, Seq: 20, DeviceTime: now.Add(-time.Hour),
		Person: &journal.Person{Name: inner(office)}, Body: []byte(`{"topics":["hi"]}`),
	}
	return sealedOutbox(w.t, w.rescueKey(), entry.Author, phoneID, entry)
}

func (w *world) rescueKey() (key *ecdh.PublicKey) {
	err := w.store.View(context.Background(), func(tx store.Tx) error {
		key = tx.RescueKey().PublicKey()
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

// unitDay is one on which units change: so late that nobody sees less or more
// today.
const unitDay = "2099-01-01"

// plannedAt is an activity of an office.
const plannedAt = `{"kind":"small_group","office":"{office}","commune":"{commune}","place":"Mô phỏng","start":"2025-11-09T08:00:00+07:00","end":"2025-11-09T10:00:00+07:00"}`

// each fills a body for every office.
func (w *world) each(form string) (out []string) {
	for _, p := range places {
		out = append(out, strings.NewReplacer("{commune}", communeOf(p.id), "{office}", p.id, "{inner}", inner(p.id), "{person}", w.person[p.id], "{activity}", w.activity[p.id], "{outside}", w.outside[p.id]).Replace(form))
	}
	return out
}

// call is one case.
type call struct {
	rule   web.Rule
	viewer *viewer
	path   string  // with the values of its parameters
	bare   string  // with a dot for each path parameter that is an object
	object *value  // the last path parameter
	asked  []value // query parameters
	body   string
	form   string // the body before it was filled
	lang   string
}

// fill puts the caller and a new id into a body.
func fill(body string, v *viewer) string {
	return strings.NewReplacer("{me}", v.user.ID, "{id}", journal.NewID().String()).Replace(body)
}

// ofOthers are parameters that name no object of an office: they belong to the
// object in the path, or to the caller.
var ofOthers = []string{"device", "digest", "message", "day", "indicator"}

// pairs gives every two values of different lists together at least once: the
// two longest lists whole, the others in turn.
func pairs(lists [][]value) (out [][]value) {
	order := make([]int, len(lists)) // the longest first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(lists[b]) - len(lists[a]) })
	longest := func(n int) int {
		if n < len(lists) {
			return len(lists[order[n]])
		}
		return 1
	}
	for a := range longest(0) {
		for b := range longest(1) {
			row := make([]value, len(lists))
			for n, i := range order {
				at := a + (n-1)*b
				if n < 2 {
					at = [...]int{a, b}[n]
				}
				row[i] = lists[i][at%len(lists[i])]
			}
			out = append(out, row)
		}
	}
	return out
}

// calls generates the cases of a route.
func (w *world) calls(rule web.Rule, op *huma.Operation, lang string, f func(call)) {
	type made struct {
		path, bare string
		object     *value
		asked      []value
	}
	all := []made{{path: rule.Path, bare: rule.Path}}
	var names []string
	var asked [][]value
	for _, p := range op.Parameters {
		name := p.Name
		if p.In == "query" {
			name = "?" + name
		}
		if p.In != "path" && p.In != "query" {
			continue
		}
		values := w.values(name)
		if values == nil {
			w.t.Errorf("%s %s: nobody provides values for the parameter %s; say in world.values whose objects they are", rule.Method, rule.Path, name)
			return
		}
		if p.In == "query" {
			names, asked = append(names, p.Name), append(asked, values)
			continue
		}
		var next []made
		for _, m := range all {
			for _, v := range values {
				n := m
				n.path = strings.Replace(n.path, "{"+p.Name+"}", v.text, 1)
				if slices.Contains(ofOthers, p.Name) {
					n.bare = strings.Replace(n.bare, "{"+p.Name+"}", v.text, 1)
				} else {
					n.bare = strings.Replace(n.bare, "{"+p.Name+"}", "·", 1)
					n.object = &v
					if m.object != nil && m.object.office == "" {
						n.object = m.object
					}
				}
				next = append(next, n)
			}
		}
		all = next
	}
	var next []made
	for _, m := range all {
		for _, values := range pairs(asked) {
			n := m
			sep := "?"
			for i, v := range values {
				if v.text != "" {
					n.asked = append(n.asked, v)
					n.path += sep + names[i] + "=" + v.text
					n.bare += sep + names[i] + "=" + v.text
					sep = "&"
				}
			}
			next = append(next, n)
		}
	}
	all = next
	bodies := []string{""}
	if op.RequestBody != nil {
		if bodies = w.bodies(rule); bodies == nil {
			w.t.Errorf("%s %s: nobody provides a body for it; say one in world.bodies", rule.Method, rule.Path)
			return
		}
	}
	for _, m := range all {
		for _, body := range bodies {
			for _, v := range w.viewers {
				if w.by(v) {
					f(call{rule, v, m.path, m.bare, m.object, m.asked, fill(body, v), body, lang})
				}
			}
		}
	}
}
