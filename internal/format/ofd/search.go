package ofd

import (
	"fmt"
	"math"
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"xinzhang/internal/fault"
)

// A Hit is one place where a keyword stands.
type Hit struct {
	Document int // from 1
	Page     int // from 1
	N        int // from 1, counted over the document in reading order
	Box      Box // around the keyword, on the page
}

// SearchOptions narrow a search; the zero value looks through all pages of the
// first document.
type SearchOptions struct {
	Document int   // from 1; 0 is the first
	Pages    []int // from 1; empty: all
}

// Search finds every place where keyword stands on a page, in reading order
// within a page. A word may be split over several text runs as long as its
// characters stand side by side; full-width and half-width forms are one, as are
// composed and decomposed letters; white space is passed over on both sides.
// Letter case counts. Private-use characters never match.
//
// A page whose text cannot be read ends the search with its error: a keyword
// that is missed would move the count of the others.
func (p *Package) Search(keyword string, opt SearchOptions) ([]Hit, error) {
	const longest = 256
	want := foldText(keyword)
	if len(want) == 0 || len(want) > longest {
		return nil, fault.New(fault.UsageWrong, "what", "a keyword has 1 to 256 characters")
	}
	docs, err := p.Documents()
	if err != nil {
		return nil, err
	}
	index := max(opt.Document, 1)
	if index > len(docs) {
		return nil, fault.New(fault.UsageWrong, "what", "no such document in the package")
	}
	d := docs[index-1]
	if d.Err != nil {
		return nil, d.Err
	}
	pages := opt.Pages
	if len(pages) == 0 {
		for i := range d.Pages {
			pages = append(pages, i+1)
		}
	}
	var hits []Hit
	reader := p.newTextReader()
	for _, page := range pages {
		glyphs, err := reader.page(d, page)
		if err != nil {
			return nil, err
		}
		boxes := findOnPage(glyphs, want)
		if len(boxes) > mostHits {
			return nil, fault.New(fault.InputTooLarge, "what", fmt.Sprintf("number of places on page %d where the keyword stands", page), "limit", mostHits)
		}
		for _, box := range boxes {
			hits = append(hits, Hit{Document: index, Page: page, N: len(hits) + 1, Box: box})
		}
	}
	return hits, nil
}

// mostHits is more than any page of a document that is meant to be read holds.
const mostHits = 10_000

// foldText brings text to the form in which it is compared, one rune at a time:
// full width folded, letters decomposed, white space left out. Comparing what is
// decomposed on both sides equals comparing what is composed (NFC), and needs no
// joining of glyphs.
func foldText(s string) []rune {
	var out []rune
	for _, r := range s {
		out = append(out, foldRune(r)...)
	}
	return out
}

func foldRune(r rune) []rune {
	if f := width.LookupRune(r).Folded(); f != 0 {
		r = f
	}
	if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
		return nil
	}
	return []rune(norm.NFD.String(string(r)))
}

// A letter is one rune to compare, and the glyph it belongs to.
type letter struct {
	r     rune
	glyph int
}

// findOnPage returns the boxes of the hits in reading order.
//
// It looks along the drawing order, in which any slant and vertical text is
// found, and along the lines of the page, in which words are found whose runs
// were drawn out of order.
func findOnPage(glyphs []Glyph, want []rune) []Box {
	used := make([]bool, len(glyphs))
	found := matches(glyphs, drawingOrder(glyphs), want, used)
	found = append(found, matches(glyphs, lineOrder(glyphs), want, used)...)
	if len(found) <= mostHits {
		found = dropRepeats(found)
	}
	sortReading(found)
	boxes := make([]Box, len(found))
	for i, f := range found {
		boxes[i] = f.box
	}
	return boxes
}

// A found is a match before it is put in order.
type found struct {
	box  Box
	y    float64 // baseline of its first glyph
	size float64
}

func drawingOrder(glyphs []Glyph) []int {
	order := make([]int, len(glyphs))
	for i := range order {
		order[i] = i
	}
	return order
}

// lineOrder groups upright glyphs into lines and sorts each from the left. A
// glyph drawn twice in one place, as some writers do for bold, counts once.
func lineOrder(glyphs []Glyph) []int {
	var order []int
	for i := range glyphs {
		if glyphs[i].ux > 0.999 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(glyphs[a].Y, glyphs[b].Y) })
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && glyphs[order[end]].Y-glyphs[order[start]].Y <= 0.3*glyphs[order[start]].Size {
			end++
		}
		slices.SortStableFunc(order[start:end], func(a, b int) int { return compare(glyphs[a].X, glyphs[b].X) })
		start = end
	}
	out := order[:0]
	for _, i := range order {
		if n := len(out); n > 0 && sameGlyph(&glyphs[out[n-1]], &glyphs[i]) {
			continue
		}
		out = append(out, i)
	}
	return out
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func sameGlyph(a, b *Glyph) bool {
	near := 0.2 * min(a.Size, b.Size)
	return a.Rune == b.Rune && math.Abs(a.X-b.X) <= near && math.Abs(a.Y-b.Y) <= near
}

