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
	s.line.width = math.Abs(e.Number("LineWidth", s.line.width))
	s.line.miter = max(1, e.Number("MiterLimit", s.line.miter))
	s.line.dashOffset = e.Number("DashOffset", s.line.dashOffset)
	if d := e.Numbers("DashPattern"); len(d) > 0 && len(d) <= 64 {
		s.line.dash = usableDash(d)
	}
	s.line.join = word(e.Attr("Join"), s.line.join, map[string]string{"Miter": "miter", "Round": "round", "Bevel": "bevel"})
	s.line.cap = word(e.Attr("Cap"), s.line.cap, map[string]string{"Butt": "butt", "Round": "round", "Square": "square"})
	return s
}

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
func (b *builder) paint(c ofd.Element) *paint {
	if !c.Exists() {
		return nil
	}
	p := b.solid(c)
	for _, k := range c.Kids() {
		switch k.Name() {
		case "AxialShd", "RadialShd":
			p.gradient = b.gradient(k)
		case "Pattern":
			p.tile = b.pattern(k)
		case "GouraudShd", "LaGouraudShd", "LaGourandShd":
			b.unsupported(c, whatMesh)
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
		text = paletteValue(space.Element, int(c.Number("Index", -1)))
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

func paletteValue(space ofd.Element, index int) string {
	colours := space.Kid("Palette").All("CV")
	if index < 0 || index >= len(colours) {
		return ""
	}
	return colours[index].Text()
}
