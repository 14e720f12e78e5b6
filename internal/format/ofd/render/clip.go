package render

import (
	"xinzhang/internal/format/ofd"
)

// clipped applies an object's Clips (GB/T 33190-2016 8.4): the object shows
// inside every Clip, and a Clip is the union of its Areas. Areas lie in the
// object's own space, as its path or text does, so its CTM moves them too, unless
// TransFlag says that they stay.
func (b *builder) clipped(o ofd.Element, drawn item) item {
	clips := o.Kid("Clips")
	if !clips.Exists() {
		return drawn
	}
	m := o.Matrix()
	if clips.Attr("TransFlag") == "false" {
		m = ofd.Identity
		if box, ok := o.Box("Boundary"); ok {
			m = ofd.Shift(box.X, box.Y)
		}
	}
	g := &group{m: ofd.Identity, alpha: 1, items: []item{drawn}}
	for _, c := range clips.All("Clip") {
		if !b.spendItems(1) {
			return nil
		}
		g.clip = append(g.clip, b.clipAreas(c, m))
	}
	return g
}

func (b *builder) clipAreas(c ofd.Element, m ofd.Matrix) area {
	var out area
	for _, a := range c.All("Area") {
		in := m.Then(a.Matrix())
		for _, p := range a.All("Path") {
			if !b.spendItems(1) {
				return out
			}
			out.outlines = append(out.outlines, clipOutline{in.Then(p.Matrix()), b.outline(p), p.Attr("Rule") == "Even-Odd"})
		}
		for _, t := range a.All("Text") {
			o, ok := b.textOutline(t)
			if !ok {
				b.unsupported(t, whatClipText)
			}
			out.outlines = append(out.outlines, clipOutline{in.Then(t.Matrix()), o, false})
		}
	}
	return out
}
