package sm2enc

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"math/big"
	"testing"

	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

const testCost = 10

var testPassphrase = []byte("correct horse")

func TestEncryptedKeyComesBack(t *testing.T) {
	key := newKey(t)
	b, err := MarshalEncryptedKey(rand.Reader, key, testPassphrase, testCost)
	if err != nil {
		t.Fatal(err)
	}
	armoured := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: b})
	for name, in := range map[string][]byte{"DER": b, "PEM": armoured} {
		if got, err := ParseEncryptedKey(in, testPassphrase); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if bytes.Contains(b, key.D.Bytes()) {
		t.Error("the file shows the private key")
	}
}

// Good padding comes up by chance once in 256 times: a wrong passphrase must
// still be called one.
func TestWrongPassphraseIsAlwaysCalledSo(t *testing.T) {
	b, err := MarshalEncryptedKey(rand.Reader, newKey(t), testPassphrase, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		guess := []byte{byte(i), byte(i >> 8)}
		if _, err := ParseEncryptedKey(b, guess); !errors.Is(err, fault.KeyPassphraseWrong) {
			t.Fatalf("guess %d: %v, want %s", i, err, fault.KeyPassphraseWrong)
		}
	}
	if _, err := ParseEncryptedKey(b, nil); !errors.Is(err, fault.KeyPassphraseWrong) {
		t.Errorf("no passphrase: %v", err)
	}
}

func TestFilesOfTheLibraryAreReadAndOursThere(t *testing.T) {
	key := newKey(t)
	for name, opts := range map[string]pkcs.PBESEncrypter{
		"as GmSSL: HMAC-SM3, SM4-CBC": pkcs.NewPBESEncrypter(pkcs.SM4CBC, pkcs.NewPBKDF2Opts(pkcs.SM3, 8, testCost)),
		"HMAC-SHA256, SM4-CBC":        pkcs.NewPBESEncrypter(pkcs.SM4CBC, pkcs.NewPBKDF2Opts(pkcs.SHA256, 16, testCost)),
		"HMAC-SHA1, AES-256-CBC":      pkcs.NewPBESEncrypter(pkcs.AES256CBC, pkcs.NewPBKDF2Opts(pkcs.SHA1, 16, testCost)),
		"HMAC-SHA384, AES-192-CBC":    pkcs.NewPBESEncrypter(pkcs.AES192CBC, pkcs.NewPBKDF2Opts(pkcs.SHA384, 16, testCost)),
		"HMAC-SHA512, AES-128-CBC":    pkcs.NewPBESEncrypter(pkcs.AES128CBC, pkcs.NewPBKDF2Opts(pkcs.SHA512, 16, testCost)),
		"GM/T 0091 identifiers":       pkcs.NewSMPBESEncrypter(16, testCost),
	} {
		b, err := pkcs8.MarshalPrivateKey(key, testPassphrase, opts)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseEncryptedKey(b, testPassphrase); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := MarshalEncryptedKey(rand.Reader, key, testPassphrase, testCost)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := pkcs8.ParsePKCS8PrivateKeySM2(b, testPassphrase); err != nil || !got.Equal(key) {
		t.Errorf("gmsm reads ours: %v", err)
	}
}

// Newer OpenSSL names HMAC-SM3 by the other number that GM/T 0091-2020 prints.
func TestHMACSM3UnderItsOtherNumberIsRead(t *testing.T) {
	key := newKey(t)
	b, err := MarshalEncryptedKey(rand.Reader, key, testPassphrase, testCost)
	if err != nil {
		t.Fatal(err)
	}
	r := der.OpenBytes(b, der.Sequence, "")
	p, err := parseProtection(r.Value("", der.Sequence))
	if err != nil {
		t.Fatal(err)
	}
	p.kdf.prf = oid.HMACSM3Other
	if got, err := ParseEncryptedKey(encryptedKey(t, p, r.Octets("")), testPassphrase); err != nil || !got.Equal(key) {
		t.Error(err)
	}
}

func ecPrivateKey(scalar []byte, pub []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1OctetString(scalar)
		if pub != nil {
			b.AddASN1(asn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1BitString(pub) })
		}
	})
	return b.BytesOrPanic()
}

