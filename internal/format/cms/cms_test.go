package cms

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

var update = flag.Bool("update", false, "write the golden files anew")

var signingTime = time.Date(2026, 11, 22, 4, 5, 6, 0, time.UTC)

var testContent = []byte("关于测试的通知\n")

// testKey is the key of the example in GB/T 32918.5-2017, or one step beside it.
func testKey(t testing.TB, step byte) *sm2.PrivateKey {
	t.Helper()
	d, err := hex.DecodeString("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
	if err != nil {
		t.Fatal(err)
	}
	d[31] += step
	key, err := sm2.NewPrivateKey(d)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign signs without randomness, so that golden files stay the same.
func sign(t testing.TB, key *sm2.PrivateKey, message []byte) []byte {
	t.Helper()
	e := sm2enc.Digest(&key.PublicKey, message)
	sig, err := sm2.SignDeterministic(key, e[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// Key usages as they stand in certificates.
const (
	mayEncrypt = "\x03\x02\x03\x38"
	maySign    = "\x03\x02\x06\xC0"
)

// testCert returns a small self-signed certificate of key.
func testCert(t testing.TB, key *sm2.PrivateKey, serial int64, usage string) *cert.Certificate {
	t.Helper()
	var b cryptobyte.Builder
	name := func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(oid.CommonName.Marshal())
					b.AddASN1(asn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte("测试用户甲")) })
				})
			})
		})
	}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		b.AddASN1Int64(serial)
		addAlgorithm(b, oid.SM2WithSM3)
		name(b)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1UTCTime(signingTime)
			b.AddASN1UTCTime(signingTime.AddDate(1, 0, 0))
		})
		name(b)
		b.AddBytes(sm2enc.MarshalSPKI(&key.PublicKey))
		b.AddASN1(context(3), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(oid.KeyUsage.Marshal())
					b.AddASN1Boolean(true)
					b.AddASN1OctetString([]byte(usage))
				})
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(oid.SubjectKeyID.Marshal())
					b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddASN1OctetString(key.X.Bytes()[:20]) })
				})
			})
		})
	})
	tbs := b.BytesOrPanic()
	var whole cryptobyte.Builder
	whole.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		addAlgorithm(b, oid.SM2WithSM3)
		b.AddASN1BitString(sign(t, key, tbs))
	})
	c, err := cert.Parse(whole.BytesOrPanic())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func signer(t testing.TB) (*sm2.PrivateKey, *cert.Certificate) {
	key := testKey(t, 0)
	return key, testCert(t, key, 0x1122334455, maySign)
}

func assemble(t testing.TB, key *sm2.PrivateKey, tmpl Template) []byte {
	t.Helper()
	m, err := tmpl.Message()
	if err != nil {
		t.Fatal(err)
	}
	b, err := tmpl.Assemble(sign(t, key, m))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, b []byte) *SignedData {
	t.Helper()
	sd, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return sd
}

func TestWrittenMessagesVerify(t *testing.T) {
	key, c := signer(t)
	digest := sm3.Sum(testContent)
	other := testCert(t, testKey(t, 1), 77, maySign)
	for name, tmpl := range map[string]Template{
		"with attributes":         {Content: testContent, Signer: c, SigningTime: signingTime},
		"detached":                {Content: testContent, Signer: c, SigningTime: signingTime, Detached: true},
		"bare, over a digest":     {Content: digest[:], Signer: c, Bare: true},
		"bare and detached":       {Content: testContent, Signer: c, Bare: true, Detached: true},
		"with a certificate path": {Content: testContent, Signer: c, SigningTime: signingTime, Path: []*cert.Certificate{other, c}},
		"a time stamp":            {Content: testContent, Type: oid.TSTInfo, Signer: c, SigningTime: signingTime},
		"no content at all":       {Content: []byte{}, Signer: c, SigningTime: signingTime},
	} {
		sd := parse(t, assemble(t, key, tmpl))
		deviations, err := sd.Verify(0, tmpl.Content, c)
		if err != nil || len(deviations) > 0 {
			t.Errorf("%s: %v, deviations %q", name, err, deviations)
		}
		if detached := sd.Content == nil; detached != tmpl.Detached {
			t.Errorf("%s: detached = %v", name, detached)
		}
		if at, ok := sd.Signers[0].SigningTime(); ok == tmpl.Bare || ok && !at.Equal(signingTime) {
			t.Errorf("%s: signing time %v %v", name, at, ok)
		}
		if want := 1 + len(tmpl.Path)/2; len(sd.Certificates) != want || !sd.Signers[0].Identifies(c) || sd.Signers[0].Identifies(other) {
			t.Errorf("%s: %d certificates, want %d", name, len(sd.Certificates), want)
		}
	}
}

