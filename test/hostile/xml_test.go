package hostile

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"xinzhang/internal/fault"
)

// xmlParts are parts whose XML is the weapon, in each place where XML is read.
func xmlParts(w *world) []hostile {
	list, signature := w.find("Signatures.xml").name, w.find("Signature.xml").name
	var out []hostile
	add := func(name string, text func() string, codes map[string]fault.Code) {
		for _, part := range []string{"OFD.xml", "Doc_0/Document.xml", list, signature, "Doc_0/Pages/Page_0/Content.xml"} {
			code, ok := codes[part]
			if !ok {
				code = codes[""]
			}
			out = append(out, hostile{
				name: name + " in " + part[strings.LastIndex(part, "/")+1:],
				data: func() []byte { return pack(with(w.sealed, entry{name: part, data: text(), stored: true})...) }, verify: code,
			})
		}
	}
	page := "Doc_0/Pages/Page_0/Content.xml"
	anyPage := map[string]fault.Code{page: fault.DocDigest, "Doc_0/Document.xml": fault.DocDigest}
	wrap := func(inside func() string) func() string {
		return func() string { return "<ofd:Area" + space + "><Template/>" + inside() + "</ofd:Area>" }
	}
	add("a million elements, each inside the other", func() string { return deep(1_000_000) }, anyPage)
	add("a million elements side by side", wrap(func() string { return strings.Repeat("<a/>", 1_000_000) }), anyPage)
	add("399,000 elements side by side", wrap(func() string { return strings.Repeat("<a/>", 399_000) }), anyPage)
	add("a hundred thousand attributes", func() string { return "<a Area='' " + repeat(100_000, said(`a%d="" `)) + "/>" }, anyPage)
	add("a hundred thousand name spaces", func() string { return "<a Area='' " + repeat(100_000, said(`xmlns:a%d="u" `)) + "/>" }, anyPage)
	add("a hundred thousand element names", wrap(func() string { return repeat(100_000, said(`<a%d/>`)) }), anyPage)
	add("five million character references", wrap(func() string { return strings.Repeat("&amp;", 5_000_000) }), anyPage)
	add("23 MB of text", wrap(func() string { return strings.Repeat("text ", 4_600_000) }), anyPage)
	add("23 MB of text in small pieces", wrap(func() string { return strings.Repeat("t<!---->", 2_900_000) }), anyPage)
	add("comments without end", wrap(func() string { return strings.Repeat("<!--", 5_000_000) }), anyPage)
	add("sections without end", wrap(func() string { return strings.Repeat("<![CDATA[", 3_000_000) }), anyPage)
	add("instructions without end", wrap(func() string { return strings.Repeat("<?a ", 5_000_000) }), anyPage)
	add("tags without end", func() string { return strings.Repeat("<a b='", 4_000_000) }, anyPage)
	add("entities that grow", func() string {
		text := `<!DOCTYPE a [<!ENTITY e0 "eeeeeeeeee">`
		for i := range 20 {
			text += fmt.Sprintf(`<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
		}
		return text + `]><a>&e20;<Template/></a>`
	}, anyPage)
	add("30 MB in UTF-16", func() string {
		var b strings.Builder
		b.WriteString("\xFF\xFE")
		for _, u := range utf16.Encode([]rune("<a><Area>" + strings.Repeat("<b/>", 390_000) + strings.Repeat("章", 13_000_000) + "</Area></a>")) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}, anyPage)
	add("4 MB in UTF-16", func() string {
		var b strings.Builder
		b.WriteString("\xFF\xFE")
		for _, u := range utf16.Encode([]rune("<a><Area>" + strings.Repeat("<b/>", 390_000) + strings.Repeat("章", 500_000) + "</Area></a>")) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}, anyPage)
	add("30 MB in GBK", func() string {
		return `<?xml version="1.0" encoding="GBK"?><a><Area>` + strings.Repeat("\xd3\xa1", 15_000_000) + "</Area></a>"
	}, anyPage)
	return out
}

// documents are well-formed and refer to themselves, or to everything.
func documents(w *world) []hostile {
	doc := func(common, pages, more string, entries ...entry) func() []byte {
		return func() []byte {
			all := plain(append(entries, entry{name: "Doc_0/Document.xml", data: documentXML(common, pages, more)})...)
			for i := range all {
				all[i].stored = true
			}
			return pack(all...)
		}
	}
	root := func(bodies string) func() []byte {
		return func() []byte {
			return pack(plain(entry{name: "OFD.xml", data: `<ofd:OFD` + space + `>` + bodies + `</ofd:OFD>`})...)
		}
	}
	template := func(n int) string {
		return fmt.Sprintf(`<ofd:Page%s><ofd:Template TemplateID="%d"/><ofd:Content/></ofd:Page>`, space, n)
	}
	res := func(inside string) string { return `<ofd:Res` + space + ` BaseLoc=".">` + inside + `</ofd:Res>` }
	pageRes := func(name string) string {
		return `<ofd:Page` + space + `><ofd:PageRes>` + name + `</ofd:PageRes><ofd:Content/></ofd:Page>`
	}
	const many = 100_000
	const pages = 29_900
	return []hostile{
		{name: "DocRoot names OFD.xml", data: root(`<ofd:DocBody><ofd:DocRoot>OFD.xml</ofd:DocRoot></ofd:DocBody>`)},
		{name: "a hundred thousand documents", data: root(repeat(many, said(`<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><!--%d--></ofd:DocBody>`))), verify: fault.InputTooLarge},
		{name: "a hundred thousand DocRoots", data: root(`<ofd:DocBody>` + strings.Repeat(`<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>`, many) + `</ofd:DocBody>`)},
		{name: "a hundred thousand versions", data: root(`<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Versions>` +
			strings.Repeat(`<ofd:Version ID="1" BaseLoc="OFD.xml"/>`, many) + `</ofd:Versions></ofd:DocBody>`)},
		{name: "templates that use each other", data: doc(`<ofd:TemplatePage ID="1" BaseLoc="t1.xml"/><ofd:TemplatePage ID="2" BaseLoc="t2.xml"/>`, onePage, "",
			entry{name: "Doc_0/p.xml", data: template(1)}, entry{name: "Doc_0/t1.xml", data: template(2)}, entry{name: "Doc_0/t2.xml", data: template(1)})},
		{name: "a page that is its own template", data: doc(`<ofd:TemplatePage ID="1" BaseLoc="p.xml"/>`, onePage, "", entry{name: "Doc_0/p.xml", data: template(1)})},
		{name: "a page of a hundred thousand templates", data: doc(repeat(many, said(`<ofd:TemplatePage ID="%d" BaseLoc="t1.xml"/>`)), onePage, "",
			entry{name: "Doc_0/t1.xml", data: pageXML},
			entry{name: "Doc_0/p.xml", data: `<ofd:Page` + space + `>` + repeat(many, said(`<ofd:Template TemplateID="%d"/>`)) + `</ofd:Page>`}), verify: fault.DocPartUnread},
		{name: "as many pages as are allowed, of one file", data: doc("", repeat(pages, said(`<ofd:Page ID="%d" BaseLoc="p.xml"/>`)), "")},
		{name: "as many pages as are allowed, that are missing", data: doc("", repeat(pages, said(`<ofd:Page ID="%d" BaseLoc="m%[1]d.xml"/>`)), ""), verify: fault.DocDangling},
		{name: "as many pages as are allowed, of thirty templates", data: doc(repeat(30, said(`<ofd:TemplatePage ID="%d" BaseLoc="t.xml"/>`)), repeat(pages, said(`<ofd:Page ID="%d" BaseLoc="p.xml"/>`)), "",
			entry{name: "Doc_0/t.xml", data: pageXML},
			entry{name: "Doc_0/p.xml", data: `<ofd:Page` + space + `>` + repeat(30, said(`<ofd:Template TemplateID="%d"/>`)) + `</ofd:Page>`})},
		{name: "as many pages as are allowed, with the same resources", data: doc("", repeat(pages, said(`<ofd:Page ID="%d" BaseLoc="p.xml"/>`)), "",
			entry{name: "Doc_0/p.xml", data: pageRes("r.xml")}, entry{name: "Doc_0/r.xml", data: res(`<ofd:MultiMedias><ofd:MultiMedia><ofd:MediaFile>r.xml</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)})},
		{name: "a hundred thousand pages", data: doc("", repeat(many, said(`<ofd:Page ID="%d" BaseLoc="p.xml"/>`)), ""), verify: fault.InputTooLarge},
		{name: "a page that is its own resources", data: doc("", onePage, "", entry{name: "Doc_0/p.xml", data: pageRes("p.xml")})},
		{name: "resources that name each other", data: doc(`<ofd:PublicRes>r1.xml</ofd:PublicRes><ofd:DocumentRes>r2.xml</ofd:DocumentRes>`, onePage, "",
			entry{name: "Doc_0/r1.xml", data: res(`<ofd:MultiMedias><ofd:MultiMedia><ofd:MediaFile>r2.xml</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)},
			entry{name: "Doc_0/r2.xml", data: res(`<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="5"><ofd:Content><ofd:CompositeObject ResourceID="5"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits><ofd:FontFile>r1.xml</ofd:FontFile>`)})},
		{name: "composites inside each other", data: doc(`<ofd:PublicRes>r.xml</ofd:PublicRes>`, onePage, "",
			entry{name: "Doc_0/r.xml", data: res(`<ofd:CompositeGraphicUnits>` + repeat(2000, func(i int) string {
				return fmt.Sprintf(`<ofd:CompositeGraphicUnit ID="%d"><ofd:Content><ofd:CompositeObject ResourceID="%d"/><ofd:CompositeObject ResourceID="%d"/></ofd:Content></ofd:CompositeGraphicUnit>`, i, (i+1)%2000, (i+2)%2000)
			}) + `</ofd:CompositeGraphicUnits>`)},
			entry{name: "Doc_0/p.xml", data: `<ofd:Page` + space + `><ofd:Content><ofd:Layer><ofd:CompositeObject ResourceID="0"/></ofd:Layer></ofd:Content></ofd:Page>`})},
		{name: "sixty thousand fonts that are missing", data: doc(`<ofd:PublicRes>r.xml</ofd:PublicRes>`, onePage, "",
			entry{name: "Doc_0/r.xml", data: res(repeat(64_900, said(`<ofd:Font><ofd:FontFile>f%d</ofd:FontFile></ofd:Font>`)))}), verify: fault.DocDangling},
		{name: "references that leave the package", data: doc(`<ofd:PublicRes>r.xml</ofd:PublicRes>`, onePage, "",
			entry{name: "Doc_0/r.xml", data: res(repeat(64_900, said(`<ofd:Font><ofd:FontFile>../../../f%d</ofd:FontFile></ofd:Font>`)))}), verify: fault.DocDangling},
		{name: "references of a megabyte", data: doc(`<ofd:PublicRes>r.xml</ofd:PublicRes>`, onePage, "",
			entry{name: "Doc_0/r.xml", data: res(strings.Repeat(`<ofd:Font><ofd:FontFile>`+strings.Repeat("a/../", 200_000)+`x</ofd:FontFile></ofd:Font>`, 25))}), verify: fault.DocDangling},
		{name: "a hundred thousand annotations in one file", data: doc("", onePage, `<ofd:Annotations>a.xml</ofd:Annotations>`,
			entry{name: "Doc_0/a.xml", data: `<ofd:Annotations` + space + `>` + strings.Repeat(`<ofd:Page PageID="1"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Page>`, many) + `</ofd:Annotations>`})},
		{name: "attachments that are their own list", data: doc("", onePage, `<ofd:Attachments>a.xml</ofd:Attachments>`,
			entry{name: "Doc_0/a.xml", data: `<ofd:Attachments` + space + `>` + strings.Repeat(`<ofd:Attachment ID="1"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Attachment>`, many) + `</ofd:Attachments>`})},
		{name: "a hundred thousand lists of attachments", data: doc("", onePage, strings.Repeat(`<ofd:Attachments>a.xml</ofd:Attachments>`, many),
			entry{name: "Doc_0/a.xml", data: `<ofd:Attachments` + space + `>` + strings.Repeat(`<ofd:Attachment ID="1"><ofd:FileLoc>p.xml</ofd:FileLoc></ofd:Attachment>`, 1000) + `</ofd:Attachments>`})},
		{name: "a hundred thousand resource lists", data: doc(strings.Repeat(`<ofd:PublicRes>p.xml</ofd:PublicRes>`, many), onePage, "")},
		{name: "a page of 60 MB", data: doc("", onePage, "", entry{name: "Doc_0/p.xml",
			data: `<ofd:Page` + space + `><ofd:Area/><ofd:Content><ofd:Layer>` + strings.Repeat(`<ofd:TextObject ID="1" Boundary="1 1 1 1"><ofd:TextCode X="1" Y="1">章</ofd:TextCode></ofd:TextObject>`, 500_000) + `</ofd:Layer></ofd:Content></ofd:Page>`})},
		{name: "three pages of 30 MB", data: doc("", repeat(3, said(`<ofd:Page ID="%d" BaseLoc="b%[1]d.xml"/>`)), "", bigPages(3)...)},
	}
}

func bigPages(n int) []entry {
	var out []entry
	text := `<ofd:Page` + space + `><ofd:Area/><ofd:Content><ofd:Layer>` + strings.Repeat(`<ofd:PathObject ID="1" Boundary="1 1 1 1"/>`, 700_000) + `</ofd:Layer></ofd:Content></ofd:Page>`
	for i := range n {
		out = append(out, entry{name: fmt.Sprintf("Doc_0/b%d.xml", i), data: text})
	}
	return out
}
