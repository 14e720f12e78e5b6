package sealpic

import (
	"image"
	"slices"

	"xinzhang/internal/fault"
)

// A field holds one number for each pixel.
type field struct {
	w, h int
	v    []float32
}

// notPaper marks pixels of a field that are not to be looked at.
const notPaper = -1

// blurred averages each pixel with its neighbours, 1-2-1 in both directions. It
// takes the grain off a photo and the steps off a scan in black and white.
func (f field) blurred() field {
	across := make([]float32, len(f.v))
	for y := range f.h {
		row := f.v[y*f.w : (y+1)*f.w]
		for x, v := range row {
			across[y*f.w+x] = (row[max(0, x-1)] + 2*v + row[min(f.w-1, x+1)]) / 4
		}
	}
	out := field{f.w, f.h, make([]float32, len(f.v))}
	for y := range f.h {
		above, below := max(0, y-1)*f.w, min(f.h-1, y+1)*f.w
		for x := range f.w {
			out.v[y*f.w+x] = (across[above+x] + 2*across[y*f.w+x] + across[below+x]) / 4
		}
	}
	return out
}

// strokes is the ink of a signature: the connected pieces of a darkness field
// that were kept.
type strokes struct {
	field
	edge   float32 // the darkness at which ink ends: half of the ink's own
	full   float32 // the darkness of the ink
	grain  float32 // of the paper
	width  float64 // of a stroke, in pixels
	label  []int32 // piece of each pixel; 0: below edge
	pieces []piece // by label; the first stays empty
}

// A piece is a connected area of ink.
type piece struct {
	area, outline int // pixels, and sides of pixels on its outline
	border        int // sides of pixels on the border of the sheet or photo
	peak          float32
	extent        image.Rectangle
	kept          bool
}

// findStrokes finds the ink in a darkness field. Pixels darker than the grain of
// the paper tell how dark the ink is, the darker ones counting more, so that
// stains do not speak for it. A piece of ink must reach most of that darkness
// somewhere; its outline runs at half of it, which keeps the thin ends of
// strokes.
func findStrokes(d field) (strokes, error) {
	middle, grain := d.grain()
	floor := middle + max(0.12, 6*grain)
	var squares, cubes float64
	n := 0
	for _, v := range d.v {
		if v > floor {
			squares += float64(v) * float64(v)
			cubes += float64(v) * float64(v) * float64(v)
			n++
		}
	}
	if n < 12 || n > len(d.v)/2 {
		return strokes{}, fault.New(fault.PictureNoInk)
	}
	s := strokes{field: d, full: float32(cubes / squares), grain: grain}
	s.edge = max(floor, 0.42*s.full)
	s.findPieces()
	if !s.choose() {
		return strokes{}, fault.New(fault.PictureNoInk)
	}
	return s, nil
}

// grain returns the median of the field and how far ordinary paper strays from
// it, taken from the brighter side, where there is no ink.
func (f field) grain() (middle, spread float32) {
	var histogram [512]int // -1 to 1
	n := 0
	for _, v := range f.v {
		if v > notPaper {
			histogram[int((v+1)*255.5)]++
			n++
		}
	}
	quantile := func(share float64) float32 {
		left := int(share * float64(n))
		for i, count := range histogram {
			if left -= count; left < 0 {
				return float32(i)/255.5 - 1
			}
		}
		return 1
	}
	middle = quantile(0.5)
	return middle, middle - quantile(0.16)
}

// findPieces labels the connected pieces of ink, diagonal neighbours included.
func (s *strokes) findPieces() {
	s.label = make([]int32, len(s.v))
	s.pieces = make([]piece, 1)
	var todo []int
	for i, v := range s.v {
		if v < s.edge || s.label[i] != 0 {
			continue
		}
		id := int32(len(s.pieces))
		var p piece
		s.label[i] = id
		for todo = append(todo[:0], i); len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			s.measure(&p, at)
			x, y := at%s.w, at/s.w
			for ny := max(0, y-1); ny <= min(s.h-1, y+1); ny++ {
				for nx := max(0, x-1); nx <= min(s.w-1, x+1); nx++ {
					if j := ny*s.w + nx; s.v[j] >= s.edge && s.label[j] == 0 {
						s.label[j] = id
						todo = append(todo, j)
					}
				}
			}
		}
		s.pieces = append(s.pieces, p)
	}
}

// measure adds pixel i to a piece.
func (s *strokes) measure(p *piece, i int) {
	x, y := i%s.w, i/s.w
	p.area++
	p.peak = max(p.peak, s.v[i])
	p.extent = p.extent.Union(image.Rect(x, y, x+1, y+1))
	side := func(inside bool, j int) {
		switch {
		case !inside || s.v[j] == notPaper:
			p.border++
			p.outline++
		case s.v[j] < s.edge:
			p.outline++
		}
	}
	side(x > 0, i-1)
	side(x < s.w-1, i+1)
	side(y > 0, i-s.w)
	side(y < s.h-1, i+s.w)
}

// choose keeps the pieces that belong to the signature and reports whether there
// are any: dark enough, larger than dust, not the edge of the sheet, and not a
// speck far from everything else.
func (s *strokes) choose() bool {
	const darkEnough = 0.65
	area, outline, largest := 0, 0, 0
	for _, p := range s.pieces {
		if p.peak >= darkEnough*s.full {
			area += p.area
			outline += p.outline
		}
	}
	if outline == 0 {
		return false
	}
	s.width = 2 * float64(area) / float64(outline)
	for i := range s.pieces {
		p := &s.pieces[i]
		dust := float64(p.area) < max(6, s.width*s.width/2)
		leaves := float64(p.border) > 4*s.width+4
		p.kept = p.peak >= darkEnough*s.full && !dust && !leaves
		if p.kept {
			largest = max(largest, p.area)
		}
	}
	s.dropFarSpecks(largest / 20)
	return largest > 0 && outline <= maxOutline
}

// maxOutline is the length of outline, in sides of pixels, up to which ink can be
// handwriting. A long name has some 30,000; grain and print have millions.
const maxOutline = 200_000

// dropFarSpecks drops pieces below the given area that lie further from the
// larger ones than half the height of these.
func (s *strokes) dropFarSpecks(small int) {
	var main image.Rectangle
	for _, p := range s.pieces {
		if p.kept && p.area >= small {
			main = main.Union(p.extent)
		}
	}
	main = main.Inset(-main.Dy() / 2)
	for i := range s.pieces {
		p := &s.pieces[i]
		if p.area < small && !p.extent.Overlaps(main) {
			p.kept = false
		}
	}
}

// smoothings says how often the darkness of a grainy photo is to be smoothed
// more, so that grain does not fray the outlines: until it is blurred over a
// seventh of a stroke's width.
func (s *strokes) smoothings() int {
	const smooth = 0.004 // no grain to speak of
	if s.grain < smooth {
		return 0
	}
	deviation := s.width / 7
	return min(12, int(2*deviation*deviation)) // each smoothing adds a variance of one half
}

// extent is the rectangle around the kept ink.
func (s *strokes) extent() image.Rectangle {
	var b image.Rectangle
	for _, p := range s.pieces {
		if p.kept {
			b = b.Union(p.extent)
		}
	}
	return b
}

// darkest returns the pixels in the darker half of the kept ink.
func (s *strokes) darkest() []int {
	var at []int
	for i, label := range s.label {
		if s.pieces[label].kept {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int {
		switch {
		case s.v[i] > s.v[j]:
			return -1
		case s.v[i] < s.v[j]:
			return 1
		}
		return 0
	})
	return at[:(len(at)+1)/2]
}
