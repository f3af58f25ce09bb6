package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
)

// Ask is a question of somebody to the author of a record, in its office.
func (m *Maker) Ask(author string, day int, about journal.Line, question string) journal.Line {
	l := m.Make("sent_back", author, At(day, 9), outreach.SentBackBody{Entry: about.Entry.ID, Question: question})
	l.Entry.Office, l.Entry.Commune = about.Entry.Office, about.Entry.Commune
	return l
}

// asked tells the questions of a campaign: what each asks about, and what answers it.
func asked(t testing.TB, s store.Store, in *fieldsync.Intake, campaignID string) (out []string) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		all, err := in.SentBackIn(tx, plan, campaignID)
		for _, q := range all {
			answer := "waits"
			if q.Answer != nil {
				answer = q.Answer.ID.String()
			}
			out = append(out, fmt.Sprint(q.ID, " ", q.About.ID, " ", answer))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// testSentBack: what may be asked, of whom; what answers; that no figure moves;
// and that it is the same in whatever order the entries come.
func testSentBack(t *testing.T, open func(t testing.TB) store.Store) {
	const question = "Bà sinh năm nào?"
	none := journal.ID{}
	for _, c := range []struct {
		name  string
		lines func(m *Maker) []journal.Line
		code  string // of the last line, if it is refused
		want  string // how the questions stand
	}{
		{"a question waits", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			return []journal.Line{e, m.Ask("lea", 3, e, question)}
		}, "", "waits"},
		{"a correction answers", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			return []journal.Line{e, m.Ask("lea", 3, e, question), m.Correct("ann", At(4, 9), e, func(*journal.Entry) {})}
		}, "", "answered"},
		{"a withdrawal answers", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			return []journal.Line{e, m.Ask("lea", 3, e, question), m.Withdraw("ann", At(4, 9), e)}
		}, "", "answered"},
		{"the answer is asked about again", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			answer := m.Correct("ann", At(4, 9), e, func(*journal.Entry) {})
			return []journal.Line{e, m.Ask("lea", 3, e, question), answer, m.Ask("lea", 5, answer, question)}
		}, "", "answered waits"},
		{"a question is taken back", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			q := m.Ask("lea", 3, e, question)
			return []journal.Line{e, q, m.Withdraw("lea", At(4, 9), q)}
		}, "", ""},
		{"nobody asks themself", func(m *Maker) []journal.Line {
			e := m.Consult("lea", At(2, 9), Citizen(1), none)
			return []journal.Line{e, m.Ask("lea", 3, e, question)}
		}, "sent_back.own", ""},
		{"a question stands in the office of the record", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			q := m.Ask("leb", 3, e, question)
			q.Entry.Office = "b"
			return []journal.Line{e, q}
		}, "sent_back.other_office", ""},
		{"and in its campaign", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			q := m.Ask("lea", 3, e, question)
			q.Entry.Campaign = "d"
			return []journal.Line{e, q}
		}, "entry.other_campaign", ""},
		{"a plan is not asked about", func(m *Maker) []journal.Line {
			p := m.Plan("ann", campaign.SmallGroup, At(2, 9), none)
			return []journal.Line{p, m.Ask("lea", 3, p, question)}
		}, "entry.names_other_kind", ""},
		{"nor is a question", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			q := m.Ask("lea", 3, e, question)
			return []journal.Line{e, q, m.Ask("top", 4, q, question)}
		}, "entry.names_other_kind", "waits"},
		{"a colleague takes no question back", func(m *Maker) []journal.Line {
			e := m.Consult("ann", At(2, 9), Citizen(1), none)
			q := m.Ask("lea", 3, e, question)
			return []journal.Line{e, q, m.Withdraw("ann", At(4, 9), q)}
		}, "supersede.not_yours", "waits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := c.lines(NewMaker())
			var stand []string
			for _, reversed := range []bool{false, true} {
				s := open(t)
				in := Intake(t, s)
				batch := slices.Clone(lines)
				if reversed {
					slices.Reverse(batch)
				}
				for i, l := range batch { // one by one: the answer says what became of each
					o := Import(t, in, l)[0]
					code := ""
					if o.Refusal != nil {
						code = o.Refusal.Code
					}
					if last := i == len(batch)-1; !reversed && last && code != c.code || !last && code != "" {
						t.Errorf("line %d: %q, want %q", i, code, c.code)
					}
				}
				got := asked(t, s, in, "c")
				var words []string
				for _, q := range got {
					if strings.HasSuffix(q, "waits") {
						words = append(words, "waits")
					} else {
						words = append(words, "answered")
					}
				}
				if strings.Join(words, " ") != c.want {
					t.Errorf("reversed %v: %v, want %q", reversed, got, c.want)
				}
				if reversed && !slices.Equal(got, stand) {
					t.Errorf("reversed: %v, in order: %v", got, stand)
				}
				stand = got
				Check(t, s)
			}
		})
	}
	t.Run("a phone learns what is asked of its worker, with the record", func(t *testing.T) {
		s := open(t)
		in := Intake(t, s)
		m := NewMaker()
		e, other := m.Consult("ann", At(2, 9), Citizen(1), none), m.Consult("bob", At(2, 9), Citizen(2), none)
		answered := m.Consult("ann", At(2, 10), Citizen(3), none)
		q := m.Ask("lea", 3, e, question)
		Import(t, in, e, other, answered, q, m.Ask("leb", 3, other, question), m.Ask("lea", 3, answered, question),
			m.Correct("ann", At(4, 9), answered, func(*journal.Entry) {}))
		ann := leadA
		ann.ID = "ann"
		var got []fieldsync.PulledQuestion
		err := s.View(t.Context(), func(tx store.Tx) error {
			plan, err := in.PlanIn(tx)
			if err != nil {
				return err
			}
			p, err := in.Pull(tx, plan, ann)
			got = p.Asked
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0].ID != q.Entry.ID || got[0].By.ID != "lea" || got[0].Question != question ||
			!strings.Contains(string(got[0].Entry), "Mô phỏng 1") || !strings.Contains(string(got[0].Entry), e.Entry.ID.String()) {
			t.Errorf("asked: %+v", got)
		}
	})
	t.Run("erasing a person erases the question, and leaves that there was one", func(t *testing.T) {
		r := newRegistry(t, open(t))
		ids := r.list(leadA, rec("Canari", "010182000011", "001"), rec("Ở lại", "010182000012", "001"))
		m := NewMaker()
		e := m.Consult("ann", At(2, 9), &journal.Person{Citizen: "010182000011", Name: "Mô phỏng Canari", Commune: "001"}, none)
		stays := m.Consult("ann", At(2, 9), &journal.Person{Citizen: "010182000012", Name: "Mô phỏng Ở lại", Commune: "001"}, none)
		q, kept := m.Ask("lea", 3, e, "Canari là ai?"), m.Ask("lea", 3, stays, "Ai ở lại?")
		Import(t, r.in, e, stays, q, kept)
		before := sheet(t, r.s)
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			h, err := r.Export(tx, plan, leadA, ids[0].ID)
			if len(h.Entries) != 2 || fieldsync.Question(&h.Entries[1]) != "Canari là ai?" {
				t.Errorf("given out: %+v", h.Entries)
			}
			return err
		})
		r.do(func(tx store.Tx, plan *campaign.Plan) error {
			return r.Erase(tx, plan, leadA, ids[0].ID, "request", func(keys []string) error { return r.in.Erase(tx, plan, keys) })
		})
		read := func(id journal.ID) (out string) {
			r.view(func(tx store.Tx, _ *campaign.Plan) error {
				st, _, err := tx.ByID(id)
				list := []journal.Stored{st}
				if err == nil {
					err = tx.Open(list)
				}
				out = fieldsync.Question(&list[0])
				return err
			})
			return out
		}
		if read(q.Entry.ID) != "" || read(kept.Entry.ID) != "Ai ở lại?" {
			t.Errorf("after the erasure: %q and %q", read(q.Entry.ID), read(kept.Entry.ID))
		}
		if after := sheet(t, r.s); !slices.Equal(before, after) {
			t.Errorf("figures %v, before %v", after, before)
		}
		if len(asked(t, r.s, r.in, "c")) != 2 {
			t.Error("the question is gone")
		}
		if got := namesIn(r.find(leadA, people.Query{})); got != "Ở lại" {
			t.Errorf("left: %q", got)
		}
		Check(t, r.s)
	})
}

// withoutQuestions are lines without those that ask, and what bears on these.
func withoutQuestions(lines []journal.Line) []journal.Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l journal.Line) bool { return l.Entry.Kind == outreach.SentBack.Name })
}

// standing is how the questions of both sample campaigns stand.
func standing(t testing.TB, s store.Store, in *fieldsync.Intake) []string {
	return append(asked(t, s, in, "c"), asked(t, s, in, "d")...)
}
