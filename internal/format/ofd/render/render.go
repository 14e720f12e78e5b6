// Package render draws the pages of OFD documents as SVG: the signer sees what
// the verifier hashes.
//
//	r, err := render.New(pkg, doc, render.Options{})
//	page, err := r.Page(1)
//	page.SVG    // one <svg> in millimetres
//	page.Notes  // what could not be drawn as the document means it
//
// A page is read into a display list, which is independent of SVG, and then
// written. What the renderer cannot draw it says in a [Note]; [Page.Hidden]
// counts the places where content is missing from the picture.
//
// Documents are hostile. The SVG holds elements and attributes of this package
// only: no script, no foreign object, no style sheet, no link out of itself.
// Pictures are data: URIs of PNG or JPEG that were decoded here and stripped of
// all that is not the picture. Time, memory and output are bounded by [Limits];
// beyond them the page is refused with fault.InputTooLarge.
//
// Text whose font is embedded is drawn as outlines. Other text is SVG text in
// families that systems in China have, placed glyph by glyph, with a note.
//
// Seals are drawn from the seal pictures inside the signatures, nested OFD
// included. This package judges nothing: a caller that has judged hands in the
// state of each signature, and seals of signatures that did not pass are drawn
// grey and struck out.
//
// The package is pure and draws no page of its own making: a sign that a seal
// was verified belongs outside the page, where no document can forge it.
package render

import (
	"bytes"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A Page is a drawn page.
type Page struct {
	Number            int
	WidthMM, HeightMM float64
	SVG               []byte
	Notes             []Note
}

// Hidden counts the notes on content that the picture lacks. Nobody should sign
// a page of which a part could not be shown to them.
func (p *Page) Hidden() int {
	n := 0
	for _, note := range p.Notes {
		if note.Hides() {
			n++
		}
	}
	return n
}

// Options say how to draw.
type Options struct {
	// IDPrefix begins every id of the SVG, so that several pages can stand inline
	// in one HTML page. Letters, digits, "-" and "_"; "p" when empty. The page's
	// number follows it.
	IDPrefix string

	// Seals is the state of each signature, by its number from 1 over all
	// signature lists of the package, as in a verification report. A signature
	// that is not named is drawn as the document shows it.
	Seals map[int]SealState

	// Limits bound the work; the zero value stands for [DefaultLimits].
	Limits Limits
}

// A SealState says how the seals of a signature are drawn.
type SealState int

// States of a signature. The zero state says nothing about it.
const (
	SealAsIs SealState = iota // as the document shows it
	SealVoid                  // grey and struck out: the signature did not pass
	SealLeft                  // not drawn
)

// A Renderer draws the pages of one document and keeps fonts and pictures
// between pages. It is not safe for use by several goroutines.
type Renderer struct {
	pkg    *ofd.Package
	doc    *ofd.Document
	opt    Options
	common *resources
	stamps map[int][]stamp // by page
	missed []Note          // about the signatures, for every page
	nested int             // how many packages this one lies in
	fonts  map[string]*fontFile
	images map[imageKey]*bitmap
}

// New prepares to draw a document of pkg. It returns the document's error when
// its Document.xml could not be read.
func New(pkg *ofd.Package, doc *ofd.Document, opt Options) (*Renderer, error) {
	if opt.Limits == (Limits{}) {
		opt.Limits = DefaultLimits()
	}
	if opt.IDPrefix == "" {
		opt.IDPrefix = "p"
	}
	if !plainID(opt.IDPrefix) {
		return nil, fmt.Errorf("render: id prefix %q holds other characters than letters, digits, - and _", opt.IDPrefix)
	}
	r, err := newRenderer(pkg, doc, opt, 0)
	if err != nil {
		return nil, err
	}
	r.findStamps()
	return r, nil
}

func newRenderer(pkg *ofd.Package, doc *ofd.Document, opt Options, nested int) (*Renderer, error) {
	if doc.Err != nil {
		return nil, doc.Err
	}
	r := &Renderer{pkg: pkg, doc: doc, opt: opt, nested: nested,
		fonts: make(map[string]*fontFile), images: make(map[imageKey]*bitmap)}
	r.common = newResources(nil)
	for _, name := range pkg.DocumentResources(doc) {
		r.common.load(pkg, name)
	}
	return r, nil
}

func plainID(s string) bool {
	for _, c := range s {
		if c > 'z' || (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Page draws page n, counted from 1: templates, content, annotations, seals.
func (r *Renderer) Page(n int) (*Page, error) {
	b := newBuilder(r)
	list, area, err := b.page(n)
	if err != nil {
		return nil, err
	}
	list = append(list, b.seals(n)...)
	b.notes.join(r.missed)
	return b.finish(n, list, area, fmt.Sprintf("%s%d", r.opt.IDPrefix, n))
}

// finish writes the display list.
func (b *builder) finish(n int, list []item, area ofd.Box, prefix string) (*Page, error) {
	if b.err != nil {
		return nil, b.err
	}
	w := newWriter(prefix, b.r.opt.Limits.OutputBytes)
	svg, err := w.document(list, area)
	if err != nil {
		return nil, err
	}
	return &Page{Number: n, WidthMM: area.W, HeightMM: area.H, SVG: svg, Notes: b.notes.all()}, nil
}

// SealPicture draws the picture of a seal, nested OFD included, at the size its
// maker gave it in millimetres. typ is the picture's type as the seal states it,
// "png" or "ofd"; the bytes decide. void draws it grey; striking it out is left
// to the caller's frame. The error names what cannot be drawn.
func SealPicture(typ string, data []byte, widthMM, heightMM float64, prefix string, void bool) (*Page, error) {
	if !(widthMM > 0 && heightMM > 0 && widthMM <= maxSide && heightMM <= maxSide) || !plainID(prefix) {
		return nil, fault.New(fault.RenderSealPicture, "type", typ)
	}
	r := &Renderer{opt: Options{IDPrefix: prefix, Limits: DefaultLimits()},
		fonts: make(map[string]*fontFile), images: make(map[imageKey]*bitmap)}
	r.common = newResources(nil)
	b := newBuilder(r)
	b.grey = void
	box := ofd.Box{W: widthMM, H: heightMM}
	drawn, ok := b.sealPicture("seal", sealImage{typ: typ, data: data}, box)
	if !ok {
		return nil, fault.New(fault.RenderSealPicture, "type", typ)
	}
	return b.finish(0, []item{drawn}, box, prefix)
}

const maxSide = 1000 // millimetres of a seal

// openNested opens an OFD package inside a seal.
func openNested(data []byte) (*ofd.Package, *ofd.Document, error) {
	lim := ofd.DefaultLimits()
	lim.Pages, lim.Entries, lim.TotalBase = 100, 1000, 32<<20
	pkg, err := ofd.Open(bytes.NewReader(data), int64(len(data)), lim)
	if err != nil {
		return nil, nil, err
	}
	docs, err := pkg.Documents()
	if err != nil {
		return nil, nil, err
	}
	return pkg, docs[0], docs[0].Err
}
