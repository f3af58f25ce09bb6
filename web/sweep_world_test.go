package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/attachment"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/policy/national"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/talk"
	"caunoi/tally"
	"caunoi/vault"
	"caunoi/web"
)

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
	access.ViewBoard:      access.Roles,
	access.Contact:        access.Roles,
	access.ViewEntries:    access.Roles,
	access.Push:           {access.Campaigner, access.PartnerAgent, access.Lead, access.Province, access.Administrator},
	access.Bring:          {access.Lead, access.Province, access.Administrator},
	access.CloseDay:       {access.Lead, access.Province},
	access.CloseCampaign:  {access.Province},
	access.ManageUsers:    {access.Lead, access.Province, access.Administrator},
	access.ManageUnits:    {access.Province, access.Administrator},
	access.Import:         {access.Administrator},
	access.ViewAudit:      {access.Auditor, access.Province, access.Administrator},
	access.SetPolicy:      {access.Province, access.Administrator},
	access.Approve:        {access.Lead, access.Province},
	access.ViewPeople:     {access.Campaigner, access.PartnerAgent, access.Lead, access.Province},
	access.Reveal:         {access.Campaigner, access.PartnerAgent, access.Lead, access.Province},
	access.Assign:         {access.Lead, access.Province},
	access.PlanActivities: {access.Lead, access.Province, access.Administrator},
	access.Privacy:        {access.Lead, access.Province, access.Administrator},
	access.EditPeople:     {access.Lead, access.Province},
	access.ImportPeople:   {access.Lead, access.Province, access.Administrator},
	access.JoinPersons:    {access.Lead, access.Province},
	access.ReadTalk:       {access.Lead, access.Auditor, access.Province},
	access.Talk:           {access.Lead, access.Province},
	access.AskBack:        {access.Lead, access.Province},
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
	t        testing.TB
	store    store.Store
	server   *web.Server
	handler  http.Handler
	intake   *fieldsync.Intake
	log      bytes.Buffer
	viewers  []*viewer
	by       func(*viewer) bool // whose calls are made
	entry    map[string]string  // an entry of each office
	outside  map[string]string  // of a day outside the campaign
	activity map[string]string  // planned by each office
	// pictured is one with a picture.
	pictured map[string]string
	request  map[string]string // what waits for approval in each office
	// person, consent, asked and pair are of people of each office.
	person, consent, asked, pair map[string]string
	// thread is what is said at a figure of each office; in each there is word,
	// by its lead.
	thread map[string]string
	word   string
	cases  int
	leaks  []string
}

func newWorld(t testing.TB) *world {
	w := &world{
		t: t, entry: map[string]string{}, activity: map[string]string{}, outside: map[string]string{}, pictured: map[string]string{}, request: map[string]string{},
		person: map[string]string{}, consent: map[string]string{}, asked: map[string]string{}, pair: map[string]string{},
		thread: map[string]string{}, word: journal.NewID().String(),
		by: func(*viewer) bool { return true },
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
			campaign.Item{Campaigner: &campaign.Campaigner{ID: "campaigner-" + p.id, Name: open_(p.id), Office: p.id}},
			campaign.Item{Campaigner: &campaign.Campaigner{ID: "lead-" + p.id, Name: open_(p.id), Office: p.id, Lead: true}})
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
		w.talk(p.id)
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
			{
				Kind: "card_donation", Person: &journal.Person{Citizen: citizenOf(p.id), Name: inner(p.id) + " " + inner(p.id), Village: inner(p.id)}, Body: []byte(`{"to":"poor"}`),
				Attachments: []journal.Attachment{{Digest: digestOf(picture), Bytes: len(picture), Type: "image/jpeg"}},
			},
			// For tomorrow, with somebody who goes.
			{Kind: "activity_planned", Body: []byte(`{"activity_kind":"small_group","place":"` + open_(p.id) + `","start":"2025-11-10T08:00:00+07:00","end":"2025-11-10T10:00:00+07:00","lead":"campaigner-` + p.id + `"}`)},
			{Kind: "activity_planned", Body: []byte(`{"activity_kind":"small_group","place":"` + open_(p.id) + `","start":"2025-11-05T08:00:00+07:00","end":"2025-11-05T10:00:00+07:00"}`)},
			// Of a day outside the campaign, which waits for somebody to look at it.
			{Kind: "consultation", HappenedAt: now.AddDate(0, -3, 0), Person: &journal.Person{Citizen: citizenOf(p.id), Name: inner(p.id) + " " + inner(p.id), Village: inner(p.id)}, Body: []byte(`{"topics":["hi"]}`)},
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
			if !e.HappenedAt.IsZero() {
				w.outside[p.id] = e.ID.String()
			}
			if e.Kind == "activity_planned" {
				w.activity[p.id] = e.ID.String()
			}
			if len(e.Attachments) > 0 {
				w.pictured[p.id] = e.ID.String()
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
	err = w.store.Update(context.Background(), func(tx store.Tx) error {
		for office, entry := range w.pictured {
			id, err := journal.ParseID(entry)
			if err == nil {
				_, err = attachment.Take(tx, "campaigner-"+office, id, digestOf(picture), 0, []byte(picture))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// picture begins as a JPEG does.
const picture = "\xff\xd8\xff\xe0 a receipt"

func digestOf(picture string) string {
	sum := sha256.Sum256([]byte(picture))
	return hex.EncodeToString(sum[:])
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

// talk says something at a figure of an office, as those who answer for it.
func (w *world) talk(office string) {
	say := func(by access.Actor, id string) error {
		return w.store.Update(context.Background(), func(tx store.Tx) error {
			plan, err := tx.Plan()
			if err != nil {
				return err
			}
			word, err := journal.ParseID(id)
			if err != nil {
				return err
			}
			table := &talk.Table{Tx: tx, Plan: plan, Campaign: plan.Campaigns["c"+provinceOf(office)], Actor: by, Now: now}
			th, err := table.Say(talk.Anchor{Figure: tally.Sessions, Office: office}, word, inner(office))
			w.thread[office] = th.ID.String()
			return err
		})
	}
	lead := access.Actor{User: access.User{ID: "lead-" + office, Role: access.Lead, Office: office}}
	if err := errors.Join(say(officer(office), journal.NewID().String()), say(lead, w.word)); err != nil {
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
