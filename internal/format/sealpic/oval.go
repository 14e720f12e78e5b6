package sealpic

import (
	"image/color"
	"math"
)

// An Oval describes an oval seal, as companies with foreign capital and invoices
// (发票专用章, 40 × 30 mm) have. It bears no star.
type Oval struct {
	Name    string // clockwise on the upper arc: 2 to 30 characters
	Middle  string // level through the centre, such as a taxpayer number: up to 20 characters
	SubName string // level below it: up to 10 characters

	WidthMM, HeightMM float64     // 0: 45 × 30; 20 to 60 each
	RingMM            float64     // 0: 1
	Ink               color.NRGBA // zero: Red
}

// Measures of an oval seal 30 mm high; others are scaled from it.
const (
	ovalHeight    = 30.0
	ovalGap       = 0.9  // between ring and name
	middleHeight  = 3.0  // of the level line through the centre
	middleDown    = 0.6  // middle of that line below the centre
	subNameHeight = 3.7  // of the sub-name
	subNameDown   = 7.6  // middle of the sub-name below the centre
	levelSpace    = 1.2  // kept free at both ends of level lines
	levelShare    = 0.68 // widest level line, of the seal's width
)

// Draw sets the seal in the given font; errors are those of [Round.Draw].
func (s Oval) Draw(f *Font) (Picture, error) {
	s = s.withDefaults()
	if err := s.check(); err != nil {
		return Picture{}, err
	}
	l := ovalLayout{Oval: s, centre: point{s.WidthMM / 2, s.HeightMM / 2}, scale: s.HeightMM / ovalHeight}
	outlines := []path{ring(l.centre, s.WidthMM/2, s.HeightMM/2, s.RingMM)}
	for _, part := range []func(*Font) (path, error){l.name, l.middle, l.subName} {
		q, err := part(f)
		if err != nil {
			return Picture{}, err
		}
		if len(q) > 0 {
			outlines = append(outlines, q)
		}
	}
	return picture(s.WidthMM, s.HeightMM, s.Ink, outlines...), nil
}

func (s Oval) withDefaults() Oval {
	if s.WidthMM == 0 && s.HeightMM == 0 {
		s.WidthMM, s.HeightMM = 45, ovalHeight
	}
	if s.RingMM == 0 {
		s.RingMM = 1
	}
	s.Ink = inkOr(s.Ink, Red)
	return s
}

func (s Oval) check() error {
	if err := checkLength(s.Name, 2, 30); err != nil {
		return err
	}
	if err := checkLength(s.Middle, 0, 20); err != nil {
		return err
	}
	if err := checkLength(s.SubName, 0, 10); err != nil {
		return err
	}
	for _, mm := range []float64{s.WidthMM, s.HeightMM} {
		if err := checkSize(mm, 20, 60); err != nil {
			return err
		}
	}
	return checkSize(s.RingMM, 0.3, 3)
}

type ovalLayout struct {
	Oval
	centre point
	scale  float64

	nameHeight float64
	nameHalf   float64 // where the name ends: angle of the ellipse, from the top
}

func (l *ovalLayout) name(f *Font) (path, error) {
	r, err := newRun(f, l.Name)
	if err != nil {
		return nil, err
	}
	l.nameHeight = interpolate(r.width, [][2]float64{{6, 5.2}, {10, 4.9}, {16, 4.5}, {22, 4}, {30, 3.4}}) * l.scale
	l.nameHalf = interpolate(r.width, [][2]float64{{4, 55}, {6, 72}, {10, 90}, {16, 100}, {24, 110}, {30, 115}}) * math.Pi / 180
	if withoutSpace(l.Middle) != "" {
		l.nameHalf = min(l.nameHalf, 82*math.Pi/180) // its ends stay above the line
	}
	inset := l.RingMM + ovalGap*l.scale + l.nameHeight/2
	a := newArc(l.centre, l.WidthMM/2-inset, l.HeightMM/2-inset, l.nameHeight/2, false)
	step := 2 * a.lengthTo(l.nameHalf) / r.width
	w := min(widestShare*l.nameHeight, ownShare*step)
	if w < 0.3*l.nameHeight {
		return nil, noRoom(l.Name)
	}
	return r.along(a, w, l.nameHeight, step), nil
}

func (l *ovalLayout) middle(f *Font) (path, error) {
	return l.level(f, l.Middle, l.centre.y+middleDown*l.scale, middleHeight*l.scale)
}

func (l *ovalLayout) subName(f *Font) (path, error) {
	return l.level(f, l.SubName, l.centre.y+subNameDown*l.scale, subNameHeight*l.scale)
}

// level sets a level line, condensed when it is too long for its place.
func (l *ovalLayout) level(f *Font, text string, y, h float64) (path, error) {
	if withoutSpace(text) == "" {
		return nil, nil
	}
	r, err := newRun(f, text)
	if err != nil {
		return nil, err
	}
	for smallest := 0.6 * h; h >= smallest; h -= 0.1 * l.scale {
		room := 2 * (freeHalfWidth(l.centre.x, y-h/2, y+h/2, l.taken) - levelSpace*l.scale)
		room = min(room, levelShare*l.WidthMM)
		if pitch := min(h, room/r.width); pitch >= 0.6*h {
			return r.level(point{l.centre.x, y}, 0.9*pitch, h, pitch), nil
		}
	}
	return nil, noRoom(text)
}

// taken reports whether a point lies in the ring or the name.
func (l *ovalLayout) taken(p point) bool {
	d := p.minus(l.centre)
	outside := func(inset float64) bool {
		return math.Hypot(d.x/(l.WidthMM/2-inset), d.y/(l.HeightMM/2-inset)) > 1
	}
	edge := l.RingMM + ovalGap*l.scale
	if outside(edge) {
		return true
	}
	angle := math.Abs(math.Atan2(d.x/l.WidthMM, -d.y/l.HeightMM))
	return angle < l.nameHalf && outside(edge+l.nameHeight)
}
