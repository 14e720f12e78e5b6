package sealpic_test

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sealpic"
)

const (
	longName = "示例省示例市样例高新技术产业开发区样例街道社区卫生服务中心管理委员会办公室业务专用"
	someCode = "9900000000012"
)

// firstRunes returns the first n characters of longName.
func firstRunes(n int) string { return string([]rune(longName)[:n]) }

func TestEveryRoundSealKeepsItsTextsApartAndInsideTheRing(t *testing.T) {
	f := song(t, longName+someCode)
	for _, n := range []int{2, 3, 4, 6, 9, 13, 18, 22, 26, 31, 40} {
		for _, subName := range []string{"", "办公室", "合同专用章", "行政审批专用章"} {
			for _, code := range []string{"", someCode} {
				s := sealpic.Round{Name: firstRunes(n), SubName: subName, Code: code}
				s.SubName = strings.NewReplacer("合同", "业务", "行政审批", "社区服务", "章", "区").Replace(subName)
				p, err := s.Draw(f)
				if errors.Is(err, fault.PictureNoRoom) && n > 26 && subName != "" {
					continue // refused, so that nothing illegible is drawn
				}
				if err != nil {
					t.Fatalf("%d characters, %q, %q: %v", n, s.SubName, code, err)
				}
				checkRound(t, fmt.Sprintf("%d characters, %q, %q", n, s.SubName, code), p)
			}
		}
	}
}

// checkRound asks that the ring's edge is the edge of the picture and that all
// else lies inside the ring, each text at least 0.3 mm from every other.
func checkRound(t *testing.T, name string, p sealpic.Picture) {
	t.Helper()
	radius := p.WidthMM / 2
	inside := radius - 1.2
	if p.WidthMM < 42 {
		inside = radius - 1
	}
	outlines := p.Outlines()
	for i, o := range outlines {
		for _, q := range o.Points {
			r := math.Hypot(q[0]-radius, q[1]-radius)
			switch {
			case i == 0 && max(math.Abs(q[0]-radius), math.Abs(q[1]-radius)) > radius+1e-9:
				t.Fatalf("%s: the ring leaves the picture at %v", name, q)
			case i > 0 && r > inside-0.5:
				t.Fatalf("%s: layer %d comes %.2f mm near the ring at %v", name, i, inside-r, q)
			}
		}
	}
	for i := 1; i < len(outlines); i++ {
		for j := i + 1; j < len(outlines); j++ {
			if d := distance(outlines[i], outlines[j]); d < 0.3 {
				t.Fatalf("%s: layers %d and %d are %.2f mm apart", name, i, j, d)
			}
		}
	}
}

// distance is the least distance between points of two outlines.
func distance(a, b sealpic.Outline) float64 {
	least := math.Inf(1)
	for _, p := range a.Points {
		for _, q := range b.Points {
			least = min(least, math.Hypot(p[0]-q[0], p[1]-q[1]))
		}
	}
	return least
}

func TestRoundSealHasTheMeasuresOfTheRules(t *testing.T) {
	tests := []struct {
		name                 string
		seal                 sealpic.Round
		diameter, ring, star float64
	}{
		{"unit seal", sealpic.Round{Name: "HHHH"}, 42, 1.2, 14},
		{"department seal", sealpic.Round{Name: "HHHH", SubName: "HHH"}, 38, 1, 38. / 3},
		{"smaller company", sealpic.Round{Name: "HHHH", DiameterMM: 40, RingMM: 1.1}, 40, 1.1, 40. / 3},
		{"own measures", sealpic.Round{Name: "HHHH", DiameterMM: 45, RingMM: 1.4, StarMM: 15}, 45, 1.4, 15},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := test.seal.Draw(latin(t))
			if err != nil {
				t.Fatal(err)
			}
			if p.WidthMM != test.diameter || p.HeightMM != test.diameter {
				t.Errorf("%v × %v mm, want %v", p.WidthMM, p.HeightMM, test.diameter)
			}
			outer, inner := reach(p.Outlines()[0], p.WidthMM/2)
			if math.Abs(outer-test.diameter/2) > 1e-9 || math.Abs(outer-inner-test.ring) > 1e-9 {
				t.Errorf("ring from %v to %v, want width %v", inner, outer, test.ring)
			}
			if tips, _ := reach(p.Outlines()[1], p.WidthMM/2); math.Abs(2*tips-test.star) > 1e-9 {
				t.Errorf("star of %v mm, want %v", 2*tips, test.star)
			}
		})
	}
}

