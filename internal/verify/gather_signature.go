package verify

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
)

// gather compares the digests and reads the value of a signature whose file is read.
func (s *signatureFacts) gather(pkg *ofd.Package, opt Options) {
	if s.fileErr != nil {
		return
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
	if s.seal == nil && s.sealFileErr == nil && s.sealFile != nil {
		s.loose, _ = ses.ParseSeal(s.sealFile) // what is no seal shows none
	}
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
		// Some write r ‖ s, which has no outline to detect.
		_, form, err := sm2enc.ParseSignature(s.value)
		if err != nil {
			s.valueErr = errors.New("neither a seal signature nor signed data nor an SM2 signature")
			return
		}
		s.kind, s.deviations = KindBare, []string{"signature: " + form.String() + " in place of DER"}
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
	if v.TimeStamp == nil && v.TimeToken != nil {
		s.stamp = s.gatherTimeToken(opt)
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

// gatherTimeToken reads a token in timeInfo (GM/T 0031-2014). It is older than the
// signature value, and what it is over is not said: Signature.xml, or its digest.
// nil when it is for neither or is none.
func (s *signatureFacts) gatherTimeToken(opt Options) *stampFacts {
	for _, stamped := range [][]byte{s.file.Raw, s.seal.DataHash} {
		if f := gatherStamp(s.seal.TimeToken, stamped, opt); f.err == nil {
			return f
		}
	}
	return nil
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
