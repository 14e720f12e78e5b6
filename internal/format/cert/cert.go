// Package cert reads and writes X.509 certificates and certificate requests of
// the SM2 family: GB/T 20518-2018 (GM/T 0015) on top of RFC 5280.
//
// Reading is lenient, because real authorities break the rules and their
// certificates stand in documents that must be judged: [Parse] takes what can
// be understood, keeps every raw byte that was signed, and lists what breaks
// DER or RFC 5280 in Certificate.Deviations. RSA certificates are read as well;
// their PublicKey is nil.
//
// Writing is strict, in two steps, so that the key may sit elsewhere:
//
//	tbs, err := cert.Template{Profile: p, Subject: s, …}.TBS()
//	sig := …                     // SM2 over tbs, by the issuer's key
//	der, err := cert.Assemble(tbs, sig)
//
// A [Profile] is data: key usage, validity, policies, which identity it asks
// for. ID numbers (GB 11643) and credit codes (GB 32100) are checked before
// anything is written. Requests go the same way: [CSRInfo], [AssembleCSR],
// [ParseCSR] and (*CSR).CheckSignature, the proof of possession.
//
// The package does not build chains, ask for revocation or judge: that is the
// verifier's work.
package cert

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"math/big"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// A Certificate is a certificate as it was found. Raw slices hold the bytes as
// stored, identifier and length included; they alias the input of [Parse].
type Certificate struct {
	Raw        []byte // the whole certificate
	RawTBS     []byte // what the issuer signed
	RawIssuer  []byte
	RawSubject []byte
	RawSPKI    []byte

	Version             int // 3 for v3
	Serial              *big.Int
	NotBefore, NotAfter time.Time        // UTC
	PublicKey           *ecdsa.PublicKey // on the SM2 curve; nil for any other key
	KeyAlgorithm        oid.ID           // of the subject's key
	SignatureAlgorithm  oid.ID           // the outer one
	Signature           []byte           // content of the BIT STRING
	Extensions          []Extension

	// Deviations names, as "place: what", where the bytes break DER or the
	// rules of RFC 5280 that can be seen without a profile. At most 32.
	Deviations []string

	rawInnerAlgorithm, rawOuterAlgorithm []byte
}

// An Extension is one certificate extension; Value is the content of its OCTET
// STRING.
type Extension struct {
	ID       oid.ID
	Critical bool
	Value    []byte
}

// Extension returns the first extension id.
func (c *Certificate) Extension(id oid.ID) (Extension, bool) {
	for _, e := range c.Extensions {
		if e.ID == id {
			return e, true
		}
	}
	return Extension{}, false
}

// Subject returns the name of the holder.
func (c *Certificate) Subject() Name { return nameOf(c.RawSubject) }

// Issuer returns the name of the issuer.
func (c *Certificate) Issuer() Name { return nameOf(c.RawIssuer) }

// Holder returns what people call the holder: the common name, else the
// innermost organisation, else the whole name.
func (c *Certificate) Holder() string {
	n := c.Subject()
	for _, id := range []oid.ID{oid.CommonName, oid.OrgUnit, oid.Organisation} {
		if s := n.Get(id); s != "" {
			return s
		}
	}
	return n.String()
}

// SerialHex returns the serial number in lower-case hexadecimal, whole octets,
// no separators; a negative one begins with "-".
func (c *Certificate) SerialHex() string { return serialHex(c.Serial) }

func serialHex(n *big.Int) string {
	switch {
	case n == nil || n.Sign() == 0:
		return "00"
	case n.Sign() < 0:
		return "-" + hex.EncodeToString(n.Bytes())
	}
	return hex.EncodeToString(n.Bytes())
}

// AlgorithmsAgree reports whether the signature algorithm inside the signed
// part is, with its parameters, the one outside (RFC 5280 4.1.1.2).
func (c *Certificate) AlgorithmsAgree() bool {
	return bytes.Equal(c.rawInnerAlgorithm, c.rawOuterAlgorithm)
}

// AlgorithmParameters returns the raw parameters that stand beside the outer
// signature algorithm: empty when absent, as this package writes it, or what an
// issuer put there (often 05 00).
func (c *Certificate) AlgorithmParameters() []byte {
	v, err := der.ParseOnly(c.rawOuterAlgorithm)
	if err != nil {
		return nil
	}
	_, rest, err := der.Parse(v.Content)
	if err != nil {
		return nil
	}
	return rest
}

// CheckSignatureFrom checks that issuer's key signed c. It says nothing about
// names, dates, key usage or trust. It returns [fault.CertAlgorithm] when the
// algorithm is not SM2 with SM3 and [fault.CertSignature] when the signature is
// wrong.
func (c *Certificate) CheckSignatureFrom(issuer *Certificate) error {
	if c.SignatureAlgorithm != oid.SM2WithSM3 {
		return fault.New(fault.CertAlgorithm, "algorithm", c.SignatureAlgorithm)
	}
	if issuer.PublicKey == nil {
		return fault.New(fault.CertAlgorithm, "algorithm", issuer.KeyAlgorithm)
	}
	if !c.sameAlgorithm() || !sm2enc.Verify(issuer.PublicKey, c.RawTBS, c.Signature) {
		return fault.New(fault.CertSignature, "holder", c.Holder())
	}
	return nil
}

// sameAlgorithm is the part of AlgorithmsAgree that matters for security:
// NULL on one side only is a deviation, another algorithm is not.
func (c *Certificate) sameAlgorithm() bool {
	inner, err := algorithmOf(c.rawInnerAlgorithm)
	return err == nil && inner == c.SignatureAlgorithm
}

// IsIssuedBy reports whether issuer's name, and its key identifier where both
// certificates carry one, are those that c names as its issuer's. Names are
// compared by their bytes, then normalised as in RFC 5280 7.1.
func (c *Certificate) IsIssuedBy(issuer *Certificate) bool {
	if !SameName(c.RawIssuer, issuer.RawSubject) {
		return false
	}
	want, has := c.AuthorityKeyID(), issuer.SubjectKeyID()
	return len(want) == 0 || len(has) == 0 || bytes.Equal(want, has)
}

// SelfSigned reports whether c is its own issuer and its own key signed it.
func (c *Certificate) SelfSigned() bool {
	return c.IsIssuedBy(c) && c.CheckSignatureFrom(c) == nil
}

// MaySign reports whether the key may sign documents: key usage is absent, or
// holds digitalSignature or nonRepudiation.
func (c *Certificate) MaySign() bool {
	u, present := c.KeyUsage()
	return !present || u&(DigitalSignature|NonRepudiation) != 0
}

// EncryptionOnly reports whether the key serves encryption and nothing else.
func (c *Certificate) EncryptionOnly() bool {
	u, _ := c.KeyUsage()
	return u&encryptionUsages != 0 && u&^encryptionUsages == 0
}

// ValidAt reports whether at lies in the validity period, both ends included.
func (c *Certificate) ValidAt(at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}
