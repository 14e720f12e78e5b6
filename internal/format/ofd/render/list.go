package render

import (
	"math"

	"xinzhang/internal/format/ofd"
)

// The display list: what is drawn, in order, independent of the form it is
// written in. All lengths are millimetres of the space the item stands in.

// An item is a *group, *shape, *picture or *words.
type item any

// A group draws items in a space of its own.
type group struct {
	m     ofd.Matrix
	clip  []area // the group shows inside all of these
	alpha float64
	under bool // multiplied with what lies below: ink on paper
	items []item
}

// An area is a region; its outlines are joined.
type area struct{ outlines []clipOutline }

type clipOutline struct {
	m       ofd.Matrix
	path    path
	evenOdd bool
}

// A shape is an outline, filled and stroked.
type shape struct {
	m       ofd.Matrix
	path    path
	evenOdd bool
	fill    *paint // nil: not
	stroke  *paint
	line    lineStyle
	alpha   float64
}

type lineStyle struct {
	width      float64
	cap, join  string // SVG's words
	miter      float64
	dash       []float64
	dashOffset float64
}

// A picture fills the unit square.
type picture struct {
	m     ofd.Matrix
	image *bitmap
	alpha float64
}

// words are characters in a font of the system, each at its own place.
type words struct {
	m       ofd.Matrix
	runes   []rune
	x, y    []float64
	turn    ofd.Matrix // of each character, about its origin
	family  string
	size    float64
	bold    bool
	italic  bool
	fill    *paint
	stroke  *paint
	strokeW float64
	alpha   float64
}

// A paint is a colour or something that varies over the plane.
type paint struct {
	r, g, b  uint8
	alpha    float64
	gradient *gradient
	tile     *tile
}

// A gradient is a linear or radial one, in the space of the shape.
type gradient struct {
	radial         bool
	x1, y1, x2, y2 float64
	r1, r2         float64
	m              ofd.Matrix // of the gradient itself
	spread         string     // SVG's word
	stops          []stop
}

type stop struct {
	at      float64
	r, g, b uint8
	alpha   float64
}

// A tile is a pattern that repeats.
type tile struct {
	m            ofd.Matrix
	w, h         float64 // of the cell
	xStep, yStep float64
	items        []item
}

// A path is a list of steps with SVG's letters, all absolute.
type path []segment

type segment struct {
	op byte // M L Q C A Z
	n  [7]float64
}

// numbers is how many numbers a step takes.
func (s segment) numbers() int {
	switch s.op {
	case 'M', 'L':
		return 2
	case 'Q':
		return 4
	case 'C':
		return 6
	case 'A':
		return 7
	}
	return 0
}

// reach is a box that holds the path; curves are held by their control points.
func (p path) reach() (ofd.Box, bool) {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	grow := func(x, y, by float64) {
		minX, maxX = min(minX, x-by), max(maxX, x+by)
		minY, maxY = min(minY, y-by), max(maxY, y+by)
	}
	for _, s := range p {
		if s.op == 'A' {
			grow(s.n[5], s.n[6], 2*max(math.Abs(s.n[0]), math.Abs(s.n[1])))
			continue
		}
		for i := 0; i+1 < s.numbers(); i += 2 {
			grow(s.n[i], s.n[i+1], 0)
		}
	}
	if minX > maxX {
		return ofd.Box{}, false
	}
	return ofd.Box{X: minX, Y: minY, W: maxX - minX, H: maxY - minY}, true
}

// rectangle is the outline of a box.
func rectangle(b ofd.Box) path {
	return path{
		{op: 'M', n: [7]float64{b.X, b.Y}}, {op: 'L', n: [7]float64{b.X + b.W, b.Y}},
		{op: 'L', n: [7]float64{b.X + b.W, b.Y + b.H}}, {op: 'L', n: [7]float64{b.X, b.Y + b.H}}, {op: 'Z'},
	}
}

// boxArea is the inside of a box.
func boxArea(b ofd.Box) area {
	return area{[]clipOutline{{m: ofd.Identity, path: rectangle(b)}}}
}
