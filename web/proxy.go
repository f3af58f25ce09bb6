package web

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// behind believes a proxy that is trusted, and nobody else, about who calls and
// whether by TLS. Of the addresses in X-Forwarded-For the last that is not a
// trusted proxy's counts: those before it are the caller's own words.
func behind(proxies []netip.Prefix, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	trusted := func(text string) bool {
		addr, err := netip.ParseAddr(strings.TrimSpace(text))
		return err == nil && slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !trusted(peer) {
			next.ServeHTTP(w, r)
			return
		}
		r = r.Clone(r.Context())
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			if trusted(hop) {
				continue
			}
			if addr, err := netip.ParseAddr(strings.TrimSpace(hop)); err == nil {
				r.RemoteAddr = netip.AddrPortFrom(addr, 0).String()
			}
			break
		}
		if r.TLS == nil && r.Header.Get("X-Forwarded-Proto") == "https" {
			r.TLS = &tls.ConnectionState{}
		}
		next.ServeHTTP(w, r)
	})
}
