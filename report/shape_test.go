package report

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestBengaliIsShaped(t *testing.T) {
	s := newShaper()
	glyphs := func(text string) (ids []uint32) {
		runs, _ := s.runs(text)
		for _, run := range runs {
			for _, g := range run.Glyphs {
				ids = append(ids, uint32(g.GlyphID))
			}
		}
		return ids
	}
	nominal := func(r rune) uint32 {
		id, _ := s.ResolveFace(r).NominalGlyph(r)
		return uint32(id)
	}
	if got := glyphs("ক্ষ"); len(got) != 1 {
		t.Errorf("three letters join to one, not to %v", got)
	}
	if got := glyphs("কে"); len(got) != 2 || got[1] != nominal('ক') {
		t.Errorf("the vowel stands before its consonant: %v", got)
	}
	if got := glyphs("Sa Pa"); len(got) != 5 || got[0] != nominal('S') {
		t.Errorf("other letters: %v", got)
	}
	// All that papers say has its letters.
	for _, file := range []string{"report", "desk-league", "desk"} {
		raw, err := os.ReadFile("../messages/bn/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for key, word := range words {
			text, ok := word.(string)
			if !ok || file == "desk" && !strings.HasPrefix(key, "figure.") {
				continue
			}
			for _, id := range glyphs(text) {
				if id == 0 {
					t.Errorf("%s: a letter of %q is missing", key, text)
					break
				}
			}
		}
	}
}

func TestLinesOfShapedTexts(t *testing.T) {
	s := newShaper()
	const text = "নতুন অংশগ্রহণকারী: ৪০   ·   নগদহীন: ১২"
	_, wide := s.runs(text)
	lines := s.lines(text, wide*0.7)
	if len(lines) != 2 || strings.Join(strings.Fields(strings.Join(lines, " ")), " ") != strings.Join(strings.Fields(text), " ") {
		t.Errorf("%q", lines)
	}
	for _, line := range lines {
		if _, w := s.runs(line); w > wide*0.7 {
			t.Errorf("%q is %g wide", line, w)
		}
	}
	if got := s.lines(text, wide); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
