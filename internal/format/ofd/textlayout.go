package ofd

import (
	"math"
	"strings"
)

// A TextLayout places the glyphs of one text object (CT_Text, GB/T 33190-2016
// 11.2) in the object's own space: before its CTM and its Boundary.
type TextLayout struct {
	Size   float64 // of the em
	HScale float64 // width of the glyphs, 1 is usual
	Turn   Matrix  // CharDirection: turns each glyph about its origin

	// Advance says how wide a glyph is, in ems, where the text states no offsets.
	// [LayoutOf] sets it to the usual widths; who has the font knows better.
	Advance func(TextGlyph) float64

	read       float64 // ReadDirection
	codes      []*node
	transforms map[int]cgTransform
}

// A TextGlyph is one glyph of a text, with its origin on the baseline.
type TextGlyph struct {
	Rune rune // NoRune: a further glyph of the character before

	// Glyph is the glyph's number in the text's font where a CGTransform states
	// it, else GlyphOfRune; GlyphNone for a character whose run of characters has
	// fewer glyphs.
	Glyph int

	X, Y float64
}

// Values of a TextGlyph beside real characters and numbers.
const (
	NoRune      rune = -1
	GlyphOfRune      = -1
	GlyphNone        = -2
)

// LayoutOf reads a TextObject.
func LayoutOf(text Element) TextLayout {
	n := text.n
	return TextLayout{
		Size: number(n, "Size", 0), HScale: number(n, "HScale", 1),
		Turn:       quarter(number(n, "CharDirection", 0)),
		Advance:    func(g TextGlyph) float64 { return advance(g.Rune) },
		read:       math.Mod(math.Mod(number(n, "ReadDirection", 0), 360)+360, 360),
		codes:      n.all("TextCode"),
		transforms: readTransforms(n),
	}
}

// Visible reports whether the text has a size at which something is drawn.
func (l *TextLayout) Visible() bool { return l.Size > 0 && l.HScale > 0 }

// Walk visits the glyphs in order and ends with the first error of visit.
func (l *TextLayout) Walk(visit func(TextGlyph) error) error {
	r := textRun{TextLayout: l, visit: visit}
	for _, code := range l.codes {
		if err := r.textCode(code); err != nil {
			return err
		}
	}
	return nil
}

// A cgTransform maps a run of characters to glyphs, by number and often of
// another count.
type cgTransform struct {
	codes, glyphs int
	numbers       []float64
}

// number is the font's number of the run's glyph k.
func (c *cgTransform) number(k int) int {
	switch {
	case k >= c.glyphs:
		return GlyphNone
	case k >= len(c.numbers):
		return GlyphOfRune
	}
	return int(min(max(c.numbers[k], 0), 1<<16))
}

func readTransforms(n *node) map[int]cgTransform {
	var out map[int]cgTransform
	for _, c := range n.all("CGTransform") {
		numbers, _ := parseNumbers(c.kid("Glyphs").value())
		// Some writers leave the count to the list.
		count := number(c, "GlyphCount", max(1, float64(len(numbers))))
		tr := cgTransform{int(number(c, "CodeCount", 1)), int(count), numbers}
		if tr.codes < 1 || tr.glyphs < 1 {
			continue
		}
		if out == nil {
			out = make(map[int]cgTransform)
		}
		out[int(number(c, "CodePosition", 0))] = tr
	}
	return out
}

// A textRun is the state while one text is placed.
type textRun struct {
	*TextLayout
	visit func(TextGlyph) error
	x, y  float64
	code  int // characters placed so far: CodePosition counts over all TextCodes
}

// textCode places one TextCode. A missing X or Y is that of the one before.
func (r *textRun) textCode(n *node) error {
	r.x, r.y = number(n, "X", r.x), number(n, "Y", r.y)
	dx, errX := parseDeltas(n.attr("DeltaX"))
	dy, errY := parseDeltas(n.attr("DeltaY"))
	if errX != nil || errY != nil {
		dx, dy = deltaList{}, deltaList{}
	}
	runes := trimCode(n.text, max(dx.total(), dy.total()))
	at := TextGlyph{X: r.x, Y: r.y}
	for i := 0; i < len(runes); {
		tr, ok := r.transforms[r.code]
		if !ok {
			tr = cgTransform{codes: 1, glyphs: 1}
		}
		tr.codes = min(tr.codes, len(runes)-i)
		for k := range max(tr.codes, min(tr.glyphs, maxGlyphs)) {
			at.Rune, at.Glyph = NoRune, tr.number(k)
			if k < tr.codes {
				at.Rune = runes[i+k]
			}
			if err := r.visit(at); err != nil {
				return err
			}
			if k < tr.glyphs {
				at.Rune = runes[i+min(k, tr.codes-1)]
				r.step(&at, &dx, &dy)
			}
		}
		i += tr.codes
		r.code += tr.codes
	}
	return nil
}

// maxGlyphs bounds what one transform of a hostile file can cost.
const maxGlyphs = 64

// step moves the pen behind a glyph.
func (r *textRun) step(at *TextGlyph, dx, dy *deltaList) {
	vx, okX := dx.next()
	vy, okY := dy.next()
	if okX || okY {
		at.X, at.Y = at.X+vx, at.Y+vy
		return
	}
	adv := r.Advance(*at) * r.Size
	switch r.read {
	case 90:
		at.Y += adv
	case 180:
		at.X -= adv * r.HScale
	case 270:
		at.Y -= adv
	default:
		at.X += adv * r.HScale
	}
}

// trimCode gives the characters of a TextCode. White space at the ends is
// content, unless it is the line breaks of a pretty-printer or the number of
// offsets says that it is not there.
func trimCode(text string, offsets int) []rune {
	all := []rune(text)
	trimmed := []rune(strings.Trim(text, " \t\r\n"))
	if len(trimmed) == len(all) {
		return all
	}
	if offsets+1 == len(all) {
		return all
	}
	if offsets+1 == len(trimmed) || strings.ContainsAny(text, "\n\r") {
		return trimmed
	}
	return all
}

// number reads an attribute; what cannot be read counts as absent.
func number(n *node, name string, otherwise float64) float64 {
	text := strings.TrimSpace(n.attr(name))
	if text == "" {
		return otherwise
	}
	v, err := parseNumber(text)
	if err != nil || math.Abs(v) > 1e9 {
		return otherwise
	}
	return v
}
