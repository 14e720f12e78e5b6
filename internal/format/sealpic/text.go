package sealpic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"xinzhang/internal/fault"
)

// A run is a line of text ready to be placed: its glyphs with the share of a
// full character's width that each of them takes.
type run struct {
	cells []cell
	face  box     // ink of a full character, in ems
	width float64 // sum of the shares
}

type cell struct {
	glyph glyph
	share float64 // 1 for a Chinese character
	axis  float64 // what is put on the middle of the cell, in ems from the left
}

// newRun loads the glyphs of text; white space is left out, since the spacing of
// a seal comes from its layout.
func newRun(f *Font, text string) (run, error) {
	r := run{face: f.face()}
	for _, char := range withoutSpace(text) {
		g, err := f.glyph(char)
		if err != nil {
			return run{}, err
		}
		c := cell{glyph: g, share: 1, axis: g.advance / 2}
		switch {
		case unicode.IsPunct(char):
			// A full-width bracket hugs one side of its square: it takes half the
			// room, its ink in the middle.
			c.share, c.axis = 0.55, g.ink.centre().x
		case g.advance < 0.9:
			c.share, c.axis = max(0.5, g.advance), g.ink.centre().x
		}
		r.cells = append(r.cells, c)
		r.width += c.share
	}
	return r, nil
}

// offsets returns where the middle of each cell lies, in widths of a full
// character from the middle of the line.
func (r run) offsets() []float64 {
	offsets := make([]float64, len(r.cells))
	at := -r.width / 2
	for i, c := range r.cells {
		offsets[i] = at + c.share/2
		at += c.share
	}
	return offsets
}

// tallest is how far a glyph may stand out above or below a full character, in
// half heights of one: Chinese characters keep to it, a Latin capital with two
// accents does not.
const tallest = 1.15

// scaled returns glyph i with full characters w × h millimetres of ink large, the
// middle of the cell at the origin. A glyph that is taller is made lower, so that
// it does not run into the ring.
func (r run) scaled(i int, w, h float64) path {
	c := r.cells[i]
	kx, ky, middle := w/r.face.width(), h/r.face.height(), r.face.centre().y
	reach := max(middle-c.glyph.ink.min.y, c.glyph.ink.max.y-middle)
	if most := tallest * r.face.height() / 2; reach > most {
		ky *= most / reach
	}
	return c.glyph.outline.mapped(func(p point) point {
		return point{(p.x - c.axis) * kx, (p.y - middle) * ky}
	})
}

// level sets the run in a level line around centre: characters w × h, the
// middles of full characters pitch apart.
func (r run) level(centre point, w, h, pitch float64) path {
	var q path
	for i, offset := range r.offsets() {
		at := point{centre.x + offset*pitch, centre.y}
		q = append(q, r.scaled(i, w, h).mapped(at.plus)...)
	}
	return q
}

// along sets the run on an arc: characters w × h, the middles of full characters
// pitch apart along the arc.
func (r run) along(a arc, w, h, pitch float64) path {
	var q path
	for i, offset := range r.offsets() {
		at, up := a.at(offset * pitch)
		right := point{-up.y, up.x}
		q = append(q, r.scaled(i, w, h).mapped(func(p point) point {
			return at.plus(right.times(p.x)).minus(up.times(p.y))
		})...)
	}
	return q
}

func withoutSpace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// checkLength refuses text that has fewer or more characters than a seal holds.
func checkLength(text string, least, most int) error {
	n := utf8.RuneCountInString(withoutSpace(text))
	if n < least || n > most {
		return fault.New(fault.PictureTextLength, "text", clipped(text), "count", n, "min", least, "max", most)
	}
	return nil
}

// clipped keeps a message short when somebody passes a whole novel as a name.
func clipped(text string) string {
	const most = 48
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// checkSize refuses sizes in millimetres that no such seal has; NaN included.
func checkSize(mm, least, most float64) error {
	if mm >= least && mm <= most {
		return nil
	}
	return fault.New(fault.PictureSize, "size", mm, "min", least, "max", most)
}

// newFigures is newRun for codes of digits and capitals: equal steps, measured
// by the digit 0.
func newFigures(f *Font, text string) (run, error) {
	r, err := newRun(f, text)
	if err != nil {
		return run{}, err
	}
	zero, err := f.glyph('0')
	if err != nil {
		return run{}, err
	}
	r.face, r.width = zero.ink, float64(len(r.cells))
	for i := range r.cells {
		c := &r.cells[i]
		c.share, c.axis = 1, c.glyph.ink.centre().x
	}
	return r, nil
}

func noRoom(text string) error { return fault.New(fault.PictureNoRoom, "text", clipped(text)) }

// freeHalfWidth is how far a level band around x may reach to either side before
// its end meets what is taken.
func freeHalfWidth(x, top, bottom float64, taken func(point) bool) float64 {
	const step, most, samples = 0.05, 50, 8
	for half := step; half < most; half += step {
		for i := range samples + 1 {
			if taken(point{x + half, top + (bottom-top)*float64(i)/samples}) {
				return half - step
			}
		}
	}
	return most
}
