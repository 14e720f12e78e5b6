package cms

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/test/corpus"
)

// A variant is a signed message as other software writes it.
type variant struct {
	outer, inner oid.ID // empty: of GB/T 35275
	content      []byte // nil: detached
	sequence     bool   // the content is a SEQUENCE, as PKCS #7 allows
	extra        []byte // a further certificate, may be broken
	crl          []byte
	attributes   [][]byte
	algorithm    oid.ID // empty: SM2Sign
	null         bool   // NULL parameters beside it
	keyID        []byte // names the signer by key identifier
	signature    []byte // nil: nobody signs
	unsigned     []byte // an unsigned attribute
}

func (v variant) marshal(c *cert.Certificate) []byte {
	or := func(id, otherwise oid.ID) oid.ID {
		if id == "" {
			return otherwise
		}
		return id
	}
	var b cryptobyte.Builder
	addContentInfo(&b, or(v.outer, oid.SignedData), func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, oid.SM3) })
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(or(v.inner, oid.Data).Marshal())
			if v.content != nil {
				tag := asn1.OCTET_STRING
				if v.sequence {
					tag = asn1.SEQUENCE
				}
				b.AddASN1(context(0), func(b *cryptobyte.Builder) {
					b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(v.content) })
				})
			}
		})
		b.AddASN1(context(0), func(b *cryptobyte.Builder) {
			b.AddBytes(c.Raw)
			b.AddBytes(v.extra)
		})
		if v.crl != nil {
			b.AddASN1(context(1), func(b *cryptobyte.Builder) { b.AddBytes(v.crl) })
		}
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
			if v.signature == nil {
				return
			}
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				if v.keyID != nil {
					b.AddASN1(asn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(v.keyID) })
				} else {
					addReference(b, c)
				}
				addAlgorithm(b, oid.SM3)
				if v.attributes != nil {
					b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(v.attributes, nil)) })
				}
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(or(v.algorithm, oid.SM2Sign).Marshal())
					if v.null {
						b.AddASN1NULL()
					}
				})
				b.AddASN1OctetString(v.signature)
				if v.unsigned != nil {
					b.AddASN1(context(1), func(b *cryptobyte.Builder) { b.AddBytes(v.unsigned) })
				}
			})
		})
	})
	return b.BytesOrPanic()
}

// indefinite rewrites the constructed values of the outer levels with BER
// indefinite lengths.
func indefinite(t testing.TB, b []byte, levels int) []byte {
	t.Helper()
	v, err := der.ParseOnly(b)
	if err != nil {
		t.Fatal(err)
	}
	if levels == 0 || !v.Constructed() {
		return b
	}
	out := []byte{v.Tag, 0x80}
	members, err := v.Children()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		out = append(out, indefinite(t, m.Raw, levels-1)...)
	}
	return append(out, 0, 0)
}

// The shapes of sheet 3.2, seen in real files, made with our own key.
func TestVerifyTakesTheShapesOfTheField(t *testing.T) {
	key, c := signer(t)
	digest := sm3.Sum(testContent)
	contentType := func(id oid.ID) []byte {
		return attribute(oid.ContentType, func(b *cryptobyte.Builder) { b.AddBytes(id.Marshal()) })
	}
	messageDigest := attribute(oid.MessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest[:]) })
	time := attribute(oid.SigningTime, func(b *cryptobyte.Builder) { cert.AddTime(b, signingTime) })
	unsorted := [][]byte{messageDigest, time, contentType(oid.Data)}
	sorted := slices.SortedFunc(slices.Values(unsorted), bytes.Compare)
	raw := func(sig []byte) []byte {
		parsed, _, err := sm2enc.ParseSignature(sig)
		if err != nil {
			t.Fatal(err)
		}
		b := parsed.Raw()
		return b[:]
	}
	onDigest := sign(t, key, digest[:])
	asListed := sign(t, key, setOf(unsorted))

	for name, k := range map[string]struct {
		v          variant
		given      []byte
		deviations []string // a part of each, in order
	}{
		"301.1 over a digest, no attributes": {v: variant{content: digest[:], signature: onDigest}, given: digest[:]},
		"501 and 64 octets r ‖ s": {v: variant{content: digest[:], algorithm: oid.SM2WithSM3, signature: raw(onDigest)},
			deviations: []string{"r ‖ s"}},
		"301 names the curve": {v: variant{content: digest[:], algorithm: oid.SM2, signature: onDigest}, deviations: []string{"curve"}},
		"NULL beside 301.1":   {v: variant{content: digest[:], null: true, signature: onDigest}},
		"NULL beside 501":     {v: variant{content: digest[:], algorithm: oid.SM2WithSM3, null: true, signature: onDigest}},
		"PKCS #7 identifiers": {v: variant{outer: oid.PKCS7SignedData, inner: oid.PKCS7Data, content: digest[:], signature: onDigest}},
		"the content's digest stands for it": {v: variant{content: digest[:], signature: onDigest}, given: testContent,
			deviations: []string{"is the digest"}},
		"attributes out of order, signed as they stand": {
			v:     variant{inner: oid.PKCS7Data, attributes: unsorted, null: true, signature: asListed},
			given: testContent, deviations: []string{"mixed", "contentType: attribute says", "not in DER order"}},
		"attributes out of order, signed in order": {
			v:     variant{attributes: unsorted, signature: sign(t, key, setOf(sorted))},
			given: testContent, deviations: []string{"not in DER order", "another form"}},
		"no contentType attribute": {
			v:     variant{attributes: [][]byte{messageDigest}, signature: sign(t, key, setOf([][]byte{messageDigest}))},
			given: testContent, deviations: []string{"contentType: attribute is missing"}},
		"a SEQUENCE as PKCS #7 content": {v: variant{content: []byte{5, 0}, sequence: true, signature: sign(t, key, []byte{5, 0})},
			given: []byte{5, 0}, deviations: []string{"no OCTET STRING"}},
		"the signer named by key identifier": {v: variant{content: digest[:], keyID: c.SubjectKeyID(), signature: onDigest}},
		"a certificate that cannot be read": {v: variant{content: digest[:], extra: []byte{0x30, 0}, signature: onDigest},
			deviations: []string{"certificate 2 cannot be read"}},
		"a revocation list":     {v: variant{content: digest[:], crl: []byte{0x30, 0}, signature: onDigest}},
		"an unsigned attribute": {v: variant{content: digest[:], signature: onDigest, unsigned: time}},
	} {
		for _, levels := range []int{0, 3, 5} {
			sd := parse(t, indefinite(t, k.v.marshal(c), levels))
			got, err := sd.Verify(0, k.given, c)
			if err != nil {
				t.Errorf("%s, %d levels of BER: %v", name, levels, err)
				continue
			}
			if !slices.EqualFunc(got, k.deviations, strings.Contains) {
				t.Errorf("%s, %d levels of BER: deviations %q, want %q", name, levels, got, k.deviations)
			}
			bad := k.v
			bad.signature = bytes.Clone(bad.signature)
			bad.signature[len(bad.signature)-1] ^= 1
			if _, err := parse(t, indefinite(t, bad.marshal(c), levels)).Verify(0, k.given, c); err == nil {
				t.Errorf("%s: a flipped octet of the signature verifies", name)
			}
		}
	}
}

