// Package talk is what offices ask and answer about their figures, at the
// figure itself: a [Thread] hangs at an [Anchor], a figure, a day of an office
// or an activity. It belongs to one office; those above it take part in it,
// no other office does.
//
// Messages never change. Whoever wrote one may take it back: then its text is
// gone, and that it was there stays. Texts are sealed, each under a key of its
// own, since people write names where they are asked not to.
package talk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
	"caunoi/vault"
)

// MostText is how long a message may be, characters.
const MostText = 1000

// Kind of an anchor.
type Kind string

// The kinds.
const (
	Figure   Kind = "figure"
	Day      Kind = "day"
	Activity Kind = "activity"
)

// Anchor is what a thread is about, within a campaign.
type Anchor struct {
	Figure tally.Indicator `json:"figure,omitzero"`
	// Office of a figure or of a day. A figure without one is that of all
	// offices together, and is the province's to answer for.
	Office    string      `json:"office,omitzero"`
	Commune   string      `json:"commune,omitzero"`   // of a figure
	Elsewhere bool        `json:"elsewhere,omitzero"` // of a figure: people from elsewhere alone
	Day       journal.Day `json:"day,omitzero"`       // of a figure: that day alone
	Activity  journal.ID  `json:"activity,omitzero"`
}

// Kind tells what it is.
func (a Anchor) Kind() Kind {
	switch {
	case !a.Activity.IsZero():
		return Activity
	case a.Figure != "":
		return Figure
	default:
		return Day
	}
}

// text names an anchor: the same for the same, since members keep their order.
func (a Anchor) text() (string, error) {
	text, err := json.Marshal(a)
	return string(text), err
}

// Thread is all that was said at one anchor.
type Thread struct {
	ID       journal.ID
	Campaign string
	Office   string // whose it is
	Commune  string // of the figure or the activity; may be empty
	Anchor   Anchor
	Place    string // the anchor as the store finds it
	// N counts the messages, from 1.
	N int
	// The last word: the last message that was not taken back. Last is its
	// number; 0 where all were.
	Last       int
	LastBy     string
	LastOffice string // for which they spoke
	LastAt     time.Time
	// Who settled it, and when; zero while it is open.
	SettledBy string
	SettledAt time.Time
	// Changes counts what happened to it.
	Changes int64
}

// Settled says that nobody waits for an answer.
func (t *Thread) Settled() bool { return !t.SettledAt.IsZero() }

// Message is something said.
type Message struct {
	Thread journal.ID
	ID     journal.ID // made where it was written
	N      int        // its place in the thread, from 1
	By     string
	Office string // for which they spoke
	At     time.Time
	// Value is what the figure was then, late entries with it; nil where the
	// anchor is no figure.
	Value     *int
	Text      string // empty once it was taken back
	TakenBack time.Time
}

// Row is a message as it is stored.
type Row struct {
	Message        // without Text
	Key     string // of what is sealed
	Sealed  []byte
}

// Query selects threads. Offices are those that the caller sees: the others'
// are not there. Empty fields select all.
type Query struct {
	Offices  []string
	Campaign string
	Place    string // see [Thread]
	ID       journal.ID
}

// Tx is what talking needs of a store's transaction.
type Tx interface {
	audit.Tx
	// Threads returns threads, the last word first. No other transaction
	// changes them until an updating one ends.
	Threads(q Query) ([]Thread, error)
	// PutThread adds a thread, or replaces the one with its id.
	PutThread(t Thread) error
	// Messages returns those of a thread of these offices, in order.
	Messages(offices []string, thread journal.ID) ([]Row, error)
	// LastWords returns the last word of each thread that q selects.
	LastWords(q Query) ([]Row, error)
	// PutMessage adds a message to a thread of an office, or replaces it.
	PutMessage(office string, r Row) error
	// ReadUpTo returns up to which message a user has read each thread.
	ReadUpTo(user string) (map[journal.ID]int, error)
	// PutRead keeps it; what was read stays read.
	PutRead(user string, thread journal.ID, n int) error
	// TalkChanges grows whenever something happens in these offices' threads.
	TalkChanges(campaign string, offices []string) (int64, error)

	Sheet(q tally.Query) (tally.Sheet, error)
	NewKey() (string, error)
	SealUnder(key, place string, plain []byte) ([]byte, error)
	OpenUnder(key, place string, sealed []byte) ([]byte, error)
	Preload(keys []string) error
	Destroy(keys []string) error
}

