package ofd

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

func mustRead(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// onePixel is a PNG of one white pixel.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00IEND\xaeB`\x82")

func built(t testing.TB) []byte {
	t.Helper()
	b := NewBuilder([16]byte{0x9e, 0x01, 0xff}, "示例 <材料>", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	b.Template().Colour = "200 0 0"
	b.Template().Line(20, 30, 190, 30, 0.35)
	page := b.Page(210, 297)
	page.Text("黑体", 7, 84, 25, "讯问笔录")
	y := page.Paragraph("宋体", 4, 25, 45, 40, 7, "姓名：测试用户甲，编号 A-01 & B。\n签名：")
	page.Rect(Box{25, y, 160, 30}, 0.25)
	page.Image(Box{30, y + 2, 20, 20}, onePixel)
	b.Page(297, 210).Text("宋体", 4, 20, 20, "ab“引”12")
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBuilderWritesTheGoldenDocument(t *testing.T) {
	const name = "testdata/built.ofd"
	got := built(t)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := open(t, []byte(mustRead(t, name)))
	p := open(t, got)
	for _, e := range want.Entries() {
		if w, g := read(t, want, e.Name), read(t, p, e.Name); w != g {
			t.Errorf("%s\ngot  %s\nwant %s", e.Name, g, w)
		}
	}
	if len(p.Entries()) != len(want.Entries()) || len(p.Deviations()) > 0 {
		t.Errorf("entries %v, deviations %v", p.Entries(), p.Deviations())
	}
}

// The order of elements is that of the schema of GB/T 33190-2016, annex A.
func TestBuilderKeepsTheOrderOfTheSchema(t *testing.T) {
	p := open(t, built(t))
	order := map[string]string{
		"OFD": "DocBody", "DocBody": "DocInfo DocRoot Versions Signatures",
		"DocInfo":    "DocID Title Author Subject Abstract CreationDate ModDate DocUsage Cover Keywords Creator CreatorVersion CustomDatas",
		"Document":   "CommonData Pages Outlines Permissions Actions VPreferences Bookmarks Annotations CustomTags Attachments Extensions",
		"CommonData": "MaxUnitID PageArea PublicRes DocumentRes TemplatePage DefaultCS",
		"Page":       "Template PageRes Area Content Actions",
		"TextObject": "Actions Clips FillColor StrokeColor CGTransform TextCode",
		"PathObject": "Actions Clips StrokeColor FillColor AbbreviatedData",
	}
	seen := make(map[string]bool)
	for _, e := range p.Entries() {
		if !strings.HasSuffix(e.Name, ".xml") {
			continue
		}
		tree, err := p.readTree(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		tree.walk(func(n *node) {
			rest := " " + order[n.name] + " "
			if order[n.name] == "" {
				return
			}
			seen[n.name] = true
			for _, k := range n.kids {
				at := strings.Index(rest, " "+k.name+" ")
				if at < 0 {
					t.Errorf("%s: <%s> stands wrong in <%s>", e.Name, k.name, n.name)
					return
				}
				rest = rest[at:]
			}
		})
	}
	if len(seen) != len(order) {
		t.Errorf("only %v were looked at", seen)
	}
}

func TestBuilderIDsAreUniqueAndCounted(t *testing.T) {
	p := open(t, built(t))
	ids := make(map[string]string)
	for _, e := range p.Entries() {
		if !strings.HasSuffix(e.Name, ".xml") {
			continue
		}
		tree, err := p.readTree(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		tree.walk(func(n *node) {
			if id := n.attr("ID"); id != "" {
				if ids[id] != "" {
					t.Errorf("id %s in %s and %s", id, ids[id], e.Name)
				}
				ids[id] = e.Name
			}
		})
	}
	want := fmt.Sprintf("<ofd:MaxUnitID>%d</ofd:MaxUnitID>", len(ids)) // ids are given one after the other
	if ids["1"] == "" || !strings.Contains(read(t, p, "/Doc_0/Document.xml"), want) {
		t.Errorf("%d ids; %s", len(ids), read(t, p, "/Doc_0/Document.xml"))
	}
}

func TestWhatIsBuiltCanBeFound(t *testing.T) {
	p := open(t, built(t))
	docs, err := p.Documents()
	if err != nil || docs[0].Title != "示例 <材料>" || docs[0].DocID != "9e01ff00000000000000000000000000" || docs[0].Pages[1].WidthMM != 297 {
		t.Fatalf("%+v, %v", docs, err)
	}
	hits, err := p.Search("讯问笔录", SearchOptions{})
	if err != nil || len(hits) != 1 || hits[0].Box.String() != "84 19.05 28 7" {
		t.Errorf("heading: %+v, %v", hits, err)
	}
	hits, err = p.Search("“引”12", SearchOptions{})
	if err != nil || len(hits) != 1 || hits[0].Page != 2 || hits[0].Box.W != 16 {
		t.Errorf("second page: %+v, %v", hits, err)
	}
	if strays, err := p.Strays(); err != nil || len(strays) > 0 {
		t.Errorf("strays %q, %v", strays, err)
	}
}

func TestParagraphBreaksLines(t *testing.T) {
	b := NewBuilder([16]byte{}, "t", time.Time{})
	page := b.Page(100, 100)
	next := page.Paragraph("宋体", 4, 10, 10, 20, 6, "一二三四五六七八，九十\n乙")
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	p := open(t, out.Bytes())
	docs, _ := p.Documents()
	glyphs, err := p.PageText(docs[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(map[string]string)
	for _, g := range glyphs {
		key := formatNumber(g.Y)
		if lines[key] == "" {
			lines[key] = formatNumber(g.X) + " "
		}
		lines[key] += string(g.Rune)
	}
	// Two ems of indent; the comma may stand out over the margin.
	for y, want := range map[string]string{"10": "18 一二三", "16": "10 四五六七八，", "22": "10 九十", "28": "18 乙"} {
		if lines[y] != want {
			t.Errorf("line at %s: %q, want %q", y, lines[y], want)
		}
	}
	if next != 34 {
		t.Errorf("next line at %v", next)
	}
}

func TestBuilderRefusals(t *testing.T) {
	for name, draw := range map[string]func(*Builder){
		"no page":             func(*Builder) {},
		"a control character": func(b *Builder) { b.Page(10, 10).Text("宋体", 4, 0, 0, "a\x00") },
		"a line break":        func(b *Builder) { b.Page(10, 10).Text("宋体", 4, 0, 0, "a\nb") },
		"a picture of no kind": func(b *Builder) {
			b.Page(10, 10).Image(Box{0, 0, 1, 1}, []byte("GIF89a"))
		},
	} {
		b := NewBuilder([16]byte{}, "t", time.Time{})
		draw(b)
		if err := b.Write(&bytes.Buffer{}); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	b := NewBuilder([16]byte{}, "t", time.Time{})
	b.Page(10, 10)
	if err := b.Write(failingWriter{}); err == nil {
		t.Error("a full disk was not told")
	}
}

func TestDeltaXOfMixedText(t *testing.T) {
	for text, want := range map[string]string{"一": "", "一二": "4", "一二三": "4 4", "一二三四": "g 3 4", "ab一二三四": "2 2 g 3 4", "abcd": "g 3 2"} {
		if got := deltaX(4, text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
