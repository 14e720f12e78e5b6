package ofd

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

const ns = ` xmlns:ofd="http://www.ofdspec.org/2016"`

func TestPageSizes(t *testing.T) {
	document := `<Document xmlns="http://www.ofdspec.org"><CommonData><PageArea><PhysicalBox>0 0 148.5 210</PhysicalBox></PageArea>
		<TemplatePage ID="9" BaseLoc="Tpls/T.xml"/></CommonData>
		<Pages><Page ID="1" BaseLoc="p1.xml"/><Page ID="2" BaseLoc="p2.xml"/><Page ID="3" BaseLoc="p3.xml"/><Page ID="4" BaseLoc="none.xml"/><Page ID="5" BaseLoc="p5.xml"/></Pages></Document>`
	p := open(t, pack(t, plain(
		file{"Doc_0/Document.xml", document},
		file{"Doc_0/Tpls/T.xml", pageXML},
		file{"Doc_0/p1.xml", pageXML},
		file{"Doc_0/p2.xml", `<ofd:Page` + ns + `><ofd:Template TemplateID="9" ZOrder="Background"/><ofd:Area><ofd:PhysicalBox>0 0 297 210</ofd:PhysicalBox></ofd:Area><ofd:Content/></ofd:Page>`},
		// Area behind the content, as some vendors write it; and a decoy in a comment.
		file{"Doc_0/p3.xml", `<Page><!-- <Area><PhysicalBox>0 0 1 1</PhysicalBox></Area> --><Content><Layer ID="3"><Area><PhysicalBox>0 0 2 2</PhysicalBox></Area></Layer></Content><Area><PhysicalBox>10, 20, 100, 50</PhysicalBox></Area></Page>`},
		file{"Doc_0/p5.xml", `<Page><Area><PhysicalBox>broken</PhysicalBox></Area></Wrong>`},
	)))
	docs, err := p.Documents()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, page := range docs[0].Pages {
		got = append(got, fmt.Sprintf("%s: %gx%g", page.ID, page.WidthMM, page.HeightMM))
	}
	want := "1: 148.5x210, 2: 297x210, 3: 100x50, 4: 148.5x210, 5: 148.5x210"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
	if !errors.Is(docs[0].Pages[3].Err, fault.DocPartMissing) || !errors.Is(docs[0].Pages[4].Err, fault.DocXMLBroken) {
		t.Errorf("errors: %v, %v", docs[0].Pages[3].Err, docs[0].Pages[4].Err)
	}
	if got := docs[0].Pages[1].Templates; len(got) != 1 || got[0] != "/Doc_0/Tpls/T.xml" {
		t.Errorf("templates %q", got)
	}
	if docs[0].Pages[2].Area.X != 10 {
		t.Errorf("area %v", docs[0].Pages[2].Area)
	}
}

func TestPagesAreFoundByIDAndNumber(t *testing.T) {
	d := &Document{byID: make(map[string]int), byNumber: make(map[uint64]int)}
	for i, id := range []string{"007", "7", "p9", "0012", "7"} {
		d.addPage(Page{Index: i + 1, ID: id})
	}
	for id, want := range map[string]int{"7": 2, "007": 1, "p9": 3, "12": 4, "13": 0, "": 0, "x": 0} {
		got := 0
		if page := d.PageByID(id); page != nil {
			got = page.Index
		}
		if got != want {
			t.Errorf("id %q: page %d, want %d", id, got, want)
		}
	}
	for _, n := range []int{0, -1, 6} {
		if _, err := d.Page(n); !errors.Is(err, fault.DocPageAbsent) {
			t.Errorf("page %d: %v", n, err)
		}
	}
}

func TestDocumentsThatCannotBeReadAreNamed(t *testing.T) {
	tests := []struct {
		name  string
		files []file
		want  fault.Code // of the document
		whole fault.Code // of Documents
	}{
		{"no Document.xml", []file{{"OFD.xml", rootXML}}, fault.DocPartMissing, ""},
		{"a broken Document.xml", plain(file{"Doc_0/Document.xml", "<Document>"}), fault.DocXMLBroken, ""},
		{"another root element", plain(file{"Doc_0/Document.xml", "<Page/>"}), fault.DocXMLBroken, ""},
		{"a DTD", plain(file{"Doc_0/Document.xml", "<!DOCTYPE Document><Document/>"}), fault.DocXMLDoctype, ""},
		{"an encoding nobody reads", plain(file{"Doc_0/Document.xml", `<?xml version="1.0" encoding="EBCDIC"?><Document/>`}), fault.DocXMLEncoding, ""},
		{"a broken OFD.xml", plain(file{"OFD.xml", "<OFD>"}), "", fault.DocXMLBroken},
		{"an OFD.xml without DocBody", plain(file{"OFD.xml", "<OFD/>"}), "", fault.DocXMLBroken},
		{"a DocRoot out of the package", plain(file{"OFD.xml", "<OFD><DocBody><DocRoot>../x</DocRoot></DocBody></OFD>"}), fault.DocPartMissing, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, pack(t, tt.files))
			docs, err := p.Documents()
			if tt.whole != "" {
				if !errors.Is(err, tt.whole) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || len(docs) != 1 || !errors.Is(docs[0].Err, tt.want) {
				t.Errorf("got %+v, %v", docs, err)
			}
			parts, err := p.Parts()
			if err != nil || len(parts) < 2 || parts[1].Err == nil && !parts[1].Missing {
				t.Errorf("parts %+v, %v", parts, err)
			}
		})
	}
}

