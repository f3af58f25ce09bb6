package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	_ "unsafe" // for linkname

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/policy/national"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/vault"
	"caunoi/web"
)

// The sweep calls every route as every role in every office with objects of
// every office. It is generated from the routes: one whose parameters nobody
// here provides fails it. What may be seen where is said here anew, by the
// tree of offices, and not by package access, so that a hole there shows.

// places of the sweep: two provinces, offices beside and below each other.
var places = []struct{ id, parent string }{
	{"p", ""}, {"a", "p"}, {"a1", "a"}, {"b", "p"}, {"q", ""}, {"qa", "q"},
}

func parentOf(office string) string {
	for _, p := range places {
		if p.id == office {
			return p.parent
		}
	}
	return ""
}

func provinceOf(office string) string {
	for parentOf(office) != "" {
		office = parentOf(office)
	}
	return office
}

// viewer is a user with a way to call.
type viewer struct {
	user   access.User
	device bool
	token  string
	// kind: "" for a working session; "none", "disabled", "ended", "forged".
	kind string
}

// sees says whether what only an office itself may see is for the viewer.
func (v *viewer) sees(office string) bool {
	switch v.user.Role {
	case access.Administrator:
		return true
	case access.Campaigner, access.PartnerAgent:
		return office == v.user.Office
	}
	for o := office; o != ""; o = parentOf(o) {
		if o == v.user.Office {
			return true
		}
	}
	return false
}

// knows says whether what a whole province may see is for the viewer.
func (v *viewer) knows(office string) bool {
	return v.user.Role == access.Administrator || provinceOf(office) == provinceOf(v.user.Office)
}

// holders says which roles hold each right somewhere. Every right that a route
// asks for stands here.
var holders = map[access.Right][]access.Role{
	access.ViewBoard:     access.Roles,
	access.Contact:       access.Roles,
	access.ViewEntries:   access.Roles,
	access.Push:          {access.Campaigner, access.PartnerAgent, access.Lead, access.Province, access.Administrator},
	access.Bring:         {access.Lead, access.Province, access.Administrator},
	access.CloseDay:      {access.Lead, access.Province},
	access.CloseCampaign: {access.Province},
	access.ManageUsers:   {access.Lead, access.Province, access.Administrator},
	access.Import:        {access.Administrator},
	access.ViewAudit:     {access.Auditor, access.Province, access.Administrator},
	access.SetPolicy:     {access.Province, access.Administrator},
	access.Approve:       {access.Lead, access.Province},
	access.ViewPeople:    {access.Campaigner, access.PartnerAgent, access.Lead, access.Province},
	access.Reveal:        {access.Campaigner, access.PartnerAgent, access.Lead, access.Province},
	access.Assign:        {access.Lead, access.Province},
	access.Privacy:       {access.Lead, access.Province, access.Administrator},
	access.EditPeople:    {access.Lead, access.Province},
	access.ImportPeople:  {access.Lead, access.Province, access.Administrator},
	access.JoinPersons:   {access.Lead, access.Province},
}

func (v *viewer) holds(right access.Right) bool { return slices.Contains(holders[right], v.user.Role) }

// The canaries of an office: inner ones name people; open ones are known in
// the whole province.
func inner(office string) string { return "zqinner" + office + "qz" }
func open_(office string) string { return "zqopen" + office + "qz" }

var canary = regexp.MustCompile(`(?i)zq(inner|open)([a-z0-9]+?)qz`)

// citizenOf is the citizen number of an office's person.
func citizenOf(office string) string {
	return fmt.Sprintf("0970%08d", 55500000+slices.IndexFunc(places, func(p struct{ id, parent string }) bool { return p.id == office }))
}

// world is a server with data of all offices.
type world struct {
	t       testing.TB
	store   store.Store
	server  *web.Server
	handler http.Handler
	intake  *fieldsync.Intake
	log     bytes.Buffer
	viewers []*viewer
	entry   map[string]string // an entry of each office
	request map[string]string // what waits for approval in each office
	// person, consent, asked and pair are of people of each office.
	person, consent, asked, pair map[string]string
	cases                        int
	leaks                        []string
}

