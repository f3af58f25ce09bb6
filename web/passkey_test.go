package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"caunoi/access"
)

// begin asks for an offer, and returns its id and what a device needs.
func (s *site) begin(who *http.Cookie, path string) (id, options string) {
	s.t.Helper()
	var out struct {
		ID      string
		Options struct{ PublicKey json.RawMessage }
	}
	r := s.do(who, "POST", path, "")
	if r.status != 200 {
		s.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	r.decode(s.t, &out)
	return out.ID, string(out.Options.PublicKey)
}

func answerOf(id, name, credential string) string {
	return `{"id":"` + id + `","name":"` + name + `","credential":` + credential + `}`
}

// A passkey signs its owner in at this site, once for each time it is asked.
func TestPasskey(t *testing.T) {
	s := open(t)
	lea, leb := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "leb", "b")
	here := virtualwebauthn.RelyingParty{Name: "Caunoi", ID: "localhost", Origin: "http://localhost:8080"}
	// An RSA key: the EC2 ones of this library lack leading zeros, one in 128.
	device, key := virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)

	create := func(party virtualwebauthn.RelyingParty) (id, credential string) {
		id, options := s.begin(lea, "/api/v1/account/passkeys/begin")
		asked, err := virtualwebauthn.ParseAttestationOptions(`{"publicKey":` + options + `}`)
		if err != nil {
			t.Fatal(err)
		}
		device.Options.UserHandle = []byte(asked.UserID)
		return id, virtualwebauthn.CreateAttestationResponse(party, device, key, *asked)
	}
	finish := "/api/v1/account/passkeys/finish"
	there := here
	there.Origin = "http://localhost.example:8080"
	id, credential := create(there)
	s.wantCode(s.do(lea, "POST", finish, answerOf(id, "Mô phỏng", credential)), 422, "passkey.answer")
	id, credential = create(here)
	s.wantCode(s.do(leb, "POST", finish, answerOf(id, "Mô phỏng", credential)), 422, "passkey.answer")
	s.wantCode(s.do(lea, "POST", finish, answerOf(id, "Mô phỏng", credential)), 422, "passkey.late") // spent
	id, credential = create(here)
	if r := s.do(lea, "POST", finish, answerOf(id, "Mô phỏng", credential)); r.status != 204 {
		t.Fatalf("add: %d %s", r.status, r.body)
	}
	device.AddCredential(key)

	enter := func(party virtualwebauthn.RelyingParty) (string, reply) {
		id, options := s.begin(nil, "/api/v1/session/passkey/begin")
		asked, err := virtualwebauthn.ParseAssertionOptions(`{"publicKey":` + options + `}`)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"id":"` + id + `","credential":` + virtualwebauthn.CreateAssertionResponse(party, device, key, *asked) + `}`
		return body, s.do(nil, "POST", "/api/v1/session/passkey/finish", body)
	}
	key.Counter = 5
	body, r := enter(here)
	if r.status != 200 || !strings.Contains(string(r.body), `"id":"lea"`) || !strings.Contains(r.header.Get("Set-Cookie"), "HttpOnly") {
		t.Fatalf("sign in: %d %s", r.status, r.body)
	}
	s.wantCode(s.do(nil, "POST", "/api/v1/session/passkey/finish", body), 422, "passkey.late")
	key.Counter = 6
	_, r = enter(there)
	s.wantCode(r, 422, "passkey.answer")
	key.Counter = 2 // as a copy that was left behind
	_, r = enter(here)
	s.wantCode(r, 422, "passkey.copied")

	var account struct{ Passkeys []struct{ ID, Name string } }
	s.do(lea, "GET", "/api/v1/account", "").decode(t, &account)
	if len(account.Passkeys) != 1 || account.Passkeys[0].Name != "Mô phỏng" {
		t.Fatalf("%+v", account)
	}
	at := "/api/v1/account/passkeys/" + account.Passkeys[0].ID
	s.wantCode(s.do(leb, "DELETE", at, ""), 404, "not_found")
	if r := s.do(lea, "DELETE", at, ""); r.status != 204 {
		t.Errorf("remove: %d %s", r.status, r.body)
	}
	key.Counter = 9
	_, r = enter(here)
	s.wantCode(r, 422, "passkey.answer")
	acts := strings.Join(s.acts(), "\n")
	for _, want := range []string{"passkey.added lea done", "session.begun lea done", "passkey.removed lea done"} {
		if !strings.Contains(acts, want) {
			t.Errorf("the audit lacks %q", want)
		}
	}
}

// A passkey needs a name to belong to.
func TestPasskeySites(t *testing.T) {
	for address, want := range map[string]bool{
		"https://caunoi.example": true, "http://localhost:8080": true, "http://caunoi.example": false, "https://192.0.2.1": false, "": false,
	} {
		if _, err := access.NewPasskeys(address); (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
}
