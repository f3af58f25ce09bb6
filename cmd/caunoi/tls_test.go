package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"

	"caunoi/access"
	"caunoi/store/sqlite"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// record is a log that may be read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func (r *record) logger() *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

// secure starts an app that speaks TLS on a free loopback port.
func secure(t *testing.T, tr *transport) *App {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, keysIn(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	app := NewApp(s, access.Config{}, io.Discard)
	app.tls = tr
	if err := app.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Wait(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return app
}

// handshake is what a client that trusts only some roots gets to see.
func handshake(app *App, roots *x509.CertPool, name string) (*x509.Certificate, error) {
	conn, err := tls.Dial("tcp", app.listen.Addr().String(), &tls.Config{RootCAs: roots, ServerName: name})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0], nil
}

func mustShake(t *testing.T, app *App, roots *x509.CertPool, name string) *x509.Certificate {
	t.Helper()
	leaf, err := handshake(app, roots, name)
	if err != nil {
		t.Fatalf("handshake for %s: %v", name, err)
	}
	return leaf
}

// client speaks to an app by any name, wherever that leads.
func client(addr string, roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}}
}

// issuer makes certificates for tests.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return &issuer{must[*x509.Certificate](t)(x509.ParseCertificate(der)), key}
}

func (i *issuer) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(i.cert)
	return pool
}

func (i *issuer) sign(serial int64, public any, names ...string) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 3, 0),
	}
	return x509.CreateCertificate(rand.Reader, template, i.cert, public, i.key)
}

// write puts a pair into two files, as an administrator would at a time.
func (i *issuer) write(t *testing.T, serial int64, cert, key string, at time.Time, names ...string) {
	t.Helper()
	secret := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	der := must[[]byte](t)(i.sign(serial, secret.Public(), names...))
	put(t, cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), at)
	put(t, key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must[[]byte](t)(x509.MarshalPKCS8PrivateKey(secret))}), at)
}

