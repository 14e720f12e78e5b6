package ofd

import "math"

// textObject places the characters of one CT_Text (GB/T 33190-2016 11.2).
func (t *textReader) textObject(place string, n *node, m Matrix) error {
	layout := LayoutOf(Element{n})
	if !layout.Visible() {
		return nil
	}
	return layout.Walk(func(g TextGlyph) error {
		if g.Rune == NoRune {
			return nil // a further glyph of a character that stands already
		}
		return t.character(place, &layout, m, g)
	})
}

// character adds one character of a text whose space m places on the page.
func (t *textReader) character(place string, l *TextLayout, m Matrix, at TextGlyph) error {
	const ascent = 0.85 // of the em, above the baseline
	local := m.Then(Shift(at.X, at.Y)).Then(l.Turn)
	g := Glyph{Rune: at.Rune, object: int32(t.objects)}
	g.Box = local.Bounds(Box{0, -ascent * l.Size, advance(at.Rune) * l.Size * l.HScale, l.Size})
	g.X, g.Y = m.At(at.X, at.Y)
	length := math.Hypot(m[0], m[1])
	if length == 0 {
		return nil
	}
	g.ux, g.uy = m[0]/length, m[1]/length
	g.Size = l.Size * math.Sqrt(math.Abs(m[0]*m[3]-m[1]*m[2]))
	return t.add(place, g)
}
