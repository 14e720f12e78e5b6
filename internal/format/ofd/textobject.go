package ofd

import (
	"math"
	"strings"
)

// textObject places the characters of one CT_Text (GB/T 33190-2016 11.2).
func (t *textReader) textObject(place string, n *node, m matrix) error {
	r := textRun{t: t, place: place, m: m, size: number(n, "Size", 0), hScale: number(n, "HScale", 1),
		down: math.Mod(number(n, "ReadDirection", 0), 180) != 0}
	r.turn = quarter(number(n, "CharDirection", 0))
	if r.size <= 0 || r.hScale <= 0 {
		return nil // nothing is drawn at no size
	}
	r.transforms = readTransforms(n)
	for _, code := range n.all("TextCode") {
		if err := r.textCode(code); err != nil {
			return err
		}
	}
	return nil
}

// A textRun is the state while one TextObject is placed.
type textRun struct {
	t          *textReader
	place      string
	m          matrix
	turn       matrix // CharDirection
	size       float64
	hScale     float64
	down       bool // ReadDirection 90 or 270
	x, y       float64
	code       int // characters placed so far: CodePosition counts over all TextCodes
	transforms map[int]cgTransform
}

// A cgTransform maps a run of characters to glyphs of another number.
type cgTransform struct{ codes, glyphs int }

func readTransforms(n *node) map[int]cgTransform {
	var out map[int]cgTransform
	for _, c := range n.all("CGTransform") {
		tr := cgTransform{int(number(c, "CodeCount", 1)), int(number(c, "GlyphCount", 1))}
		if tr.codes < 1 || tr.glyphs < 1 || tr.codes == tr.glyphs {
			continue
		}
		if out == nil {
			out = make(map[int]cgTransform)
		}
		out[int(number(c, "CodePosition", 0))] = tr
	}
	return out
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
	x, y := r.x, r.y
	for i := 0; i < len(runes); {
		codes, glyphs := 1, 1
		if tr, ok := r.transforms[r.code]; ok {
			codes, glyphs = min(tr.codes, len(runes)-i), tr.glyphs
		}
		for k := range max(codes, min(glyphs, maxGlyphs)) {
			if k < codes {
				if err := r.place1(runes[i+k], x, y); err != nil {
					return err
				}
			}
			if k < glyphs {
				x, y = r.step(runes[i+min(k, codes-1)], x, y, &dx, &dy)
			}
		}
		i += codes
		r.code += codes
	}
	return nil
}

// maxGlyphs bounds what one transform of a hostile file can cost.
const maxGlyphs = 64

// step moves the pen behind a glyph.
func (r *textRun) step(c rune, x, y float64, dx, dy *deltaList) (float64, float64) {
	vx, okX := dx.next()
	vy, okY := dy.next()
	if okX || okY {
		return x + vx, y + vy
	}
	if r.down {
		return x, y + advance(c)*r.size
	}
	return x + advance(c)*r.size*r.hScale, y
}

// place1 adds one character with its origin at x, y of the object's space.
func (r *textRun) place1(c rune, x, y float64) error {
	const ascent = 0.85 // of the em, above the baseline
	local := r.m.then(shift(x, y)).then(r.turn)
	g := Glyph{Rune: c, object: int32(r.t.objects)}
	g.Box = local.boundary(Box{0, -ascent * r.size, advance(c) * r.size * r.hScale, r.size})
	g.X, g.Y = r.m.at(x, y)
	length := math.Hypot(r.m[0], r.m[1])
	if length == 0 {
		return nil
	}
	g.ux, g.uy = r.m[0]/length, r.m[1]/length
	g.Size = r.size * math.Sqrt(math.Abs(r.m[0]*r.m[3]-r.m[1]*r.m[2]))
	return r.t.add(r.place, g)
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
