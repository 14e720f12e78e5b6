package tokentest

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// lifeOfAKey goes the whole way, closing everything between the steps.
func lifeOfAKey(t *testing.T, b *bench) {
	app := b.blank()
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(firstUser)))
	c := b.container(app, "sign-1")
	pub, err := c.GenerateSigningKey(b.ctx)
	b.must(err)
	b.signs(c, pub, "the request")

	b.reconnect()
	app = b.open("XINZHANG")
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(firstUser)))
	c, err = app.OpenContainer(b.ctx, "sign-1")
	b.must(err)
	encryption := b.newKey()
	b.must(c.ImportCertificate(b.ctx, token.Signing, b.certify(pub)))
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption)))
	b.must(c.ImportCertificate(b.ctx, token.Encryption, b.certify(&encryption.PublicKey)))

	b.reconnect()
	app = b.open("XINZHANG")
	b.must(app.ChangePIN(b.ctx, token.UserPIN, pin(firstUser), pin(user)))
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	c, err = app.OpenContainer(b.ctx, "sign-1")
	b.must(err)
	b.signs(c, pub, "a document")

	k, err := token.SigningKey(b.ctx, c)
	b.must(err)
	RunKey(t, k, pub)

	if d, ok := c.(token.Decrypter); ok {
		decrypts(b, d, &encryption.PublicKey)
	}
	if d, ok := c.(token.InsideDecrypter); ok {
		decryptsInside(b, app, d, &encryption.PublicKey)
	}
}

