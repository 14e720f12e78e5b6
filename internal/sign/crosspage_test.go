package sign_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/sign"
	"xinzhang/test/corpus"
)

// TestStripsTileTheSeal draws pages of any sizes and reads the boxes as they are
// written: no strip leaves its page, every strip touches its edge, and those of
// one seal cover it exactly once, at one height.
func TestStripsTileTheSeal(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	rapid.Check(t, func(r *rapid.T) {
		length := rapid.Custom(func(r *rapid.T) float64 {
			return float64(rapid.IntRange(101_000, 1_200_000).Draw(r, "micrometres")) / 1000
		})
		var sizes [][2]float64
		for range rapid.IntRange(2, 50).Draw(r, "pages") {
			sizes = append(sizes, [2]float64{length.Draw(r, "width"), length.Draw(r, "height")})
		}
		w, h := rapid.IntRange(2, 100).Draw(r, "seal width"), rapid.IntRange(2, 100).Draw(r, "seal height")
		pl := sign.Place{Edge: rapid.SampledFrom([]sign.Edge{sign.Right, sign.Left, sign.Top, sign.Bottom}).Draw(r, "edge")}
		across := w
		if pl.Edge == sign.Top || pl.Edge == sign.Bottom {
			across = h
		}
		if rapid.Bool().Draw(r, "says parts") {
			pl.Parts = rapid.IntRange(2, across).Draw(r, "parts")
		}
		if rapid.Bool().Draw(r, "says from") {
			pl.From = new(rapid.Float64Range(0, 1).Draw(r, "from"))
		}
		p := rehearsed(t, paper(t, sizes...), stamp(a, org, w, h, pl))
		if p.Refusal() != nil {
			r.Fatalf("refused: %v", p.Refusals)
		}
		checkStrips(r, p.Stamps, sizes, pl, [2]int{w, h})
	})
}

// checkStrips walks the stamps, one a page, in micrometres: as the seal turns
// from the right edge to the left, the same is asked of x, y or their mirror.
func checkStrips(r *rapid.T, stamps []sign.Stamp, sizes [][2]float64, pl sign.Place, seal [2]int) {
	if len(stamps) != len(sizes) {
		r.Fatalf("%d strips on %d pages", len(stamps), len(sizes))
	}
	axis := 0 // across which the seal is split
	if pl.Edge == sign.Top || pl.Edge == sign.Bottom {
		axis = 1
	}
	extent := seal[axis] * 1000
	rising := pl.Edge == sign.Right || pl.Edge == sign.Bottom
	covered, inGroup, along := 0, 0, micrometres(r, stamps[0].Box)[1-axis]
	for i, s := range stamps {
		b, clip := micrometres(r, s.Box), micrometres(r, *s.Clip)
		page := [2]int{int(math.Round(sizes[i][0] * 1000)), int(math.Round(sizes[i][1] * 1000))}
		from, to := b[axis]+clip[axis], b[axis]+clip[axis]+clip[axis+2]
		switch {
		case s.Page != i+1:
			r.Fatalf("strip %d is on page %d", i+1, s.Page)
		case b[2] != seal[0]*1000 || b[3] != seal[1]*1000:
			r.Fatalf("page %d: the box %v is not as large as the seal", i+1, s.Box)
		case from < 0 || to > page[axis] || b[1-axis] < 0 || b[1-axis]+b[3-axis] > page[1-axis]:
			r.Fatalf("page %d: %v / %v leaves the page", i+1, s.Box, s.Clip)
		case rising && page[axis]-to >= 10, !rising && from != 0:
			r.Fatalf("page %d: %v / %v does not touch the %s edge", i+1, s.Box, s.Clip, pl.Edge)
		case clip[1-axis] != 0 || clip[3-axis] != b[3-axis] || clip[axis+2] <= 0:
			r.Fatalf("page %d: the clip %v is no whole strip", i+1, s.Clip)
		case b[1-axis] != along:
			r.Fatalf("page %d: the strip is %d µm along the edge, others %d", i+1, b[1-axis], along)
		}
		begin := clip[axis]
		if !rising {
			begin = extent - clip[axis] - clip[axis+2]
		}
		if begin != covered {
			r.Fatalf("page %d: the strip begins at %d µm of the seal, the last ended at %d", i+1, begin, covered)
		}
		covered, inGroup = covered+clip[axis+2], inGroup+1
		if covered == extent { // the seal is whole
			most := pl.Parts
			if most == 0 {
				most = 20
			}
			if inGroup < 2 || inGroup > max(most, 3) {
				r.Fatalf("a seal is split over %d pages, asked for at most %d", inGroup, most)
			}
			covered, inGroup = 0, 0
		}
	}
	if covered != 0 {
		r.Fatalf("the last seal is shown to %d µm of %d", covered, extent)
	}
}

// micrometres reads a box as it is written.
func micrometres(r *rapid.T, b ofd.Box) (out [4]int) {
	for i, f := range strings.Fields(b.String()) {
		whole, fraction, _ := strings.Cut(f, ".")
		n, err := strconv.Atoi(whole + (fraction + "000")[:3])
		if err != nil || len(fraction) > 2 {
			r.Fatalf("%q is no hundredths of a millimetre: %v", f, err)
		}
		out[i] = n
	}
	return out
}

func TestStripsAreThoseOfAnotherProgram(t *testing.T) {
	pkg := fixture.Open(t, corpus.File(t, "V4RideRight.ofd"))
	list, err := pkg.SignatureList()
	if err != nil {
		t.Fatal(err)
	}
	file, err := pkg.SignatureFile(list.Items[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	a := fixture.New(t, issued)
	p := rehearsed(t, paper(t, sheets(5)...), stamp(a, a.Organisation(nil), 40, 40, sign.Place{Edge: sign.Right, From: new(40.0)}))
	for i, s := range p.Stamps {
		theirs := file.Stamps[i]
		if s.Box.String() != theirs.Boundary.String() || s.Clip.String() != theirs.Clip.String() {
			t.Errorf("page %d: %s / %s, theirs %s / %s", s.Page, s.Box, s.Clip, theirs.Boundary, theirs.Clip)
		}
	}
}
