package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"caunoi/fieldsync"
	"caunoi/lawbook"
	"caunoi/outreach"
	"caunoi/policy/national"
	"caunoi/web"
)

// asked are random questions of every kind, a line each; some of them cannot
// be answered.
func asked(n int) string {
	r := rand.New(rand.NewPCG(41, 2024))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	date := func(from, to int) string {
		return fmt.Sprintf("%04d-%02d-%02d", from+r.IntN(to-from), 1+r.IntN(12), 1+r.IntN(29))
	}
	some := func(of ...string) string {
		r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
		return strings.Join(of[:1+r.IntN(len(of))], ",")
	}
	var b strings.Builder
	for range n {
		on := date(2019, 2032)
		if r.IntN(4) > 0 {
			on = date(2026, 2032)
		}
		person := fmt.Sprintf(`"on":"%s","birth":"%s","sex":"%s","paid-months":%d,"average-income":%d`,
			on, date(1945, 2005), pick("f", "m"), r.IntN(400), 1+r.IntN(20_000_000))
		switch r.IntN(9) {
		case 0:
			fmt.Fprintf(&b, `{"quote":"voluntary-si","on":"%s","income":%d,"group":"%s","pay":"%s","supported-months":%d%s}`,
				on, 1_400_000+r.IntN(50_000_000), some("poor", "near-poor", "other", "ethnic-minority", "island"),
				pick("monthly", "3", "6", "12", "ahead:60", "missing:33", "ahead:99", "7"), r.IntN(130),
				pick("", `,"return-rate":"0.41%"`))
		case 1:
			fmt.Fprintf(&b, `{"quote":"household-hi","on":"%s","members":"%s","months":%s}`,
				on, some("self", "self", "student", "near-poor", "self", "poor", "agriculture", "artisan", "self", "self"), pick("3", "6", "12", "5"))
		case 2:
			fmt.Fprintf(&b, `{"quote":"pension",%s}`, person)
		case 3:
			fmt.Fprintf(&b, `{"quote":"withdrawal",%s,"months-before-2014":%d,"first-paid":"%s"}`, person, r.IntN(80), date(2005, 2024))
		case 4:
			fmt.Fprintf(&b, `{"quote":"social-pension","on":"%s","birth":"%s","group":"%s"}`, on, date(1930, 1970), pick("poor", "other"))
		case 5:
			fmt.Fprintf(&b, `{"quote":"unemployment","on":"%s","paid_months":%d,"average_salary":%d,"region":%d}`, on, r.IntN(200), r.IntN(90_000_000), 1+r.IntN(5))
		case 6:
			fmt.Fprintf(&b, `{"quote":"death","on":"%s","paid-months":%d,"average-income":%d}`, on, r.IntN(200), r.IntN(30_000_000))
		case 7:
			fmt.Fprintf(&b, `{"quote":"maternity","on":"%s","paid-of-last-12":%d,"ngày":"\u0111"}`, on, r.IntN(14))
		case 8:
			fmt.Fprintf(&b, `{"quote":"paths",%s,"group":"%s"}`, person, pick("poor", "other"))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// module builds the WebAssembly as make does.
func module(t testing.TB) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "policy.wasm")
	build := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, "../../policy/wasm")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

// TestThreeHosts asks the package, the server, the command and the WebAssembly
// the same questions; they must answer with the same bytes. The server tells a
// refusal as a problem instead, of the same code.
func TestThreeHosts(t *testing.T) {
	const cases = 10_000
	questions := asked(cases)
	var direct bytes.Buffer
	refused := 0
	for line := range strings.Lines(questions) {
		answer, problem := national.Parameters().Answer(nil, strings.TrimSuffix(line, "\n"))
		if problem != nil {
			refused++
		}
		direct.Write(append(answer, '\n'))
	}
	if refused == 0 || refused > cases/2 {
		t.Fatalf("%d of %d questions cannot be answered", refused, cases)
	}

	var command, words bytes.Buffer
	code := run(context.Background(), []string{"quote", "--batch", "-"}, terminal{strings.NewReader(questions), &command, &words})
	if code != exitUsage {
		t.Fatalf("exit %d: %s", code, words.String())
	}
	node := exec.Command("node", "../../policy/wasm/batch.mjs", module(t), "../../policy/national/parameters.json")
	node.Stdin, node.Stderr = strings.NewReader(questions), os.Stderr
	fromNode, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	asked, want := strings.Split(questions, "\n"), strings.Split(direct.String(), "\n")
	server := httptest.NewServer(web.New(web.Config{
		Intake: fieldsync.NewIntake(nil, outreach.Schema(), nil), Policy: national.Parameters(), Log: slog.New(slog.DiscardHandler),
	}).Handler())
	defer server.Close()
	for i, question := range asked[:cases] {
		got, status := post(t, server.URL+"/api/v1/quote", question)
		if code := errorCode(want[i]); code != "" {
			if status != http.StatusUnprocessableEntity || !strings.Contains(got, `"code":"quote.`+code+`"`) {
				t.Fatalf("the server answers %s\nwith %d %s\nwant quote.%s", question, status, got, code)
			}
		} else if got != want[i] {
			t.Fatalf("the server answers %s\nwith %d %s\nwant %s", question, status, got, want[i])
		}
	}
	for host, got := range map[string]string{"command": command.String(), "WebAssembly": string(fromNode)} {
		lines := strings.Split(got, "\n")
		if len(lines) != len(want) {
			t.Fatalf("%s: %d answers to %d questions", host, len(lines)-1, len(want)-1)
		}
		for i := range want {
			if lines[i] != want[i] {
				t.Fatalf("%s answers %s\nwith %s\nwant %s", host, asked[i], lines[i], want[i])
			}
		}
	}
}

func post(t *testing.T, url, body string) (answer string, status int) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), resp.StatusCode
}

// errorCode is the code of an answer that is a refusal.
func errorCode(answer string) string {
	_, rest, refused := strings.Cut(answer, `"error":{"code":"`)
	if !refused {
		return ""
	}
	code, _, _ := strings.Cut(rest, `"`)
	return code
}

// TestTerminalExplains reads each kind of answer in each language: no key of a
// catalogue may be seen.
func TestTerminalExplains(t *testing.T) {
	for _, lang := range []string{"vi_VN", "en_GB", "bn_BD"} {
		t.Setenv("LC_ALL", lang)
		for line := range strings.Lines(asked(400)) {
			answer, problem := national.Parameters().Answer(nil, strings.TrimSuffix(line, "\n"))
			var text string
			if problem != nil {
				text = sayProblem(problem)
			} else {
				var err error
				if text, err = lawbook.Text(words(), answer); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(text, "policy.") || strings.Contains(text, "{") {
				t.Fatalf("%s, %s: %s", lang, line, text)
			}
		}
	}
}
