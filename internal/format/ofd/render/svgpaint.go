package render

import (
	"fmt"
	"math"
	"strings"

	"xinzhang/internal/format/ofd"
)

// paint writes a fill or a stroke.
func (w *writer) paint(name string, p *paint) string {
	switch {
	case p == nil:
		if name == "fill" {
			return ` fill="none"`
		}
		return ""
	case p.gradient != nil:
		return fmt.Sprintf(` %s="url(#%s)"%s`, name, w.gradient(p.gradient), paintOpacity(name, p.alpha))
	case p.tile != nil:
		return fmt.Sprintf(` %s="url(#%s)"%s`, name, w.tile(p.tile), paintOpacity(name, p.alpha))
	}
	return fmt.Sprintf(` %s="%s"%s`, name, hex(p.r, p.g, p.b), paintOpacity(name, p.alpha))
}

func hex(r, g, b uint8) string { return fmt.Sprintf("#%02x%02x%02x", r, g, b) }

func paintOpacity(name string, alpha float64) string {
	if alpha >= 1 {
		return ""
	}
	return fmt.Sprintf(` %s-opacity="%s"`, name, num(alpha))
}

func (w *writer) gradient(g *gradient) string {
	id := w.id()
	element, place := "linearGradient", fmt.Sprintf(`x1="%s" y1="%s" x2="%s" y2="%s"`, num(g.x1), num(g.y1), num(g.x2), num(g.y2))
	if g.radial {
		element = "radialGradient"
		place = fmt.Sprintf(`cx="%s" cy="%s" r="%s" fx="%s" fy="%s" fr="%s"`, num(g.x2), num(g.y2), num(g.r2), num(g.x1), num(g.y1), num(g.r1))
	}
	spread := ""
	if g.spread != "pad" {
		spread = ` spreadMethod="` + g.spread + `"`
	}
	turn := strings.Replace(transform(g.m), " transform", " gradientTransform", 1)
	var def strings.Builder
	fmt.Fprintf(&def, `<%s id="%s" gradientUnits="userSpaceOnUse" %s%s%s>`, element, id, place, spread, turn)
	for _, s := range g.stops {
		fmt.Fprintf(&def, `<stop offset="%s" stop-color="%s"`, num(s.at), hex(s.r, s.g, s.b))
		if s.alpha < 1 {
			fmt.Fprintf(&def, ` stop-opacity="%s"`, num(s.alpha))
		}
		def.WriteString("/>")
	}
	fmt.Fprintf(&def, `</%s>`, element)
	w.defs.WriteString(def.String())
	return id
}

func (w *writer) tile(t *tile) string {
	id := w.id()
	cell := &group{m: ofd.Identity, alpha: 1, clip: []area{boxArea(ofd.Box{W: t.w, H: t.h})}, items: t.items}
	var inner strings.Builder
	w.items(&inner, []item{cell})
	turn := strings.Replace(transform(t.m), " transform", " patternTransform", 1)
	fmt.Fprintf(&w.defs, `<pattern id="%s" patternUnits="userSpaceOnUse" width="%s" height="%s"%s>%s</pattern>`,
		id, num(math.Max(t.xStep, 0.05)), num(math.Max(t.yStep, 0.05)), turn, inner.String())
	return id
}