func newWorld(t testing.TB) *world {
	w := &world{
		t: t, entry: map[string]string{}, request: map[string]string{},
		person: map[string]string{}, consent: map[string]string{}, asked: map[string]string{}, pair: map[string]string{},
	}
	s, err := sqlite.Open(t.Context(), t.TempDir(), vault.New())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.store = s
	in := fieldsync.NewIntake(s, outreach.Schema(), func() time.Time { return now })
	var items []campaign.Item
	for i, p := range places {
		kind := campaign.GrassRoots
		if p.parent == "" {
			kind = campaign.Province
			items = append(items, campaign.Item{Campaign: &campaign.Campaign{
				ID: "c" + p.id, Kind: campaign.Festival, Name: campaign.Name{"vi": open_(p.id)}, Province: p.id,
				Start: "2025-11-01", End: "2025-11-10", Synthetic: true,
			}})
		}
		items = append(items,
			campaign.Item{Office: &campaign.Office{ID: p.id, Parent: p.parent, Kind: kind, Name: open_(p.id)}},
			campaign.Item{Commune: &campaign.Commune{Code: fmt.Sprintf("00%d", i+1), Name: open_(p.id), Type: "xã", Office: p.id, Lat: 22, Lon: 104}},
			campaign.Item{Campaigner: &campaign.Campaigner{ID: "campaigner-" + p.id, Name: open_(p.id), Office: p.id}})
	}
	if err := in.PutPlan(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	w.server = web.New(web.Config{
		Policy:    national.Parameters(),
		PublicURL: "http://localhost:8080", Store: s, Intake: in, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Desk: fstest.MapFS{"index.html": {Data: []byte("<title>Caunoi</title>")}},
	})
	t.Cleanup(w.server.Stop)
	w.handler, w.intake = w.server.Handler(), in
	w.people(in)
	for _, p := range places {
		for _, role := range access.Roles {
			u := access.User{ID: string(role) + "-" + p.id, Name: inner(p.id), Role: role, Office: p.id}
			w.viewers = append(w.viewers, &viewer{user: u}, &viewer{user: u, device: true})
		}
	}
	u := access.User{ID: "lead-off", Name: inner("p"), Role: access.Lead, Office: "p"}
	w.viewers = append(w.viewers, &viewer{kind: "none"}, &viewer{kind: "forged", token: "forged"}, &viewer{kind: "disabled", user: u}, &viewer{kind: "disabled", user: u, device: true},
		&viewer{kind: "ended", user: access.User{ID: "lead-ended", Name: inner("p"), Role: access.Lead, Office: "p"}})
	w.settle()
	for _, p := range places {
		w.enroll(p.id)
		w.apart(p.id)
	}
	w.ask()
	return w
}

// people brings a person and an activity of each office, with canaries.
func (w *world) people(in *fieldsync.Intake) {
	var file bytes.Buffer
	for i, p := range places {
		for j, e := range []journal.Entry{
			{Kind: "consultation", Person: &journal.Person{Citizen: citizenOf(p.id), Name: inner(p.id) + " " + inner(p.id), Village: inner(p.id)}, Body: []byte(`{"topics":["hi"],"note":"` + inner(p.id) + `"}`)},
			{Kind: "activity_planned", Body: []byte(`{"activity_kind":"small_group","place":"` + open_(p.id) + `","start":"2025-11-05T08:00:00+07:00","end":"2025-11-05T10:00:00+07:00"}`)},
		} {
			e.ID, e.Version, e.Campaign, e.Office, e.Commune = journal.NewID(), 1, "c"+provinceOf(p.id), p.id, fmt.Sprintf("00%d", i+1)
			e.Author, e.Device, e.Seq, e.DeviceTime = "campaigner-"+p.id, "device-"+p.id, int64(j+1), now.Add(-time.Hour)
			line, err := journal.EncodeLine(&journal.Stored{Entry: e, Received: journal.Receipt{At: now, By: e.Author}})
			if err != nil {
				w.t.Fatal(err)
			}
			file.Write(append(line, '\n'))
			if j == 0 {
				w.entry[p.id] = e.ID.String()
			}
		}
	}
	err := in.ImportEntries(context.Background(), &file, "terminal", func(o fieldsync.LineOutcome) {
		if o.Refusal != nil {
			w.t.Fatal(o.Refusal)
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// settle puts the users as they were and signs everybody in who is not.
func (w *world) settle() {
	err := w.store.Update(context.Background(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		for _, v := range w.viewers {
			if v.user.ID == "" {
				continue
			}
			if err := tx.PutUser(v.user); err != nil {
				return err
			}
			if v.token != "" {
				if a, err := (access.Config{}).Authenticate(tx, v.token, now); err == nil && (!v.device || a.State == access.InUse) || v.kind != "" {
					continue
				}
			}
			if err := w.signIn(tx, plan, v); err != nil {
				return err
			}
		}
		for _, v := range w.viewers {
			if v.kind == "disabled" {
				u := v.user
				u.Disabled = true
				if err := tx.PutUser(u); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) signIn(tx store.Tx, plan *campaign.Plan, v *viewer) error {
	link, _, err := (access.Config{}).NewLink(tx, access.Terminal(), plan, v.user.ID, now)
	if err != nil {
		return err
	}
	in, err := (access.Config{}).SignIn(tx, link, now)
	if v.device && err == nil {
		in, err = (access.Config{}).AddPhone(tx, in.Actor, phoneID, now)
	}
	v.token = in.Token
	if v.kind == "ended" && err == nil {
		err = access.SignOut(tx, in.Actor, now)
	}
	return err
}

// ask opens a request for approval in every office that has none waiting.
func (w *world) ask() {
	err := w.store.Update(context.Background(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		for _, p := range places {
			role := map[bool]access.Role{true: access.Province, false: access.Lead}[p.parent == ""]
			by := access.Actor{User: access.User{ID: "asker-" + p.id, Name: inner(p.id), Role: role, Office: p.id}}
			if err := tx.PutUser(by.User); err != nil {
				return err
			}
			entry := fmt.Sprintf(`{"id":"%s","kind":"reopening","v":1,"campaign":"c%s","office":"%s","author":"%s","device":"d","seq":1,"device_time":"2025-11-09T09:00:00+07:00","body":{"scope":"day","day":"2025-11-08","reason":"%s"}}`,
				journal.NewID(), provinceOf(p.id), p.id, by.ID, inner(p.id))
			r, err := approval.Ask(tx, plan, now, by, approval.ReopenDay, p.id, "entry:"+w.entry[p.id], []byte(`{"note":"`+inner(p.id)+`"}`), []byte(entry))
			if err != nil {
				return err
			}
			w.request[p.id] = r.ID
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// phoneID is that of every phone here.
const phoneID = "phone"

// apart brings an entry with canaries from an office's phone as if it were
// lost, so that it is kept apart.
func (w *world) apart(office string) {
	i := slices.IndexFunc(w.viewers, func(v *viewer) bool { return v.user.ID == "campaigner-"+office && v.device })
	entry := fmt.Sprintf(`{"id":"%s","v":1,"kind":"consultation","campaign":"c%s","office":"%s","commune":"%s","author":"%s","device":"%s","seq":9,"device_time":"2025-11-09T09:00:00+07:00","person":{"name":"%s","citizen":"%s"},"body":{"topics":["hi"]}}`,
		journal.NewID(), provinceOf(office), office, communeOf(office), w.viewers[i].user.ID, phoneID, inner(office), citizenOf(office))
	ctx := context.Background()
	plan, err := w.intake.Plan(ctx)
	if err == nil {
		actor := access.Actor{User: w.viewers[i].user, Device: phoneID, State: access.Lost}
		var out []journal.Outcome
		if out, err = w.intake.Push(ctx, actor, plan, fieldsync.Batch{Entries: []jsontext.Value{jsontext.Value(entry)}}); err == nil && out[0].Status != journal.Quarantined {
			err = fmt.Errorf("%+v", out[0])
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// officer is who may do all to people of an office.
func officer(office string) access.Actor {
	role := access.Lead
	if parentOf(office) == "" {
		role = access.Province
	}
	return access.Actor{User: access.User{ID: "asker-" + office, Role: role, Office: office}}
}

// communeOf is the commune of an office.
func communeOf(office string) string {
	return fmt.Sprintf("00%d", 1+slices.IndexFunc(places, func(p struct{ id, parent string }) bool { return p.id == office }))
}

// enroll puts people of an office into the registry: one who agreed to be
// called and asks for the data, and two who may be one.
func (w *world) enroll(office string) {
	by, registry := officer(office), people.Registry{Schema: outreach.Schema(), Now: func() time.Time { return now }}
	err := w.store.Update(context.Background(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		row := people.Record{Commune: communeOf(office), Village: inner(office), Household: inner(office), Sex: "f", BirthYear: 1990}
		row.Personal = people.Personal{Name: "Mô phỏng " + inner(office), Citizen: citizenOf(office), Phone: "0900000000", Address: inner(office), Bank: inner(office)}
		o, err := registry.Add(tx, plan, by, row)
		if err != nil {
			return err
		}
		if o.Refusal != nil {
			return o.Refusal
		}
		w.person[office] = o.ID.String()
		consent, err := registry.Agree(tx, plan, by, people.Consent{Person: o.ID, Purpose: people.Outreach, TextVersion: "1", Channel: "paper", Proof: inner(office)})
		if err != nil {
			return err
		}
		w.consent[office] = consent.ID.String()
		q, err := registry.Ask(tx, plan, by, o.ID, "access", false)
		if err != nil {
			return err
		}
		w.asked[office] = q.ID.String()
		for _, house := range []string{"1", "2"} { // nothing but a human tells them from one another
			twin := people.Record{Commune: row.Commune, Village: inner(office), Household: house, Sex: "m"}
			twin.Personal = people.Personal{Name: "Mô phỏng Đôi " + inner(office), Birth: "1980-01-02"}
			if _, err := registry.Add(tx, plan, by, twin); err != nil {
				return err
			}
		}
		pairs, err := registry.Pairs(tx, plan, by, people.OpenPair)
		for _, p := range pairs {
			if p.OfficeA == office && p.OfficeB == office {
				w.pair[office] = p.ID.String()
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// send sends a list as the one who answers for an office, and waits until it
// was read.
func (w *world) send(office string) string {
	i := slices.IndexFunc(w.viewers, func(v *viewer) bool { return v.user.ID == "lead-"+office && !v.device })
	rule := web.Rule{Method: "POST", Path: "/api/v1/imports/people"}
	body := "Họ và tên,Mã xã,Thôn\nMô phỏng " + inner(office) + "," + communeOf(office) + "," + inner(office) + "\n" + inner(office) + ",999\n"
	var out struct{ ID string }
	res := w.do(call{rule: rule, viewer: w.viewers[i], path: rule.Path, body: body, lang: "en"})
	if err := json.Unmarshal(res.Body.Bytes(), &out); err != nil || out.ID == "" {
		w.t.Fatalf("send a list: %d %s", res.Code, res.Body)
	}
	w.server.Settle()
	return out.ID
}

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
		return []value{{"cp", "p", true}, {"cq", "q", true}, {"missing", "", false}}
	case "entry":
		each(false, func(o string) string { return w.entry[o] })
		return append(out, value{"019a6c22-a080-7000-8000-00000000dead", "", false})
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
	case "?indicator":
		return []value{{text: "people_reached"}, {text: "consultations"}, {text: "activities_held"}}
	case "?state":
		return []value{{text: "waiting"}, {text: "approved"}, {}}
	case "?act":
		return []value{{text: "access.denied"}, {}}
	case "?lang":
		return []value{{text: "vi"}, {text: "en"}}
	case "?day", "?from", "?to", "?at", "?as_of", "?cursor", "?limit", "?reason", "?late", "?closed", "?dim", "?scope", "?format", "?stage", "?scheme", "?kind", "?elsewhere":
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
	case "POST /api/v1/sync/rescue":
		var out []string
		for _, p := range places {
			out = append(out, w.outbox(p.id))
		}
		return out
	case "POST /api/v1/sync/push": // one's own and a colleague's
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
func (w *world) outbox(office string) (body string) {
	entry := journal.Entry{
		ID: journal.NewID(), Version: 1, Kind: "consultation", Campaign: "c" + provinceOf(office), Office: office, Commune: communeOf(office),
		Author: "campaigner-" + office, Device: phoneID, Seq: 20, DeviceTime: now.Add(-time.Hour),
		Person: &journal.Person{Name: inner(office)}, Body: []byte(`{"topics":["hi"]}`),
	}
	err := w.store.View(context.Background(), func(tx store.Tx) error {
		body = sealedOutbox(w.t, tx.RescueKey().PublicKey(), entry.Author, phoneID, entry)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return body
}

// each fills a body for every office.
func (w *world) each(form string) (out []string) {
	for _, p := range places {
		out = append(out, strings.NewReplacer("{commune}", communeOf(p.id), "{office}", p.id, "{inner}", inner(p.id), "{person}", w.person[p.id]).Replace(form))
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

// calls generates the cases of a route.
func (w *world) calls(rule web.Rule, op *huma.Operation, lang string, f func(call)) {
	type made struct {
		path, bare string
		object     *value
		asked      []value
	}
	all := []made{{path: rule.Path, bare: rule.Path}}
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
		var next []made
		for _, m := range all {
			for _, v := range values {
				n := m
				switch {
				case p.In == "path" && p.Name == "device": // it is that of the user in the path, or of the caller
					n.path = strings.Replace(n.path, "{device}", v.text, 1)
					n.bare = n.path
				case p.In == "path":
					n.path = strings.Replace(n.path, "{"+p.Name+"}", v.text, 1)
					n.bare = strings.Replace(n.bare, "{"+p.Name+"}", "·", 1)
					n.object = &v
					if m.object != nil && m.object.office == "" {
						n.object = m.object
					}
				case v.text != "":
					n.asked = append(slices.Clone(n.asked), v)
					sep := "?"
					if strings.Contains(n.path, "?") {
						sep = "&"
					}
					n.path += sep + p.Name + "=" + v.text
					n.bare += sep + p.Name + "=" + v.text
				}
				next = append(next, n)
			}
		}
		all = next
	}
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
				f(call{rule, v, m.path, m.bare, m.object, m.asked, fill(body, v), body, lang})
			}
		}
	}
}

// do calls the handler in this process. A stream is left after its first
// event.
func (w *world) do(c call) *httptest.ResponseRecorder {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req := httptest.NewRequestWithContext(ctx, c.rule.Method, strings.ReplaceAll(c.path, " ", "%20"), strings.NewReader(c.body))
	req.Header.Set("Accept-Language", c.lang)
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.viewer.token != "" && c.viewer.device {
		req.Header.Set("Authorization", "Bearer "+c.viewer.token)
	} else if c.viewer.token != "" {
		req.AddCookie(&http.Cookie{Name: "caunoi_session", Value: c.viewer.token})
	}
	res := httptest.NewRecorder()
	var out http.ResponseWriter = res
	if strings.HasSuffix(c.rule.Path, "/stream") {
		out = &firstEvent{res, cancel}
	}
	w.handler.ServeHTTP(out, req)
	return res
}

// firstEvent ends the request when the first event was written.
type firstEvent struct {
	*httptest.ResponseRecorder
	leave func()
}

func (f *firstEvent) Flush() { f.leave() }

func (w *world) leak(c call, res *httptest.ResponseRecorder, format string, args ...any) {
	who := c.viewer.kind
	if who == "" {
		who = fmt.Sprintf("%s of %s, device %v", c.viewer.user.Role, c.viewer.user.Office, c.viewer.device)
	}
	w.leaks = append(w.leaks, fmt.Sprintf("%s %s (%s) as %s: %d: %s", c.rule.Method, c.path, c.lang, who, res.Code, fmt.Sprintf(format, args...)))
}

// reads says that a route changes nothing.
func reads(r web.Rule) bool { return r.Method == "GET" || strings.HasSuffix(r.Path, "/search") }

// check looks for what must not be in an answer.
func (w *world) check(c call, res *httptest.ResponseRecorder, missing map[string]string) {
	w.cases++
	done := res.Code < 300
	if res.Code >= 500 {
		w.leak(c, res, "the server failed: %s", res.Body)
	}
	if c.viewer.kind != "" && c.rule.Right != "" && done {
		w.leak(c, res, "a session that does not hold was answered")
	}
	if done && c.rule.Right != "" && c.viewer.kind == "" && !c.viewer.holds(c.rule.Right) {
		w.leak(c, res, "it was answered to a role that does not hold %s", c.rule.Right)
	}
	for _, o := range c.asked {
		if done && !reads(c.rule) && !(o.office != "" && (c.viewer.sees(o.office) || o.open && c.viewer.knows(o.office))) {
			w.leak(c, res, "it was done to %s", o.text)
		}
	}
	var text bytes.Buffer
	_ = res.Header().Write(&text)
	text.Write(unzipped(w.t, res))
	for _, m := range canary.FindAllStringSubmatch(text.String(), -1) {
		kind, office := strings.ToLower(m[1]), strings.ToLower(m[2])
		working := c.viewer.kind == ""
		if !working || kind == "inner" && !c.viewer.sees(office) || kind == "open" && !c.viewer.knows(office) {
			w.leak(c, res, "it holds %s", m[0])
			break
		}
	}
	for _, p := range places {
		clear := strings.HasSuffix(c.rule.Path, "/reveal") || strings.HasSuffix(c.rule.Path, "/people/{person}/export")
		if bytes.Contains(text.Bytes(), []byte(citizenOf(p.id))) && !(clear && c.viewer.sees(p.id)) {
			w.leak(c, res, "it holds a whole citizen number")
		}
	}
	if done && c.rule.Path != "/api/v1/sync/push" && !reads(c.rule) {
		for _, p := range places {
			named := strings.Contains(c.body, `"office":"`+p.id+`"`) || strings.Contains(c.body, `"`+communeOf(p.id)+`"`) || w.person[p.id] != "" && strings.Contains(c.body, w.person[p.id])
			if named && !c.viewer.sees(p.id) {
				w.leak(c, res, "it was done in %s", p.id)
			}
		}
	}
	if c.rule.Path == "/api/v1/sync/push" && done {
		w.checkPush(c, res)
	}
	if c.rule.Path == "/api/v1/sync/rescue" && done {
		if m := rescued.FindStringSubmatch(c.body); m[1] != c.viewer.user.ID && !(c.viewer.holds(access.Bring) && c.viewer.sees(m[2])) {
			w.leak(c, res, "the outbox of %s was taken", m[1])
		}
	}
	if o := c.object; o != nil {
		shown := o.office != "" && (c.viewer.sees(o.office) || o.open && c.viewer.knows(o.office))
		if done && !shown {
			w.leak(c, res, "an object that is not for the caller was answered")
		}
		w.checkHidden(c, res, shown, missing)
	}
}

// rescued finds whose outbox it is, and of which office.
var rescued = regexp.MustCompile(`"worker":"(campaigner-([a-z0-9]+))"`)

// unzipped is the body of an answer, unpacked where it is a file in gzip.
func unzipped(t testing.TB, res *httptest.ResponseRecorder) []byte {
	if res.Header().Get("Content-Type") != "application/gzip" || res.Code >= 300 {
		return res.Body.Bytes()
	}
	z, err := gzip.NewReader(bytes.NewReader(res.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// checkHidden holds answers about foreign objects to those about missing ones.
func (w *world) checkHidden(c call, res *httptest.ResponseRecorder, shown bool, missing map[string]string) {
	if shown {
		return
	}
	body := res.Body.String()
	for _, part := range strings.Split(strings.SplitN(c.path, "?", 2)[0], "/") {
		if len(part) > 1 && !strings.Contains(c.rule.Path, "/"+part) {
			body = strings.ReplaceAll(body, `"`+part+`"`, "·")
			body = strings.ReplaceAll(body, part, "·")
		}
	}
	answer := fmt.Sprintf("%d %s", res.Code, body)
	key := fmt.Sprint(c.rule.Method, c.bare, c.form, c.lang, c.viewer.user.ID, c.viewer.device, c.viewer.kind)
	if had, ok := missing[key]; ok && had != answer {
		w.leak(c, res, "foreign and missing objects answer differently: %s and %s", had, answer)
	}
	missing[key] = answer
}

// checkPush: nothing is taken into an office of another province, nor the
// closing of somebody else's office.
func (w *world) checkPush(c call, res *httptest.ResponseRecorder) {
	var sent struct {
		Entries []struct {
			Kind, Office, Author string
			Body                 struct{ Scope string }
		}
	}
	var got struct{ Results []struct{ Status string } }
	if json.Unmarshal([]byte(c.body), &sent) != nil || json.Unmarshal(res.Body.Bytes(), &got) != nil || len(got.Results) != 1 {
		w.leak(c, res, "no answer to a push: %s", res.Body)
		return
	}
	e := sent.Entries[0]
	taken := got.Results[0].Status != "refused"
	for right, needed := range map[access.Right]bool{
		access.Push:          true,
		access.Bring:         e.Author != c.viewer.user.ID,
		access.CloseDay:      e.Body.Scope == "day",
		access.CloseCampaign: e.Body.Scope == "campaign",
	} {
		reaches := c.viewer.sees(e.Office) || right == access.Push && c.viewer.knows(e.Office)
		if taken && needed && !(c.viewer.holds(right) && reaches) {
			w.leak(c, res, "an entry was taken that takes %s in %s", right, e.Office)
		}
	}
}

// sweep runs the cases in a language until enough says so; those of one right
// come first.
func (w *world) sweep(lang string, first access.Right, enough func() bool) {
	operations := map[string]*huma.Operation{}
	for path, item := range w.server.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete, "PATCH": item.Patch} {
			if op != nil {
				operations[method+" "+path] = op
			}
		}
	}
	missing, recorded, answered, gone := map[string]string{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	rules := slices.Clone(w.server.Rules())
	late := func(r web.Rule) int {
		switch {
		case first != "" && r.Right == first:
			return -100 - strings.Count(r.Path, "{") // one object before lists
		case strings.HasSuffix(r.Path, "/erase"):
			return 1 // after all that needs whom it erases
		case strings.Contains(r.Path, "/audit"):
			return -1 // all of the audit is read while it is short
		}
		return 0
	}
	slices.SortStableFunc(rules, func(a, b web.Rule) int { return late(a) - late(b) })
	for _, rule := range rules {
		op := operations[rule.Method+" "+rule.Path]
		if rule.Right != "" && holders[rule.Right] == nil {
			w.t.Errorf("%s %s: say in holders which roles hold %s", rule.Method, rule.Path, rule.Right)
		}
		if op == nil {
			w.t.Errorf("%s %s is not described", rule.Method, rule.Path)
			continue
		}
		delete(operations, rule.Method+" "+rule.Path)
		w.calls(rule, op, lang, func(c call) {
			if enough() {
				return
			}
			before := int64(-1)
			if recorded[rule.Path] < 50 && rule.Act != "" && rule.Path != "/api/v1/sync/push" { // what is pushed is its own record
				before = w.recorded()
			}
			res := w.do(c)
			if c.viewer.kind == "" && ended.MatchString(res.Body.String()) { // by an earlier case
				w.settle()
				res = w.do(c)
			}
			w.check(c, res, missing)
			if res.Code < 300 {
				answered[rule.Method+" "+rule.Path] = true
			}
			if before >= 0 && res.Code < 300 {
				recorded[rule.Path]++
				if again := c.rule.Method == "DELETE" && gone[c.path]; w.recorded() == before && !again { // what is gone goes no more
					w.leak(c, res, "it left nothing in the audit")
				}
			}
			if rule.Method != "GET" && res.Code < 300 {
				gone[c.path] = true
				w.restore(c)
			}
		})
	}
	for _, rule := range rules {
		if name := rule.Method + " " + rule.Path; !answered[name] && !enough() && !unanswered[name] {
			w.t.Errorf("%s was never answered: its body in world.bodies does not do", name)
		}
	}
	for name := range operations {
		w.t.Errorf("%s has no rule: it was not added by register", name)
	}
}

// unanswered are the routes whose secrets the sweep does not know.
var unanswered = map[string]bool{
	"POST /api/v1/session/passkey/finish": true, "POST /api/v1/account/passkeys/finish": true, "DELETE /api/v1/account/passkeys/{passkey}": true,
	"GET /api/v1/session/oidc": true, "GET /api/v1/session/oidc/callback": true,
	"POST /api/v1/devices": true, "POST /api/v1/session/stepup": true, "POST /api/v1/session/stepup/passkey": true,
	"POST /api/v1/session": true, "POST /api/v1/session/password": true, "PUT /api/v1/account/password": true,
}

// ended tells that a session does not hold, of somebody who is known.
var ended = regexp.MustCompile(`"code":"(session\.(unknown|ended|expired)|device\.revoked|user\.disabled)"`)

// recorded is how many events there are.
func (w *world) recorded() (seq int64) {
	err := w.store.View(context.Background(), func(tx store.Tx) error {
		head, err := audit.Head(tx)
		seq = head.Seq
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return seq
}

// restore undoes what a case did to users and requests.
func (w *world) restore(c call) {
	if strings.Contains(c.rule.Path, "{user}") || strings.Contains(c.rule.Path, "/device") {
		w.settle()
	}
	if strings.HasSuffix(c.rule.Path, "/quarantine") && c.object != nil {
		w.apart(c.object.office)
	}
	if strings.HasSuffix(c.rule.Path, "/erase") && c.object != nil {
		w.enroll(c.object.office)
	}
	if strings.Contains(c.rule.Path, "/approvals/") {
		// What was decided is open again, under its id.
		err := w.store.Update(context.Background(), func(tx store.Tx) error {
			for _, id := range w.request {
				row, err := tx.Approval(id)
				if err != nil {
					return err
				}
				row.State, row.DecidedBy, row.DecidedAt = approval.Waiting, "", time.Time{}
				if err := tx.PutApproval(row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// cases are how many the sweep must try.
const cases = 50_000

// TestSweep: no canary of another office in any answer, event, export or log.
func TestSweep(t *testing.T) {
	w := newWorld(t)
	// All cases, then again in other languages, up to the number wanted.
	w.sweep("vi", "", func() bool { return false })
	for _, lang := range []string{"en", "bn"} {
		w.sweep(lang, "", func() bool { return w.cases >= cases })
	}
	for i, leak := range w.leaks {
		if i == 40 {
			t.Errorf("and %d more", len(w.leaks)-i)
			break
		}
		t.Error(leak)
	}
	if w.cases < cases {
		t.Errorf("%d cases, want at least %d", w.cases, cases)
	}
	t.Logf("%d cases", w.cases)
	if m := canary.Find(w.log.Bytes()); m != nil {
		t.Errorf("the log holds %s", m)
	}
	err := w.store.View(t.Context(), func(tx store.Tx) error {
		_, faults, err := audit.Verify(tx)
		if len(faults) > 0 {
			t.Errorf("faults in the audit: %v", faults)
		}
		return errors.Join(err, audit.Each(tx, 0, func(r *audit.Row) error {
			if m := canary.FindString(fmt.Sprint(r)); m != "" && !strings.HasPrefix(r.Subject, "user:") {
				t.Errorf("event %d of the audit, %s, holds %s", r.Seq, r.Act, m)
			}
			return nil
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rights are those of package access, which this test alone reaches.
//
//go:linkname rights caunoi/access.rights
var rights map[access.Right]map[access.Role]int

// everywhere is the reach of a right that is checked no more.
const everywhere = 4

// TestSweepCanFail switches each check off, one at a time, and wants the sweep
// to report it.
func TestSweepCanFail(t *testing.T) {
	uses := map[access.Right]bool{}
	for _, r := range newWorld(t).server.Rules() {
		uses[r.Right] = true
	}
	// Those that push asks for.
	uses[access.Bring], uses[access.CloseDay], uses[access.CloseCampaign] = true, true, true
	delete(uses, "")
	delete(uses, access.Contact) // it tells a phone of itself alone
	for right := range uses {
		t.Run(string(right), func(t *testing.T) {
			w := newWorld(t)
			had := rights[right]
			rights[right] = map[access.Role]int{}
			for _, role := range access.Roles {
				rights[right][role] = everywhere
			}
			defer func() { rights[right] = had }()
			first := right
			if slices.Contains([]access.Right{access.Bring, access.CloseDay, access.CloseCampaign}, right) {
				first = access.Push
			}
			w.sweep("en", first, func() bool { return len(w.leaks) > 0 })
			if len(w.leaks) == 0 {
				t.Errorf("without the check of %s nothing leaks in %d cases", right, w.cases)
			} else {
				t.Log(w.leaks[0])
			}
		})
	}
}

// TestPhonesAtTheDoor: whatever its user may, a phone that is to be wiped is
// answered nothing but how it stands, and what became of what it brings.
func TestPhonesAtTheDoor(t *testing.T) {
	w := newWorld(t)
	operations := w.server.OpenAPI().Paths
	for _, state := range []access.DeviceState{access.Leaving, access.Lost} {
		var phones []*viewer
		for _, v := range w.viewers {
			if v.device && v.kind == "" {
				phones = append(phones, v)
				err := w.store.Update(t.Context(), func(tx store.Tx) error {
					d, err := tx.Device(v.user.ID, phoneID)
					if err != nil {
						return err
					}
					d.State = state
					return tx.PutDevice(d)
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		all, answered := w.viewers, 0
		w.viewers = phones
		for _, rule := range w.server.Rules() {
			if rule.Right == "" || strings.HasSuffix(rule.Path, "/wiped") || strings.Contains(rule.Path, "{import}") {
				continue
			}
			if strings.HasSuffix(rule.Path, "/rescue") { // whose outbox it is decides; see fieldsync
				continue
			}
			item := operations[rule.Path]
			op := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete}[rule.Method]
			open := rule.Right == access.Push || rule.Right == access.Contact
			n := 0
			w.calls(rule, op, "en", func(c call) {
				if n++; n > 200 {
					return
				}
				res := w.do(c)
				open := open && c.viewer.holds(rule.Right)
				switch done := res.Code < 300; {
				case done != open:
					t.Errorf("%s %s as %s, %s: %d %s", rule.Method, c.path, c.viewer.user.Role, state, res.Code, res.Body)
				case !open && rule.Right != access.Push && !strings.Contains(res.Body.String(), "device."+string(state)) && !strings.Contains(res.Body.String(), "request.invalid"):
					t.Errorf("%s %s: it is not told that it is %s: %s", rule.Method, c.path, state, res.Body)
				case done && rule.Right == access.Push && state == access.Lost && strings.Contains(res.Body.String(), "accepted"):
					t.Errorf("what a lost phone brought was taken: %s", res.Body)
				}
				answered++
			})
		}
		w.viewers = all
		if answered < 1000 {
			t.Errorf("%d calls, want more", answered)
		}
	}
}