// decryptsInside opens texts of several lengths, and refuses changed ones.
func decryptsInside(b *bench, app token.Application, d token.InsideDecrypter, pub *ecdsa.PublicKey) {
	b.Helper()
	session, iv := []byte("sixteen octets k"), [16]byte([]byte("sixteen of an IV"))
	block, err := sm4.NewCipher(session)
	b.must(err)
	wrapped, err := sm2enc.Encrypt(rand.Reader, pub, session)
	b.must(err)
	for _, n := range []int{0, 1, 15, 16, 17, 5000, 70_001} {
		plain := bytes.Repeat([]byte("示例 "), n/7+1)[:n]
		pad := 16 - n%16
		sealed := append(slices.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
		cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(sealed, sealed)
		got, err := d.DecryptInside(b.ctx, wrapped, iv, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			b.Errorf("%d octets come out as %d, %v", n, len(got), err)
		}
	}
	sealed := bytes.Repeat([]byte{7}, 32)
	changed := wrapped
	changed.Hash[0] ^= 1
	forAnother, err := sm2enc.Encrypt(rand.Reader, &b.newKey().PublicKey, session)
	b.must(err)
	for name, w := range map[string]sm2enc.Cipher{"a changed key": changed, "a key for another": forAnother} {
		if got, err := d.DecryptInside(b.ctx, w, iv, sealed); !errors.Is(err, sm2enc.ErrDecrypt) || len(got) != 0 {
			b.Errorf("%s gives %x, %v", name, got, err)
		}
	}
	if got, err := d.DecryptInside(b.ctx, wrapped, iv, sealed[:31]); !errors.Is(err, sm2enc.ErrDecrypt) || len(got) != 0 {
		b.Errorf("half a block gives %x, %v", got, err)
	}
	b.must(app.ClearSecureState(b.ctx))
	_, err = d.DecryptInside(b.ctx, wrapped, iv, sealed)
	b.refused(err, fault.PINNotVerified)
}

func decrypts(b *bench, d token.Decrypter, pub *ecdsa.PublicKey) {
	b.Helper()
	session := []byte("sixteen octets k")
	wrapped, err := sm2enc.Encrypt(rand.Reader, pub, session)
	b.must(err)
	got, err := d.Decrypt(b.ctx, wrapped)
	b.must(err)
	if !bytes.Equal(got, session) {
		b.Errorf("decrypted %x, want %x", got, session)
	}
	wrapped.Hash[0] ^= 1
	if got, err := d.Decrypt(b.ctx, wrapped); !errors.Is(err, sm2enc.ErrDecrypt) || len(got) != 0 {
		b.Errorf("a changed ciphertext gives %x, %v", got, err)
	}
	forAnother, err := sm2enc.Encrypt(rand.Reader, &b.newKey().PublicKey, session)
	b.must(err)
	if got, err := d.Decrypt(b.ctx, forAnother); !errors.Is(err, sm2enc.ErrDecrypt) || len(got) != 0 {
		b.Errorf("a ciphertext for another key gives %x, %v", got, err)
	}
}

// A Key is what RunKey tests; [token.Key] is one.
type Key interface {
	Certificate() []byte
	SignDigest(ctx context.Context, e [32]byte) ([]byte, error)
}

// RunKey tests a key that is ready to sign and whose public half is pub.
func RunKey(t *testing.T, k Key, pub *ecdsa.PublicKey) {
	t.Helper()
	if len(k.Certificate()) == 0 {
		t.Error("the key has no certificate")
	}
	for _, e := range [][32]byte{sm2enc.Digest(pub, []byte("a message")), {}, {31: 1}} {
		value, err := k.SignDigest(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		checkSignature(t, pub, e, value)
		again, err := k.SignDigest(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(value, again) {
			t.Error("two signatures of one digest are the same: where is the random number?")
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if value, err := k.SignDigest(over, [32]byte{}); err == nil {
		t.Errorf("signed %x after the context ended", value)
	}
}

func exports(t *testing.T, b *bench) {
	app := b.unlocked()
	c, pub := b.signer(app, "sign-1")
	encryption := b.newKey()
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption)))
	want := b.certify(&encryption.PublicKey)
	b.must(c.ImportCertificate(b.ctx, token.Encryption, want))

	b.reconnect() // and no PIN: certificates and public keys are public
	c, err := b.open("XINZHANG").OpenContainer(b.ctx, "sign-1")
	b.must(err)
	got, err := c.ExportCertificate(b.ctx, token.Encryption)
	b.must(err)
	if !bytes.Equal(got, want) {
		t.Error("the certificate came back changed")
	}
	for use, want := range map[token.KeyUse]*ecdsa.PublicKey{token.Signing: pub, token.Encryption: &encryption.PublicKey} {
		got, err := c.ExportPublicKey(b.ctx, use)
		b.must(err)
		if !got.Equal(want) {
			t.Errorf("the %s key came back as another", use)
		}
	}
	if c.Name() != "sign-1" {
		t.Errorf("the container calls itself %q", c.Name())
	}
}

func envelopes(t *testing.T, b *bench) {
	app := b.unlocked()
	c := b.container(app, "sign-1")
	encryption := b.newKey()
	b.refused(c.ImportEncryptionKey(b.ctx, b.envelope(&b.newKey().PublicKey, encryption)), fault.KeyAbsent)
	pub, err := c.GenerateSigningKey(b.ctx)
	b.must(err)

	for name, change := range map[string]func(*sm2enc.EnvelopedKey){
		"enveloped to another key":   func(e *sm2enc.EnvelopedKey) { *e = b.envelope(&b.newKey().PublicKey, encryption) },
		"another public key (d·G≠P)": func(e *sm2enc.EnvelopedKey) { e.Public = &b.newKey().PublicKey },
		"private key changed":        func(e *sm2enc.EnvelopedKey) { e.Encrypted = slices.Clone(e.Encrypted); e.Encrypted[5] ^= 1 },
		"session key changed": func(e *sm2enc.EnvelopedKey) {
			e.Wrapped.Text = slices.Clone(e.Wrapped.Text)
			e.Wrapped.Text[0] ^= 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := b.envelope(pub, encryption)
			change(&e)
			err := c.ImportEncryptionKey(b.ctx, e)
			if !errors.Is(err, fault.KeyEnvelopeMismatch) {
				t.Errorf("got error %v, want %s", err, fault.KeyEnvelopeMismatch)
			}
			if _, err := c.ExportPublicKey(b.ctx, token.Encryption); !errors.Is(err, fault.KeyAbsent) {
				t.Errorf("a key is there after the refusal: %v", err)
			}
		})
	}
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption)))
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption))) // an installation repeated
	b.refused(c.ImportEncryptionKey(b.ctx, b.envelope(pub, b.newKey())), fault.ContainerKeyExists)
	got, err := c.ExportPublicKey(b.ctx, token.Encryption)
	b.must(err)
	if !got.Equal(&encryption.PublicKey) {
		t.Error("a refused key took the place of the first")
	}
}

