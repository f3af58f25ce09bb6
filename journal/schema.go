package journal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxEntry is the largest entry taken, in bytes of JSON.
const MaxEntry = 64 << 10

// Need says whether a kind uses a part of the envelope.
type Need int

const (
	Never Need = iota
	Optional
	Required
)

// Body is the part of an entry that its kind defines.
type Body interface {
	// Validate returns a *Refusal for what can never be right, whatever else
	// the journal holds.
	Validate() error
	// Refs are the entries without which this one means nothing.
	Refs() []ID
}

// Guarded is a body that may undo somebody else's work. Such an entry is for
// the author of what it names, for who works in that office, and for its leads.
type Guarded interface{ Guarded() bool }

// Kind is one sort of entry: its schema and what it asks of the envelope.
type Kind struct {
	Name    string
	Version int
	// New makes an empty body to decode into.
	New func() Body
	// Fact marks what happened to someone at a time: that time must lie in
	// the campaign and not in the future, or the entry is not counted.
	Fact bool
	// OfActivity ties the entry to its activity when it is counted.
	OfActivity bool
	// Final entries cannot be superseded.
	Final bool
	// Plans marks the kind whose entries are activities.
	Plans bool
	// Names is the kind that the body's Refs must be of, in the same campaign;
	// empty leaves both open.
	Names string
	// Asks marks a question to the author of what it names: another's fact, of
	// the same office and campaign.
	Asks bool
	// Personal are the members of the body that may tell of a person. They are
	// kept with the personal part of the entry.
	Personal []string
	// Attaches allows pictures.
	Attaches bool
	Person   Need
	Activity Need
	Commune  Need
}

// Schema is the set of kinds that a journal takes.
type Schema struct {
	kinds map[string]Kind
	names []string
}

// NewSchema joins kinds; two of one name are our own mistake and panic.
func NewSchema(kinds ...Kind) *Schema {
	s := &Schema{kinds: map[string]Kind{}}
	for _, k := range kinds {
		if _, ok := s.kinds[k.Name]; ok {
			panic("journal: kind twice: " + k.Name)
		}
		s.kinds[k.Name] = k
		s.names = append(s.names, k.Name)
	}
	slices.Sort(s.names)
	return s
}

// Kinds lists all kinds by name.
func (s *Schema) Kinds() []Kind {
	out := make([]Kind, len(s.names))
	for i, n := range s.names {
		out[i] = s.kinds[n]
	}
	return out
}

// Kind returns the kind of that name; the zero Kind if there is none.
func (s *Schema) Kind(name string) Kind { return s.kinds[name] }

// Places is what validation asks of the plan.
type Places interface {
	HasCampaign(id string) bool
	HasOffice(id string) bool
	HasCommune(code string) bool
}

// Refusal is why an entry is not taken. Code is stable and names a message in
// the catalogues; Params fill it.
type Refusal struct {
	Code   string
	Params map[string]any
}

func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString(r.Code)
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range r.Params {
			if !yield(k) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, " %s=%v", k, r.Params[k])
	}
	return b.String()
}

// Refuse makes a *Refusal from a code and pairs of name and value.
func Refuse(code string, pairs ...any) error {
	r := &Refusal{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Params == nil {
			r.Params = map[string]any{}
		}
		r.Params[pairs[i].(string)] = pairs[i+1]
	}
	return r
}

// Decode reads and checks one entry. Whatever is wrong comes back as a
// *Refusal; where the id could be read it is in the returned entry all the
// same, so that the answer can name it.
func (s *Schema) Decode(raw []byte, places Places) (Stored, error) {
	return s.decode(raw, places, false)
}

// decode reads an entry; of an erased one the personal part is not asked for.
func (s *Schema) decode(raw []byte, places Places, erased bool) (Stored, error) {
	var st Stored
	if len(raw) > MaxEntry {
		return legible(raw), Refuse("entry.too_large", "bytes", len(raw), "most", MaxEntry)
	}
	if err := json.Unmarshal(raw, &st.Entry, json.RejectUnknownMembers(true)); err != nil {
		return legible(raw), jsonRefusal(err)
	}
	e := &st.Entry
	k, err := s.check(e, places, erased)
	if err != nil {
		return st, err
	}
	if err := st.divide(k.Personal); err != nil {
		return st, Refuse("entry.malformed", "where", Where(err))
	}
	return st, nil
}

