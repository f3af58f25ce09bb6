package policy

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259): the questions and the files of parameters.
// The standard library's reader would make the WebAssembly half as large
// again. After the first fault it reads nothing more and keeps the fault.
type scanner struct {
	text  string
	pos   int
	depth int
	fault *Problem
}

// deepest is how far objects and arrays may be nested.
const deepest = 16

func (s *scanner) fail(at int, code, what string) {
	if s.fault != nil {
		return
	}
	line, start := 1, 0
	for i := range min(at, len(s.text)) {
		if s.text[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	s.fault = &Problem{
		Line: line, Column: 1 + utf8.RuneCountInString(s.text[start:min(at, len(s.text))]),
		Code: code, What: what,
	}
	s.pos = len(s.text)
}

// peek is the next byte that is no space, or 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) take(c byte) bool {
	if s.fault != nil || s.peek() != c {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) expect(c byte) bool {
	if s.take(c) {
		return true
	}
	s.syntax(string(rune(c)))
	return false
}

// syntax says that what was wanted is not what stands here.
func (s *scanner) syntax(wanted string) { s.fail(s.pos, "syntax", wanted) }

// object reads an object; each reads the value of a member whose name stands
// at the given place. A name that comes twice is a fault.
func (s *scanner) object(each func(name string, at int)) {
	if !s.expect('{') || !s.enter() || s.leave('}') {
		return
	}
	var seen []string
	for s.fault == nil {
		s.peek()
		at := s.pos
		name := s.string()
		for _, other := range seen {
			if other == name {
				s.fail(at, "twice", name)
			}
		}
		seen = append(seen, name)
		if !s.expect(':') {
			return
		}
		each(name, at)
		if s.leave('}') {
			return
		}
		s.expect(',')
	}
}

// array reads an array; each reads the item at the given place.
func (s *scanner) array(each func(at int)) {
	if !s.expect('[') || !s.enter() || s.leave(']') {
		return
	}
	for s.fault == nil {
		s.peek()
		each(s.pos)
		if s.leave(']') {
			return
		}
		s.expect(',')
	}
}

func (s *scanner) enter() bool {
	s.depth++
	if s.depth > deepest {
		s.syntax("less depth")
	}
	return s.fault == nil
}

func (s *scanner) leave(c byte) bool {
	if !s.take(c) {
		return false
	}
	s.depth--
	return true
}

// end says that nothing may follow.
func (s *scanner) end() {
	if s.fault == nil && s.peek() != 0 || s.fault == nil && s.pos < len(s.text) {
		s.syntax("end")
	}
}

// string reads a string.
func (s *scanner) string() string {
	s.peek()
	if !s.expect('"') {
		return ""
	}
	start := s.pos
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return s.text[start : s.pos-1]
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			s.syntax("\"")
			return ""
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, n := utf8.DecodeRuneInString(s.text[s.pos:])
			if r == utf8.RuneError && n == 1 {
				s.syntax("UTF-8")
				return ""
			}
			s.pos += n
		}
	}
	s.syntax("\"")
	return ""
}

// escaped goes on with a string that holds escapes.
func (s *scanner) escaped(start int) string {
	out := []byte(s.text[start:s.pos])
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '"':
			s.pos++
			return string(out)
		case c < 0x20:
			s.syntax("\"")
			return ""
		case c == '\\':
			var ok bool
			if out, ok = s.escape(out); !ok {
				s.syntax("escape")
				return ""
			}
		default:
			r, n := utf8.DecodeRuneInString(s.text[s.pos:])
			if r == utf8.RuneError && n == 1 {
				s.syntax("UTF-8")
				return ""
			}
			out = append(out, s.text[s.pos:s.pos+n]...)
			s.pos += n
		}
	}
	s.syntax("\"")
	return ""
}

func (s *scanner) escape(out []byte) ([]byte, bool) {
	if s.pos+1 >= len(s.text) {
		return out, false
	}
	c := s.text[s.pos+1]
	if c == 'u' {
		r, ok := s.hex(s.pos)
		if !ok {
			return out, false
		}
		s.pos += 6
		if utf16.IsSurrogate(r) {
			low, ok := s.hex(s.pos)
			if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
				return out, false
			}
			s.pos += 6
		}
		return utf8.AppendRune(out, r), true
	}
	const plain, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	for i := range len(plain) {
		if plain[i] == c {
			s.pos += 2
			return append(out, meant[i]), true
		}
	}
	return out, false
}

func (s *scanner) hex(at int) (rune, bool) {
	if at+6 > len(s.text) || s.text[at] != '\\' || s.text[at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s.text[at+2 : at+6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// scalar reads a string, a number, true, false or null, as its text.
func (s *scanner) scalar() (text string, quoted bool) {
	if s.fault != nil {
		return "", false
	}
	if s.peek() == '"' {
		return s.string(), true
	}
	start := s.pos
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		if c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != 'E' {
			break
		}
		s.pos++
	}
	text = s.text[start:s.pos]
	if text != "true" && text != "false" && text != "null" && !number(text) {
		s.fail(start, "syntax", "value")
		return "", false
	}
	return text, false
}

// number says whether a text is a number of RFC 8259, section 6.
func number(text string) bool {
	digits := func() bool {
		n := 0
		for len(text) > 0 && text[0] >= '0' && text[0] <= '9' {
			text, n = text[1:], n+1
		}
		return n > 0
	}
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	if len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9' || !digits() {
		return false
	}
	if len(text) > 0 && text[0] == '.' {
		text = text[1:]
		if !digits() {
			return false
		}
	}
	if len(text) > 0 && text[0]|0x20 == 'e' {
		text = text[1:]
		if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		if !digits() {
			return false
		}
	}
	return text == ""
}

// skip reads a value of any kind and forgets it.
func (s *scanner) skip() {
	switch s.peek() {
	case '{':
		s.object(func(string, int) { s.skip() })
	case '[':
		s.array(func(int) { s.skip() })
	default:
		s.scalar()
	}
}

// quote appends a text as a JSON string.
func quote(b []byte, text string) []byte {
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x20:
			const hex = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }
