package cms

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// A Template is everything that goes into one signed message with one signer.
type Template struct {
	Content  []byte
	Type     oid.ID // of Content; empty means [oid.Data]. Anything else makes a message of RFC 5652
	Detached bool   // leave Content out
	Signer   *cert.Certificate
	Path     []*cert.Certificate // further certificates to put in

	// SigningTime is the signer's clock. It becomes a signed attribute, beside
	// contentType, messageDigest and signingCertificateV2.
	SigningTime time.Time

	// Bare leaves all attributes out: SM2 signs Content itself. OFD asks for it
	// (GM/T 0099), with the 32 octet digest of a file as Content.
	Bare bool
}

// Message returns m, of which SM2 signs e = SM3(Z_A ‖ m): the DER SET OF the
// attributes, or the content when there are none.
func (t Template) Message() ([]byte, error) {
	if t.Signer == nil || t.Signer.PublicKey == nil {
		return nil, errors.New("signed data: signer has no SM2 certificate")
	}
	if t.Bare {
		if looksLikeAttributes(t.Content) {
			return nil, fmt.Errorf("signed data: %w", errAttributes)
		}
		return t.Content, nil
	}
	if t.SigningTime.IsZero() {
		return nil, errors.New("signed data: there is no signing time")
	}
	return setOf(t.attributes()), nil
}

// Assemble returns the message with signature sig, in any form
// [sm2enc.ParseSignature] reads; it is written as DER. A signature that is not
// the signer's over [Template.Message] is [fault.CMSSignature].
func (t Template) Assemble(sig []byte) ([]byte, error) {
	message, err := t.Message()
	if err != nil {
		return nil, err
	}
	parsed, _, err := sm2enc.ParseSignature(sig)
	if err != nil {
		return nil, fault.Wrap(fault.CMSSignature, err)
	}
	pub := t.Signer.PublicKey
	if !sm2enc.VerifyDigest(pub, sm2enc.Digest(pub, message), parsed) {
		return nil, fault.Wrap(fault.CMSSignature, errSignature)
	}
	var b cryptobyte.Builder
	addContentInfo(&b, t.outerType(), func(b *cryptobyte.Builder) {
		b.AddASN1Int64(t.version())
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, oid.SM3) })
		t.addContent(b)
		b.AddASN1(context(0), func(b *cryptobyte.Builder) {
			for _, raw := range t.certificates() {
				b.AddBytes(raw)
			}
		})
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { t.addSigner(b, parsed) })
	})
	return b.Bytes()
}

func (t Template) innerType() oid.ID {
	if t.Type == "" {
		return oid.Data
	}
	return t.Type
}

func (t Template) outerType() oid.ID {
	if t.innerType() == oid.Data {
		return oid.SignedData
	}
	return oid.PKCS7SignedData
}

// version is 1 in GB/T 35275; RFC 5652, 5.1 wants 3 for content of another type
// than PKCS #7 data.
func (t Template) version() int64 {
	if t.outerType() == oid.PKCS7SignedData && t.innerType() != oid.PKCS7Data {
		return 3
	}
	return 1
}

// certificates returns the certificates in DER order of a SET, each once.
func (t Template) certificates() [][]byte {
	all := [][]byte{t.Signer.Raw}
	for _, c := range t.Path {
		all = append(all, c.Raw)
	}
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(all, bytes.Equal)
}

func (t Template) addContent(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(t.innerType().Marshal())
		if !t.Detached {
			b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(t.Content) })
		}
	})
}

func (t Template) addSigner(b *cryptobyte.Builder, sig sm2enc.Signature) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addReference(b, t.Signer)
		addAlgorithm(b, oid.SM3)
		if !t.Bare {
			b.AddASN1(context(0), func(b *cryptobyte.Builder) {
				for _, a := range t.attributes() {
					b.AddBytes(a)
				}
			})
		}
		addAlgorithm(b, oid.SM2Sign)
		b.AddASN1OctetString(sig.Marshal())
	})
}

// attributes returns the signed attributes in DER order.
func (t Template) attributes() [][]byte {
	digest := sm3.Sum(t.Content)
	certHash := sm3.Sum(t.Signer.Raw)
	all := [][]byte{
		attribute(oid.ContentType, func(b *cryptobyte.Builder) { b.AddBytes(t.innerType().Marshal()) }),
		attribute(oid.MessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest[:]) }),
		attribute(oid.SigningTime, func(b *cryptobyte.Builder) { cert.AddTime(b, t.SigningTime) }),
		attribute(oid.SigningCertificateV2, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // certs
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2
						addAlgorithm(b, oid.SM3)
						b.AddASN1OctetString(certHash[:])
					})
				})
			})
		}),
	}
	slices.SortFunc(all, bytes.Compare)
	return all
}

func attribute(id oid.ID, value func(*cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(id.Marshal())
		b.AddASN1(asn1.SET, value)
	})
	return b.BytesOrPanic()
}

func context(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

func addContentInfo(b *cryptobyte.Builder, id oid.ID, body func(*cryptobyte.Builder)) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(id.Marshal())
		b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddASN1(asn1.SEQUENCE, body) })
	})
}

// addAlgorithm writes an AlgorithmIdentifier without parameters.
func addAlgorithm(b *cryptobyte.Builder, id oid.ID) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(id.Marshal()) })
}

// addReference writes issuerAndSerialNumber, the name as the certificate holds it.
func addReference(b *cryptobyte.Builder, c *cert.Certificate) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(c.RawIssuer)
		b.AddASN1BigInt(c.Serial)
	})
}
