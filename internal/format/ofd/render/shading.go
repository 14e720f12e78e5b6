package render

import (
	"math"
	"strconv"
	"strings"

	"xinzhang/internal/format/ofd"
)

// gradient reads an axial or radial shading (GB/T 33190-2016 8.3.4).
func (b *builder) gradient(e ofd.Element) *gradient {
	g := &gradient{m: ofd.Identity, spread: "pad", radial: e.Name() == "RadialShd"}
	var ok1, ok2 bool
	g.x1, g.y1, ok1 = point(e.Attr("StartPoint"))
	g.x2, g.y2, ok2 = point(e.Attr("EndPoint"))
	if g.radial {
		g.r1, g.r2 = math.Abs(e.Number("StartRadius", 0)), math.Abs(e.Number("EndRadius", 0))
		g.squeeze(e.Number("Eccentricity", 0), e.Number("Angle", 0))
	}
	for _, s := range e.All("Segment") {
		if !b.spendItems(1) {
			return nil
		}
		c := b.solid(s.Kid("Color"))
		g.stops = append(g.stops, stop{s.Number("Position", -1), c.r, c.g, c.b, c.alpha})
	}
	if !ok1 || !ok2 || len(g.stops) == 0 {
		b.broken(e, whatColour)
		return nil
	}
	g.placeStops()
	g.repeat(e)
	if g.spread == "pad" {
		g.cut(int(e.Number("Extend", 0)))
	}
	return g
}

// placeStops gives the stops that state no position even ones, the first 0 and
// the last 1, and makes them rise.
func (g *gradient) placeStops() {
	n := len(g.stops)
	last := 0.0
	for i := range g.stops {
		s := &g.stops[i]
		if s.at < 0 {
			s.at = float64(i) / float64(max(n-1, 1))
		}
		s.at = min(max(s.at, last), 1)
		last = s.at
	}
}

// repeat applies MapType and MapUnit: the length after which the colours come
// again.
func (g *gradient) repeat(e ofd.Element) {
	switch e.Attr("MapType") {
	case "Repeat":
		g.spread = "repeat"
	case "Reflect":
		g.spread = "reflect"
	default:
		return
	}
	length := math.Hypot(g.x2-g.x1, g.y2-g.y1)
	if unit := e.Number("MapUnit", 0); unit > 0 && length > 0 && !g.radial {
		g.x2, g.y2 = g.x1+(g.x2-g.x1)*unit/length, g.y1+(g.y2-g.y1)*unit/length
	}
}

// cut leaves the plane before the start and behind the end unpainted, unless
// extend says otherwise: 1 goes on before the start, 2 behind the end, 3 both.
func (g *gradient) cut(extend int) {
	n := len(g.stops)
	first, last := g.stops[0], g.stops[n-1]
	if extend&1 == 0 && !g.radial {
		first.at, first.alpha = 0, 0
		g.stops = append([]stop{first}, g.stops...)
	}
	if extend&2 == 0 {
		last.at, last.alpha = 1, 0
		g.stops = append(g.stops, last)
	}
}

// squeeze turns the circles of a radial shading into ellipses about its start.
func (g *gradient) squeeze(eccentricity, angle float64) {
	if eccentricity <= 0 || eccentricity >= 1 {
		return
	}
	sin, cos := math.Sincos(angle * math.Pi / 180)
	ratio := math.Sqrt(1 - eccentricity*eccentricity)
	g.m = ofd.Shift(g.x1, g.y1).
		Then(ofd.Matrix{cos, sin, -sin, cos, 0, 0}).
		Then(ofd.Matrix{1, 0, 0, ratio, 0, 0}).
		Then(ofd.Matrix{cos, -sin, sin, cos, 0, 0}).
		Then(ofd.Shift(-g.x1, -g.y1))
}

func point(text string) (x, y float64, ok bool) {
	f := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	if len(f) != 2 {
		return 0, 0, false
	}
	x, err1 := strconv.ParseFloat(f[0], 64)
	y, err2 := strconv.ParseFloat(f[1], 64)
	return x, y, err1 == nil && err2 == nil && math.Abs(x) < 1e7 && math.Abs(y) < 1e7
}

// pattern reads a tiling pattern (8.3.5).
func (b *builder) pattern(e ofd.Element) *tile {
	const deepest = 3
	t := &tile{m: ofd.Identity, w: e.Number("Width", 0), h: e.Number("Height", 0)}
	t.xStep, t.yStep = math.Abs(e.Number("XStep", t.w)), math.Abs(e.Number("YStep", t.h))
	if n := e.Numbers("CTM"); len(n) == 6 {
		t.m = ofd.Matrix(n)
	}
	if !(t.w > 0 && t.h > 0 && t.xStep > 0 && t.yStep > 0) || b.tiles >= deepest {
		b.broken(e, whatPattern)
		return nil
	}
	reflect := e.Attr("ReflectMethod")
	if reflect != "" && reflect != "Normal" || e.Attr("RelativeTo") == "Page" || t.xStep < t.w || t.yStep < t.h {
		b.unsupported(e, whatPattern) // drawn, but not as it is meant
	}
	b.tiles++
	defer func() { b.tiles-- }()
	for _, c := range e.All("CellContent") {
		t.items = append(t.items, b.objects(c, styleOf(), b.lim.Depth/2)...)
	}
	return t
}