func certificates(t *testing.T, b *bench) {
	app := b.unlocked()
	c := b.container(app, "sign-1")
	_, err := c.ExportCertificate(b.ctx, token.Signing)
	b.refused(err, fault.ContainerNoCertificate)
	stranger := b.certify(&b.newKey().PublicKey)
	b.refused(c.ImportCertificate(b.ctx, token.Signing, stranger), fault.KeyAbsent)

	pub, err := c.GenerateSigningKey(b.ctx)
	b.must(err)
	encryption := b.newKey()
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption)))
	first, renewed := b.certify(pub), b.certify(pub)
	b.refused(c.ImportCertificate(b.ctx, token.Signing, stranger), fault.KeyCertMismatch)
	b.refused(c.ImportCertificate(b.ctx, token.Signing, b.certify(&encryption.PublicKey)), fault.KeyCertMismatch)
	b.refused(c.ImportCertificate(b.ctx, token.Encryption, first), fault.KeyCertMismatch)
	if err := c.ImportCertificate(b.ctx, token.Signing, []byte("no certificate")); err == nil {
		t.Error("took what is no certificate")
	}
	if err := c.ImportCertificate(b.ctx, token.KeyUse(7), first); err == nil {
		t.Error("took a certificate for no use")
	}
	_, err = c.ExportCertificate(b.ctx, token.Signing)
	b.refused(err, fault.ContainerNoCertificate)

	for _, der := range [][]byte{first, renewed} {
		b.must(c.ImportCertificate(b.ctx, token.Signing, der))
		got, err := c.ExportCertificate(b.ctx, token.Signing)
		b.must(err)
		if !bytes.Equal(got, der) {
			t.Error("the certificate is not the one that was imported last")
		}
		if cap(got) > 2*len(got) { // programs keep certificates for as long as they run
			t.Errorf("a certificate of %d octets keeps %d", len(got), cap(got))
		}
	}
	b.refused(c.ImportCertificate(b.ctx, token.Signing, stranger), fault.KeyCertMismatch)
	if got, err := c.ExportCertificate(b.ctx, token.Signing); err != nil || !bytes.Equal(got, renewed) {
		t.Errorf("a refused certificate changed the one that was there: %v", err)
	}
}

func containers(t *testing.T, b *bench) {
	app := b.unlocked()
	for _, name := range []string{"b", "a", "丙"} {
		b.container(app, name)
	}
	_, err := app.CreateContainer(b.ctx, "a")
	b.refused(err, fault.ContainerExists)
	first, pub := b.signer(app, "d")
	_, err = first.GenerateSigningKey(b.ctx)
	b.refused(err, fault.ContainerKeyExists)
	b.signs(first, pub, "still the first key")

	b.must(app.DeleteContainer(b.ctx, "a"))
	b.must(app.DeleteContainer(b.ctx, "d"))
	b.refused(app.DeleteContainer(b.ctx, "a"), fault.ContainerAbsent)
	_, err = app.OpenContainer(b.ctx, "d")
	b.refused(err, fault.ContainerAbsent)
	b.reconnect()
	names, err := b.open("XINZHANG").Containers(b.ctx)
	b.must(err)
	if !slices.Equal(names, []string{"b", "丙"}) {
		t.Errorf("containers are %q", names)
	}
}

// signAtOnce uses one handle and one of its own in each goroutine.
func signAtOnce(t *testing.T, b *bench) {
	app := b.unlocked()
	c, pub := b.signer(app, "sign-1")
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			for n := range 3 {
				e := sm2enc.Digest(pub, []byte{byte(i), byte(n)})
				value, err := c.SignDigest(b.ctx, e)
				if err != nil {
					t.Error(err)
					return
				}
				checkSignature(t, pub, e, value)
			}
		})
	}
	group.Wait()
	b.tries(app, token.UserPIN, token.Tries)
}
