package ofd

// This file says which parts make up a page's picture, in which order.

// DrawnParts lists the parts whose content makes up a page, the lowest first:
// templates in the background, the page itself, templates in the foreground
// (GB/T 33190-2016 7.7). A template that the page names and the document does
// not know is "". Annotations lie above: see [Package.AnnotationParts].
func (p *Package) DrawnParts(d *Document, pg *Page) []string {
	var below, above []string
	for _, u := range pg.uses {
		if u.foreground {
			above = append(above, d.templates[u.id])
		} else {
			below = append(below, d.templates[u.id])
		}
	}
	return append(append(below, pg.Path), above...)
}

// AnnotationParts lists the annotation files of a page, in order.
func (p *Package) AnnotationParts(d *Document, pg *Page) []string { return p.annotationsOf(d, pg) }

// DocumentResources lists the resource parts of the whole document.
func (p *Package) DocumentResources(d *Document) []string {
	var out []string
	common := d.tree.kid("CommonData")
	for _, kind := range []string{"PublicRes", "DocumentRes"} {
		for _, n := range common.all(kind) {
			if name, _, ok := p.Resolve(d.Root, n.value()); ok {
				out = append(out, name)
			}
		}
	}
	return out
}

// PageResources lists the resource parts that a page and its templates name for
// themselves; where an ID stands in several, the later part has it.
func (p *Package) PageResources(d *Document, pg *Page) []string {
	var out []string
	add := func(from string, refs []string) {
		for _, ref := range refs {
			if name, _, ok := p.Resolve(from, ref); ok {
				out = append(out, name)
			}
		}
	}
	for _, name := range pg.Templates {
		if head, err := p.scanPage(name); err == nil {
			add(name, head.res)
		}
	}
	add(pg.Path, pg.res)
	return out
}

// ResourceFile finds the file that ref names in the resource part res, whose
// root element is root. BaseLoc is the folder of such files; some writers put
// them beside the resource part itself.
func (p *Package) ResourceFile(res string, root Element, ref string) (name string, ok bool) {
	name, _, ok = p.Resolve(p.resourceFolder(res, root.n, ref), ref)
	return name, ok
}

// resourceFolder returns the base from which ref is found.
func (p *Package) resourceFolder(res string, root *node, ref string) string {
	inFolder := res
	if base := resolvePath(res, root.attr("BaseLoc")); base != "" {
		inFolder = base + "/."
	}
	if _, _, ok := p.Resolve(inFolder, ref); !ok {
		if _, _, beside := p.Resolve(res, ref); beside {
			return res
		}
	}
	return inFolder
}
