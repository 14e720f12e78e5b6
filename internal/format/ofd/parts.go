package ofd

import (
	"slices"

	"xinzhang/internal/fault"
)

// A Kind says what a part is to the reader of the document.
type Kind string

// Kinds of parts. Those from KindSignatureList on are the signatures' own.
const (
	KindRoot          Kind = "root"           // OFD.xml
	KindDocument      Kind = "document"       // Document.xml, also of an older version
	KindPage          Kind = "page"           // content of a page
	KindTemplate      Kind = "template"       // what pages are drawn on
	KindResource      Kind = "resource"       // PublicRes, DocumentRes, PageRes
	KindFont          Kind = "font"           // embedded font
	KindImage         Kind = "image"          // picture, also the cover
	KindMedia         Kind = "media"          // sound or film that the document can play
	KindColourProfile Kind = "colour_profile" // ICC profile
	KindAnnotIndex    Kind = "annot_index"    // Annotations.xml
	KindAnnotation    Kind = "annotation"     // annotations of one page, with their appearance
	KindAttachIndex   Kind = "attach_index"   // Attachments.xml
	KindAttachment    Kind = "attachment"     // attached file
	KindCustomTag     Kind = "custom_tag"     // CustomTags.xml, a tag file or its schema
	KindExtension     Kind = "extension"      // Extensions.xml or a file it names
	KindVersion       Kind = "version"        // version list entry and files it keeps
	KindEncryption    Kind = "encryption"     // Encryptions.xml of GM/T 0099
	KindIntegrity     Kind = "integrity"      // OFDEntries.xml and its signed value (GM/T 0099)
	KindSignatureList Kind = "signature_list" // Signatures.xml
	KindSignature     Kind = "signature"      // Signature.xml
	KindSignedValue   Kind = "signed_value"   // SignedValue.dat
	KindSeal          Kind = "seal"           // Seal.esl
)

// IsSignature reports whether a part belongs to the signatures themselves and
// not to what they protect.
func (k Kind) IsSignature() bool {
	switch k {
	case KindSignatureList, KindSignature, KindSignedValue, KindSeal:
		return true
	}
	return false
}

// A Part is one file that the document refers to: whatever a reader may show,
// play, run or hand out.
type Part struct {
	Path     string // part name; the path asked for when it is missing
	Kind     Kind
	Document int    // index of the document, from 1; 0 for the package's own parts
	Pages    []int  // pages it is shown on, from 1; nil: no page, or any page
	From     string // the part that refers to it
	Ref      string // as written there
	Missing  bool   // dangling: the package does not hold it

	// Err says why the part, or what it refers to, could not be read. What lies
	// behind it is then not in the list.
	Err error
}

// Parts walks from OFD.xml over everything the documents refer to, each part
// once, in the order met. Missing parts are listed too. The error is for
// OFD.xml alone, or for a document with more parts than Limits.References.
func (p *Package) Parts() ([]Part, error) {
	p.mu.Lock()
	known := p.parts
	p.mu.Unlock()
	if known == nil {
		var err error
		if known, err = p.findParts(); err != nil {
			return nil, err
		}
		p.mu.Lock()
		p.parts = known
		p.mu.Unlock()
	}
	return slices.Clone(known), nil
}

func (p *Package) findParts() ([]Part, error) {
	docs, err := p.Documents()
	if err != nil {
		return nil, err
	}
	w := &walker{p: p, seen: make(map[string]int)}
	w.add(Part{Path: p.root(), Kind: KindRoot})
	for _, d := range docs {
		w.document(d)
	}
	w.integrity()
	if w.tooMany {
		return nil, fault.New(fault.InputTooLarge, "what", "number of parts of the document", "limit", p.lim.References)
	}
	for i := range w.parts {
		slices.Sort(w.parts[i].Pages)
		w.parts[i].Pages = slices.Compact(w.parts[i].Pages)
	}
	return w.parts, nil
}

// Strays lists the files that no part of the document refers to.
func (p *Package) Strays() ([]string, error) {
	parts, err := p.Parts()
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool, len(parts))
	for _, part := range parts {
		used[part.Path] = true
	}
	var out []string
	for _, e := range p.Entries() {
		if !used[e.Name] {
			out = append(out, e.Name)
		}
	}
	return out, nil
}

// A walker collects parts.
type walker struct {
	p       *Package
	parts   []Part
	seen    map[string]int // path → index in parts
	doc     int
	tooMany bool
}

// add records a part. fresh is false when it was met before: its pages are then
// joined and it is not walked again, which also ends circles.
func (w *walker) add(part Part) (at int, fresh bool) {
	key := part.Path
	if key == "" {
		key = "\x00" + part.From + "\x00" + part.Ref // leaves the package: not a path
	}
	if i, ok := w.seen[key]; ok {
		w.parts[i].Pages = append(w.parts[i].Pages, part.Pages...)
		return i, false
	}
	if len(w.parts) >= w.p.lim.References {
		w.tooMany = true
		return 0, false
	}
	if part.Path != "" && !part.Missing {
		part.Missing = !w.p.Has(part.Path)
	}
	w.seen[key] = len(w.parts)
	w.parts = append(w.parts, part)
	return len(w.parts) - 1, true
}

// refer adds the part that ref names in from, and says where to walk on: ""
// when there is nothing to read, or it was read before. at is -1 when nothing
// was added because ref is empty.
func (w *walker) refer(from, ref string, kind Kind, pages ...int) (at int, path string) {
	if ref == "" {
		return -1, ""
	}
	name, _, ok := w.p.Resolve(from, ref)
	at, fresh := w.add(Part{Path: name, Kind: kind, Document: w.doc, Pages: pages, From: from, Ref: ref, Missing: !ok})
	if !fresh || !ok {
		return at, ""
	}
	return at, name
}

// open is refer for a part in XML: nil when it is not there or cannot be read.
func (w *walker) open(from, ref string, kind Kind, pages ...int) (*node, string) {
	at, path := w.refer(from, ref, kind, pages...)
	if path == "" {
		return nil, ""
	}
	tree, err := w.p.readTree(path)
	if err != nil {
		w.parts[at].Err = err
		return nil, ""
	}
	return tree, path
}

// integrity adds the GM/T 0099 list and its value, and an encryption list.
func (w *walker) integrity() {
	w.doc = 0
	if list, err := w.p.IntegrityList(); list != nil {
		w.add(Part{Path: list.Path, Kind: KindIntegrity})
		if list.SignedValuePath != "" {
			w.add(Part{Path: list.SignedValuePath, Kind: KindIntegrity, From: list.Path, Ref: list.SignedValueRef})
		}
	} else if err != nil {
		w.add(Part{Path: integrityName, Kind: KindIntegrity, Err: err})
	}
	if w.p.Has("/Encryptions.xml") {
		w.add(Part{Path: "/Encryptions.xml", Kind: KindEncryption})
	}
}
