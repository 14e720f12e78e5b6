package cms

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// openssl runs the tool in dir and returns what it prints; failing is a result,
// not an error: several of its verdicts show only in the text.
func openssl(t *testing.T, dir string, args ...string) (out string, ok bool) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal("openssl is needed here: ", err)
		}
		t.Skip("openssl is not installed: our messages are not judged by it")
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	b, err := cmd.CombinedOutput()
	return string(b), err == nil
}

func write(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pemOf(label string, b []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: b})
}

// OpenSSL knows no GB/T 35275 message; it judges the parts: the signature over
// the attributes or the content, and the digest in the attributes.
func TestOpenSSLVerifiesThePartsOfOurMessages(t *testing.T) {
	key, c := signer(t)
	dir := t.TempDir()
	write(t, dir, "pub.pem", pemOf("PUBLIC KEY", sm2enc.MarshalSPKI(c.PublicKey)))
	write(t, dir, "content", testContent)
	digest, ok := openssl(t, dir, "dgst", "-sm3", "-r", "content")
	if !ok {
		t.Fatal(digest)
	}
	verify := func(message, signature []byte) bool {
		write(t, dir, "message", message)
		write(t, dir, "signature", signature)
		out, ok := openssl(t, dir, "pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-digest", "sm3",
			"-pkeyopt", "distid:"+sm2enc.DefaultID, "-in", "message", "-sigfile", "signature")
		return ok && strings.Contains(out, "Signature Verified Successfully")
	}
	for name, tmpl := range map[string]Template{
		"with attributes": {Content: testContent, Signer: c, SigningTime: signingTime},
		"bare":            {Content: testContent, Signer: c, Bare: true},
	} {
		s := parse(t, assemble(t, key, tmpl)).Signers[0]
		message := testContent
		if s.RawAttrs != nil {
			message = append([]byte{0x31}, s.RawAttrs[1:]...)
			if !strings.Contains(hexOf(s.RawAttrs), digest[:64]) {
				t.Errorf("%s: openssl's digest of the content is not among the attributes", name)
			}
		}
		if !verify(message, s.Signature) {
			t.Errorf("%s: openssl refuses our signature", name)
		}
		message = bytes.Clone(message)
		message[5] ^= 1
		if verify(message, s.Signature) {
			t.Errorf("%s: openssl takes a flipped octet", name)
		}
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, o := range b {
		s.WriteByte(digits[o>>4])
		s.WriteByte(digits[o&15])
	}
	return s.String()
}

// With the identifiers of PKCS #7, OpenSSL opens an envelope of ours. It cannot
// write one to an SM2 certificate (3.0 fails with "illegal zero content").
func TestOpenSSLOpensOurEnvelopes(t *testing.T) {
	key, c := recipient(t)
	dir := t.TempDir()
	b, err := envelop(rand.Reader, testContent, []*cert.Certificate{c}, oid.PKCS7EnvelopedData, oid.PKCS7Data)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "envelope", b)
	write(t, dir, "cert.pem", pemOf("CERTIFICATE", c.Raw))
	writeKey(t, dir, "key.pem", key.D.FillBytes(make([]byte, 32)))
	out, ok := openssl(t, dir, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "envelope", "-recip", "cert.pem", "-inkey", "key.pem", "-out", "content")
	if !ok {
		t.Fatalf("openssl does not open our envelope: %s", out)
	}
	if got := read(t, dir, "content"); !bytes.Equal(got, testContent) {
		t.Errorf("openssl opens our envelope to %q", got)
	}
	e := parseEnveloped(t, b)
	e.Recipients[0].EncryptedKey[len(e.Recipients[0].EncryptedKey)-1] ^= 1 // points into b
	write(t, dir, "envelope", b)
	out, ok = openssl(t, dir, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "envelope", "-recip", "cert.pem", "-inkey", "key.pem", "-out", "content")
	if ok && bytes.Equal(read(t, dir, "content"), testContent) {
		t.Errorf("openssl opens a flipped octet: %s", out)
	}
}

// writeKey writes a private key as SEC 1, which openssl reads without a
// passphrase.
func writeKey(t *testing.T, dir, name string, d []byte) {
	t.Helper()
	b := append([]byte{0x30, 0x31, 2, 1, 1, 4, 32}, d...)
	b = append(b, append([]byte{0xA0, 10}, oid.SM2.Marshal()...)...)
	write(t, dir, name, pemOf("EC PRIVATE KEY", b))
}
