package font

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// A cffFont is a Compact Font Format font (Adobe Technical Note #5176), as a
// table of an OpenType font or on its own.
type cffFont struct {
	charStrings index
	global      index
	local       []index // of each font dict; one for a plain font
	matrix      []float64
	matrices    [][]float64 // of each font dict, nil: none
	fdSelect    func(glyph int) int
	names       map[rune]int // by the glyphs' names, for a font without cmap
}

// An index is CFF's list of byte strings.
type index struct {
	d       []byte // the data, one byte before the first string as offsets count from 1
	offsets []byte
	size    int
	n       int
}

func (x index) count() int { return x.n }

func (x index) at(i int) ([]byte, bool) {
	if i < 0 || i >= x.n {
		return nil, false
	}
	from, to := x.offset(i), x.offset(i+1)
	if from < 1 || to < from || to > len(x.d) {
		return nil, false
	}
	return x.d[from:to], true
}

func (x index) offset(i int) int {
	v := 0
	for _, b := range x.offsets[i*x.size : (i+1)*x.size] {
		v = v<<8 | int(b)
	}
	return v
}

// readIndex reads the index at offset at and returns where it ends.
func readIndex(d []byte, at int) (index, int, error) {
	bad := errors.New("font: CFF index broken")
	if at < 0 || at+2 > len(d) {
		return index{}, 0, bad
	}
	n := int(be.Uint16(d[at:]))
	if n == 0 {
		return index{}, at + 2, nil
	}
	if at+3 > len(d) {
		return index{}, 0, bad
	}
	x := index{n: n, size: int(d[at+2])}
	start := at + 3
	if x.size < 1 || x.size > 4 || start+(n+1)*x.size > len(d) {
		return index{}, 0, bad
	}
	x.offsets = d[start : start+(n+1)*x.size]
	x.d = d[start+(n+1)*x.size-1:]
	end := x.offset(n)
	if end < 1 || end > len(x.d) {
		return index{}, 0, bad
	}
	return x, start + (n+1)*x.size - 1 + end, nil
}

// Operators of a DICT; those of two bytes are 0x0C00 and the second.
const (
	opCharset     = 15
	opCharStrings = 17
	opPrivate     = 18
	opSubrs       = 19
	opFontMatrix  = 0x0C07
	opROS         = 0x0C1E
	opFDArray     = 0x0C24
	opFDSelect    = 0x0C25
)

func looksLikeCFF(d []byte) bool {
	return d[0] == 1 && d[1] == 0 && d[2] >= 4 && d[2] < 32 && d[3] >= 1 && d[3] <= 4
}

func parseBareCFF(d []byte) (*Font, error) {
	c, err := parseCFF(d)
	if err != nil {
		return nil, err
	}
	return &Font{unitsPerEm: 1000, glyphs: c.charStrings.count(), cff: c}, nil
}

func parseCFF(d []byte) (*cffFont, error) {
	if len(d) < 4 {
		return nil, errors.New("font: CFF cut short")
	}
	_, at, err := readIndex(d, int(d[2])) // names
	if err != nil {
		return nil, err
	}
	tops, at, err := readIndex(d, at)
	if err != nil {
		return nil, err
	}
	strs, at, err := readIndex(d, at)
	if err != nil {
		return nil, err
	}
	f := &cffFont{fdSelect: func(int) int { return 0 }}
	if f.global, _, err = readIndex(d, at); err != nil {
		return nil, err
	}
	raw, ok := tops.at(0)
	if !ok {
		return nil, errors.New("font: CFF without a top dict")
	}
	top := readDict(raw)
	if f.charStrings, _, err = readIndex(d, top.offset(opCharStrings)); err != nil {
		return nil, err
	}
	f.matrix = top[opFontMatrix]
	if _, cid := top[opROS]; cid {
		return f, f.readDicts(d, top)
	}
	f.local = []index{localSubrs(d, top)}
	f.matrices = [][]float64{nil}
	f.names = glyphNames(d, strs, top.offset(opCharset), f.charStrings.count())
	return f, nil
}

// readDicts reads the font dicts of a CID-keyed font.
func (f *cffFont) readDicts(d []byte, top dict) error {
	array, _, err := readIndex(d, top.offset(opFDArray))
	if err != nil {
		return err
	}
	for i := range array.count() {
		raw, _ := array.at(i)
		fd := readDict(raw)
		f.local = append(f.local, localSubrs(d, fd))
		f.matrices = append(f.matrices, fd[opFontMatrix])
	}
	f.fdSelect = readFDSelect(d, top.offset(opFDSelect))
	return nil
}

