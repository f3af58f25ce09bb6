package journal

import (
	"strings"
	"unicode"
)

// Legible is a text without what no screen shows, or no PostgreSQL keeps:
// control characters but line ends and tabs, and the marks that turn the order
// of letters around, by which a text reads as another than it is.
func Legible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}
