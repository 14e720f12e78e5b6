package ca

import (
	"context"
	"crypto/rand"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
	"xinzhang/internal/format/sm2enc"
)

// A Rehearsal is what a request would lead to.
type Rehearsal struct {
	Record                      // with a serial number that is not kept, and no DER
	Findings []certlint.Finding // of the content; the first of severity error would refuse it
}

// Rehearse does everything that [CA.Issue] does short of recording and signing:
// it checks req, builds the certificates of both halves and lints them under the
// throw-away key. Nothing is changed. The errors are those of Issue, except that
// a broken rule is a finding. A request without CSR is rehearsed for a key that
// is yet to be made.
func (c *CA) Rehearse(ctx context.Context, req Request) ([]Rehearsal, error) {
	if req.CSR == nil {
		var err error
		if req.CSR, err = c.throwawayCSR(req.Subject); err != nil {
			return nil, err
		}
	}
	o, err := req.order()
	if err != nil {
		return nil, err
	}
	records, err := c.rehearse(ctx, o)
	if err != nil {
		return nil, err
	}
	all := make([]Rehearsal, len(records))
	for i, rec := range records {
		findings, err := c.inspect(ctx, rec)
		if err != nil {
			return nil, err
		}
		all[i] = Rehearsal{rec, findings}
	}
	return all, nil
}

func (c *CA) throwawayCSR(s cert.Subject) ([]byte, error) {
	public := &c.throwaway.PublicKey
	info, err := cert.CSRInfo(s, public)
	if err != nil {
		return nil, err
	}
	sig, err := sm2enc.SignDigest(rand.Reader, c.throwaway, sm2enc.Digest(public, info))
	if err != nil {
		return nil, err
	}
	return cert.AssembleCSR(info, sig.Marshal())
}
