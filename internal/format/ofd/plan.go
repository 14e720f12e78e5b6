package ofd

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"xinzhang/internal/fault"
)

// A Plan holds the names and ids of a signature to come, and what existing
// files change for it.
type Plan struct {
	Document      int
	ID            string   // of the Signature element
	StampIDs      []string // of its StampAnnot elements, in order
	ListPath      string   // Signatures.xml
	SignaturePath string   // Signature.xml; also the property info of the signature value
	SealPath      string   // Seal.esl
	ValuePath     string   // SignedValue.dat

	// Changed holds Signatures.xml and, for a document's first signature,
	// OFD.xml: whole files, ready to be hashed and given to [Append].
	Changed map[string][]byte
}

// PlanSignature reserves the place of one more signature on document doc (from
// 1): kind is "Seal" or "Sign", stamps the number of StampAnnot it will have.
// Ids go on from the highest seen in their observed style. A list that is
// announced and missing is fault.DocSiglistMissing; XML that cannot be extended
// by text alone, fault.DocNotExtendable.
//
// Whether an existing signature forbids the change (it protects Signatures.xml
// or OFD.xml) is for the caller to ask.
func (p *Package) PlanSignature(doc int, kind string, stamps int) (*Plan, error) {
	docs, err := p.Documents()
	if err != nil {
		return nil, err
	}
	if doc < 1 || doc > len(docs) {
		return nil, fault.New(fault.DocNotExtendable, "place", rootName, "what", "no such DocBody")
	}
	d := docs[doc-1]
	if d.Err != nil {
		return nil, d.Err
	}
	lists, err := p.SignatureLists()
	if err != nil {
		return nil, err
	}
	var list *SignatureList
	for _, l := range lists {
		if l.Document == doc {
			list = l
		}
	}
	plan := &Plan{Document: doc, Changed: make(map[string][]byte)}
	ids := p.nextIDs(list, stamps)
	plan.ID, plan.StampIDs = ids[0], ids[1:]
	folder := p.freeFolder(signsFolder(d, list))
	plan.SignaturePath = folder + "/Signature.xml"
	plan.SealPath = folder + "/Seal.esl"
	plan.ValuePath = folder + "/SignedValue.dat"
	item := SignatureItem{ID: plan.ID, Type: kind, BaseLoc: plan.SignaturePath}
	return plan, p.planChanges(plan, list, item, ids[len(ids)-1])
}

func (p *Package) planChanges(plan *Plan, list *SignatureList, item SignatureItem, maxID string) error {
	if list != nil {
		plan.ListPath = list.Path
		changed, err := AddToSignatureList(list.Path, list.Raw, item, maxID)
		if err != nil {
			return err
		}
		plan.Changed[list.Path] = changed
		return nil
	}
	plan.ListPath = p.freeName(path.Dir(path.Dir(plan.SignaturePath)), "Signatures", ".xml")
	plan.Changed[plan.ListPath] = NewSignatureList(item, maxID)
	root := p.root()
	raw, err := p.Read(root)
	if err != nil {
		return err
	}
	plan.Changed[root], err = AnnounceSignatures(raw, plan.Document, plan.ListPath)
	return err
}

// nextIDs gives the signature's id and its stamps' ids. They share one id space
// in which MaxSignId should be the highest and is not always.
func (p *Package) nextIDs(list *SignatureList, stamps int) []string {
	prefix, width, highest := "s", 3, uint64(0)
	note := func(id string) {
		if pre, n, w, ok := splitID(id); ok {
			prefix, width = pre, w
			highest = max(highest, n)
		}
	}
	if list != nil {
		for _, it := range list.Items {
			if f, err := p.SignatureFile(it.Path); err == nil {
				for _, s := range f.Stamps {
					note(s.ID)
				}
			}
		}
		note(list.MaxSignID)
		for _, it := range list.Items {
			note(it.ID)
		}
	}
	ids := make([]string, 0, stamps+1)
	for i := range uint64(stamps + 1) {
		ids = append(ids, formatID(prefix, highest+1+i, width))
	}
	return ids
}

// signsFolder is where the document keeps its signatures: beside the last one,
// else beside the list, else in the folder of Document.xml.
func signsFolder(d *Document, list *SignatureList) string {
	usual := path.Join(path.Dir(d.Root), "Signs")
	if list == nil || len(list.Items) == 0 {
		return usual
	}
	last := list.Items[len(list.Items)-1]
	if folder := path.Dir(path.Dir(last.Path)); !last.Missing && len(folder) > 1 {
		return folder
	}
	return usual
}

// freeFolder finds the first Sign_n of which no file exists, letter case aside.
func (p *Package) freeFolder(parent string) string {
	var taken []string
	for fold := range p.byFold {
		taken = append(taken, fold)
	}
	slices.Sort(taken)
	for n := 0; ; n++ {
		folder := fmt.Sprintf("%s/Sign_%d", parent, n)
		prefix := strings.ToLower(folder) + "/"
		at, _ := slices.BinarySearch(taken, prefix)
		if at == len(taken) || !strings.HasPrefix(taken[at], prefix) {
			return folder
		}
	}
}

func (p *Package) freeName(folder, stem, ext string) string {
	name := folder + "/" + stem + ext
	for n := 1; ; n++ {
		if _, taken := p.byFold[strings.ToLower(name)]; !taken {
			return name
		}
		name = fmt.Sprintf("%s/%s_%d%s", folder, stem, n, ext)
	}
}
