package interop

import (
	"crypto/rand"
	"testing"

	"xinzhang/internal/format/sm2enc"
)

func TestJavaScriptOpensOurCiphers(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	plain := []byte("会话密钥 16 字节 and then some more, past one block of the key stream")
	c, err := sm2enc.Encrypt(rand.Reader, &p.key.PublicKey, plain)
	if err != nil {
		t.Fatal(err)
	}
	cipher := c.Marshal()
	ok, said := DecryptCipher(t, p.scalar(), cipher, plain)
	accepts(t, "our cipher", ok, said)
	for place, part := range map[string][]byte{"hash": c.Hash[:], "text": c.Text, "point": c.Y.Bytes()[8:]} {
		ok, said := DecryptCipher(t, p.scalar(), flip(t, cipher, part), plain)
		refuses(t, "a cipher with another "+place, ok, said)
	}
	stranger := party{key: newKey(t)}
	ok, said = DecryptCipher(t, stranger.scalar(), cipher, plain)
	refuses(t, "a cipher for somebody else", ok, said)
}

func TestJavaScriptOpensOurEnvelopedKeys(t *testing.T) {
	t.Parallel()
	signer, encryption := party{key: newKey(t)}, newKey(t)
	k, err := sm2enc.SealKey(rand.Reader, &signer.key.PublicKey, encryption)
	if err != nil {
		t.Fatal(err)
	}
	envelope := k.Marshal()
	ok, said := OpenEnvelopedKey(t, signer.scalar(), envelope)
	accepts(t, "our envelope", ok, said)
	for place, part := range map[string][]byte{
		"wrapped key": k.Wrapped.Text, "public key": sm2enc.MarshalPublicKey(k.Public)[40:], "private key": k.Encrypted[len(k.Encrypted)-4:]} {
		ok, said := OpenEnvelopedKey(t, signer.scalar(), flip(t, envelope, part))
		refuses(t, "an envelope with another "+place, ok, said)
	}
}