func TestEveryDocBodyIsRead(t *testing.T) {
	body := `<DocBody><DocRoot>Doc_%d/Document.xml</DocRoot></DocBody>`
	root := "<OFD>" + fmt.Sprintf(body, 0) + fmt.Sprintf(body, 1) + fmt.Sprintf(body, 0) + "</OFD>"
	p := open(t, pack(t, plain(
		file{"OFD.xml", root},
		file{"Doc_1/Document.xml", documentXML},
		file{"Doc_1/Pages/Page_0/Content.xml", pageXML},
	)))
	docs, err := p.Documents()
	if err != nil || len(docs) != 3 || docs[1].Index != 2 || docs[1].Pages[0].Path != "/Doc_1/Pages/Page_0/Content.xml" {
		t.Fatalf("got %+v, %v", docs, err)
	}
	if docs[2].Err == nil {
		t.Error("a Document.xml named twice was taken twice")
	}
	if got := p.PartName("/Doc_1/Pages/Page_0/Content.xml").Words(fault.ZH); got != "第 2 个文档的第 1 页" {
		t.Errorf("name %q", got)
	}
	if got := p.PartName("/Doc_1/Pages/Page_0/Content.xml").Words(fault.EN); got != "page 1 of document 2" {
		t.Errorf("name %q", got)
	}
}

func manyPages(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<Page ID="%d" BaseLoc="big.xml"/>`, i)
	}
	return b.String()
}

func manyAnnotations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<Page PageID="%d"><FileLoc>big.xml</FileLoc></Page>`, n-i)
	}
	return b.String()
}

func manyTemplates(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<TemplatePage ID="%d" BaseLoc="big.xml"/>`, i)
	}
	return b.String()
}

func manyUses(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<Template TemplateID="%d"/>`, i)
	}
	return b.String()
}

func TestHostileDocumentsStayCheap(t *testing.T) {
	noRace(t)
	big := `<Page><Area/><Content>` + strings.Repeat("<Layer/>", 500_000) + `</Content></Page>`
	pages := strings.Repeat(`<Page ID="1" BaseLoc="big.xml"/>`, 100_000)
	bodies := strings.Repeat(`<DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody>`, 1000)
	var versions strings.Builder
	for range 50_000 {
		versions.WriteString(`<Version ID="1" Index="1" BaseLoc="v.xml"/>`)
	}
	tests := []struct {
		name  string
		files []file
	}{
		{"one large page named 100,000 times", plain(
			file{"Doc_0/Document.xml", "<Document><CommonData/><Pages>" + pages + "</Pages></Document>"}, file{"Doc_0/big.xml", big})},
		{"1,000 DocBody", plain(file{"OFD.xml", "<OFD>" + bodies + "</OFD>"})},
		{"50,000 versions in a circle", plain(
			file{"OFD.xml", `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot><Versions>` + versions.String() + `</Versions></DocBody></OFD>`},
			file{"v.xml", `<DocVersion><FileList><File ID="1">v.xml</File></FileList><DocRoot>Doc_0/Document.xml</DocRoot></DocVersion>`})},
		{"many pages, annotated from behind", plain(
			file{"Doc_0/Document.xml", "<Document><CommonData/><Pages>" + manyPages(60_000) + "</Pages><Annotations>a.xml</Annotations></Document>"},
			file{"Doc_0/big.xml", `<Page><Content/></Page>`}, file{"Doc_0/a.xml", "<Annotations>" + manyAnnotations(60_000) + "</Annotations>"})},
		{"empty pages without end", plain(
			file{"Doc_0/Document.xml", "<Document><CommonData/><Pages>" + strings.Repeat("<Page/>", 1_000_000) + "</Pages></Document>"})},
		{"templates without end", plain(
			file{"Doc_0/Document.xml", "<Document><CommonData>" + manyTemplates(100_000) + "</CommonData><Pages>" + pages[:100_000] + "</Pages></Document>"},
			file{"Doc_0/big.xml", "<Page>" + manyUses(100_000) + "</Page>"})},
		{"one signature list announced 100,000 times", plain(
			file{"OFD.xml", `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot>` + strings.Repeat(`<Signatures>s.xml</Signatures>`, 100_000) + `</DocBody></OFD>`},
			file{"s.xml", "<Signatures>" + strings.Repeat("<MaxSignId/>", 100_000) + "</Signatures>"})},
		{"resources that name themselves", plain(
			file{"Doc_0/Document.xml", "<Document><CommonData><PublicRes>r.xml</PublicRes></CommonData><Pages/></Document>"},
			file{"Doc_0/r.xml", `<Res><Fonts>` + strings.Repeat(`<Font><FontFile>r.xml</FontFile></Font>`, 100_000) + `</Fonts></Res>`})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, pack(t, tt.files))
			bounded(t, func() {
				_, _ = p.Parts()
				_, _ = p.SignatureLists()
				_, _ = p.PlanSignature(1, "Seal", 1)
				_, _ = p.Search("词", SearchOptions{})
			})
		})
	}
}
