package ofd

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"xinzhang/internal/fault"
)

// This file is the XML tokenizer. The standard library's decoder is not used
// because signing needs the byte offset of every tag, hostile parts need limits
// on depth and elements, and pages are large (it is several times faster). It
// takes well-formed UTF-8 without a DTD and nothing else.

type tokenKind uint8

const (
	tokenStart tokenKind = iota
	tokenEnd             // also follows a self-closed start
	tokenText
)

// A token is a tag or a run of text. Offsets are into the scanner's source.
type token struct {
	kind       tokenKind
	local      string // without the prefix
	prefix     string // "ofd", or ""
	start, end int
	closed     bool // a start that closes itself: <a/>
	attrs      []attr
	text       string
}

type attr struct{ prefix, local, value string }

// attr finds an attribute by local name; one without a prefix wins.
func (t *token) attr(local string) (string, bool) { return findAttr(t.attrs, local) }

func findAttr(attrs []attr, local string) (string, bool) {
	at := -1
	for i := range attrs {
		if attrs[i].local != local || attrs[i].prefix == "xmlns" {
			continue
		}
		if attrs[i].prefix == "" {
			return attrs[i].value, true
		}
		if at < 0 {
			at = i
		}
	}
	if at < 0 {
		return "", false
	}
	return attrs[at].value, true
}

type scanner struct {
	place    string
	src      []byte
	pos      int
	open     []openTag
	pending  bool // the end of a self-closed tag is due
	seenRoot bool
	lim      Limits
	interned map[string]string
	attrs    []attr // reused: a token's attrs are valid until the next token
}

type openTag struct{ prefix, local string }

// newScanner reads src, which must be UTF-8. place is its part name.
func newScanner(place string, src []byte, lim Limits) (*scanner, error) {
	s := &scanner{place: place, src: src, lim: lim, interned: make(map[string]string)}
	if !utf8.Valid(src) {
		return nil, s.fail(0, "not valid UTF-8")
	}
	if i := badByte(src); i >= 0 {
		return nil, s.fail(i, "control character")
	}
	s.skipMark()
	return s, nil
}

// skipMark passes over a byte-order mark.
func (s *scanner) skipMark() {
	if bytes.HasPrefix(s.src, utf8BOM) {
		s.pos = len(utf8BOM)
	}
}

var utf8BOM = []byte{0xEF, 0xBB, 0xBF}

// badByte finds a character that XML 1.0 does not allow.
func badByte(src []byte) int {
	for i, c := range src {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return i
		}
	}
	for _, non := range []string{"\uFFFE", "\uFFFF"} {
		if i := bytes.Index(src, []byte(non)); i >= 0 {
			return i
		}
	}
	return -1
}

func (s *scanner) fail(at int, what string) error {
	return fault.Wrap(fault.DocXMLBroken, fmt.Errorf("byte %d: %s", at, what), "place", s.place)
}

// next returns the next tag or text; ok is false at the end of a well-formed
// document. Comments and processing instructions are passed over.
func (s *scanner) next() (t token, ok bool, err error) {
	if s.pending {
		s.pending = false
		return s.endTag(s.pos, s.pos), true, nil
	}
	for s.pos < len(s.src) {
		if s.src[s.pos] != '<' {
			if t, ok, err = s.scanText(); ok || err != nil {
				return t, ok, err
			}
			continue
		}
		rest := s.src[s.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<?")):
			err = s.skipInstruction()
		case bytes.HasPrefix(rest, []byte("<!--")):
			err = s.skipComment()
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			return s.scanCDATA()
		case bytes.HasPrefix(rest, []byte("<!")):
			return t, false, fault.New(fault.DocXMLDoctype, "place", s.place)
		case bytes.HasPrefix(rest, []byte("</")):
			return s.scanEnd()
		default:
			return s.scanStart()
		}
		if err != nil {
			return t, false, err
		}
	}
	if len(s.open) > 0 {
		return t, false, s.fail(len(s.src), "ends inside <"+s.open[len(s.open)-1].local+">")
	}
	if !s.seenRoot {
		return t, false, s.fail(len(s.src), "no element")
	}
	return t, false, nil
}

// endTag pops the open element.
func (s *scanner) endTag(start, end int) token {
	top := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	return token{kind: tokenEnd, prefix: top.prefix, local: top.local, start: start, end: end}
}

