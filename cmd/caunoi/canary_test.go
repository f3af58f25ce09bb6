package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
)

// TestNothingPersonalAtRest: 50 made-up persons go through all that takes
// entries; then nothing of theirs is in the database, its log, a copy of it, or
// what the server logged, in any of three encodings. The export, where it must
// be in clear, shows that the search would find it.
func TestNothingPersonalAtRest(t *testing.T) {
	dir := t.TempDir()
	token := prepare(t, dir)
	s, err := sqlite.Open(t.Context(), dir, keysIn(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	app := NewApp(s, access.Config{}, &log)
	server := httptest.NewServer(app.http.Handler)
	defer server.Close()

	secrets, apart := throughEverything(t, app, server.URL, token)
	registered := append(throughRegistry(t, app, server.URL), apart...)
	var out bytes.Buffer
	err = s.View(t.Context(), func(tx store.Tx) error { return fieldsync.ExportEntries(tx, &out) })
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	places := map[string][]byte{"the server's log": log.Bytes()}
	for _, name := range []string{sqlite.File, sqlite.File + "-wal"} {
		places[name] = read(t, filepath.Join(dir, name))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	places["after closing"] = read(t, filepath.Join(dir, sqlite.File))
	vacuum(t, dir, copied)
	places["a copy"] = read(t, copied)

	exported := 0
	for _, secret := range append(secrets, registered...) {
		for name, data := range places {
			for encoding, form := range encodings(secret) {
				if bytes.Contains(data, form) {
					t.Errorf("%s holds %q as %s", name, secret, encoding)
				}
			}
		}
		if bytes.Contains(out.Bytes(), []byte(secret)) {
			exported++
		}
	}
	if want := 50 * 5; exported < want {
		t.Errorf("the export holds %d secrets, want at least %d: the search proves nothing", exported, want)
	}
	if len(places[sqlite.File+"-wal"]) == 0 {
		t.Error("the write-ahead log is empty: nothing was searched there")
	}
	t.Logf("%d secrets, %d places, %d bytes: 0 hits", len(secrets)+len(registered), len(places), len(places["a copy"])+len(places[sqlite.File])+len(places[sqlite.File+"-wal"]))
}

// throughEverything pushes, corrects, withdraws, is refused and in conflict,
// and reads; it returns what must be nowhere.
func throughEverything(t *testing.T, app *App, url, token string) (secrets, apart []string) {
	t.Helper()
	m := storetest.NewMaker()
	for n := range 50 {
		p := &journal.Person{
			Citizen: fmt.Sprintf("0810991%05d", 70_000+n), Name: fmt.Sprintf("Môphỏng Kẻmốc%02d", n), Birth: "1970-01-01",
			Commune: "001", Village: fmt.Sprintf("Bản Kẻmốc%02d", n), Household: fmt.Sprintf("hộkẻmốc%02d", n), Sex: "f", Salt: "s",
		}
		secret := []string{p.Citizen, p.Name, p.Village, p.Household}
		note := func(what string) string {
			text := fmt.Sprintf("%s kẻmốc%02d", what, n)
			secret = append(secret, text)
			return text
		}
		strokes := fmt.Sprintf("M%d0991L70991 3%d", n, n)
		secret = append(secret, strokes)
		talk := m.Make("consultation", "ann", storetest.At(2, 9), outreach.ConsultationBody{Note: note("lời dặn")})
		ask := m.Make("question", "ann", storetest.At(2, 9), outreach.QuestionBody{Text: note("câu hỏi"), Answer: note("trả lời"), Answered: "at_once"})
		enrol := m.Make("enrolment", "ann", storetest.At(2, 9), outreach.EnrolmentBody{
			Scheme: "household_hi", Stage: campaign.Paid, Prior: "none", Note: note("hồ sơ"),
			Declared: &outreach.Declaration{Address: note("địa chỉ"), Head: note("chủ hộ")}, Payment: &outreach.Payment{Method: "cash", Receipt: note("biên lai")},
			Signed: "glass", Signature: strokes,
		})
		talk.Entry.Person, ask.Entry.Person, enrol.Entry.Person = p, p, p
		stage := m.Make("enrolment_stage", "ann", storetest.At(3, 9), outreach.StageBody{Enrolment: enrol.Entry.ID, Stage: campaign.Issued, Note: note("thẻ")})
		gone := m.Withdraw("ann", storetest.At(3, 9), ask)
		gone.Entry.Withdrawn = note("lý do")
		refused := talk
		refused.Entry.ID = m.ID()
		bad := *p
		bad.Citizen += "9"
		refused.Entry.Person = &bad
		conflict := talk
		other := *p
		other.Name += " " + note("khác")
		conflict.Entry.Person = &other
		answer := pushAll(t, url, token, talk, ask, enrol, stage, gone, refused, conflict)
		for _, s := range secret[:1] {
			if strings.Contains(answer, s) {
				t.Errorf("the answer of a push says %q", s)
			}
		}
		secrets = append(secrets, secret...)
	}
	for _, path := range []string{"/api/v1/campaigns/c/entries?indicator=consultations", "/api/v1/campaigns/c/reviews", "/api/v1/campaigns/c/board"} {
		req, err := http.NewRequest(http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	// What a lost phone brings is kept apart.
	err := app.Store.Update(t.Context(), func(tx store.Tx) error {
		plan, err := app.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		phones, err := tx.Devices("")
		if err != nil {
			return err
		}
		return access.MarkDevice(tx, access.Terminal(), plan, phones[0].User, phones[0].ID, access.Lost, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 10 {
		p := &journal.Person{Citizen: fmt.Sprintf("0810991%05d", 80_000+n), Name: fmt.Sprintf("Môphỏng Riêngmốc%02d", n), Commune: "001", Salt: "s"}
		note := fmt.Sprintf("dặn riêngmốc%02d", n)
		talk := m.Make("consultation", "ann", storetest.At(2, 9), outreach.ConsultationBody{Note: note})
		talk.Entry.Person = p
		if answer := pushAll(t, url, token, talk); !strings.Contains(answer, `"quarantined"`) {
			t.Fatalf("a lost phone's entry: %s", answer)
		}
		apart = append(apart, p.Citizen, p.Name, note)
	}
	storetest.Check(t, app.Store)
	return secrets, apart
}

// throughRegistry takes 50 persons through the registry as an office does: by
// hand and by a list, edited, found, opened, visited, given out, in doubt, and
// with a bank account that waits for a second person.
func throughRegistry(t *testing.T, app *App, url string) (secrets []string) {
	t.Helper()
	var link string
	err := app.Store.Update(t.Context(), func(tx store.Tx) error {
		plan, err := app.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		u := access.User{ID: "lea", Name: "Mô phỏng", Role: access.Lead, Office: plan.Communes["001"].Office}
		if err := access.SaveUser(tx, access.Terminal(), plan, u, time.Now()); err != nil {
			return err
		}
		link, _, err = app.Access.NewLink(tx, access.Terminal(), plan, "lea", time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var cookie *http.Cookie
	do := func(method, path, body string, into any) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, url+"/api/v1"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if cookie != nil {
			req.AddCookie(cookie)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s, %v", method, path, res.StatusCode, raw, err)
		}
		for _, c := range res.Cookies() {
			if c.Name == "caunoi_session" {
				cookie = c
			}
		}
		if into != nil {
			if err := json.Unmarshal(raw, into); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
		}
	}
	text := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	do("POST", "/session", text(map[string]string{"token": link}), nil)

	var list strings.Builder
	list.WriteString("Họ và tên,Số CCCD,Mã xã,Số điện thoại,Địa chỉ\n")
	for n := range 50 {
		secret := func(s string) string { secrets = append(secrets, s); return s }
		p := map[string]string{
			"name": secret(fmt.Sprintf("Môphỏng Sổmốc%02d", n)), "citizen": secret(fmt.Sprintf("0101771%05d", 60_000+n)),
			"si": secret(fmt.Sprintf("01990%05d", 60_000+n)), "card": secret(fmt.Sprintf("GD4100199%06d", 600_000+n)),
			"phone": secret(fmt.Sprintf("09055%05d", 60_000+n)), "address": secret(fmt.Sprintf("nhà sổmốc%02d", n)),
			"birth": "1977-03-02", "commune": "001", "village": "Thôn Thử",
		}
		var out struct{ ID string }
		do("POST", "/people", text(p), &out)
		at := "/people/" + out.ID
		do("PUT", at, text(map[string]string{"bank": secret(fmt.Sprintf("tàikhoảnmốc%02d", n)), "address": secret(fmt.Sprintf("nhà mới sổmốc%02d", n))}), nil)
		do("POST", at+"/consents", text(map[string]string{"purpose": "calls", "text_version": "1", "channel": "paper", "proof": secret(fmt.Sprintf("giấy sổmốc%02d", n))}), nil)
		do("POST", at+"/visits", text(map[string]any{"outcome": "refused", "reason": secret(fmt.Sprintf("vìmốc%02d", n)), "note": secret(fmt.Sprintf("dặn sổmốc%02d", n))}), nil)
		for _, q := range []string{p["name"], p["citizen"], p["phone"]} {
			var found struct{ Total int }
			do("POST", "/people/search", text(map[string]string{"q": q}), &found)
			if found.Total < 1 {
				t.Errorf("%d people under %q", found.Total, q)
			}
		}
		do("POST", at+"/phone/proof", text(map[string]string{"reached": secret(fmt.Sprintf("gặp sổmốc%02d", n))}), nil)
		do("POST", at+"/reveal", `{"purpose":"visit"}`, nil)
		do("GET", at, "", nil)
		do("POST", "/requests", text(map[string]string{"person": out.ID, "kind": "access"}), nil)
		do("POST", at+"/export", "", nil)
		// On the list the same person has no number, and is in doubt.
		fmt.Fprintf(&list, "%s,,001,%s,%s\n", p["name"], p["phone"], secret(fmt.Sprintf("nhà danhsáchmốc%02d", n)))
		fmt.Fprintf(&list, "%s,%s,001,,\n", secret(fmt.Sprintf("Môphỏng Từchốimốc%02d", n)), secret(fmt.Sprintf("77%05d", 60_000+n)))
	}
	var sent struct{ ID string }
	do("POST", "/imports/people", list.String(), &sent)
	state := func(want string) {
		t.Helper()
		for {
			var got struct{ State string }
			do("GET", "/imports/"+sent.ID, "", &got)
			if got.State == want {
				return
			}
			if got.State != "reading" && got.State != "writing" {
				t.Fatalf("the list is %s, want %s", got.State, want)
			}
			runtime.Gosched()
		}
	}
	state("checked")
	do("GET", "/imports/"+sent.ID+"/errors.xlsx", "", nil)
	do("POST", "/imports/"+sent.ID+"/run", "", nil)
	state("done")
	var pairs struct{ Pairs []struct{ ID string } }
	do("GET", "/duplicates?state=open", "", &pairs)
	if len(pairs.Pairs) < 50 {
		t.Errorf("%d pairs in doubt, want 50", len(pairs.Pairs))
	}
	do("POST", "/duplicates/"+pairs.Pairs[0].ID, `{"same":true,"reason":"Mô phỏng"}`, nil)
	do("GET", "/worklists?list=uncovered", "", nil)
	do("GET", "/calls", "", nil)
	do("GET", "/approvals", "", nil)
	return secrets
}

func pushAll(t *testing.T, url, token string, lines ...journal.Line) string {
	t.Helper()
	body, err := pushBody(lines)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, url+"/api/v1/sync/push", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("push: %d %s, %v", res.StatusCode, &answer, err)
	}
	return answer.String()
}

// encodings are three forms in which a text may lie somewhere. Base64 is cut
// where its bytes depend on what stands beside.
func encodings(s string) map[string][]byte {
	var wide []byte
	for _, u := range utf16.Encode([]rune(s)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	return map[string][]byte{
		"UTF-8": []byte(s), "UTF-16LE": wide,
		"base64":     []byte(base64.RawStdEncoding.EncodeToString([]byte(s))[:len(s)/3*4]),
		"base64 + 1": []byte(base64.RawStdEncoding.EncodeToString([]byte("x" + s))[2 : (len(s)+1)/3*4]),
		"base64 + 2": []byte(base64.RawStdEncoding.EncodeToString([]byte("xx" + s))[3 : (len(s)+2)/3*4]),
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func vacuum(t *testing.T, dir, into string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), `VACUUM INTO ?`, into); err != nil {
		t.Fatal(err)
	}
}
