package report

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// bengali is Noto Sans Bengali, under the SIL Open Font License in
// font/OFL-NotoSansBengali.txt.
//
//go:embed font/NotoSansBengali-Regular.woff
var bengali []byte

// shapes are the fonts of texts that are shaped: of each letter, the first that has it.
var shapes = sync.OnceValue(func() (fonts []*font.Font) {
	for _, file := range [][]byte{vietnamese, bengali} {
		face, err := font.ParseTTF(bytes.NewReader(file))
		if err != nil {
			panic(err) // they are part of the program
		}
		fonts = append(fonts, face.Font)
	}
	return fonts
})

// shaper writes what fpdf cannot, which puts letter beside letter: Bengali joins
// and reorders them. Glyphs are drawn as outlines; so such a text cannot be searched.
type shaper struct {
	faces []*font.Face
	split shaping.Segmenter
	shape shaping.HarfbuzzShaper
}

func newShaper() *shaper {
	s := &shaper{}
	for _, f := range shapes() {
		s.faces = append(s.faces, font.NewFace(f))
	}
	return s
}

// ResolveFace is the font of a letter.
func (s *shaper) ResolveFace(r rune) *font.Face {
	for _, face := range s.faces {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return s.faces[0]
}

// em is the size at which texts are shaped; what is drawn is scaled.
const em = 1000

// runs shapes a text, each run in one font, and gives its width in sizes.
func (s *shaper) runs(text string) (runs []shaping.Output, width float64) {
	letters := []rune(text)
	in := shaping.Input{Text: letters, RunEnd: len(letters), Direction: di.DirectionLTR, Size: fixed.I(em), Language: language.NewLanguage("bn")}
	for _, part := range s.split.Split(in, s) {
		out := s.shape.Shape(part)
		runs = append(runs, out)
		width += units(out.Advance)
	}
	return runs, width
}

func units(n fixed.Int26_6) float64 { return float64(n) / 64 / em }

// lines breaks a text at its spaces, so that each line is at most so many sizes
// wide where that can be.
func (s *shaper) lines(text string, width float64) (lines []string) {
	line := ""
	for i, word := range strings.Split(text, " ") {
		longer := line + " " + word
		if i == 0 {
			longer = word
		}
		if _, wide := s.runs(longer); wide > width && line != "" {
			lines = append(lines, strings.TrimSpace(line))
			longer = word
		}
		line = longer
	}
	return append(lines, strings.TrimSpace(line))
}

// draw writes runs from x on along a base line; a size is so many millimetres.
func (p *paper) draw(runs []shaping.Output, x, base, size float64, style string) {
	for i := range runs {
		run := &runs[i]
		scale := size / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			left, up := x+units(g.XOffset)*size, base-units(g.YOffset)*size
			if outline, ok := run.Face.GlyphDataOutline(g.GlyphID); ok {
				p.outline(outline, left, up, scale)
				p.DrawPath(style)
			}
			x += units(g.Advance) * size
		}
	}
}

// outline begins the path of a glyph.
func (p *paper) outline(of font.GlyphOutline, x, y, scale float64) {
	at := func(v opentype.SegmentPoint) (float64, float64) {
		return x + float64(v.X)*scale, y - float64(v.Y)*scale
	}
	var atX, atY float64
	for i, s := range of.Segments {
		ax, ay := at(s.Args[0])
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			if i > 0 {
				p.ClosePath()
			}
			p.MoveTo(ax, ay)
			atX, atY = ax, ay
		case opentype.SegmentOpLineTo:
			p.LineTo(ax, ay)
			atX, atY = ax, ay
		case opentype.SegmentOpQuadTo: // PDF has cubic curves alone
			p.CurveBezierCubicTo(atX+(ax-atX)*2/3, atY+(ay-atY)*2/3, bx+(ax-bx)*2/3, by+(ay-by)*2/3, bx, by)
			atX, atY = bx, by
		case opentype.SegmentOpCubeTo:
			p.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
			atX, atY = cx, cy
		}
	}
	p.ClosePath()
}
