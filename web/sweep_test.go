package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "unsafe" // for linkname

	"github.com/danielgtaylor/huma/v2"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/audit"
	"caunoi/store"
	"caunoi/web"
)

// changedRows finds a row of a file that changed something; ofSheets, to which
// such files are brought.
var (
	changedRows = regexp.MustCompile(`"became":"(added|changed)"`)
	ofSheets    = regexp.MustCompile(`/(targets/file|coverage/places|units/populations)$`)
)

// The sweep calls every route as every role in every office with objects of
// every office. It is generated from the routes: one whose parameters nobody
// here provides fails it. What may be seen where is said here anew, by the
// tree of offices, and not by package access, so that a hole there shows.

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

// pushes says that a route takes entries, or answers as if it did.
func pushes(r web.Rule) bool {
	return r.Path == "/api/v1/sync/push" || r.Path == "/api/v1/sync/rehearse"
}

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
	head, body := slices.Clone(text.Bytes()), unzipped(w.t, res)
	text.Write(body)
	if c.rule.Path == "/api/v1/sync/pull" && done {
		body = w.withoutOwn(c, res, body)
	}
	numbers := append(head, body...)
	for _, m := range canary.FindAllStringSubmatch(text.String(), -1) {
		kind, office := strings.ToLower(m[1]), strings.ToLower(m[2])
		working := c.viewer.kind == ""
		if !working || kind == "inner" && !c.viewer.sees(office) || kind == "open" && !c.viewer.knows(office) {
			w.leak(c, res, "it holds %s", m[0])
			break
		}
	}
	for _, p := range places {
		opens := strings.HasSuffix(c.rule.Path, "/reveal") || strings.HasSuffix(c.rule.Path, "/people/{person}/export")
		if bytes.Contains(numbers, []byte(citizenOf(p.id))) && !(opens && c.viewer.sees(p.id)) {
			w.leak(c, res, "it holds a whole citizen number")
		}
	}
	if done && !pushes(c.rule) && !reads(c.rule) {
		for _, p := range places {
			named := strings.Contains(c.body, `"office":"`+p.id+`"`) || strings.Contains(c.body, `"`+communeOf(p.id)+`"`) || w.person[p.id] != "" && strings.Contains(c.body, w.person[p.id])
			if named && !c.viewer.sees(p.id) {
				w.leak(c, res, "it was done in %s", p.id)
			}
		}
	}
	if pushes(c.rule) && done {
		w.checkPush(c, res)
	}
	if strings.HasPrefix(c.rule.Path, "/api/v1/sync/rescue") && done {
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

// withoutOwn is what a phone pulled less the records that are asked about, which
// go back whole to who wrote them and to nobody else.
func (w *world) withoutOwn(c call, res *httptest.ResponseRecorder, body []byte) []byte {
	var pulled map[string]json.RawMessage
	var asked []struct{ Entry struct{ Author string } }
	err := json.Unmarshal(body, &pulled)
	if err == nil && pulled["asked"] != nil {
		err = json.Unmarshal(pulled["asked"], &asked)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range asked {
		if a.Entry.Author != c.viewer.user.ID {
			w.leak(c, res, "it holds a record of %s", a.Entry.Author)
		}
	}
	delete(pulled, "asked")
	rest, err := json.Marshal(pulled)
	if err != nil {
		w.t.Fatal(err)
	}
	return rest
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
		if slices.Contains(strings.Split(c.rule.Path, "/"), part) {
			continue
		}
		body = strings.NewReplacer(`"`+part+`"`, "·", "("+part+")", "(·)").Replace(body)
		if len(part) > 1 { // a single letter is in many words
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
// come first. It notes which routes were answered.
func (w *world) sweep(lang string, first access.Right, enough func() bool, answered map[string]bool) {
	operations := map[string]*huma.Operation{}
	for path, item := range w.server.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete, "PATCH": item.Patch} {
			if op != nil {
				operations[method+" "+path] = op
			}
		}
	}
	missing, recorded, gone := map[string]string{}, map[string]int{}, map[string]bool{}
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
			if recorded[rule.Path] < 50 && rule.Act != "" && !pushes(rule) && rule.Right != access.AskBack { // an entry is its own record
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
				// What is gone goes no more, and what is settled is not settled again.
				again := (c.rule.Method == "DELETE" || strings.HasSuffix(c.rule.Path, "/settled")) && gone[c.path]
				nothing := bytes.Contains(res.Body.Bytes(), []byte(`"thread":null`)) ||
					c.rule.Path == "/api/v1/table" && !strings.Contains(c.path, "list=") ||
					c.rule.Path == "/api/v1/sync/pull" && !bytes.Contains(unzipped(w.t, res), []byte(`"asked":`)) ||
					ofSheets.MatchString(c.rule.Path) && !changedRows.Match(res.Body.Bytes())
				if w.recorded() == before && !again && !nothing {
					w.leak(c, res, "it left nothing in the audit")
				}
			}
			if rule.Method != "GET" && res.Code < 300 {
				gone[c.path] = true
				w.restore(c)
			}
		})
	}
	for name := range operations {
		w.t.Errorf("%s has no rule: it was not added by register", name)
	}
}

