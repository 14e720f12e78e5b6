package ofd

import (
	"slices"
	"strings"
)

// A splice puts Insert in the place of Delete bytes at Offset. Signing changes
// existing XML by splices alone: what is there keeps its bytes.
type splice struct {
	offset, remove int
	insert         string
}

// applySplices carries out the splices, which must not overlap.
func applySplices(src []byte, splices []splice) []byte {
	slices.SortStableFunc(splices, func(a, b splice) int { return a.offset - b.offset })
	out := make([]byte, 0, len(src)+256)
	at := 0
	for _, s := range splices {
		out = append(out, src[at:s.offset]...)
		out = append(out, s.insert...)
		at = s.offset + s.remove
	}
	return append(out, src[at:]...)
}

// into makes the splice that puts text before an element's end tag; an element
// that closes itself is opened up for it.
func (n *node) into(text string) splice {
	if !n.closed {
		return splice{offset: n.endStart, insert: text}
	}
	slash := n.tagEnd - len("/>")
	return splice{offset: slash, remove: len("/>"), insert: ">" + text + "</" + qualify(n.prefix, n.name) + ">"}
}

// replaceText makes the splice that gives an element text for its content.
func (n *node) replaceText(text string) splice {
	if n.closed {
		return n.into(text)
	}
	return splice{offset: n.tagEnd, remove: n.endStart - n.tagEnd, insert: text}
}

func qualify(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// escapeXML makes text fit for an attribute or an element.
func escapeXML(s string) string { return xmlEscaper.Replace(s) }
