package ofd

import (
	"archive/zip"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Builder writes small documents of our own: pages with text, lines, boxes
// and pictures, drawn on a template. Fonts are named and not embedded.
//
//	b := ofd.NewBuilder(id, "案件材料", created)
//	page := b.Page(210, 297)
//	page.Text("黑体", 7, 75, 40, "讯问笔录")
//	err := b.Write(w)
//
// Elements stand in the order of the schema of GB/T 33190-2016. All lengths are
// millimetres.
type Builder struct {
	id       [16]byte
	title    string
	created  time.Time
	lastID   int
	fonts    []font
	pictures []picture
	template *Canvas
	pages    []*Canvas
	err      error
}

type font struct {
	id   int
	name string
}

type picture struct {
	id     int
	file   string
	format string
	data   []byte
}

// NewBuilder starts a document. id becomes the DocID, 32 hexadecimal digits.
func NewBuilder(id [16]byte, title string, created time.Time) *Builder {
	return &Builder{id: id, title: title, created: created}
}

// Page adds a page of this size and returns what to draw on.
func (b *Builder) Page(widthMM, heightMM float64) *Canvas {
	c := &Canvas{b: b, id: b.nextID(), layer: b.nextID(), w: widthMM, h: heightMM}
	b.pages = append(b.pages, c)
	return c
}

// Template returns the page that lies under every page: a letterhead, a frame.
// It belongs to the document and is drawn once.
func (b *Builder) Template() *Canvas {
	if b.template == nil {
		b.template = &Canvas{b: b, id: b.nextID(), layer: b.nextID()}
	}
	return b.template
}

func (b *Builder) nextID() int {
	b.lastID++
	return b.lastID
}

func (b *Builder) font(name string) int {
	for _, f := range b.fonts {
		if f.name == name {
			return f.id
		}
	}
	f := font{b.nextID(), name}
	b.fonts = append(b.fonts, f)
	return f.id
}

// Write writes the package. It returns the first error of the drawing calls.
func (b *Builder) Write(w io.Writer) error {
	if b.err != nil {
		return b.err
	}
	if len(b.pages) == 0 {
		return errors.New("build document: it has no page")
	}
	out := zip.NewWriter(w)
	put := func(name string, data []byte) {
		if b.err == nil {
			b.err = writeEntry(out, name, !isASCII([]byte(name)), data)
		}
	}
	put("OFD.xml", b.rootXML())
	put("Doc_0/Document.xml", b.documentXML())
	put("Doc_0/PublicRes.xml", b.fontsXML())
	if len(b.pictures) > 0 {
		put("Doc_0/DocumentRes.xml", b.picturesXML())
	}
	if b.template != nil {
		put("Doc_0/Tpls/Tpl_0/Content.xml", b.template.xml(0))
	}
	for i, page := range b.pages {
		put(fmt.Sprintf("Doc_0/Pages/Page_%d/Content.xml", i), page.xml(b.templateID()))
	}
	for _, pic := range b.pictures {
		put("Doc_0/Res/"+pic.file, pic.data)
	}
	if b.err != nil {
		return fmt.Errorf("build document: %w", b.err)
	}
	return out.Close()
}

func (b *Builder) templateID() int {
	if b.template == nil {
		return 0
	}
	return b.template.id
}

func (b *Builder) rootXML() []byte {
	var s strings.Builder
	s.WriteString(xmlHeader + `<ofd:OFD xmlns:ofd="` + namespace + `" Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo>`)
	element(&s, "DocID", hex.EncodeToString(b.id[:]))
	element(&s, "Title", b.title)
	element(&s, "CreationDate", b.created.Format("2006-01-02"))
	element(&s, "Creator", "Xinzhang")
	s.WriteString(`</ofd:DocInfo>`)
	element(&s, "DocRoot", "Doc_0/Document.xml")
	s.WriteString(`</ofd:DocBody></ofd:OFD>`)
	return []byte(s.String())
}

func (b *Builder) documentXML() []byte {
	var s strings.Builder
	s.WriteString(xmlHeader + `<ofd:Document xmlns:ofd="` + namespace + `"><ofd:CommonData>`)
	element(&s, "MaxUnitID", fmt.Sprint(b.lastID))
	s.WriteString(`<ofd:PageArea>`)
	element(&s, "PhysicalBox", Box{0, 0, b.pages[0].w, b.pages[0].h}.String())
	s.WriteString(`</ofd:PageArea>`)
	element(&s, "PublicRes", "PublicRes.xml")
	if len(b.pictures) > 0 {
		element(&s, "DocumentRes", "DocumentRes.xml")
	}
	if b.template != nil {
		fmt.Fprintf(&s, `<ofd:TemplatePage ID="%d" BaseLoc="Tpls/Tpl_0/Content.xml"/>`, b.template.id)
	}
	s.WriteString(`</ofd:CommonData><ofd:Pages>`)
	for i, page := range b.pages {
		fmt.Fprintf(&s, `<ofd:Page ID="%d" BaseLoc="Pages/Page_%d/Content.xml"/>`, page.id, i)
	}
	s.WriteString(`</ofd:Pages></ofd:Document>`)
	return []byte(s.String())
}

func (b *Builder) fontsXML() []byte {
	var s strings.Builder
	s.WriteString(xmlHeader + `<ofd:Res xmlns:ofd="` + namespace + `" BaseLoc="Res"><ofd:Fonts>`)
	for _, f := range b.fonts {
		name := escapeXML(f.name)
		fmt.Fprintf(&s, `<ofd:Font ID="%d" FontName="%s" FamilyName="%s"/>`, f.id, name, name)
	}
	s.WriteString(`</ofd:Fonts></ofd:Res>`)
	return []byte(s.String())
}

func (b *Builder) picturesXML() []byte {
	var s strings.Builder
	s.WriteString(xmlHeader + `<ofd:Res xmlns:ofd="` + namespace + `" BaseLoc="Res"><ofd:MultiMedias>`)
	for _, pic := range b.pictures {
		fmt.Fprintf(&s, `<ofd:MultiMedia ID="%d" Type="Image" Format="%s"><ofd:MediaFile>%s</ofd:MediaFile></ofd:MultiMedia>`,
			pic.id, pic.format, pic.file)
	}
	s.WriteString(`</ofd:MultiMedias></ofd:Res>`)
	return []byte(s.String())
}