// unanswered are the routes whose secrets the sweep does not know, those that
// undo only what their caller did before, one that takes a flagged day, and
// papers for teams and ranks that this world has none of.
var unanswered = map[string]bool{
	"POST /api/v1/session/passkey/finish": true, "POST /api/v1/account/passkeys/finish": true, "DELETE /api/v1/account/passkeys/{passkey}": true,
	"GET /api/v1/session/oidc": true, "GET /api/v1/session/oidc/callback": true,
	"POST /api/v1/devices": true, "POST /api/v1/session/stepup": true, "POST /api/v1/session/stepup/passkey": true,
	"GET /api/v1/campaigns/{campaign}/league/badges.pdf": true, "GET /api/v1/campaigns/{campaign}/league/certificates.pdf": true,
	"POST /api/v1/campaigns/{campaign}/activities/undo": true, "DELETE /api/v1/campaigns/{campaign}/sent-back/{entry}": true, "POST /api/v1/campaigns/{campaign}/league/flags": true,
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
// Sessions and phones call in worlds of their own, at the same time.
func TestSweep(t *testing.T) {
	worlds := map[string]*world{"sessions": newWorld(t), "phones": newWorld(t)}
	answered := map[string]map[string]bool{"sessions": {}, "phones": {}}
	t.Run("by", func(t *testing.T) {
		for who, w := range worlds {
			w.by = func(v *viewer) bool { return v.device == (who == "phones") }
			t.Run(who, func(t *testing.T) {
				t.Parallel()
				w.t = t
				w.sweep("vi", "", func() bool { return false }, answered[who])
				w.quiet(t)
			})
		}
	})
	n := worlds["sessions"].cases + worlds["phones"].cases
	if t.Logf("%d cases", n); n < cases {
		t.Errorf("%d cases, want at least %d", n, cases)
	}
	for _, rule := range worlds["sessions"].server.Rules() {
		name := rule.Method + " " + rule.Path
		if !answered["sessions"][name] && !answered["phones"][name] && !unanswered[name] {
			t.Errorf("%s was never answered: its body in world.bodies does not do", name)
		}
	}
}

// quiet says what leaked, into answers, the log or the audit.
func (w *world) quiet(t *testing.T) {
	for i, leak := range w.leaks {
		if i == 40 {
			t.Errorf("and %d more", len(w.leaks)-i)
			break
		}
		t.Error(leak)
	}
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
			w.sweep("en", first, func() bool { return len(w.leaks) > 0 }, map[string]bool{})
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
			if strings.Contains(rule.Path, "/rescue") || strings.Contains(rule.Path, "/sync/attachments/") { // whose outbox, or entry, it is decides
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
