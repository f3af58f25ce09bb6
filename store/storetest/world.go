package storetest

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Maker makes entries of the sample campaign, one device for each author.
type Maker struct {
	n   uint64
	seq map[string]int64
}

// NewMaker makes entries with ids that depend on their order alone.
func NewMaker() *Maker { return &Maker{seq: map[string]int64{}} }

// ID is the next id.
func (m *Maker) ID() (id journal.ID) {
	m.n++
	binary.BigEndian.PutUint64(id[:], uint64(noon.UnixMilli())<<16)
	binary.BigEndian.PutUint64(id[8:], m.n)
	id[6] = 0x70
	id[8] = 0x80
	return id
}

// At is an instant of the sample campaign: a day of November 2025 and an hour.
func At(day, hour int) time.Time { return time.Date(2025, 11, day, hour, 0, 0, 0, journal.Zone) }

// Make makes an entry that arrives a minute after it was recorded.
func (m *Maker) Make(kind, author string, at time.Time, body any) journal.Line {
	m.seq[author]++
	l := journal.Line{
		Entry: journal.Entry{
			ID: m.ID(), Kind: kind, Version: 1, Campaign: "c", Office: officeOf(author), Commune: communeOf(author),
			Author: author, Device: "phone-" + author, Seq: m.seq[author], DeviceTime: at,
		},
		Received: journal.Receipt{At: at.Add(time.Minute).UTC(), By: author},
	}
	switch kind {
	case outreach.Closing.Name, outreach.Reopening.Name, outreach.PersonsJoined.Name:
		l.Entry.Commune = ""
	}
	l.Entry.Body = encode(body)
	return l
}

func encode(body any) []byte {
	if body == nil {
		return nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return b
}

func officeOf(author string) string {
	switch author {
	case "ann", "lea":
		return "a"
	case "bob", "leb":
		return "b"
	default:
		return "p"
	}
}

func communeOf(author string) string {
	if officeOf(author) == "b" {
		return "003"
	}
	return "001"
}

// Citizen is the person with the nth citizen number.
func Citizen(n int) *journal.Person {
	return &journal.Person{Citizen: fmt.Sprintf("%012d", n), Name: fmt.Sprintf("Mô phỏng %d", n), Commune: "001"}
}

// Consult is a consultation of somebody, in a session if there is one.
func (m *Maker) Consult(author string, at time.Time, who *journal.Person, session journal.ID) journal.Line {
	l := m.Make("consultation", author, at, outreach.ConsultationBody{Topics: []string{"hi"}})
	l.Entry.Person, l.Entry.Activity = who, session
	return l
}

// Enrol is an enrolment that has reached a stage.
func (m *Maker) Enrol(author string, at time.Time, who *journal.Person, scheme outreach.Scheme, stage campaign.Stage) journal.Line {
	l := m.Make("enrolment", author, at, outreach.EnrolmentBody{Scheme: scheme, Stage: stage, Prior: "none"})
	l.Entry.Person = who
	return l
}

// Plan plans an activity of three hours.
func (m *Maker) Plan(author string, kind campaign.ActivityKind, start time.Time, post journal.ID) journal.Line {
	return m.Make("activity_planned", author, At(1, 0), campaign.Planned{
		Kind: kind, Place: "Nhà văn hoá", Start: start, End: start.Add(3 * time.Hour), Lead: author, Post: post,
	})
}

// Hold holds a session.
func (m *Maker) Hold(author string, at time.Time, session journal.ID, heads int) journal.Line {
	l := m.Make("activity_held", author, at, outreach.HeldBody{HeadCount: heads})
	l.Entry.Activity = session
	return l
}

// Correct makes an entry that supersedes another of the same kind.
func (m *Maker) Correct(author string, at time.Time, old journal.Line, change func(*journal.Entry)) journal.Line {
	l := m.Make(old.Entry.Kind, author, at, nil)
	id, seq := l.Entry.ID, l.Entry.Seq
	l.Entry = old.Entry
	l.Entry.ID, l.Entry.Seq, l.Entry.Author, l.Entry.Device = id, seq, author, "phone-"+author
	l.Entry.DeviceTime, l.Entry.HappenedAt, l.Entry.Supersedes = at, time.Time{}, old.Entry.ID
	change(&l.Entry)
	return l
}

// Withdraw makes an entry that withdraws another.
func (m *Maker) Withdraw(author string, at time.Time, old journal.Line) journal.Line {
	return m.Correct(author, at, old, func(e *journal.Entry) { e.Withdrawn, e.Body, e.Person = "thử", nil, nil })
}
