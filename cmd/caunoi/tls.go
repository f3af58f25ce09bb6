package main

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// tlsFlags say in which of three ways a server speaks TLS, if it does.
type tlsFlags struct {
	TLSCert       string   `placeholder:"FILE" help:"Speak TLS with an own certificate: it and those that lead to its authority, PEM. A changed file is read anew."`
	TLSKey        string   `placeholder:"FILE" help:"The key of the own certificate, PEM."`
	TLSAuto       []string `placeholder:"DOMAIN" help:"Speak TLS with certificates fetched by ACME from Let's Encrypt, whose terms are thereby accepted; repeatable. The authority calls port 443: --addr :443."`
	ACMEDirectory string   `placeholder:"URL" help:"Directory of another ACME authority."`
	TLSLocal      bool     `help:"Speak TLS with a certificate by an authority made here once, to try phones in the own network: docs/phone.md."`
	TLSName       []string `placeholder:"NAME" help:"With --tls-local: a name or address by which phones find the server; repeatable. Without it localhost, the host's name and its addresses."`
}

// check finds what does not go together, before anything is opened.
func (f tlsFlags) check() error {
	own, auto := f.TLSCert != "" || f.TLSKey != "", len(f.TLSAuto) > 0
	switch {
	case own && auto, own && f.TLSLocal, auto && f.TLSLocal:
		return usageError{spoken("cli.tls.one")}
	case own && (f.TLSCert == "" || f.TLSKey == ""):
		return usageError{spoken("cli.tls.pair")}
	case f.ACMEDirectory != "" && !auto:
		return usageError{spoken("cli.tls.alone", "flag", "--acme-directory", "with", "--tls-auto DOMAIN")}
	case len(f.TLSName) > 0 && !f.TLSLocal:
		return usageError{spoken("cli.tls.alone", "flag", "--tls-name", "with", "--tls-local")}
	}
	for _, d := range f.TLSAuto {
		if !isName(d) || isAddress(d) || !strings.Contains(d, ".") {
			return usageError{spoken("cli.tls.domain", "name", d)}
		}
	}
	for _, n := range f.TLSName {
		if !isName(n) && !isAddress(n) {
			return usageError{spoken("cli.tls.name", "name", n)}
		}
	}
	if d, err := url.Parse(f.ACMEDirectory); f.ACMEDirectory != "" && (err != nil || d.Host == "" ||
		d.Scheme != "https" && !(d.Scheme == "http" && isHere(d.Hostname()))) {
		return usageError{spoken("cli.tls.directory", "url", f.ACMEDirectory)}
	}
	return nil
}

// transport is what the flags ask for; nil: no TLS. What it keeps it keeps in
// the data folder, or, over PostgreSQL, beside the key file.
func (f tlsFlags) transport(w where, log *slog.Logger) (*transport, error) {
	switch {
	case f.TLSCert != "":
		return ownTransport(f.TLSCert, f.TLSKey, log, time.Now)
	case len(f.TLSAuto) > 0:
		dir, err := w.certificates()
		if err != nil {
			return nil, err
		}
		return autoTransport(dir, f.TLSAuto, f.ACMEDirectory), nil
	case f.TLSLocal:
		dir, err := w.certificates()
		if err != nil {
			return nil, err
		}
		names := ownNames
		if len(f.TLSName) > 0 {
			given := tidy(f.TLSName)
			names = func(*authority) []string { return given }
		}
		return localTransport(dir, names, log, time.Now)
	}
	return nil, nil
}

// certificates is the folder for certificates and their keys; nobody else
// looks into it.
func (w where) certificates() (string, error) {
	dir := w.Data
	if dir == "" {
		dir = filepath.Dir(cmp.Or(w.Keys, os.Getenv("CAUNOI_KEYS")))
	}
	dir = filepath.Join(dir, "certificates")
	return dir, errors.Join(os.MkdirAll(dir, 0o700), os.Chmod(dir, 0o700))
}