// Table is where a campaign is talked about, for one who takes part.
type Table struct {
	Tx       Tx
	Plan     *campaign.Plan
	Campaign *campaign.Campaign
	Actor    access.Actor
	Now      time.Time
	// Sessions are the activities of the campaign as they stand.
	Sessions func() ([]*tally.Session, error)
}

// Offices are those whose threads the actor may read, sorted.
func Offices(actor access.Actor, plan *campaign.Plan) []string {
	out := []string{}
	for id := range plan.Offices {
		if access.May(actor, access.ReadTalk, id, plan) == nil {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func (t *Table) query() Query {
	return Query{Offices: Offices(t.Actor, t.Plan), Campaign: t.Campaign.ID}
}

func (t *Table) read(q Query) ([]Thread, error) {
	all, err := t.Tx.Threads(q)
	return slices.DeleteFunc(all, func(th Thread) bool { return !t.sees(th.Commune) }), err
}

func (t *Table) sees(commune string) bool { return commune == "" || t.Actor.Sees(commune) }

// Threads are those that the actor may read, the last word first.
func (t *Table) Threads() ([]Thread, error) { return t.read(t.query()) }

// Thread is one of them. Refusal: not_found.
func (t *Table) Thread(id journal.ID) (Thread, error) {
	q := t.query()
	q.ID = id
	all, err := t.read(q)
	if err == nil && len(all) == 0 {
		err = journal.Refuse("not_found", "what", id.String())
	}
	if err != nil {
		return Thread{}, err
	}
	return all[0], nil
}

// At finds the thread at an anchor, if there is one that the actor may read.
func (t *Table) At(a Anchor) (th Thread, found bool, err error) {
	q := t.query()
	if q.Place, err = a.text(); err != nil {
		return th, false, err
	}
	all, err := t.read(q)
	if err != nil || len(all) == 0 {
		return th, false, err
	}
	return all[0], true, nil
}

// Session is an activity of the campaign; nil if there is none.
func (t *Table) Session(id journal.ID) (*tally.Session, error) {
	all, err := t.Sessions()
	for _, s := range all {
		if s.ID == id {
			return s, err
		}
	}
	return nil, err
}

// Whose says to which office and commune an anchor belongs. Refusals:
// not_found, plan.day, talk.anchor.
func (t *Table) Whose(a Anchor) (office, commune string, err error) {
	if a.Day != "" {
		if _, err := journal.ParseDay(string(a.Day)); err != nil || a.Day < t.Campaign.Start || a.Day > t.Campaign.End {
			return "", "", journal.Refuse("plan.day", "day", string(a.Day), "field", "day")
		}
	}
	switch office = cmp.Or(a.Office, t.Campaign.Province); {
	case a.Kind() == Activity && a != Anchor{Activity: a.Activity}, a.Kind() == Day && a != Anchor{Office: office, Day: a.Day}, a.Kind() == Day && a.Day == "":
		return "", "", journal.Refuse("talk.anchor")
	case !t.Plan.HasOffice(office) || !t.Plan.Under(office, t.Campaign.Province):
		return "", "", journal.Refuse("not_found", "what", office)
	case a.Figure != "" && !a.Figure.Known():
		return "", "", journal.Refuse("not_found", "what", string(a.Figure))
	case a.Commune != "" && !t.Plan.HasCommune(a.Commune):
		return "", "", journal.Refuse("not_found", "what", a.Commune)
	case a.Kind() != Activity:
		return office, a.Commune, nil
	}
	s, err := t.Session(a.Activity)
	if err != nil {
		return "", "", err
	}
	if s == nil {
		return "", "", journal.Refuse("not_found", "what", a.Activity.String())
	}
	return s.Office, s.Commune, nil
}

// MayWrite says whether the actor takes part in the threads of a place.
func (t *Table) MayWrite(office, commune string) error {
	if err := access.May(t.Actor, access.Talk, office, t.Plan); err != nil {
		return err
	}
	if !t.sees(commune) {
		return journal.Refuse("not_found", "what", commune)
	}
	return nil
}

// Value is what the figure of an anchor is now, as it is counted, late entries
// with it; nil where the anchor is no figure.
func (t *Table) Value(a Anchor) (*int, error) {
	if a.Kind() != Figure {
		return nil, nil
	}
	sheet, err := t.Tx.Sheet(tally.Query{
		Campaign: t.Campaign.ID, Indicator: a.Figure, Office: a.Office, Commune: a.Commune, Elsewhere: a.Elsewhere, From: a.Day, To: a.Day,
	})
	n := sheet.Total()[a.Figure].All
	return &n, err
}

// Say adds a message at an anchor, which opens the thread there if it was
// settled. The same id with the same text is said once, however often it
// comes. Refusals: right.missing, not_found, talk.text, talk.said (the id with
// another text), and those of [Table.Whose].
func (t *Table) Say(a Anchor, id journal.ID, text string) (Thread, error) {
	text = strings.TrimSpace(journal.Legible(text))
	if n := utf8.RuneCountInString(text); n == 0 || n > MostText {
		return Thread{}, journal.Refuse("talk.text", "most", MostText)
	}
	office, commune, err := t.Whose(a)
	if err == nil {
		err = t.MayWrite(office, commune)
	}
	if err != nil {
		return Thread{}, err
	}
	th, found, err := t.At(a)
	if err != nil {
		return th, err
	}
	if found {
		had, err := t.had(&th, id, text)
		if had || err != nil {
			return th, err
		}
	} else {
		th = Thread{ID: journal.NewID(), Campaign: t.Campaign.ID, Office: office, Commune: commune, Anchor: a}
		if th.Place, err = a.text(); err != nil {
			return th, err
		}
	}
	th.N++
	m := Message{Thread: th.ID, ID: id, N: th.N, By: t.Actor.ID, Office: t.Actor.Office, At: t.Now, Text: text}
	if m.Value, err = t.Value(a); err != nil {
		return th, err
	}
	th.word(&m)
	th.SettledBy, th.SettledAt = "", time.Time{}
	if err := t.put(&th, "talk.said", id); err != nil {
		return th, err
	}
	if err := t.keep(&th, m); err != nil {
		return th, err
	}
	return th, t.Tx.PutRead(t.Actor.ID, th.ID, th.N)
}

// had says whether the message was said before.
func (t *Table) had(th *Thread, id journal.ID, text string) (bool, error) {
	all, err := t.Messages(th)
	for _, m := range all {
		if m.ID != id {
			continue
		}
		if m.By != t.Actor.ID || m.TakenBack.IsZero() && m.Text != text {
			return false, journal.Refuse("talk.said")
		}
		return true, nil
	}
	return false, err
}

// word makes m the last word; nil: there is none.
func (th *Thread) word(m *Message) {
	if m == nil {
		m = &Message{At: th.LastAt} // it keeps its place in the list
	}
	th.Last, th.LastBy, th.LastOffice, th.LastAt = m.N, m.By, m.Office, m.At
}

func place(m *Message) string { return "talk/" + m.Thread.String() + "/" + m.ID.String() }

func (t *Table) keep(th *Thread, m Message) error {
	key, err := t.Tx.NewKey()
	if err != nil {
		return err
	}
	sealed, err := t.Tx.SealUnder(key, place(&m), []byte(m.Text))
	if err != nil {
		return fmt.Errorf("keep a message: %w", err)
	}
	m.Text = ""
	return t.Tx.PutMessage(th.Office, Row{m, key, sealed})
}

func (t *Table) put(th *Thread, act audit.Act, message journal.ID) error {
	th.Changes++
	if err := t.Tx.PutThread(*th); err != nil {
		return err
	}
	details := map[string]string{"campaign": th.Campaign, "kind": string(th.Anchor.Kind()), "messages": strconv.Itoa(th.N)}
	if !message.IsZero() {
		details["message"] = message.String()
	}
	return audit.Append(t.Tx, t.Now, audit.Event{
		Act: act, Actor: t.Actor.ID, Device: t.Actor.Device, Office: th.Office, Subject: "talk:" + th.ID.String(), Details: details,
	})
}

// Messages are those of a thread, in order.
func (t *Table) Messages(th *Thread) ([]Message, error) {
	rows, err := t.Tx.Messages([]string{th.Office}, th.ID)
	if err != nil {
		return nil, err
	}
	return t.open(rows)
}

// LastWords are the last words of the threads that the actor may read.
func (t *Table) LastWords() (map[journal.ID]Message, error) {
	rows, err := t.Tx.LastWords(t.query())
	if err != nil {
		return nil, err
	}
	all, err := t.open(rows)
	out := make(map[journal.ID]Message, len(all))
	for _, m := range all {
		out[m.Thread] = m
	}
	return out, err
}

func (t *Table) open(rows []Row) ([]Message, error) {
	var keys []string
	for _, r := range rows {
		if r.TakenBack.IsZero() {
			keys = append(keys, r.Key)
		}
	}
	if err := t.Tx.Preload(keys); err != nil {
		return nil, err
	}
	out := make([]Message, 0, len(rows))
	for _, r := range rows {
		m := r.Message
		if m.TakenBack.IsZero() {
			plain, err := t.Tx.OpenUnder(r.Key, place(&m), r.Sealed)
			if err != nil && !errors.Is(err, vault.ErrErased) {
				return nil, fmt.Errorf("open a message: %w", err)
			}
			m.Text = string(plain)
		}
		out = append(out, m)
	}
	return out, nil
}

// Settle closes a thread of which the actor has read the messages up to a
// number. One that is settled stays as it is. Refusals: not_found,
// right.missing, talk.newer: there is more than was read, talk.ahead: there is
// less.
func (t *Table) Settle(id journal.ID, upTo int) (Thread, error) {
	th, err := t.mine(id)
	switch {
	case err != nil || th.Settled():
		return th, err
	case th.N > upTo:
		return th, journal.Refuse("talk.newer")
	case th.N < upTo: // else what is said next would be settled unread
		return th, journal.Refuse("talk.ahead", "n", th.N)
	}
	th.SettledBy, th.SettledAt = t.Actor.ID, t.Now
	return th, t.put(&th, "talk.settled", journal.ID{})
}

// TakeBack takes the text of the actor's own message away for ever; once more
// does nothing. Refusals: not_found, right.missing, talk.not_yours.
func (t *Table) TakeBack(id, message journal.ID) (Thread, error) {
	th, err := t.mine(id)
	if err != nil {
		return th, err
	}
	rows, err := t.Tx.Messages([]string{th.Office}, th.ID)
	if err != nil {
		return th, err
	}
	i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == message })
	switch {
	case i < 0:
		return th, journal.Refuse("not_found", "what", message.String())
	case rows[i].By != t.Actor.ID:
		return th, journal.Refuse("talk.not_yours")
	case !rows[i].TakenBack.IsZero():
		return th, nil
	}
	r := &rows[i]
	if err := t.Tx.Destroy([]string{r.Key}); err != nil { // older copies of the database lose it too
		return th, err
	}
	r.TakenBack, r.Key, r.Sealed = t.Now, "", []byte{}
	if err := t.Tx.PutMessage(th.Office, *r); err != nil {
		return th, err
	}
	var last *Message
	for i := range rows {
		if rows[i].TakenBack.IsZero() {
			last = &rows[i].Message
		}
	}
	th.word(last)
	return th, t.put(&th, "talk.taken_back", message)
}

// mine is a thread in which the actor takes part.
func (t *Table) mine(id journal.ID) (Thread, error) {
	th, err := t.Thread(id)
	if err == nil {
		err = t.MayWrite(th.Office, th.Commune)
	}
	return th, err
}

// Read keeps that the actor has read the messages of a thread up to a number.
func (t *Table) Read(id journal.ID, upTo int) error {
	th, err := t.Thread(id)
	if err != nil {
		return err
	}
	return t.Tx.PutRead(t.Actor.ID, th.ID, min(max(upTo, 0), th.N))
}

// Waits says whether an open thread waits for the actor: the last word was by
// the other side, the office's own or that above. Where nobody is above, it was
// by somebody else.
func (t *Table) Waits(th *Thread) bool {
	if th.Settled() || th.Last == 0 || th.LastBy == t.Actor.ID || t.MayWrite(th.Office, th.Commune) != nil {
		return false
	}
	own := func(office string) bool { return t.Plan.Under(office, th.Office) }
	return th.Office == t.Campaign.Province || own(th.LastOffice) != own(t.Actor.Office)
}
