package verify

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
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

// gatherDocument reads and hashes all that the questions need.
func gatherDocument(ctx context.Context, pkg *ofd.Package, opt Options) (*documentFacts, error) {
	doc := &documentFacts{pkg: pkg, at: opt.At}
	var err error
	if doc.documents, err = pkg.Documents(); err != nil {
		return nil, err
	}
	if doc.parts, err = pkg.Parts(); err != nil {
		return nil, err
	}
	if doc.strays, err = pkg.Strays(); err != nil {
		return nil, err
	}
	if doc.lists, doc.listErr = pkg.SignatureLists(); doc.listErr != nil {
		return doc, ctx.Err()
	}
	total := 0
	if total, doc.listErr = countSignatures(doc.lists); doc.listErr != nil {
		return doc, ctx.Err()
	}
	if doc.signatures, err = gatherSignatures(ctx, doc, total, opt); err != nil {
		return nil, err
	}
	doc.shown = doc.mustBeCovered()
	return doc, ctx.Err()
}

// mostSignatures bounds the work on a package whose list goes on and on; real
// documents hold a few, at most one for each page.
const mostSignatures = 1000

// countSignatures adds up the entries of all lists. A Signature.xml that two
// lists name would count as two signatures.
func countSignatures(lists []*ofd.SignatureList) (int, error) {
	total := 0
	named := make(map[string]bool)
	for _, list := range lists {
		for _, item := range list.Items {
			if named[item.Path] && !item.Missing {
				return 0, fault.New(fault.DocSiglistBroken, "place", list.Path+": "+item.Path+" stands in two lists")
			}
			named[item.Path] = true
			if total++; total > mostSignatures {
				return 0, fault.New(fault.InputTooLarge, "what", "number of signatures", "limit", mostSignatures)
			}
		}
	}
	return total, nil
}