func TestWritingRefuses(t *testing.T) {
	key, c := signer(t)
	tmpl := Template{Content: testContent, Signer: c, SigningTime: signingTime}
	if _, err := tmpl.Assemble(sign(t, key, testContent)); !errors.Is(err, fault.CMSSignature) {
		t.Errorf("a signature over something else: %v", err)
	}
	if _, err := tmpl.Assemble([]byte("x")); !errors.Is(err, fault.CMSSignature) {
		t.Errorf("no signature: %v", err)
	}
	message, err := tmpl.Message()
	if err != nil {
		t.Fatal(err)
	}
	for name, tmpl := range map[string]Template{
		"no signer":                      {Content: testContent, SigningTime: signingTime},
		"no signing time":                {Content: testContent, Signer: c},
		"attributes as the bare content": {Content: message, Signer: c, Bare: true},
	} {
		if _, err := tmpl.Message(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestVerifyRefusesEveryFlippedOctetThatCounts(t *testing.T) {
	key, c := signer(t)
	for name, tmpl := range map[string]Template{
		"with attributes": {Content: testContent, Signer: c, SigningTime: signingTime},
		"bare":            {Content: testContent, Signer: c, Bare: true},
	} {
		good := assemble(t, key, tmpl)
		sd := parse(t, good)
		s := sd.Signers[0]
		for part, b := range map[string][]byte{"content": sd.Content, "attributes": s.RawAttrs, "signature": s.Signature} {
			at := bytes.Index(good, b)
			for i := range b {
				bad := bytes.Clone(good)
				bad[at+i] ^= 1
				changed, err := Parse(bad)
				if err != nil {
					continue
				}
				if _, err := changed.Verify(0, nil, c); err == nil {
					t.Errorf("%s: octet %d of the %s flipped, still verifies", name, i, part)
				}
			}
		}
	}
}

func TestVerifySaysWhatIsWrong(t *testing.T) {
	key, c := signer(t)
	tmpl := Template{Content: testContent, Signer: c, SigningTime: signingTime}
	sd := parse(t, assemble(t, key, tmpl))
	tmpl.Detached = true
	detached := parse(t, assemble(t, key, tmpl))
	twin := testCert(t, testKey(t, 1), 0x1122334455, maySign) // another key under the same name and number
	sameKey := testCert(t, key, 0x1122334455, mayEncrypt)     // the same key with other rights
	for name, k := range map[string]struct {
		sd      *SignedData
		content []byte
		c       *cert.Certificate
		code    fault.Code
	}{
		"another content":             {sd, []byte("x"), c, fault.CMSContent},
		"another detached content":    {detached, []byte("x"), c, fault.CMSContent},
		"no content":                  {detached, nil, c, fault.CMSContentMissing},
		"another serial number":       {sd, nil, testCert(t, key, 5, maySign), fault.CMSOtherCertificate},
		"the same key, other rights":  {sd, nil, sameKey, fault.CMSOtherCertificate},
		"another key, same reference": {sd, nil, twin, fault.CMSOtherCertificate},
		"another signature algorithm": {withAlgorithms(sd, oid.SM3, oid.SHA256WithRSA), nil, c, fault.CMSAlgorithm},
		"another digest algorithm":    {withAlgorithms(sd, oid.SHA1, oid.SM2Sign), nil, c, fault.CMSAlgorithm},
		"a certificate without SM2":   {sd, nil, &cert.Certificate{KeyAlgorithm: oid.RSA}, fault.CMSAlgorithm},
	} {
		if _, err := k.sd.Verify(0, k.content, k.c); !errors.Is(err, k.code) {
			t.Errorf("%s: %v, want %s", name, err, k.code)
		}
	}
	if _, err := sd.Verify(1, nil, c); err == nil {
		t.Error("a signer that is not there verifies")
	}
}

func withAlgorithms(sd *SignedData, digest, signature oid.ID) *SignedData {
	other := *sd
	other.Signers = slices.Clone(sd.Signers)
	other.Signers[0].DigestAlg, other.Signers[0].SignatureAlg = digest, signature
	return &other
}

// Cutting the attributes off and passing them off as the content keeps the
// signature valid in the arithmetic; it must not be taken.
func TestAttributesAreNotTakenForContent(t *testing.T) {
	key, c := signer(t)
	tmpl := Template{Content: testContent, Signer: c, SigningTime: signingTime}
	message, err := tmpl.Message()
	if err != nil {
		t.Fatal(err)
	}
	sd := parse(t, variant{content: message, signature: sign(t, key, message)}.marshal(c))
	if _, err := sd.Verify(0, nil, c); !errors.Is(err, fault.CMSSignature) {
		t.Errorf("attributes passed off as content: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	key, c := signer(t)
	good := assemble(t, key, Template{Content: testContent, Signer: c, SigningTime: signingTime})
	for name, in := range map[string][]byte{
		"nothing":          nil,
		"text":             []byte("not a message"),
		"a cut message":    good[:len(good)-1],
		"a bare signature": sign(t, key, testContent),
		"plain data":       append([]byte{0x30, 12}, oid.Data.Marshal()...),
		"enveloped data":   bytes.Replace(good, oid.SignedData.Marshal(), oid.EnvelopedData.Marshal(), 1),
	} {
		if _, err := Parse(in); !errors.Is(err, fault.CMSBroken) {
			t.Errorf("%s: %v, want %s", name, err, fault.CMSBroken)
		}
	}
}

// Writers reserve room, and editors end the last line: nothing of the message is
// touched by it.
func TestOctetsBehindAMessageAreADeviation(t *testing.T) {
	key, c := signer(t)
	holder, to := recipient(t)
	good := assemble(t, key, Template{Content: testContent, Signer: c, SigningTime: signingTime})
	sealed := envelope(t, testContent, to)
	for name, trailer := range map[string]string{"zeros": "\x00\x00\x00", "the end of a line": "\r\n", "another message": string(good)} {
		want := []string{fmt.Sprintf("contentInfo: %d octets follow its end", len(trailer))}
		sd := parse(t, append(bytes.Clone(good), trailer...))
		if deviations, err := sd.Verify(0, nil, c); err != nil || !slices.Equal(deviations, want) || !bytes.Equal(sd.Raw, good) {
			t.Errorf("%s: %v, deviations %q, want %q", name, err, deviations, want)
		}
		e := parseEnveloped(t, append(bytes.Clone(sealed), trailer...))
		if got, err := e.Open(to, opener(holder)); err != nil || !bytes.Equal(got, testContent) || !slices.Equal(e.Deviations, want) {
			t.Errorf("%s behind an envelope: %v, deviations %q, want %q", name, err, e.Deviations, want)
		}
	}
}

// What we write stays the same octet for octet.
func TestGoldenMessages(t *testing.T) {
	key, c := signer(t)
	digest := sm3.Sum(testContent)
	for name, tmpl := range map[string]Template{
		"attributes.der": {Content: testContent, Signer: c, SigningTime: signingTime},
		"bare.der":       {Content: digest[:], Signer: c, Bare: true},
		"detached.der":   {Content: testContent, Signer: c, SigningTime: signingTime, Detached: true},
	} {
		got := assemble(t, key, tmpl)
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", name), got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: written as %x", name, got)
		}
	}
}

// A message that is read keeps its raw octets, and they parse to the same value.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.der")
	if err != nil {
		f.Fatal(err)
	}
	key, c := signer(f)
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(indefinite(f, assemble(f, key, Template{Content: testContent, Signer: c, SigningTime: signingTime}), 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		sd, err := Parse(b)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(b, sd.Raw) {
			t.Fatal("raw octets are not those of the input")
		}
		again, err := Parse(sd.Raw)
		if err != nil || !sameMessage(sd, again) {
			t.Errorf("raw octets parse to something else: %v", err)
		}
		for i := range sd.Signers { // verification must stand any message
			_, _ = sd.Verify(i, nil, c)
			sd.Signers[i].SigningTime()
		}
	})
}

func sameMessage(a, b *SignedData) bool {
	show := func(sd *SignedData) string {
		var s strings.Builder
		fmt.Fprintf(&s, "%s %s %x %v %x %x", sd.ContentType, sd.InnerType, sd.Content, sd.Content == nil, sd.RawCertificates, sd.CRLs)
		for _, one := range sd.Signers {
			fmt.Fprintf(&s, " %x %v %x %s %s %x %x %x", one.RawIssuer, one.Serial, one.SubjectKeyID, one.DigestAlg,
				one.SignatureAlg, one.RawAttrs, one.Signature, one.UnsignedAttrs)
		}
		return s.String()
	}
	return show(a) == show(b)
}

func ExampleTemplate() {
	t := new(testing.T)
	key, signer := signer(t)
	tmpl := Template{Content: []byte("关于测试的通知"), Signer: signer, SigningTime: signingTime}
	message, err := tmpl.Message()
	if err != nil {
		panic(err)
	}
	// The key may sit in a UKey: it is given e = SM3(Z_A ‖ message).
	sig, err := sm2enc.SignDigest(rand.Reader, key, sm2enc.Digest(signer.PublicKey, message))
	if err != nil {
		panic(err)
	}
	b, err := tmpl.Assemble(sig.Marshal())
	if err != nil {
		panic(err)
	}
	sd, err := Parse(b)
	if err != nil {
		panic(err)
	}
	_, err = sd.Verify(0, nil, signer)
	fmt.Printf("%s %v\n", sd.Content, err)
	// Output: 关于测试的通知 <nil>
}

// Some signers leave out the 00 before a serial number that begins with a set bit,
// although the certificate has it.
func TestSerialNumberMayLackItsLeadingZero(t *testing.T) {
	key := testKey(t, 0)
	c := testCert(t, key, 0x8122334455, maySign)
	b := assemble(t, key, Template{Content: testContent, Signer: c, SigningTime: signingTime})
	for content, want := range map[string]bool{
		"\x00\x81\x22\x33\x44\x55": true, "\x81\x22\x33\x44\x55": true, "\x00\x00\x81\x22\x33\x44\x55": true,
		"\x00\x81\x22\x33\x44\x56": false, "\x22\x33\x44\x55": false,
	} {
		v := der.Value{Tag: der.Integer, Content: []byte(content)}
		serial, err := v.BigInt()
		if err != nil {
			t.Fatal(err)
		}
		ref := parse(t, b).Signers[0].Reference
		ref.Serial = serial
		if got := ref.Identifies(c); got != want {
			t.Errorf("serial number % x: %v, want %v", content, got, want)
		}
	}
}
