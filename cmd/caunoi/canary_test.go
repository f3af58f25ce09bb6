package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
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

	secrets := throughEverything(t, app, server.URL, token)
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
	for _, secret := range secrets {
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
	t.Logf("%d secrets, %d places, %d bytes: 0 hits", len(secrets), len(places), len(places["a copy"])+len(places[sqlite.File])+len(places[sqlite.File+"-wal"]))
}

// throughEverything pushes, corrects, withdraws, is refused and in conflict,
// and reads; it returns what must be nowhere.
func throughEverything(t *testing.T, app *App, url, token string) (secrets []string) {
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
		talk := m.Make("consultation", "ann", storetest.At(2, 9), outreach.ConsultationBody{Note: note("lời dặn")})
		ask := m.Make("question", "ann", storetest.At(2, 9), outreach.QuestionBody{Text: note("câu hỏi"), Answer: note("trả lời"), Answered: "at_once"})
		enrol := m.Make("enrolment", "ann", storetest.At(2, 9), outreach.EnrolmentBody{Scheme: "household_hi", Stage: campaign.Paid, Prior: "none", Note: note("hồ sơ")})
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
	storetest.Check(t, app.Store)
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
