package sign

import (
	"math"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// An Edge is the side of the pages across which a seal is split. It is written
// as it is called on the command line.
type Edge string

// The edges.
const (
	Right  Edge = "right"
	Left   Edge = "left"
	Top    Edge = "top"
	Bottom Edge = "bottom"
)

// Words returns 右, 左, 上 or 下, or the English word.
func (e Edge) Words(lang fault.Lang) string {
	if zh := map[Edge]string{Right: "右", Left: "左", Top: "上", Bottom: "下"}[e]; zh != "" && lang == fault.ZH {
		return zh
	}
	return string(e)
}

func (e Edge) known() bool { return e == Right || e == Left || e == Top || e == Bottom }

// upright reports whether the edge runs from the top to the bottom.
func (e Edge) upright() bool { return e == Right || e == Left }

// usualParts is the most pages that share one seal when the request does not say.
const usualParts = 20

// crossPage splits the seal over pages (骑缝章): each shows a strip at its edge,
// and the pages fanned out, the first on top, show the seal whole.
//
// On the right and at the bottom the first page shows the first strip. On the
// left and at the top it shows the last: the pages below it reach further to the
// left, or up.
func (l *layout) crossPage(pl Place) {
	numbers := l.numbers(pl)
	if pl.Page == 0 && len(pl.Pages) == 0 {
		for i := range l.pages {
			numbers = append(numbers, i+1)
		}
	}
	across := l.w // what is split, in millimetres
	if !pl.Edge.upright() {
		across = l.h
	}
	parts := pl.Parts
	if parts == 0 {
		parts = min(usualParts, across)
	}
	switch {
	case !pl.Edge.known():
		l.refuse(fault.UsageWrong, "what", "edge "+string(pl.Edge))
	case len(numbers) < 2:
		l.refuse(fault.SignCrossOnePage, "pages", len(numbers))
	case parts < 2 || parts > across: // strips narrower than 1 mm cannot be compared
		l.refuse(fault.SignCrossParts, "parts", parts, "most", across)
	default:
		start := l.start(pl, numbers)
		for _, n := range groups(len(numbers), parts) {
			cut := strips(across*grain, n)
			if pl.Edge == Left || pl.Edge == Top {
				slices.Reverse(cut)
			}
			for i, s := range cut {
				l.putStrip(numbers[i], pl.Edge, s, start)
			}
			numbers = numbers[n:]
		}
	}
}

// groups divides n pages, at least two, among as many seals as are needed for at
// most so many pages to share one. Groups differ by one page at most, the larger
// ones come first, and none is a single page: with most at two, an odd page
// joins a pair.
func groups(n, most int) []int {
	out := make([]int, min((n+most-1)/most, n/2))
	for i := range out {
		out[i] = n / len(out)
		if i < n%len(out) {
			out[i]++
		}
	}
	return out
}

// A strip is a part of the seal's width or height, in hundredths of a millimetre.
type strip struct{ from, to int }

// strips cuts extent into n strips without a gap: each ends where the next
// begins, and what the division leaves is spread among them.
func strips(extent, n int) []strip {
	out := make([]strip, n)
	for i := range out {
		out[i] = strip{extent * i / n, extent * (i + 1) / n}
	}
	return out
}

// start is where the seal begins along the edge, the same on every page, so that
// the strips meet. In the middle means of the shortest edge.
func (l *layout) start(pl Place, numbers []int) int {
	if pl.From != nil {
		return int(math.Round(*pl.From * grain))
	}
	shortest, seal := math.MaxInt, l.h*grain
	for _, n := range numbers {
		w, h := size(l.pages[n-1])
		if pl.Edge.upright() {
			shortest = min(shortest, h)
		} else {
			shortest = min(shortest, w)
		}
	}
	if !pl.Edge.upright() {
		seal = l.w * grain
	}
	return (shortest - seal) / 2
}

// size is the page's size in whole hundredths, so that nothing sticks out of a
// page whose size is no such number.
func size(p ofd.Page) (w, h int) {
	floor := func(mm float64) int { return int(math.Floor(min(mm, longest)*grain + 1e-6)) }
	return floor(p.WidthMM), floor(p.HeightMM)
}

// putStrip shows one strip of the seal at the edge of a page: the box is as large
// as the whole seal and shifted, the clip lets the strip show.
func (l *layout) putStrip(page int, edge Edge, s strip, start int) {
	width, height := size(l.pages[page-1])
	x, y := start, start
	switch edge {
	case Right:
		x = width - s.to
	case Left:
		x = -s.from
	case Bottom:
		y = height - s.to
	case Top:
		y = -s.from
	}
	clip := box(s.from, 0, s.to-s.from, l.h*grain)
	if !edge.upright() {
		clip = box(0, s.from, l.w*grain, s.to-s.from)
	}
	st := Stamp{Page: page, Box: box(x, y, l.w*grain, l.h*grain), Clip: &clip}
	l.Stamps = append(l.Stamps, st)
	if p := l.pages[page-1]; !inside(st.Visible(), p) {
		l.refuse(fault.SignCrossOffPage, "page", page, "width", p.WidthMM, "height", p.HeightMM,
			"edge", edge, "from", float64(start)/grain, "seal_width", l.w, "seal_height", l.h)
	}
}

func box(x, y, w, h int) ofd.Box {
	return ofd.Box{X: float64(x) / grain, Y: float64(y) / grain, W: float64(w) / grain, H: float64(h) / grain}
}