func (s *scanner) skipInstruction() error {
	end := bytes.Index(s.src[s.pos:], []byte("?>"))
	if end < 0 {
		return s.fail(s.pos, "instruction without end")
	}
	prefix, local, n, err := s.name(s.pos + 2)
	if err != nil {
		return err
	}
	if after := s.src[n]; after != '?' && !isSpace(after) || n > s.pos+end {
		return s.fail(s.pos, "instruction without a name")
	}
	if prefix == "" && strings.EqualFold(local, "xml") {
		first := s.pos == 0 || s.pos == len(utf8BOM) && bytes.HasPrefix(s.src, utf8BOM)
		if !first || local != "xml" {
			return s.fail(s.pos, "XML declaration not at the start")
		}
	}
	s.pos += end + 2
	return nil
}

func (s *scanner) skipComment() error {
	body := s.src[s.pos+4:]
	end := bytes.Index(body, []byte("--"))
	if end < 0 || end+2 >= len(body) || body[end+2] != '>' {
		return s.fail(s.pos, "comment without end, or with -- inside")
	}
	s.pos += 4 + end + 3
	return nil
}

func (s *scanner) scanCDATA() (t token, ok bool, err error) {
	if len(s.open) == 0 {
		return t, false, s.fail(s.pos, "text outside the root element")
	}
	start := s.pos
	end := bytes.Index(s.src[start:], []byte("]]>"))
	if end < 0 {
		return t, false, s.fail(start, "CDATA without end")
	}
	text := string(s.src[start+len("<![CDATA[") : start+end])
	s.pos = start + end + 3
	return token{kind: tokenText, start: start, end: s.pos, text: normaliseNewlines(text)}, true, nil
}

// scanText reads text up to the next tag. White space outside the root is
// passed over (ok is false).
func (s *scanner) scanText() (t token, ok bool, err error) {
	start := s.pos
	end := bytes.IndexByte(s.src[start:], '<')
	if end < 0 {
		end = len(s.src) - start
	}
	raw := s.src[start : start+end]
	s.pos = start + end
	if len(s.open) == 0 {
		if len(bytes.Trim(raw, " \t\r\n")) > 0 {
			return t, false, s.fail(start, "text outside the root element")
		}
		return t, false, nil
	}
	if i := bytes.Index(raw, []byte("]]>")); i >= 0 {
		return t, false, s.fail(start+i, "]]> outside CDATA")
	}
	text, err := s.unescape(raw, start)
	return token{kind: tokenText, start: start, end: s.pos, text: text}, err == nil, err
}

func (s *scanner) scanEnd() (t token, ok bool, err error) {
	start := s.pos
	prefix, local, n, err := s.name(start + 2)
	if err != nil {
		return t, false, err
	}
	n = s.skipSpace(n)
	if n >= len(s.src) || s.src[n] != '>' {
		return t, false, s.fail(start, "end tag cut short")
	}
	if len(s.open) == 0 || s.open[len(s.open)-1] != (openTag{prefix, local}) {
		return t, false, s.fail(start, "</"+clip(local)+"> closes another element")
	}
	s.pos = n + 1
	return s.endTag(start, s.pos), true, nil
}

func (s *scanner) scanStart() (t token, ok bool, err error) {
	start := s.pos
	if len(s.open) == 0 && s.seenRoot {
		return t, false, s.fail(start, "a second root element")
	}
	if len(s.open) >= s.lim.Depth {
		return t, false, fault.New(fault.InputTooLarge, "what", "XML depth of "+s.place, "limit", s.lim.Depth)
	}
	prefix, local, n, err := s.name(start + 1)
	if err != nil {
		return t, false, err
	}
	t = token{kind: tokenStart, prefix: prefix, local: local, start: start}
	if n, err = s.scanAttrs(n); err != nil {
		return t, false, err
	}
	t.attrs = s.attrs
	if n < len(s.src) && s.src[n] == '/' {
		t.closed = true
		n++
	}
	if n >= len(s.src) || s.src[n] != '>' {
		return t, false, s.fail(start, "start tag cut short")
	}
	s.pos, t.end = n+1, n+1
	s.seenRoot, s.pending = true, t.closed
	s.open = append(s.open, openTag{prefix, local})
	return t, true, nil
}

