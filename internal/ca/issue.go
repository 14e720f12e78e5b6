package ca

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// A Kind says what is issued.
type Kind string

// Kinds. The first two are pairs, the others a single signing certificate.
const (
	Organisation Kind = "organisation" // may seal, may not log in
	Person       Kind = "person"       // a person inside an organisation: may sign and log in
	Service      Kind = "service"      // of a system
	Maker        Kind = "seal-maker"   // of a further seal-making system
)

// profiles names the profiles of each kind: signing first, then encryption.
func (k Kind) profiles() []string {
	switch k {
	case Organisation:
		return []string{"org-sign", "org-enc"}
	case Person:
		return []string{"person-sign", "person-enc"}
	case Service:
		return []string{"service"}
	case Maker:
		return []string{"seal-maker"}
	}
	return nil
}

// A Request asks for the certificates of one holder. Whoever submits it has
// proved who the holder is; the name in the CSR is not used.
type Request struct {
	// ID is the caller's identifier of this issuance, at most 128 octets. The
	// same ID gives the same certificates; another content is refused, unless
	// nothing came of the first.
	ID      string
	Kind    Kind
	Subject cert.Subject
	// CSR is the request for the signing certificate, DER or PEM. Its signature
	// proves possession of the signing key.
	CSR      []byte
	Years    int  // of validity; 0: as the profile says
	Hardware bool // the signing key lives in a hardware UKey
}

// Issued is what a request has led to. Certificates of a request that was done
// long ago may have been revoked since.
type Issued struct {
	Request      string
	Signing      *cert.Certificate
	Encryption   *cert.Certificate // nil when there is no pair
	EnvelopedKey []byte            // DER SM2EnvelopedKey for the signing key; nil without pair
	Chain        []*cert.Certificate
}

// foundingPrefix begins the identifiers of the requests that the founding makes.
const foundingPrefix = "founding/"

// Issue issues the certificates of req, or returns those that were issued under
// req.ID before. It returns [fault.CSRSignature] without proof of possession,
// [fault.CARequestConflict] when req.ID stands for something else,
// [fault.CALintRefused] when the content breaks a rule, and the codes of
// [cert.Template] for a subject that is not fit. After any other error the same
// request may be submitted again and goes on where it stopped.
func (c *CA) Issue(ctx context.Context, req Request) (*Issued, error) {
	o, err := req.order()
	if err != nil {
		return nil, err
	}
	return c.run(ctx, o)
}

