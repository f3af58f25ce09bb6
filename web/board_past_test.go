package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/store/storetest"
)

// looked is what one sees of the donations as of a moment: on the board, and
// behind its number.
type looked struct {
	Hours   []int
	Events  []struct{ ID, Commune string }
	Figures map[string]struct{ Value int }
	behind  []string // the entries behind the number, with their communes
	sum     int
}

func (s *site) looksBack(as planDesk, at string) (l looked) {
	s.t.Helper()
	query := ""
	if at != "" {
		query = "&at=" + url.QueryEscape(at)
	}
	s.wants(as, "GET", "campaigns/c/board?"+query, "", 200).decode(s.t, &l)
	var e struct {
		Figure  struct{ Value int }
		Entries []struct {
			ID, Commune string
			Value       int
		}
	}
	s.wants(as, "GET", "campaigns/c/entries?indicator=donations.hi_card"+query, "", 200).decode(s.t, &e)
	for _, row := range e.Entries {
		l.behind = append(l.behind, row.ID+" "+row.Commune)
		l.sum += row.Value
	}
	if shown := l.Figures["donations.hi_card"].Value; e.Figure.Value != shown || l.sum != shown {
		s.t.Errorf("at %q the board says %d, the list %d of %+v", at, shown, e.Figure.Value, e.Entries)
	}
	return l
}

// A number of the past opens to the entries that made it, as they stood then:
// what came or was corrected since is left out.
func TestAPastNumberOpensToItsEntries(t *testing.T) {
	s := open(t)
	m := storetest.NewMaker()
	donate := func(day, n int) journal.Line {
		l := m.Make("card_donation", "ann", storetest.At(day, 9), map[string]string{"to": "student"})
		l.Entry.Person = storetest.Citizen(n)
		return l
	}
	first, second := donate(7, 1), donate(8, 2)
	mended := m.Correct("ann", storetest.At(9, 8), first, func(e *journal.Entry) { e.Commune, e.HappenedAt = "002", storetest.At(7, 15) })
	taken := m.Withdraw("ann", storetest.At(9, 9), second)
	third, fourth := donate(9, 3), donate(9, 4)
	storetest.Import(t, s.intake, first, second, mended, taken, third, fourth)
	province := s.planner(access.Province, "pro", "p")

	then := s.looksBack(province, "2025-11-08T12:00:00+07:00")
	if want := []string{second.Entry.ID.String() + " Commune 001", first.Entry.ID.String() + " Commune 001"}; !slices.Equal(then.behind, want) {
		t.Errorf("it opened to %v, want %v", then.behind, want)
	}
	if then.Hours[9] != 2 || then.Hours[15] != 0 || len(then.Events) != 2 || then.Events[0].ID != second.Entry.ID.String() {
		t.Errorf("hours %v, events %+v", then.Hours, then.Events)
	}
	now := s.looksBack(province, "")
	if want := []string{fourth.Entry.ID.String() + " Commune 001", third.Entry.ID.String() + " Commune 001", mended.Entry.ID.String() + " Commune 002"}; !slices.Equal(now.behind, want) {
		t.Errorf("it opens to %v, want %v", now.behind, want)
	}
	if now.Hours[9] != 2 || now.Hours[15] != 1 || len(now.Events) != 6 {
		t.Errorf("hours %v, events %+v", now.Hours, now.Events)
	}

	// One entry tells its record as it stood.
	var e struct {
		Versions []struct{ Holds bool }
		Counted  []struct{ Commune string }
	}
	path := "campaigns/c/entries/" + first.Entry.ID.String()
	s.wants(province, "GET", path+"?at=2025-11-08T05:00:00Z", "", 200).decode(t, &e)
	if len(e.Versions) != 1 || !e.Versions[0].Holds || len(e.Counted) == 0 || e.Counted[0].Commune != "Commune 001" {
		t.Errorf("as it stood: %+v", e)
	}
	s.wants(province, "GET", path, "", 200).decode(t, &e)
	if len(e.Versions) != 2 || e.Versions[0].Holds {
		t.Errorf("as it stands: %+v", e)
	}
	s.wants(province, "GET", "campaigns/c/entries/"+third.Entry.ID.String()+"?at=2025-11-08T05:00:00Z", "", 404)
	for _, at := range []string{"yesterday", "2030-01-01T00:00:00Z"} {
		s.wants(province, "GET", "campaigns/c/entries?indicator=enrolments&at="+at, "", 422)
	}
}

// An hour of the past opens to who was met in it then.
func TestAPastHourOpensToItsEntries(t *testing.T) {
	s := open(t)
	s.donated()
	province := s.planner(access.Province, "pro", "p")
	for day, want := range map[int]int{7: 1, 8: 3} {
		at := url.QueryEscape(storetest.At(day, 12).Format(time.RFC3339))
		var b struct{ Hours []int }
		s.wants(province, "GET", "campaigns/c/board?at="+at, "", 200).decode(t, &b)
		var e struct{ Entries []struct{ Kind string } }
		s.wants(province, "GET", fmt.Sprintf("campaigns/c/entries?indicator=reached.identified&hour=9&at=%s", at), "", 200).decode(t, &e)
		if b.Hours[9] != want || len(e.Entries) != want {
			t.Errorf("on day %d: %v, %+v, want %d", day, b.Hours, e, want)
		}
	}
}

// A database that kept figures alone until it was brought up to date says so.
func TestWhatWasNotKeptDoesNotOpen(t *testing.T) {
	s := open(t)
	s.donated()
	err := s.store.Update(t.Context(), func(tx store.Tx) error { return tx.PutSetting("past", "2025-11-08T00:00:00Z") })
	if err != nil {
		t.Fatal(err)
	}
	province := s.planner(access.Province, "pro", "p")
	for at, keeps := range map[string]bool{"2025-11-07T12:00:00Z": false, "2025-11-08T12:00:00Z": true} {
		var b struct {
			Hours   []int
			Figures map[string]struct{ Value int }
		}
		s.wants(province, "GET", "campaigns/c/board?at="+at, "", 200).decode(t, &b)
		if (len(b.Hours) == 24) != keeps || b.Figures["donations.hi_card"].Value == 0 {
			t.Errorf("at %s: %+v", at, b)
		}
		status := map[bool]int{true: 200, false: 422}[keeps]
		s.wants(province, "GET", "campaigns/c/entries?indicator=donations.hi_card&at="+at, "", status)
	}
}
