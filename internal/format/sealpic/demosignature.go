package sealpic

import "math"

// demoHand is how the characters of a made-up signature differ from the font, in
// turn: size, height above the line (ems), turn (degrees).
var demoHand = [...]struct{ size, rise, turn float64 }{
	{1.18, 0.00, -3},
	{0.94, -0.05, 2},
	{1.02, 0.03, -1},
	{0.90, 0.07, 3},
	{1.12, -0.02, -2},
}

// DemoSignature draws a name as if it were signed: slanted, rising, the
// characters of uneven size and close together. It is for demonstrations and
// tests with made-up people; a font of running script looks best. Nobody's hand
// is in it, so that it must never stand for a real signature. The box and errors
// are those of [Handwritten]; [fault.PictureTextLength] is returned for names of
// more than 12 characters, [fault.FontMissingGlyph] for characters that the font
// lacks.
func DemoSignature(f *Font, name string, c Cleaning) (Picture, error) {
	c, err := c.withDefaults()
	if err != nil {
		return Picture{}, err
	}
	if err := checkLength(name, 1, 12); err != nil {
		return Picture{}, err
	}
	r, err := newRun(f, name)
	if err != nil {
		return Picture{}, err
	}
	const (
		slant = 0.16 // sideways for each em of height
		climb = 0.07 // upwards for each em along the line
		close = 0.86 // of the font's own spacing
	)
	var q path
	at := 0.0
	for i, c := range r.cells {
		hand := demoHand[i%len(demoHand)]
		sin, cos := math.Sincos(hand.turn * math.Pi / 180)
		middle := c.glyph.ink.centre()
		half := c.glyph.ink.width() * hand.size / 2
		at += half
		here := point{at, -hand.rise - climb*at}
		q = append(q, c.glyph.outline.mapped(func(p point) point {
			p = p.minus(middle).times(hand.size)
			p.x -= slant * p.y
			return point{p.x*cos - p.y*sin, p.x*sin + p.y*cos}.plus(here)
		})...)
		at += half*(2*close-1) + 0.06
	}
	return signaturePicture(q, inkOr(c.Ink, Black), c.WidthMM, c.HeightMM), nil
}