// scanAttrs reads attributes into s.attrs and returns the offset after them.
func (s *scanner) scanAttrs(n int) (int, error) {
	const most = 256
	s.attrs = s.attrs[:0]
	for {
		at := n
		n = s.skipSpace(n)
		if n >= len(s.src) || s.src[n] == '>' || s.src[n] == '/' {
			return n, nil
		}
		if n == at {
			return n, s.fail(n, "no space before an attribute")
		}
		prefix, local, after, err := s.name(n)
		if err != nil {
			return n, err
		}
		eq := s.skipSpace(after)
		if eq >= len(s.src) || s.src[eq] != '=' {
			return n, s.fail(n, "attribute without a value")
		}
		open := s.skipSpace(eq + 1)
		if open >= len(s.src) || s.src[open] != '"' && s.src[open] != '\'' {
			return n, s.fail(n, "attribute value without quotes")
		}
		length := bytes.IndexByte(s.src[open+1:], s.src[open])
		if length < 0 {
			return n, s.fail(n, "attribute value without end")
		}
		raw := s.src[open+1 : open+1+length]
		if bytes.IndexByte(raw, '<') >= 0 {
			return n, s.fail(n, "< in an attribute value")
		}
		value, err := s.unescape(raw, open+1)
		if err != nil {
			return n, err
		}
		for i := range s.attrs {
			if s.attrs[i].local == local && s.attrs[i].prefix == prefix {
				return n, s.fail(n, "attribute "+clip(local)+" stands twice")
			}
		}
		if len(s.attrs) >= most {
			return n, s.fail(n, "too many attributes")
		}
		s.attrs = append(s.attrs, attr{prefix, local, value})
		n = open + length + 2
	}
}

// name reads a qualified name at n and returns the offset after it.
func (s *scanner) name(n int) (prefix, local string, after int, err error) {
	i, colon := n, -1
	for i < len(s.src) && isNameByte(s.src[i]) {
		if s.src[i] == ':' {
			if colon >= 0 {
				return "", "", 0, s.fail(n, "a name with two colons")
			}
			colon = i
		}
		i++
	}
	begin := n
	if colon >= 0 {
		begin = colon + 1
		prefix = s.intern(s.src[n:colon])
	}
	if i == begin || colon == n || !isNameStart(s.src[begin]) || !isNameStart(s.src[n]) || i >= len(s.src) {
		return "", "", 0, s.fail(n, "a name is expected")
	}
	return prefix, s.intern(s.src[begin:i]), i, nil
}

func (s *scanner) intern(b []byte) string {
	const most = 4096
	if v, ok := s.interned[string(b)]; ok {
		return v
	}
	v := string(b)
	if len(s.interned) < most {
		s.interned[v] = v
	}
	return v
}

func (s *scanner) skipSpace(n int) int {
	for n < len(s.src) && isSpace(s.src[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isNameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

func isNameByte(c byte) bool {
	return isNameStart(c) || c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':'
}

// unescape resolves the five entities and character references.
func (s *scanner) unescape(raw []byte, at int) (string, error) {
	if bytes.IndexByte(raw, '&') < 0 {
		return normaliseNewlines(string(raw)), nil
	}
	var b strings.Builder
	b.Grow(len(raw))
	for rest := normaliseNewlines(string(raw)); ; {
		i := strings.IndexByte(rest, '&')
		if i < 0 {
			b.WriteString(rest)
			return b.String(), nil
		}
		b.WriteString(rest[:i])
		end := strings.IndexByte(rest[i:min(len(rest), i+12)], ';')
		if end < 0 {
			return "", s.fail(at, "& without ;")
		}
		r, ok := entity(rest[i+1 : i+end])
		if !ok {
			return "", s.fail(at, "entity &"+clip(rest[i+1:i+end])+"; is not known")
		}
		b.WriteRune(r)
		rest = rest[i+end+1:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isRef := strings.CutPrefix(name, "#")
	if !isRef || digits == "" || digits[0] == '+' {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		base, digits = 16, hex
	}
	v, err := strconv.ParseUint(digits, base, 32)
	r := rune(v)
	allowed := err == nil && (r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF)
	return r, allowed && v <= 0x10FFFF
}

// normaliseNewlines does what XML 1.0 §2.11 asks for.
func normaliseNewlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
