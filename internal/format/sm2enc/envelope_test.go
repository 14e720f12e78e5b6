package sm2enc

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

func sealed(t testing.TB) (signKey, encKey *sm2.PrivateKey, k EnvelopedKey) {
	t.Helper()
	signKey, encKey = newKey(t), newKey(t)
	k, err := SealKey(rand.Reader, &signKey.PublicKey, encKey)
	if err != nil {
		t.Fatal(err)
	}
	return signKey, encKey, k
}

func opener(key *sm2.PrivateKey) func(Cipher) ([]byte, error) {
	return func(c Cipher) ([]byte, error) { return Decrypt(key, c) }
}

func TestEnvelopedKeyTravelsInBothForms(t *testing.T) {
	signKey, encKey, k := sealed(t)
	fromDER, err := ParseEnvelopedKey(k.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	blob, err := k.MarshalBlob()
	if err != nil {
		t.Fatal(err)
	}
	fromBlob, err := ParseEnvelopedKeyBlob(blob)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]EnvelopedKey{"DER": fromDER, "blob": fromBlob} {
		got, err := k.Open(opener(signKey))
		if err != nil || !got.Equal(encKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The offsets are those of the C structure, written out here once more as
// numbers.
func TestBlobStandsAtTheOffsetsOfSKF(t *testing.T) {
	_, encKey, k := sealed(t)
	b, err := k.MarshalBlob()
	if err != nil {
		t.Fatal(err)
	}
	if len(b) != 388 {
		t.Fatalf("blob of %d octets, want 388", len(b))
	}
	for at, want := range map[int]uint32{0: 1, 4: 0x401, 8: 256, 76: 256, 368: 16} {
		if got := binary.LittleEndian.Uint32(b[at:]); got != want {
			t.Errorf("number at %d = %#x, want %#x", at, got, want)
		}
	}
	x := encKey.X.FillBytes(make([]byte, 64))
	for at, want := range map[int][]byte{
		12: make([]byte, 32), 44: k.Encrypted, 80: x, 208 + 32: k.Wrapped.X.FillBytes(make([]byte, 32)),
		336: k.Wrapped.Hash[:], 372: k.Wrapped.Text,
	} {
		if !bytes.Equal(b[at:at+len(want)], want) {
			t.Errorf("octets at %d = %x, want %x", at, b[at:at+len(want)], want)
		}
	}
}

// Some key centres encrypt d right-aligned in 64 octets, so that the first half
// is the encryption of zeros.
func TestEnvelopeOfSixtyFourOctetsOpens(t *testing.T) {
	signKey, encKey, k := sealed(t)
	symmetric, err := Decrypt(signKey, k.Wrapped)
	if err != nil {
		t.Fatal(err)
	}
	block, err := sm4.NewCipher(symmetric)
	if err != nil {
		t.Fatal(err)
	}
	k.Encrypted = make([]byte, 64)
	ecb(block.Encrypt, k.Encrypted, encKey.D.FillBytes(make([]byte, 64)))
	if got, err := k.Open(opener(signKey)); err != nil || !got.Equal(encKey) {
		t.Errorf("whole field encrypted: %v", err)
	}
}

func TestEnvelopeOfTheLibraryOpensAndOursOpensThere(t *testing.T) {
	signKey, encKey, k := sealed(t)
	if got, err := sm2.ParseEnvelopedPrivateKey(signKey, k.Marshal()); err != nil || !got.Equal(encKey) {
		t.Errorf("gmsm reads ours: %v", err)
	}
	b, err := sm2.MarshalEnvelopedPrivateKey(rand.Reader, &signKey.PublicKey, encKey)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := ParseEnvelopedKey(b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := theirs.Open(opener(signKey)); err != nil || !got.Equal(encKey) {
		t.Errorf("we read gmsm's: %v", err)
	}
}

func TestOpenRefusesAKeyThatIsNotThePublicKeys(t *testing.T) {
	signKey, _, k := sealed(t)
	for i := range k.Encrypted {
		bad := k
		bad.Encrypted = bytes.Clone(k.Encrypted)
		bad.Encrypted[i] ^= 1
		if _, err := bad.Open(opener(signKey)); !errors.Is(err, fault.KeyEnvelopeMismatch) {
			t.Fatalf("octet %d flipped: %v, want %s", i, err, fault.KeyEnvelopeMismatch)
		}
	}
	other := k
	other.Public = &newKey(t).PublicKey
	if _, err := other.Open(opener(signKey)); !errors.Is(err, fault.KeyEnvelopeMismatch) {
		t.Errorf("another public key: %v", err)
	}
	if _, err := k.Open(opener(newKey(t))); !errors.Is(err, ErrDecrypt) {
		t.Errorf("another signing key: %v, want ErrDecrypt", err)
	}
	k.Algorithm = oid.SM4CBC
	if _, err := k.Open(opener(signKey)); !errors.Is(err, fault.KeyUnsupported) {
		t.Errorf("another algorithm: %v, want %s", err, fault.KeyUnsupported)
	}
}

func TestOpenWipesTheSymmetricKey(t *testing.T) {
	signKey, _, k := sealed(t)
	var held []byte
	_, err := k.Open(func(c Cipher) (b []byte, err error) {
		held, err = Decrypt(signKey, c)
		return held, err
	})
	if err != nil || !bytes.Equal(held, make([]byte, 16)) {
		t.Errorf("key left in memory: %x, %v", held, err)
	}
}

func TestParseEnvelopedKeyBlobRefuses(t *testing.T) {
	_, _, k := sealed(t)
	good, err := k.MarshalBlob()
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]int{
		"another version": 0, "an unknown algorithm": 4, "another size": 8, "another size of the public key": 76,
		"a point off the curve": 76 + 4 + 63, "a huge coordinate": 76 + 4, "a cipher point off the curve": 208 + 63,
		"another cipher length": 368, "a cipher length beyond the blob": 371,
	} {
		bad := bytes.Clone(good)
		bad[at] ^= 0x40
		if _, err := ParseEnvelopedKeyBlob(bad); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := ParseEnvelopedKeyBlob(good[:387]); err == nil {
		t.Error("a cut blob is accepted")
	}
	if _, err := ParseEnvelopedKeyBlob(append(good, 0, 0, 0)); err != nil {
		t.Errorf("padding of the C structure: %v", err)
	}
}

func TestParseEnvelopedKeyRefuses(t *testing.T) {
	_, _, k := sealed(t)
	good := k.Marshal()
	short, off, text := k, k, k
	short.Encrypted = append(make([]byte, 16), k.Encrypted...)
	text.Wrapped.Text = make([]byte, 8)
	off.Public = &ecdsa.PublicKey{Curve: k.Public.Curve, X: k.Public.Y, Y: k.Public.X}
	for name, in := range map[string][]byte{
		"nothing":                          nil,
		"a cut key":                        good[:len(good)-1],
		"a trailing octet":                 append(bytes.Clone(good), 0),
		"a content key of 8 octets":        text.Marshal(),
		"a public key off the curve":       off.Marshal(),
		"a cipher point off the curve":     bytes.Replace(good, k.Wrapped.X.Bytes(), k.Public.X.Bytes(), 1),
		"an encrypted key of other length": bytes.Replace(good, append([]byte{0x03, 33, 0}, k.Encrypted...), append([]byte{0x03, 33, 1}, k.Encrypted...), 1),
	} {
		if _, err := ParseEnvelopedKey(in); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := short.MarshalBlob(); err == nil {
		t.Error("48 octets of encrypted key were written")
	}
	k.Algorithm = oid.AES128CBC
	if _, err := k.MarshalBlob(); err == nil {
		t.Error("an algorithm without a number was written")
	}
}

// What is read keeps its value when it is written; the value is compared by its
// strict form.
func FuzzParseEnvelopedKey(f *testing.F) {
	_, _, k := sealed(f)
	f.Add(k.Marshal())
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParseEnvelopedKey(b)
		if err != nil {
			return
		}
		again, err := ParseEnvelopedKey(k.Marshal())
		if err != nil || !bytes.Equal(again.Marshal(), k.Marshal()) {
			t.Errorf("%x changes: %v", b, err)
		}
	})
}

// A blob that is read is written to the same octets, but for the first half of
// the encrypted key and for padding behind.
func FuzzParseEnvelopedKeyBlob(f *testing.F) {
	_, _, k := sealed(f)
	blob, err := k.MarshalBlob()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(blob)
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParseEnvelopedKeyBlob(b)
		if err != nil {
			return
		}
		got, err := k.MarshalBlob()
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Clone(b[:BlobSize])
		clear(want[blobKey : blobKey+32])
		if !bytes.Equal(got, want) {
			t.Errorf("%x is written as %x", want, got)
		}
	})
}