// reach gives the largest and least distance of an outline's points straight
// above, below and beside the centre: of a star its tips.
func reach(o sealpic.Outline, centre float64) (most, least float64) {
	least = math.Inf(1)
	for _, q := range o.Points {
		dx, dy := math.Abs(q[0]-centre), math.Abs(q[1]-centre)
		if dx < 1e-9 || dy < 1e-9 {
			r := math.Hypot(dx, dy)
			most, least = max(most, r), min(least, r)
		}
	}
	return most, least
}

func TestNameStandsEvenlyAndSymmetrically(t *testing.T) {
	for _, n := range []int{2, 3, 7, 24} {
		// A letter that is its own mirror image.
		p, err := sealpic.Round{Name: strings.Repeat("H", n)}.Draw(latin(t))
		if err != nil {
			t.Fatal(err)
		}
		name := p.Outlines()[2].Points
		centre := p.WidthMM / 2
		for _, q := range name {
			if !has(name, 2*centre-q[0], q[1]) {
				t.Fatalf("%d letters: %v has no mirror image", n, q)
			}
		}
		// Each letter is the one before it, turned by the same angle.
		each := len(name) / n
		step := angle(name[each], centre) - angle(name[0], centre)
		for i := range len(name) - each {
			if d := angle(name[i+each], centre) - angle(name[i], centre) - step; math.Abs(math.Remainder(d, 2*math.Pi)) > 1e-4 {
				t.Fatalf("%d letters: letter %d stands %.5f° off", n, i/each+1, d*180/math.Pi)
			}
		}
	}
}

// angle is measured from the top, clockwise.
func angle(q [2]float64, centre float64) float64 { return math.Atan2(q[0]-centre, centre-q[1]) }

func has(points [][2]float64, x, y float64) bool {
	for _, q := range points {
		if math.Hypot(q[0]-x, q[1]-y) < 0.02 { // letters are drawn on a grid of their own
			return true
		}
	}
	return false
}

func TestFewCharactersAreTallAndWideManyAreLowAndNarrow(t *testing.T) {
	f := song(t, longName)
	var lastHeight, lastWidth float64
	for _, n := range []int{4, 8, 12, 18, 24, 32, 40} {
		p, err := sealpic.Round{Name: strings.Repeat("区", n)}.Draw(f)
		if err != nil {
			t.Fatal(err)
		}
		points := p.Outlines()[2].Points
		points = points[:len(points)/n]
		least, most := math.Inf(1), 0.0
		left, right := math.Inf(1), math.Inf(-1)
		for _, q := range points {
			r := math.Hypot(q[0]-21, q[1]-21)
			least, most = min(least, r), max(most, r)
			a := angle(q, 21) * 16
			left, right = min(left, a), max(right, a)
		}
		height, width := most-least, right-left
		if lastHeight != 0 && (height >= lastHeight || width >= lastWidth) {
			t.Errorf("%d characters: %.2f × %.2f mm after %.2f × %.2f", n, width, height, lastWidth, lastHeight)
		}
		if height > 8.5 || height < 3 || n >= 12 && width >= height {
			t.Errorf("%d characters are %.2f × %.2f mm", n, width, height)
		}
		lastHeight, lastWidth = height, width
	}
}

