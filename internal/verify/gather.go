package verify

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
)

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
const mostSignatures = 300

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
	for _, layout := range []string{"20060102150405", time.DateTime, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, beijing.Zone); err == nil {
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
