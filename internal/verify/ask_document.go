package verify

import (
	"cmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
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
	var missing, unread []string
	for _, p := range doc.parts {
		switch {
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
	if len(doc.strays) > 0 {
		out = append(out, found(askCoverage, fault.DocStray, "files", partNames{doc.pkg, doc.strays}))
	}
	return out
}

// coded takes errors that a format tolerated as findings.
func coded(deviations []*fault.Error) []finding {
	var out []finding
	for _, d := range deviations {
		out = append(out, finding{askFormat, d.Code, d.Args})
	}
	return out
}

// covers reports whether s lists path, or protects it as its own Signature.xml,
// which the signed bytes hold the digest of, or its own signature value.
func covers(s *signatureFacts, path string) bool {
	if s.file == nil {
		return false
	}
	if path == s.file.Path || path == s.file.SignedValuePath {
		return true
	}
	for _, r := range s.refs {
		if r.Path == path && r.matches {
			return true
		}
	}
	// A separate seal file is compared with the seal inside the signed bytes.
	return path == s.file.SealPath && s.seal != nil
}

// coverage asks what of the shown document s protects. Content that s leaves
// out is a warning when a later signature that holds protects it, else a failure.
func coverage(s *signatureFacts, doc *documentFacts) []finding {
	if s.file == nil {
		return nil
	}
	var bare, later, index []string
	for _, p := range doc.parts {
		if p.Missing || p.Kind.IsSignature() || covers(s, p.Path) {
			continue
		}
		switch {
		case p.Kind == ofd.KindRoot || p.Kind == ofd.KindAnnotIndex:
			if !coveredLater(s, doc, p.Path) {
				index = append(index, p.Path)
			}
		case coveredLater(s, doc, p.Path):
			later = append(later, p.Path)
		default:
			bare = append(bare, p.Path)
		}
	}
	var out []finding
	add := func(code fault.Code, paths []string) {
		if len(paths) > 0 {
			out = append(out, found(askCoverage, code, "parts", partNames{doc.pkg, paths}))
		}
	}
	add(fault.DocUncovered, bare)
	add(fault.DocCoveredLater, later)
	add(fault.DocIndexUncovered, index)
	if len(out) == 0 {
		out = append(out, found(askCoverage, fault.DocCoverageOK, "pages", doc.pageCount()))
	}
	if added := addedAfter(s, doc); added > 0 {
		out = append(out, found(askCoverage, fault.DocLaterAdded, "count", added))
	}
	return out
}

func coveredLater(s *signatureFacts, doc *documentFacts, path string) bool {
	for _, other := range doc.signatures[s.number:] {
		if other.holds && covers(other, path) {
			return true
		}
	}
	return false
}

// addedAfter counts the signatures of the list that s does not protect and that
// stand after it.
func addedAfter(s *signatureFacts, doc *documentFacts) int {
	n := 0
	for _, other := range doc.signatures[s.number:] {
		if other.file != nil && !covers(s, other.file.Path) {
			n++
		}
	}
	return n
}
