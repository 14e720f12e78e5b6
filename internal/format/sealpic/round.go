package sealpic

import (
	"image/color"
	"math"

	"xinzhang/internal/fault"
)

// A Round describes an official round seal. Only Name is needed.
//
//	Round{Name: "示例监狱"}                               unit seal (公章), 42 mm
//	Round{Name: "示例监狱", SubName: "刑罚执行科"}         department seal (部门章), 38 mm
//	Round{Name: "示例监狱", SubName: "合同专用章"}         business seal (业务章), 38 mm
type Round struct {
	Name    string // the unit's name, clockwise on the upper arc: 2 to 40 characters
	SubName string // department or business, level below the star: up to 14 characters
	Code    string // registered code on the lower arc: 13 digits; 6 to 18 digits or capitals are taken

	DiameterMM float64     // 0: 42, or 38 when there is a SubName; 30 to 60
	RingMM     float64     // width of the ring; 0: 1.2 from 42 mm on, else 1
	StarMM     float64     // circle through the tips of the star; 0: a third of DiameterMM
	Ink        color.NRGBA // zero: Red
}

// Measures of a 42 mm seal; others are scaled from it.
const (
	unitDiameter       = 42.0
	departmentDiameter = 38.0

	gapToName     = 1.05 // between ring and name
	gapToCode     = 0.95 // between ring and code
	codeHeight    = 1.9
	codeWidth     = 1.2
	codePitch     = 1.72
	subNameMiddle = 11.3 // middle of the sub-name below the centre of the seal
	subNameRaised = 10.7 // the same above a code
	subNameSpace  = 0.9  // kept free at both ends of the sub-name
)

// Draw sets the seal in the given font. It returns [fault.PictureTextLength],
// [fault.PictureCodeWrong], [fault.PictureSize] or [fault.PictureNoRoom] for a
// description that makes no seal, and [fault.FontMissingGlyph] for a character
// that the font lacks.
func (s Round) Draw(f *Font) (Picture, error) {
	s = s.withDefaults()
	if err := s.check(); err != nil {
		return Picture{}, err
	}
	l := roundLayout{Round: s, centre: point{s.DiameterMM / 2, s.DiameterMM / 2}, scale: s.DiameterMM / unitDiameter}
	outlines := []path{
		ring(l.centre, s.DiameterMM/2, s.DiameterMM/2, s.RingMM),
		star(l.centre, s.StarMM/2),
	}
	for _, part := range []func(*Font) (path, error){l.code, l.name, l.subName} {
		q, err := part(f)
		if err != nil {
			return Picture{}, err
		}
		if len(q) > 0 {
			outlines = append(outlines, q)
		}
	}
	return picture(s.DiameterMM, s.DiameterMM, s.Ink, outlines...), nil
}

func (s Round) withDefaults() Round {
	if s.DiameterMM == 0 {
		s.DiameterMM = unitDiameter
		if withoutSpace(s.SubName) != "" {
			s.DiameterMM = departmentDiameter
		}
	}
	if s.RingMM == 0 {
		s.RingMM = 1
		if s.DiameterMM >= unitDiameter {
			s.RingMM = 1.2
		}
	}
	if s.StarMM == 0 {
		s.StarMM = s.DiameterMM / 3
	}
	s.Ink = inkOr(s.Ink, Red)
	return s
}

func (s Round) check() error {
	if err := checkLength(s.Name, 2, 40); err != nil {
		return err
	}
	if err := checkLength(s.SubName, 0, 14); err != nil {
		return err
	}
	if err := checkCode(s.Code); err != nil {
		return err
	}
	if err := checkSize(s.DiameterMM, 30, 60); err != nil {
		return err
	}
	if err := checkSize(s.RingMM, 0.3, 3); err != nil {
		return err
	}
	return checkSize(s.StarMM, s.DiameterMM/6, s.DiameterMM*0.4)
}

