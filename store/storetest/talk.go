package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/talk"
	"caunoi/tally"
)

// talkers are who takes part: two leads, of a and of b, and one of the province.
var talkers = map[string]access.Actor{
	"lea": {User: access.User{ID: "lea", Role: access.Lead, Office: "a"}},
	"leb": {User: access.User{ID: "leb", Role: access.Lead, Office: "b"}},
	"top": {User: access.User{ID: "top", Role: access.Province, Office: "p"}},
}

var reachOfA = talk.Anchor{Figure: tally.PeopleReached, Office: "a"}

// at runs f at the table of somebody, some minutes after noon.
func at(t testing.TB, s store.Store, who string, minutes int, f func(t *talk.Table) error) error {
	t.Helper()
	return s.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		return f(&talk.Table{
			Tx: tx, Plan: plan, Campaign: plan.Campaigns["c"], Actor: talkers[who],
			Now: store.Micro(noon.Add(time.Duration(minutes) * time.Minute)),
			Sessions: func() ([]*tally.Session, error) {
				entries, err := tx.OfActivities("c")
				return tally.SessionsOf(plan, outreach.Schema(), entries), err
			},
		})
	})
}

func testTalk(t *testing.T, open func(t testing.TB) store.Store) {
	t.Run("what is said comes back in order, once, to its office and those above", func(t *testing.T) { testSaid(t, open(t)) })
	t.Run("an open thread waits for the other side", func(t *testing.T) { testWaits(t, open(t)) })
	t.Run("a text is sealed, and gone when it is taken back", func(t *testing.T) { testTakeBack(t, open(t)) })
	t.Run("two who begin at once begin one thread", func(t *testing.T) { testAtOnce(t, open(t)) })
	t.Run("whoever says what in any order, a thread is settled, waits and is read as its words say", func(t *testing.T) { testAnyTalk(t, open) })
}

