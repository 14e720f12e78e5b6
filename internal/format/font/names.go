package font

import (
	"strconv"
	"strings"
)

// standardNames are the first of CFF's standard strings, which name ASCII: SID 1
// is "space", the character U+0020, and so on in the order of ASCII, but for the
// two quotes.
const standardNames = " !\"#$%&’()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_‘abcdefghijklmnopqrstuvwxyz{|}~"

const standardStrings = 391

// glyphNames maps characters to glyphs by the glyphs' names, for a font that has
// no cmap: ASCII and the names "uni7AE0" and "u1F600".
func glyphNames(d []byte, strs index, at, glyphs int) map[rune]int {
	ascii := []rune(standardNames)
	names := make(map[rune]int)
	walkCharset(d, at, glyphs, func(glyph, sid int) {
		var r rune
		switch {
		case sid >= 1 && sid <= len(ascii):
			r = ascii[sid-1]
		case sid >= standardStrings:
			name, _ := strs.at(sid - standardStrings)
			r = uniName(string(name))
		}
		if _, twice := names[r]; r != 0 && !twice {
			names[r] = glyph
		}
	})
	return names
}

func uniName(name string) rune {
	digits := ""
	if rest, ok := strings.CutPrefix(name, "uni"); ok && len(rest) >= 4 {
		digits = rest[:4]
	} else if rest, ok := strings.CutPrefix(name, "u"); ok && len(rest) >= 4 && len(rest) <= 6 {
		digits = rest
	}
	v, err := strconv.ParseUint(digits, 16, 21)
	if err != nil {
		return 0
	}
	return rune(v)
}

// walkCharset visits the string number of each glyph. Charset 0 is ISOAdobe,
// where glyph and string number are the same; the two expert sets hold no text.
func walkCharset(d []byte, at, glyphs int, visit func(glyph, sid int)) {
	if at <= 0 {
		for g := 1; g < min(glyphs, 229); g++ {
			visit(g, g)
		}
		return
	}
	if at <= 2 || at >= len(d) {
		return
	}
	r := reader{d: d, at: at}
	format := r.u8()
	for g := 1; g < glyphs && !r.short; {
		sid, more := r.u16(), 0
		switch format {
		case 1:
			more = r.u8()
		case 2:
			more = r.u16()
		}
		for ; more >= 0 && g < glyphs && !r.short; more-- {
			visit(g, sid)
			g, sid = g+1, sid+1
		}
	}
}