func put(t *testing.T, path string, raw []byte, at time.Time) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, raw, 0o600), os.Chtimes(path, at, at)); err != nil {
		t.Fatal(err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// An own certificate is served over HTTP/2, from TLS 1.2 on, and browsers are
// told to stay with TLS.
func TestOwnCertificate(t *testing.T) {
	ca, dir, c := newIssuer(t), t.TempDir(), newClock()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	ca.write(t, 10, cert, key, c.now(), "*.example", "caunoi.example")
	app := secure(t, must[*transport](t)(ownTransport(cert, key, slog.New(slog.DiscardHandler), c.now)))

	_, port, _ := net.SplitHostPort(app.listen.Addr().String())
	if want := "https://caunoi.example:" + port; app.URL() != want || app.web.PublicURL != want {
		t.Errorf("the app is at %s, publicly %s, want %s", app.URL(), app.web.PublicURL, want)
	}
	res, err := client(app.listen.Addr().String(), ca.roots()).Get(app.URL() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("got %s %s %v, want 200 by HTTP/2 with Strict-Transport-Security", res.Proto, res.Status, res.Header)
	}
	for version, welcome := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", app.listen.Addr().String(), &tls.Config{
			RootCAs: ca.roots(), ServerName: "caunoi.example", MinVersion: version, MaxVersion: version,
		})
		if err == nil {
			conn.Close()
		}
		if (err == nil) != welcome {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

// Changed files are read within a second; what cannot be used is not, and the
// log says so once.
func TestOwnCertificateIsReadAnew(t *testing.T) {
	ca, dir, c := newIssuer(t), t.TempDir(), newClock()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	var log record
	ca.write(t, 10, cert, key, c.now(), "caunoi.example")
	app := secure(t, must[*transport](t)(ownTransport(cert, key, log.logger(), c.now)))
	wants := func(when string, serial int64) {
		t.Helper()
		if got := mustShake(t, app, ca.roots(), "caunoi.example").SerialNumber.Int64(); got != serial {
			t.Errorf("%s: certificate %d, want %d", when, got, serial)
		}
	}
	wants("at first", 10)
	ca.write(t, 11, cert, key, c.now().Add(time.Hour), "caunoi.example")
	wants("before a second is over", 10)
	c.move(time.Second)
	wants("after a second", 11)

	whole := must[[]byte](t)(os.ReadFile(key))
	ca.write(t, 12, cert, key, c.now().Add(2*time.Hour), "caunoi.example")
	right := must[[]byte](t)(os.ReadFile(key))
	put(t, key, whole, c.now().Add(2*time.Hour))
	for range 3 {
		c.move(time.Second)
		wants("with another certificate's key", 11)
	}
	if n := strings.Count(log.String(), "the old one stays"); n != 1 {
		t.Errorf("the log says %d times that the old one stays:\n%s", n, log.String())
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	c.move(time.Second)
	wants("without a key", 11)
	put(t, key, right, c.now().Add(3*time.Hour))
	c.move(time.Second)
	wants("with its own key", 12)
}

// localRoots are those of a phone that was given nothing but ca.crt.
func localRoots(t *testing.T, tr *transport) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(must[[]byte](t)(os.ReadFile(tr.authority))) {
		t.Fatalf("no certificate in %s", tr.authority)
	}
	return roots
}

func fixed(names ...string) namer { return func(*authority) []string { return names } }

// A phone that was given ca.crt trusts the server by each of its names, also
// after the next start, and is not made to remember it.
func TestLocalAuthority(t *testing.T) {
	dir := must[string](t)(where{Data: t.TempDir()}.certificates())
	names := fixed("may-mo-phong.lan", "127.0.0.1", "::1", "192.168.7.20")
	log := slog.New(slog.DiscardHandler)
	tr := must[*transport](t)(localTransport(dir, names, log, time.Now))
	roots := localRoots(t, tr)
	app := secure(t, tr)
	for _, name := range names(nil) {
		leaf := mustShake(t, app, roots, name)
		if days := time.Until(leaf.NotAfter).Hours() / 24; days < 89 || days > 90 {
			t.Errorf("the certificate holds for %.1f days, want 90", days)
		}
	}
	if _, err := handshake(app, roots, "other.lan"); err == nil {
		t.Error("the certificate holds for a name that nobody gave")
	}
	res, err := client(app.listen.Addr().String(), roots).Get(app.URL() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if hsts := res.Header.Get("Strict-Transport-Security"); res.ProtoMajor != 2 || hsts != "" {
		t.Errorf("%s with Strict-Transport-Security %q, want HTTP/2 and none", res.Proto, hsts)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "ca.key": 0o600} {
		if got := must[os.FileInfo](t)(os.Stat(filepath.Join(dir, name))).Mode().Perm(); got != want {
			t.Errorf("%q has mode %o, want %o", name, got, want)
		}
	}

	first := must[[]byte](t)(os.ReadFile(tr.authority))
	again := must[*transport](t)(localTransport(dir, fixed("127.0.0.1", "10.0.0.9"), log, time.Now))
	if !bytes.Equal(first, must[[]byte](t)(os.ReadFile(again.authority))) {
		t.Error("a second start made another authority")
	}
	if leaf := mustShake(t, secure(t, again), roots, "10.0.0.9"); leaf.VerifyHostname("192.168.7.20") == nil {
		t.Error("the certificate of the second start holds for names of the first")
	}
}

// While it runs, the certificate follows the names and is made anew before it
// ends. Names that the authority does not cover leave it as it was.
func TestLocalCertificateIsMadeAnew(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	var log record
	var mu sync.Mutex
	current := []string{"localhost", "192.168.7.20"}
	become := func(names ...string) { mu.Lock(); defer mu.Unlock(); current = names }
	tr := must[*transport](t)(localTransport(dir, func(*authority) []string { mu.Lock(); defer mu.Unlock(); return current }, log.logger(), c.now))
	roots := localRoots(t, tr)
	app := secure(t, tr)
	first := mustShake(t, app, roots, "192.168.7.20")

	become("localhost", "10.1.2.3")
	c.move(time.Minute)
	second := mustShake(t, app, roots, "10.1.2.3")
	if second.VerifyHostname("192.168.7.20") == nil {
		t.Error("the certificate holds for an address that the machine lost")
	}
	become("localhost", "bank.example")
	c.move(time.Minute)
	if got := mustShake(t, app, roots, "10.1.2.3"); !got.Equal(second) || !strings.Contains(log.String(), "the old one stays") {
		t.Errorf("a name that the authority does not cover changed the certificate; log:\n%s", log.String())
	}
	become("localhost", "10.1.2.3")
	c.move(59 * 24 * time.Hour)
	if got := mustShake(t, app, roots, "localhost"); !got.Equal(second) {
		t.Error("made anew more than 30 days before the end")
	}
	c.move(24 * time.Hour)
	third, _ := tr.config.GetCertificate(nil) // by this machine's clock it has not begun
	if third.Leaf.Equal(second) || !third.Leaf.NotAfter.After(second.NotAfter) {
		t.Errorf("60 days later the certificate still ends on %v", third.Leaf.NotAfter)
	}
	if first.Equal(second) {
		t.Error("the certificate did not change")
	}
}

// The authority covers its names and private networks, and nothing else.
func TestLocalAuthorityIsConstrained(t *testing.T) {
	now := time.Now()
	a := must[*authority](t)(openAuthority(t.TempDir(), []string{"may-mo-phong.lan", "203.0.113.7"}, now))
	if years := a.pair.Leaf.NotAfter.Sub(now).Hours() / 24 / 365.25; years < 9.9 || years > 10.1 {
		t.Errorf("it holds for %.2f years, want 10", years)
	}
	if key, ok := a.pair.PrivateKey.(*ecdsa.PrivateKey); !ok || key.Curve != elliptic.P256() {
		t.Errorf("its key is %T, want ECDSA on P-256", a.pair.PrivateKey)
	}
	for name, covered := range map[string]bool{
		"may-mo-phong.lan": true, "a.may-mo-phong.lan": true, "amay-mo-phong.lan": false, "localhost": true, "203.0.113.7": true, "192.168.1.1": true, "10.9.9.9": true, "::1": true, "fd00::1": true,
		"bank.example": false, "lan": false, "203.0.113.8": false, "2001:db8::1": false,
	} {
		if _, err := a.issue([]string{name}, now); (err == nil) != covered || a.covers(name) != covered {
			t.Errorf("a certificate for %s: %v, it covers the name: %t", name, err, a.covers(name))
		}
	}
	if _, err := a.issue([]string{"localhost"}, now.AddDate(authorityYears, 0, 1)); err == nil {
		t.Error("it makes certificates after its end")
	}
}

// A key that others can read, or another one, is refused with what to do; a
// removed authority is made anew.
func TestLocalAuthorityIsKept(t *testing.T) {
	dir := t.TempDir()
	key, file := filepath.Join(dir, "ca.key"), filepath.Join(dir, "ca.crt")
	open := func() error { _, err := openAuthority(dir, []string{"localhost"}, time.Now()); return err }
	check := func(what, want string) {
		t.Helper()
		if err := open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	first := must[[]byte](t)(os.ReadFile(file))
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	check("a key for others to read", "chmod 600")
	put(t, key, must[[]byte](t)(os.ReadFile(file)), time.Now())
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	check("no key", file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Error(err)
	}
	if bytes.Equal(first, must[[]byte](t)(os.ReadFile(file))) {
		t.Error("the removed authority is back")
	}
}

// acmeServer is as much of RFC 8555 as a client needs who has one account. It
// asks for domains where the app listens instead of on their port 443.
type acmeServer struct {
	*issuer
	url     string
	app     string // address
	mu      sync.Mutex
	account string // thumbprint of its key (RFC 7638)
	domain  string
	agreed  bool
	state   string // of the order and its authorization
	leaf    []byte
	issued  int
}

func newACMEServer(t *testing.T) *acmeServer {
	s := &acmeServer{issuer: newIssuer(t)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

const acmeToken = "token-mo-phong-0123456789"

func (s *acmeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Signatures are not checked: whose key it is shows when the app answers
	// the challenge.
	var signed struct{ Protected, Payload string }
	_ = json.NewDecoder(r.Body).Decode(&signed)
	var header struct{ JWK struct{ X, Y string } }
	var in struct {
		Agreed      bool `json:"termsOfServiceAgreed"`
		Identifiers []struct{ Value string }
		CSR         string
	}
	unpack := func(text string, v any) {
		raw, _ := base64.RawURLEncoding.DecodeString(text)
		_ = json.Unmarshal(raw, v)
	}
	if unpack(signed.Protected, &header); header.JWK.X != "" {
		x, _ := base64.RawURLEncoding.DecodeString(header.JWK.X)
		y, _ := base64.RawURLEncoding.DecodeString(header.JWK.Y)
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
		if err == nil {
			s.account, _ = acme.JWKThumbprint(key)
		}
	}
	unpack(signed.Payload, &in)
	w.Header().Set("Replay-Nonce", "nonce")
	answer := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	order := func() map[string]any {
		o := map[string]any{"status": s.state, "authorizations": []string{s.url + "/authz"}, "finalize": s.url + "/finalize"}
		if s.leaf != nil {
			o["certificate"] = s.url + "/certificate"
		}
		return o
	}
	switch r.URL.Path {
	case "/directory":
		answer(200, map[string]any{
			"newNonce": s.url + "/nonce", "newAccount": s.url + "/account", "newOrder": s.url + "/order",
			"meta": map[string]string{"termsOfService": s.url + "/terms"},
		})
	case "/nonce":
	case "/account":
		s.agreed = in.Agreed
		w.Header().Set("Location", s.url+"/account/1")
		answer(201, map[string]string{"status": "valid"})
	case "/order":
		s.domain, s.state, s.leaf = in.Identifiers[0].Value, acme.StatusPending, nil
		w.Header().Set("Location", s.url+"/order/1")
		answer(201, order())
	case "/order/1":
		answer(200, order())
	case "/authz":
		state := s.state
		if state == acme.StatusReady {
			state = acme.StatusValid
		}
		answer(200, map[string]any{
			"status": state, "identifier": map[string]string{"type": "dns", "value": s.domain},
			"challenges": []map[string]string{{"type": "tls-alpn-01", "url": s.url + "/challenge", "token": acmeToken, "status": state}},
		})
	case "/challenge":
		s.state = acme.StatusInvalid
		if err := s.ask(); err == nil {
			s.state = acme.StatusReady
		}
		answer(200, map[string]string{"type": "tls-alpn-01", "url": s.url + "/challenge", "token": acmeToken, "status": "processing"})
	case "/finalize":
		raw, _ := base64.RawURLEncoding.DecodeString(in.CSR)
		csr, err := x509.ParseCertificateRequest(raw)
		if err != nil || s.state != acme.StatusReady || !slices.Equal(csr.DNSNames, []string{s.domain}) {
			answer(403, map[string]string{"type": "urn:ietf:params:acme:error:badCSR"})
			return
		}
		s.issued++
		s.leaf, _ = s.sign(int64(100+s.issued), csr.PublicKey, s.domain)
		s.state = acme.StatusValid
		w.Header().Set("Location", s.url+"/order/1")
		answer(200, order())
	case "/certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		for _, der := range [][]byte{s.leaf, s.cert.Raw} {
			_ = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
	default:
		answer(404, map[string]string{"type": "urn:ietf:params:acme:error:malformed"})
	}
}

// ask looks for the answer to the challenge as RFC 8737, section 3, has it:
// in a certificate that is shown to who speaks acme-tls/1.
func (s *acmeServer) ask() error {
	conn, err := tls.Dial("tcp", s.app, &tls.Config{ServerName: s.domain, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	leaf := conn.ConnectionState().PeerCertificates[0]
	if conn.ConnectionState().NegotiatedProtocol != acme.ALPNProto || !slices.Equal(leaf.DNSNames, []string{s.domain}) {
		return errors.New("no answer")
	}
	for _, e := range leaf.Extensions {
		if !e.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) {
			continue
		}
		var got []byte
		want := sha256.Sum256([]byte(acmeToken + "." + s.account))
		if _, err := asn1.Unmarshal(e.Value, &got); err != nil || !e.Critical || !bytes.Equal(got, want[:]) {
			return errors.New("another account's answer")
		}
		return nil
	}
	return errors.New("no acmeIdentifier")
}

// Certificates of the named domains are fetched at the first handshake, with
// the authority's question answered on the same port, and kept.
func TestAutomaticCertificate(t *testing.T) {
	authority := newACMEServer(t)
	dir := must[string](t)(where{Data: t.TempDir()}.certificates())
	app := secure(t, autoTransport(dir, []string{"Caunoi.example"}, authority.url+"/directory"))
	authority.app = app.listen.Addr().String()

	if _, err := handshake(app, authority.roots(), "other.example"); err == nil {
		t.Error("another name got a certificate")
	}
	if _, err := handshake(app, authority.roots(), ""); err == nil {
		t.Error("no name got a certificate")
	}
	if authority.issued != 0 {
		t.Fatalf("%d certificates issued for names that nobody gave", authority.issued)
	}
	res, err := client(app.listen.Addr().String(), authority.roots()).Get(app.URL() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("got %s %s %v, want 200 by HTTP/2 with Strict-Transport-Security", res.Proto, res.Status, res.Header)
	}
	if !authority.agreed {
		t.Error("the authority's terms were not accepted")
	}

	// The next start has it at once, from files that are ours alone.
	again := secure(t, autoTransport(dir, []string{"caunoi.example"}, authority.url+"/directory"))
	mustShake(t, again, authority.roots(), "caunoi.example")
	if authority.issued != 1 {
		t.Errorf("%d certificates issued, want 1", authority.issued)
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		want := os.FileMode(0o700)
		if !d.IsDir() {
			files, want = files+1, 0o600
		}
		if mode := must[os.FileInfo](t)(d.Info()).Mode().Perm(); mode != want {
			t.Errorf("%s has mode %o, want %o", path, mode, want)
		}
		return nil
	})
	if err != nil || files != 2 {
		t.Errorf("%d files (%v), want the account's key and the certificate", files, err)
	}

	// Another authority's are not taken for its own.
	other := newACMEServer(t)
	elsewhere := secure(t, autoTransport(dir, []string{"caunoi.example"}, other.url+"/directory"))
	other.app = elsewhere.listen.Addr().String()
	mustShake(t, elsewhere, other.roots(), "caunoi.example")
}

func TestTLSFlagsThatDoNotGoTogether(t *testing.T) {
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	for _, tt := range []struct {
		args, want string
		code       int
	}{
		{"--tls-cert a --tls-key b --tls-local", "Choose one way", exitUsage},
		{"--tls-cert a --tls-key b --tls-auto caunoi.example", "Choose one way", exitUsage},
		{"--tls-auto caunoi.example --tls-local", "Choose one way", exitUsage},
		{"--tls-cert a", "--tls-key FILE", exitUsage},
		{"--tls-key b", "--tls-cert FILE", exitUsage},
		{"--acme-directory https://acme.example", "--tls-auto DOMAIN", exitUsage},
		{"--tls-name phone.lan", "--tls-local", exitUsage},
		{"--tls-auto 192.0.2.1", "192.0.2.1 is none", exitUsage},
		{"--tls-auto localhost", "localhost is none", exitUsage},
		{"--tls-auto *.example", "*.example is none", exitUsage},
		{"--tls-auto caunoi.example:443", "--tls-auto takes", exitUsage},
		{"--tls-auto bảohiểm.example", "xn--", exitUsage},
		{"--tls-local --tls-name a/b", "a/b is none", exitUsage},
		{"--tls-local --tls-name fe80::1%eth0", "--tls-name takes", exitUsage},
		{"--tls-auto caunoi.example --acme-directory http://acme.example", "https://", exitUsage},
		{"--tls-cert nowhere.pem --tls-key nowhere.key", "nowhere.pem", exitFault},
	} {
		for _, command := range []string{"serve", "demo"} {
			dir := t.TempDir()
			var out, errs bytes.Buffer
			args := append([]string{command, "--data", dir, "--addr", "127.0.0.1:0"}, strings.Fields(tt.args)...)
			code := run(t.Context(), args, terminal{strings.NewReader(""), &out, &errs})
			if code != tt.code || !strings.Contains(errs.String(), tt.want) {
				t.Errorf("%s %s: exit %d, want %d:\n%s", command, tt.args, code, tt.code, errs.String())
			}
			if found := must[[]os.DirEntry](t)(os.ReadDir(dir)); tt.code == exitUsage && len(found) > 0 {
				t.Errorf("%s %s: left %v", command, tt.args, found)
			}
		}
	}
}

// From the command to a sign-in: the printed link holds by TLS, and the cookie
// is bound to the host.
func TestServeLocal(t *testing.T) {
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	var out record
	logs, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, []string{"serve", "--data", dir, "--addr", "127.0.0.1:0", "--tls-local", "--tls-name", "may-mo-phong.lan"}, terminal{strings.NewReader(""), &out, w})
		w.Close()
		ended <- code
	}()
	var base string
	lines := bufio.NewScanner(logs)
	for base == "" && lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), " on https://"); ok {
			base = "https://" + at
		}
	}
	if !lines.Scan() || !strings.Contains(lines.Text(), filepath.Join(dir, "certificates", "ca.crt")) {
		t.Errorf("the file for phones is not named: %q", lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, logs) }()
	link := strings.TrimSpace(out.String())
	host, port, _ := net.SplitHostPort(strings.TrimPrefix(base, "https://"))
	if page, secret, _ := strings.Cut(link, "#"); host != "may-mo-phong.lan" || page != base+"/signin" {
		t.Errorf("serves on %s and prints %s", base, page)
	} else {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(must[[]byte](t)(os.ReadFile(filepath.Join(dir, "certificates", "ca.crt"))))
		res, err := client("127.0.0.1:"+port, roots).Post(base+"/api/v1/session", "application/json", strings.NewReader(fmt.Sprintf(`{"token":%q}`, secret)))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if c := res.Cookies(); len(c) == 0 || c[0].Name != "__Host-caunoi_session" || !c[0].Secure {
			t.Errorf("%s, cookies %v", res.Status, c)
		}
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("exit %d", code)
	}
}

func TestWhereBrowsersFindTheServer(t *testing.T) {
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	at := func(addr string) net.Addr { return must[*net.TCPAddr](t)(net.ResolveTCPAddr("tcp", addr)) }
	local := &transport{names: []string{"localhost", "127.0.0.1", "may-mo-phong.lan", "fd00::7"}, authority: "d/ca.crt"}
	for _, tt := range []struct{ got, want string }{
		{(&transport{names: []string{"caunoi.example"}}).url(at("0.0.0.0:443")), "https://caunoi.example"},
		{(&transport{names: []string{"fd00::7"}}).url(at("[::]:443")), "https://[fd00::7]"},
		{(&transport{names: []string{"caunoi.example"}}).url(at("0.0.0.0:8443")), "https://caunoi.example:8443"},
		{(&transport{}).url(at("127.0.0.1:8443")), "https://127.0.0.1:8443"},
		{(&transport{names: []string{"localhost"}, authority: "d/ca.crt"}).hint(at("[::]:8443")), "No name or address by which phones find this machine is covered by d/ca.crt: give one with --tls-name."},
		{local.hint(at("[::]:8443")), "Give phones d/ca.crt (docs/phone.md), then open on them: https://may-mo-phong.lan:8443 https://[fd00::7]:8443"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
	if hint := local.hint(at("127.0.0.1:8443")); !strings.Contains(hint, "--addr 0.0.0.0:8443") {
		t.Errorf("on loopback: %q", hint)
	}
	auto := &transport{names: []string{"caunoi.example"}, asked: true}
	if hint := auto.hint(at("0.0.0.0:443")); hint != "" {
		t.Errorf("on port 443: %q", hint)
	}
	if hint := auto.hint(at("0.0.0.0:8443")); !strings.Contains(hint, "443") {
		t.Errorf("on another port: %q", hint)
	}
}

// Over PostgreSQL there is no data folder: certificates lie beside the key.
func TestWhereCertificatesLie(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CAUNOI_KEYS", filepath.Join(dir, "env", "master"))
	for want, w := range map[string]where{
		"data/certificates": {Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys", "master")},
		"keys/certificates": {DB: "postgres://", Keys: filepath.Join(dir, "keys", "master")},
		"env/certificates":  {DB: "postgres://"},
	} {
		if got := must[string](t)(w.certificates()); got != filepath.Join(dir, want) {
			t.Errorf("%+v keeps certificates in %s", w, got)
		}
	}
}

// What a machine finds of itself is what its authority covers: a later name or
// address does not keep it from starting.
func TestOwnNames(t *testing.T) {
	all := ownNames(nil)
	if all[0] != "localhost" || !slices.Contains(all, "127.0.0.1") || !slices.Contains(all, "::1") {
		t.Errorf("own names %v", all)
	}
	now := time.Now()
	if covered := ownNames(must[*authority](t)(openAuthority(t.TempDir(), all, now))); !slices.Equal(covered, all) {
		t.Errorf("an authority made for %v covers %v", all, covered)
	}
	old := must[*authority](t)(openAuthority(t.TempDir(), []string{"old.lan"}, now))
	if _, err := old.issue(ownNames(old), now); err != nil {
		t.Error(err)
	}
}
