package render

import (
	"math"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A style is the graphic state: drawing parameters as layers, DrawParam
// resources and objects state them, the nearest last (GB/T 33190-2016 8.2).
type style struct {
	fill, stroke ofd.Element // colours; absent where none is stated
	line         lineStyle
}

// styleOf is the standard's default.
func styleOf() style {
	return style{line: lineStyle{width: 0.353, cap: "butt", join: "miter", miter: 3.528}}
}

// style lays what e states over s: its DrawParam, then its own.
func (b *builder) style(s style, e ofd.Element) style {
	if id := e.Attr("DrawParam"); id != "" {
		s = b.drawParam(s, e, id, 0)
	}
	return s.with(e)
}

// drawParam lays a DrawParam over s, after the one it is relative to.
func (b *builder) drawParam(s style, from ofd.Element, id string, depth int) style {
	const deepest = 16
	p, ok := b.res.find("DrawParam", id)
	if !ok || depth > deepest {
		b.missing(from, whatDrawParam)
		return s
	}
	if rel := p.Attr("Relative"); rel != "" {
		s = b.drawParam(s, from, rel, depth+1)
	}
	return s.with(p.Element)
}

func (s style) with(e ofd.Element) style {
	if c := e.Kid("FillColor"); c.Exists() {
		s.fill = c
	}
	if c := e.Kid("StrokeColor"); c.Exists() {
		s.stroke = c
	}
	if s.line.width = math.Abs(e.Number("LineWidth", s.line.width)); s.line.width == 0 {
		s.line.width = hairline
	}
	s.line.miter = max(1, e.Number("MiterLimit", s.line.miter))
	s.line.dashOffset = e.Number("DashOffset", s.line.dashOffset)
	if d := e.Numbers("DashPattern"); len(d) > 0 {
		s.line.dash = usableDash(d)
	}
	s.line.join = word(e.Attr("Join"), s.line.join, map[string]string{"Miter": "miter", "Round": "round", "Bevel": "bevel"})
	s.line.cap = word(e.Attr("Cap"), s.line.cap, map[string]string{"Butt": "butt", "Round": "round", "Square": "square"})
	return s
}

// hairline is the width of lines of width 0. Converters take them over from PDF,
// where they are the thinnest that a device can draw. [U]
const hairline = 0.08

func word(value, otherwise string, words map[string]string) string {
	if w, ok := words[value]; ok {
		return w
	}
	return otherwise
}

// usableDash leaves out patterns that would draw nothing or for ever.
func usableDash(d []float64) []float64 {
	sum := 0.0
	for _, v := range d {
		if v < 0 {
			return nil
		}
		sum += v
	}
	if sum < 0.01 {
		return nil
	}
	return d
}

// paint is the paint of a stated colour, nil for none.
//
// What cannot be painted as it is meant leaves the shape open, with a note: black
// would cover what lies below.
func (b *builder) paint(c ofd.Element) *paint {
	if !c.Exists() {
		return nil
	}
	p := b.solid(c)
	for _, k := range c.Kids() {
		if !b.spendItems(1) {
			return nil
		}
		switch k.Name() {
		case "AxialShd", "RadialShd":
			if p.gradient = b.gradient(k); p.gradient == nil {
				return nil
			}
		case "Pattern":
			if p.tile = b.pattern(k); p.tile == nil {
				return nil
			}
		case "GouraudShd", "LaGouraudShd", "LaGourandShd":
			b.unsupported(c, whatMesh)
			return nil
		}
	}
	return p
}

// black is the default of text and of strokes.
func black() *paint { return &paint{alpha: 1} }

// solid reads CT_Color (8.3.3).
func (b *builder) solid(c ofd.Element) *paint {
	p := &paint{alpha: alphaOf(c)}
	space, _ := b.res.find("ColorSpace", c.Attr("ColorSpace"))
	text := c.Attr("Value")
	if text == "" && c.Attr("Index") != "" {
		text = b.paletteValue(space, int(c.Number("Index", -1)))
	}
	if text == "" { // shadings and patterns state none
		return p
	}
	v, ok := colourValues(text)
	if !ok {
		b.broken(c, whatColour)
		return p
	}
	if top := channelTop(space.Element); top != 255 {
		for i := range v {
			v[i] = v[i] * 255 / top
		}
	}
	switch len(v) {
	case 1:
		p.r, p.g, p.b = channel(v[0]), channel(v[0]), channel(v[0])
	case 3:
		p.r, p.g, p.b = channel(v[0]), channel(v[1]), channel(v[2])
	case 4:
		k := 1 - v[3]/255
		p.r, p.g, p.b = channel((255-v[0])*k), channel((255-v[1])*k), channel((255-v[2])*k)
		b.notes.add(b.place(c), fault.RenderColourApproximate, "space", "CMYK")
	default:
		b.broken(c, whatColour)
	}
	if space.Attr("Profile") != "" {
		b.notes.add(b.place(c), fault.RenderColourApproximate, "space", "ICC")
	}
	b.toGrey(&p.r, &p.g, &p.b)
	return p
}

func (b *builder) toGrey(r, g, bl *uint8) {
	if b.grey {
		y := channel(0.299*float64(*r) + 0.587*float64(*g) + 0.114*float64(*bl))
		*r, *g, *bl = y, y, y
	}
}

func channel(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 255))) }

// channelTop is the value of a full channel.
func channelTop(space ofd.Element) float64 {
	switch bits := space.Number("BitsPerComponent", 8); bits {
	case 1, 2, 4, 16:
		return math.Exp2(bits) - 1
	}
	return 255
}

// colourValues reads "238 32 37", and "#ee #20 #25", where some writers leave
// out all signs but the first.
func colourValues(text string) ([]float64, bool) {
	const longest = 200
	if len(text) > longest {
		return nil, false
	}
	hex := strings.Contains(text, "#")
	fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,\t\r\n", r) })
	if len(fields) == 0 || len(fields) > 8 {
		return nil, false
	}
	out := make([]float64, len(fields))
	for i, f := range fields {
		var ok bool
		if out[i], ok = colourValue(f, hex); !ok {
			return nil, false
		}
	}
	return out, true
}

// paletteValue is a colour of a space's palette, "" for none.
func (b *builder) paletteValue(space resource, index int) string {
	key := space.part + "#" + space.Attr("ID")
	colours, known := b.palettes[key]
	if !known {
		colours = space.Kid("Palette").All("CV")
		b.palettes[key] = colours
	}
	if index < 0 || index >= len(colours) {
		return ""
	}
	return colours[index].Text()
}
