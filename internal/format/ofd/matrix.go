package ofd

import "math"

// A Matrix is a CTM "a b c d e f": x' = a·x + c·y + e, y' = b·x + d·y + f.
type Matrix [6]float64

// Identity leaves every point where it is.
var Identity = Matrix{1, 0, 0, 1, 0, 0}

// Then returns the Matrix that applies inner first and m after it.
func (m Matrix) Then(inner Matrix) Matrix {
	return Matrix{
		m[0]*inner[0] + m[2]*inner[1], m[1]*inner[0] + m[3]*inner[1],
		m[0]*inner[2] + m[2]*inner[3], m[1]*inner[2] + m[3]*inner[3],
		m[0]*inner[4] + m[2]*inner[5] + m[4], m[1]*inner[4] + m[3]*inner[5] + m[5],
	}
}

// At returns where m puts a point.
func (m Matrix) At(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// Shift moves by x and y.
func Shift(x, y float64) Matrix { return Matrix{1, 0, 0, 1, x, y} }

// quarter turns by 90° as often as CharDirection says, clockwise on the page.
func quarter(degrees float64) Matrix {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 90:
		return Matrix{0, 1, -1, 0, 0, 0}
	case 180:
		return Matrix{-1, 0, 0, -1, 0, 0}
	case 270:
		return Matrix{0, -1, 1, 0, 0, 0}
	}
	return Identity
}

// Bounds is the box around a rectangle that m has moved.
func (m Matrix) Bounds(b Box) Box {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, corner := range [4][2]float64{{b.X, b.Y}, {b.X + b.W, b.Y}, {b.X, b.Y + b.H}, {b.X + b.W, b.Y + b.H}} {
		x, y := m.At(corner[0], corner[1])
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
func objectMatrix(boundary, ctm string) Matrix {
	m := Identity
	if b, err := parseBox(boundary); err == nil {
		m = Shift(b.X, b.Y)
	}
	if n, err := parseNumbers(ctm); err == nil && len(n) == 6 {
		m = m.Then(Matrix(n))
	}
	return m
}