// checkCode takes the 13 digits of a registered seal and the longer or shorter
// codes of capitals and digits that some provinces use.
func checkCode(code string) error {
	ok := code == "" || len(code) >= 6 && len(code) <= 18
	for _, c := range []byte(code) {
		ok = ok && (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z')
	}
	if !ok {
		return fault.New(fault.PictureCodeWrong, "code", clipped(code))
	}
	return nil
}

// A roundLayout places the texts of one seal. Its parts are computed in the
// order code, name, sub-name: each keeps clear of those before it.
type roundLayout struct {
	Round
	centre point
	scale  float64

	codeHalf  float64 // half the angle which the code takes, from the bottom
	codeInner float64 // radius of the tops of the code
	nameHalf  float64 // half the angle which the name takes, from the top
	nameInner float64 // radius of the feet of the name
}

// inside is the radius of the ring's inner edge.
func (l *roundLayout) inside() float64 { return l.DiameterMM/2 - l.RingMM }

func (l *roundLayout) code(f *Font) (path, error) {
	if l.Code == "" {
		return nil, nil
	}
	r, err := newFigures(f, l.Code)
	if err != nil {
		return nil, err
	}
	h := codeHeight * l.scale
	l.codeInner = l.inside() - gapToCode*l.scale - h
	middle := l.codeInner + h/2
	pitch := codePitch * l.scale
	l.codeHalf = r.width * pitch / middle / 2
	return r.along(newArc(l.centre, middle, middle, 0, true), codeWidth*l.scale, h, pitch), nil
}

// name chooses height, span and width of the characters by their number: few
// are tall, wide and far apart, many are lower, narrow and reach further down.
func (l *roundLayout) name(f *Font) (path, error) {
	r, err := newRun(f, l.Name)
	if err != nil {
		return nil, err
	}
	outer := l.inside() - gapToName*l.scale
	h := nameHeight(r.width) * l.scale
	span := min(nameSpan(r.width), 2*math.Pi-2*l.codeHalf-2*bottomGap)
	l.nameInner = outer - h
	l.nameHalf = span / 2
	step := l.nameInner * span / r.width // at the feet
	w := min(widestShare*h, ownShare*step)
	if w < 0.3*h {
		return nil, noRoom(l.Name)
	}
	middle := outer - h/2
	return r.along(newArc(l.centre, middle, middle, h/2, false), w, h, step), nil
}

// Widths of curved characters: what they fill of the step at their feet, and at
// most of their height.
const (
	ownShare    = 0.88
	widestShare = 0.82
)

// bottomGap is the least angle between the ends of the name and the code.
const bottomGap = 10 * math.Pi / 180

// nameHeight is the height of n characters on a 42 mm seal.
func nameHeight(n float64) float64 {
	return interpolate(n, [][2]float64{{5, 7.9}, {8, 7.2}, {12, 6.6}, {16, 6.1}, {20, 5.6}, {24, 5.2}, {30, 4.6}, {40, 3.8}})
}

// nameSpan is the angle which n characters take, with the gaps at both ends. The
// curve makes 4 characters span a half and 24 characters three quarters of the
// circle.
func nameSpan(n float64) float64 {
	step := 302 / (n + 2.7)
	return step * n * math.Pi / 180
}

// interpolate reads a table of (x, y) with straight lines between its rows.
func interpolate(x float64, table [][2]float64) float64 {
	for i, row := range table {
		if x > row[0] {
			continue
		}
		if i == 0 {
			return row[1]
		}
		from := table[i-1]
		return from[1] + (x-from[0])/(row[0]-from[0])*(row[1]-from[1])
	}
	return table[len(table)-1][1]
}

// subName sets the level line as large as fits between the feet of the name.
func (l *roundLayout) subName(f *Font) (path, error) {
	if withoutSpace(l.SubName) == "" {
		return nil, nil
	}
	r, err := newRun(f, l.SubName)
	if err != nil {
		return nil, err
	}
	middle := l.centre.y + subNameMiddle*l.scale
	if l.Code != "" {
		middle = l.centre.y + subNameRaised*l.scale
	}
	for h := 4.2 * l.scale; h >= 2.4*l.scale; h -= 0.1 * l.scale {
		room := 2 * (freeHalfWidth(l.centre.x, middle-h/2, middle+h/2, l.taken) - subNameSpace*l.scale)
		pitch := min(0.98*h, room/r.width)
		if pitch >= 0.62*h {
			return r.level(point{l.centre.x, middle}, 0.9*pitch, h, pitch), nil
		}
	}
	return nil, noRoom(l.SubName)
}

// taken reports whether a point lies in the ring, the name or the code.
func (l *roundLayout) taken(p point) bool {
	d := p.minus(l.centre)
	radius := math.Hypot(d.x, d.y)
	fromTop := math.Abs(math.Atan2(d.x, -d.y))
	switch {
	case radius > l.inside()-gapToCode*l.scale:
		return true
	case l.Code != "" && radius > l.codeInner && math.Pi-fromTop < l.codeHalf:
		return true
	default:
		return radius > l.nameInner && fromTop < l.nameHalf
	}
}
