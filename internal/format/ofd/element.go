package ofd

import "strings"

// An Element is one XML element of a part, for rooms that read more of a part
// than this one does. It goes by local names. The zero Element stands for one
// that is missing: it has no name, no attributes and no children.
type Element struct{ n *node }

// Tree reads a part as XML, in whatever encoding, within the limits for parts
// that are held whole.
func (p *Package) Tree(name string) (Element, error) {
	n, err := p.readTree(name)
	return Element{n}, err
}

// Exists reports whether the element is there.
func (e Element) Exists() bool { return e.n != nil }

// Name is the local name.
func (e Element) Name() string {
	if e.n == nil {
		return ""
	}
	return e.n.name
}

// Kids are the child elements in order.
func (e Element) Kids() []Element {
	if e.n == nil {
		return nil
	}
	return elements(e.n.kids)
}

// Kid is the first child of this name.
func (e Element) Kid(name string) Element { return Element{e.n.kid(name)} }

// All are the children of this name.
func (e Element) All(name string) []Element { return elements(e.n.all(name)) }

func elements(nodes []*node) []Element {
	out := make([]Element, len(nodes))
	for i, n := range nodes {
		out[i] = Element{n}
	}
	return out
}

// Text is the character data directly inside, trimmed.
func (e Element) Text() string { return e.n.value() }

// Attr is an attribute's value, trimmed, "" when it is absent.
func (e Element) Attr(name string) string { return strings.TrimSpace(e.n.attr(name)) }

// Number reads an attribute; what cannot be read counts as absent.
func (e Element) Number(name string, otherwise float64) float64 {
	return number(e.n, name, otherwise)
}

// Numbers reads an attribute as a list, nil when it cannot be read.
func (e Element) Numbers(name string) []float64 {
	n, err := parseNumbers(e.n.attr(name))
	if err != nil {
		return nil
	}
	return n
}

// Box reads an attribute as a box.
func (e Element) Box(name string) (Box, bool) {
	b, err := parseBox(e.n.attr(name))
	return b, err == nil
}

// Matrix is what places the element's own coordinates in its parent's: its CTM,
// then the corner of its Boundary.
func (e Element) Matrix() Matrix { return objectMatrix(e.n.attr("Boundary"), e.n.attr("CTM")) }
