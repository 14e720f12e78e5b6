package sealpic

import (
	"image/color"
	"math"
	"slices"
)

// A paper is what a photo shows behind the ink, looked at in blocks: how bright
// each colour of the blank sheet is there, and whether the block shows the sheet
// at all or the desk beside it.
type paper struct {
	size int // pixels a side of a block
	w, h int // blocks
	rgb  [3][]float32
	off  []bool // not the sheet
}

// findPaper estimates the blank sheet. In each block the paper is what the
// brighter part of the pixels shows: strokes are thinner than blocks. Where ink
// fills a block its neighbours lend their brightness.
func findPaper(m pixmap) paper {
	p := paper{size: max(8, max(m.w, m.h)/48)}
	p.w, p.h = (m.w+p.size-1)/p.size, (m.h+p.size-1)/p.size
	brightness := make([]float32, p.w*p.h)
	for c := range p.rgb {
		blocks := make([]float32, p.w*p.h)
		for by := range p.h {
			for bx := range p.w {
				blocks[by*p.w+bx] = m.brightPart(c, bx*p.size, by*p.size, p.size)
			}
		}
		blocks = p.close(blocks)
		for i, v := range blocks {
			brightness[i] += v
		}
		p.rgb[c] = p.smooth(blocks)
	}
	p.off = p.beside(brightness)
	return p
}

// brightPart is the brightness that four fifths of a block's pixels do not
// exceed.
func (m pixmap) brightPart(c, x0, y0, size int) float32 {
	var histogram [256]int
	n := 0
	for y := y0; y < min(y0+size, m.h); y++ {
		for _, v := range m.rgb[c][y*m.w+x0 : y*m.w+min(x0+size, m.w)] {
			histogram[uint8(v*255)]++
			n++
		}
	}
	left := n / 5
	for v := 255; v > 0; v-- {
		if left -= histogram[v]; left < 0 {
			return (float32(v) + 0.5) / 255
		}
	}
	return 0.5 / 255
}

// close is grey closing by five blocks: holes of up to four blocks' width that
// are darker than everything around them are filled.
func (p paper) close(blocks []float32) []float32 {
	brightest := func(a, b float32) float32 { return max(a, b) }
	darkest := func(a, b float32) float32 { return min(a, b) }
	return p.around(p.around(blocks, 2, brightest), 2, darkest)
}

// around folds each block with those up to reach blocks away.
func (p paper) around(blocks []float32, reach int, fold func(a, b float32) float32) []float32 {
	out := make([]float32, len(blocks))
	for y := range p.h {
		for x := range p.w {
			v := blocks[y*p.w+x]
			for ny := max(0, y-reach); ny <= min(p.h-1, y+reach); ny++ {
				for nx := max(0, x-reach); nx <= min(p.w-1, x+reach); nx++ {
					v = fold(v, blocks[ny*p.w+nx])
				}
			}
			out[y*p.w+x] = v
		}
	}
	return out
}

// smooth averages each block with its neighbours.
func (p paper) smooth(blocks []float32) []float32 {
	out := make([]float32, len(blocks))
	for y := range p.h {
		for x := range p.w {
			var sum float32
			n := 0
			for ny := max(0, y-1); ny <= min(p.h-1, y+1); ny++ {
				for nx := max(0, x-1); nx <= min(p.w-1, x+1); nx++ {
					sum += blocks[ny*p.w+nx]
					n++
				}
			}
			out[y*p.w+x] = sum / float32(n)
		}
	}
	return out
}

// beside marks the blocks that do not show the sheet. The sheet is the largest
// region in which brightness changes gently from block to block: light falls off
// slowly over paper, and drops at its edge. Blocks next to the edge count as
// beside, since part of them is.
func (p paper) beside(brightness []float32) []bool {
	region := make([]int, p.w*p.h) // 0: not visited
	largest, largestSize := 0, 0
	for i := range region {
		if region[i] != 0 {
			continue
		}
		id := i + 1
		if size := p.flood(brightness, region, i, id); size > largestSize {
			largest, largestSize = id, size
		}
	}
	// A region inside the sheet is no desk but a blot of ink.
	outside := make(map[int]bool)
	for i, id := range region {
		x, y := i%p.w, i/p.w
		if id != largest && (x == 0 || y == 0 || x == p.w-1 || y == p.h-1) {
			outside[id] = true
		}
	}
	off := make([]float32, len(region))
	for i, id := range region {
		if outside[id] {
			off[i] = 1
		}
	}
	off = p.around(off, 1, func(a, b float32) float32 { return max(a, b) })
	beside := make([]bool, len(off))
	for i, v := range off {
		beside[i] = v > 0
	}
	return beside
}