// legible keeps what can be read of an entry that cannot be read whole: its id
// at least, where that can.
func legible(raw []byte) (st Stored) {
	lax := []json.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	var head struct {
		ID         string    `json:"id"`
		Kind       string    `json:"kind"`
		Campaign   string    `json:"campaign"`
		Office     string    `json:"office"`
		DeviceTime time.Time `json:"device_time"`
	}
	var just struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &head, lax...) == nil {
		st.Kind, st.Campaign, st.Office, st.DeviceTime = head.Kind, head.Campaign, head.Office, head.DeviceTime
		just.ID = head.ID
	} else if json.Unmarshal(raw, &just, lax...) != nil {
		return st
	}
	st.ID, _ = ParseID(just.ID)
	return st
}

// Where says at which place JSON could not be read, and nothing of what
// stands there.
func Where(err error) string {
	var syn *jsontext.SyntacticError
	var sem *json.SemanticError
	switch {
	case errors.As(err, &syn):
		return fmt.Sprintf("%s (byte %d)", syn.JSONPointer, syn.ByteOffset)
	case errors.As(err, &sem):
		return string(sem.JSONPointer)
	}
	return ""
}

func jsonRefusal(err error) error {
	if errors.Is(err, json.ErrUnknownName) {
		return Refuse("entry.unknown_field", "field", Where(err))
	}
	return Refuse("entry.malformed", "where", Where(err))
}

// mostMS bounds what a device says of its clock: 100 years, in milliseconds.
const mostMS = 100 * 366 * 24 * 3600 * 1000

func (s *Schema) check(e *Entry, places Places, erased bool) (Kind, error) {
	if e.ID.IsZero() {
		return Kind{}, Refuse("entry.missing", "field", "id")
	}
	if Practised(e.Campaign, e.Device) {
		return Kind{}, Refuse("entry.practice")
	}
	k, ok := s.kinds[e.Kind]
	if !ok {
		return Kind{}, Refuse("entry.unknown_kind", "kind", e.Kind)
	}
	if e.Version < 1 || e.Version > k.Version {
		return Kind{}, Refuse("entry.unknown_version", "kind", e.Kind, "version", e.Version)
	}
	for _, f := range []struct{ name, value string }{
		{"campaign", e.Campaign}, {"office", e.Office}, {"author", e.Author}, {"device", e.Device},
	} {
		if f.value == "" {
			return Kind{}, Refuse("entry.missing", "field", f.name)
		}
		if err := readable(f.name, f.value, 100); err != nil {
			return Kind{}, err
		}
	}
	if e.DeviceTime.IsZero() {
		return Kind{}, Refuse("entry.missing", "field", "device_time")
	}
	if y := e.DeviceTime.Year(); y < 1900 || y > 2200 {
		return Kind{}, Refuse("entry.time_range", "field", "device_time")
	}
	if y := e.HappenedAt.Year(); !e.HappenedAt.IsZero() && (y < 1900 || y > 2200) {
		return Kind{}, Refuse("entry.time_range", "field", "happened_at")
	}
	if c := e.Clock; c != nil {
		if y := c.Heard.Year(); y < 1900 || y > 2200 {
			return Kind{}, Refuse("entry.time_range", "field", "clock")
		}
		if c.SinceMS < 0 || c.SinceMS > mostMS || c.OffsetMS < -mostMS || c.OffsetMS > mostMS {
			return Kind{}, Refuse("entry.time_range", "field", "clock")
		}
	}
	if e.Seq < 1 {
		return Kind{}, Refuse("entry.missing", "field", "seq")
	}
	if e.Seq > 1<<53-1 { // beyond it JSON numbers run together (RFC 8785)
		return Kind{}, Refuse("entry.value", "field", "seq", "value", e.Seq)
	}
	if !places.HasCampaign(e.Campaign) {
		return Kind{}, Refuse("entry.unknown_campaign", "campaign", e.Campaign)
	}
	if !places.HasOffice(e.Office) {
		return Kind{}, Refuse("entry.unknown_office", "office", e.Office)
	}
	if e.Commune != "" && !places.HasCommune(e.Commune) {
		return Kind{}, Refuse("entry.unknown_commune", "commune", e.Commune)
	}
	if e.Person != nil {
		if err := e.Person.check(places); err != nil {
			return Kind{}, err
		}
	}
	return k, k.check(e, erased)
}

