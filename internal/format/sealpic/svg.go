package sealpic

import (
	"fmt"
	"image/color"
	"strconv"
)

// SVG writes the picture as an SVG 1.1 document of <svg> and <path> elements
// only: no text, script, style, link or entity. Coordinates are millimetres,
// rounded to a thousandth.
func (p Picture) SVG() []byte {
	w, h := number(p.WidthMM), number(p.HeightMM)
	b := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s">`, w, h, w, h)
	b = append(b, '\n')
	for _, l := range p.layers {
		b = fmt.Appendf(b, `<path fill="%s" d="`, hex(l.ink))
		b = l.outline.appendSVG(b)
		b = append(b, "\"/>\n"...)
	}
	return append(b, "</svg>\n"...)
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// appendSVG writes the path as the value of a d attribute.
func (q path) appendSVG(b []byte) []byte {
	for _, s := range q {
		b = append(b, byte(s.op))
		for i, p := range s.p[:s.op.points()] {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendNumber(b, p.x)
			b = append(b, ' ')
			b = appendNumber(b, p.y)
		}
	}
	return b
}

func number(v float64) string { return string(appendNumber(nil, v)) }

// appendNumber writes v with at most three decimals and no trailing zeros.
func appendNumber(b []byte, v float64) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', 3, 64)
	end := len(b)
	for b[end-1] == '0' {
		end--
	}
	if b[end-1] == '.' {
		end--
	}
	b = b[:end]
	if string(b[start:]) == "-0" {
		return append(b[:start], '0')
	}
	return b
}
