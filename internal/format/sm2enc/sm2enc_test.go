package sm2enc

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
)

// The example of GB/T 32918.5-2017, A.2, which certificates' default curve and
// user id also fit.
const (
	katD = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
	katX = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
	katY = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
	katZ = "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3"
	katE = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
	katK = "59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21"
	katR = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
	katS = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)

var katMessage = []byte("message digest")

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func number(t testing.TB, s string) *big.Int {
	t.Helper()
	return new(big.Int).SetBytes(unhex(t, s))
}

func katKey(t testing.TB) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.NewPrivateKey(unhex(t, katD))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newKey(t testing.TB) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKnownAnswers(t *testing.T) {
	key := katKey(t)
	if got := fmt.Sprintf("%X", MarshalPublicKey(&key.PublicKey)); got != "04"+katX+katY {
		t.Errorf("public key = %s", got)
	}
	if got := fmt.Sprintf("%X", z(&key.PublicKey)); got != katZ {
		t.Errorf("Z_A = %s, want %s", got, katZ)
	}
	e := Digest(&key.PublicKey, katMessage)
	if got := fmt.Sprintf("%X", e); got != katE {
		t.Errorf("e = %s, want %s", got, katE)
	}
	if got := fmt.Sprintf("%X", sm3.Sum([]byte("abc"))); got != "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0" {
		t.Errorf("SM3(abc) = %s", got)
	}
	sig := Signature{number(t, katR), number(t, katS)}
	if !VerifyDigest(&key.PublicKey, e, sig) {
		t.Error("the standard's own signature does not verify")
	}
}

// The signing equation with the standard's k, so that r and s are tied to e and
// not only to one another.
func TestKnownSignatureFollowsFromK(t *testing.T) {
	curve := sm2.P256()
	n := curve.Params().N
	d, k := number(t, katD), number(t, katK)
	x1, _ := curve.ScalarBaseMult(k.Bytes())
	r := new(big.Int).Add(number(t, katE), x1)
	r.Mod(r, n)
	s := new(big.Int).Sub(k, new(big.Int).Mul(r, d))
	s.Mul(s, new(big.Int).ModInverse(new(big.Int).Add(d, big.NewInt(1)), n)).Mod(s, n)
	if r.Cmp(number(t, katR)) != 0 || s.Cmp(number(t, katS)) != 0 {
		t.Errorf("r, s = %X, %X", r, s)
	}
}

func TestNewDigestStreamsAndResets(t *testing.T) {
	key := katKey(t)
	h := NewDigest(&key.PublicKey)
	for range 2 {
		h.Write(katMessage[:5])
		h.Write(katMessage[5:])
		if got := fmt.Sprintf("%X", h.Sum(nil)); got != katE {
			t.Errorf("e = %s, want %s", got, katE)
		}
		h.Reset()
	}
}

func TestSignaturesVerifyAndAFlippedBitIsRefused(t *testing.T) {
	key := newKey(t)
	msg := []byte("一份文件")
	sig, err := SignDigest(rand.Reader, key, Digest(&key.PublicKey, msg))
	if err != nil {
		t.Fatal(err)
	}
	raw := sig.Raw()
	for name, value := range map[string][]byte{"DER": sig.Marshal(), "raw": raw[:]} {
		if !Verify(&key.PublicKey, msg, value) {
			t.Fatalf("%s: own signature does not verify", name)
		}
		for i := range value {
			bad := bytes.Clone(value)
			bad[i] ^= 1
			if Verify(&key.PublicKey, msg, bad) {
				t.Errorf("%s: octet %d flipped, still verifies", name, i)
			}
		}
	}
	if Verify(&key.PublicKey, []byte("另一份文件"), sig.Marshal()) {
		t.Error("verifies over another message")
	}
	if Verify(&newKey(t).PublicKey, msg, sig.Marshal()) {
		t.Error("verifies under another key")
	}
	if Verify(nil, msg, sig.Marshal()) || VerifyDigest(nil, [32]byte{}, sig) {
		t.Error("verifies under no key")
	}
}

// (r+s) mod n = 0 and values of n or more must be refused by the verifier.
func TestVerifyRefusesOutOfRangeValues(t *testing.T) {
	key := katKey(t)
	e := Digest(&key.PublicKey, katMessage)
	n := sm2.P256().Params().N
	r, s := number(t, katR), number(t, katS)
	for name, sig := range map[string]Signature{
		"r is zero":           {new(big.Int), s},
		"r + s is the order":  {r, new(big.Int).Sub(n, r)},
		"s is the order":      {r, n},
		"r grew by the order": {new(big.Int).Add(r, n), s},
		"s grew by the order": {r, new(big.Int).Add(s, n)},
		"r is negative":       {new(big.Int).Neg(r), s},
		"r and s are missing": {},
		"r is of 33 octets":   {new(big.Int).Lsh(r, 8), s},
	} {
		if VerifyDigest(&key.PublicKey, e, sig) {
			t.Errorf("%s: verifies", name)
		}
	}
}

