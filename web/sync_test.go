package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/vault"
)

// phoneSeal is how a phone seals what only the server opens any more.
type phoneSeal struct {
	t    testing.TB
	data []byte         // the data key
	told map[string]any // whose it is, and the key sealed to the server
}

func newPhoneSeal(t testing.TB, server *ecdh.PublicKey, worker, device string) *phoneSeal {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := own.ECDH(server)
	if err != nil {
		t.Fatal(err)
	}
	wrapping, err := hkdf.Key(sha256.New, secret, nil, "caunoi rescue v1 "+worker+" "+device, 32)
	if err != nil {
		t.Fatal(err)
	}
	p := &phoneSeal{t: t, data: make([]byte, 32)}
	_, _ = rand.Read(p.data)
	id := sha256.Sum256(server.Bytes())
	iv, ct := p.sealed(wrapping, p.data, "")
	p.told = map[string]any{
		"device": device, "worker": worker, "seal": hex.EncodeToString(id[:8]),
		"key": map[string]any{"epk": own.PublicKey().Bytes(), "iv": iv, "ct": ct},
	}
	return p
}

func (p *phoneSeal) sealed(key, plain []byte, bound string) (iv, ct []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		p.t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		p.t.Fatal(err)
	}
	iv = make([]byte, 12)
	_, _ = rand.Read(iv)
	return iv, aead.Seal(nil, iv, plain, []byte(bound))
}

// body is a request with whose it is and more.
func (p *phoneSeal) body(more map[string]any) string {
	all := maps.Clone(p.told)
	maps.Copy(all, more)
	body, err := json.Marshal(all)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(body)
}

// sealedOutbox is the body of a rescue as a phone makes it.
func sealedOutbox(t testing.TB, server *ecdh.PublicKey, worker, device string, entries ...journal.Entry) string {
	p := newPhoneSeal(t, server, worker, device)
	records := []map[string]any{}
	for _, e := range entries {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		iv, ct := p.sealed(p.data, text, e.ID.String())
		records = append(records, map[string]any{"id": e.ID, "iv": iv, "ct": ct})
	}
	return p.body(map[string]any{"records": records})
}

// sealedPicture is the body that brings a picture of an entry in this way.
func sealedPicture(t testing.TB, server *ecdh.PublicKey, worker, device, entry, picture string) string {
	p := newPhoneSeal(t, server, worker, device)
	iv, ct := p.sealed(p.data, []byte(picture), "photo one")
	return p.body(map[string]any{"photo": "one", "entry": entry, "digest": digestOf(picture), "iv": iv, "ct": ct})
}

// ask is a request of a phone with headers.
func (p phone) ask(method, path, body string, headers ...string) reply {
	p.s.t.Helper()
	return p.s.do(nil, method, path, body, append([]string{"Authorization", "Bearer " + p.token}, headers...)...)
}

// worker is a campaigner with a phone, and the lead of the office.
func (s *site) worker(id, lead, office string) (phone, func(method, path, body string) reply) {
	s.t.Helper()
	l := s.signIn(access.Lead, lead, office)
	s.signIn(access.Campaigner, id, office)
	return s.enrol(l, id, "máy-1"), func(method, path, body string) reply { return s.do(l, method, path, body) }
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPullTellsAPhoneWhatChanged(t *testing.T) {
	s := open(t)
	ann, _ := s.worker("ann", "lea", "a")
	s.wantCode(s.do(s.signIn(access.Campaigner, "an", "a"), "GET", "/api/v1/sync/pull", ""), 403, "device.none")
	const path = "/api/v1/sync/pull"
	r := ann.ask("GET", path, "", "Accept-Encoding", "identity")
	var p fieldsync.Pulled
	r.decode(t, &p)
	if p.Me.ID != "ann" || p.Me.Role != "campaigner" || p.Me.Office != (fieldsync.PulledOffice{ID: "a", Name: "Office a"}) || !p.Now.Equal(now) || p.Epoch == "" {
		t.Errorf("got %+v", p)
	}
	if point, err := base64.StdEncoding.DecodeString(p.Seal.Key); err != nil || len(point) != 65 || point[0] != 4 || len(p.Seal.ID) != 16 {
		t.Errorf("the key is %+v", p.Seal)
	}
	if !bytes.Contains(r.body, []byte(`"activities":[]`)) || len(p.Campaigns) != 2 {
		t.Errorf("got %s", r.body)
	}
	tag := r.header.Get("ETag")
	if r := ann.ask("GET", path, "", "If-None-Match", tag); r.status != 304 || len(r.body) > 0 || r.header.Get("ETag") != tag || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the same again: %d %s %v", r.status, r.body, r.header)
	}
	zipped := ann.ask("GET", path, "", "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
	z, err := gzip.NewReader(bytes.NewReader(zipped.body))
	if err != nil || zipped.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("packed: %v %v", zipped.header, err)
	}
	if text, err := io.ReadAll(z); err != nil || !bytes.Equal(text, r.body) {
		t.Errorf("unpacked: %s, %v", text, err)
	}
	if r := ann.ask("GET", path, "", "Accept-Encoding", "gzip;q=0"); r.header.Get("Content-Encoding") != "" {
		t.Error("packed for who does not want it")
	}
	storetest.Import(t, s.intake, storetest.NewMaker().Plan("lea", campaign.SmallGroup, storetest.At(10, 8), journal.ID{}))
	r = ann.ask("GET", path, "", "If-None-Match", tag)
	r.decode(t, &p)
	if r.status != 200 || len(p.Activities) != 1 || p.Activities[0].Mine || !bytes.Contains(r.body, []byte(`"moved_from":null`)) || !bytes.Contains(r.body, []byte(`"head_count":null`)) {
		t.Errorf("after a change: %d %s", r.status, r.body)
	}
}