// transport is how a server speaks TLS.
type transport struct {
	config *tls.Config
	// names by which browsers find the server, the best one first; an own
	// certificate may have none that tells.
	names []string
	// asked says that the ACME authority calls the server, on port 443.
	asked bool
	// authority is the file that a phone must be given; "": none.
	authority string
}

// url is where browsers find the server that listens on an address.
func (t *transport) url(listen net.Addr) string {
	if len(t.names) == 0 {
		return "https://" + listen.String()
	}
	return t.at(t.names[0], listen)
}

// at leaves out port 443, as browsers do when they name an origin.
func (t *transport) at(name string, listen net.Addr) string {
	_, port, _ := net.SplitHostPort(listen.String())
	host := net.JoinHostPort(name, port)
	if port == "443" {
		host = strings.TrimSuffix(host, ":443")
	}
	return "https://" + host
}

// hint tells what else somebody has to do before phones find a server that
// listens on an address; "" if nothing.
func (t *transport) hint(listen net.Addr) string {
	here, err := netip.ParseAddrPort(listen.String())
	switch {
	case err != nil:
		return ""
	case t.asked && here.Port() != 443:
		return words().Text("cli.tls.asked", "addr", listen)
	case t.authority != "" && here.Addr().IsLoopback():
		return words().Text("cli.tls.loopback", "file", t.authority, "addr", listen)
	case t.authority != "":
		var urls []string
		for _, name := range t.names {
			if !isHere(name) {
				urls = append(urls, t.at(name, listen))
			}
		}
		if len(urls) == 0 {
			return words().Text("cli.tls.nameless", "file", t.authority)
		}
		return words().Text("cli.tls.local", "file", t.authority, "urls", strings.Join(urls, " "))
	}
	return ""
}

// ownTransport shows a certificate of the operator's and looks at its files
// once a second while it is used.
func ownTransport(cert, key string, log *slog.Logger, now func() time.Time) (*transport, error) {
	c, err := show(&ownFiles{cert: cert, key: key}, time.Second, log, now)
	if err != nil {
		return nil, spoken("cli.tls.unreadable", "cert", cert, "key", key, "why", err)
	}
	t := &transport{config: c.config()}
	for _, name := range c.shown.Leaf.DNSNames {
		if isName(name) { // no wildcard
			t.names = append(t.names, name)
		}
	}
	for _, ip := range c.shown.Leaf.IPAddresses {
		t.names = append(t.names, ip.String())
	}
	return t, nil
}

// autoTransport fetches certificates for some domains by ACME (RFC 8555) at
// the first handshake that wants one, and renews them. The authority's
// question is answered within the handshake (TLS-ALPN-01, RFC 8737), so no
// second port is needed. An empty directory is Let's Encrypt's. Each
// authority has a folder, so that a certificate of a trial is not taken for one
// of another's.
func autoTransport(dir string, domains []string, directory string) *transport {
	domains, directory = tidy(domains), cmp.Or(directory, autocert.DefaultACMEDirectory)
	of, _ := url.Parse(directory) // check has
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(domains...),
		Cache:  autocert.DirCache(filepath.Join(dir, of.Host)),
		Client: &acme.Client{DirectoryURL: directory, UserAgent: "caunoi"},
	}
	config := manager.TLSConfig()
	config.MinVersion = tls.VersionTLS12
	return &transport{config: config, names: domains, asked: true}
}

// localTransport shows certificates by the authority in a folder. The names
// are asked for again once a minute while it is used: an address that the
// network gave may change.
func localTransport(dir string, names namer, log *slog.Logger, now func() time.Time) (*transport, error) {
	ca, err := openAuthority(dir, names(nil), now())
	if err != nil {
		return nil, err
	}
	c, err := show(&localNames{authority: ca, names: names}, time.Minute, log, now)
	if err != nil {
		return nil, err
	}
	return &transport{config: c.config(), names: names(ca), authority: ca.file}, nil
}

// origin is where a server's certificate comes from.
type origin interface {
	// next is another certificate to show, or nil while the last one will do.
	next(now time.Time) (*tls.Certificate, error)
}

