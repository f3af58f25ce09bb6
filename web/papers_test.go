package web_test

import (
	"bytes"
	"strings"
	"testing"

	"caunoi/access"
)

// TestPapers: certificates wait for the closing, and are the province's;
// badges are for the teams of the offices that one plans for.
func TestPapers(t *testing.T) {
	s, _ := contested(t)
	province, lead, other := s.planner(access.Province, "top", "p"), s.planner(access.Lead, "lea", "a"), s.planner(access.Lead, "leb", "b")
	const certificates, badges = "/api/v1/campaigns/c/league/certificates.pdf", "/api/v1/campaigns/c/league/badges.pdf"
	code := func(d planDesk, path, want string) {
		t.Helper()
		if r := s.do(d.cookie, "GET", path, ""); !strings.Contains(string(r.body), `"`+want+`"`) {
			t.Errorf("%s: %d %s, want %s", path, r.status, r.body, want)
		}
	}
	pages := func(d planDesk, path string, want int) []byte {
		t.Helper()
		r := s.do(d.cookie, "GET", path, "")
		if got := bytes.Count(r.body, []byte("/Type /Page\n")); r.status != 200 || r.header.Get("Content-Type") != "application/pdf" || got != want {
			t.Errorf("%s: %d, %d pages, want %d", path, r.status, got, want)
		}
		return r.body
	}
	code(province, certificates, "league.not_closed")
	code(lead, certificates, "right.missing")
	if r := s.do(province.cookie, "POST", "/api/v1/campaigns/c/closings", `{"scope":"campaign"}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	first := pages(province, certificates, 2)
	if !bytes.Equal(first, pages(province, certificates, 2)) {
		t.Error("the same certificates are other bytes")
	}
	pages(province, certificates+"?who=campaigners&lang=en", 2)
	pages(province, certificates+"?lang=bn", 2)
	code(lead, certificates, "right.missing")

	code(lead, badges, "league.nobody")
	lead.asks("POST", "activities", `{"draft":`+draftAt("09", "14:00", "16:00", `,"team":["ann","bob"],"lead":"lea"`)+`}`, 200)
	pages(lead, badges, 2)
	pages(lead, badges+"?lang=bn", 2)
	pages(other, badges, 1)
	pages(province, badges, 3)
}
