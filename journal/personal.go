package journal

import (
	"crypto/sha256"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"
)

// part is the personal part of an entry: what is sealed, and erased, apart
// from the rest.
type part struct {
	Person    *Person                   `json:"person,omitzero"`
	Body      map[string]jsontext.Value `json:"body,omitempty"`
	Withdrawn string                    `json:"withdrawn,omitzero"`
}

// elsewhere stands where a withdrawal's reason was, which is personal too.
const elsewhere = "*"

// divide sets the text of an entry and its personal part, each in canonical
// form (RFC 8785).
func (s *Stored) divide(personal []string) (err error) {
	rest, p := s.Entry, part{Person: s.Person}
	rest.Person = nil
	if rest.Withdrawn != "" && rest.Withdrawn != elsewhere {
		p.Withdrawn, rest.Withdrawn = rest.Withdrawn, elsewhere
	}
	if rest.Body, p.Body, err = split(rest.Body, personal); err != nil {
		return err
	}
	if s.Text, err = canonical(&rest); err != nil {
		return err
	}
	s.Rest = sha256.Sum256(s.Text)
	if s.Person != nil {
		s.Subject = s.Person.subject()
	}
	if p.Person == nil && p.Withdrawn == "" && len(p.Body) == 0 {
		return nil
	}
	if s.Part, err = canonical(&p); err != nil {
		return err
	}
	s.Digest = sha256.Sum256(s.Part)
	return nil
}

// split takes members out of a body.
func split(body jsontext.Value, names []string) (rest jsontext.Value, taken map[string]jsontext.Value, err error) {
	if len(body) == 0 || len(names) == 0 {
		return body, nil, nil
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		if v, ok := members[name]; ok {
			if taken == nil {
				taken = map[string]jsontext.Value{}
			}
			taken[name] = v
			delete(members, name)
		}
	}
	if taken == nil {
		return body, nil, nil
	}
	rest, err = json.Marshal(members)
	return rest, taken, err
}

// Conceal takes the personal part, which is sealed now, out of the entry.
func (s *Stored) Conceal() {
	s.Part = nil
	var rest Entry
	if json.Unmarshal(s.Text, &rest) == nil { // we wrote it
		s.Entry = rest
	}
}

// Reveal puts the personal part back into the entry.
func (s *Stored) Reveal(text []byte) error {
	var p part
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	s.Part, s.Person = text, p.Person
	if p.Withdrawn != "" {
		s.Withdrawn = p.Withdrawn
	}
	if len(p.Body) == 0 {
		return nil
	}
	members := map[string]jsontext.Value{}
	if err := json.Unmarshal(s.Body, &members); err != nil {
		return err
	}
	for name, v := range p.Body {
		members[name] = v
	}
	body, err := canonical(members)
	s.Body = body
	return err
}

// Erase leaves of an entry what tells of nobody. What is counted does not
// change; only a likeness to others is no longer seen.
func (s *Stored) Erase() {
	s.Part, s.Sealed, s.Key, s.Digest, s.Erased = nil, nil, "", [32]byte{}, true
	s.Conceal()
	if s.Subject != nil {
		kept := *s.Subject
		kept.Likeness = ""
		s.Subject = &kept
	}
}

func (p *Person) subject() *Subject {
	s := &Subject{Citizen: p.Citizen, Registry: p.Registry, Commune: p.Commune}
	if p.Citizen == "" && p.Registry == "" {
		s.Likeness = p.Likeness()
	}
	return s
}

// Likeness is what two records of unnumbered people share to be a possible
// duplicate: name without tone marks, birth, commune and village.
func (p *Person) Likeness() string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(p.Name)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsSpace(r):
			b.WriteRune(r)
		}
	}
	name := strings.Join(strings.Fields(b.String()), " ")
	return strings.Join([]string{name, p.Birth, p.Commune, p.Village}, "|")
}

func canonical(v any) (jsontext.Value, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	text := jsontext.Value(b)
	return text, text.Canonicalize()
}
