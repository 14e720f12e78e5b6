package ofd

import (
	"strconv"
	"strings"
	"sync"

	"xinzhang/internal/fault"
)

// A Document is one DocBody of OFD.xml with its Document.xml. Most packages
// hold one; all of them are read, since a reader may show any.
type Document struct {
	Index    int    // from 1, in the order of OFD.xml
	Root     string // part name of Document.xml; "" when it is missing
	DocID    string
	Title    string
	Creator  string
	PageArea Box // PhysicalBox of CommonData; A4 when the document states none
	Pages    []Page

	// SignaturesRef is the text of DocBody's Signatures element, "" without one.
	SignaturesRef string

	// Deviations are paths that were written loosely.
	Deviations []*fault.Error

	// Err says why Document.xml could not be read; Pages is then empty.
	Err error

	tree      *node             // of Document.xml
	body      *node             // DocBody
	templates map[string]string // TemplatePage ID → part name
	byID      map[string]int    // page ID → place in Pages
	byNumber  map[uint64]int    // the same by number, for "007"

	annotOnce sync.Once
	annots    map[int][]string // page index → annotation files
	unitsOnce sync.Once
	units     map[string]*node // CompositeGraphicUnit by ID
}

// A Page is one page of a document.
type Page struct {
	Index     int    // from 1 within its document
	ID        string // what StampAnnot's PageRef names
	Path      string // part name of Content.xml; the path asked for when it is missing
	WidthMM   float64
	HeightMM  float64
	Area      Box      // PhysicalBox; its origin is seldom other than 0 0
	Templates []string // part names of the template pages it is drawn on

	// Err says why the page's content could not be read.
	Err error

	uses []templateUse
	res  []string // PageRes paths as written
}

var a4 = Box{0, 0, 210, 297}

// Documents reads every document of the package with its pages. It reads each
// page's content once (see [Package.Digest]). A Document.xml or a page that
// cannot be read is reported in its Err; the error is for OFD.xml alone.
func (p *Package) Documents() ([]*Document, error) {
	p.mu.Lock()
	docs := p.docs
	p.mu.Unlock()
	if docs != nil {
		return docs, nil
	}
	root := p.root()
	tree, err := p.readRoot(root, "OFD")
	if err != nil {
		return nil, err
	}
	docs = []*Document{}
	seen := make(map[string]bool)
	for _, body := range tree.all("DocBody") {
		if len(docs) >= mostDocuments {
			return nil, fault.New(fault.InputTooLarge, "what", "number of documents in the package", "limit", mostDocuments)
		}
		d := p.readDocument(root, body, seen)
		d.Index = len(docs) + 1
		docs = append(docs, d)
	}
	if len(docs) == 0 {
		return nil, fault.New(fault.DocXMLBroken, "place", root+": no DocBody")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.docs == nil {
		p.docs = docs
	}
	return p.docs, nil
}

// mostDocuments bounds the Document.xml trees that are kept.
const mostDocuments = 100

func (p *Package) readDocument(root string, body *node, seen map[string]bool) *Document {
	info := body.kid("DocInfo")
	d := &Document{
		DocID:         info.kid("DocID").value(),
		Title:         info.kid("Title").value(),
		Creator:       info.kid("Creator").value(),
		SignaturesRef: body.kid("Signatures").value(),
		PageArea:      a4,
		body:          body,
	}
	ref := body.kid("DocRoot").value()
	if name, _, ok := p.Resolve(root, ref); ok && seen[name] {
		d.Err = fault.New(fault.DocXMLBroken, "place", root+": "+name+" is named by two DocBody")
		return d
	} else if ok {
		seen[name] = true
	}
	d.Err = p.fillDocument(d, root, ref)
	return d
}

func (p *Package) fillDocument(d *Document, root, ref string) error {
	name, ok := p.locate(root, ref, &d.Deviations)
	if !ok {
		return fault.New(fault.DocPartMissing, "name", clip(ref), "place", root)
	}
	d.Root = name
	tree, err := p.readRoot(name, "Document")
	if err != nil {
		return err
	}
	d.tree = tree
	d.templates, d.byID, d.byNumber = make(map[string]string), make(map[string]int), make(map[uint64]int)
	common := tree.kid("CommonData")
	if area, ok := readArea(common.kid("PageArea")); ok {
		d.PageArea = area
	}
	for _, t := range common.all("TemplatePage") {
		path, _ := p.locate(name, t.attr("BaseLoc"), &d.Deviations)
		if _, twice := d.templates[t.attr("ID")]; !twice {
			d.templates[t.attr("ID")] = path
		}
	}
	p.scanAll(name, tree)
	for _, pages := range tree.all("Pages") {
		for _, n := range pages.all("Page") {
			if len(d.Pages) >= p.lim.Pages {
				return fault.New(fault.InputTooLarge, "what", "number of pages of "+name, "limit", p.lim.Pages)
			}
			d.addPage(p.readPage(d, n))
		}
	}
	return nil
}

// addPage keeps a page and its ID; the first page of an ID bears it.
func (d *Document) addPage(page Page) {
	at := len(d.Pages)
	d.Pages = append(d.Pages, page)
	if _, twice := d.byID[page.ID]; !twice {
		d.byID[page.ID] = at
	}
	if n, err := strconv.ParseUint(page.ID, 10, 32); err == nil {
		if _, twice := d.byNumber[n]; !twice {
			d.byNumber[n] = at
		}
	}
}

func (p *Package) readPage(d *Document, n *node) Page {
	page := Page{Index: len(d.Pages) + 1, ID: n.attr("ID")}
	path, ok := p.locate(d.Root, n.attr("BaseLoc"), &d.Deviations)
	page.Path = path
	area := d.PageArea
	if ok {
		head, err := p.scanPage(path)
		page.Err, page.uses, page.res = err, head.uses, head.res
		if head.hasArea {
			area = head.area
		}
	} else {
		page.Err = fault.New(fault.DocPartMissing, "name", clip(n.attr("BaseLoc")), "place", d.Root)
	}
	page.Area, page.WidthMM, page.HeightMM = area, area.W, area.H
	for _, u := range page.uses {
		if t := d.templates[u.id]; t != "" {
			page.Templates = append(page.Templates, t)
		}
	}
	return page
}

// Page returns page number n, counted from 1, or fault.DocPageAbsent.
func (d *Document) Page(n int) (*Page, error) {
	if n < 1 || n > len(d.Pages) {
		return nil, fault.New(fault.DocPageAbsent, "page", n, "pages", len(d.Pages))
	}
	return &d.Pages[n-1], nil
}

// PageByID finds the page that a StampAnnot's PageRef names, or nil. Letter
// form is as written; "007" and "7" are the same page when no other fits.
func (d *Document) PageByID(id string) *Page {
	if at, ok := d.byID[id]; ok {
		return &d.Pages[at]
	}
	if n, err := strconv.ParseUint(strings.TrimSpace(id), 10, 32); err == nil {
		if at, ok := d.byNumber[n]; ok {
			return &d.Pages[at]
		}
	}
	return nil
}

// readArea reads CT_PageArea. PhysicalBox is obligatory; real files that leave
// it out state another box instead.
func readArea(n *node) (Box, bool) {
	for _, name := range []string{"PhysicalBox", "ApplicationBox", "ContentBox"} {
		if b, err := parseBox(n.kid(name).value()); err == nil && b.W > 0 && b.H > 0 {
			return b, true
		}
	}
	return Box{}, false
}
