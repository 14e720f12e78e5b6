package render

import (
	"unicode"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/font"
	"xinzhang/internal/format/ofd"
)

// text draws a TextObject (GB/T 33190-2016 11.2): filled black unless it says
// otherwise. It is not clipped to its boundary: writers compute boundaries of
// text from font metrics that differ between systems, and a signer must not miss
// text for a boundary that is a hair too small.
func (b *builder) text(o ofd.Element, s style) item {
	look := words{m: ofd.Identity, alpha: 1, strokeW: s.line.width}
	if o.Attr("Fill") != "false" {
		if look.fill = b.paint(s.fill); look.fill == nil {
			look.fill = black()
		}
	}
	if o.Attr("Stroke") == "true" {
		look.stroke = b.paint(s.stroke)
	}
	layout := ofd.LayoutOf(o)
	if look.fill == nil && look.stroke == nil || !layout.Visible() {
		return nil
	}
	f := b.font(o)
	look.size, look.turn = layout.Size, layout.Turn.Then(ofd.Matrix{layout.HScale, 0, 0, 1, 0, 0})
	look.bold, look.italic = o.Number("Weight", 400) > 500 || f.bold, o.Attr("Italic") == "true" || f.italic
	look.family = f.family
	run := textRun{b: b, o: o, f: f, l: &layout, words: &look}
	if err := run.walk(); err != nil {
		return nil // b.err says why
	}
	g := &group{m: o.Matrix(), alpha: alphaOf(o)}
	if len(run.path) > 0 {
		line := s.line
		g.items = append(g.items, &shape{m: ofd.Identity, path: run.path, fill: look.fill, stroke: look.stroke, line: line, alpha: 1})
	}
	if len(look.runes) > 0 {
		g.items = append(g.items, &look)
	}
	if len(g.items) == 0 {
		return nil
	}
	return g
}

// textOutline gives the outlines of a text, for clipping. ok is false when some
// of it has no outlines.
func (b *builder) textOutline(o ofd.Element) (path, bool) {
	layout := ofd.LayoutOf(o)
	if !layout.Visible() {
		return nil, true
	}
	look := words{turn: layout.Turn.Then(ofd.Matrix{layout.HScale, 0, 0, 1, 0, 0}), size: layout.Size}
	run := textRun{b: b, o: o, f: b.font(o), l: &layout, words: &look}
	err := run.walk()
	return run.path, err == nil && len(look.runes) == 0
}

// A textRun gathers the glyphs of one text: outlines of the embedded font, and
// what has to be drawn in a font of the system.
type textRun struct {
	b     *builder
	o     ofd.Element
	f     *textFont
	l     *ofd.TextLayout
	words *words
	path  path
}

func (t *textRun) walk() error {
	if t.f.file != nil {
		plain := t.l.Advance
		t.l.Advance = func(g ofd.TextGlyph) float64 {
			if em, ok := t.f.file.Advance(t.number(g)); ok && t.number(g) > 0 {
				return em
			}
			return plain(g)
		}
	}
	return t.l.Walk(t.glyph)
}

// number is the glyph's number in the embedded font, 0 when it has none.
func (t *textRun) number(g ofd.TextGlyph) int {
	if g.Glyph >= 0 {
		return g.Glyph
	}
	if g.Glyph == ofd.GlyphOfRune && g.Rune != ofd.NoRune {
		return t.f.file.Index(g.Rune)
	}
	return font.NoGlyph
}

func (t *textRun) glyph(g ofd.TextGlyph) error {
	if !t.b.spendSegments(1) {
		return t.b.err
	}
	if g.Glyph == ofd.GlyphNone {
		return nil // drawn by the glyph before
	}
	if t.f.file != nil {
		if n := t.number(g); n != font.NoGlyph || g.Glyph == 0 && g.Rune == ofd.NoRune {
			if outline, ok := t.f.outline(n); ok {
				return t.add(outline, g)
			}
		}
	}
	if g.Rune == ofd.NoRune || invisible(g.Rune) {
		return nil
	}
	if t.f.file != nil {
		t.b.notes.add(t.b.place(t.o), fault.RenderGlyphMissing, "font", t.f.name)
	}
	if unicode.Is(unicode.Co, g.Rune) { // private use: only the missing font knows what it is
		if t.f.file == nil {
			t.b.notes.add(t.b.place(t.o), fault.RenderGlyphMissing, "font", t.f.name)
		}
		return nil
	}
	if t.f.file == nil && !t.f.noted {
		t.b.notes.add(t.b.place(t.o), fault.RenderFontSubstituted, "font", t.f.name)
	}
	w := t.words
	w.runes, w.x, w.y = append(w.runes, g.Rune), append(w.x, g.X), append(w.y, g.Y)
	return nil
}

// add places a glyph's outline.
func (t *textRun) add(outline font.Outline, g ofd.TextGlyph) error {
	if !t.b.spendSegments(len(outline)) {
		return t.b.err
	}
	// Outlines have y upwards.
	m := ofd.Shift(g.X, g.Y).Then(t.words.turn).Then(ofd.Matrix{t.l.Size, 0, 0, -t.l.Size, 0, 0})
	for _, s := range outline {
		out := segment{op: s.Op}
		for i := range s.Points() {
			out.n[2*i], out.n[2*i+1] = m.At(s.P[2*i], s.P[2*i+1])
		}
		t.path = append(t.path, out)
	}
	return nil
}

// invisible characters draw nothing: spaces, controls, and marks that steer the
// direction of text, which could make a browser show it in another order.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zs, r) ||
		r >= 0xFE00 && r <= 0xFE0F || r == 0xFFFE || r == 0xFFFF
}
