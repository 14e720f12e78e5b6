package font

import "math"

// An Outline is a list of closed contours.
type Outline []Segment

// A Segment is one step of an outline.
type Segment struct {
	Op byte       // 'M', 'L', 'Q', 'C' or 'Z', as in SVG
	P  [6]float64 // x y pairs; as many as Op takes
}

// Points is how many of P the step uses.
func (s Segment) Points() int {
	switch s.Op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}

// maxSegments bounds one glyph. The most intricate real ones have some thousand.
const maxSegments = 20_000

// A pen records an outline. When there is too much of it, it stops recording and
// the glyph counts as unreadable.
type pen struct {
	out  Outline
	x, y float64
	open bool
	full bool
}

func (p *pen) add(s Segment) {
	if len(p.out) >= maxSegments {
		p.full = true
		return
	}
	p.out = append(p.out, s)
	if n := s.Points(); n > 0 {
		p.x, p.y = s.P[2*n-2], s.P[2*n-1]
	}
}

func (p *pen) move(x, y float64) {
	p.close()
	p.add(Segment{Op: 'M', P: [6]float64{x, y}})
	p.open = true
}

func (p *pen) line(x, y float64) { p.start(); p.add(Segment{Op: 'L', P: [6]float64{x, y}}) }

func (p *pen) quad(cx, cy, x, y float64) {
	p.start()
	p.add(Segment{Op: 'Q', P: [6]float64{cx, cy, x, y}})
}

func (p *pen) cube(ax, ay, bx, by, x, y float64) {
	p.start()
	p.add(Segment{Op: 'C', P: [6]float64{ax, ay, bx, by, x, y}})
}

// start opens a contour where a font draws without moving first.
func (p *pen) start() {
	if !p.open {
		p.add(Segment{Op: 'M', P: [6]float64{p.x, p.y}})
		p.open = true
	}
}

func (p *pen) close() {
	if p.open {
		p.add(Segment{Op: 'Z'})
		p.open = false
	}
}

// scale puts every point through a matrix of six numbers.
func (p *pen) scale(a, b, c, d, e, f float64) { transform(p.out, a, b, c, d, e, f) }

func transform(o Outline, a, b, c, d, e, f float64) {
	for i := range o {
		for k := range o[i].Points() {
			x, y := o[i].P[2*k], o[i].P[2*k+1]
			o[i].P[2*k], o[i].P[2*k+1] = a*x+c*y+e, b*x+d*y+f
		}
	}
}

// finite reports whether the outline is whole and within a thousand ems.
func (p *pen) finite() bool {
	for _, s := range p.out {
		for _, v := range s.P {
			if math.IsNaN(v) || math.Abs(v) > 1000 {
				return false
			}
		}
	}
	return !p.full
}
