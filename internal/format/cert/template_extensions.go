package cert

import (
	"crypto/ecdsa"
	"crypto/sha1" // a name for keys, not a protection

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// KeyID returns the key identifier of pub: SHA-1 of its 65 octets 04 ‖ X ‖ Y
// (RFC 5280 4.2.1.2 method 1), as every authority of the field computes it.
func KeyID(pub *ecdsa.PublicKey) []byte {
	sum := sha1.Sum(sm2enc.MarshalPublicKey(pub))
	return sum[:]
}

// authorityKeyID returns the identifier of the key that will sign.
func (t Template) authorityKeyID() []byte {
	if t.Issuer == nil {
		return KeyID(t.PublicKey)
	}
	if id := t.Issuer.SubjectKeyID(); len(id) > 0 {
		return id
	}
	return KeyID(t.Issuer.PublicKey)
}

func (t Template) addExtensions(b *cryptobyte.Builder) {
	p := t.Profile
	addExtension(b, oid.AuthorityKeyID, false, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addString(b, asn1.Tag(0).ContextSpecific(), string(t.authorityKeyID()))
		})
	})
	addExtension(b, oid.SubjectKeyID, false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(KeyID(t.PublicKey)) })
	addExtension(b, oid.KeyUsage, true, p.KeyUsage.add)
	if p.CA { // absent on end entities: Go writes an empty one, which GmSSL refuses
		addExtension(b, oid.BasicConstraints, true, p.addConstraints)
	}
	if len(p.ExtKeyUsages) > 0 {
		addExtension(b, oid.ExtKeyUsage, false, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, id := range p.ExtKeyUsages {
					addOID(b, id)
				}
			})
		})
	}
	if p.Policy != "" {
		addExtension(b, oid.CertPolicies, false, t.addPolicies)
	}
	if len(t.CRLURLs) > 0 {
		addExtension(b, oid.CRLDistPoints, false, t.addCRLPoints)
	}
	if len(t.OCSPURLs)+len(t.IssuerURLs) > 0 {
		addExtension(b, oid.AuthorityInfo, false, t.addAccess)
	}
	t.addIdentities(b)
}

// addIdentities writes the identity extensions of GB/T 20518-2018 and, beside
// them, those which relying pages of the field read: decided once, here.
func (t Template) addIdentities(b *cryptobyte.Builder) {
	one := func(id oid.ID, tag asn1.Tag, s string) {
		addExtension(b, id, false, func(b *cryptobyte.Builder) { addString(b, tag, s) })
	}
	if n := t.Subject.IDNumber; n != "" {
		// The standard leaves the tagging of its CHOICE open; [0] EXPLICIT is
		// what the readers in the field that count octets expect.
		addExtension(b, oid.IdentifyCode, false, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				addString(b, asn1.PrintableString, n)
			})
		})
	}
	if c := t.Subject.CreditCode; c != "" {
		one(oid.OrganizationCode, asn1.PrintableString, c)
	}
	if w := t.Profile.SubjectType; w != "" {
		one(oid.SZCASubjectType, asn1.UTF8String, w)
	}
	if n := t.Subject.IDNumber; n != "" {
		one(oid.SZCAIDNumber, asn1.UTF8String, n)
	}
	if c := t.Subject.CreditCode; c != "" {
		one(oid.SZCACreditCode, asn1.UTF8String, c)
	}
}

func (t Template) addPolicies(b *cryptobyte.Builder) {
	assurance := oid.PolicySoftToken
	if t.Hardware {
		assurance = oid.PolicyHardToken
	}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, id := range []oid.ID{t.Profile.Policy, assurance} {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, id) })
		}
	})
}

func (t Template) addCRLPoints(b *cryptobyte.Builder) {
	tag := asn1.Tag(0).ContextSpecific().Constructed()
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // one list, reachable in several ways
			b.AddASN1(tag, func(b *cryptobyte.Builder) {
				b.AddASN1(tag, func(b *cryptobyte.Builder) {
					for _, u := range t.CRLURLs {
						addURL(b, u)
					}
				})
			})
		})
	})
}

func (t Template) addAccess(b *cryptobyte.Builder) {
	add := func(b *cryptobyte.Builder, method oid.ID, urls []string) {
		for _, u := range urls {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, method)
				addURL(b, u)
			})
		}
	}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		add(b, oid.AccessOCSP, t.OCSPURLs)
		add(b, oid.AccessIssuers, t.IssuerURLs)
	})
}