func (s *site) register(commune string, names ...string) {
	s.t.Helper()
	err := s.store.Update(s.t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		by := access.Actor{User: access.User{ID: "top", Role: access.Province, Office: "p"}}
		for _, name := range names {
			rec := people.Record{Personal: people.Personal{Name: "Mô phỏng " + name}, Commune: commune, Village: "Bản Thử"}
			if _, err := s.intake.People().Add(tx, plan, by, rec); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// The people of a commune come in parts over a link that breaks, and to nobody
// else.
func TestPeopleAreTakenInParts(t *testing.T) {
	s := open(t)
	ann, _ := s.worker("ann", "lea", "a")
	bob, _ := s.worker("bob", "leb", "b")
	s.register("001", "Một", "Hai", "Ba")
	const path = "/api/v1/sync/people/001"
	whole := ann.ask("GET", path, "")
	tag := whole.header.Get("ETag")
	if whole.status != 200 || whole.header.Get("Content-Type") != "application/gzip" || whole.header.Get("Content-Encoding") != "" || whole.header.Get("Accept-Ranges") != "bytes" || !strings.HasPrefix(tag, `"`) {
		t.Fatalf("got %d %v", whole.status, whole.header)
	}
	z, err := gzip.NewReader(bytes.NewReader(whole.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || bytes.Count(text, []byte("\n")) != 4 || !bytes.Contains(text, []byte("Mô phỏng Hai")) {
		t.Errorf("unpacked: %s, %v", text, err)
	}
	half := len(whole.body) / 2
	rest := ann.ask("GET", path, "", "Range", fmt.Sprintf("bytes=%d-", half), "If-Range", tag)
	if rest.status != 206 || !bytes.Equal(slices.Concat(whole.body[:half], rest.body), whole.body) {
		t.Errorf("the rest: %d, %d bytes", rest.status, len(rest.body))
	}
	if r := ann.ask("GET", path, "", "Range", fmt.Sprintf("bytes=%d-", half), "If-Range", `"of another file"`); r.status != 200 || !bytes.Equal(r.body, whole.body) {
		t.Errorf("the rest of another file: %d, %d bytes", r.status, len(r.body))
	}
	taken := func() int {
		r := s.do(s.signIn(access.Province, "top", "p"), "GET", "/api/v1/audit?act=people.taken", "")
		return bytes.Count(r.body, []byte(`commune:001`))
	}
	before := taken()
	if before != 2 { // the whole, and that of another file; not the part that goes on with it
		t.Errorf("noted %d times", before)
	}
	if r := ann.ask("GET", path, "", "If-None-Match", tag); r.status != 304 || taken() != before || before == 0 {
		t.Errorf("the same again: %d; it was taken %d times, then %d", r.status, before, taken())
	}
	s.wantCode(bob.ask("GET", path, ""), 404, "not_found")
	s.wantCode(ann.ask("GET", "/api/v1/sync/people/999", ""), 404, "not_found")
	s.wantCode(s.do(s.signIn(access.Auditor, "eye", "p"), "GET", path, ""), 403, "right.missing")
	err = s.store.Update(t.Context(), func(tx store.Tx) error {
		return tx.PutUser(access.User{ID: "ann", Name: "Mô phỏng", Role: access.Campaigner, Office: "a", Communes: []string{"002"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.wantCode(ann.ask("GET", path, ""), 404, "not_found")
	r := s.do(s.signIn(access.Province, "top", "p"), "GET", "/api/v1/audit?act=people.taken", "")
	if !bytes.Contains(r.body, []byte(`commune:001`)) || !bytes.Contains(r.body, []byte(`"people":"3"`)) {
		t.Errorf("audit: %s", r.body)
	}
}

// A phone is told what became of what it brought, as it is counted; of others'
// entries nothing.
func TestFates(t *testing.T) {
	s := open(t)
	ann, lead := s.worker("ann", "lea", "a")
	bob, _ := s.worker("bob", "leb", "b")
	m := storetest.NewMaker()
	at := storetest.At(9, 9)
	met := m.Consult("ann", at, storetest.Citizen(1), journal.ID{})
	first := m.Enrol("bob", at, storetest.Citizen(2), "household_hi", "paid")
	second := m.Enrol("ann", at.Add(time.Hour), storetest.Citizen(2), "household_hi", "paid")
	future := m.Consult("ann", at.AddDate(0, 0, 7), storetest.Citizen(3), journal.ID{})
	wrong := m.Consult("ann", at, storetest.Citizen(4), journal.ID{})
	right := m.Correct("ann", at, wrong, func(*journal.Entry) {})
	waits := m.Consult("ann", at, storetest.Citizen(5), m.ID())
	if got, _ := bob.push(first); got != "accepted" {
		t.Fatalf("bob: %s", got)
	}
	if got, _ := ann.push(met, second, future, wrong, right, waits); got != "accepted, accepted, accepted, accepted, accepted, held-back" {
		t.Fatalf("ann: %s", got)
	}
	lead("PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"lost"}`)
	apart := m.Consult("ann", at, storetest.Citizen(6), journal.ID{})
	ann.push(apart)
	absent := m.Consult("ann", at, storetest.Citizen(7), journal.ID{})

	var ids, got []string
	for _, l := range []journal.Line{met, second, future, wrong, right, waits, apart, absent, first} {
		ids = append(ids, `"`+l.Entry.ID.String()+`"`)
	}
	var out struct {
		Results []struct{ ID, Fate, Reason string }
	}
	ann.do("POST", "/api/v1/sync/fates", `{"entries":[`+strings.Join(ids, ",")+`]}`).decode(t, &out)
	for i, r := range out.Results {
		want(t, "id", `"`+r.ID+`"`, ids[i])
		got = append(got, strings.TrimSuffix(r.Fate+" "+r.Reason, " "))
	}
	want(t, "fates", strings.Join(got, ", "), "counted, review duplicate_enrolment, review future, replaced, counted, waits, apart, absent, absent")
	s.wantCode(s.do(s.signIn(access.Campaigner, "an", "a"), "POST", "/api/v1/sync/fates", `{"entries":[`+ids[0]+`]}`), 403, "device.none")
}

func TestReceiptAndGaps(t *testing.T) {
	s := open(t)
	ann, lead := s.worker("ann", "lea", "a")
	m := storetest.NewMaker()
	var lines []journal.Line
	for _, seq := range []int64{1, 2, 5, 9} {
		l := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(int(seq)), journal.ID{})
		l.Entry.Device, l.Entry.Seq = "máy-1", seq
		lines = append(lines, l)
	}
	lines[1].Entry.Supersedes = m.ID() // held back until that comes
	if got, _ := ann.push(lines...); got != "accepted, held-back, accepted, accepted" {
		t.Fatalf("push: %s", got)
	}
	r := ann.ask("GET", "/api/v1/sync/receipt", "")
	want(t, "receipt", string(r.body[bytes.Index(r.body, []byte(`"entries"`)):]), `"entries":4,"last":9,"missing":[[3,4],[6,8]],"today":4,"apart":0,"now":"2025-11-09T03:00:00Z"}`+"\n")
	var list struct {
		Devices []struct{ Entries, Missing int }
	}
	lead("GET", "/api/v1/devices", "").decode(t, &list)
	if len(list.Devices) != 1 || list.Devices[0].Entries != 4 || list.Devices[0].Missing != 5 {
		t.Errorf("the lead sees %+v", list)
	}
	s.wantCode(s.do(s.signIn(access.Campaigner, "an", "a"), "GET", "/api/v1/sync/receipt", ""), 403, "device.none")

	// What a phone that is lost brings is apart, and told.
	if r := lead("PUT", "/api/v1/users/ann/devices/máy-1", `{"state":"lost"}`); r.status != 204 {
		t.Fatalf("lost: %d %s", r.status, r.body)
	}
	late := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(20), journal.ID{})
	late.Entry.Device, late.Entry.Seq = "máy-1", 10
	if got, _ := ann.push(late); got != "quarantined" {
		t.Fatalf("push: %s", got)
	}
	r = ann.ask("GET", "/api/v1/sync/receipt", "")
	want(t, "receipt", string(r.body[bytes.Index(r.body, []byte(`"entries"`)):]), `"entries":4,"last":9,"missing":[[3,4],[6,8]],"today":4,"apart":1,"now":"2025-11-09T03:00:00Z"}`+"\n")
}

func TestPushTakesGzip(t *testing.T) {
	s := open(t)
	ann, _ := s.worker("ann", "lea", "a")
	l := storetest.NewMaker().Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
	text := batch(t, l)
	const path = "/api/v1/sync/push"
	if r := ann.ask("POST", path, packed(t, text), "Content-Encoding", "gzip"); r.status != 200 || !bytes.Contains(r.body, []byte(`"accepted"`)) {
		t.Errorf("packed: %d %s", r.status, r.body)
	}
	bomb := packed(t, text[:len(text)-1]+`,"x":"`+strings.Repeat("0", 64<<20)+`"}`)
	if len(bomb) > 1<<20 {
		t.Fatalf("%d bytes are no bomb", len(bomb))
	}
	s.wantCode(ann.ask("POST", path, bomb, "Content-Encoding", "gzip"), 413, "body.too_large")
	s.wantCode(ann.ask("POST", path, packed(t, text)[:100], "Content-Encoding", "gzip"), 400, "body.malformed")
	s.wantCode(ann.ask("POST", path, text, "Content-Encoding", "gzip"), 400, "body.malformed")
	s.wantCode(ann.ask("POST", path, text, "Content-Encoding", "br"), 400, "body.malformed")
	limit := text[:len(text)-1] + `,"x":"` + strings.Repeat("0", fieldsync.MaxBody-len(text)-7) + `"}`
	if r := ann.ask("POST", path, packed(t, limit), "Content-Encoding", "gzip"); r.status != 200 {
		t.Errorf("of the size that is allowed: %d %s", r.status, r.body)
	}
}

func TestRescueByALead(t *testing.T) {
	s := open(t)
	ann, lead := s.worker("ann", "lea", "a")
	_, other := s.worker("bob", "leb", "b")
	var p fieldsync.Pulled
	ann.ask("GET", "/api/v1/sync/pull", "").decode(t, &p)
	point, err := base64.StdEncoding.DecodeString(p.Seal.Key)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	l := storetest.NewMaker().Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
	body := sealedOutbox(t, key, "ann", "máy-1", l.Entry)
	const path = "/api/v1/sync/rescue"
	s.wantCode(other("POST", path, body), 403, "right.missing")
	s.wantCode(s.do(nil, "POST", path, `{"records":[{},{}`), 401, "session.none") // before the body is read
	var out struct {
		Epoch   string
		Results []struct{ ID, Status string }
	}
	lead("POST", path, body).decode(t, &out)
	if out.Epoch != p.Epoch || len(out.Results) != 1 || out.Results[0].ID != l.Entry.ID.String() || out.Results[0].Status != "accepted" {
		t.Errorf("the lead: %+v", out)
	}
	s.wantCode(lead("POST", path, strings.Replace(body, p.Seal.ID, "0123456789abcdef", 1)), 422, "rescue.key")
	s.wantCode(lead("POST", path, strings.Replace(body, `"máy-1"`, `"máy-2"`, 1)), 422, "rescue.sealed")
	s.wantCode(lead("POST", path, `{"device":"`+strings.Repeat("x", fieldsync.MaxRescue)+`"}`), 413, "body.too_large")
	if r := ann.ask("POST", path, body); !bytes.Contains(r.body, []byte(`"repeated"`)) {
		t.Errorf("the worker: %d %s", r.status, r.body)
	}
	storetest.Check(t, s.store)
}

// stuck is a store that writes nothing until it is let go.
type stuck struct {
	store.Store
	mu   sync.Mutex
	wait chan struct{}
}

func (s *stuck) Update(ctx context.Context, f func(store.Tx) error) error {
	s.mu.Lock()
	wait := s.wait
	s.mu.Unlock()
	if wait != nil {
		<-wait
	}
	return s.Store.Update(ctx, f)
}

// Where too many phones come at once, the last are told when to come again.
func TestTooManyPhonesAreToldWhenToComeAgain(t *testing.T) {
	db, err := sqlite.Open(t.Context(), t.TempDir(), vault.New())
	if err != nil {
		t.Fatal(err)
	}
	hold := &stuck{Store: db}
	s := openOver(t, hold)
	ann, _ := s.worker("ann", "lea", "a")
	body := batch(t, storetest.NewMaker().Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{}))
	hold.mu.Lock()
	hold.wait = make(chan struct{})
	hold.mu.Unlock()
	var all sync.WaitGroup
	type answer struct {
		status int
		retry  string
		body   string
	}
	answers := make(chan answer, 1000)
	const phones = fieldsync.MostPushes + fieldsync.MostWaiting + 1 + 3 // a place in the queue has up to 200 before it
	for range phones {
		all.Go(func() {
			r := ann.ask("POST", "/api/v1/sync/push", body)
			answers <- answer{r.status, r.header.Get("Retry-After"), string(r.body)}
		})
	}
	for range 3 { // those for whom there is no room, while all others wait
		var a answer
		select {
		case a = <-answers:
		case <-time.After(20 * time.Second):
			t.Error("nobody is sent away")
		}
		seconds, err := strconv.Atoi(a.retry)
		if a.status != 503 || err != nil || seconds < 5 || seconds > 30 || !strings.Contains(a.body, "sync.busy") {
			t.Errorf("got %+v", a)
		}
	}
	hold.mu.Lock()
	close(hold.wait)
	hold.wait = nil
	hold.mu.Unlock()
	all.Wait()
	close(answers)
	for a := range answers {
		if a.status != 200 {
			t.Errorf("who waited got %+v", a)
		}
	}
}

// A phone has the communes of today: what was given away is gone on the day, and
// what was merged stays only while lists have people in it.
func TestPullHasTheCommunesOfToday(t *testing.T) {
	s := open(t)
	s.register("001", "An")
	pulled := func(user, lead, office string) string {
		t.Helper()
		phone, _ := s.worker(user, lead, office)
		var p fieldsync.Pulled
		phone.ask("GET", "/api/v1/sync/pull", "").decode(t, &p)
		var out []string
		for _, c := range p.Communes {
			out = append(out, c.Code+" "+c.Office)
		}
		return strings.Join(out, ", ")
	}
	commune := func(code string) *campaign.Commune {
		return &campaign.Commune{Code: code, Name: "Commune " + code, Type: "xã", Office: "a", Lat: 22, Lon: 104}
	}
	today := journal.DayOf(now)
	change := func(c ...*campaign.Commune) {
		t.Helper()
		var items []campaign.Item
		for _, one := range c {
			items = append(items, campaign.Item{Commune: one})
		}
		if err := s.intake.PutPlan(t.Context(), items); err != nil {
			t.Fatal(err)
		}
	}
	full, empty := commune("001"), commune("002")
	for _, tt := range []struct {
		day  journal.Day
		a, b string
	}{
		{today.Add(1), "001 a, 002 a", "003 b"},
		{today, "", "001 b, 003 b"}, // 002 has nobody
	} {
		full.Merged, empty.Merged = &campaign.Merger{From: tt.day, Into: "003"}, &campaign.Merger{From: tt.day, Into: "003"}
		change(full, empty)
		if a, b := pulled("ann", "lea", "a"), pulled("bob", "leb", "b"); b != tt.b || tt.a != "" && a != tt.a {
			t.Errorf("merged on %s: a has %q, b has %q; want %q and %q", tt.day, a, b, tt.a, tt.b)
		}
	}
}
