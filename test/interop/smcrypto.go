package interop

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// DecryptCipher asks sm-crypto to open a DER SM2Cipher of GB/T 35276 with the
// private key d (32 octets) and to compare what comes out with plain.
func DecryptCipher(t testing.TB, d, cipher, plain []byte) (ok bool, said string) {
	t.Helper()
	return smCrypto(t, map[string]string{
		"ask": "cipher", "d": hex.EncodeToString(d), "der": hex.EncodeToString(cipher), "plain": hex.EncodeToString(plain)})
}

// OpenEnvelopedKey asks sm-crypto to open a DER SM2EnvelopedKey of GB/T 35276
// with the signing key d and to compare the public key of what comes out with the
// one in the envelope.
func OpenEnvelopedKey(t testing.TB, d, envelope []byte) (ok bool, said string) {
	t.Helper()
	return smCrypto(t, map[string]string{
		"ask": "envelope", "d": hex.EncodeToString(d), "der": hex.EncodeToString(envelope)})
}

// VerifyInJavaScript asks sm-crypto what [Signature] asks OpenSSL. point is the
// public key as 65 octets, sig a DER SM2Signature.
func VerifyInJavaScript(t testing.TB, point, msg, sig []byte) (ok bool, said string) {
	t.Helper()
	return smCrypto(t, map[string]string{
		"ask": "signature", "point": hex.EncodeToString(point), "msg": hex.EncodeToString(msg),
		"sig": hex.EncodeToString(sig), "id": DefaultID})
}

// smCrypto puts question to node/judge.js. Keys travel through the standard
// input, where no list of processes shows them.
func smCrypto(t testing.TB, question map[string]string) (ok bool, said string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		Absent(t, err.Error())
	}
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "sm-crypto")); err != nil {
		Absent(t, "sm-crypto is not installed: make interop")
	}
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "judge.js")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(string(in))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return err == nil && strings.HasPrefix(string(out), "OK"), string(out)
}
