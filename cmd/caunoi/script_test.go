package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"caunoi/journal"
	"caunoi/store/pgtest"
	"caunoi/store/sqlite"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"caunoi": main})
}

// TestScripts runs testdata/*.txt, which read like a manual.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("LC_ALL", "en_GB.UTF-8")
			raw, err := os.ReadFile("../../demo/data/festival-2025.json")
			if err != nil {
				return err
			}
			return os.WriteFile(env.WorkDir+"/festival-2025.json", raw, 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"figures": cmdFigures,
			"shuffle": cmdShuffle,
			"times":   cmdTimes,
			"listen":  cmdListen,
			"id":      cmdID,
			"sql":     cmdSQL,
			"pg":      func(ts *testscript.TestScript, _ bool, _ []string) { ts.Setenv("PG", pgtest.URL(t)) },
		},
	})
}

// cmdFigures: figures REPORT WANT: every value of WANT stands in REPORT.
func cmdFigures(ts *testscript.TestScript, neg bool, args []string) {
	var got, want any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &got))
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &want))
	diff := missing("", got, want)
	if neg != (len(diff) > 0) {
		ts.Fatalf("figures: %s", strings.Join(diff, "\n"))
	}
}

func missing(at string, got, want any) (out []string) {
	w, ok := want.(map[string]any)
	if !ok {
		if !reflect.DeepEqual(got, want) {
			out = append(out, fmt.Sprintf("%s: got %v, want %v", at, got, want))
		}
		return out
	}
	g, _ := got.(map[string]any)
	for k, v := range w {
		out = append(out, missing(at+"/"+k, g[k], v)...)
	}
	return out
}

// cmdShuffle: shuffle SEED IN OUT: the lines in another order, some twice.
func cmdShuffle(ts *testscript.TestScript, _ bool, args []string) {
	var seed uint64
	_, err := fmt.Sscan(args[0], &seed)
	ts.Check(err)
	lines := strings.SplitAfter(strings.TrimSuffix(ts.ReadFile(args[1]), "\n")+"\n", "\n")
	lines = lines[:len(lines)-1]
	rng := rand.New(rand.NewPCG(seed, 3))
	for range len(lines) / 10 {
		lines = append(lines, lines[rng.IntN(len(lines))])
	}
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Join(lines, "")), 0o644))
}

// cmdTimes: times N IN OUT multiplies the numbers of a figures file.
func cmdTimes(ts *testscript.TestScript, _ bool, args []string) {
	var n float64
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &v))
	raw, err := json.Marshal(times(v, n))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), raw, 0o644))
}

func times(v any, n float64) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = times(v[k], n)
		}
	case float64:
		return v * n
	}
	return v
}

// cmdListen: listen NAME takes a port and puts its address into $NAME.
func cmdListen(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// cmdSQL: sql DIR STATEMENT changes a database behind the program's back.
func cmdSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]+"/"+sqlite.File))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

// TestRunPrintsHelp runs the command without a process.
func TestRunPrintsHelp(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), nil, terminal{strings.NewReader(""), &out, &errs}); code != exitDone {
		t.Errorf("exit %d", code)
	}
	for _, name := range []string{"serve", "demo", "report", "verify", "export", "import", "bench"} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("help does not name %s", name)
		}
	}
}

// cmdID: id DIR NAME QUERY sets NAME to the id that a query finds.
func cmdID(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]+"/"+sqlite.File))
	ts.Check(err)
	defer db.Close()
	var id journal.ID
	ts.Check(db.QueryRow(args[2]).Scan(&id))
	ts.Setenv(args[1], id.String())
}
