package ofd

import "math"

// A matrix is CTM "a b c d e f": x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// then returns the matrix that applies inner first and m after it.
func (m matrix) then(inner matrix) matrix {
	return matrix{
		m[0]*inner[0] + m[2]*inner[1], m[1]*inner[0] + m[3]*inner[1],
		m[0]*inner[2] + m[2]*inner[3], m[1]*inner[2] + m[3]*inner[3],
		m[0]*inner[4] + m[2]*inner[5] + m[4], m[1]*inner[4] + m[3]*inner[5] + m[5],
	}
}

func (m matrix) at(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

func shift(x, y float64) matrix { return matrix{1, 0, 0, 1, x, y} }

// quarter turns by 90° as often as CharDirection says, clockwise on the page.
func quarter(degrees float64) matrix {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 90:
		return matrix{0, 1, -1, 0, 0, 0}
	case 180:
		return matrix{-1, 0, 0, -1, 0, 0}
	case 270:
		return matrix{0, -1, 1, 0, 0, 0}
	}
	return identity
}

// boundary is the box around a rectangle that m has moved.
func (m matrix) boundary(b Box) Box {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, corner := range [4][2]float64{{b.X, b.Y}, {b.X + b.W, b.Y}, {b.X, b.Y + b.H}, {b.X + b.W, b.Y + b.H}} {
		x, y := m.at(corner[0], corner[1])
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
	}
	return Box{minX, minY, maxX - minX, maxY - minY}
}

// join is the smallest box around both.
func (b Box) join(o Box) Box {
	x, y := min(b.X, o.X), min(b.Y, o.Y)
	return Box{x, y, max(b.X+b.W, o.X+o.W) - x, max(b.Y+b.H, o.Y+o.H) - y}
}

func (b Box) finite() bool {
	sum := math.Abs(b.X) + math.Abs(b.Y) + math.Abs(b.W) + math.Abs(b.H)
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// objectMatrix is what places a graphic object's own coordinates in its
// parent's: its CTM, then its Boundary's corner.
func objectMatrix(boundary, ctm string) matrix {
	m := identity
	if b, err := parseBox(boundary); err == nil {
		m = shift(b.X, b.Y)
	}
	if n, err := parseNumbers(ctm); err == nil && len(n) == 6 {
		m = m.then(matrix(n))
	}
	return m
}
