package interop

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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

// node answers the questions for sm-crypto. TestMain ends it.
var node = machine{command: nodeJudge}

func nodeJudge(string) (*exec.Cmd, error) {
	program, err := exec.LookPath("node")
	if err != nil {
		return nil, &absentError{err.Error()}
	}
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "sm-crypto")); err != nil {
		return nil, &absentError{"sm-crypto is not installed: make interop"}
	}
	cmd := exec.Command(program, "judge.js")
	cmd.Dir = dir
	return cmd, nil
}

// smCrypto puts question to node/judge.js. Keys travel through the standard
// input, where no list of processes shows them.
func smCrypto(t testing.TB, question map[string]string) (ok bool, said string) {
	t.Helper()
	line, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	return node.ask(t, string(line))
}
