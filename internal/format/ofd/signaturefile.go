package ofd

import (
	"encoding/base64"
	"path"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// A SignatureFile is a Signature.xml (GB/T 33190-2016 18.2): what one signature
// protects, where it is shown, and where its value and seal are.
type SignatureFile struct {
	Path string
	Raw  []byte // what the signature's data hash is taken over

	ProviderName    string
	ProviderVersion string
	Company         string
	Method          string // SignatureMethod: 1.2.156.10197.1.501
	DateTime        string // as written; real ones disagree on form and zone
	CheckMethod     string // as written: "SM3", an OID, or "" (MD5 by the standard)

	References []Reference
	Stamps     []Stamp

	SealRef         string // Seal/BaseLoc as written; "" when the seal is only in the value
	SealPath        string // its part name, "" when absent
	SealMissing     bool   // SealRef names no file of the package
	SignedValueRef  string
	SignedValuePath string // its part name, or the path asked for
	ValueMissing    bool   // SignedValueRef names no file of the package

	Deviations []*fault.Error
}

// A Reference is one protected file.
type Reference struct {
	FileRef    string // as written
	Path       string // part name; the path asked for when the file is missing
	Missing    bool
	CheckValue []byte // digest of the file's uncompressed bytes
}

// A Stamp is where the seal picture stands on a page (StampAnnot).
type Stamp struct {
	ID       string
	PageRef  string // the page's ID
	Boundary Box    // on the page
	Clip     *Box   // the part that shows, in the box's own coordinates; nil: all
}

// UsesSM3 reports whether the digests of f are of SM3, by word or by identifier.
func (f *SignatureFile) UsesSM3() bool {
	return strings.EqualFold(f.CheckMethod, "SM3") || oid.ID(f.CheckMethod).IsSM3()
}

// SignatureFile reads the Signature.xml of the given part name. A missing file
// is fault.DocSigfileMissing. One without SignedInfo, References or
// SignedValue, with a value that is no base64 or with a file named twice, is
// fault.DocSigfileBroken. It is read once, and shared: who checks the signature,
// who looks for the parts of the document and who draws its pages all ask for it.
func (p *Package) SignatureFile(name string) (*SignatureFile, error) {
	if !p.Has(name) {
		return nil, fault.New(fault.DocSigfileMissing, "name", name)
	}
	p.mu.Lock()
	r, ok := p.sigfiles[name]
	p.mu.Unlock()
	if !ok {
		r.file, r.err = p.readSignatureFile(name)
		p.mu.Lock()
		p.sigfiles[name] = r
		p.mu.Unlock()
	}
	return r.file, r.err
}

// A sigfile is what reading a signature file came to.
type sigfile struct {
	file *SignatureFile
	err  error
}

func (p *Package) readSignatureFile(name string) (*SignatureFile, error) {
	raw, err := p.readXML(name)
	if err != nil {
		return nil, err
	}
	f := &SignatureFile{Path: name, Raw: raw}
	src, _, err := toUTF8(name, raw)
	if err != nil {
		return nil, fault.Wrap(fault.DocSigfileBroken, err, "place", name, "what", "encoding")
	}
	tree, err := parseTree(name, src, p.lim)
	if err != nil {
		return nil, fault.Wrap(fault.DocSigfileBroken, err, "place", name, "what", "XML")
	}
	if tree.name != "Signature" {
		return nil, f.broken("<" + clip(tree.name) + "> instead of <Signature>")
	}
	info := tree.kid("SignedInfo")
	if info == nil {
		return nil, f.broken("no SignedInfo")
	}
	if name := twice(tree, "SignedInfo", "SignedValue") + twice(info, "References", "Seal"); name != "" {
		return nil, f.broken("several " + name)
	}
	f.readInfo(info)
	if err := p.readReferences(f, info.kid("References")); err != nil {
		return nil, err
	}
	if err := f.readStamps(info.all("StampAnnot")); err != nil {
		return nil, err
	}
	if seal := info.kid("Seal"); seal != nil {
		f.SealRef = seal.kid("BaseLoc").value()
		path, ok := p.locate(name, f.SealRef, &f.Deviations)
		f.SealPath, f.SealMissing = path, !ok
	}
	value := tree.kid("SignedValue")
	if value.value() == "" {
		return nil, f.broken("no SignedValue")
	}
	p.locateValue(f, value.value())
	return f, nil
}

// twice returns the first of names that stands in n more than once: programs
// disagree on which of them counts.
func twice(n *node, names ...string) string {
	for _, name := range names {
		if len(n.all(name)) > 1 {
			return name
		}
	}
	return ""
}

func (f *SignatureFile) broken(what string) error {
	return fault.New(fault.DocSigfileBroken, "place", f.Path, "what", what)
}

func (f *SignatureFile) readInfo(info *node) {
	provider := info.kid("Provider")
	f.ProviderName = provider.attr("ProviderName")
	f.ProviderVersion = provider.attr("Version")
	f.Company = provider.attr("Company")
	f.Method = info.kid("SignatureMethod").value()
	f.DateTime = info.kid("SignatureDateTime").value()
}

func (p *Package) readReferences(f *SignatureFile, refs *node) error {
	if refs == nil {
		return f.broken("no References")
	}
	f.CheckMethod = strings.TrimSpace(refs.attr("CheckMethod"))
	seen := make(map[string]bool)
	for _, n := range refs.all("Reference") {
		if len(f.References) >= p.lim.References {
			return fault.New(fault.InputTooLarge, "what", "number of protected files in "+f.Path, "limit", p.lim.References)
		}
		r := Reference{FileRef: n.attr("FileRef")}
		path, ok := p.locate(f.Path, r.FileRef, &f.Deviations)
		r.Path, r.Missing = path, !ok
		if twice(n, "CheckValue") != "" {
			return f.broken("several CheckValue of " + clip(r.FileRef))
		}
		var err error
		if r.CheckValue, err = decodeBase64(n.kid("CheckValue").value()); err != nil {
			return f.broken("CheckValue of " + clip(r.FileRef) + " is no base64")
		}
		key := path
		if key == "" {
			key = r.FileRef
		}
		if seen[key] {
			return f.broken(clip(r.FileRef) + " stands twice")
		}
		seen[key] = true
		f.References = append(f.References, r)
	}
	if len(f.References) == 0 {
		return f.broken("it protects no file")
	}
	return nil
}

// mostStamps is more than any signature shows at: a stamp for each page of a
// thick document.
const mostStamps = 5000

func (f *SignatureFile) readStamps(stamps []*node) error {
	if len(stamps) > mostStamps {
		return fault.New(fault.InputTooLarge, "what", "number of places of "+f.Path, "limit", mostStamps)
	}
	for _, n := range stamps {
		box, err := parseBox(n.attr("Boundary"))
		if err != nil {
			return f.broken("Boundary of StampAnnot " + clip(n.attr("ID")))
		}
		s := Stamp{ID: n.attr("ID"), PageRef: n.attr("PageRef"), Boundary: box}
		if text := n.attr("Clip"); strings.TrimSpace(text) != "" {
			clipBox, err := parseBox(text)
			if err != nil {
				return f.broken("Clip of StampAnnot " + clip(n.attr("ID")))
			}
			s.Clip = &clipBox
		}
		f.Stamps = append(f.Stamps, s)
	}
	return nil
}

// locateValue finds the signature value. Some writers name SignedValue.dat and
// store SignValue.dat, or the other way round.
func (p *Package) locateValue(f *SignatureFile, ref string) {
	f.SignedValueRef = ref
	name, ok := p.locate(f.Path, ref, &f.Deviations)
	if !ok && name != "" {
		for _, other := range []string{"SignValue.dat", "SignedValue.dat"} {
			found, _, has := p.Resolve(name, other)
			if has && strings.EqualFold(path.Dir(found), path.Dir(name)) {
				f.Deviations = append(f.Deviations, fault.New(fault.DocPathLoose, "ref", clip(ref), "place", f.Path, "name", found))
				name, ok = found, true
				break
			}
		}
	}
	f.SignedValuePath, f.ValueMissing = name, !ok
}

// decodeBase64 takes base64 with or without padding, broken over lines or not.
func decodeBase64(s string) ([]byte, error) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			return -1
		}
		return r
	}, s)
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}
