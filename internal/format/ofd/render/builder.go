package render

import (
	"fmt"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A builder turns one page into a display list.
type builder struct {
	*meter
	r     *Renderer
	res   *resources
	notes *notes
	part  string // being drawn
	grey  bool   // everything is drawn in grey
	tiles int    // patterns within patterns
	seen  map[imageKey]bool
}

func newBuilder(r *Renderer) *builder {
	return &builder{meter: &meter{lim: r.opt.Limits}, r: r, res: r.common, notes: &notes{}, seen: make(map[imageKey]bool)}
}

// page reads what makes up a page, but for its seals.
func (b *builder) page(n int) ([]item, ofd.Box, error) {
	pg, err := b.r.doc.Page(n)
	if err != nil {
		return nil, ofd.Box{}, err
	}
	if pg.Err != nil {
		return nil, ofd.Box{}, pg.Err
	}
	if own := b.r.pkg.PageResources(b.r.doc, pg); len(own) > 0 {
		b.res = newResources(b.r.common)
		for _, name := range own {
			b.res.load(b.r.pkg, name)
		}
	}
	for _, part := range slices.Concat(b.r.common.parts, b.res.parts) {
		b.notes.add(part, fault.RenderBroken, "what", whatPart)
	}
	var out []item
	for _, part := range b.r.pkg.DrawnParts(b.r.doc, pg) {
		out = append(out, b.content(part, part == pg.Path)...)
	}
	for _, part := range b.r.pkg.AnnotationParts(b.r.doc, pg) {
		out = append(out, b.annotations(part)...)
	}
	return out, pg.Area, b.err
}

// tree reads a part that the page is made of.
func (b *builder) tree(part string) (ofd.Element, error) {
	for _, e := range b.r.pkg.Entries() {
		if e.Name == part && !b.spendBytes(e.Size) {
			return ofd.Element{}, b.err
		}
	}
	b.part = part
	return b.r.pkg.Tree(part)
}

// content draws a page or a template: its layers from the background to the
// foreground, those of one type in order.
func (b *builder) content(part string, own bool) []item {
	if part == "" || !b.r.pkg.Has(part) {
		b.notes.add(part, fault.RenderMissing, "what", whatTemplate)
		return nil
	}
	root, err := b.tree(part)
	if err != nil {
		if own {
			b.fail(err)
		}
		b.notes.add(part, fault.RenderBroken, "what", whatTemplate)
		return nil
	}
	b.noteActions(root)
	var layers []ofd.Element
	for _, c := range root.All("Content") {
		layers = append(layers, c.All("Layer")...)
	}
	rank := map[string]int{"Background": -1, "Foreground": 1}
	slices.SortStableFunc(layers, func(x, y ofd.Element) int { return rank[x.Attr("Type")] - rank[y.Attr("Type")] })
	var out []item
	for _, l := range layers {
		out = append(out, b.objects(l, b.style(styleOf(), l), 0)...)
	}
	return out
}

func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// annotations draws the appearance of a page's annotations: watermarks, stamps,
// remarks. Hidden ones are left out, as in every reader.
func (b *builder) annotations(part string) []item {
	root, err := b.tree(part)
	if err != nil {
		b.notes.add(part, fault.RenderBroken, "what", whatAnnotation)
		return nil
	}
	b.noteActions(root)
	var out []item
	for _, a := range root.All("Annot") {
		if a.Attr("Visible") == "false" {
			continue
		}
		for _, look := range a.All("Appearance") {
			g := &group{m: look.Matrix(), alpha: 1, items: b.objects(look, styleOf(), 0)}
			if box, ok := look.Box("Boundary"); ok && box.W > 0 && box.H > 0 {
				g.clip = []area{boxArea(ofd.Box{W: box.W, H: box.H})}
			}
			out = append(out, g)
		}
	}
	return out
}

func (b *builder) noteActions(e ofd.Element) {
	if e.Kid("Actions").Exists() {
		b.notes.add(b.place(e), fault.RenderActionIgnored)
	}
}

// place names an object for a note.
func (b *builder) place(e ofd.Element) string {
	id := e.Attr("ID")
	if id == "" {
		return b.part
	}
	return fmt.Sprintf("%s #%.20s", b.part, id)
}

func (b *builder) unsupported(e ofd.Element, w what) {
	b.notes.add(b.place(e), fault.RenderUnsupported, "what", w)
}

func (b *builder) broken(e ofd.Element, w what) {
	b.notes.add(b.place(e), fault.RenderBroken, "what", w)
}

func (b *builder) missing(e ofd.Element, w what) {
	b.notes.add(b.place(e), fault.RenderMissing, "what", w)
}

// objects draws what lies in a layer, block or appearance.
func (b *builder) objects(in ofd.Element, s style, depth int) []item {
	var out []item
	for _, o := range in.Kids() {
		if b.err != nil {
			return nil
		}
		out = append(out, b.object(o, s, depth)...)
	}
	return out
}

func (b *builder) object(o ofd.Element, s style, depth int) []item {
	if o.Attr("Visible") == "false" || !b.spendItems(1) {
		return nil
	}
	if depth > b.lim.Depth {
		b.unsupported(o, whatDepth)
		return nil
	}
	var drawn item
	switch o.Name() {
	case "PageBlock", "Layer", "Content":
		return b.objects(o, b.style(s, o), depth+1)
	case "TextObject":
		drawn = b.text(o, b.style(s, o))
	case "PathObject":
		drawn = b.path(o, b.style(s, o))
	case "ImageObject":
		drawn = b.image(o)
	case "CompositeObject":
		drawn = b.composite(o, b.style(s, o), depth)
	case "Actions", "CTM", "Clips", "Parameters", "Remark":
		return nil // not objects
	default:
		b.unsupported(o, whatObject(o.Name()))
	}
	b.noteActions(o)
	if drawn == nil {
		return nil
	}
	return []item{b.clipped(o, drawn)}
}

// composite draws a CompositeGraphicUnit, clipped to the object's boundary.
func (b *builder) composite(o ofd.Element, s style, depth int) item {
	unit, ok := b.res.find("CompositeGraphicUnit", o.Attr("ResourceID"))
	if !ok {
		b.missing(o, whatComposite)
		return nil
	}
	g := &group{m: o.Matrix(), alpha: alphaOf(o)}
	for _, c := range unit.All("Content") {
		g.items = append(g.items, b.objects(c, s, depth+1)...)
	}
	return b.bounded(o, g)
}

// bounded clips drawn, whose matrix is the object's, to the object's boundary.
func (b *builder) bounded(o ofd.Element, drawn item) item {
	box, ok := o.Box("Boundary")
	if !ok || box.W <= 0 || box.H <= 0 {
		return drawn
	}
	return &group{m: ofd.Identity, alpha: 1, clip: []area{boxArea(box)}, items: []item{drawn}}
}

// alphaOf reads an object's opacity, 0 to 255.
func alphaOf(o ofd.Element) float64 { return min(max(o.Number("Alpha", 255), 0), 255) / 255 }