// flood gives the region around block i its id and returns its size.
func (p paper) flood(brightness []float32, region []int, i, id int) int {
	const gentle = 0.8
	size := 0
	region[i] = id
	for todo := []int{i}; len(todo) > 0; size++ {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, next := range p.neighbours(at) {
			a, b := brightness[at], brightness[next]
			if region[next] == 0 && min(a, b) >= gentle*max(a, b) {
				region[next] = id
				todo = append(todo, next)
			}
		}
	}
	return size
}

func (p paper) neighbours(i int) []int {
	var n []int
	x, y := i%p.w, i/p.w
	if x > 0 {
		n = append(n, i-1)
	}
	if x < p.w-1 {
		n = append(n, i+1)
	}
	if y > 0 {
		n = append(n, i-p.w)
	}
	if y < p.h-1 {
		n = append(n, i+p.w)
	}
	return n
}

// at is the brightness of blank paper at a pixel, between the middles of blocks.
func (p paper) at(c, x, y int) float32 {
	fx := (float32(x)+0.5)/float32(p.size) - 0.5
	fy := (float32(y)+0.5)/float32(p.size) - 0.5
	x0, y0 := int(max(0, fx)), int(max(0, fy))
	x1, y1 := min(x0+1, p.w-1), min(y0+1, p.h-1)
	tx, ty := max(0, fx-float32(x0)), max(0, fy-float32(y0))
	rows := p.rgb[c]
	top := rows[y0*p.w+x0]*(1-tx) + rows[y0*p.w+x1]*tx
	bottom := rows[y1*p.w+x0]*(1-tx) + rows[y1*p.w+x1]*tx
	return top*(1-ty) + bottom*ty
}

// darkness tells how much of the paper's light is missing at each pixel in the
// colour that lacks most (red, for blue ink): 0 for blank paper, give or take
// the grain of the photo, 1 for a black hole. It is smoothed the given number of
// times. Off the sheet it is notPaper.
func (p paper) darkness(m pixmap, smoothings int) field {
	d := field{m.w, m.h, make([]float32, m.w*m.h)}
	for y := range m.h {
		for x := range m.w {
			least := float32(math.Inf(1))
			for c := range m.rgb {
				least = min(least, m.rgb[c][y*m.w+x]/p.at(c, x, y))
			}
			d.v[y*m.w+x] = 1 - least
		}
	}
	for range smoothings {
		d = d.blurred()
	}
	for y := range m.h {
		for x := range m.w {
			if p.off[y/p.size*p.w+x/p.size] {
				d.v[y*m.w+x] = notPaper
			}
		}
	}
	return d
}

// penColour is the colour of the ink under white light: the median of what the
// darker part of the strokes reflects, with the veil of grey taken off that
// cameras lay over dark ink.
func (p paper) penColour(m pixmap, s strokes) color.NRGBA {
	var samples [3][]float32
	for _, i := range s.darkest() {
		for c := range samples {
			samples[c] = append(samples[c], min(1, m.rgb[c][i]/p.at(c, i%m.w, i/m.w)))
		}
	}
	var rgb [3]float64
	for c := range rgb {
		slices.Sort(samples[c])
		rgb[c] = float64(samples[c][len(samples[c])/2])
	}
	const veil = 0.6
	grey := veil * min(rgb[0], rgb[1], rgb[2])
	level := func(v float64) uint8 { return uint8(math.Round(255 * (v - grey))) }
	return color.NRGBA{level(rgb[0]), level(rgb[1]), level(rgb[2]), 255}
}