// certificate is the one that a server shows. While handshakes come, its
// origin is asked for another every so often; if that fails, the last
// one stays and the log says so.
type certificate struct {
	from  origin
	every time.Duration
	log   *slog.Logger
	now   func() time.Time

	mu    sync.Mutex
	shown *tls.Certificate
	asked time.Time
	fault string // said last; nothing is said twice
}

// show asks an origin for its first certificate, without which there is none.
func show(from origin, every time.Duration, log *slog.Logger, now func() time.Time) (*certificate, error) {
	first, err := from.next(now())
	if err != nil {
		return nil, err
	}
	return &certificate{from: from, every: every, log: log, now: now, shown: first, asked: now()}, nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12}
}

// get is tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.asked) < c.every {
		return c.shown, nil
	}
	c.asked = now
	next, err := c.from.next(now)
	switch {
	case err == nil:
		c.fault = ""
	case err.Error() != c.fault:
		c.fault = err.Error()
		c.log.Error("the new certificate is not usable, the old one stays", "until", c.shown.Leaf.NotAfter, "err", err)
	}
	if next != nil {
		c.shown = next
		c.log.Info("new certificate", "until", next.Leaf.NotAfter)
	}
	return c.shown, nil
}

// ownFiles are a certificate and its key, kept by somebody else.
type ownFiles struct {
	cert, key string
	read      [2]os.FileInfo // as they were when they were last of use
}

func (f *ownFiles) next(time.Time) (*tls.Certificate, error) {
	var found [2]os.FileInfo // before reading, so that no change falls between
	changed := false
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		last := f.read[i]
		changed = changed || last == nil || !info.ModTime().Equal(last.ModTime()) || info.Size() != last.Size() || !os.SameFile(info, last)
		found[i] = info
	}
	if !changed {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, err
	}
	f.read = found
	return &pair, nil
}

// How long certificates made here hold, and how long before its end a server's
// is made anew. Authority's ten years outlive the phones that are given it.
const (
	authorityYears = 10
	localDays      = 90
	renewDays      = 30
	// clockSlack is by how much a phone's clock may be behind.
	clockSlack = time.Hour
)

// namer tells by which names phones find a server whose authority is there, or
// is to be made for them (nil).
type namer func(*authority) []string

// localNames are certificates for names that may change. Their keys are never
// on disk: a start makes another, which phones trust as they trust the
// authority.
type localNames struct {
	authority *authority
	names     namer
	last      []string
	until     time.Time
}

func (l *localNames) next(now time.Time) (*tls.Certificate, error) {
	names := l.names(l.authority)
	if slices.Equal(names, l.last) && now.Before(l.until.AddDate(0, 0, -renewDays)) {
		return nil, nil
	}
	made, err := l.authority.issue(names, now)
	if err != nil {
		return nil, err
	}
	l.last, l.until = names, made.Leaf.NotAfter
	return made, nil
}

// authority is a certificate authority of one server, for phones in its own
// network. It is constrained (RFC 5280, section 4.2.1.10) to the DNS names of
// its first day and to addresses of private networks, of which a host may have
// another one every day: who steals its key cannot stand in for any other
// site.
type authority struct {
	file string // what phones are given
	pair tls.Certificate
}

// private are the networks in which phones are tried: RFC 1122, 1918, 6598,
// 4193.
var private = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"),
}

func isPrivate(a netip.Addr) bool {
	return slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) })
}

// covers says that phones may take a certificate for a name.
func (a *authority) covers(name string) bool {
	ip := net.ParseIP(name)
	return slices.ContainsFunc(a.pair.Leaf.PermittedIPRanges, func(n *net.IPNet) bool { return ip != nil && n.Contains(ip) }) ||
		slices.ContainsFunc(a.pair.Leaf.PermittedDNSDomains, func(d string) bool { return ip == nil && (name == d || strings.HasSuffix(name, "."+d)) })
}

