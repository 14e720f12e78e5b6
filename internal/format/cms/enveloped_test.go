package cms

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

func recipient(t testing.TB) (*sm2.PrivateKey, *cert.Certificate) {
	key := testKey(t, 2)
	return key, testCert(t, key, 0x66778899AA, mayEncrypt)
}

func opener(key *sm2.PrivateKey) func(sm2enc.Cipher) ([]byte, error) {
	return func(c sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(key, c) }
}

func envelope(t testing.TB, content []byte, to ...*cert.Certificate) []byte {
	t.Helper()
	b, err := Envelop(rand.Reader, content, to)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parseEnveloped(t testing.TB, b []byte) *EnvelopedData {
	t.Helper()
	e, err := ParseEnveloped(b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEnvelopesOpenForEachRecipient(t *testing.T) {
	key, c := recipient(t)
	otherKey := testKey(t, 3)
	other := testCert(t, otherKey, 12, mayEncrypt)
	for _, size := range []int{0, 1, 15, 16, 17, 100_000} {
		content := bytes.Repeat([]byte{0x5A}, size)
		b := envelope(t, content, c, other)
		if size > 16 && bytes.Contains(b, content[:16]) {
			t.Error("the envelope shows its content")
		}
		for _, form := range [][]byte{b, indefinite(t, b, 4)} {
			e := parseEnveloped(t, form)
			for _, who := range []struct {
				c   *cert.Certificate
				key *sm2.PrivateKey
			}{{c, key}, {other, otherKey}} {
				got, err := e.Open(who.c, opener(who.key))
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("%d octets: %v", size, err)
				}
			}
		}
	}
}

func TestEnvelopIsForEncryptionCertificatesOnly(t *testing.T) {
	_, signing := signer(t)
	if _, err := Envelop(rand.Reader, testContent, []*cert.Certificate{signing}); !errors.Is(err, fault.CMSRecipientUnfit) {
		t.Errorf("to a signing certificate: %v", err)
	}
	if _, err := Envelop(rand.Reader, testContent, nil); err == nil {
		t.Error("an envelope to nobody was made")
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	key, c := recipient(t)
	e := parseEnveloped(t, envelope(t, testContent, c))
	stranger := testKey(t, 4)
	if _, err := e.Open(testCert(t, stranger, 1, mayEncrypt), opener(stranger)); !errors.Is(err, fault.CMSNotRecipient) {
		t.Errorf("somebody else: %v", err)
	}
	if _, err := e.Open(c, opener(stranger)); !errors.Is(err, fault.CMSUndecryptable) {
		t.Errorf("another key under the certificate: %v", err)
	}
	gone := fault.New(fault.InternalError)
	if _, err := e.Open(c, func(sm2enc.Cipher) ([]byte, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("a UKey that is gone: %v", err)
	}
	if _, err := e.Open(c, func(sm2enc.Cipher) ([]byte, error) { return []byte("short"), nil }); !errors.Is(err, fault.CMSUndecryptable) {
		t.Errorf("a content key of another size: %v", err)
	}
	for name, change := range map[string]func(*EnvelopedData){
		"the last octet flipped": func(e *EnvelopedData) { e.Encrypted[len(e.Encrypted)-17] ^= 0xFF },
		"half a block":           func(e *EnvelopedData) { e.Encrypted = e.Encrypted[:8] },
		"nothing inside":         func(e *EnvelopedData) { e.Encrypted = nil },
		"a flipped key":          func(e *EnvelopedData) { e.Recipients[0].EncryptedKey[len(e.Recipients[0].EncryptedKey)-1] ^= 1 },
		"no key":                 func(e *EnvelopedData) { e.Recipients[0].EncryptedKey = nil },
	} {
		bad := parseEnveloped(t, envelope(t, testContent, c))
		change(bad)
		if _, err := bad.Open(c, opener(key)); !errors.Is(err, fault.CMSUndecryptable) {
			t.Errorf("%s: %v, want %s", name, err, fault.CMSUndecryptable)
		}
	}
	e.Algorithm = oid.AES128CBC
	if _, err := e.Open(c, opener(key)); !errors.Is(err, fault.CMSAlgorithm) {
		t.Errorf("another cipher: %v", err)
	}
}

// Older software writes the content key as a bare ciphertext in either order,
// and names plain SM4.
func TestOpenTakesBareCiphertexts(t *testing.T) {
	key, c := recipient(t)
	for _, order := range []sm2enc.Order{sm2enc.C1C3C2, sm2enc.C1C2C3} {
		for _, cut := range []int{0, 1} {
			e := parseEnveloped(t, envelope(t, testContent, c))
			k, err := sm2enc.ParseCipher(e.Recipients[0].EncryptedKey)
			if err != nil {
				t.Fatal(err)
			}
			e.Recipients[0].EncryptedKey = k.Raw(order)[cut:]
			e.Algorithm = oid.SM4
			if got, err := e.Open(c, opener(key)); err != nil || !bytes.Equal(got, testContent) {
				t.Errorf("order %d, %d octets cut: %v", order, cut, err)
			}
		}
	}
}

// RFC 5652 has recipients by key agreement and by password: not for us, and no
// reason to refuse the others.
func TestRecipientsOfOtherKindsArePassedOver(t *testing.T) {
	key, c := recipient(t)
	other := []byte{0xA1, 3, 2, 1, 3}
	b := indefinite(t, envelope(t, testContent, c), 3)
	at := bytes.Index(b, []byte{0x31}) // recipientInfos, after identifiers that hold no such octet
	set, rest, err := der.Parse(b[at:])
	if err != nil {
		t.Fatal(err)
	}
	var grown cryptobyte.Builder
	grown.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
		b.AddBytes(set.Content)
		b.AddBytes(other)
	})
	b = slices.Concat(b[:at], grown.BytesOrPanic(), rest)
	e := parseEnveloped(t, b)
	got, err := e.Open(c, opener(key))
	if err != nil || !bytes.Equal(got, testContent) || len(e.Deviations) != 1 {
		t.Errorf("%v, deviations %q", err, e.Deviations)
	}
}

func TestParseEnvelopedRefuses(t *testing.T) {
	_, c := recipient(t)
	good := envelope(t, testContent, c)
	key, s := signer(t)
	for name, in := range map[string][]byte{
		"nothing":       nil,
		"a cut message": good[:len(good)-1],
		"signed data":   assemble(t, key, Template{Content: testContent, Signer: s, Bare: true}),
	} {
		if _, err := ParseEnveloped(in); !errors.Is(err, fault.CMSBroken) {
			t.Errorf("%s: %v, want %s", name, err, fault.CMSBroken)
		}
	}
}

// A kept envelope still opens; its key and vector are random, so it is not
// written anew.
func TestGoldenEnvelopeOpens(t *testing.T) {
	key, c := recipient(t)
	name := filepath.Join("testdata", "enveloped.der")
	if *update {
		if err := os.WriteFile(name, envelope(t, testContent, c), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parseEnveloped(t, b).Open(c, opener(key)); err != nil || !bytes.Equal(got, testContent) {
		t.Error(err)
	}
}

// A message that is read keeps its raw octets, and they parse to the same value.
func FuzzParseEnveloped(f *testing.F) {
	key, c := recipient(f)
	b := envelope(f, testContent, c)
	f.Add(b)
	f.Add(indefinite(f, b, 4))
	show := func(e *EnvelopedData) string {
		s := fmt.Sprintf("%s %s %s %x %x", e.ContentType, e.InnerType, e.Algorithm, e.IV, e.Encrypted)
		for _, r := range e.Recipients {
			s += fmt.Sprintf(" %x %v %x %s %x", r.RawIssuer, r.Serial, r.SubjectKeyID, r.Algorithm, r.EncryptedKey)
		}
		return s
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEnveloped(b)
		if err != nil {
			return
		}
		again, err := ParseEnveloped(e.Raw)
		if err != nil || show(e) != show(again) {
			t.Errorf("raw octets parse to something else: %v", err)
		}
		_, _ = e.Open(c, opener(key)) // must stand any message
	})
}

func ExampleEnvelop() {
	t := new(testing.T)
	key, to := recipient(t)
	b, err := Envelop(rand.Reader, []byte("机密"), []*cert.Certificate{to})
	if err != nil {
		panic(err)
	}
	e, err := ParseEnveloped(b)
	if err != nil {
		panic(err)
	}
	content, err := e.Open(to, func(c sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(key, c) })
	fmt.Printf("%s %v\n", content, err)
	// Output: 机密 <nil>
}