func localSubrs(d []byte, of dict) index {
	private := of[opPrivate]
	if len(private) != 2 {
		return index{}
	}
	size, at := int(private[0]), int(private[1])
	if size < 0 || at < 0 || at > len(d) || size > len(d)-at {
		return index{}
	}
	p := readDict(d[at : at+size])
	if p.offset(opSubrs) <= 0 {
		return index{}
	}
	x, _, err := readIndex(d, at+p.offset(opSubrs))
	if err != nil {
		return index{}
	}
	return x
}

// readFDSelect reads which font dict each glyph belongs to.
func readFDSelect(d []byte, at int) func(int) int {
	first := func(int) int { return 0 }
	if at <= 0 || at+5 > len(d) {
		return first
	}
	switch d[at] {
	case 0:
		table := d[at+1:]
		return func(glyph int) int {
			if glyph < len(table) {
				return int(table[glyph])
			}
			return 0
		}
	case 3:
		n := min(int(be.Uint16(d[at+1:])), (len(d)-at-3)/3)
		ranges := d[at+3:]
		return func(glyph int) int {
			fd := 0
			for i := range n {
				if int(be.Uint16(ranges[3*i:])) > glyph {
					break
				}
				fd = int(ranges[3*i+2])
			}
			return fd
		}
	}
	return first
}

type dict map[int][]float64

func (d dict) offset(op int) int {
	if v := d[op]; len(v) > 0 && v[0] >= 0 && v[0] < maxFont {
		return int(v[0])
	}
	return -1
}

// readDict reads operators with their operands; what follows something
// unreadable is left out.
func readDict(d []byte) dict {
	out := make(dict)
	var operands []float64
	r := reader{d: d}
	for r.at < len(d) && len(operands) <= 48 {
		b := r.u8()
		switch {
		case b <= 21:
			if b == 12 {
				b = 0x0C00 | r.u8()
			}
			out[b] = operands
			operands = nil
		case b == 28:
			operands = append(operands, float64(int16(r.u16())))
		case b == 29:
			operands = append(operands, float64(int32(r.u16()<<16|r.u16())))
		case b == 30:
			operands = append(operands, r.real())
		case b >= 32 && b <= 246:
			operands = append(operands, float64(b-139))
		case b >= 247 && b <= 250:
			operands = append(operands, float64((b-247)*256+r.u8()+108))
		case b >= 251 && b <= 254:
			operands = append(operands, float64(-(b-251)*256-r.u8()-108))
		}
	}
	return out
}

// real reads a decimal number of half bytes.
func (r *reader) real() float64 {
	const signs = "0123456789.EE -"
	var s strings.Builder
	for s.Len() < 40 && !r.short {
		b := r.u8()
		for _, half := range [2]int{b >> 4, b & 15} {
			if half == 15 {
				v, err := strconv.ParseFloat(s.String(), 64)
				if err != nil || math.IsInf(v, 0) {
					return 0
				}
				return v
			}
			s.WriteByte(signs[half])
			if half == 12 {
				s.WriteByte('-')
			}
		}
	}
	return 0
}

// draw runs a glyph's charstring and brings it to ems.
func (f *cffFont) draw(p *pen, glyph int) bool {
	code, ok := f.charStrings.at(glyph)
	if !ok {
		return false
	}
	fd := f.fdSelect(glyph)
	var local index
	var own []float64
	if fd < len(f.local) {
		local, own = f.local[fd], f.matrices[fd]
	}
	m := machine{pen: p, global: f.global, local: local}
	if !m.run(code, 0) {
		return false
	}
	p.close()
	scale := func(n []float64) {
		if len(n) == 6 && n[0] != 0 {
			p.scale(n[0], n[1], n[2], n[3], n[4], n[5])
		}
	}
	switch {
	case len(own) == 6 && len(f.matrix) == 6:
		scale(own)
		scale(f.matrix)
	case len(own) == 6:
		scale(own)
	case len(f.matrix) == 6 && f.matrix[0] != 0:
		scale(f.matrix)
	default:
		scale([]float64{0.001, 0, 0, 0.001, 0, 0})
	}
	return true
}
