package sealpic

import "image/color"

// A Chop describes a square name chop (名章), such as that of a legal
// representative (法定代表人章). Its characters are read downwards in columns
// from the right: 测试甲印 has 测试 in the right column and 甲印 in the left.
type Chop struct {
	Name   string // 1 to 4 characters
	Suffix string // 印, 之印, 印章, or nothing; up to 2 characters

	SideMM float64     // 0: 20; 10 to 40
	LineMM float64     // width of the frame; 0: 0.9
	Ink    color.NRGBA // zero: Red
}

// chopColumns says how many characters stand in the columns from right to left.
var chopColumns = [...][]int{
	1: {1},
	2: {1, 1},
	3: {1, 2},
	4: {2, 2},
	5: {2, 3},
	6: {3, 3},
}

// Draw sets the chop in the given font; errors are those of [Round.Draw].
func (s Chop) Draw(f *Font) (Picture, error) {
	s = s.withDefaults()
	if err := s.check(); err != nil {
		return Picture{}, err
	}
	text := withoutSpace(s.Name + s.Suffix)
	r, err := newRun(f, text)
	if err != nil {
		return Picture{}, err
	}
	side := box{max: point{s.SideMM, s.SideMM}}
	return picture(s.SideMM, s.SideMM, s.Ink, frame(side, s.LineMM), s.characters(r)), nil
}

func (s Chop) withDefaults() Chop {
	if s.SideMM == 0 {
		s.SideMM = 20
	}
	if s.LineMM == 0 {
		s.LineMM = 0.9
	}
	s.Ink = inkOr(s.Ink, Red)
	return s
}

func (s Chop) check() error {
	if err := checkLength(s.Name, 1, 4); err != nil {
		return err
	}
	if err := checkLength(s.Suffix, 0, 2); err != nil {
		return err
	}
	if err := checkSize(s.SideMM, 10, 40); err != nil {
		return err
	}
	return checkSize(s.LineMM, 0.2, s.SideMM/10)
}

// characters stretches the characters over the inside of the frame, as a chop
// carver does. Gaps between them are as wide as the gap to the frame.
func (s Chop) characters(r run) path {
	columns := chopColumns[len(r.cells)]
	gap := s.SideMM * 0.05
	inside := s.SideMM - 2*s.LineMM - gap
	w := inside / float64(len(columns))
	var q path
	i := 0
	for column, n := range columns {
		h := inside / float64(n)
		for row := range n {
			at := point{
				s.SideMM - s.LineMM - gap/2 - (float64(column)+0.5)*w,
				s.LineMM + gap/2 + (float64(row)+0.5)*h,
			}
			q = append(q, r.scaled(i, w-gap, h-gap).mapped(at.plus)...)
			i++
		}
	}
	return q
}
