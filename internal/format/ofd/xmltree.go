package ofd

import (
	"strings"
	"unicode/utf8"

	"xinzhang/internal/fault"
)

// A node is one element of a small XML part. Names are local names: vendors mix
// the namespaces http://www.ofdspec.org/2016 and http://www.ofdspec.org, and
// some write none.
type node struct {
	name   string
	prefix string
	attrs  []attr
	kids   []*node
	text   string // character data directly inside, joined

	// Offsets in the source: of the start tag, and of the end tag. An element
	// that closes itself has an empty end tag at tagEnd.
	start, tagEnd, endStart, end int
	closed                       bool
}

// parseTree reads a whole XML part in UTF-8 into a tree.
func parseTree(place string, src []byte, lim Limits) (*node, error) {
	s, err := newScanner(place, src, lim)
	if err != nil {
		return nil, err
	}
	t, ok, err := s.next()
	if err != nil || !ok {
		return nil, err
	}
	top, err := s.collect(t)
	if err != nil {
		return nil, err
	}
	if _, _, err := s.next(); err != nil { // nothing may follow the root
		return nil, err
	}
	return top, nil
}

// collect reads the element that the start tag t opened, up to its end, into a
// tree.
func (s *scanner) collect(t token) (*node, error) {
	top := startNode(t)
	path := []*node{top}
	texts := [][]byte{nil}
	for count := 1 + len(t.attrs); ; {
		t, ok, err := s.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, s.fail(s.pos, "ends inside an element")
		}
		here := path[len(path)-1]
		switch t.kind {
		case tokenStart:
			if count += 1 + len(t.attrs); count > s.lim.Elements {
				return nil, fault.New(fault.InputTooLarge, "what", "number of XML elements in "+s.place, "limit", s.lim.Elements)
			}
			n := startNode(t)
			here.kids = append(here.kids, n)
			path, texts = append(path, n), append(texts, nil)
		case tokenText:
			texts[len(texts)-1] = append(texts[len(texts)-1], t.text...)
		case tokenEnd:
			here.endStart, here.end = t.start, t.end
			here.text = string(texts[len(texts)-1])
			path, texts = path[:len(path)-1], texts[:len(texts)-1]
			if len(path) == 0 {
				return top, nil
			}
		}
	}
}

func startNode(t token) *node {
	n := &node{name: t.local, prefix: t.prefix, start: t.start, tagEnd: t.end, closed: t.closed}
	n.attrs = append(n.attrs, t.attrs...)
	return n
}

// readTree reads a part of the package as XML, in whatever encoding.
func (p *Package) readTree(name string) (*node, error) {
	raw, err := p.readXML(name)
	if err != nil {
		return nil, err
	}
	src, _, err := toUTF8(name, raw)
	if err != nil {
		return nil, err
	}
	return parseTree(name, src, p.lim)
}

// readXML reads a part that will be held as a tree.
func (p *Package) readXML(name string) ([]byte, error) {
	if m := p.byName[name]; m != nil && m.size > p.lim.XMLBytes {
		return nil, fault.New(fault.InputTooLarge, "what", name, "limit", p.lim.XMLBytes)
	}
	return p.Read(name)
}

// readRoot is readTree that also asks for the root element's name.
func (p *Package) readRoot(name, element string) (*node, error) {
	n, err := p.readTree(name)
	if err != nil {
		return nil, err
	}
	if n.name != element {
		return nil, fault.New(fault.DocXMLBroken, "place", name+": <"+clip(n.name)+"> instead of <"+element+">")
	}
	return n, nil
}

// kid returns the first child of this name, or nil.
func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// all returns the children of this name.
func (n *node) all(name string) []*node {
	if n == nil {
		return nil
	}
	var out []*node
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
	}
	return out
}

// walk visits n and every element below it.
func (n *node) walk(visit func(*node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, k := range n.kids {
		k.walk(visit)
	}
}

// attr returns an attribute's value, "" when it is absent.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	v, _ := findAttr(n.attrs, name)
	return v
}

// value returns the text inside, trimmed.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

// orEmpty lets a missing element be walked.
func (n *node) orEmpty() *node {
	if n == nil {
		return &node{}
	}
	return n
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
