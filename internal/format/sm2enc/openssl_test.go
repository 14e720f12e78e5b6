package sm2enc

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/oid"
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
		t.Skip("openssl is not installed: our encodings are not judged by it")
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

const distid = "distid:" + DefaultID

func TestOpenSSLVerifiesOurSignatures(t *testing.T) {
	dir, key := t.TempDir(), newKey(t)
	msg := []byte("一份文件")
	sig, err := SignDigest(rand.Reader, key, Digest(&key.PublicKey, msg))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "pub.pem", pemOf("PUBLIC KEY", MarshalSPKI(&key.PublicKey)))
	write(t, dir, "msg", msg)
	bad := sig.Marshal()
	bad[len(bad)-1] ^= 1
	write(t, dir, "sig", sig.Marshal())
	write(t, dir, "bad", bad)
	verify := func(name string) (string, bool) {
		return openssl(t, dir, "pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-digest", "sm3",
			"-pkeyopt", distid, "-in", "msg", "-sigfile", name)
	}
	if out, ok := verify("sig"); !ok || !strings.Contains(out, "Signature Verified Successfully") {
		t.Errorf("openssl refuses our signature: %s", out)
	}
	if out, ok := verify("bad"); ok || strings.Contains(out, "Successfully") {
		t.Errorf("openssl takes a flipped octet: %s", out)
	}
}

func TestWeVerifyOpenSSLSignatures(t *testing.T) {
	dir := t.TempDir()
	key := opensslKey(t, dir)
	msg := []byte("另一份文件")
	write(t, dir, "msg", msg)
	out, ok := openssl(t, dir, "pkeyutl", "-sign", "-inkey", "enc.pem", "-passin", "pass:"+string(testPassphrase),
		"-rawin", "-digest", "sm3", "-pkeyopt", distid, "-in", "msg", "-out", "sig")
	if !ok {
		t.Fatal(out)
	}
	sig := read(t, dir, "sig")
	if !Verify(&key.PublicKey, msg, sig) {
		t.Error("we refuse openssl's signature")
	}
	msg[0] ^= 1
	if Verify(&key.PublicKey, msg, sig) {
		t.Error("we take a flipped octet")
	}
}

// opensslKey lets openssl make a key and returns it; enc.pem holds it encrypted.
func opensslKey(t *testing.T, dir string) *sm2.PrivateKey {
	t.Helper()
	out, ok := openssl(t, dir, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2",
		"-pkeyopt", "ec_param_enc:named_curve", "-out", "key.pem")
	if !ok {
		t.Fatal(out)
	}
	out, ok = openssl(t, dir, "pkcs8", "-topk8", "-in", "key.pem", "-out", "enc.pem", "-v2", "sm4-cbc",
		"-passout", "pass:"+string(testPassphrase))
	if !ok {
		t.Fatal(out)
	}
	key, err := ParseEncryptedKey(read(t, dir, "enc.pem"), testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestWeReadOpenSSLKeyFiles(t *testing.T) {
	dir := t.TempDir()
	key := opensslKey(t, dir)
	for _, cipher := range []string{"sm4-cbc", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc"} {
		for _, prf := range []string{"hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA512"} {
			out, ok := openssl(t, dir, "pkcs8", "-topk8", "-in", "key.pem", "-out", "other.pem",
				"-v2", cipher, "-v2prf", prf, "-passout", "pass:"+string(testPassphrase))
			if !ok {
				t.Fatal(out)
			}
			got, err := ParseEncryptedKey(read(t, dir, "other.pem"), testPassphrase)
			if err != nil || !got.Equal(key) {
				t.Errorf("%s with %s: %v", cipher, prf, err)
			}
		}
	}
}

// OpenSSL 3.0 has no name for HMAC-SM3 in PBKDF2, so it judges the same file with
// HMAC-SHA256 in its place; gmsm judges the one we write, in keyfile_test.go.
func TestOpenSSLReadsOurKeyFiles(t *testing.T) {
	dir, key := t.TempDir(), newKey(t)
	b, err := encryptKey(rand.Reader, key, testPassphrase, kdf{rounds: testCost, prf: oid.HMACSHA256})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "enc.pem", pemOf("ENCRYPTED PRIVATE KEY", b))
	out, ok := openssl(t, dir, "pkey", "-in", "enc.pem", "-passin", "pass:"+string(testPassphrase), "-pubout", "-outform", "DER", "-out", "pub.der")
	if !ok {
		t.Fatalf("openssl does not read our key file: %s", out)
	}
	if !bytes.Equal(read(t, dir, "pub.der"), MarshalSPKI(&key.PublicKey)) {
		t.Error("openssl reads another key")
	}
	if out, ok := openssl(t, dir, "pkey", "-in", "enc.pem", "-passin", "pass:wrong", "-noout"); ok {
		t.Errorf("openssl takes a wrong passphrase: %s", out)
	}
}

func TestOpenSSLDecryptsOurCiphertextsAndWeIts(t *testing.T) {
	dir := t.TempDir()
	key := opensslKey(t, dir)
	plain := []byte("0123456789abcdef")
	c, err := Encrypt(rand.Reader, &key.PublicKey, plain)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "plain", plain)
	write(t, dir, "ours", c.Marshal())
	if out, ok := openssl(t, dir, "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "ours", "-out", "back"); !ok {
		t.Fatalf("openssl does not open our ciphertext: %s", out)
	}
	if !bytes.Equal(read(t, dir, "back"), plain) {
		t.Error("openssl opens our ciphertext to something else")
	}
	if out, ok := openssl(t, dir, "pkeyutl", "-encrypt", "-inkey", "key.pem", "-in", "plain", "-out", "theirs"); !ok {
		t.Fatal(out)
	}
	theirs, err := ParseCipher(read(t, dir, "theirs"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decrypt(key, theirs); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("we do not open openssl's ciphertext: %v", err)
	}
	c.Text[0] ^= 1
	write(t, dir, "bad", c.Marshal())
	if out, ok := openssl(t, dir, "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "bad", "-out", "back"); ok {
		t.Errorf("openssl opens a flipped octet: %s", out)
	}
}
