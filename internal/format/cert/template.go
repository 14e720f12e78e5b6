package cert

import (
	"crypto/ecdsa"
	"errors"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/sm2enc"
)

// A Template is everything that goes into one certificate.
type Template struct {
	Profile   Profile
	Subject   Subject
	Serial    *big.Int // positive, 8 to 20 octets; the issuer draws 16 random ones
	NotBefore time.Time
	NotAfter  time.Time
	PublicKey *ecdsa.PublicKey
	Issuer    *Certificate // nil for a self-signed root

	CRLURLs    []string // of the issuer's revocation lists
	OCSPURLs   []string
	IssuerURLs []string // of the issuer's certificate
	Hardware   bool     // the key lives in a hardware UKey, not in a software one
}

// TBS checks t and returns the DER TBSCertificate to be signed. Every mistake
// that a person can make in t is a fault.Cert… code.
func (t Template) TBS() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	subject, err := t.subject().name()
	if err != nil {
		return nil, err
	}
	issuer := subject
	if t.Issuer != nil {
		issuer = t.Issuer.RawSubject
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		b.AddASN1BigInt(t.Serial)
		addAlgorithm(b)
		b.AddBytes(issuer)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			AddTime(b, t.NotBefore)
			AddTime(b, t.NotAfter)
		})
		b.AddBytes(subject)
		b.AddBytes(sm2enc.MarshalSPKI(t.PublicKey))
		b.AddASN1(asn1.Tag(3).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, t.addExtensions)
		})
	})
	return b.Bytes()
}

// Assemble joins a TBSCertificate and the SM2 signature over it (DER) to a
// certificate. It does not verify: the caller holds the issuer's key.
func Assemble(tbs, signature []byte) ([]byte, error) { return assemble(tbs, signature) }

// assemble makes SEQUENCE { signed part, SM2 with SM3, BIT STRING }, the shape of
// certificates, requests and revocation lists.
func assemble(signed, signature []byte) ([]byte, error) {
	if v, err := der.ParseOnly(signed); err != nil || v.Tag != der.Sequence {
		return nil, errors.New("assemble: the signed part is no SEQUENCE")
	}
	if _, form, err := sm2enc.ParseSignature(signature); err != nil || form != sm2enc.DER {
		return nil, errors.New("assemble: the signature is not DER")
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		addAlgorithm(b)
		b.AddASN1BitString(signature)
	})
	return b.Bytes()
}

// subject is t.Subject with what the profile adds to the name.
func (t Template) subject() Subject {
	s := t.Subject
	if t.Profile.IDNumberInName {
		s.Unit = s.IDNumber
	}
	return s
}

func (t Template) check() error {
	if err := t.subject().check(t.Profile, t.NotBefore); err != nil {
		return err
	}
	if err := CheckSerial(t.Serial); err != nil {
		return err
	}
	if !fitKey(t.PublicKey) {
		return fault.New(fault.CertKeyUnfit)
	}
	if err := t.checkIssuer(); err != nil {
		return err
	}
	if err := t.checkValidity(); err != nil {
		return err
	}
	for _, list := range [][]string{t.CRLURLs, t.OCSPURLs, t.IssuerURLs} {
		for _, u := range list {
			if !fitURL(u) {
				return fault.New(fault.CertURLUnfit, "url", u)
			}
		}
	}
	return nil
}

// fitKey reports whether pub is a point on the SM2 curve, whoever made it.
func fitKey(pub *ecdsa.PublicKey) bool {
	if pub == nil || pub.X == nil || pub.Y == nil || pub.X.BitLen() > 256 || pub.Y.BitLen() > 256 || !sm2.IsSM2PublicKey(pub) {
		return false
	}
	_, err := sm2enc.ParsePublicKey(sm2enc.MarshalPublicKey(pub))
	return err == nil
}

// CheckSerial checks that n can be a serial number: positive (RFC 5280 4.1.2.2),
// at most 20 octets as encoded, at least 8 so that it cannot be guessed.
func CheckSerial(n *big.Int) error {
	if n == nil || n.Sign() <= 0 || n.BitLen() > 159 || n.BitLen() <= 56 {
		return fault.New(fault.CertSerialUnfit)
	}
	return nil
}

func (t Template) checkIssuer() error {
	if t.Issuer == nil {
		if !t.Profile.CA {
			return fault.New(fault.CertIssuerUnfit, "why", field{"没有指定颁发者", "no issuer is given"})
		}
		return nil
	}
	ca, pathLen, _ := t.Issuer.BasicConstraints()
	usage, _ := t.Issuer.KeyUsage()
	switch {
	case !ca:
		return fault.New(fault.CertIssuerUnfit, "why", field{"不是 CA 证书", "it is no CA certificate"})
	case usage&KeyCertSign == 0:
		return fault.New(fault.CertIssuerUnfit, "why", field{"没有 keyCertSign 用途", "it lacks key usage keyCertSign"})
	case t.Profile.CA && pathLen == 0:
		return fault.New(fault.CertIssuerUnfit, "why", field{"路径长度为 0，不能再签发下级 CA", "its path length 0 allows no further CA"})
	case t.Issuer.PublicKey == nil:
		return fault.New(fault.CertAlgorithm, "algorithm", t.Issuer.KeyAlgorithm)
	}
	return nil
}

func (t Template) checkValidity() error {
	from, to := t.NotBefore.UTC(), t.NotAfter.UTC()
	switch {
	case from.IsZero() || !to.After(from) || from.Year() < 1950 || to.Year() > 9999:
		return fault.New(fault.CertValidityOrder)
	case to.After(from.AddDate(t.Profile.MaxYears, 0, 0)):
		return fault.New(fault.CertValidityTooLong, "years", t.Profile.MaxYears)
	case t.Issuer != nil && to.After(t.Issuer.NotAfter):
		return fault.New(fault.CertValidityBeyondIssuer, "until", t.Issuer.NotAfter.Format("2006-01-02"))
	}
	return nil
}

func fitURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > 1024 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	return u.Host != "" && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ldap")
}
