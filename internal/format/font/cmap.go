package font

import "sort"

// A cmap is one table from characters to glyphs.
type cmap struct {
	d      []byte // from the subtable's start to the end of the table: lengths are often wrong
	format int
	symbol bool // Microsoft symbol encoding: codes lie at U+F000
	rank   int
}

// parseCmap reads the subtables that speak of Unicode, the best first, and, for
// fonts that have nothing else, Macintosh Roman ones.
func parseCmap(d []byte) []cmap {
	if len(d) < 4 {
		return nil
	}
	var out []cmap
	for i := range min(int(be.Uint16(d[2:])), 50) {
		at := 4 + 8*i
		if at+8 > len(d) {
			break
		}
		platform, encoding, offset := be.Uint16(d[at:]), be.Uint16(d[at+2:]), int(be.Uint32(d[at+4:]))
		if offset+8 > len(d) {
			continue
		}
		m := cmap{d: d[offset:], format: int(be.Uint16(d[offset:])), rank: 9}
		switch {
		case platform == 3 && encoding == 10, platform == 0 && encoding >= 4 && encoding != 5:
			m.rank = 0
		case platform == 3 && encoding == 1, platform == 0 && encoding < 4:
			m.rank = 1
		case platform == 3 && encoding == 0:
			m.rank, m.symbol = 2, true
		case platform == 1 && encoding == 0:
			m.rank = 3 // its first half is ASCII
		}
		switch m.format {
		case 0, 4, 6, 10, 12, 13:
			if m.rank < 9 {
				out = append(out, m)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].rank < out[j].rank })
	return out
}

func (m cmap) lookup(r rune) int {
	if r < 0 || m.rank == 3 && r > 0x7F {
		return NoGlyph
	}
	g := m.find(uint32(r))
	if g == 0 && m.symbol && r < 0x100 {
		g = m.find(0xF000 + uint32(r))
	}
	return g
}

func (m cmap) find(c uint32) int {
	switch m.format {
	case 0:
		if c < 256 && int(6+c) < len(m.d) {
			return int(m.d[6+c])
		}
	case 4:
		return m.format4(c)
	case 6:
		return m.trimmed(c, 6, 2)
	case 10:
		return m.trimmed(c, 12, 4)
	case 12, 13:
		return m.groups(c)
	}
	return NoGlyph
}

// trimmed reads formats 6 and 10: a dense list from a first code on.
func (m cmap) trimmed(c uint32, at, width int) int {
	if at+2*width > len(m.d) {
		return NoGlyph
	}
	first, count := uint32(be.Uint16(m.d[at:])), uint32(be.Uint16(m.d[at+2:]))
	if width == 4 {
		first, count = be.Uint32(m.d[at:]), be.Uint32(m.d[at+4:])
	}
	if c < first || c-first >= count {
		return NoGlyph
	}
	return m.word(at + 2*width + 2*int(c-first))
}

func (m cmap) word(at int) int {
	if at < 0 || at+2 > len(m.d) {
		return NoGlyph
	}
	return int(be.Uint16(m.d[at:]))
}

// format4 goes through the segments one by one where they are out of order, as
// in some subset fonts; a search by halves would miss them.
func (m cmap) format4(c uint32) int {
	if c > 0xFFFF || len(m.d) < 16 {
		return NoGlyph
	}
	n := int(be.Uint16(m.d[6:])) / 2
	for i := range n {
		end, start := m.word(14+2*i), m.word(16+2*n+2*i)
		if int(c) > end || int(c) < start || 16+2*n+2*i+2 > len(m.d) {
			continue
		}
		delta, at := m.word(16+4*n+2*i), 16+6*n+2*i
		offset := m.word(at)
		if offset == 0 || offset == 0xFFFF {
			return (int(c) + delta) & 0xFFFF
		}
		if g := m.word(at + offset + 2*(int(c)-start)); g != 0 {
			return (g + delta) & 0xFFFF
		}
	}
	return NoGlyph
}

func (m cmap) groups(c uint32) int {
	if len(m.d) < 16 {
		return NoGlyph
	}
	n := min(int(be.Uint32(m.d[12:])), (len(m.d)-16)/12)
	for i := range n {
		g := m.d[16+12*i:]
		start, end, glyph := be.Uint32(g), be.Uint32(g[4:]), be.Uint32(g[8:])
		if c < start || c > end {
			continue
		}
		if m.format == 12 {
			glyph += c - start
		}
		if glyph > 0xFFFF {
			return NoGlyph
		}
		return int(glyph)
	}
	return NoGlyph
}
