package ofd

import (
	"bytes"
	"slices"
	"sync"

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
// this search without being parsed.
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
	for _, mark := range headMarks {
		if bytes.Contains(src, mark) {
			return p.parseHead(name, src)
		}
	}
	return pageHead{}, nil
}

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
