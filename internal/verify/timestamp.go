package verify

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
)

// stampFacts is a time-stamp token (RFC 3161, GB/T 20520) over a signature
// value.
type stampFacts struct {
	err        error  // the token does not stand for this signature value
	doubt      *doubt // why its time cannot be relied on; nil when it can
	genTime    time.Time
	authority  string   // "" when the token holds no certificate of it
	deviations []string // of the token's form
}

func gatherStamp(token, stamped []byte, opt Options) *stampFacts {
	f := &stampFacts{doubt: &doubtNoCertificate}
	f.err = f.read(token, stamped, opt)
	return f
}

// trusted reports whether f proves the time.
func (f *stampFacts) trusted() bool { return f.err == nil && f.doubt == nil }

// by names the authority for a message.
func (f *stampFacts) by() any {
	if f.authority == "" {
		return words{"机构不明", "authority unknown"}
	}
	return f.authority
}

func (f *stampFacts) read(token, stamped []byte, opt Options) error {
	if inner := granted(token); inner != nil {
		token = inner
		f.deviations = append(f.deviations, "timeStamp: holds the whole TimeStampResp where the token belongs")
	}
	sd, err := cms.Parse(token)
	if err != nil {
		return fmt.Errorf("time-stamp token: %w", err)
	}
	if sd.InnerType != oid.TSTInfo || len(sd.Signers) != 1 {
		return errors.New("time-stamp token: not one signed TSTInfo")
	}
	r := der.OpenBytes(sd.Content, der.Sequence, "TSTInfo")
	r.Int("version")
	r.OID("policy")
	imprint := r.Open("messageImprint", der.Sequence)
	algorithm := imprint.Open("hashAlgorithm", der.Sequence).OID("algorithm")
	hashed := imprint.Octets("hashedMessage")
	r.Value("serialNumber", der.Integer)
	f.genTime = r.Time("genTime")
	if err := errors.Join(r.Err(), imprint.End()); err != nil {
		return err
	}
	unknown, err := checkImprint(algorithm, hashed, stamped)
	if err != nil {
		return err
	}
	c := sd.CertificateOf(sd.Signers[0])
	if c == nil {
		return nil // cannot be judged
	}
	f.authority = c.Holder()
	_, err = sd.Verify(0, sd.Content, c)
	switch {
	case errors.Is(err, fault.CMSAlgorithm) && !weakDigest(sd.Signers[0].DigestAlg):
		f.doubt = doubtAlgorithm(fault.Of(err).Args["algorithm"])
	case err != nil:
		return err
	case unknown:
		f.doubt = doubtAlgorithm(algorithm)
	default:
		f.doubt = doubtOf(c, sd.Certificates, f.genTime, opt)
	}
	return nil
}

// granted returns the token inside a TimeStampResp that granted one (RFC 3161
// 2.4.2), nil for anything else. Some writers put the answer of the authority
// down as it came.
func granted(answer []byte) []byte {
	r := der.OpenBytes(answer, der.Sequence, "TimeStampResp")
	status := r.Open("status", der.Sequence).Int("status")
	token := r.Value("timeStampToken", der.Sequence)
	if r.End() != nil || status > 1 { // 0 granted, 1 granted with changes
		return nil
	}
	return token.Raw
}

// checkImprint compares the imprint with the signature value or, as some
// authorities were asked, with the whole BIT STRING that holds it. unknown is
// whether the algorithm is one that cannot be computed here.
func checkImprint(algorithm oid.ID, hashed, value []byte) (unknown bool, err error) {
	var b cryptobyte.Builder
	b.AddASN1BitString(value)
	whole := b.BytesOrPanic()
	same := func(octets, whole [32]byte) bool {
		return string(hashed) == string(octets[:]) || string(hashed) == string(whole[:])
	}
	switch {
	case algorithm == oid.SM3 && same(sm3.Sum(value), sm3.Sum(whole)),
		algorithm == oid.SHA256 && same(sha256.Sum256(value), sha256.Sum256(whole)):
		return false, nil
	case algorithm == oid.SM3, algorithm == oid.SHA256:
		return false, errors.New("time-stamp token: the imprint is not that of the signature value")
	case weakDigest(algorithm):
		return false, fmt.Errorf("time-stamp token: the imprint is made with %s", algorithm)
	}
	return true, nil
}

// weakDigest reports whether two values with one digest can be made.
func weakDigest(algorithm oid.ID) bool { return algorithm == oid.MD5 || algorithm == oid.SHA1 }

// doubtOf says why the time that c stated at at cannot be relied on, nil when it
// can. c must lead to an anchor by authorities alone: else any holder of a
// certificate could issue one for time stamping and choose the time of signing.
// And it must be known not to be revoked: a time-stamp key that was lost, also
// later, proves nothing any more.
func doubtOf(c *cert.Certificate, extra []*cert.Certificate, at time.Time, opt Options) *doubt {
	if !stampsTime(c) || !c.MaySign() || !c.ValidAt(at) {
		return &doubtNotForStamps
	}
	path := opt.Trust.PathAt(c, extra, at)
	if !path.Anchored() || len(path.Flaws(at)) > 0 {
		return &doubtNoAnchor
	}
	for i := range path.Certs[1:] {
		of := path.Certs[i]
		st := opt.Trust.Status(of, path.Certs[i+1], opt.At)
		_, since, unfit := st.Unfit(at)
		switch {
		case st.State == trust.Revoked, st.State == trust.OnHold:
			return doubtRevoked(of, st.Since)
		case unfit:
			return doubtRevoked(of, since)
		case settled(st, at), i >= path.Anchor: // the anchor and all above it are trusted
		case published(of, st):
			return &doubt{why: whyUnknown(of, st), next: nextList}
		}
	}
	return nil
}

func stampsTime(c *cert.Certificate) bool {
	for _, usage := range c.ExtKeyUsages() {
		if usage == oid.UsageTimeStamping {
			return true
		}
	}
	return false
}
