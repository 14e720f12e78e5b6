package cert

import (
	"crypto/ecdsa"
	"encoding/pem"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// A CSR is a certificate request, PKCS #10 (RFC 2986). What it asks for is a
// wish: the issuer takes the public key, and the name only after review.
type CSR struct {
	Raw        []byte
	RawInfo    []byte // what the applicant signed
	RawSubject []byte
	RawSPKI    []byte

	PublicKey          *ecdsa.PublicKey // nil when it is no SM2 key
	KeyAlgorithm       oid.ID
	SignatureAlgorithm oid.ID
	Signature          []byte
	RawAttributes      []byte // content of the [0] set; empty when absent
}

// Subject returns the name the request asks for.
func (c *CSR) Subject() Name { return nameOf(c.RawSubject) }

// CheckSignature checks the proof of possession: the request is signed with the
// private key of the public key in it. The error is [fault.CSRSignature] or
// [fault.CSRAlgorithm].
func (c *CSR) CheckSignature() error {
	if c.PublicKey == nil {
		return fault.New(fault.CSRAlgorithm, "algorithm", c.KeyAlgorithm)
	}
	if c.SignatureAlgorithm != oid.SM2WithSM3 {
		return fault.New(fault.CSRAlgorithm, "algorithm", c.SignatureAlgorithm)
	}
	if !sm2enc.Verify(c.PublicKey, c.RawInfo, c.Signature) {
		return fault.New(fault.CSRSignature)
	}
	return nil
}

// CSRInfo returns the DER CertificationRequestInfo for subject's name and pub,
// to be signed by the key of pub. Identity numbers do not travel in a request:
// the subject's IDNumber and CreditCode are not written.
func CSRInfo(subject Subject, pub *ecdsa.PublicKey) ([]byte, error) {
	if !fitKey(pub) {
		return nil, fault.New(fault.CertKeyUnfit)
	}
	if err := subject.checkName(""); err != nil {
		return nil, err
	}
	name, err := subject.name()
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddBytes(name)
		b.AddBytes(sm2enc.MarshalSPKI(pub))
		b.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(*cryptobyte.Builder) {})
	})
	return b.Bytes()
}

// AssembleCSR joins a CertificationRequestInfo and the SM2 signature (DER) over
// it to a request.
func AssembleCSR(info, signature []byte) ([]byte, error) { return assemble(info, signature) }

// ParseCSR reads a request in DER or PEM. The error is [fault.CSRBroken] with
// the place.
func ParseCSR(b []byte) (*CSR, error) {
	if len(b) > maxSize {
		return nil, fault.New(fault.InputTooLarge, "what", "certificate request", "limit", "1 MiB")
	}
	if block, _ := pem.Decode(b); block != nil && strings.HasSuffix(block.Type, "CERTIFICATE REQUEST") {
		b = block.Bytes
	}
	c, err := parseCSR(b)
	if err != nil {
		return nil, fault.Wrap(fault.CSRBroken, err, "place", place(err))
	}
	return c, nil
}

func parseCSR(b []byte) (*CSR, error) {
	whole, err := der.ParseOnly(b)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	c := &CSR{Raw: whole.Raw}
	r := der.Open(whole, der.Sequence, "request")
	info := r.Value("info", der.Sequence)
	alg := r.Value("signatureAlgorithm", der.Sequence)
	c.Signature = r.Bits("signature")
	if err := r.End(); err != nil {
		return nil, err
	}
	c.RawInfo = info.Raw
	if c.SignatureAlgorithm, err = algorithmOf(alg.Raw); err != nil {
		return nil, fmt.Errorf("request.signatureAlgorithm: %w", err)
	}
	in := der.Open(info, der.Sequence, "request.info")
	in.Int("version")
	c.RawSubject = in.Value("subject", der.Sequence).Raw
	spki := in.Value("subjectPublicKeyInfo", der.Sequence)
	if v, ok := in.Optional("attributes", der.ContextConstructed(0)); ok {
		c.RawAttributes = v.Content
	}
	if err := in.End(); err != nil {
		return nil, err
	}
	c.RawSPKI = spki.Raw
	if _, err := parseName(c.RawSubject); err != nil {
		return nil, fmt.Errorf("request.info.subject: %w", err)
	}
	c.KeyAlgorithm, c.PublicKey, _, err = readSPKI(spki)
	return c, err
}