func gatherSignatures(ctx context.Context, doc *documentFacts, total int, opt Options) ([]*signatureFacts, error) {
	var all []*signatureFacts
	for _, list := range doc.lists {
		for _, item := range list.Items {
			if opt.Progress != nil {
				opt.Progress(len(all), total)
			}
			s, err := gatherSignature(ctx, doc.pkg, len(all)+1, item, opt)
			if err != nil {
				return nil, err
			}
			s.list = list
			all = append(all, s)
		}
	}
	return all, nil
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

func gatherSignature(ctx context.Context, pkg *ofd.Package, number int, item ofd.SignatureItem, opt Options) (*signatureFacts, error) {
	s := &signatureFacts{number: number, item: item, kind: KindUnknown, covers: make(map[string]bool)}
	s.file, s.fileErr = pkg.SignatureFile(item.Path)
	if s.fileErr != nil {
		return s, ctx.Err()
	}
	s.fileHash = sm3.Sum(s.file.Raw)
	names := make([]string, len(s.file.References))
	for i, ref := range s.file.References {
		names[i] = ref.Path
	}
	if err := pkg.DigestAll(ctx, names); err != nil {
		return nil, err
	}
	for _, ref := range s.file.References {
		r := reference{Reference: ref}
		if !r.Missing {
			d, err := pkg.Digest(ref.Path)
			// An entry that cannot be read whole is an entry that was changed.
			r.matches = err == nil && string(d[:]) == string(ref.CheckValue)
		}
		if r.matches {
			s.covers[r.Path] = true
		}
		s.refs = append(s.refs, r)
	}
	if s.file.SealRef != "" {
		s.sealFile, s.sealFileErr = pkg.Read(s.file.SealPath)
	}
	s.value, s.valueErr = pkg.Read(s.file.SignedValuePath)
	if s.valueErr == nil {
		s.gatherValue(opt)
	}
	return s, nil
}

// gatherValue parses SignedValue.dat by what it is, not by what it is called.
func (s *signatureFacts) gatherValue(opt Options) {
	switch ses.Detect(s.value) {
	case ses.KindSignatureV1, ses.KindSignatureV4, ses.KindSignatureV5:
		s.kind = KindSeal
		s.seal, s.valueErr = ses.ParseSignature(s.value)
		if s.valueErr == nil {
			s.gatherSeal(opt)
		}
	case ses.KindCMS:
		s.kind = KindSignature
		s.cms, s.valueErr = cms.Parse(s.value)
		if s.valueErr == nil {
			s.gatherCMS(opt)
		}
	case ses.KindBareSM2:
		s.kind = KindBare
	default:
		s.valueErr = errors.New("neither a seal signature nor signed data nor an SM2 signature")
	}
}

func (s *signatureFacts) gatherSeal(opt Options) {
	v := s.seal
	s.deviations = v.Deviations
	s.hashHolds = string(v.DataHash) == string(s.fileHash[:])
	s.time = v.Time
	if v.TimeStamp != nil {
		s.stamp = gatherStamp(v.TimeStamp, v.Value, opt)
	}
	if s.stamped() {
		s.time = s.stamp.genTime
	}
	s.signer = gatherCert(v.SignerCert, nil, s.time, opt)
	if s.signer.cert != nil {
		s.valueHolds = checkValue(s.signer.cert.PublicKey, v.RawToSign, v.Value)
	}
	s.maker = gatherCert(v.Seal.MakerCert, nil, v.Seal.Info.CreateDate, opt)
	if v.Seal.TimeStamp != nil {
		s.sealStamp = gatherStamp(v.Seal.TimeStamp, v.Seal.Value, opt)
	}
}

// stamped reports whether a trusted time stamp proves the time of signing.
func (s *signatureFacts) stamped() bool {
	return s.stamp != nil && s.stamp.err == nil && s.stamp.trusted
}

func (s *signatureFacts) gatherCMS(opt Options) {
	if len(s.cms.Signers) != 1 {
		s.valueErr = fmt.Errorf("%d signers where one belongs", len(s.cms.Signers))
		return
	}
	signer := s.cms.Signers[0]
	if at, ok := signer.SigningTime(); ok {
		s.time = at
	} else {
		s.time = fileTime(s.file.DateTime)
	}
	var extra []*cert.Certificate
	var raw []byte
	for _, c := range s.cms.Certificates {
		extra = append(extra, c)
		if signer.Identifies(c) {
			raw = c.Raw
		}
	}
	if raw == nil {
		for _, c := range opt.Trust.Anchors {
			if signer.Identifies(c) {
				raw = c.Raw
			}
		}
	}
	if raw != nil {
		s.signer = gatherCert(raw, extra, s.time, opt)
	}
	// The signed content is the SM3 of Signature.xml (GM/T 0099), or, by other
	// writers, Signature.xml itself.
	content := s.fileHash[:]
	switch {
	case s.cms.Content != nil:
		s.hashHolds = string(s.cms.Content) == string(content) || string(s.cms.Content) == string(s.file.Raw)
		content = s.cms.Content
	case s.signer != nil && s.signer.cert != nil:
		_, err := s.cms.Verify(0, s.file.Raw, s.signer.cert)
		if s.hashHolds = err == nil; s.hashHolds {
			content = s.file.Raw
		} else {
			_, err = s.cms.Verify(0, content, s.signer.cert)
			s.hashHolds = err == nil
		}
	}
	if s.signer != nil && s.signer.cert != nil {
		s.deviations, s.valueHolds = s.cms.Verify(0, content, s.signer.cert)
	}
}

// fileTime reads SignatureDateTime, which writers put down in many ways; zero
// when it cannot be read. It carries no weight beside a time that is signed.
func fileTime(text string) time.Time {
	for _, layout := range []string{"20060102150405Z", "20060102150405.000Z", time.RFC3339, time.RFC3339Nano} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	beijing := time.FixedZone("CST", 8*3600)
	for _, layout := range []string{"20060102150405", time.DateTime, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, beijing); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// gatherCert reads a certificate, its path as of at and its status as of now.
func gatherCert(raw []byte, extra []*cert.Certificate, at time.Time, opt Options) *certFacts {
	f := &certFacts{raw: raw}
	f.cert, f.parseErr = cert.Parse(raw)
	if f.parseErr != nil {
		return f
	}
	f.path = opt.Trust.PathAt(f.cert, extra, at)
	for i := 0; i+1 < len(f.path.Certs); i++ {
		f.status = append(f.status, opt.Trust.Status(f.path.Certs[i], f.path.Certs[i+1], opt.At))
	}
	return f
}

func checkValue(pub *ecdsa.PublicKey, message, value []byte) error {
	if pub == nil {
		return errors.New("the certificate holds no SM2 key")
	}
	if !verifySM2(pub, message, value) {
		return errors.New("the SM2 equation does not hold")
	}
	return nil
}

// report fills the part of a SignatureReport that facts alone give.
func (s *signatureFacts) report(doc *documentFacts) SignatureReport {
	r := SignatureReport{Number: s.number, ID: s.item.ID, Kind: s.kind, Places: []Place{}, Protected: len(s.refs)}
	if !s.time.IsZero() {
		t := s.time.UTC()
		r.Time, r.TimeSource = &t, Clock
		if s.stamped() {
			r.TimeSource = TimeStamp
		}
	}
	if s.signer != nil && s.signer.cert != nil {
		r.Signer = certInfo(s.signer.cert)
	}
	if s.seal != nil {
		r.Seal = sealInfo(s.seal.Seal)
		if s.maker != nil && s.maker.cert != nil {
			r.Seal.Maker = certInfo(s.maker.cert)
		}
	}
	for _, f := range []*certFacts{s.signer, s.maker} {
		if f != nil && f.cert != nil {
			for _, c := range f.path.Certs {
				r.Evidence = append(r.Evidence, certInfo(c))
			}
		}
	}
	if s.file != nil {
		for _, st := range s.file.Stamps {
			r.Places = append(r.Places, place(st, s, doc))
		}
		r.Closing = s.covers[s.list.Path]
	}
	return r
}

func place(st ofd.Stamp, s *signatureFacts, doc *documentFacts) Place {
	page, _ := doc.page(s, st.PageRef)
	p := Place{
		Page: page.Index,
		X:    st.Boundary.X, Y: st.Boundary.Y, Width: st.Boundary.W, Height: st.Boundary.H,
		Box: st.Boundary.String(),
	}
	if st.Clip != nil {
		p.Clip = st.Clip.String()
	}
	return p
}

func certInfo(c *cert.Certificate) *CertInfo {
	sum := sm3.Sum(c.Raw)
	info := &CertInfo{
		Subject: c.Subject().String(), Holder: c.Holder(), Unit: strings.Join(c.Subject().All(oid.Organisation), " "),
		Role: c.Role().String(), Issuer: c.Issuer().String(), Serial: c.SerialHex(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, SM3: sum[:], DER: c.Raw,
	}
	if id, ok := c.IDNumber(); ok {
		info.IDNumber = cert.MaskIDNumber(id)
	}
	return info
}

func sealInfo(s *ses.Seal) *SealInfo {
	i := s.Info
	return &SealInfo{
		ID: i.ID, Name: i.Name, Version: s.Version, Type: i.Type, Kind: string(i.Kind()),
		CreateDate: i.CreateDate, ValidStart: i.ValidStart, ValidEnd: i.ValidEnd,
		WidthMM: i.Picture.WidthMM, HeightMM: i.Picture.HeightMM,
		PicType: i.Picture.Type, Picture: i.Picture.Data,
	}
}

// describe returns what of err may be shown: the words of a coded error, or the
// parser's place.
func describe(err error) any {
	if e := fault.Of(err); e.Code != fault.InternalError {
		return wordedError{e}
	}
	return err.Error()
}

// wordedError is an error inside the words of another.
type wordedError struct{ e *fault.Error }

// Words returns the title of the error in lang.
func (w wordedError) Words(lang fault.Lang) string { return w.e.Code.Text(lang, w.e.Args).Title }