func TestParseSignatureReadsTheFormsOfTheField(t *testing.T) {
	want := Signature{number(t, katR), number(t, katS)}
	raw := want.Raw()
	unsigned := append([]byte{0x30, 68, 0x02, 32}, raw[:32]...)
	unsigned = append(append(unsigned, 0x02, 32), raw[32:]...)
	for name, c := range map[string]struct {
		in   []byte
		form Form
	}{
		"strict DER":                   {want.Marshal(), DER},
		"integers lack the zero octet": {unsigned, DERUnsigned},
		"64 octets":                    {raw[:], Raw},
		"length in long form":          {append([]byte{0x30, 0x81, 70}, want.Marshal()[2:]...), DERUnsigned},
	} {
		sig, form, err := ParseSignature(c.in)
		if err != nil || form != c.form || sig.R.Cmp(want.R) != 0 || sig.S.Cmp(want.S) != 0 {
			t.Errorf("%s: %v %v %v", name, sig, form, err)
		}
	}
}

func TestParseSignatureRefuses(t *testing.T) {
	good := Signature{number(t, katR), number(t, katS)}.Marshal()
	for name, in := range map[string][]byte{
		"nothing":             nil,
		"63 octets":           make([]byte, 63),
		"64 zero octets":      make([]byte, 64),
		"a third integer":     {0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1},
		"only r":              {0x30, 3, 2, 1, 1},
		"zero s":              {0x30, 6, 2, 1, 1, 2, 1, 0},
		"a trailing octet":    append(bytes.Clone(good), 0),
		"a cut signature":     good[:len(good)-1],
		"a set":               append([]byte{0x31}, good[1:]...),
		"integer of no octet": {0x30, 5, 2, 0, 2, 1, 1},
	} {
		if sig, _, err := ParseSignature(in); err == nil {
			t.Errorf("%s: read as %v", name, sig)
		}
	}
}

