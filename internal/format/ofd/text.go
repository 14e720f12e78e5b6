package ofd

import (
	"maps"
	"math"
	"slices"
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
	return p.newTextReader().page(d, page)
}

func (p *Package) newTextReader() *textReader {
	t := &textReader{p: p, budget: 16 << 20, templates: make(map[string][]Glyph)}
	for _, m := range p.byName {
		t.budget = min(t.budget+2*min(m.size, p.ceiling), p.ceiling)
	}
	return t
}

// A textReader gathers the glyphs of pages, one after the other.
type textReader struct {
	p          *Package
	composites map[string]*node
	glyphs     []Glyph
	objects    int                // drawn so far; bounds composites that hold composites
	budget     int64              // bytes that may still be read: all parts twice, but not one a thousand times
	templates  map[string][]Glyph // read once for all pages
}

func (t *textReader) page(d *Document, page int) ([]Glyph, error) {
	pg, err := d.Page(page)
	if err != nil {
		return nil, err
	}
	if pg.Err != nil {
		return nil, pg.Err
	}
	t.glyphs, t.objects = nil, 0
	if err := t.readUnits(d, pg); err != nil {
		return nil, err
	}
	if err := t.template(d, pg, false); err != nil {
		return nil, err
	}
	if err := t.part(pg.Path); err != nil {
		return nil, err
	}
	if err := t.template(d, pg, true); err != nil {
		return nil, err
	}
	for _, name := range t.p.annotationsOf(d, pg) {
		if err := t.part(name); err != nil {
			return nil, err
		}
	}
	return t.glyphs, nil
}

// template adds the text of the templates before or behind the page's own.
func (t *textReader) template(d *Document, pg *Page, foreground bool) error {
	for _, u := range pg.uses {
		name := d.templates[u.id]
		if name == "" || u.foreground != foreground || !t.p.Has(name) {
			continue
		}
		known, ok := t.templates[name]
		if !ok {
			before := len(t.glyphs)
			if err := t.part(name); err != nil {
				return err
			}
			known = slices.Clone(t.glyphs[before:])
			for i := range known {
				known[i].object = -known[i].object // apart from the objects of any page
			}
			t.templates[name] = known
			continue
		}
		if len(t.glyphs)+len(known) > t.p.lim.Glyphs {
			return t.tooMany(pg.Path)
		}
		t.glyphs = append(t.glyphs, known...)
	}
	return nil
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

// readUnits gathers the CompositeGraphicUnits that a page can draw, by ID.
func (t *textReader) readUnits(d *Document, pg *Page) error {
	d.unitsOnce.Do(func() {
		d.units = make(map[string]*node)
		for _, name := range t.p.DocumentResources(d) {
			t.p.collectUnits(name, d.units)
		}
	})
	t.composites = d.units
	own := t.p.PageResources(d, pg)
	if len(own) == 0 {
		return nil
	}
	t.composites = maps.Clone(d.units)
	for _, name := range own {
		if err := t.spend(t.p.byName[name].size); err != nil {
			return err
		}
		t.p.collectUnits(name, t.composites)
	}
	return nil
}

func (p *Package) collectUnits(name string, units map[string]*node) {
	tree, err := p.readTree(name)
	if err != nil {
		return // Parts reports it
	}
	for _, list := range tree.all("CompositeGraphicUnits") {
		for _, unit := range list.all("CompositeGraphicUnit") {
			units[unit.attr("ID")] = unit
		}
	}
}

// part reads page content, a template or an annotation file without holding it
// as a tree: a page may be large.
func (t *textReader) part(name string) error {
	raw, err := t.p.Read(name)
	if err != nil {
		return err
	}
	if err := t.spend(int64(len(raw))); err != nil {
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
		m      Matrix
		hidden bool
	}
	frames := []frame{{m: Identity}}
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
				next.m = top.m.Then(objectMatrix(box, ""))
			}
			frames = append(frames, next)
		case tokenEnd:
			frames = frames[:len(frames)-1]
		}
	}
}

// object draws one node: a text, a composite, or something that holds them.
func (t *textReader) object(place string, n *node, m Matrix, depth int) error {
	const mostObjects, deepest = 1_000_000, 16
	if t.objects++; t.objects > mostObjects {
		return fault.New(fault.InputTooLarge, "what", "number of objects of "+place, "limit", mostObjects)
	}
	if strings.TrimSpace(n.attr("Visible")) == "false" {
		return nil
	}
	switch n.name {
	case "TextObject":
		return t.textObject(place, n, m.Then(objectMatrix(n.attr("Boundary"), n.attr("CTM"))))
	case "CompositeObject":
		unit := t.composites[n.attr("ResourceID")]
		if unit == nil || depth >= deepest {
			return nil
		}
		return t.object(place, unit.kid("Content").orEmpty(), m.Then(objectMatrix(n.attr("Boundary"), n.attr("CTM"))), depth+1)
	case "Content", "Layer", "PageBlock":
		for _, k := range n.kids {
			if err := t.object(place, k, m, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *textReader) spend(n int64) error {
	if t.budget -= min(n, t.p.ceiling); t.budget < 0 {
		return fault.New(fault.InputTooLarge, "what", "text of the document", "limit", "twice its parts")
	}
	return nil
}

func (t *textReader) tooMany(place string) error {
	return fault.New(fault.InputTooLarge, "what", "number of characters of "+place, "limit", t.p.lim.Glyphs)
}

func (t *textReader) add(place string, g Glyph) error {
	if len(t.glyphs) >= t.p.lim.Glyphs {
		return t.tooMany(place)
	}
	if g.Box.finite() && !math.IsNaN(g.X+g.Y) {
		t.glyphs = append(t.glyphs, g)
	}
	return nil
}
