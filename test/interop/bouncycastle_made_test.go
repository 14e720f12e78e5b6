package interop

import (
	"bytes"
	"slices"
	"testing"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/sm2enc"
)

// The other direction: what BouncyCastle writes, our rooms read, accept, and
// refuse after one flipped bit.

func TestWeVerifyCertificatesOfBouncyCastle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spki := sm2enc.MarshalSPKI(&newKey(t).PublicKey)
	c, err := cert.Parse(MadeByBouncyCastle(t, "make-certificate", w.sub.scalar(), w.sub.cert.Raw, spki))
	if err != nil {
		t.Fatal(err)
	}
	if !c.IsIssuedBy(w.sub.cert) || c.Holder() != "测试用户乙" || c.SerialHex() != "4000000000000001" || !c.MaySign() || len(c.Deviations) > 0 {
		t.Errorf("read as %s, serial %s, may sign %v, deviations %q", c.Holder(), c.SerialHex(), c.MaySign(), c.Deviations)
	}
	if err := c.CheckSignatureFrom(w.sub.cert); err != nil {
		t.Error(err)
	}
	for place, part := range map[string][]byte{"key": spki[60:], "signature": c.Signature[40:]} {
		changed, err := cert.Parse(flip(t, c.Raw, part))
		if err == nil && changed.CheckSignatureFrom(w.sub.cert) == nil {
			t.Errorf("we take it with another %s", place)
		}
	}
}

func TestWeVerifyRequestsOfBouncyCastle(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	r, err := cert.ParseCSR(MadeByBouncyCastle(t, "make-request", p.scalar(), sm2enc.MarshalSPKI(&p.key.PublicKey)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckSignature(); err != nil || r.Subject().String() != "CN=测试用户乙,C=CN" {
		t.Errorf("%v, for %s", err, r.Subject())
	}
	for place, part := range map[string][]byte{"name": []byte("测试用户乙"), "signature": r.Signature[40:]} {
		changed, err := cert.ParseCSR(flip(t, r.Raw, part))
		if err == nil && changed.CheckSignature() == nil {
			t.Errorf("we take it with another %s", place)
		}
	}
}

func TestWeVerifyRevocationListsOfBouncyCastle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l, err := crl.Parse(MadeByBouncyCastle(t, "make-list", w.sub.scalar(), w.sub.cert.Raw, w.person.cert.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.CheckSignatureFrom(w.sub.cert); err != nil || len(l.Deviations) > 0 {
		t.Errorf("%v, deviations %q", err, l.Deviations)
	}
	if e, ok := l.Lookup(w.person.cert.Serial); !ok || e.Reason != crl.Hold || !e.RevokedAt.Equal(now) || l.Number.Int64() != 10 {
		t.Errorf("entry %+v, %v in list %v", e, ok, l.Number)
	}
	for place, part := range map[string][]byte{"entry": w.person.cert.Serial.Bytes(), "signature": l.Signature[40:]} {
		changed, err := crl.Parse(flip(t, l.Raw, part))
		if err == nil && changed.CheckSignatureFrom(w.sub.cert) == nil {
			t.Errorf("we take it with another %s", place)
		}
	}
}

// BouncyCastle counts versions by RFC 5652, where GB/T 35275 has 1 alone.
func TestWeVerifyMessagesOfBouncyCastle(t *testing.T) {
	t.Parallel()
	p := newWorld(t).person
	for family, want := range map[string][]string{"gm": {"signedData.version: is 3"}, "pkcs7": nil} {
		for _, how := range []string{"attached", "detached", "bare"} {
			name := how + " " + family
			message := MadeByBouncyCastle(t, "make-signed "+name, p.scalar(), p.cert.Raw, content)
			if deviations, err := verifyMessage(message, content, p.cert); err != nil || !slices.Equal(deviations, want) {
				t.Errorf("%s: %v, deviations %q", name, err, deviations)
			}
			if _, err := verifyMessage(message, flip(t, content, content[3:]), p.cert); err == nil {
				t.Errorf("%s: we take other content", name)
			}
			if _, err := verifyMessage(flip(t, message, signatureOf(t, message)[40:]), content, p.cert); err == nil {
				t.Errorf("%s: we take another signature", name)
			}
		}
	}
}

func verifyMessage(message, content []byte, c *cert.Certificate) (deviations []string, err error) {
	sd, err := cms.Parse(message)
	if err != nil {
		return nil, err
	}
	return sd.Verify(0, content, c)
}

func TestWeOpenEnvelopesOfBouncyCastle(t *testing.T) {
	t.Parallel()
	p := newWorld(t).encryption
	for _, family := range []string{"gm", "pkcs7"} {
		e, err := cms.ParseEnveloped(MadeByBouncyCastle(t, "make-enveloped "+family, p.cert.Raw, content))
		if err != nil {
			t.Fatal(err)
		}
		open := func() ([]byte, error) {
			return e.Open(p.cert, func(c sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(p.key, c) })
		}
		if got, err := open(); err != nil || !bytes.Equal(got, content) || len(e.Deviations) > 0 {
			t.Errorf("%s: %q, %v, deviations %q", family, got, err, e.Deviations)
		}
		e.Recipients[0].EncryptedKey[100] ^= 1
		if got, err := open(); err == nil {
			t.Errorf("%s: we open it to %q with another key", family, got)
		}
	}
}

func TestWeVerifySignaturesOfBouncyCastle(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	sig := MadeByBouncyCastle(t, "make-signature", p.scalar(), content)
	if !sm2enc.Verify(&p.key.PublicKey, content, sig) {
		t.Error("we refuse it")
	}
	if sm2enc.Verify(&p.key.PublicKey, content, flip(t, sig, sig[40:])) || sm2enc.Verify(&p.key.PublicKey, flip(t, content, content[3:]), sig) {
		t.Error("we take it changed")
	}
}

func TestWeOpenCiphersOfBouncyCastle(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	spki := sm2enc.MarshalSPKI(&p.key.PublicKey)
	bare := func(order sm2enc.Order) func([]byte) (sm2enc.Cipher, error) {
		return func(b []byte) (sm2enc.Cipher, error) { return sm2enc.ParseRawCipher(b, order) }
	}
	for question, read := range map[string]func([]byte) (sm2enc.Cipher, error){
		"make-cipher": sm2enc.ParseCipher, "make-bare-cipher C1C3C2": bare(sm2enc.C1C3C2), "make-bare-cipher C1C2C3": bare(sm2enc.C1C2C3),
	} {
		c, err := read(MadeByBouncyCastle(t, question, spki, content))
		if err != nil {
			t.Fatalf("%s: %v", question, err)
		}
		if got, err := sm2enc.Decrypt(p.key, c); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %q, %v", question, got, err)
		}
		c.Text[0] ^= 1
		if _, err := sm2enc.Decrypt(p.key, c); err == nil {
			t.Errorf("%s: we open it with another text", question)
		}
	}
}

func TestWeOpenKeyFilesOfBouncyCastle(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	file := MadeByBouncyCastle(t, "make-key-file correct-horse", p.scalar())
	key, err := sm2enc.ParseEncryptedKey(file, []byte("correct-horse"))
	if err != nil || !key.Equal(p.key) {
		t.Errorf("%v", err)
	}
	if _, err := sm2enc.ParseEncryptedKey(file, []byte("wrong-horse")); err == nil {
		t.Error("we open it with another passphrase")
	}
	if key, err := sm2enc.ParseEncryptedKey(flip(t, file, file[len(file)-40:]), []byte("correct-horse")); err == nil && key.Equal(p.key) {
		t.Error("we read the same key from a changed file")
	}
}
