package sealpic

import "math"

// A point is in millimetres, or in ems inside a glyph; y grows downwards.
type point struct{ x, y float64 }

func (p point) plus(q point) point       { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point      { return point{p.x - q.x, p.y - q.y} }
func (p point) times(k float64) point    { return point{p.x * k, p.y * k} }
func (p point) distance(q point) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

// An op is a drawing command, written as SVG writes it.
type op byte

const (
	moveTo  op = 'M' // p[0]
	lineTo  op = 'L' // p[0]
	quadTo  op = 'Q' // p[0] control, p[1] end
	cubeTo  op = 'C' // p[0], p[1] controls, p[2] end
	closing op = 'Z'
)

// points says how many points of a segment count.
func (o op) points() int {
	switch o {
	case moveTo, lineTo:
		return 1
	case quadTo:
		return 2
	case cubeTo:
		return 3
	}
	return 0
}

type segment struct {
	op op
	p  [3]point
}

// A path is a list of closed outlines.
type path []segment

// mapped returns the path with every point moved by f.
func (q path) mapped(f func(point) point) path {
	moved := make(path, len(q))
	for i, s := range q {
		moved[i].op = s.op
		for j := range s.op.points() {
			moved[i].p[j] = f(s.p[j])
		}
	}
	return moved
}

// A box is a rectangle; the zero box of an empty path has no extent.
type box struct{ min, max point }

func (b box) width() float64  { return b.max.x - b.min.x }
func (b box) height() float64 { return b.max.y - b.min.y }
func (b box) centre() point   { return point{(b.min.x + b.max.x) / 2, (b.min.y + b.max.y) / 2} }

// bounds is the box around all points, control points included; for glyphs,
// which have points at their extremes, it is the box around the ink.
func (q path) bounds() box {
	if len(q) == 0 {
		return box{}
	}
	b := box{point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}}
	for _, s := range q {
		for _, p := range s.p[:s.op.points()] {
			b.min.x, b.min.y = min(b.min.x, p.x), min(b.min.y, p.y)
			b.max.x, b.max.y = max(b.max.x, p.x), max(b.max.y, p.y)
		}
	}
	return b
}

// arcHandle is the length of the handles that make a cubic curve a quarter of a
// unit circle, with an error of 0.02 % of the radius.
const arcHandle = 0.5522847498307936

// ellipseOutline draws an ellipse around c, clockwise as seen on paper.
func ellipseOutline(c point, rx, ry float64) path {
	at := func(x, y float64) point { return point{c.x + x*rx, c.y + y*ry} }
	const k = arcHandle
	return path{
		{moveTo, [3]point{at(1, 0)}},
		{cubeTo, [3]point{at(1, k), at(k, 1), at(0, 1)}},
		{cubeTo, [3]point{at(-k, 1), at(-1, k), at(-1, 0)}},
		{cubeTo, [3]point{at(-1, -k), at(-k, -1), at(0, -1)}},
		{cubeTo, [3]point{at(k, -1), at(1, -k), at(1, 0)}},
		{op: closing},
	}
}

// ring is the band of the given width inside an ellipse.
func ring(c point, rx, ry, width float64) path {
	hole := ellipseOutline(point{}, rx-width, ry-width).mapped(func(p point) point {
		return point{c.x + p.x, c.y - p.y} // mirrored, so that it winds the other way
	})
	return append(ellipseOutline(c, rx, ry), hole...)
}

// polygon closes a line through the points.
func polygon(points ...point) path {
	q := make(path, 0, len(points)+1)
	for i, p := range points {
		o := lineTo
		if i == 0 {
			o = moveTo
		}
		q = append(q, segment{o, [3]point{p}})
	}
	return append(q, segment{op: closing})
}

// star is a regular five-pointed star, one tip up, whose tips lie on a circle of
// radius r. The inner corners lie where the sides of a pentagram cross.
func star(c point, r float64) path {
	inner := r * math.Sin(math.Pi/10) / math.Sin(3*math.Pi/10) // 0.382 r
	points := make([]point, 10)
	for i := range points {
		radius := r
		if i%2 == 1 {
			radius = inner
		}
		sin, cos := math.Sincos(float64(i) * math.Pi / 5)
		points[i] = point{c.x + radius*sin, c.y - radius*cos}
	}
	return polygon(points...)
}

// frame is the band of the given line width inside a rectangle.
func frame(b box, line float64) path {
	q := polygon(b.min, point{b.max.x, b.min.y}, b.max, point{b.min.x, b.max.y})
	return append(q, polygon(
		point{b.min.x + line, b.min.y + line}, point{b.min.x + line, b.max.y - line},
		point{b.max.x - line, b.max.y - line}, point{b.max.x - line, b.min.y + line})...)
}
