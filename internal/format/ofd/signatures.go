package ofd

import (
	"strconv"
	"strings"

	"xinzhang/internal/fault"
)

// A SignatureList is a document's Signatures.xml (GB/T 33190-2016 18.1).
type SignatureList struct {
	Document   int // index of the document that announces it, from 1
	Path       string
	Raw        []byte
	MaxSignID  string // of the last MaxSignId element, as written
	Items      []SignatureItem
	Deviations []*fault.Error
}

// A SignatureItem is one Signature element of the list.
type SignatureItem struct {
	ID       string
	Type     string // "Seal" (also when the attribute is absent) or "Sign"
	BaseLoc  string // as written
	Path     string // part name; the path asked for when the file is missing
	Missing  bool   // the Signature.xml is not in the package
	Relative string // id of the base signature (GM/T 0099), "" usually
}

// SignatureList returns the list of the first document that announces one, and
// nil when none does. An announced list that is missing is
// fault.DocSiglistMissing; one that cannot be read, fault.DocSiglistBroken.
func (p *Package) SignatureList() (*SignatureList, error) {
	lists, err := p.SignatureLists()
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	return lists[0], nil
}

// SignatureLists returns the lists of all documents of the package, in order.
func (p *Package) SignatureLists() ([]*SignatureList, error) {
	root := p.root()
	tree, err := p.readRoot(root, "OFD")
	if err != nil {
		return nil, err
	}
	var lists []*SignatureList
	for i, body := range tree.all("DocBody") {
		there := body.all("Signatures")
		if len(there) > 1 {
			return nil, fault.New(fault.DocSiglistBroken, "place", root+": several Signatures in one DocBody")
		}
		if len(there) == 0 || there[0].value() == "" {
			continue // an empty element announces nothing
		}
		if len(lists) >= mostDocuments {
			return nil, fault.New(fault.InputTooLarge, "what", "number of documents in the package", "limit", mostDocuments)
		}
		l, err := p.readSignatureList(root, there[0].value())
		if err != nil {
			return nil, err
		}
		l.Document = i + 1
		lists = append(lists, l)
	}
	return lists, nil
}

func (p *Package) readSignatureList(root, ref string) (*SignatureList, error) {
	l := &SignatureList{}
	name, ok := p.locate(root, ref, &l.Deviations)
	if !ok {
		return nil, fault.New(fault.DocSiglistMissing, "name", clip(ref))
	}
	l.Path = name
	raw, err := p.readXML(name)
	if err != nil {
		return nil, err
	}
	l.Raw = raw
	src, _, err := toUTF8(name, raw)
	if err != nil {
		return nil, fault.Wrap(fault.DocSiglistBroken, err, "place", name)
	}
	tree, err := parseTree(name, src, p.lim)
	if err != nil {
		return nil, fault.Wrap(fault.DocSiglistBroken, err, "place", name)
	}
	if tree.name != "Signatures" {
		return nil, fault.New(fault.DocSiglistBroken, "place", name+": <"+clip(tree.name)+">")
	}
	return l, p.fillList(l, tree)
}

func (p *Package) fillList(l *SignatureList, tree *node) error {
	maxima := tree.all("MaxSignId")
	if len(maxima) > 0 {
		l.MaxSignID = maxima[len(maxima)-1].value()
	}
	if len(maxima) > 1 {
		l.Deviations = append(l.Deviations, fault.New(fault.DocSiglistStyle, "place", l.Path, "what", "several MaxSignId"))
	}
	seen := make(map[string]bool)
	for _, n := range tree.all("Signature") {
		it := SignatureItem{ID: n.attr("ID"), Type: n.attr("Type"), BaseLoc: n.attr("BaseLoc"), Relative: n.attr("Relative")}
		if it.Type == "" {
			it.Type = "Seal"
		}
		if it.BaseLoc == "" {
			return fault.New(fault.DocSiglistBroken, "place", l.Path+": Signature "+clip(it.ID)+" without BaseLoc")
		}
		path, ok := p.locate(l.Path, it.BaseLoc, &l.Deviations)
		it.Path, it.Missing = path, !ok
		if ok && seen[path] {
			return fault.New(fault.DocSiglistBroken, "place", l.Path+": "+path+" stands twice")
		}
		seen[path] = true
		l.Items = append(l.Items, it)
	}
	return nil
}

// splitID parts "s001" into "s", 1 and the width 3.
func splitID(id string) (prefix string, n uint64, width int, ok bool) {
	at := len(id)
	for at > 0 && id[at-1] >= '0' && id[at-1] <= '9' {
		at--
	}
	digits := id[at:]
	n, err := strconv.ParseUint(digits, 10, 48)
	return id[:at], n, len(digits), err == nil
}

// formatID writes number n in the style of a prefix and a least width.
func formatID(prefix string, n uint64, width int) string {
	s := strconv.FormatUint(n, 10)
	if len(s) < width {
		s = strings.Repeat("0", width-len(s)) + s
	}
	return prefix + s
}
