package ofd

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

// textPage is a document of one page that holds the given objects, and files
// beside it.
func textPage(t testing.TB, objects string, more ...file) *Package {
	t.Helper()
	page := file{"Doc_0/Pages/Page_0/Content.xml", `<ofd:Page` + ns + `><ofd:Content><ofd:Layer ID="2">` + objects + `</ofd:Layer></ofd:Content></ofd:Page>`}
	return open(t, pack(t, plain(append([]file{page}, more...)...)))
}

func pageGlyphs(t testing.TB, p *Package) []Glyph {
	t.Helper()
	docs, err := p.Documents()
	if err != nil {
		t.Fatal(err)
	}
	glyphs, err := p.PageText(docs[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	return glyphs
}

// origins writes each character with its origin: "甲@10,20".
func origins(glyphs []Glyph) string {
	var out []string
	for _, g := range glyphs {
		out = append(out, fmt.Sprintf("%c@%s,%s", g.Rune, formatNumber(g.X), formatNumber(g.Y)))
	}
	return strings.Join(out, " ")
}

func TestGlyphPositions(t *testing.T) {
	object := func(attrs, inside string) string {
		return `<ofd:TextObject ID="9" Boundary="10 20 100 10" Size="4" ` + attrs + `>` + inside + `</ofd:TextObject>`
	}
	code := func(attrs, text string) string { return `<ofd:TextCode ` + attrs + `>` + text + `</ofd:TextCode>` }
	tests := []struct{ name, object, want string }{
		{"offsets one by one", object("", code(`X="1" Y="3" DeltaX="4 5"`, "甲乙丙")), "甲@11,23 乙@15,23 丙@20,23"},
		{"offsets as a run", object("", code(`X="0" Y="3" DeltaX="g 2 4 6"`, "甲乙丙丁")), "甲@10,23 乙@14,23 丙@18,23 丁@24,23"},
		{"mixed runs", object("", code(`X="0" Y="0" DeltaX="1 g 2 2 3 g 1 4"`, "甲乙丙丁戊己")), "甲@10,20 乙@11,20 丙@13,20 丁@15,20 戊@18,20 己@22,20"},
		{"a list that is too short repeats its last value", object("", code(`X="0" Y="0" DeltaX="4 5"`, "甲乙丙丁")), "甲@10,20 乙@14,20 丙@19,20 丁@24,20"},
		{"no offsets: the usual advance", object("", code(`X="0" Y="0"`, "甲a乙")), "甲@10,20 a@14,20 乙@16,20"},
		{"no offsets, narrowed", object(`HScale="0.5"`, code(`X="0" Y="0"`, "甲乙")), "甲@10,20 乙@12,20"},
		{"no offsets, reading downwards", object(`ReadDirection="90"`, code(`X="0" Y="0"`, "甲乙")), "甲@10,20 乙@10,24"},
		{"offsets downwards", object("", code(`X="0" Y="0" DeltaY="5"`, "甲乙丙")), "甲@10,20 乙@10,25 丙@10,30"},
		{"both offsets", object("", code(`X="0" Y="0" DeltaX="1 2" DeltaY="3"`, "甲乙丙")), "甲@10,20 乙@11,23 丙@13,26"},
		{"a second TextCode without X takes that of the first", object("", code(`X="1" Y="3"`, "甲")+code(`Y="8"`, "乙")), "甲@11,23 乙@11,28"},
		{"a matrix that doubles", object(`CTM="2 0 0 2 1 1"`, code(`X="1" Y="1" DeltaX="4"`, "甲乙")), "甲@13,23 乙@21,23"},
		{"a matrix that turns by 90°", object(`CTM="0 1 -1 0 0 0"`, code(`X="0" Y="0" DeltaX="4"`, "甲乙")), "甲@10,20 乙@10,24"},
		{"line breaks around the text", object("", code(`X="0" Y="0" DeltaX="4"`, "\n\t甲乙\n")), "甲@10,20 乙@14,20"},
		{"a blank that the offsets count", object("", code(`X="0" Y="0" DeltaX="2 4"`, " 甲乙")), " @10,20 甲@12,20 乙@16,20"},
		{"a blank that they do not count", object("", code(`X="0" Y="0" DeltaX="4"`, " 甲乙 ")), "甲@10,20 乙@14,20"},
		{"a pair of surrogates is one character", object("", code(`X="0" Y="0" DeltaX="4"`, "&#x20BB7;乙")), "𠮷@10,20 乙@14,20"},
		{"CDATA and entities", object("", code(`X="0" Y="0" DeltaX="4 4"`, "<![CDATA[<]]>&amp;乙")), "<@10,20 &@14,20 乙@18,20"},
		{"two characters drawn as one glyph", object("", `<ofd:CGTransform CodePosition="1" CodeCount="2" GlyphCount="1"><ofd:Glyphs>7</ofd:Glyphs></ofd:CGTransform>`+code(`X="0" Y="0" DeltaX="4 4"`, "甲fi乙")), "甲@10,20 f@14,20 i@18,20 乙@18,20"},
		{"one character drawn as two glyphs", object("", `<ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="2"><ofd:Glyphs>7 8</ofd:Glyphs></ofd:CGTransform>`+code(`X="0" Y="0" DeltaX="4 4 4"`, "甲乙丙")), "甲@10,20 乙@18,20 丙@22,20"},
		{"offsets that cannot be read", object("", code(`X="0" Y="0" DeltaX="g x 3"`, "甲乙")), "甲@10,20 乙@14,20"},
		{"hidden text", object(`Visible="false"`, code(`X="0" Y="0"`, "甲")), ""},
		{"text of no size", strings.Replace(object("", code(`X="0" Y="0"`, "甲")), `Size="4"`, `Size="0"`, 1), ""},
		{"numbers that are no numbers", strings.Replace(object(`CTM="a b"`, code(`X="NaN" Y="Inf"`, "甲")), `Size="4"`, `Size="4" HScale="x"`, 1), "甲@10,20"},
		{"inside a page block", `<ofd:PageBlock ID="7">` + object("", code(`X="1" Y="0"`, "甲")) + `</ofd:PageBlock>`, "甲@11,20"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := origins(pageGlyphs(t, textPage(t, tt.object))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestGlyphBoxes(t *testing.T) {
	g := pageGlyphs(t, textPage(t, `<ofd:TextObject Boundary="10 20 50 10" Size="4" CTM="2 0 0 2 0 0"><ofd:TextCode X="0" Y="5">甲a</ofd:TextCode></ofd:TextObject>`))
	if got := g[0].Box.String(); got != "10 23.2 8 8" || g[0].Size != 8 {
		t.Errorf("full width: %s, size %v", got, g[0].Size)
	}
	if got := g[1].Box.String(); got != "18 23.2 4 8" {
		t.Errorf("half width: %s", got)
	}
	g = pageGlyphs(t, textPage(t, `<ofd:TextObject Boundary="10 20 50 10" Size="4" CharDirection="90"><ofd:TextCode X="0" Y="0">甲</ofd:TextCode></ofd:TextObject>`))
	if got := g[0].Box.String(); got != "9.4 20 4 4" {
		t.Errorf("turned by 90°: %s", got)
	}
}

func TestPageTextHoldsTemplatesAnnotationsAndComposites(t *testing.T) {
	text := func(s string) string {
		return `<TextObject Boundary="1 2 50 10" Size="4"><TextCode X="0" Y="0">` + s + `</TextCode></TextObject>`
	}
	p := open(t, pack(t, plain(
		file{"Doc_0/Document.xml", `<Document><CommonData><PublicRes>Res.xml</PublicRes><TemplatePage ID="5" BaseLoc="back.xml"/><TemplatePage ID="6" BaseLoc="front.xml"/></CommonData>
			<Pages><Page ID="1" BaseLoc="p.xml"/><Page ID="2" BaseLoc="q.xml"/></Pages><Annotations>an.xml</Annotations></Document>`},
		file{"Doc_0/back.xml", `<Page><Content><Layer>` + text("后") + `</Layer></Content></Page>`},
		file{"Doc_0/front.xml", `<Page><PageRes>frontres.xml</PageRes><Content><Layer>` + text("前") + `<CompositeObject Boundary="0 0 9 9" ResourceID="80"/></Layer></Content></Page>`},
		file{"Doc_0/frontres.xml", `<Res><CompositeGraphicUnits><CompositeGraphicUnit ID="80"><Content>` + text("模") + `</Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>`},
		file{"Doc_0/p.xml", `<Page><Template TemplateID="6" ZOrder="Foreground"/><Template TemplateID="5"/><PageRes>own.xml</PageRes><Content><Layer>` + text("中") +
			`<CompositeObject ID="9" Boundary="100 0 9 9" CTM="2 0 0 2 0 0" ResourceID="70"/><CompositeObject Boundary="0 0 9 9" ResourceID="71"/><CompositeObject ResourceID="none"/></Layer></Content></Page>`},
		file{"Doc_0/q.xml", `<Page><Template TemplateID="5"/><Content/></Page>`},
		file{"Doc_0/Res.xml", `<Res><CompositeGraphicUnits><CompositeGraphicUnit ID="70" Width="9" Height="9"><Content>` + text("合") + `<CompositeObject Boundary="0 0 9 9" ResourceID="70"/></Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>`},
		file{"Doc_0/own.xml", `<Res><CompositeGraphicUnits><CompositeGraphicUnit ID="71"><Content>` + text("页") + `</Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>`},
		file{"Doc_0/an.xml", `<Annotations><Page PageID="1"><FileLoc>a1.xml</FileLoc></Page></Annotations>`},
		file{"Doc_0/a1.xml", `<PageAnnot><Annot Type="Stamp"><Appearance Boundary="50 60 10 10">` + text("注") + `</Appearance></Annot><Annot Visible="false"><Appearance Boundary="0 0 1 1">` + text("隐") + `</Appearance></Annot></PageAnnot>`},
	)))
	docs, err := p.Documents()
	if err != nil {
		t.Fatal(err)
	}
	glyphs, err := p.PageText(docs[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	// A composite that draws itself is cut off after sixteen rounds.
	want := "后@1,2 中@1,2 合@102,4"
	if got := origins(glyphs); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "页@1,2 前@1,2 模@1,2 注@51,62") || strings.Count(got, "合") != 16 {
		t.Errorf("got %s", got)
	}
	if hits, err := p.Search("后", SearchOptions{}); err != nil || len(hits) != 2 || hits[1].Page != 2 || hits[1].N != 2 {
		t.Errorf("template on both pages: %+v, %v", hits, err)
	}
	if hits, err := p.Search("后", SearchOptions{Pages: []int{2}}); err != nil || len(hits) != 1 || hits[0].N != 1 {
		t.Errorf("template on one page: %+v, %v", hits, err)
	}
}

func TestTextThatIsTooMuchIsRefused(t *testing.T) {
	noRace(t)
	t.Run("characters", func(t *testing.T) {
		p := textPage(t, strings.Repeat(`<ofd:TextObject Boundary="0 0 9 9" Size="1"><ofd:TextCode X="0" Y="0">`+strings.Repeat("字", 1000)+`</ofd:TextCode></ofd:TextObject>`, 400))
		bounded(t, func() {
			if _, err := p.Search("字词", SearchOptions{}); !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("hits", func(t *testing.T) {
		p := textPage(t, strings.Repeat(`<ofd:TextObject Boundary="0 0 9 9" Size="1"><ofd:TextCode X="0" Y="0" DeltaX="0" DeltaY="3">`+strings.Repeat("字", 500)+`</ofd:TextCode></ofd:TextObject>`, 500))
		bounded(t, func() {
			if _, err := p.Search("字", SearchOptions{}); !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("composites that multiply", func(t *testing.T) {
		var units strings.Builder
		for i := range 16 {
			fmt.Fprintf(&units, `<CompositeGraphicUnit ID="%d"><Content>%s</Content></CompositeGraphicUnit>`, i, strings.Repeat(fmt.Sprintf(`<CompositeObject ResourceID="%d"/>`, i+1), 10))
		}
		p := textPage(t, `<ofd:CompositeObject ResourceID="0"/>`,
			file{"Doc_0/Document.xml", strings.Replace(documentXML, "<ofd:CommonData>", "<ofd:CommonData><ofd:PublicRes>r.xml</ofd:PublicRes>", 1)},
			file{"Doc_0/r.xml", "<Res><CompositeGraphicUnits>" + units.String() + "</CompositeGraphicUnits></Res>"})
		bounded(t, func() {
			if _, err := p.Search("字", SearchOptions{}); !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("glyphs of transforms", func(t *testing.T) {
		var tr strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&tr, `<ofd:CGTransform CodePosition="%d" CodeCount="1" GlyphCount="1000000000"/>`, i)
		}
		p := textPage(t, `<ofd:TextObject Boundary="0 0 9 9" Size="1">`+tr.String()+`<ofd:TextCode X="0" Y="0" DeltaX="g 2000000000 1">`+strings.Repeat("字", 100_000)+`</ofd:TextCode></ofd:TextObject>`)
		bounded(t, func() { _, _ = p.Search("字词", SearchOptions{}) })
	})
}

// FuzzPageText asks that whatever stands on a page, each character and each place
// of a keyword has finite coordinates, and no more places are found than characters.
func FuzzPageText(f *testing.F) {
	for _, s := range []string{
		`<TextObject Boundary="1 2 3 4" Size="4" CTM="1 0 0 1 0 0" HScale="0.5"><CGTransform CodePosition="0" CodeCount="2" GlyphCount="1"/><TextCode X="1" Y="2" DeltaX="g 3 4">甲乙丙</TextCode></TextObject>`,
		`<PageBlock><TextObject Size="1e300" ReadDirection="90" CharDirection="270" Boundary="0 0 1e308 1"><TextCode DeltaY="1">a b</TextCode></TextObject></PageBlock>`,
	} {
		f.Add(s, "甲乙")
	}
	f.Fuzz(func(t *testing.T, objects, keyword string) {
		p := textPage(t, objects)
		docs, err := p.Documents()
		if err != nil {
			t.Fatal(err)
		}
		glyphs, err := p.PageText(docs[0], 1)
		if err != nil {
			return // refused, fine
		}
		for _, g := range glyphs {
			if !g.Box.finite() || math.IsNaN(g.X+g.Y+g.Size) {
				t.Fatalf("glyph %+v", g)
			}
		}
		hits, err := p.Search(keyword, SearchOptions{})
		if err != nil {
			return
		}
		for i, h := range hits {
			if h.N != i+1 || h.Page != 1 || !h.Box.finite() {
				t.Fatalf("hit %+v", h)
			}
		}
		if strings.TrimSpace(keyword) != "" && len(hits) > len(glyphs) {
			t.Fatalf("%d hits in %d characters", len(hits), len(glyphs))
		}
	})
}