func TestScalarsOfOddLengthsAreRead(t *testing.T) {
	small, err := sm2.NewPrivateKey(append([]byte{0}, bytes.Repeat([]byte{0x11}, 31)...))
	if err != nil {
		t.Fatal(err)
	}
	point := MarshalPublicKey(&small.PublicKey)
	for name, scalar := range map[string][]byte{
		"31 octets": bytes.Repeat([]byte{0x11}, 31),
		"33 octets": append([]byte{0, 0}, bytes.Repeat([]byte{0x11}, 31)...),
	} {
		if got, err := parseECPrivateKey(ecPrivateKey(scalar, point)); err != nil || !got.Equal(small) {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := sm2.P256().Params().N
	for name, in := range map[string][]byte{
		"no scalar":                ecPrivateKey(nil, nil),
		"zero":                     ecPrivateKey(make([]byte, 32), nil),
		"n - 1":                    ecPrivateKey(new(big.Int).Sub(n, big.NewInt(1)).Bytes(), nil),
		"33 octets without zero":   ecPrivateKey(bytes.Repeat([]byte{1}, 33), nil),
		"another's public key":     ecPrivateKey(small.D.Bytes(), MarshalPublicKey(&newKey(t).PublicKey)),
		"public key off the curve": ecPrivateKey(small.D.Bytes(), bytes.Repeat([]byte{4}, 65)),
	} {
		if _, err := parseECPrivateKey(in); !errors.Is(err, fault.KeyBroken) {
			t.Errorf("%s: %v, want %s", name, err, fault.KeyBroken)
		}
	}
}

// encryptedKey builds a file around any parameters, right or wrong.
func encryptedKey(t testing.TB, p protection, sealed []byte) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		p.marshal(b)
		b.AddASN1OctetString(sealed)
	})
	return b.BytesOrPanic()
}

func TestHostileKeyFilesAreRefusedAtOnce(t *testing.T) {
	iv, salt := make([]byte, 16), make([]byte, 8)
	for name, c := range map[string]struct {
		in   []byte
		code fault.Code
	}{
		"rounds without end": {encryptedKey(t, protection{kdf{salt, 2_000_000_000, oid.HMACSM3}, oid.SM4CBC, iv}, iv), fault.KeyUnsupported},
		"no rounds":          {encryptedKey(t, protection{kdf{salt, 0, oid.HMACSM3}, oid.SM4CBC, iv}, iv), fault.KeyUnsupported},
		"an unknown hash":    {encryptedKey(t, protection{kdf{salt, 1, oid.MD5}, oid.SM4CBC, iv}, iv), fault.KeyUnsupported},
		"an unknown cipher":  {encryptedKey(t, protection{kdf{salt, 1, oid.HMACSM3}, oid.SM4ECB, iv}, iv), fault.KeyUnsupported},
		"a short IV":         {encryptedKey(t, protection{kdf{salt, 1, oid.HMACSM3}, oid.SM4CBC, iv[:8]}, iv), fault.KeyBroken},
		"half a block":       {encryptedKey(t, protection{kdf{salt, 1, oid.HMACSM3}, oid.SM4CBC, iv}, iv[:8]), fault.KeyPassphraseWrong},
		"an empty file":      {nil, fault.KeyBroken},
		"text":               {[]byte("not a key"), fault.KeyBroken},
		"a huge file":        {make([]byte, maxKeyFile+1), fault.InputTooLarge},
		"a PEM certificate":  {[]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), fault.KeyUnsupported},
	} {
		if _, err := ParseEncryptedKey(c.in, testPassphrase); !errors.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if _, err := MarshalEncryptedKey(rand.Reader, newKey(t), nil, testCost); err == nil {
		t.Error("a key was written under no passphrase")
	}
}

// Parameters that are read keep their value when they are written.
func FuzzParseEncryptedKey(f *testing.F) {
	b, err := MarshalEncryptedKey(rand.Reader, newKey(f), testPassphrase, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		alg := der.OpenBytes(b, der.Sequence, "").Value("", der.Sequence)
		if p, err := parseProtection(alg); err == nil && p.kdf.rounds > 1000 {
			return // allowed, and right to be slow
		}
		key, err := ParseEncryptedKey(b, testPassphrase)
		if err != nil {
			return
		}
		again, err := MarshalEncryptedKey(rand.Reader, key, testPassphrase, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseEncryptedKey(again, testPassphrase); err != nil || !got.Equal(key) {
			t.Errorf("key changes: %v", err)
		}
	})
}

// A private key that is read keeps its value when it is written.
func FuzzParsePKCS8(f *testing.F) {
	f.Add(marshalPKCS8(katKey(f)))
	f.Fuzz(func(t *testing.T, b []byte) {
		key, err := parsePKCS8(b)
		if err != nil {
			return
		}
		if got, err := parsePKCS8(marshalPKCS8(key)); err != nil || !got.Equal(key) {
			t.Errorf("key changes: %v", err)
		}
	})
}

func BenchmarkParseEncryptedKey(b *testing.B) {
	file, err := MarshalEncryptedKey(rand.Reader, newKey(b), testPassphrase, DefaultCost)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ParseEncryptedKey(file, testPassphrase); err != nil {
			b.Fatal(err)
		}
	}
}
