// Package font reads the outlines of fonts that are embedded in documents:
// TrueType (glyf), OpenType and bare CFF.
//
//	f, err := font.Parse(data)
//	g := f.Index('章')
//	outline, ok := f.Outline(g)
//
// Makers of documents cut fonts down to the glyphs they use and leave out, or
// leave wrong, what they do not need: table directories out of order, lengths
// beyond the file, no cmap, no head. Such fonts are refused by strict readers,
// golang.org/x/image/font/sfnt among them, though every glyph of the document is
// there. This reader takes what can be found and is bounded against hostile
// files: what a glyph may cost is counted, whatever its font says.
//
// It does not hint, shape, kern, or read the outlines of Type 1 and bitmap fonts.
package font

import (
	"encoding/binary"
	"errors"
)

// A Font holds the outlines of one font. It is safe for use by several
// goroutines. The data handed to [Parse] is kept.
type Font struct {
	unitsPerEm float64
	glyphs     int // number of glyphs; 0: not stated

	cmaps []cmap
	glyf  *glyfTables
	cff   *cffFont

	hmtx     []byte
	hMetrics int
}

// NoGlyph is what Index returns for a character that the font does not have.
const NoGlyph = 0

// Limits of one font. A real CJK font has 65 535 glyphs and some 30 MiB.
const (
	maxFont   = 64 << 20
	maxTables = 200
)

var be = binary.BigEndian

// Parse reads a font. It returns an error when no outlines can be found in it.
func Parse(data []byte) (*Font, error) {
	if len(data) > maxFont {
		return nil, errors.New("font: larger than 64 MiB")
	}
	if len(data) < 12 {
		return nil, errors.New("font: too short")
	}
	if looksLikeCFF(data) {
		return parseBareCFF(data)
	}
	at := 0
	if string(data[:4]) == "ttcf" { // a collection: its first font
		if len(data) < 16 || int64(be.Uint32(data[12:])) > int64(len(data)-12) {
			return nil, errors.New("font: the collection's first font is outside the file")
		}
		at = int(be.Uint32(data[12:]))
	}
	return parseTables(data, tableDirectory(data, at))
}

// tableDirectory reads the table directory at offset at. Order, checksums and
// search fields are not looked at; a table that reaches beyond the file is cut.
func tableDirectory(data []byte, at int) map[string][]byte {
	tables := make(map[string][]byte)
	n := int(be.Uint16(data[at+4:]))
	for i := range min(n, maxTables) {
		entry := at + 12 + 16*i
		if entry+16 > len(data) {
			break
		}
		tag := string(data[entry : entry+4])
		offset, length := int(be.Uint32(data[entry+8:])), int(be.Uint32(data[entry+12:]))
		if offset >= len(data) {
			continue
		}
		if _, twice := tables[tag]; !twice {
			tables[tag] = data[offset:min(len(data), offset+length)]
		}
	}
	return tables
}

func parseTables(data []byte, tables map[string][]byte) (*Font, error) {
	f := &Font{unitsPerEm: 1000}
	head := tables["head"]
	if len(head) >= 20 {
		if u := be.Uint16(head[18:]); u >= 16 && u <= 16384 {
			f.unitsPerEm = float64(u)
		}
	}
	if maxp := tables["maxp"]; len(maxp) >= 6 {
		f.glyphs = int(be.Uint16(maxp[4:]))
	}
	if hhea := tables["hhea"]; len(hhea) >= 36 {
		f.hMetrics = int(be.Uint16(hhea[34:]))
	}
	f.hmtx = tables["hmtx"]
	f.cmaps = parseCmap(tables["cmap"])
	switch {
	case len(tables["glyf"]) > 0 && len(tables["loca"]) > 0:
		f.glyf = newGlyf(tables["glyf"], tables["loca"], head, f.glyphs)
		f.glyphs = f.glyf.count()
	case len(tables["CFF "]) > 0:
		var err error
		if f.cff, err = parseCFF(tables["CFF "]); err != nil {
			return nil, err
		}
		f.glyphs = f.cff.charStrings.count()
	default:
		return nil, errors.New("font: neither glyf with loca nor CFF: no outlines")
	}
	return f, nil
}

// Glyphs is the number of glyphs.
func (f *Font) Glyphs() int { return f.glyphs }

// HasCmap reports whether the font says which character is which glyph.
func (f *Font) HasCmap() bool { return len(f.cmaps) > 0 || f.cff != nil && len(f.cff.names) > 0 }

// Index returns the glyph of a character, NoGlyph when the font has none.
func (f *Font) Index(r rune) int {
	for _, m := range f.cmaps {
		if g := m.lookup(r); g > 0 && g < f.glyphs {
			return g
		}
	}
	if len(f.cmaps) == 0 && f.cff != nil {
		return f.cff.names[r]
	}
	return NoGlyph
}

// Advance returns how far the pen goes behind a glyph, in ems; ok is false when
// the font does not say.
func (f *Font) Advance(glyph int) (em float64, ok bool) {
	if f.hMetrics == 0 || glyph < 0 {
		return 0, false
	}
	at := 4 * min(glyph, f.hMetrics-1)
	if at+2 > len(f.hmtx) {
		return 0, false
	}
	return float64(be.Uint16(f.hmtx[at:])) / f.unitsPerEm, true
}

// Outline returns a glyph's outline in ems: x to the right, y upwards from the
// baseline. A glyph without ink, such as a space, is an empty outline. ok is
// false when the font has no such glyph or it cannot be read.
func (f *Font) Outline(glyph int) (o Outline, ok bool) {
	if glyph < 0 || glyph >= f.glyphs {
		return nil, false
	}
	p := &pen{}
	if f.glyf != nil {
		ok = f.glyf.draw(p, glyph)
		p.scale(1/f.unitsPerEm, 0, 0, 1/f.unitsPerEm, 0, 0)
	} else {
		ok = f.cff.draw(p, glyph)
	}
	if !ok || !p.finite() {
		return nil, false
	}
	return p.out, true
}
