package verify

import (
	"context"
	"sync"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// gatherDocument reads and hashes all that the questions need. What the
// signatures refer to is hashed while the parts of the document are found.
func gatherDocument(ctx context.Context, pkg *ofd.Package, opt Options) (*documentFacts, error) {
	doc := &documentFacts{pkg: pkg, at: opt.At}
	var err error
	if doc.documents, err = pkg.Documents(); err != nil {
		return nil, err
	}
	doc.listErr = doc.readSignatures()
	var hashing sync.WaitGroup
	hashing.Go(func() { _ = pkg.DigestAll(ctx, doc.referredTo()) }) // an end of ctx is seen below
	err = doc.findParts()
	hashing.Wait()
	if err != nil {
		return nil, err
	}
	if doc.listErr != nil {
		return doc, ctx.Err()
	}
	for i, s := range doc.signatures {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if opt.Progress != nil {
			opt.Progress(i, len(doc.signatures))
		}
		s.gather(pkg, opt)
	}
	doc.shown = doc.mustBeCovered()
	doc.integrity = gatherIntegrity(pkg)
	return doc, ctx.Err()
}

func (doc *documentFacts) findParts() (err error) {
	if doc.parts, err = doc.pkg.Parts(); err != nil {
		return err
	}
	doc.strays, err = doc.pkg.Strays()
	return err
}

// readSignatures reads the lists and each Signature.xml. The error is for the
// lists; that of a Signature.xml is a fact about its signature.
func (doc *documentFacts) readSignatures() (err error) {
	if doc.lists, err = doc.pkg.SignatureLists(); err != nil {
		return err
	}
	if err = countSignatures(doc.lists); err != nil {
		return err
	}
	for _, list := range doc.lists {
		for _, item := range list.Items {
			s := &signatureFacts{number: len(doc.signatures) + 1, item: item, list: list, kind: KindUnknown, covers: make(map[string]bool)}
			if s.file, s.fileErr = doc.pkg.SignatureFile(item.Path); s.fileErr == nil {
				s.fileHash = sm3.Sum(s.file.Raw)
			}
			doc.signatures = append(doc.signatures, s)
		}
	}
	return nil
}

// referredTo names the files whose digests the signatures state.
func (doc *documentFacts) referredTo() []string {
	var names []string
	for _, s := range doc.signatures {
		if s.fileErr != nil {
			continue
		}
		for _, ref := range s.file.References {
			names = append(names, ref.Path)
		}
	}
	return names
}

// mostSignatures bounds the work on a package whose list goes on and on; real
// documents hold a few, at most one for each page.
const mostSignatures = 300

// countSignatures refuses lists with too many entries. A Signature.xml that two
// lists name would count as two signatures.
func countSignatures(lists []*ofd.SignatureList) error {
	total := 0
	named := make(map[string]bool)
	for _, list := range lists {
		for _, item := range list.Items {
			if named[item.Path] && !item.Missing {
				return fault.New(fault.DocSiglistBroken, "place", list.Path+": "+item.Path+" stands in two lists")
			}
			named[item.Path] = true
			if total++; total > mostSignatures {
				return fault.New(fault.InputTooLarge, "what", "number of signatures", "limit", mostSignatures)
			}
		}
	}
	return nil
}