func testSaid(t *testing.T, s store.Store) {
	in := Intake(t, s)
	m := NewMaker()
	Import(t, in, m.Consult("ann", At(2, 9), Citizen(1), journal.ID{}))
	first, second := journal.NewID(), journal.NewID()
	say := func(who string, minute int, a talk.Anchor, id journal.ID, text string) (th talk.Thread) {
		t.Helper()
		err := at(t, s, who, minute, func(table *talk.Table) (err error) {
			th, err = table.Say(a, id, text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return th
	}
	// A later message with an earlier id: the order is that of arrival.
	asked := say("top", 0, reachOfA, second, "  Mô phỏng: vì sao thấp?\n")
	Import(t, in, m.Consult("ann", At(2, 10), Citizen(2), journal.ID{}))
	say("lea", 1, reachOfA, first, "Mô phỏng: mới bắt đầu")
	again := say("top", 2, reachOfA, second, "Mô phỏng: vì sao thấp?")
	if again.N != 2 || again.ID != asked.ID {
		t.Errorf("said again: %+v", again)
	}
	day := say("leb", 3, talk.Anchor{Office: "b", Day: "2025-11-03"}, journal.NewID(), "Mô phỏng ngày 3")

	for who, want := range map[string][]journal.ID{"top": {day.ID, asked.ID}, "lea": {asked.ID}, "leb": {day.ID}} {
		err := at(t, s, who, 4, func(table *talk.Table) error {
			var got []journal.ID
			all, err := table.Threads()
			for _, th := range all {
				got = append(got, th.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s sees %v, want %v", who, got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	err := at(t, s, "lea", 5, func(table *talk.Table) error {
		th, found, err := table.At(reachOfA)
		if err != nil || !found || th.Anchor != reachOfA || th.Office != "a" || th.LastBy != "lea" {
			t.Fatalf("at the figure: %+v %v %v", th, found, err)
		}
		all, err := table.Messages(&th)
		if len(all) != 2 || all[0].Text != "Mô phỏng: vì sao thấp?" || all[0].Office != "p" || *all[0].Value != 1 || all[1].Text != "Mô phỏng: mới bắt đầu" || *all[1].Value != 2 {
			t.Errorf("messages: %+v", all)
		}
		last, err2 := table.LastWords()
		if len(last) != 1 || last[th.ID].Text != "Mô phỏng: mới bắt đầu" {
			t.Errorf("last words: %+v", last)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}

	for name, c := range map[string]struct {
		who  string
		f    func(table *talk.Table) error
		want string
	}{
		"another's figure":   {"leb", saying(reachOfA, journal.NewID(), "Mô phỏng"), "right.missing"},
		"the province's":     {"leb", saying(talk.Anchor{Figure: tally.PeopleReached}, journal.NewID(), "Mô phỏng"), "right.missing"},
		"another's thread":   {"leb", func(table *talk.Table) error { _, err := table.Thread(asked.ID); return err }, "not_found"},
		"settling another's": {"leb", func(table *talk.Table) error { _, err := table.Settle(asked.ID, 2); return err }, "not_found"},
		"the same id again":  {"top", saying(reachOfA, second, "Mô phỏng khác"), "talk.said"},
		"another's id":       {"lea", saying(reachOfA, second, "Mô phỏng: vì sao thấp?"), "talk.said"},
		"nothing":            {"top", saying(reachOfA, journal.NewID(), " \n"), "talk.text"},
		"too much":           {"top", saying(reachOfA, journal.NewID(), string(bytes.Repeat([]byte("ư"), talk.MostText+1))), "talk.text"},
		"no such figure":     {"top", saying(talk.Anchor{Figure: "songs"}, journal.NewID(), "Mô phỏng"), "not_found"},
		"no such office":     {"top", saying(talk.Anchor{Figure: tally.Sessions, Office: "z"}, journal.NewID(), "Mô phỏng"), "not_found"},
		"no such commune":    {"top", saying(talk.Anchor{Figure: tally.Sessions, Commune: "999"}, journal.NewID(), "Mô phỏng"), "not_found"},
		"no such activity":   {"top", saying(talk.Anchor{Activity: journal.NewID()}, journal.NewID(), "Mô phỏng"), "not_found"},
		"a day beyond it":    {"top", saying(talk.Anchor{Office: "a", Day: "2025-12-01"}, journal.NewID(), "Mô phỏng"), "plan.day"},
		"nothing in it":      {"top", saying(talk.Anchor{Office: "a"}, journal.NewID(), "Mô phỏng"), "talk.anchor"},
		"a day of a commune": {"top", saying(talk.Anchor{Office: "a", Commune: "001", Day: "2025-11-03"}, journal.NewID(), "Mô phỏng"), "talk.anchor"},
	} {
		var r *journal.Refusal
		if err := at(t, s, c.who, 6, c.f); !errors.As(err, &r) || r.Code != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func saying(a talk.Anchor, id journal.ID, text string) func(table *talk.Table) error {
	return func(table *talk.Table) error {
		_, err := table.Say(a, id, text)
		return err
	}
}

// waiting are the threads that wait for each of the talkers, and unread ones.
func waiting(t testing.TB, s store.Store) (waits, unread map[string]int) {
	t.Helper()
	waits, unread = map[string]int{}, map[string]int{}
	for who := range talkers {
		err := at(t, s, who, 60, func(table *talk.Table) error {
			read, err := table.Tx.ReadUpTo(who)
			if err != nil {
				return err
			}
			all, err := table.Threads()
			for _, th := range all {
				if table.Waits(&th) {
					waits[who]++
				}
				if read[th.ID] < th.N {
					unread[who]++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return waits, unread
}

func testWaits(t *testing.T, s store.Store) {
	Intake(t, s)
	step := func(who string, f func(table *talk.Table) error, waits, unread map[string]int) {
		t.Helper()
		if err := at(t, s, who, 0, f); err != nil {
			t.Fatal(err)
		}
		w, u := waiting(t, s)
		if fmt.Sprint(w) != fmt.Sprint(waits) || fmt.Sprint(u) != fmt.Sprint(unread) {
			t.Errorf("waits %v, want %v; unread %v, want %v", w, waits, u, unread)
		}
	}
	type n = map[string]int
	var id journal.ID
	step("top", saying(reachOfA, journal.NewID(), "Mô phỏng hỏi"), n{"lea": 1}, n{"lea": 1})
	step("lea", func(table *talk.Table) error {
		th, _, err := table.At(reachOfA)
		id = th.ID
		return errors.Join(err, table.Read(id, 7)) // no further than there is
	}, n{"lea": 1}, n{})
	step("lea", saying(reachOfA, journal.NewID(), "Mô phỏng đáp"), n{"top": 1}, n{"top": 1})
	var r *journal.Refusal
	if err := at(t, s, "top", 0, func(table *talk.Table) error { _, err := table.Settle(id, 1); return err }); !errors.As(err, &r) || r.Code != "talk.newer" {
		t.Errorf("settled unseen: %v", err)
	}
	step("top", func(table *talk.Table) error { return errors.Join(table.Read(id, 2), table.Read(id, 1)) }, n{"top": 1}, n{})
	step("top", func(table *talk.Table) error { _, err := table.Settle(id, 2); return err }, n{}, n{})
	step("top", saying(reachOfA, journal.NewID(), "Mô phỏng hỏi nữa"), n{"lea": 1}, n{"lea": 1})
	// Of the province's own figure nobody is above.
	step("top", saying(talk.Anchor{Figure: tally.Sessions}, journal.NewID(), "Mô phỏng"), n{"lea": 1}, n{"lea": 1})
}

func testTakeBack(t *testing.T, s store.Store) {
	Intake(t, s)
	const secret = "Mô phỏng bí mật"
	id := journal.NewID()
	var th talk.Thread
	step := func(who string, f func(table *talk.Table) error) error { t.Helper(); return at(t, s, who, 1, f) }
	err := step("top", func(table *talk.Table) (err error) {
		th, err = table.Say(reachOfA, id, secret)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	row := func() (out talk.Row) {
		t.Helper()
		err := s.View(t.Context(), func(tx store.Tx) error {
			rows, err := tx.Messages([]string{"a"}, th.ID)
			if len(rows) == 1 {
				out = rows[0]
			}
			if others, err := tx.Messages([]string{"b"}, th.ID); err != nil || len(others) > 0 {
				t.Errorf("for another office: %v, %v", others, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	was := row()
	if len(was.Sealed) == 0 || bytes.Contains(was.Sealed, []byte(secret)) || was.Text != "" {
		t.Errorf("stored as %+v", was)
	}
	var r *journal.Refusal
	if err := step("lea", func(table *talk.Table) error { _, err := table.TakeBack(th.ID, id); return err }); !errors.As(err, &r) || r.Code != "talk.not_yours" {
		t.Errorf("taken back by another: %v", err)
	}
	for range 2 {
		if err := step("top", func(table *talk.Table) error { _, err := table.TakeBack(th.ID, id); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if now := row(); now.TakenBack.IsZero() || len(now.Sealed) > 0 || now.N != 1 || now.By != "top" {
		t.Errorf("taken back: %+v", now)
	}
	if waits, _ := waiting(t, s); len(waits) > 0 {
		t.Errorf("what was taken back waits for %v", waits)
	}
	err = step("top", func(table *talk.Table) error {
		// Nor does what an older copy holds open any more.
		if _, err := table.Tx.OpenUnder(was.Key, "talk/"+th.ID.String()+"/"+id.String(), was.Sealed); err == nil {
			t.Error("its key is still there")
		}
		_, err := table.Say(reachOfA, id, secret) // an answer that was lost
		return err
	})
	if now := row(); err != nil || len(now.Sealed) > 0 {
		t.Errorf("a retry brought it back: %+v, %v", now, err)
	}
}

func testAtOnce(t *testing.T, s store.Store) {
	Intake(t, s)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			who := []string{"top", "lea"}[i%2]
			if err := at(t, s, who, i, saying(reachOfA, journal.NewID(), "Mô phỏng "+who)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	err := at(t, s, "lea", 9, func(table *talk.Table) error {
		threads, err := table.Threads()
		if len(threads) != 1 || threads[0].N != 8 || threads[0].Changes != 8 {
			t.Fatalf("threads: %+v, %v", threads, err)
		}
		messages, err := table.Messages(&threads[0])
		for i, m := range messages {
			if m.N != i+1 {
				t.Errorf("message %d has the number %d", i+1, m.N)
			}
		}
		changes, err2 := table.Tx.TalkChanges("c", []string{"a"})
		none, err3 := table.Tx.TalkChanges("c", []string{"b"})
		if changes != 8 || none != 0 {
			t.Errorf("changes: %d and %d", changes, none)
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Error(err)
	}
}

// testAnyTalk holds what the stores keep of a thread to what its words say.
func testAnyTalk(t *testing.T, open func(t testing.TB) store.Store) {
	s := open(t)
	Intake(t, s)
	communes := 0
	rapid.Check(t, func(r *rapid.T) {
		// A figure of its own for each run.
		communes++
		a := talk.Anchor{Figure: tally.Indicators[communes%len(tally.Indicators)], Office: "a", Commune: []string{"", "001", "002"}[communes/len(tally.Indicators)%3], Day: journal.Day("2025-11-01").Add(communes % 10)}
		type said struct {
			id   journal.ID
			by   string
			back bool
		}
		var words []said
		settled, read := false, map[string]int{}
		var th talk.Thread
		err := at(t, s, "top", 0, func(table *talk.Table) (err error) {
			var found bool
			if th, found, err = table.At(a); found {
				r.Skip("used before")
			}
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			who := rapid.SampledFrom([]string{"top", "lea"}).Draw(r, "who")
			what := "say"
			if len(words) > 0 {
				what = rapid.SampledFrom([]string{"say", "again", "back", "settle", "read"}).Draw(r, "what")
			}
			i := 0
			if len(words) > 0 {
				i = rapid.IntRange(0, len(words)-1).Draw(r, "which")
			}
			err := at(t, s, who, 0, func(table *talk.Table) (err error) {
				switch {
				case what == "say":
					id := journal.NewID()
					th, err = table.Say(a, id, "Mô phỏng")
					words, settled, read[who] = append(words, said{id, who, false}), false, len(words)+1
				case what == "again" && words[i].by == who:
					th, err = table.Say(a, words[i].id, "Mô phỏng")
				case what == "back" && words[i].by == who:
					th, err = table.TakeBack(th.ID, words[i].id)
					words[i].back = true
				case what == "settle":
					th, err = table.Settle(th.ID, len(words))
					settled = true
				case what == "read":
					err = table.Read(th.ID, i+1)
					read[who] = max(read[who], i+1)
				}
				return err
			})
			if err != nil {
				r.Fatal(err)
			}
		}
		last := ""
		for _, w := range words {
			if !w.back {
				last = w.by
			}
		}
		for _, who := range []string{"top", "lea"} {
			err := at(t, s, who, 0, func(table *talk.Table) error {
				got, _, err := table.At(a)
				if err != nil {
					return err
				}
				if got.N != len(words) || got.Settled() != settled || got.LastBy != last {
					r.Errorf("stored as %+v, want %+v, settled %v", got, words, settled)
				}
				if want := !settled && last != "" && last != who; table.Waits(&got) != want {
					r.Errorf("it waits for %s: %v", who, !want)
				}
				upTo, err := table.Tx.ReadUpTo(who)
				if upTo[got.ID] != read[who] {
					r.Errorf("%s has read %d, want %d", who, upTo[got.ID], read[who])
				}
				return err
			})
			if err != nil {
				r.Fatal(err)
			}
		}
	})
}