func (k Kind) check(e *Entry, erased bool) error {
	if e.Withdrawn != "" {
		if e.Supersedes.IsZero() {
			return Refuse("entry.withdraws_nothing")
		}
		if len(e.Body) > 0 {
			return Refuse("entry.withdrawal_with_body")
		}
		if utf8.RuneCountInString(e.Withdrawn) > 500 {
			return Refuse("entry.too_long", "field", "withdrawn")
		}
	}
	if !e.Supersedes.IsZero() {
		if k.Final {
			return Refuse("entry.final", "kind", k.Name)
		}
		if e.Supersedes == e.ID {
			return Refuse("entry.supersedes_itself")
		}
	}
	for _, part := range []struct {
		name string
		need Need
		has  bool
	}{
		{"person", k.Person, e.Person != nil},
		{"activity", k.Activity, !e.Activity.IsZero()},
		{"commune", k.Commune, e.Commune != ""},
	} {
		if part.has && part.need == Never {
			return Refuse("entry.not_allowed", "field", part.name, "kind", k.Name)
		}
		if !part.has && part.need == Required && e.Withdrawn == "" && (part.name != "person" || !erased) {
			return Refuse("entry.missing", "field", part.name)
		}
	}
	if err := k.checkAttachments(e); err != nil {
		return err
	}
	if e.Withdrawn != "" {
		return nil
	}
	body, err := k.Decode(e)
	if err != nil {
		return err
	}
	if slices.Contains(body.Refs(), e.ID) {
		return Refuse("entry.names_itself")
	}
	if erased {
		return nil // it was checked when it was whole
	}
	return body.Validate()
}

func (k Kind) checkAttachments(e *Entry) error {
	switch n := len(e.Attachments); {
	case n == 0:
		return nil
	case n > MaxAttachments, !k.Attaches, e.Withdrawn != "":
		return Refuse("entry.attachments", "kind", k.Name)
	}
	for i, a := range e.Attachments {
		repeated := slices.ContainsFunc(e.Attachments[:i], func(b Attachment) bool { return a.Digest == b.Digest })
		if repeated || len(a.Digest) != 64 || strings.Trim(a.Digest, "0123456789abcdef") != "" ||
			a.Bytes < 1 || a.Bytes > MaxAttachment || a.Type != "image/webp" && a.Type != "image/jpeg" {
			return Refuse("entry.attachments", "kind", k.Name)
		}
	}
	return nil
}

// Decode reads the body of an entry of this kind.
func (k Kind) Decode(e *Entry) (Body, error) {
	body := k.New()
	if len(e.Body) == 0 {
		return nil, Refuse("entry.missing", "field", "body")
	}
	if err := json.Unmarshal(e.Body, body, json.RejectUnknownMembers(true)); err != nil {
		return nil, jsonRefusal(err)
	}
	return body, nil
}

// body decodes the body of a checked entry; nil for a withdrawal.
func (s *Schema) body(e *Entry) Body {
	if e.Withdrawn != "" {
		return nil
	}
	body, err := s.kinds[e.Kind].Decode(e)
	if err != nil {
		return nil // checked when it was taken
	}
	return body
}

// refs are the entries that e names beside its activity.
func (s *Schema) refs(e *Entry) []ID {
	if body := s.body(e); body != nil {
		return body.Refs()
	}
	return nil
}

func (p *Person) check(places Places) error {
	if p.Citizen != "" && !digits(p.Citizen, 12) {
		return Refuse("person.citizen", "value", len(p.Citizen))
	}
	if p.Sex != "" && p.Sex != "f" && p.Sex != "m" {
		return Refuse("person.sex", "value", p.Sex)
	}
	if p.Birth != "" && !digits(p.Birth, 4) {
		if _, err := ParseDay(p.Birth); err != nil {
			return Refuse("person.birth", "value", p.Birth)
		}
	}
	if p.Commune != "" && !places.HasCommune(p.Commune) {
		return Refuse("entry.unknown_commune", "commune", p.Commune)
	}
	for _, f := range []struct{ name, value string }{
		{"person.registry", p.Registry},
		{"person.name", p.Name},
		{"person.village", p.Village},
		{"person.household", p.Household},
		{"person.salt", p.Salt},
	} {
		if err := readable(f.name, f.value, 200); err != nil {
			return err
		}
	}
	if (len(p.Registry) < 16) && len(p.Registry) >= 9 && digits(p.Registry, len(p.Registry)) {
		return Refuse("person.registry_is_number")
	}
	if p.Registry == "" && p.Citizen == "" && strings.TrimSpace(p.Name) == "" {
		return Refuse("person.nobody")
	}
	return nil
}

// readable refuses text that is too long, in characters, or that no screen
// shows and no PostgreSQL keeps.
func readable(field, value string, most int) error {
	if utf8.RuneCountInString(value) > most {
		return Refuse("entry.too_long", "field", field)
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return Refuse("entry.control", "field", field)
	}
	return nil
}

func digits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}
