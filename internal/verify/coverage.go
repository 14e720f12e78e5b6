package verify

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// coverers are the signatures that cover one path, by their numbers.
type coverers struct {
	first, last int  // valid ones; 0: none
	undecided   bool // one that is neither valid nor failed
}

// mustBeCovered lists what a reader may be shown: every part but the signatures'
// own, the files of seals that no signed bytes vouch for, and files that some
// programs take for a part.
func (doc *documentFacts) mustBeCovered() []ofd.Part {
	vouched := make(map[string]bool)
	for _, s := range doc.signatures {
		if s.seal != nil && s.file.SealPath != "" { // compared with the signed seal
			vouched[s.file.SealPath] = true
		}
	}
	names := make(map[string]bool, len(doc.parts))
	var out []ofd.Part
	for _, p := range doc.parts {
		names[alike(p.Path)] = true
		if p.Missing || p.Kind.IsSignature() && (p.Kind != ofd.KindSeal || vouched[p.Path]) {
			continue
		}
		out = append(out, p)
	}
	for _, path := range doc.strays {
		if names[alike(path)] {
			out = append(out, ofd.Part{Path: path})
		}
	}
	return out
}

// alike reduces a part name to what programs that unpack a document to a disk
// tell apart: there letter case, Unicode forms and the dots and spaces at the
// end of a name often do not count, and a stray takes the place of a part.
func alike(name string) string {
	segments := strings.Split(strings.ToLower(norm.NFC.String(name)), "/")
	for i, s := range segments {
		segments[i] = strings.TrimRight(s, " .")
	}
	return strings.Join(segments, "/")
}

// weigh notes, once every signature has its verdict, which of them cover what.
func (doc *documentFacts) weigh() {
	doc.covered = make(map[string]coverers)
	for _, s := range doc.signatures {
		if s.verdict == Failed || s.file == nil {
			continue
		}
		for path := range s.covers {
			c := doc.covered[path]
			switch {
			case s.verdict == Indeterminate:
				c.undecided = true
			case c.first == 0:
				c.first, c.last = s.number, s.number
			default:
				c.last = s.number
			}
			doc.covered[path] = c
		}
	}
}

// coverage asks what of the shown document s protects. Content that s leaves out
// is a warning when another valid signature protects it, undecided when only one
// does that could not be judged, else a failure.
func coverage(s *signatureFacts, doc *documentFacts) []finding {
	if s.file == nil {
		return nil
	}
	left := make(map[fault.Code][]string)
	for _, p := range doc.shown {
		if s.covers[p.Path] {
			continue
		}
		by := doc.covered[p.Path]
		code := uncovered(p.Kind)
		switch index := isIndex(p.Kind); {
		case index && by.first > 0:
			continue
		case index:
			code = fault.DocIndexUncovered
		case by.last > s.number:
			code = fault.DocCoveredLater
		case by.first > 0:
			code = fault.DocCoveredEarlier
		case by.undecided:
			code = fault.DocCoveredUndecided
		}
		left[code] = append(left[code], p.Path)
	}
	var out []finding
	for _, code := range []fault.Code{fault.DocUncovered, fault.DocBesideUncovered, fault.DocCoveredUndecided, fault.DocCoveredEarlier, fault.DocCoveredLater, fault.DocIndexUncovered} {
		if paths := left[code]; len(paths) > 0 {
			out = append(out, found(askCoverage, code, "parts", partNames{doc.pkg, paths}))
		}
	}
	if len(out) == 0 {
		out = append(out, found(askCoverage, fault.DocCoverageOK, "pages", doc.pageCount()))
	}
	if added := addedAfter(s, doc); added > 0 {
		out = append(out, found(askCoverage, fault.DocLaterAdded, "count", added))
	}
	return out
}

// isIndex reports whether a part shows nothing and only names others, which are
// asked for themselves.
func isIndex(k ofd.Kind) bool {
	return k == ofd.KindRoot || k == ofd.KindAnnotIndex || k == ofd.KindIntegrity
}

// uncovered is the finding for a part that nothing covers. What the pages show
// must be covered; what a reader can only take out of the document, or what
// programs keep about it, is not shown.
func uncovered(k ofd.Kind) fault.Code {
	switch k {
	case ofd.KindAttachIndex, ofd.KindAttachment, ofd.KindCustomTag, ofd.KindExtension, ofd.KindVersion, ofd.KindEncryption:
		return fault.DocBesideUncovered
	}
	return fault.DocUncovered
}

// addedAfter counts the signatures of the list that s does not protect and that
// stand after it.
func addedAfter(s *signatureFacts, doc *documentFacts) int {
	n := 0
	for _, other := range doc.signatures[s.number:] {
		if other.file != nil && !s.covers[other.file.Path] {
			n++
		}
	}
	return n
}
