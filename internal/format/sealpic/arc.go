package sealpic

import (
	"math"
	"sort"
)

// An arc is the line on which the middles of curved text lie: an ellipse around
// centre, walked clockwise from its top or, for the code of a seal, from left to
// right through its bottom.
//
// Steps along it are measured nearer to the centre, at the feet of the text,
// since that is where characters come closest to each other, above all at the
// narrow ends of an oval.
type arc struct {
	centre point
	rx, ry float64
	bottom bool // text through the bottom, its tops to the centre

	length []float64 // at the feet, from the top to angle i·π/arcSteps
}

const arcSteps = 2048

// newArc makes an arc with the given radii, measured inset millimetres inside.
func newArc(centre point, rx, ry, inset float64, bottom bool) arc {
	a := arc{centre: centre, rx: rx, ry: ry, bottom: bottom, length: make([]float64, arcSteps+1)}
	last := point{0, inset - ry}
	for i := 1; i <= arcSteps; i++ {
		sin, cos := math.Sincos(float64(i) * math.Pi / arcSteps)
		p := point{(rx - inset) * sin, (inset - ry) * cos}
		a.length[i] = a.length[i-1] + p.distance(last)
		last = p
	}
	return a
}

// lengthTo is the way from the top to an angle of the ellipse, at the feet.
func (a arc) lengthTo(angle float64) float64 {
	return a.length[int(angle/math.Pi*arcSteps)]
}

// angle returns the parameter of the ellipse s millimetres from the middle of
// the text, at most π.
func (a arc) angle(s float64) float64 {
	i := sort.SearchFloat64s(a.length, s)
	if i == 0 {
		return 0
	}
	if i > arcSteps {
		return math.Pi
	}
	share := (s - a.length[i-1]) / (a.length[i] - a.length[i-1])
	return (float64(i-1) + share) * math.Pi / arcSteps
}

// at returns the point s millimetres from the middle of the text, negative to
// its left, and the direction of the text's upper side there.
func (a arc) at(s float64) (p, up point) {
	sin, cos := math.Sincos(a.angle(math.Abs(s)))
	sin = math.Copysign(sin, s) // one computation for both sides keeps them mirror images
	out := point{sin / a.rx, -cos / a.ry}
	out = out.times(1 / math.Hypot(out.x, out.y))
	p = point{a.centre.x + a.rx*sin, a.centre.y - a.ry*cos}
	if a.bottom {
		return point{p.x, 2*a.centre.y - p.y}, point{-out.x, out.y}
	}
	return p, out
}
