package interop

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// DefaultID is the user id of SM2 signatures in certificates, seals and messages.
// OpenSSL's own default is empty, so that without it every signature is refused.
const DefaultID = "1234567812345678"

// CertificateLink asks `openssl verify` whether issuer signed certificate (both
// DER) and may sign certificates. One link at a time: the option that names the
// user id reaches the first certificate only. Dates are not looked at.
func CertificateLink(t testing.TB, certificate, issuer []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, status := openssl(t, "verify", "-vfyopt", "distid:"+DefaultID, "-partial_chain", "-no_check_time",
		"-CAfile", dir.pem("issuer.pem", "CERTIFICATE", issuer), dir.pem("certificate.pem", "CERTIFICATE", certificate))
	return status == 0 && strings.HasSuffix(strings.TrimSpace(said), "certificate.pem: OK"), said
}

// Request asks `openssl req` whether a DER certificate request is signed with the
// key inside it.
func Request(t testing.TB, request []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, status := openssl(t, "req", "-inform", "DER", "-in", dir.file("request.der", request), "-noout", "-verify",
		"-vfyopt", "distid:"+DefaultID)
	return status == 0 && strings.Contains(said, "verify OK"), said
}

// Signed asks OpenSSL whether the key of the DER certificate signer signed what
// is a SEQUENCE of signed part, algorithm and BIT STRING: a CRL, a self-signed
// root, a certificate. `openssl crl` cannot: it has no option for the user id.
func Signed(t testing.TB, signed, signer []byte) (ok bool, said string) {
	t.Helper()
	parts := parse(t, signed)
	if len(parts.kids) != 3 {
		return false, "not a SEQUENCE of three"
	}
	return Signature(t, publicKey(t, signer), parts.kids[0].cut(t), parts.kids[2].cut(t))
}

// CRL is [Signed], and asks `openssl crl` to read the list as well.
func CRL(t testing.TB, list, issuer []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	text, status := openssl(t, "crl", "-inform", "DER", "-in", dir.file("list.crl", list), "-noout", "-text")
	if status != 0 {
		return false, text
	}
	ok, said = Signed(t, list, issuer)
	return ok, text + said
}

// Signature asks `openssl pkeyutl` whether the DER SM2Signature sig is that of
// the public key (PEM) over msg, with the default user id.
func Signature(t testing.TB, key string, msg, sig []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, status := openssl(t, "pkeyutl", "-verify", "-pubin", "-inkey", dir.file("key.pem", []byte(key)),
		"-rawin", "-in", dir.file("msg", msg), "-sigfile", dir.file("sig", sig),
		"-digest", "sm3", "-pkeyopt", "distid:"+DefaultID)
	return status == 0 && strings.Contains(said, "Signature Verified Successfully"), said
}

// PublicKeyPEM frames a DER SubjectPublicKeyInfo for [Signature].
func PublicKeyPEM(spki []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))
}

// publicKey lets `openssl x509` take the key out of a DER certificate.
func publicKey(t testing.TB, certificate []byte) string {
	t.Helper()
	dir := folder{t, t.TempDir()}
	key, _ := openssl(t, "x509", "-inform", "DER", "-in", dir.file("c.der", certificate), "-noout", "-pubkey")
	return key
}

// sm3OfOpenSSL is the hexadecimal SM3 of b as `openssl dgst` computes it.
func sm3OfOpenSSL(t testing.TB, b []byte) string {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, _ := openssl(t, "dgst", "-sm3", "-r", dir.file("b", b))
	digest, _, _ := strings.Cut(said, " ")
	return digest
}

// A part is one value of a DER file as `openssl asn1parse` lists it.
type part struct {
	file   string
	offset int
	kids   []*part
}

// parse lists the values of der, following its nesting.
func parse(t testing.TB, der []byte) *part {
	t.Helper()
	file := folder{t, t.TempDir()}.file("parsed.der", der)
	said, _ := openssl(t, "asn1parse", "-inform", "DER", "-in", file)
	top := &part{file: file}
	open := []*part{top} // open[d] holds the values of depth d
	for line := range strings.Lines(said) {
		offset, rest, ok := strings.Cut(strings.TrimSpace(line), ":d=")
		at, err := strconv.Atoi(offset)
		depth, err2 := strconv.Atoi(strings.TrimSpace(rest[:min(len(rest), 2)]))
		if !ok || err != nil || err2 != nil || depth >= len(open) {
			continue
		}
		p := &part{file: file, offset: at}
		open[depth].kids = append(open[depth].kids, p)
		open = append(open[:depth+1], p)
	}
	if len(top.kids) != 1 {
		return top
	}
	return top.kids[0]
}

// cut lets OpenSSL cut the part out: the octets of a string, else the whole value.
func (p *part) cut(t testing.TB) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "cut")
	said, _ := openssl(t, "asn1parse", "-inform", "DER", "-in", p.file, "-strparse", strconv.Itoa(p.offset), "-noout", "-out", out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("openssl cut nothing out at %d: %s", p.offset, said)
	}
	return b
}

// upTo returns the file from where p begins to where next begins.
func (p *part) upTo(t testing.TB, next *part) []byte {
	t.Helper()
	b, err := os.ReadFile(p.file)
	if err != nil {
		t.Fatal(err)
	}
	return b[p.offset:next.offset]
}

// openssl runs the program and returns what it said on both streams.
func openssl(t testing.TB, args ...string) (said string, status int) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		Absent(t, err.Error())
	}
	cmd := exec.Command(path, args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// Absent skips the test because something outside the project is missing. Where
// XINZHANG_CI is 1 nothing may be missing.
func Absent(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("XINZHANG_CI") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// A folder takes the files that a program is to read.
type folder struct {
	t    testing.TB
	path string
}

func (d folder) file(name string, b []byte) string {
	d.t.Helper()
	path := filepath.Join(d.path, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d folder) pem(name, label string, der []byte) string {
	return d.file(name, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
