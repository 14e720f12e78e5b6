package inspect

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
)

// A Document explains an OFD package. Its signatures are listed, not judged.
type Document struct {
	Files      int                 `json:"files"` // in the package
	Documents  []Body              `json:"documents"`
	Signatures []DocumentSignature `json:"signatures"`
	Parts      []PartCount         `json:"parts"`
	Strays     []string            `json:"strays"` // files that nothing refers to; the first hundred
	Integrity  *Integrity          `json:"integrity,omitempty"`
}

// A Body is one document of the package; nearly always there is one.
type Body struct {
	Title   string     `json:"title,omitempty"`
	Creator string     `json:"creator,omitempty"`
	DocID   string     `json:"doc_id,omitempty"`
	Pages   int        `json:"pages"`
	Sizes   []PageSize `json:"sizes"` // in the order in which they first occur
}

// A PageSize says how many pages have one size.
type PageSize struct {
	WidthMM  float64 `json:"width_mm"`
	HeightMM float64 `json:"height_mm"`
	Pages    int     `json:"pages"`
}

// A DocumentSignature is one entry of the signature list.
type DocumentSignature struct {
	ID        string  `json:"id"`
	Type      string  `json:"type"` // Seal or Sign
	Form      string  `json:"form"` // what the value turned out to be
	Provider  string  `json:"provider,omitempty"`
	Time      string  `json:"time,omitempty"` // as Signature.xml has it
	Signer    *Brief  `json:"signer,omitempty"`
	Seal      *Seal   `json:"seal,omitempty"`
	Protected int     `json:"protected"` // files
	Places    []Place `json:"places"`
}

// A Place is where a signature is shown, in millimetres; Page 0 is a page that
// does not exist.
type Place struct {
	Page   int     `json:"page"`
	X      float64 `json:"x_mm"`
	Y      float64 `json:"y_mm"`
	Width  float64 `json:"width_mm"`
	Height float64 `json:"height_mm"`
}

// A PartCount says how many parts of one kind the documents refer to.
type PartCount struct {
	Kind  ofd.Kind `json:"kind"`
	Count int      `json:"count"`
}

// An Integrity explains the list of files of GM/T 0099, which another program
// made when it finished the document.
type Integrity struct {
	Creator   string   `json:"creator,omitempty"`
	Created   string   `json:"created,omitempty"` // as written
	Files     int      `json:"files"`             // listed
	Signature Check    `json:"signature"`         // over the list
	Signer    *Brief   `json:"signer,omitempty"`
	Missing   []string `json:"missing"`  // listed, but not in the package
	Unlisted  []string `json:"unlisted"` // in the package, but not listed
}

func (in inspector) document(r io.ReaderAt, size int64) (Item, error) {
	pkg, err := ofd.Open(r, size, ofd.DefaultLimits())
	if err != nil {
		return Item{}, err
	}
	d := &documentReader{inspector: in, pkg: pkg, out: &Document{
		Files: len(pkg.Entries()), Documents: []Body{}, Signatures: []DocumentSignature{}, Parts: []PartCount{}, Strays: []string{},
	}}
	for _, dev := range pkg.Deviations() {
		d.note(dev)
	}
	for _, step := range []func() error{d.bodies, d.parts, d.signatures, d.integrity} {
		if err := step(); err != nil {
			return Item{}, err
		}
	}
	return Item{Kind: KindDocument, Document: d.out, Findings: d.findings}, nil
}

type documentReader struct {
	inspector
	pkg      *ofd.Package
	docs     []*ofd.Document
	out      *Document
	findings []Finding
}

func (d *documentReader) note(err error) {
	if len(d.findings) < maxListed {
		d.findings = append(d.findings, findingOf(err))
	}
}

func (d *documentReader) bodies() (err error) {
	if d.docs, err = d.pkg.Documents(); err != nil {
		return err
	}
	var unread parts
	for _, doc := range d.docs {
		body := Body{Title: d.mask(doc.Title), Creator: d.mask(doc.Creator), DocID: doc.DocID, Pages: len(doc.Pages), Sizes: []PageSize{}}
		for _, p := range doc.Pages {
			body.count(p.WidthMM, p.HeightMM)
			if p.Err != nil {
				unread = append(unread, d.pkg.PartName(p.Path))
			}
		}
		d.out.Documents = append(d.out.Documents, body)
		for _, dev := range doc.Deviations {
			d.note(dev)
		}
		if doc.Err != nil {
			d.note(doc.Err)
		}
	}
	d.noteAll(fault.DocPartUnread, "parts", unread)
	return nil
}

// noteAll notes names under one code, when there are any.
func (d *documentReader) noteAll(code fault.Code, arg string, names parts) {
	if len(names) > 0 {
		d.note(fault.New(code, arg, names))
	}
}

// parts are names of parts in the words of a finding.
type parts []ofd.PartName

// Words implements [fault.Worded]; of many names it writes the first ten.
func (p parts) Words(lang fault.Lang) string {
	var names []string
	for _, n := range p[:min(len(p), 10)] {
		names = append(names, n.Words(lang))
	}
	comma, more := "、", " 等 %d 个"
	if lang == fault.EN {
		comma, more = ", ", " and others, %d in all"
	}
	s := strings.Join(names, comma)
	if len(p) > len(names) {
		s += fmt.Sprintf(more, len(p))
	}
	return s
}

// files are names without regard to what they are for.
func files(names []string) parts {
	var all parts
	for _, n := range names {
		all = append(all, ofd.PartName{Path: n})
	}
	return all
}

