package render

import (
	"xinzhang/internal/format/ofd"
)

// resources are what objects name by ID: of the document, and on top of them of
// a page.
type resources struct {
	below *resources
	byID  map[resourceKey]resource
	parts []string // that could not be read
}

type resourceKey struct{ kind, id string }

// A resource is an element with the part it stands in.
type resource struct {
	ofd.Element
	part string
	root ofd.Element
}

func newResources(below *resources) *resources {
	return &resources{below: below, byID: make(map[resourceKey]resource)}
}

// The kinds of resources, by the element that lists them.
var resourceLists = map[string]string{
	"ColorSpaces":           "ColorSpace",
	"DrawParams":            "DrawParam",
	"Fonts":                 "Font",
	"MultiMedias":           "MultiMedia",
	"CompositeGraphicUnits": "CompositeGraphicUnit",
}

// load reads a resource part. A part that cannot be read is kept in parts; what
// misses its resources will say so.
func (r *resources) load(pkg *ofd.Package, part string) {
	root, err := pkg.Tree(part)
	if err != nil {
		r.parts = append(r.parts, part)
		return
	}
	for _, list := range root.Kids() {
		kind, ok := resourceLists[list.Name()]
		if !ok {
			continue
		}
		for _, e := range list.All(kind) {
			r.byID[resourceKey{kind, e.Attr("ID")}] = resource{e, part, root}
		}
	}
}

// find returns a resource; it does not exist when ok is false.
func (r *resources) find(kind, id string) (found resource, ok bool) {
	for ; r != nil; r = r.below {
		if found, ok = r.byID[resourceKey{kind, id}]; ok {
			return found, true
		}
	}
	return resource{}, false
}
