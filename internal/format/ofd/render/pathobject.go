package render

import (
	"xinzhang/internal/format/ofd"
)

// path draws a PathObject (GB/T 33190-2016 9.1): stroked unless it says
// otherwise, filled only when it says so. A fill without a colour is transparent
// by the standard, a stroke without one black.
func (b *builder) path(o ofd.Element, s style) item {
	sh := &shape{m: o.Matrix(), evenOdd: o.Attr("Rule") == "Even-Odd", line: s.line, alpha: alphaOf(o)}
	sh.path = b.outline(o)
	if o.Attr("Fill") == "true" {
		sh.fill = b.paint(s.fill)
	}
	if o.Attr("Stroke") != "false" {
		if sh.stroke = b.paint(s.stroke); sh.stroke == nil {
			sh.stroke = black()
		}
	}
	if len(sh.path) == 0 || sh.fill == nil && sh.stroke == nil {
		return nil
	}
	if b.inside(o, sh) {
		return sh
	}
	return b.bounded(o, sh)
}

// outline reads a path's AbbreviatedData.
func (b *builder) outline(o ofd.Element) path {
	p, err := parsePath(o.Kid("AbbreviatedData").Text(), b.lim.Segments-b.segments)
	if err == errPathLong { //nolint:errorlint // made a few lines above, never wrapped
		b.spendSegments(b.lim.Segments + 1)
		return nil
	}
	if err != nil {
		b.broken(o, whatPath)
	}
	b.spendSegments(len(p))
	return p
}

// inside reports whether a shape lies inside the object's boundary, so that no
// clip is needed. A line drawn along the edge of a boundary that was made to fit
// its middle is not clipped to half its width: writers compute boundaries from
// the points, and every reader shows such lines whole.
func (b *builder) inside(o ofd.Element, sh *shape) bool {
	box, ok := o.Box("Boundary")
	reach, any := sh.path.reach()
	if !ok || !any {
		return true
	}
	reach = sh.m.Bounds(reach)
	slack := 0.05 + sh.line.width
	return reach.X >= box.X-slack && reach.Y >= box.Y-slack &&
		reach.X+reach.W <= box.X+box.W+slack && reach.Y+reach.H <= box.Y+box.H+slack
}
