package font

// glyfTables are the outlines of a TrueType font.
type glyfTables struct {
	glyf, loca []byte
	long       bool // loca holds 32-bit offsets
}

func newGlyf(glyf, loca, head []byte, glyphs int) *glyfTables {
	t := &glyfTables{glyf: glyf, loca: loca}
	// indexToLocFormat is wrong or missing in some subset fonts; the number of
	// glyphs tells which format it can be.
	switch {
	case glyphs > 0 && len(loca) >= 4*(glyphs+1):
		t.long = true
		if len(head) >= 52 && be.Uint16(head[50:]) == 0 {
			t.long = !t.fits(2)
		}
	case glyphs > 0 && len(loca) >= 2*(glyphs+1):
		t.long = false
		if len(head) >= 52 && be.Uint16(head[50:]) == 1 && !t.fits(2) {
			t.long = true
		}
	default:
		t.long = len(head) >= 52 && be.Uint16(head[50:]) == 1
	}
	return t
}

// fits reports whether loca, read with offsets of this width, rises and stays
// within glyf.
func (t *glyfTables) fits(width int) bool {
	last := 0
	for at := 0; at+width <= len(t.loca); at += width {
		v := 2 * int(be.Uint16(t.loca[at:]))
		if width == 4 {
			v = int(be.Uint32(t.loca[at:]))
		}
		if v < last || v > len(t.glyf) {
			return false
		}
		last = v
	}
	return true
}

func (t *glyfTables) count() int {
	if t.long {
		return max(0, len(t.loca)/4-1)
	}
	return max(0, len(t.loca)/2-1)
}

// data returns the bytes of a glyph; empty for one without ink.
func (t *glyfTables) data(glyph int) ([]byte, bool) {
	if glyph < 0 || glyph >= t.count() {
		return nil, false
	}
	var from, to int
	if t.long {
		from, to = int(be.Uint32(t.loca[4*glyph:])), int(be.Uint32(t.loca[4*glyph+4:]))
	} else {
		from, to = 2*int(be.Uint16(t.loca[2*glyph:])), 2*int(be.Uint16(t.loca[2*glyph+2:]))
	}
	to = min(to, len(t.glyf))
	if from >= to {
		return nil, from <= len(t.glyf)
	}
	return t.glyf[from:to], true
}

// Composite glyphs are glyphs of glyphs. Real ones are two deep.
const (
	maxDepth      = 6
	maxComponents = 64
)

func (t *glyfTables) draw(p *pen, glyph int) bool {
	budget := maxComponents
	return t.drawAt(p, glyph, 0, &budget)
}

func (t *glyfTables) drawAt(p *pen, glyph, depth int, budget *int) bool {
	d, ok := t.data(glyph)
	if !ok {
		return false
	}
	if len(d) < 10 {
		return len(d) == 0
	}
	contours := int(int16(be.Uint16(d)))
	if contours >= 0 {
		return drawSimple(p, d[10:], contours)
	}
	return depth < maxDepth && t.drawComposite(p, d[10:], depth, budget)
}

// Flags of a component.
const (
	argsAreWords = 1 << iota
	argsAreXY
	_
	haveScale
	_
	moreComponents
	haveXYScale
	haveTwoByTwo
)

func (t *glyfTables) drawComposite(p *pen, d []byte, depth int, budget *int) bool {
	r := reader{d: d}
	for {
		if *budget--; *budget < 0 {
			return false
		}
		flags, glyph := r.u16(), r.u16()
		var dx, dy float64
		if flags&argsAreWords != 0 {
			dx, dy = float64(int16(r.u16())), float64(int16(r.u16()))
		} else {
			dx, dy = float64(int8(r.u8())), float64(int8(r.u8()))
		}
		if flags&argsAreXY == 0 {
			dx, dy = 0, 0 // points to be matched: no font of documents does it
		}
		a, b, c, e := 1.0, 0.0, 0.0, 1.0
		switch {
		case flags&haveScale != 0:
			a = r.f2dot14()
			e = a
		case flags&haveXYScale != 0:
			a, e = r.f2dot14(), r.f2dot14()
		case flags&haveTwoByTwo != 0:
			a, b, c, e = r.f2dot14(), r.f2dot14(), r.f2dot14(), r.f2dot14()
		}
		if r.short {
			return false
		}
		part := &pen{}
		if !t.drawAt(part, glyph, depth+1, budget) {
			return false
		}
		transform(part.out, a, b, c, e, dx, dy)
		if p.full = p.full || part.full || len(p.out)+len(part.out) > maxSegments; p.full {
			return false
		}
		p.out = append(p.out, part.out...)
		if flags&moreComponents == 0 {
			return true
		}
	}
}

// Flags of a point.
const (
	onCurve = 1 << iota
	xShort
	yShort
	repeated
	xSame
	ySame
)

type glyfPoint struct {
	x, y float64
	on   bool
}

func drawSimple(p *pen, d []byte, contours int) bool {
	r := reader{d: d}
	ends := make([]int, contours)
	count := 0
	for i := range ends {
		ends[i] = r.u16() + 1
		if r.short || ends[i] < count {
			return false
		}
		count = ends[i]
	}
	r.skip(r.u16()) // instructions
	if count > maxSegments || r.short {
		return false
	}
	flags := make([]int, count)
	for i := 0; i < count; i++ {
		flags[i] = r.u8()
		if flags[i]&repeated != 0 {
			for n := r.u8(); n > 0 && i+1 < count; n-- {
				flags[i+1] = flags[i]
				i++
			}
		}
	}
	points := make([]glyfPoint, count)
	v := 0
	for i, f := range flags {
		v += r.delta(f&xShort != 0, f&xSame != 0)
		points[i].x, points[i].on = float64(v), f&onCurve != 0
	}
	v = 0
	for i, f := range flags {
		v += r.delta(f&yShort != 0, f&ySame != 0)
		points[i].y = float64(v)
	}
	if r.short {
		return false
	}
	from := 0
	for _, to := range ends {
		drawContour(p, points[from:to])
		from = to
	}
	return true
}

// drawContour draws a closed contour. Between two points off the curve lies one
// on it that is not stored.
func drawContour(p *pen, c []glyfPoint) {
	if len(c) < 2 {
		return
	}
	middle := func(a, b glyfPoint) glyfPoint { return glyfPoint{(a.x + b.x) / 2, (a.y + b.y) / 2, true} }
	start := c[0]
	rest := c[1:]
	if !start.on {
		if last := c[len(c)-1]; last.on {
			start, rest = last, c[:len(c)-1]
		} else {
			start, rest = middle(start, last), c
		}
	}
	p.move(start.x, start.y)
	for i := 0; i < len(rest); i++ {
		if rest[i].on {
			p.line(rest[i].x, rest[i].y)
			continue
		}
		to := start
		if i+1 < len(rest) {
			if to = rest[i+1]; to.on {
				i++
				p.quad(rest[i-1].x, rest[i-1].y, to.x, to.y)
				continue
			}
			to = middle(rest[i], to)
		}
		p.quad(rest[i].x, rest[i].y, to.x, to.y)
	}
	p.close()
}