// count adds one page; sizes are few, and a hostile document's last ones are
// left out.
func (b *Body) count(w, h float64) {
	i := slices.IndexFunc(b.Sizes, func(s PageSize) bool { return s.WidthMM == w && s.HeightMM == h })
	switch {
	case i >= 0:
		b.Sizes[i].Pages++
	case len(b.Sizes) < maxListed:
		b.Sizes = append(b.Sizes, PageSize{w, h, 1})
	}
}

func (d *documentReader) parts() error {
	all, err := d.pkg.Parts()
	if err != nil {
		return err
	}
	var dangling parts
	for _, p := range all {
		if p.Missing {
			dangling = append(dangling, d.pkg.PartName(p.Path))
			continue
		}
		i := slices.IndexFunc(d.out.Parts, func(c PartCount) bool { return c.Kind == p.Kind })
		if i < 0 {
			d.out.Parts = append(d.out.Parts, PartCount{Kind: p.Kind})
			i = len(d.out.Parts) - 1
		}
		d.out.Parts[i].Count++
	}
	d.noteAll(fault.DocDangling, "parts", dangling)
	strays, err := d.pkg.Strays()
	if err != nil {
		return err
	}
	d.out.Strays = append(d.out.Strays, strays[:min(len(strays), maxListed)]...)
	d.noteAll(fault.DocStray, "files", files(strays))
	return nil
}

func (d *documentReader) signatures() error {
	lists, err := d.pkg.SignatureLists()
	if err != nil {
		d.note(err)
		return nil
	}
	for _, list := range lists {
		for _, dev := range list.Deviations {
			d.note(dev)
		}
		for _, item := range list.Items {
			if len(d.out.Signatures) == maxListed {
				return nil
			}
			d.out.Signatures = append(d.out.Signatures, d.signatureOf(list, item))
		}
	}
	return nil
}

func (d *documentReader) signatureOf(list *ofd.SignatureList, item ofd.SignatureItem) DocumentSignature {
	out := DocumentSignature{ID: item.ID, Type: item.Type, Form: ses.KindUnknown.String(), Places: []Place{}}
	file, err := d.pkg.SignatureFile(item.Path)
	if err != nil {
		d.note(err)
		return out
	}
	out.Provider, out.Time, out.Protected = file.ProviderName, file.DateTime, len(file.References)
	for _, st := range file.Stamps[:min(len(file.Stamps), maxListed)] {
		out.Places = append(out.Places, d.place(list.Document, st))
	}
	value, err := d.pkg.Read(file.SignedValuePath)
	if err != nil {
		d.note(fault.Wrap(fault.SigValueMissing, err))
		return out
	}
	d.value(&out, value)
	return out
}

func (d *documentReader) place(document int, st ofd.Stamp) Place {
	p := Place{X: st.Boundary.X, Y: st.Boundary.Y, Width: st.Boundary.W, Height: st.Boundary.H}
	for _, doc := range d.docs {
		if doc.Index == document {
			if page := doc.PageByID(st.PageRef); page != nil {
				p.Page = page.Index
			}
		}
	}
	return p
}

// value says who signed, from the signature value.
func (d *documentReader) value(out *DocumentSignature, value []byte) {
	kind := ses.Detect(value)
	out.Form = kind.String()
	switch kind {
	case ses.KindSignatureV1, ses.KindSignatureV4, ses.KindSignatureV5:
		s, err := ses.ParseSignature(value)
		if err != nil {
			d.note(fault.Wrap(fault.SigValueBroken, err, "place", err.Error()))
			return
		}
		signer, _ := d.briefOf(s.SignerCert)
		out.Signer = &signer
		out.Seal, _ = d.explainSeal(s.Seal)
	case ses.KindCMS:
		sd, err := cms.Parse(value)
		if err != nil {
			d.note(err)
			return
		}
		for _, s := range sd.Signers {
			if c := sd.CertificateOf(s); c != nil {
				signer := d.brief(c)
				out.Signer = &signer
				return
			}
		}
	}
}

// integrity checks the integrity list: is its signature right, and is it
// complete? A file that is not listed was added after the list was made.
func (d *documentReader) integrity() error {
	list, err := d.pkg.IntegrityList()
	if err != nil {
		d.note(err)
		return nil
	}
	if list == nil {
		return nil
	}
	out := &Integrity{
		Creator: list.Creator, Created: list.CreationDate, Files: len(list.Files), Signature: Wrong,
		Missing:  append([]string{}, list.Missing[:min(len(list.Missing), maxListed)]...),
		Unlisted: append([]string{}, list.Unlisted[:min(len(list.Unlisted), maxListed)]...),
	}
	d.out.Integrity = out
	if err := d.integritySignature(list, out); err != nil {
		d.note(fault.Wrap(fault.IntegritySignature, err))
	} else {
		d.note(fault.New(fault.IntegrityOK, "files", out.Files))
	}
	d.noteAll(fault.IntegrityMissing, "files", files(list.Missing))
	d.noteAll(fault.IntegrityUnlisted, "files", files(list.Unlisted))
	return nil
}

func (d *documentReader) integritySignature(list *ofd.IntegrityList, out *Integrity) error {
	value, err := d.pkg.Read(list.SignedValuePath)
	if err != nil {
		return err
	}
	sd, err := cms.Parse(value)
	if err != nil {
		return err
	}
	for i, s := range sd.Signers {
		c := sd.CertificateOf(s)
		if c == nil {
			continue
		}
		signer := d.brief(c)
		out.Signer = &signer
		if _, err := sd.Verify(i, list.Raw, c); err != nil {
			return err
		}
		out.Signature = Right
		return nil
	}
	return fault.New(fault.SignerAbsent)
}
