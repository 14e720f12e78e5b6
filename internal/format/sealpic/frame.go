package sealpic

import "image/color"

// A Frame is the rectangular border that some forms put around a hand-written
// signature.
type Frame struct {
	WidthMM, HeightMM float64     // 0: 40 × 20; 8 to 80 each
	LineMM            float64     // 0: 0.4
	Ink               color.NRGBA // zero: Red
}

// Around sets a picture in the middle of the frame, made smaller when it would
// come closer to the line than 1.2 mm. It returns [fault.PictureSize] for a
// frame of unusual size.
func (s Frame) Around(inner Picture) (Picture, error) {
	if s.WidthMM == 0 && s.HeightMM == 0 {
		s.WidthMM, s.HeightMM = 40, 20
	}
	if s.LineMM == 0 {
		s.LineMM = 0.4
	}
	for _, mm := range []float64{s.WidthMM, s.HeightMM} {
		if err := checkSize(mm, 8, 80); err != nil {
			return Picture{}, err
		}
	}
	if err := checkSize(s.LineMM, 0.1, 2); err != nil {
		return Picture{}, err
	}
	outer := box{max: point{s.WidthMM, s.HeightMM}}
	framed := picture(s.WidthMM, s.HeightMM, inkOr(s.Ink, Red), frame(outer, s.LineMM))
	framed.layers = append(framed.layers, inner.within(outer, s.LineMM+1.2)...)
	return framed, nil
}

// within returns the picture's layers in the middle of b, made smaller where
// they do not leave the margin free.
func (p Picture) within(b box, margin float64) []layer {
	if p.WidthMM <= 0 || p.HeightMM <= 0 {
		return nil
	}
	k := min(1, (b.width()-2*margin)/p.WidthMM, (b.height()-2*margin)/p.HeightMM)
	middle := point{p.WidthMM / 2, p.HeightMM / 2}
	moved := make([]layer, len(p.layers))
	for i, l := range p.layers {
		moved[i] = layer{l.ink, l.outline.mapped(func(q point) point {
			return q.minus(middle).times(k).plus(b.centre())
		})}
	}
	return moved
}
