package render

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A writer writes a display list as SVG. Whatever it writes is an element, an
// attribute or a word of its own, a number, a base64 picture, or escaped text of
// the page inside <text>.
type writer struct {
	prefix string
	limit  int
	body   strings.Builder
	defs   strings.Builder
	ids    int
	images map[*bitmap]string
}

func newWriter(prefix string, limit int) *writer {
	return &writer{prefix: prefix, limit: limit, images: make(map[*bitmap]string)}
}

// document writes the whole of it on white paper.
func (w *writer) document(list []item, sheet ofd.Box) ([]byte, error) {
	w.items(&w.body, list)
	if w.full() {
		return nil, fault.New(fault.InputTooLarge, "what", "drawing of the page", "limit", w.limit)
	}
	width, height := num(sheet.W), num(sheet.H)
	box := fmt.Sprintf("%s %s %s %s", num(sheet.X), num(sheet.Y), width, height)
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="%s">`, width, height, box)
	if w.defs.Len() > 0 {
		out.WriteString("<defs>" + w.defs.String() + "</defs>")
	}
	fmt.Fprintf(&out, `<rect x="%s" y="%s" width="%s" height="%s" fill="#fff"/>`, num(sheet.X), num(sheet.Y), width, height)
	out.WriteString(w.body.String())
	out.WriteString("</svg>")
	return []byte(out.String()), nil
}

func (w *writer) full() bool { return w.body.Len()+w.defs.Len() > w.limit }

// id makes an id that no other element of the page has.
func (w *writer) id() string {
	w.ids++
	return w.prefix + "-" + strconv.Itoa(w.ids)
}

func (w *writer) items(out *strings.Builder, list []item) {
	for _, it := range list {
		if w.full() || out.Len() > w.limit {
			return
		}
		switch it := it.(type) {
		case *group:
			w.group(out, it)
		case *shape:
			w.shape(out, it)
		case *picture:
			w.picture(out, it)
		case *words:
			w.words(out, it)
		}
	}
}

func (w *writer) group(out *strings.Builder, g *group) {
	var inner strings.Builder
	w.items(&inner, g.items)
	if inner.Len() == 0 {
		return
	}
	// Clips are outside of what they clip, one <g> for each: an element can have
	// only one.
	open := 0
	tag := func(attrs string) {
		out.WriteString("<g" + attrs + ">")
		open++
	}
	attrs := transform(g.m) + opacity(g.alpha)
	if g.under {
		attrs += ` style="mix-blend-mode:multiply"`
	}
	if attrs != "" || len(g.clip) == 0 {
		tag(attrs)
	}
	for _, c := range g.clip {
		tag(` clip-path="url(#` + w.clipPath(c) + `)"`)
	}
	out.WriteString(inner.String())
	out.WriteString(strings.Repeat("</g>", open))
}

func (w *writer) clipPath(c area) string {
	id := w.id()
	fmt.Fprintf(&w.defs, `<clipPath id="%s">`, id)
	for _, o := range c.outlines {
		rule := ""
		if o.evenOdd {
			rule = ` clip-rule="evenodd"`
		}
		fmt.Fprintf(&w.defs, `<path d="%s"%s%s/>`, data(o.path), rule, transform(o.m))
	}
	w.defs.WriteString("</clipPath>")
	return id
}

func (w *writer) shape(out *strings.Builder, s *shape) {
	fill, stroke := w.paint("fill", s.fill), w.paint("stroke", s.stroke)
	if s.evenOdd && s.fill != nil {
		fill += ` fill-rule="evenodd"`
	}
	if s.stroke != nil {
		stroke += lineAttrs(s.line)
	}
	fmt.Fprintf(out, `<path d="%s"%s%s%s%s/>`, data(s.path), fill, stroke, transform(s.m), opacity(s.alpha))
}

func lineAttrs(l lineStyle) string {
	var a strings.Builder
	fmt.Fprintf(&a, ` stroke-width="%s"`, num(l.width))
	if l.cap != "butt" {
		fmt.Fprintf(&a, ` stroke-linecap="%s"`, l.cap)
	}
	if l.join != "miter" {
		fmt.Fprintf(&a, ` stroke-linejoin="%s"`, l.join)
	} else {
		fmt.Fprintf(&a, ` stroke-miterlimit="%s"`, num(l.miter))
	}
	if len(l.dash) > 0 {
		fmt.Fprintf(&a, ` stroke-dasharray="%s" stroke-dashoffset="%s"`, nums(l.dash), num(l.dashOffset))
	}
	return a.String()
}

func (w *writer) picture(out *strings.Builder, p *picture) {
	id, ok := w.images[p.image]
	if !ok {
		id = w.id()
		w.images[p.image] = id
		fmt.Fprintf(&w.defs, `<image id="%s" width="1" height="1" preserveAspectRatio="none" href="data:%s;base64,%s"/>`,
			id, p.image.mime, base64.StdEncoding.EncodeToString(p.image.data))
	}
	fmt.Fprintf(out, `<use href="#%s"%s%s/>`, id, transform(p.m), opacity(p.alpha))
}

// words writes characters of a system font, each at its own place.
func (w *writer) words(out *strings.Builder, t *words) {
	attrs := ` font-family="` + t.family + `" font-size="` + num(t.size) + `"`
	if t.bold {
		attrs += ` font-weight="700"`
	}
	if t.italic {
		attrs += ` font-style="italic"`
	}
	attrs += w.paint("fill", t.fill)
	if t.stroke != nil {
		attrs += w.paint("stroke", t.stroke) + ` stroke-width="` + num(t.strokeW) + `"`
	}
	attrs += opacity(t.alpha)
	if t.turn == ofd.Identity {
		fmt.Fprintf(out, `<text x="%s" y="%s"%s%s>%s</text>`, places(t.runes, t.x), places(t.runes, t.y), transform(t.m), attrs, escape(t.runes))
		return
	}
	fmt.Fprintf(out, `<g%s%s>`, transform(t.m), attrs)
	for i, r := range t.runes {
		fmt.Fprintf(out, `<text%s>%s</text>`, transform(ofd.Shift(t.x[i], t.y[i]).Then(t.turn)), escape([]rune{r}))
	}
	out.WriteString("</g>")
}

// places writes a number for each UTF-16 unit, which is how SVG counts.
func places(runes []rune, v []float64) string {
	var s strings.Builder
	for i, r := range runes {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(num(v[i]))
		if r > 0xFFFF {
			s.WriteString(" " + num(v[i]))
		}
	}
	return s.String()
}

func escape(runes []rune) string {
	var s strings.Builder
	for _, r := range runes {
		switch r {
		case '<':
			s.WriteString("&lt;")
		case '>':
			s.WriteString("&gt;")
		case '&':
			s.WriteString("&amp;")
		default:
			s.WriteRune(r)
		}
	}
	return s.String()
}

func transform(m ofd.Matrix) string {
	switch {
	case m == ofd.Identity:
		return ""
	case m[0] == 1 && m[1] == 0 && m[2] == 0 && m[3] == 1:
		return ` transform="translate(` + num(m[4]) + " " + num(m[5]) + `)"`
	}
	return ` transform="matrix(` + matrix(m) + `)"`
}

// matrix writes six numbers; the first four may be small without being nothing.
func matrix(m ofd.Matrix) string {
	var s strings.Builder
	for i, v := range m {
		if i > 0 {
			s.WriteByte(' ')
		}
		if i < 4 {
			s.WriteString(digits(v, 7))
		} else {
			s.WriteString(num(v))
		}
	}
	return s.String()
}

func opacity(alpha float64) string {
	if alpha >= 1 {
		return ""
	}
	return ` opacity="` + num(alpha) + `"`
}

// data writes a path.
func data(p path) string {
	var s strings.Builder
	last := byte(0)
	for _, seg := range p {
		if seg.op != last {
			s.WriteByte(seg.op)
		} else {
			s.WriteByte(' ')
		}
		if last = seg.op; last == 'M' {
			last = 0 // a second M without its letter would be a line
		}
		if seg.op == 'Z' {
			last = 0
			continue
		}
		for i := range seg.numbers() {
			if i > 0 {
				s.WriteByte(' ')
			}
			v := seg.n[i]
			if seg.op == 'A' && (i == 3 || i == 4) { // flags are 0 or 1
				if v != 0 {
					v = 1
				}
			}
			s.WriteString(num(v))
		}
	}
	return s.String()
}

func nums(v []float64) string {
	out := make([]string, len(v))
	for i := range v {
		out[i] = num(v[i])
	}
	return strings.Join(out, " ")
}

// num writes a length to a tenth of a micrometre.
func num(v float64) string { return digits(v, 4) }

// digits writes a number without exponent. What is no number, or lies beyond
// anything that is visible, is brought back.
func digits(v float64, places int) string {
	if math.IsNaN(v) {
		v = 0
	}
	v = min(max(v, -1e7), 1e7)
	s := strconv.FormatFloat(v, 'f', places, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}
