package cert

import (
	"crypto/ecdsa"
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// Limits on hostile input: a real certificate is some kilobytes long.
const (
	maxSize       = 1 << 20
	maxExtensions = 256
	maxDeviations = 32
)

// Parse reads one certificate leniently; what it had to overlook stands in
// Deviations. The error is [fault.CertBroken] with the place.
func Parse(b []byte) (*Certificate, error) {
	if len(b) > maxSize {
		return nil, fault.New(fault.InputTooLarge, "what", "certificate", "limit", "1 MiB")
	}
	c, err := parse(b)
	if err != nil {
		return nil, broken(err)
	}
	return c, nil
}

func broken(err error) error {
	return fault.Wrap(fault.CertBroken, err, "place", place(err))
}

// place cuts a reader's error down to where it happened.
func place(err error) string {
	where, _, _ := strings.Cut(err.Error(), ": ")
	return where
}

func parse(b []byte) (*Certificate, error) {
	whole, rest, err := der.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	c := &Certificate{Raw: whole.Raw}
	if len(rest) > 0 {
		c.deviate("certificate", "%d bytes follow it", len(rest))
	}
	r := der.Open(whole, der.Sequence, "certificate")
	tbs := r.Value("tbsCertificate", der.Sequence)
	alg := r.Value("signatureAlgorithm", der.Sequence)
	sig := r.Value("signature", der.BitString)
	if err := r.End(); err != nil {
		return nil, err
	}
	c.RawTBS, c.rawOuterAlgorithm = tbs.Raw, alg.Raw
	if c.SignatureAlgorithm, err = algorithmOf(alg.Raw); err != nil {
		return nil, fmt.Errorf("certificate.signatureAlgorithm: %w", err)
	}
	if c.Signature, _, err = sig.Bits(); err != nil {
		return nil, fmt.Errorf("certificate.signature: %w", err)
	}
	if err := c.parseTBS(tbs); err != nil {
		return nil, err
	}
	c.findDeviations()
	return c, nil
}

func (c *Certificate) parseTBS(tbs der.Value) error {
	r := der.Open(tbs, der.Sequence, "tbsCertificate")
	c.Version = 1
	if v, ok := r.Optional("version", der.ContextConstructed(0)); ok {
		in := der.Open(v, v.Tag, "tbsCertificate.version")
		c.Version = in.Int("value") + 1
		r.Fail("version", in.End())
	}
	serial := r.Value("serialNumber", der.Integer)
	c.rawInnerAlgorithm = r.Value("signature", der.Sequence).Raw
	c.RawIssuer = r.Value("issuer", der.Sequence).Raw
	validity := r.Open("validity", der.Sequence)
	c.NotBefore = validity.Time("notBefore")
	c.NotAfter = validity.Time("notAfter")
	r.Fail("validity", validity.End())
	c.RawSubject = r.Value("subject", der.Sequence).Raw
	spki := r.Value("subjectPublicKeyInfo", der.Sequence)
	c.RawSPKI = spki.Raw
	for _, tag := range []byte{der.Context(1), der.Context(2)} {
		if _, ok := r.Optional("uniqueID", tag); ok {
			c.deviate("tbsCertificate.uniqueID", "is not used any more")
		}
	}
	exts, hasExts := r.Optional("extensions", der.ContextConstructed(3))
	if err := r.End(); err != nil {
		return err
	}
	var err error
	if c.Serial, err = serial.BigInt(); err != nil {
		return fmt.Errorf("tbsCertificate.serialNumber: %w", err)
	}
	if _, err := algorithmOf(c.rawInnerAlgorithm); err != nil {
		return fmt.Errorf("tbsCertificate.signature: %w", err)
	}
	if _, err := parseName(c.RawIssuer); err != nil {
		return fmt.Errorf("tbsCertificate.issuer: %w", err)
	}
	if _, err := parseName(c.RawSubject); err != nil {
		return fmt.Errorf("tbsCertificate.subject: %w", err)
	}
	if err := c.parseKey(spki); err != nil {
		return err
	}
	if hasExts {
		return c.parseExtensions(exts)
	}
	return nil
}

// parseKey sets KeyAlgorithm, and PublicKey when the key is one of SM2. A point
// that is not on the curve is a deviation: such a certificate can be shown, and
// nothing verifies under it.
func (c *Certificate) parseKey(spki der.Value) error {
	id, pub, deviation, err := readSPKI(spki)
	if err != nil {
		return err
	}
	if deviation != "" {
		c.deviate("subjectPublicKeyInfo", "%s", deviation)
	}
	c.KeyAlgorithm, c.PublicKey = id, pub
	return nil
}

func readSPKI(spki der.Value) (id oid.ID, pub *ecdsa.PublicKey, deviation string, err error) {
	r := der.Open(spki, der.Sequence, "subjectPublicKeyInfo")
	alg := r.Open("algorithm", der.Sequence)
	id = alg.OID("algorithm")
	var params der.Value
	if alg.More() {
		params = alg.Value("parameters")
	}
	r.Fail("algorithm", alg.End())
	bits := r.Value("subjectPublicKey", der.BitString)
	if err := r.End(); err != nil {
		return "", nil, "", err
	}
	key, _, err := bits.Bits()
	if err != nil {
		return "", nil, "", fmt.Errorf("subjectPublicKeyInfo.subjectPublicKey: %w", err)
	}
	curve, _ := params.ObjectIdentifier()
	switch {
	case id == oid.ECPublicKey && curve == oid.SM2:
		if len(key) > 0 && key[0] != 4 {
			deviation = "the point is compressed"
		}
	case id == oid.SM2:
		deviation = "the algorithm is the curve's identifier"
	default:
		return id, nil, "", nil
	}
	pub, err = sm2enc.ParsePublicKey(key)
	if err != nil {
		return id, nil, "the key is no point on the SM2 curve", nil
	}
	return id, pub, deviation, nil
}

func (c *Certificate) parseExtensions(v der.Value) error {
	outer := der.Open(v, v.Tag, "tbsCertificate.extensions")
	list := outer.Open("list", der.Sequence)
	for list.More() {
		if len(c.Extensions) == maxExtensions {
			return fmt.Errorf("tbsCertificate.extensions: more than %d", maxExtensions)
		}
		e, err := readExtension(list)
		if err != nil {
			return err
		}
		if _, twice := c.Extension(e.ID); twice {
			c.deviate("extension "+string(e.ID), "stands twice")
		}
		c.Extensions = append(c.Extensions, e)
	}
	outer.Fail("list", list.End())
	return outer.End()
}

func readExtension(list *der.Reader) (Extension, error) {
	r := list.Open("extension", der.Sequence)
	e := Extension{ID: r.OID("extnID")}
	if v, ok := r.Optional("critical", der.Boolean); ok {
		var err error
		e.Critical, err = v.Bool()
		r.Fail("critical", err)
	}
	e.Value = r.Octets("extnValue")
	return e, r.End()
}

// algorithmOf returns the identifier in a raw AlgorithmIdentifier.
func algorithmOf(raw []byte) (oid.ID, error) {
	r := der.OpenBytes(raw, der.Sequence, "algorithmIdentifier")
	id := r.OID("algorithm")
	if r.More() {
		r.Value("parameters")
	}
	return id, r.End()
}

func (c *Certificate) deviate(place, format string, args ...any) {
	if len(c.Deviations) < maxDeviations {
		c.Deviations = append(c.Deviations, place+": "+fmt.Sprintf(format, args...))
	}
}
