package verify

import (
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
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
	if sum := sm3.Sum(stamped); algorithm != oid.SM3 || string(hashed) != string(sum[:]) {
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
		path := opt.Trust.Path(c, sd.Certificates)
		f.trusted = path.Anchored() && stampsTime(c) && !f.genTime.Before(c.NotBefore) && !f.genTime.After(c.NotAfter)
		return nil
	}
	return nil // no certificate inside: cannot be judged
}

func stampsTime(c *cert.Certificate) bool {
	for _, usage := range c.ExtKeyUsages() {
		if usage == oid.UsageTimeStamping {
			return true
		}
	}
	return false
}
