package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/vault"
)

var kills = flag.Int("kills", 6, "how often TestKill kills the server")

// TestKill: whatever moment the server dies at, what it acknowledged is there
// once, and the figures are right.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	token := prepare(t, dir)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	acked := map[journal.ID]bool{}
	m := storetest.NewMaker()
	for range *kills {
		pushUntilKilled(t, dir, token, m, acked, time.Duration(5+rng.IntN(150))*time.Millisecond)
	}
	if len(acked) == 0 {
		t.Fatal("nothing was acknowledged, so nothing was shown")
	}
	s, err := sqlite.Open(t.Context(), dir, keysIn(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	times := map[journal.ID]int{}
	err = s.View(t.Context(), func(tx store.Tx) error {
		return tx.Scan(func(st journal.Stored) error { times[st.ID]++; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range acked {
		if times[id] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", id, times[id])
		}
	}
	storetest.Check(t, s)
	t.Logf("%d kills, %d entries acknowledged, %d there", *kills, len(acked), len(times))
}

// prepare makes a store with the sample plan and a phone of an administrator.
func prepare(t *testing.T, dir string) (token string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, keysIn(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	in := fieldsync.NewIntake(s, outreach.Schema(), time.Now)
	if err := in.PutPlan(t.Context(), storetest.SamplePlan()); err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		link, err := addUser(tx, in, access.Config{}, plan, access.User{ID: "root", Name: "Mô phỏng", Role: access.Administrator})
		if err != nil {
			return err
		}
		phone, err := access.Config{}.SignInPhone(tx, link, "phone", "", time.Now())
		token = phone.Token
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// pushUntilKilled starts the real server, pushes from four clients, and kills
// it some time after the first acknowledgement.
func pushUntilKilled(t *testing.T, dir, token string, m *storetest.Maker, acked map[journal.ID]bool, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "caunoi", "serve", "--data", dir, "--addr", "127.0.0.1:0")
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url := ""
	for lines := bufio.NewScanner(logs); url == "" && lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), " http"); ok {
			url = "http" + at
		}
	}
	if url == "" {
		t.Fatal("the server did not start")
	}
	go func() { _, _ = io.Copy(io.Discard, logs) }()
	var mu sync.Mutex
	var first sync.Once
	var pushers sync.WaitGroup
	for p := range 4 {
		pushers.Go(func() {
			for {
				mu.Lock()
				var lines []journal.Line
				for n := range 5 {
					lines = append(lines, m.Consult([]string{"ann", "bob"}[p%2], storetest.At(9, 9), storetest.Citizen(n*7+p), journal.ID{}))
				}
				mu.Unlock()
				ids, err := pushOnce(url, token, lines)
				if err != nil {
					return // killed
				}
				first.Do(func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) })
				mu.Lock()
				for _, id := range ids {
					acked[id] = true
				}
				mu.Unlock()
			}
		})
	}
	pushers.Wait()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func pushBody(lines []journal.Line) (string, error) {
	var texts []string
	for _, l := range lines {
		text, err := json.Marshal(l.Entry)
		if err != nil {
			return "", err
		}
		texts = append(texts, string(text))
	}
	return fmt.Sprintf(`{"device":"d","entries":[%s]}`, strings.Join(texts, ",")), nil
}

func pushOnce(url, token string, lines []journal.Line) (accepted []journal.ID, err error) {
	body, err := pushBody(lines)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, url+"/api/v1/sync/push", bytes.NewBufferString(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var answer struct {
		Results []struct {
			ID     journal.ID
			Status journal.Status
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	for _, r := range answer.Results {
		if r.Status == journal.Accepted {
			accepted = append(accepted, r.ID)
		}
	}
	return accepted, nil
}

func keysIn(t *testing.T, dir string) *vault.Keys {
	t.Helper()
	keys, err := vault.Open(filepath.Join(dir, "keys", "master"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
