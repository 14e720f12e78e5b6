package verify

import (
	"time"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/trust"
)

// documentFacts is what was read of the document as a whole.
type documentFacts struct {
	pkg        *ofd.Package
	parts      []ofd.Part
	listErr    error                // a signature list is announced and cannot be read
	lists      []*ofd.SignatureList // one for each document that announces one; usually one
	signatures []*signatureFacts
	documents  []*ofd.Document
	strays     []string
	integrity  *integrityFacts     // nil: no list of files
	shown      []ofd.Part          // what must be covered
	covered    map[string]coverers // by path, once the signatures are judged
	at         time.Time
}

// signatureFacts is what was read of one signature.
type signatureFacts struct {
	number int
	item   ofd.SignatureItem
	list   *ofd.SignatureList // that names it

	file    *ofd.SignatureFile
	fileErr error
	refs    []reference

	value    []byte // content of SignedValue.dat
	valueErr error
	kind     Kind
	seal     *ses.Signature  // KindSeal
	cms      *cms.SignedData // KindSignature
	fileHash [32]byte        // SM3 of Signature.xml

	sealFile    []byte // the separate Seal.esl, nil when none is announced
	sealFileErr error
	loose       *ses.Seal // that file as a seal, where the value holds none; nil when it is no seal

	signer     *certFacts
	maker      *certFacts
	valueHolds error    // nil: the signature value matches signer and signed bytes
	hashHolds  bool     // the signed bytes hold the digest of Signature.xml
	deviations []string // of the signature value

	time  time.Time   // of signing; zero when unknown
	stamp *stampFacts // over the signature value

	sealStamp *stampFacts // over the seal maker's signature, version 5

	covers  map[string]bool // paths that the listed digests prove unchanged
	verdict Verdict         // of all questions but coverage
}

// certFacts is a certificate with its path and status.
type certFacts struct {
	raw      []byte
	cert     *cert.Certificate
	parseErr error
	path     trust.Path
	status   []trust.Status // of path.Certs[i] for each with a known issuer
}

// reference is one line of Signature.xml.
type reference struct {
	ofd.Reference
	matches bool
}

// pageCount counts the pages of all documents.
func (doc *documentFacts) pageCount() int {
	n := 0
	for _, d := range doc.documents {
		n += len(d.Pages)
	}
	return n
}

// page finds the page of an ID in the document whose list names the signature.
func (doc *documentFacts) page(s *signatureFacts, id string) (ofd.Page, bool) {
	at := s.list.Document - 1
	if at < 0 || at >= len(doc.documents) {
		return ofd.Page{}, false
	}
	if p := doc.documents[at].PageByID(id); p != nil {
		return *p, true
	}
	return ofd.Page{}, false
}

// stamped reports whether a trusted time stamp proves the time of signing.
func (s *signatureFacts) stamped() bool {
	return s.stamp != nil && s.stamp.trusted()
}