// run takes an order from wherever it stands to its end.
func (c *CA) run(ctx context.Context, o order) (*Issued, error) {
	digest, err := o.digest()
	if err != nil {
		return nil, err
	}
	defer c.requests.lock(o.id)()
	r, err := c.store.Request(ctx, o.id)
	if err == nil && r.State == RequestDone && r.Digest == digest {
		return c.result(ctx, r) // also when it could no longer be issued today
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if _, err := c.rehearse(ctx, o); err != nil {
		return nil, err
	}
	if r, err = c.begin(ctx, o, digest); err != nil {
		return nil, err
	}
	if r.State == RequestOpen && r.SigningSerial == "" {
		if r, err = c.record(ctx, o, r); err != nil {
			return nil, err
		}
	}
	if r.State == RequestOpen {
		if r, err = c.complete(ctx, r); err != nil {
			return nil, err
		}
	}
	return c.result(ctx, r)
}

// rehearse builds everything once with a key that is thrown away, so that a
// mistake in the order shows before anything is recorded.
func (c *CA) rehearse(ctx context.Context, o order) ([]Record, error) {
	for i := range o.halves {
		if o.halves[i].public == nil {
			o.halves = append([]half(nil), o.halves...)
			o.halves[i].public = &c.throwaway.PublicKey
		}
	}
	return c.build(ctx, o)
}

// begin records the order, or finds how far it has come. What an attempt left
// that stopped while signing is closed first: its serial numbers are void.
func (c *CA) begin(ctx context.Context, o order, digest string) (RequestRecord, error) {
	for range 3 { // at most: interrupted, closed and owing, open again
		if err := c.cfg.step("open request"); err != nil {
			return RequestRecord{}, err
		}
		r, err := c.store.OpenRequest(ctx, RequestRecord{ID: o.id, Digest: digest, Dual: o.dual(), OpenedAt: c.cfg.now()})
		if err != nil {
			return r, fmt.Errorf("open request %s: %w", o.id, err)
		}
		if r.Digest != digest && (r.State == RequestOpen || r.State == RequestDone) {
			return r, fault.New(fault.CARequestConflict, "request", o.id)
		}
		if r.State == RequestDone {
			return r, nil
		}
		interrupted, err := c.interrupted(ctx, r)
		if err != nil {
			return r, err
		}
		switch {
		case r.State != RequestOpen:
			err = c.settle(ctx, r)
		case interrupted:
			err = c.abandon(ctx, r, End{State: RequestAbandoned, Note: "interrupted while signing"})
		default:
			return r, nil
		}
		if err != nil {
			return r, err
		}
	}
	return RequestRecord{}, fmt.Errorf("open request %s: it cannot be opened again", o.id)
}

// interrupted reports whether a certificate of r is between signing and storing.
// The caller holds the lock of r, so nobody is at it.
func (c *CA) interrupted(ctx context.Context, r RequestRecord) (bool, error) {
	for _, serial := range r.serials() {
		rec, err := c.store.Certificate(ctx, serial)
		if err != nil {
			return false, fmt.Errorf("certificate %s: %w", serial, err)
		}
		if rec.State == Signing {
			return true, nil
		}
	}
	return false, nil
}

// serials are the certificates of the present attempt, signing first.
func (r RequestRecord) serials() []string {
	var all []string
	for _, s := range []string{r.SigningSerial, r.EncryptionSerial} {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

// keyRef names the present attempt to the key centre. A new attempt has a new
// key when the old one stands in a certificate that may have been signed.
func (r RequestRecord) keyRef() string { return fmt.Sprintf("%s/%d", r.ID, r.Attempt) }

// record fixes the content of the certificates under their serial numbers.
func (c *CA) record(ctx context.Context, o order, r RequestRecord) (RequestRecord, error) {
	if o.dual() {
		if c.cfg.KMC == nil {
			return r, fault.New(fault.CANoKeyCentre)
		}
		if err := c.cfg.step("apply for key"); err != nil {
			return r, err
		}
		public, err := c.cfg.KMC.Apply(ctx, r.keyRef())
		if err != nil {
			return r, fmt.Errorf("encryption key of %s: %w", r.ID, err)
		}
		o.halves = append([]half(nil), o.halves...)
		o.halves[1].public = public
	}
	for range 8 { // a serial number of 126 random bits is not met twice, except in a test
		records, err := c.build(ctx, o)
		if err != nil {
			return r, err
		}
		if err := c.cfg.step("record"); err != nil {
			return r, err
		}
		err = c.store.RecordCertificates(ctx, r.ID, records)
		if errors.Is(err, ErrTaken) {
			continue
		}
		if err != nil {
			return r, fmt.Errorf("record certificates of %s: %w", r.ID, err)
		}
		return c.store.Request(ctx, r.ID)
	}
	return r, fmt.Errorf("record certificates of %s: no free serial number: the random source repeats itself", r.ID)
}

// result collects what a request that is done has led to.
func (reg *Register) result(ctx context.Context, r RequestRecord) (*Issued, error) {
	out := &Issued{Request: r.ID, EnvelopedKey: r.EnvelopedKey}
	var issuedBy string
	for _, serial := range r.serials() {
		rec, err := reg.store.Certificate(ctx, serial)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", serial, err)
		}
		parsed, err := cert.Parse(rec.DER)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", serial, err)
		}
		if rec.Half == EncryptionHalf {
			out.Encryption = parsed
		} else {
			out.Signing, issuedBy = parsed, rec.Issuer
		}
	}
	if strings.HasPrefix(r.ID, foundingPrefix) {
		return out, nil
	}
	for _, name := range []string{issuedBy, Root} {
		above, err := reg.ownCertificate(ctx, name)
		if err != nil {
			return nil, err
		}
		out.Chain = append(out.Chain, above)
	}
	return out, nil
}

// Issued returns what was issued under the identifier of a request, or
// [fault.CertNotFound] when nothing was.
func (reg *Register) Issued(ctx context.Context, request string) (*Issued, error) {
	r, err := reg.store.Request(ctx, request)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if r.State != RequestDone {
		return nil, fault.Wrap(fault.CertNotFound, err, "what", request)
	}
	return reg.result(ctx, r)
}