func TestCodeReadsFromLeftToRightWithTopsToTheCentre(t *testing.T) {
	// 7 has its bar on top: the points of the first digit that are nearest to the
	// centre are those of the bar.
	p, err := sealpic.Round{Name: "HHHH", Code: "7111111"}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	code := p.Outlines()[2].Points
	first := code[:12]
	if first[0][0] >= 21 || first[0][1] <= 21 {
		t.Fatalf("the first digit stands at %v, want the lower left", first[0])
	}
	bar, foot := math.Inf(1), 0.0
	var barWidth [2]float64
	for _, q := range first {
		r := math.Hypot(q[0]-21, q[1]-21)
		if r < bar+0.05 {
			bar = min(bar, r)
			barWidth = [2]float64{min(q[0], 99), max(q[0], barWidth[1])}
		}
		foot = max(foot, r)
	}
	if foot-bar < 1.5 {
		t.Errorf("digit from radius %.2f to %.2f", bar, foot)
	}
	if last := code[len(code)-1]; last[0] <= 21 {
		t.Errorf("the last digit stands at %v, want the lower right", last)
	}
}

func TestOvalAndChopFillTheirSize(t *testing.T) {
	f := song(t, longName+"发票章测试甲印99000000MA0000000X")
	tests := []struct {
		name string
		seal interface {
			Draw(*sealpic.Font) (sealpic.Picture, error)
		}
		w, h float64
	}{
		{"oval", sealpic.Oval{Name: firstRunes(12), SubName: "业务专用"}, 45, 30},
		{"invoice seal", sealpic.Oval{Name: firstRunes(10), Middle: "99000000MA0000000X", SubName: "发票专用章", WidthMM: 40, HeightMM: 30}, 40, 30},
		{"oval with a long name", sealpic.Oval{Name: firstRunes(30)}, 45, 30},
		{"chop of one", sealpic.Chop{Name: "甲"}, 20, 20},
		{"chop of three and 印", sealpic.Chop{Name: "测试甲", Suffix: "印", SideMM: 18}, 18, 18},
		{"chop of six", sealpic.Chop{Name: "测试甲甲", Suffix: "印章"}, 20, 20},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := test.seal.Draw(f)
			if err != nil {
				t.Fatal(err)
			}
			if p.WidthMM != test.w || p.HeightMM != test.h {
				t.Errorf("%v × %v mm, want %v × %v", p.WidthMM, p.HeightMM, test.w, test.h)
			}
			for i, o := range p.Outlines() {
				for _, q := range o.Points {
					if q[0] < -1e-9 || q[1] < -1e-9 || q[0] > test.w+1e-9 || q[1] > test.h+1e-9 {
						t.Fatalf("layer %d leaves the picture at %v", i, q)
					}
					if _, oval := test.seal.(sealpic.Oval); oval && i > 0 {
						if e := math.Hypot(2*q[0]/test.w-1, 2*q[1]/test.h-1); e > 0.95 {
							t.Fatalf("layer %d touches the ring at %v", i, q)
						}
					}
				}
				for j, other := range p.Outlines()[:i] {
					if d := distance(o, other); d < 0.25 {
						t.Errorf("layers %d and %d are %.2f mm apart", j, i, d)
					}
				}
			}
		})
	}
}

func TestChopIsReadDownwardsFromTheRight(t *testing.T) {
	p, err := sealpic.Chop{Name: "HHH", Suffix: "H"}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	text := p.Outlines()[1].Points
	each := len(text) / 4
	want := []struct{ right, lower bool }{{true, false}, {true, true}, {false, false}, {false, true}}
	for i, w := range want {
		q := text[i*each]
		if got := q[0] > 10; got != w.right {
			t.Errorf("character %d at %v", i, q)
		}
		if got := q[1] > 10; got != w.lower {
			t.Errorf("character %d at %v", i, q)
		}
	}
}

func TestFrameHoldsThePicture(t *testing.T) {
	inner, err := sealpic.Chop{Name: "H", SideMM: 30, Ink: sealpic.Blue}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := sealpic.Frame{WidthMM: 30, HeightMM: 15}.Around(inner)
	if err != nil {
		t.Fatal(err)
	}
	if p.WidthMM != 30 || p.HeightMM != 15 {
		t.Errorf("%v × %v mm", p.WidthMM, p.HeightMM)
	}
	for _, q := range p.Outlines()[1].Points {
		if q[1] < 1.6-1e-9 || q[1] > 13.4+1e-9 || q[0] < 9 || q[0] > 21 {
			t.Errorf("inner picture reaches %v", q)
		}
	}
	if svg := string(p.SVG()); !strings.Contains(svg, "#d71a1b") || !strings.Contains(svg, "#18348c") {
		t.Error("frame and signature do not keep their inks")
	}
}

