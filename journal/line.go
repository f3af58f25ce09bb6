package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Line is an entry with its receipt, as exports carry it: one line of JSON.
type Line struct {
	Entry    Entry   `json:"entry"`
	Received Receipt `json:"received"`
}

// EncodeLine writes a stored entry, opened, as a line of an export, without
// the line end.
func EncodeLine(s *Stored) ([]byte, error) {
	text, err := canonical(&s.Entry)
	if err != nil {
		return nil, err
	}
	line := textLine{Entry: text, Received: s.Received}
	if s.Erased {
		line.Erased = cmp.Or(s.Subject, &Subject{})
	}
	return json.Marshal(line)
}

// textLine is a line whose entry is not read yet.
type textLine struct {
	Entry    jsontext.Value `json:"entry"`
	Received Receipt        `json:"received"`
	// Erased is what counting still knows of an erased person.
	Erased *Subject `json:"erased,omitzero"`
}

// DecodeLine reads a line of an export, or a plain entry as a phone pushes it,
// for which receipt then stands. Errors are *Refusal.
func (s *Schema) DecodeLine(raw []byte, places Places, receipt Receipt) (Stored, error) {
	var line textLine
	if len(raw) > MaxEntry+1024 {
		return Stored{}, Refuse("entry.too_large", "bytes", len(raw), "most", MaxEntry)
	}
	if !jsontext.Value(raw).IsValid() {
		return Stored{}, Refuse("entry.malformed", "where", "")
	}
	text := jsontext.Value(raw)
	if err := json.Unmarshal(raw, &line, json.RejectUnknownMembers(true)); err == nil && line.Entry != nil {
		if line.Received.At.IsZero() {
			return Stored{}, Refuse("entry.missing", "field", "received.at")
		}
		if err := readable("received.by", line.Received.By, 100); err != nil {
			return Stored{}, err
		}
		text, receipt = line.Entry, line.Received
	}
	st, err := s.decode(text, places, line.Erased != nil)
	if line.Erased != nil && err == nil {
		if err := line.Erased.check(places); err != nil {
			return st, err
		}
		st.Erase()
		if *line.Erased != (Subject{}) {
			st.Subject = line.Erased
		}
	}
	st.Received = receipt
	st.Received.At = st.Received.At.UTC()
	return st, err
}

// Lines reads a JSON Lines file and calls each with every line and its number,
// from 1; blank lines are passed over. Of a line longer than any entry only so
// much is kept that it is refused as too large; the next one is read. It
// returns the error of each, or of the reader.
func Lines(r io.Reader, each func(n int, line []byte) error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	for n := 1; ; {
		part, err := br.ReadSlice('\n')
		if len(line) <= MaxEntry+1024 {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err // not a line that the file has
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if err := each(n, trimmed); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
		line, n = nil, n+1
	}
}

func (s *Subject) check(places Places) error {
	if s.Commune != "" && !places.HasCommune(s.Commune) {
		return Refuse("entry.unknown_commune", "commune", s.Commune)
	}
	for _, f := range []struct{ name, value string }{{"erased.citizen", s.Citizen}, {"erased.registry", s.Registry}, {"erased.likeness", s.Likeness}} {
		if err := readable(f.name, f.value, 200); err != nil {
			return err
		}
	}
	return nil
}