func TestPublicKeyForms(t *testing.T) {
	key := katKey(t)
	point := MarshalPublicKey(&key.PublicKey)
	compressed := append([]byte{2 + point[64]&1}, point[1:33]...)
	for name, in := range map[string][]byte{"65 octets": point, "64 octets": point[1:], "compressed": compressed} {
		pub, err := ParsePublicKey(in)
		if err != nil || !key.PublicKey.Equal(pub) {
			t.Errorf("%s: %v", name, err)
		}
	}
	off := bytes.Clone(point)
	off[64] ^= 1
	for name, in := range map[string][]byte{
		"nothing": nil, "infinity": {0}, "off the curve": off, "zeros": make([]byte, 65),
		"hybrid": append([]byte{6}, point[1:]...), "coordinates above p": bytes.Repeat([]byte{0xFF}, 64),
		"compressed, not on the curve": append([]byte{2}, bytes.Repeat([]byte{0xFF}, 32)...),
	} {
		if _, err := ParsePublicKey(in); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSPKI(t *testing.T) {
	key := katKey(t)
	spki := MarshalSPKI(&key.PublicKey)
	want := "3059301306072A8648CE3D020106082A811CCF5501822D03420004" + katX + katY
	if got := fmt.Sprintf("%X", spki); got != want {
		t.Errorf("SPKI = %s", got)
	}
	if pub, err := ParseSPKI(spki); err != nil || !key.PublicKey.Equal(pub) {
		t.Errorf("ParseSPKI: %v", err)
	}
	old := unhex(t, "3050300A06082A811CCF5501822D03420004"+katX+katY)
	if pub, err := ParseSPKI(old); err != nil || !key.PublicKey.Equal(pub) {
		t.Errorf("curve as the algorithm: %v", err)
	}
	p256 := bytes.Replace(spki, unhex(t, "06082A811CCF5501822D"), unhex(t, "06082A8648CE3D030107"), 1)
	if _, err := ParseSPKI(p256); err != ErrNotSM2 {
		t.Errorf("a P-256 key: %v, want ErrNotSM2", err)
	}
	if _, err := ParseSPKI(spki[:50]); err == nil {
		t.Error("a cut SPKI is accepted")
	}
}

func TestCipherForms(t *testing.T) {
	key := newKey(t)
	for _, size := range []int{1, 16, 31, 32, 33, 1000} {
		plain := bytes.Repeat([]byte{0x5A}, size)
		c, err := Encrypt(rand.Reader, &key.PublicKey, plain)
		if err != nil {
			t.Fatal(err)
		}
		for name, parse := range map[string]func() (Cipher, error){
			"ASN.1":             func() (Cipher, error) { return ParseCipher(c.Marshal()) },
			"C1C3C2":            func() (Cipher, error) { return ParseRawCipher(c.Raw(C1C3C2), C1C3C2) },
			"C1C2C3":            func() (Cipher, error) { return ParseRawCipher(c.Raw(C1C2C3), C1C2C3) },
			"C1C3C2 without 04": func() (Cipher, error) { return ParseRawCipher(c.Raw(C1C3C2)[1:], C1C3C2) },
			"C1C2C3 without 04": func() (Cipher, error) { return ParseRawCipher(c.Raw(C1C2C3)[1:], C1C2C3) },
		} {
			got, err := parse()
			if err != nil {
				t.Fatalf("%s, %d octets: %v", name, size, err)
			}
			if back, err := Decrypt(key, got); err != nil || !bytes.Equal(back, plain) {
				t.Errorf("%s, %d octets: %v", name, size, err)
			}
		}
	}
}

func TestDecryptRefusesChangedCiphertexts(t *testing.T) {
	key := newKey(t)
	c, err := Encrypt(rand.Reader, &key.PublicKey, []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	raw := c.Raw(C1C3C2)
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 0x80
		if got, err := ParseRawCipher(bad, C1C3C2); err == nil {
			if _, err := Decrypt(key, got); err != ErrDecrypt {
				t.Errorf("octet %d flipped: %v, want ErrDecrypt", i, err)
			}
		}
	}
	if _, err := Decrypt(newKey(t), c); err != ErrDecrypt {
		t.Errorf("another key: %v, want ErrDecrypt", err)
	}
	if _, err := Encrypt(rand.Reader, &key.PublicKey, nil); err == nil {
		t.Error("nothing was encrypted")
	}
}

// A signature that is read keeps its value when it is written strictly, and DER
// re-encodes to the same octets.
func FuzzParseSignature(f *testing.F) {
	sig := Signature{number(f, katR), number(f, katS)}
	raw := sig.Raw()
	f.Add(sig.Marshal())
	f.Add(raw[:])
	f.Add([]byte{0x30, 6, 2, 1, 0xFF, 2, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		sig, form, err := ParseSignature(b)
		if err != nil {
			return
		}
		again, _, err := ParseSignature(sig.Marshal())
		if err != nil || again.R.Cmp(sig.R) != 0 || again.S.Cmp(sig.S) != 0 {
			t.Fatalf("%x is written as %x: %v", b, sig.Marshal(), err)
		}
		raw := sig.Raw()
		if form == DER && !bytes.Equal(sig.Marshal(), b) || form == Raw && !bytes.Equal(raw[:], b) {
			t.Errorf("%x of form %v does not re-encode", b, form)
		}
	})
}

// A ciphertext that is read keeps its value through each of its forms.
func FuzzParseCipher(f *testing.F) {
	key := katKey(f)
	c, err := Encrypt(rand.Reader, &key.PublicKey, []byte("0123456789abcdef"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Marshal())
	f.Add(c.Raw(C1C3C2))
	f.Add(c.Raw(C1C2C3)[1:])
	f.Fuzz(func(t *testing.T, b []byte) {
		var read []Cipher
		if c, err := ParseCipher(b); err == nil {
			read = append(read, c)
		}
		for _, order := range []Order{C1C3C2, C1C2C3} {
			if c, err := ParseRawCipher(b, order); err == nil {
				read = append(read, c)
			}
		}
		for _, c := range read {
			for _, order := range []Order{C1C3C2, C1C2C3} {
				got, err := ParseRawCipher(c.Raw(order), order)
				if err != nil || !bytes.Equal(got.Marshal(), c.Marshal()) {
					t.Fatalf("%x changes through order %d: %v", b, order, err)
				}
			}
			got, err := ParseCipher(c.Marshal())
			if err != nil || !bytes.Equal(got.Raw(C1C3C2), c.Raw(C1C3C2)) {
				t.Fatalf("%x changes through ASN.1: %v", b, err)
			}
		}
	})
}

// A public key that is read is on the curve and keeps its value through an SPKI.
func FuzzParsePublicKey(f *testing.F) {
	key := katKey(f)
	f.Add(MarshalPublicKey(&key.PublicKey))
	f.Add(MarshalSPKI(&key.PublicKey))
	f.Fuzz(func(t *testing.T, b []byte) {
		pub, err := ParsePublicKey(b)
		if err != nil {
			if pub, err = ParseSPKI(b); err != nil {
				return
			}
		}
		again, err := ParseSPKI(MarshalSPKI(pub))
		if err != nil || !again.Equal(pub) {
			t.Errorf("%x changes through its SPKI: %v", b, err)
		}
	})
}

func ExampleVerify() {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	message := []byte("一份文件")
	e := Digest(&key.PublicKey, message) // what a UKey or an HSM is given
	sig, err := SignDigest(rand.Reader, key, e)
	if err != nil {
		panic(err)
	}
	fmt.Println(Verify(&key.PublicKey, message, sig.Marshal()))
	fmt.Println(Verify(&key.PublicKey, []byte("另一份文件"), sig.Marshal()))
	// Output:
	// true
	// false
}