func TestDescriptionThatMakesNoSealIsRefused(t *testing.T) {
	type drawer interface {
		Draw(*sealpic.Font) (sealpic.Picture, error)
	}
	tests := []struct {
		name string
		seal drawer
		want fault.Code
	}{
		{"no name", sealpic.Round{}, fault.PictureTextLength},
		{"name of spaces", sealpic.Round{Name: " \t　"}, fault.PictureTextLength},
		{"name of one character", sealpic.Round{Name: "H"}, fault.PictureTextLength},
		{"name too long", sealpic.Round{Name: strings.Repeat("H", 41)}, fault.PictureTextLength},
		{"sub-name too long", sealpic.Round{Name: "HHHH", SubName: strings.Repeat("H", 15)}, fault.PictureTextLength},
		{"code with a letter too small", sealpic.Round{Name: "HHHH", Code: "990000000001x"}, fault.PictureCodeWrong},
		{"code too short", sealpic.Round{Name: "HHHH", Code: "99000"}, fault.PictureCodeWrong},
		{"diameter too small", sealpic.Round{Name: "HHHH", DiameterMM: 10}, fault.PictureSize},
		{"diameter not a number", sealpic.Round{Name: "HHHH", DiameterMM: math.NaN()}, fault.PictureSize},
		{"negative ring", sealpic.Round{Name: "HHHH", RingMM: -1}, fault.PictureSize},
		{"star too large", sealpic.Round{Name: "HHHH", StarMM: 30}, fault.PictureSize},
		{"oval of one side", sealpic.Oval{Name: "HHHH", WidthMM: 40}, fault.PictureSize},
		{"oval without name", sealpic.Oval{}, fault.PictureTextLength},
		{"chop of five", sealpic.Chop{Name: "HHHHH"}, fault.PictureTextLength},
		{"chop with a long suffix", sealpic.Chop{Name: "H", Suffix: "HHH"}, fault.PictureTextLength},
		{"chop of endless size", sealpic.Chop{Name: "H", SideMM: math.Inf(1)}, fault.PictureSize},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := test.seal.Draw(latin(t)); !errors.Is(err, test.want) {
				t.Errorf("err = %v, want %s", err, test.want)
			}
		})
	}
	if _, err := (sealpic.Frame{WidthMM: 1000, HeightMM: 10}).Around(sealpic.Picture{}); !errors.Is(err, fault.PictureSize) {
		t.Errorf("frame: err = %v, want %s", err, fault.PictureSize)
	}
}

// FuzzRound asks that every text either makes a seal inside its circle or is
// refused.
func FuzzRound(f *testing.F) {
	f.Add("示例监狱", "办公室", "9900000000012", 42.0)
	f.Add("HHHH", "", "", 38.0)
	f.Add("A(BC)D", "\u200b\u0301e", "ABCDEF", 60.0)
	f.Add("HǛ", "", "9900200000012", 30.0) // taller than a full character
	font := latin(f)
	f.Fuzz(func(t *testing.T, name, subName, code string, diameter float64) {
		p, err := sealpic.Round{Name: name, SubName: subName, Code: code, DiameterMM: diameter}.Draw(font)
		if err != nil {
			return
		}
		for i, o := range p.Outlines()[1:] {
			for _, q := range o.Points {
				if !(math.Hypot(q[0]-p.WidthMM/2, q[1]-p.WidthMM/2) < p.WidthMM/2) {
					t.Fatalf("layer %d lies outside the seal at %v", i+1, q)
				}
			}
		}
	})
}

func TestInkIsConfigurable(t *testing.T) {
	p, err := sealpic.Round{Name: "HHHH", Ink: color.NRGBA{1, 2, 3, 0}}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	if svg := string(p.SVG()); !strings.Contains(svg, `fill="#010203"`) || strings.Contains(svg, "#d71a1b") {
		t.Error("the ink asked for was not used")
	}
}
