//go:build linux

package virtualcard_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
)

// personal makes the application with a changed PIN and a container.
func (c *client) personal() {
	c.Helper()
	c.ok("connect %s", c.serial)
	c.ok("auth %x", deviceKey)
	c.ok("createapp APP %s %s", adminPIN, firstPIN)
	c.ok("change %s %s", firstPIN, userPIN)
	c.ok("verify 1 %s", userPIN)
	c.ok("container C1")
}

func TestLifeOfAKeyThroughTheSmartCardStack(t *testing.T) {
	w := newWorld(t)
	w.must(w.slot.Plug(w.card))
	c := w.client()
	c.present()
	c.personal()

	info, err := skf.ParseDevInfo(c.octets("info"), skf.Layout{})
	c.must(err)
	if info.Serial != w.serial || info.Label != "测试卡" || info.Manufacturer != "Xinzhang" || info.Auth != skf.SM4ECB {
		t.Errorf("got %+v", info)
	}
	pub, err := skf.ParsePublicKey(c.octets("generate"), skf.Layout{})
	c.must(err)
	blob := skf.MarshalPublicKey(pub, skf.Layout{})
	if got := c.octets("public 1"); !bytes.Equal(got, blob) {
		t.Error("another public key is exported than was made")
	}

	authority := fixture.New(t, time.Now())
	der := authority.Person(func(t *cert.Template) { t.PublicKey = pub }).Cert.Raw
	c.ok("importcert 1 %x", der)
	encryption, err := sm2.GenerateKey(rand.Reader)
	c.must(err)
	sealed, err := sm2enc.SealKey(rand.Reader, pub, encryption)
	c.must(err)
	envelope, err := skf.MarshalEnvelope(sealed, skf.Layout{})
	c.must(err)
	c.ok("importkey %x", envelope)
	if got := c.ok("type"); got != "2 0 0" {
		t.Errorf("type %s", got)
	}
	if got := c.octets("exportcert 1"); !bytes.Equal(got, der) {
		t.Error("the certificate came back changed")
	}
	c.refused(skf.CertNotFound, "exportcert 0")
	c.refused(skf.InDataErr, "importcert 0 %x", der) // another key's

	message := []byte("a document")
	digest := sm2enc.Digest(pub, message)
	if got := c.octets("digest %x %x", message, blob); !bytes.Equal(got, digest[:]) {
		t.Errorf("the card's digest is %x", got)
	}
	raw := c.octets("sign %x", digest)
	sig, err := skf.ParseSignature(raw)
	c.must(err)
	if !sm2enc.VerifyDigest(pub, digest, sig) {
		t.Error("the signature is wrong")
	}
	c.ok("check %x %x %x", blob, digest, raw)
	raw[127] ^= 1
	c.refused(skf.Fail, "check %x %x %x", blob, digest, raw)

	began, before := time.Now(), w.slot.Commands()
	for range 20 {
		c.ok("sign %x", digest)
	}
	t.Logf("20 signatures: %v, %d commands", time.Since(began), w.slot.Commands()-before)
	c.session(encryption)
	c.files()
	c.rights(digest[:])
}

// session decrypts what was encrypted to the encryption key.
func (c *client) session(encryption *sm2.PrivateKey) {
	c.Helper()
	secret, iv := []byte("a session key 16"), []byte("sixteen octets..")
	wrapped, err := sm2enc.Encrypt(rand.Reader, &encryption.PublicKey, secret)
	c.must(err)
	plain := bytes.Repeat([]byte("somebody wrote this. "), 300)
	block, err := sm4.NewCipher(secret)
	c.must(err)
	for range 2 { // at once and in parts
		if got := c.octets("session %x %x %x", skf.MarshalCipher(wrapped, skf.Layout{}), iv, cbc(block, iv, plain)); !bytes.Equal(got, plain) {
			c.Errorf("decrypted %d octets to %q", len(plain), got[:min(40, len(got))])
		}
		_, second := c.hear()
		if second != bytesHex(plain) {
			c.Error("decrypted in parts it is another text")
		}
		if code, _ := c.hear(); code != skf.OK {
			c.Errorf("close the key: %v", code)
		}
	}
}

// files writes and reads more than one command takes.
func (c *client) files() {
	c.Helper()
	content := bytes.Repeat([]byte("印章"), 1000)
	c.ok("createfile seal.esl %d", len(content))
	c.refused(skf.FileAlreadyExists, "createfile seal.esl 5")
	c.ok("writefile seal.esl %x", content)
	if got := c.octets("readfile seal.esl %d", len(content)); !bytes.Equal(got, content) {
		c.Errorf("%d octets came back as %d others", len(content), len(got))
	}
	c.refused(skf.FileNotExist, "readfile other 5")
	if got := skf.ParseNames(c.octets("files")); len(got) != 1 || got[0] != "seal.esl" {
		c.Errorf("files %q", got)
	}
}

// rights end and come back with the PIN, whose tries the card counts.
func (c *client) rights(digest []byte) {
	c.Helper()
	c.ok("clear")
	c.refused(skf.UserNotLoggedIn, "sign %x", digest)
	if left := c.refused(skf.PINIncorrect, "verify 1 wrong-0000"); left != "9 0 0" {
		c.Errorf("tries left: %s", left)
	}
	if got := c.ok("pininfo 1"); got != "10 9 0" {
		c.Errorf("PIN info: %s", got)
	}
	c.refused(skf.PINLenRange, "verify 1 short")
	c.refused(skf.PINInvalid, "change %s 123456", userPIN)
	if got := c.ok("pininfo 1"); got != "10 9 0" {
		c.Errorf("a PIN that was not looked at cost a try: %s", got)
	}
	for range 8 {
		c.refused(skf.PINIncorrect, "verify 1 wrong-0000")
	}
	c.refused(skf.PINLocked, "verify 1 wrong-0000")
	c.refused(skf.PINLocked, "verify 1 %s", userPIN)
	c.ok("unblock %s %s", adminPIN, "another-581")
	c.ok("verify 1 another-581")
	c.ok("sign %x", digest)
	if got := skf.ParseNames(c.octets("apps")); len(got) != 1 || got[0] != "APP" {
		c.Errorf("applications %q", got)
	}
	c.ok("deleteapp APP") // the device key is still proven
	c.refused(skf.ApplicationNotExists, "sign %x", digest)
}
