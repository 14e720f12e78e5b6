package verify

import (
	"cmp"
	"path"
	"slices"

	"xinzhang/internal/fault"
)

// askDocument asks what concerns the package and no single signature.
func askDocument(doc *documentFacts) []finding {
	var out []finding
	if doc.listErr != nil {
		e := fault.Of(doc.listErr)
		out = append(out, finding{askFormat, e.Code, e.Args})
	}
	out = append(out, coded(doc.pkg.Deviations())...)
	for _, l := range doc.lists {
		out = append(out, coded(l.Deviations)...)
	}
	// Without its Document.xml a document shows whatever a reader puts there.
	broken := make(map[string]bool)
	for _, d := range doc.documents {
		if d.Err != nil {
			e := fault.Of(d.Err)
			out = append(out, finding{askFormat, e.Code, e.Args})
			broken[d.Root] = d.Root != ""
		}
	}
	var missing, unread []string
	for _, p := range doc.parts {
		switch {
		case broken[p.Path]:
		case p.Missing:
			missing = append(missing, cmp.Or(p.Path, p.Ref))
		case p.Err != nil:
			unread = append(unread, p.Path)
		}
	}
	if len(unread) > 0 {
		out = append(out, found(askFormat, fault.DocPartUnread, "parts", partNames{doc.pkg, unread}))
	}
	if len(missing) > 0 {
		out = append(out, found(askFormat, fault.DocDangling, "parts", partNames{doc.pkg, missing}))
	}
	if strays := doc.unexplained(); len(strays) > 0 {
		out = append(out, found(askCoverage, fault.DocStray, "files", partNames{doc.pkg, strays}))
	}
	return append(out, askIntegrity(doc)...)
}

// unexplained are the strays but those in the folder of a Signature.xml that
// cannot be read: most likely it refers to them.
func (doc *documentFacts) unexplained() []string {
	unread := make(map[string]bool)
	for _, s := range doc.signatures {
		if s.fileErr != nil && !s.item.Missing {
			unread[path.Dir(s.item.Path)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(doc.strays), func(name string) bool { return unread[path.Dir(name)] })
}

// coded takes errors that a format tolerated as findings.
func coded(deviations []*fault.Error) []finding {
	var out []finding
	for _, d := range deviations {
		out = append(out, finding{askFormat, d.Code, d.Args})
	}
	return out
}
