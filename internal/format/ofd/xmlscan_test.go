package ofd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xinzhang/internal/fault"
)

func TestScannerRefusesWhatIsNotWellFormed(t *testing.T) {
	tests := []struct {
		name, src string
		want      fault.Code
	}{
		{"nothing", "", fault.DocXMLBroken},
		{"no element", "<?xml version=\"1.0\"?>  ", fault.DocXMLBroken},
		{"a DTD", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", fault.DocXMLDoctype},
		{"an unknown entity", "<a>&x;</a>", fault.DocXMLBroken},
		{"an entity without end", "<a>&amp</a>", fault.DocXMLBroken},
		{"a forbidden character reference", "<a>&#0;</a>", fault.DocXMLBroken},
		{"a surrogate reference", "<a>&#xD800;</a>", fault.DocXMLBroken},
		{"a signed reference", "<a>&#+65;</a>", fault.DocXMLBroken},
		{"crossed tags", "<a><b></a></b>", fault.DocXMLBroken},
		{"another prefix at the end", "<x:a></y:a>", fault.DocXMLBroken},
		{"no end", "<a><b/>", fault.DocXMLBroken},
		{"two roots", "<a/><a/>", fault.DocXMLBroken},
		{"text behind the root", "<a/>x", fault.DocXMLBroken},
		{"text before the root", "x<a/>", fault.DocXMLBroken},
		{"CDATA outside", "<a/><![CDATA[x]]>", fault.DocXMLBroken},
		{"an attribute twice", `<a b="1" b="2"/>`, fault.DocXMLBroken},
		{"attributes without space", `<a b="1"c="2"/>`, fault.DocXMLBroken},
		{"an attribute without value", `<a b/>`, fault.DocXMLBroken},
		{"an attribute without quotes", `<a b=1/>`, fault.DocXMLBroken},
		{"< in an attribute", `<a b="<"/>`, fault.DocXMLBroken},
		{"-- in a comment", "<a><!-- -- --></a>", fault.DocXMLBroken},
		{"a comment ending in --->", "<a><!-- x ---></a>", fault.DocXMLBroken},
		{"]]> in text", "<a>]]></a>", fault.DocXMLBroken},
		{"a control character", "<a>\x01</a>", fault.DocXMLBroken},
		{"a non-character", "<a>\uFFFE</a>", fault.DocXMLBroken},
		{"bytes that are no UTF-8", "<a>\xff</a>", fault.DocXMLBroken},
		{"a declaration in the middle", "<a><?xml version=\"1.0\"?></a>", fault.DocXMLBroken},
		{"a name with two colons", "<a:b:c/>", fault.DocXMLBroken},
		{"a name that begins with a digit", "<1a/>", fault.DocXMLBroken},
		{"a tag cut short", "<a", fault.DocXMLBroken},
		{"an end tag cut short", "<a></a", fault.DocXMLBroken},
		{"an end tag alone", "</a>", fault.DocXMLBroken},
		{"depth beyond the limit", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200), fault.InputTooLarge},
		{"elements beyond the limit", "<a>" + strings.Repeat("<b/>", 900_000) + "</a>", fault.InputTooLarge},
		{"attributes beyond the limit", "<a " + manyAttrs(300) + "/>", fault.DocXMLBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseTree("x.xml", []byte(tt.src), DefaultLimits()); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func manyAttrs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

func TestTreeKeepsTextAndOffsets(t *testing.T) {
	src := "\xEF\xBB\xBF<?xml version='1.0'?><!-- c --><o:a x=\"1&lt;&#x4E2D;\" xmlns:o='u'> <![CDATA[<raw>]]>é&amp;\r\n<b/><?pi data?></o:a >\n"
	n, err := parseTree("x.xml", []byte(src), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if n.name != "a" || n.prefix != "o" || n.attr("x") != "1<中" || n.text != " <raw>é&\n" || len(n.kids) != 1 {
		t.Errorf("got %+v", n)
	}
	if got := src[n.endStart:n.end]; got != "</o:a >" {
		t.Errorf("end tag at %q", got)
	}
	b := n.kids[0]
	if !b.closed || src[b.start:b.tagEnd] != "<b/>" || b.end != b.tagEnd {
		t.Errorf("self-closed element %+v", b)
	}
}

func TestXMLEncodingsOfVendorsAreRead(t *testing.T) {
	text := `<?xml version="1.0" encoding="%s"?><a b="值">内容</a>`
	gbk, _ := simplifiedchinese.GB18030.NewEncoder().String(fmt.Sprintf(text, "GBK"))
	le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(fmt.Sprintf(text, "UTF-16"))
	be, _ := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(fmt.Sprintf(text, "UTF-16"))
	for name, src := range map[string]string{
		"UTF-8": fmt.Sprintf(text, "utf-8"), "UTF-8 with a mark": "\xEF\xBB\xBF" + fmt.Sprintf(text, "UTF-8"),
		"GBK": gbk, "UTF-16 with a mark": le, "UTF-16 big-endian without a mark": be,
	} {
		t.Run(name, func(t *testing.T) {
			out, native, err := toUTF8("x.xml", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			if native != strings.HasPrefix(name, "UTF-8") {
				t.Errorf("native is %v", native)
			}
			n, err := parseTree("x.xml", out, DefaultLimits())
			if err != nil || n.attr("b") != "值" || n.text != "内容" {
				t.Errorf("got %+v, %v", n, err)
			}
		})
	}
	for _, name := range []string{"Big5", "EBCDIC-CP-US", "iso-8859-1", "UTF-7"} {
		if _, _, err := toUTF8("x.xml", []byte(fmt.Sprintf(text, name))); !errors.Is(err, fault.DocXMLEncoding) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// sameAsLibrary compares the scanner with encoding/xml on XML that the scanner
// takes: the same tags, attributes and text in the same order.
func sameAsLibrary(t *testing.T, src []byte) {
	t.Helper()
	s, err := newScanner("x.xml", src, DefaultLimits())
	if err != nil {
		return
	}
	var ours []string
	text := ""
	flush := func() {
		if text != "" {
			ours = append(ours, "text "+text)
		}
		text = ""
	}
	for {
		tok, ok, err := s.next()
		if err != nil {
			return // refused, fine
		}
		if !ok {
			break
		}
		switch tok.kind {
		case tokenText:
			text += tok.text
			continue
		case tokenStart:
			flush()
			line := "start " + qualify(tok.prefix, tok.local)
			for _, a := range tok.attrs {
				line += " " + qualify(a.prefix, a.local) + "=" + a.value
			}
			ours = append(ours, line)
		case tokenEnd:
			flush()
			ours = append(ours, "end "+qualify(tok.prefix, tok.local))
		}
	}
	theirs, err := libraryTokens(src)
	if err != nil {
		t.Fatalf("taken, but encoding/xml refuses it: %v\n%q", err, src)
	}
	if strings.Join(ours, "\n") != strings.Join(theirs, "\n") {
		t.Fatalf("read otherwise than encoding/xml\nours:   %q\ntheirs: %q", ours, theirs)
	}
}

func libraryTokens(src []byte) ([]string, error) {
	// The library judges what the declaration says; the scanner leaves that to
	// toUTF8.
	if bytes.HasPrefix(src, []byte("<?xml")) {
		src = src[bytes.Index(src, []byte("?>"))+2:]
	}
	d := xml.NewDecoder(bytes.NewReader(src))
	var out []string
	text, depth := "", 0
	flush := func() {
		if text != "" && depth > 0 {
			out = append(out, "text "+text)
		}
		text = ""
	}
	for {
		tok, err := d.RawToken()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text += string(tok)
		case xml.StartElement:
			flush()
			depth++
			line := "start " + qualify(tok.Name.Space, tok.Name.Local)
			for _, a := range tok.Attr {
				line += " " + qualify(a.Name.Space, a.Name.Local) + "=" + a.Value
			}
			out = append(out, line)
		case xml.EndElement:
			flush()
			depth--
			out = append(out, "end "+qualify(tok.Name.Space, tok.Name.Local))
		}
	}
}

// FuzzScanner asks that ASCII documents are taken, refused and read as the
// standard library does.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{rootXML, documentXML, pageXML, "<a b='1'><![CDATA[x]]>&#x4E2D;<!-- c --></a>", "<?xml version=\"1.0\"?><a>\r\n</a>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, c := range src {
			if c >= 0x80 {
				return // names and declared encodings beyond ASCII are read more freely
			}
		}
		sameAsLibrary(t, src)
	})
}

func BenchmarkScanner(b *testing.B) {
	for name, part := range map[string]string{
		"page": `<ofd:TextObject ID="4" Boundary="85 25.4 40 12" Font="3" Size="10.0"><ofd:TextCode X="0" Y="10" DeltaX="10 10 10">拿来主义</ofd:TextCode></ofd:TextObject>`,
		"tags": strings.Repeat("<Layer/>", 20),
	} {
		src := []byte("<a>" + strings.Repeat(part, 10000) + "</a>")
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				scanAll(b, src)
			}
		})
	}
}

func scanAll(b *testing.B, src []byte) {
	s, err := newScanner("x", src, DefaultLimits())
	for ok := true; ok && err == nil; {
		_, ok, err = s.next()
	}
	if err != nil {
		b.Fatal(err)
	}
}
