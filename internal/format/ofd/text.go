package ofd

import (
	"math"
	"strings"

	"xinzhang/internal/fault"
)

// A Glyph is one character as it stands on a page.
type Glyph struct {
	Rune rune
	Box  Box     // on the page; approximate, since embedded fonts are not read
	X, Y float64 // origin on the baseline
	Size float64 // em on the page, in millimetres

	ux, uy float64 // unit vector along the baseline
	object int32   // glyphs of one TextObject share it
}

// PageText returns the characters of a page in drawing order: background
// templates, content, foreground templates, annotations. Fonts subset into
// private codes give private-use characters. page counts from 1.
//
// Positions follow GB/T 33190-2016 11.3: TextCode's X and Y, then DeltaX and
// DeltaY; without them a character advances by its usual width.
func (p *Package) PageText(d *Document, page int) ([]Glyph, error) {
	pg, err := d.Page(page)
	if err != nil {
		return nil, err
	}
	t := &textReader{p: p, composites: p.compositesOf(d, pg)}
	for _, u := range pg.uses {
		if name := d.template(u.id); name != "" && !u.foreground && p.Has(name) {
			if err := t.part(name); err != nil {
				return nil, err
			}
		}
	}
	if pg.Err != nil {
		return nil, pg.Err
	}
	if err := t.part(pg.Path); err != nil {
		return nil, err
	}
	for _, u := range pg.uses {
		if name := d.template(u.id); name != "" && u.foreground && p.Has(name) {
			if err := t.part(name); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range p.annotationsOf(d, pg) {
		if err := t.part(name); err != nil {
			return nil, err
		}
	}
	return t.glyphs, nil
}

// annotationsOf lists the annotation files of a page.
func (p *Package) annotationsOf(d *Document, pg *Page) []string {
	d.annotOnce.Do(func() {
		d.annots = make(map[int][]string)
		for _, n := range d.tree.all("Annotations") {
			path, _, ok := p.Resolve(d.Root, n.value())
			if !ok {
				continue
			}
			tree, err := p.readTree(path)
			if err != nil {
				continue // Parts reports it
			}
			for _, a := range tree.all("Page") {
				shown := d.PageByID(a.attr("PageID"))
				for _, loc := range a.all("FileLoc") {
					if name, _, ok := p.Resolve(path, loc.value()); ok && shown != nil {
						d.annots[shown.Index] = append(d.annots[shown.Index], name)
					}
				}
			}
		}
	})
	return d.annots[pg.Index]
}

// compositesOf finds the CompositeGraphicUnits a page can draw, by ID.
func (p *Package) compositesOf(d *Document, pg *Page) map[string]*node {
	d.unitsOnce.Do(func() {
		d.units = make(map[string]*node)
		common := d.tree.kid("CommonData")
		for _, n := range append(common.all("PublicRes"), common.all("DocumentRes")...) {
			p.collectUnits(d.Root, n.value(), d.units)
		}
	})
	if len(pg.res) == 0 {
		return d.units
	}
	units := make(map[string]*node, len(d.units))
	for id, n := range d.units {
		units[id] = n
	}
	for _, res := range pg.res {
		p.collectUnits(pg.Path, res, units)
	}
	return units
}

func (p *Package) collectUnits(from, ref string, units map[string]*node) {
	path, _, ok := p.Resolve(from, ref)
	if !ok {
		return
	}
	tree, err := p.readTree(path)
	if err != nil {
		return // Parts reports it
	}
	for _, list := range tree.all("CompositeGraphicUnits") {
		for _, unit := range list.all("CompositeGraphicUnit") {
			units[unit.attr("ID")] = unit
		}
	}
}

// A textReader gathers the glyphs of one page.
type textReader struct {
	p          *Package
	composites map[string]*node
	glyphs     []Glyph
	objects    int // drawn so far; bounds composites that hold composites
}

// part reads page content, a template or an annotation file without holding it
// as a tree: a page may be large.
func (t *textReader) part(name string) error {
	raw, err := t.p.Read(name)
	if err != nil {
		return err
	}
	src, _, err := toUTF8(name, raw)
	if err != nil {
		return err
	}
	s, err := newScanner(name, src, t.p.lim)
	if err != nil {
		return err
	}
	type frame struct {
		m      matrix
		hidden bool
	}
	frames := []frame{{m: identity}}
	for {
		tok, ok, err := s.next()
		if err != nil || !ok {
			return err
		}
		top := frames[len(frames)-1]
		switch tok.kind {
		case tokenStart:
			next := top
			visible, stated := tok.attr("Visible")
			next.hidden = top.hidden || stated && strings.TrimSpace(visible) == "false"
			if tok.local == "TextObject" || tok.local == "CompositeObject" {
				n, err := s.collect(tok)
				if err == nil && !next.hidden {
					err = t.object(name, n, top.m, 0)
				}
				if err != nil {
					return err
				}
				continue
			}
			if tok.local == "Appearance" {
				box, _ := tok.attr("Boundary")
				next.m = top.m.then(objectMatrix(box, ""))
			}
			frames = append(frames, next)
		case tokenEnd:
			frames = frames[:len(frames)-1]
		}
	}
}

// object draws one node: a text, a composite, or something that holds them.
func (t *textReader) object(place string, n *node, m matrix, depth int) error {
	const mostObjects, deepest = 1_000_000, 16
	if t.objects++; t.objects > mostObjects {
		return fault.New(fault.InputTooLarge, "what", "number of objects of "+place, "limit", mostObjects)
	}
	if strings.TrimSpace(n.attr("Visible")) == "false" {
		return nil
	}
	switch n.name {
	case "TextObject":
		return t.textObject(place, n, m.then(objectMatrix(n.attr("Boundary"), n.attr("CTM"))))
	case "CompositeObject":
		unit := t.composites[n.attr("ResourceID")]
		if unit == nil || depth >= deepest {
			return nil
		}
		return t.object(place, unit.kid("Content").orEmpty(), m.then(objectMatrix(n.attr("Boundary"), n.attr("CTM"))), depth+1)
	case "Content", "Layer", "PageBlock":
		for _, k := range n.kids {
			if err := t.object(place, k, m, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *textReader) add(place string, g Glyph) error {
	if len(t.glyphs) >= t.p.lim.Glyphs {
		return fault.New(fault.InputTooLarge, "what", "number of characters of "+place, "limit", t.p.lim.Glyphs)
	}
	if g.Box.finite() && !math.IsNaN(g.X+g.Y) {
		t.glyphs = append(t.glyphs, g)
	}
	return nil
}
