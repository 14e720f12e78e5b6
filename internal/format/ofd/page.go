package ofd

import (
	"bytes"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
)

// pageHead is what a page or template says beside its drawing.
type pageHead struct {
	area    Box
	hasArea bool
	uses    []templateUse
	res     []string // PageRes
}

// A templateUse is a page's Template element.
type templateUse struct {
	id         string
	foreground bool
}

// headMarks are the element names that scanPage is after. A page that holds
// none of these bytes has none of the elements, and most pages are settled by
// this search and a look at both ends without being parsed.
var headMarks = [][]byte{[]byte("PageRes"), []byte("Template"), []byte("Area")}

// scanPage reads a page's content once, keeps its digest, and picks up what the
// page says about other parts. A large document is read at the speed of
// inflating and hashing.
func (p *Package) scanPage(name string) (pageHead, error) {
	p.mu.Lock()
	known, ok := p.heads[name]
	p.mu.Unlock()
	if !ok {
		known.head, known.err = p.readHead(name)
		p.mu.Lock()
		p.heads[name] = known
		p.mu.Unlock()
	}
	return known.head, known.err
}

type pageScan struct {
	head pageHead
	err  error
}

// pageBuffers are kept because new room has to be cleared, which for thousands
// of pages takes as long as hashing them. Nothing of a head lies in a buffer.
var pageBuffers sync.Pool // of *[]byte

// keptBuffer is the largest buffer worth keeping; a larger page is an oddity.
const keptBuffer = 16 << 20

func (p *Package) readHead(name string) (pageHead, error) {
	buf, ok := pageBuffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	raw, err := p.readTo(name, *buf)
	if cap(raw) <= keptBuffer {
		*buf = raw
		defer pageBuffers.Put(buf)
	}
	if err != nil {
		return pageHead{}, err
	}
	p.keepDigest(name, sm3.Sum(raw))
	src, _, err := toUTF8(name, raw)
	if err != nil {
		return pageHead{}, err
	}
	if !p.isPlainPage(name, src) {
		return p.parseHead(name, src)
	}
	return pageHead{}, nil
}

// isPlainPage reports whether src begins and ends as a page does and holds none
// of headMarks. Its beginning is parsed: a DTD, which could draw in another file,
// has no other place. Whatever looks odd at either end is left to parseHead.
func (p *Package) isPlainPage(name string, src []byte) bool {
	s := &scanner{place: name, src: src, lim: p.lim, interned: make(map[string]string)}
	s.skipMark()
	t, ok, err := s.next()
	if err != nil || !ok || t.kind != tokenStart || t.local != pageRoot {
		return false
	}
	if !utf8.Valid(src[:t.end]) || badByte(src[:t.end]) >= 0 {
		return false
	}
	tag := pageRoot
	if t.prefix != "" {
		tag = t.prefix + ":" + pageRoot
	}
	inside, closed := bytes.CutSuffix(bytes.TrimRight(src, " \t\r\n"), []byte("</"+tag+">"))
	if !closed || len(inside) < t.end {
		return false
	}
	for _, mark := range headMarks {
		if bytes.Contains(src, mark) {
			return false
		}
	}
	return true
}

// pageRoot is the root element of pages and of templates.
const pageRoot = "Page"

// mostUses is more templates and resource lists than a page needs.
const mostUses = 32

func (p *Package) parseHead(name string, src []byte) (pageHead, error) {
	var h pageHead
	s, err := newScanner(name, src, p.lim)
	if err != nil {
		return h, err
	}
	var text []byte
	inArea := false
	for {
		t, ok, err := s.next()
		if err != nil || !ok {
			return h, err
		}
		if len(h.uses)+len(h.res) > mostUses {
			return h, fault.New(fault.InputTooLarge, "what", "number of templates and resources of "+name, "limit", mostUses)
		}
		depth := len(s.open)
		switch t.kind {
		case tokenStart:
			text = text[:0]
			switch {
			case depth == 1 && t.local != pageRoot:
				return h, fault.New(fault.DocXMLBroken, "place", name+": <"+clip(t.local)+"> instead of <"+pageRoot+">")
			case depth == 2 && t.local == "Template":
				id, _ := t.attr("TemplateID")
				z, _ := t.attr("ZOrder")
				if use := (templateUse{id, z == "Foreground"}); !slices.Contains(h.uses, use) {
					h.uses = append(h.uses, use)
				}
			case depth == 2:
				inArea = t.local == "Area"
			}
		case tokenText:
			if depth <= 3 {
				text = append(text, t.text...)
			}
		case tokenEnd:
			value := string(bytes.TrimSpace(text))
			switch {
			case depth == 1 && t.local == "PageRes":
				if !slices.Contains(h.res, value) {
					h.res = append(h.res, value)
				}
			case depth == 2 && inArea && t.local == "PhysicalBox":
				if b, err := parseBox(value); err == nil && b.W > 0 && b.H > 0 {
					h.area, h.hasArea = b, true
				}
			}
			text = text[:0]
		}
	}
}
