package cms

import (
	"bytes"
	"math/big"
	"time"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A Signer is one SignerInfo as it was found.
type Signer struct {
	Reference             // to the signer's certificate
	DigestAlg      oid.ID // mostly [oid.SM3]
	SignatureAlg   oid.ID // [oid.SM2Sign], [oid.SM2WithSM3] or [oid.SM2]
	RawAttrs       []byte // signed attributes with tag A0, as stored; nil when there are none
	Attrs          []Attribute
	Signature      []byte // DER SM2Signature, or r ‖ s
	UnsignedAttrs  []Attribute
	attrsValue     der.Value
	signatureExtra bool // something other than NULL stands beside SignatureAlg
}

// A Reference names a certificate by issuer and serial number or, in messages of
// RFC 5652, by subject key identifier.
type Reference struct {
	RawIssuer    []byte // DER Name; nil when SubjectKeyID is given
	Serial       *big.Int
	SubjectKeyID []byte
}

// Identifies reports whether c is the certificate that ref names. Issuer names
// are compared by their bytes, then normalised (RFC 5280, 7.1); serial numbers as
// [der.SameNumber] does.
func (ref Reference) Identifies(c *cert.Certificate) bool {
	if ref.SubjectKeyID != nil {
		return len(ref.SubjectKeyID) > 0 && bytes.Equal(ref.SubjectKeyID, c.SubjectKeyID())
	}
	if ref.Serial == nil || !der.SameNumber(der.IntegerOctets(c.Serial), der.IntegerOctets(ref.Serial)) {
		return false
	}
	return c.IsIssuedBy(&cert.Certificate{RawSubject: ref.RawIssuer}) // no key identifier: names alone
}

// Attribute returns the first signed attribute id.
func (s Signer) Attribute(id oid.ID) (Attribute, bool) {
	for _, a := range s.Attrs {
		if a.ID == id {
			return a, true
		}
	}
	return Attribute{}, false
}

// SigningTime returns the time the signer's own clock showed, in UTC, when the
// signed attributes hold it.
func (s Signer) SigningTime() (time.Time, bool) {
	a, ok := s.Attribute(oid.SigningTime)
	if !ok || len(a.Values) != 1 {
		return time.Time{}, false
	}
	v, err := der.ParseOnly(a.Values[0])
	if err != nil {
		return time.Time{}, false
	}
	t, err := v.Time()
	return t, err == nil
}

func readSigner(r *der.Reader) (Signer, error) {
	s := Signer{}
	r.Int("version")
	s.Reference = readReference(r)
	s.DigestAlg, _ = readAlgorithm(r, "digestAlgorithm")
	if v, ok := r.Optional("authenticatedAttributes", der.ContextConstructed(0)); ok {
		s.RawAttrs, s.attrsValue = v.Raw, v
		s.Attrs = readAttributes(r, v, "authenticatedAttributes")
	}
	var parameters der.Value
	s.SignatureAlg, parameters = readAlgorithm(r, "digestEncryptionAlgorithm")
	s.signatureExtra = parameters.Raw != nil && parameters.Tag != der.Null
	s.Signature = r.Octets("encryptedDigest")
	if v, ok := r.Optional("unauthenticatedAttributes", der.ContextConstructed(1)); ok {
		s.UnsignedAttrs = readAttributes(r, v, "unauthenticatedAttributes")
	}
	return s, r.End()
}

// readReference reads issuerAndSerialNumber, or [0] subjectKeyIdentifier.
func readReference(r *der.Reader) Reference {
	if v, ok := r.Optional("subjectKeyIdentifier", der.Context(0)); ok {
		return Reference{SubjectKeyID: nonNil(v.Content)}
	}
	in := r.Open("issuerAndSerialNumber", der.Sequence)
	ref := Reference{RawIssuer: in.Value("issuer", der.Sequence).Raw, Serial: in.BigInt("serialNumber")}
	r.Fail("issuerAndSerialNumber", in.End())
	return ref
}

// readAlgorithm reads an AlgorithmIdentifier; parameters.Raw is nil when there
// are none.
func readAlgorithm(r *der.Reader, name string) (id oid.ID, parameters der.Value) {
	alg := r.Open(name, der.Sequence)
	id = alg.OID("algorithm")
	if alg.More() {
		parameters = alg.Value("parameters")
	}
	r.Fail(name, alg.End())
	return id, parameters
}