// openAuthority reads the authority in a folder, or makes it for some names.
func openAuthority(dir string, names []string, now time.Time) (*authority, error) {
	a := &authority{file: filepath.Join(dir, "ca.crt")}
	key := filepath.Join(dir, "ca.key")
	if _, err := os.Stat(a.file); errors.Is(err, fs.ErrNotExist) {
		if err := makeAuthority(a.file, key, names, now); err != nil {
			return nil, err
		}
	}
	if info, err := os.Stat(key); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, spoken("cli.tls.open", "file", key)
	}
	var err error
	if a.pair, err = tls.LoadX509KeyPair(a.file, key); err != nil {
		return nil, spoken("cli.tls.authority", "file", a.file, "why", err)
	}
	return a, nil
}

func makeAuthority(file, keyFile string, names []string, now time.Time) error {
	host, _ := os.Hostname()
	template := &x509.Certificate{
		Subject:   pkix.Name{Organization: []string{"Caunoi"}, CommonName: strings.TrimSpace("Caunoi local authority " + host)},
		NotBefore: now.Add(-clockSlack), NotAfter: now.AddDate(authorityYears, 0, 0),
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"},
	}
	permit := func(p netip.Prefix) {
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		})
	}
	for _, p := range private {
		permit(p)
	}
	for _, name := range names {
		switch a, err := netip.ParseAddr(name); {
		case err != nil && name != "localhost":
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, name)
		case err == nil && !isPrivate(a):
			permit(netip.PrefixFrom(a, a.BitLen()))
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	// The certificate last: where it is, its key is.
	if err := writeWhole(keyFile, &pem.Block{Type: "PRIVATE KEY", Bytes: secret}, 0o600); err != nil {
		return err
	}
	return writeWhole(file, &pem.Block{Type: "CERTIFICATE", Bytes: der}, 0o644)
}

// writeWhole writes a file that is either there as a whole or not at all.
func writeWhole(path string, block *pem.Block, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = errors.Join(f.Chmod(mode), pem.Encode(f, block), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// issue makes a server's certificate for names, with a key of its own. An
// error says that phones would not take it: the authority does not cover the
// names, or it ended.
func (a *authority) issue(names []string, now time.Time) (*tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:   pkix.Name{Organization: []string{"Caunoi"}, CommonName: names[0]},
		NotBefore: now.Add(-clockSlack), NotAfter: now.AddDate(0, 0, localDays),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.pair.Leaf, key.Public(), a.pair.PrivateKey)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.pair.Leaf)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now}); err != nil {
		return nil, spoken("cli.tls.authority", "file", a.file, "why", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// ownNames are the names of this machine in its own network: localhost, its
// name, and its addresses, without public ones of IPv6, which change by the
// day. Those that an authority does not cover, since the machine got them
// later, are left out.
func ownNames(a *authority) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	if host, err := os.Hostname(); err == nil && isName(host) {
		names = append(names, host)
	}
	found, _ := net.InterfaceAddrs() // without them, it is known by its name
	for _, f := range found {
		p, err := netip.ParsePrefix(f.String())
		if ip := p.Addr().Unmap(); err == nil && (isPrivate(ip) || ip.Is4() && ip.IsGlobalUnicast()) {
			names = append(names, ip.String())
		}
	}
	return slices.DeleteFunc(tidy(names), func(name string) bool { return a != nil && !a.covers(name) })
}

// tidy writes names and addresses in their one form, each once, in the order
// in which they came.
func tidy(names []string) (out []string) {
	for _, name := range names {
		name = strings.ToLower(name)
		if a, err := netip.ParseAddr(name); err == nil {
			name = a.Unmap().String()
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

var label = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// isName says that a text is the name of a host, as certificates hold it
// (RFC 1123, section 2.1): of ASCII, without a wildcard, and no address.
func isName(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !label.MatchString(part) {
			return false
		}
	}
	return len(s) <= 253 && !isAddress(s)
}

func isAddress(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

// isHere says that a name or address leads a machine to itself.
func isHere(name string) bool {
	a, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && a.IsLoopback()
}
