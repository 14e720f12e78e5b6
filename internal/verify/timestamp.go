package verify

import (
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
)

// stampFacts is a time-stamp token (RFC 3161, GB/T 20520) over a signature
// value.
type stampFacts struct {
	err       error // the token does not stand for this signature value
	trusted   bool  // the authority's certificate leads to an anchor and is one for time stamping
	genTime   time.Time
	authority string
}

func gatherStamp(token, stamped []byte, opt Options) *stampFacts {
	f := &stampFacts{}
	f.err = f.read(token, stamped, opt)
	return f
}

func (f *stampFacts) read(token, stamped []byte, opt Options) error {
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
	if algorithm != oid.SM3 || !isImprint(hashed, stamped) {
		return errors.New("time-stamp token: the imprint is not the SM3 of the signature value")
	}
	for _, c := range sd.Certificates {
		if !sd.Signers[0].Identifies(c) {
			continue
		}
		f.authority = c.Holder()
		if _, err := sd.Verify(0, sd.Content, c); err != nil {
			return err
		}
		f.trusted = stampsTime(c) && c.MaySign() && c.ValidAt(f.genTime) && trustedAt(c, sd.Certificates, f.genTime, opt)
		return nil
	}
	return nil // no certificate inside: cannot be judged
}

// isImprint reports whether hashed is the SM3 of the signature value or, as some
// authorities were asked, of the whole BIT STRING that holds it.
func isImprint(hashed, value []byte) bool {
	octets := sm3.Sum(value)
	var b cryptobyte.Builder
	b.AddASN1BitString(value)
	whole := sm3.Sum(b.BytesOrPanic())
	return string(hashed) == string(octets[:]) || string(hashed) == string(whole[:])
}

// trustedAt reports whether c leads to an anchor by authorities alone and was
// not revoked: else any holder of a certificate could issue one for time
// stamping and choose the time of signing. A time-stamp key that was lost later
// proves nothing any more either.
func trustedAt(c *cert.Certificate, extra []*cert.Certificate, at time.Time, opt Options) bool {
	path := opt.Trust.PathAt(c, extra, at)
	if !path.Anchored() || len(path.Flaws(at)) > 0 {
		return false
	}
	for i := range path.Certs[1:] {
		switch opt.Trust.Status(path.Certs[i], path.Certs[i+1], opt.At).State {
		case trust.Revoked, trust.OnHold:
			return false
		}
	}
	return true
}

func stampsTime(c *cert.Certificate) bool {
	for _, usage := range c.ExtKeyUsages() {
		if usage == oid.UsageTimeStamping {
			return true
		}
	}
	return false
}