// matches finds want along the given order of glyphs. Hits do not overlap; a
// hit that needs a used glyph was found before.
func matches(glyphs []Glyph, order []int, want []rune, used []bool) []found {
	letters := foldGlyphs(glyphs, order)
	var out []found
	for i := 0; i < len(letters); {
		end := matchAt(glyphs, letters, i, want)
		if end == 0 || slices.ContainsFunc(letters[i:end], func(l letter) bool { return used[l.glyph] }) {
			i++
			continue
		}
		for _, l := range letters[i:end] {
			used[l.glyph] = true
		}
		first := glyphs[letters[i].glyph]
		f := found{box: first.Box, y: first.Y, size: first.Size}
		for _, l := range letters[i:end] {
			f.box = f.box.join(glyphs[l.glyph].Box)
		}
		out = append(out, f)
		i = end
	}
	return out
}

func foldGlyphs(glyphs []Glyph, order []int) []letter {
	letters := make([]letter, 0, len(order))
	for _, g := range order {
		r := glyphs[g].Rune
		if unicode.Is(unicode.Co, r) || r == unicode.ReplacementChar {
			letters = append(letters, letter{-1, g})
			continue
		}
		if r > 0x20 && r < 0x7F || r >= 0x4E00 && r <= 0x9FFF { // the rest needs the tables
			letters = append(letters, letter{r, g})
			continue
		}
		for _, f := range foldRune(r) {
			letters = append(letters, letter{f, g})
		}
	}
	return letters
}

// matchAt returns where a match that begins at i ends, or 0. It takes whole
// glyphs, and letters with all their marks.
func matchAt(glyphs []Glyph, letters []letter, i int, want []rune) int {
	if i > 0 && letters[i-1].glyph == letters[i].glyph {
		return 0
	}
	for k, r := range want {
		if i+k >= len(letters) || letters[i+k].r != r {
			return 0
		}
		if k > 0 && !neighbours(&glyphs[letters[i+k-1].glyph], &glyphs[letters[i+k].glyph]) {
			return 0
		}
	}
	end := i + len(want)
	if end < len(letters) {
		last, after := letters[end-1], letters[end]
		mark := unicode.Is(unicode.Mn, after.r) && neighbours(&glyphs[last.glyph], &glyphs[after.glyph])
		if after.glyph == last.glyph || mark {
			return 0
		}
	}
	return end
}

// neighbours tells whether b stands behind a on the same baseline, nearer than
// two ems; in one text object also below it, for vertical text.
func neighbours(a, b *Glyph) bool {
	if a == b || a.X == b.X && a.Y == b.Y {
		return true // one glyph for several letters
	}
	size := max(a.Size, b.Size)
	dx, dy := b.X-a.X, b.Y-a.Y
	along := dx*a.ux + dy*a.uy
	across := dy*a.ux - dx*a.uy
	if math.Abs(across) <= 0.3*size && along > -0.5*size && along < 2*size {
		return true
	}
	return a.object == b.object && math.Abs(along) <= 0.3*size && math.Abs(across) < 2*size
}

// dropRepeats leaves out hits that lie on one already found.
func dropRepeats(all []found) []found {
	slices.SortStableFunc(all, func(a, b found) int { return compare(a.box.X, b.box.X) })
	var out []found
	for _, f := range all {
		near := 0.3 * f.size
		repeated := false
		for i := len(out) - 1; i >= 0 && f.box.X-out[i].box.X <= near; i-- {
			o := out[i].box
			if math.Abs(o.Y-f.box.Y) <= near && math.Abs(o.W-f.box.W) <= near && math.Abs(o.H-f.box.H) <= near {
				repeated = true
				break
			}
		}
		if !repeated {
			out = append(out, f)
		}
	}
	return out
}

// sortReading sorts from the top, and within a line from the left.
func sortReading(all []found) {
	slices.SortStableFunc(all, func(a, b found) int { return compare(a.y, b.y) })
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && all[end].y-all[start].y <= 0.3*all[start].size {
			end++
		}
		slices.SortStableFunc(all[start:end], func(a, b found) int { return compare(a.box.X, b.box.X) })
		start = end
	}
}
