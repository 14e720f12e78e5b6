package sealpic

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"xinzhang/internal/fault"
)

// A Font is a chain of font files: a character is drawn from the first file
// that has it. Web fonts come cut into a hundred such files. A Font is safe for
// use by several goroutines.
type Font struct{ faces []*sfnt.Font }

// ParseFont reads font files, each TrueType, OpenType (CFF), a collection of
// them, or WOFF 1 around one. The files are kept, not copied. Of a collection
// the face for simplified Chinese is taken, or else the first.
func ParseFont(files ...[]byte) (*Font, error) {
	f := new(Font)
	for i, file := range files {
		face, err := parseFace(file)
		if err != nil {
			return nil, fmt.Errorf("parse font file %d of %d: %w", i+1, len(files), err)
		}
		f.faces = append(f.faces, face)
	}
	return f, nil
}

// Chain joins fonts; a character is taken from the first font that has it.
func Chain(fonts ...*Font) *Font {
	f := new(Font)
	for _, g := range fonts {
		f.faces = append(f.faces, g.faces...)
	}
	return f
}

// Lacks returns the characters of text that the font cannot draw, each once.
// White space is never missing: no seal draws it.
func (f *Font) Lacks(text string) []rune {
	var lacks []rune
	for _, r := range withoutSpace(text) {
		if face, _ := f.find(r); face == nil && !strings.ContainsRune(string(lacks), r) {
			lacks = append(lacks, r)
		}
	}
	return lacks
}

func parseFace(file []byte) (*sfnt.Font, error) {
	if isWOFF(file) {
		unpacked, err := unpackWOFF(file)
		if err != nil {
			return nil, err
		}
		file = unpacked
	}
	if len(file) == 0 {
		return nil, errors.New("no data") // sfnt does not expect that
	}
	faces, err := sfnt.ParseCollection(file) // also reads a single font
	if err != nil {
		return nil, err
	}
	chosen, err := faces.Font(0)
	if err != nil {
		return nil, err
	}
	for i := range faces.NumFonts() {
		face, err := faces.Font(i)
		if err != nil {
			continue
		}
		name, err := face.Name(nil, sfnt.NameIDFull)
		if err == nil && forSimplifiedChinese(name) {
			return face, nil
		}
	}
	return chosen, nil
}

// forSimplifiedChinese knows a face of Noto CJK ("Noto Serif CJK SC") and Source
// Han ("Source Han Serif CN", "… SC") by its name. Fixed-width faces ("Noto Sans
// Mono CJK SC") come later in those collections.
func forSimplifiedChinese(name string) bool {
	for word := range strings.FieldsSeq(name) {
		if word == "SC" || word == "CN" {
			return true
		}
	}
	return false
}

// A glyph is a drawn character: y grows downwards from the base line, one em is 1.
type glyph struct {
	outline path
	ink     box
	advance float64
}

// find returns the face that has r, or nil.
func (f *Font) find(r rune) (*sfnt.Font, sfnt.GlyphIndex) {
	for _, face := range f.faces {
		if i, err := face.GlyphIndex(nil, r); err == nil && i != 0 {
			return face, i
		}
	}
	return nil, 0
}

// glyph loads the outline of r; a character that no file has is
// [fault.FontMissingGlyph].
func (f *Font) glyph(r rune) (glyph, error) {
	face, index := f.find(r)
	if face == nil {
		return glyph{}, fault.New(fault.FontMissingGlyph, "char", string(r), "code", fmt.Sprintf("U+%04X", r))
	}
	units := face.UnitsPerEm()
	ppem := fixed.I(int(units)) // one pixel a unit: nothing is rounded
	segments, err := face.LoadGlyph(nil, index, ppem, nil)
	if err != nil {
		return glyph{}, fmt.Errorf("load glyph %q: %w", r, err)
	}
	advance, err := face.GlyphAdvance(nil, index, ppem, font.HintingNone)
	if err != nil {
		return glyph{}, fmt.Errorf("load advance of glyph %q: %w", r, err)
	}
	em := 64 * float64(units)
	g := glyph{outline: glyphOutline(segments, em), advance: float64(advance) / em}
	g.ink = g.outline.bounds()
	return g, nil
}

// glyphOutline turns the segments of a glyph into a path in ems.
func glyphOutline(segments sfnt.Segments, em float64) path {
	var q path
	for _, s := range segments {
		var out segment
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(q) > 0 {
				q = append(q, segment{op: closing})
			}
			out.op = moveTo
		case sfnt.SegmentOpLineTo:
			out.op = lineTo
		case sfnt.SegmentOpQuadTo:
			out.op = quadTo
		case sfnt.SegmentOpCubeTo:
			out.op = cubeTo
		}
		for i := range out.op.points() {
			out.p[i] = point{float64(s.Args[i].X) / em, float64(s.Args[i].Y) / em}
		}
		q = append(q, out)
	}
	if len(q) > 0 {
		q = append(q, segment{op: closing})
	}
	return q
}

// Gauge are the characters by which the layout measures a font: a full Chinese
// character and a digit. A font put together for a text should have them too.
const Gauge = "国0"

// face returns the box which a full Chinese character inks in this font, in ems:
// the 字面. 国 has a frame on all four sides. A font without it gets what Song
// fonts have in common.
func (f *Font) face() box {
	if g, err := f.glyph('国'); err == nil && len(g.outline) > 0 {
		return g.ink
	}
	return box{point{0.07, -0.83}, point{0.93, 0.07}}
}
