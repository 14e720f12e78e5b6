package sealpic

import "math"

// trace draws the outlines of the kept ink, in pixels: marching squares over the
// darkness, with corners placed between pixels where it passes the edge. Ink
// lies to the right of each outline, so that holes wind the other way.
func (s *strokes) trace() path {
	c := s.cropped()
	next := c.steps()
	var q path
	for start := range next {
		if next[start] < 0 {
			continue
		}
		var loop []point
		for at := int32(start); next[at] >= 0; {
			loop = append(loop, c.crossing(int(at)))
			at, next[at] = next[at], -1
		}
		const speck = 3 // square pixels
		if math.Abs(doubleArea(loop)) > 2*speck {
			q = append(q, rounded(simplified(loop, 0.2), 1.2)...)
		}
	}
	return q
}

// cropped returns darkness less edge around the kept ink, with a margin that is
// below zero. Ink that was not kept is below zero as well.
func (s *strokes) cropped() field {
	b := s.extent()
	const margin, blank = 2, -0.2
	out := field{w: b.Dx() + 2*margin, h: b.Dy() + 2*margin}
	out.v = make([]float32, out.w*out.h)
	for y := range out.h {
		for x := range out.w {
			v := float32(blank)
			sx, sy := x+b.Min.X-margin, y+b.Min.Y-margin
			border := x == 0 || y == 0 || x == out.w-1 || y == out.h-1
			if !border && sx >= 0 && sy >= 0 && sx < s.w && sy < s.h {
				i := sy*s.w + sx
				if label := s.label[i]; label == 0 || s.pieces[label].kept {
					v = max(blank, s.v[i]-s.edge)
				}
			}
			out.v[y*out.w+x] = v
		}
	}
	return out
}

// The sides of a cell between four pixels.
const (
	top = iota
	right
	bottom
	left
)

// cellSteps lists, for the corners of a cell that are ink (8 upper left, 4 upper
// right, 2 lower right, 1 lower left), the pairs of sides between which the
// outline runs. 5 and 10 are ambiguous: here the two inked corners are apart.
var cellSteps = [16][][2]int{
	1: {{left, bottom}}, 2: {{bottom, right}}, 3: {{left, right}}, 4: {{right, top}},
	5: {{left, bottom}, {right, top}}, 6: {{bottom, top}}, 7: {{left, top}},
	8: {{top, left}}, 9: {{top, bottom}}, 10: {{top, left}, {bottom, right}},
	11: {{top, right}}, 12: {{right, left}}, 13: {{right, bottom}}, 14: {{bottom, left}},
}

// joinedSteps are those of cells 5 and 10 when their middle is ink.
var joinedSteps = map[int][][2]int{
	5:  {{left, top}, {right, bottom}},
	10: {{top, right}, {bottom, left}},
}

// steps returns for each edge of the pixel grid the edge to which the outline
// goes on, or -1. Edge 2i runs from pixel i to its right, 2i+1 downwards.
func (f field) steps() []int32 {
	next := make([]int32, 2*len(f.v))
	for i := range next {
		next[i] = -1
	}
	for y := range f.h - 1 {
		for x := range f.w - 1 {
			i := y*f.w + x
			corners := [4]float32{f.v[i], f.v[i+1], f.v[i+f.w+1], f.v[i+f.w]}
			kind := 0
			for _, v := range corners {
				kind *= 2
				if v > 0 {
					kind++
				}
			}
			steps := cellSteps[kind]
			if joined, ok := joinedSteps[kind]; ok && corners[0]+corners[1]+corners[2]+corners[3] > 0 {
				steps = joined
			}
			edges := [4]int{top: 2 * i, right: 2*(i+1) + 1, bottom: 2 * (i + f.w), left: 2*i + 1}
			for _, step := range steps {
				next[edges[step[0]]] = int32(edges[step[1]])
			}
		}
	}
	return next
}

// crossing is the point on an edge of the grid where the field passes zero.
func (f field) crossing(edge int) point {
	i := edge / 2
	p := point{float64(i % f.w), float64(i / f.w)}
	if edge%2 == 0 {
		p.x += float64(f.v[i] / (f.v[i] - f.v[i+1]))
	} else {
		p.y += float64(f.v[i] / (f.v[i] - f.v[i+f.w]))
	}
	return p
}

// doubleArea is twice the area inside a loop, negative when it winds the other way.
func doubleArea(loop []point) float64 {
	var a float64
	last := loop[len(loop)-1]
	for _, p := range loop {
		a += last.x*p.y - p.x*last.y
		last = p
	}
	return a
}

// simplified drops points of a loop that lie within tolerance of the line
// between those that stay (Ramer, Douglas and Peucker).
func simplified(loop []point, tolerance float64) []point {
	// Every stretch-th point stays in any case: that closes the loop and bounds the
	// work on an outline that somebody made to be as slow as possible.
	const stretch = 256
	stays := make([]bool, len(loop)+1)
	var todo [][2]int
	for from := 0; from < len(loop); from += stretch {
		to := min(from+stretch, len(loop))
		if from == 0 && to == len(loop) {
			to /= 2 // a short loop in two halves
			todo = append(todo, [2]int{to, len(loop)})
		}
		stays[from], stays[to] = true, true
		todo = append(todo, [2]int{from, to})
	}
	at := func(i int) point { return loop[i%len(loop)] }
	for len(todo) > 0 {
		from, to := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		worst, distance := 0, tolerance
		for i := from + 1; i < to; i++ {
			if d := offLine(at(i), at(from), at(to)); d > distance {
				worst, distance = i, d
			}
		}
		if worst > 0 {
			stays[worst] = true
			todo = append(todo, [2]int{from, worst}, [2]int{worst, to})
		}
	}
	var kept []point
	for i, p := range loop {
		if stays[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// offLine is the distance of p from the line through a and b.
func offLine(p, a, b point) float64 {
	length := a.distance(b)
	if length == 0 {
		return p.distance(a)
	}
	d, q := b.minus(a), p.minus(a)
	return math.Abs(d.x*q.y-d.y*q.x) / length
}

// rounded turns a loop into a path whose corners are curves that begin at most
// reach before the corner.
func rounded(loop []point, reach float64) path {
	n := len(loop)
	// towards is the point on the way from corner i to corner j where the curve
	// around i ends.
	towards := func(i, j int) point {
		a, b := loop[i], loop[j]
		d := a.distance(b)
		if d == 0 {
			return a
		}
		return a.plus(b.minus(a).times(min(0.5, reach/d)))
	}
	var q path
	for i := range loop {
		before, after := towards(i, (i+n-1)%n), towards(i, (i+1)%n)
		if i == 0 {
			q = append(q, segment{moveTo, [3]point{before}})
		} else if end := q[len(q)-1].p[1]; end != before {
			q = append(q, segment{lineTo, [3]point{before}})
		}
		q = append(q, segment{quadTo, [3]point{loop[i], after}})
	}
	return append(q, segment{op: closing})
}
