package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/people/national"
)

type personProof struct {
	Proof struct {
		Phone, Check string
		Differs      []string
		Offered      bool `json:"check_offered"`
	}
}

func (s *site) someone(who *http.Cookie) string {
	s.t.Helper()
	var out struct{ ID string }
	s.do(who, "POST", "/api/v1/people", `{"name":"Mô phỏng Một","citizen":"010182000011","birth":"1982-01-02","phone":"0900000011","commune":"001","village":"Thôn"}`).decode(s.t, &out)
	return "/api/v1/people/" + out.ID
}

func (s *site) proof(who *http.Cookie, path string) (p personProof) {
	s.t.Helper()
	s.do(who, "GET", path, "").decode(s.t, &p)
	return p
}

func TestPhoneIsProven(t *testing.T) {
	s := open(t)
	lea, ann := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Campaigner, "ann", "a")
	path := s.someone(lea)
	var code struct{ Code string }
	s.do(lea, "POST", path+"/phone/code", "").decode(t, &code)
	s.wantCode(s.do(ann, "POST", path+"/phone/code", ""), 403, "right.missing")
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code.Code)
	s.wantCode(s.do(lea, "POST", path+"/phone/proof", `{"code":"`+wrong+`"}`), 422, "people.code")
	want(t, "after a wrong code", s.proof(lea, path).Proof.Phone, "")
	if r := s.do(lea, "POST", path+"/phone/proof", `{"code":"`+code.Code+`"}`); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	want(t, "after the right one", s.proof(lea, path).Proof.Phone, "code")
	if r := s.do(lea, "PUT", path, `{"phone":"0900000012"}`); r.status >= 300 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	want(t, "with another number", s.proof(lea, path).Proof.Phone, "")
	if r := s.do(lea, "POST", path+"/phone/proof", `{"reached":"con gái"}`); r.status != 204 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := s.do(lea, "POST", path+"/export", ""); !strings.Contains(string(r.body), "con gái") || !strings.Contains(string(r.body), `"callback"`) {
		t.Errorf("the person's copy lacks the proof: %s", r.body)
	}
	if acts := strings.Join(s.acts(), ", "); !strings.Contains(acts, "phone.proven") {
		t.Errorf("the audit holds %s", acts)
	}
}

// The contract of docs/national-check.md; whatever is not an answer of it
// stops nobody.
func TestNationalCheck(t *testing.T) {
	over := make(chan struct{})
	var asked struct {
		V                    int
		Citizen, Name, Birth string
	}
	mode := ""
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer bí-mật" || r.Method != "POST" || json.NewDecoder(r.Body).Decode(&asked) != nil {
			t.Errorf("%s %v", r.Method, r.Header)
		}
		switch mode {
		case "match", "unknown":
			_, _ = w.Write([]byte(`{"result":"` + mode + `"}`))
		case "mismatch":
			_, _ = w.Write([]byte(`{"result":"mismatch","differs":["birth","<script>"],"more":1}`))
		case "redirect":
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case "fault":
			w.WriteHeader(500)
		case "garbage":
			_, _ = w.Write([]byte("<html>"))
		case "endless":
			for range 100 {
				_, _ = w.Write([]byte(strings.Repeat(" ", 4096)))
			}
			_, _ = w.Write([]byte(`{"result":"match"}`))
		case "other":
			_, _ = w.Write([]byte(`{"result":"perhaps"}`))
		case "silent":
			select {
			case <-over:
			case <-r.Context().Done():
			}
		}
	}))
	defer service.Close()
	defer close(over)
	s := open(t)
	lea := s.signIn(access.Lead, "lea", "a")
	path := s.someone(lea)
	want(t, "offered without a service", s.proof(lea, path).Proof.Offered, false)
	check := func() string {
		var out struct{ Result string }
		s.do(lea, "POST", path+"/check", "").decode(t, &out)
		return out.Result
	}
	want(t, "without a service", check(), "unverified")
	national, err := national.New(service.URL, "bí-mật", 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	s.server.National = national
	want(t, "offered", s.proof(lea, path).Proof.Offered, true)
	for mode_, result := range map[string]string{
		"match": "match", "unknown": "unknown", "mismatch": "mismatch", "redirect": "unverified", "fault": "unverified",
		"garbage": "unverified", "endless": "unverified", "other": "unverified", "silent": "unverified",
	} {
		mode = mode_
		want(t, mode, check(), result)
		p := s.proof(lea, path).Proof
		want(t, "kept of "+mode, p.Check, result)
		if mode == "mismatch" && (len(p.Differs) != 1 || p.Differs[0] != "birth") {
			t.Errorf("differs %q", p.Differs)
		}
	}
	if asked.V != 1 || asked.Citizen != "010182000011" || asked.Birth != "1982-01-02" || !strings.HasPrefix(asked.Name, "Mô phỏng") {
		t.Errorf("asked %+v", asked)
	}
}

// Personal data go nowhere in the clear.
func TestNationalServiceTakesTLS(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://check.example/v1": true, "http://localhost:9000": true, "http://127.0.0.1:9000/x": true,
		"http://check.example": false, "ftp://check.example": false, "check.example": false, "": false,
	} {
		if _, err := national.New(address, "", 0); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The second person sees the ends of both accounts, and no more of either.
func TestBankAccountIsShownByItsEnds(t *testing.T) {
	s := open(t)
	lea, second := s.signIn(access.Lead, "lea", "a"), s.signIn(access.Lead, "second", "a")
	path := s.someone(lea)
	change := func(account string) string {
		var out struct{ State string }
		s.do(lea, "PUT", path, `{"bank":"`+account+`"}`).decode(t, &out)
		return out.State
	}
	want(t, "the first account", change("VCB 0011223344"), "waiting")
	waiting := s.requests(second, "waiting")
	if len(waiting) != 1 {
		t.Fatalf("%+v", waiting)
	}
	if r := s.do(second, "POST", "/api/v1/approvals/"+waiting[0].ID, `{"approve":true}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	want(t, "another account", change("BIDV 9988776655"), "waiting")
	r := s.do(second, "GET", "/api/v1/approvals?state=waiting", "")
	for text, there := range map[string]bool{
		`"before":"***********344"`: true, `"after":"************655"`: true, "0011223344": false, "9988776655": false,
	} {
		if strings.Contains(string(r.body), text) != there {
			t.Errorf("%s: %v, want %v, in %s", text, !there, there, r.body)
		}
	}
}