// Attributes stored with a BER length are signed with a DER one.
func TestAttributesWithIndefiniteLengthVerify(t *testing.T) {
	key, c := signer(t)
	der := assemble(t, key, Template{Content: testContent, Signer: c, SigningTime: signingTime})
	sd := parse(t, der)
	plain := sd.Signers[0].RawAttrs
	// Only the attributes change, so every length around them does too: the
	// levels outside are made indefinite as well.
	ber := bytes.Replace(indefinite(t, der, 5), plain, indefinite(t, plain, 1), 1)
	deviations, err := parse(t, ber).Verify(0, nil, c)
	if err != nil || !slices.EqualFunc(deviations, []string{"another form"}, strings.Contains) {
		t.Errorf("%v, deviations %q", err, deviations)
	}
}

func TestTwoMessageDigestsAreRefused(t *testing.T) {
	key, c := signer(t)
	digest := sm3.Sum(testContent)
	one := attribute(oid.MessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest[:]) })
	two := attribute(oid.MessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(make([]byte, 32)) })
	both := attribute(oid.MessageDigest, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(digest[:])
		b.AddASN1OctetString(make([]byte, 32))
	})
	for name, attributes := range map[string][][]byte{"two attributes": {one, two}, "two values": {both}, "none": {}} {
		v := variant{attributes: attributes, signature: sign(t, key, setOf(attributes))}
		if _, err := parse(t, v.marshal(c)).Verify(0, testContent, c); err == nil {
			t.Errorf("%s: verifies", name)
		}
	}
}

func TestMessagesThatNobodySignedOrThatNameNoKeyDoNotVerify(t *testing.T) {
	key, c := signer(t)
	nobody := parse(t, variant{content: testContent}.marshal(c))
	if _, err := nobody.Verify(0, nil, c); err == nil || len(nobody.Deviations) != 1 {
		t.Errorf("nobody signed: %v, deviations %q", err, nobody.Deviations)
	}
	v := variant{content: testContent, keyID: []byte{}, signature: sign(t, key, testContent)}
	if _, err := parse(t, v.marshal(c)).Verify(0, nil, &cert.Certificate{PublicKey: c.PublicKey}); err == nil {
		t.Error("an empty key identifier fits a certificate that has none")
	}
}

// The integrity file of GM/T 0099, written by ofdrw.
func TestForeignIntegrityFileVerifies(t *testing.T) {
	value := corpus.Entry(t, "hello-integrity.ofd", "signedvalue.dat")
	list := corpus.Entry(t, "hello-integrity.ofd", "OFDEntries.xml")
	sd := parse(t, value)
	if len(sd.Signers) != 1 || len(sd.Certificates) != 1 || !sd.Signers[0].Identifies(sd.Certificates[0]) {
		t.Fatalf("%d signers, %d certificates", len(sd.Signers), len(sd.Certificates))
	}
	c := sd.Certificates[0]
	digest := sm3.Sum(list)
	if deviations, err := sd.Verify(0, digest[:], c); err != nil || len(deviations) > 0 {
		t.Errorf("over the digest: %v, deviations %q", err, deviations)
	}
	if deviations, err := sd.Verify(0, list, c); err != nil || len(deviations) != 1 {
		t.Errorf("over the file: %v, deviations %q", err, deviations)
	}
	list[len(list)/2] ^= 1
	if _, err := sd.Verify(0, list, c); err == nil {
		t.Error("a flipped octet of the list verifies")
	}
	at := bytes.Index(value, sd.Signers[0].Signature)
	value[at+10] ^= 1
	if _, err := parse(t, value).Verify(0, nil, c); err == nil {
		t.Error("a flipped octet of the signature verifies")
	}
}

// A bare SM2 signature is no message; its integers lack the leading zero octet.
func TestForeignBareSignatureIsNoMessage(t *testing.T) {
	value := corpus.Entry(t, "DigitalSign.ofd", "Doc_0/Signs/Sign_0/SignedValue.dat")
	if _, err := Parse(value); err == nil {
		t.Error("a bare signature is read as a message")
	}
	if _, _, err := sm2enc.ParseSignature(value); err != nil {
		t.Errorf("as a signature: %v", err)
	}
}
